"""Where there is more than can be shown, the first are shown, and the page says how many are not.

And what is derived of a generated data set equals the slow reference, as it does for the real records.
"""

import csv
import math
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from bench.generate import Size, generate
from tests import reference
from tests.test_derive import plain, plain_spreads
from tumen import derive, estimates, exchange, flows, known, overview, timeline
from tumen import records as loading
from tumen.desk import referring
from tumen.records import Records, load
from tumen.templates import render
from tumen.view import View, select

DAYS = (date(2023, 6, 30), date(2023, 12, 1), date(2024, 9, 9), None)

CHANGED = ("reported", "graded", "contested", "revised")


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


@pytest.mark.parametrize("day", DAYS)
def test_disagreements_are_ranked_as_one_by_one(large: Records, day: date | None) -> None:
    spreads = derive.spreads(large, day)
    found = [(t, s) for t, own in spreads.items() for s in own if s.figures > 1]
    slow = sorted(
        found,
        key=lambda pair: (
            pair[1].origins == 1,
            -math.log(pair[1].ratio) * math.log2(max(pair[1].origins, 2)),
            -pair[1].figures,
            pair[0],
        ),
    )
    assert list(estimates.ranked(large, day)) == slow


@pytest.mark.parametrize("day", DAYS)
def test_figures_compared_are_counted_as_one_by_one(large: Records, day: date | None) -> None:
    counts = {
        name: s.figures for own in derive.spreads(large, day).values() for s in own for name in s.assertions
    }
    quick = zip(large["assertions"].index, derive.compared(large, day), strict=True)
    assert {name: count for name, count in quick if count} == counts


def test_very_many_pairs_are_cut_and_counted(large: Records, records: Records) -> None:
    found = exchange.table(large, select(large, View()))
    kept = exchange.pairs(found)
    assert len(kept) == exchange.MOST_PAIRS
    ends = [{*pair} for pair in zip(found.rows["origin"], found.rows["destination"], strict=True)]
    shown = sum(any(own == {pair.left, pair.right} for pair in kept) for own in ends)
    assert f"{len(found.rows) - shown:,} transfers" in exchange.unpaired(found)
    picture = exchange.picture(large, found)
    assert len(picture["panels"]) + len(picture["small"]) == exchange.MOST_PAIRS
    assert exchange.unpaired(exchange.table(records, select(records, View()))) == ""


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
    monkeypatch.setattr(known, "MOST_CHANGED", 12)
    monkeypatch.setattr(known, "FEW_CHANGED", 10)
    pair = known.compare(large, View(), date(2023, 11, 1), None)
    found = known.changes(large, pair)
    parts = (known.reported, known.graded, known.contested, known.revised)
    assert [len(part(large, pair, found)) for part in parts] == [10] * 4
    assert min(len(found.reported), len(found.raised), len(found.contested), len(found.revised)) > 12


def test_what_passes_makes_room_and_what_is_named_stays(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 100)
    fresh, made_for = load(made), []
    for n in range(2 * loading.MEMORY_OF_LARGE):
        fresh.once(("day", n), lambda n=n: made_for.append(n))  # type: ignore[misc]
        fresh.once(("labels", "again"), lambda: made_for.append("labels"))
    fresh.once(("day", n), lambda: made_for.append("not kept"))
    fresh.once(("day", 0), lambda: made_for.append("made again"))
    assert (made_for.count("labels"), made_for.count("not kept"), made_for.count("made again")) == (1, 0, 1)


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    weights = loading.Weights(room=3, most=100)
    assert [weights.add(name, 10) for name in "abc"] == [[], [], []]
    weights.touch("a")
    assert weights.add("d", 10) == ["b"], "too many"
    assert weights.add("e", 75) == ["c"], "too many again, and all of it fits"
    assert weights.add("f", 40) == ["a", "d", "e"], "too heavy"
    assert weights.add("f", 60) == [] and weights.total == 60, "the same again is not counted twice"
    assert weights.add("g", 1_000) == ["f"] and weights.total == 1_000, "the newest stays, whatever it weighs"
    weights.touch("f")
    assert weights.total == 1_000


def test_two_days_are_compared_in_the_same_directions(
    large: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = known.compare(large, View(), date(2023, 11, 1), None)
    every = overview.directions(large, pair.later, pair.earlier)
    monkeypatch.setattr(overview, "MOST_DIRECTIONS", len(every) + 1)
    whole = {(row["from"], row["to"]): row["cells"] for row in known.matrix(large, pair)["rows"]}
    assert len(whole) == len(every)
    monkeypatch.setattr(overview, "MOST_DIRECTIONS", most := 5)
    while {*overview.directions(large, pair.earlier)[:most]} == {*every[:most]}:  # the days must differ
        monkeypatch.setattr(overview, "MOST_DIRECTIONS", most := most + 1)
        assert most < len(every), "both days have the same busiest directions: nothing would be tested"
    cut = known.matrix(large, pair)
    assert (len(cut["rows"]), cut["more"]) == (most, len(every) - most)
    assert all(row["cells"] == whole[row["from"], row["to"]] for row in cut["rows"])
    assert any(cell and cell["then"] for row in cut["rows"] for cell in row["cells"])


def test_the_counts_of_changes_are_whole_and_say_how_many_are_listed(
    large: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "MOST_CHANGED", 12)
    monkeypatch.setattr(known, "FEW_CHANGED", 10)
    pair = known.compare(large, View(), date(2023, 11, 1), None)
    found = known.changes(large, pair)
    parts = {name: getattr(known, name)(large, pair, found) for name in CHANGED}
    sides = known.sides(large, pair, None)
    html = render(
        "known.html", sides=sides, stops=(), names=known.band_labels(large), fills=defaultdict(str),
        counts=known.counts(sides), figures=[], matrix=known.matrix(large, pair),
        family_colours=defaultdict(str), found=found, **parts, **known.places(pair),
    )  # fmt: skip
    count = r'<span class="count">(?:<a[^>]*>)?(\d+)(?:</a>)?</span>'
    counts = re.findall(rf"{count} <span[^>]*>(\d+) of them listed", html)
    whole = (found.reported, found.better, found.contested, found.revised)
    assert counts == [(str(len(every)), "10") for every in whole]


def test_the_tables_under_the_map_say_what_they_leave_out(
    large: Records, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = select(large, View())
    monkeypatch.setattr(flows, "MOST_LISTED", 3)
    assert len(flows.table(large, selection)) == len(flows.routes(large, selection)) == 3
    count, ways = len(flows.flows(large, selection)), flows.legs(large, selection)["route"].nunique()
    assert f"3 of {count:,} flows and 3 of {ways:,} routes" in flows.not_listed(large, selection)
    monkeypatch.undo()
    assert flows.not_listed(records, select(records, View())) == ""


def test_what_names_any_of_some_records_is_found_as_one_by_one(large: Records) -> None:
    named = referring(large, "not_found", "transfers")
    some = large["transfers"].index[::3]
    assert not {*named} <= {*some} and {*some} - {*named}, "both kinds are there"
    assert named.of_any(some) == {row for transfer in some for row in named.get(transfer, ())}
    assert named.of_any(some[:0]) == frozenset()


def test_halves_of_the_exchange_are_the_rows_of_each_direction(large: Records) -> None:
    found = exchange.table(large, select(large, View(weapon_type=("missiles",))))
    assert sum(found.totals.values()) == len(found.rows)
    for origin, destination in list(found.totals)[:20]:
        own = found.rows[found.rows["origin"].eq(origin) & found.rows["destination"].eq(destination)]
        assert list(found.between(origin, destination)["id"]) == list(own["id"])
        assert found.totals[origin, destination] == len(own)
    assert found.between("PRK", "PRK").empty


def test_ids_of_a_large_table_are_found_by_halving(large: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    every = large["assertions"]["id"]
    some = [every.iloc[0], every.iloc[-1], *every.sample(50, random_state=1), every.min(), every.max()]
    want = [large.place("assertions", one) for one in some]
    monkeypatch.setattr(loading, "MANY", 0)
    assert [large.place("assertions", one) for one in some] == want
    assert list(large.taken("assertions", some).index) == some
    for missing in ("", "nobody", every.max() + "x", "ÿ"):
        with pytest.raises(KeyError):
            large.place("assertions", missing)


def test_searches_without_a_find_are_cut_by_result_and_counted(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = exchange.table(records, select(records, View()))
    pair = exchange.pairs(found)[0]
    whole = exchange.not_found(records, found, pair, View())
    assert max(len(group["rows"]) for group in whole) > 2 and not any(group["more"] for group in whole)
    monkeypatch.setattr(exchange, "MOST_SEARCHES", 2)
    cut = exchange.not_found(records, found, pair, View())
    assert [len(group["rows"]) + group["more"] for group in cut] == [len(group["rows"]) for group in whole]
    assert [group["rows"] for group in cut] == [group["rows"][:2] for group in whole]
