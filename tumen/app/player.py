"""Playing the months of the window on the map."""

import calendar
from dataclasses import replace
from datetime import date

import streamlit as st

from tumen import view, wording
from tumen.app import address
from tumen.records import Records
from tumen.view import Selection

ALL = ""  # no single month: the whole period of the filters
MONTHS = (ALL, *(f"2023-{m:02d}" for m in range(8, 13)), *(f"2024-{m:02d}" for m in range(1, 8)))
SECONDS = 1.5


def tick() -> float | None:
    """How often the map runs again by itself: only while the months play."""
    return SECONDS if st.session_state.get("playing") else None


def control() -> str:
    """The play button and the month slider; returns the month shown, '' for all."""
    month = _next() if st.session_state.get("playing") else _from_address()
    st.session_state.month = month
    _button(month)
    st.select_slider("Month", MONTHS, format_func=label, key="month", on_change=_chosen, width=280)
    return month


def label(month: str) -> str:
    """'All months' or 'Nov 2023'."""
    return f"{calendar.month_abbr[int(month[5:])]} {month[:4]}" if month else "All months"


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
        count = wording.plural(len(shown.transfers), "transfer")
        st.caption(
            f"{label(month)}: {count} may have run in this month. "
            "A transfer without a known start stands at its first report."
        )


def _from_address() -> str:
    month = address.local("month")
    return month if month in MONTHS else ALL


def _next() -> str:
    """The month after the one shown; after the last the show ends."""
    here = MONTHS.index(st.session_state.get("month", ALL))
    if here + 1 < len(MONTHS):
        return MONTHS[here + 1]
    st.session_state.playing = False
    address.go(month=None)
    st.rerun()


def _button(month: str) -> None:
    playing = bool(st.session_state.get("playing"))
    name, icon = ("Pause", ":material/pause:") if playing else ("Play", ":material/play_arrow:")
    if st.button(name, icon=icon, key="play", help="Play the months one after another"):
        st.session_state.playing = not playing
        address.go(month=month or None)
        st.rerun()


def _chosen() -> None:
    st.session_state.playing = False
    address.go(month=st.session_state.month or None)
