import polars as pl
import pytest
import ultravin
from hypothesis import given
from hypothesis import strategies as st

from assets.policy_files import load_policy
from pipelines.normalise.vin import COLUMNS, decode

REFERENCE = load_policy("velocity_b").reference

WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))


def check_digit(vin: str) -> str:
    """49 CFR 565.15(c), written down independently of the package under test."""
    total = sum(weight * (int(one) if one.isdigit() else VALUES[one]) for weight, one in zip(WEIGHTS, vin, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)


@pytest.mark.parametrize(
    ("vin", "valid", "reason", "year", "make", "model"),
    [
        ("1HGCM82633A004352", True, None, 2003, "Honda", "Accord"),
        ("1M8GDM9AXKP042788", True, None, 1989, "MOTOR COACH INDUSTRIES", "102C3 Intercity"),
        ("2G4WF52L6S1472882", True, None, 1995, "Buick", "Regal"),  # position 7 is a figure: 1995, not 2025
        ("3N1CP5BV8LL519113", True, None, 2020, "Nissan", "Kicks"),
        ("1HGCM82633A004353", False, "check digit", None, None, None),
        ("11111111111111111", False, "unknown WMI", None, None, None),
        ("00000000000000000", False, "unknown WMI", None, None, None),
        ("1HGCM82633A00435O", False, "characters", None, None, None),
        ("3MVDMBXM7RM4404L1", False, "characters", None, None, None),  # a letter in a serial number of figures
        ("1HGCM826", False, "length", None, None, None),
        ("1HGCM82633A", False, "length", None, None, None),
        ("", False, "length", None, None, None),
    ],
)
def test_published_vins(vin, valid, reason, year, make, model):
    found = decode(pl.Series([vin]), REFERENCE).row(0, named=True)
    assert (found["is_valid"], found["invalid_reason"]) == (valid, reason)
    assert (found["year"], found["make"], found["model"]) == (year, make, model)
    assert found["is_decoded"] is valid


def test_each_distinct_vin_once_and_sorted():
    frame = decode(pl.Series(["3N1CP5BV8LL519113", None, "1HGCM82633A004352", "3N1CP5BV8LL519113"]), REFERENCE)
    assert frame["vin"].to_list() == ["1HGCM82633A004352", "3N1CP5BV8LL519113"]
    assert dict(frame.schema) == COLUMNS
    assert decode(pl.Series([], dtype=pl.String), REFERENCE).height == 0


def test_made_up_vins_of_own_makes_come_out_in_the_vocabulary():
    vins = ultravin.generate(300, seed=5, make="SUBARU", min_year=2012, max_year=2026)
    frame = decode(pl.Series(list(vins)), REFERENCE)
    assert frame["is_valid"].to_list() == [vin[8] == check_digit(vin) and vin[12:].isdigit() for vin in frame["vin"]]
    assert set(frame["make"].drop_nulls()) == {"Subaru"}
    styles = {"sedan", "suv", "truck", "coupe", "hatchback", "wagon", "van", "convertible"}
    assert set(frame["body_style"].drop_nulls()) <= styles


MAZDAS = [vin for vin in ultravin.generate(60, seed=9, make="MAZDA") if vin[12:].isdigit()]


@given(st.sampled_from(MAZDAS), st.sampled_from("0123456789X"))
def test_a_vin_is_valid_only_with_its_own_check_digit(vin, digit):
    changed = vin[:8] + digit + vin[9:]
    valid = decode(pl.Series([changed]), REFERENCE)["is_valid"].item()
    assert valid is (digit == check_digit(vin))
