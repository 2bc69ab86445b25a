"""The frame around every page: navigation, the filters, the sentence that says what is shown."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from tumen import __version__, browse, derive, flows, known, law, neighbours, speech, view, wording
from tumen.app import address, store
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.app.store import STORE
from tumen.app.theme import palette
from tumen.guide import GUIDE
from tumen.home import HOME
from tumen.neighbours import Marked
from tumen.query import DAYS
from tumen.records import Records, rows
from tumen.speech import N_, Texts, _
from tumen.templates import render
from tumen.told import Part
from tumen.view import CONTESTED, ROLES, Selection, View

PAGES = (
    "overview",
    "map",
    "timeline",
    "known",
    "exchange",
    "figures",
    "quotes",
    "records",
    "method",
)  # in the navigation
HIDDEN = ("record", "own")  # reached by its address, or from Records
TITLES = Texts(
    {
        "overview": N_("Overview"),
        "map": N_("Map"),
        "timeline": N_("Timeline"),
        "known": N_("Known when"),
        "exchange": N_("Exchange"),
        "figures": N_("Figures"),
        "quotes": N_("Quotes"),
        "records": N_("Records"),
        "method": N_("Method"),
        "record": N_("Record"),
        "own": N_("Try your own rows"),
    }
)


def pages() -> dict[str, Any]:
    """The pages by name; `home` is the first page at the bare address.

    It has an address of its own too, because Streamlit gives the link of the page at the bare address an
    empty target, which in a new tab leads to whatever page it was copied from.
    """
    found = {"home": st.Page(_script(PAGES[0]), title=TITLES["overview"], url_path="home", default=True)}
    for name in (*PAGES, *HIDDEN):
        found[name] = st.Page(_script(name), title=TITLES[name], url_path=name)
    return found


def _script(page: str) -> Path:
    return HOME / "pages" / f"{page}.py"


def scene() -> tuple[Records, Selection]:
    """What a page works on: the records, and what the view in force leaves of them."""
    records = store.shown()
    return records, view.select(records, address.view())


def banner() -> None:
    """On every page, while the visitor looks at rows of the visitor's own: say so, with a way back."""
    own = store.trial()
    if not own:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="trial"):
        st.info(
            _(
                "Among the records stand {rows} of your own ({list}): nobody else sees them, and "
                "they are kept nowhere."
            ).format(rows=wording.plural(own.rows, "row"), list=wording.plain(", ".join(own.tables))),
            icon=":material/science:",
        )
        st.button(_("Let go of my rows"), on_click=store.let_go, icon=":material/close:")


def colours() -> dict[str, Any]:
    """The palette for the reader's theme, for charts."""
    return palette(dark=st.context.theme.type == "dark")


def navigation(found: dict[str, Any], at_home: bool) -> None:
    """The row of links on top; each carries the filters along, so that it can be copied."""
    query = [(name, value) for name, values in address.filters_only().items() for value in values]
    key = "navigation-home" if at_home else "navigation"  # at the bare address our style marks the first link
    with st.container(horizontal=True, key=key, gap="small", vertical_alignment="center"):
        for name in PAGES:
            st.page_link(found[name], query_params=query)


def filters(records: Records) -> None:
    """All filters, in the side bar; on a phone they fold away with it."""
    with st.sidebar:
        _country(records)
        _weapon_type(records)
        _as_of(records)
        _period()
        _evidence(records)
        _contested()
        _law(records)
        st.button(
            _("Reset all filters"),
            on_click=address.go,
            args=(View(),),
            disabled=address.view() == View(),
            width="stretch",
        )
        _language()


def _language() -> None:
    """The choice of a language, where there is one.

    Its links load the page anew: a widget remembers a choice by its words, which change with the language.
    """
    names = speech.names()
    if len(names) > 1:
        here = address.read()
        choices = [
            (code, name, urlencode({**here, "lang": code}, doseq=True)) for code, name in names.items()
        ]
        html = render("languages.html", languages=choices, spoken=speech.language())
        prose(html, key="languages", on_pick=pick)


def _country(records: Records) -> None:
    labels = records.labels("countries")
    _multiselect(_("Country"), "country", _countries(records), labels, _("Every country"))
    if not address.view().country:
        return
    st.selectbox(
        _("counts if it …"),
        list(ROLES),
        format_func=lambda role: ROLES[role],
        key=address.WIDGETS["role"],
        on_change=address.from_widgets,
        help=_(
            "Whether a chosen country must send, receive, claim or deny a transfer. "
            "Events and quotes are kept if they are about it."
        ),
    )


def _countries(records: Records) -> list[str]:
    """Parties to transfers first, then everyone else who speaks of them, by name."""
    return records.once("countries to choose", lambda: _named_countries(records))


def _named_countries(records: Records) -> list[str]:
    transfers, assertions = records["transfers"], records["assertions"]
    parties = sorted(
        {*transfers["origin"], *transfers["destination"]}, key=lambda c: records.label("countries", c)
    )
    heard = {*assertions["by_country"].unique()}.union(*{*records["events"]["countries"]})
    return [*parties, *sorted(heard - {*parties}, key=lambda c: records.label("countries", c))]


def _weapon_type(records: Records) -> None:
    labels = records.once("weapon types to choose", lambda: type_labels(records))
    _multiselect(_("Weapon type"), "weapon_type", list(labels), labels, _("Every type"))


def type_labels(records: Records) -> dict[str, str]:
    """Families, each followed by its types, with the words of the filter."""
    labels: dict[str, str] = {}
    for family, name in records.labels("families").items():
        labels[family] = _("{name} (all)").format(name=name)
        types = records["weapon_types"]
        labels.update({t: records.label("weapon_types", t) for t in types.index[types["family"] == family]})
    return labels


def _multiselect(label: str, name: str, options: list[str], labels: Any, placeholder: str) -> None:
    known = [*options, *(v for v in getattr(address.view(), name) if v not in options)]
    st.multiselect(
        label,
        known,
        format_func=lambda code: labels.get(code, code),
        key=address.WIDGETS[name],
        on_change=address.from_widgets,
        placeholder=placeholder,
    )


def _as_of(records: Records) -> None:
    """The day to turn back to, and the days worth turning back to."""
    _date(
        _("Known as of"),
        "as_of",
        _("Turns everything back to what was public on that day. Empty: all that is known today."),
    )
    found = {stop.day: stop.label for stop in known.stops(records)}
    now = address.view().as_of
    st.session_state.stop = now if now in found else None
    st.selectbox(
        _("Jump to"),
        list(found),
        format_func=lambda day: found[day],
        key="stop",
        placeholder=_("A disclosure or meeting"),
        on_change=lambda: address.change(as_of=st.session_state.stop),
        help=_("Days on which most became known: by press conferences, reports, sanctions and meetings."),
    )
    before, after = known.around(records, now)
    left, right = st.columns(2)
    with left:
        _jump(_("Earlier"), ":material/chevron_left:", before, disabled=before is None)
    with right:
        _jump(_("Later"), ":material/chevron_right:", after, disabled=now is None)


def _jump(label: str, icon: str, stop: known.Stop | None, *, disabled: bool) -> None:
    """Go to a stop; the one after the last is today."""
    st.button(
        label,
        icon=icon,
        help=stop.label if stop else None if disabled else _("Today"),
        disabled=disabled,
        on_click=address.change,
        kwargs={"as_of": stop and stop.day},
        width="stretch",
    )


def _period() -> None:
    left, right = st.columns(2)
    with left:
        _date(_("From"), "start", _("Transfers that may have run, events and quotes from this day on."))
    with right:
        _date(_("To"), "end", _("… and up to this day."))


def _date(label: str, name: str, help_text: str) -> None:
    st.date_input(
        label,
        key=address.WIDGETS[name],
        min_value=DAYS[0],
        max_value=DAYS[1],
        on_change=address.from_widgets,
        help=help_text,
    )


def _evidence(records: Records) -> None:
    steps = records.labels("evidence")
    st.selectbox(
        _("Evidence at least"),
        range(6),
        format_func=lambda step: f"{step} · {steps[str(step)]}" if step else _("Any"),
        key=address.WIDGETS["evidence"],
        on_change=address.from_widgets,
    )


def _contested() -> None:
    st.selectbox(
        _("Denied or doubted"),
        list(CONTESTED),
        format_func=lambda code: wording.capital(CONTESTED[code]),
        key=address.WIDGETS["contested"],
        on_change=address.from_widgets,
    )


def _law(records: Records) -> None:
    options = law.options(records)
    _multiselect(_("Would breach, if it took place"), "law", list(options), options, _("Any rule or none"))


def headline(records: Records, selection: Selection) -> None:
    """What was ignored of the address, and in one sentence what is shown."""
    if notes := st.session_state.notes:
        st.warning("  \n".join(wording.plain(note) for note in notes), icon=":material/link_off:")
    if STORE.report:
        st.warning(
            _(
                "The newest data files have {count} mistakes and are not shown; this is the last "
                "good state. The server's log names each one."
            ).format(count=len(STORE.report.mistakes)),
            icon=":material/history:",
        )
    html = rendered(records, "sentence.html", (selection.view,), lambda: _sentence(records, selection))
    prose(html, key="sentence", on_pick=pick)


def _sentence(records: Records, selection: Selection) -> dict[str, Any]:
    return {
        "text": view.sentence(selection, records),
        "filtered": selection.view != View(),
        "as_of": selection.view.as_of,
        "undated": _undated(records, selection),
        "period": bool(selection.view.start or selection.view.end),
        "since": known.since(records, selection),
        "query": urlencode(address.filters_only(), doseq=True),
    }


def _undated(records: Records, selection: Selection) -> Part | None:
    """How many transfers in view are dated by their first report, if a period is chosen."""
    if not (selection.view.start or selection.view.end):
        return None
    undated = derive.active(records, selection.states)["dated"].eq(False)
    ids = undated.index[undated]
    return (f"{len(ids):,}", view.rows_ref(selection.view, "transfers", ids=ids)) if len(ids) else None


def rendered(
    records: Records, template: str, key: tuple[Hashable, ...], fill: Callable[[], Mapping[str, Any]]
) -> Markup:
    """A template of ours with its values, made once for all visitors who look at the same.

    Args:
        records: what is shown.
        template: a file of `tumen/html/`.
        key: all that the values depend on, beside the records, the language and the present day.
        fill: the values.
    """
    return records.once((f"html {template}", *key, date.today()), lambda: render(template, **fill()))


def title(question: str, finding: str) -> None:
    """A page's head: the question it answers, the answer for the present view, and how to read it."""
    points = GUIDE.get(st.session_state.get("here", ""), ())
    guide = [(_(sign), _(meaning)) for sign, meaning in points]
    prose(render("title.html", question=question, finding=finding, guide=guide), key="title", on_pick=pick)


def marked(records: Records) -> Marked | None:
    """The record that the address asks to be marked on the charts (`focus=transfer:…`)."""
    return neighbours.marked(records, address.local("focus"))


def marks(found: Marked | None, shown: bool) -> None:
    """Say which record is marked, or that this view does not hold it, and how to let go."""
    if found:
        query = urlencode(address.filters_only(), doseq=True)
        page = st.session_state.here
        values = {"marked": found, "shown": shown, "page": page, "query": f"?{query}" if query else ""}
        prose(render("marked.html", **values), key="marked", on_pick=pick)


def choice(name: str, label: str, options: dict[str, str], default: str) -> str:
    """One of a few ways to look at a page, kept in the address under `name`."""
    now = address.local(name, default)
    st.session_state[f"choice_{name}"] = now if now in options else default
    chosen = st.pills(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=f"choice_{name}",
        on_change=_chosen,
        args=(name, default),
        required=True,
    )
    return str(chosen)


def _chosen(name: str, default: str) -> None:
    value = st.session_state[f"choice_{name}"]
    address.go(**{name: None if value == default else value})


def family_legend(records: Records, selection: Selection, palette: dict[str, Any]) -> list[dict[str, Any]]:
    """The families in view as buttons that filter; those without a transfer are left out."""
    key = ("family legend", selection.view, palette["background"])
    return records.once(key, lambda: _family_legend(records, selection, palette))


def _family_legend(records: Records, selection: Selection, palette: dict[str, Any]) -> list[dict[str, Any]]:
    counts = flows.moved(records, selection)["family"].value_counts()
    chosen = selection.view.weapon_type
    return [
        {
            "label": f"{row.short} {counts[row.id]}",
            "word": row.short,
            "color": palette["families"][row.id],
            "pick": f"family:{row.id}",
            "pressed": row.id in chosen,
            "title": (
                _("{family}: let go of this filter") if row.id in chosen else _("{family}: show only these")
            ).format(family=row.label),
        }
        for row in rows(records["families"])
        if row.id in counts
    ]


def empty(records: Records, selection: Selection, what: str = "transfers") -> None:
    """Say why nothing is shown, and offer the ways out."""
    ways = view.ways_out(records, selection.view)
    st.info(
        _("No {what} match this view. {why_empty}").format(
            what=what, why_empty=wording.why_empty(records, selection)
        ),
        icon=":material/filter_alt_off:",
    )
    with st.container(horizontal=True):
        for words, wider, left in ways:
            st.button(f"{words} ({left})", on_click=address.go, args=(wider,), key=f"way:{words}")
        st.button(_("Reset all filters"), on_click=address.go, args=(View(),), key="way:reset")


def foot(records: Records) -> None:
    """Where the facts come from, under which licence and in which version: on every page."""
    html = rendered(
        records,
        "foot.html",
        (),
        lambda: {
            "version": __version__,
            "fingerprint": records.version,
            "sources": len(records["sources"]),
            "licence": browse.package(records).licence,
        },
    )
    prose(html, key="foot", on_pick=pick)


def mistakes(report: Sequence[object]) -> None:
    """The data cannot be shown at all: name every mistake."""
    st.error(f"The data directory has {len(report)} mistakes and there is no earlier good state to show.")
    st.code("\n".join(str(mistake) for mistake in report), language=None)
