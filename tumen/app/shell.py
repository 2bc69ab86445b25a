"""The frame's script: Streamlit runs it for every page and every change."""

import streamlit as st

from tumen.app import address, card, chart, door, frame, store, take
from tumen.app.prose import ASSETS
from tumen.records import BadData

st.set_page_config(page_title="Tumen", page_icon=str(ASSETS / "icon.svg"), layout="wide")
st.logo(str(ASSETS / "logo.svg"), size="large")
door.required()

try:
    records = store.shown()
except BadData as error:
    frame.mistakes(error.report.mistakes)
    st.stop()

view = address.adopt(records)
st.session_state.pop("picked", None)
pages = frame.pages()
page = st.navigation(list(pages.values()), position="hidden")
if "turn_to" in st.session_state:
    name, query = st.session_state.pop("turn_to")
    if name in pages:
        st.switch_page(pages[name], query_params={**address.language(), **query})

st.session_state.here = page.url_path or frame.PAGES[0]
frame.navigation(pages, at_home=not page.url_path)
frame.filters(records)
door.way_out()
frame.banner()
frame.headline(records, frame.scene()[1])
if page.url_path != "record":
    card.dialog(records)
take.dialog(*frame.scene())

# The foot is filled first: a page may stop early, and then nothing after it would run.
body, foot = st.container(key="page"), st.container(key="page-foot")
with foot:
    frame.foot(records)
    chart.listen()
with body:
    page.run()
