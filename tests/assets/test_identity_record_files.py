"""Files of records as people have them, and what is told of those that cannot be used, without a value of anybody."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.identity_record_files import RecordFileError, check_records, read_records, record_columns
from schemas.identity_model import IdentityModel

MODEL = {"model": "m", "record_id": "rid", "fields": {"zip": {"kind": "postcode"}}}
ROWS = pl.DataFrame({"rid": ["01", "2"], "zip": ["02139", None]})


def model(**keys: str) -> IdentityModel:
    return IdentityModel.model_validate(MODEL | keys)


def written(tmp_path: Path, content: str | bytes, name: str = "records.csv") -> Path:
    path = tmp_path / name
    raw = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "rid,zip,other\n01,02139,x\n2,,y\n"),
        ("a.csv", "\ufeffrid,zip,other\r\n01,02139,x\r\n2,\\N,y\r\n"),
        ("a.csv", "zip;rid\n02139;01\n;2\n"),
        ("a.csv.gz", "rid,zip\n01,02139\n2,\n"),
        ("a.tsv", "rid\tzip\n01\t02139\n2\t\n"),
        ("a.txt", 'rid|"zip"\n01|02139\n2|\n'),
    ],
)
def test_text_is_read_as_text(tmp_path: Path, name: str, content: str) -> None:
    path = written(tmp_path, content, name)
    assert {"rid", "zip"} <= set(record_columns(path))
    assert_frame_equal(read_records(path, ["rid", "zip", "rid"]), ROWS)


def test_parquet_is_read_and_whole_numbers_lose_their_fraction(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"rid": [1, 2], "zip": [30301.0, None], "weight": [0.5, 1.0], "x": ["a", "b"]}).write_parquet(path)
    assert record_columns(path) == ["rid", "zip", "weight", "x"]
    read = read_records(path, ["rid", "zip", "weight"])
    assert read.to_dict(as_series=False) == {"rid": [1, 2], "zip": [30301, None], "weight": [0.5, 1.0]}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "rid,zip,rid\n1,2,3\n", "found the columns rid twice"),
        ("a.csv", "rid,,zip\n1,2,3\n", "found a column without a name"),
        (
            "a.csv",
            "rid,zip\n1,2\n1,2,smith\n",
            "found 3 cells on line 3 under a header of 2; expected as many cells as the header",
        ),
        ("a.csv", b"rid,zip\n1,2\n2,Mu\xf1oz\n", "found a byte that is not UTF-8"),
        ("a.csv", "", "found no such column"),
        ("a.xlsx", "PK", r"found a file named \.xlsx; expected one named \.parquet, \.csv or \.tsv"),
        ("a.parquet", "rid,zip\n", "found a file that is not Parquet"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    path = written(tmp_path, content, name)
    with pytest.raises(RecordFileError, match=told) as raised:
        if "rid" not in record_columns(path):
            raise RecordFileError(path, "no such column", "rid")
        read_records(path, ["rid", "zip"])
    assert "smith" not in str(raised.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordFileError, match="no such file"):
        record_columns(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("rows", "keys", "told"),
    [
        ({"rid": [], "zip": []}, {}, "no records"),
        (
            {"rid": ["a", None, " ", "b"], "zip": ["1"] * 4},
            {},
            r"no rid in 2 rows \(row 2, 3; the first below the header is row 1\)",
        ),
        ({"rid": ["a", "b", "a"], "zip": ["1"] * 3}, {}, r"a rid that is not alone in 2 rows \(row 1, 3;"),
        ({"rid": ["a"] * 9, "zip": ["1"] * 9}, {}, r"in 9 rows \(row 1, 2, 3, 4, 5, \.\.\.; the"),
        ({"rid": ["a", "b"], "zip": ["1"] * 2, "s": ["x", None]}, {"mode": "link", "source": "s"}, r"no s in 1 rows \(row 2;"),
        ({"rid": ["a", "b"], "zip": ["1"] * 2, "s": ["x", "x"]}, {"mode": "link", "source": "s"}, "one s only"),
        ({"rid": ["a"], "zip": [{"x": 1}]}, {}, "columns that hold no texts: zip"),
    ],
)
def test_records_that_cannot_be_linked_are_told(rows: dict[str, list[object]], keys: dict[str, str], told: str) -> None:
    with pytest.raises(RecordFileError, match=told):
        check_records(model(**keys), pl.DataFrame(rows, strict=False), Path("a.csv"))


def test_right_records_pass() -> None:
    check_records(model(), ROWS, Path("a.csv"))
