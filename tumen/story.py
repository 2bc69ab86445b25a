"""The story that a data set tells: its window, its usual span, and whom it puts first.

A curator may state it in the descriptor (`tumen:story`); whatever is not stated follows from the records, so
that pages have no need to know one data set from another.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates, descriptor
from tumen.records import Records
from tumen.running import running
from tumen.speech import _

PERIODS = ("window", "span")
FIELDS = (*PERIODS, "opening", "closing", "edges", "hub", "senders", "example", "then", "rules", "subjects")


@dataclass(frozen=True)
class Story:
    """What a data set is about, for pages that must begin somewhere."""

    window: tuple[date, date]  # tinted in charts
    span: tuple[date, date]  # what charts show at first
    then: date  # the earlier of two days to compare, where the reader has chosen none
    opening: str = ""  # the event that opens the window, such as 'the treaty'; '' if it has no name
    closing: str = ""
    edges: tuple[str, str] = ("", "")  # the same two in short, for charts
    hub: str = ""  # the country that stands on the right of a pair
    senders: tuple[str, ...] = ()  # the order of those on the left
    example: str = ""  # the transfer by which Method explains a grade
    rules: Mapping[str, str] = field(default_factory=dict)  # table → its own rule of inclusion
    subjects: Mapping[str, str] = field(default_factory=dict)  # not_found.subject → its heading

    @property
    def between(self) -> str:
        """', from the meeting to the treaty', or '' if the window has no names."""
        return (
            _(", from {opening} to {closing}").format(opening=self.opening, closing=self.closing)
            if self.opening and self.closing
            else ""
        )

    @property
    def tinted(self) -> str:
        """What is tinted in charts: 'from the meeting (13 September 2023) to the treaty (19 June 2024)'."""
        start, end = map(dates.day_words, self.window)
        if self.between:
            return _("from {opening} ({start}) to {closing} ({end})").format(
                opening=self.opening, start=start, closing=self.closing, end=end
            )
        return _("{start} to {end}").format(start=start, end=end)


def story(records: Records) -> Story:
    """What the descriptor says of the data set, completed from the records."""
    return records.once("story", lambda: _story(records))


def _story(records: Records) -> Story:
    stated = records.once("package", lambda: descriptor.read(records.directory)).story
    told = {name: value for name, value in stated.items() if name in FIELDS}
    told |= {name: _days(told[name]) for name in PERIODS if name in told}
    if "then" in told:
        told["then"] = date.fromisoformat(told["then"])
    told |= {name: tuple(told[name]) for name in ("senders", "edges") if name in told}
    return Story(**{**_derived(records, told.get("window")), **told})


def _days(stated: Any) -> tuple[date, date]:
    first, last = map(date.fromisoformat, stated)
    return first, last


def _derived(records: Records, window: tuple[date, date] | None) -> dict[str, Any]:
    """All that follows from the records: the days on which things became known, the busiest country."""
    days = pd.concat([records[table]["known"] for table in ("assertions", "events", "quotes")])
    order = days.sort_values(ignore_index=True)
    found = [day.date() for day in order.iloc[[0, len(order) // 2, -1]]] if len(order) else [date.today()] * 3
    whole = window or (found[0], found[2])
    ends = records["transfers"]
    parties = Counter([*ends["origin"], *ends["destination"]]).most_common(1)
    on = running(records).on
    told = np.bincount(on)[on] if len(on) else on  # of each assertion: how many its transfer has
    return {
        "window": whole,
        "span": (found[0], found[2]),
        "then": found[1],
        "hub": parties[0][0] if parties else "",
        "example": str(records["assertions"]["transfer"].iloc[int(told.argmax())]) if len(told) else "",
    }
