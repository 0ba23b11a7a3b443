"""The curves of holding, against the formulas worked out by hand."""

from datetime import date, timedelta
from math import log

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.retention import probability
from schemas.policy.scoring import GaragePolicy

AS_OF = date(2026, 11, 21)
POLICY = GaragePolicy(
    half_life_years_new=6.0,
    half_life_years_used=4.0,
    shape_new=2.0,
    shape_used=1.0,
    half_life_years_leased=20.0,
    half_life_years_serviced=3.0,
    half_life_years_listed=2.0,
    half_life_years_stated=2.0,
    return_days=60,
    lease_kept_share=0.4,
    half_life_years_visit=1.0,
    served_elsewhere_after_visits=0.5,
    served_elsewhere_after_deal=1.0,
    kept_after_purchase=0.1,
    kept_after_other_sign=0.2,
    kept_after_household_purchase=0.9,
    life_years=20.0,
    life_miles=200_000,
    sure_at_most=1.0,
    current_from=0.5,
)
SCHEMA = {
    "relation": pl.String, "condition": pl.String, "listed_condition": pl.String, "started_on": pl.Date, "seen_on": pl.Date,
    "serviced_on": pl.Date, "matures_on": pl.Date, "next_vehicle": pl.String, "beside_on": pl.Date, "in_service_on": pl.Date,
    "year": pl.Int64, "odometer_miles": pl.Int64, "odometer_on": pl.Date, "miles_per_day": pl.Float64,
}  # fmt: skip


def ago(years: float) -> date:
    return AS_OF - timedelta(days=round(years * 365.25))


def judged(policy: GaragePolicy = POLICY, **values: object) -> float:
    row = dict.fromkeys(SCHEMA) | {"relation": "bought", "condition": "new", "started_on": ago(4), "seen_on": ago(4)} | values
    return pl.DataFrame([row], schema=SCHEMA, orient="row").select(probability(policy, AS_OF)).item()


def test_survival_since_the_purchase() -> None:
    assert judged() == pytest.approx(0.5 ** ((4 / 6) ** 2), abs=1e-3)
    assert judged(condition="used") == pytest.approx(0.5, abs=1e-3)


def test_survival_given_the_last_sign() -> None:
    assert judged(started_on=ago(6), seen_on=ago(3)) == pytest.approx(0.5 / 0.5**0.25, abs=1e-3)


def test_a_sign_of_today_is_certain() -> None:
    assert judged(seen_on=AS_OF) == 1.0
    assert judged(POLICY.model_copy(update={"sure_at_most": 0.98}), seen_on=AS_OF) == 0.98


def test_silence_of_a_service_customer_by_bayes() -> None:
    held, silent = 0.5 ** (2 / 3), 0.5 + 0.5 * 0.25
    told = judged(relation="serviced", condition=None, started_on=ago(5), seen_on=ago(2), serviced_on=ago(2))
    assert told == pytest.approx(held * silent / (held * silent + 1 - held), abs=1e-3)


@pytest.mark.parametrize(("what", "share"), [("purchase", 0.1), ("sign", 0.2), ("household", 0.9)])
def test_share_held_beside_another_vehicle(what: str, share: float) -> None:
    assert judged(next_vehicle=what) == pytest.approx(share * 0.5 ** ((4 / 6) ** 2), abs=1e-3)


def test_a_running_lease_is_held_beside_another_vehicle_but_for_its_last_months() -> None:
    lease = {"relation": "leased", "started_on": ago(2), "seen_on": ago(2), "matures_on": date(2027, 12, 1)}
    beside = {"next_vehicle": "purchase", "beside_on": date(2027, 5, 31)}  # 184 days before
    assert judged(**lease | beside) == judged(**lease)
    late = judged(**lease | beside | {"beside_on": date(2027, 6, 1)})  # 183 days before
    assert late == pytest.approx(0.1 * 0.5 ** (2 / 20), abs=1e-3)
    over = lease | {"matures_on": AS_OF - timedelta(days=1)} | beside | {"beside_on": ago(1)}
    assert judged(**over) < 0.1


def test_a_lease_after_maturity() -> None:
    lease = {"relation": "leased", "started_on": ago(3), "seen_on": ago(3), "matures_on": AS_OF - timedelta(days=30)}
    assert judged(**lease) == pytest.approx(0.7 * 0.5 ** (3 / 20), abs=1e-3)
    assert judged(**lease | {"matures_on": AS_OF}) == pytest.approx(0.5 ** (3 / 20), abs=1e-3)
    assert judged(**lease | {"seen_on": AS_OF}) == 1.0  # seen since: bought out or extended


def test_old_vehicles_wear_out_by_age_or_by_miles() -> None:
    seen = {"relation": "bought", "condition": "used", "started_on": ago(2), "seen_on": ago(1)}
    plain = judged(**seen)
    aged = judged(**seen, in_service_on=ago(20))
    assert aged == pytest.approx(plain * 0.5 ** (1 - 0.95**4), abs=1e-3)
    driven = judged(**seen, odometer_miles=180_000, odometer_on=ago(1), miles_per_day=20_000 / 365.25)
    assert driven == pytest.approx(plain * 0.5 ** (1 - 0.9**4), abs=1e-3)
    assert judged(**seen, in_service_on=ago(20), odometer_miles=1_000, odometer_on=ago(1), miles_per_day=1.0) == aged


def test_half_lives_are_half_lives() -> None:
    assert judged(relation="listed", condition=None, started_on=ago(2), seen_on=ago(2)) == pytest.approx(0.5, abs=1e-3)
    years = 3 * log(4) / log(2)
    lone = judged(POLICY.model_copy(update={"served_elsewhere_after_visits": 1.0}), relation="serviced", condition=None,
                  started_on=ago(years), seen_on=ago(years), serviced_on=ago(years))  # fmt: skip
    assert lone == pytest.approx(0.25, abs=1e-3)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["bought", "leased", "serviced", "listed", "stated"]),
    st.floats(0, 12), st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, "purchase", "sign", "household"]),
)  # fmt: skip
def test_it_is_a_probability_and_falls_with_silence(
    relation: str, age: float, one: float, two: float, beside: str | None
) -> None:
    older, newer = sorted((one, two), reverse=True)
    told = [
        judged(relation=relation, started_on=ago(age), seen_on=ago(age * part), serviced_on=ago(age * part), next_vehicle=beside)
        for part in (older, newer)
    ]
    assert 0.0 <= told[0] <= told[1] + 1e-9 <= 1.0 + 1e-9
