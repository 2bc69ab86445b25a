"""Where there is more than can be shown, the first are shown, and the page says how many are not.

And what is derived of a generated data set equals the slow reference, as it does for the real records.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from bench.generate import Size, generate
from tests import reference
from tests.test_derive import plain, plain_spreads
from tumen import derive, exchange, flows, known, overview, timeline
from tumen import records as loading
from tumen.records import Records, load
from tumen.view import View, select

DAYS = (date(2023, 6, 30), date(2023, 12, 1), date(2024, 9, 9), None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("large") / "data"
    generate(directory, Size(transfers=400, assertions=4000), seed=11)
    return directory


@pytest.fixture(scope="module")
def large(made: Path) -> Records:
    return load(made)


@pytest.fixture(scope="module")
def rows(made: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in made.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


@pytest.mark.parametrize("day", DAYS)
def test_the_states_of_generated_records_equal_the_plain_reference(
    large: Records, rows: dict[str, list[dict[str, str]]], day: date | None
) -> None:
    assert plain(derive.states(large, day)) == reference.states(rows, day)


@pytest.mark.parametrize("day", DAYS)
def test_the_spreads_of_generated_records_equal_the_plain_reference(
    large: Records, rows: dict[str, list[dict[str, str]]], day: date | None
) -> None:
    assert plain_spreads(derive.spreads(large, day)) == reference.spreads(rows, day)


def test_the_foremost_spreads_are_those_with_most_figures(large: Records) -> None:
    spreads, states = derive.spreads(large), derive.states(large)
    every = [(s, t) for t, own in spreads.items() if t in states.index for s in own if s.measure == "value"]
    every.sort(key=lambda pair: (-pair[0].figures, -pair[0].origins, pair[1], -pair[0].ratio))
    assert list(spreads.foremost(states.index, ["value"])) == every


def test_very_many_pairs_are_cut_and_counted(large: Records, records: Records) -> None:
    found = exchange.table(large, select(large, View()))
    kept = exchange.pairs(large, found)
    assert len(kept) == exchange.MOST_PAIRS
    ends = [{*pair} for pair in zip(found["origin"], found["destination"], strict=True)]
    shown = sum(any(own == {pair.left, pair.right} for pair in kept) for own in ends)
    assert f"{len(found) - shown:,} transfers" in exchange.unpaired(large, found)
    picture = exchange.picture(large, found)
    assert len(picture["panels"]) + len(picture["small"]) == exchange.MOST_PAIRS
    assert exchange.unpaired(records, exchange.table(records, select(records, View()))) == ""


def test_a_map_of_very_many_flows_draws_those_with_most_transfers(
    large: Records, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "MOST", {"flows": 20, "legs": 10, "places": 8})
    selection = select(large, View())
    drawn, every = flows.drawn(large, selection), flows.flows(large, selection)
    assert [len(part) <= most for part, most in zip(drawn, (20, 10, 8), strict=True)] == [True] * 3
    assert drawn[0]["transfers"].min() >= every["transfers"].nlargest(20).min()
    assert f"20 of {len(every):,} flows" in flows.not_drawn(large, selection)
    monkeypatch.undo()
    assert flows.not_drawn(records, select(records, View())) == ""


def test_a_table_of_very_many_events_lists_the_weightiest(large: Records, records: Records) -> None:
    events = timeline.events(large, select(large, View()))
    assert len(events) > timeline.MOST_LISTED
    kept = timeline.listed(events)
    assert len(kept) == timeline.MOST_LISTED
    left = events[~events.index.isin(kept.index)]
    assert left["significance"].max() <= kept["significance"].min()
    assert list(kept.index) == [name for name in events.index if name in set(kept.index)], "still in order"
    assert f"{timeline.MOST_LISTED:,} of {len(events):,} events" in timeline.not_listed(events)
    assert timeline.not_listed(timeline.events(records, select(records, View()))) == ""


def test_a_matrix_of_very_many_directions_says_how_many_more_there_are(
    large: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MOST_DIRECTIONS", 5)
    matrix = overview.matrix(large, select(large, View()))
    assert (len(matrix["rows"]), matrix["more"]) == (
        5,
        len(flows.pairs(flows.flows(large, select(large, View())))) - 5,
    )


def test_long_tables_of_changes_are_cut_and_the_count_stays(
    large: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "MOST_CHANGED", 10)
    pair = known.compare(large, View(), date(2023, 11, 1), None)
    found = known.changes(large, pair)
    parts = (known.reported, known.graded, known.contested, known.revised)
    assert [len(part(large, pair, found)) for part in parts] == [10] * 4
    assert min(len(found.reported), len(found.raised), len(found.contested), len(found.revised)) > 10


def test_what_passes_makes_room_and_what_is_named_stays(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 100)
    fresh, made_for = load(made), []
    for n in range(2 * loading.MEMORY // 16):
        fresh.once(("day", n), lambda n=n: made_for.append(n))  # type: ignore[misc]
        fresh.once(("labels", "again"), lambda: made_for.append("labels"))
    fresh.once(("day", n), lambda: made_for.append("not kept"))
    fresh.once(("day", 0), lambda: made_for.append("made again"))
    assert (made_for.count("labels"), made_for.count("not kept"), made_for.count("made again")) == (1, 0, 1)
