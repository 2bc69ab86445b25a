"""Rows of one's own, tried among the records: checked like the rest, kept in memory, never on disk.

An uploaded file is one of the tables. Its rows are added; a row whose key is known already replaces the one
that has it. The whole is then checked, so that a row that would break another's reference is named too.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath

import pandas as pd

from tumen import check, descriptor, reading
from tumen.descriptor import Package, Table
from tumen.mistakes import Mistake, nearest, shown
from tumen.reading import Fault, Sheet
from tumen.records import Records, prepared

MOST_BYTES = 5_000_000  # of all files together
MOST_LINES = 20_000  # likewise; every line is judged by every rule, and others wait meanwhile
MOST_NAMED = 200  # mistakes that are shown at once
NAMELESS = "a file without a name"
OURS = 10_000_000  # added to the lines of uploaded rows, to tell them from ours while both stand in one table


@dataclass(frozen=True)
class Trial:
    """Uploaded rows among the records; `records` is None if there are mistakes."""

    records: Records | None
    mistakes: tuple[Mistake, ...]
    added: int = 0
    replaced: int = 0
    tables: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows are the visitor's own."""
        return self.added + self.replaced


def tried(directory: Path, files: Mapping[str, bytes], version: str = "", today: date | None = None) -> Trial:
    """The records of a directory with the rows of some files (name → content), all mistakes named at once.

    `version` is that of the records, see `records.fingerprint`.
    """
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        return _refused("all files", f"the files hold {size:,} bytes; at most {MOST_BYTES:,} can be tried")
    lines = sum(content.count(b"\n") for content in files.values())
    if lines > MOST_LINES:
        return _refused("all files", f"the files hold {lines:,} lines; at most {MOST_LINES:,} can be tried")
    package = descriptor.read(directory)
    sheets, _ = check.read_sheets(directory, package)
    names: dict[str, str] = {}  # path of a table → the file that was uploaded for it
    known: list[Mistake] = []
    added = replaced = 0
    for name, content in files.items():
        table = _table_of(name, content, package)
        if table is None or table.path in names:
            known.append(_unplaced(name, table, package))
            continue
        names[table.path] = _called(name)
        own, faults = reading.read_bytes(content, table)
        known += [_mistake(name, fault) for fault in faults]
        if own.sound:
            sheets[table.name], new, old = _merged(sheets[table.name], own)
            added, replaced = added + new, replaced + old
    tables, report = check.judged(directory, package, sheets, [], today)
    found = (*known, *(_placed(m, directory, names) for m in report.mistakes if m.rule != "rows"))
    if found:
        return Trial(None, found[:MOST_NAMED])
    records = prepared(tables, f"{version} with {added + replaced} rows of your own", directory)
    titles = tuple(table.title for table in package.tables if table.path in names)
    return Trial(records, (), added, replaced, titles)


def digest(files: Mapping[str, bytes]) -> str:
    """A text that is the same for the same files."""
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        found.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return found.hexdigest()


def header(table: Table) -> str:
    """The first line of the file of a table, to begin with."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([column.name for column in table.columns])
    return text.getvalue()


# --- which table ---------------------------------------------------------------------------------


def _table_of(name: str, content: bytes, package: Package) -> Table | None:
    """The table of an uploaded file: by its name ('places.csv', 'places (1).csv'), else by its first line."""
    stem = re.sub(r"\s*\(\d+\)$", "", PurePath(name).stem)
    if stem in package.by_name:
        return package[stem]
    first = content[:10_000].decode("utf-8", "replace").splitlines()[:1]
    columns = next(csv.reader(first), [])
    return next((t for t in package.tables if [c.name for c in t.columns] == columns), None)


def _unplaced(name: str, table: Table | None, package: Package) -> Mistake:
    if table:
        return _mistake(name, Fault(f"the table {table.name} is uploaded twice", remedy="Leave one out."))
    near = nearest(PurePath(name).stem, package.by_name)
    remedy = "Name the file like its table, or give it that table's first line."
    return _mistake(name, Fault("the file is none of the tables", nearest=near, remedy=remedy))


# --- merging -------------------------------------------------------------------------------------


def _merged(ours: Sheet, own: Sheet) -> tuple[Sheet, int, int]:
    """Our sheet with the uploaded rows; how many were added, and how many replaced one of ours."""
    theirs, mine = _keys(ours), _keys(own)
    known = set(mine)
    kept = [place for place, key in enumerate(theirs) if key not in known]
    frame = pd.concat([ours.whole().iloc[kept], own.whole()], ignore_index=True)
    lines = [*(ours.lines[place] for place in kept), *(line + OURS for line in own.lines)]
    replaced = len(theirs) - len(kept)
    return replace(ours, frame=frame, lines=lines), len(known) - replaced, replaced


def _keys(sheet: Sheet) -> list[str]:
    """The key of each row, see versions.key_of."""
    columns = (sheet.frame[name] for name in sheet.table.primary_key)
    return ["+".join(values) for values in zip(*columns, strict=True)]


# --- mistakes ------------------------------------------------------------------------------------


def _placed(mistake: Mistake, directory: Path, names: Mapping[str, str]) -> Mistake:
    """A mistake of the merged tables at its own place: in the uploaded file, or in ours."""
    path = PurePath(mistake.file).relative_to(directory.as_posix()).as_posix()
    text = re.sub(r"\bline (\d{8,})", lambda m: f"line {int(m[1]) - OURS}", mistake.expected)
    if mistake.line > OURS:
        return replace(mistake, file=names[path], line=mistake.line - OURS, expected=text)
    return replace(mistake, file=path, expected=text)


def _mistake(name: str, at: Fault) -> Mistake:
    file, rule = _called(name), at.rule or "upload"
    return Mistake(file, at.line, at.id, at.column, at.found, at.expected, at.nearest, at.remedy, rule)


def _called(name: str) -> str:
    """An uploaded file's name as it may stand in a message: a visitor's file may be called anything."""
    return shown(name) or NAMELESS


def _refused(name: str, why: str) -> Trial:
    return Trial(None, (_mistake(name, Fault(why)),))
