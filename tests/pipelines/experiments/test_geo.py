"""Dark ZIPs: clusters, the choice among draws, the buffer, persistence. Real ZIPs of Charlotte, counted by hand."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import t as student

from assets.engine import DuckDBEngine
from pipelines.experiments.geo import STEP
from pipelines.experiments.geo_cluster import chosen, clustered, detectable, differences, miles_between, quotas
from schemas.tables.experiments import GEO_CLUSTER
from schemas.tables.identity import MEMBER, PERSON
from schemas.tables.records import TOUCH, TRANSACTION
from tests.audience_world import AS_OF, day, rows_of
from tests.pipelines.experiments.experiment_world import policy_of

ZIPS = [
    "28202",
    "28203",
    "28204",
    "28205",
    "28206",
    "28207",
    "28208",
    "28209",
    "28210",
    "28211",
    "28212",
    "28213",
    "28215",
    "28216",
]
RULE = {
    "segment": "in_market", "dark_share": 0.2, "min_zips": 2, "source": "a test", "cluster_people": 4, "cluster_miles": 6,
    "buffer_miles": 2, "least_clusters": 3, "draws": 200, "most_imbalance": 3.0,
}  # fmt: skip


def run(engine: DuckDBEngine, rule: dict, zips: list[str], previous: pl.DataFrame | None = None, as_of: date = AS_OF) -> dict:
    people = [{"person_id": f"p{zip_}{n}", "zip": zip_} for zip_ in zips for n in range(3)]
    deals = [
        {"transaction_id": f"t{one['person_id']}", "kind": "sale", "status": "closed", "record_id": one["person_id"],
         "occurred_on": AS_OF - timedelta(days=7 * (at % 20) + 1)}
        for at, one in enumerate(people)
    ]  # fmt: skip
    engine.register("person", rows_of(PERSON, people))
    engine.register(
        "member",
        rows_of(MEMBER, [{"record_id": one["person_id"], "person_id": one["person_id"], "tier": "exact"} for one in people]),
    )
    engine.register("transaction", rows_of(TRANSACTION, deals))
    engine.register("touch", rows_of(TOUCH, []))
    engine.register("previous_geo_cluster", rows_of(GEO_CLUSTER, []) if previous is None else previous)
    power = {"baseline_rate": 0.025, "relative_lift": 0.1, "power": 0.8, "confidence": 0.95, "source": "a test"}
    return STEP.frames(engine, day(policy_of(geo_holdouts=[rule], power=power), as_of))


def test_clusters_have_enough_people_near_their_first_zip() -> None:
    people = [3] * len(ZIPS)
    told = clustered(ZIPS, people, 4, 6)
    assert set(told) == set(ZIPS)
    for seed in set(told.values()):
        mine = [zip_ for zip_, one in told.items() if one == seed]
        assert len(mine) * 3 >= 4 and miles_between(mine, [seed]).max() <= 12
    assert clustered(["28202", "99501"], [9, 1], 4, 6) == {"28202": "28202"}, "Alaska is near nothing"


def test_the_choice_is_the_most_alike_of_its_draws_and_repeats() -> None:
    values = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    one = chosen(list("abcde"), ["m"] * 5, values, [1] * 5, 0.2, 1, 200, "key")
    assert one is not None and one == chosen(list("abcde"), ["m"] * 5, values, [1] * 5, 0.2, 1, 200, "key")
    # two of five: 1 and 5, or 2 and 4, have the mean of all
    assert one.dark in ((0, 4), (1, 3)) and one.difference == 0
    assert chosen(list("abc"), ["m"] * 3, values[:3], [1] * 3, 0.2, 9, 50, "key") is None


def test_differences_quotas_and_what_can_be_seen_by_hand() -> None:
    values = np.array([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]])
    assert differences(values, np.array([True, False, False])).tolist() == [1.5, 0.0]  # |1 - 4| / 2, and no spread
    assert quotas(["a"] * 10 + ["b"] * 10 + ["c"] * 5, 0.2) == {"a": 2, "b": 2, "c": 1}
    assert quotas(["a"] * 3, 0.1) == {"a": 2}
    weekly = np.array([[2.0] * 4 + [1.0] * 4, [1.0] * 4 + [1.0] * 4, [0.0] * 4 + [1.0] * 4])  # changes +1, 0, -1: spread 1
    by_hand = (student.isf(0.025, 1) + student.isf(0.2, 1)) * np.sqrt(1 / 1 + 1 / 2)
    assert detectable(weekly, np.array([True, False, False]), 0.8, 0.95) == pytest.approx(by_hand)
    assert detectable(weekly[:, :7], np.array([True, False, False]), 0.8, 0.95) is None


def test_dark_zips_stay_their_buffer_is_near_and_new_zips_are_never_dark(engine: DuckDBEngine) -> None:
    built = run(engine, RULE, ZIPS[:-2])
    rows = built["geo_cluster"]
    dark = rows.filter(pl.col("role") == "dark")
    assert dark.height >= 2 and dark["miles_to_dark"].max() == 0
    assert (
        rows.filter(pl.col("role") == "buffer")["miles_to_dark"].max()
        < 2
        <= rows.filter(pl.col("role") == "lit")["miles_to_dark"].min()
    )
    apart = built["geo_balance"]
    assert apart["reason"].null_count() == 4 and apart["difference"].null_count() == 0
    later = run(engine, {**RULE, "dark_share": 0.4}, ZIPS, rows, AS_OF + timedelta(days=1))["geo_cluster"]
    assert later.join(rows, on=["segment", "zip"], how="semi").equals(rows), "another share is for a new hold-out"
    new = later.join(rows, on=["segment", "zip"], how="anti")
    assert set(new["zip"]) == set(ZIPS[-2:]) and "dark" not in new["role"].to_list()


def test_too_few_clusters_are_refused_with_the_reason_and_nobody_stays_dark(engine: DuckDBEngine) -> None:
    built = run(engine, {**RULE, "least_clusters": 20}, ZIPS)
    assert set(built["geo_cluster"]["role"]) == {"lit"}
    assert built["geo_balance"]["reason"][0].endswith("clusters, and 20 are wanted")
