"""Playing through time: one step after another, while only a part of the page runs again."""

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import streamlit as st

from tumen import dates, view, wording
from tumen.app import address
from tumen.records import Records
from tumen.speech import _
from tumen.story import story
from tumen.view import Selection

SECONDS = 1.5


@dataclass(frozen=True)
class Player:
    """Plays the steps of one thing; what it rests on is in the address, what plays in the session.

    `steps` are texts in the order of time, which is their own order too.
    """

    name: str
    steps: Sequence[str]
    rest: Callable[[str], None]  # puts the step on which the show rests into the address
    home: str | None = None  # the step to rest on after the last; None: the last
    hint: str = ""

    @property
    def playing(self) -> bool:
        """Whether the show is on."""
        return bool(st.session_state.get(self._flag))

    @property
    def _flag(self) -> str:
        return f"playing_{self.name}"

    def tick(self) -> float | None:
        """How often the part of the page runs again by itself: only while the show is on."""
        return SECONDS if self.playing else None

    def step(self, resting: str) -> str:
        """The step to show now: the next one while the show is on, else the one of the address.

        A show that was started on another step than the address has now is over: the reader has moved.
        """
        if self.playing and st.session_state.get(f"{self._flag}_from") != resting:
            st.session_state[self._flag] = False
        shown = self._next() if self.playing else resting
        st.session_state[self.name] = shown
        return shown

    def _next(self) -> str:
        here = st.session_state.get(self.name, "")
        after = next((step for step in self.steps if step > here), None)
        if after is not None:
            return after
        self._end(self.steps[-1] if self.home is None else self.home)
        st.rerun()

    def _end(self, step: str) -> None:
        st.session_state[self._flag] = False
        self.rest(step)

    def button(self, step: str) -> None:
        """Play or pause."""
        name, icon = (
            (_("Pause"), ":material/pause:") if self.playing else (_("Play"), ":material/play_arrow:")
        )
        if not st.button(name, icon=icon, key=f"play_{self.name}", help=self.hint or None):
            return
        if self.playing:
            self._end(step)
        else:
            self._start(step)
        st.rerun()

    def _start(self, step: str) -> None:
        """Begin where the page is; at the end of the steps, from the first of them."""
        first = step if step < self.steps[-1] else self.steps[0]
        st.session_state[self._flag] = True
        st.session_state[self.name] = st.session_state[f"{self._flag}_from"] = first
        self.rest(first)


# --- the months of the map ------------------------------------------------------------------------

ALL = ""  # no single month: the whole period of the filters


def months(records: Records) -> tuple[str, ...]:
    """'' for all, then the months of the story's window and one more on either side."""
    first, last = (pd.Period(day, "M") for day in story(records).window)
    return (ALL, *(str(month) for month in pd.period_range(first - 1, last + 1)))


def _rest_on(month: str) -> None:
    address.go(month=month or None)


def of_months(records: Records) -> Player:
    """The player of the map's months."""
    hint = _("Play the months one after another")
    return Player("month", months(records), _rest_on, home=ALL, hint=hint)


def month(player: Player) -> str:
    """The month to show, '' for all; asked once in each run, before the map is drawn."""
    return player.step(_from_address(player))


def control(player: Player, month: str) -> None:
    """The play button and the month slider."""
    player.button(month)
    st.select_slider(_("Month"), player.steps, format_func=label, key="month", on_change=_chosen, width=280)


def label(month: str) -> str:
    """'All months' or 'Nov 2023'."""
    return dates.month_short(date.fromisoformat(f"{month}-01")) if month else _("All months")


def narrowed(records: Records, selection: Selection, month: str) -> Selection:
    """The selection with only what may have moved in the month."""
    if not month:
        return selection
    year, number = int(month[:4]), int(month[5:])
    last = date(year, number, calendar.monthrange(year, number)[1])
    now = selection.view
    start = max(date(year, number, 1), now.start or date.min)
    return view.select(records, replace(now, start=start, end=min(last, now.end or date.max)))


def caption(shown: Selection, month: str) -> None:
    """What the map shows while a month is chosen."""
    if month:
        count = wording.plural(len(shown.states), "transfer")
        st.caption(
            _(
                "{label}: {count} may have run in this month. A transfer without a known start "
                "stands at its first report."
            ).format(label=label(month), count=count)
        )


def _from_address(player: Player) -> str:
    month = address.local("month")
    return month if month in player.steps else ALL


def _chosen() -> None:
    _rest_on(st.session_state.month)
