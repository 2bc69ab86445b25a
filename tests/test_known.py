"""What was known when: growth, stops and the difference of two days, each found a second, slower way."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from tests import plain, reference
from tests.conftest import MakeRecords, Rows
from tests.test_pages import look
from tumen import derive, known
from tumen.figures import known as drawing
from tumen.figures.palette import DARK, LIGHT
from tumen.known import BANDS
from tumen.records import CLAIMS, DENIALS, Records
from tumen.story import story
from tumen.view import CONTESTED, View, select

THEN, MINISTER, TREATY = date(2023, 11, 2), date(2024, 2, 27), date(2024, 6, 20)
DAYS = [date(2022, 9, 1) + timedelta(days=29 * n) for n in range(42)]
VIEWS = [
    View(),
    View(country=("PRK",), weapon_type=("artillery-ammunition",)),
    View(country=("IRN", "CHN"), role="origin", evidence=4),
    View(country=("KOR",), role="claimant"),
    View(country=("RUS",), role="denier"),
    View(start=date(2023, 9, 13), end=date(2024, 6, 19), evidence=3),
    *(View(contested=code) for code in CONTESTED if code),
    View(country=("PRK",), contested="no", evidence=3),
]
PAIRS = [(THEN, None), (THEN, MINISTER), (MINISTER, TREATY), (date(2023, 1, 1), THEN), (TREATY, TREATY)]


# --- growth ---------------------------------------------------------------------------------------


def on(grown: pd.DataFrame, day: date) -> list[int]:
    before = grown.loc[: pd.Timestamp(day)]
    return [0] * len(BANDS) if before.empty else before.iloc[-1].tolist()


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_growth_on_a_day_is_the_view_of_that_day(records: Records, view: View) -> None:
    grown = known.growth(records, view)
    for day in DAYS:
        expected = known.banded(select(records, replace(view, as_of=day)))
        assert dict(zip(BANDS, on(grown, day), strict=True)) == expected, day
    assert grown.iloc[-1].to_dict() == known.banded(select(records, view))


def test_the_growth_counts_the_states_of_every_day(records: Records) -> None:
    grown = known.growth(records, View())
    for day in DAYS:
        states = derive.states(records, day)
        assert sum(on(grown, day)) == len(states)
        assert on(grown, day)[0] == states["evidence"].eq(5).sum()
        assert on(grown, day)[-1] == states["evidence"].le(2).sum()


def test_a_day_without_change_is_no_row_and_turning_back_changes_nothing(records: Records) -> None:
    grown = known.growth(records, View())
    assert known.growth(records, View(as_of=THEN)) is grown
    assert grown.index.is_monotonic_increasing and grown.index.is_unique
    assert (grown >= 0).all(axis=None)


def test_of_very_many_days_few_are_drawn_and_what_stands_on_each_is_true() -> None:
    days = pd.date_range("2014-01-01", periods=4000, freq="D")
    grown = pd.DataFrame({band: range(n, 4000 + n) for n, band in enumerate(BANDS)}, index=days)
    outside, named = date(2050, 1, 1), [date(2019, 5, 5), date(2021, 7, 7)]
    drawn = known.steps(grown, [*named, outside])
    assert known.MOST_STEPS <= len(drawn) <= known.MOST_STEPS + 1 + len(named)
    assert {*map(pd.Timestamp, named), days[-1]} <= {*drawn.index} <= {*days}
    assert drawn.equals(grown.loc[drawn.index])
    assert drawn.index.to_series().diff().max() <= pd.Timedelta(days=2 * 4000 / known.MOST_STEPS)
    assert "4,000 days" in known.steps_left_out(grown) and "300" in known.steps_left_out(grown)
    twice = known.steps(grown, [named[0], named[0], days[-1].date()])  # a stop is also the day looked at
    assert twice.index.is_unique and {*twice.index} == {*known.steps(grown, named[:1]).index}
    few = grown.head(known.MOST_STEPS)
    assert known.steps(few, named) is few and known.steps_left_out(few) == ""


# --- two days -------------------------------------------------------------------------------------


def slow(raw: reference.Tables, earlier: date, later: date | None) -> dict[str, set[str]]:
    """The differences by sets, from the reference alone."""
    before, after = reference.states(raw, earlier), reference.states(raw, later)
    both = [t for t in after if t in before]
    told = [r for r in raw["assertions"] if reference.public(r, later) and not reference.public(r, earlier)]
    told = [r for r in told if r["transfer"] in after]
    day, wanted = reference.Wanted(as_of=earlier), reference.Wanted(as_of=later)
    return {
        "reported": {t for t in after if t not in before},
        "raised": {t for t in both if after[t]["evidence"] > before[t]["evidence"]},  # type: ignore[operator]
        "graded": {t for t in both if code(after[t]) != code(before[t])},
        "contested": {
            t for t in after if after[t]["contested"] and not (t in before and before[t]["contested"])
        },
        "claims": {r["id"] for r in told if reference.claims_it(r)},
        "denials": {r["id"] for r in told if reference.disputes_it(r)},
        "events": reference.events(raw, wanted) - reference.events(raw, day),
        "quotes": reference.quotes(raw, wanted) - reference.quotes(raw, day),
    }


def code(state: dict[str, object]) -> tuple[object, object]:
    return state["reliability"], state["credibility"]


@pytest.mark.parametrize(("earlier", "later"), PAIRS, ids=str)
def test_the_differences_are_those_of_the_sets(
    records: Records, raw: dict[str, Rows], earlier: date, later: date | None
) -> None:
    found = known.changes(
        records, known.compare(records, View(), later or earlier, earlier if later else None)
    )
    for name, expected in slow(raw, earlier, later).items():
        listed = getattr(found, name)
        assert len(listed) == len(set(listed)), name
        assert set(listed) == expected, name


def newest(
    raw: reference.Tables, as_of: date | None, before: date | None = None
) -> dict[object, reference.Row]:
    """Group and origin → its newest figure that is public on a day."""
    groups = reference.spreads(raw, as_of)
    rows = {row["id"]: row for row in raw["assertions"]}
    found: dict[object, reference.Row] = {}
    for key, (*_, ids) in groups.items():
        told = [rows[i] for i in ids if before is None or reference.public(rows[i], before)]
        for row in sorted(told, key=lambda r: (reference.last_day(r["date"]), r["id"])):
            found[key, row["origin"]] = row
    return found


@pytest.mark.parametrize(("earlier", "later"), PAIRS, ids=str)
def test_a_figure_is_revised_where_the_newest_of_its_origin_is_another(
    records: Records, raw: dict[str, Rows], earlier: date, later: date | None
) -> None:
    then, now = newest(raw, later, earlier), newest(raw, later)
    ends = {row["id"]: tuple(row[e] and float(row[e]) for e in ("low", "high")) for row in now.values()}
    ends |= {row["id"]: tuple(row[e] and float(row[e]) for e in ("low", "high")) for row in then.values()}
    expected = {
        (row["id"], now[key]["id"]) for key, row in then.items() if ends[row["id"]] != ends[now[key]["id"]]
    }
    found = known.changes(records, known.compare(records, View(), earlier, later))
    assert set(found.revised) == expected


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_changes_keep_to_the_transfers_in_view_on_either_day(records: Records, view: View) -> None:
    pair = known.compare(records, view, THEN, TREATY)
    found, own = known.changes(records, pair), {*pair.earlier.transfers, *pair.later.transfers}
    assert {*found.reported, *found.raised, *found.graded, *found.contested} <= own
    told = records["assertions"].loc[[*found.claims, *found.denials]]
    assert {*told["transfer"]} <= own
    assert (told["known"] > pd.Timestamp(THEN)).all() and (told["known"] <= pd.Timestamp(TREATY)).all()
    assert {*told["stance"]} <= {*CLAIMS, *DENIALS}


def test_every_line_of_the_tables_is_of_the_later_day(records: Records) -> None:
    pair = known.compare(records, View(), THEN, MINISTER)
    found = known.changes(records, pair)
    tables = (known.reported, known.graded, known.contested, known.revised)
    for table, count in zip(
        tables,
        (len(found.reported), len({*found.raised, *found.graded}), len(found.contested), len(found.revised)),
        strict=True,
    ):
        lines = table(records, pair, found)
        assert len(lines) == count
        said = [line["assertion"] for line in lines if "assertion" in line]
        assert (records["assertions"].loc[said, "known"] <= pd.Timestamp(MINISTER)).all()


def test_one_day_twice_differs_in_nothing_and_the_order_of_two_does_not_matter(records: Records) -> None:
    same = known.changes(records, known.compare(records, View(), TREATY, TREATY))
    assert not any(getattr(same, name) for name in same.__slots__)
    assert known.compare(records, View(), TREATY, THEN) == known.compare(records, View(), THEN, TREATY)


def said(number: int, day: str, low: str, origin: str = "one", unit: str = "rounds") -> dict[str, str]:
    return {
        "id": f"made-up--{number}", "transfer": "made-up", "date": day, "origin": origin, "stance": "asserts",
        "evidence": "3", "source": "source", "low": low, "high": low, "measure": "supplied", "unit": unit,
        "rate": "total", "scope": "this-flow", "by_country": "USA",
    }  # fmt: skip


def test_only_the_same_origin_revises_and_only_like_by_like(make_records: MakeRecords) -> None:
    transfers: Rows = [
        {"id": "made-up", "origin": "PRK", "destination": "RUS", "weapon_type": "artillery-ammunition"}
    ]
    told = [
        said(1, "2023-10-01", "10"),
        said(2, "2023-12-01", "20"),
        said(3, "2024-01-01", "30", origin="two"),
        said(4, "2024-02-01", "40", unit="containers"),
        said(5, "2024-03-01", "10"),
    ]
    sources = [{"id": "source", "reliability": "B"}]
    made = make_records({"transfers": transfers, "assertions": told, "sources": sources})
    for later, expected in {
        date(2023, 11, 1): [],
        date(2024, 2, 2): [("made-up--1", "made-up--2")],
        None: [],  # back to what it said at first
    }.items():
        assert known._revised(made, known.compare(made, View(), date(2023, 11, 1), later)) == expected


# --- three days, three pictures ---------------------------------------------------------------------

FACTS = {  # the claim → the days on which it was known
    "prk-rus-artillery-shells--rok-nis-2023-11-01": (THEN, MINISTER, TREATY),  # more than 1 million shells
    "prk-rus-munitions-containers--rok-mnd-2024-02-26": (MINISTER, TREATY),  # about 6,700 containers
    "prk-rus-munitions-containers--us-un-wood-2024-06-14": (TREATY,),  # more than 11,000 containers
}


def test_three_days_give_three_different_and_correct_pictures(records: Records) -> None:
    rows = plain.table("assertions").set_index("id")
    assert rows.loc[list(FACTS), "low"].tolist() == ["1000000", "6700", "11000"]
    for day in (THEN, MINISTER, TREATY):
        spreads = [s for found in derive.spreads(records, day).values() for s in found]
        told = {name for spread in spreads for name in spread.assertions}
        assert told & {*FACTS} == {name for name, days in FACTS.items() if day in days}, day
    ranges = [containers(records, day) for day in (THEN, MINISTER, TREATY)]
    assert ranges == [(1000, 2000), (1000, 10000), (1000, 11000)]


def containers(records: Records, day: date) -> tuple[float, float]:
    """The range of the containers said to have been supplied, as known on a day."""
    spreads = derive.spreads(records, day)["prk-rus-munitions-containers"]
    wanted = ("supplied", "containers", "total", "this-flow")
    (found,) = (s for s in spreads if (s.measure, s.unit, s.rate, s.scope) == wanted)
    return found.low, found.high


@pytest.mark.parametrize(
    ("day", "words", "unsaid"),
    [
        (THEN, ["1,000 to 2,000 containers", "350,000 to 1 million rounds"], ["to 10,000 containers"]),
        (MINISTER, ["1,000 to 10,000 containers", "350,000 to 1.5 million rounds"], ["to 11,000 containers"]),
        (TREATY, ["1,000 to 11,000 containers"], []),
    ],
    ids=str,
)
def test_the_page_shows_the_picture_of_its_day(day: date, words: list[str], unsaid: list[str]) -> None:
    seen = look("known", {"as_of": day.isoformat(), "against": day.isoformat()})
    assert seen.count == plain.count(as_of=day.isoformat())
    assert f"{seen.count} transfers on record on {day.day}" in seen.text
    assert all(text in seen.text for text in words)
    assert not any(text in seen.text for text in unsaid)


# --- the page, the sentence, the stops ----------------------------------------------------------------


def test_the_sentence_says_what_was_added_since_and_leads_to_the_page(records: Records) -> None:
    found = known.since(records, select(records, View(as_of=MINISTER)))
    assert found and known.since(records, select(records, View())) is None
    seen = look("map", {"as_of": MINISTER.isoformat()})
    assert f"Since then {len(found.reported)} transfers , {len(found.claims)} claims" in seen.sentence
    assert f"{len(found.graded)} grades changed" in seen.sentence
    assert 'data-pick="page:known?as_of=2024-02-27"' in seen.parts["sentence"]["html"]
    assert "Since then" not in look("map").sentence


def test_the_stops_are_the_days_that_matter_in_order_and_spread(records: Records) -> None:
    found = known.stops(records)
    days = [stop.day for stop in found]
    assert 25 <= len(found) <= known.MOST_STOPS and days == sorted(set(days))
    first, last = story(records).span
    assert all(first <= day <= last for day in days)
    months = pd.Series(days).map(lambda day: (day.year, day.month)).value_counts()
    assert months.max() <= known.PER_MONTH and len(months) >= 12
    assert all(stop.title for stop in found)
    assert {date(2023, 11, 1), date(2024, 2, 26), date(2024, 6, 19)} <= {*days}
    for stop in found:  # something became known on each of them
        assert (records["assertions"]["known"] == pd.Timestamp(stop.day)).any() or stop.event
        if stop.event:
            assert records["events"].loc[stop.event, "known"] == pd.Timestamp(stop.day)


def test_from_stop_to_stop(records: Records) -> None:
    found = known.stops(records)
    assert known.around(records, None) == (found[-1], None)
    assert known.around(records, found[3].day) == (found[2], found[4])
    assert known.around(records, found[0].day - timedelta(days=1)) == (None, found[0])


def test_stops_are_jumped_to_with_buttons_and_the_list(records: Records) -> None:
    found = known.stops(records)
    app = look("overview", {"as_of": found[3].day.isoformat()}).app
    assert app.selectbox(key="stop").value == found[3].day
    next(b for b in app.sidebar.button if b.label == "Later").click().run()
    assert app.session_state["view"] == View(as_of=found[4].day)
    app.selectbox(key="stop").set_value(found[0].day).run()
    assert next(b for b in app.sidebar.button if b.label == "Earlier").disabled
    assert known.since(records, select(records, View(as_of=found[0].day)))


def test_every_number_of_the_picture_leads_to_a_list_of_as_many(records: Records) -> None:
    seen = look("known", {"country": "PRK"})
    pair = known.compare(records, View(country=("PRK",)), story(records).then, None)
    for line in known.counts(known.sides(records, pair, None))[:4]:
        for count, (url, _) in line["cells"]:
            query = dict(part.split("=") for part in url.partition("?")[2].split("&"))
            assert url.replace("&", "&amp;") in seen.html
            assert look("overview", query).count == count


def test_the_chart_can_be_picked_by_day_and_is_small(records: Records) -> None:
    seen = look("known", {"as_of": THEN.isoformat()})
    assert {f"asof:{stop.day}" for stop in known.stops(records)} <= seen.picks
    assert all(pick.startswith("asof:") for pick in seen.picks)
    for part in seen.charts.values():
        assert "56 transfers" in part["alt"] and "on 2 November 2023" in part["alt"]
        assert all(len(text.encode()) <= 60_000 and "://" not in text for _, text in part["figures"])


def test_a_wrong_day_to_compare_with_is_named(records: Records) -> None:
    seen = look("known", {"against": "2024-13-45"})
    assert "against" in seen.app.warning[0].value
    assert "today it is" in seen.html


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [340, 620, 980])
def test_the_bands_of_the_figure_are_the_growth(records: Records, palette: object, width: int) -> None:
    grown = known.growth(records, View())
    figure = drawing.figure(
        grown,
        stops=[(stop.day, "<b>made & up</b>") for stop in known.stops(records)],
        days=(THEN, None),
        names=known.band_labels(records),
        palette=palette,  # type: ignore[arg-type]
        width=width,
    )
    for band, trace in zip(BANDS, figure["data"], strict=False):
        drawn = dict(zip(trace["x"], trace["y"], strict=True))
        for day, count in grown[band].items():
            assert drawn[day.date().isoformat()] == count
    notes = [note["text"] for note in figure["layout"]["annotations"]]
    assert "<b>2 Nov 2023: 56</b>" in notes and f"<b>Today: {plain.count()}</b>" in notes
    assert any("&lt;b&gt;made &amp;" in text for trace in figure["data"] for text in trace.get("text", []))


def test_no_band_on_record_is_no_figure_to_draw() -> None:
    seen = look("known", {"country": "IRN", "weapon_type": "space-and-satellite", "as_of": "2023-01-01"})
    assert seen.count == 0 and not seen.app.exception


def test_months_play_in_order_within_the_story(records: Records) -> None:
    days = known.month_ends(records)
    assert list(days) == sorted(days) and days[0] == "2023-06-30" and days[-1] == "2024-12-31"


def test_playing_moves_the_day_and_leaves_the_filters(records: Records) -> None:
    app = look("known", {"country": "PRK", "as_of": "2024-01-10"}).app
    next(button for button in app.main.button if button.label == "Play").click().run()
    assert "Pause" in [button.label for button in app.main.button]
    assert app.session_state["known_on"] == "2024-01-31"
    app.run()
    assert app.session_state["known_on"] == "2024-02-29"
    next(button for button in app.main.button if button.label == "Pause").click().run()
    assert app.session_state["view"].country == ("PRK",)
    assert app.session_state["view"].as_of > MINISTER
