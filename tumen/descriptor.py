"""The descriptor: what every table and column of a data directory means and must hold.

`data/datapackage.json` is a Frictionless Data Package that any stock validator reads. Properties that
begin with `tumen:` say what Table Schema has no word for (prefix dates, lists, row counts); only this
module knows how they are spelt.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

FILE = "datapackage.json"
TYPES = ("string", "integer", "number", "boolean")


class BadDescriptor(ValueError):
    """The descriptor itself cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference: every value of `column` must be a value of `field` in `table`."""

    column: str
    table: str
    field: str


@dataclass(frozen=True)
class Column:
    """One column: what it means and what a cell of it may hold."""

    name: str
    title: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    separator: str = ""  # of a list; empty for a single value
    reference: ForeignKey | None = None
    is_date: bool = False
    is_period: bool = False
    is_points: bool = False
    is_url: bool = False
    is_text: bool = False  # free text, which must not hold markup
    unit: str = ""

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return bool(self.separator)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, for ASCII digits and letters only."""
        return re.compile(self.pattern or r"(?s).*", re.ASCII)

    def items(self, cell: str) -> list[str]:
        """The values in a cell: several for a list, one otherwise, none if it is empty."""
        if not cell:
            return []
        return cell.split(self.separator) if self.separator else [cell]


@dataclass(frozen=True)
class Table:
    """One CSV file: its columns in order, its key and how many rows it must have."""

    name: str
    title: str
    description: str
    path: str
    group: str  # 'records' or 'codes'
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    fewest_rows: int
    most_rows: int

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    def __getitem__(self, column: str) -> Column:
        return self.by_name[column]


@dataclass(frozen=True)
class Package:
    """The whole descriptor: every table, and the terms of use."""

    name: str
    title: str
    version: str
    description: str
    licence: str
    licence_url: str
    licence_note: str
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    story: Mapping[str, Any] = field(default_factory=dict)  # what the data set says of itself, see story.py

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """Its tables by name."""
        return {table.name: table for table in self.tables}

    def __getitem__(self, table: str) -> Table:
        return self.by_name[table]


def read(directory: Path) -> Package:
    """Read the descriptor of a data directory.

    Raises BadDescriptor if it is missing, is not JSON, or lacks something that it must have.
    """
    try:
        return _package(json.loads((directory / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadDescriptor("the descriptor is missing") from error
    except OSError as error:
        raise BadDescriptor(f"the descriptor cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadDescriptor(f"the descriptor is not JSON: {error}") from error
    except BadDescriptor:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, re.error) as error:
        raise BadDescriptor(f"the descriptor lacks or misspells something: {error!r}") from error


def _package(raw: Mapping[str, Any]) -> Package:
    licence = raw["licenses"][0]
    package = Package(
        name=raw["name"],
        title=raw["title"],
        version=raw["version"],
        description=raw["description"],
        licence=licence["title"],
        licence_url=licence["path"],
        licence_note=raw.get("tumen:licenceNote", ""),
        sources=tuple(source["title"] for source in raw["sources"]),
        tables=tuple(_table(resource) for resource in raw["resources"]),
        story=dict(raw.get("tumen:story", {})),
    )
    _check_references(package)
    return package


def _table(raw: Mapping[str, Any]) -> Table:
    schema, rows = raw["schema"], raw["tumen:rows"]
    keys = {fields[0]: key for key, fields in ((k, k["fields"]) for k in schema.get("foreignKeys", []))}
    return Table(
        name=raw["name"],
        title=raw["title"],
        description=raw["description"],
        path=raw["path"],
        group=raw["tumen:group"],
        columns=tuple(_column(f, raw["name"], keys.get(f["name"])) for f in schema["fields"]),
        primary_key=tuple(schema["primaryKey"]),
        fewest_rows=int(rows["minimum"]),
        most_rows=int(rows["maximum"]),
    )


def _column(raw: Mapping[str, Any], table: str, key: Mapping[str, Any] | None) -> Column:
    limits = raw.get("constraints", {})
    re.compile(limits.get("pattern", ""))
    if raw["type"] not in TYPES:
        raise BadDescriptor(f"{table}.{raw['name']} has the type '{raw['type']}'; expected one of {TYPES}")
    return Column(
        name=raw["name"],
        title=raw["title"],
        type=raw["type"],
        description=raw["description"],
        required=limits.get("required", False),
        unique=limits.get("unique", False),
        enum=tuple(limits.get("enum", ())),
        pattern=limits.get("pattern", ""),
        minimum=_limit(limits, "minimum"),
        maximum=_limit(limits, "maximum"),
        separator=raw.get("tumen:list", ""),
        reference=_reference(raw, table, key),
        is_date=raw.get("tumen:prefixDate", False),
        is_period=raw.get("tumen:period", False),
        is_points=raw.get("tumen:points", False),
        is_url=raw.get("tumen:url", False),
        is_text=raw.get("tumen:markup") is False,
        unit=raw.get("tumen:unit", ""),
    )


def _limit(limits: Mapping[str, Any], name: str) -> float | None:
    return float(limits[name]) if name in limits else None


def _reference(raw: Mapping[str, Any], table: str, key: Mapping[str, Any] | None) -> ForeignKey | None:
    """The reference of a column: Table Schema's own for one value, ours for a list."""
    if key:  # an empty name means the table itself, as Table Schema has it
        target = key["reference"]
        return ForeignKey(raw["name"], target["resource"] or table, target["fields"][0])
    if listed := raw.get("tumen:references"):
        return ForeignKey(raw["name"], listed["resource"], listed["field"])
    return None


def _check_references(package: Package) -> None:
    for table in package.tables:
        for column in table.columns:
            key = column.reference
            if key and (key.table not in package.by_name or key.field not in package[key.table].by_name):
                target = f"{key.table}.{key.field}"
                raise BadDescriptor(f"{table.name}.{column.name} refers to {target}, which does not exist")
