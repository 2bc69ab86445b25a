"""The zip of a view: a whole package that a stock validator accepts, the same each time, with its terms."""

import csv
import io
import json
import re
import warnings
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MakeRecords
from tests.test_export_tables import RECORDS, TURNED, VIEWS, selected, taken
from tumen import browse, check, cite, descriptor, view
from tumen.descriptor import Package
from tumen.export import bundle, csvs, package, readme
from tumen.view import View, select

ADDRESS = "https://tumen.example/map?country=PRK"
ON = date(2026, 11, 27)


@cache
def unzipped(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.zipped(RECORDS, selected(name), ADDRESS, ON))) as packed:
        assert packed.testzip() is None
        return {member: packed.read(member) for member in packed.namelist()}


def laid_out(name: str, folder: Path) -> Path:
    for member, content in unzipped(name).items():
        path = folder / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def lines(name: str, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(unzipped(name)[path].decode("utf-8"), newline="")))


def words(name: str) -> str:
    """The README as it is read: without the backslashes that keep Markdown from seeing marks."""
    return re.sub(r"\\([\\`*_\[\]<>#|])", r"\1", unzipped(name)["README.md"].decode())


@pytest.mark.parametrize("name", VIEWS)
def test_the_package_holds_the_ids_of_the_pages_in_their_order(name: str) -> None:
    assert [row["id"] for row in lines(name, "transfers.csv")] == selected(name).transfers
    for table in browse.package(RECORDS).tables:
        assert [row["id"] for row in lines(name, table.path)] == taken(name)[table.name]["id"].astype(
            str
        ).tolist()


@pytest.mark.parametrize("name", VIEWS)
def test_a_stock_validator_accepts_the_package(name: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own
        from frictionless import validate

        report = validate(str(laid_out(name, tmp_path) / descriptor.FILE))
    assert report.flatten(["type", "rowNumber", "fieldName", "note"]) == []
    assert report.valid and report.stats["tasks"] == len(browse.package(RECORDS).tables)


@pytest.mark.parametrize("name", ["all", "shells", "february"])
def test_our_own_reader_takes_the_package_too(name: str, tmp_path: Path) -> None:
    read: Package = descriptor.read(laid_out(name, tmp_path))
    for table in read.tables:
        assert list(table.by_name) == list(taken(name)[table.name].columns)
        assert table.fewest_rows == table.most_rows == len(taken(name)[table.name])


def test_the_whole_package_passes_the_check_of_the_data(tmp_path: Path) -> None:
    """All rules of `tumen check`, derived columns and all: what is taken away can be served again."""
    report = check.check(laid_out("all", tmp_path))
    assert [str(mistake) for mistake in report.mistakes] == []


def test_the_validator_would_find_a_dangling_reference(tmp_path: Path) -> None:
    folder = laid_out("shells", tmp_path)
    path = folder / "transfers.csv"
    path.write_text(path.read_text("utf-8").replace(",PRK,RUS,", ",PRX,RUS,", 1), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import validate

        report = validate(str(folder / descriptor.FILE))
    assert {row[0] for row in report.flatten(["type"])} == {"foreign-key"}


@pytest.mark.parametrize("name", VIEWS)
def test_the_descriptor_is_cut_to_what_is_there(name: str) -> None:
    described = json.loads(unzipped(name)["datapackage.json"])
    day = VIEWS[name].as_of
    assert described["tumen:asOf"] == (day.isoformat() if day else None)
    assert described["tumen:dataVersion"] == RECORDS.version
    assert view.from_query(described["tumen:view"], RECORDS)[0] == VIEWS[name]
    whole = {resource["name"]: resource for resource in package.raw(RECORDS)["resources"]}
    for resource in described["resources"]:
        own = {field["name"]: field for field in whole[resource["name"]]["schema"]["fields"]}
        for field in resource["schema"]["fields"]:
            if not field.get("tumen:derived"):
                assert field["description"] == own[field["name"]]["description"]


def test_a_parent_outside_the_view_keeps_its_id_and_is_no_foreign_key() -> None:
    inside, parents = {*selected("shells").transfers}, {r["parent"] for r in lines("shells", "transfers.csv")}
    described = json.loads(unzipped("shells")["datapackage.json"])
    schema = next(r for r in described["resources"] if r["name"] == "transfers")["schema"]
    leads_out = bool(parents - inside - {""})
    keyed = ["parent"] in [key["fields"] for key in schema["foreignKeys"]]
    assert keyed is not leads_out
    field = next(field for field in schema["fields"] if field["name"] == "parent")
    assert ("tumen:references" in field) is leads_out


def test_some_view_has_a_parent_outside_it() -> None:
    out = package.leading_out(RECORDS, selected("families"), taken("families"))
    every = [package.leading_out(RECORDS, selected(name), taken(name)) for name in VIEWS]
    assert out and any(one.column == "parent" for found in every for one in found)


@pytest.mark.parametrize("name", ["shells", "november"])
def test_the_same_view_gives_the_same_bytes(name: str) -> None:
    again = bundle.zipped(RECORDS, selected(name), ADDRESS, ON)
    assert again == bundle.zipped(RECORDS, selected(name), ADDRESS, ON)
    with zipfile.ZipFile(io.BytesIO(again)) as packed:
        assert {info.date_time for info in packed.infolist()} == {bundle.MADE}


@pytest.mark.parametrize("name", VIEWS)
def test_the_readme_says_what_this_is(name: str) -> None:
    text, chosen = words(name), VIEWS[name]
    assert view.sentence(selected(name), RECORDS) in text
    assert f"<{ADDRESS}>" in text
    assert RECORDS.version in text and browse.package(RECORDS).version in text
    assert cite.whole(RECORDS, browse.package(RECORDS).version, ON, ADDRESS, chosen.as_of) in text
    assert browse.package(RECORDS).licence_url in text and browse.package(RECORDS).licence_note in text
    assert f"leaves out: {selected(name).reported - len(selected(name).transfers):,}." in text
    assert "`assertions.csv`: `source`; where to read it stands in `locator`" in text
    for member in unzipped(name).keys() - {"README.md"}:
        assert f"`{member}`" in text
    assert csvs.RULE in text and "Cells changed by this rule in this package: 0." in text


@pytest.mark.parametrize("name", TURNED)
def test_the_readme_of_a_day_turned_back_says_what_it_hides(name: str) -> None:
    for table, columns in browse.HINDSIGHT.items():
        assert f"`{table}.csv` written with hindsight: {', '.join(f'`{c}`' for c in columns)}." in words(name)
    of_today = "`not_found`, `corrections`, `versions`, `changes`"
    assert f"Whole tables that speak of today: {of_today}." in words(name)


def test_nothing_in_a_package_turned_back_was_written_later() -> None:
    """Over the whole text of all files, not cell by cell: no later assertion, event or quote is named."""
    day = VIEWS["november"].as_of
    assert day is not None
    everything = b"\n".join(unzipped("november").values()).decode("utf-8", errors="replace")
    late = [
        row
        for table in ("assertions", "events", "quotes")
        for row, known in RECORDS[table]["known"].items()
        if known.date() > day
    ]
    assert len(late) > 500
    assert [row for row in late if f"{row}," in everything or f'"{row}"' in everything] == []
    assert not [text for text in RECORDS["transfers"]["summary"] if text in everything]


@pytest.mark.parametrize("name", ["all", "november"])
def test_the_maps_of_the_package_agree(name: str, tmp_path: Path) -> None:
    folder = laid_out(name, tmp_path)
    for layer in ("flows", "routes", "places"):
        sent = json.loads(unzipped(name)[f"{layer}.geojson"])
        read = gpd.read_file(folder / "view.gpkg", layer=layer)
        assert [feature["id"] for feature in sent["features"]] == [*read["id"]]
        assert all(text.startswith("https://tumen.example/record?record=") for text in read["address"])


# --- hostile text --------------------------------------------------------------------------------


def test_cells_made_safe_are_named_in_the_readme(make_records: MakeRecords) -> None:
    transfer = {
        "id": "prk-rus-made-up",
        "origin": "PRK",
        "destination": "RUS",
        "item": "=HYPERLINK(1)",
        "weapon_type": "drones",
        "summary": "@evil",
    }
    said = {
        "id": "prk-rus-made-up--one",
        "transfer": "prk-rus-made-up",
        "date": "2023-10-01",
        "by_country": "USA",
        "origin": "o",
        "source": "s",
        "stance": "asserts",
        "evidence": "1",
        "says": "plain",
    }
    made = make_records(
        {
            "transfers": [transfer],
            "assertions": [said],
            "sources": [{"id": "s", "reliability": "B"}],
            "legs": [],
        }
    )
    with zipfile.ZipFile(io.BytesIO(bundle.zipped(made, select(made, View()), ADDRESS, ON))) as packed:
        text = packed.read("README.md").decode()
        rows = packed.read("transfers.csv").decode()
    assert "Cells changed by this rule in this package: 2." in text
    assert "- transfers, row prk-rus-made-up, column item" in text
    assert "- transfers, row prk-rus-made-up, column summary" in text
    assert ",'=HYPERLINK(1)," in rows and ",'@evil," in rows


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_the_readme(text: str) -> None:
    shown = readme.text(text)
    assert "\n" not in shown and shown.isprintable()
    assert not set(re.sub(r"\\[\\`*_\[\]<>#|]", "", shown)) & set(readme.MARKS)


@given(st.text(max_size=60))
def test_no_address_breaks_out_of_its_brackets(text: str) -> None:
    assert not set(readme.shown_address(text)) & set(" <>\"'`\n\r\t")
