"""The description of the data routes (OpenAPI 3.1), made from the filters, the descriptor and the codes."""

from collections.abc import Mapping, Sequence
from typing import Any

from tumen import browse, view
from tumen.descriptor import Column, Package, Table
from tumen.export import asking, csvs, download, geo, tables
from tumen.export.asking import Parameter
from tumen.query import MOST_VALUES
from tumen.records import Records
from tumen.view import View

Json = dict[str, Any]
PREFIX = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
MOST_CODES = 120  # codes of a table that are named one by one
BINARY: Json = {"type": "string", "format": "binary"}
LAYERS: Mapping[str, str] = {
    "flows": "Flows in view, one for each sender, receiver and family: a count, never a sum of amounts.",
    "view": "The whole view: everything as one zip, its maps as GeoPackage, or its tables as one workbook.",
}


def document(records: Records) -> Json:
    """The OpenAPI description as plain values."""
    known = browse.package(records)
    everything = view.select(records, View())
    filters = asking.parameters(records)
    return {
        "openapi": "3.1.0",
        "info": _info(known),
        "servers": [{"url": "/"}],
        "paths": {
            "/api": {"get": _index()},
            "/api/openapi.json": {"get": _itself()},
            **{
                f"/api/{name}.{{format}}": {"get": _operation(known, name, formats, filters)}
                for name, formats in download.formats(records).items()
            },
        },
        "components": {
            "schemas": {
                **{
                    table.name: _row(records, table, tables.columns(records, everything, table.name))
                    for table in known.tables
                },
                **_common(),
            },
            "parameters": {name: _parameter(parameter) for name, parameter in filters.items()},
            "responses": _responses(),
        },
    }


def _info(known: Package) -> Json:
    return {
        "title": known.title,
        "version": known.version,
        "summary": "The records behind the pages, by the same filters.",
        "description": f"{known.description} Requests are read strictly: whatever is wrong with one is named "
        f"in a 400. In CSV: {csvs.RULE} Other formats hold the texts as they are.",
        "license": {"name": known.licence, "url": known.licence_url},
    }


def _index() -> Json:
    text = {"text/plain": {"schema": {"type": "string"}}}
    return {
        "operationId": "index",
        "summary": "What can be asked for, in words.",
        "responses": {"200": {"description": "A page of plain text.", "content": text}},
    }


def _itself() -> Json:
    itself = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This description.",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": itself}},
    }


def _operation(known: Package, name: str, formats: Sequence[str], filters: Mapping[str, Parameter]) -> Json:
    is_table = name in known.by_name
    words = known[name].description if is_table else LAYERS[name]
    several = [{"$ref": f"#/components/parameters/{filter}"} for filter in filters]
    return {
        "operationId": name,
        "summary": known[name].title if is_table else name.capitalize(),
        "description": words,
        "tags": [known[name].group if is_table else "views"],
        "parameters": [_format(formats), *several, *([_id()] if is_table else [])],
        "responses": {
            "200": {
                "description": words,
                "headers": {
                    "ETag": {"schema": {"type": "string"}, "description": "Changes with view and data."},
                    "Content-Disposition": {"schema": {"type": "string"}, "description": "A file name."},
                },
                "content": {download.MEDIA[f]: {"schema": _body(name, f)} for f in formats},
            },
            **{
                code: {"$ref": f"#/components/responses/{answer}"}
                for code, answer in (
                    ("304", "Unchanged"),
                    ("400", "Wrong"),
                    ("404", "Missing"),
                    ("503", "NoData"),
                )
            },
        },
    }


def _body(name: str, format: str) -> Json:
    if format == "json":
        row = {"$ref": f"#/components/schemas/{name}"}
        rows = {"type": "object", "properties": {"rows": {"type": "array", "items": row}}}
        return {"allOf": [{"$ref": "#/components/schemas/Answer"}, rows]}
    if format == "geojson":
        return {"$ref": "#/components/schemas/FeatureCollection"}
    return {"type": "string"} if format == "csv" else BINARY


# --- parameters ----------------------------------------------------------------------------------


def _format(formats: Sequence[str]) -> Json:
    enum = {"type": "string", "enum": list(formats)}
    return {"name": "format", "in": "path", "required": True, "description": "Of the file.", "schema": enum}


def _id() -> Json:
    texts = {"type": "array", "maxItems": MOST_VALUES, "items": {"type": "string", "minLength": 1}}
    return {
        "name": asking.ID,
        "in": "query",
        "description": "Only rows with these ids.",
        "schema": texts,
        "explode": True,
    }


def _parameter(parameter: Parameter) -> Json:
    if parameter.is_day:
        value: Json = {"type": "string", "pattern": PREFIX, "examples": ["2023-10-13", "2023-10"]}
    else:
        value = {"type": "string", "enum": list(parameter.codes)}
    if parameter.several:
        value = {"type": "array", "maxItems": MOST_VALUES, "uniqueItems": True, "items": value}
    if parameter.default:
        value["default"] = parameter.default
    codes = "; ".join(f"{code}: {words}" for code, words in parameter.codes.items())
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.words} {codes or f'{asking.A_DAY}.'}",
        "schema": value,
        "explode": True,
    }


# --- answers -------------------------------------------------------------------------------------


def _row(records: Records, table: Table, columns: Sequence[Column]) -> Json:
    """A row as JSON has it; a view turned back to a day leaves out the columns written with hindsight."""
    return {
        "type": "object",
        "title": table.title,
        "description": table.description,
        "properties": {column.name: _cell(records, column) for column in columns},
        "additionalProperties": False,
    }


def _cell(records: Records, column: Column) -> Json:
    kinds = [column.type, *(["string"] if column.type == "number" else [])]  # 'INF' is no number in JSON
    value: Json = {"type": kinds if column.is_list else [*kinds, "null"]}
    reference = column.reference
    if reference and browse.package(records)[reference.table].group == "codes":
        codes = records[reference.table]["id"].tolist()
        if len(codes) <= MOST_CODES:
            value = {"enum": [*codes, *([] if column.is_list else [None])]}
    if column.is_list:
        value = {"type": "array", "items": value}
    return {"title": column.title, "description": column.description, **value}


def _common() -> Json:
    text: Json = {"type": "string"}
    names = ("parameter", "found", "expected", "nearest", "message")
    fault = {"type": "object", "required": list(names), "properties": dict.fromkeys(names, text)}
    return {
        "Answer": {
            "type": "object",
            "required": ["view", "as_of", "version", "count", "rows"],
            "properties": {
                "view": {**text, "description": "The view in words."},
                "as_of": {"type": ["string", "null"], "format": "date"},
                "version": {**text, "description": "A hash of all rows of the data."},
                "count": {"type": "integer", "minimum": 0},
                "rows": {"type": "array"},
            },
        },
        "FeatureCollection": {
            "type": "object",
            "description": f"GeoJSON (RFC 7946), {geo.CRS}, cut at the antimeridian.",
            "required": ["type", "features"],
            "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array"}},
        },
        "Errors": {
            "type": "object",
            "required": ["errors"],
            "properties": {"errors": {"type": "array", "minItems": 1, "items": fault}, "see": text},
        },
    }


def _responses() -> Json:
    errors = {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}
    return {
        "Unchanged": {"description": "The copy that the client has is the newest (If-None-Match)."},
        "Wrong": {"description": "Something in the request is wrong; all of it is named.", "content": errors},
        "Missing": {"description": "There is no such table.", "content": errors},
        "NoData": {"description": "The server has no data without mistakes to show.", "content": errors},
    }
