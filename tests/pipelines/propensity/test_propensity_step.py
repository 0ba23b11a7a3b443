"""The step on a made-up group: it learns where there is something to learn, says why where there is not, and repeats itself."""

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.propensity.allowed import FeatureNotAllowedError
from schemas.policy.propensity import PropensityPolicy
from tests import propensity_world as made
from tests.propensity_world import AS_OF, LIMITS

TABLES = ("propensity", "propensity_model", "propensity_quality")


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return made.tables(made.world())


@pytest.fixture(scope="module")
def built(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return made.run(frames)


def said(built: dict[str, pl.DataFrame], horizon: int = 30) -> tuple[str, str]:
    row = built["propensity_quality"].filter(pl.col("horizon_days") == horizon).row(0, named=True)
    return row["source"], row["reason"]


def test_who_shops_is_likelier_and_the_reason_is_in_words(built: dict[str, pl.DataFrame]) -> None:
    assert said(built)[0] == "model" and "AUC" in said(built)[1]
    later = built["propensity_quality"].filter((pl.col("part") == "later") & (pl.col("population") == "all"))
    whole = later.row(by_predicate=(pl.col("horizon_days") == 30) & (pl.col("decile") == 0), named=True)
    assert whole["auc"] > 0.8 and whole["is_off"] is False
    thirty = built["propensity"].filter(pl.col("horizon_days") == 30)
    best = thirty.sort("log_odds", descending=True).row(0, named=True)
    assert best["decile"] == 1 and best["probability"] > 0.2
    assert best["contributions"][0] > 0 and best["sentence"].count("(+") >= 1
    assert thirty["decile"].value_counts()["count"].max() - thirty["decile"].value_counts()["count"].min() <= 1


def test_the_same_inputs_in_any_order_give_the_same_bytes(
    frames: dict[str, pl.DataFrame], built: dict[str, pl.DataFrame]
) -> None:
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=3) for name, frame in frames.items()}
    again = made.run(shuffled)
    assert all(again[name].equals(built[name]) for name in TABLES)


def test_the_future_changes_nothing(built: dict[str, pl.DataFrame]) -> None:
    given = made.world()
    ahead = [AS_OF + timedelta(days=days) for days in (1, 5, 20)]
    given["transaction"] += [made.deal(7, on, 9 + at, opened_on=AS_OF - timedelta(days=3)) for at, on in enumerate(ahead)]
    given["touch_day"] += [made.touch(f"crm_leads:{who}:lead", ahead[0], touches=900) for who in range(50)]
    given["consent_event"] = [
        {"consent_id": "1", "kind": "deletion", "received_on": ahead[1], "record_id": "dms_sales:3:buyer", "source": "form"}
    ]
    again = made.run(made.tables(given))
    assert all(again[name].equals(built[name]) for name in TABLES)


def test_nothing_about_age_place_or_income_changes_anything(built: dict[str, pl.DataFrame]) -> None:
    given = made.world()
    for at, row in enumerate(given["person"]):
        row |= {"birth_date": date(1940 + at % 60, 1, 1), "age_band": "65+", "income_band": "low", "zip": f"{28000 + at}"}
        row |= {"state": "NC", "life_events": ["baby@2026-10-01"]}
    row = {"feed": "household_appends", "role": "append", "created_on": AS_OF, "age_band": "18-24", "income_band": "high"}
    given["contact_record"] = [{**row, "record_id": "dms_sales:1:buyer", "birth_date": date(2007, 1, 1), "zip": "10001"}]
    again = made.run(made.tables(given))
    assert all(again[name].equals(built[name]) for name in TABLES)


def test_few_labels_fall_back_to_the_weighted_score_and_say_so() -> None:
    given = made.world(people=40)
    given["intent"] = [{"person_id": f"p{one:05d}", "brand": "all", "score": float(one), "tier": "cold"} for one in range(40)]
    found = made.run(made.tables(given))
    assert said(found)[0] == "fallback" and "policy asks for 60" in said(found)[1]
    thirty = found["propensity"].filter(pl.col("horizon_days") == 30)
    assert thirty["probability"].null_count() == thirty.height and thirty["reason"].unique().to_list() == [said(found)[1]]
    assert thirty.sort("score")["decile"].to_list() == sorted(thirty["decile"].to_list(), reverse=True)
    assert found["propensity_model"].is_empty()


def test_nothing_at_all_is_an_empty_table_with_a_reason() -> None:
    found = made.run(made.tables({}))
    assert found["propensity"].is_empty() and found["propensity_quality"].height == 2
    why = "0 people who bought within 30 days and 0 who did not to learn from; policy asks for 60 and 60."
    assert said(found) == ("fallback", f"The weighted score stands in: {why}")


def test_a_model_that_cannot_tell_buyers_from_others_may_not_speak() -> None:
    found = made.run(made.tables(made.world(has_signal=False)), made.day(limits=LIMITS.model_copy(update={"min_auc": 0.99})))
    assert said(found)[0] == "fallback" and "below the 0.99 of policy" in said(found)[1]


def test_policy_switches_it_off(frames: dict[str, pl.DataFrame]) -> None:
    found = made.run(frames, made.day(limits=LIMITS.model_copy(update={"is_on": False})))
    assert said(found)[0] == "fallback" and "switches the model off" in said(found)[1]


def kept(frames: dict[str, pl.DataFrame], built: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {**frames, **{f"previous_{name}": built[name] for name in TABLES[1:]}}


def test_a_model_is_kept_until_it_is_due(frames: dict[str, pl.DataFrame], built: dict[str, pl.DataFrame]) -> None:
    soon, due = (made.run(kept(frames, built), made.day(AS_OF + timedelta(days=days))) for days in (27, 28))
    assert soon["propensity_model"].equals(built["propensity_model"])
    assert soon["propensity_quality"].equals(built["propensity_quality"])
    assert due["propensity_model"]["trained_on"].unique().to_list() == [AS_OF + timedelta(days=28)]


def test_policy_narrows_what_it_may_look_at_at_once(frames: dict[str, pl.DataFrame], built: dict[str, pl.DataFrame]) -> None:
    narrow = PropensityPolicy(**{**LIMITS.model_dump(), "excluded_features": ("vehicle_pages_7", "mail_30")})
    found = made.run(kept(frames, built), made.day(AS_OF + timedelta(days=1), narrow))
    assert not set(found["propensity_model"]["name"]) & {"vehicle_pages_7", "mail_30"}
    assert "vehicle_pages_30" in set(found["propensity_model"]["name"])


def test_policy_cannot_add_anything(frames: dict[str, pl.DataFrame]) -> None:
    wide = PropensityPolicy(**{**LIMITS.model_dump(), "excluded_features": ("age_years",)})
    with pytest.raises(FeatureNotAllowedError, match="age_years may not reach the model"):
        made.run(frames, made.day(limits=wide))
