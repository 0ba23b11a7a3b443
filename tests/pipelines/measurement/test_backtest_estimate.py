from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.measurement.backtest_estimate import curves, followed, results
from pipelines.measurement.backtest_match import balance, match
from schemas.policy.backtest import BacktestPolicy

DAY, LAST = date(2026, 5, 1), date(2026, 7, 15)
POLICY = BacktestPolicy(horizons_days=(30, 60, 90), least_people=4, least_events=3)


def rows(fired, others, day=DAY):
    people = [(f"f{i}", True) for i in range(fired)] + [(f"o{i}", False) for i in range(others)]
    return pl.DataFrame(
        [{"day": day, "person_id": person, "is_fired": is_fired, "weight": 1.0} for person, is_fired in people],
        schema={"day": pl.Date, "person_id": pl.String, "is_fired": pl.Boolean, "weight": pl.Float64},
    )


def events(*found):
    listed = [("bought_here", person, DAY + timedelta(days=after)) for person, after in found]
    return pl.DataFrame(listed, schema={"outcome": pl.String, "person_id": pl.String, "on_day": pl.Date}, orient="row")


def test_only_days_strictly_after_the_day_count_and_the_first_of_them():
    found = followed(rows(4, 0), events(("f0", 0), ("f1", -3), ("f1", 40), ("f1", 12), ("f2", 1)), ["bought_here"])
    assert found["days_to_bought_here"].to_list() == [None, 12, 1, None]


def test_rates_difference_and_lift_by_horizon_with_the_horizon_that_is_not_over():
    known = followed(
        rows(10, 20), events(*((f"f{i}", 10) for i in range(4)), ("f4", 31), *((f"o{i}", 5) for i in range(2))), ["bought_here"]
    )
    found = results(known, ["bought_here"], LAST, POLICY).to_dicts()
    assert [one["verdict"] for one in found] == ["given", "given", "horizon not over"]
    first = found[0]
    assert (first["fired_people"], first["matched_people"], first["fired_with_outcome"], first["matched_with_outcome"]) == (
        10,
        20,
        4,
        2,
    )
    assert (first["fired_rate"], first["matched_rate"], first["lift"]) == pytest.approx((0.4, 0.1, 4.0))
    assert first["difference"] == pytest.approx(0.3)
    assert found[1]["fired_rate"] == pytest.approx(0.5)  # day 31 is within 60
    assert (found[2]["censored_people"], found[2]["fired_rate"]) == (10, None)


def test_an_event_on_the_last_day_of_the_horizon_counts_and_one_after_it_does_not():
    known = followed(rows(4, 4), events(("f0", 30), ("f1", 31), ("o0", 30), ("o1", 30)), ["bought_here"])
    found = results(known, ["bought_here"], LAST, POLICY).to_dicts()[0]
    assert (found["fired_with_outcome"], found["matched_with_outcome"]) == (1, 2)


def test_too_few_give_no_figure_and_say_why():
    few_people = results(followed(rows(3, 20), events(), ["bought_here"]), ["bought_here"], LAST, POLICY).to_dicts()[0]
    few_events = results(followed(rows(9, 20), events(("f1", 3)), ["bought_here"]), ["bought_here"], LAST, POLICY).to_dicts()[0]
    assert (few_people["verdict"], few_people["lift"]) == ("too few people", None)
    assert (few_events["verdict"], few_events["difference"]) == ("too few with the outcome", None)


def test_the_curve_ends_at_the_rate_of_the_longest_horizon_that_is_over_and_never_falls():
    known = followed(rows(10, 20), events(("f0", 1), ("f1", 60), ("o0", 7)), ["bought_here"])
    found = curves(known, ["bought_here"], LAST, POLICY)
    fired = found.filter(side="fired").sort("days")
    assert fired["days"].to_list() == list(range(61))
    assert fired["share"].to_list()[-1] == pytest.approx(0.2)
    assert (fired["share"].diff().drop_nulls() >= 0).all()
    assert fired.filter(days=0)["share"].item() == 0.0


def world(seed, *, effect):
    """400 people on one day in 8 strata; the chance of the outcome depends on the stratum, and on having fired by `effect`."""
    draws = np.random.default_rng(seed)
    held, fired = draws.integers(0, 80, 400), draws.random(400) < 0.3
    chance = 0.08 + 0.2 * (held > 30) + effect * fired
    units = pl.DataFrame(
        {
            "day": [DAY] * 400, "person_id": [f"p{i:03}" for i in range(400)], "vin": ["V"] * 400, "rooftop_id": ["R01"] * 400,
            "brand": ["lux"] * 400, "relation": ["bought"] * 400, "contract": ["none"] * 400, "held_months": held,
            "service_months": [3] * 400, "visits": [1] * 400, "purchases": [1] * 400, "is_fired": fired,
        }
    )  # fmt: skip
    bought = np.flatnonzero(draws.random(400) < chance)
    return units, events(*((f"p{i:03}", int(draws.integers(1, 31))) for i in bought)), draws


def estimate(units, happened):
    place, found = match(units, POLICY.match)
    inside = followed(found.filter(pl.col("weight").is_not_null()), happened, ["bought_here"])
    assert place == "rooftop"
    return results(inside, ["bought_here"], LAST, POLICY).to_dicts()[0]


def test_a_real_effect_is_seen_and_shuffled_labels_show_none_as_often_as_the_interval_says():
    """Labels are shuffled within nothing at all, so that the strata must do the work. 300 worlds: 15 misses expected."""
    missed = seen = 0
    for seed in range(300):
        units, happened, draws = world(seed, effect=0.25)
        shuffled = units.with_columns(is_fired=draws.permutation(units["is_fired"].to_numpy()))
        found = estimate(shuffled, happened)
        missed += not found["difference_low"] <= 0 <= found["difference_high"]
        if seed < 30:
            real = estimate(units, happened)
            seen += real["difference_low"] > 0 and real["lift_low"] > 1
    assert missed <= 30  # 15 expected; 30 is four standard errors above
    assert missed >= 2  # nor so wide that they say nothing
    assert seen >= 28


def test_a_trigger_that_only_goes_with_what_causes_the_outcome_shows_no_lift_once_matched():
    """It fires on vehicles held long, which are replaced anyway: lift before matching, none after."""
    missed = 0
    for seed in range(60):
        draws = np.random.default_rng(seed)
        units, happened, _ = world(seed, effect=0.0)
        fired = draws.random(400) < np.where(units["held_months"].to_numpy() > 30, 0.6, 0.1)
        found = estimate(units.with_columns(is_fired=fired), happened)
        missed += not found["difference_low"] <= 0 <= found["difference_high"]
    assert missed <= 10


def test_a_trigger_that_fired_for_nobody_gives_no_figure():
    units, happened, _ = world(1, effect=0.0)
    place, found = match(units.with_columns(is_fired=pl.lit(False)), POLICY.match)
    inside = followed(found.filter(pl.col("weight").is_not_null()), happened, ["bought_here"])
    assert place == "group"
    assert set(results(inside, ["bought_here"], LAST, POLICY)["verdict"]) == {"too few people"}
    assert curves(inside, ["bought_here"], LAST, POLICY).is_empty()
    assert balance(found).is_empty()
