"""A view for maps: flows, routes leg by leg and places, as GeoJSON and as GeoPackage.

All is in EPSG:4326, longitude first. Lines that cross the antimeridian are cut there (RFC 7946, 3.1.9).
A flow's line is schematic, a curve from seat of government to seat of government to the right of its
direction; only legs whose basis is `documented` or `inferred` follow a course that someone described.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from tumen import flows, geography
from tumen.desk import Desk, split
from tumen.export import csvs, tables
from tumen.export.pieces import json_list, pieces
from tumen.geography import Point
from tumen.records import Records, rows
from tumen.view import Selection

CRS = "EPSG:4326"
BOW = 0.06, 0.035  # how far the first arc between two countries leaves the great circle, and each further one
ARC_POINTS = 39
GEOMETRY: Mapping[str, str] = {"flows": "MultiLineString", "routes": "MultiLineString", "places": "Point"}
LISTS = ("transfer_ids",)
NUMBERS = {
    "transfers": "int64",
    "evidence": "int64",
    "contested": "bool",
    "seq": "int64",
    "km": "float64",
    "lat": "float64",
    "lon": "float64",
    "approximate": "bool",
}
GDAL = {
    "OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z",  # the same view gives the same file
    "OGR_SQLITE_SYNCHRONOUS": "OFF",  # a file that is read at once and thrown away need not reach the disk
}

Layer: TypeAlias = gpd.GeoDataFrame


def layer(records: Records, selection: Selection, name: str, host: str = "") -> Layer:
    """One layer of a view: 'flows', 'routes', 'places', or a table of TABLES with its rows on the map.

    Args:
        records: the records.
        selection: what is in view.
        name: see LAYERS.
        host: what stands before the path in the addresses of records, such as 'https://example.org'.
    """
    return LAYERS[name](records, selection, host)


def geojson(found: Layer, about: Mapping[str, Any] | None = None) -> bytes:
    """A layer as GeoJSON (RFC 7946); `about` stands beside the features as members of the collection."""
    return json_list(
        {"type": "FeatureCollection", **(about or {})}, "features", map(_features, pieces(found))
    )


def _features(found: Layer) -> list[dict[str, Any]]:
    names = [column for column in found.columns if column != "geometry"]
    cells = {name: [_plain(cell) for cell in found[name].tolist()] for name in names}
    properties = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    shapes = [None if shape is None else shapely.geometry.mapping(shape) for shape in found.geometry]
    return [
        {"type": "Feature", "id": own.get("id"), "geometry": shape, "properties": own}
        for own, shape in zip(properties, shapes, strict=True)
    ]


def layers(records: Records, selection: Selection, host: str = "") -> dict[str, Layer]:
    """The layers of a view's GeoPackage: flows, routes and places."""
    return {name: layer(records, selection, name, host) for name in GEOMETRY}


def geopackage(found: Mapping[str, Layer]) -> bytes:
    """Layers (see `layers`) as one GeoPackage; an empty layer is there and empty."""
    pyogrio.set_gdal_config_options(GDAL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "view.gpkg"
        for name, own in found.items():
            shape = GEOMETRY[name]
            pyogrio.write_dataframe(
                _flat(own),
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=shape,
                promote_to_multi=shape.startswith("Multi"),
                dataset_options=None if path.exists() else {"VERSION": "1.3"},
            )
        return path.read_bytes()


def _flat(found: Layer) -> Layer:
    """The layer with lists as text, for a format that has none."""
    lists = [name for name in LISTS if name in found.columns]
    return found.assign(**{name: found[name].map(";".join).astype("str") for name in lists})


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return None if pd.isna(cell) else cell if abs(cell) != float("inf") else csvs.number(cell)
    if isinstance(cell, tuple):
        return list(cell)
    return None if cell is pd.NA or cell == "" else cell


# --- lines ---------------------------------------------------------------------------------------


def line(course: Sequence[Point]) -> BaseGeometry:
    """A course as one shape, cut where it crosses the antimeridian."""
    return shapely.MultiLineString([part for part in geography.parts(course) if len(part) > 1])


def anchor(records: Records, country: str) -> Point | None:
    """Where a country's arcs begin and end: its seat of government, else the point in the table countries."""
    if country in geography.ANCHORS:
        return geography.ANCHORS[country]
    frame = records["countries"]
    lon, lat = (_at(frame, country, column) for column in ("lon", "lat"))
    return None if pd.isna(lon) or pd.isna(lat) else (float(lon), float(lat))


def _at(frame: pd.DataFrame, row: str, column: str) -> Any:
    return frame.at[row, column] if row in frame.index else pd.NA


def arcs(records: Records, ends: pd.DataFrame) -> list[BaseGeometry | None]:
    """A schematic curve for each row (columns origin, destination); None where a country has no point.

    Rows with the same ends fan out, so that they can be told apart.
    """
    lanes = ends.groupby(["origin", "destination"]).cumcount().tolist()
    pairs = zip(ends["origin"], ends["destination"], lanes, strict=True)
    return [_arc(anchor(records, a), anchor(records, b), lane) for a, b, lane in pairs]


def _arc(start: Point | None, end: Point | None, lane: int) -> BaseGeometry | None:
    if start is None or end is None or start == end:
        return None
    first, further = BOW
    return line(geography.arc(start, end, first + further * lane, count=ARC_POINTS).points)


# --- layers --------------------------------------------------------------------------------------


def _flows(records: Records, selection: Selection, host: str) -> Layer:
    """One feature for each sender, receiver and family: a count of transfers, never a sum of amounts."""
    found = flows.flows(records, selection)
    members = _members(records, selection)
    own = [members.get(key, []) for key in found[flows.FLOW].itertuples(index=False, name=None)]
    codes = _codes(selection)
    frame = found[[*flows.FLOW, "evidence", "contested", "label"]].assign(
        id=[f"{a}>{b}:{family}" for a, b, family in found[flows.FLOW].itertuples(index=False, name=None)],
        origin_name=_labels(records, "countries", found["origin"]),
        destination_name=_labels(records, "countries", found["destination"]),
        family_name=_labels(records, "families", found["family"]),
        transfers=[len(ids) for ids in own],
        transfer_ids=pd.Series([tuple(ids) for ids in own], found.index, object),
        code=[_best(codes, ids) for ids in own],
        basis="schematic",
        address=_addresses(records, selection, host, found["record"]),
    )
    first = ["id", "origin", "destination", "family", "transfers", "transfer_ids", "evidence", "code"]
    return _framed(frame[[*first, *(c for c in frame if c not in first)]], arcs(records, found))


def _members(records: Records, selection: Selection) -> dict[Any, list[str]]:
    moved = records["transfers"].loc[selection.transfers, flows.FLOW]
    return {key: [str(i) for i in ids] for key, ids in moved.groupby(flows.FLOW).groups.items()}


def _codes(selection: Selection) -> dict[str, str]:
    """Transfer → code, the best evidenced first: by evidence, then credibility, then reliability."""
    best = selection.states.sort_values(
        ["evidence", "credibility", "reliability"], ascending=[False, True, True], kind="stable"
    )
    return dict(zip(best.index, best["reliability"] + best["credibility"].astype(str), strict=True))


def _best(codes: Mapping[str, str], transfers: Sequence[str]) -> str:
    own = frozenset(transfers)
    return next(code for transfer, code in codes.items() if transfer in own)


def _routes(records: Records, selection: Selection, host: str) -> Layer:
    """One feature for each leg of a route in view: how it is travelled, and on what basis it is drawn.

    Evidence, code, family and contested are those of the best evidenced transfer in view on that route;
    which transfer that is was written with hindsight, so a day turned back does not name it.
    """
    own = tables.one(records, selection, "legs")
    found = flows.legs(records, selection).set_index("id", drop=False)
    found = found.loc[[leg for leg in own.index if leg in found.index]]
    best, turned_back = _best_on(records, selection), selection.view.as_of is not None
    graded = selection.states.loc[[best[route] for route in found["route"]]]
    frame = pd.DataFrame(
        {
            "id": found["id"],
            "route": found["route"],
            "route_name": _labels(records, "routes", found["route"]),
            **{name: found[name] for name in ("seq", "from_place", "to_place", "mode", "basis", "km")},
            "family": found["family"],
            "evidence": found["evidence"],
            "code": (graded["reliability"] + graded["credibility"].astype(str)).tolist(),
            "contested": graded["contested"].tolist(),
            "transfer": ["" if turned_back else best[route] for route in found["route"]],
            "label": found["label"],
            "address": _addresses(records, selection, host, found["record"]),
        },
        index=found.index,
    )
    return _framed(frame, [line(course) for course in found["coordinates"]])


def _best_on(records: Records, selection: Selection) -> dict[str, str]:
    """Route → the transfer in view that flows.legs shows for it: the best evidenced one."""
    moved = records["transfers"].loc[selection.transfers, ["route"]].join(selection.states["evidence"])
    moved = moved[moved["route"] != ""].sort_values("evidence", ascending=False).drop_duplicates("route")
    return {row.route: str(row.Index) for row in rows(moved)}


def _on_points(table: str, kind: str = "") -> Callable[[Records, Selection, str], Layer]:
    """A table whose rows have a place: its columns, the address of the record if it has one, the point."""

    def made(records: Records, selection: Selection, host: str) -> Layer:
        frame = tables.one(records, selection, table)
        points = _points(records["places"].reindex(frame["place"]) if table == "events" else frame)
        if kind:
            frame = frame.assign(address=_addresses(records, selection, host, _references(frame, kind)))
        return _framed(frame, points)

    return made


def _points(at: pd.DataFrame) -> list[BaseGeometry | None]:
    pairs = zip(at["lon"].tolist(), at["lat"].tolist(), strict=True)
    return [None if pd.isna(lon) or pd.isna(lat) else shapely.Point(lon, lat) for lon, lat in pairs]


def _references(frame: pd.DataFrame, kind: str) -> pd.Series:
    return pd.Series([f"{kind}:{record}" for record in frame.index], frame.index, dtype="str")


def _transfers(records: Records, selection: Selection, host: str) -> Layer:
    """The table of transfers; each a schematic curve from country to country."""
    frame = tables.one(records, selection, "transfers")
    record = _references(frame, "transfer")
    told = frame.assign(basis="schematic", address=_addresses(records, selection, host, record))
    return _framed(told, arcs(records, frame))


LAYERS: Mapping[str, Callable[[Records, Selection, str], Layer]] = {
    "flows": _flows,
    "routes": _routes,
    "legs": _routes,
    "transfers": _transfers,
    "places": _on_points("places", "place"),
    "events": _on_points("events", "event"),
    "countries": _on_points("countries"),
}


def _framed(frame: pd.DataFrame, shapes: Sequence[BaseGeometry | None]) -> Layer:
    """A layer whose columns have their types even when it is empty."""
    texts = {} if len(frame) else {name: "str" for name in frame if name not in LISTS}
    typed = frame.astype(texts | {n: kind for n, kind in NUMBERS.items() if n in frame and _whole(frame[n])})
    return gpd.GeoDataFrame(typed, geometry=gpd.GeoSeries(list(shapes), index=frame.index, crs=CRS))


def _whole(cells: pd.Series) -> bool:
    return not cells.isna().any()


def _labels(records: Records, table: str, codes: pd.Series) -> list[str]:
    return [records.label(table, code) for code in codes]


def _addresses(records: Records, selection: Selection, host: str, references: pd.Series) -> list[str]:
    desk = Desk(records, selection.view.as_of)
    return [f"{host}{desk.url(*split(reference))}" for reference in references]
