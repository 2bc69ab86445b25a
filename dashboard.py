"""Tumen opens here: `streamlit run dashboard.py` (or `make run`) serves the dashboard.

The house itself stands in `tumen/app/shell.py` (the frame: navigation, filters, address) and
`pages/` (one file a question). This file only adds what the server needs around them.
"""

import streamlit as st

from tumen.app import callbacks, server
from tumen.home import LIBRARY

callbacks.install()
app = st.App(
    LIBRARY / "app" / "shell.py",
    routes=server.routes(),
    middleware=server.middleware(),
)
