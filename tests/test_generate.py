"""The generator of large data sets: what it writes is valid, says what it is, and is the same each time."""

import csv
from pathlib import Path

import pytest

from bench.generate import LINES, MADE, NAMED, Size, generate
from tumen.check import check
from tumen.records import Records, fingerprint, load

SMALL = Size(transfers=300, assertions=2500)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("generated") / "data"
    generate(directory, SMALL, seed=3)
    return directory


@pytest.fixture(scope="module")
def generated(made: Path) -> Records:
    return load(made)


def test_a_generated_data_set_has_no_mistake(made: Path) -> None:
    assert [str(mistake) for mistake in check(made).mistakes] == []


def test_it_is_as_large_as_was_asked(generated: Records) -> None:
    assert len(generated["transfers"]) == SMALL.transfers
    assert len(generated["assertions"]) == SMALL.assertions
    assert len(generated["events"]) == SMALL.transfers * LINES["events"]


def test_one_seed_gives_the_same_bytes_and_another_does_not(made: Path, tmp_path: Path) -> None:
    for seed in (3, 4):
        generate(tmp_path / str(seed), SMALL, seed)
    assert fingerprint(tmp_path / "3") == fingerprint(made)
    assert fingerprint(tmp_path / "4") != fingerprint(made)


def test_every_generated_row_says_that_it_is_generated(made: Path) -> None:
    for table in (made_table.__name__ for made_table in MADE):
        if table == "legs":
            continue  # has no words of its own
        with (made / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert any(value.startswith(NAMED) for value in row.values()), (table, row)


def test_the_codes_are_about_as_frequent_as_in_the_real_records(records: Records, generated: Records) -> None:
    for column in ("stance", "evidence"):
        there, here = (
            data["assertions"][column].value_counts(normalize=True) for data in (records, generated)
        )
        assert (there - here.reindex(there.index).fillna(0)).abs().max() < 0.25, column


def test_it_writes_over_nothing(made: Path) -> None:
    before = fingerprint(made)
    with pytest.raises(FileExistsError, match="is not empty"):
        generate(made, SMALL)
    assert fingerprint(made) == before


def test_every_transfer_needs_an_assertion(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least as many"):
        generate(tmp_path / "none", Size(transfers=10, assertions=9))
