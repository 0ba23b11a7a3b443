"""A group's own history: spells drawn from a known curve go in, the curve comes out."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.identity.retention_fit import fit_retention
from schemas.policy.scoring import GaragePolicy

AS_OF = date(2026, 11, 21)
POLICY = GaragePolicy(half_life_years_new=9.0, half_life_years_used=9.0, shape_new=1.0, shape_used=1.0, current_from=0.5)


def spells(people: int, half_life: float, shape: float, condition: str, seed: int) -> pl.DataFrame:
    """Purchases of the last ten years: of ended ones half were traded in, half replaced; the others were seen within a year."""
    chance = np.random.default_rng(seed)
    bought = chance.uniform(0, 3650, people)
    held = 365.25 * half_life * (-np.log2(chance.uniform(0, 1, people))) ** (1 / shape)
    ended, traded = held < bought, chance.uniform(0, 1, people) < 0.5
    rows = []
    for i in range(people):
        start = AS_OF - timedelta(days=round(bought[i]))
        end = start + timedelta(days=round(held[i]))
        last = start + timedelta(days=round(held[i] * 0.8)) if ended[i] else AS_OF - timedelta(days=int(min(bought[i], i % 90)))
        row = {
            "person_id": f"{condition}{i}",
            "driver_id": f"{condition}{i}",
            "vin": "A",
            "relation": "bought",
            "condition": condition,
        }
        row |= {"started_on": start, "seen_on": last, "until": None, "until_reason": None, "next_on": None}
        if ended[i] and traded[i]:
            row |= {"until": end, "until_reason": "traded_in"}
        elif ended[i]:
            row |= {"next_on": end}
        rows.append(row)
        later = {"vin": "B", "relation": "serviced", "started_on": AS_OF, "seen_on": AS_OF, "until": None, "until_reason": None}
        rows.append(row | later | {"next_on": None})
    return pl.DataFrame(rows, infer_schema_length=None)


def test_a_known_curve_is_found_again() -> None:
    rows = pl.concat([spells(3_000, 5.0, 2.0, "new", 1), spells(3_000, 3.5, 1.5, "used", 2)])
    fitted, found = fit_retention(rows, POLICY, AS_OF)
    assert fitted.half_life_years_new == pytest.approx(5.0, rel=0.05) and fitted.shape_new == pytest.approx(2.0, rel=0.1)
    assert fitted.half_life_years_used == pytest.approx(3.5, rel=0.05) and fitted.shape_used == pytest.approx(1.5, rel=0.1)
    assert fitted.ends_seen_share == pytest.approx(0.95, abs=0.05)
    assert all(one.is_fitted for one in found.values())


def test_too_few_ends_leave_policy_as_it_is() -> None:
    rows = pl.concat([spells(150, 5.0, 2.0, "new", 1), spells(150, 3.5, 1.5, "used", 2)])
    fitted, found = fit_retention(rows, POLICY, AS_OF)
    assert fitted == POLICY and not any(one.is_fitted for one in found.values())


def test_the_order_of_rows_does_not_matter() -> None:
    rows = pl.concat([spells(500, 5.0, 2.0, "new", 1), spells(500, 3.5, 1.5, "used", 2)])
    assert fit_retention(rows, POLICY, AS_OF) == fit_retention(rows.sample(fraction=1.0, shuffle=True, seed=3), POLICY, AS_OF)
