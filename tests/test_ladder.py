"""The evidence ladder against a slow second computation that walks over the rows of the CSV files."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.conftest import MakeRecords, Rows
from tumen import ladder
from tumen.ladder import RUNGS
from tumen.records import Records

OFFICES = {"government", "intelligence", "military", "un", "international-body"}
DAYS = [None, *(date(2022, 10, 1) + timedelta(days=41 * n) for n in range(25))]


def stands_on(rung: str, row: Mapping[str, str]) -> bool:
    step = reference.step(row)
    if rung == "official":
        return step >= 3 and row["actor_kind"] in OFFICES
    return rung == "report" or step == {"records": 4, "find": 5}[rung]


def slow(tables: reference.Tables, as_of: date | None) -> dict[str, dict[str, object]]:
    """Transfer → rung → (day, claim), and the start where it is known to the month and has come."""
    found: dict[str, dict[str, object]] = {}
    told = reference.said(tables, as_of)
    for transfer in tables["transfers"]:
        claims = [row for row in told[transfer["id"]] if reference.claims_it(row)]
        if not claims:
            continue
        reached: dict[str, object] = {}
        for rung in RUNGS:
            for row in claims:
                if stands_on(rung, row):
                    reached[rung] = (reference.last_day(row["date"]), row["id"])
                    break
        start = transfer["start"]
        come = start and (as_of is None or reference.first_day(start) <= as_of)
        reached["start"] = start if come and start.count("-") >= 1 else ""
        found[transfer["id"]] = reached
    return found


def slow_lag(reached: Mapping[str, object], rung: str) -> int | None:
    """Count the days one by one, for as long as it takes."""
    if rung == "began":
        start = str(reached["start"])
        if not start:
            return None
        report: date = reached["report"][0]  # type: ignore[index]
        days = 0
        begin, end = reference.first_day(start), reference.last_day(start)
        while not begin <= report - timedelta(days=days) <= end:
            days += 1 if report > end else -1
        return days
    if rung not in reached:
        return None
    return (reached[rung][0] - reached["report"][0]).days  # type: ignore[index]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_rungs_and_lags_are_those_of_the_slow_computation(records: Records, raw, as_of: date | None) -> None:
    found, expected = ladder.rungs(records, as_of), slow(raw, as_of)
    assert list(found.index) == sorted(expected)
    lags = ladder.lags(found)
    for transfer, reached in expected.items():
        row = found.loc[transfer]
        assert row["start"] == reached["start"]
        for rung in RUNGS:
            day, by = reached.get(rung, (None, ""))  # type: ignore[misc]
            assert (None if pd.isna(row[rung]) else row[rung].date(), row[f"{rung}_by"]) == (day, by)
        for name in lags:
            value = lags.at[transfer, name]
            assert (None if pd.isna(value) else int(value)) == slow_lag(reached, name), (transfer, name)


@pytest.mark.parametrize("as_of", [None, date(2023, 11, 2), date(2024, 6, 20)], ids=str)
def test_medians_count_and_name_a_transfer_that_has_them(records: Records, raw, as_of: date | None) -> None:
    found, expected = ladder.rungs(records, as_of), slow(raw, as_of)
    for name, lag in ladder.summary(ladder.lags(found)).items():
        days = {t: d for t, reached in expected.items() if (d := slow_lag(reached, name)) is not None}
        assert (lag.reached, lag.of) == (len(days), len(expected))
        if days:
            ordered = sorted(days.values())
            assert lag.median == days[lag.transfer] == ordered[(len(ordered) - 1) // 2]
            assert (lag.least, lag.most) == (ordered[0], ordered[-1])


@given(st.lists(st.one_of(st.none(), st.integers(-400, 900)), max_size=12))
def test_a_median_is_one_of_its_values(values: list[int | None]) -> None:
    lag = ladder.lag(pd.Series(values, index=[f"made-up-{n}" for n in range(len(values))], dtype="float64"))
    known = sorted(v for v in values if v is not None)
    assert lag.reached == len(known) and lag.of == len(values)
    assert lag.median == (known[(len(known) - 1) // 2] if known else None)


TRANSFERS: Rows = [
    {"id": "made-up", "origin": "PRK", "destination": "RUS", "weapon_type": "energy", "start": "2023-08"}
]


def said(number: int, day: str, kind: str, evidence: int, stance: str = "asserts") -> dict[str, str]:
    return {
        "id": f"made-up--{number}", "transfer": "made-up", "date": day, "actor_kind": kind,
        "evidence": str(evidence), "stance": stance, "origin": "actor", "source": "source",
    }  # fmt: skip


def test_a_newspaper_is_no_office_a_find_no_image_and_a_denial_no_rung(make_records: MakeRecords) -> None:
    claims = [
        said(1, "2023-09-10", "media", 4),
        said(2, "2023-09-20", "government", 2),
        said(3, "2023-09-21", "government", 5, "denies"),
        said(4, "2023-10-01", "investigators", 5),
        said(5, "2023-11-01", "un", 3, "confirms"),
    ]
    sources = [{"id": "source", "reliability": "A"}]
    made = make_records({"transfers": TRANSFERS, "assertions": claims, "sources": sources})
    found = ladder.rungs(made).loc["made-up"]
    assert [found[f"{rung}_by"].removeprefix("made-up--") for rung in RUNGS] == ["1", "5", "1", "4"]
    lags = ladder.lags(ladder.rungs(made)).loc["made-up"]
    assert dict(lags) == {"began": 10, "official": 52, "records": 0, "find": 21}


def test_the_first_claim_on_each_step() -> None:
    claims = [{"id": "a", "step": 2}, {"id": "b", "step": 4}, {"id": "c", "step": 2}]
    first = {step: claim and claim["id"] for step, claim in ladder.steps(claims).items()}
    assert first == {5: None, 4: "b", 3: None, 2: "a", 1: None}
