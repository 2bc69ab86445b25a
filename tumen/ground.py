"""What the map must know of a data set: whom to tint, where flows begin and end, which views fit."""

from dataclasses import replace

from tumen.figures.map import COUNTRIES, VIEWS, Setting, View, whole
from tumen.geography import ANCHORS, Point
from tumen.records import Records


def setting(records: Records) -> Setting:
    """The map's setting: parties and countries with places are tinted, views with a known place offered."""
    return records.once("setting", lambda: _setting(records))


def _setting(records: Records) -> Setting:
    ends = records["transfers"]
    parties = sorted({*ends["origin"], *ends["destination"]})
    held = [code for code in COUNTRIES if code in {*parties, *records["places"]["country"]}]
    codes = dict.fromkeys([*held, *parties])
    anchors = {code: at for code in parties if (at := _anchor(records, code))}
    return Setting(
        {code: records.label("countries", code) for code in codes},
        frozenset(parties),
        anchors,
        _views(records, anchors),
    )


def _anchor(records: Records, code: str) -> Point | None:
    """The seat of government that the data give; None for a body and where none is given."""
    seat = records["countries"].loc[code, ["lon", "lat"]]
    if seat.isna().any():
        return ANCHORS.get(code)
    lon, lat = map(float, seat)
    return lon, lat


def _views(records: Records, anchors: dict[str, Point]) -> dict[str, View]:
    """Those of the map's views in which a place of the data is named; else one that holds all of it."""
    places = frozenset(records["places"].index)
    fitting = {name: view for name, view in VIEWS.items() if not places.isdisjoint(view.places)}
    if "eurasia" in fitting:
        return fitting
    spots = [(float(lon), float(lat)) for lon, lat in records["places"][["lon", "lat"]].to_numpy()]
    view = whole([*anchors.values(), *spots], anchors)
    lon, lat = _around(view.lon, 180), _around(view.lat, 90)
    globe = replace(VIEWS["globe"], lon=lon, lat=lat, narrow_lon=lon, narrow_lat=lat)
    return {"whole": view, "globe": replace(globe, countries=view.countries, places={})}


def _around(edges: Point, air: float) -> Point:
    """So many degrees on both sides of the middle of a range."""
    middle = sum(edges) / 2
    return middle - air, middle + air
