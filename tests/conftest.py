"""Fixtures that more than one floor uses."""

import atexit
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.engine import DuckDBEngine

LONGEST = "test_sample_day.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that one worker does not run it at the end while the other has nothing left."""
    items.sort(key=lambda item: item.path.name != LONGEST)


def pytest_collection_finish() -> None:
    """What collecting imported stays, so that no later collection of garbage has to go through it."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    """A fresh embedded engine."""
    one = DuckDBEngine()
    yield one
    one.close()


@pytest.fixture(scope="session")
def samples() -> Path:
    """Input made by others, beside the checkout; VELOCITY_SAMPLES points elsewhere."""
    here = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("VELOCITY_SAMPLES", here.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip("no samples beside the checkout; set VELOCITY_SAMPLES to run these tests")
    return folder
