"""Checked tables that are kept: used while nothing has changed, never trusted blindly."""

import logging
import shutil
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from tumen import cache, check, dates, memory, reading
from tumen.records import DATA

WHOLE = check.read(DATA)[0]
TODAY = date.fromisoformat(max(WHOLE["versions"]["date"])) + timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real data, for which a place to keep it is open."""
    monkeypatch.setenv("TUMEN_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(cache, "LEAST", 0)
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("geo")))


def unchecked(data: Path, today: date = TODAY) -> bool:
    """Whether the tables come without a check; they must be the same either way."""
    looked: list[Path] = []
    real = check._read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            check, "_read", lambda directory, day: (looked.append(directory), real(directory, day))[1]
        )
        tables, report = check.read(data, today)
    assert (report.ok, report.rows) == (True, sum(map(len, WHOLE.values())))
    for name, frame in tables.items():
        assert list(frame) == list(WHOLE[name])
        for column, kept in frame.items():  # large data hold their texts in another way, see memory.py
            pd.testing.assert_series_equal(
                kept, WHOLE[name][column], check_dtype=False, check_index_type=False
            )
    return not looked


def test_what_has_passed_is_not_checked_again_until_something_changes(data: Path) -> None:
    assert [unchecked(data), unchecked(data)] == [False, True]
    assert not unchecked(data, TODAY - timedelta(days=1)), "it may have had a date in the future then"
    path = data / "speakers.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # the same rows in other bytes
    assert [unchecked(data), unchecked(data)] == [False, True]


def test_a_text_column_is_one_piece_read_anew_or_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several, Arrow joins all to take a few rows: on large data that was most of a click."""
    monkeypatch.setattr(reading, "ROWS", 100)
    with pd.option_context("mode.string_storage", "pyarrow"):
        for _ in range(2):
            frame = check.read(data, TODAY)[0]["assertions"]
            texts = [column.array for _, column in frame.items() if column.dtype == "str"]
            assert len(texts) > 15 and {pa.chunked_array(pa.array(own)).num_chunks for own in texts} == {1}


def test_kept_texts_are_used_where_the_system_keeps_their_file(data: Path, tmp_path: Path) -> None:
    with pd.option_context("mode.string_storage", "pyarrow"):
        check.read(data, TODAY)
        (folder,) = (tmp_path / "kept").iterdir()
        before = pa.total_allocated_bytes()
        found = cache.find(folder.name, TODAY)
        assert found is not None
        texts = sum(frame.memory_usage(index=False).sum() for frame in found.values())
        assert pa.total_allocated_bytes() - before < texts / 50
        shutil.rmtree(folder)  # as whoever keeps newer data does
        memory.rest()
        for name, frame in found.items():
            assert list(frame.iloc[:, 0]) == list(WHOLE[name].iloc[:, 0].astype(str)), name


def test_assertions_without_a_mistake_stand_in_the_order_in_which_they_became_public(data: Path) -> None:
    told = check.read(data, TODAY)[0]["assertions"]
    order = [(dates.known_from(day), record) for day, record in zip(told["date"], told["id"], strict=True)]
    assert order == sorted(order)
    shuffled = told.sample(frac=1, random_state=1).reset_index(drop=True)
    assert list(dates.in_public_order(shuffled, dates.known(shuffled["date"]))["id"]) == list(told["id"])
    assert dates.in_public_order(told, dates.known(told["date"])) is told, "what is in order is not copied"


def test_processes_that_keep_the_same_at_once_do_not_take_it_from_each_other(tmp_path: Path) -> None:
    frames = {"one": pd.DataFrame({"id": pd.Series(["a"], dtype="str")})}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUMEN_CACHE", str(tmp_path / "kept"))
        cache.keep("same", frames, TODAY)
        first = (tmp_path / "kept" / "same" / "one.arrow").stat().st_ino
        cache.keep("same", frames, TODAY)
        assert (tmp_path / "kept" / "same" / "one.arrow").stat().st_ino == first
        cache.keep("same", frames, TODAY - timedelta(days=1))  # kept on a later day: of no use on this one
        assert cache.find("same", TODAY - timedelta(days=1)) is not None
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["same"], "nothing unfinished is left"


def test_what_was_spoilt_is_made_anew_and_logged(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unchecked(data)
    (folder,) = (tmp_path / "kept").iterdir()
    for name in ("assertions.arrow", cache.MANIFEST):
        whole = (folder / name).read_bytes()
        for spoilt in (whole[: len(whole) // 2], whole[:50] + b"?" + whole[51:], b""):
            (folder / name).write_bytes(spoilt)
            caplog.clear()
            with caplog.at_level(logging.WARNING):
                assert not unchecked(data), (name, len(spoilt))
            assert "made anew" in caplog.text
    assert unchecked(data)


def test_data_with_mistakes_are_never_kept(data: Path, tmp_path: Path) -> None:
    path = data / "transfers.csv"
    path.write_bytes(path.read_bytes().replace(b",RUS,", b",RUSS,", 1))
    assert not check.read(data, TODAY)[1].ok
    assert not (tmp_path / "kept").exists()


def test_where_nothing_can_be_kept_the_data_are_read_all_the_same(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert not unchecked(data)
    assert "could not be kept" in caplog.text


def test_keeping_can_be_turned_off_and_small_data_are_not_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TUMEN_CACHE", "off")
        assert [unchecked(data), unchecked(data)] == [False, False]
    monkeypatch.setattr(cache, "LEAST", 16_000_000)
    assert [unchecked(data), unchecked(data)] == [False, False]
    assert not (tmp_path / "kept").exists()


def test_only_the_newest_data_sets_are_kept(data: Path, tmp_path: Path) -> None:
    frames = {"one": pd.DataFrame({"id": pd.Series(["a"], dtype="str")})}
    for name in ("first", "second", "third"):
        cache.keep(name, frames, TODAY)
    assert len([*(tmp_path / "kept").iterdir()]) == cache.KEPT
    found = cache.find("third", TODAY)
    assert found is not None
    pd.testing.assert_frame_equal(found["one"], frames["one"])
