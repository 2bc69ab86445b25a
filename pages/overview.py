"""What moved, who says so, and how sure are we?"""

from urllib.parse import urlencode

import streamlit as st

from tumen import overview
from tumen.app import address, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.speech import _
from tumen.story import story
from tumen.templates import render
from tumen.view import View

records, selection = frame.scene()

if not selection.transfers:
    frame.empty(records, selection)
    st.stop()

frame.title(_("What moved, who says so, and how sure are we?"), overview.headline(records, selection))

query = urlencode(address.filters_only(), doseq=True)
prose(
    render(
        "overview.html",
        questions=overview.questions(records) if selection.view == View() else [],
        matrix=overview.matrix(records, selection),
        figures=overview.figures(records, selection),
        events=overview.events(selection),
        quotes=overview.quotes(records, selection),
        hub=story(records).hub,
        event_count=len(selection.events),
        quote_count=len(selection.quotes),
        family_colours=frame.colours()["families"],
        query=f"?{query}" if query else "",
    ),
    key="overview",
    on_pick=pick,
)
