"""Countries, borders, the course of a leg and its length.

Coordinates are (longitude, latitude) in degrees, longitudes between -180 and 180; lengths are
geodesic kilometres on WGS 84. Borders and how they were made: data/geo/README.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from tumen.home import DATA
from tumen.speech import N_

Point = tuple[float, float]
Course = list[Point]

GEO = DATA / "geo"
BASEMAP = GEO / "topojson"
WGS84 = Geod(ellps="WGS84")

BORDER_POLICY = N_(
    "Borders follow the United Nations' view as drawn by the visionscarto world atlas: Crimea and every "
    "other occupied region belong to Ukraine (General Assembly resolution 68/262), Abkhazia and South "
    "Ossetia to Georgia. They show neither who holds the ground nor a view of ours on any disputed border."
)


@dataclass(frozen=True, slots=True)
class BorderPoint:
    """A point whose country the border policy settles; a test asks for every one of them."""

    name: str
    lon: float
    lat: float
    country: str | None


BORDER_POINTS = (
    BorderPoint("Simferopol", 34.10, 44.95, "UKR"),
    BorderPoint("Sevastopol", 33.60, 44.60, "UKR"),
    BorderPoint("Kerch", 36.40, 45.33, "UKR"),
    BorderPoint("Dzhankoi", 34.39, 45.71, "UKR"),
    BorderPoint("Donetsk", 37.80, 48.00, "UKR"),
    BorderPoint("Luhansk", 39.31, 48.57, "UKR"),
    BorderPoint("Mariupol", 37.56, 47.12, "UKR"),
    BorderPoint("Kherson", 32.62, 46.64, "UKR"),
    BorderPoint("Zaporizhzhia", 35.14, 47.84, "UKR"),
    BorderPoint("Belgorod", 36.59, 50.60, "RUS"),
    BorderPoint("Rostov-on-Don", 39.72, 47.24, "RUS"),
    BorderPoint("Krasnodar", 38.98, 45.04, "RUS"),
    BorderPoint("Tskhinvali", 43.97, 42.23, "GEO"),
    BorderPoint("Sukhumi", 41.03, 43.01, "GEO"),
    BorderPoint("Rajin", 130.30, 42.25, "PRK"),
    BorderPoint("Khasan", 130.65, 42.43, "RUS"),
    BorderPoint("Yuzhno-Kurilsk", 145.86, 44.03, "RUS"),
    BorderPoint("Chukotka, east of the antimeridian", -175.0, 67.0, "RUS"),
    BorderPoint("Tiksi, on the latitudes of Chukotka", 128.87, 71.60, "RUS"),
    BorderPoint("Rovaniemi, on the latitudes of Chukotka", 25.73, 66.50, "FIN"),
    BorderPoint("El Aaiún", -13.20, 27.15, "ESH"),
    BorderPoint("Taipei (a shape of its own in the atlas)", 121.52, 25.04, "TWN"),
    BorderPoint("Pristina (a shape of its own in the atlas)", 21.16, 42.66, "XKX"),
    BorderPoint("South Pole", 0.0, -89.9, "ATA"),
    BorderPoint("Caspian Sea", 51.0, 41.0, None),
    BorderPoint("Sea of Japan", 135.0, 40.0, None),
)

# Where a country-to-country flow starts and ends: the seat of government, which stands for the state.
ANCHORS: dict[str, Point] = {
    "PRK": (125.75, 39.03),
    "RUS": (37.62, 55.75),
    "CHN": (116.40, 39.90),
    "IRN": (51.39, 35.69),
}

SPACING_KM = (
    150.0  # at most, between the points of a course; a chord leaves its great circle by less than 0.5 km
)
LEG_POINTS = 24  # at least, so that a short leg can be hit with a pointer anywhere

# Sea legs may touch land this near to their ends: the 1:50m coast is generalised, harbours lie in bays.
HARBOUR_KM = 25.0
# Ports up the Volga: the delta counts as land at 1:50m.
RIVER_PORT_KM = {"astrakhan": 110.0, "port-olya": 70.0}


def _unbroken(ring: np.ndarray) -> np.ndarray:
    """Unroll a ring that jumps from 180 to -180; one that circles a pole is led around it."""
    lon, lat = np.unwrap(ring[:, 0], period=360), ring[:, 1]
    if abs(lon[-1] - lon[0]) > 180:
        pole = np.sign(lat.mean()) * 90
        lon, lat = np.append(lon, [lon[-1], lon[0], lon[0]]), np.append(lat, [pole, pole, lat[0]])
    return np.column_stack([lon, lat])


def _flat(shape: BaseGeometry) -> BaseGeometry:
    """A country on the plane, cut at the antimeridian."""
    whole = [
        Polygon(
            _unbroken(shapely.get_coordinates(part.exterior)),
            [_unbroken(shapely.get_coordinates(r)) for r in part.interiors],
        )
        for part in shapely.get_parts(shape)
    ]
    rolled = shapely.union_all([shapely.make_valid(part) for part in whole])
    turns = [shapely.transform(rolled, lambda xy, k=k: xy + np.array([k, 0])) for k in (-360, 0, 360)]
    cut = [shapely.intersection(turn, shapely.box(-180, -90, 180, 90)) for turn in turns]
    areas = [part for piece in cut for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]
    return MultiPolygon(areas)


@cache
def countries(resolution: int = 50) -> gpd.GeoDataFrame:
    """The countries of the atlas: index alpha-3 code, columns name and geometry (EPSG:4326, valid)."""
    atlas = gpd.read_file(GEO / f"countries-{resolution}m.json", layer="countries").set_index("a3")
    broken = atlas.bounds.eval("maxx - minx") > 180
    atlas.loc[broken, "geometry"] = [_flat(shape) for shape in atlas.loc[broken, "geometry"]]
    atlas["geometry"] = shapely.make_valid(atlas["geometry"].to_numpy())
    return atlas[["name", "geometry"]].set_crs("EPSG:4326")


def country_at(lon: float, lat: float) -> str | None:
    """The alpha-3 code of the country in which a point lies; None at sea."""
    atlas = countries()
    hits = atlas.sindex.query(shapely.Point(lon, lat), predicate="intersects")
    return str(atlas.index[hits[0]]) if len(hits) else None


def in_atlas(country: str) -> bool:
    """Whether the atlas has a country of this code; made-up ones (XXA) it has not."""
    return country in countries().index


@cache
def _land() -> BaseGeometry:
    return shapely.union_all(countries()["geometry"].to_numpy())


def waypoints(bends: str | Sequence[str]) -> list[Point]:
    """Read `lon lat;lon lat`, the column waypoints of legs.csv, as one text or cut into its points."""
    texts = bends.split(";") if isinstance(bends, str) else bends
    points = [part.split() for part in texts if part.strip()]
    for part in points:
        if len(part) != 2:
            raise ValueError(f"waypoints: found {' '.join(part)!r}, expected 'longitude latitude'")
    return [(float(lon), float(lat)) for lon, lat in points]


def length_km(points: Sequence[Point]) -> float:
    """Geodesic length of a line from point to point."""
    lons, lats = zip(*points, strict=True)
    return float(WGS84.line_length(lons, lats)) / 1000


def course(points: Sequence[Point], spacing_km: float = SPACING_KM) -> Course:
    """A line through the points along great circles, with points at most `spacing_km` apart."""
    line: Course = [points[0]]
    for start, end in pairwise(points):
        line += [*_between(start, end, spacing_km), end]
    return line


def _between(start: Point, end: Point, spacing_km: float) -> Course:
    count = int(length_km([start, end]) // spacing_km)
    return [(float(lon), float(lat)) for lon, lat in WGS84.npts(*start, *end, count)] if count else []


def arrowhead(line: Sequence[Point], scale: float = 1.0) -> Course:
    """A triangle on the middle of a line that points along it: clockwise, closed, sized by the line's length.

    Its size is one on the ground, so it looks right on every projection and grows with the map.
    """
    start, end = line[(len(line) - 1) // 2], line[(len(line) - 1) // 2 + 1]
    azimuth, _, metres = WGS84.inv(*start, *end)
    size = 600 * scale * float(np.sqrt(length_km(line)))  # metres from the middle to the tip
    lon, lat, back = WGS84.fwd(*start, azimuth, metres / 2)
    corners = [WGS84.fwd(lon, lat, back + 180 + turn, size)[:2] for turn in (0, 140, -140)]
    return [(float(x), float(y)) for x, y in [*corners, corners[0]]]


def legs_with_courses(legs: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """The legs with two columns more: coordinates (their course) and km (geodesic length).

    Args:
        legs: columns from_place, to_place, waypoints.
        places: columns lon, lat; places by id, either as index or in a column `id`.
    """
    by_id = places.set_index("id") if "id" in places.columns else places
    at = {
        place: (float(lon), float(lat))
        for place, lon, lat in zip(by_id.index, by_id["lon"], by_id["lat"], strict=True)
    }
    bends = [
        [at[start], *waypoints(via), at[end]]
        for start, via, end in zip(legs["from_place"], legs["waypoints"], legs["to_place"], strict=True)
    ]
    km = [length_km(line) for line in bends]
    lines = [
        course(line, min(SPACING_KM, length / LEG_POINTS)) if length else line
        for line, length in zip(bends, km, strict=True)
    ]
    return legs.assign(coordinates=pd.Series(lines, index=legs.index, dtype=object), km=km)


def route_km(legs: pd.DataFrame) -> pd.DataFrame:
    """The length of each route: columns shortest and longest, indexed by route.

    The two are equal on a chain of legs. Where a route branches, each way from a first place to a last one is
    measured by itself: ways are never added up.
    """
    found = {route: _ways_km(rows) for route, rows in legs.groupby("route", sort=True)}
    lengths = [(min(ways), max(ways)) for ways in found.values()]
    return pd.DataFrame(lengths, index=pd.Index(found, name="route"), columns=["shortest", "longest"])


def _ways_km(legs: pd.DataFrame) -> list[float]:
    """The length of every way through the legs of one route; legs that go in a circle are added up."""
    steps = list(zip(legs["from_place"], legs["to_place"], legs["km"], strict=True))
    starts = {start for start, _, _ in steps} - {end for _, end, _ in steps}
    ways = [way for start in sorted(starts) for way in _onward(start, steps)]
    return ways or [sum(km for _, _, km in steps)]


def _onward(place: str, steps: Sequence[tuple[str, str, float]]) -> list[float]:
    """The lengths of all ways that lead on from a place; a leg is never used twice."""
    found = []
    for step in steps:
        if step[0] == place:
            rest = _onward(step[1], [other for other in steps if other is not step])
            found += [step[2] + km for km in rest]
    return found or [0.0]


def thinned(line: Sequence[Point], degrees: float = 0.01) -> Course:
    """The points of a line that it needs to keep its shape."""
    kept = shapely.simplify(shapely.LineString(line), degrees)
    return [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(kept)]


def parts(line: Sequence[Point]) -> list[Course]:
    """The pieces of a course on a flat map: it is cut where it crosses the antimeridian."""
    pieces: list[Course] = [[line[0]]]
    for start, end in pairwise(line):
        if abs(end[0] - start[0]) > 180:
            edge, lat = _crossing(start, end)
            pieces[-1].append((edge, lat))
            pieces.append([(-edge, lat)])
        pieces[-1].append(end)
    return pieces


def _crossing(start: Point, end: Point) -> Point:
    """Where the short way from start to end meets the antimeridian, seen from start's side."""
    edge = 180.0 if start[0] > 0 else -180.0
    share = (edge - start[0]) / (end[0] + 2 * edge - start[0])
    return edge, start[1] + share * (end[1] - start[1])


def land_km(line: Sequence[Point], start_km: float = HARBOUR_KM, end_km: float = HARBOUR_KM) -> float:
    """How far a sea course runs over land, its ends forgiven for `start_km` and `end_km`.

    The coast is that of the 1:50m atlas; use RIVER_PORT_KM for ports up a river.
    """
    ashore = shapely.intersection(shapely.MultiLineString(parts(course(line, 10))), _land())
    runs = [
        shapely.get_coordinates(run) for run in shapely.get_parts(ashore) if run.geom_type == "LineString"
    ]
    return sum(_beyond(run, line[0], start_km, line[-1], end_km) for run in runs)


def _beyond(run: np.ndarray, start: Point, start_km: float, end: Point, end_km: float) -> float:
    """The length of those parts of a run ashore that lie outside both harbours."""
    fine = course([(float(x), float(y)) for x, y in run], 1)
    pairs = pairwise(fine)
    outside = [(a, b) for a, b in pairs if length_km([a, start]) > start_km and length_km([a, end]) > end_km]
    return sum(length_km([a, b]) for a, b in outside)


def sea_leg_land_km(leg: pd.Series) -> float:
    """How far a leg of `legs_with_courses` runs over land, with the harbours' allowance."""
    start, end = (RIVER_PORT_KM.get(str(leg[side]), HARBOUR_KM) for side in ("from_place", "to_place"))
    return land_km(leg["coordinates"], start, end)


@dataclass(frozen=True, slots=True)
class Arc:
    """A schematic curve from one point to another; no real course.

    `points` lead from start to end; `tip` is where the arrowhead sits and `bearing` its compass
    direction, so it points the right way on any projection; `middle` is free for a mark.
    """

    points: Course
    middle: Point
    tip: Point
    bearing: float


def arc(start: Point, end: Point, bow: float, *, fan: bool = True, count: int = 39, tip: float = 0.8) -> Arc:
    """A curve that leaves the great circle to the right of the direction of travel by `bow` of its length.

    The way back bows to its own right, which is the other side: A to B and B to A never coincide.
    In a fan the curve is half an ellipse: lines part at once and run side by side, and can be told apart.
    A line with no neighbours is a parabola, which leaves its place without a bend.
    """
    even = np.linspace(0, 1, count)
    share = (even + (1 - np.cos(np.pi * even)) / 2) / 2  # somewhat closer together where the curve is tight
    lon, lat = _bowed(start, end, bow, share, 0.5 if fan else 1.0)
    at = round(tip * (count - 1))
    azimuth, _, _ = WGS84.inv(lon[at - 1], lat[at - 1], lon[at], lat[at])
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return Arc(points, points[count // 2], points[at], float(azimuth) % 360)


def _bowed(
    start: Point, end: Point, bow: float, share: np.ndarray, power: float
) -> tuple[np.ndarray, np.ndarray]:
    azimuth, _, metres = WGS84.inv(*start, *end)
    same = np.ones_like(share)
    lon, lat, back = WGS84.fwd(start[0] * same, start[1] * same, azimuth * same, metres * share)
    aside = bow * metres * np.clip(4 * share * (1 - share), 0, None) ** power
    lon, lat, _ = WGS84.fwd(lon, lat, back - 90, aside)
    return np.asarray(lon), np.asarray(lat)
