"""How texts are held, and when memory is given back: quick for small data, frugal for large.

Arrow's own pool and glibc keep what was freed for later. That is quick for small data; of large data each
view frees megabytes, and a server would come to hold twice what it uses.
"""

import contextlib
import ctypes
import gc
import mmap
import threading
import weakref
from pathlib import Path

import pandas as pd
import pyarrow as pa

LARGE = 1 << 20  # bytes from which an array is asked of the system, and given back to it
MAPPED: "weakref.WeakSet[mmap.mmap]" = weakref.WeakSet()
SOON = 0.7  # seconds
_DUE = threading.Lock()  # held while a clearing up is due
THRESHOLD, ARENAS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h


def quick() -> None:
    """Texts as Python's own, for small data.

    Arrow's are smaller, but each look at a few of them costs more than the look, and lets another visitor's
    thread in: a click was half as dear again with nine visitors at once.
    """
    pd.set_option("mode.string_storage", "python")


def frugal() -> None:
    """Texts as Arrow's, and what is freed is given back; where the C library cannot, only Arrow does."""
    pd.set_option("mode.string_storage", "pyarrow")
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(THRESHOLD, LARGE)
        library.mallopt(ARENAS, 2)


def mapped(path: Path) -> pa.Buffer:
    """A file's content where the system keeps it: what is never looked at takes no memory of ours.

    Several processes share what they look at. Whoever replaces the file must write another and rename it.
    """
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    MAPPED.add(whole)
    return pa.py_buffer(whole)


def rest() -> None:
    """What was looked at of mapped files is the system's alone again, until it is looked at next."""
    for whole in [*MAPPED]:
        with contextlib.suppress(AttributeError, OSError):  # not every system can
            whole.madvise(mmap.MADV_DONTNEED)


def settle() -> None:
    """What lives now lives long: the records are not searched for garbage again and again.

    A whole collection walks every object of the records, 0.15 s for the curated ones, and holds up every
    visitor meanwhile. What later views leave behind is collected as Python always does it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.collect()  # nothing is left to search, and Python now reckons with that: it looks again in time


def give_back() -> None:
    """Give back what lies unused between smaller things, and what files hold anyway."""
    rest()
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def clear_up() -> None:
    """Give back what views left behind, too.

    A page that has run is a circle (its functions know its names, and with them its frames), which only a
    search for garbage finds; of what is frozen none is searched, so that takes some milliseconds.
    """
    gc.collect()
    give_back()


def clear_up_soon() -> None:
    """Clear up when the page that is being made is likely there; what is asked for meanwhile is one.

    A page of large data makes several heavy values, and clearing up takes 0.1 s after each.
    """
    if _DUE.acquire(blocking=False):
        due = threading.Timer(SOON, _clear_up_now)
        due.daemon = True
        due.start()


def _clear_up_now() -> None:
    _DUE.release()
    clear_up()
