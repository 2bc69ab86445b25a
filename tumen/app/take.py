"""Take it away: the dialog with the files, citations, brief and calls of the present view."""

from datetime import date
from urllib.parse import urlencode, urlsplit

import streamlit as st

from tumen import cite, speech, takeaway, view
from tumen.app import address, briefing, store
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.cite import items
from tumen.export import bundle, calls, download
from tumen.records import Records
from tumen.speech import _
from tumen.templates import render
from tumen.view import Selection

LEFT_OUT = ("take", "record", "lang")  # parts of the address that are not the view's


def dialog(records: Records, selection: Selection) -> None:
    """Open the dialog if the address asks for it; an open record comes first."""
    if address.local("take") and not address.local("record"):
        shown = st.dialog(_("Take it away"), width="large", on_dismiss=lambda: address.go(take=None))(_opened)
        shown(records, selection)


def _opened(records: Records, selection: Selection) -> None:
    """One part of what can be taken, chosen by the address."""
    address.speak()
    if "turn_to" in st.session_state:
        st.rerun()
    part = _part()
    if part == "brief":
        briefing.panel(records, selection)
        return
    own = store.trial() is not None
    values = PARTS[part](records, selection)
    prose(render("take.html", part=part, own=own, **values), key="take", on_pick=pick)
    if part == "calls":
        _code(selection)
    elif part == "data" and own:
        _own_file(records, selection)


def _own_file(records: Records, selection: Selection) -> None:
    """The whole view with the visitor's own rows, made here: no address of the server knows them."""
    st.download_button(
        _("Everything in this view (zip)"),
        speech.speaking(speech.ENGLISH)(lambda: bundle.zipped(records, selection, here(), date.today())),
        file_name=download.file_name(selection.view, "view", "zip"),
        mime="application/zip",
        type="primary",
    )


def _part() -> str:
    """The pills that choose the part; the choice is in the address."""
    now = address.local("take")
    st.session_state.take_part = now if now in takeaway.SECTIONS else takeaway.DEFAULT
    chosen = st.pills(
        _("What to take"),
        list(takeaway.SECTIONS),
        format_func=lambda code: takeaway.SECTIONS[code],
        key="take_part",
        on_change=lambda: address.go(take=st.session_state.take_part),
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen)


def _data(records: Records, selection: Selection) -> dict[str, object]:
    files = takeaway.files(records, selection)
    return {
        "words": view.sentence(selection, records),
        "files": files,
        "too_long": any(takeaway.too_long(file) for file in (*files["main"], *files["other"])),
        "whole": takeaway.whole(selection),
        "gpkg": takeaway.gpkg(selection),
    }


def _cite(records: Records, selection: Selection) -> dict[str, object]:
    item = items.of_view(records, selection, date.today(), here())
    return {
        "styles": [(label, cite.text([item], style)[0]) for style, label in cite.STYLES.items()],
        "citations": takeaway.citations(selection),
        "sources": takeaway.cited(records, selection),
    }


def _calls(records: Records, selection: Selection) -> dict[str, object]:
    return {}


PARTS = {"data": _data, "cite": _cite, "calls": _calls}


def _code(selection: Selection) -> None:
    """The call for one table of the view, in three languages."""
    table = st.selectbox(_("Table"), takeaway.MAIN, key="take_table", width=240)
    for language, text in calls.calls(host(), table, selection.view).items():
        st.caption(language)
        st.code(text, language={"Python": "python", "R": "r"}.get(language, "bash"), wrap_lines=True)


def host() -> str:
    """The address of this server as the reader reached it: 'http://localhost:8501'."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def here() -> str:
    """The address of the present view, without the open dialog."""
    rest = {name: values for name, values in address.read().items() if name not in LEFT_OUT}
    query = urlencode(rest, doseq=True)
    return f"{host()}{urlsplit(st.context.url or '').path}{'?' if query else ''}{query}"
