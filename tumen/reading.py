"""Reading one CSV file into rows that know their line, whatever the file holds.

A file that cannot be read gives a fault and no exception; a fault in one row does not hide the others.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tumen.descriptor import Table
from tumen.mistakes import nearest

BOM = "\ufeff"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


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


@dataclass(frozen=True)
class Sheet:
    """A table as read: its rows, what is wrong with the file, and whether it can be relied on.

    In an unsound sheet rows or columns are missing, so nothing may be concluded from what is not there.
    """

    table: Table
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()
    sound: bool = False
    torn: int = 0  # rows with too few or too many cells, which are not among the rows
    torn_ids: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """The rows by id; of two rows with one id, the first."""
        return {row.id: row for row in reversed(self.rows)}

    def values(self, column: str) -> frozenset[str]:
        """All values of a column, with the ids of torn rows when it is the id that is asked for."""
        torn = self.torn_ids if column == "id" else frozenset()
        return frozenset(row.cells.get(column, "") for row in self.rows) | torn


def read(path: Path, table: Table) -> tuple[Sheet, list[Fault]]:
    """Read the file of a table: its rows and everything that is wrong with it as a file."""
    return _parsed(*_text(path), table)


def read_bytes(content: bytes, table: Table) -> tuple[Sheet, list[Fault]]:
    """Read what the file of a table holds, as `read` does."""
    return _parsed(*(_decoded(content) if content.strip() else ("", [])), table)


def _parsed(text: str | None, faults: list[Fault], table: Table) -> tuple[Sheet, list[Fault]]:
    if text is None:
        return Sheet(table), faults
    records, broken = _records(text)
    faults += broken
    if not records:
        return Sheet(table), faults or [
            Fault("the file is empty", rule="empty", remedy=_header_remedy(table))
        ]
    (_, header), *body = records
    faults += _header_faults(header, table)
    if not set(header) & set(table.by_name):
        return Sheet(table), faults
    rows, ragged, torn_ids = _rows(header, body)
    sound = not broken and set(table.by_name) <= set(header) and len(set(header)) == len(header)
    return Sheet(table, rows, tuple(header), sound, len(ragged), torn_ids), faults + ragged


def _text(path: Path) -> tuple[str | None, list[Fault]]:
    """The text of a file, or None and the reason."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [
            Fault(
                "the file is missing",
                rule="missing",
                remedy="Restore it, or take it out of datapackage.json.",
            )
        ]
    except OSError as error:
        return None, [Fault(f"the file cannot be read: {error.strerror}", rule="unreadable")]
    if not content.strip():
        return "", []
    return _decoded(content)


def _decoded(content: bytes) -> tuple[str | None, list[Fault]]:
    save = "Save the file as UTF-8 without a byte order mark."
    if content.startswith(UTF16):
        return None, [Fault("the file is not UTF-8 but looks like UTF-16", rule="encoding", remedy=save)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02x}"
        return None, [
            Fault(
                f"the file is not UTF-8: byte {byte} stands on this line", line, rule="encoding", remedy=save
            )
        ]
    if text.startswith(BOM):
        return text[1:], [Fault("the file begins with a byte order mark", 1, rule="encoding", remedy=save)]
    return text, []


def _records(text: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """Every record with the line on which it begins, up to the first that is not CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        why = f"the file is not CSV from this line on: {error}"
        return records, [
            Fault(
                why, line, rule="csv", remedy="Look for a quotation mark that is not closed or not doubled."
            )
        ]
    return records, []


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


def _rows(
    header: list[str], body: list[tuple[int, list[str]]]
) -> tuple[tuple[Row, ...], list[Fault], frozenset[str]]:
    """The whole rows, the faults of the others, and the ids of the others."""
    rows, faults, torn = [], [], set()
    at = header.index("id") if "id" in header else None
    for line, cells in body:
        if len(cells) == len(header):
            rows.append(Row(line, dict(zip(header, cells, strict=True))))
            continue
        name = cells[at] if at is not None and at < len(cells) else ""
        torn.add(name)
        faults.append(_ragged(line, name, len(cells), len(header)))
    return tuple(rows), faults, frozenset(torn)


def _ragged(line: int, name: str, cells: int, columns: int) -> Fault:
    if not cells:
        return Fault("the line is blank", line, rule="cells", remedy="Remove it.")
    expected = f"the row has {cells} cell{'s' * (cells > 1)} where the header has {columns}"
    remedy = (
        "A comma is missing." if cells < columns else "Put quotation marks around a text that holds a comma."
    )
    return Fault(expected, line, id=name, rule="cells", remedy=remedy)
