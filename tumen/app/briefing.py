"""Where a reader makes a brief of the present view: `panel(records, selection)`, inside any container."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from tumen import brief, speech, wording
from tumen.app.pictures import pictures
from tumen.brief import Brief, Picture
from tumen.desk import Desk
from tumen.records import Records
from tumen.speech import N_, Texts, _
from tumen.view import Selection, View, to_query

FORMATS = {"html": "HTML", "docx": "Word", "md": "Markdown"}
TYPES = {
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown",
}
HELP = Texts(
    {
        "html": N_("One file for any browser, mailable; it asks nobody for anything and prints well."),
        "docx": N_("A Word document with headings, tables, pictures and numbered sources."),
        "md": N_("Plain text for pandoc, GitHub and notebooks; charts as words and tables."),
    }
)


@dataclass
class Order:
    """A brief that was asked for: what it is to be made of, and what has been made so far."""

    made_for: tuple[Any, ...]  # the data, view, cards and format; another wish makes it void
    request: str = field(default_factory=lambda: uuid4().hex)
    pictures: dict[str, Picture] | None = None
    file: bytes = b""
    name: str = ""
    remark: str = ""


def panel(records: Records, selection: Selection) -> None:
    """Choose cards and format, make the brief with visible progress, and hand it over.

    Draws into the present container (a dialog, an expander); leaves the address alone.
    """
    chosen, form, live = _choice(records, selection)
    wish = (records.version, selection.view, tuple(chosen), form, live)
    order: Order | None = st.session_state.get("brief_order")
    if order and order.made_for != wish:
        order = st.session_state.brief_order = None
    st.button(
        _("Make the brief"),
        key="brief_make",
        type="primary",
        icon=":material/description:",
        on_click=lambda: st.session_state.update(brief_order=Order(wish)),
        disabled=bool(order and order.pictures is None and form != "md"),
    )
    if order is None:
        return
    with speech.speaking(speech.ENGLISH):  # the brief is a document of its own, and not translated
        figures = brief.figures(records, selection) if order.pictures is None and form != "md" else {}
    if figures:  # the page runs again when the pictures have come
        st.progress(
            0.1, _("Your browser draws {charts}").format(charts=wording.plural(len(figures), "chart"))
        )
        pictures(figures, key="brief_pictures", request=order.request, on_drawn=_came(order))
        return
    if not order.file:
        _write(records, selection, order, chosen, form, live)
    _hand_over(order, form)


def _choice(records: Records, selection: Selection) -> tuple[list[str], str, bool]:
    """The cards, the format, and whether charts shall answer the pointer."""
    desk = Desk(records, selection.view.as_of)
    labels = {row["id"]: _label(desk, row) for row in desk.rows("transfers", selection.transfers)}
    chosen = st.multiselect(
        _("Record cards"),
        list(labels),
        format_func=lambda record: labels.get(record, record),
        default=brief.important(selection),
        # A key for each view: another view has other cards. A value set by session state instead would be
        # lost to a reader who clicks before the field is there.
        key=f"brief_cards {records.version} {selection.view}",
        placeholder=_("No card; all transfers in the table"),
        help=_(
            "At first the {most_cards} best evidenced; all other transfers in view stand in a table."
        ).format(most_cards=brief.MOST_CARDS),
    )
    form = st.segmented_control(
        _("Format"), list(FORMATS), format_func=lambda code: FORMATS[code], key="brief_format",
        default="html", required=True,
    )  # fmt: skip
    st.caption(HELP[form])
    live = form == "html" and st.checkbox(
        _("Charts answer the pointer (the file grows by 1.4 MB)"),
        key="brief_live",
        help=_("Puts plotly.js and the borders into the file. Without it the charts are sharp pictures."),
    )
    return [record for record in chosen if record in labels], form, live


def _label(desk: Desk, row: dict[str, Any]) -> str:
    ends = " → ".join(str(desk.cell("countries", row[end], "short")) for end in ("origin", "destination"))
    return f"{row['item']} ({ends})"


def _came(order: Order) -> Callable[[dict[str, Picture]], None]:
    def came(found: dict[str, Picture]) -> None:
        order.pictures = found

    return came


def _write(
    records: Records, selection: Selection, order: Order, chosen: list[str], form: str, live: bool
) -> None:
    """Gather the parts and write the file."""
    bar = st.progress(
        0.5,
        _("Gathering the evidence of {transfers}").format(
            transfers=wording.plural(len(selection.states), "transfer")
        ),
    )
    usual = chosen == brief.important(selection)
    with speech.speaking(speech.ENGLISH):
        parts = brief.compose(
            records, selection, _address(selection.view), date.today(), None if usual else chosen
        )
    bar.progress(
        0.8,
        _("Writing {cards} and {count} sources").format(
            cards=wording.plural(len(parts.cards), "card"), count=len(parts.sources)
        ),
    )
    drawn = order.pictures or {}
    with speech.speaking(speech.ENGLISH):
        order.file = _file(parts, drawn, form, live)
    order.name = f"{parts.stem}.{form}"
    missing = [chart.heading for chart in parts.charts if chart.name not in drawn] if form != "md" else []
    if missing:
        order.remark = _("Without pictures of: {list}. Words and tables stand in their place.").format(
            list=", ".join(missing)
        )
    bar.progress(1.0, _("Done"))
    bar.empty()


def _address(view: View) -> str:
    """Where the view is found, with the host as the reader sees it."""
    query = urlencode(to_query(view), doseq=True)
    return f"{st.context.url or '/'}{'?' if query else ''}{query}"


def _file(parts: Brief, drawn: dict[str, Picture], form: str, live: bool) -> bytes:
    if form == "docx":
        return brief.docx(parts, drawn)
    return (brief.markdown(parts) if form == "md" else brief.html(parts, drawn, live)).encode()


def _hand_over(order: Order, form: str) -> None:
    """The file, its size, and what is missing in it."""
    if order.remark:
        st.warning(order.remark, icon=":material/image_not_supported:")
    st.download_button(
        _("Download {formats}, {value} MB").format(
            formats=FORMATS[form], value=f"{len(order.file) / 1000000.0:.1f}"
        ),
        order.file,
        file_name=order.name,
        mime=TYPES[form],
        key="brief_file",
        icon=":material/download:",
        on_click="ignore",
    )
