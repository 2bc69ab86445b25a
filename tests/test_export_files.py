"""The files: what was in a cell comes back from every format, and no spreadsheet runs any of it."""

import csv
import io
import json
import math
import re
import xml.etree.ElementTree as xml
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import MakeRecords
from tests.test_export_tables import RECORDS, VIEWS, selected, taken
from tumen import browse, flows, geography
from tumen.descriptor import Column
from tumen.export import columnar, csvs, download, geo, pieces, sheets, tables
from tumen.view import View, select

HOST = "https://tumen.example"
NEW_YEAR = date(2026, 1, 1)

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''=1",
    "'",
    "＝1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "=cmd|' /C calc'!A0",
    'a,"b"\nc',
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "\u202eevil",
    "_x000D_",
    "\x01\x1f",
    "NA",
    "NaN",
    "1e999",
    "  both ends  ",
    "{=1}",
    "http://example.org",
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.builds(str.__add__, st.sampled_from(list(csvs.SIGNS + "'")), st.text(max_size=20)),
)
numbers = st.one_of(st.none(), st.floats(), st.integers(-(10**18), 10**18).map(float))
TEXT, NUMBER = Column("text", "Text", "string", ""), Column("number", "Number", "number", "")
LIST = Column("list", "List", "string", "", separator=";")
COLUMNS = (TEXT, NUMBER, LIST)
rows = st.lists(
    st.tuples(texts, numbers, st.lists(texts.filter(lambda t: t and ";" not in t), max_size=3).map(tuple)),
    min_size=1,
    max_size=5,
)
Cells = list[tuple[str, float | None, tuple[str, ...]]]


def framed(cells: Cells) -> pd.DataFrame:
    words, figures, lists = zip(*cells, strict=True)
    found = {"text": pd.Series(words, dtype="str"), "number": pd.Series(figures, dtype="float64")}
    return pd.DataFrame({**found, "list": pd.Series(lists, dtype=object)})


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))[1:]


# --- CSV -----------------------------------------------------------------------------------------


@given(texts)
@example("''+1")
def test_a_text_made_safe_runs_nowhere_and_can_be_undone(text: str) -> None:
    shown = csvs.safe(text)
    assert csvs.unsafe(shown) == text
    assert not shown.startswith(tuple(csvs.SIGNS))
    assert shown in (text, f"'{text}")


@given(texts, texts)
def test_two_texts_never_become_one(first: str, second: str) -> None:
    assert (csvs.safe(first) == csvs.safe(second)) == (first == second)


@given(rows)
def test_csv_gives_back_every_cell(cells: Cells) -> None:
    sheet = csvs.sheet(framed(cells), COLUMNS)
    for (text, number, several), (shown, figure, joined) in zip(cells, read_back(sheet.content), strict=True):
        assert csvs.unsafe(shown) == text
        assert csvs.unsafe(joined) == ";".join(several)
        assert same(number, float(figure) if figure else None)
    risky = [t for t, _, several in cells for t in (t, ";".join(several)) if csvs.safe(t) != t]
    assert len(sheet.made_safe) == len(risky)


def same(number: float | None, again: float | None) -> bool:
    if number is None or math.isnan(number):
        return again is None
    return again == number


def test_a_spreadsheets_sign_is_made_safe_in_every_text_column_and_numbers_stay(
    make_records: MakeRecords,
) -> None:
    place = {"id": "a-place", "name": "=1+1", "country": "RUS", "lat": "-1.5", "lon": "-120"}
    leg = {"id": "a-route--1", "waypoints": "-120 40;-121 41", "note": "-note"}
    made = make_records({"places": [place], "legs": [leg]})
    everything = select(made, View())
    sheet = csvs.sheet(tables.one(made, everything, "places"), tables.columns(made, everything, "places"))
    assert sheet.made_safe == (("a-place", "name"),)
    assert b"'=1+1,RUS,-1.5,-120," in sheet.content
    legs = csvs.sheet(tables.one(made, everything, "legs"), tables.columns(made, everything, "legs"))
    assert legs.made_safe == (("a-route--1", "note"),)
    assert b"-120 40;-121 41" in legs.content


@pytest.mark.parametrize("table", [t.name for t in browse.package(RECORDS).tables])
def test_the_stored_columns_of_the_whole_are_written_as_in_the_data(table: str) -> None:
    """Cell by cell; only numbers may be spelt otherwise (52.0 and 52)."""
    columns = tables.stored(RECORDS, selected("all"), table)
    written = read_back(csvs.sheet(taken("all")[table], columns).content)
    path = RECORDS.directory / browse.package(RECORDS)[table].path
    stored = read_back(path.read_bytes())
    assert sorted(map(spelt, written)) == sorted(map(spelt, stored))


def spelt(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(float(cell)) if re.fullmatch(r"-?\d+\.\d+|-?\d+", cell) else cell for cell in row)


# --- Excel ---------------------------------------------------------------------------------------


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def strings(content: bytes) -> set[str]:
    """Every text of a workbook as Excel reads it: `_x000D_` stands for a sign that XML cannot hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        root = xml.fromstring(packed.read("xl/sharedStrings.xml"))
    plain = ["".join(part.itertext()) for part in root]
    return {re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text) for text in plain}


@given(rows)
def test_excel_holds_every_text_as_text(cells: Cells) -> None:
    made = sheets.workbook({"made": (framed(cells), COLUMNS)}, [("View", "=1+1")])
    book = opened(made)
    written = {text for row in cells for text in (row[0], ";".join(row[2])) if text}
    assert written <= strings(made)
    for row, (text, number, several) in zip(book["made"].iter_rows(min_row=2), cells, strict=False):
        assert [cell.data_type for cell in row if cell.value is not None and cell.column != 2] == [
            "s" for value in (text, several) if value
        ]
        if number is not None and abs(number) > sheets.MOST_NUMBER:
            assert float(row[1].value) == number and row[1].data_type == "s"
        elif number is not None and math.isfinite(number):
            assert math.isclose(row[1].value, number, rel_tol=1e-14)
    assert book["About"]["B1"].data_type == "s"


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    frame = framed([("x" * 40_000, 1.0, ())])
    cell = opened(sheets.workbook({"made": (frame, COLUMNS)}, []))["made"]["A2"].value
    assert len(cell) == sheets.MOST_TEXT and cell.endswith(sheets.CUT)


def test_the_workbook_of_a_view_begins_with_what_it_is() -> None:
    made = download.download(
        RECORDS, selected("november"), "view", "xlsx", address=f"{HOST}/?country=PRK", on=NEW_YEAR
    )
    book = opened(made.content)
    assert book.sheetnames == ["About", *(t.name for t in browse.package(RECORDS).tables)]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert "North Korea" in about["View"] and about["Known as of"] == "2 November 2023"
    assert RECORDS.version in about["Data version"] and HOST in about["Cite as"]
    sheet = book["transfers"]
    assert [cell.value for cell in sheet["A"]][1:] == selected("november").transfers
    assert sheet.freeze_panes == "B2"
    assert all(8 <= d.width <= 62 for d in sheet.column_dimensions.values())
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_a_table_too_long_for_a_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    with pytest.raises(sheets.TooManyRows, match="made has 2 rows"):
        sheets.workbook({"made": (framed([("a", 1, ()), ("b", 2, ())]), COLUMNS)}, [])


def test_a_workbook_of_very_many_cells_is_refused_before_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 5)
    with pytest.raises(sheets.TooManyRows, match="6 cells"):
        sheets.workbook({"made": (framed([("a", 1, ()), ("b", 2, ())]), COLUMNS)}, [])


def test_a_large_workbook_is_written_row_by_row_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found, on = selected("november"), date(2026, 1, 2)

    def cells() -> dict[str, list[tuple[Any, ...]]]:
        made = download.download(RECORDS, found, "view", "xlsx", address=HOST, on=on)
        book = openpyxl.load_workbook(io.BytesIO(made.content))
        return {sheet.title: [*sheet.values] for sheet in book}

    gathered = cells()
    monkeypatch.setattr(sheets, "MANY_CELLS", 0)
    monkeypatch.setattr(pieces, "AT_ONCE", 7)
    assert cells() == gathered


@pytest.mark.parametrize("name", ["transfers.csv", "assertions.json", "transfers.geojson", "quotes.json"])
def test_a_long_file_is_written_in_parts_and_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, format = name.split(".")

    def made() -> bytes:
        asked = {"address": HOST, "on": date(2026, 1, 2)}
        return download.download(RECORDS, selected("november"), table, format, **asked).content

    whole = made()
    monkeypatch.setattr(pieces, "AT_ONCE", 3)
    assert made() == whole


# --- Parquet and JSON ----------------------------------------------------------------------------


@given(rows)
def test_parquet_and_json_give_back_every_cell(cells: Cells) -> None:
    frame = framed(cells)
    stored = pq.read_table(io.BytesIO(columnar.parquet(frame, COLUMNS, {"view": "x"})))
    sent = orjson.loads(orjson.dumps(download.rows(frame, COLUMNS)))
    for (text, number, several), row, told in zip(cells, stored.to_pylist(), sent, strict=True):
        assert row["text"] == told["text"] == (text or None)
        assert row["list"] == told["list"] == list(several)
        assert same(number, row["number"])
        figure = told["number"]
        assert same(number, float(figure) if isinstance(figure, str) else figure)


def test_parquet_is_typed_and_says_what_it_is() -> None:
    made = download.download(RECORDS, selected("november"), "transfers", "parquet", address="/", on=NEW_YEAR)
    stored = pq.read_table(io.BytesIO(made.content))
    kinds = {field.name: str(field.type) for field in stored.schema}
    assert kinds["start"] == kinds["first_reported"] == "string"
    assert (kinds["evidence"], kinds["contested"], kinds["claimants"]) == (
        "int64",
        "bool",
        "list<element: string>",
    )
    assert stored.schema.metadata[b"tumen:as_of"] == b"2023-11-02"
    assert b"two or more" in stored.schema.field("credibility").metadata[b"description"]
    assert stored.column("id").to_pylist() == selected("november").transfers


# --- maps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_the_map_layers_hold_the_view(name: str) -> None:
    selection = selected(name)
    found = geo.layers(RECORDS, selection, HOST)
    members = [i for ids in found["flows"]["transfer_ids"] for i in ids]
    assert sorted(members) == selection.transfers
    assert found["flows"]["id"].is_unique
    assert [*found["places"]["id"]] == [*taken(name)["places"]["id"]]
    assert {*found["routes"]["id"]} <= {*taken(name)["legs"]["id"]}
    for row in found["flows"].itertuples():
        own = selection.states.loc[list(row.transfer_ids)]
        assert (row.evidence, row.contested) == (own["evidence"].max(), own["contested"].any())
        best = own[own["evidence"] == row.evidence]
        assert row.code in {*(best["reliability"] + best["credibility"].astype(str))}


def test_the_legs_are_those_of_the_map() -> None:
    found = geo.layer(RECORDS, selected("all"), "routes", HOST)
    drawn = flows.legs(RECORDS, selected("all")).set_index("id")
    assert {*found["id"]} == {*drawn.index}
    for row in found.itertuples():
        assert (row.evidence, row.family, row.basis) == tuple(
            drawn.loc[row.id, ["evidence", "family", "basis"]]
        )
        assert row.transfer in selected("all").transfers
        assert row.address == f"{HOST}/record?record=route:{row.route}"


def test_a_day_turned_back_does_not_say_which_transfer_took_a_route() -> None:
    assert {*geo.layer(RECORDS, selected("february"), "routes")["transfer"]} == {""}


@pytest.mark.parametrize("name", geo.LAYERS)
def test_geojson_is_what_rfc_7946_asks_for(name: str) -> None:
    sent = json.loads(geo.geojson(geo.layer(RECORDS, selected("all"), name, HOST), {"version": "x"}))
    assert (sent["type"], sent["version"], "crs" in sent) == ("FeatureCollection", "x", False)
    assert sent["features"]
    for feature in sent["features"]:
        assert feature["type"] == "Feature" and feature["id"] == feature["properties"]["id"]
        shape = feature["geometry"]
        for lon, lat in shapely.get_coordinates(shapely.geometry.shape(shape)) if shape else ():
            assert -180 <= lon <= 180 and -90 <= lat <= 90


@given(st.floats(100, 179.5), st.floats(-179.5, -100), st.floats(-70, 70), st.floats(-70, 70))
def test_a_line_across_the_antimeridian_is_cut_there(
    east: float, west: float, start: float, end: float
) -> None:
    course = geography.course([(east, start), (west, end)])
    drawn = geo.line(course)
    for part in shapely.get_parts(drawn):
        lons = shapely.get_coordinates(part)[:, 0]
        assert abs(lons[1:] - lons[:-1]).max() <= 180
    whole = sum(
        geography.length_km([*map(tuple, shapely.get_coordinates(p))]) for p in shapely.get_parts(drawn)
    )
    assert whole == pytest.approx(geography.length_km(course), rel=1e-3)


def test_flows_between_the_same_two_countries_can_be_told_apart() -> None:
    found = geo.layer(RECORDS, selected("all"), "flows")
    assert found.geometry.notna().all()
    assert len({shape.wkt for shape in found.geometry}) == len(found)


def test_a_country_without_a_point_has_no_line_but_is_listed(make_records: MakeRecords) -> None:
    transfer = {"id": "prk-uno-thing", "origin": "PRK", "destination": "UNO", "weapon_type": "drones"}
    said = {
        "id": "a--b",
        "transfer": "prk-uno-thing",
        "date": "2023-10-01",
        "stance": "asserts",
        "evidence": "1",
        "origin": "o",
        "by_country": "USA",
        "source": "s",
    }
    made = make_records(
        {"transfers": [transfer], "assertions": [said], "sources": [{"id": "s", "reliability": "B"}]}
    )
    found = geo.layer(made, select(made, View()), "flows")
    assert found["id"].tolist() == ["PRK>UNO:drones"]
    assert json.loads(geo.geojson(found))["features"][0]["geometry"] is None


@pytest.mark.parametrize("name", ["all", "february", "nothing"])
def test_gdal_reads_the_geopackage(name: str, tmp_path: Path) -> None:
    path = tmp_path / "view.gpkg"
    found = geo.layers(RECORDS, selected(name), HOST)
    path.write_bytes(geo.geopackage(found))
    assert [*map(list, pyogrio.list_layers(path))] == [[n, s] for n, s in geo.GEOMETRY.items()]
    for layer, own in found.items():
        about = pyogrio.read_info(path, layer=layer)
        assert about["crs"] == "EPSG:4326" and about["features"] == len(own)
        assert dict(zip(about["fields"], about["dtypes"], strict=True))["id"] == "object"
        read = gpd.read_file(path, layer=layer)
        assert [*read["id"]] == [*own["id"]]
        assert read.geometry.geom_equals(own.geometry.reset_index(drop=True)).all()


def test_the_same_view_gives_the_same_geopackage() -> None:
    found = geo.layers(RECORDS, selected("february"), HOST)
    assert geo.geopackage(found) == geo.geopackage(found)


# --- names ---------------------------------------------------------------------------------------


def test_a_file_is_named_by_what_it_holds() -> None:
    name = download.file_name
    assert name(View(country=("PRK",), as_of=date(2024, 2, 27)), "transfers", "csv") == (
        "tumen-transfers-PRK-2024-02-27.csv"
    )
    assert name(View(), "view", "zip") == "tumen-view.zip"
    assert name(VIEWS["families"], "quotes", "json") == (
        "tumen-quotes-drones-missiles-from-2024-01-01-contested-sender.json"
    )
    many = View(country=tuple(RECORDS["countries"].index), as_of=date(2024, 2, 27))
    assert len(name(many, "view", "zip")) < 160 and name(many, "view", "zip").endswith(
        "-and-more-2024-02-27.zip"
    )
    assert len({name(chosen, "view", "zip") for chosen in VIEWS.values()}) == len(VIEWS)


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(download.NoSuchFile, match="sources comes as csv, json, parquet, xlsx"):
        download.download(RECORDS, selected("all"), "sources", "geojson", address="/", on=NEW_YEAR)
