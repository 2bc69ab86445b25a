"""Prefix dates: `2023`, `2023-10` and `2023-10-13` are all whole statements about a day.

The length of the text is its precision, so a month can never pretend to be its first day.
"""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from tumen.speech import _, np_, pgettext

PREFIX = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
MONTHS = (
    np_("day", "January"),
    np_("day", "February"),
    np_("day", "March"),
    np_("day", "April"),
    np_("day", "May"),
    np_("day", "June"),
    np_("day", "July"),
    np_("day", "August"),
    np_("day", "September"),
    np_("day", "October"),
    np_("day", "November"),
    np_("day", "December"),
)
WHOLE_MONTHS = (
    np_("month", "January"),
    np_("month", "February"),
    np_("month", "March"),
    np_("month", "April"),
    np_("month", "May"),
    np_("month", "June"),
    np_("month", "July"),
    np_("month", "August"),
    np_("month", "September"),
    np_("month", "October"),
    np_("month", "November"),
    np_("month", "December"),
)
SHORT_MONTHS = (
    np_("short", "Jan"),
    np_("short", "Feb"),
    np_("short", "Mar"),
    np_("short", "Apr"),
    np_("short", "May"),
    np_("short", "Jun"),
    np_("short", "Jul"),
    np_("short", "Aug"),
    np_("short", "Sep"),
    np_("short", "Oct"),
    np_("short", "Nov"),
    np_("short", "Dec"),
)
T = TypeVar("T")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a prefix date can mean, from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def precision(self) -> str:
        """'day', 'month' or 'year'."""
        if self.first == self.last:
            return "day"
        return "month" if self.first.month == self.last.month else "year"


@lru_cache(maxsize=16384)
def parse(text: str) -> Span:
    """Return the span of days of a prefix date.

    Raises ValueError, with what was found and what is expected, for anything else.
    """
    found = PREFIX.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a date; expected YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        first = date(year, month, day)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day of the calendar") from error
    return Span(first, _last(first, len(text)))


def _last(first: date, length: int) -> date:
    """The last day of the year, month or day that a text of this length names."""
    if length == len("2023-10-13"):
        return first
    month = first.month if length == len("2023-10") else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def known_from(text: str) -> date:
    """The first day on which a statement dated so was surely public: the end of its span."""
    return parse(text).last


def each(of: Callable[[str], T], column: pd.Series) -> list[T]:
    """What a function makes of each text of a column; of equal ones once."""
    place, different = pd.factorize(column)
    made = [of(text) for text in different.tolist()]
    return [made[n] for n in place.tolist()]


def stamps(days: Iterable[date], index: pd.Index) -> pd.Series:
    """Days as a column that can be compared as a whole."""
    place, different = pd.factorize(np.array([*days], dtype=object))
    found = pd.DatetimeIndex(pd.to_datetime(different).as_unit("s"))  # a unit that reaches any year
    return pd.Series(found.take(place), index=index)


def known(column: pd.Series) -> pd.Series:
    """The days from which statements dated so were surely public (see `known_from`)."""
    return stamps(each(known_from, column), column.index)


def in_public_order(said: pd.DataFrame, public: pd.Series) -> pd.DataFrame:
    """Rows with an `id` in the order of the days from which they were public, then of their ids."""
    days, ids = public.to_numpy(), said["id"].array
    if _in_order(days, ids):
        return said
    # Where the file is in the order of ids, as ours are, sorting by the day alone gives the same order.
    by = {"known": days} if pd.Index(ids).is_monotonic_increasing else {"known": days, "id": ids}
    order = pd.DataFrame(by).sort_values([*by], kind="stable").index.to_numpy()
    columns = {str(name): said[name].array for name in said}
    del said  # column by column, so that few are in memory twice
    return pd.DataFrame({name: columns.pop(name).take(order) for name in [*columns]}, copy=False)


def _in_order(days: Any, ids: Any) -> bool:
    later, same = days[1:] > days[:-1], days[1:] == days[:-1]
    return bool((later | (same & np.asarray(ids[1:] > ids[:-1], dtype=bool))).all())


def words(text: str) -> str:
    """A prefix date as people write it: '13 October 2023', 'October 2023', '2023'."""
    if not text:
        return ""
    span = parse(text)
    return day_words(span.first) if span.precision == "day" else _longer(span)


def _longer(span: Span) -> str:
    year = str(span.first.year)
    if span.precision != "month":
        return year
    return _("{month} {year}").format(month=pgettext(*WHOLE_MONTHS[span.first.month - 1]), year=year)


def day_words(day: date) -> str:
    """'13 October 2023'."""
    month = pgettext(*MONTHS[day.month - 1])
    return _("{day} {month} {year}").format(day=day.day, month=month, year=day.year)


def day_short(day: date) -> str:
    """'13 Sep 2023'."""
    return _("{day} {month} {year}").format(day=day.day, month=month_alone(day), year=day.year)


def month_short(day: date) -> str:
    """'Sep 2023'."""
    return _("{month} {year}").format(month=month_alone(day), year=day.year)


def month_alone(day: date) -> str:
    """'Sep'."""
    return pgettext(*SHORT_MONTHS[day.month - 1])


def interval_words(start: str, end: str) -> str:
    """'13–17 September 2023', 'August 2023 – January 2024', 'until May 2024', or one date alone."""
    if not end or end == start:
        return words(start)
    if not start:
        return _("until {day}").format(day=words(end))
    first, last = parse(start), parse(end)
    same_month = (first.first.year, first.first.month) == (last.first.year, last.first.month)
    if same_month and first.precision == last.precision == "day":
        return f"{first.first.day}–{words(end)}"
    return f"{words(start)} – {words(end)}"


def period_words(text: str) -> str:
    """A stated period, `2023`, `2023-01/2023-07` or `../2023-03`, as people write it."""
    start, _, end = text.partition("/")
    return interval_words("" if start == ".." else start, end)
