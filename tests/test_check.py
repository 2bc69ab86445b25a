"""Every corruption of the data is named: file, line, record, column, and what to do about it."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tumen import cells, reading, rules
from tumen.check import Mistake, Report, check, read
from tumen.cli import app
from tumen.descriptor import Column
from tumen.mistakes import nearest, shown
from tumen.records import DATA

SHELLS = "prk-rus-152mm-shells"
BOXES = "prk-rus-munitions-containers"
SAID = f"{BOXES}--us-nsc-2023-10-13"  # asserts, evidence 3, more than 1,000 containers
DENIED = f"{BOXES}--kim-yo-jong-2024-05-17"
SILENT = f"{BOXES}--lavrov-2023-10-20"
COUNTED = f"{BOXES}--fnf-2024-10-28"  # between a low and a high
QUOTE = "aquilino-axis-2024-03-20"
FORECAST = "chun-no-stop-2023-09-06"
SUMMIT = "2023-09-13-vostochny-summit"
TABLES = len([*DATA.rglob("*.csv")])
UNDER_2231 = "irn-rus-shahed-136-131--un-2231-missiles"
SEA_LEG, RAIL_LEG = "sea-rajin-dunai-tikhoretsk--1", "rail-tumangang-khasan--1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real data, to be spoilt."""
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("geo")))


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), strict=True))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def number_of(rows: list[list[str]], name: str, column: str = "id") -> int:
    at = rows[0].index(column)
    return next(number for number, row in enumerate(rows) if row[at] == name)


def spoil(data: Path, file: str, name: str, column: str, value: str) -> int:
    """Put a value into one cell; return the line on which the record begins."""
    rows = rows_of(data / file)
    number = number_of(rows, name)
    assert rows[number][rows[0].index(column)] != value, "the corruption changes nothing"
    rows[number][rows[0].index(column)] = value
    write(data / file, rows)
    return 1 + sum(1 + "".join(row).count("\n") for row in rows[:number])


def cell(data: Path, file: str, name: str, column: str) -> str:
    rows = rows_of(data / file)
    return rows[number_of(rows, name)][rows[0].index(column)]


# --- one bad cell ---


@dataclass(frozen=True)
class Bad:
    """A cell, the value that spoils it, the rule it breaks, and words that the message must hold."""

    file: str
    id: str
    column: str
    value: str
    rule: str
    words: tuple[str, ...]
    where: str = ""  # the column that is named, if it is another one
    others: bool = False  # whether the value breaks further rules as well


def bad(
    file: str,
    name: str,
    column: str,
    value: str,
    rule: str,
    *words: str,
    where: str = "",
    others: bool = False,
) -> Bad:
    return Bad(f"{file}.csv", name, column, value, rule, words, where, others)


BAD_CELLS = [
    bad("versions", "2026.11.0", "id", "2026.11.1", "version-out-of-step", "is '2026.11.0'", "tumen release"),
    # references
    bad(
        "transfers",
        SHELLS,
        "weapon_type",
        "drone",
        "reference",
        "codes/weapon_types.csv",
        "Did you mean 'drones'?",
    ),
    bad(
        "transfers", SHELLS, "status", "Ongoing", "reference", "codes/statuses.csv", "Did you mean 'ongoing'?"
    ),
    bad(
        "transfers",
        SHELLS,
        "route",
        "sea-rajin-dunai",
        "reference",
        "routes.csv",
        "sea-rajin-dunai-tikhoretsk",
    ),
    bad("transfers", SHELLS, "via", "dunai;vostochny", "reference", "'vostochny'", "'vostochny-port'"),
    bad("transfers", SHELLS, "parent", "prk-rus-artillery-shell", "reference", "'prk-rus-artillery-shells'"),
    bad("assertions", SAID, "source", "nis-2024", "reference", "which is not in sources.csv"),
    bad("assertions", SAID, "origin", "zzzz", "reference", "Add it to origins.csv"),
    bad("assertions", SAID, "unit", "container", "reference", "codes/units.csv", "'containers'"),
    bad("assertions", SAID, "by_country", "usa", "reference", "codes/countries.csv", "'USA'"),
    bad("quotes", QUOTE, "speaker_id", "aquillino", "reference", "speakers.csv", "'aquilino'"),
    bad("quotes", QUOTE, "wording", "verbatim", "reference", "codes/wordings.csv"),
    bad("quotes", QUOTE, "topics", "china;irann", "reference", "'irann'", "'iran'"),
    bad("events", SUMMIT, "countries", "PRK;RUS;SUN", "reference", "'SUN'"),
    bad(
        "routes",
        "sea-rajin-vostochny",
        "stops",
        "rajin;vostochny-port;atlantis",
        "reference",
        "places.csv",
        others=True,
    ),
    bad("sources", "seed-dagens-2024-01-19", "reliability", "G", "reference", "codes/reliability.csv"),
    # required, ids, uniqueness
    bad("quotes", QUOTE, "source", "", "required", "source is empty", "must be filled"),
    bad("transfers", SHELLS, "item", "", "required", "item is empty"),
    bad("speakers", "cha", "bio", "", "required", "bio is empty"),
    bad("places", "moscow", "lon", "", "required", "lon is empty"),
    bad("quotes", QUOTE, "id", "Aquilino axis", "pattern", "does not have the form", "'aquilino-axis'"),
    bad("assertions", SAID, "id", f"{SHELLS}--us-nsc-2023-10-13", "id-misnames", f"'{BOXES}--'"),
    bad("codes/countries", "FRA", "id", "", "required", "id is empty"),
    # numbers
    bad("assertions", SAID, "low", "1,000", "number", "not a number", "without separators"),
    bad("assertions", SAID, "low", "NaN", "placeholder", "Empty the cell"),
    bad("assertions", SAID, "low", "inf", "number", "'inf'"),
    bad("assertions", SAID, "low", "1e999", "number", "'1e999'"),
    bad("assertions", SAID, "low", "١٠٠٠", "number", "not a number"),
    bad("assertions", SAID, "evidence", "6", "bounds", "must be at most 5"),
    bad("assertions", SAID, "evidence", "high", "integer", "not a whole number"),
    bad("events", SUMMIT, "significance", "0", "bounds", "must be at least 1"),
    bad("places", "moscow", "lat", "91", "bounds", "must be at most 90"),
    bad("places", "moscow", "approximate", "False", "boolean", "Did you mean 'false'?"),
    bad("assertions", COUNTED, "low", "9900000000", "low-above-high", "which is above high '5500000000'"),
    # figures, stance, reach
    bad(
        "assertions",
        SAID,
        "measure",
        "",
        "figure-incomplete",
        "every figure must have one",
        "Fill in the measure",
    ),
    bad("assertions", SAID, "scope", "", "figure-incomplete", "scope is empty"),
    bad("assertions", SAID, "qualifier", "up to", "qualifier-misfits", "'up to'", "but low is filled"),
    bad("assertions", COUNTED, "high", "", "qualifier-misfits", "low and high", where="qualifier"),
    bad("assertions", DENIED, "unit", "containers", "figure-absent", "low, high and qualifier are empty"),
    bad("assertions", DENIED, "reach", "", "stance-misfits", "an assertion that denies must have one"),
    bad("assertions", DENIED, "reach", "no-answer", "reach-misfits", "the stance 'denies'", "whole"),
    bad("assertions", SILENT, "reach", "whole", "reach-misfits", "Use one of no-answer"),
    bad("assertions", DENIED, "evidence", "3", "stance-misfits", "must have none"),
    bad("assertions", SAID, "evidence", "", "stance-misfits", "an assertion that asserts must have one"),
    bad(
        "assertions",
        SAID,
        "stance",
        "denies",
        "stance-misfits",
        "evidence has '3'",
        where="evidence",
        others=True,
    ),
    # dates
    bad("assertions", SAID, "date", "13/10/2023", "date", "not a prefix date", "YYYY-MM-DD"),
    bad("assertions", SAID, "date", "2023-02-30", "date", "not a day of the calendar"),
    bad("assertions", SAID, "date", "0023-10-13", "date", "before 1900"),
    bad("assertions", SAID, "date", "2023-12", "said-after-published", "its source", "2023-10"),
    bad("assertions", SAID, "as_of", "2024", "as-of-after-said", "after the assertion itself"),
    bad("assertions", SAID, "period", "2023-13", "period", "START/END"),
    bad(
        "assertions", SAID, "period", "2023-09/2023-08", "period-reversed", "whose end lies before its start"
    ),
    bad("quotes", QUOTE, "date", "2024-03-25", "said-after-published", "jtn-aquilino-2024-03-20"),
    bad("events", SUMMIT, "end", "2023-09-12", "end-before-start", "before its date '2023-09-13'"),
    bad("transfers", SHELLS, "end", "2022", "end-before-start", "before its start '2023-08'"),
    bad("events", SUMMIT, "first_reported", "2099-01-01", "in-the-future", "lies in the future"),
    bad("sources", "seed-dagens-2024-01-19", "published", "2098", "in-the-future", "lies in the future"),
    bad("events", SUMMIT, "phase", "aftermath", "phase-misses-date", "2023-09-13", "Did you mean 'window'?"),
    # transfers, places, routes
    bad("transfers", SHELLS, "destination", "PRK", "sends-to-itself", "also the origin", others=True),
    bad("transfers", SHELLS, "destination", "IRN", "id-misnames", "'prk-irn-'", where="id", others=True),
    bad("transfers", SHELLS, "parent", SHELLS, "parents-in-a-circle", "the transfer itself"),
    bad(
        "transfers",
        "prk-rus-artillery-shells",
        "parent",
        SHELLS,
        "parents-in-a-circle",
        "closes a circle",
        "→",
        others=True,
    ),
    bad("transfers", SHELLS, "parent", "chn-rus-chpl-goods", "parent-elsewhere", "from CHN to RUS"),
    bad("places", "moscow", "lon", "3.762", "outside-country", "55.75, lon 3.762", "at sea", where="lat"),
    bad("places", "moscow", "country", "UKR", "outside-country", "lies in RUS and not in UKR", where="lat"),
    bad("places", "moscow", "outside_reason", "On the river.", "reason-not-needed", "lies inside RUS"),
    bad(
        "legs",
        SEA_LEG,
        "to_place",
        "moscow",
        "leg-off-route",
        "not a stop of the route",
        "rajin",
        others=True,
    ),
    bad("legs", SEA_LEG, "to_place", "rajin", "leg-off-route", "also where the leg begins", others=True),
    bad("legs", RAIL_LEG, "mode", "sea", "mode-misfits", "is 'rail'"),
    bad("legs", SEA_LEG, "seq", "3", "legs-with-gaps", "has no leg 1", others=True),
    bad("legs", SEA_LEG, "waypoints", "131.1 42.2;x", "points", "'x'", "LON LAT"),
    bad("legs", SEA_LEG, "waypoints", "42.2 131.1", "points", "off the globe", "longitude first"),
    bad(
        "routes", "sea-rajin-vostochny", "stops", "rajin", "stops-too-few", "at least two stops", others=True
    ),
    bad("codes/countries", "FRA", "lat", "", "capital-misplaced", "must both be given"),
    bad("codes/countries", "NAT", "kind", "alliance", "enum", "one of state, body"),
    # laws
    bad(
        "transfer_laws",
        UNDER_2231,
        "law",
        "un-2231-arms-exports",
        "law-out-of-force",
        "in force from 2016-01-16 to 2020-10-18",
        "when the transfer did not run",
        others=True,
    ),
    bad(
        "transfer_laws",
        UNDER_2231,
        "law",
        "un-2231-missile",
        "reference",
        "codes/laws.csv",
        "'un-2231-missiles'",
        others=True,
    ),
    bad(
        "codes/laws",
        "un-2231-missiles",
        "in_force_until",
        "2015-12-31",
        "end-before-start",
        "before its in_force_from '2016-01-16'",
        others=True,
    ),
    bad("codes/laws", "un-2231-missiles", "kind", "treaty", "enum", "un-resolution, export-control"),
    # quotes and sources
    bad("quotes", FORECAST, "foretold", "", "forecast-incomplete", "every forecast must have it"),
    bad("quotes", FORECAST, "criterion", "", "forecast-incomplete", "every forecast must have it"),
    bad("quotes", FORECAST, "forecast", "false", "forecast-incomplete", "no forecast", where="foretold"),
    bad("quotes", QUOTE, "due", "2024-12", "forecast-incomplete", "no forecast"),
    bad("quotes", FORECAST, "due", "2023-08", "due-before-said", "before its date '2023-09-06'"),
    bad("quotes", FORECAST, "due", "2024-13", "date", "2024-13"),
    bad("quotes", FORECAST, "outcome_status", "", "outcome-missing", "every forecast must have one"),
    bad("quotes", FORECAST, "outcome_sources", "", "outcome-unsourced", "Name where it can be read"),
    bad(
        "quotes",
        QUOTE,
        "outcome",
        "It came about.",
        "outcome-missing",
        "though an outcome is given",
        where="outcome_status",
    ),
    bad(
        "quotes",
        QUOTE,
        "verified",
        "false",
        "unverified-elsewhere",
        "founding article",
        where="founding_article",
    ),
    bad("quotes", QUOTE, "also_sources", "jtn-aquilino-2024-03-20", "source-repeated", "repeats the source"),
    bad(
        "sources",
        "seed-dagens-2024-01-19",
        "url",
        "javascript:alert(1)",
        "url",
        "not a web address",
        "https://",
    ),
    bad("sources", "seed-dagens-2024-01-19", "url", "https://", "url", "not a web address"),
    bad("sources", "seed-dagens-2024-01-19", "url", "https://a b.org/", "url", "not a web address"),
    bad("sources", "seed-dagens-2024-01-19", "url", "https://dagens.com:x/", "url", "not a web address"),
    bad("sources", "seed-dagens-2024-01-19", "url", "https://user@dagens.com/", "url", "not a web address"),
    # text and lists
    bad(
        "transfers",
        SHELLS,
        "summary",
        "Shells <img src=x onerror=alert(1)>",
        "markup",
        "'<img src=x o'",
        "must be plain",
    ),
    bad("transfers", SHELLS, "note", "See ![x](https://example.org/x.png)", "markup", "markup"),
    bad("quotes", QUOTE, "text", "R&amp;D", "markup", "'&amp;D'"),
    bad("transfers", SHELLS, "summary", "Shells \u202eslleh", "unseen", "U+202E", "\\u202e"),
    bad("transfers", SHELLS, "summary", "Shells\x00", "unseen", "U+0000"),
    bad("transfers", SHELLS, "summary", "Shell\ufffd", "unseen", "U+FFFD"),
    bad("transfers", SHELLS, "summary", "Shells\tand more", "unseen", "U+0009"),
    bad("transfers", SHELLS, "summary", "x" * 5001, "length", "5,001 characters", "at most 5,000"),
    bad("transfers", SHELLS, "summary", "n/a", "placeholder", "an empty cell must say that"),
    bad("transfers", SHELLS, "mode", "mixed ", "blanks", "Did you mean 'mixed'?"),
    bad("transfers", SHELLS, "via", "dunai;;rajin", "list", "an empty item"),
    bad("transfers", SHELLS, "via", "dunai;rajin;dunai", "list", "names 'dunai' twice"),
    bad("transfers", SHELLS, "via", "dunai; rajin", "list", "' rajin'", "Remove the blank"),
]


@pytest.mark.parametrize(
    "case", BAD_CELLS, ids=lambda case: f"{case.file}-{case.column}-{case.rule}-{case.value[:20]!r}"
)
def test_a_bad_cell_is_named(data: Path, case: Bad) -> None:
    line = spoil(data, case.file, case.id, case.column, case.value)
    report = check(data)
    record = case.value if case.column == "id" else case.id
    at = (case.rule, line, record, case.where or case.column)
    found = [m for m in report.mistakes if (m.rule, m.line, m.id, m.column) == at]
    assert len(found) == 1, [str(m) for m in report.mistakes]
    assert_named(found[0], data / case.file, case.words)
    assert case.others or case.column == "id" or report.mistakes == (found[0],)


def assert_named(mistake: Mistake, file: Path, words: tuple[str, ...]) -> None:
    message = str(mistake)
    assert mistake.file == file.as_posix()
    assert mistake.nearest or mistake.remedy or "must" in mistake.expected, "no way out is offered"
    for word in words:
        assert word in message
    assert "\n" not in message
    assert len(message) < 1000


def test_there_are_more_than_forty_different_corruptions() -> None:
    assert len({(case.file, case.column, case.value) for case in BAD_CELLS}) >= 45


def test_every_rule_is_broken_by_some_corruption() -> None:
    broken = {case.rule for case in BAD_CELLS} | {case.rule for case in BAD_FILES}
    named = {rule.name for rule in cells.RULES} | {rule.name for rule in rules.RULES}
    elsewhere = {
        "stop-without-leg",
        "address-unexplained",
        "correction-astray",
        "correction-overtaken",
        "correction-unsourced",
    }
    assert named - broken == elsewhere


# --- two cells together ---


def test_a_stop_without_a_leg_is_named(data: Path) -> None:
    line = spoil(data, "routes.csv", "rail-tumangang-khasan", "stops", "tumangang;khasan;vladivostok")
    (mistake,) = check(data).mistakes
    assert (mistake.rule, mistake.line, mistake.column) == ("stop-without-leg", line, "stops")
    assert "'vladivostok'" in str(mistake)


def test_a_source_without_address_must_say_why(data: Path) -> None:
    spoil(data, "sources.csv", "seed-dagens-2024-01-19", "url", "")
    spoil(data, "sources.csv", "seed-dagens-2024-01-19", "note", "")
    (mistake,) = check(data).mistakes
    assert (mistake.rule, mistake.id) == ("address-unexplained", "seed-dagens-2024-01-19")


def test_coordinates_that_are_exchanged_are_recognised(data: Path) -> None:
    spoil(data, "places.csv", "tehran", "lat", cell(data, "places.csv", "tehran", "lon"))
    spoil(data, "places.csv", "tehran", "lon", "35.69")
    (mistake,) = check(data).mistakes
    assert "exchanged" in mistake.remedy


def test_a_point_in_crimea_lies_in_ukraine(data: Path) -> None:
    spoil(data, "places.csv", "rostov-on-don", "lat", "44.95")
    spoil(data, "places.csv", "rostov-on-don", "lon", "34.10")
    (mistake,) = check(data).mistakes
    assert "which lies in UKR and not in RUS" in str(mistake)


@pytest.mark.parametrize(
    ("column", "value", "rule", "words"),
    [
        ("id", "prk-rus-no-such-record", "correction-astray", "which is not in transfers.csv"),
        ("column", "weapon_typ", "correction-astray", "Did you mean 'weapon_type'?"),
        ("now", "road", "correction-overtaken", "has 'mixed'"),
        ("source", "somebody told me", "correction-unsourced", "nor a web address"),
    ],
)
def test_a_correction_that_is_wrong_is_named(
    data: Path, column: str, value: str, rule: str, words: str
) -> None:
    good = {
        "table": "transfers",
        "id": SHELLS,
        "column": "mode",
        "kind": "corrected",
        "was": "sea",
        "now": "mixed",
    }
    good |= {"reason": "A test.", "source": ""}
    write(data / "corrections.csv", [list(good), list((good | {column: value}).values())])
    found = [m for m in check(data).mistakes if m.rule != "rows"]
    assert [(m.rule, m.line, m.column) for m in found] == [(rule, 2, column)]
    assert words in str(found[0])


def test_a_correction_of_a_record_that_was_left_out_is_none(data: Path) -> None:
    header = rows_of(data / "corrections.csv")[0]
    write(
        data / "corrections.csv",
        [header, ["transfers", "prk-rus-gone", "", "left-out", "", "", "Twice the same.", ""]],
    )
    assert [m.rule for m in check(data).mistakes] == ["rows"]


def test_a_correction_that_is_there_twice_is_named(data: Path) -> None:
    rows = rows_of(data / "corrections.csv")
    write(data / "corrections.csv", [*rows, rows[1]])
    assert [(m.rule, m.line) for m in check(data).mistakes] == [("unique", len(rows) + 1)]


# --- a bad file ---

Spoiler = Callable[[bytes], bytes]


@dataclass(frozen=True)
class BadFile:
    """A file, what spoils it as bytes, the rule it breaks, the line and words of the message."""

    name: str
    file: str
    spoil: Spoiler
    rule: str
    line: int
    words: tuple[str, ...]
    only: bool = True  # whether nothing else is reported


def in_line(number: int, old: bytes, new: bytes) -> Spoiler:
    """Replace bytes in one line."""

    def spoil(content: bytes) -> bytes:
        lines = content.split(b"\n")
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return b"\n".join(lines)

    return spoil


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Spoiler:
    return lambda content: b"\n".join(change(content.split(b"\n")))


BAD_FILES = [
    BadFile("empty", "places.csv", lambda _: b"", "empty", 0, ("the file is empty", "id,name,country")),
    BadFile("blank", "places.csv", lambda _: b" \n\n", "empty", 0, ("the file is empty",)),
    BadFile(
        "header-alone",
        "places.csv",
        lambda c: c.split(b"\n")[0] + b"\n",
        "rows",
        0,
        ("has 0 rows",),
        only=False,
    ),
    BadFile("latin-1", "routes.csv", in_line(3, b"a", b"\xe9"), "encoding", 3, ("0xe9", "UTF-8")),
    BadFile("utf-16", "places.csv", lambda c: c.decode().encode("utf-16"), "encoding", 0, ("UTF-16",)),
    BadFile("bom", "places.csv", lambda c: b"\xef\xbb\xbf" + c, "encoding", 1, ("byte order mark",)),
    BadFile(
        "column-gone",
        "legs.csv",
        in_line(1, b",basis", b""),
        "header",
        1,
        ("'basis' is missing",),
        only=False,
    ),
    BadFile(
        "column-renamed",
        "legs.csv",
        in_line(1, b"basis", b"base"),
        "header",
        1,
        ("'base'", "'basis'?"),
        only=False,
    ),
    BadFile("column-twice", "legs.csv", in_line(1, b"basis", b"mode"), "header", 1, ("twice",), only=False),
    BadFile(
        "column-unknown",
        "legs.csv",
        in_line(1, b"note", b"note,colour"),
        "header",
        1,
        ("'colour'",),
        only=False,
    ),
    BadFile(
        "columns-moved",
        "legs.csv",
        in_line(1, b"route,seq", b"seq,route"),
        "header",
        1,
        ("another order",),
        only=False,
    ),
    BadFile(
        "semicolons",
        "origins.csv",
        lambda c: c.replace(b",", b";"),
        "header",
        1,
        ("separated by ';'",),
        only=False,
    ),
    BadFile(
        "tabs",
        "origins.csv",
        lambda c: c.replace(b",", b"\t"),
        "header",
        1,
        ("separated by '\\t'",),
        only=False,
    ),
    BadFile(
        "cell-too-many", "legs.csv", in_line(4, b",air,", b",air,air,"), "cells", 4, ("10 cells", "has 9")
    ),
    BadFile(
        "cell-too-few", "legs.csv", in_line(4, b",air,", b","), "cells", 4, ("8 cells", "A comma is missing")
    ),
    BadFile(
        "blank-line",
        "legs.csv",
        lines(lambda ls: [*ls[:3], b"", *ls[3:]]),
        "cells",
        4,
        ("the line is blank",),
    ),
    BadFile("quote-open", "places.csv", in_line(3, b",", b',"'), "csv", 3, ("not CSV", "quotation mark")),
    BadFile(
        "row-twice",
        "legs.csv",
        lines(lambda ls: [*ls[:5], ls[4], *ls[5:]]),
        "unique",
        6,
        ("line 5 has already",),
    ),
    BadFile("rows-lost", "sources.csv", lines(lambda ls: ls[:500]), "rows", 0, ("expected are",), only=False),
    BadFile(
        "rows-doubled",
        "legs.csv",
        lines(lambda ls: ls[:-1] + ls[1:]),
        "rows",
        0,
        ("expected are",),
        only=False,
    ),
    BadFile(
        "page-of-html",
        "places.csv",
        lambda _: b"<!doctype html>\n<p>404</p>\n",
        "header",
        1,
        ("missing",),
        only=False,
    ),
    BadFile(
        "picture", "places.csv", lambda _: b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "encoding", 1, ("0x89",)
    ),
]


@pytest.mark.parametrize("case", BAD_FILES, ids=lambda case: case.name)
def test_a_bad_file_is_named(data: Path, case: BadFile) -> None:
    path = data / case.file
    before = path.read_bytes()
    path.write_bytes(case.spoil(before))
    assert path.read_bytes() != before
    report = check(data)
    texts = [
        str(m) for m in report.mistakes if (m.rule, m.line, m.file) == (case.rule, case.line, path.as_posix())
    ]
    assert any(all(word in text for word in case.words) for text in texts), [str(m) for m in report.mistakes][
        :9
    ]
    assert not case.only or len(report.mistakes) == 1, [str(m) for m in report.mistakes][:9]


def test_an_unreadable_table_does_not_make_its_references_wrong(data: Path) -> None:
    (data / "sources.csv").unlink()
    (mistake,) = check(data).mistakes
    file = (data / "sources.csv").as_posix()
    assert str(mistake) == f"{file}: the file is missing. Restore it, or take it out of datapackage.json."


def test_a_directory_in_place_of_a_file_is_named(data: Path) -> None:
    (data / "legs.csv").unlink()
    (data / "legs.csv").mkdir()
    assert [(m.rule, m.file) for m in check(data).mistakes] == [("unreadable", f"{data.as_posix()}/legs.csv")]


def test_a_file_that_nobody_describes_is_named_with_the_one_that_is_missing(data: Path) -> None:
    (data / "transfers.csv").rename(data / "transfer.csv")
    messages = [str(m) for m in check(data).mistakes]
    assert len(messages) == 2
    assert "transfers.csv: the file is missing" in messages[0]
    assert messages[1].endswith("Did you mean 'transfers.csv'? Rename it, remove it or describe it.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the descriptor is missing"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "lacks or misspells"),
        (b"{}", "lacks or misspells"),
    ],
)
def test_a_bad_descriptor_is_the_one_mistake(data: Path, content: bytes | None, words: str) -> None:
    path = data / "datapackage.json"
    path.unlink() if content is None else path.write_bytes(content)
    tables, report = read(data)
    (mistake,) = report.mistakes
    assert words in str(mistake)
    assert mistake.file == path.as_posix()
    assert (tables, report.tables) == ({}, 0)


def test_a_rule_says_when_the_descriptor_has_lost_its_column(data: Path) -> None:
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    stances = next(r for r in package["resources"] if r["name"] == "stances")
    stances["schema"]["fields"] = [f for f in stances["schema"]["fields"] if f["name"] != "reach"]
    path.write_text(json.dumps(package), encoding="utf-8")
    rows = rows_of(data / "codes/stances.csv")
    at = rows[0].index("reach")
    write(data / "codes/stances.csv", [row[:at] + row[at + 1 :] for row in rows])
    (mistake,) = check(data).mistakes
    assert "the rule 'stance-misfits' needs 'reach'" in str(mistake)


# --- the report ---


def test_a_clean_copy_has_no_mistakes(data: Path) -> None:
    report = check(data)
    assert [str(m) for m in report.mistakes] == []
    assert report.ok
    assert report.tables == len(list(data.rglob("*.csv")))
    assert report.rows == sum(len(rows_of(path)) - 1 for path in data.rglob("*.csv"))
    assert report.rules > 50


def test_all_mistakes_are_named_at_once(data: Path) -> None:
    spoilt = [case for case in BAD_CELLS if not case.others and case.column != "id"]
    seen: set[tuple[str, str]] = set()
    wanted = []
    for case in spoilt:  # one for each record, so that none hides another
        if (case.file, case.id) not in seen:
            seen.add((case.file, case.id))
            wanted.append((case.rule, f"{data.as_posix()}/{case.file}", case.id))
            spoil(data, case.file, case.id, case.column, case.value)
    assert len(wanted) >= 10
    assert sorted((m.rule, m.file, m.id) for m in check(data).mistakes) == sorted(wanted)


def test_mistakes_come_in_the_order_of_files_and_lines(data: Path) -> None:
    for file, column in (("transfers.csv", "status"), ("sources.csv", "kind")):
        rows = rows_of(data / file)
        at = rows[0].index(column)
        write(data / file, [rows[0], *([*row[:at], "zzz", *row[at + 1 :]] for row in rows[1:])])
    places = [(Path(m.file).name, m.line) for m in check(data).mistakes if m.rule == "reference"]
    count = {file: len(rows_of(data / file)) for file in ("transfers.csv", "sources.csv")}
    assert places == [(file, line) for file in count for line in range(2, count[file] + 1)]


def test_lines_are_those_of_the_file_after_a_cell_with_line_breaks(data: Path) -> None:
    rows = rows_of(data / "transfers.csv")
    rows[1][rows[0].index("summary")] = "One.\n\nThree."
    write(data / "transfers.csv", rows)
    line = spoil(data, "transfers.csv", SHELLS, "status", "zzz")
    text = (data / "transfers.csv").read_text(encoding="utf-8").split("\n")
    assert text[line - 1].startswith(f"{SHELLS},")
    assert [m.line for m in check(data).mistakes] == [line]


def test_windows_line_ends_are_tolerated(data: Path) -> None:
    for path in data.rglob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(data).ok


def test_the_day_that_counts_as_today_can_be_chosen(data: Path) -> None:
    rules_broken = {m.rule for m in check(data, today=date(2024, 1, 1)).mistakes}
    assert rules_broken == {"in-the-future"}


def test_a_message_reads_as_the_contract_says() -> None:
    where = ("data/transfers.csv", 37, SHELLS, "weapon_type", "drone")
    mistake = Mistake(*where, "which is not in codes/weapon_types.csv", "drones", "", "reference")
    assert str(mistake) == (
        "data/transfers.csv:37 prk-rus-152mm-shells: weapon_type has 'drone', "
        "which is not in codes/weapon_types.csv. Did you mean 'drones'?"
    )


@pytest.mark.parametrize("value", ["x" * 4_000, "\u202e" + "y" * 900], ids=["long", "turned"])
def test_a_message_never_carries_a_whole_long_cell(data: Path, value: str) -> None:
    """A value that breaks one rule is quoted by others too: as what ids should begin with, say."""
    for table in read(data)[0]:
        path = next(path for path in data.rglob(f"{table}.csv"))
        head, *rows = rows_of(path)
        spoilt = [[row[0], *[value] * (len(head) - 1)] for row in rows[:1]]
        write(path, [head, *spoilt, [value] * len(head), *rows[1:]])
    found = check(data).mistakes
    assert len({mistake.rule for mistake in found}) > 10
    assert {mistake.rule for mistake in found} >= {"id-misnames"}
    for mistake in found:
        assert value[:200] not in str(mistake) and "\u202e" not in str(mistake), mistake.rule


def test_a_long_or_invisible_value_is_shown_short_and_visible() -> None:
    assert shown("a\u202eb\n") == "a\\u202eb\\n"
    assert shown("x" * 500) == "x" * 80 + "…"


def test_nothing_is_offered_that_is_not_alike() -> None:
    assert nearest("DRONE", ["drones", "missiles"]) == "drones"
    assert nearest("zzzz", ["drones", "missiles"]) == ""
    assert nearest("drone", []) == ""


# --- the typed tables ---


def test_the_tables_are_typed_as_the_descriptor_says(data: Path) -> None:
    tables, report = read(data)
    assert report.ok
    said = tables["assertions"].set_index("id").loc[SAID]
    assert (said["low"], said["evidence"], said["conversion"]) == (1000.0, 3, "")
    assert {str(tables["assertions"][c].dtype) for c in ("low", "high")} == {"Float64"}
    assert str(tables["assertions"]["evidence"].dtype) == "Int64"
    assert tables["assertions"]["high"].isna().any()
    assert tables["assertions"]["checked"].dtype == bool
    assert tables["assertions"]["note"].isna().sum() == 0
    shells = tables["transfers"].set_index("id").loc[SHELLS]
    assert shells["via"] == ("dunai", "vostochny-port")
    assert tables["transfers"].set_index("id").loc["prk-rus-artillery-shells", "parent"] == BOXES
    assert set(tables["transfers"]["via"].map(type)) == {tuple}
    assert () in list(tables["transfers"]["via"])


def test_a_table_with_mistakes_holds_what_could_be_read(data: Path) -> None:
    spoil(data, "assertions.csv", SAID, "low", "many")
    (data / "legs.csv").unlink()
    tables, report = read(data)
    assert len(report.mistakes) == 2
    assert tables["assertions"].set_index("id").loc[SAID, "low"] is not None
    assert tables["assertions"].set_index("id")["low"].isna()[SAID]
    assert (len(tables["legs"]), "basis" in tables["legs"]) == (0, True)


def test_a_large_table_is_found_as_wrong_as_a_small_one(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large table only suspects are looked at one by one; here all corruptions at once, both ways."""
    for file in {case.file for case in BAD_CELLS}:
        whole, spoilt = rows_of(DATA / file), rows_of(DATA / file)
        for case in (case for case in BAD_CELLS if case.file == file):
            spoilt[number_of(whole, case.id)][whole[0].index(case.column)] = case.value
        write(data / file, spoilt)
    one_by_one = check(data)
    monkeypatch.setattr(reading, "SMALL", -1)
    monkeypatch.setattr(reading, "ROWS", 7)
    monkeypatch.setattr(reading, "PIECE", 1000)
    monkeypatch.setattr(cells, "MANY", 0)
    assert check(data) == one_by_one
    broken = {mistake.rule for mistake in one_by_one.mistakes}
    assert len(broken) > 25


# --- whatever comes ---

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(st.data())
def test_no_file_however_spoilt_makes_the_check_crash(data: Path, draw: st.DataObject) -> None:
    path = data / draw.draw(
        st.sampled_from(["transfers.csv", "legs.csv", "routes.csv", "codes/stances.csv", "places.csv"])
    )
    whole = (DATA / path.relative_to(data)).read_bytes()
    start = draw.draw(st.integers(0, len(whole)))
    patch = draw.draw(
        st.binary(max_size=12) | st.sampled_from([b'"', b"\n", b"\r", b",", b";", b"\x00", b"\xff\xfe"])
    )
    path.write_bytes(whole[:start] + patch + whole[start + draw.draw(st.integers(0, 40)) :])
    report = check(data)
    assert isinstance(report, Report)
    assert all(str(mistake) for mistake in report.mistakes)
    path.write_bytes(whole)


@given(st.text(max_size=60))
def test_no_cell_makes_a_rule_crash(text: str) -> None:
    column = Column(
        "c", "C", "number", "", minimum=0, maximum=9, separator=";", enum=("a",), pattern="a",
        is_date=True, is_period=True, is_points=True, is_url=True, is_text=True,
    )  # fmt: skip
    for rule in cells.RULES:
        if rule.name != "bounds" or cells.NUMBER.fullmatch(text):
            assert rule.fault(column, text) is None or isinstance(rule.fault(column, text), reading.Fault)


# --- the command line ---

runner = CliRunner()


def test_the_command_says_what_it_looked_at(data: Path) -> None:
    result = runner.invoke(app, ["check", str(data)])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{data}: {TABLES} tables, ")
    assert result.stdout.endswith("rules; no mistakes.\n")
    assert result.stdout.count("\n") == 1


def test_the_command_checks_tumens_own_data_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA.parent)
    result = runner.invoke(app, ["check"])
    assert (result.exit_code, result.stdout.startswith(f"data: {TABLES} tables, ")) == (0, True)


def test_the_command_groups_mistakes_by_file(data: Path) -> None:
    spoil(data, "transfers.csv", SHELLS, "status", "zzz")
    spoil(data, "transfers.csv", BOXES, "status", "zzz")
    spoil(data, "places.csv", "moscow", "kind", "capitol")
    result = runner.invoke(app, ["check", str(data)])
    assert result.exit_code == 1
    first, second, total = result.stdout.strip().split("\n\n")
    assert [line.split(": ")[0].rsplit(" ", 1)[1] for line in first.split("\n")] == [SHELLS, BOXES]
    assert second.endswith(
        "kind has 'capitol', which is not in codes/place_kinds.csv. Did you mean 'capital'?"
    )
    assert total.endswith("3 mistakes in 2 files.")


def test_the_command_speaks_json(data: Path) -> None:
    line = spoil(data, "transfers.csv", SHELLS, "weapon_type", "drone")
    result = runner.invoke(app, ["check", "--json", str(data)])
    said = json.loads(result.stdout)
    assert (result.exit_code, said["ok"], said["tables"]) == (1, False, TABLES)
    (mistake,) = said["mistakes"]
    assert (mistake["line"], mistake["id"], mistake["column"], mistake["nearest"]) == (
        line,
        SHELLS,
        "weapon_type",
        "drones",
    )
    assert mistake["message"].startswith(mistake["file"])


def test_the_command_knows_a_directory_that_is_not_there(tmp_path: Path) -> None:
    result = runner.invoke(app, ["check", str(tmp_path / "nowhere")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nowhere is not a directory." in result.stderr
