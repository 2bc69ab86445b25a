"""The one way to put our own HTML on a page: `prose(html)`, made by the templates, never by hand."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup

ASSETS = Path(__file__).parent / "assets"


@st.cache_resource
def _component() -> Any:
    # A component's style is sent with it each time, and read anew in each: ours stands in the page's head
    # (head.py), and all share it (prose.js).
    return st.components.v2.component(
        "tumen_prose",
        html='<div class="tumen"></div>',
        js=(ASSETS / "prose.js").read_text("utf-8"),
    )


def prose(html: Markup, *, key: str, on_pick: Callable[[str], None]) -> None:
    """Show HTML in which links with `data-pick` report their value.

    Args:
        html: markup from `tumen.templates`, in which every value is escaped already.
        key: stable name on the page.
        on_pick: called with the `data-pick` of a chosen link, before the page runs again.

    Raises:
        TypeError: for a plain text, which nobody has escaped.
    """
    if not isinstance(html, Markup):
        raise TypeError("prose() takes Markup from a template, not a plain text")
    _component()(
        key=key,
        data={"html": str(html), "version": hashlib.sha256(html.encode()).hexdigest()[:16]},
        on_pick_change=lambda: on_pick(st.session_state[key].pick),
    )
