"""Fixtures that more than one floor uses."""

import atexit
import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.engine import DuckDBEngine
from tests.engines import fresh_engine
from tests.worlds import SAMPLE_DAY, SAMPLE_DROP, run_arguments, velocity

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
    """An embedded engine in which nothing is registered."""
    one = fresh_engine()
    yield one
    one.close()


@pytest.fixture(scope="session")
def sample_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the sample day, made once for all workers. Nobody writes to it: `sample_lake` is a copy."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    lake, is_done = shared / "sample_day", shared / "sample_day.done"
    with (shared / "sample_day.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not is_done.exists():
            shutil.rmtree(lake, ignore_errors=True)
            done = velocity(*run_arguments(SAMPLE_DAY, SAMPLE_DROP, lake))
            assert done.returncode == 3, done.stderr  # some of its files are refused
            is_done.touch()
    return lake


@pytest.fixture(scope="module")
def sample_lake(sample_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the sample day, the module's own."""
    return Path(shutil.copytree(sample_day, tmp_path_factory.mktemp("sample") / "lake"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """Input made by others, beside the checkout; VELOCITY_SAMPLES points elsewhere."""
    here = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("VELOCITY_SAMPLES", here.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip("no samples beside the checkout; set VELOCITY_SAMPLES to run these tests")
    return folder
