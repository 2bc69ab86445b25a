"""No uploaded file, however named or made, breaks a trial: it is shown for its visitor, or named as wrong."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import cases
from tests.fuzz.hostile import NASTY
from tests.fuzz.test_fuzz_csv import BYTES, CELLS, PACKAGE, TABLES, rows_of, small
from tumen import reading, trial
from tumen.records import DATA

__all__ = ["small"]  # the fixture
NAMES = [f"{table.name}.csv" for table in PACKAGE.tables]
ROWS = {table.name: rows_of(DATA / table.path)[:6] for table in TABLES}


def names() -> st.SearchStrategy[str]:
    """A table's file name, one slightly spoilt, or any."""
    known = st.sampled_from(NAMES)
    spoilt = st.builds("{}{}".format, st.sampled_from(NASTY), known)
    return (
        known
        | spoilt
        | st.sampled_from([*NASTY, "places (1).csv", "../transfers.csv"])
        | st.text(max_size=20)
    )


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """Rows of a table with some cells and then some bytes spoilt, or any bytes."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    rows = [list(row) for row in ROWS[draw(st.sampled_from(sorted(ROWS)))]]
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from(CELLS) | st.text(max_size=20))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    content = text.getvalue().encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(BYTES)) + content[at:]
    return content


@cases(0.99)
@given(names(), contents())
def test_any_file_finds_its_table_or_none(name: str, content: bytes) -> None:
    table = trial._table_of(name, content, PACKAGE)
    if table is None:
        mistake = trial._unplaced(name, table, PACKAGE)
        assert mistake.expected and "\n" not in mistake.sentence
        return
    own, faults = reading.read_bytes(content, table)
    assert own.sound or faults
    assert all(fault.expected and fault.rule for fault in faults)


@cases(0.01)
@given(st.dictionaries(names(), contents(), max_size=3))
def test_any_files_are_tried_or_named(small: Path, files: dict[str, bytes]) -> None:
    """Among a few rows of each table only: what a rule makes of one row does not hang on their number."""
    found = trial.tried(small, files)
    assert (found.records is None) == bool(found.mistakes)
    for mistake in found.mistakes:
        assert mistake.file and mistake.rule and mistake.expected, mistake
        assert len(str(mistake)) < 5_000


def test_more_lines_than_can_be_tried_are_refused_at_once() -> None:
    content = b"id\n" + b"," * 20 + b"\n" * trial.MOST_LINES
    (mistake,) = trial.tried(DATA, {"transfers.csv": content}).mistakes
    assert f"{trial.MOST_LINES:,}" in mistake.expected
