"""The map: who sent what to whom, and by which way.

Two kinds of line, never to be mistaken for each other: a *flow* is a thin curved arc between two
seats of government and shows no real course; a *leg* is a heavy, edged line along the way that the
goods went. Both carry the reference of their record, so that a click opens it.

plotly reports clicks at points only. Every line therefore has points close together, and its record
stands once, as the trace's `meta`; places, countries and marks have it as `customdata`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import cos, inf, log, pi, radians, sin, sqrt, tan
from textwrap import wrap
from typing import Any

import pandas as pd

from tumen import geography
from tumen.figures import template
from tumen.figures.palette import BASIS_DASH, EVIDENCE_DASH, WEAKER, WEAKEST, Palette, family_colour
from tumen.geography import ANCHORS, Arc, Point
from tumen.speech import N_, _

Figure = dict[str, Any]
Trace = dict[str, Any]

ACTORS = {"PRK": "North Korea", "RUS": "Russia", "IRN": "Iran", "CHN": "China"}
COUNTRIES = {**ACTORS, "UKR": "Ukraine"}

WEIGHT = N_(
    "The width grows with the square root of the number of transfers on record; it says nothing of amounts."
)

# Arcs of one direction lie side by side, the first this far from the spine of its pair (kilometres). The
# spine is the great circle, moved to the right by SPINES where two pairs would run on top of each other.
FIRST_KM = 120.0
FAN = 3  # flows of a pair, both ways; so few are told apart without a fan
SPINES = {("PRK", "RUS"): 300.0, ("CHN", "RUS"): -650.0}

FADED = 0.5  # schematic arcs step back where routes are looked at closely
CASING, LEG, CORE = 6.5, 4.0, 1.4  # widths of a leg: its edge, its colour, the signature of its mode
WIDEST = 160  # degrees of longitude; beyond, a conic map only gets higher
SCHEMATIC = 1.8  # width of a leg that only joins two places
# plotly gives a click to the smaller mark: a symbol above 6 pixels would lose to a line that ends beneath it.
PLACE = 6.0
SIGNATURES = {"rail": "dash", "road": "solid", "air": "dot"}  # a light core; ships and unknown ways have none

SYMBOLS = {
    "air-base": "triangle-up",
    "border-crossing": "hourglass",
    "capital": "star",
    "city": "circle",
    "depot": "diamond",
    "factory": "hexagon",
    "port": "square",
    "rail-terminal": "cross",
    "region": "circle",
    "research": "pentagon",
    "spaceport": "star-triangle-up",
    "test-site": "x",
}


@dataclass(frozen=True, slots=True)
class View:
    """A fixed view: what part of the world is shown, how, and which few names are written on it.

    `lon`, `lat` fill a chart of 1.6 to 1, `narrow_lon`, `narrow_lat` one about as high as wide.
    `countries` places the names of countries (and says whether a phone shows them), `places` says which
    places are named and on which side.
    """

    title: str
    projection: str
    lon: Point
    lat: Point
    narrow_lon: Point
    narrow_lat: Point
    resolution: int
    countries: Mapping[str, tuple[float, float, bool]]
    places: Mapping[str, tuple[str, str]]
    parallels: Point | None = None
    narrow_places: frozenset[str] = frozenset()  # those of `places` that a phone has room for

    @property
    def close(self) -> bool:
        """Whether the view is near enough for the finer map."""
        return self.resolution == 50


@dataclass(frozen=True, slots=True)
class Pen:
    """How strongly to draw: the colours, and what the size and nearness of the chart ask for."""

    palette: Palette
    line: float  # scale of widths; smaller on a phone, where forty lines share 250 pixels
    mark: float  # scale of symbols
    fade: float  # opacity of the schematic arcs
    head: float  # scale of the arrowheads on legs, which have their size on the ground

    def family(self, row: Mapping[Any, Any]) -> str:
        """The colour of the family that a flow or leg carries."""
        return family_colour(row["family"], self.palette)

    def width(self, pixels: float) -> float:
        """Pixels of a line on this chart."""
        return round(pixels * self.line, 1)

    def size(self, pixels: float) -> float:
        """Pixels of a symbol on this chart."""
        return round(pixels * self.mark, 1)


@dataclass(frozen=True)
class Setting:
    """What the map must know of a data set: whom it tints, where flows begin and end, the views it offers."""

    countries: Mapping[str, str]  # code → name of those that are tinted
    actors: frozenset[str]  # those of them between which something moved
    anchors: Mapping[str, Point]  # where the flows of a country begin and end
    views: Mapping[str, View]


def whole(points: Sequence[Point], countries: Mapping[str, Point]) -> View:
    """A view of all points, for a data set that none of VIEWS fits; `countries` places the names."""
    lons, lats = ([p[axis] for p in points or [(-170.0, -60.0), (170.0, 75.0)]] for axis in (0, 1))
    lon, lat = _padded(min(lons), max(lons), 180), _padded(min(lats), max(lats), 85)
    names = {code: (at[0], at[1] - (lat[1] - lat[0]) / 20, True) for code, at in countries.items()}
    return View(N_("Whole"), "natural earth", lon, lat, lon, lat, 110, names, {})


def _padded(least: float, most: float, limit: float) -> Point:
    air = max(4.0, (most - least) / 6)
    return max(least - air, -limit), min(most + air, limit)


def _pen(palette: Palette, view: View, narrow: bool) -> Pen:
    fade = FADED if view.close else 1.0
    if not narrow:
        return Pen(palette, 1.0, 1.0, fade, 1.0)
    return Pen(palette, 0.65 if view.close else 0.45, 0.7, fade, 1.5)


VIEWS: Mapping[str, View] = {
    "eurasia": View(
        title=N_("Eurasia"),
        projection="conic equal area",
        parallels=(30, 65),
        lon=(30, 140),
        lat=(20, 74),
        narrow_lon=(34, 131),
        narrow_lat=(6, 81),
        resolution=110,
        countries={
            "RUS": (98, 65.5, True),
            "CHN": (103, 33, True),
            "IRN": (54.5, 32.2, True),
            "PRK": (136.8, 37.9, False),
            "UKR": (30.6, 48.6, False),
        },
        places={
            "moscow": ("Moscow", "top left"),
            "pyongyang": ("Pyongyang", "bottom right"),
            "beijing": ("Beijing", "bottom right"),
            "tehran": ("Tehran", "bottom right"),
            "alabuga": ("Alabuga", "top left"),
            "tikhoretsk": ("Tikhoretsk", "bottom left"),
            "vostochny-port": ("Vostochny port", "bottom right"),
        },
        narrow_places=frozenset({"moscow", "pyongyang", "beijing", "tehran"}),
    ),
    "sea-of-japan": View(
        title=N_("Sea of Japan"),
        projection="mercator",
        lon=(123.3, 138.7),
        lat=(38.2, 45.2),
        narrow_lon=(125.2, 134.2),
        narrow_lat=(38.3, 45.2),
        resolution=50,
        countries={"RUS": (132.4, 44.9, True), "CHN": (128.3, 44.4, True), "PRK": (127.5, 41.2, True)},
        places={
            "rajin": ("Rajin", "bottom left"),
            "dunai": ("Dunai", "middle left"),
            "vostochny-port": ("Vostochny port", "bottom right"),
            "chongjin": ("Chongjin", "bottom left"),
            "tumangang": ("Tumangang", "middle left"),
            "khasan": ("Khasan", "top right"),
            "vladivostok": ("Vladivostok", "middle left"),
            "pyongyang": ("Pyongyang", "bottom left"),
            "wonsan": ("Wonsan", "bottom right"),
            "sunan": ("Sunan", "top left"),
            "knevichi": ("Knevichi", "top right"),
        },
        narrow_places=frozenset({"rajin", "dunai", "vostochny-port", "chongjin", "vladivostok", "pyongyang"}),
    ),
    "caspian": View(
        title=N_("Caspian Sea"),
        projection="mercator",
        lon=(35.7, 66.7),
        lat=(34.4, 48.6),
        narrow_lon=(42.0, 60.0),
        narrow_lat=(34.4, 48.6),
        resolution=50,
        countries={"RUS": (45.6, 47.75, True), "IRN": (56.6, 35.0, True)},
        places={
            "amirabad": ("Amirabad", "top right"),
            "anzali": ("Anzali", "bottom left"),
            "astrakhan": ("Astrakhan", "top right"),
            "port-olya": ("Olya", "bottom left"),
            "tehran": ("Tehran", "bottom right"),
            "tikhoretsk": ("Tikhoretsk", "bottom left"),
            "mozdok": ("Mozdok", "bottom left"),
            "yegorlykskaya": ("Yegorlykskaya", "top left"),
            "vladimirovka": ("Vladimirovka", "top left"),
            "ashuluk": ("Ashuluk", "middle left"),
        },
        narrow_places=frozenset({"amirabad", "anzali", "astrakhan", "port-olya", "tehran", "mozdok"}),
    ),
    "black-sea-front": View(
        title=N_("Black Sea and front"),
        projection="mercator",
        lon=(26.4, 48.6),
        lat=(43.4, 52.6),
        narrow_lon=(29.3, 42.2),
        narrow_lat=(43.4, 52.6),
        resolution=50,
        countries={"UKR": (32.6, 48.9, True), "RUS": (40.6, 51.9, True)},
        places={
            "kyiv": ("Kyiv", "top right"),
            "kharkiv": ("Kharkiv", "top right"),
            "zaporizhzhia": ("Zaporizhzhia", "bottom left"),
            "pokrovsk": ("Pokrovsk", "bottom right"),
            "kursk-oblast": ("Kursk", "top right"),
            "rostov-on-don": ("Rostov-on-Don", "top left"),
            "tikhoretsk": ("Tikhoretsk", "bottom left"),
            "yegorlykskaya": ("Yegorlykskaya", "top right"),
            "mozdok": ("Mozdok", "top right"),
        },
        narrow_places=frozenset(
            {"kyiv", "kharkiv", "zaporizhzhia", "pokrovsk", "rostov-on-don", "tikhoretsk"}
        ),
    ),
    "globe": View(
        title=N_("Globe"),
        projection="orthographic",
        lon=(-95, 265),
        lat=(-42, 138),
        narrow_lon=(-95, 265),
        narrow_lat=(-42, 138),
        resolution=110,
        countries={
            "RUS": (97, 64.5, True),
            "CHN": (103, 32, True),
            "IRN": (54.5, 31.5, True),
            "PRK": (136.5, 37.0, False),
        },
        places={
            "moscow": ("Moscow", "top left"),
            "pyongyang": ("Pyongyang", "middle right"),
            "beijing": ("Beijing", "bottom right"),
            "tehran": ("Tehran", "bottom right"),
        },
        narrow_places=frozenset({"moscow", "pyongyang", "beijing", "tehran"}),
    ),
}


def figure(
    flows: pd.DataFrame,
    legs: pd.DataFrame,
    places: pd.DataFrame,
    *,
    palette: Palette,
    view: str = "eurasia",
    resolution: int | None = None,
    narrow: bool = False,
    aspect: float = 1.6,
    setting: Setting | None = None,
) -> Figure:
    """The map as a plotly figure: a dictionary of `data` and `layout`.

    Args:
        flows: one row per (origin, destination, family): origin, destination (alpha-3), family,
            transfers (count), evidence (best step 1–5; 0 for none), contested, record, label.
        legs: id, route, mode (sea, rail, road, air, unknown), basis (documented, inferred,
            schematic), family, evidence, record, label, coordinates (list of (lon, lat)).
        places: id, name, lon, lat, kind, approximate, record, label.
        palette: `palette.LIGHT` or `palette.DARK`.
        view: a key of the setting's views.
        resolution: 50 or 110; the view's own unless given.
        narrow: for a chart about as high as wide: tighter ranges, fewer names, thinner lines.
        aspect: width over height of the chart, if it is wider than 1.6: more land to the east and west.
        setting: what else to know of the data; Tumen's own unless given.
    """
    known = setting or Setting(COUNTRIES, frozenset(ACTORS), ANCHORS, VIEWS)
    shown = known.views[view]
    arcs, pen = _arcs(flows, known.anchors), _pen(palette, shown, narrow)
    return {
        "data": [
            _arrows(flows, arcs, pen),  # has to be the first trace, see there
            _countries(palette, known),
            *_flow_lines(flows, arcs, pen),
            *_leg_lines(legs, pen),
            *_leg_heads(legs, pen),
            _contested(flows, arcs, pen),
            _arrow_targets(flows, arcs),
            _places(places, pen),
            *_names(places, known, shown, palette, narrow),
        ],
        "layout": layout(
            palette=palette,
            view=view,
            resolution=resolution,
            narrow=narrow,
            aspect=aspect,
            views=known.views,
        ),
    }


# --- layout ------------------------------------------------------------------------------------------


def layout(
    *,
    palette: Palette,
    view: str,
    resolution: int | None = None,
    narrow: bool = False,
    aspect: float = 1.6,
    views: Mapping[str, View] = VIEWS,
) -> Figure:
    """The layout alone, for a page that draws the same traces in a chart of another shape."""
    return template.layout(palette) | {
        "geo": _geo(palette, views[view], resolution, ranges(views[view], narrow, aspect)),
        "uirevision": view,  # the reader's zoom and position stay until the view itself is changed
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hoverdistance": 18,
    }


def ranges(view: View, narrow: bool = False, aspect: float = 1.6) -> tuple[Point, Point]:
    """The longitudes and latitudes shown; plotly clips the map to them, so a wide chart asks for more."""
    if narrow:
        return view.narrow_lon, view.narrow_lat
    west, east = view.lon
    while east - west < WIDEST and _shape(view, (west, east)) < aspect:
        west, east = west - 0.25, east + 0.25
    return (west, east), view.lat


def _shape(view: View, lon: Point) -> float:
    """Width over height of the range as its projection draws it."""
    if view.projection == "orthographic":
        return inf
    half, (south, north) = (lon[1] - lon[0]) / 2, view.lat
    if view.parallels is None:
        return radians(2 * half) / (_mercator(north) - _mercator(south))
    turn, radius = _albers(view.parallels)
    angle = radians(turn * half)
    return 2 * radius(south) * sin(angle) / (radius(south) - radius(north) * cos(angle))


def _mercator(lat: float) -> float:
    return log(tan(pi / 4 + radians(lat) / 2))


def _albers(parallels: Point) -> tuple[float, Callable[[float], float]]:
    """The conic equal area projection: how much a longitude turns, and the radius of a latitude."""
    first, second = (sin(radians(lat)) for lat in parallels)
    turn = (first + second) / 2
    return turn, lambda lat: sqrt(1 - first**2 + 2 * turn * first - 2 * turn * sin(radians(lat))) / turn


def _geo(palette: Palette, view: View, resolution: int | None, shown: tuple[Point, Point]) -> Figure:
    lon, lat = shown
    globe = view.projection == "orthographic"
    return {
        "projection": _projection(view, lon, lat),
        "lonaxis": {"range": list(lon), "showgrid": globe, "gridcolor": palette["grid"], "gridwidth": 0.5},
        "lataxis": {"range": list(lat), "showgrid": globe, "gridcolor": palette["grid"], "gridwidth": 0.5},
        "fitbounds": False,  # plotly 4 would fit the points and lose the view
        "resolution": resolution or view.resolution,
        "bgcolor": "rgba(0,0,0,0)",
        "showocean": True,
        "oceancolor": palette["sea"],
        "showland": True,
        "landcolor": palette["land"],
        "showcountries": True,
        "countrycolor": palette["border"],
        "countrywidth": 0.6,
        "showcoastlines": True,
        "coastlinecolor": palette["coast"],
        "coastlinewidth": 0.6,
        "showframe": globe,
        "framecolor": palette["coast"],
        "framewidth": 0.8,
        "showlakes": False,
        "showrivers": False,
    }


def _projection(view: View, lon: Point, lat: Point) -> Figure:
    rotation = {"lon": sum(lon) / 2}
    if view.projection == "orthographic":
        rotation["lat"] = sum(lat) / 2
    found: Figure = {"type": view.projection, "rotation": rotation}
    if view.parallels:
        found["parallels"] = list(view.parallels)
    return found


# --- traces ------------------------------------------------------------------------------------------


def _scatter(mode: str) -> Trace:
    return {"type": "scattergeo", "mode": mode}


def _countries(palette: Palette, known: Setting) -> Trace:
    """The actors and the country of the war, tinted; a click on their land names the country."""
    codes = list(known.countries)
    tints = [[0, palette["actor"]], [1, palette["ukraine"]]]
    return {
        "type": "choropleth",
        "locationmode": "ISO-3",
        "locations": codes,
        "z": [int(code not in known.actors) for code in codes],
        "zmin": 0,
        "zmax": 1,
        "colorscale": tints,
        "showscale": False,
        "marker": {"line": {"color": palette["coast"], "width": 0.6}},
        "customdata": [f"country:{code}" for code in codes],
        "hovertext": [escape(name, quote=False) for name in known.countries.values()],
        "hoverinfo": "text",
    }


def _arcs(flows: pd.DataFrame, anchors: Mapping[str, Point]) -> list[Arc | None]:
    """One arc per flow; None for a country that has no anchor."""
    ends = list(zip(flows["origin"], flows["destination"], strict=True))
    fans, rank = Counter(frozenset(pair) for pair in ends), Counter[tuple[str, str]]()
    drawn: list[Arc | None] = []
    for pair in ends:
        lane, rank[pair] = rank[pair], rank[pair] + 1
        if not anchors.keys() >= set(pair):
            drawn.append(None)
            continue
        start, end = (anchors[country] for country in pair)
        bow = _bow(anchors, *pair, lane)
        drawn.append(geography.arc(start, end, bow, fan=fans[frozenset(pair)] > FAN))
    return drawn


def _bow(anchors: Mapping[str, Point], origin: str, destination: str, lane: int) -> float:
    """How far an arc leaves the great circle, in parts of the distance."""
    distance = geography.length_km([anchors[origin], anchors[destination]])
    spine = SPINES.get((origin, destination), 0.0) - SPINES.get((destination, origin), 0.0)
    return (spine + FIRST_KM + lane * (40 + 0.007 * distance)) / distance


def width(transfers: int) -> float:
    """Pixels of a flow's line: see WEIGHT."""
    return round(0.9 + 0.9 * sqrt(transfers), 1)


def _flow_lines(flows: pd.DataFrame, arcs: Sequence[Arc | None], pen: Pen) -> Iterator[Trace]:
    for flow, arc in zip(flows.to_dict("records"), arcs, strict=True):
        if arc:
            dash = EVIDENCE_DASH[int(flow["evidence"])]
            style = {"color": pen.family(flow), "width": pen.width(width(flow["transfers"])), "dash": dash}
            yield {**_line(arc.points, style, 2, flow), "opacity": pen.fade}


def _line(points: Sequence[Point], style: Figure, digits: int, row: Mapping[Any, Any]) -> Trace:
    """A line whose every point answers for the whole."""
    found = {**_scatter("lines"), **_coordinates(points, digits), "line": style}
    return {**found, "hovertext": hover(row["label"]), "hoverinfo": "text", "meta": row["record"]}


def _coordinates(points: Iterable[Point | None], digits: int) -> Trace:
    """Columns lon and lat; None breaks the line."""
    pairs = [(round(p[0], digits), round(p[1], digits)) if p else (None, None) for p in points]
    return {"lon": [lon for lon, _ in pairs], "lat": [lat for _, lat in pairs]}


def hover(text: str) -> str:
    """A text of the data for a hover box: never markup, in short lines."""
    return "<br>".join(escape(line, quote=False) for line in wrap(text, 46))


def _leg_lines(legs: pd.DataFrame, pen: Pen) -> Iterator[Trace]:
    """Edges first, then the coloured lines, then the light cores that tell the mode."""
    rows, light = legs.to_dict("records"), pen.palette["background"]
    real = [row for row in rows if row["basis"] != "schematic"]
    if real:
        yield _unseen(real, {"color": light, "width": pen.width(CASING)})
    for row in rows:
        yield _line(row["coordinates"], _leg_style(row, pen), _digits(row["coordinates"]), row)
    for mode, dash in SIGNATURES.items():
        lines = [row for row in real if row["mode"] == mode]
        if lines:
            yield _unseen(lines, {"color": light, "width": pen.width(CORE), "dash": dash})


def _leg_style(row: Mapping[Any, Any], pen: Pen) -> Figure:
    thick = SCHEMATIC if row["basis"] == "schematic" else LEG
    return {"color": pen.family(row), "width": pen.width(thick), "dash": BASIS_DASH[row["basis"]]}


def _digits(points: Sequence[Point]) -> int:
    """Short legs are looked at closely: three decimals (100 m) for them, two for the rest."""
    return 3 if geography.length_km(points) < 500 else 2


def _unseen(legs: Iterable[Mapping[Any, Any]], style: Figure) -> Trace:
    """Several legs as one trace that neither answers nor gets in the way."""
    lons, lats = list[float | None](), list[float | None]()
    for leg in legs:  # each as exact as its coloured line, which it must cover
        course = leg["coordinates"]
        own = _coordinates([*geography.thinned(course), None], _digits(course))
        lons, lats = lons + own["lon"], lats + own["lat"]
    return {**_scatter("lines"), "lon": lons, "lat": lats, "line": style, "hoverinfo": "skip"}


def _arrows(flows: pd.DataFrame, arcs: Sequence[Arc | None], pen: Pen) -> Trace:
    """Arrowheads at constant size, turned by compass bearing: right on every projection.

    plotly.js 4.1 knows the map only in the first trace: `plot` in geo.js sets `calcData[0][0].trace._geo`,
    once for every trace, and arrows of any other trace point east. Until that is mended this trace has to
    be the first. `angle` is counted against the clock from north. A browser test watches over both.
    """
    drawn = _drawn(flows, arcs)
    return {
        **_scatter("markers"),
        **_coordinates([arc.tip for _, arc in drawn], 3),
        "customdata": [flow["record"] for flow, _ in drawn],
        "hoverinfo": "skip",
        "marker": {
            "symbol": "arrow",
            "angleref": "north",
            "angle": [-round(arc.bearing) for _, arc in drawn],
            "size": [pen.size(10 + 2 * width(flow["transfers"])) for flow, _ in drawn],
            "opacity": 1,  # plotly makes markers of several sizes translucent
            "color": [pen.family(flow) for flow, _ in drawn],
            "line": {"color": pen.palette["background"], "width": 1},
        },
    }


def _arrow_targets(flows: pd.DataFrame, arcs: Sequence[Arc | None]) -> Trace:
    """What of the arrowheads answers: unseen, above the land, which takes the clicks of the first trace."""
    drawn = _drawn(flows, arcs)
    return {
        **_marks([flow for flow, _ in drawn], [arc.tip for _, arc in drawn]),
        "marker": {"size": 16},
        "opacity": 0,
    }


def _drawn(flows: pd.DataFrame, arcs: Sequence[Arc | None]) -> list[tuple[dict[Any, Any], Arc]]:
    """The flows that have an arc, with it."""
    return [(flow, arc) for flow, arc in zip(flows.to_dict("records"), arcs, strict=True) if arc]


def _marks(rows: Sequence[Mapping[Any, Any]], at: Sequence[Point]) -> Trace:
    """Markers that open the record of their row."""
    return {
        **_scatter("markers"),
        **_coordinates(at, 3),
        "customdata": [row["record"] for row in rows],
        "hovertext": [hover(row["label"]) for row in rows],
        "hoverinfo": "text",
    }


def _leg_heads(legs: pd.DataFrame, pen: Pen) -> Iterator[Trace]:
    """The direction of each leg: a triangle on its middle, drawn on the ground above all lines of legs."""
    for family, rows in legs.groupby("family", sort=True):
        heads = [geography.arrowhead(line, pen.head) for line in rows["coordinates"]]
        points = [point for head in heads for point in [*head, None]]
        colour = family_colour(str(family), pen.palette)
        edge = {"color": pen.palette["background"], "width": pen.width(1)}
        shape = {**_scatter("lines"), **_coordinates(points, 3), "line": edge, "hoverinfo": "skip"}
        yield {**shape, "fill": "toself", "fillcolor": colour}


def _contested(flows: pd.DataFrame, arcs: Sequence[Arc | None], pen: Pen) -> Trace:
    """A hollow diamond on the middle of each flow that someone denies or doubts."""
    pairs = zip(flows.to_dict("records"), arcs, strict=True)
    rows = [(flow, arc.middle) for flow, arc in pairs if arc and flow["contested"]]
    return {
        **_marks([flow for flow, _ in rows], [middle for _, middle in rows]),
        "marker": {
            "symbol": "diamond",
            "size": pen.size(9),
            "color": pen.palette["background"],
            "line": {"color": [pen.family(flow) for flow, _ in rows], "width": pen.size(1.8)},
        },
    }


def _places(places: pd.DataFrame, pen: Pen) -> Trace:
    """Places by kind; a hollow symbol is an approximate position."""
    rows, ink, paper = places.to_dict("records"), pen.palette["text"], pen.palette["background"]
    return {
        **_marks(rows, [(row["lon"], row["lat"]) for row in rows]),
        "marker": {
            "symbol": [_symbol(row["kind"]) for row in rows],
            "opacity": 1,
            "size": pen.size(PLACE),
            "color": [paper if row["approximate"] else ink for row in rows],
            "line": {
                "color": ink,
                "width": [
                    pen.size(2.6 if row["kind"] == "capital" and not row["approximate"] else 1.6)
                    for row in rows
                ],
            },
        },
    }


def _symbol(kind: str) -> str:
    return SYMBOLS.get(kind, "circle")


def _names(
    places: pd.DataFrame, known: Setting, view: View, palette: Palette, narrow: bool
) -> Iterator[Trace]:
    """The names of countries, quiet and in capitals, and of a few places."""
    at = [
        (lon, lat, known.countries[code].upper(), "middle center")
        for code, (lon, lat, phone) in view.countries.items()
        if (phone or not narrow) and code in known.countries
    ]
    yield {
        **_text(at),
        "textfont": {"color": palette["muted"], "size": 10 if narrow else 12, "weight": 600},
    }
    shown = view.narrow_places if narrow else view.places.keys()
    rows = places[places["id"].isin(list(shown))]
    named = [
        (lon, lat, *view.places[key])
        for key, lon, lat in zip(rows["id"], rows["lon"], rows["lat"], strict=True)
    ]
    yield {
        **_text(named),
        "textfont": {"color": palette["text"], "size": 11 if narrow else 12, "shadow": _halo(palette)},
    }


def _text(named: Sequence[tuple[float, float, str, str]]) -> Trace:
    return {
        **_scatter("text"),
        **_coordinates([(lon, lat) for lon, lat, *_ in named], 3),
        "text": [_beside(name, side) for *_, name, side in named],
        "textposition": [side for *_, side in named],
        "hoverinfo": "skip",
    }


def _beside(name: str, side: str) -> str:
    """A name with the room that its symbol needs."""
    gap = "\u00a0\u00a0"
    shown = escape(name, quote=False)
    return f"{shown}{gap}" if side.endswith("left") else f"{gap}{shown}" if side.endswith("right") else shown


def _halo(palette: Palette) -> str:
    return ", ".join([f"0 0 2px {palette['background']}"] * 4)


# --- key ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One line of the map's key: a group, a name, how the line is drawn, what it means.

    `dash` is a plotly dash, `width` pixels; `core` is the dash of the light line inside, if there is one;
    `symbol` is a plotly marker for what is no line.
    """

    group: str
    label: str
    meaning: str
    dash: str = ""
    width: float = 0
    core: str = ""
    symbol: str = ""


def legend_entries() -> list[KeyEntry]:
    """What the lines and marks mean, for the key beside the map; families are explained elsewhere."""
    every = (*_KEY_OF_LINES, *_KEY_OF_LEGS, *_KEY_OF_MARKS)
    return [replace(e, group=_(e.group), label=_(e.label), meaning=_(e.meaning)) for e in every]


_KEY_OF_LINES = (
    KeyEntry(
        N_("Between countries"),
        N_("Best evidence 4 or 5"),
        N_("Imagery, records or an examined find. The curve is schematic."),
        "solid",
        2,
    ),
    KeyEntry(
        N_("Between countries"),
        N_("Best evidence 3"),
        N_("An official assessment with specifics. The curve is schematic."),
        WEAKER,
        2,
    ),
    KeyEntry(
        N_("Between countries"),
        N_("Best evidence 1 or 2"),
        N_("A report or a bare claim. The curve is schematic."),
        WEAKEST,
        2,
    ),
    KeyEntry(N_("Between countries"), N_("Width"), WEIGHT, "solid", 4.5),
)
_KEY_OF_LEGS = (
    KeyEntry(
        N_("Routes"),
        N_("Documented leg"),
        N_("Shown between these two places by imagery, tracking, records or a witness."),
        "solid",
        LEG,
    ),
    KeyEntry(
        N_("Routes"), N_("Inferred leg"), N_("A source draws it from what was seen at its ends."), "dash", LEG
    ),
    KeyEntry(
        N_("Routes"),
        N_("Schematic leg"),
        N_("Joins two places; the sources do not show the way."),
        "dot",
        SCHEMATIC,
    ),
    KeyEntry(
        N_("Routes"), N_("By sea"), N_("Plain line; ships, inland seas and river mouths."), "solid", LEG
    ),
    KeyEntry(N_("Routes"), N_("By rail"), N_("Line with a dashed light core."), "solid", LEG, "dash"),
    KeyEntry(N_("Routes"), N_("By road"), N_("Line with a light core."), "solid", LEG, "solid"),
    KeyEntry(N_("Routes"), N_("By air"), N_("Line with a dotted light core."), "solid", LEG, "dot"),
)
_KEY_OF_MARKS = (
    KeyEntry(
        N_("Marks"),
        N_("Contested"),
        N_("Someone has denied or doubted a transfer of this line."),
        symbol="diamond-open",
    ),
    KeyEntry(
        N_("Marks"),
        N_("Approximate place"),
        N_("A hollow symbol stands for something larger or elsewhere."),
        symbol="square-open",
    ),
)
