"""The rows themselves: every table, narrowed to the view, searched, sorted, paged and linked.

What a column is called and means comes from the descriptor. Turned back, columns that were written
with hindsight are left out, and a row names nothing that was not public by then.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from tumen import dates, derive, descriptor, ladder, search, wording
from tumen.descriptor import Column, Package, Table
from tumen.desk import PUBLIC, TABLES, Desk, first_words
from tumen.mistakes import nearest
from tumen.query import Query, Reader, spellings
from tumen.records import Records
from tumen.references import naming, public_rows
from tumen.running import Numbers, flagged
from tumen.search import folded
from tumen.speech import N_, _
from tumen.told import Told
from tumen.view import Selection, rows_ref

PER_PAGE = 50
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
    return Wanted(table, reader.words("q"), sort), reader.few_notes()


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

    places = {**selection.places, "assertions": selection.assertions}
    kept = {table: flagged(own, len(records[table])) for table, own in places.items()}
    kept["transfer_laws"] = those_naming("transfer_laws", "transfer", "transfers")
    kept["not_found"] = those_naming("not_found", "transfers", "transfers")
    kept["routes"] = names("routes", ("transfers", "route")) & public_rows(records, "routes", as_of)
    kept["legs"] = those_naming("legs", "route", "routes")
    kept["places"] = names("places", *NAMING_PLACES)
    kept["speakers"] = names("speakers", ("quotes", "speaker_id"))
    kept["origins"] = names("origins", ("assertions", "origin"))
    laws = names("laws", ("transfer_laws", "law"))
    kept["sources"] = public_rows(records, "sources", as_of) & (
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
class Coded:
    """A column as its different values, and which of them each row holds: each value is looked at once."""

    place: Numbers
    different: list[Any]

    def cells(self) -> list[Any]:
        """The value of each row."""
        return [self.different[place] for place in self.place.tolist()]

    def flags(self, test: Callable[[Any], bool]) -> Numbers:
        """Which rows hold a value that passes a test."""
        return np.array([test(value) for value in self.different], dtype=bool)[self.place]

    def ranks(self, key: Callable[[Any], Any]) -> Numbers:
        """The place of each row by the key of its value; -1 where that is None."""
        keys = [key(value) for value in self.different]
        order = {one: rank for rank, one in enumerate(sorted({*keys} - {None}))}
        return np.array([order.get(one, -1) for one in keys], dtype=np.int64)[self.place]


def coded(column: Any) -> Coded:
    """A column of a frame, or an array, by its different values."""
    values = column.to_numpy() if column.dtype == object else column
    place, different = pd.factorize(values, use_na_sentinel=False)
    return Coded(place, [_bare(value) for value in different.tolist()])


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
    def frame(self) -> pd.DataFrame:
        """The rows of the table."""
        return self.records[self.table]

    @property
    def as_of(self) -> date | None:
        """The day of the view."""
        return self.selection.view.as_of

    @cached_property
    def namings(self) -> list[tuple[Table, Column, Numbers]]:
        """The columns of other tables that name rows of this one, and how many rows in view name each."""
        return [
            (other, column, self._counts(other, column))
            for other, column in _referrers(self.records, self.table)
        ]

    def _counts(self, other: Table, column: Column) -> Numbers:
        found = naming(self.records, other.name, column.name, self.table)
        whole = self.selection.view.is_default or other.group == "codes"
        named = found.named if whole else found.named[self._in_view(other.name)[found.row]]
        return np.bincount(named, minlength=len(self.frame))

    def _in_view(self, table: str) -> Numbers:
        rows = in_view(self.records, self.selection, table)
        return flagged(rows, len(self.records[table]))

    # --- values ---

    def value(self, head: Head, place: int) -> Any:
        """What is stored or derived in one cell."""
        return self.values(head, np.array([place])).cells()[0]

    def values(self, head: Head, rows: Numbers) -> Coded:
        """What is stored or derived in some rows of a column, as the day of the view lets it be known."""
        if head.name == NAMED.name:
            return self._tables_naming(rows)
        if head.group == DERIVED:
            return self._derived(head.name, rows)
        column, found = self.own[head.name], coded(self._stored_in(head.name, rows))
        return replace(found, different=[self._public(column, value) for value in found.different])

    def _stored_in(self, name: str, rows: Numbers) -> pd.Series:
        """A column in some rows, not copied where those are all of them in their order."""
        column = self.frame[name]
        return column if np.array_equal(rows, np.arange(len(column))) else column.iloc[rows]

    def _public(self, column: Column, value: Any) -> Any:
        if column.is_date and not _begun(self.desk, value):
            return ""
        if column.reference and column.is_list and column.reference.table in PUBLIC:
            return tuple(self.desk.public(column.reference.table, value))
        return "" if column.name == "evidence" and value == 0 else value  # step 0 stands for none

    def _tables_naming(self, rows: Numbers) -> Coded:
        counts = [(table.name, own[rows] > 0) for table, _column, own in self.namings]
        found = coded(sum((flags.astype(np.int64) << n for n, (_name, flags) in enumerate(counts)), 0 * rows))
        tables = [
            [name for n, (name, _flags) in enumerate(counts) if one >> n & 1] for one in found.different
        ]
        return replace(found, different=[tuple(dict.fromkeys(own)) for own in tables])

    def _derived(self, name: str, rows: Numbers) -> Coded:
        if name in RUNGS:
            return self._of_transfers(ladder.rungs(self.records, self.as_of)[RUNGS[name]], rows)
        if name in GRADES:
            return self._of_transfers(_grade(derive.states(self.records, self.as_of), name), rows)
        if name == COMPARED_WITH.name:
            found = coded(_compared(self.records, self.as_of)[rows])
            return replace(found, different=[count or "" for count in found.different])
        if name == PARTY.name:
            return coded(self._by_party(rows))
        return _days(coded(self._stored_in(name, rows)))

    def _of_transfers(self, column: pd.Series, rows: Numbers) -> Coded:
        """What is derived of transfers; empty where nothing is, because they were not yet reported."""
        at = column.index.get_indexer(self.frame.index.take(rows))
        found, place = _days(coded(column.iloc[at[at >= 0]])), np.zeros(len(rows), dtype=np.int64)
        place[at >= 0] = found.place + 1
        return Coded(place, ["", *found.different])

    def _by_party(self, rows: Numbers) -> Numbers:
        """Whether the sender or the receiver of the transfer speaks for itself."""
        transfers, by = self.records["transfers"], self._stored_in("by_country", rows).array
        on = naming(self.records, self.table, "transfer", "transfers").named[rows]
        found: Numbers = np.logical_or(*(np.asarray(by == transfers[end].array.take(on)) for end in ENDS))
        return found

    # --- search and order ---

    def holding(self, head: Head, rows: Numbers, word: str) -> Numbers:
        """Which of some rows hold a folded word in a column, in what is stored or in what is shown."""
        column = self._column(head)
        if column and _is_plain(column):
            return search.holding(self._stored_in(head.name, rows), word)
        if column and (table := self._records_named(column)):
            named = _named_so(self.records, table, word)
            if column.is_list:
                named &= public_rows(self.records, table, self.as_of)
            return naming(self.records, self.table, head.name, table).naming(named)[rows]
        return self.values(head, rows).flags(lambda value: word in folded(self._words(head, value)))

    def equal(self, head: Head, rows: Numbers, wanted: Iterable[str]) -> Numbers:
        """Which of some rows hold one of the wanted values; '' is an empty cell."""
        column, values = self._column(head), frozenset(wanted)
        if column and not column.is_list and (_is_plain(column) or self._records_named(column)):
            return self._stored_in(head.name, rows).isin(values).to_numpy()
        return self.values(head, rows).flags(lambda value: _holds(value, values))

    def ranks(self, head: Head, rows: Numbers) -> Numbers:
        """The place of some rows in the order of a column; -1 for empty cells."""
        column = self._column(head)
        if head.name == NAMED.name:
            return sum((own[rows] for _table, _column, own in self.namings), 0 * rows)
        if column and _is_plain(column) and not column.is_url:
            return search.ranks(self._stored_in(head.name, rows))
        if column and not column.is_list and (table := self._records_named(column)):
            found, order = naming(self.records, self.table, head.name, table), -np.ones(len(self.frame), int)
            order[found.row] = search.ranks(self.records.names(table))[found.named]
            return order[rows]
        return self.values(head, rows).ranks(lambda value: self._key(head, value))

    def _records_named(self, column: Column) -> str:
        """The table of records that a column refers to; '' for codes, which are few: each is looked at."""
        table = column.reference.table if column.reference else ""
        return table if table and package(self.records)[table].group == "records" else ""

    def _words(self, head: Head, value: Any) -> str:
        """A cell as plain words: what is stored and what is shown."""
        stored = " ".join(value) if isinstance(value, tuple) else _plain(value)
        return f"{stored} {self._shown(head, value)}"

    def _shown(self, head: Head, value: Any) -> str:
        return " ".join(part.text for part in self._parts(head, value))

    def _key(self, head: Head, value: Any) -> Any:
        """By what a cell is put in order; None for an empty one."""
        if not _is(value):
            return None
        if isinstance(value, bool | int | float):
            return float(value)
        if head.name in DAYS or ((column := self._column(head)) and column.is_date):
            return value
        return folded(self._shown(head, value))

    # --- cells ---

    def cells(self, head: Head, rows: Numbers) -> list[Cell]:
        """Some rows of a column, in the form for the reader."""
        if head.name == NAMED.name:
            return [tuple(self._named(place)) for place in rows.tolist()]
        pairs = zip(self.values(head, rows).cells(), rows.tolist(), strict=True)
        return [tuple(self._parts(head, value, place)) for value, place in pairs]

    def _column(self, head: Head) -> Column | None:
        return self.own[head.name] if head.group == STORED else None

    def _parts(self, head: Head, value: Any, place: int | None = None) -> Iterator[Part]:
        """The parts of a cell; with the place of its row, what it rests on too."""
        column = self._column(head)
        if head.group == DERIVED:
            yield from self._graded(head.name, value, self._own(place))
        elif self.table in ("corrections", "changes") and head.name == "id" and place is not None:
            yield self._corrected(place)
        elif column and _is(value):
            yield from self._stored(column, value)

    def _own(self, place: int | None) -> str:
        """The card of the row: what its derived cells rest on."""
        if place is None or self.table not in CARDS:
            return ""
        return f"{CARDS[self.table]}:{self.frame.index[place]}"

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
        table, record = (str(self.frame[name].iat[place]) for name in ("table", "id"))
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
        for other, column, counts in self.namings:
            if not (count := int(counts[place])):
                continue
            several = sum(table.name == other.name for table, _column, _counts in self.namings) > 1
            words = (
                f"{many(other.name, count, other.title)}{f' as {column.title.lower()}' if several else ''}"
            )
            yield Part(words, table=other.name, q=f"{column.name}={self.frame.index[place]}")


def _grade(states: pd.DataFrame, name: str) -> pd.Series:
    if name == "code":
        return states["reliability"] + states["credibility"].astype(str)
    return states["evidence" if name == "best_evidence" else name]


def _compared(records: Records, as_of: date | None) -> Numbers:
    """For each assertion with how many figures it is compared, as known on a day; or 0."""
    return records.once(("compared", as_of), lambda: derive.compared(records, as_of))


def _days(found: Coded) -> Coded:
    """Points of time as days are written."""
    return replace(found, different=[_day(value) for value in found.different])


def _day(value: Any) -> Any:
    if value is pd.NaT:
        return ""
    return value.date().isoformat() if isinstance(value, datetime) else value


def _is_plain(column: Column) -> bool:
    """Whether what is stored is also what is shown, or holds it: words, an id, an address of the web."""
    parsed = column.reference or column.is_list or column.is_date
    return column.type == "string" and not parsed


def _named_so(records: Records, table: str, word: str) -> Numbers:
    """Which rows of a table hold a folded word in their id or name."""
    held = (search.holding(column, word) for column in (records[table]["id"], records.names(table)))
    found: Numbers = np.logical_or(*held)
    return found


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
    for word in dict.fromkeys(wanted.q.split()):
        rows = rows[_matching(writer, shown, rows, word)]
    return _ordered(writer, shown, rows, wanted)


def listing(records: Records, selection: Selection, wanted: Wanted, page: int = 1) -> Listing:
    """One page of the rows that are wanted, with the numbers that place it."""
    writer = Writer(records, selection, wanted.table)
    shown = heads(records, wanted.table, selection.view.as_of is not None)
    total, places = len(in_view(records, selection, wanted.table)), found(records, selection, wanted)
    first = (page - 1) * PER_PAGE
    own = places[first : first + PER_PAGE]
    cells = tuple(zip(*(writer.cells(head, own) for head in shown), strict=True))
    return Listing(tuple(shown), cells, first + 1, len(places), total, _widths(shown, cells))


def _widths(shown: list[Head], rows: Iterable[tuple[Cell, ...]]) -> dict[str, str]:
    """Column → 'wide' or 'medium', where its longest text needs room; others take what they need."""
    longest = dict.fromkeys((head.name for head in shown), 0)
    for row in rows:
        for head, cell in zip(shown, row, strict=True):
            longest[head.name] = max(longest[head.name], *(len(part.text) for part in cell), 0)
    return {name: "wide" if most > LONG else "medium" for name, most in longest.items() if most > SHORT}


ASKED = re.compile(r"(\w+)(!=|>=|<=|=|>|<)(.*)")


def _matching(writer: Writer, shown: list[Head], rows: Numbers, word: str) -> Numbers:
    """Which rows one word of a search leaves.

    'column=value' asks for exactly that value ('column=' for none, 'column=this|that' for either),
    'column!=value' for any other, and <, <=, >, >= compare numbers and days; all else must occur in a row.
    """
    name, sign, wanted = asked.groups() if (asked := ASKED.fullmatch(word)) else ("", "", "")
    head = next((head for head in shown if head.name == name), None)
    if head and sign in ("=", "!="):
        held = writer.equal(head, rows, wanted.split("|"))
        return held if sign == "=" else ~held
    if head:
        return writer.values(head, rows).flags(lambda value: _compares(_plain(value), sign, wanted))
    found = np.ones(len(rows), dtype=bool)
    for plain in search.words(word):
        searched = (writer.holding(head, rows, plain) for head in shown if head.name != NAMED.name)
        found &= np.logical_or.reduce([*searched])
    return found


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


def _ordered(writer: Writer, shown: list[Head], rows: Numbers, wanted: Wanted) -> Numbers:
    """The rows by a column; empty cells last in both directions, equal ones as in the file."""
    head = next((head for head in shown if head.name == wanted.column), None)
    if not head:
        return rows
    ranks = writer.ranks(head, rows)
    filled, empty = rows[ranks >= 0], rows[ranks < 0]
    own = ranks[ranks >= 0]
    return np.concatenate([filled[np.argsort(-own if wanted.descending else own, kind="stable")], empty])


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
