from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measurement.backtest_match import balance, banded, match, matched
from schemas.policy.backtest import MatchPolicy

DAY = date(2026, 5, 1)
POLICY = MatchPolicy(held_months=(12, 24), service_months=(6,), visits=(1,), purchases=(1,))


def unit(person, *, fired, held=20, service=3, rooftop="R01", brand="lux", relation="bought", contract="loan", vin="V"):
    return {
        "day": DAY, "person_id": person, "vin": vin, "rooftop_id": rooftop, "brand": brand, "relation": relation,
        "contract": contract, "held_months": held, "service_months": service, "visits": 2, "purchases": 1, "is_fired": fired,
    }  # fmt: skip


def test_bands_count_the_edges_at_or_below_and_what_is_not_there_is_a_band_of_its_own():
    rows = pl.DataFrame([unit("a", fired=True, held=h, service=s) for h, s in ((0, None), (12, 5), (23, 6), (24, 60))])
    found = banded(rows, POLICY)
    assert found["held_months_band"].to_list() == [0, 1, 1, 2]
    assert found["service_months_band"].to_list() == [-1, 0, 1, 1]


def test_others_share_the_weight_of_the_fired_of_their_stratum():
    rows = pl.DataFrame({"is_fired": [True, True, False, False, False, True, False], "s": ["x", "x", "x", "x", "x", "y", "z"]})
    assert matched(rows, ["s"])["weight"].to_list() == [1.0, 1.0, pytest.approx(2 / 3), *[pytest.approx(2 / 3)] * 2, None, None]


def test_the_next_place_is_tried_where_too_few_find_somebody_and_the_last_stands():
    rows = [unit("a", fired=True, rooftop="R01"), unit("b", fired=False, rooftop="R02")]
    assert match(pl.DataFrame(rows), POLICY)[0] == "brand"
    rows = [unit("a", fired=True, brand="lux"), unit("b", fired=False, brand="vol1", rooftop="R09")]
    place, found = match(pl.DataFrame(rows), POLICY)
    assert (place, found["weight"].to_list()) == ("group", [1.0, 1.0])
    rows = [unit("a", fired=True, relation="leased", contract="lease"), unit("b", fired=False)]
    place, found = match(pl.DataFrame(rows), POLICY)
    assert (place, found["weight"].to_list()) == ("group", [None, None])


def test_a_person_with_two_vehicles_stands_once_in_a_stratum():
    rows = [unit("a", fired=True), unit("b", fired=False, vin="V1"), unit("b", fired=False, vin="V2"), unit("c", fired=False)]
    found = match(pl.DataFrame(rows), POLICY)[1]
    assert found["person_id"].to_list() == ["a", "b", "c"]
    assert found.filter(~pl.col("is_fired"))["weight"].to_list() == [0.5, 0.5]


def test_balance_says_how_far_means_are_apart_before_and_after():
    rows = [unit(f"f{i}", fired=True, held=h) for i, h in enumerate((20, 22))]
    rows += [unit(f"o{i}", fired=False, held=h) for i, h in enumerate((21, 21, 60, 80))]
    told = {row["figure"]: row for row in balance(match(pl.DataFrame(rows), POLICY)[1]).to_dicts()}["held_months"]
    assert (told["fired"], told["others"], told["matched"]) == (21.0, 45.5, 21.0)
    assert told["gap_before"] == pytest.approx((21 - 45.5) / 2**0.5)
    assert told["gap_after"] == 0.0


STRATA = st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.sampled_from(["R01", "R02"])), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(STRATA)
def test_matched_weights_add_up_to_the_fired_and_order_does_not_matter(rows):
    frame = pl.DataFrame([unit(f"p{i:03}", fired=f, held=h, rooftop=r) for i, (f, h, r) in enumerate(rows)])
    place, found = match(frame, POLICY)
    inside = found.filter(pl.col("weight").is_not_null())
    fired, other = inside.filter("is_fired")["weight"].sum(), inside.filter(~pl.col("is_fired"))["weight"].sum()
    assert fired == pytest.approx(other)
    again = match(frame.reverse(), POLICY)
    assert again[0] == place
    assert again[1].sort("person_id").equals(found.sort("person_id"))
