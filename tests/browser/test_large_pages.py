"""Every page on data so large that tables stay in files, ids are halved and figures leave things out."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bench.generate import Size, generate
from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.browser import settled
from tools.server import Server, serving
from tumen import records
from tumen.desk import TABLES

SIZE = Size(transfers=records.LARGE + 500, assertions=records.MANY + 10_000)
PAGES = ("", "map", "timeline", "known", "exchange", "figures", "quotes", "records", "method")
WAIT = 120_000  # milliseconds: the first page waits until all has been checked


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("large") / "data"
    generate(made, SIZE, seed=5)
    return made


@pytest.fixture(scope="module")
def large(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(directory, TUMEN_CACHE=str(tmp_path_factory.mktemp("kept"))) as running:
        yield running


@pytest.fixture
def reader(visit: Visit, large: Server) -> Reader:
    return visit(at=large)


def first(directory: Path, table: str) -> dict[str, str]:
    """The first row of a generated table."""
    with (directory / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))


def whole(reader: Reader) -> None:
    """The page is there, and no part of it failed."""
    settled(reader.page)
    expect(reader.page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_today_and_the_stops_before(reader: Reader, page: str) -> None:
    reader.page.goto(f"{reader.url}/{page}")
    expect(reader.sentence).to_contain_text(f"All {SIZE.transfers:,} transfers", timeout=WAIT)
    whole(reader)
    for _ in range(2):
        before = reader.sentence.inner_text()
        reader.page.get_by_role("button", name="Earlier").click()
        expect(reader.sentence).not_to_have_text(before, timeout=WAIT)
        whole(reader)
    assert reader.address["as_of"]


def test_every_kind_of_record_has_its_card(reader: Reader, directory: Path) -> None:
    for kind, table in TABLES.items():
        reader.open(f"/record?record={kind}:{first(directory, table)['id']}")
        expect(reader.page.locator(".card")).to_have_count(1)


def test_a_wrong_record_is_answered_with_the_nearest(reader: Reader, directory: Path) -> None:
    right = f"assertion:{first(directory, 'assertions')['id']}"
    reader.open(f"/record?record={right}x")
    assert right in {f"assertion:{one}" for one in reader.links("assertion")}


def test_rows_are_found_and_ordered_among_very_many(reader: Reader, directory: Path) -> None:
    row = first(directory, "assertions")
    reader.open(f"/records?table=assertions&q={row['id'].upper()}")
    assert reader.links("assertion") == {row["id"]}
    reader.open(f"/records?table=assertions&q=transfer%3D{row['transfer']}&sort=-source")
    assert row["id"] in reader.links("assertion")
    reader.open("/quotes?q=GENERATED+4321")
    assert reader.links("quote") == {"g-quote-0004321"}


def test_a_record_is_marked_on_map_and_timeline(reader: Reader, directory: Path) -> None:
    transfer = first(directory, "transfers")["id"]
    for page in ("map", "timeline"):
        reader.open(f"/{page}?focus=transfer:{transfer}")
        expect(reader.page.locator(".st-key-marked")).to_have_count(1)


def test_what_can_be_taken_away_leaves_out_what_is_too_long_for_excel(reader: Reader) -> None:
    reader.open("/map?take=view")
    rows = reader.page.locator(".take-files tr")
    expect(rows.filter(has_text=re.compile("^Assertions")).locator("a")).to_have_text(
        ["CSV", "Parquet", "JSON"]
    )
    expect(rows.filter(has_text=re.compile("^Quotes")).locator("a")).to_have_text(
        ["CSV", "Excel", "Parquet", "JSON"]
    )
