"""Take it away: each file that the dialog offers is there, with the rows of page, zip and command line."""

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from tests.test_api import RECORDS, served
from tests.test_export_tables import VIEWS, selected, taken
from tests.test_pages import PAGES, SHELLS, look
from tumen import browse, takeaway, view
from tumen.app import server
from tumen.cli import app
from tumen.export import sheets, tables

LINK = re.compile(r'href="(/(?:api|cite)[^"]*)"')


@pytest.fixture(scope="module")
def site() -> Starlette:
    """Our own routes, as the server has them."""
    return Starlette(routes=server.routes())


def ids(text: str) -> list[str]:
    return [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize("name", VIEWS)
def test_the_command_line_holds_the_rows_of_the_pages_in_their_order(name: str) -> None:
    """The data routes, the zip and the pages are compared in test_api and test_export_tables."""
    query = view.to_query(VIEWS[name])
    options = [
        word for key, values in query.items() for v in values for word in (f"--{key.replace('_', '-')}", v)
    ]
    for table in ("transfers", "assertions"):
        result = CliRunner().invoke(app, ["export", "--format", "csv", "--table", table, *options])
        assert result.exit_code == 0, result.stderr
        assert ids(result.stdout) == taken(name)[table]["id"].tolist()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_to_the_dialog_and_opens_it_by_address(page: str) -> None:
    assert 'data-pick="take:data"' in look(page, SHELLS).html
    assert "take-files" in look(page, {**SHELLS, "take": "data"}).html


@pytest.mark.parametrize("part", takeaway.SECTIONS)
def test_each_part_of_the_dialog_opens(part: str) -> None:
    seen = look("overview", {**SHELLS, "take": part})
    shown = [*seen.app.code, *seen.app.multiselect] if part in ("calls", "brief") else [seen.parts["take"]]
    assert shown


def test_a_part_that_does_not_exist_opens_the_first() -> None:
    assert "take-files" in look("map", {"take": "<script>"}).html


def test_an_open_record_comes_first() -> None:
    seen = look("map", {"take": "data", "record": "transfer:prk-rus-kn23-kn24-missiles"})
    assert "take" not in seen.parts and "card" in seen.parts


def test_every_file_of_the_dialog_is_served_for_the_view(site: Starlette) -> None:
    query = {**SHELLS, "as_of": "2024-02-27"}
    found = {part: look("map", {**query, "take": part}).parts["take"]["html"] for part in ("data", "cite")}
    links = [html.unescape(link) for part in found.values() for link in LINK.findall(part)]
    assert len(links) > 150
    endings = {urlsplit(link).path.rpartition(".")[2] for link in links}
    assert endings >= {"zip", "csv", "xlsx", "parquet", "json", "geojson", "gpkg", "bib", "ris"}
    for link in links:
        parts = urlsplit(link)
        assert {key: values[-1] for key, values in parse_qs(parts.query).items()} == query
        if "/codes/" not in link and parts.path.rpartition(".")[2] in (
            "zip",
            "geojson",
            "gpkg",
            "bib",
            "ris",
        ):
            assert served(site, parts.path, parts.query).status == 200, link


@pytest.mark.parametrize("name", ["all", "february", "nothing"])
def test_the_dialog_counts_what_its_files_hold(name: str, site: Starlette) -> None:
    selection = selected(name)
    groups = takeaway.files(RECORDS, selection)
    for file in [*groups["main"], *groups["layers"]]:
        (path, query) = urlsplit(file.links[0][1])[2:4]
        answer = served(site, path, query)
        assert answer.status == 200, path
        rows = len(answer.rows) if path.endswith(".csv") else len(orjson.loads(answer.body)["features"])
        assert rows == file.rows, path
    listed = len(groups["main"]) + len(groups["other"])
    assert listed == len(tables.rows_in(RECORDS, selection))


def test_a_table_too_long_for_excel_is_not_offered_as_a_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    selection = view.select(RECORDS, view.View())
    monkeypatch.setattr(sheets, "MOST_ROWS", len(RECORDS["quotes"]))
    files = {file.title: file for group in takeaway.files(RECORDS, selection).values() for file in group}
    for name in takeaway.MAIN:
        file = files[browse.package(RECORDS)[name].title]
        assert takeaway.too_long(file) == (file.rows > len(RECORDS["quotes"]))
        assert {"CSV", "JSON"} <= {label for label, _url in file.links}
    assert not any(takeaway.too_long(file) for file in files.values() if file.rows == len(RECORDS["quotes"]))
