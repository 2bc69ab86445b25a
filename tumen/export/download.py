"""One file of a view, whatever it is asked for: its bytes, media type and a name that tells what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from tumen import browse, view
from tumen.descriptor import Column
from tumen.export import bundle, columnar, csvs, geo, readme, sheets, tables
from tumen.export.pieces import json_list, pieces
from tumen.records import Records
from tumen.view import Selection, View

MEDIA: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "zip": "application/zip",
}
TABLE_FORMATS = ("csv", "json", "parquet", "xlsx")  # of every table; GeoJSON of those in geo.LAYERS
VIEW_FORMATS = ("zip", "gpkg", "xlsx")  # of a whole view
DATED = ("zip", "xlsx")  # these hold a citation with the day of access
VIEW, LONGEST_NAME = "view", 120


@dataclass(frozen=True)
class Download:
    """A file to be taken away."""

    content: bytes
    media: str
    name: str


class NoSuchFile(LookupError):
    """There is no file of this name in this format; the text says which there are."""


def formats(records: Records) -> dict[str, tuple[str, ...]]:
    """What can be taken away → its formats: every table, the layer flows, and the whole view."""
    named = [table.name for table in browse.package(records).tables]
    found = {name: (*TABLE_FORMATS, *(["geojson"] if name in geo.LAYERS else [])) for name in named}
    layers = {name: ("geojson",) for name in geo.LAYERS if name not in found}
    return {**found, **layers, VIEW: VIEW_FORMATS}


def download(
    records: Records,
    selection: Selection,
    name: str,
    format: str,
    *,
    address: str,
    on: date,
    ids: Sequence[str] = (),
) -> Download:
    """A file of a view.

    Args:
        records: the records.
        selection: what is in view.
        name: a table, 'flows' or 'view', see `formats`.
        format: one of its formats.
        address: of the view, with its host.
        on: the day on which it is taken away.
        ids: only these rows of a table; all for none.

    Raises:
        NoSuchFile: if there is no such file.
        sheets.TooManyRows: if there is more than fits into a workbook.
    """
    known = formats(records)
    if format not in known.get(name, ()):
        raise NoSuchFile(f"there is no {name}.{format}; {name} comes as {', '.join(known.get(name, ()))}")
    asked = Asked(records, selection, name, address, on, tuple(ids))
    content = asked.whole(format) if name == VIEW else asked.part(format)
    return Download(content, MEDIA[format], file_name(selection.view, name, format))


@dataclass(frozen=True)
class Asked:
    """What was asked for, and how each format of it is made."""

    records: Records
    selection: Selection
    name: str
    address: str
    on: date
    ids: tuple[str, ...]

    def whole(self, format: str) -> bytes:
        """The whole view in a format that holds several tables or layers."""
        if format == "zip":
            return bundle.zipped(self.records, self.selection, self.address, self.on)
        host = bundle.host_of(self.address)
        if format == "gpkg":
            return geo.geopackage(geo.layers(self.records, self.selection, host))
        found = tables.tables(self.records, self.selection)
        return sheets.workbook({name: (own, self.columns(name)) for name, own in found.items()}, self.about())

    def part(self, format: str) -> bytes:
        """One table or layer."""
        if format == "geojson":
            host = bundle.host_of(self.address)
            found = self.wanted(geo.layer(self.records, self.selection, self.name, host))
            return geo.geojson(found, self.words(len(found)))
        frame, columns = self.wanted(tables.one(self.records, self.selection, self.name)), self.columns()
        if format == "csv":
            return csvs.sheet(frame, columns).content
        if format == "parquet":
            return columnar.parquet(frame, columns, {key: str(v) for key, v in self.words().items()})
        if format == "xlsx":
            return sheets.workbook({self.name: (frame, columns)}, self.about())
        return json_list(self.words(len(frame)), "rows", (rows(part, columns) for part in pieces(frame)))

    def columns(self, name: str = "") -> list[Column]:
        """What the columns of a table mean."""
        return tables.columns(self.records, self.selection, name or self.name)

    def wanted(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that were asked for by their ids."""
        by = "route" if self.name == "routes" and "route" in frame else "id"  # on a map a route is its legs
        return frame[frame[by].astype("str").isin(self.ids)] if self.ids else frame

    def words(self, count: int | None = None) -> dict[str, Any]:
        """What stands beside the rows: the view in words, its day, the version, and how many rows."""
        day = self.selection.view.as_of
        told = {
            "view": view.sentence(self.selection, self.records),
            "as_of": day.isoformat() if day else None,
            "version": self.records.version,
        }
        return told if count is None else {**told, "count": count}

    def about(self) -> list[tuple[str, str]]:
        """The lines of a workbook's first sheet."""
        return readme.about(self.records, self.selection, self.address, self.on)


def rows(frame: pd.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The rows as plain values: null for an empty cell, a list for a list, 'INF' where JSON has no number."""
    names = [column.name for column in columns]
    cells = [[_plain(cell, column) for cell in frame[column.name].tolist()] for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _plain(cell: Any, column: Column) -> Any:
    plain = columnar.value(cell, column)
    return csvs.number(plain) if isinstance(plain, float) and abs(plain) == float("inf") else plain


def file_name(chosen: View, name: str, format: str) -> str:
    """A name that tells what a file holds: 'tumen-transfers-PRK-2024-02-27.csv'."""
    period = [f"from-{chosen.start}"] if chosen.start else []
    period += [f"to-{chosen.end}"] if chosen.end else []
    parts = [
        *chosen.country,
        *([chosen.role] if chosen.country and chosen.role != View().role else []),
        *chosen.weapon_type,
        *period,
        *([f"evidence-{chosen.evidence}"] if chosen.evidence else []),
        *([f"contested-{chosen.contested}"] if chosen.contested else []),
        *chosen.law,
    ]
    day = [chosen.as_of.isoformat()] if chosen.as_of else []
    return f"{'-'.join([*_short(['tumen', name, *parts]), *day])}.{format}"


def _short(parts: Sequence[str]) -> list[str]:
    """The first parts that fit into a name; 'and-more' where some do not."""
    kept: list[str] = []
    for part in parts:
        if len("-".join([*kept, part])) > LONGEST_NAME:
            return [*kept, "and-more"]
        kept.append(part)
    return kept
