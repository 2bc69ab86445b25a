"""What moved, who says so, and how sure are we?"""

from urllib.parse import urlencode

import streamlit as st

from tumen import overview
from tumen.app import address, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.speech import _
from tumen.story import story
from tumen.view import View

records, selection = frame.scene()

if selection.states.empty:
    frame.empty(records, selection)
    st.stop()

finding = records.once(("overview finding", selection.view), lambda: overview.headline(records, selection))
frame.title(_("What moved, who says so, and how sure are we?"), finding)

query, colours = urlencode(address.filters_only(), doseq=True), frame.colours()
html = frame.rendered(
    records,
    "overview.html",
    (selection.view, query, colours["background"]),
    lambda: {
        "questions": overview.questions(records) if selection.view == View() else [],
        "matrix": overview.matrix(records, selection),
        "figures": overview.figures(records, selection),
        "events": overview.events(selection),
        "quotes": overview.quotes(records, selection),
        "hub": story(records).hub,
        "event_count": len(selection.places["events"]),
        "quote_count": len(selection.places["quotes"]),
        "family_colours": colours["families"],
        "query": f"?{query}" if query else "",
    },
)
prose(html, key="overview", on_pick=pick)
