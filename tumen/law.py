"""Law: which rules a transfer would breach, if it took place.

The reading is the editors', one row of `transfer_laws` for each transfer and rule, and only where it
is plain. It says nothing of whether the transfer took place: that is what the assertions are for.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from tumen import dates
from tumen.desk import Desk, Row
from tumen.records import Records
from tumen.speech import N_, _

KINDS: Mapping[str, str] = {
    "un-resolution": N_("Any UN resolution"),
    "export-control": N_("Any export control"),
}
WITHIN: Mapping[str, str] = {  # the same within a sentence, "would breach …"
    "un-resolution": N_("any UN resolution"),
    "export-control": N_("any export control"),
}


def transfers_under(records: Records, laws: Iterable[str]) -> frozenset[str]:
    """Ids of the transfers that would breach one of the laws; a kind of law stands for all of its kind."""
    wanted = _single(records, laws)
    links = records["transfer_laws"]
    return frozenset(links["transfer"][links["law"].isin(wanted)])


def _single(records: Records, laws: Iterable[str]) -> frozenset[str]:
    """The single laws that ids and kinds stand for."""
    chosen, kinds = frozenset(laws), records["laws"]["kind"]
    return frozenset(str(law) for law, kind in kinds.items() if law in chosen or kind in chosen)


def options(records: Records) -> dict[str, str]:
    """What the filter offers: each kind, followed by those of its laws that some transfer would breach."""
    return records.once("laws to choose", lambda: _options(records))


def _options(records: Records) -> dict[str, str]:
    laws, used = records["laws"], {*records["transfer_laws"]["law"].unique()}
    found: dict[str, str] = {}
    for kind, words in KINDS.items():
        found[kind] = _(words)
        found |= {law: records.label("laws", law) for law in laws.index[laws["kind"] == kind] if law in used}
    return found


def label(records: Records, law: str) -> str:
    """A law or kind of law within a sentence ('would breach …'): 'any UN resolution', '2397: …'."""
    return _(WITHIN[law]) if law in WITHIN else records.label("laws", law)


def breaches(desk: Desk, transfer: str) -> list[Row]:
    """The laws that a transfer would breach, in the order of the code table, as its card shows them.

    Turned back, a law stands without the editors' reading, which was written with hindsight, and only
    if it had been adopted by the day of the desk.
    """
    links = desk.rows("transfer_laws", desk.naming("transfer_laws", "transfer", transfer))
    order = desk.records["laws"].index.tolist()
    found = [_breach(desk, link) for link in sorted(links, key=lambda link: order.index(link["law"]))]
    return [breach for breach in found if desk.published(breach["adopted"])]


def _breach(desk: Desk, link: Row) -> Row:
    law = desk.row("laws", link["law"])
    return {
        **law,
        "reason": "" if desk.as_of else link["reason"],
        "caveat": "" if desk.as_of else link["note"],
        "note": "" if desk.as_of else law["note"],
        "in_force": in_force(law["in_force_from"], law["in_force_until"], desk.as_of),
        "cited": desk.rows("sources", desk.public("sources", law["sources"])),
    }


def in_force(start: str, end: str, as_of: date | None = None) -> str:
    """'in force since 22 December 2017', 'in force from 16 January 2016 to 18 October 2023'.

    An end that has not come by the day of a view is not told.
    """
    if end and (as_of is None or dates.parse(end).first <= as_of):
        return _("in force from {day} to {day2}").format(day=dates.words(start), day2=dates.words(end))
    return _("in force since {day}").format(day=dates.words(start))
