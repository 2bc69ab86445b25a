"""While the server is up: bad files change nothing for visitors, and good ones come through.

The corruptions are those of tests/test_check.py; the store is the one that serves every visitor.
"""

import logging
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import test_check
from tests.test_check import BAD_CELLS, BAD_FILES, spoil
from tumen import view
from tumen.app.store import Store
from tumen.records import DATA, BadData, Records
from tumen.view import View

Spoiler = Callable[[Path], object]
EVERY = 12  # of the hundred bad cells, one in so many; all of them in `make fuzz`
SOME_CELLS = BAD_CELLS if os.environ.get("TUMEN_FUZZ") else BAD_CELLS[::EVERY]
SOME_FILES = BAD_FILES if os.environ.get("TUMEN_FUZZ") else BAD_FILES[::4]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that looks at its files whenever it is asked, with good records in it."""
    directory = shutil.copytree(
        DATA, tmp_path_factory.mktemp("live") / "data", ignore=shutil.ignore_patterns("geo")
    )
    made = Store(Path(directory))
    made.current()
    return made


@pytest.fixture(autouse=True)
def looking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tumen.app.store.LOOK_EVERY", -1.0)


def survives(
    store: Store, caplog: pytest.LogCaptureFixture, break_it: Callable[[Path], object], file: str
) -> None:
    """Break a file, see that nothing changes but the note and the log; mend it, see that both end."""
    good = store.current()
    path = store.directory / file
    before = path.read_bytes()
    caplog.clear()
    with caplog.at_level(logging.ERROR, "tumen.app.store"):
        break_it(path)
        assert store.current() is good
        assert store.report and store.report.mistakes
        assert str(store.report.mistakes[0]) in caplog.text
        assert store.current() is good
        assert len(caplog.records) == 1, "the same mistakes are logged again and again"
    path.write_bytes(before)
    mended = store.current()
    assert store.report is None
    assert mended.version == good.version


@pytest.mark.parametrize("case", SOME_CELLS, ids=lambda case: f"{case.file}-{case.column}-{case.rule}")
def test_a_bad_cell_leaves_the_last_good_records(
    store: Store, caplog: pytest.LogCaptureFixture, case: test_check.Bad
) -> None:
    survives(
        store,
        caplog,
        lambda _: spoil(store.directory, case.file, case.id, case.column, case.value),
        case.file,
    )


@pytest.mark.parametrize("case", SOME_FILES, ids=lambda case: case.name)
def test_a_bad_file_leaves_the_last_good_records(
    store: Store, caplog: pytest.LogCaptureFixture, case: test_check.BadFile
) -> None:
    survives(store, caplog, lambda path: path.write_bytes(case.spoil(path.read_bytes())), case.file)


def test_a_lost_file_leaves_the_last_good_records(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    survives(store, caplog, lambda path: path.unlink(), "sources.csv")


def test_a_lost_descriptor_leaves_the_last_good_records(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    survives(store, caplog, lambda path: path.write_text("{"), "datapackage.json")


def test_a_good_change_comes_through(store: Store) -> None:
    before = store.current()
    path = store.directory / "transfers.csv"
    content = path.read_bytes()
    spoil(store.directory, "transfers.csv", test_check.SHELLS, "item", "Shells, by another name")
    after = store.current()
    assert after is not before
    assert after["transfers"]["item"][test_check.SHELLS] == "Shells, by another name"
    path.write_bytes(content)
    assert store.current().version == before.version


def test_without_any_good_records_the_mistakes_are_named(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("geo")))
    (directory / "sources.csv").write_bytes(b"")
    with pytest.raises(BadData, match="the file is empty"):
        Store(directory).current()


def half(path: Path, content: bytes) -> None:
    """Write as a careless program does: first a half, then the rest."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        os.fsync(file.fileno())
        file.write(content[len(content) // 2 :])


def whole(path: Path, content: bytes) -> None:
    """Write beside it, then rename: nobody sees a half."""
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)


@pytest.mark.parametrize("write", [half, whole])
def test_readers_during_an_update_see_one_state_or_the_other(
    store: Store, write: Callable[[Path, bytes], None]
) -> None:
    """Never an error, never a mixture: every answer is made from records that have passed the check."""
    path = store.directory / "transfers.csv"
    old = path.read_bytes()
    new = old.replace(b"North Korean", b"North-Korean")
    assert new != old
    seen: set[str] = set()
    errors: list[BaseException] = []
    ended = threading.Event()

    def read() -> None:
        luck = random.Random(threading.get_ident())
        while not ended.is_set():
            try:
                found: Records = store.current()
                seen.add(found.version)
                country = luck.choice(["PRK", "IRN", "CHN"])
                assert view.select(found, View(country=(country,))).transfers
            except BaseException as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    versions = {store.current().version}
    for content in (new, old):
        write(path, content)
        versions.add(store.current().version)
    ended.set()
    for reader in readers:
        reader.join(timeout=120)
    assert not errors
    assert store.current().version in versions
    assert store.report is None
    assert seen <= versions


def test_nobody_waits_while_files_are_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    good = store.current()
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        assert leave.wait(60)

    monkeypatch.setattr(store, "_look", slow)
    first = threading.Thread(target=store.current)
    first.start()
    assert entered.wait(60)
    assert store.current() is good  # would never come back if it waited
    leave.set()
    first.join(60)
    assert not first.is_alive()


@pytest.fixture(autouse=True, scope="module")
def untouched() -> Iterator[None]:
    """The real data are as they were."""
    before = {path: path.read_bytes() for path in DATA.glob("*.csv")}
    yield
    assert {path: path.read_bytes() for path in DATA.glob("*.csv")} == before
