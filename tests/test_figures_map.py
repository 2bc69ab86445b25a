import functools
import http.server
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from tumen import geography
from tumen.figures import map as drawing
from tumen.figures.palette import (
    BASIS_DASH,
    DARK,
    EVIDENCE_DASH,
    FAMILY_COLOURS,
    LIGHT,
    Palette,
    family_colour,
)
from tumen.home import PLOTLY
from tumen.records import DATA

PAIRS = [("PRK", "RUS"), ("RUS", "PRK"), ("CHN", "RUS"), ("RUS", "CHN"), ("IRN", "RUS"), ("RUS", "IRN")]
FAMILIES = list(FAMILY_COLOURS["light"])


@pytest.fixture(scope="module")
def flows() -> pd.DataFrame:
    """More flows than the data have: every family between every pair, long labels."""
    rows = [
        {
            "origin": origin,
            "destination": destination,
            "family": family,
            "transfers": 1 + number * 2,
            "evidence": number % 6,
            "contested": number % 2 == 0,
            "record": f"flow:{origin}>{destination}:{family}",
            "label": f"{origin} → {destination} · {family}: {number} transfers, best evidence 3, contested",
        }
        for origin, destination in PAIRS
        for number, family in enumerate(FAMILIES)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def legs() -> pd.DataFrame:
    """The legs of the data, every one of them."""
    found = geography.legs_with_courses(table("legs"), table("places"))
    labels = "from " + found["from_place"] + " to " + found["to_place"] + f", {'0' * 30}"
    return found.assign(family="missiles", evidence=4, record="route:" + found["route"], label=labels)


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    """The places of the data, every one of them."""
    found = table("places")
    vague = found["approximate"].astype(str).str.lower() == "true"
    return found.assign(approximate=vague, record="place:" + found["id"], label=found["name"])


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", keep_default_na=False)


def draw(flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame, **options: Any) -> drawing.Figure:
    return drawing.figure(flows, legs, places, **{"palette": LIGHT, **options})


def lines(figure: drawing.Figure, kind: str) -> list[drawing.Trace]:
    """The lines that open a record of a kind."""
    return [trace for trace in figure["data"] if str(trace.get("meta", "")).startswith(f"{kind}:")]


# --- the figure --------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("view", drawing.VIEWS)
def test_plotly_accepts_the_figure(
    view: str, narrow: bool, palette: Palette, flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    figure = draw(flows, legs, places, palette=palette, view=view, narrow=narrow)
    go.Figure(figure)
    assert figure["layout"]["uirevision"] == view
    assert figure["layout"]["geo"]["resolution"] == drawing.VIEWS[view].resolution
    assert figure["layout"]["geo"]["fitbounds"] is False


def test_figure_of_the_data_is_small(flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame) -> None:
    """The data have 31 flows; of their legs and places not all are ever in view at once."""
    used = legs[legs["route"].isin(table("transfers")["route"])]
    figure = draw(flows.iloc[:31], used, places.iloc[:50])
    assert len(json.dumps(figure, separators=(",", ":"), ensure_ascii=False).encode()) <= 60_000


def test_nothing_in_view_draws_an_empty_map(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    figure = draw(flows[:0], legs[:0], places[:0])
    go.Figure(figure)
    assert [trace["type"] for trace in figure["data"]].count("choropleth") == 1


def test_every_flow_and_leg_is_drawn_and_opens_its_record(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    figure = draw(flows, legs, places)
    assert [trace["meta"] for trace in lines(figure, "flow")] == list(flows["record"])
    assert [trace["meta"] for trace in lines(figure, "route")] == list(legs["record"])
    assert all(len(trace["lon"]) >= 24 for kind in ("flow", "route") for trace in lines(figure, kind))
    marks = {record for trace in figure["data"] for record in trace.get("customdata", [])}
    assert marks >= {*flows["record"], *places["record"], "country:PRK", "country:UKR"}


def test_no_two_flows_share_a_course(flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame) -> None:
    """Both directions and all families stay apart: their middles lie at least 25 km from each other."""
    for one, other in itertools.combinations(lines(draw(flows, legs, places), "flow"), 2):
        middles = [(trace["lon"][19], trace["lat"][19]) for trace in (one, other)]
        assert geography.length_km(middles) > 25, (one["meta"], other["meta"])


def test_opposite_directions_lie_on_opposite_sides(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    """Going west from Pyongyang is north of the spine, going east is south of it."""
    figure = draw(flows, legs, places)
    lat = {trace["meta"]: trace["lat"][19] for trace in lines(figure, "flow")}
    west = [lat[f"flow:PRK>RUS:{family}"] for family in FAMILIES]
    east = [lat[f"flow:RUS>PRK:{family}"] for family in FAMILIES]
    assert min(west) > max(east)


def test_style_tells_evidence_weight_family_and_basis(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    figure = draw(flows, legs, places)
    for trace, flow in zip(lines(figure, "flow"), flows.itertuples(), strict=True):
        assert trace["line"]["dash"] == EVIDENCE_DASH[flow.evidence]
        assert trace["line"]["color"] == LIGHT["families"][flow.family]
        assert trace["line"]["width"] == drawing.width(flow.transfers)
    for trace, leg in zip(lines(figure, "route"), legs.itertuples(), strict=True):
        assert trace["line"]["dash"] == BASIS_DASH[leg.basis]
    assert drawing.width(1) < drawing.width(4) < drawing.width(15) < drawing.LEG + 1


def test_routes_are_heavier_than_arcs_where_looked_at_closely(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    figure = draw(flows, legs, places, view="sea-of-japan")
    assert {trace["opacity"] for trace in lines(figure, "flow")} == {drawing.FADED}
    assert all("opacity" not in trace for trace in lines(figure, "route"))


def test_contested_flows_carry_a_mark(flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame) -> None:
    marks = [t for t in draw(flows, legs, places)["data"] if t.get("marker", {}).get("symbol") == "diamond"]
    assert marks[0]["customdata"] == list(flows.loc[flows["contested"], "record"])


def test_text_of_the_data_is_never_markup(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    evil = '<a href="http://elsewhere.example">x</a> & <b>bold</b>'
    figure = draw(flows.assign(label=evil), legs.assign(label=evil), places.assign(label=evil))
    shown = json.dumps([t["hovertext"] for t in figure["data"] if "hovertext" in t])
    assert "<a" not in shown.replace("<br>", "")
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown


def test_a_country_without_an_anchor_is_left_out(
    flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    foreign = flows[:1].assign(origin="BLR", record="flow:BLR>RUS:drones")
    assert lines(draw(pd.concat([foreign, flows[:1]]), legs, places), "flow")[0]["meta"] == flows["record"][0]


def test_named_places_exist_and_lie_in_their_view(places: pd.DataFrame) -> None:
    at = places.set_index("id")
    for view in drawing.VIEWS.values():
        assert view.narrow_places <= set(view.places)
        for key in view.places:
            lon, lat = float(at.loc[key, "lon"]), float(at.loc[key, "lat"])
            assert view.lon[0] < lon < view.lon[1], key
            assert view.lat[0] < lat < view.lat[1], key
            if key in view.narrow_places:
                assert view.narrow_lon[0] < lon < view.narrow_lon[1], key


@pytest.mark.parametrize("view", drawing.VIEWS)
def test_a_wide_chart_shows_more_to_the_east_and_west(view: str) -> None:
    (west, east), lat = drawing.ranges(drawing.VIEWS[view], aspect=2.2)
    usual = drawing.VIEWS[view]
    assert west <= usual.lon[0] < usual.lon[1] <= east
    assert lat == usual.lat
    assert (east - west > usual.lon[1] - usual.lon[0]) == (view != "globe")


def test_every_kind_of_place_has_its_symbol() -> None:
    assert set(pd.read_csv(DATA / "codes" / "place_kinds.csv")["id"]) <= set(drawing.SYMBOLS)


def test_key_explains_every_dash_that_is_drawn() -> None:
    entries = drawing.legend_entries()
    assert {*EVIDENCE_DASH.values(), *BASIS_DASH.values()} <= {entry.dash for entry in entries}
    assert all(entry.label and entry.meaning and (entry.dash or entry.symbol) for entry in entries)


# --- colours -----------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def oklab(colour: str, sight: np.ndarray) -> np.ndarray:
    """Lightness and two colour axes, 0 to 100: equal steps look about equal; 2 is just noticeable."""
    seen: np.ndarray = 100 * TO_OKLAB @ np.cbrt(TO_CONES @ np.clip(sight @ linear(colour), 0, 1))
    return seen


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(LUMINANCE @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", FAMILY_COLOURS)
def test_family_colours_differ_for_every_eye(theme: str, sight: str) -> None:
    seen = [oklab(colour, SIGHT[sight]) for colour in FAMILY_COLOURS[theme].values()]
    least = min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))
    assert least >= (12 if sight == "usual" else 8)


@pytest.mark.parametrize("theme", FAMILY_COLOURS)
def test_family_colours_differ_in_greyscale(theme: str) -> None:
    lightness = sorted(oklab(colour, SIGHT["usual"])[0] for colour in FAMILY_COLOURS[theme].values())
    assert min(np.diff(lightness)) >= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_words_stand_out_from_land_and_sea(palette: Palette) -> None:
    grounds = [palette["land"], palette["sea"], palette["actor"], palette["ukraine"], palette["background"]]
    for ground in grounds:
        assert min(contrast(colour, ground) for colour in palette["families"].values()) >= 3
        assert contrast(palette["text"], ground) >= 7
        assert contrast(palette["muted"], ground) >= 4.5


def test_the_families_of_the_data_have_colours() -> None:
    families = set(pd.read_csv(DATA / "codes" / "families.csv")["id"])
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        assert set(FAMILY_COLOURS[theme]) == families
        assert family_colour("no-such-family", palette) == palette["none"]


# --- in a browser ------------------------------------------------------------------------------------

PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:0">
<div id="plot" style="width:1200px;height:750px"></div><script src="plotly.min.js"></script><script>
const plot = document.getElementById("plot");
const draw = async () => {
  const figure = await (await fetch("figure.json")).json();
  await Plotly.react(plot, figure.data, figure.layout, {topojsonURL: "/", scrollZoom: true});
  plot.removeAllListeners("plotly_click");
  plot.on("plotly_click", e => { window.picked = e.points[0].customdata ?? e.points[0].data.meta; });
};
draw().then(() => { window.drawn = true; });
</script>"""
AT = """([lon, lat]) => {
  const [x, y] = plot._fullLayout.geo._subplot.projection([lon, lat]);
  const box = plot.getBoundingClientRect();
  return [box.x + x, box.y + y];
}"""
SHOWN = "[plot._fullLayout.geo.projection.scale, plot._fullLayout.geo.center]"
# Where each arrow points on the screen, and where the next point of its curve lies from it.
TURNED = """() => {
  const [arrows, project] = [plot.data[0], plot._fullLayout.geo._subplot.projection];
  const drawn = [...document.querySelectorAll(".scatterlayer .trace:first-child path.point")];
  return drawn.map((path, i) => {
    const [tip, left, right] = path.getAttribute("d").match(/-?[\\d.]+(e-?\\d+)?,-?[\\d.]+(e-?\\d+)?/g)
      .slice(0, 3).map(pair => pair.split(",").map(Number));
    const line = plot.data.find(trace => trace.meta === arrows.customdata[i]);
    const at = line.lon.findIndex((lon, n) =>
      Math.abs(lon - arrows.lon[i]) < 0.02 && Math.abs(line.lat[n] - arrows.lat[i]) < 0.02);
    const [ax, ay] = project([line.lon[at - 1], line.lat[at - 1]]);
    const [bx, by] = project([line.lon[at + 1], line.lat[at + 1]]);
    const points = Math.atan2(tip[1] - (left[1] + right[1]) / 2, tip[0] - (left[0] + right[0]) / 2);
    const turn = points - Math.atan2(by - ay, bx - ax);
    return Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) * 180 / Math.PI;
  });
}"""


@pytest.fixture
def page(
    tmp_path: Path, browser: Any, flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> Iterator[Any]:
    """A bare page with the figure of the first view, served from this machine."""
    (tmp_path / "plotly.min.js").write_bytes(PLOTLY.read_bytes())
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    for base in geography.BASEMAP.glob("*.json"):
        (tmp_path / base.name).write_bytes(base.read_bytes())
    (tmp_path / "figure.json").write_text(json.dumps(draw(flows, legs, places)), "utf-8")
    with Serving(tmp_path) as url:
        opened = browser.new_page(viewport={"width": 1200, "height": 750})
        opened.goto(url)
        opened.wait_for_function("window.drawn")
        opened.figure_file = tmp_path / "figure.json"
        yield opened
        opened.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


class Serving:
    """Serve a folder as long as the block runs."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/index.html"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def click(page: Any, lon: float, lat: float) -> str | None:
    x, y = page.evaluate(AT, [lon, lat])
    page.evaluate("window.picked = null")
    page.mouse.move(x - 30, y - 30)
    page.mouse.move(x, y, steps=6)
    page.wait_for_timeout(150)
    page.mouse.click(x, y)
    page.wait_for_timeout(400)  # or the next click would count as the second of a double click
    found: str | None = page.evaluate("window.picked")
    return found


@pytest.mark.browser
def test_in_a_browser_arrows_point_and_clicks_and_zoom_hold(
    page: Any, flows: pd.DataFrame, legs: pd.DataFrame, places: pd.DataFrame
) -> None:
    assert page.locator(".choroplethlocation").count() == 5
    assert page.locator(".layer.land path").get_attribute("d")

    turned = page.evaluate(TURNED)
    assert len(turned) == len(flows)
    assert max(turned) < 25, "an arrow does not point along its curve"

    assert click(page, 37.62, 55.75) == "place:moscow"
    assert click(page, 95, 35) == "country:CHN"
    arc = lines(draw(flows, legs, places), "flow")[7]
    assert click(page, arc["lon"][22], arc["lat"][22]) == arc["meta"]

    page.mouse.wheel(0, -500)
    page.wait_for_timeout(400)
    zoomed = page.evaluate(SHOWN)
    page.figure_file.write_text(json.dumps(draw(flows[:5], legs[:3], places)), "utf-8")
    page.evaluate("draw()")
    page.wait_for_timeout(300)
    assert page.evaluate("plot.data.length") < 30
    assert page.evaluate(SHOWN) == zoomed, "filtering threw the reader's view away"
    assert zoomed[0] > 1.2
