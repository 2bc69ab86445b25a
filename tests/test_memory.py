"""How texts are held, and what the collector of garbage need not look at."""

import gc
import queue
import time
import weakref
from collections.abc import Iterator

import pandas as pd
import pytest

from tests import plain
from tumen import memory
from tumen.app.store import Store
from tumen.records import DATA, load


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What is a setting of the whole process is put back."""
    storage = pd.get_option("mode.string_storage")
    yield
    pd.set_option("mode.string_storage", storage)
    gc.unfreeze()


def test_small_data_hold_their_texts_as_pythons_own() -> None:
    pd.set_option("mode.string_storage", "pyarrow")
    transfers = load()["transfers"]
    assert transfers["item"].dtype.storage == "python"  # type: ignore[union-attr]
    assert transfers["item"].tolist() == plain.table("transfers")["item"].tolist()


def test_large_data_hold_them_as_arrows() -> None:
    memory.quick()
    memory.frugal()
    assert pd.Series(["a", "b"]).dtype.storage == "pyarrow"  # type: ignore[union-attr]


def test_a_store_that_has_loaded_keeps_its_records_from_the_collector() -> None:
    gc.unfreeze()
    records = Store(DATA).current()
    assert gc.get_freeze_count() > 50_000
    assert not any(frame is records["assertions"] for frame in gc.get_objects())


def test_what_a_page_left_behind_goes_with_what_is_given_back() -> None:
    class Page:
        def __init__(self) -> None:
            self.own = lambda: self  # a page's functions know its names, and with them all that it looked at

    gc.disable()
    try:
        left = weakref.ref(Page())
        assert left() is not None
        memory.clear_up()
        assert left() is None
    finally:
        gc.enable()


def test_what_is_to_be_cleared_up_soon_is_cleared_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: queue.Queue[float] = queue.Queue()
    monkeypatch.setattr(memory, "SOON", 0.05)
    monkeypatch.setattr(memory, "clear_up", lambda: done.put(time.monotonic()))
    for _ in range(2):  # once it is done, the next is due again
        asked = time.monotonic()
        for _ in range(5):
            memory.clear_up_soon()
        assert done.get(timeout=10) >= asked + 0.05
        with pytest.raises(queue.Empty):
            done.get(timeout=0.2)


def test_what_views_leave_behind_is_looked_for_though_much_is_frozen() -> None:
    """Python looks through everything only when what is new is a quarter of what it last looked through."""
    kept = [[] for _ in range(1_000_000)]  # type: list[list[object]]
    memory.settle()
    before = gc.get_stats()[2]["collections"]
    more = [[[n]] for n in range(100_000)]
    assert gc.get_stats()[2]["collections"] > before
    assert len(kept) > len(more)
