"""What did experts and officials say, and were they right?"""

import math
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from tumen import forecasts, gallery, search, view, wording
from tumen.app import address, frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.desk import Desk
from tumen.speech import _

LABELS = {
    "speaker": _("Speaker"),
    "speaker_country": _("Speaker’s country"),
    "kind": _("Kind of speaker"),
    "stance": _("Stance"),
    "topic": _("Topic"),
    "outcome": _("Outcome"),
}
ASKED = {
    "": ("speaker", "speaker_country", "stance", "topic"),
    "yes": ("speaker", "kind", "stance", "outcome"),
}
SHOWN = {"": _("All quotes"), "yes": _("Forecasts and what came of them")}
PARAMETERS = ("q", *LABELS, "forecast", "sort", "page")

records, selection = frame.scene()
quotes, as_of = gallery.among(selection), selection.view.as_of
if quotes.empty:
    frame.empty(records, selection, "quotes")
    st.stop()

wanted, notes = gallery.from_query({name: address.locals_of(name) for name in PARAMETERS}, records)
for note in notes:
    st.warning(wording.plain(note), icon=":material/link_off:")


def listing(**filters: str) -> str:
    """What a count in the finding rests on: this page with some of its own filters changed."""
    search = {} if found.empty else {name: address.local(name) for name in PARAMETERS if name != "page"}
    return view.page_ref(selection.view, "quotes", **{**search, **filters})


desk = Desk(records, as_of)
on = (selection.view, *((name, *address.locals_of(name)) for name in PARAMETERS if name != "page"))
found = gallery.find(records, quotes, wanted, as_of)
about, of_all = quotes, found
if wanted.forecast:
    about = forecasts.among(records, quotes, as_of)
    # Counts are always of all outcomes: those of one outcome alone would say nothing.
    any_outcome = gallery.find(records, quotes, replace(wanted, outcome=""), as_of)
    of_all = forecasts.among(records, any_outcome, as_of)
if wanted.forecast and not of_all.empty:
    finding = forecasts.headline(desk, of_all, listing)
else:
    finding = gallery.headline(records, quotes if found.empty else found, selection.view, listing)
frame.title(_("What did experts and officials say, and were they right?"), finding)


def changed(name: str) -> None:
    """Callback of every widget here: its value goes into the address, and the first page is shown."""
    value = st.session_state[f"quotes_{name}"]
    text = {"newest": "", None: ""}.get(value, value)
    away = () if name != "forecast" else ("kind", "outcome")  # asked of forecasts only
    address.go(**{name: text, "page": None, **dict.fromkeys(away)})


def turned() -> None:
    """Callback of the page numbers."""
    number = st.session_state.quotes_page
    address.go(page=str(number) if number > 1 else None)


def clear() -> None:
    """Let go of everything that is looked for on this page, but stay with the forecasts."""
    address.go(**dict.fromkeys(name for name in PARAMETERS if name != "forecast"))


def these(query: str) -> dict[str, str | None]:
    """What the address must say for the forecasts that a count counts: its words beside the search."""
    return {"forecast": "yes", "outcome": None, "page": None, "record": None, **dict(parse_qsl(query))}


def picked(value: str | None) -> None:
    """A count leads to the forecasts that it counts; anything else is as on every page."""
    kind, _, query = (value or "").partition(":")
    if kind == "these":
        address.go(**these(query))
    else:
        pick(value)


def these_url(query: str) -> str:
    """The address of the forecasts that a count counts."""
    search = {name: address.locals_of(name) for name in PARAMETERS}
    wanted_now = {name: value for name, value in {**search, **these(query)}.items() if value}
    return f"/quotes?{urlencode({**address.filters_only(), **wanted_now}, doseq=True)}"


st.session_state.quotes_forecast = wanted.forecast
st.pills(
    _("Show"), list(SHOWN), format_func=lambda code: SHOWN[code],
    key="quotes_forecast", on_change=changed, args=("forecast",), required=True,
)  # fmt: skip

with st.container(horizontal=True, key="quotes_search", vertical_alignment="bottom"):
    st.session_state.quotes_q = wanted.q
    st.text_input(
        _("Search in the quotes"), key="quotes_q", on_change=changed, args=("q",),
        placeholder=_("All words, in any order"), icon=":material/search:", width=200,
    )  # fmt: skip
    for name, label in LABELS.items():
        chosen = getattr(wanted, name)
        if name not in ASKED[wanted.forecast] and not chosen:
            continue
        choices = gallery.options(records, about, name, chosen)
        st.session_state[f"quotes_{name}"] = chosen or None
        st.selectbox(
            label, list(choices), format_func=choices.get, index=None, placeholder=_("Any"),
            key=f"quotes_{name}", on_change=changed, args=(name,), width=140,
        )  # fmt: skip
    if not wanted.forecast:
        st.session_state.quotes_sort = wanted.sort
        st.selectbox(
            _("Order"), list(gallery.ORDERS), format_func=lambda code: gallery.ORDERS[code],
            key="quotes_sort", on_change=changed, args=("sort",), width=148,
        )  # fmt: skip

in_view = wording.plural(len(about), "forecast" if wanted.forecast else "quote")
if found.empty:
    st.info(
        _("None of the {in_view} in view match this search.").format(in_view=in_view),
        icon=":material/search_off:",
    )
    st.button(_("Clear the search"), on_click=clear)
    st.stop()
if not wanted.is_default:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Listed: {count} of {in_view} in view.").format(count=len(found), in_view=in_view))
        st.button(_("Clear the search"), on_click=clear)

per_page = forecasts.PER_PAGE if wanted.forecast else gallery.PER_PAGE
pages = math.ceil(len(found) / per_page)
page, note = gallery.page_of(address.local("page"), pages)
if note:
    st.warning(wording.plain(note), icon=":material/link_off:")
part = slice((page - 1) * per_page, page * per_page)


def told() -> dict[str, Any]:
    """What the gallery or the list of forecasts says, for its template."""
    words = {"desk": desk, "level": 2}
    if not wanted.forecast:
        return {**words, "tiles": gallery.tiles(desk, found.iloc[part], wanted.q)}
    foretold = forecasts.among(records, found, as_of)
    return {
        **words,
        "these_url": these_url,
        "marked": lambda text: gallery.marked(text, search.words(wanted.q)),
        **forecasts.report(desk, of_all, foretold.iloc[part]),
    }


template = "forecasts.html" if wanted.forecast else "gallery.html"
prose(frame.rendered(records, template, (*on, page), told), key="gallery", on_pick=picked)

if pages > 1:
    if st.session_state.get("quotes_page", 1) != page:  # a link, the back button, another search
        st.session_state.quotes_page = page
    st.pagination(pages, key="quotes_page", on_change=turned)
