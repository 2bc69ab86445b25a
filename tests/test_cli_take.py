"""`tumen export`, `cite` and `brief`: the same rows, citations and briefs as the pages and the library."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tumen import brief, cite
from tumen.brief import pictures
from tumen.cli import app
from tumen.records import Records
from tumen.view import View, select

PRK = ("--country", "PRK", "--as-of", "2024-02-27")
VIEW = View(country=("PRK",), as_of=date(2024, 2, 27))


def tumen(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def ids(text: str) -> list[str]:
    return [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def test_a_table_holds_the_rows_of_the_view_in_their_order(records: Records) -> None:
    result = tumen("export", "--format", "csv", *PRK)
    assert result.exit_code == 0, result.stderr
    assert ids(result.stdout) == select(records, VIEW).transfers


def test_json_holds_the_same_rows_as_csv() -> None:
    told = json.loads(tumen("export", "--format", "json", "--table", "assertions", *PRK).stdout)
    assert [row["id"] for row in told["rows"]] == ids(
        tumen("export", "--format", "csv", "--table", "assertions", *PRK).stdout
    )


def test_the_format_follows_from_the_name_of_the_file(tmp_path: Path, records: Records) -> None:
    out = tmp_path / "prk.zip"
    result = tumen("export", "--out", str(out), *PRK)
    assert result.exit_code == 0 and not result.stdout
    with zipfile.ZipFile(out) as found:
        assert ids(found.read("transfers.csv").decode()) == select(records, VIEW).transfers
        assert b"2024-02-27" in found.read("README.md")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "cvs"), "Did you mean “csv”?"),
        (("--format", "csv", "--table", "transfer"), "Did you mean “transfers”?"),
        (("--format", "geojson", "--table", "sources"), "sources comes as"),
        (("--country", "Norht Korea", "--evidence", "9"), "evidence=9"),
        (("--out", "/nowhere/at/all.csv"), "cannot be written"),
    ],
    ids=str,
)
def test_what_cannot_be_exported_is_named(options: Sequence[str], words: str) -> None:
    result = tumen("export", *options)
    assert result.exit_code == 2 and words in result.stderr and not result.stdout


def test_a_record_is_cited_in_either_style() -> None:
    record = "transfer:prk-rus-152mm-shells"
    chicago, apa = (tumen("cite", record, "--style", style).stdout for style in ("chicago", "apa"))
    assert chicago != apa and all("152 mm" in text.lower() for text in (chicago, apa))
    assert "@" in tumen("cite", record, "--format", "bib").stdout


def test_the_sources_of_a_view_are_all_cited(records: Records) -> None:
    found = json.loads(tumen("cite", "--sources", "--format", "json", *PRK).stdout)
    assert len(found) == len(cite.sources_of(records, select(records, VIEW))) > 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("transfer:prk-rus-152mm-shell",), "Did you mean “transfer:prk-rus-152mm-shells”?"),
        (("--style", "harvard"), "one of chicago, apa"),
        (("--format", "bibtex"), "Did you mean “bib”?"),
        (("transfer:prk-rus-152mm-shells", "--sources"), "not both"),
    ],
    ids=str,
)
def test_what_cannot_be_cited_is_named(options: Sequence[str], words: str) -> None:
    result = tumen("cite", *options)
    assert result.exit_code == 2 and words in result.stderr


def test_a_brief_is_the_librarys(tmp_path: Path, records: Records) -> None:
    out = tmp_path / "brief.md"
    assert tumen("brief", "--out", str(out), *PRK).exit_code == 0
    parts = brief.compose(records, select(records, VIEW), "/?country=PRK&as_of=2024-02-27", date.today())
    assert out.read_text("utf-8") == brief.markdown(parts)


def test_without_a_browser_a_brief_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "find", lambda: None)
    out = tmp_path / "brief.html"
    result = tumen("brief", "--out", str(out), *PRK)
    assert result.exit_code == 0 and "Without pictures: no Chromium" in result.stderr
    assert "<svg" not in out.read_text("utf-8").split("</style>")[-1]


def test_a_card_that_is_not_in_view_is_named() -> None:
    result = tumen("brief", "--card", "nope")
    assert result.exit_code == 2 and "nope" in result.stderr
