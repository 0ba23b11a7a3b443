"""Lines of progress while tables are made, and memory that is given back between them."""

import atexit
import ctypes
import gc
import logging
import resource
import sys
import time
from functools import cache

import pyarrow as pa

PROGRESS = logging.getLogger("velocity.progress")


def tell(name: str, rows: int, started: float) -> None:
    """One line of progress: what was made, its rows, seconds and the process's peak memory so far. Gives memory back."""
    give_back()
    PROGRESS.info("%s: %d rows, %.1f s, peak %d MB", name, rows, time.monotonic() - started, peak_mb())


def give_back() -> None:
    """Return freed memory to the system between assets, so that one stage's peak is not added to the next one's."""
    gc.collect()
    _set_aside()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and hasattr(system := ctypes.CDLL(None), "malloc_trim"):
        system.malloc_trim(0)


@cache
def _set_aside() -> None:
    """Once, spare later collections what is loaded by then and stays: modules, definitions, Great Expectations."""
    gc.freeze()
    atexit.register(gc.unfreeze)  # what is still frozen at the end is taken for a leak by DuckDB, which says so


def tell_so_far(name: str, rows: int) -> None:
    """A line of progress from within long work."""
    PROGRESS.info("%s: %d rows so far", name, rows, extra={"is_partial": True})


def peak_mb() -> int:
    """Largest resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
