"""The lake: publish by rename, windows, and what a kill leaves behind."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.lake import Lake

D1, D2, D3 = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path, "g")


def put(lake: Lake, table: str, day: date, values: list[int]) -> None:
    lake.publish(lake.stage(table, day, pl.DataFrame({"n": values})), table, day)


def test_windows_choose_partitions(lake: Lake) -> None:
    for day, values in ((D1, [1]), (D2, [2, 2]), (D3, [3, 3, 3])):
        put(lake, "t", day, values)
    assert lake.days("t") == [D1, D2, D3]
    assert lake.parts("t", "day", D2) == [lake.part("t", D2)]
    assert lake.parts("t", "until", D2) == [lake.part("t", D1), lake.part("t", D2)]
    assert lake.parts("t", "previous", D3) == [lake.part("t", D2)]
    assert lake.parts("t", "previous", D1) == []
    assert (lake.rows("t", "until", D3), lake.rows("t", "previous", D1)) == (6, None)


def test_publishing_replaces_the_day_and_leaves_nothing_staged(lake: Lake) -> None:
    put(lake, "t", D1, [1])
    put(lake, "t", D1, [9])
    assert lake.read("t", D1)["n"].to_list() == [9]
    assert list((lake.home / ".staged").iterdir()) == []


def test_a_staged_file_is_not_a_partition_and_is_swept(lake: Lake) -> None:
    put(lake, "t", D1, [1])
    left = lake.stage("t", D2, pl.DataFrame({"n": [2]}))
    assert lake.days("t") == [D1]
    lake.sweep()
    assert not left.exists()


def test_same_frame_same_bytes(lake: Lake) -> None:
    frame = pl.DataFrame({"n": list(range(1000)), "s": [f"v{i % 7}" for i in range(1000)]})
    first = lake.publish(lake.stage("t", D1, frame), "t", D1).read_bytes()
    assert lake.publish(lake.stage("t", D1, frame.clone()), "t", D1).read_bytes() == first


def test_a_missing_partition_says_which_day_to_run(lake: Lake) -> None:
    with pytest.raises(FileNotFoundError, match="table t has no partition 2026-11-19"):
        lake.read("t", D1)
