"""The derivation and the selection a second time: slow, plain, and sharing no code with `tumen`.

It reads rows of text as they stand in the CSV files and walks over all of them for every question.
Where this and `tumen` disagree, one of the two has misread the rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

Row = Mapping[str, str]
Tables = Mapping[str, list[dict[str, str]]]
Known = Mapping[str, Mapping[str, object]]

FOREVER = date(2099, 12, 31)


@cache
def first_day(text: str) -> date:
    return date.fromisoformat((text + "-01-01")[:10])


@cache
def last_day(text: str) -> date:
    """Walk on for as long as the next day is still written with the same beginning."""
    day = first_day(text)
    while (day + timedelta(days=1)).isoformat().startswith(text):
        day += timedelta(days=1)
    return day


def public(row: Row, as_of: date | None) -> bool:
    return as_of is None or last_day(row["date"]) <= as_of


def claims_it(row: Row) -> bool:
    return row["stance"] == "asserts" or row["stance"] == "confirms"


def disputes_it(row: Row) -> bool:
    return row["stance"] == "denies" or row["stance"] == "doubts"


def step(row: Row) -> int:
    return int(row["evidence"] or 0)


def said(tables: Tables, as_of: date | None) -> dict[str, list[Row]]:
    """Transfer → what was public about it, in the order in which it became so."""
    found: dict[str, list[Row]] = {row["id"]: [] for row in tables["transfers"]}
    for row in tables["assertions"]:
        if public(row, as_of):
            found[row["transfer"]].append(row)
    return {name: sorted(rows, key=lambda r: (last_day(r["date"]), r["id"])) for name, rows in found.items()}


def different(values: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return tuple(kept)


def state(tables: Tables, transfer: Row, told: list[Row]) -> dict[str, object] | None:
    """Everything derived for one transfer from what was said of it; None if nobody has asserted it."""
    claims = [row for row in told if claims_it(row)]
    denials = [row for row in told if disputes_it(row)]
    if not claims:
        return None
    best = max(step(row) for row in claims)
    bringers = [row for row in claims if step(row) == best]
    return {
        "first_reported": last_day(claims[0]["date"]),
        "last_reported": last_day(claims[-1]["date"]),
        "first_assertion": claims[0]["id"],
        "claims": len(claims),
        "publications": len({row["source"] for row in claims}),
        "origins": len({row["origin"] for row in claims}),
        "claimants": different(row["by_country"] for row in claims),
        "evidence": best,
        "evidence_assertion": bringers[0]["id"],
        "evidence_date": last_day(bringers[0]["date"]),
        "reliability": min(letter(tables, row["source"]) for row in bringers),
        "denials": len(denials),
        "silences": len([row for row in told if row["stance"] == "declines-to-comment"]),
        "contested": len(denials) > 0,
        "deniers": different(row["by_country"] for row in denials),
        "reaches": different(row["reach"] for row in denials),
        "denied_by_sender": denied_by(transfer["origin"], denials),
        "denied_by_receiver": denied_by(transfer["destination"], denials),
        "lapsed": any(overtaken(row, claims) for row in denials),
        "credibility": grade(transfer, claims, denials),
    }


def denied_by(country: str, denials: list[Row]) -> bool:
    return any(row["stance"] == "denies" and row["by_country"] == country for row in denials)


def overtaken(denial: Row, claims: list[Row]) -> bool:
    own = [row for row in claims if row["by_country"] == denial["by_country"]]
    return denial["stance"] == "denies" and any(last_day(r["date"]) > last_day(denial["date"]) for r in own)


def letter(tables: Tables, source: str) -> str:
    return next(row["reliability"] for row in tables["sources"] if row["id"] == source)


def grade(transfer: Row, claims: list[Row], denials: list[Row]) -> int:
    """RULES['credibility'], read sentence by sentence, the exceptions first."""
    best = max(step(row) for row in claims)
    origins = len({row["origin"] for row in claims})
    found = any(step(row) == 5 for row in claims)
    showing = len({row["origin"] for row in claims if step(row) >= 4})
    parties = {transfer["origin"], transfer["destination"]}
    claiming = {row["origin"] for row in claims}
    outside = [
        row
        for row in denials
        if row["by_country"] not in parties and row["reach"] == "whole" and row["origin"] not in claiming
    ]
    if any(step(row) >= 3 for row in outside) and best <= 2:
        return 5
    if outside and best <= 3:
        return 4
    if origins >= 2 and (found or showing >= 2):
        return 1
    if origins >= 2 and best >= 3:
        return 2
    if best >= 2 or origins >= 2:
        return 3
    return 6


def states(tables: Tables, as_of: date | None) -> dict[str, dict[str, object]]:
    told = said(tables, as_of)
    found = {row["id"]: state(tables, row, told[row["id"]]) for row in tables["transfers"]}
    return {transfer: known for transfer, known in sorted(found.items()) if known is not None}


def spreads(
    tables: Tables, as_of: date | None
) -> dict[tuple[str, ...], tuple[float, float, int, int, frozenset[str]]]:
    """(transfer, measure, unit, rate, scope, period) → least, most, figures, origins, assertions."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in tables["assertions"]:
        enters = claims_it(row) or (disputes_it(row) and row["reach"] == "amount")
        if (row["low"] or row["high"]) and enters and public(row, as_of):
            key = tuple(row[c] for c in ("transfer", "measure", "unit", "rate", "scope"))
            groups.setdefault((*key, stretch(row)), []).append(row)
    found = {}
    for key, rows in groups.items():
        ends = [float(row[end]) for row in rows for end in ("low", "high") if row[end]]
        ids = frozenset(row["id"] for row in rows)
        found[key] = (min(ends), max(ends), len(rows), len({row["origin"] for row in rows}), ids)
    return found


def stretch(row: Row) -> str:
    """A running total is compared whatever time it covers; everything else only within one period."""
    return "" if row["rate"] == "total" and row["measure"] not in ("share", "change") else row["period"]


# --- selection -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A filter in plain values, named as in the address."""

    country: tuple[str, ...] = ()
    role: str = "subject"
    weapon_type: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    evidence: int = 0
    contested: str = ""
    as_of: date | None = None
    law: tuple[str, ...] = ()


def transfers(tables: Tables, wanted: Wanted) -> set[str]:
    known, fitting = public_and_fitting(tables, wanted)
    return {
        row["id"]
        for row in tables["transfers"]
        if row["id"] in fitting and runs(row, known[row["id"]], wanted)
    }


def public_and_fitting(tables: Tables, wanted: Wanted) -> tuple[Known, set[str]]:
    """The states of all transfers reported by the day, and those that pass every filter but the period."""
    known = states(tables, wanted.as_of)
    told = said(tables, wanted.as_of)
    rows = [row for row in tables["transfers"] if row["id"] in known]
    return known, {row["id"] for row in rows if fits(tables, row, known[row["id"]], told[row["id"]], wanted)}


def fits(tables: Tables, row: Row, state: Mapping[str, object], told: list[Row], wanted: Wanted) -> bool:
    if wanted.weapon_type and not of_type(tables, row["weapon_type"], wanted):
        return False
    if wanted.country and not plays(row, told, wanted):
        return False
    if state["evidence"] < wanted.evidence:  # type: ignore[operator]
        return False
    if wanted.law and not any(breaches(tables, row, law) for law in wanted.law):
        return False
    disputes = {
        "": True,
        "yes": state["contested"],
        "no": not state["contested"],
        "sender": state["denied_by_sender"],
        "receiver": state["denied_by_receiver"],
        "silent": state["silences"] > 0 and not state["contested"],
        "lapsed": state["lapsed"],
    }
    return bool(disputes[wanted.contested])


def breaches(tables: Tables, row: Row, law: str) -> bool:
    """Whether a transfer would breach a law, or any law of a kind."""
    kinds = {each["id"]: each["kind"] for each in tables["laws"]}
    links = [link["law"] for link in tables["transfer_laws"] if link["transfer"] == row["id"]]
    return any(law in (link, kinds[link]) for link in links)


def of_type(tables: Tables, weapon_type: str, wanted: Wanted) -> bool:
    for row in tables["weapon_types"]:
        if row["id"] == weapon_type:
            return row["id"] in wanted.weapon_type or row["family"] in wanted.weapon_type
    return False


def plays(row: Row, told: list[Row], wanted: Wanted) -> bool:
    sends, receives = row["origin"] in wanted.country, row["destination"] in wanted.country
    if wanted.role == "origin":
        return sends
    if wanted.role == "destination":
        return receives
    if wanted.role == "between":
        return sends and receives
    if wanted.role == "subject":
        return sends or receives
    theirs = [r for r in told if r["by_country"] in wanted.country]
    return any(claims_it(r) if wanted.role == "claimant" else disputes_it(r) for r in theirs)


def runs(row: Row, state: Mapping[str, object], wanted: Wanted) -> bool:
    """Whether the transfer may have run in the period, a report standing in for a start that is not known."""
    reported: date = state["first_reported"]  # type: ignore[assignment]
    begin = first_day(row["start"]) if row["start"] else reported
    if row["end"]:
        finish = last_day(row["end"])
        begin = begin if row["start"] else min(begin, first_day(row["end"]))
    elif row["status"] in ("ongoing", "partly-delivered"):
        finish = FOREVER
    else:
        finish = last_day(row["start"]) if row["start"] else reported
    return overlaps(begin, finish, wanted)


def overlaps(begin: date, finish: date, wanted: Wanted) -> bool:
    return not (wanted.end and begin > wanted.end) and not (wanted.start and finish < wanted.start)


def events(tables: Tables, wanted: Wanted) -> set[str]:
    known, fitting = public_and_fitting(tables, wanted)
    return {row["id"] for row in tables["events"] if shown_event(tables, row, known, fitting, wanted)}


def shown_event(tables: Tables, row: Row, known: Known, fitting: set[str], wanted: Wanted) -> bool:
    """An event counts once it is reported, but not before it begins, even if it was announced."""
    begin, finish = first_day(row["date"]), last_day(row["end"] or row["date"])
    known_from = max(begin, last_day(row["first_reported"] or row["date"]))
    if (wanted.as_of and known_from > wanted.as_of) or not overlaps(begin, finish, wanted):
        return False
    own = not wanted.weapon_type or any(of_type(tables, t, wanted) for t in row["weapon_types"].split(";"))
    return bears(row, known, fitting, wanted, own)


def quotes(tables: Tables, wanted: Wanted) -> set[str]:
    known, fitting = public_and_fitting(tables, wanted)
    return {row["id"] for row in tables["quotes"] if shown_quote(row, known, fitting, wanted)}


def shown_quote(row: Row, known: Known, fitting: set[str], wanted: Wanted) -> bool:
    """A quote has no weapon type of its own."""
    begin, finish = first_day(row["date"]), last_day(row["date"])
    if (wanted.as_of and finish > wanted.as_of) or not overlaps(begin, finish, wanted):
        return False
    return bears(row, known, fitting, wanted, own=not wanted.weapon_type)


def bears(row: Row, known: Known, fitting: set[str], wanted: Wanted, own: bool) -> bool:
    """Bears on a transfer that fits; or on none reported by then, and is of its own type and country."""
    about = [transfer for transfer in row["about_transfers"].split(";") if transfer in known]
    if about or wanted.evidence or wanted.contested or wanted.law:
        return any(transfer in fitting for transfer in about)
    return own and concerns(row, wanted)


def concerns(row: Row, wanted: Wanted) -> bool:
    """Whether a chosen country (of several 'between' each other: two of them) is involved."""
    if not wanted.country:
        return True
    if wanted.role in ("claimant", "denier"):
        return False
    involved = set(wanted.country) & set(row["countries"].split(";"))
    return len(involved) >= (2 if wanted.role == "between" and len(wanted.country) > 1 else 1)
