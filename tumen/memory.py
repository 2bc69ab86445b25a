"""Memory that large data no longer needs goes back to the system at once, as far as that can be set.

Arrow's own pool and glibc keep what was freed for later. That is quick for small data; of large data each
view frees megabytes, and a server would come to hold twice what it uses.
"""

import contextlib
import ctypes

import pyarrow as pa

LARGE = 1 << 20  # bytes from which an array is asked of the system, and given back to it
THRESHOLD, ARENAS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h


def frugal() -> None:
    """From now on give back what is freed; where the C library has no such setting, only Arrow does."""
    pa.set_memory_pool(pa.system_memory_pool())
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(THRESHOLD, LARGE)
        library.mallopt(ARENAS, 2)


def give_back() -> None:
    """Give back what lies unused between smaller things."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
