"""The real data obey their descriptor, by our own check and by a stock validator's."""

import csv
import io
import re
import warnings
from itertools import pairwise
from pathlib import Path

import pytest

from tests import plain
from tumen import descriptor
from tumen.check import read
from tumen.records import DATA

TABLES, REPORT = read(DATA)
PACKAGE = descriptor.read(DATA)
FILES = sorted(DATA.rglob("*.csv"))


def test_the_data_have_no_mistakes() -> None:
    assert [str(mistake) for mistake in REPORT.mistakes] == []


def test_a_stock_validator_accepts_the_package() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own
        from frictionless import validate

        report = validate(str(DATA / descriptor.FILE))
    assert report.flatten(["name", "rowNumber", "fieldName", "note"]) == []
    assert report.valid
    assert report.stats["tasks"] == len(PACKAGE.tables)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_in_canonical_form(path: Path) -> None:
    """UTF-8, line feeds, minimal quoting, one line for each record: differences show as they are."""
    content = path.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    again = io.StringIO(newline="")
    csv.writer(again, lineterminator="\n").writerows(rows)
    assert again.getvalue().encode("utf-8") == content
    assert content.count(b"\n") == len(rows)


@pytest.mark.parametrize("table", [t.name for t in PACKAGE.tables if t.group == "records"])
def test_records_are_sorted(table: str) -> None:
    keys = ["table", "id", "column"] if table == "corrections" else ["id"]
    rows = [tuple(row) for row in plain.table(table)[keys].itertuples(index=False)]  # as the file has them
    assert rows == sorted(rows)


def test_the_code_tables_that_the_pages_need_are_complete() -> None:
    assert list(TABLES["evidence"]["id"]) == [1, 2, 3, 4, 5]
    assert list(TABLES["reliability"]["id"]) == list("ABCDEF")
    assert list(TABLES["credibility"]["id"]) == [1, 2, 3, 4, 5, 6]
    assert len(TABLES["families"]) == 8
    assert set(TABLES["stances"]["id"]) == {"asserts", "confirms", "doubts", "denies", "declines-to-comment"}
    assert set(TABLES["wordings"]["id"]) == {"original", "translation", "retranslated"}
    assert {"UNO", "EUE", "NAT", "INT"} == set(TABLES["countries"].query("kind == 'body'")["id"])


def test_the_words_of_likelihood_cover_the_range_without_a_gap() -> None:
    steps = TABLES["likelihood"]
    assert len(steps) == 7
    assert (steps["low"].min(), steps["high"].max()) == (1, 99)
    assert all(high == low for high, low in pairwise_ends(steps["high"].tolist(), steps["low"].tolist()))


def pairwise_ends(highs: list[int], lows: list[int]) -> list[tuple[int, int]]:
    return [(highs[n], lows[n + 1]) for n in range(len(highs) - 1)]


def test_the_phases_follow_each_other_day_by_day() -> None:
    phases = TABLES["phases"]
    assert list(phases["id"]) == ["prelude", "window", "aftermath"]
    for (_, end), (start, _) in pairwise(zip(phases["start"], phases["end"], strict=True)):
        assert int(start.replace("-", "")) - int(end.replace("-", "")) == 1


def test_every_lane_of_the_timeline_has_events() -> None:
    lane_of = dict(zip(TABLES["event_categories"]["id"], TABLES["event_categories"]["lane"], strict=True))
    assert {lane_of[category] for category in TABLES["events"]["category"]} == set(TABLES["lanes"]["id"])


def test_every_transfer_has_an_assertion_and_every_speaker_a_quotation() -> None:
    assert set(TABLES["transfers"]["id"]) == set(TABLES["assertions"]["transfer"])
    assert set(TABLES["speakers"]["id"]) == set(TABLES["quotes"]["speaker_id"])
    assert set(TABLES["origins"]["id"]) == set(TABLES["assertions"]["origin"])


def test_all_three_founding_articles_are_quoted() -> None:
    quoted = TABLES["quotes"]["founding_article"]
    assert set(quoted) - {""} == set(TABLES["founding_articles"]["id"])
    assert (TABLES["quotes"].query("founding_article == 'the-hill'")["country"] == "USA").all()


def test_every_code_is_labelled_for_the_screen_once() -> None:
    for table in PACKAGE.tables:
        if table.group == "codes" and "label" in table.by_name:
            labels = TABLES[table.name]["label"]
            assert labels.is_unique, f"{table.name}: {labels[labels.duplicated()].tolist()}"


NARRATION = re.compile(
    r"\b(?:[Tt]h(?:is|e) row|[Ee]ntered here|the dossier|[Ss]tored page|[Pp]ages seen|[Ss]ource article)\b"
)
NOTED = [table.name for table in PACKAGE.tables if table.group == "records" and "note" in table.by_name]


@pytest.mark.parametrize("table", NOTED)
def test_notes_do_not_tell_of_the_work(table: str) -> None:
    told = TABLES[table][TABLES[table]["note"].str.contains(NARRATION)]
    assert dict(zip(told["id"], told["note"], strict=True)) == {}
