"""What happened when, from the Kim–Putin meeting to the treaty?"""

from itertools import groupby

import streamlit as st

from tumen import timeline
from tumen.app import frame
from tumen.app.chart import chart
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.figures import timeline as drawing
from tumen.templates import render

WIDTHS = (340, 620, 980)  # its labels are placed for a width: phone, tablet, desk

records, selection = frame.scene()
events = timeline.events(records, selection)

if events.empty:
    frame.empty(records, selection, "events")
    st.stop()

frame.title("What happened when, from the Kim–Putin meeting to the treaty?", timeline.headline(events))
chosen = frame.choice("range", "Range", timeline.RANGES, default="story")

start, end = timeline.span(chosen, events, selection)
colours = frame.colours()
chart(
    records.once(
        ("timeline", selection.view, start, end, colours["background"]),
        lambda: {
            width: drawing.figure(
                events, palette=colours, start=start, end=end, width=width, as_of=selection.view.as_of
            )
            for width in WIDTHS
        },
    ),
    key="timeline",
    alt=timeline.in_words(events),
    on_pick=pick,
    legend=frame.family_legend(records, selection, colours),
)

if left_out := timeline.not_listed(events):
    st.caption(left_out)
before, after = drawing.outside(events, start, end)
rows = timeline.table(records, events, selection)
phases = records.labels("phases")
prose(
    render(
        "timeline.html",
        before=before,
        after=after,
        phases=[
            (records.label("phases", p), list(own)) for p, own in groupby(rows, key=lambda e: e["phase"])
        ],
    ),
    key="events",
    on_pick=pick,
)
