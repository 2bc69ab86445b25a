"""Every day from the Vostochny summit to the treaty: every derived value against the slow reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import pytest

from tests import reference
from tests.conftest import Rows
from tests.test_derive import plain, plain_spreads
from tumen import derive
from tumen.records import Records
from tumen.view import WINDOW, View, select

EVERY_DAY = [WINDOW[0] + timedelta(days=n) for n in range((WINDOW[1] - WINDOW[0]).days + 1)]
MONTHS = sorted({(day.year, day.month) for day in EVERY_DAY})


def test_no_day_of_the_window_is_left_out() -> None:
    assert len(EVERY_DAY) == 281 and (EVERY_DAY[0], EVERY_DAY[-1]) == WINDOW


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: f"{month[0]}-{month[1]:02}")
def test_every_value_of_every_day(records: Records, raw: dict[str, Rows], month: tuple[int, int]) -> None:
    news = {day.date() for day in records["assertions"]["known"]}
    before: Derived | None = None
    for day in EVERY_DAY:
        if (day.year, day.month) != month:
            continue
        now = Derived(derive.states(records, day), derive.spreads(records, day))
        if before and day not in news:
            assert now.states.equals(before.states) and now.spreads == before.spreads, day
        else:
            assert_derived(now, raw, day)
        assert_listed(records, raw, day)
        before = now


@dataclass(frozen=True)
class Derived:
    """All that is derived for one day."""

    states: pd.DataFrame
    spreads: dict[str, list[derive.Spread]]


def assert_derived(now: Derived, raw: Mapping[str, Rows], day: date) -> None:
    expected = reference.states(raw, day)
    assert {*now.states.columns} == {*next(iter(expected.values()))}  # no value without a second opinion
    assert plain(now.states) == expected, day
    assert plain_spreads(now.spreads) == reference.spreads(raw, day), day


def assert_listed(records: Records, raw: Mapping[str, Rows], day: date) -> None:
    """The lists of events and quotes of the day; that of transfers is the states themselves."""
    selection, wanted = select(records, View(as_of=day)), reference.Wanted(as_of=day)
    assert selection.transfers == list(derive.states(records, day).index), day
    assert {*selection.events.index} == reference.events(raw, wanted), day
    assert {*selection.quotes.index} == reference.quotes(raw, wanted), day


def test_many_days_bring_nothing_new(records: Records) -> None:
    """So that the walk does see days that must equal the day before."""
    news = {day.date() for day in records["assertions"]["known"]}
    assert 100 < len([day for day in EVERY_DAY if day not in news]) < len(EVERY_DAY) - 100
