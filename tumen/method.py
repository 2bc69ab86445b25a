"""What the Method page says, section by section: rules, an example, gaps, the dictionary, citing.

Whatever is written elsewhere (rules in `derive` and `ladder`, borders in `geography`, tables and columns
in the descriptor, codes in their tables) is taken from there, so the page cannot differ from what runs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from tumen import __version__, bias, browse, cards, cite, derive, geography, ladder, versions, view, wording
from tumen.derive import RULES
from tumen.descriptor import Column, Table
from tumen.desk import Desk, Row
from tumen.records import Records
from tumen.speech import N_, Texts, _
from tumen.story import story
from tumen.view import Selection, View

MOST = 12  # voices shown at once; the others fold away

SECTIONS = Texts(
    {
        "bias": N_("Who speaks"),
        "grades": N_("How a grade is made"),
        "scope": N_("What is recorded"),
        "gaps": N_("Looked for, not found"),
        "dictionary": N_("Data dictionary"),
        "corrections": N_("Corrections"),
        "citing": N_("Versions, citing, licences"),
        "all": N_("All on one page"),
    }
)
DEFAULT = "bias"


def shown(section: str) -> list[str]:
    """The sections that a choice shows."""
    every = [name for name in SECTIONS if name != "all"]
    return every if section == "all" else [section]


def content(section: str, records: Records, selection: Selection, today: date) -> Row:
    """What the template of a section needs."""
    desk = Desk(records, selection.view.as_of)
    write: Callable[[Desk, Selection], Row] = WRITERS[section]
    return {"desk": desk, "today": today, "level": 2, "section": section, **write(desk, selection)}


def rows_ref(chosen: View, table: str, q: str = "", sort: str = "") -> str:
    """Page and query that list the rows of a table in a view: 'records?table=…'."""
    return view.rows_ref(chosen, table, q, sort).removeprefix("page:")


# --- who speaks ----------------------------------------------------------------------------------


def _bias(desk: Desk, selection: Selection) -> Row:
    found = bias.bias(desk.records, selection)
    chosen = selection.view

    def rows(table: str, q: str = "", sort: str = "") -> str:
        return rows_ref(chosen, table, q, sort)

    def of_family(family: str, evidence: int) -> str:
        types = chosen.weapon_type or (family,)
        return rows_ref(replace(chosen, weapon_type=types, evidence=evidence), "transfers")

    return {
        "found": found,
        "most": MOST,
        "rows_ref": rows,
        "of_family": of_family,
        "busiest": _busiest(found),
        "months": _month_table(found),
        "undrawn": f"date<{found.months[0]}" if found.months else "",
        "in_window": "known>={} known<={}".format(*story(desk.records).window),
        "states": f"actor_kind={'|'.join(bias.STATE)}",
        "others": len(found.countries) - len([band for band in found.bands if band.voice.code]),
        "stances": [(stance, desk.label("stances", stance)) for stance in bias.STANCES],
        "story": story(desk.records),
        "shown_step": bias.SHOWN,
    }


def band_searches(found: bias.Bias) -> dict[str, str]:
    """Band of the chart ('' for the others together) → the search for what it says."""
    alone = [band.voice.code for band in found.bands if band.voice.code]
    own = {code: f"by_country={code}" for code in alone}
    return own | {"": f"by_country!={'|'.join(alone)}"}


def _month_table(found: bias.Bias) -> list[Row]:
    """The chart as a table: for each month what each band says in all, and the searches that find it."""
    searches = band_searches(found)
    by = [searches[band.voice.code] for band in found.bands]
    return [
        {
            "month": month,
            "counts": counts,
            "total": sum(counts),
            "all": (days := bias.month_search(month)),
            "spoken": [f"{who} {days}" for who in by],
        }
        for month in found.months
        for counts in [[sum(band.months.get(month, ())) for band in found.bands]]
    ]


def _busiest(found: bias.Bias) -> Row | None:
    """The month in which most was said."""
    return max(_month_table(found), key=lambda row: row["total"], default=None)


# --- how a grade is made -------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """A day on which the code of the example changed, with what was said on that day."""

    day: date
    code: str
    evidence: int
    origins: int
    why: str  # the rule of its number, if that is new
    remark: str
    ids: tuple[str, ...]


def _grades(desk: Desk, selection: Selection) -> Row:
    records = desk.records
    chosen = story(records).example
    stages = example(records, chosen, desk.as_of) if chosen in records["transfers"].index else []
    words = {**ladder.RUNGS, "began": _("Began"), "median": _("Median")}
    return {
        "evidence": _table(records, "evidence")[::-1],
        "reliability": _table(records, "reliability"),
        "publishers": _grouped(_table(records, "reliability_rules"), "reliability"),
        "relays": _table(records, "relay_rules"),
        "credibility": [{**row, **rule} for row, rule in zip(
            _table(records, "credibility"), credibility_rules(), strict=True
        )],
        "rules": {name: _(text) for name, text in RULES.items() if name != "credibility"},
        "ladder": {words.get(name, name): rule for name, rule in ladder.RULES.items()},
        "likelihood": _table(records, "likelihood"),
        "confidence": _table(records, "confidence"),
        "example": chosen,
        "stages": [{"stage": stage, "said": cards.assertions(desk, stage.ids)} for stage in stages],
    }  # fmt: skip


NUMBERED = re.compile(r"(?:^|(?<=\. ))([1-6]) ([a-z ]+): (.*?)(?= ?[1-6] [a-z ]+: |$)")


def credibility_rules() -> list[Row]:
    """The rule of credibility cut into its six numbers: number, words, rule. Nothing is left out."""
    return [
        {"number": number, "words": words, "rule": rule.strip()}
        for number, words, rule in NUMBERED.findall(RULES["credibility"])
    ]


def example(records: Records, transfer: str, as_of: date | None = None) -> list[Stage]:
    """How the code of one transfer came about: a stage for each day on which it changed."""
    own = records["assertions"]
    own = own[own["transfer"] == transfer]
    alone = Records({**records.tables, "assertions": own})  # the same rules, for this transfer only
    days = [stamp.date() for stamp in derive.known(alone, as_of)["known"].drop_duplicates()]
    return list(_stages(alone, transfer, days))


def _stages(alone: Records, transfer: str, days: Iterable[date]) -> Iterator[Stage]:
    rules = {rule["number"]: rule["rule"] for rule in credibility_rules()}
    before: str = ""
    for day in days:
        states = derive.states(alone, day)
        if transfer not in states.index:
            continue
        state: dict[str, Any] = dict(states.loc[transfer])
        code = f"{state['reliability']}{state['credibility']}"
        if code != before:
            said = alone["assertions"]
            ids = tuple(said.index[said["known"] == pd.Timestamp(day)])
            same = before[1:] == code[1:]
            rule = "" if same else rules[str(state["credibility"])]
            yield Stage(
                day, code, int(state["evidence"]), int(state["origins"]), rule, _remark(before, code), ids
            )
        before = code


def _remark(before: str, code: str) -> str:
    """What may surprise in a change of the letter."""
    if before and code[0] > before[0]:
        return _(
            "The letter falls: it is that of the source with the best evidence, and the new best "
            "stands in a lesser one."
        )
    if before and code[0] < before[0]:
        return _("The letter rises: the best evidence now stands in a better source too.")
    return ""


# --- what is recorded ----------------------------------------------------------------------------

DEFINED = ("transfers", "assertions", "origins", "sources", "events", "quotes", "places", "routes", "legs")


def _scope(desk: Desk, selection: Selection) -> Row:
    records, package = desk.records, browse.package(desk.records)
    return {
        "defined": [package[name] for name in DEFINED],
        "phases": _table(records, "phases"),
        "stances": _table(records, "stances"),
        "reaches": _table(records, "reaches"),
        "statuses": _table(records, "statuses"),
        "bases": _table(records, "bases"),
        "warnings": _table(records, "warnings"),
        "policy": _(geography.BORDER_POLICY),
        "points": geography.BORDER_POINTS,
        "borders": border_facts(),
        "story": story(records),
        "key_events": int(records["events"]["significance"].eq(3).sum()),
    }


def border_facts() -> dict[str, list[list[str]]]:
    """What data/geo/README.md says beside the policy: heading → paragraphs, each cut at its code marks."""
    text = (geography.GEO / "README.md").read_text(encoding="utf-8")
    found = {}
    for part in text.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        paragraphs = [
            p for p in body.strip().split("\n\n") if not p.startswith((">", "    ", "The sentence is"))
        ]
        found[heading] = [paragraph.split("`") for paragraph in paragraphs]
    return found


# --- gaps, dictionary, corrections, citing -------------------------------------------------------


def _gaps(desk: Desk, selection: Selection) -> Row:
    searches = [] if desk.as_of else _table(desk.records, "not_found")
    results = _table(desk.records, "not_found_results")
    stated, given = story(desk.records).subjects, [row["subject"] for row in searches]
    subjects = {**stated, **{s: wording.capital(s.replace("-", " ")) for s in given if s not in stated}}
    groups = [
        {"heading": heading, "searches": own}
        for subject, heading in subjects.items()
        if (own := [row for row in searches if row["subject"] == subject])
    ]
    counts = {row["id"]: sum(s["result"] == row["id"] for s in searches) for row in results}
    return {"groups": groups, "results": results, "counts": counts, "total": len(searches)}


def _dictionary(desk: Desk, selection: Selection) -> Row:
    package = browse.package(desk.records)
    groups = {"records": _("Records"), "codes": _("Code tables")}
    return {
        "package": package,
        "groups": {
            words: [_described(table, desk.records) for table in package.tables if table.group == group]
            for group, words in groups.items()
        },
    }


def _described(table: Table, records: Records) -> Row:
    return {
        "table": table,
        "rows": len(records[table.name]),
        "columns": [{"column": column, "type": type_words(column), "key": column.name in table.primary_key}
                    for column in table.columns],
    }  # fmt: skip


def type_words(column: Column) -> str:
    """What a cell holds, in words: 'list of codes, separated by ;'."""
    one, many = _kind_words(column)
    return (
        _("list of {many}, separated by {separator}").format(many=many, separator=column.separator)
        if column.is_list
        else one
    )


def _kind_words(column: Column) -> tuple[str, str]:
    special = {
        "is_date": (_("date: YYYY, YYYY-MM or YYYY-MM-DD"), _("dates")),
        "is_period": (_("period: date or date/date"), _("periods")),
        "is_points": (_("points: longitude latitude"), _("points, longitude latitude")),
        "is_url": (_("web address"), _("web addresses")),
        "is_text": (_("text"), _("texts")),
    }
    for name, words in special.items():
        if getattr(column, name):
            return words
    if column.reference:
        return _("reference"), _("references")
    plain = {
        "integer": (_("whole number"), _("whole numbers")),
        "number": (_("number"), _("numbers")),
        "boolean": (_("true or false"), _("true or falses")),
        "string": (_("code"), _("codes")),
    }
    return plain[column.type]


def _corrections(desk: Desk, selection: Selection) -> Row:
    records = desk.records
    kinds = _table(records, "correction_kinds")
    made = [] if desk.as_of else _table(records, "corrections")
    titles = {table.name: table.title for table in browse.package(records).tables}
    groups = [
        {
            "table": table,
            "title": titles[table],
            "rows": own,
            "counts": [sum(row["kind"] == kind["id"] for row in own) for kind in kinds],
        }
        for table, listed in groupby(made, key=lambda row: str(row["table"]))
        for own in [[_correction(records, row) for row in listed]]
    ]
    return {"kinds": kinds, "groups": groups, "total": len(made)}


def _correction(records: Records, row: Row) -> Row:
    """A correction with the reference of its record, if that has a card, and its source."""
    kind = browse.CARDS.get(row["table"], "")
    exists = bool(kind) and row["id"] in records[row["table"]].index
    return {**row, "reference": f"{kind}:{row['id']}" if exists else "",
            "known_source": row["source"] in records["sources"].index}  # fmt: skip


def _citing(desk: Desk, selection: Selection) -> Row:
    package, records = browse.package(desk.records), desk.records
    tables = [table for table in package.tables if table.group == "records"]
    query = urlencode(view.to_query(selection.view), doseq=True)
    address = f"/?{query}" if query else "/"
    return {
        "package": package,
        "version": __version__,
        "fingerprint": records.version,
        "versions": [] if desk.as_of else versions.told(records),
        "sizes": [(table, len(records[table.name])) for table in tables],
        "address": address,
        "query": f"?{query}" if query else "",
        "formats": cite.FORMATS,
        "citations": lambda on: cite.forms(cite.items.of_view(records, selection, on, cite.HERE + address)),
    }


WRITERS: Mapping[str, Callable[[Desk, Selection], Row]] = {
    "bias": _bias,
    "grades": _grades,
    "scope": _scope,
    "gaps": _gaps,
    "dictionary": _dictionary,
    "corrections": _corrections,
    "citing": _citing,
}


def _table(records: Records, name: str) -> list[Row]:
    """A whole small table as rows for a template."""
    return [{str(key): value for key, value in row.items()} for row in records[name].to_dict("records")]


def _grouped(listed: list[Row], column: str) -> list[tuple[Any, list[Row]]]:
    return [(value, list(own)) for value, own in groupby(listed, key=lambda row: row[column])]
