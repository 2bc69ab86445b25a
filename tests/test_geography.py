import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tumen import geography as geo
from tumen.records import DATA

LAYERS = {"countries", "land", "coastlines", "ocean", "lakes", "rivers", "subunits"}
RAJIN, DUNAI = (130.292, 42.235), (132.35, 42.88)
BERING = [(178.0, 60.0), (-178.0, 62.0)]


@pytest.fixture(scope="module")
def legs() -> pd.DataFrame:
    """The legs of the data as they stand, with their courses."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(DATA / f"{name}.csv", keep_default_na=False)

    return geo.legs_with_courses(table("legs"), table("places"))


# --- borders -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", geo.BORDER_POINTS, ids=lambda point: point.name)
def test_borders_follow_the_policy(point: geo.BorderPoint) -> None:
    assert geo.country_at(point.lon, point.lat) == point.country


@pytest.mark.parametrize("resolution", [50, 110])
def test_the_drawn_map_has_the_same_borders(resolution: int) -> None:
    """Crimea lies in Ukraine in the file that the browser draws, too."""
    shapes = drawn_countries(resolution)
    for lon, lat in [(34.1, 45.1), (37.8, 48.0), (36.0, 47.0)]:
        assert [code for code, rings in shapes.items() if inside(rings, lon, lat)] == ["UKR"]


def test_every_country_is_valid_and_none_spans_the_world() -> None:
    atlas = geo.countries()
    assert atlas.is_valid.all()
    assert len(atlas) == 242
    parts = atlas.explode(index_parts=False)
    wide = parts[parts.bounds.eval("maxx - minx") > 180]
    assert set(wide.index) == {"ATA"}


# --- base map ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resolution", "limit"), [(110, 120_000), (50, 800_000)])
def test_base_map_has_what_plotly_asks_for_and_is_small(resolution: int, limit: int) -> None:
    path = base_map(resolution)
    topology = json.loads(path.read_text("utf-8"))
    assert set(topology["objects"]) == LAYERS
    assert path.stat().st_size <= limit
    countries = topology["objects"]["countries"]["geometries"]
    assert {"PRK", "RUS", "CHN", "IRN", "UKR"} <= {shape["id"] for shape in countries}
    assert all(len(shape["properties"]["ct"]) == 2 for shape in countries if shape["arcs"])


@pytest.mark.parametrize("resolution", [50, 110])
def test_rings_keep_the_turn_that_d3_expects(resolution: int) -> None:
    """A land ring runs clockwise; one that does not would flood the map."""
    for code, polygons in drawn_countries(resolution).items():
        for rings in polygons:
            lon, lat = np.unwrap(rings[0][:, 0], period=360), rings[0][:, 1]
            if abs(lon[-1] - lon[0]) < 180:  # Antarctica circles the pole
                area = np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat)
                assert area < 0, code


def base_map(resolution: int) -> Path:
    return geo.BASEMAP / f"world_{resolution}m.json"


def drawn_countries(resolution: int) -> dict[str, list[list[np.ndarray]]]:
    """The rings of each country as plotly will decode them."""
    topology = json.loads(base_map(resolution).read_text("utf-8"))
    scale = topology["transform"]["scale"]
    arcs = [np.cumsum(arc, axis=0) * scale for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        return np.concatenate([arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers])

    shapes = topology["objects"]["countries"]["geometries"]
    return {shape["id"]: [[ring(r) for r in polygon] for polygon in shape["arcs"]] for shape in shapes}


def inside(polygons: list[list[np.ndarray]], lon: float, lat: float) -> bool:
    """Even-odd rule over all rings."""
    hits = 0
    for ring in (ring for polygon in polygons for ring in polygon):
        (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
        across = (y1 > lat) != (y2 > lat)
        with np.errstate(divide="ignore", invalid="ignore"):
            hits += int((across & (lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1)).sum())
    return hits % 2 == 1


# --- courses -----------------------------------------------------------------------------------------


def test_length_is_geodesic() -> None:
    quarter = geo.length_km([(0, 0), (90, 0)])
    assert quarter == pytest.approx(10_018.75, abs=0.01)
    assert geo.length_km([(125.75, 39.03), (37.62, 55.75)]) == pytest.approx(6430, abs=1)


def test_course_is_dense_and_adds_no_length() -> None:
    line = geo.course([RAJIN, (100.0, 55.0), (37.62, 55.75)], spacing_km=50)
    hops = [geo.length_km([a, b]) for a, b in pairwise(line)]
    assert max(hops) <= 50
    assert sum(hops) == pytest.approx(geo.length_km([RAJIN, (100.0, 55.0), (37.62, 55.75)]))


def test_course_crosses_the_antimeridian_the_short_way() -> None:
    line = geo.course(BERING, spacing_km=20)
    assert geo.length_km(line) < 350
    assert all(abs(lon) > 177 for lon, _ in line)
    west, east = geo.parts(line)
    assert west[-1][0] == 180
    assert east[0][0] == -180
    assert west[-1][1] == east[0][1]


@pytest.mark.parametrize("text", ["", "130.3 42.2;130.45 42.1"])
def test_waypoints_are_read(text: str) -> None:
    assert geo.waypoints(text) == ([(130.3, 42.2), (130.45, 42.1)] if text else [])


def test_broken_waypoints_say_what_is_expected() -> None:
    with pytest.raises(ValueError, match=r"found '130\.3', expected 'longitude latitude'"):
        geo.waypoints("130.3;130.4 42.1")


def test_sea_legs_of_the_data_never_run_over_land(legs: pd.DataFrame) -> None:
    sea = legs[legs["mode"] == "sea"]
    assert len(sea) >= 5
    ashore = {leg["id"]: km for _, leg in sea.iterrows() if (km := geo.sea_leg_land_km(leg)) > 0}
    assert ashore == {}


def test_land_is_noticed() -> None:
    assert geo.land_km([(125.75, 39.03), (37.62, 55.75)]) > 6000
    assert geo.land_km([RAJIN, (131.0, 42.2), DUNAI]) == 0


def test_legs_have_enough_points_to_be_hit(legs: pd.DataFrame) -> None:
    assert legs["coordinates"].map(len).min() >= geo.LEG_POINTS
    assert legs["km"].min() > 1


def test_route_lengths_add_chains_and_measure_branches_apart() -> None:
    rows = [
        ("chain", "a", "b", 10.0),
        ("chain", "b", "c", 5.0),
        ("fork", "a", "b", 10.0),
        ("fork", "a", "c", 30.0),
        ("fork", "b", "d", 4.0),
        ("ring", "a", "b", 1.0),
        ("ring", "b", "a", 2.0),
    ]
    legs = pd.DataFrame(rows, columns=["route", "from_place", "to_place", "km"])
    lengths = geo.route_km(legs)
    assert lengths.loc["chain"].tolist() == [15.0, 15.0]
    assert lengths.loc["fork"].tolist() == [14.0, 30.0]
    assert lengths.loc["ring"].tolist() == [3.0, 3.0]


# --- schematic curves --------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [("PRK", "RUS"), ("RUS", "IRN"), ("CHN", "RUS"), ("PRK", "IRN")])
def test_the_two_directions_are_two_curves(one: str, other: str) -> None:
    there = geo.arc(geo.ANCHORS[one], geo.ANCHORS[other], 0.05)
    back = geo.arc(geo.ANCHORS[other], geo.ANCHORS[one], 0.05)
    distance = geo.length_km([geo.ANCHORS[one], geo.ANCHORS[other]])
    assert geo.length_km([there.middle, back.middle]) == pytest.approx(0.1 * distance, rel=0.02)
    assert there.points[0] == pytest.approx(geo.ANCHORS[one])
    assert there.points[-1] == pytest.approx(geo.ANCHORS[other])


def test_arrow_points_along_the_curve() -> None:
    arc = geo.arc((0.0, 0.0), (40.0, 0.0), 0.1)
    assert 80 < geo.arc((0.0, 0.0), (40.0, 0.0), 0.0).bearing < 100
    assert arc.middle[1] < 0  # to the right of an eastward way is south
    assert 0 < arc.bearing < 90  # and the end leads back up
    assert arc.tip in arc.points


def test_arrowhead_turns_clockwise_and_points_forward() -> None:
    tip, right, left, again = geo.arrowhead([(10.0, 50.0), (10.0, 51.0), (10.0, 52.0)])
    assert tip == again
    assert tip[1] > 51.5 > max(right[1], left[1])
    assert right[0] > 10 > left[0]


def test_a_lone_curve_leaves_its_places_without_a_bend_and_comes_as_far_aside() -> None:
    one, other = geo.ANCHORS["PRK"], geo.ANCHORS["RUS"]
    fan, lone = (geo.arc(one, other, 0.05, fan=fan) for fan in (True, False))
    assert lone.middle == pytest.approx(fan.middle, abs=1e-6)
    assert steepest_turn(lone.points) < 10 < steepest_turn(fan.points)


def steepest_turn(points: list[geo.Point]) -> float:
    """The greatest change of bearing from one piece of a line to the next, in degrees."""
    bearings = [geo.WGS84.inv(*a, *b)[0] for a, b in pairwise(points)]
    return max(abs((b - a + 180) % 360 - 180) for a, b in pairwise(bearings))
