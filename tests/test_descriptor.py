"""The descriptor says of every table and column what a stranger needs, and the library reads it whole."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tumen import descriptor, versions
from tumen.descriptor import BadDescriptor, ForeignKey
from tumen.records import DATA

PACKAGE = descriptor.read(DATA)
RAW = json.loads((DATA / descriptor.FILE).read_text(encoding="utf-8"))
COLUMNS = [(table.name, column) for table in PACKAGE.tables for column in table.columns]


def test_the_package_names_its_terms() -> None:
    assert (PACKAGE.name, PACKAGE.version) == ("tumen", "2026.11.0")
    assert PACKAGE.licence_url == "https://creativecommons.org/licenses/by/4.0/"
    assert "authors'" in PACKAGE.licence_note
    assert len(PACKAGE.sources) >= 4


def test_every_csv_file_is_described_and_every_description_has_its_file() -> None:
    described = {table.path for table in PACKAGE.tables}
    assert described == {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}


@pytest.mark.parametrize("table", PACKAGE.tables, ids=lambda table: table.name)
def test_a_table_is_described_in_words(table: descriptor.Table) -> None:
    assert table.title and table.description.endswith(".")
    assert table.group == ("codes" if table.path.startswith("codes/") else "records")
    assert set(table.primary_key) <= set(table.by_name)
    if table.name not in versions.OWN:  # they grow with every release
        assert 0 < table.fewest_rows <= table.most_rows < 1.5 * table.fewest_rows + 9
    assert table.columns[0] is table[table.columns[0].name]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda value: getattr(value, "name", value))
def test_a_column_is_described_with_a_guideline(table: str, column: descriptor.Column) -> None:
    assert column.title[0].isupper()
    assert column.description.endswith(".")
    assert re.search(r"\b(must|should|may)\b", column.description), "no guideline"


def test_free_text_is_marked_as_such_and_nothing_else_is_unchecked() -> None:
    unchecked = [
        f"{table}.{c.name}"
        for table, c in COLUMNS
        if c.type == "string"
        and not (c.is_text or c.reference or c.pattern or c.enum or c.is_url or c.is_date or c.is_period)
    ]
    assert unchecked == ["corrections.source"]  # an id or an address: see rules.correction_unsourced


def test_references_are_read_for_one_value_and_for_lists() -> None:
    transfers = PACKAGE["transfers"]
    assert transfers["route"].reference == ForeignKey("route", "routes", "id")
    assert transfers["parent"].reference == ForeignKey("parent", "transfers", "id")
    assert transfers["via"].reference == ForeignKey("via", "places", "id")
    assert transfers["via"].is_list and not transfers["route"].is_list
    assert transfers["via"].items("dunai;rajin") == ["dunai", "rajin"]
    assert transfers["via"].items("") == []
    assert transfers["route"].items("a;b") == ["a;b"]


# Names that mean different things in different tables; each further one would make the data harder to read.
TWO_MEANINGS = {"id", "kind", "origin", "via", "stance", "reach", "evidence", "low", "high", "source"}


def test_columns_with_one_name_mean_one_thing() -> None:
    shapes: dict[str, set[tuple[str, str, str]]] = {}
    for _, column in COLUMNS:
        target = column.reference.table if column.reference else ""
        shapes.setdefault(column.name, set()).add((column.type, column.separator, target))
    assert {name for name, found in shapes.items() if len(found) > 1} == TWO_MEANINGS


def test_dates_coordinates_and_figures_have_their_shape() -> None:
    assert PACKAGE["assertions"]["date"].is_date and PACKAGE["assertions"]["date"].required
    assert PACKAGE["assertions"]["period"].is_period
    assert PACKAGE["legs"]["waypoints"].is_points
    lat = PACKAGE["places"]["lat"]
    assert (lat.type, lat.unit, lat.minimum, lat.maximum) == ("number", "degree", -90, 90)
    assert PACKAGE["sources"]["url"].is_url
    assert PACKAGE["transfers"]["id"].regex.fullmatch("prk-rus-152mm-shells")
    assert not PACKAGE["transfers"]["id"].regex.fullmatch("prk-rus-١٥٢mm")


def test_what_was_read_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PACKAGE["transfers"].title = "Other"  # type: ignore[misc]


def spoilt(directory: Path, change: Any) -> Path:
    raw = json.loads(json.dumps(RAW))
    change(raw)
    (directory / descriptor.FILE).write_text(json.dumps(raw), encoding="utf-8")
    return directory


def first(raw: Any, *keys: str) -> Any:
    """Something inside the first table."""
    inner = raw["resources"][0]
    for key in keys:
        inner = inner[key]
    return inner


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw.pop("licenses"), "licenses"),
        (lambda raw: raw.pop("resources"), "resources"),
        (lambda raw: first(raw).pop("tumen:rows"), "tumen:rows"),
        (lambda raw: first(raw, "tumen:rows").update(minimum="many"), "many"),
        (lambda raw: first(raw, "schema", "fields")[1].pop("description"), "description"),
        (
            lambda raw: first(raw, "schema", "fields")[1].update(type="money"),
            "transfers.origin has the type 'money'",
        ),
        (lambda raw: first(raw, "schema", "fields")[0]["constraints"].update(pattern="("), "unterminated"),
        (
            lambda raw: first(raw, "schema", "foreignKeys")[0]["reference"].update(resource="x"),
            "x.id, which does not",
        ),
    ],
)
def test_a_descriptor_that_cannot_be_used_is_refused_with_its_reason(
    tmp_path: Path, change: Any, words: str
) -> None:
    with pytest.raises(BadDescriptor, match=re.escape(words)):
        descriptor.read(spoilt(tmp_path, change))


def test_a_missing_descriptor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDescriptor, match="missing"):
        descriptor.read(tmp_path)
    (tmp_path / descriptor.FILE).mkdir()
    with pytest.raises(BadDescriptor, match="cannot be read"):
        descriptor.read(tmp_path)
