"""Which rows of a table name which rows of another, as numbers: very many are narrowed without a text."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tumen.records import Records
from tumen.running import Numbers, flagged


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
    row, named = np.repeat(np.arange(len(column)), counts), index.get_indexer(pd.Index(names, dtype="str"))
    known = named >= 0
    return Pairs(row[known].astype(np.int32), named[known].astype(np.int32), len(column), len(index))


def naming(records: Records, table: str, column: str, other: str) -> Pairs:
    """The pairs of a column of a table and the table that it refers to, found once."""
    key = ("naming", table, column)
    return records.once(key, lambda: pairs(records[table][column], records[other].index))
