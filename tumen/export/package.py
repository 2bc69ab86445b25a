"""The descriptor of a taken-away view: that of the data, cut to the rows and columns that are there.

It is made from `data/datapackage.json`, never written a second time. A stock validator accepts the result:
every foreign key that it states holds. A reference that leads out of the view (a parent transfer that the
view leaves out) keeps its value and is stated as `tumen:references` instead.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tumen import descriptor, view
from tumen.descriptor import Column
from tumen.export import tables
from tumen.export.tables import Tables
from tumen.records import Records
from tumen.view import Selection

Json = dict[str, Any]


@dataclass(frozen=True)
class Leading:
    """A column whose references lead, in some rows, out of the view."""

    table: str
    column: str
    target: str
    out: tuple[str, ...]  # the different ids that are not in the package


def raw(records: Records) -> Json:
    """The descriptor of the data as it stands in its file."""
    return records.once("raw descriptor", lambda: _read(records))


def _read(records: Records) -> Json:
    read: Json = json.loads((records.directory / descriptor.FILE).read_text(encoding="utf-8"))
    return read


def described(records: Records, selection: Selection, found: Tables) -> Json:
    """The descriptor of the tables of a view, for `datapackage.json`."""
    whole, words = raw(records), view.describe(selection.view, records)
    day = selection.view.as_of
    return {
        **whole,
        "description": f"{whole['description']} This package holds a part: {words or 'all records'}.",
        "tumen:view": view.to_query(selection.view),
        "tumen:asOf": day.isoformat() if day else None,
        "tumen:dataVersion": records.version,
        "resources": [_resource(records, selection, found, part) for part in whole["resources"]],
    }


def leading_out(records: Records, selection: Selection, found: Tables) -> list[Leading]:
    """Every column that refers to rows which the view leaves out."""
    return [
        Leading(name, column.name, column.reference.table, out)
        for name, frame in found.items()
        for column in tables.columns(records, selection, name)
        if column.reference and (out := _out(frame[column.name], found[column.reference.table]))
    ]


def _out(cells: pd.Series, target: pd.DataFrame) -> tuple[str, ...]:
    """The different references in a column that a table does not hold."""
    named = {str(value) for value in cells.explode().unique() if pd.notna(value) and value != ""}
    return tuple(sorted(named - {str(key) for key in target["id"].tolist()}))


def _resource(records: Records, selection: Selection, found: Tables, whole: Json) -> Json:
    name, frame = whole["name"], found[whole["name"]]
    own = {field["name"]: field for field in whole["schema"]["fields"]}
    kept = [_kept(own[c.name], frame[c.name]) for c in tables.stored(records, selection, name)]
    derived = tables.DERIVED.get(name, ())
    schema = {
        **whole["schema"],
        "fields": [*kept, *(_field(column) for column in derived)],
        "foreignKeys": list(_keys(whole, found, derived)),
    }
    demoted = {key["fields"][0]: key["reference"] for key in whole["schema"].get("foreignKeys", ())}
    held = {key["fields"][0] for key in schema["foreignKeys"]}
    for field in kept:
        if field["name"] in demoted.keys() - held:
            field["tumen:references"] = _target(demoted[field["name"]], name)
    return {**whole, "tumen:rows": {"minimum": len(frame), "maximum": len(frame)}, "schema": schema}


def _kept(field: Json, cells: pd.Series) -> Json:
    """A stored column; one that a turned-back day has emptied in places is no longer required."""
    limits = field.get("constraints", {})
    if limits.get("required") and cells.map(_empty).any():
        limits = {key: value for key, value in limits.items() if key != "required"}
    return {**field, "constraints": limits}


def _empty(cell: Any) -> bool:
    return len(cell) == 0 if isinstance(cell, str | tuple) else bool(pd.isna(cell))


def _keys(whole: Json, found: Tables, derived: tuple[Column, ...]) -> Iterator[Json]:
    """The foreign keys that hold within the package."""
    frame = found[whole["name"]]
    for key in whole["schema"].get("foreignKeys", ()):
        column, target = key["fields"][0], key["reference"]["resource"] or whole["name"]
        if column in frame and not _out(frame[column], found[target]):
            yield key
    for column_ in derived:
        if column_.reference and not column_.is_list:
            reference = {"resource": column_.reference.table, "fields": [column_.reference.field]}
            yield {"fields": [column_.name], "reference": reference}


def _target(reference: Mapping[str, Any], own: str) -> Json:
    return {"resource": reference["resource"] or own, "field": reference["fields"][0]}


def _field(column: Column) -> Json:
    """A derived column in the words of the descriptor."""
    field: Json = {
        "name": column.name,
        "title": column.title,
        "type": column.type,
        "description": column.description,
        "tumen:derived": True,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.is_date:
        field["tumen:prefixDate"] = True
    if column.is_list:
        field["tumen:list"] = column.separator
    if column.reference and column.is_list:
        field["tumen:references"] = {"resource": column.reference.table, "field": column.reference.field}
    return field
