"""The rows themselves: every table, narrowed to the view, searched, sorted, paged and linked.

What a column is called and means comes from the descriptor. Turned back, columns that were written
with hindsight are left out, and a row names nothing that was not public by then.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from tumen import dates, derive, descriptor, ladder, wording
from tumen.descriptor import Column, Package, Table
from tumen.desk import PUBLIC, TABLES, Desk, first_words, referring
from tumen.gallery import folded
from tumen.mistakes import nearest
from tumen.query import Query, Reader, spellings
from tumen.records import Records
from tumen.references import naming
from tumen.running import Numbers, flagged
from tumen.speech import N_, _
from tumen.told import Told
from tumen.view import Selection, rows_ref

PER_PAGE = 50
MANY_ROWS = 20_000  # from which a table's cells are looked at one by one, not kept as objects
DEFAULT = "transfers"
MOST_NAME = 56  # signs of a long name, such as a source's title, in a cell
ENDS = ("origin", "destination")
SHORT, LONG = 16, 60  # signs from which a column is given a medium or a wide place
STORED, DERIVED = "stored", "derived"
CARDS: Mapping[str, str] = {table: kind for kind, table in TABLES.items()}  # table → kind of card

HINDSIGHT: Mapping[str, tuple[str, ...]] = {  # columns that the editors wrote knowing how it went on
    "transfers": (
        "status", "phase", "origin_place", "destination_place", "via", "route", "parent", "summary", "note",
    ),
    "assertions": ("note",),
    "events": ("note",),
    "quotes": ("outcome", "outcome_status", "outcome_sources", "note"),
    "speakers": ("bio",),
    "origins": ("note",),
    "places": ("note",),
    "routes": ("summary", "note"),
    "legs": ("note",),
    "transfer_laws": ("reason", "note"),
}  # fmt: skip
# Tables that speak of today, never of an earlier day.
EDITORIAL = ("not_found", "corrections", "versions", "changes")

NOUNS: Mapping[str, tuple[str, str]] = {  # table → one row, and how the view narrows the rows
    "transfers": ("transfer", N_("in view")),
    "assertions": ("assertion", N_("about the {transfers} in view")),
    "events": ("event", N_("in view")),
    "quotes": ("quote", N_("in view")),
    "sources": ("source", N_("that the records in view rest on")),
    "places": ("place", N_("that the records in view name")),
    "routes": ("route", N_("that transfers in view have taken")),
    "legs": ("leg", N_("of routes that transfers in view have taken")),
    "speakers": ("speaker", N_("of quotes in view")),
    "origins": ("origin", N_("of assertions in view")),
    "not_found": ("thing looked for", N_("that concern transfers in view")),
    "corrections": ("correction", N_("to records in view")),
    "versions": ("version", ""),
    "changes": ("change", N_("to records in view")),
    "transfer_laws": ("legal reading", N_("for transfers in view")),
}
MANY: Mapping[str, str] = {"not_found": "things looked for"}


@dataclass(frozen=True)
class Wanted:
    """Which rows a reader asks for."""

    table: str = DEFAULT
    q: str = ""
    sort: str = ""  # a column, with '-' before it for descending; '' for the order of the file

    @property
    def column(self) -> str:
        """The column that orders the rows."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the order is turned round."""
        return self.sort.startswith("-")


@dataclass(frozen=True)
class Head:
    """A column as it is shown: what it is called, what it means, and whether it is derived."""

    name: str
    title: str
    meaning: str
    group: str = STORED
    numeric: bool = False


@dataclass(frozen=True)
class Part:
    """A piece of a cell: a text and where it leads, if anywhere."""

    text: str
    title: str = ""
    reference: str = ""  # of a card
    table: str = ""  # rows of this table …
    q: str = ""  # … that this search finds
    url: str = ""
    iso: str = ""  # of a date


Cell = tuple[Part, ...]


@dataclass(frozen=True)
class Listing:
    """One page of a table."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int  # number of its first row, from 1
    found: int  # rows that match the search
    total: int  # rows in view
    widths: Mapping[str, str]  # columns that need room

    @property
    def last(self) -> int:
        """Number of its last row."""
        return self.first + len(self.rows) - 1


# --- tables and address --------------------------------------------------------------------------


def package(records: Records) -> Package:
    """The descriptor of the records."""
    return records.once("package", lambda: descriptor.read(records.directory))


def tables(records: Records) -> dict[str, str]:
    """Every table with the words of the chooser: the records first, then the codes."""
    known = package(records).tables
    return {t.name: t.title for t in known if t.group == "records"} | {
        t.name: _("Codes: {title}").format(title=t.title) for t in known if t.group == "codes"
    }


def from_query(query: Query, records: Records) -> tuple[Wanted, list[str]]:
    """What an address asks for, and a note for each part of it that was ignored."""
    reader = Reader(query)
    names = {name: package(records)[name].title for name in tables(records)}
    table = reader.code("table", spellings(names), DEFAULT)
    sort, known = reader.last("sort"), [head.name for head in _all_heads(records, table)]
    if sort and sort.removeprefix("-") not in known:
        reader.ignore(
            "sort",
            sort,
            _("is no column of {table}").format(table=names[table]),
            nearest(sort.removeprefix("-"), known),
        )
        sort = ""
    return Wanted(table, reader.last("q"), sort), reader.few_notes()


# --- which rows are in view ----------------------------------------------------------------------


def in_view(records: Records, selection: Selection, table: str) -> Numbers:
    """Places of the rows of a table that the view leaves, in the order of the file."""
    frame = records[table]
    if table in EDITORIAL and selection.view.as_of:
        return np.arange(0)
    if selection.view.is_default or package(records)[table].group == "codes":
        return np.arange(len(frame))
    kept = _kept(records, selection)
    if table in ("corrections", "changes"):
        within = np.ones(len(frame), dtype=bool)
        for name, own in kept.items():
            about = np.flatnonzero(frame["table"] == name)
            place = records[name].index.get_indexer(pd.Index(frame["id"].iloc[about]))
            within[about] = (place >= 0) & own[place]
        return np.flatnonzero(within)
    return np.flatnonzero(kept[table]) if table in kept else np.arange(len(frame))


def _kept(records: Records, selection: Selection) -> dict[str, Numbers]:
    """Table → which of its rows are in view, for every table of records."""
    return records.once(("rows in view", selection.view), lambda: _in_view(records, selection))


def _in_view(records: Records, selection: Selection) -> dict[str, Numbers]:
    """Transfers, events and quotes in view, what is said of them, and all that they rest on."""
    as_of = selection.view.as_of

    def names(other: str, *columns: tuple[str, str]) -> Numbers:
        """Which rows of a table are named by rows in view, in some columns of theirs."""
        flags = (naming(records, table, column, other).named_by(kept[table]) for table, column in columns)
        found: Numbers = np.logical_or.reduce([*flags])
        return found

    def those_naming(table: str, column: str, other: str) -> Numbers:
        """Which rows of a table name rows in view of another."""
        return naming(records, table, column, other).naming(kept[other])

    public = _public_sources(records, as_of)
    places = {**selection.places, "assertions": selection.assertions}
    kept = {table: flagged(own, len(records[table])) for table, own in places.items()}
    kept["transfer_laws"] = those_naming("transfer_laws", "transfer", "transfers")
    kept["not_found"] = those_naming("not_found", "transfers", "transfers")
    kept["routes"] = names("routes", ("transfers", "route")) & _public_routes(records, as_of, public)
    kept["legs"] = those_naming("legs", "route", "routes")
    kept["places"] = names("places", *NAMING_PLACES)
    kept["speakers"] = names("speakers", ("quotes", "speaker_id"))
    kept["origins"] = names("origins", ("assertions", "origin"))
    laws = names("laws", ("transfer_laws", "law"))
    kept["sources"] = public & (
        names("sources", *NAMING_SOURCES) | naming(records, "laws", "sources", "sources").named_by(laws)
    )
    return kept


NAMING_PLACES = (
    ("transfers", "origin_place"),
    ("transfers", "destination_place"),
    ("transfers", "via"),
    ("routes", "stops"),
    ("events", "place"),
)
NAMING_SOURCES = (
    ("assertions", "source"),
    ("events", "sources"),
    ("quotes", "source"),
    ("quotes", "also_sources"),
    ("quotes", "outcome_sources"),
    ("routes", "sources"),
)


def _public_sources(records: Records, as_of: date | None) -> Numbers:
    """Which sources were public on a day; those without a date are only today."""
    if as_of is None:
        return np.ones(len(records["sources"]), dtype=bool)
    return records.once("days of sources", lambda: _published(records)) <= np.datetime64(as_of)


def _published(records: Records) -> Numbers:
    place, different = pd.factorize(records["sources"]["published"])
    days = [dates.known_from(text) if text else None for text in different.tolist()]
    return np.array(days, dtype="datetime64[D]")[place]


def _public_routes(records: Records, as_of: date | None, public: Numbers) -> Numbers:
    """Which routes were known on a day: each from its first source on."""
    if as_of is None:
        return np.ones(len(records["routes"]), dtype=bool)
    return naming(records, "routes", "sources", "sources").naming(public)


# --- columns -------------------------------------------------------------------------------------

GRADES: Mapping[str, tuple[str, str]] = {  # derived column → its title, and the rule that explains it
    "first_reported": (N_("First reported"), "first_reported"),
    "code": (N_("Code"), "credibility"),
    "best_evidence": (N_("Best evidence"), "evidence"),
    "origins": (N_("Origins"), "origins"),
    "publications": (N_("Publications"), ""),
    "contested": (N_("Contested"), "contested"),
}
RUNGS: Mapping[str, str] = {f"first_{rung}": rung for rung in list(ladder.RUNGS)[1:]}  # column → its rung
FAMILY = Head("family", N_("Family"), N_("The family that the weapon type belongs to."), DERIVED)
KNOWN = Head(
    "known",
    N_("Public from"),
    N_("The day from which it counts as public: the last of the month or year where only that is known."),
    DERIVED,
)
COMPARED_WITH = Head(
    "compared",
    N_("Figures compared"),
    N_(
        "How many figures, itself included, measure the same thing and are compared; "
        "empty where it gives none."
    ),
    DERIVED,
    True,
)
PARTY = Head(
    "party",
    N_("By a party"),
    N_("Whether the sender or the receiver of the transfer speaks for itself."),
    DERIVED,
)
DAYS = ("first_reported", KNOWN.name, *RUNGS)  # derived columns that hold a day
PUBLICATIONS = N_("How many different sources carry a claim of the transfer; they may share one origin.")
NAMED = Head(
    "named_in",
    N_("Named in"),
    N_("How many rows in view of other tables name this row; each leads to them."),
    DERIVED,
)


def heads(records: Records, table: str, turned_back: bool = False) -> list[Head]:
    """The columns of a table as they are shown: what is derived stands after the first few stored ones."""
    hidden = HINDSIGHT.get(table, ()) if turned_back else ()
    return [head for head in _all_heads(records, table) if head.name not in hidden]


def hidden(records: Records, table: str, turned_back: bool) -> list[str]:
    """Titles of the columns that are left out because they were written with hindsight."""
    own = package(records)[table]
    return [own[name].title for name in HINDSIGHT.get(table, ())] if turned_back else []


def _all_heads(records: Records, table: str) -> list[Head]:
    own = package(records)[table]
    stored = [Head(c.name, c.title, c.description, STORED, _is_number(c)) for c in own.columns]
    derived = [_spoken(NAMED)] if _referrers(records, table) else []
    if table == "transfers":
        graded = [_grade_head(name) for name in GRADES]
        climbed = [Head(n, ladder.RUNGS[r], ladder.RULES[r], DERIVED) for n, r in RUNGS.items()]
        return [*stored[:4], *graded, *climbed, _spoken(FAMILY), *derived, *stored[4:]]
    known = [_spoken(KNOWN)] if "known" in records[table] else []
    if table == "assertions":
        known += [_spoken(COMPARED_WITH), _spoken(PARTY)]
    return [*stored[:2], *derived, *known, *stored[2:]]


def _spoken(head: Head) -> Head:
    return replace(head, title=_(head.title), meaning=_(head.meaning))


def _grade_head(name: str) -> Head:
    title, rule = GRADES[name]
    meaning = derive.RULES[rule] if rule else PUBLICATIONS
    return Head(name, _(title), _(meaning), DERIVED, name in ("origins", "publications"))


def _is_number(column: Column) -> bool:
    return column.type in ("integer", "number") and not column.reference


def _referrers(records: Records, table: str) -> list[tuple[Table, Column]]:
    """The columns of all tables that name rows of a table."""
    return records.once(("referrers", table), lambda: [
        (other, column)
        for other in package(records).tables
        for column in other.columns
        if column.reference and column.reference.table == table
    ])  # fmt: skip


# --- cells ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lines:
    """The lines of a frame by id, each made when it is asked for."""

    frame: pd.DataFrame

    @cached_property
    def _columns(self) -> Mapping[str, Any]:
        return {str(name): self.frame[name].array for name in self.frame}

    def get(self, row: str) -> Mapping[str, Any] | None:
        """The line of an id, or None."""
        if row not in self.frame.index:
            return None
        place = self.frame.index.get_loc(row)
        return {name: _bare(column[place]) for name, column in self._columns.items()}


@dataclass(frozen=True)
class Writer:
    """Writes the cells of one table as they may be known in a view."""

    records: Records
    selection: Selection
    table: str

    @cached_property
    def desk(self) -> Desk:
        """The records as of the day of the view."""
        return Desk(self.records, self.selection.view.as_of)

    @cached_property
    def own(self) -> Table:
        """What the descriptor says of the table."""
        return package(self.records)[self.table]

    @cached_property
    def columns(self) -> Mapping[str, list[Any]]:
        """The bare columns, and the ids of the rows: a frame's own access is slow for thousands of cells."""
        frame = self.records[self.table]
        if len(frame) > MANY_ROWS:
            return {c.name: frame[c.name].array for c in self.own.columns}
        key = ("bare columns", self.table)
        return self.records.once(key, lambda: {c.name: frame[c.name].tolist() for c in self.own.columns})

    @cached_property
    def index(self) -> Any:
        """The ids of the rows."""
        return self.records[self.table].index.array

    @cached_property
    def grades(self) -> "Lines":
        """What is derived of each transfer on the day of the view."""
        return Lines(derive.states(self.records, self.selection.view.as_of))

    @cached_property
    def rungs(self) -> "Lines":
        """When each transfer reached each rung of the evidence ladder, as known on the day of the view."""
        return Lines(ladder.rungs(self.records, self.selection.view.as_of)[[*RUNGS.values()]])

    @cached_property
    def compared(self) -> Numbers:
        """For each assertion with how many figures it is compared, as known on the day of the view; or 0."""
        as_of = self.selection.view.as_of
        return self.records.once(("compared", as_of), lambda: derive.compared(self.records, as_of))

    @cached_property
    def referrers(self) -> list[tuple[Table, Column]]:
        """The columns of other tables that name rows of this one."""
        return _referrers(self.records, self.table)

    def cell(self, head: Head, place: int) -> Cell:
        """One cell, in the form for the reader."""
        return tuple(self._parts(head, place))

    def text(self, head: Head, place: int) -> str:
        """One cell as plain words, for the search: what is stored and what is shown."""
        value = self.value(head, place)
        stored = " ".join(value) if isinstance(value, tuple) else _plain(value)
        return f"{stored} {' '.join(part.text for part in self._parts(head, place))}"

    def key(self, head: Head, place: int) -> tuple[int, Any]:
        """By what a cell is put in order; 1 first for an empty one, so that it always comes last."""
        if head.name == NAMED.name:
            return (0, sum(count for _, _, count in self._namings(place)))
        value = self.value(head, place)
        if not _is(value):
            return (1, "")
        if isinstance(value, bool | int | float):
            return (0, float(value))
        if head.name in DAYS or ((column := self._column(head)) and column.is_date):
            return (0, value)
        return (0, folded(" ".join(part.text for part in self._parts(head, place))))

    def value(self, head: Head, place: int) -> Any:
        """What is stored or derived."""
        if head.name == NAMED.name:
            return tuple(table.name for table, _, _ in self._namings(place))
        if head.group == DERIVED:
            return self._derived(head.name, place)
        column, value = self.own[head.name], _bare(self.columns[head.name][place])
        if column.is_date and not _begun(self.desk, value):
            return ""
        if column.reference and column.is_list and column.reference.table in PUBLIC:
            return tuple(self.desk.public(column.reference.table, value))
        return "" if head.name == "evidence" and value == 0 else value  # step 0 stands for none

    def _column(self, head: Head) -> Column | None:
        return self.own[head.name] if head.group == STORED else None

    def _derived(self, name: str, place: int) -> Any:
        if name == KNOWN.name:
            return self.desk.cell(self.table, self.index[place], KNOWN.name).date().isoformat()
        if name == COMPARED_WITH.name:
            return int(self.compared[place]) or ""
        if name == PARTY.name:
            ends = (self.desk.cell("transfers", self.columns["transfer"][place], end) for end in ENDS)
            return self.columns["by_country"][place] in ends
        if name == FAMILY.name:
            return self.records.family_of[self.columns["weapon_type"][place]]
        if name in RUNGS:
            day = (self.rungs.get(self.index[place]) or {}).get(RUNGS[name])
            return "" if day is None or pd.isna(day) else day.date().isoformat()
        return self._grade(name, place)

    def _grade(self, name: str, place: int) -> Any:
        grade = self.grades.get(self.index[place])
        if grade is None:
            return ""
        if name == "first_reported":
            return grade["first_reported"].date().isoformat()
        if name == "code":
            return f"{grade['reliability']}{grade['credibility']}"
        return grade["evidence" if name == "best_evidence" else name]

    def _parts(self, head: Head, place: int) -> Iterator[Part]:
        if head.name == NAMED.name:
            yield from self._named(place)
            return
        value, column = self.value(head, place), self._column(head)
        if head.group == DERIVED:
            yield from self._graded(head.name, value, self._own(place))
        elif self.table in ("corrections", "changes") and head.name == "id":
            yield self._corrected(place)
        elif column and _is(value):
            yield from self._stored(column, value)

    def _own(self, place: int) -> str:
        """The card of the row: what its derived cells rest on."""
        return f"{CARDS[self.table]}:{self.index[place]}" if self.table in CARDS else ""

    def _graded(self, name: str, value: Any, own: str) -> Iterator[Part]:
        if value == "":
            return
        if name in DAYS:
            yield Part(dates.words(value), iso=value)
        elif name == FAMILY.name:
            yield self._code("families", value)
        elif name == "code":
            letter, number = value[0], value[1:]
            words = (self.desk.label("reliability", letter), self.desk.label("credibility", number).lower())
            told = _("Source: {source}; information: {information}").format(
                source=words[0].lower(), information=words[1]
            )
            yield Part(value, title=told, reference=own)
        elif name == "best_evidence":
            yield replace(self._code("evidence", value), reference=own)
        elif isinstance(value, bool):
            yield Part(_("Yes") if value else _("No"))
        else:
            yield Part(f"{value:,}", reference=own)

    def _stored(self, column: Column, value: Any) -> Iterator[Part]:
        """The parts of a stored cell, by what the descriptor says of its column."""
        if column.name == "id":
            kind = CARDS.get(self.table)
            yield Part(str(value), reference=f"{kind}:{value}" if kind else "")
        elif column.reference:
            for item in value if isinstance(value, tuple) else [value]:
                yield self._reference(column.reference.table, item)
        elif isinstance(value, tuple):
            yield from (Part(item) for item in value)
        elif column.is_url:
            yield Part(_host(value), title=value, url=value)
        elif column.is_date:
            yield Part(dates.words(value), iso=value)
        elif column.type == "boolean":
            yield Part(_("Yes") if value else _("No"))
        elif column.type in ("integer", "number"):
            yield Part(wording.number(float(value)))
        else:
            yield Part(str(value))

    def _corrected(self, place: int) -> Part:
        table, record = self.columns["table"][place], self.columns["id"][place]
        exists = table in CARDS and self.records.has(table, record)
        return Part(record, reference=f"{CARDS[table]}:{record}" if exists else "")

    def _reference(self, table: str, item: Any) -> Part:
        """The name of what a cell refers to, which leads to its card, or to its row where it has none."""
        if package(self.records)[table].group == "codes":
            return self._code(table, item)
        name = self.records.label(table, str(item))
        short, full = first_words(name, MOST_NAME), name if len(name) > MOST_NAME else ""
        if table in CARDS:
            return Part(short, title=full, reference=f"{CARDS[table]}:{item}")
        return Part(short, title=full, table=table, q=f"id={item}")

    def _code(self, table: str, item: Any) -> Part:
        label = self.records.label(table, str(item))
        words = f"{item} {label}" if len(str(item)) == 1 else label
        frame = self.records[table]
        meaning = str(frame.at[item, "meaning"]) if "meaning" in frame and item in frame.index else ""
        return Part(words, title=meaning or f"{item}: {label}")

    def _named(self, place: int) -> Iterator[Part]:
        row = self.index[place]
        for other, column, count in self._namings(place):
            several = sum(table.name == other.name for table, _column in self.referrers) > 1
            words = (
                f"{many(other.name, count, other.title)}{f' as {column.title.lower()}' if several else ''}"
            )
            yield Part(words, table=other.name, q=f"{column.name}={row}")

    def _namings(self, place: int) -> list[tuple[Table, Column, int]]:
        row = str(self.index[place])
        found = []
        for other, column in self.referrers:
            rows = referring(self.records, other.name, column.name).rows(row)
            if count := len(rows) if self._whole(other) else int(self._shown(other.name)[rows].sum()):
                found.append((other, column, count))
        return found

    def _whole(self, table: Table) -> bool:
        return self.selection.view.is_default or table.group == "codes"

    def _shown(self, table: str) -> Numbers:
        kept = (
            None if table in EDITORIAL and self.selection.view.as_of else _kept(self.records, self.selection)
        )
        found = kept.get(table) if kept else None
        return np.zeros(len(self.records[table]), dtype=bool) if found is None else found


def many(table: str, count: int, title: str = "") -> str:
    """'3 assertions', '1 thing looked for', '2 rows of Weapon types'."""
    if table not in NOUNS:
        return _("{rows} of {title}").format(rows=wording.plural(count, "row"), title=title)
    return wording.plural(count, NOUNS[table][0], MANY.get(table, ""))


def _host(url: str) -> str:
    """The name of the site, short enough for a cell."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def _begun(desk: Desk, text: str) -> bool:
    return desk.as_of is None or not text or dates.parse(text).first <= desk.as_of


def _bare(value: Any) -> Any:
    """A number or truth value as Python has it."""
    return value.item() if isinstance(value, np.generic) else value


def _plain(value: Any) -> str:
    return str(value) if _is(value) else ""


def _is(value: Any) -> bool:
    """Whether a cell holds anything."""
    if isinstance(value, tuple | str):
        return bool(value)
    return bool(pd.notna(value))


# --- a page of rows ------------------------------------------------------------------------------


def found(records: Records, selection: Selection, wanted: Wanted) -> Numbers:
    """Places of the rows that are wanted, in the order wanted; worked out once for each view."""
    key = ("rows found", selection.view, wanted)
    return records.once(key, lambda: _found(records, selection, wanted))


def _found(records: Records, selection: Selection, wanted: Wanted) -> Numbers:
    rows = in_view(records, selection, wanted.table).astype(np.int32)
    if not wanted.q.strip() and not wanted.sort:
        return rows
    writer = Writer(records, selection, wanted.table)
    shown = heads(records, wanted.table, selection.view.as_of is not None)
    matching = _matching(writer, shown, rows.tolist(), wanted.q)
    return np.array(_ordered(writer, shown, matching, wanted), dtype=np.int32)


def listing(records: Records, selection: Selection, wanted: Wanted, page: int = 1) -> Listing:
    """One page of the rows that are wanted, with the numbers that place it."""
    writer = Writer(records, selection, wanted.table)
    shown = heads(records, wanted.table, selection.view.as_of is not None)
    total, places = len(in_view(records, selection, wanted.table)), found(records, selection, wanted)
    first = (page - 1) * PER_PAGE
    own = places[first : first + PER_PAGE].tolist()
    cells = tuple(tuple(writer.cell(head, n) for head in shown) for n in own)
    return Listing(tuple(shown), cells, first + 1, len(places), total, _widths(shown, cells))


def _widths(shown: list[Head], rows: Iterable[tuple[Cell, ...]]) -> dict[str, str]:
    """Column → 'wide' or 'medium', where its longest text needs room; others take what they need."""
    longest = dict.fromkeys((head.name for head in shown), 0)
    for row in rows:
        for head, cell in zip(shown, row, strict=True):
            longest[head.name] = max(longest[head.name], *(len(part.text) for part in cell), 0)
    return {name: "wide" if most > LONG else "medium" for name, most in longest.items() if most > SHORT}


def _matching(writer: Writer, shown: list[Head], rows: list[int], text: str) -> list[int]:
    """The rows in which every word occurs.

    'column=value' asks for exactly that value ('column=' for none, 'column=this|that' for either),
    'column!=value' for any other, and <, <=, >, >= compare numbers and days.
    """
    words = [_test(writer, shown, word) for word in text.split()]
    return [n for n in rows if all(test(n) for test in words)]


ASKED = re.compile(r"(\w+)(!=|>=|<=|=|>|<)(.*)")


def _test(writer: Writer, shown: list[Head], word: str) -> Callable[[int], bool]:
    name, sign, wanted = asked.groups() if (asked := ASKED.fullmatch(word)) else ("", "", "")
    head = next((head for head in shown if head.name == name), None)
    if head and sign in ("=", "!="):
        values = frozenset(wanted.split("|"))
        return lambda n: _holds(writer.value(head, n), values) == (sign == "=")
    if head:
        return lambda n: _compares(_plain(writer.value(head, n)), sign, wanted)
    plain = folded(word)
    return lambda n: plain in _haystack(writer, shown, n)


def _holds(value: Any, wanted: frozenset[str]) -> bool:
    """Whether a cell is one of the wanted values; an empty one is ''."""
    held = value if isinstance(value, tuple) and value else [_plain(value) if _is(value) else ""]
    return not wanted.isdisjoint(held)


def _compares(value: str, sign: str, wanted: str) -> bool:
    """Whether a number or a day lies on the wanted side of another; an empty cell lies on none."""
    try:
        pair: tuple[Any, Any] = float(value), float(wanted)
    except ValueError:
        pair = value, wanted
    return bool(value) and COMPARED[sign](*pair)


COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _haystack(writer: Writer, shown: list[Head], place: int) -> str:
    """All the words of a row, folded; kept for each view, since a view decides what a row may say."""
    key = ("haystack", writer.table, writer.selection.view.as_of)
    kept: dict[int, str] = writer.records.once(key, dict)
    if place not in kept:
        texts = (writer.text(head, place) for head in shown if head.name != NAMED.name)
        kept[place] = folded(" ".join(texts))
    return kept[place]


def _ordered(writer: Writer, shown: list[Head], rows: list[int], wanted: Wanted) -> list[int]:
    """The rows by a column; empty cells last in both directions, equal ones as in the file."""
    head = next((head for head in shown if head.name == wanted.column), None)
    if not head:
        return rows
    keys = {n: writer.key(head, n) for n in rows}
    filled = [n for n in rows if keys[n][0] == 0]
    empty = [n for n in rows if keys[n][0] == 1]
    return sorted(filled, key=lambda n: keys[n][1], reverse=wanted.descending) + empty


# --- words ---------------------------------------------------------------------------------------


def headline(records: Records, selection: Selection) -> Told:
    """The finding: '654 assertions by 77 origins in 430 sources'."""
    said, by, cited = derive.counted(records, selection.assertions)
    if not said:
        return Told(_("No assertion in this view"))
    view = selection.view
    count = (wording.plural(said, "assertion"), rows_ref(view, "assertions"))
    origins = (wording.plural(by, "origin"), rows_ref(view, "origins", f"{NAMED.name}=assertions"))
    sources = (wording.plural(cited, "source"), rows_ref(view, "sources", f"{NAMED.name}=assertions"))
    return Told.of(
        _("{assertions} by {origins} in {sources}"), assertions=count, origins=origins, sources=sources
    )


def counted(records: Records, selection: Selection, wanted: Wanted, shown: Listing) -> str:
    """Which rows are shown: 'Rows 1–50 of 229 assertions about the 25 transfers in view'."""
    what = _what(records, selection, wanted.table, shown.total)
    if not shown.found:
        return _("None of {what} matches this search").format(what=what)
    span = _("Rows {first}–{last}") if shown.last > shown.first else _("Row {first}")
    span = span.format(first=shown.first, last=shown.last)
    if wanted.q.strip():
        return _("{span} of {found} that match, out of {what}").format(
            span=span, found=f"{shown.found:,}", what=what
        )
    return _("{span} of {what}").format(span=span, what=what)


def _what(records: Records, selection: Selection, table: str, total: int) -> str:
    own = package(records)[table]
    if own.group == "codes":
        return _("{codes}, the same in every view").format(codes=wording.plural(total, "code"))
    scope = NOUNS[table][1] and _(NOUNS[table][1]).format(
        transfers=wording.plural(len(selection.states), "transfer")
    )
    everything = selection.view.is_default and table not in ("transfers", "assertions", "events", "quotes")
    return f"{many(table, total)}{' ' + _('on record') if everything else f' {scope}'}"
