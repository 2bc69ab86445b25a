"""Where are the rows themselves?"""

import math
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from tumen import browse, gallery, wording
from tumen.app import address, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.dates import day_words
from tumen.desk import Desk
from tumen.speech import _

records, selection = frame.scene()
as_of = selection.view.as_of
wanted, notes = browse.from_query({n: address.locals_of(n) for n in ("table", "q", "sort")}, records)
if notes:
    st.warning("  \n".join(wording.plain(note) for note in notes), icon=":material/link_off:")

frame.title(_("Where are the rows themselves?"), browse.headline(records, selection))


def chosen() -> None:
    """Callback of the chooser: another table, from its first row, without the old search and order."""
    table = st.session_state.records_table
    address.go(table=None if table == browse.DEFAULT else table, q=None, sort=None, page=None)


def changed(name: str) -> None:
    """Callback of search and order; the first page is shown."""
    text: str = st.session_state[f"records_{name}"] or ""
    if name == "q":
        address.go(q=text, page=None)
    else:
        address.go(sort=text, page=None)


def turned() -> None:
    """Callback of the page numbers."""
    number = st.session_state.records_page
    address.go(page=str(number) if number > 1 else None)


def picked(value: str | None) -> None:
    """A heading orders the rows; a count leads to the rows that it counts; the rest as everywhere."""
    kind, _, rest = (value or "").partition(":")
    if kind == "sort":
        address.go(sort=rest, page=None)
    elif kind == "rows":
        table, _, q = rest.partition(":")
        address.go(table=table, q=q, sort=None, page=None)
    else:
        pick(value)


def next_sort(column: str) -> str:
    """What choosing a heading does: ascending, then descending, then the order of the file."""
    if wanted.column != column:
        return column
    return "" if wanted.descending else f"-{column}"


def url(**params: str) -> str:
    """The address of this page with the filters in force."""
    query = {**address.filters_only(), **{name: [value] for name, value in params.items() if value}}
    return f"/records?{urlencode(query, doseq=True)}"


names = browse.tables(records)
heads = browse.heads(records, wanted.table, as_of is not None)
orders = {"": _("As in the file")} | {
    f"{sign}{head.name}": f"{head.title} {arrow}" for head in heads for sign, arrow in (("", "↑"), ("-", "↓"))
}
with st.container(horizontal=True, key="records_search", vertical_alignment="bottom"):
    st.session_state.records_table = wanted.table
    st.selectbox(
        _("Table"), list(names), format_func=lambda name: names[name],
        key="records_table", on_change=chosen, width=240,
    )  # fmt: skip
    st.session_state.records_q = wanted.q
    st.text_input(
        _("Search in its rows"), key="records_q", on_change=changed, args=("q",), width=260,
        placeholder=_("All words, in any order"), icon=":material/search:",
        help=_("Case and accents do not matter. A word such as origin=PRK finds that value in that column; "
        "origin=PRK|IRN either, first_find= none, first_find!= any; best_evidence>=4 compares."),
    )  # fmt: skip
    st.session_state.records_sort = wanted.sort if wanted.sort in orders else ""
    st.selectbox(
        _("Order"), list(orders), format_func=lambda code: orders[code],
        key="records_sort", on_change=changed, args=("sort",), width=220,
    )  # fmt: skip

total = len(browse.in_view(records, selection, wanted.table))
if not total and as_of and wanted.table in browse.EDITORIAL:
    st.info(
        _("This table speaks of what is known today; as of {day} it is left out.").format(
            day=day_words(as_of)
        ),
        icon=":material/history:",
    )
    st.stop()
if not total:
    frame.empty(records, selection, names[wanted.table].lower())
    st.stop()

found = len(browse.found(records, selection, wanted))
if not found:
    none = browse.counted(records, selection, wanted, browse.listing(records, selection, wanted))
    st.info(f"{none}.", icon=":material/search_off:")
    st.button(_("Clear the search"), on_click=address.go, kwargs={"q": None, "page": None})
    st.stop()
pages = math.ceil(found / browse.PER_PAGE)
page, note = gallery.page_of(address.local("page"), pages)
if note:
    st.warning(wording.plain(note), icon=":material/link_off:")


def told() -> dict[str, Any]:
    """What the table says, for the template."""
    day = day_words(as_of) if as_of else "today"
    listing = browse.listing(records, selection, wanted, page)
    groups = {browse.STORED: _("Stored"), browse.DERIVED: _("Derived as of {day}").format(day=day)}
    return {
        "desk": Desk(records, as_of),
        "level": 2,
        "table": browse.package(records)[wanted.table],
        "wanted": wanted,
        "listing": listing,
        "counted": browse.counted(records, selection, wanted, listing),
        "hidden": browse.hidden(records, wanted.table, as_of is not None),
        "derived": groups[browse.DERIVED] if any(h.group == browse.DERIVED for h in listing.heads) else "",
        "groups": [
            {"group": group, "words": groups[group], "span": len(list(own))}
            for group, own in groupby(listing.heads, key=lambda head: head.group)
        ],
        "next_sort": next_sort,
        "sort_url": lambda column: url(table=wanted.table, q=wanted.q, sort=next_sort(column)),
        "rows_url": lambda table, q: url(table=table, q=q),
    }


html = frame.rendered(records, "records.html", (selection.view, wanted, page), told)
prose(html, key="records", on_pick=picked)

if pages > 1:
    if st.session_state.get("records_page", 1) != page:  # a link, the back button, another search
        st.session_state.records_page = page
    st.pagination(pages, key="records_page", on_change=turned)
st.page_link(
    frame.pages()["own"],
    label=_("Try your own rows"),
    icon=":material/science:",
    query_params=address.filters_only(),
)
