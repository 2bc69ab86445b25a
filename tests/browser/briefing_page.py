"""A page with nothing but the panel that makes a brief, in a dialog: served by with_panel.py."""

import streamlit as st

from tumen import view
from tumen.app import address, briefing
from tumen.app.store import STORE

records = STORE.current()
address.adopt(records)
selection = view.select(records, address.view())


@st.dialog("Brief", width="large")
def dialog() -> None:
    """The panel as the dashboard shows it."""
    briefing.panel(records, selection)


if st.button("Open"):
    dialog()
