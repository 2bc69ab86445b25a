"""The check: every mistake in a data directory at once, each with place, value and remedy.

    >>> from pathlib import Path
    >>> check(Path("data")).ok
    True

What a column must hold comes from the descriptor (`descriptor`, `cells`); what must hold between
columns and tables stands in `rules`. `read` gives the typed tables of the same pass.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tumen import cache, cells, dates, descriptor, memory, reading, rules
from tumen.descriptor import Column, Package, Table
from tumen.mistakes import Mistake, Report, nearest
from tumen.reading import Fault, Row, Sheet

__all__ = ["Mistake", "Report", "check", "read"]

STRUCTURE = ("missing", "unreadable", "empty", "encoding", "csv", "header", "cells", "rows", "undescribed")
DESCRIBED = ("descriptor", "required", "unique", "reference")
MOST_FAULTS = 2_000  # of one table, of one rule: a hostile file has a mistake in each of a million rows
Found = list[tuple[str, Fault]]  # faults, each with the path of its file
RULE_COUNT = len(STRUCTURE) + len(DESCRIBED) + len(cells.RULES) + len(rules.RULES)


def check(directory: Path, today: date | None = None) -> Report:
    """Check a data directory against its descriptor and Tumen's rules.

    Args:
        directory: holds datapackage.json and the files that it names.
        today: the day after which a date lies in the future; the real one if None.
    """
    return _read(directory, today or date.today())[1]


def read(directory: Path, today: date | None = None) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read and check a data directory: its typed tables by name, and the report.

    Text is str with '' for empty; integers are Int64 and numbers Float64 with NA for empty; true and false
    are bool; lists are tuples of str. A table with mistakes holds what could be read of it. In data without
    mistakes the assertions stand in the order in which they became public. A large data set that has passed
    is kept (see `cache`), so that the same files need not be checked again.
    """
    day = today or date.today()
    name = cache.key(directory, [*directory.rglob("*.csv"), directory / descriptor.FILE])
    (memory.frugal if name else memory.quick)()  # only a large data set has a name
    texts = cache.find(name, day) if name else None
    if texts is None:
        frames, report = _read(directory, day)
        if not report.ok:
            return {table.name: _frame(table, frame) for table, frame in frames}, report
        texts = _passed(name, frames, day)
    package = descriptor.read(directory)
    rows = sum(len(frame) for frame in texts.values())
    tables = {table.name: _frame(table, texts[table.name]) for table in package.tables}
    return tables, Report((), len(texts), rows, RULE_COUNT)


def _passed(name: str, frames: list[tuple[Table, pd.DataFrame]], day: date) -> cache.Frames:
    """Checked tables, kept under a name and then read from there: what is not looked at takes no memory."""
    texts = {table.name: frame for table, frame in frames}
    frames.clear()  # what is put in order need not be in memory twice
    public = dates.known(texts["assertions"]["date"])
    texts["assertions"] = dates.in_public_order(texts.pop("assertions"), public)
    if not name:
        return texts
    cache.keep(name, texts, day)
    return cache.find(name, day) or texts


def _read(directory: Path, today: date) -> tuple[list[tuple[Table, pd.DataFrame]], Report]:
    """Every table as text, and the report."""
    try:
        package = descriptor.read(directory)
    except descriptor.BadDescriptor as error:
        return [], Report((_no_descriptor(directory, error),), 0, 0, RULE_COUNT)
    sheets, found = read_sheets(directory, package)
    found += _undescribed(directory, package)
    frames = [(sheet.table, sheet.whole()) for sheet in sheets.values()]
    return frames, _report(directory, package, sheets, found, today)


def judged(
    directory: Path, package: Package, sheets: Mapping[str, Sheet], found: Found, today: date | None = None
) -> tuple[dict[str, pd.DataFrame], Report]:
    """The typed tables of sheets that were read, and the report on them; `found` are faults known before."""
    tables = {name: _frame(sheet.table, sheet.whole()) for name, sheet in sheets.items()}
    return tables, _report(directory, package, sheets, found, today or date.today())


def _report(
    directory: Path, package: Package, sheets: Mapping[str, Sheet], found: Found, today: date
) -> Report:
    data = rules.Data(package, sheets, today)
    found = [*found, *_all_faults(data)]
    rows = sum(len(sheet) for sheet in sheets.values())
    return Report(_mistakes(directory, package, found), len(sheets), rows, RULE_COUNT)


def read_sheets(directory: Path, package: Package) -> tuple[dict[str, Sheet], Found]:
    """Every file of a data directory, and what is wrong with it as a file."""
    sheets: dict[str, Sheet] = {}
    found: Found = []
    for table in package.tables:
        sheets[table.name], faults = reading.read(directory / table.path, table)
        found += [(table.path, fault) for fault in faults]
    return sheets, found


def _undescribed(directory: Path, package: Package) -> Iterator[tuple[str, Fault]]:
    """CSV files that the descriptor does not name: nobody would ever read them."""
    known = {table.path for table in package.tables}
    for path in sorted(directory.rglob("*.csv")):
        name = path.relative_to(directory).as_posix()
        if name not in known:
            offer = nearest(name, [other for other in known if not (directory / other).exists()])
            remedy = "Rename it, remove it or describe it."
            yield (
                name,
                Fault(
                    "the file is not described in datapackage.json",
                    0,
                    "",
                    "",
                    offer,
                    remedy,
                    rule="undescribed",
                ),
            )


def _all_faults(data: rules.Data) -> Iterator[tuple[str, Fault]]:
    for sheet in data.sheets.values():
        own = islice(_sheet_faults(sheet, data.sheets), MOST_FAULTS)
        yield from ((sheet.table.path, fault) for fault in own)
    for rule in rules.RULES:
        yield from islice(rules.broken_by(data, rule), MOST_FAULTS)


def _sheet_faults(sheet: Sheet, sheets: Mapping[str, Sheet]) -> Iterator[Fault]:
    """What is wrong with a sheet by the descriptor alone."""
    yield from _row_count(sheet)
    yield from _key_twice(sheet)
    for column in sheet.table.columns:
        if column.name in sheet.columns:
            yield from _cell_faults(column, sheet, sheets)


def _row_count(sheet: Sheet) -> Iterator[Fault]:
    """Too few or too many rows, so that a silent loss is noticed."""
    count, table = len(sheet) + sheet.torn, sheet.table
    if sheet.sound and not table.fewest_rows <= count <= table.most_rows:
        expected = f"the file has {count:,} rows; expected are {table.fewest_rows:,} to {table.most_rows:,}"
        yield Fault(
            expected, rule="rows", remedy="Restore what was lost, or change tumen:rows in datapackage.json."
        )


def _key_twice(sheet: Sheet) -> Iterator[Fault]:
    """Rows with one key, where the key is more than one column; for one column see `_twice`."""
    key = list(sheet.table.primary_key)
    seen: dict[tuple[str, ...], int] = {}
    for row in sheet.where(lambda f: f.duplicated(key, keep=False)) if sheet.sound and len(key) > 1 else ():
        first = seen.setdefault(tuple(row[column] for column in key), row.line)
        if first != row.line:
            expected = f"the row repeats {', '.join(key)} of line {first}"
            yield Fault(expected, row.line, id=row.id, rule="unique", remedy="Remove one of the two rows.")


def _cell_faults(column: Column, sheet: Sheet, sheets: Mapping[str, Sheet]) -> Iterator[Fault]:
    """The faults of all cells of a column: one for each cell, or one for each dangling reference."""
    values, seen = sheet.unique(column.name), dict[str, int]()
    faults, known = cells.faults(column, values), _known(column, sheets)
    wrong = {*faults, *(_astray(column, values.to_pylist(), known[1]) if known else ())}

    def suspect(frame: pd.DataFrame) -> "pd.Series[bool]":
        found = frame[column.name].isin(wrong)
        return (
            found | frame[column.name].duplicated(keep=False) if _must_differ(column, sheet.table) else found
        )

    for row in sheet.where(suspect):
        cell = row[column.name]
        fault = faults.get(cell) or _twice(column, sheet.table, cell, row.line, seen)
        if fault:
            yield replace(fault, line=row.line, id=row.id, column=column.name, found=cell)
        elif known and cell in wrong:
            yield from _dangling(column, row, *known)


def _must_differ(column: Column, table: Table) -> bool:
    return column.unique or table.primary_key == (column.name,)


def _astray(column: Column, values: Iterable[str], known: frozenset[str]) -> Iterator[str]:
    """The values of which some item is not known."""
    return (value for value in values if not known.issuperset(column.items(value)))


def _twice(column: Column, table: Table, cell: str, line: int, seen: dict[str, int]) -> Fault | None:
    """A value that must be unique and is not."""
    if not cell or not _must_differ(column, table):
        return None
    first = seen.setdefault(cell, line)
    remedy = "Give it another value, or remove one of the two rows."
    return None if first == line else Fault(f"which line {first} has already", rule="unique", remedy=remedy)


def _known(column: Column, sheets: Mapping[str, Sheet]) -> tuple[str, frozenset[str]] | None:
    """The file that a column refers to and the values there; None if nothing can be said."""
    key = column.reference
    target = sheets[key.table] if key else None
    return (target.table.path, target.values(key.field)) if key and target and target.sound else None


def _dangling(column: Column, row: Row, path: str, known: frozenset[str]) -> Iterator[Fault]:
    """Every value that refers to a record that does not exist."""
    for item in column.items(row[column.name]):
        if item not in known:
            offer = nearest(item, known)
            remedy = "" if offer else f"Add it to {path}, or correct it."
            yield Fault(
                f"which is not in {path}", row.line, column.name, item, offer, remedy, row.id, "reference"
            )


def _mistakes(directory: Path, package: Package, found: Found) -> tuple[Mistake, ...]:
    """The faults as mistakes, in the order of the files and lines."""
    order = {table.path: number for number, table in enumerate(package.tables)}
    ordered = sorted(found, key=lambda pair: (order.get(pair[0], len(order)), pair[0], pair[1].line))
    return tuple(_mistake(directory, path, fault) for path, fault in ordered)


def _mistake(directory: Path, path: str, at: Fault) -> Mistake:
    file = (directory / path).as_posix()
    return Mistake(file, at.line, at.id, at.column, at.found, at.expected, at.nearest, at.remedy, at.rule)


def _no_descriptor(directory: Path, error: descriptor.BadDescriptor) -> Mistake:
    remedy = "Restore it; nothing can be checked without it."
    return _mistake(directory, descriptor.FILE, Fault(str(error), rule="descriptor", remedy=remedy))


def _frame(table: Table, texts: pd.DataFrame) -> pd.DataFrame:
    """The typed table of texts; a cell that cannot be typed is empty."""
    return pd.DataFrame({column.name: _typed(column, texts[column.name]) for column in table.columns})


def _typed(column: Column, values: "pd.Series[str]") -> "pd.Series[Any]":
    match column.type:
        case "integer":
            return _numbers(values, cells.INTEGER).astype("Int64")
        case "number":
            return _numbers(values, cells.NUMBER)
        case "boolean":
            return values.eq("true").astype(bool)
    if column.is_list:
        place, different = pd.factorize(values)
        lists = np.empty(len(different), dtype=object)
        lists[:] = [tuple(column.items(value)) for value in different]
        return pd.Series(lists[place], dtype=object)
    return values


def _numbers(values: "pd.Series[str]", form: re.Pattern[str]) -> "pd.Series[Any]":
    return pd.to_numeric(values.where(values.str.fullmatch(form.pattern))).astype("Float64")
