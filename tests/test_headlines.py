"""The finding over each page: right for the view in force, and short enough to be read."""

import re
from datetime import date

import pytest

from tumen import exchange, flows, known, overview, timeline, view
from tumen.records import Records, load
from tumen.story import story
from tumen.view import View

VIEWS = {
    "everything": View(),
    "shells": View(country=("PRK",), weapon_type=("artillery-ammunition",)),
    "to Pyongyang": View(country=("PRK",), role="destination"),
    "drones": View(country=("IRN",), weapon_type=("drones",)),
    "components": View(country=("CHN",), weapon_type=("components",)),
    "in October": View(as_of=date(2023, 10, 13)),
    "one type": View(weapon_type=("ballistic-missiles",)),
    "one transfer": View(weapon_type=("munitions-unspecified",), as_of=date(2023, 10, 31)),
    "contested": View(country=("PRK",), contested="yes"),
}
LONGEST = 190  # letters: three lines at 1440 pixels


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


@pytest.fixture(params=VIEWS)
def seen(records: Records, request: pytest.FixtureRequest) -> view.Selection:
    return view.select(records, VIEWS[request.param])


def told(records: Records, seen: view.Selection) -> list[str]:
    found = exchange.table(records, seen)
    events = timeline.events(records, seen)
    pair = known.compare(records, seen.view, seen.view.as_of or story(records).then, None)
    return [
        overview.headline(records, seen),
        flows.headline(records, seen),
        timeline.headline(story(records), events, seen.view),
        exchange.headline(records, found, exchange.pairs(found)[0]),
        known.headline(pair),
    ]


def test_findings_are_short_and_agree_in_number(records: Records, seen: view.Selection) -> None:
    for finding in told(records, seen):
        assert len(finding) <= LONGEST, finding
        assert not re.search(r"(?<![\d,.])1 (transfers|events|quotes)|None|nan|  |\b0 of", finding), finding
        assert finding[0] == finding[0].upper() and not finding.endswith(".")


def test_the_map_names_the_pair_that_moves_most(records: Records, seen: view.Selection) -> None:
    moved = records["transfers"].loc[seen.transfers]
    directions = moved.groupby(["origin", "destination"]).size()
    first = directions.sort_values(ascending=False, kind="stable")
    count = int(re.match(r"\d+", flows.headline(records, seen))[0])  # type: ignore[index]
    tied = [d for d, n in first.items() if n == first.iloc[0]]
    both = {sum(int(directions.get(d, 0)) for d in (one, one[::-1])) for one in tied}
    assert count in both
    routed = int((moved["route"] != "").sum())
    assert (f"the route of {routed}" in flows.headline(records, seen)) == (routed > 0 and len(moved) > 1)


def test_the_timeline_counts_what_lies_between_summit_and_treaty(
    records: Records, seen: view.Selection
) -> None:
    inside = int((seen.events["phase"] == "window").sum()) or "none"
    assert f"{inside} between the Kim–Putin meeting and the treaty" in timeline.headline(
        story(records), timeline.events(records, seen), seen.view
    )


def test_a_busiest_month_is_named_only_if_there_is_one(records: Records) -> None:
    events = timeline.events(records, view.select(records, View()))
    months = events["date"].str[:7].value_counts()
    assert f"{months.iloc[0]} in " in timeline.headline(story(records), events, View())
    even = events.assign(month=[f"2024-{1 + n % 12:02d}" for n in range(len(events))])
    even = even.iloc[: len(even) // 12 * 12]
    assert "alone" not in timeline.headline(story(records), even, View())


def test_a_day_alone_is_said_without_of(records: Records) -> None:
    turned = view.select(records, View(as_of=date(2023, 10, 13)))
    assert view.sentence(turned, records).startswith(
        f"All {len(turned.transfers)} transfers known on 13 October 2023, "
    )
