"""What map and timeline mark for a record, and how: everything that belongs to it, and nothing else."""

import copy

import pytest

from tumen import flows, neighbours, timeline, view
from tumen.figures import map as map_drawing
from tumen.figures import timeline as timeline_drawing
from tumen.figures.emphasis import BACK, emphasised, shows
from tumen.figures.palette import LIGHT
from tumen.records import Records, load
from tumen.story import story
from tumen.view import View

MISSILES = "transfer:prk-rus-kn23-kn24-missiles"


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


@pytest.fixture(scope="module")
def chart(records: Records) -> dict[str, object]:
    seen = view.select(records, View())
    layers = flows.flows(records, seen), flows.legs(records, seen), flows.places(records, seen)
    return map_drawing.figure(*layers, palette=LIGHT)


def test_a_transfer_brings_its_flow_and_the_events_that_bear_on_it(records: Records) -> None:
    found = neighbours.marked(records, MISSILES)
    assert found and found.title.startswith("KN-23")
    name = MISSILES.partition(":")[2]
    bears = {f"event:{e}" for e, about in records["events"]["about_transfers"].items() if name in about}
    assert {p for p in found.picks if p.startswith("event:")} == bears
    assert {MISSILES, "flow:PRK>RUS:missiles"} <= found.picks


def test_a_quote_brings_its_own_events_only(records: Records) -> None:
    quotes = records["quotes"]
    quote = quotes.index[quotes["about_events"].map(len).gt(0)][0]
    found = neighbours.marked(records, f"quote:{quote}")
    assert found
    own = {f"event:{event}" for event in quotes.at[quote, "about_events"]}
    assert {p for p in found.picks if p.startswith("event:")} == own


def test_every_route_brings_the_transfers_that_took_it(records: Records) -> None:
    rows = records["transfers"]
    for route in records["routes"].index:
        found = neighbours.marked(records, f"route:{route}")
        assert found
        took = {f"transfer:{t}" for t in rows.index[rows["route"] == route]}
        assert {p for p in found.picks if p.startswith("transfer:")} == took


@pytest.mark.parametrize("reference", ["", "transfer:nope", "nonsense", "flow:", "country:PRK"])
def test_what_is_no_record_marks_nothing(records: Records, reference: str) -> None:
    assert neighbours.marked(records, reference) is None


def test_the_map_keeps_what_is_marked_and_the_rest_steps_back(records: Records, chart: dict) -> None:
    found = neighbours.marked(records, MISSILES)
    assert found
    before = copy.deepcopy(chart)
    drawn = emphasised(chart, found.picks, LIGHT)
    assert chart == before  # figures are kept and shown to others
    lines = {trace["meta"]: trace["opacity"] for trace in drawn["data"] if isinstance(trace.get("meta"), str)}
    assert lines["flow:PRK>RUS:missiles"] == 1
    assert {opacity for name, opacity in lines.items() if name not in found.picks} == {BACK}
    assert drawn["data"][-1]["marker"]["symbol"] == "circle-open"


def test_the_timeline_rings_each_marked_event_and_no_other(records: Records) -> None:
    events = timeline.events(records, view.select(records, View()))
    start, end = timeline.span(story(records), "story", events, view.select(records, View()))
    figure = timeline_drawing.figure(events, palette=LIGHT, start=start, end=end, width=980, as_of=None)
    found = neighbours.marked(records, MISSILES)
    assert found
    drawn = emphasised(figure, found.picks, LIGHT)
    rings = drawn["data"][len(figure["data"]) :]
    dots = [trace for trace in figure["data"] if trace["type"] == "scatter" and "customdata" in trace]
    wanted = [
        (x, y)
        for trace in dots
        for x, y, name in zip(trace["x"], trace["y"], trace["customdata"], strict=True)
        if name in found.picks
    ]
    assert [(x, y) for ring in rings for x, y in zip(ring["x"], ring["y"], strict=True)] == wanted
    assert wanted


def test_a_figure_without_the_record_is_left_as_it_is(chart: dict) -> None:
    assert not shows(chart, {"transfer:nope"})
    assert emphasised(chart, {"transfer:nope"}, LIGHT) == chart == emphasised(chart, set(), LIGHT)


def test_every_curve_begins_and_ends_at_a_capital_that_is_marked(records: Records) -> None:
    capitals = records["places"][records["places"]["kind"].eq("capital")]
    for country in ("PRK", "IRN", "CHN"):
        seen = view.select(records, View(country=(country,), weapon_type=("artillery-ammunition",)))
        drawn = flows.flows(records, seen)
        seats = {*drawn["origin"], *drawn["destination"]} & {*capitals["country"]}
        marked = flows.places(records, seen)
        assert seats <= {*marked["country"][marked["kind"].eq("capital")]}, country
