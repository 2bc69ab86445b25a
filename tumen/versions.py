"""Versions: what each release of the records added, changed or withdrew, as the tables themselves tell.

A curator edits freely; `release` compares the tables with those of the last release, writes what differs into
`changes.csv`, and gives the whole a new version.
"""

import csv
import io
import json
import re
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tumen import descriptor, reading
from tumen.descriptor import Package, Table
from tumen.records import Records
from tumen.speech import _

KINDS = ("added", "changed", "withdrawn")
OWN = ("versions", "changes")  # the tables that tell of releases are no part of one
VERSION = re.compile(r"\d{4}\.(0[1-9]|1[0-2])\.(0|[1-9]\d{0,3})", re.ASCII)

Cells = Mapping[str, str]


class NoRelease(ValueError):
    """A release cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a release did to one row: its key, and for a changed one the columns."""

    table: str
    id: str
    kind: str
    columns: tuple[str, ...] = ()


# --- comparing -----------------------------------------------------------------------------------


def changes(old: Path, new: Path) -> list[Change]:
    """What differs between two data directories, in the order of the tables and rows.

    Raises descriptor.BadDescriptor if one of them has no usable descriptor.
    """
    before, after = descriptor.read(old), descriptor.read(new)
    names = [t.name for t in (*after.tables, *before.tables) if t.name not in OWN]
    return [
        change
        for name in dict.fromkeys(names)
        for change in _differing(name, _rows(old, before, name), _rows(new, after, name))
    ]


def _differing(table: str, old: Mapping[str, Cells], new: Mapping[str, Cells]) -> Iterator[Change]:
    for key, row in new.items():
        if key not in old:
            yield Change(table, key, "added")
        elif differing := _columns(old[key], row):
            yield Change(table, key, "changed", differing)
    yield from (Change(table, key, "withdrawn") for key in old if key not in new)


def _columns(old: Cells, new: Cells) -> tuple[str, ...]:
    """The columns whose value differs; one that a row does not have counts as empty."""
    return tuple(name for name in {**new, **old} if old.get(name, "") != new.get(name, ""))


def _rows(directory: Path, package: Package, name: str) -> dict[str, Cells]:
    """Key → cells of all rows of a table; none if the directory has no such table."""
    table = package.by_name.get(name)
    if table is None:
        return {}
    sheet, _ = reading.read(directory / table.path, table)
    return {key_of(table, row.cells): row.cells for row in sheet.rows}


def key_of(table: Table, cells: Cells) -> str:
    """The key of a row as one text: its id, or the values of its key columns with + between them."""
    return "+".join(cells.get(column, "") for column in table.primary_key)


# --- releasing -----------------------------------------------------------------------------------


def release(directory: Path, old: Path, version: str, on: date, summary: str) -> list[Change]:
    """Give the records of a directory a new version: write versions.csv, changes.csv and the descriptor.

    Args:
        directory: the records to release.
        old: the same records as last released.
        version: year.month.number, newer than all before.
        on: the day of the release.
        summary: what is new, in one or two sentences.

    Raises:
        NoRelease: if nothing changed, or the version is malformed, there already or not the newest.
    """
    package = descriptor.read(directory)
    _check_version(version, list(_rows(directory, package, "versions")))
    found = changes(old, directory)
    if not found:
        raise NoRelease("Nothing has changed since the last release.")
    _append(directory / package["versions"].path, [[version, on.isoformat(), " ".join(summary.split())]])
    lines = [[version, c.table, c.id, c.kind, ";".join(c.columns)] for c in found]
    _append(directory / package["changes"].path, lines)
    _set_version(directory / descriptor.FILE, package.version, version)
    return found


def _check_version(version: str, released: list[str]) -> None:
    if not VERSION.fullmatch(version):
        raise NoRelease(f"“{version}” is not a version (expected year.month.number, such as 2026.12.0).")
    if version in released:
        raise NoRelease(f"The version {version} exists already.")
    if released and _number(version) < max(map(_number, released)):
        raise NoRelease(f"The version {version} is older than {max(released, key=_number)}.")


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _append(path: Path, lines: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def _set_version(path: Path, old: str, new: str) -> None:
    """Replace the version in the text of the descriptor, which keeps its layout."""
    text = path.read_text("utf-8")
    pattern = rf'("version"\s*:\s*){re.escape(json.dumps(old))}'
    path.write_text(re.sub(pattern, rf"\g<1>{json.dumps(new)}", text, count=1), "utf-8")


# --- what was released last ----------------------------------------------------------------------


def last_release(directory: Path) -> str:
    """The git revision that last changed versions.csv.

    Raises NoRelease where git knows none.
    """
    found = _git(directory, "log", "-1", "--format=%H", "--", "versions.csv").decode().strip()
    if not found:
        raise NoRelease("git knows no revision with versions.csv; name one, or a directory, with --since.")
    return found


def unpack(directory: Path, revision: str, target: Path) -> Path:
    """Write a data directory as it was in a git revision into `target`.

    Raises NoRelease if git does not know the revision or the directory in it.
    """
    if revision.startswith("-"):
        raise NoRelease(f"“{revision}” is not a revision.")
    packed = _git(directory, "archive", "--format=tar", revision, ".")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(target, filter="data")
    return target


def _git(directory: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise NoRelease("git is not installed; name the last release as a directory with --since.") from error
    if done.returncode:
        raise NoRelease(f"git: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


# --- telling -------------------------------------------------------------------------------------


def told(records: Records) -> list[dict[str, Any]]:
    """The releases, newest first: id, date, summary, changes (kind → number), words ('3 added')."""
    made = records["changes"]
    found = []
    for row in records["versions"].to_dict("records"):
        own = made[made["version"] == row["id"]]
        count = Counter(own["kind"])
        kinds = {kind: count[kind] for kind in KINDS if count[kind]}
        words = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()) or _("everything is new")
        values = {str(name): value for name, value in row.items()}
        found.append({**values, "changes": kinds, "words": words})
    return found[::-1]
