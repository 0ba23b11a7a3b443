"""How tests stand: sizes against shares, balance, and the held back who were addressed all the same. By hand and by scipy."""

from datetime import UTC, date, datetime
from math import sqrt

import polars as pl
import pytest
from scipy.stats import chisquare

from assets.engine import DuckDBEngine
from pipelines.experiments.balance import imbalances, ratio_p
from pipelines.experiments.standing import STEP
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.experiments import ASSIGNMENT, GEO_CLUSTER
from schemas.tables.exports import DELIVERED
from schemas.tables.identity import MEMBER, PERSON
from schemas.tables.records import TOUCH
from tests.audience_world import AS_OF, day, rows_of
from tests.pipelines.experiments.experiment_world import HALVES, policy_of

DESIGN = "control=500000,treatment=500000/brand,market,relation/household"
GEO = {"segment": "in_market", "dark_share": 0.1, "min_zips": 1, "source": "a test"}


def test_sizes_are_judged_by_chi_square() -> None:
    found = ratio_p({"a": 60, "b": 40, "c": 25}, {"a": 0.5, "b": 0.3, "c": 0.2})
    assert found == pytest.approx(chisquare([60, 40, 25], [62.5, 37.5, 25]).pvalue)
    uneven = ratio_p({"a": 5000, "b": 5400}, {"a": 0.5, "b": 0.5})
    assert uneven is not None and uneven < 0.001
    assert ratio_p({}, {"a": 0.5, "b": 0.5}) is None and ratio_p({"a": 9}, {"a": 1.0, "b": 0.0}) is None
    assert ratio_p({"a": 1, "b": 9, "c": 9}, {"a": 0.0, "b": 0.5, "c": 0.5}) == 0


def test_balance_by_hand() -> None:
    rows = [("t", "a", "s1", 3), ("t", "a", "s2", 1), ("t", "b", "s1", 2), ("t", "b", "s2", 2), ("u", "alone", "s1", 2)]
    found = imbalances(pl.DataFrame(rows, schema=["test", "arm", "stratum", "units"], orient="row"))
    by_hand = 0.25 / sqrt((0.75 * 0.25 + 0.5 * 0.5) / 2)
    assert found.rows() == [("t", "a", pytest.approx(by_hand)), ("t", "b", pytest.approx(by_hand))]


def test_the_held_back_who_were_addressed_are_counted_and_stop_the_figures(engine: DuckDBEngine) -> None:
    base = {"unit_id": "u", "stratum": "s", "slot": 0, "assigned_on": date(2026, 11, 1), "design": DESIGN}
    told = [
        {**base, "person_id": "sent", "test": "global_control", "arm": "control", "unit_id": "h1"},
        {**base, "person_id": "saw", "test": "global_control", "arm": "control", "unit_id": "h1", "contaminated_on": AS_OF},
        {**base, "person_id": "free", "test": "global_control", "arm": "treatment", "unit_id": "h2"},
    ]
    member = {"audience": "x", "segment": "in_market", "identity_tier": "exact", "brand": "lux", "channels": ["mail"]}
    arms = {"sent": "control", "saw": "control", "free": "treatment", "dark": "geo_in_market:geo_dark"}
    seen = {"kind": "exposure", "feed": "campaign_exposures"}
    engine.register("assignment", rows_of(ASSIGNMENT, told))
    engine.register("membership", rows_of(MEMBERSHIP, [{**member, "person_id": one, "arm": arm} for one, arm in arms.items()]))
    sent = [
        {"platform": "meta", "cell": "C", "person_id": one, "segment": "in_market", "basis": "b"}
        for one in ("sent", "free", "dark")
    ]
    engine.register("delivered", rows_of(DELIVERED, sent))
    engine.register("member", rows_of(MEMBER, [{"record_id": one, "person_id": one, "tier": "exact"} for one in arms]))
    engine.register("person", rows_of(PERSON, [{"person_id": "dark", "zip": "28202"}]))
    cluster = {"segment": "in_market", "zip": "28202", "cluster": "28202", "role": "dark", "assigned_on": AS_OF}
    engine.register("geo_cluster", rows_of(GEO_CLUSTER, [cluster]))
    days = {"saw": datetime(2026, 11, 2, 12, tzinfo=UTC), "sent": datetime(2026, 11, 1, 12, tzinfo=UTC)}
    exposures = [{**seen, "touch_id": one, "record_id": one, "occurred_at": at} for one, at in days.items()]
    engine.register("touch", rows_of(TOUCH, exposures))
    power = {"baseline_rate": 0.025, "relative_lift": 0.1, "power": 0.8, "confidence": 0.95, "source": "a test"}
    of = policy_of(HALVES, share=0.5, geo_holdouts=[GEO], power=power)
    built = STEP.frames(engine, day(of))
    found = {(row["test"], row["arm"]): row for row in built["experiment_arm"].to_dicts()}
    control = found["global_control", "control"]
    assert [control[name] for name in ("assigned", "members", "addressed", "contaminated", "delivered", "exposed")] == [
        2,
        2,
        0,
        1,
        1,
        1,
    ]
    assert control["needed"] == 64_199 and control["ratio_p"] == 1.0 and found["halves", "left"]["assigned"] == 0
    assert found["geo_in_market", "dark"]["delivered"] == 1
    health = {row["metric"]: row for row in built["experiment_health"].to_dicts()}
    assert (health["held_back_delivered"]["value"], health["held_back_delivered"]["is_blocking"]) == (2.0, True)
    assert health["held_back_exposed"]["value"] == pytest.approx(1 / 3) and not health["held_back_exposed"]["is_within"]
