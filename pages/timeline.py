"""What happened when?"""

from datetime import date
from itertools import groupby
from typing import Any

import streamlit as st

from tumen import captions, timeline
from tumen.app import frame
from tumen.app.chart import chart
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.dates import day_words
from tumen.figures import timeline as drawing
from tumen.figures.emphasis import emphasised, shows
from tumen.speech import _
from tumen.story import story
from tumen.view import page_ref

MOST_OPEN = 40  # rows of the table; more are folded by month
WIDTHS = (340, 620, 980)  # its labels are placed for a width: phone, tablet, desk

records, selection = frame.scene()
events = timeline.events(records, selection)

if events.empty:
    frame.empty(records, selection, "events")
    st.stop()

told = story(records)
finding = timeline.headline(told, events, selection.view)
frame.title(_("What happened when{between}?").format(between=told.between), finding)
chosen = frame.choice("range", _("Range"), timeline.ranges(told), default="story")

start, end = timeline.span(told, chosen, events, selection)
marked = frame.marked(records)
picks = marked.picks if marked else frozenset()


def figure(colours: dict[str, Any], width: int) -> dict[str, Any]:
    """The timeline for a phone, tablet or desk, with the marked record standing out."""
    drawn = records.once(
        ("timeline", selection.view, start, end, colours["background"], width),
        lambda: drawing.figure(
            events,
            palette=colours,
            start=start,
            end=end,
            width=width,
            as_of=selection.view.as_of,
            window=told.window,
            edges=told.edges,
        ),
    )
    return emphasised(drawn, picks, colours)


if marked:
    frame.marks(marked, shows(figure(frame.colours(), WIDTHS[-1]), picks))
chart(
    figure,
    WIDTHS,
    key="timeline",
    caption=captions.caption(
        records,
        selection,
        finding=finding,
        title=_("Events by day and kind, {day} to {day2}").format(day=day_words(start), day2=day_words(end)),
        reading=captions.READINGS["timeline"],
        on=date.today(),
        events=events[["sources"]][drawing.within(events, start, end)],
    ),
    alt=timeline.in_words(events),
    on_pick=pick,
    legend=lambda colours: frame.family_legend(records, selection, colours),
)

if left_out := timeline.not_listed(events):
    st.caption(left_out)


def table() -> dict[str, Any]:
    """The same events by phase and month, and how many lie outside of the chart."""
    before, after = drawing.outside(events, start, end)
    rows = timeline.table(records, events, selection)
    return {
        "tinted": told.tinted,
        "before": before,
        "everything": page_ref(selection.view, "timeline", range="all"),
        "after": after,
        "phases": [
            (records.label("phases", phase), timeline.months(list(own)))
            for phase, own in groupby(rows, key=lambda e: e["phase"])
        ],
        "fold": len(rows) > MOST_OPEN,
    }


html = frame.rendered(records, "timeline.html", (selection.view, start, end), table)
prose(html, key="events", on_pick=pick)
