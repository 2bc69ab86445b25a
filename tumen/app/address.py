"""The address is the state: every filter, and the open record, is in it and comes from it.

Streamlit's own binding puts labels into the address and drops what it does not know in silence.
Ours holds codes that stay valid for years, and says what was ignored; so the few lines below keep
address and widgets in step. The rule: whoever changes something calls `go`, which writes the
address; `adopt` reads the address back whenever it is not the one that we wrote last (a link, the
browser's back button).

A message that the browser sent before it heard of our new address still tells the one that was left: a
chart tells its width, say, just when the reader clicks. That is no way back, and must not undo the click.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tumen import speech
from tumen.query import Reader, spellings
from tumen.records import Records
from tumen.view import PARAMETERS, View, to_query
from tumen.view import read as read_view

Query = dict[str, list[str]]
CROSSING = 2.0  # seconds in which a message may still tell an address that was left
WIDGETS = {name: f"filter_{name}" for name in PARAMETERS}  # field of View → key of its widget


def read() -> Query:
    """The address as it stands: parameter → values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def adopt(records: Records) -> View:
    """Take over an address that we did not write ourselves; return the view in force."""
    state, query = st.session_state, read()
    if query != state.get("address"):
        if _crossed(query):
            st.query_params.from_dict(state.address)  # the browser may never have heard of it
        else:
            _take_over(query, records)
    speak()
    view: View = state.view
    return view


def _take_over(query: Query, records: Records) -> None:
    state, reader = st.session_state, Reader(query)
    state.language = reader.code("lang", spellings(speech.names()), speech.ENGLISH)
    speak()  # the notes too are told in it
    state.view = read_view(reader, records)
    state.notes, state.address = reader.few_notes(), query
    fill_widgets(state.view)


def _crossed(query: Query) -> bool:
    """Whether an address was left a moment ago on this page, and nobody pressed Back or Forward."""
    context = get_script_run_ctx()
    pressed = context is not None and context.is_history_navigation
    return not pressed and (_page(), query) in _left().values()


def _left() -> dict[float, tuple[str, Query]]:
    """The pages and addresses that were left a moment ago, by when."""
    now, left = time.monotonic(), st.session_state.get("left", {})
    return {then: where for then, where in left.items() if now - then < CROSSING}


def _page() -> str:
    """What Streamlit calls the page that the browser asks for."""
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def speak() -> None:
    """Speak the language of the address, in the present run of the page or of a part of it."""
    speech.speak(st.session_state.get("language", speech.ENGLISH))


def language() -> Query:
    """The language as a part of the address: nothing for English."""
    spoken = speech.language()
    return {"lang": [spoken]} if spoken != speech.ENGLISH else {}


def view() -> View:
    """The view in force."""
    found: View = st.session_state.view
    return found


def local(name: str, default: str = "") -> str:
    """A parameter of the address that is no filter, such as the open record."""
    values = st.session_state.get("address", {}).get(name)
    return values[-1] if values else default


def locals_of(name: str) -> list[str]:
    """All values of a repeated parameter that is no filter."""
    return list(st.session_state.get("address", {}).get(name, []))


def go(to: View | None = None, **params: str | Sequence[str] | None) -> None:
    """Show another view and set or drop (None, '') other parameters; writes the address."""
    state = st.session_state
    if to is not None and to != state.view:
        state.view = to
        fill_widgets(to)
    state.notes, state.left = [], {**_left(), time.monotonic(): (_page(), state.address)}
    state.address = query_for(state.view, {**_rest(state.address), **_texts(params)})
    st.query_params.from_dict(state.address)


def query_for(to: View, rest: Mapping[str, Sequence[str]]) -> Query:
    """The address of a view with other parameters."""
    return {**to_query(to), **{name: list(values) for name, values in rest.items() if any(values)}}


def filters_only() -> Query:
    """The part of the address that every page shares: what navigation carries along."""
    return {**to_query(view()), **language()}


def change(**values: Any) -> None:
    """Change single filters of the view."""
    go(replace(view(), **values))


def toggle(name: str, value: str) -> None:
    """Add a country or weapon type to its filter, or take it out."""
    now: tuple[str, ...] = getattr(view(), name)
    change(**{name: tuple(v for v in now if v != value) if value in now else (*now, value)})


def fill_widgets(to: View) -> None:
    """Set the filter widgets to a view; only before they are drawn, or in a callback."""
    for name, key in WIDGETS.items():
        value = getattr(to, name)
        st.session_state[key] = list(value) if isinstance(value, tuple) else value


def from_widgets() -> None:
    """Callback of every filter widget: make their values the view."""
    values: dict[str, Any] = {
        name: st.session_state[key] for name, key in WIDGETS.items() if key in st.session_state
    }
    changed: Any = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    go(replace(view(), **changed))


def _rest(query: Mapping[str, Sequence[str]]) -> Query:
    """The parameters that are no filters."""
    return {name: list(values) for name, values in query.items() if name not in PARAMETERS.values()}


def _texts(params: Mapping[str, str | Sequence[str] | None]) -> Query:
    return {n: [v] if isinstance(v, str) else list(v or ()) for n, v in params.items()}
