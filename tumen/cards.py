"""The card of a record: everything known of it, the same wherever it opens.

A card is made for a day. Turned back, it holds nothing that was not public by then: no later
assertion, event or quote, and none of the editors' words (status, summary, notes), which were
written with hindsight.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import groupby
from types import SimpleNamespace
from typing import Any, cast

from markupsafe import Markup
from rapidfuzz import process

from tumen import cite, dates, derive, forecasts, ladder, law, wording
from tumen.derive import RULES, Spread
from tumen.desk import (
    KINDS,
    TABLES,
    Desk,
    Row,
    courses,
    exists,
    flow_parts,
    flow_transfers,
    split,
    title,
)
from tumen.records import CLAIMS, DENIALS, Records
from tumen.speech import _
from tumen.templates import render
from tumen.view import View, listed, rows_ref

__all__ = ["KINDS", "assertions", "card", "disputes", "exists", "nearest", "split", "suggestions", "title"]

MOST_CLAIMS = 12  # claims shown at once; the others fold away by month
NEAR = 70  # how alike, of 100, a reference must be to be offered for a wrong one
LONG_TABLE = 10_000  # rows from which a wrong reference is compared with the ids around it alone
MOST_GROUPS = 5  # groups of figures shown at once
SAID_ELSEWHERE = ("relay",)  # warnings that the card says in its own words ('read through …')


def card(
    records: Records,
    kind: str,
    record: str,
    as_of: date | None = None,
    *,
    level: int = 2,
    today: date | None = None,
    shown: frozenset[str] | None = None,
) -> Markup:
    """The card of a record as HTML.

    Args:
        records: the records.
        kind: one of KINDS.
        record: its id ('PRK>RUS:missiles' for a flow).
        as_of: show only what was public by this day; None for all.
        level: the rank of the card's heading on its page (1 or 2).
        today: the day of access in the citation.
        shown: ids of the transfers in view, where filters are set: a flow's card tells them from the others.

    Raises:
        LookupError: if there is no such record.
    """
    reference = f"{kind}:{record}"
    if not exists(records, reference):
        raise LookupError(f"there is no record '{reference}'; nearest: {nearest(records, reference)}")
    desk = Desk(records, as_of, shown)
    values = WRITERS[kind](desk, record)
    address = desk.url(kind, record)
    cited = cite.items.of_record(records, kind, record, today or date.today(), cite.HERE + address, as_of)
    return render(
        f"card_{kind}.html",
        desk=desk,
        kind=kind,
        id=record,
        title=title(records, reference),
        level=level,
        address=address,
        citations=cite.forms(cited),
        formats=cite.FORMATS,
        corrections=_corrections(desk, kind, record),
        listing=lambda table, q: rows_ref(View(as_of=as_of), table, q),
        **values,
    )


def nearest(records: Records, reference: str, most: int = 5) -> list[str]:
    """The references that come closest to a wrong one, by id or by name, best first.

    In a table of very many rows only the ids that stand near it in the alphabet are looked at.
    """
    names = records.once("references", lambda: _references(records)) | _neighbours(records, reference)
    near = process.extract(reference[:120], names, limit=most * 3, score_cutoff=NEAR)
    return list(dict.fromkeys(key.removesuffix("|name") for _, _, key in near))[:most]


def suggestions(records: Records, wanted: str, as_of: date | None = None) -> Markup:
    """What to show for a reference that names no record: the nearest ones as links."""
    near = [(*split(reference), title(records, reference)) for reference in nearest(records, wanted)]
    return render(
        "nearest.html",
        desk=Desk(records, as_of),
        wanted=wanted[:120],
        near=[{"kind": kind, "id": record, "title": name} for kind, record, name in near],
        level=2,
    )


def _references(records: Records) -> dict[str, str]:
    """All ids and names, but for those of tables with very many rows."""
    found: dict[str, str] = {}
    for kind, table in TABLES.items():
        for record in () if _is_long(records, table) else records[table].index:
            reference = f"{kind}:{record}"
            found |= {reference: reference, f"{reference}|name": title(records, reference)}
    return found


def _neighbours(records: Records, reference: str) -> dict[str, str]:
    """The ids of long tables that stand next to a wrong one in the alphabet."""
    kind, record = split(reference)
    asked = {kind: record} if kind in TABLES else dict.fromkeys(TABLES, reference)
    long = {one: wanted for one, wanted in asked.items() if _is_long(records, TABLES[one])}
    found = (
        f"{one}:{near}" for one, text in long.items() for near in records.ids(TABLES[one]).around(text, 50)
    )
    return {near: near for near in found}


def _is_long(records: Records, table: str) -> bool:
    return len(records[table]) > LONG_TABLE


# --- transfer ------------------------------------------------------------------------------------


def _transfer(desk: Desk, record: str) -> Row:
    row = desk.row("transfers", record)
    said = assertions(desk, desk.naming("assertions", "transfer", record))
    claims = [a for a in said if a["stance"] in CLAIMS]
    answers = [a for a in said if a["stance"] not in CLAIMS]
    grade = desk.grade(record)
    spreads = derive.spreads(desk.records, desk.as_of).get(record, [])
    shown, folded = _folded(desk, claims, grade, spreads)
    return {
        "row": row,
        "grade": grade and {**grade, **_reasons(desk, grade)},
        "first": _by_id(claims, grade["first_assertion"] if grade else ""),
        "best": _by_id(claims, grade["evidence_assertion"] if grade else ""),
        "disputes": disputes(desk, answers),
        "claims": claims,
        "shown": shown,
        "folded": folded,
        "answers": answers,
        "spreads": [_spread(desk, spread, claims) for spread in spreads],
        "most_groups": MOST_GROUPS,
        "steps": _steps(desk, claims),
        "period": _period(desk, row),
        "breaches": law.breaches(desk, record),
        "route": _route_of(desk, row["route"]),
        "parent": desk.public("transfers", [row["parent"]] if row["parent"] else []),
        "children": summaries(desk, desk.naming("transfers", "parent", record)),
        "events": _events(desk, desk.naming("events", "about_transfers", record)),
        "quotes": quotes(desk, desk.naming("quotes", "about_transfers", record)),
        "not_found": _not_found(desk, record),
    }


def assertions(desk: Desk, ids: Iterable[str]) -> list[Row]:
    """Assertions with all that a card says of them, in the order given."""
    rows = desk.rows("assertions", ids)
    sources = desk.rows("sources", (row["source"] for row in rows))
    return [_assertion(desk, row, source) for row, source in zip(rows, sources, strict=True)]


def _assertion(desk: Desk, fields: Row, source: Row) -> Row:
    records = desk.records
    measured = cast(Any, SimpleNamespace(**fields))  # a row names what it measures in the words of a Spread
    return {
        **fields,
        "figure": wording.figure(fields, records),
        "what": wording.measured(measured, records) if fields["measure"] else "",
        "step": _step(fields["evidence"]),
        "cited": source,
        "warnings": [w for w in derive.warnings(records, fields) if w not in SAID_ELSEWHERE],
    }


def _step(evidence: Any) -> int:
    """The evidence step, 0 where a denial brings none."""
    return 0 if evidence is None or evidence != evidence or str(evidence) == "<NA>" else int(evidence)


def _by_id(claims: list[Row], wanted: str) -> Row | None:
    return next((a for a in claims if a["id"] == wanted), None)


def _reasons(desk: Desk, grade: Row) -> Row:
    """The two-character code with its meaning, and why it stands here."""
    letter, number = grade["reliability"], grade["credibility"]
    return {
        "code": f"{letter}{number}",
        "letter_words": desk.label("reliability", letter),
        "letter_rule": desk.meaning("reliability", letter, "rule"),
        "number_words": desk.label("credibility", number),
        "number_rule": rule(int(number)),
    }


def rule(number: int) -> str:
    """The rule of one credibility number, out of derive.RULES."""
    found = re.search(rf"(?:^|\s){number} [a-z ]+: (.*?)(?=\s\d [a-z ]+: |$)", RULES["credibility"])
    return found[1] if found else ""


def _not_found(desk: Desk, transfer: str) -> list[Row]:
    """What was looked for and not found; an editors' word of today."""
    return [] if desk.as_of else desk.rows("not_found", desk.naming("not_found", "transfers", transfer))


def disputes(desk: Desk, answers: list[Row]) -> list[Row]:
    """Who denies or doubts, and how far it goes: one line for each country."""
    found: dict[str, dict[str, list[str]]] = {}
    for answer in answers:
        if answer["stance"] in DENIALS:
            verbs = found.setdefault(answer["by_country"], {}).setdefault(answer["reach"], [])
            verbs.append(desk.meaning("stances", answer["stance"], "verb"))
    return [{"country": country, "words": _dispute(desk, own)} for country, own in found.items()]


def _dispute(desk: Desk, own: Mapping[str, list[str]]) -> str:
    """'denies the agreement and the whole transfer, and doubts a part'."""
    reaches: dict[str, list[str]] = {}
    for reach, verbs in own.items():
        how = listed(sorted(set(verbs)))
        reaches.setdefault(how, []).append(desk.label("reaches", reach).lower())
    return ", and ".join(f"{how} {listed(what)}" for how, what in reaches.items())


def _folded(
    desk: Desk, claims: list[Row], grade: Row | None, spreads: list[Spread]
) -> tuple[list[Row], list[Row]]:
    """The claims to show at once, and the others by month."""
    if grade is None or len(claims) <= MOST_CLAIMS + 2:
        return claims, []
    telling = _telling(desk, claims, grade, spreads)
    rest = [a for a in claims if a["id"] not in telling]
    months = groupby(rest, key=lambda a: str(a["date"])[:7])
    by_month = [{"month": month, "claims": list(own)} for month, own in months]
    return [a for a in claims if a["id"] in telling], by_month


def _telling(desk: Desk, claims: list[Row], grade: Row, spreads: list[Spread]) -> frozenset[str]:
    """First report, best evidence, latest, the first on each step, ends of the figures; then the best."""
    must = [grade["first_assertion"], grade["evidence_assertion"], claims[-1]["id"]]
    must += [step["claim"]["id"] for step in _steps(desk, claims) if step["claim"]]
    for spread in spreads[:2]:
        own = [a for a in claims if a["id"] in spread.assertions]
        for end in (spread.low, spread.high):
            must += [a["id"] for a in own if end in _ends(a)][:1]
    best = sorted(claims, key=lambda a: -a["step"])
    ordered = dict.fromkeys([*must, *(a["id"] for a in best)])
    return frozenset(list(ordered)[:MOST_CLAIMS])


def _ends(assertion: Row) -> list[float]:
    """The numbers of a figure: one, two or none."""
    return [float(v) for v in (assertion["low"], assertion["high"]) if str(v) not in ("<NA>", "nan", "None")]


def _steps(desk: Desk, claims: list[Row]) -> list[Row]:
    """Each evidence step, the highest first, with the claim that first stood on it."""
    return [
        {"step": step, "label": desk.label("evidence", step), "claim": claim}
        for step, claim in ladder.steps(claims).items()
    ]


def _spread(desk: Desk, spread: Spread, claims: list[Row]) -> Row:
    """A group of comparable figures, each with its place on a line from zero to the highest."""
    own = [a for a in claims if a["id"] in spread.assertions]
    return {
        "words": wording.spread(spread, desk.records),
        "what": wording.measured(spread, desk.records),
        "high": spread.high,
        "capacity": spread.measure == "capacity",
        "figures": spread.figures,
        "origins": spread.origins,
        "ids": "|".join(spread.assertions),
        "claims": own,
        "marks": _marks(spread, own) if spread.high > spread.low and spread.low >= 0 else [],
    }


def _marks(spread: Spread, claims: list[Row]) -> list[Row]:
    """Where each figure begins and ends, in per cent of the highest one."""
    spans = [(min(ends), max(ends)) for ends in map(_ends, claims) if ends]
    scale = 100 / spread.high
    return [{"left": round(a * scale, 2), "width": round((b - a) * scale, 2)} for a, b in spans]


def _period(desk: Desk, row: Row) -> str:
    """When the transfer ran, without the ends that lie after the day of the desk."""
    start, end = (row[c] if row[c] and _begun(desk, row[c]) else "" for c in ("start", "end"))
    if start and end:
        return dates.interval_words(start, end)
    if start:
        runs_on = row["status"] in derive.OPEN_ENDED or desk.as_of
        return _("from {day}").format(day=dates.words(start)) if runs_on else dates.words(start)
    return _("until {day}").format(day=dates.words(end)) if end else ""


def _begun(desk: Desk, text: str) -> bool:
    return desk.as_of is None or dates.parse(text).first <= desk.as_of


# --- lists that several cards share --------------------------------------------------------------


def summaries(desk: Desk, ids: Iterable[str]) -> list[Row]:
    """Transfers in one line each, the best evidenced first."""
    found = [{**row, "grade": desk.grade(row["id"])} for row in desk.rows("transfers", ids)]
    return sorted(found, key=lambda t: (-(t["grade"]["evidence"] if t["grade"] else 0), t["item"]))


def _events(desk: Desk, ids: Iterable[str]) -> list[Row]:
    return sorted(desk.rows("events", ids), key=lambda e: (e["first"], e["id"]))


def quotes(desk: Desk, ids: Iterable[str]) -> list[Row]:
    """Quotes with the name of the speaker, oldest first."""
    return sorted(
        (
            {**q, "speaker": desk.label("speakers", q["speaker_id"]), "told": forecasts.told(desk, q)}
            for q in desk.rows("quotes", ids)
        ),
        key=lambda q: (q["known"], q["id"]),
    )


def _legs(desk: Desk, route: str) -> list[Row]:
    legs = courses(desk.records)
    own = legs[legs["route"] == route].sort_values("seq").to_dict("records")
    return [{str(name): value for name, value in leg.items()} for leg in own]


def _route_of(desk: Desk, route: str) -> Row | None:
    """The route of a transfer with its legs, if it was known by the day of the desk."""
    if not route or not desk.is_public("routes", route):
        return None
    return {**desk.row("routes", route), "legs": _legs(desk, route)}


def _corrections(desk: Desk, kind: str, record: str) -> list[Row]:
    """What was corrected in the record or its assertions; written with hindsight, so only for today."""
    if desk.as_of or kind not in TABLES:
        return []
    by_record = desk.records.once("corrections by record", lambda: _corrected(desk.records))
    return by_record.get((TABLES[kind], record), [])


def _corrected(records: Records) -> dict[tuple[str, str], list[Row]]:
    """Corrections by table and id; those of an assertion stand with it and with its transfer."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in records["corrections"].to_dict("records"):
        table, record = str(row["table"]), str(row["id"])
        keys = [(table, record)]
        if table == "assertions":
            keys.append(("transfers", _transfer_of(records, record)))
        for key in keys:
            found.setdefault(key, []).append({str(name): value for name, value in row.items()})
    return found


def _transfer_of(records: Records, assertion: str) -> str:
    """The transfer of an assertion; of one that is no more in the data, its own id."""
    if not records.has("assertions", assertion):
        return assertion
    return str(Desk(records).cell("assertions", assertion, "transfer"))


# --- the other kinds -----------------------------------------------------------------------------


def _event(desk: Desk, record: str) -> Row:
    row = desk.row("events", record)
    return {
        "row": row,
        "public": desk.is_public("events", record),
        "transfers": summaries(desk, desk.public("transfers", row["about_transfers"])),
        "quotes": quotes(desk, desk.naming("quotes", "about_events", record)),
        "sources": desk.rows("sources", desk.public("sources", row["sources"])),
    }


def _place(desk: Desk, record: str) -> Row:
    parts = {
        "origin_place": _("leaves from here"),
        "destination_place": _("arrives here"),
        "via": _("passes through"),
    }
    transfers = [
        {**transfer, "part": part}
        for column, part in parts.items()
        for transfer in summaries(desk, desk.naming("transfers", column, record))
    ]
    return {
        "row": desk.row("places", record),
        "transfers": transfers,
        "routes": desk.rows("routes", desk.naming("routes", "stops", record)),
        "events": _events(desk, desk.naming("events", "place", record)),
    }


def _quote(desk: Desk, record: str) -> Row:
    row = desk.row("quotes", record)
    other = [q for q in desk.naming("quotes", "speaker_id", row["speaker_id"]) if q != record]
    return {
        "row": row,
        "public": desk.is_public("quotes", record),
        "speaker": desk.row("speakers", row["speaker_id"]),
        "told": forecasts.told(desk, row),
        "verdict": forecasts.verdict(desk, row),
        "source": desk.row("sources", row["source"]),
        "also": desk.rows("sources", desk.public("sources", row["also_sources"])),
        "outcome_sources": desk.rows("sources", desk.public("sources", row["outcome_sources"])),
        "transfers": summaries(desk, desk.public("transfers", row["about_transfers"])),
        "events": _events(desk, desk.public("events", row["about_events"])),
        "other": quotes(desk, other),
    }


def _source(desk: Desk, record: str) -> Row:
    said = assertions(desk, desk.naming("assertions", "source", record))
    by_transfer = groupby(sorted(said, key=lambda a: str(a["transfer"])), key=lambda a: a["transfer"])
    columns = ("source", "also_sources", "outcome_sources")
    spoken = dict.fromkeys(q for column in columns for q in desk.naming("quotes", column, record))
    return {
        "row": desk.row("sources", record),
        "public": desk.is_public("sources", record),
        "source_citations": cite.forms(cite.items.of_source(desk.records, record)),
        "count": len(said),
        "said": [{"transfer": t, "assertions": list(own)} for t, own in by_transfer],
        "events": _events(desk, desk.naming("events", "sources", record)),
        "quotes": quotes(desk, spoken),
        "routes": desk.rows("routes", desk.naming("routes", "sources", record)),
    }


def _route(desk: Desk, record: str) -> Row:
    row = desk.row("routes", record)
    legs = _legs(desk, record)
    return {
        "row": row,
        "public": desk.is_public("routes", record),
        "legs": legs,
        "km": sum(leg["km"] for leg in legs),
        "transfers": summaries(desk, desk.naming("transfers", "route", record)),
        "sources": desk.rows("sources", desk.public("sources", row["sources"])),
    }


def _flow(desk: Desk, record: str) -> Row:
    origin, destination, family = flow_parts(record)
    back = f"{destination}>{origin}"
    return {
        "origin": origin,
        "destination": destination,
        "family": family,
        **_in_view(desk, summaries(desk, desk.public("transfers", flow_transfers(desk.records, record)))),
        "whole": f"{origin}>{destination}" if family else "",
        "back": back if desk.public("transfers", flow_transfers(desk.records, back)) else "",
    }


def _in_view(desk: Desk, listed: list[Row]) -> Row:
    """The transfers of a flow that the filters leave, and the others; None for those where none is set."""
    if desk.shown is None:
        return {"transfers": listed, "others": None}
    kept = [row for row in listed if row["id"] in desk.shown]
    return {"transfers": kept, "others": [row for row in listed if row not in kept]}


def _one_assertion(desk: Desk, record: str) -> Row:
    said = assertions(desk, [record])[0]
    return {
        "said": said,
        "public": desk.is_public("assertions", record),
        "warnings": derive.warnings(desk.records, said),
        "origin": desk.row("origins", said["origin"]),
        "transfers": summaries(desk, desk.public("transfers", [said["transfer"]])),
    }


WRITERS: Mapping[str, Callable[[Desk, str], Row]] = {
    "transfer": _transfer,
    "event": _event,
    "place": _place,
    "quote": _quote,
    "source": _source,
    "route": _route,
    "flow": _flow,
    "assertion": _one_assertion,
}
