"""The record card on the screen: in a dialog over any page, or whole on the record's own page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from tumen import cards, neighbours, query, view, wording
from tumen.app import address, picks
from tumen.app.prose import prose
from tumen.records import Records
from tumen.speech import _
from tumen.templates import render


def dialog(records: Records) -> None:
    """Open the card of the record that the address names, over the present page."""
    reference = address.local("record")
    if not reference:
        return
    if not cards.exists(records, reference):
        ignored(records, reference)
        return
    shown = st.dialog(_("Record"), width="large", on_dismiss=lambda: address.go(record=None))(_opened)
    shown(records)


def _opened(records: Records) -> None:
    """The dialog's own part of the page: a link to another record replaces the card in place."""
    address.speak()
    if st.session_state.pop("card_closes", False) or "turn_to" in st.session_state:
        st.rerun()
    reference = address.local("record")
    if cards.exists(records, reference):
        _show(records, reference, level=2, on_pick=_pick_in_dialog)


def page(records: Records, reference: str) -> None:
    """Draw the card as a page of its own."""
    _show(records, reference, level=1, on_pick=_pick_on_page)


def _show(records: Records, reference: str, level: int, on_pick: Callable[[str | None], None]) -> None:
    kind, record = cards.split(reference)
    now = address.view()
    shown = None if replace(now, as_of=None).is_default else frozenset(view.select(records, now).transfers)
    html = cards.card(records, kind, record, now.as_of, level=level, today=date.today(), shown=shown)
    prose(html, key="card", on_pick=on_pick)
    _neighbours(reference, kind, on_pick)


def _neighbours(reference: str, kind: str, on_pick: Callable[[str | None], None]) -> None:
    """Links to the charts that show this record, with the view in force."""
    pages = {"map": neighbours.ON_MAP, "timeline": neighbours.ON_TIMELINE}
    words = {"map": _("the map"), "timeline": _("the timeline")}
    shown = [(page, words[page]) for page, kinds in pages.items() if kind in kinds]
    if shown:
        query = urlencode({**address.filters_only(), "focus": reference}, doseq=True, safe=":")
        prose(render("neighbours.html", pages=shown, query=query), key="neighbours", on_pick=on_pick)


def _pick_in_dialog(value: str | None) -> None:
    """A record replaces the card; a country or a type filters the page behind, and the card closes."""
    if _filtered(value):
        st.session_state.card_closes = True
    else:
        picks.pick(value)


def _pick_on_page(value: str | None) -> None:
    """A record replaces the card; a country or a type leads to the overview, filtered."""
    if _filtered(value):
        st.session_state.turn_to = ("overview", address.filters_only())
    else:
        picks.pick(value)


def _filtered(value: str | None) -> bool:
    """Add a picked country or type to the filter; on a card this never takes one out."""
    kind, _, name = (value or "").partition(":")
    if kind not in picks.FILTERS:
        return False
    field = picks.FILTERS[kind]
    chosen: tuple[str, ...] = getattr(address.view(), field)
    address.go(record=None)
    address.change(**{field: tuple(dict.fromkeys((*chosen, name)))})
    return True


def ignored(records: Records, reference: str) -> None:
    """Say that the address names no record, and what comes closest."""
    near = cards.nearest(records, reference, most=1)
    note = query.ignored("record", reference, _("is not known"), near[0] if near else "")
    st.warning(wording.plain(note), icon=":material/link_off:")
