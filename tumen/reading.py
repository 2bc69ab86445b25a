"""Reading one CSV file into rows that know their line, whatever the file holds.

A file that cannot be read gives a fault and no exception; a fault in one row does not hide the others.
"""

import codecs
import csv
import io
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tumen.descriptor import Table
from tumen.mistakes import nearest

BOM = codecs.BOM_UTF8
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TEXT = pa.large_string()
PIECE = 1 << 24  # bytes looked at at once
ROWS = 50_000  # packed at once
SMALL = 1_500  # rows up to which each row is looked at by itself
FEW = 20_000  # rows up to which all are kept as rows where single ones are asked for

# What is beyond these is no table of ours, and naming each of its mistakes would take all time and memory.
LARGEST_FILE = 2**32  # bytes; a thousand times our own data fit
LONGEST_CELL = 2**17  # letters
MOST_COLUMNS = 500
MOST_TORN = 1_000  # rows with another number of cells than the header


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a file, a row or a cell, before it is known which file that was."""

    expected: str
    line: int = 0
    column: str = ""
    found: str = ""
    nearest: str = ""
    remedy: str = ""
    id: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells by column, and the line on which it begins."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def id(self) -> str:
        """The id of the record, or '' in a table without ids."""
        return self.cells.get("id", "")

    def items(self, column: str) -> list[str]:
        """The values of a list."""
        return [item for item in self.cells[column].split(";") if item]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as read: its cells, what is wrong with the file, and whether it can be relied on.

    In an unsound sheet rows or columns are missing, so nothing may be concluded from what is not there.
    """

    table: Table
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)  # every cell as text, one column per heading
    lines: Sequence[int] = ()  # the line on which each row begins
    columns: tuple[str, ...] = ()
    sound: bool = False
    torn: int = 0  # rows with too few or too many cells, which are not among the rows
    torn_ids: frozenset[str] = field(default_factory=frozenset)

    def __len__(self) -> int:
        """How many whole rows there are."""
        return len(self.lines)

    def whole(self) -> pd.DataFrame:
        """The columns that the descriptor names; what is missing is empty."""
        empty = pd.Series("", index=range(len(self)), dtype="str")
        return pd.DataFrame({name: self.frame.get(name, empty) for name in self.table.by_name})

    @property
    def small(self) -> bool:
        """Whether going through all rows one by one is quicker than first looking for suspects."""
        return len(self) <= SMALL

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows, for a table that is small."""
        return tuple(self.at(range(len(self))))

    def at(self, places: Sequence[int] | np.ndarray) -> list[Row]:
        """Some rows by their places from 0."""
        names, own = [str(name) for name in self.frame], self.frame.iloc[list(places)]
        values = zip(*(own[name].tolist() for name in names), strict=True)
        lines = (int(self.lines[place]) for place in places)
        return [
            Row(line, dict(zip(names, cells, strict=True))) for line, cells in zip(lines, values, strict=True)
        ]

    def where(self, suspect: Callable[[pd.DataFrame], Any]) -> Sequence[Row]:
        """The rows that may break a rule: those that a quick look at whole columns marks.

        Of a small table all rows, so a quick look may mark too many and never too few.
        """
        if self.small:
            return self.rows
        return self.at(np.flatnonzero(np.asarray(suspect(self.frame), dtype=bool)))

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """The places of the rows by id; of two rows with one id, the first."""
        ids = self.frame["id"].tolist() if "id" in self.frame else [""] * len(self)
        return {name: place for place, name in reversed(list(enumerate(ids)))}

    def find(self, name: str) -> Row | None:
        """The record with an id, or None."""
        place = self.by_id.get(name)
        if place is None:
            return None
        return self.rows[place] if len(self) <= FEW else self.at([place])[0]

    def unique(self, column: str) -> pa.Array:
        """The different values of a column."""
        return pc.unique(pa.array(self.frame[column], TEXT)) if column in self.frame else pa.array([], TEXT)

    def values(self, column: str) -> frozenset[str]:
        """All values of a column, with the ids of torn rows when it is the id that is asked for."""
        torn = self.torn_ids if column == "id" else frozenset()
        return frozenset(self.unique(column).to_pylist()) | torn


def read(path: Path, table: Table) -> tuple[Sheet, list[Fault]]:
    """Read the file of a table: its rows and everything that is wrong with it as a file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            told = f"the file is larger than {LARGEST_FILE:,} bytes"
            return Sheet(table), [Fault(told, rule="unreadable")]
        with path.open("rb") as file:
            return _read(file, table)
    except FileNotFoundError:
        remedy = "Restore it, or take it out of datapackage.json."
        return Sheet(table), [Fault("the file is missing", rule="missing", remedy=remedy)]
    except OSError as error:
        return Sheet(table), [Fault(f"the file cannot be read: {error.strerror}", rule="unreadable")]


def read_bytes(content: bytes, table: Table) -> tuple[Sheet, list[Fault]]:
    """Read what the file of a table holds, as `read` does."""
    return _read(io.BytesIO(content), table)


def _read(file: BinaryIO, table: Table) -> tuple[Sheet, list[Fault]]:
    readable, faults = (True, []) if _blank(file) else _encoding(file)
    if not readable:
        return Sheet(table), faults
    body = Body()
    faults += body.fill(file)
    if body.header is None:
        remedy = _header_remedy(table)
        return Sheet(table), faults or [Fault("the file is empty", rule="empty", remedy=remedy)]
    header, broken = body.header, bool(body.broken)
    if len(header) > MOST_COLUMNS:
        told = f"the header has {len(header):,} columns"
        return Sheet(table), [Fault(told, 1, rule="header", remedy=_header_remedy(table))]
    faults += _header_faults(header, table)
    if not set(header) & set(table.by_name):
        return Sheet(table), faults
    sound = not broken and set(table.by_name) <= set(header) and len(set(header)) == len(header)
    sheet = Sheet(
        table, body.frame(), body.lines, tuple(header), sound, len(body.ragged), frozenset(body.torn)
    )
    return sheet, faults + body.ragged


def _blank(file: BinaryIO) -> bool:
    """Whether a file holds nothing but blanks; if so it then stands at its end, else at its beginning."""
    while piece := file.read(PIECE):
        if not piece.isspace():
            file.seek(0)
            return False
    return True


def _encoding(file: BinaryIO) -> tuple[bool, list[Fault]]:
    """Whether a file is text that can be read, and what is wrong with it; then it stands at its text."""
    save = "Save the file as UTF-8 without a byte order mark."
    if file.read(2) in UTF16:
        return False, [Fault("the file is not UTF-8 but looks like UTF-16", rule="encoding", remedy=save)]
    file.seek(0)
    if (found := _undecodable(file)) is not None:
        line, byte = found
        told = f"the file is not UTF-8: byte 0x{byte:02x} stands on this line"
        return False, [Fault(told, line, rule="encoding", remedy=save)]
    file.seek(0)
    if file.read(len(BOM)) == BOM:
        told = "the file begins with a byte order mark"
        return True, [Fault(told, 1, rule="encoding", remedy=save)]
    file.seek(0)
    return True, []


def _undecodable(file: BinaryIO) -> tuple[int, int] | None:
    """The line and the value of the first byte that is not UTF-8, read piece by piece."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    while True:
        piece = file.read(PIECE)
        held = decoder.getstate()[0]
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return line + (held + piece).count(b"\n", 0, error.start), (held + piece)[error.start]
        if not piece:
            return None
        line += piece.count(b"\n")


class Body:
    """What a CSV file holds, gathered piece by piece so that no file is in memory twice."""

    def __init__(self) -> None:
        self.header: list[str] | None = None
        self.lines = array("l")
        self.broken: list[Fault] = []
        self.ragged: list[Fault] = []
        self.torn: set[str] = set()
        self._rows: list[list[str]] = []
        self._pieces: list[pa.Table] = []

    def fill(self, file: BinaryIO) -> list[Fault]:
        """Read every record with the line on which it begins, up to the first that is not CSV."""
        text = io.TextIOWrapper(file, "utf-8", newline="")
        csv.field_size_limit(LONGEST_CELL)  # it holds for the process, and other libraries lift it
        reader, line = csv.reader(text, strict=True), 1
        try:
            for cells in reader:
                self._add(line, cells)
                if len(self.header or ()) > MOST_COLUMNS:
                    break
                line = reader.line_num + 1
        except csv.Error as error:
            why = f"the file is not CSV from this line on: {error}"
            remedy = "Look for a quotation mark that is not closed or not doubled."
            self.broken.append(Fault(why, line, rule="csv", remedy=remedy))
        text.detach()  # the file is closed by whoever opened it
        self._pack()
        return self.broken

    def _add(self, line: int, cells: list[str]) -> None:
        if self.header is None:
            self.header = cells
        elif len(cells) == len(self.header):
            self.lines.append(line)
            self._rows.append(cells)
            if len(self._rows) == ROWS:
                self._pack()
        else:
            at = self.header.index("id") if "id" in self.header else len(cells)
            name = cells[at] if at < len(cells) else ""
            self.torn.add(name)
            self.ragged.append(_ragged(line, name, len(cells), len(self.header)))
            if len(self.ragged) > MOST_TORN:
                raise csv.Error(f"{MOST_TORN:,} rows before it have another number of cells than the header")

    def _pack(self) -> None:
        if not self._rows or self.header is None:
            return
        columns = zip(self.header, zip(*self._rows, strict=True), strict=True)
        self._pieces.append(pa.table({name: pa.array(cells, TEXT) for name, cells in columns}))
        self._rows = []

    def frame(self) -> pd.DataFrame:
        """Every cell as text; asked for once."""
        return texts(self._joined())

    def _joined(self) -> pa.Table:
        names = list(dict.fromkeys(self.header or ()))
        empty = pa.table({name: pa.array([], TEXT) for name in names})
        table = pa.concat_tables(self._pieces) if self._pieces else empty
        self._pieces.clear()  # so that they can go one by one when their columns become one
        return table


def texts(table: pa.Table) -> pd.DataFrame:
    """An Arrow table of texts as a frame of them, each column in one piece."""
    columns = {}
    for name in table.column_names:
        columns[name] = whole(table[name])
        table = table.drop_columns([name])  # very many texts are not held twice
    kinds = {TEXT: pd.StringDtype(na_value=np.nan)}
    frame: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=kinds.get)
    return frame


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece: to take a few rows out of several, Arrow joins all of them each time."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _header_faults(header: list[str], table: Table) -> list[Fault]:
    missing = [name for name in table.by_name if name not in header]
    faults = [*_unknown(header, table, missing), *_absent(missing, table), *_repeated(header)]
    if not faults and header != list(table.by_name):
        remedy = f"The order must be: {','.join(table.by_name)}."
        faults.append(
            Fault(
                "the columns stand in another order than in the descriptor", 1, rule="header", remedy=remedy
            )
        )
    return faults


def _unknown(header: list[str], table: Table, missing: list[str]) -> Iterator[Fault]:
    for name in header:
        if name not in table.by_name:
            split = next((c for c in ";\t|" if name.count(c) >= len(table.columns) - 1 > 0), "")
            remedy = (
                f"The columns seem to be separated by {split!r}; they must be separated by commas."
                if split
                else ""
            )
            yield Fault(
                "which is not a column of this table", 1, "header", name, nearest(name, missing),
                remedy or "Rename or remove it, or describe it in datapackage.json.", rule="header",
            )  # fmt: skip


def _absent(missing: list[str], table: Table) -> Iterator[Fault]:
    for name in missing:
        yield Fault(f"the column '{name}' is missing", 1, rule="header", remedy=_header_remedy(table))


def _repeated(header: list[str]) -> Iterator[Fault]:
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield Fault(
            "which stands there twice", 1, "header", name, rule="header", remedy="Remove one of the two."
        )


def _header_remedy(table: Table) -> str:
    return f"The first line must be: {','.join(table.by_name)}."


def _ragged(line: int, name: str, cells: int, columns: int) -> Fault:
    if not cells:
        return Fault("the line is blank", line, rule="cells", remedy="Remove it.")
    expected = f"the row has {cells} cell{'s' * (cells > 1)} where the header has {columns}"
    remedy = (
        "A comma is missing." if cells < columns else "Put quotation marks around a text that holds a comma."
    )
    return Fault(expected, line, id=name, rule="cells", remedy=remedy)
