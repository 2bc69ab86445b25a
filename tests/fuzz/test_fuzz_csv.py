"""No data directory, however spoilt, breaks the check: every mistake has a name, a file and a sentence."""

import csv
import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import cases
from tests.fuzz.hostile import NASTY
from tumen import check, descriptor, reading
from tumen.records import DATA

PACKAGE = descriptor.read(DATA)
TABLES = [table for table in PACKAGE.tables if table.group == "records"] or list(PACKAGE.tables)
FEW_ROWS = 4
MB = 1024 * 1024
CELLS = [
    *NASTY, "PRK;", ";", ";;PRK;;", "PRK;PRK", "1e308", "1e309", "-1e309", "-0", "00", "1,000",
    "1.000.000", "+1", "1e",
    ".5", "5.", "0x10", "1 000", "\r", "\n", "\r\n", "\t", '"', '""', "a\nb", "2023-10-13 ",
    " 2023", "2023-W01", "12000-01-01",
    "90.0000001", "-180.5", "1e2", "91", "true ", "TRUE", "yes", "http://", "https://[",
    "https://a b", "ftp://x", "\x00\x00",
    "\x1b[31m", "\u200b", "\u2066", "\ufffe", "😀", "=cmd|' /C calc'!A0", "-2+3", "Ａ", "ﷺ",
]  # fmt: skip
BYTES = [
    b'"', b"\n", b"\r", b",", b";", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\x80",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\x80", b'","', b'"\n"', b"\n\n\n", b"\xe2\x80\xae", b"," * 40, b"\xe9", b"\x1a", b"\xa0",
]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of the real shape with the first rows of each table only."""
    directory = Path(
        shutil.copytree(DATA, tmp_path_factory.mktemp("fuzz") / "data", ignore=shutil.ignore_patterns("geo"))
    )
    for table in PACKAGE.tables:
        write(directory / table.path, rows_of(directory / table.path)[: FEW_ROWS + 1])
    return directory


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def named(report: check.Report) -> None:
    """Every mistake can be read by a person: on one line, with a file and a rule."""
    for mistake in report.mistakes:
        assert mistake.file and mistake.rule and mistake.expected, mistake
        assert "\n" not in mistake.sentence or "\n" in mistake.expected
        assert len(str(mistake)) < 5_000


@cases(0.05)
@given(st.data())
def test_any_cells_are_read_or_named(small: Path, draw: st.DataObject) -> None:
    table = draw.draw(st.sampled_from(TABLES))
    path = small / table.path
    before = path.read_bytes()
    rows = rows_of(path)
    for _ in range(draw.draw(st.integers(1, 4))):
        row = draw.draw(st.integers(0, len(rows) - 1))
        if rows[row]:
            column = draw.draw(st.integers(0, len(rows[row]) - 1))
            rows[row][column] = draw.draw(st.sampled_from(CELLS) | st.text(max_size=30))
    try:
        write(path, rows)
        named(check.check(small))
    finally:
        path.write_bytes(before)


@cases(0.9)
@given(st.data())
def test_any_bytes_are_read_or_named(small: Path, draw: st.DataObject) -> None:
    table = draw.draw(st.sampled_from(PACKAGE.tables))
    path = small / table.path
    before = path.read_bytes()
    content = before
    for _ in range(draw.draw(st.integers(1, 3))):
        start, gone = draw.draw(st.integers(0, len(content))), draw.draw(st.integers(0, 60))
        patch = draw.draw(st.sampled_from(BYTES) | st.binary(max_size=16))
        content = content[:start] + patch + content[start + gone :]
    try:
        path.write_bytes(content)
        sheet, faults = reading.read(path, table)
    finally:
        path.write_bytes(before)
    assert sheet.table is table
    assert all(fault.expected and fault.rule for fault in faults)
    assert sheet.sound or faults


@cases(0.05)
@given(st.data())
def test_any_descriptor_is_read_or_named(small: Path, draw: st.DataObject) -> None:
    path = small / descriptor.FILE
    before = path.read_text("utf-8")
    start, gone = draw.draw(st.integers(0, len(before))), draw.draw(st.integers(0, 200))
    patch = draw.draw(
        st.sampled_from([*NASTY, "{", "}", "[", "]", '"', ",", "null", "true", "1e999"]) | st.text(max_size=8)
    )
    try:
        path.write_text(before[:start] + patch + before[start + gone :], "utf-8", errors="surrogatepass")
        named(check.check(small))
    finally:
        path.write_text(before, "utf-8")


HEAD = (DATA / "transfers.csv").read_bytes().split(b"\n")[0]
COMMAS = HEAD.count(b",")
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "five million blank lines": (lambda: HEAD + b"\n" * (5 * MB), "another number of cells"),
    "two million rows of one cell": (lambda: HEAD + b"\na" * (2 * MB), "another number of cells"),
    "a million columns": (
        lambda: b",".join(b"c%d" % i for i in range(1_000_000)),
        "the header has 1,000,000 columns",
    ),
    "one column a million times": (
        lambda: b",".join([b"id"] * 1_000_000),
        "the header has 1,000,000 columns",
    ),
    "a cell of 50 MB": (lambda: HEAD + b'\n"' + b"x" * (50 * MB), "field larger than field limit"),
    "a header of 50 MB": (lambda: b"x" * (50 * MB), "field larger than field limit"),
    "nothing but quotation marks": (lambda: b'"' * (5 * MB), "not CSV"),
    "zeros": (lambda: b"\x00" * (5 * MB), ""),
    "rows without a value": (lambda: HEAD + b"\n" + (b"," * COMMAS + b"\n") * 20_000, "expected are"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_named_in_time(small: Path, name: str) -> None:
    """Each of these took minutes or all memory before there were limits in tumen/reading.py."""
    make, words = BOMBS[name]
    path = small / "transfers.csv"
    before = path.read_bytes()
    try:
        path.write_bytes(make())
        started = time.process_time()
        report = check.check(small)
        took = time.process_time() - started
    finally:
        path.write_bytes(before)
    assert any(words in str(mistake) for mistake in report.mistakes), [str(m) for m in report.mistakes[:3]]
    assert len(report.mistakes) < 20_000
    assert took < 30, "a limit does not hold"


def test_a_file_beyond_all_measure_is_not_even_read(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    _, (fault,) = reading.read(small / "transfers.csv", PACKAGE["transfers"])
    assert "larger than 10 bytes" in fault.expected
