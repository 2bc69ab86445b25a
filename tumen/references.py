"""Which rows of a table name which rows of another, and which were public on a day, as numbers.

So very many rows are narrowed without looking at a text.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from tumen import dates, derive
from tumen.records import Records
from tumen.running import Numbers, flagged, running


@dataclass(frozen=True, eq=False)
class Pairs:
    """Each row of a table with each row that it names: places in the one and in the other."""

    row: Numbers
    named: Numbers
    rows: int  # how many there are in all
    names: int

    def naming(self, wanted: Numbers) -> Numbers:
        """Which rows name one of the flagged ones."""
        return flagged(self.row[wanted[self.named]], self.rows)

    def named_by(self, chosen: Numbers) -> Numbers:
        """Which rows are named by one of the flagged ones."""
        return flagged(self.named[chosen[self.row]], self.names)


def pairs(column: pd.Series, index: pd.Index) -> Pairs:
    """The pairs of a column of references, lists or single ones, to the ids of an index."""
    counts = [len(own) for own in column] if column.dtype == object else 1
    names = [one for own in column for one in own] if column.dtype == object else column.array
    row = np.repeat(np.arange(len(column)), counts)
    named = index.get_indexer(pd.Index(names, dtype=index.dtype))  # the ids of a few code tables are numbers
    known = named >= 0
    return Pairs(row[known].astype(np.int32), named[known].astype(np.int32), len(column), len(index))


def naming(records: Records, table: str, column: str, other: str) -> Pairs:
    """The pairs of a column of a table and the table that it refers to, found once."""
    key = ("naming", table, column)
    return records.once(key, lambda: pairs(records[table][column], records[other].index))


def public_rows(records: Records, table: str, as_of: date | None) -> Numbers:
    """Which rows of a table were public on a day; those without a day only are today.

    A source is public from its own day on, a route from its first source on, a transfer from its first
    report on, assertions, events and quotes from the day in their column `known`; all else always.
    """
    if as_of is None:
        return np.ones(len(records[table]), dtype=bool)
    return records.once(("public", table, as_of), lambda: _public_rows(records, table, as_of))


def _public_rows(records: Records, table: str, as_of: date) -> Numbers:
    if table == "sources":
        published: Numbers = records.once("days of sources", lambda: _published(records["sources"]))
        return published <= np.datetime64(as_of)
    if table == "routes":
        return naming(records, table, "sources", "sources").naming(public_rows(records, "sources", as_of))
    if table == "transfers":
        return flagged(running(records).rows[derive.numbers(records, as_of)], len(records[table]))
    known = records[table].get("known")
    return np.ones(len(records[table]), bool) if known is None else (known <= pd.Timestamp(as_of)).to_numpy()


def _published(sources: pd.DataFrame) -> Numbers:
    place, different = pd.factorize(sources["published"])
    days = [dates.known_from(text) if text else None for text in different.tolist()]
    return np.array(days, dtype="datetime64[D]")[place]
