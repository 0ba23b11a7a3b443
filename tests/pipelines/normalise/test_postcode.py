import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.postcode import existing_zip, five_digits, great_circle_miles, known_zips, zip_table


def one(expression, raw):
    return pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String}).select(expression(pl.col("raw"))).item()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("28202", "28202"),
        (" 28202 ", "28202"),
        ("28202-1234", "28202"),
        ("28202 1234", "28202"),
        ("282021234", "28202"),
        ("2139", "02139"),  # a spreadsheet ate the zero
        ("501", "00501"),
        ("2139.0", "02139"),
        ("K1A 0B1", None),  # Canada
        ("2820", None),  # 02820 does not exist
        ("00000", None),
        ("99999", None),
        ("28202-12", None),
        ("N/A", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_typed_postcode_means(raw, expected):
    assert one(existing_zip, raw) == expected


@given(st.text(max_size=12))
def test_nothing_but_five_digits_or_null(raw):
    found = one(five_digits, raw)
    assert found is None or (len(found) == 5 and found.isascii() and found.isdigit())


def test_the_table_has_every_zip_once_with_its_place():
    table = zip_table()
    assert table.height > 42_000
    assert table["zip"].is_sorted() and table["zip"].n_unique() == table.height
    assert table["zip"].str.len_chars().unique().to_list() == [5]
    assert "28202" in known_zips()
    assert table.filter(zip="09001")["latitude"].item() is None  # military: nowhere


def miles(left, right):
    table = zip_table()
    pair = table.filter(zip=left).join(table.filter(zip=right), how="cross")
    return pair.select(
        great_circle_miles(*(pl.col(one) for one in ("latitude", "longitude", "latitude_right", "longitude_right")))
    ).item()


@pytest.mark.parametrize(
    ("left", "right", "expected", "within"),
    [
        ("10001", "90001", 2450, 15),  # New York to Los Angeles, published great-circle distance
        ("28202", "27401", 84, 3),  # Charlotte to Greensboro
        ("28202", "28202", 0, 1e-9),
    ],
)
def test_distances(left, right, expected, within):
    assert miles(left, right) == pytest.approx(expected, abs=within)
    assert miles(left, right) == pytest.approx(miles(right, left))


def test_a_quarter_of_the_earth():
    frame = pl.DataFrame({"a": [0.0], "b": [0.0], "c": [0.0], "d": [90.0]})
    found = frame.select(great_circle_miles(*(pl.col(one) for one in "abcd"))).item()
    assert found == pytest.approx(6218.4, abs=0.5)  # 10,007.5 km
