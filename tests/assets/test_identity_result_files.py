"""A result is in its folder whole or not at all, and never over files of somebody else."""

import json
from pathlib import Path

import polars as pl
import pytest

from assets.identity_result_files import ResultFolderError, check_folder, write_result

FRAMES = {"members": pl.DataFrame({"record_id": ["a"]}), "edges": pl.DataFrame({"left_record_id": ["a"]})}


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_result_is_written_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write_result(out, FRAMES, {"model": "m"})
    assert names(out) == ["edges.parquet", "members.parquet", "result.json"]
    assert json.loads((out / "result.json").read_text())["model"] == "m"
    write_result(out, {"members": FRAMES["members"]}, {"model": "n"})
    assert names(out) == ["members.parquet", "result.json"]
    assert names(out.parent) == ["out"]


def test_the_same_result_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_result(tmp_path / name, FRAMES, {"model": "m", "records": 1})
    assert [(tmp_path / "a" / one).read_bytes() for one in names(tmp_path / "a")] == [
        (tmp_path / "b" / one).read_bytes() for one in names(tmp_path / "b")
    ]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_result(tmp_path / "out", FRAMES, {})


@pytest.mark.parametrize(("name", "content"), [("notes.txt", ""), ("result.json", "{}"), ("members.parquet", "")])
def test_files_of_somebody_else_are_left_alone(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ResultFolderError, match=name):
        write_result(tmp_path, FRAMES, {})
    assert names(tmp_path) == [name]


def test_a_stranger_beside_a_former_result_is_told(tmp_path: Path) -> None:
    write_result(tmp_path / "out", FRAMES, {})
    (tmp_path / "out" / "mine.csv").write_text("x")
    with pytest.raises(ResultFolderError, match=r"files that are no result \(mine\.csv\)"):
        check_folder(tmp_path / "out")


def test_a_file_in_the_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(ResultFolderError, match="found a file"):
        check_folder(tmp_path / "out")


def test_a_killed_swap_is_mended(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_result(out, FRAMES, {"model": "old"})
    out.rename(tmp_path / ".out.former")
    (tmp_path / ".out.staged").mkdir()
    check_folder(out)
    assert json.loads((out / "result.json").read_text())["model"] == "old"
    write_result(out, FRAMES, {"model": "new"})
    assert names(tmp_path) == ["out"]
