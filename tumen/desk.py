"""The desk where cards are written: the records, and the day up to which they may be known.

Every card and list asks the desk for rows, names and links, so that a turned-back day is honoured
in one place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from tumen import dates, derive, geography
from tumen.records import Records
from tumen.references import public_rows
from tumen.templates import record_url

Row = dict[str, Any]

TABLES: Mapping[str, str] = {
    "transfer": "transfers",
    "event": "events",
    "place": "places",
    "quote": "quotes",
    "source": "sources",
    "route": "routes",
    "assertion": "assertions",
}
KINDS = (*TABLES, "flow")  # a flow is no row: it gathers the transfers of a family between two countries


@dataclass(frozen=True)
class Desk:
    """The records as they may be known on a day (None: today)."""

    records: Records
    as_of: date | None = None
    shown: frozenset[str] | None = None  # transfers in view, where filters are set

    def label(self, table: str, code: object) -> str:
        """The reader's word for a code."""
        return self.records.label(table, str(code))

    def meaning(self, table: str, code: object, column: str = "meaning") -> str:
        """What a code means, from its table."""
        return str(self.cell(table, str(code), column))

    def cell(self, table: str, record: str, column: str) -> Any:
        """One value of a row."""
        return self._columns(table)[column][self.records.place(table, record)]

    def row(self, table: str, record: str) -> Row:
        """One row as a dict."""
        return self.rows(table, [record])[0]

    def rows(self, table: str, ids: Iterable[str]) -> list[Row]:
        """Rows as dicts, in the order asked for."""
        columns = self._columns(table)
        places = [self.records.place(table, record) for record in ids]
        return [{name: column[place] for name, column in columns.items()} for place in places]

    def _columns(self, table: str) -> dict[str, Any]:
        """The bare columns: a frame's own .loc costs a millisecond a row, and a card asks for hundreds."""
        frame = self.records[table]
        return self.records.once(("columns", table), lambda: {str(n): frame[n].array for n in frame})

    def naming(self, table: str, column: str, record: str) -> list[str]:
        """Ids of the public rows of a table that name a record in a column, in the table's order."""
        return self.public(table, referring(self.records, table, column).get(record, ()))

    def public(self, table: str, ids: Iterable[str]) -> list[str]:
        """Those of the ids that were public on the day of the desk."""
        if self.as_of is None or table not in PUBLIC:
            return list(ids)
        public = public_rows(self.records, table, self.as_of)
        return [record for record in ids if public[self.records.place(table, record)]]

    def is_public(self, table: str, record: str) -> bool:
        """Whether a row was public on the day of the desk."""
        return bool(self.public(table, [record]))

    def published(self, text: str) -> bool:
        """Whether something dated so was public on the day of the desk."""
        return self.as_of is None or (bool(text) and dates.known_from(text) <= self.as_of)

    def grade(self, transfer: str) -> Row | None:
        """What derives from the assertions on a transfer (derive.states); None before its first report."""
        states = derive.states(self.records, self.as_of)
        return dict(states.loc[transfer]) if transfer in states.index else None

    def url(self, kind: str, record: str) -> str:
        """The permanent address of a record, with the day of the desk."""
        return record_url(kind, record, self._day())

    def filter_url(self, name: str, value: str) -> str:
        """The address of the overview, filtered by one value."""
        return f"/?{urlencode({name: value, **self._day()})}"

    def _day(self) -> dict[str, str]:
        return {"as_of": self.as_of.isoformat()} if self.as_of else {}


PUBLIC = ("assertions", "events", "quotes", "sources", "routes", "transfers")  # tables whose rows have a day


def referring(records: Records, table: str, column: str) -> "Referring":
    """Record → ids of the rows of a table that name it in a column (a list or a single reference)."""
    return records.once(("referring", table, column), lambda: _referring(records[table][column]))


@dataclass(frozen=True, eq=False)
class Referring(Mapping[str, tuple[str, ...]]):
    """Record → ids of the rows that name it; each made when asked for, for there may be very many."""

    ids: Any  # of all rows of the table
    row: np.ndarray[Any, Any]  # places of the rows that name something, by what they name
    begins: np.ndarray[Any, Any]  # where among them each record begins
    named: pd.Index  # the records that are named

    def rows(self, record: str) -> np.ndarray[Any, Any]:
        """The places of the rows that name a record, in the order of the table."""
        if record not in self.named:
            return self.row[:0]
        number = int(self.named.get_loc(record))  # type: ignore[arg-type]
        return self.row[self.begins[number] : self.begins[number + 1]]

    def of_any(self, records: pd.Index) -> frozenset[str]:
        """The ids of the rows that name any of some records."""
        wanted = np.zeros(len(self.named) + 1, dtype=bool)
        wanted[self.named.get_indexer(records)] = True  # those that nothing names fall on the last place
        return frozenset(self.ids.take(self.row[np.repeat(wanted[:-1], np.diff(self.begins))]))

    def __getitem__(self, record: str) -> tuple[str, ...]:
        if record not in self:
            raise KeyError(record)
        return tuple(self.ids.take(self.rows(record)))

    def __contains__(self, record: object) -> bool:
        return record in self.named

    def __iter__(self) -> Iterator[str]:
        return iter(map(str, self.named))

    def __len__(self) -> int:
        return len(self.named)


def _referring(column: pd.Series) -> Referring:
    bare = column.reset_index(drop=True)
    single = bare.explode() if bare.dtype == object else bare
    single = single[single.notna() & (single != "")]
    number, named = pd.factorize(single, sort=True)
    order = np.argsort(number, kind="stable")
    begins = np.searchsorted(number[order], np.arange(len(named) + 1))
    return Referring(column.index.array, single.index.to_numpy()[order], begins, pd.Index(named))


def courses(records: Records) -> pd.DataFrame:
    """All legs with their length, see geography.legs_with_courses."""
    return records.once("courses", lambda: geography.legs_with_courses(records["legs"], records["places"]))


# --- references ----------------------------------------------------------------------------------


def split(reference: str) -> tuple[str, str]:
    """'transfer:prk-rus-…' → kind and id."""
    kind, _, record = reference.partition(":")
    return kind, record


def exists(records: Records, reference: str) -> bool:
    """Whether a reference names a record that has a card."""
    kind, record = split(reference)
    if kind == "flow":
        return bool(flow_transfers(records, record))
    return kind in TABLES and records.has(TABLES[kind], record)


def title(records: Records, reference: str) -> str:
    """The name of a record for people: 'Ball bearings', 'North Korea → Russia: missiles'."""
    kind, record = split(reference)
    if kind == "flow":
        return _flow_title(records, record)
    if kind == "quote":
        quote = Desk(records).row("quotes", record)
        return f"{records.label('speakers', quote['speaker_id'])}: “{first_words(quote['text'])}”"
    if kind == "assertion":
        said = Desk(records).row("assertions", record)
        return f"{said['by']}, {dates.words(said['date'])}: {records.label('transfers', said['transfer'])}"
    return records.label(TABLES[kind], record)


def first_words(text: str, most: int = 60) -> str:
    """The beginning of a text, cut at a word, with an ellipsis where something is left out."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0].rstrip(',;:.')} …"


def flow_parts(record: str) -> tuple[str, str, str]:
    """'PRK>RUS:missiles' → origin, destination, family ('' for all families)."""
    ends, _, family = record.partition(":")
    origin, _, destination = ends.partition(">")
    return origin, destination, family


def flow_transfers(records: Records, record: str) -> list[str]:
    """Ids of all transfers of a flow, known or not on any day."""
    origin, destination, family = flow_parts(record)
    rows = records["transfers"]
    own = rows["origin"].eq(origin) & rows["destination"].eq(destination)
    return list(rows.index[own & rows["family"].eq(family) if family else own])


def _flow_title(records: Records, record: str) -> str:
    origin, destination, family = flow_parts(record)
    ends = f"{records.label('countries', origin)} → {records.label('countries', destination)}"
    return f"{ends}: {records.label('families', family).lower()}" if family else ends
