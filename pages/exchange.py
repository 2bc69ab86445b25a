"""What did each side give, and what did it get?"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from tumen import captions, climb, exchange, ladder
from tumen.app import address, frame
from tumen.app.chart import chart
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.desk import Desk
from tumen.figures import exchange as drawing
from tumen.speech import _
from tumen.story import story

T = TypeVar("T")
WIDTHS = (340, 620, 980)  # the dots are packed for a width: phone, tablet, desk

records, selection = frame.scene()

if selection.states.empty:
    frame.empty(records, selection)
    st.stop()

as_of = selection.view.as_of
desk = Desk(records, as_of)
found = exchange.table(records, selection)
pairs = {pair.key: pair for pair in exchange.pairs(found)}
first = next(iter(pairs))
pair = pairs.get(address.local("pair"), pairs[first])


def picked(value: str | None) -> None:
    """A click on the head of a pair chooses it; anything else is as on every page."""
    kind, _, name = (value or "").partition(":")
    if kind == "pair":
        address.go(pair=None if name == first else name)
    else:
        pick(value)


def shown(template: str, key: str, fill: Callable[[], dict[str, Any]]) -> None:
    """Put a part of the page on the screen; all parts share desk and colours."""
    all_share = {"desk": desk, "level": 2, "family_colours": colours["families"]}
    on = (selection.view, pair, colours["background"])
    html = frame.rendered(records, template, on, lambda: {**all_share, **fill()})
    prose(html, key=key, on_pick=picked)


def once(what: str, make: Callable[[], T]) -> T:
    """Worked out once for all who look at this pair in this view on this day."""
    return records.once((f"exchange {what}", selection.view, pair, date.today()), make)


def legend(colours: dict[str, object]) -> list[dict[str, object]]:
    """The families of the pair as buttons that filter; the counts stand in the picture."""
    present = {*reports["family"]}
    kept = {f"family:{family}": records.label("families", family) for family in present}
    entries = frame.family_legend(records, selection, colours)
    return [entry | {"label": kept[entry["pick"]]} for entry in entries if entry["pick"] in kept]


def caption() -> captions.Caption:
    """The words around the strip."""
    label = exchange.pair_label(records, pair)
    return captions.caption(
        records,
        selection,
        finding=finding,
        title=_("Transfers by day of first report, {pair_label}").format(pair_label=label),
        reading=captions.READINGS["exchange"],
        on=date.today(),
        told=captions.assertions(records, selection, reports["id"]),
    )


colours = frame.colours()
finding = once("finding", lambda: exchange.headline(records, found, pair, selection.view))
frame.title(_("What did each side give, and what did it get?"), finding)
shown(
    "exchange.html",
    "picture",
    lambda: {
        "picture": exchange.picture(records, found),
        "groups": exchange.GROUPS,
        "chosen": pair.key,
    },
)

if left_out := exchange.unpaired(found):
    st.caption(left_out)
if len(pairs) > 1:
    labels = {key: exchange.pair_label(records, one) for key, one in pairs.items()}
    frame.choice("pair", _("Pair"), labels, default=first)
shown(
    "exchange_sides.html",
    "sides",
    lambda: {"sides": exchange.sides(records, found, pair), "tinted": story(records).tinted},
)
reports = once("reports", lambda: exchange.reports(records, found, pair))
chart(
    lambda colours, width: records.once(
        ("exchange", selection.view, pair, colours["background"], width),
        lambda: drawing.figure(
            reports,
            palette=colours,
            width=width,
            names=exchange.names(records, found, pair),
            as_of=as_of,
            window=story(records).window,
            leads=exchange.leads(found, pair),
        ),
    ),
    WIDTHS,
    key="reports",
    caption=once("caption", caption),
    alt=once("words", lambda: exchange.in_words(records, found, pair)),
    on_pick=picked,
    legend=legend,
)
shown(
    "exchange_ledger.html",
    "ledger",
    lambda: {
        "order": exchange.order(records, found, pair, as_of),
        "apart": exchange.apart,
        "ledger": exchange.ledger(records, found, pair, as_of),
        "names": [records.label("countries", code) for code in (pair.left, pair.right)],
        "not_found": exchange.not_found(records, found, pair, selection.view),
    },
)
shown(
    "exchange_ladder.html",
    "ladder",
    lambda: {
        "climbs": climb.climbs(records, found, selection.view),
        "rungs": ladder.RUNGS,
        "rules": ladder.RULES,
        "apart": exchange.apart,
    },
)
