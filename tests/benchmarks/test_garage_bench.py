"""The measures of calibration, against figures worked out by hand."""

from datetime import date

import polars as pl
import pytest

from benchmarks.garage import brier, calibration_error, missed, reliability
from benchmarks.garage_fit import decoded, encoded
from benchmarks.garage_truth import true_holders, with_truth
from schemas.policy.scoring import GaragePolicy


def judged(*rows: tuple[float, bool]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"probability": pl.Float64, "is_held": pl.Boolean}, orient="row")


def test_reliability_by_tenths() -> None:
    table = reliability(judged((0.95, True), (1.0, False), (0.12, False), (0.18, True)))
    assert table.rows() == [(1, 2, pytest.approx(0.15), 0.5), (9, 2, pytest.approx(0.975), 0.5)]
    assert calibration_error(table) == pytest.approx((0.35 + 0.475) / 2)


def test_brier_score() -> None:
    assert brier(judged((1.0, True), (0.5, False), (0.0, True))) == pytest.approx((0 + 0.25 + 1) / 3)


def test_a_tenth_counts_from_two_hundred_holdings() -> None:
    assert missed(reliability(judged(*[(0.85, True)] * 139 + [(0.85, False)] * 60 + [(0.0, False)] * 2_000))) == []
    far = missed(reliability(judged(*[(0.85, True)] * 140 + [(0.85, False)] * 60 + [(0.0, False)] * 2_000)))
    assert far == ["tenth 8: told 0.85, true 0.70"]
    assert "expected calibration error" in missed(reliability(judged((0.9, False))))[-1]


def test_co_owners_hold_and_vehicles_without_a_vin_are_not_judged(tmp_path) -> None:
    span = {"vin": ["V1"], "from": [date(2025, 1, 1)], "to": [date(2027, 1, 1)]}
    pl.DataFrame({**span, "person_id": ["P1"]}).write_parquet(tmp_path / "vehicle_owner.parquet")
    pl.DataFrame({**span, "person_id": ["P2"]}).write_parquet(tmp_path / "co_owner.parquet")
    people = pl.DataFrame({"person_id": ["P1", "P2", "P3"], "household_id": ["H1", "H2", "H1"]})
    people.write_parquet(tmp_path / "person.parquet")
    holders = true_holders(tmp_path, date(2026, 1, 1))
    garage = pl.DataFrame({"person_id": ["a", "b", "c", "a"], "vin": ["V1", "V1", "V1", "list:7"]})
    known = pl.DataFrame({"person_id": ["a", "b", "c"], "true_person": ["P1", "P2", "P3"], "true_home": ["H1", "H2", "H1"]})
    told = {by: with_truth(garage, known, holders, by)["is_held"].to_list() for by in ("true_person", "true_home")}
    assert told == {"true_person": [True, True, False], "true_home": [True, True, True]}
    assert true_holders(tmp_path, date(2027, 1, 1)).is_empty()


def test_figures_survive_the_way_there_and_back() -> None:
    policy = GaragePolicy(half_life_years_new=6.6, half_life_years_used=5.5, current_from=0.5)
    for name, value in decoded(encoded(policy)).items():
        assert value == pytest.approx(getattr(policy, name))
