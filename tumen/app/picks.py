"""What happens when something is picked: a mark on a chart, a legend button, a link in a text."""

from urllib.parse import parse_qs

import streamlit as st

from tumen.app import address
from tumen.app.store import STORE
from tumen.query import Reader
from tumen.view import from_query

FILTERS = {"country": "country", "type": "weapon_type", "family": "weapon_type"}


def pick(value: str | None) -> None:
    """Act on a picked value such as 'country:PRK', 'family:missiles', 'event:2023-09-13-…', 'page:map?…'.

    Countries, types and families are put into the filter (or taken out); a day (`asof:2024-02-26`) turns
    everything back; a page is opened; anything
    else is a record, whose card opens.
    """
    if not value:
        return
    st.session_state.picked = True
    kind, _, name = value.partition(":")
    if kind in FILTERS:  # what a browser sends may be anything; only a known code becomes a filter
        known, _ = from_query({FILTERS[kind]: [name]}, STORE.current())
        for code in getattr(known, FILTERS[kind]):
            address.toggle(FILTERS[kind], code)
    elif kind == "asof":
        address.change(as_of=Reader({"as_of": [name]}).day("as_of"))
    elif kind == "page":
        page, _, query = name.partition("?")
        own = {name: values for name, values in parse_qs(query).items() if not name.startswith("embed")}
        st.session_state.turn_to = (page, own)  # Streamlit keeps embed… for itself and refuses to set it
    elif kind == "focus":
        address.go(focus=name or None)
    elif kind == "take":
        address.go(take=name)
    elif kind == "close":
        address.go(record=None)
    else:
        address.go(record=value)


def catch_up() -> None:
    """In a fragment, which begins in English: speak as the page does; what was picked concerns all of it."""
    address.speak()
    if st.session_state.pop("picked", False):
        st.rerun()
