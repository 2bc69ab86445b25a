"""What did experts and officials say, and were they right?"""

import math

import streamlit as st

from tumen import gallery, wording
from tumen.app import address, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.desk import Desk
from tumen.templates import render

LABELS = {"speaker": "Speaker", "speaker_country": "Speaker’s country", "stance": "Stance", "topic": "Topic"}
PARAMETERS = ("q", *LABELS, "forecast", "sort", "page")

records, selection = frame.scene()
quotes = selection.quotes
if quotes.empty:
    frame.empty(records, selection, "quotes")
    st.stop()

wanted, notes = gallery.from_query({name: address.locals_of(name) for name in PARAMETERS}, records)
for note in notes:
    st.warning(wording.plain(note), icon=":material/link_off:")

desk = Desk(records, selection.view.as_of)
found = gallery.find(records, quotes, wanted)
shown_from = quotes if found.empty else found
frame.title("What did experts and officials say, and were they right?", gallery.headline(records, shown_from))


def changed(name: str) -> None:
    """Callback of every widget here: its value goes into the address, and the first page is shown."""
    value = st.session_state[f"quotes_{name}"]
    text = {True: "yes", False: "", "newest": "", None: ""}.get(value, value)
    address.go(**{name: text, "page": None})


def turned() -> None:
    """Callback of the page numbers."""
    number = st.session_state.quotes_page
    address.go(page=str(number) if number > 1 else None)


def clear() -> None:
    """Let go of everything that is looked for on this page."""
    address.go(**dict.fromkeys(PARAMETERS))


with st.container(horizontal=True, key="quotes_search", vertical_alignment="bottom"):
    st.session_state.quotes_q = wanted.q
    st.text_input(
        "Search in the quotes", key="quotes_q", on_change=changed, args=("q",),
        placeholder="All words, in any order", icon=":material/search:", width=220,
    )  # fmt: skip
    for name, label in LABELS.items():
        chosen = getattr(wanted, name)
        choices = gallery.options(records, quotes, name, chosen)
        st.session_state[f"quotes_{name}"] = chosen or None
        st.selectbox(
            label, list(choices), format_func=choices.get, index=None, placeholder="Any",
            key=f"quotes_{name}", on_change=changed, args=(name,), width=140,
        )  # fmt: skip
    st.session_state.quotes_sort = wanted.sort
    st.selectbox(
        "Order", list(gallery.ORDERS), format_func=lambda code: gallery.ORDERS[code],
        key="quotes_sort", on_change=changed, args=("sort",), width=130,
    )  # fmt: skip

if found.empty:
    st.info(
        f"None of the {wording.plural(len(quotes), 'quote')} in view match this search.",
        icon=":material/search_off:",
    )
    st.button("Clear the search", on_click=clear)
    st.stop()

pages = math.ceil(len(found) / gallery.PER_PAGE)
page, note = gallery.page_of(address.local("page"), pages)
if note:
    st.warning(wording.plain(note), icon=":material/link_off:")
first = (page - 1) * gallery.PER_PAGE
part = found.iloc[first : first + gallery.PER_PAGE]

summary = gallery.forecasts(desk, found)
if not wanted.is_default:
    summary = f"{len(found)} of {wording.plural(len(quotes), 'quote')} in view. {summary}"
with st.container(horizontal=True, vertical_alignment="center"):
    st.session_state.quotes_forecast = wanted.forecast == "yes"
    st.toggle("Forecasts only", key="quotes_forecast", on_change=changed, args=("forecast",))
    st.caption(wording.plain(summary))
    if not wanted.is_default:
        st.button("Clear the search", on_click=clear)

grid = render("gallery.html", desk=desk, level=2, tiles=gallery.tiles(desk, part, wanted.q))
prose(grid, key="gallery", on_pick=pick)

if pages > 1:
    if st.session_state.get("quotes_page", 1) != page:  # a link, the back button, another search
        st.session_state.quotes_page = page
    st.pagination(pages, key="quotes_page", on_change=turned)
