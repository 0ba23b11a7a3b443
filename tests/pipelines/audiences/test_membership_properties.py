"""What must hold for any people and any rules: an oracle in plain Python, and invariants of arbitration."""

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.engine import DuckDBEngine
from pipelines.audiences.holdouts import is_held_back
from schemas.policy.experiments import Arm, Experiment, ExperimentsPolicy
from schemas.tables.audiences import ELIGIBILITY, MEMBERSHIP, OVERLAP
from tests.audience_world import AS_OF, audience, membership_of, policy
from tests.engines import fresh_engine

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = st.one_of(st.none(), st.integers(-2, 4))
ROW = st.fixed_dictionaries(
    {
        "service_days_to_due": NUMBERS,
        "lease_days_left": NUMBERS,
        "distance_miles": st.one_of(st.none(), st.sampled_from([1.0, 15.0, 60.0])),
        "top_brand": st.sampled_from([None, "lux", "vol1"]),
        "is_customer": st.booleans(),
        "is_staff": st.booleans(),
        "owns_this_brand": st.booleans(),
        "is_out_of_warranty": st.one_of(st.none(), st.booleans()),
        "market_type": st.sampled_from([None, "primary", "tertiary"]),
    }
)
PEOPLE = st.lists(st.tuples(ROW, ROW), min_size=1, max_size=12)

# Each leaf: the rule as an analyst writes it, and what it means in Python; a null comparison is false.
LEAVES = [
    ("service_days_to_due <= 1", lambda row: row["service_days_to_due"] is not None and row["service_days_to_due"] <= 1),
    ("lease_days_left between 0 and 2", lambda row: row["lease_days_left"] is not None and 0 <= row["lease_days_left"] <= 2),
    ("distance_miles < 20", lambda row: row["distance_miles"] is not None and row["distance_miles"] < 20),
    ("is_customer", lambda row: row["is_customer"]),
    ("not is_out_of_warranty", lambda row: row["is_out_of_warranty"] is False),
    ("top_brand = brand", lambda row: row["top_brand"] == row["brand"]),
    ("is_out_of_warranty is null", lambda row: row["is_out_of_warranty"] is None),
]


def trees() -> st.SearchStrategy[Any]:
    leaf = st.integers(0, len(LEAVES) - 1)

    def nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3))

    return st.recursive(leaf, nest, max_leaves=8)


def as_condition(tree: Any, counter: list[int]) -> dict[str, Any]:
    if isinstance(tree, int):
        counter[0] += 1
        return {"name": f"leaf_{counter[0]}", "when": LEAVES[tree][0], "reason": "{service_days_to_due} {distance_miles:.0f}"}
    return {tree[0]: [as_condition(one, counter) for one in tree[1]]}


def oracle(tree: Any, row: dict[str, Any]) -> bool:
    if isinstance(tree, int):
        return bool(LEAVES[tree][1](row))
    found = [oracle(one, row) for one in tree[1]]
    return {"all": all(found), "any": any(found), "none": not any(found)}[tree[0]]


def people_of(drawn: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {**row, "person_id": f"p{number:02d}", "brand": brand}
        for number, pair in enumerate(drawn)
        for brand, row in zip(("lux", "vol1"), pair, strict=True)
    ]


@pytest.fixture(scope="module")
def shared() -> Any:
    one = fresh_engine()
    yield one
    one.close()


@QUICK
@given(tree=trees(), drawn=PEOPLE)
def test_nested_conditions_mean_what_they_mean_in_python(shared: DuckDBEngine, tree: Any, drawn: Any) -> None:
    rows = people_of(drawn)
    built = membership_of(shared, policy(audience("one", "loyalty", as_condition(tree, [0]))), rows)
    expected = sorted((row["person_id"], row["brand"]) for row in rows if oracle(tree, row))
    assert built["eligibility"].select("person_id", "brand").rows() == expected


RIVALS = [
    audience("due", "loyalty", "service_days_to_due >= 0", exclusions=[{"name": "staff", "when": "is_staff"}], priority=2),
    audience("lease", "loyalty", "lease_days_left >= 0", priority=1),
    audience("near", "in_market", "distance_miles <= $radius_miles", exclusions=[{"name": "customer", "when": "is_customer"}]),
    audience("wide", "conquest", "not is_customer or top_brand is not null"),
]


@QUICK
@given(drawn=PEOPLE)
def test_everybody_is_owned_once_and_no_exclusion_is_broken(shared: DuckDBEngine, drawn: Any) -> None:
    rows = people_of(drawn)
    built = membership_of(shared, policy(*RIVALS), rows)
    members, verdicts = built["membership"], built["eligibility"]
    assert members.select("audience", "person_id").is_unique().all()
    free = verdicts.filter(pl.col("outcome") != "excluded")
    assert set(members["person_id"]) == set(free["person_id"])
    known = {(row["person_id"], row["brand"]): row for row in rows}
    for name, person, brand in members.select("audience", "person_id", "brand").rows():
        row = known[person, brand]
        assert not (name == "due" and row["is_staff"]) and not (name == "near" and row["is_customer"])
    lost = verdicts.filter(pl.col("outcome") == "lost")
    assert set(lost.select("person_id", "winner").rows()) <= set(members.select("person_id", "audience").rows())
    for table in (ELIGIBILITY, MEMBERSHIP, OVERLAP):
        assert table.schema.is_valid(built[table.name])


@QUICK
@given(drawn=PEOPLE)
def test_overlap_counts_people_eligible_for_both(shared: DuckDBEngine, drawn: Any) -> None:
    built = membership_of(shared, policy(*RIVALS), people_of(drawn))
    free = built["eligibility"].filter(pl.col("outcome") != "excluded")
    sets = {one.audience: set(free.filter(pl.col("audience") == one.audience)["person_id"]) for one in RIVALS}
    names = sorted(sets)
    expected = [(left, right, len(sets[left] & sets[right])) for left in names for right in names if left < right]
    assert built["overlap"].rows() == expected


def test_the_order_of_rows_changes_nothing(shared: DuckDBEngine) -> None:
    draw = random.Random(7)
    rows = [
        {
            "person_id": f"p{number:04d}",
            "brand": brand,
            "intent_score": draw.choice([0.0, 10.0, 55.5]),
            "brand_intent_score": draw.choice([0.0, 5.0]),
            "distance_miles": draw.choice([None, 3.0, 9.5]),
            "market_type": "primary",
            "lease_days_left": draw.choice([None, 5, 50]),
            "service_days_to_due": draw.choice([None, 5]),
        }
        for number in range(400)
        for brand in ("lux", "vol1")
    ]
    of = policy(*RIVALS, experiments=EXPERIMENTS)
    first = membership_of(shared, of, rows)
    draw.shuffle(rows)
    second = membership_of(shared, of, rows)
    assert all(first[name].equals(second[name]) for name in first)


EXPERIMENTS = ExperimentsPolicy(
    global_control_share=0.12,
    experiments=(
        Experiment(
            experiment="notice",
            segment="loyalty",
            title="Notice",
            kind="person",
            arms=(Arm(arm="now", share=0.6), Arm(arm="later", share=0.4)),
            kpi="service_appointments_30d",
            is_on=True,
        ),
        Experiment(
            experiment="dark_zips",
            segment="loyalty",
            title="Dark ZIPs",
            kind="geo",
            arms=(Arm(arm="dark", share=0.5), Arm(arm="lit", share=0.5)),
            kpi="leads_30d",
            is_on=True,
        ),
    ),
)


def test_arms_take_their_shares_and_stay_whatever_else_changes(shared: DuckDBEngine) -> None:
    rows = [{"person_id": f"person-{number}", "brand": "lux", "lease_days_left": 5} for number in range(20_000)]
    before = membership_of(shared, policy(*RIVALS, experiments=EXPERIMENTS), rows)
    first = before["membership"]
    shares = {arm: count / 20_000 for arm, count in first["arm"].value_counts().rows()}
    assert set(shares) == {"control", "notice:now", "notice:later"}
    assert abs(shares["control"] - 0.12) < 0.01
    assert abs(shares["notice:now"] - 0.528) < 0.015 and abs(shares["notice:later"] - 0.352) < 0.015
    other = policy(audience("lease", "loyalty", "lease_days_left > 1"), experiments=EXPERIMENTS, policy_hash="hash-2")
    second = membership_of(shared, other, rows[5_000:], previous_assignment=before["assignment"])["membership"]
    joined = first.join(second, on="person_id")
    assert joined.height == 15_000
    assert (joined["arm"] == joined["arm_right"]).all()
    assert first["entered_on"].unique().to_list() == [AS_OF]
    held = first.filter(is_held_back())["arm"].unique().to_list()
    assert held == ["control"]


def test_a_test_of_one_brand_or_market_type_concerns_nobody_else(shared: DuckDBEngine) -> None:
    both = (Arm(arm="a", share=0.5), Arm(arm="b", share=0.5))
    given: dict[str, Any] = {"segment": "loyalty", "title": "t", "kind": "person", "arms": both, "kpi": "leads", "is_on": True}
    tests = (
        Experiment(experiment="lux_only", brand="lux", **given),
        Experiment(experiment="metro_only", market_types=("primary",), **given),
        Experiment(experiment="off", **{**given, "is_on": False}),
    )
    rows = [
        {"person_id": f"{brand}-{market}", "brand": brand, "market_type": market, "lease_days_left": 5}
        for brand in ("lux", "vol1")
        for market in ("primary", "tertiary")
    ]
    built = membership_of(shared, policy(*RIVALS, experiments=ExperimentsPolicy(global_control_share=0, experiments=tests)), rows)
    arms = {
        person: [part.split(":")[0] for part in arm.split("|")]
        for person, arm in built["membership"].select("person_id", "arm").rows()
    }
    assert arms == {
        "lux-primary": ["lux_only", "metro_only"],
        "lux-tertiary": ["lux_only"],
        "vol1-primary": ["metro_only"],
        "vol1-tertiary": ["treatment"],
    }


def test_arms_that_are_not_addressed() -> None:
    arms = pl.DataFrame(
        {"arm": ["control", "treatment", "notice:now", "notice:holdout", "a:control|b:now", "controls:now", "a:now|b:held_back"]}
    )
    assert arms.select(is_held_back())["arm"].to_list() == [True, False, False, True, True, False, True]
