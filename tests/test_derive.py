"""What is derived from the assertions: laws that must hold for any data, and facts of the real ones."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.conftest import MakeRecords, Rows, complete
from tumen import dates, derive
from tumen.records import CLAIMS, DENIALS, Records

# --- made-up data --------------------------------------------------------------------------------

TRANSFERS: Rows = [
    {"id": "made-up-a", "origin": "PRK", "destination": "RUS", "weapon_type": "artillery-ammunition"},
    {"id": "made-up-b", "origin": "RUS", "destination": "PRK", "weapon_type": "energy", "status": "ongoing"},
    {"id": "made-up-c", "origin": "IRN", "destination": "RUS", "weapon_type": "drones", "start": "2023-05"},
]
SOURCES: Rows = [{"id": f"source-{letter.lower()}", "reliability": letter} for letter in "ABF"]
REACHES = {
    "denies": ("whole", "amount", "purpose", "agreement", "part"),
    "declines-to-comment": ("no-answer",),
}
REACHES["doubts"] = REACHES["denies"]
DATES = (
    "2023",
    "2023-09",
    "2023-09-13",
    "2023-09-30",
    "2023-10-01",
    "2023-10",
    "2023-10-13",
    "2023-12-31",
    "2024-01",
)
DAYS = sorted({dates.known_from(text) + timedelta(days=n) for text in DATES for n in (-1, 0)})


@st.composite
def assertion(draw: st.DrawFn, number: int) -> dict[str, str]:
    stance = draw(
        st.sampled_from(["asserts", "asserts", "confirms", "doubts", "denies", "declines-to-comment"])
    )
    steps = {"asserts": "12345", "confirms": "12345", "doubts": ["", "1", "3"], "denies": ["", "2", "4"]}
    row = {
        "transfer": draw(st.sampled_from([t["id"] for t in TRANSFERS])),
        "date": draw(st.sampled_from(DATES)),
        "by_country": draw(st.sampled_from(["PRK", "RUS", "USA", "KOR"])),
        "origin": draw(st.sampled_from(["actor-one", "actor-two", "actor-three"])),
        "stance": stance,
        "reach": draw(st.sampled_from(REACHES.get(stance, ("",)))),
        "evidence": draw(st.sampled_from(steps.get(stance, [""]))),
        "source": draw(st.sampled_from([s["id"] for s in SOURCES])),
    }
    row["id"] = f"{row['transfer']}--said-{number}"
    return row | draw(figure())


@st.composite
def figure(draw: st.DrawFn) -> dict[str, str]:
    """No figure, a bound on one side, or a range; of few enough kinds that some can be compared."""
    low, more = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    ends = draw(st.sampled_from([("", ""), (str(low), ""), ("", str(low)), (str(low), str(low + more))]))
    if ends == ("", ""):
        return {}
    kind = {
        "measure": draw(st.sampled_from(["supplied", "capacity"])),
        "unit": draw(st.sampled_from(["containers", "rounds"])),
        "rate": draw(st.sampled_from(["total", "per-month"])),
        "scope": draw(st.sampled_from(["this-flow", "if-152-mm"])),
        "period": draw(st.sampled_from(["", "2023"])),
    }
    return {"low": ends[0], "high": ends[1], **kind}


@st.composite
def assertion_sets(draw: st.DrawFn) -> Rows:
    return [draw(assertion(number)) for number in range(draw(st.integers(0, 14)))]


def tables(said: Rows) -> dict[str, Rows]:
    return {"transfers": TRANSFERS, "sources": SOURCES, "assertions": said}


def plain(states: pd.DataFrame) -> dict[str, dict[str, object]]:
    """States as plain values, so that they can be compared with the reference."""
    columns = {str(name): [_plain(value) for value in states[name].tolist()] for name in states}
    return {
        str(transfer): {name: columns[name][n] for name in columns} for n, transfer in enumerate(states.index)
    }


def _plain(value: object) -> object:
    return value.date() if isinstance(value, pd.Timestamp) else value


def plain_spreads(found: Mapping[str, list[derive.Spread]]) -> dict[tuple[str, ...], tuple[object, ...]]:
    return {
        (transfer, s.measure, s.unit, s.rate, s.scope, s.period): (
            *(s.low, s.high, s.figures, s.origins),
            frozenset(s.assertions),
        )
        for transfer, spreads in found.items()
        for s in spreads
    }


# --- time ----------------------------------------------------------------------------------------

GROWING = ("claims", "denials", "silences", "publications", "origins", "evidence")


def assert_nothing_is_lost(records: Records, earlier: date, later: date | None) -> None:
    """Turning the day forward only ever adds."""
    before, after = derive.states(records, earlier), derive.states(records, later)
    assert set(derive.known(records, earlier)["id"]) <= set(derive.known(records, later)["id"])
    assert set(before.index) <= set(after.index), "a transfer was un-reported"
    same = after.loc[before.index]
    for column in GROWING:
        assert (same[column] >= before[column]).all(), column
    assert (same["contested"] | ~before["contested"]).all()
    for column in ("first_reported", "first_assertion"):
        assert same[column].equals(before[column]), column
    for column in ("claimants", "deniers", "reaches"):
        assert all(b == a[: len(b)] for b, a in zip(before[column], same[column], strict=True)), column


@given(said=assertion_sets(), days=st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted))
def test_later_days_only_add(make_records: MakeRecords, said: Rows, days: list[date]) -> None:
    made = make_records(tables(said))
    assert_nothing_is_lost(made, *days)
    assert_nothing_is_lost(made, days[1], None)


@given(days=st.tuples(st.dates(date(2022, 1, 1), date(2026, 1, 1)), st.integers(0, 200)))
def test_later_days_only_add_to_the_real_data(records: Records, days: tuple[date, int]) -> None:
    first, more = days
    assert_nothing_is_lost(records, first, first + timedelta(days=more))


@given(said=assertion_sets(), day=st.sampled_from(DAYS))
def test_later_days_only_widen_a_spread(make_records: MakeRecords, said: Rows, day: date) -> None:
    made = make_records(tables(said))
    before, after = plain_spreads(derive.spreads(made, day)), plain_spreads(derive.spreads(made))
    for key, (low, high, figures, origins, ids) in before.items():
        later = after[key]
        assert later[0] <= low <= high <= later[1]  # type: ignore[operator]
        assert later[2] >= figures and later[3] >= origins and later[4] >= ids  # type: ignore[operator]


@pytest.mark.parametrize(
    ("dated", "day"),
    [("2023-10-13", date(2023, 10, 13)), ("2023-10", date(2023, 10, 31)), ("2023", date(2023, 12, 31))],
)
def test_a_date_counts_from_the_end_of_what_it_can_mean(
    make_records: MakeRecords, dated: str, day: date
) -> None:
    made = make_records(tables([claim("one", date=dated)]))
    assert derive.states(made, day - timedelta(days=1)).empty
    assert list(derive.states(made, day)["first_reported"]) == [pd.Timestamp(day)]


# --- what counts as what ---------------------------------------------------------------------------


def claim(name: str, **more: str) -> dict[str, str]:
    row = {"id": f"made-up-a--{name}", "transfer": "made-up-a", "date": "2023-10-13", "by_country": "USA"}
    row |= {"origin": "actor-one", "stance": "asserts", "evidence": "3", "source": "source-a"}
    return row | more


def denial(name: str, **more: str) -> dict[str, str]:
    row = {"origin": "actor-two", "stance": "denies", "reach": "whole", "evidence": "", "by_country": "RUS"}
    return claim(name, **{**row, **more})


@given(said=assertion_sets(), day=st.sampled_from(DAYS))
def test_one_origin_never_confirms(make_records: MakeRecords, said: Rows, day: date) -> None:
    states = derive.states(make_records(tables(said)), day)
    assert (states.loc[states["credibility"] == 1, "origins"] >= 2).all()
    alone = derive.states(make_records(tables([row | {"origin": "actor-one"} for row in said])), day)
    assert (alone["credibility"] > 2).all()


@given(said=assertion_sets(), day=st.sampled_from(DAYS))
def test_contested_means_that_a_denial_or_doubt_is_known(
    make_records: MakeRecords, said: Rows, day: date
) -> None:
    states = derive.states(make_records(tables(said)), day)
    for transfer, contested in states["contested"].items():
        known = [r for r in said if r["transfer"] == transfer and dates.known_from(r["date"]) <= day]
        assert contested == any(row["stance"] in DENIALS for row in known)


@given(said=assertion_sets(), day=st.sampled_from(DAYS), dated=st.sampled_from(DATES))
def test_silence_changes_nothing_but_its_count(
    make_records: MakeRecords, said: Rows, day: date, dated: str
) -> None:
    silence = denial("silent", stance="declines-to-comment", reach="no-answer", date=dated, by_country="CHN")
    without, with_it = (derive.states(make_records(tables(rows)), day) for rows in (said, [*said, silence]))
    pd.testing.assert_frame_equal(without.drop(columns="silences"), with_it.drop(columns="silences"))
    heard = dates.known_from(dated) <= day
    if "made-up-a" in without.index:
        assert with_it["silences"]["made-up-a"] == without["silences"]["made-up-a"] + heard


def test_a_denial_alone_reports_nothing(make_records: MakeRecords) -> None:
    made = make_records(tables([denial("one"), denial("two", stance="doubts")]))
    assert derive.states(made).empty and len(derive.known(made, None)) == 2


def test_a_denial_before_the_first_claim_counts_once_there_is_one(make_records: MakeRecords) -> None:
    made = make_records(tables([denial("early", date="2023-09-01"), claim("later")]))
    assert derive.states(made, date(2023, 9, 30)).empty
    assert derive.states(made, date(2023, 10, 13))["contested"].tolist() == [True]


def test_five_outlets_with_one_briefing_are_one_origin(make_records: MakeRecords) -> None:
    said = [claim(f"outlet-{n}", source="source-a" if n % 2 else "source-b") for n in range(5)]
    (state,) = plain(derive.states(make_records(tables(said)))).values()
    assert (state["claims"], state["publications"], state["origins"]) == (5, 2, 1)
    assert state["credibility"] == 3


def test_the_best_evidence_names_who_brought_it_first_and_the_best_letter(make_records: MakeRecords) -> None:
    said = [
        claim("bare", evidence="1", source="source-a", date="2023-09-01"),
        claim("first", evidence="4", source="source-f", date="2023-10-01"),
        claim("again", evidence="4", source="source-b", date="2023-10-02"),
        denial("find", evidence="5", source="source-a", date="2023-10-03"),
    ]
    state = derive.states(make_records(tables(said))).loc["made-up-a"]
    assert state["evidence"] == 4 and state["evidence_assertion"] == "made-up-a--first"
    assert state["evidence_date"] == pd.Timestamp("2023-10-01") and state["reliability"] == "B"
    assert derive.states(make_records(tables(said)), date(2023, 10, 1)).loc["made-up-a", "reliability"] == "F"


GRADES = list(product(range(6), range(1, 5), range(5), range(-1, 6)))


def test_credibility_by_the_written_rule() -> None:
    """The whole table, against the sentences of RULES in the order in which they override each other."""
    for evidence, origins, showing, doubt in GRADES:
        if doubt >= 3 and evidence <= 2:
            expected = 5
        elif doubt >= 0 and evidence <= 3:
            expected = 4
        elif origins >= 2 and (evidence == 5 or showing >= 2):
            expected = 1
        elif origins >= 2 and evidence >= 3:
            expected = 2
        elif origins >= 2 or evidence >= 2:
            expected = 3
        else:
            expected = 6
        assert derive.credibility(evidence, origins, showing, doubt) == expected


def test_more_for_it_never_grades_lower_and_a_doubt_never_higher() -> None:
    worth = {1: 6, 2: 5, 3: 4, 6: 3, 4: 2, 5: 1}
    for evidence, origins, showing, doubt in GRADES:
        here = worth[derive.credibility(evidence, origins, showing, doubt)]
        assert worth[derive.credibility(min(5, evidence + 1), origins, showing, doubt)] >= here
        assert worth[derive.credibility(evidence, origins + 1, showing, doubt)] >= here
        assert worth[derive.credibility(evidence, origins, showing + 1, doubt)] >= here
        assert worth[derive.credibility(evidence, origins, showing, -1)] >= here


@pytest.mark.parametrize(
    ("country", "reach", "evidence", "grade"),
    [
        ("KOR", "whole", "", 4),
        ("KOR", "part", "", 3),
        ("KOR", "amount", "", 3),
        ("KOR", "purpose", "", 3),
        ("KOR", "agreement", "", 3),
        ("RUS", "whole", "", 3),  # the receiver
        ("PRK", "whole", "3", 3),  # the sender
        ("KOR", "whole", "3", 5),
        ("KOR", "whole", "2", 4),
    ],
)
def test_whose_doubt_weighs(
    make_records: MakeRecords, country: str, reach: str, evidence: str, grade: int
) -> None:
    said = [claim("it", evidence="2"), denial("no", by_country=country, reach=reach, evidence=evidence)]
    assert derive.states(make_records(tables(said)))["credibility"].tolist() == [grade]


def test_a_doubt_within_an_origin_that_claims_it_does_not_weigh(make_records: MakeRecords) -> None:
    said = [claim("it", evidence="3", origin="actor-one"), denial("no", by_country="KOR", origin="actor-one")]
    assert derive.states(make_records(tables(said)))["credibility"].tolist() == [3]


# --- figures -------------------------------------------------------------------------------------

COUNT = {"measure": "supplied", "unit": "containers", "rate": "total", "scope": "this-flow"}


@given(said=assertion_sets(), day=st.sampled_from(DAYS))
def test_spreads_join_only_like_with_like(make_records: MakeRecords, said: Rows, day: date) -> None:
    rows = {row["id"]: row for row in said}
    for transfer, spreads in derive.spreads(make_records(tables(said)), day).items():
        kinds = [(s.measure, s.unit, s.rate, s.scope, s.period) for s in spreads]
        assert len(set(kinds)) == len(kinds)
        for spread, kind in zip(spreads, kinds, strict=True):
            assert spread.low <= spread.high and spread.ratio >= 1
            assert 1 <= spread.origins <= spread.figures == len(spread.assertions)
            for row in (rows[name] for name in spread.assertions):
                own = (row["measure"], row["unit"], row["rate"], row["scope"], reference.stretch(row))
                assert (row["transfer"], *own) == (transfer, *kind)
                assert row["stance"] in CLAIMS or row["reach"] == "amount"


@pytest.mark.parametrize("column", ["measure", "unit", "rate", "scope"])
def test_figures_that_differ_in_kind_are_never_one_spread(make_records: MakeRecords, column: str) -> None:
    said = [claim("one", low="10", high="10", **COUNT), claim("two", low="99", high="99", **COUNT)]
    said[1][column] = "something-else"
    assert [s.figures for s in derive.spreads(make_records(tables(said)))["made-up-a"]] == [1, 1]


@pytest.mark.parametrize(
    ("measure", "rate", "groups"),
    [("supplied", "total", 1), ("supplied", "per-year", 2), ("share", "total", 2), ("change", "total", 2)],
)
def test_periods_part_rates_and_shares_but_not_running_totals(
    make_records: MakeRecords, measure: str, rate: str, groups: int
) -> None:
    kind = COUNT | {"measure": measure, "rate": rate}
    said = [
        claim("one", low="10", high="10", **kind | {"period": "2022"}),
        claim("two", low="99", high="99", **kind | {"period": "2023"}),
    ]
    assert len(derive.spreads(make_records(tables(said)))["made-up-a"]) == groups


def test_a_denied_whole_does_not_widen_a_spread_but_a_disputed_amount_does(make_records: MakeRecords) -> None:
    said = [claim("one", low="1000", **COUNT), claim("two", high="3000", **COUNT)]
    zero = denial("no", low="0", high="0", **COUNT)
    (spread,) = derive.spreads(make_records(tables([*said, zero])))["made-up-a"]
    assert (spread.low, spread.high, spread.figures, spread.ratio) == (1000, 3000, 2, 3)
    fewer = denial("fewer", reach="amount", low="400", **COUNT)
    (spread,) = derive.spreads(make_records(tables([*said, fewer])))["made-up-a"]
    assert (spread.low, spread.high, spread.figures) == (400, 3000, 3)


def test_the_most_published_figures_come_first_then_the_widest(make_records: MakeRecords) -> None:
    said = [
        claim("a", low="1", high="1", **COUNT | {"unit": "rounds"}),
        claim("b", low="5", high="50", **COUNT | {"unit": "tonnes"}),
        claim("c", low="10", high="10", **COUNT),
        claim("d", low="12", high="12", **COUNT),
    ]
    assert [s.unit for s in derive.spreads(make_records(tables(said)))["made-up-a"]] == [
        "containers",
        "tonnes",
        "rounds",
    ]


# --- the same whatever the rows look like ----------------------------------------------------------


@given(said=assertion_sets(), day=st.sampled_from(DAYS), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    make_records: MakeRecords, said: Rows, day: date, random: object
) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = make_records(tables(said)), make_records(tables(shuffled))
    pd.testing.assert_frame_equal(derive.states(one, day), derive.states(two, day))
    assert derive.spreads(one, day) == derive.spreads(two, day)


@given(said=assertion_sets(), day=st.sampled_from(DAYS), random=st.randoms(use_true_random=False))
def test_what_assertions_are_called_does_not_matter(
    make_records: MakeRecords, said: Rows, day: date, random: object
) -> None:
    """Ids break ties between assertions of one day, and do nothing else."""
    ids = [row["id"] for row in said]
    random.shuffle(ids)  # type: ignore[attr-defined]
    renamed = [row | {"id": name} for row, name in zip(said, ids, strict=True)]
    one, two = (derive.states(make_records(tables(rows)), day) for rows in (said, renamed))
    for column in ("claimants", "deniers", "reaches"):
        one[column], two[column] = one[column].map(frozenset), two[column].map(frozenset)
    names = ["first_assertion", "evidence_assertion"]
    pd.testing.assert_frame_equal(one.drop(columns=names), two.drop(columns=names))
    for column, day_of in (("first_assertion", "first_reported"), ("evidence_assertion", "evidence_date")):
        dated = {row["id"]: pd.Timestamp(dates.known_from(row["date"])) for row in renamed}
        assert [dated[name] for name in two[column]] == list(two[day_of])


# --- against the slow reference --------------------------------------------------------------------


@given(said=assertion_sets(), day=st.none() | st.sampled_from(DAYS))
def test_states_and_spreads_equal_the_plain_reference(
    make_records: MakeRecords, said: Rows, day: date | None
) -> None:
    made = make_records(tables(said))
    rows = complete(tables(said))
    assert plain(derive.states(made, day)) == reference.states(rows, day)
    assert plain_spreads(derive.spreads(made, day)) == reference.spreads(rows, day)


def test_the_real_states_equal_the_plain_reference_on_every_day(
    records: Records, raw: dict[str, Rows]
) -> None:
    """On each day on which something was said, on the day before it, and today."""
    said = {dates.known_from(row["date"]) for row in raw["assertions"]}
    for day in [*sorted(said | {day - timedelta(days=1) for day in said}), None]:
        assert plain(derive._states(derive.running(records), day)) == reference.states(raw, day), day


def test_the_real_spreads_equal_the_plain_reference(records: Records, raw: dict[str, Rows]) -> None:
    months = pd.date_range("2022-01-31", "2025-12-31", freq="ME")
    for day in [*(month.date() for month in months), None]:
        assert plain_spreads(derive.spreads(records, day)) == reference.spreads(raw, day), day


# --- edges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2023, 10, 12)])
def test_before_everything_there_is_an_empty_table_of_the_same_kind(
    make_records: MakeRecords, day: date
) -> None:
    made = make_records(tables([claim("one"), denial("no")]))
    empty, full = derive.states(made, day), derive.states(made)
    assert empty.empty and len(full) == 1
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert derive.spreads(made, day) == {} and derive.active(made, empty).empty


@pytest.mark.parametrize(
    "said", [[], [claim("one")], [denial("no")]], ids=["nothing", "no denial", "no claim"]
)
def test_a_data_set_may_lack_anything(make_records: MakeRecords, said: Rows) -> None:
    states = derive.states(make_records(tables(said)))
    assert len(states) == sum(row["stance"] == "asserts" for row in said)
    assert states["contested"].dtype == bool and not states["contested"].any()


def test_transfers_come_sorted_by_id(records: Records) -> None:
    for day in (None, date(2023, 10, 31)):
        assert derive.states(records, day).index.is_monotonic_increasing


def test_states_are_computed_once_for_each_day(records: Records) -> None:
    day = date(2023, 11, 1)
    assert derive.states(records, day) is derive.states(records, day)


@pytest.mark.parametrize(
    ("row", "first", "last", "dated"),
    [
        ({"start": "2023-09", "end": "2023-11-05"}, "2023-09-01", "2023-11-05", True),
        ({"start": "2023-09"}, "2023-09-01", "2023-09-30", True),
        ({"start": "2023", "status": "ongoing"}, "2023-01-01", "2099-12-31", True),
        ({"status": "ongoing"}, "2023-10-13", "2099-12-31", False),
        ({}, "2023-10-13", "2023-10-13", False),
        ({"end": "2024-05-27"}, "2023-10-13", "2024-05-27", True),
        ({"end": "2023-05"}, "2023-05-01", "2023-05-31", True),  # over before it was reported
    ],
)
def test_when_a_transfer_may_have_run(
    make_records: MakeRecords, row: dict[str, str], first: str, last: str, dated: bool
) -> None:
    made = make_records({**tables([claim("one")]), "transfers": [TRANSFERS[0] | row]})
    found = derive.active(made, derive.states(made)).loc["made-up-a"]
    assert (str(found["first"]), str(found["last"]), bool(found["dated"])) == (first, last, dated)


def test_no_real_transfer_ends_before_it_begins(records: Records) -> None:
    spans = derive.active(records, derive.states(records))
    assert (spans["first"] <= spans["last"]).all()


def test_every_warning_is_one_of_the_written_ones(records: Records) -> None:
    given = {code for _, row in records["assertions"].iterrows() for code in derive.warnings(records, row)}
    assert given <= set(records["warnings"].index)


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        ({"measure": "capacity"}, "capacity-not-count"),
        ({"scope": "if-152-mm"}, "alternative-capacities"),
        ({"conversion": "converted by N from tonnes"}, "converted-figure"),
        ({"date": "2023-10"}, "month-only-date"),
        ({"source": "source-via"}, "relay"),
        ({"locator": ""}, "passage-not-seen"),
        ({"checked": "false"}, "one-reader"),
        ({}, None),
    ],
)
def test_what_warns_the_reader(make_records: MakeRecords, row: dict[str, str], warning: str | None) -> None:
    sources = [*SOURCES, {"id": "source-via", "via": "Another Outlet", "reliability": "C"}]
    sound = claim("one", locator="the passage", checked="true")
    made = make_records({**tables([sound | row]), "sources": sources})
    assert derive.warnings(made, made["assertions"].iloc[0]) == ((warning,) if warning else ())


# --- what the real data must show ------------------------------------------------------------------

MISSILES, CONTAINERS = "prk-rus-kn23-kn24-missiles", "prk-rus-munitions-containers"


def test_end_of_october_2023_no_north_korean_missile_is_reported_but_the_containers_are(
    records: Records,
) -> None:
    day = date(2023, 10, 31)
    transfers, states = records["transfers"], derive.states(records, day)
    missiles = transfers.index[(transfers.index == MISSILES) | (transfers["parent"] == MISSILES)]
    assert len(missiles) >= 3 and not set(missiles) & set(states.index)
    sent = transfers.loc[states.index].query("origin == 'PRK' and destination == 'RUS'")
    assert not sent["weapon_type"].eq("ballistic-missiles").any()
    said = derive.known(records, day)
    (containers,) = [
        row
        for _, row in said[said["transfer"] == CONTAINERS].iterrows()
        if row["date"] == "2023-10-13" and row["unit"] == "containers" and row["low"] == 1000
    ]
    assert containers["by_country"] == "USA" and containers["stance"] == "asserts"
    assert containers["source"] in records["sources"].index


@pytest.mark.parametrize(("day", "step"), [(date(2024, 1, 5), 3), (date(2024, 3, 1), 5)])
def test_the_missiles_rise_from_an_assessment_to_an_examined_find(
    records: Records, day: date, step: int
) -> None:
    state = derive.states(records, day).loc[MISSILES]
    brought = records["assertions"].loc[state["evidence_assertion"]]
    source = records["sources"].loc[brought["source"]]
    assert state["evidence"] == brought["evidence"] == step
    assert state["evidence_date"] == brought["known"] <= pd.Timestamp(day)
    assert brought["by"] and brought["date"] and source["title"] and source["publisher"]
    assert source["url"].startswith("http")


def test_the_missiles_grade_rises_with_the_find(records: Records) -> None:
    days = (date(2024, 1, 5), date(2024, 3, 1))
    grades = [int(derive.states(records, day)["credibility"][MISSILES]) for day in days]
    assert grades[1] == 1 < grades[0]


def test_every_real_transfer_is_asserted_by_someone(records: Records) -> None:
    assert set(derive.states(records).index) == set(records["transfers"].index)
