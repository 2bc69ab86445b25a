"""Streamlit's command, but on the page of briefing_page.py: `python with_panel.py run dashboard.py …`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st
from streamlit.web.cli import main

from tumen.app import server

app = st.App(
    Path(__file__).with_name("briefing_page.py"), routes=server.routes(), middleware=server.middleware()
)

if __name__ == "__main__":
    sys.argv = [str(__file__) if word == "dashboard.py" else word for word in sys.argv]
    main()
