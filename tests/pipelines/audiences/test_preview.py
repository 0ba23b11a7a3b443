"""A preview over literal people: sizes, causes of moves, funnels that add up, overlap and budget per member."""

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.engine import DuckDBEngine
from pipelines.audiences.membership import STEP
from pipelines.audiences.preview import Side, as_text, cells, intent_tiers, sizes, triggers
from pipelines.audiences.preview_budget import budget, cell_budget
from pipelines.audiences.preview_figures import figures, side_by_side
from pipelines.audiences.preview_funnel import funnel
from pipelines.audiences.preview_moves import moves
from schemas.policy import Policy
from schemas.policy.plan import Budget, PlanPolicy
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.geography import ZIP_DISTANCE
from schemas.tables.identity import PERSON_IDENTIFIER
from schemas.tables.traits import INTENT
from schemas.tables.triggers import TRIGGER_EVENT
from tests.audience_world import AS_OF, audience, candidates, day, policy, register, rows_of

HERE = {"market": "metro", "market_type": "primary", "rooftop_id": "R01", "distance_miles": 3.0}
SHOPPING = {
    "all": [
        {"name": "warm", "when": "intent_tier in ('hot', 'warm')", "reason": "warm"},
        {"name": "active", "when": "active_days_30d >= $days", "reason": "active"},
    ]
}


def shopping(days: int = 2, **given: Any) -> Any:
    return audience("shopping", "in_market", SHOPPING, parameters={"days": days}, **given)


def loyal(**given: Any) -> Any:
    return audience("due", "loyalty", "list_contains(triggers, 'service_due')", **given)


def person(name: str, brand: str = "lux", **given: Any) -> dict[str, Any]:
    return {"person_id": name, "brand": brand, "intent_tier": "warm", "active_days_30d": 3, "channels": [], **HERE, **given}


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    return candidates(*({key: value for key, value in row.items() if key != "channels"} for row in rows))


def side(engine: DuckDBEngine, of: Policy, who: pl.DataFrame, *, is_after: bool = False) -> Side:
    nothing = {"person_identifier": rows_of(PERSON_IDENTIFIER, []), "previous_membership": rows_of(MEMBERSHIP, [])}
    register(engine, {"candidate": who, **nothing})
    made = STEP.frames(engine, day(of))
    traits = {
        "candidate": who,
        "zip_distance": rows_of(ZIP_DISTANCE, []),
        "trigger_event": rows_of(TRIGGER_EVENT, []),
        "intent": rows_of(INTENT, []),
    }
    return Side(of, AS_OF, {name: as_text(frame) for name, frame in {**made, **traits}.items()}, is_after)


def moved(engine: DuckDBEngine, old: tuple[Policy, pl.DataFrame], new: tuple[Policy, pl.DataFrame]) -> list[tuple[Any, ...]]:
    found = moves(engine, side(engine, *old), side(engine, *new, is_after=True))
    return found.select("audience", "person_id", "change", "cause", "what", "other").rows()


def test_nothing_changed_moves_nobody(engine: DuckDBEngine) -> None:
    same = (policy(shopping()), people(person("p1"), person("p2", active_days_30d=1)))
    assert moved(engine, same, same) == []


def test_a_changed_parameter_is_the_rule_that_it_belongs_to(engine: DuckDBEngine) -> None:
    who = people(person("p1"), person("p2", active_days_30d=2))
    old, new = (policy(shopping(2)), who), (policy(shopping(3)), who)
    assert moved(engine, old, new) == [("shopping", "p2", "leave", "rule", "active", None)]
    assert moved(engine, new, old) == [("shopping", "p2", "enter", "rule", "active", None)]


def test_a_tier_that_changed_says_from_and_to(engine: DuckDBEngine) -> None:
    old, new = people(person("p1", intent_tier="hot")), people(person("p1", intent_tier="cold"))
    of = policy(shopping())
    assert moved(engine, (of, old), (of, new)) == [("shopping", "p1", "leave", "tier", "intent hot to cold", None)]
    assert moved(engine, (of, new), (of, old)) == [("shopping", "p1", "enter", "tier", "intent cold to hot", None)]


def test_a_trigger_that_fires_no_more_is_named(engine: DuckDBEngine) -> None:
    old = people(person("p1", triggers=["lease_end", "service_due"]))
    new = people(person("p1", triggers=["lease_end"]))
    assert moved(engine, (policy(loyal()), old), (policy(loyal()), new)) == [
        ("due", "p1", "leave", "trigger", "service_due", None)
    ]


def test_another_trait_is_named_by_its_column(engine: DuckDBEngine) -> None:
    old, new = people(person("p1")), people(person("p1", active_days_30d=1))
    assert moved(engine, (policy(shopping()), old), (policy(shopping()), new)) == [
        ("shopping", "p1", "leave", "trait", "active_days_30d", None)
    ]


def test_an_exclusion_is_named(engine: DuckDBEngine) -> None:
    who = people(person("p1", is_staff=True), person("p2"))
    without = policy(shopping(exclusions=[{"name": "staff", "when": "is_staff"}]))
    assert moved(engine, (policy(shopping()), who), (without, who)) == [("shopping", "p1", "leave", "exclusion", "staff", None)]


def test_arbitration_names_the_key_and_the_winner(engine: DuckDBEngine) -> None:
    who = people(person("p1", triggers=["service_due"]))
    alone, both = policy(shopping(code="IM")), policy(shopping(code="IM"), loyal())
    assert moved(engine, (alone, who), (both, who)) == [
        ("due", "p1", "enter", "audience", None, "shopping"),
        ("shopping", "p1", "leave", "arbitration", "segment_priority", "due"),
    ]


def test_somebody_who_is_no_candidate_any_more_says_so(engine: DuckDBEngine) -> None:
    of = policy(shopping())
    assert moved(engine, (of, people(person("p1"), person("p2"))), (of, people(person("p1")))) == [
        ("shopping", "p2", "leave", "candidate", None, None)
    ]


def test_another_cell_of_the_same_audience_is_a_move(engine: DuckDBEngine) -> None:
    who = people(person("p1"))
    old, new = policy(shopping(cell_by=("brand", "market"))), policy(shopping(cell_by=("brand",)))
    assert moved(engine, (old, who), (new, who)) == [("shopping", "p1", "move", "cell", "TST_IM_LUX_M1", None)]


def test_brands_that_an_audience_is_not_for_any_more(engine: DuckDBEngine) -> None:
    who = people(person("p1"), person("p2", "vol1", rooftop_id="R02"))
    old, new = policy(shopping()), policy(shopping(brands=("lux",)))
    assert moved(engine, (old, who), (new, who)) == [("shopping", "p2", "leave", "rule", "brands", None)]


def test_sizes_and_cells_count_both_directions(engine: DuckDBEngine) -> None:
    who = people(person("p1"), person("p2", active_days_30d=2), person("p3", active_days_30d=1))
    sides = side(engine, policy(shopping(3)), who), side(engine, policy(shopping(2)), who, is_after=True)
    assert sizes(*sides).rows() == [("in_market", "shopping", True, True, 1, 2, 1, 0)]
    assert cells(*sides).rows() == [("in_market", "shopping", "TST_IM_LUX_M1", 1, 2, 1, 0)]


def test_an_audience_that_is_switched_off_has_size_nought_after(engine: DuckDBEngine) -> None:
    who = people(person("p1"))
    sides = side(engine, policy(shopping()), who), side(engine, policy(shopping(is_on=False)), who, is_after=True)
    assert sizes(*sides).rows() == [("in_market", "shopping", True, False, 1, 0, 0, 1)]


def test_the_funnel_counts_each_loss_once(engine: DuckDBEngine) -> None:
    excluded = shopping(exclusions=[{"name": "staff", "when": "is_staff"}, {"name": "business", "when": "is_business"}])
    who = people(
        person("cold", intent_tier="cold"),
        person("idle", active_days_30d=0),
        person("staff", is_staff=True, is_business=True),
        person("due", triggers=["service_due"]),
        person("in"),
        # excluded for one brand only: what counts is that another brand remains
        person("half", is_business=True), person("half", "vol1"),
        # one brand fails the first rule, the other the second
        person("none", intent_tier="cold"), person("none", "vol1", active_days_30d=0),
    )  # fmt: skip
    found = funnel(engine, side(engine, policy(excluded, loyal()), who)).filter(pl.col("audience") == "shopping")
    assert found.select("step", "name", "winner", "lost", "remaining").rows() == [
        ("candidates", None, None, 0, 7),
        ("rule", "warm", None, 1, 6),
        ("rule", "active", None, 2, 4),
        ("exclusion", "staff", None, 1, 3),
        ("exclusion", "business", None, 0, 3),
        ("arbitration", "segment_priority", "due", 1, 2),
        ("members", None, None, 0, 2),
        ("no_channel", None, None, 0, 2),
        ("addressed", None, None, 0, 2),
    ]


PERSON = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from([f"p{n}" for n in range(8)]),
        "brand": st.sampled_from(["lux", "vol1"]),
        "intent_tier": st.sampled_from(["hot", "warm", "cold"]),
        "active_days_30d": st.integers(0, 3),
        "is_staff": st.booleans(),
        "is_business": st.booleans(),
        "triggers": st.lists(st.just("service_due"), max_size=1),
        "distance_miles": st.sampled_from([1.0, 25.0]),
    }
)
WORLD = st.lists(PERSON, max_size=12, unique_by=lambda row: (row["person_id"], row["brand"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=WORLD, new=WORLD, days=st.integers(0, 3))
def test_every_figure_adds_up(engine: DuckDBEngine, old: list[dict[str, Any]], new: list[dict[str, Any]], days: int) -> None:
    named = [{"name": "staff", "when": "is_staff"}, {"name": "business", "when": "is_business"}]
    before = side(engine, policy(shopping(2, exclusions=named), loyal()), candidates(*({**HERE, **row} for row in old)))
    after = side(
        engine, policy(shopping(days), loyal(exclusions=named)), candidates(*({**HERE, **row} for row in new)), is_after=True
    )
    told, gone = figures(engine, before, after)
    for (_, _), steps in told["funnel"].group_by("side", "audience", maintain_order=True):
        first = steps["remaining"][0]
        assert (steps["remaining"] == first - steps["lost"].cum_sum()).all()
    for (_, _, _), steps in told["channels"].group_by("side", "audience", "channel", maintain_order=True):
        assert (steps["remaining"] == steps["remaining"][0] - steps["lost"].cum_sum()).all()
    ends = told["funnel"].filter(pl.col("step") == "members").select("side", "audience", "remaining")
    for row in told["sizes"].iter_rows(named=True):
        for name in ("before", "after"):
            mine = ends.filter((pl.col("side") == name) & (pl.col("audience") == row["audience"]))
            assert mine["remaining"].to_list() == [row[name]]
        counts = dict(
            told["causes"].filter(pl.col("audience") == row["audience"]).group_by("change").agg(pl.col("people").sum()).rows()
        )
        assert (counts.get("enter", 0), counts.get("leave", 0)) == (row["entered"], row["left"])
        assert row["after"] - row["before"] == row["entered"] - row["left"]
    assert gone["cause"].null_count() == 0
    assert not gone.select("audience", "person_id").is_duplicated().any()


def test_tiers_of_intent_cross_from_before_to_after(engine: DuckDBEngine) -> None:
    def of(*tiers: tuple[str, str]) -> Side:
        rows = [{"person_id": name, "brand": "all", "tier": tier} for name, tier in tiers]
        frames = {name: pl.DataFrame() for name in ("candidate", "eligibility", "membership", "overlap", "trigger_event")}
        return Side(policy(), AS_OF, {**frames, "intent": as_text(rows_of(INTENT, rows))})

    found = intent_tiers(of(("p1", "hot"), ("p2", "warm"), ("p3", "cold")), of(("p1", "warm"), ("p2", "warm"), ("p4", "hot")))
    assert found.rows() == [("hot", "warm", 1), ("warm", "warm", 1), ("cold", "none", 1), ("none", "hot", 1)]


def test_triggers_are_counted_per_person_and_vehicle() -> None:
    def of(*rows: tuple[str, str, str]) -> Side:
        listed = [{"person_id": name, "vin": vin, "trigger": trigger} for name, vin, trigger in rows]
        return Side(policy(), AS_OF, {"trigger_event": as_text(rows_of(TRIGGER_EVENT, listed))})

    found = triggers(of(("p1", "V1", "a"), ("p1", "V2", "a")), of(("p1", "V1", "a"), ("p2", "", "b")))
    assert found.rows() == [("a", 2, 1, 0, 1), ("b", 0, 1, 1, 0)]


@pytest.mark.parametrize(
    ("splits", "expected"),
    [
        (
            {"total_by_segment": {"in_market": 0.6, "loyalty": 0.4}, "in_market_by_brand": {"lux": 0.75, "vol1": 0.25}},
            [("conquest", "segment", "conquest", 0.0, 0, None), ("in_market", "segment", "in_market", 600.0, 3, 200.0),
             ("in_market", "brand", "lux", 450.0, 2, 225.0), ("in_market", "brand", "vol1", 150.0, 1, 150.0),
             ("loyalty", "segment", "loyalty", 400.0, 0, None)],
        ),
        (
            {"total_by_market_type": {"primary": 0.8, "tertiary": 0.2}, "primary_by_segment": {"in_market": 1.0},
             "tertiary_by_segment": {"loyalty": 1.0}},
            [("conquest", "segment", "conquest", 0.0, 0, None), ("conquest", "market_type", "primary", 0.0, 0, None),
             ("conquest", "market_type", "tertiary", 0.0, 0, None), ("in_market", "segment", "in_market", 800.0, 3, 800 / 3),
             ("in_market", "market_type", "primary", 800.0, 2, 400.0), ("in_market", "market_type", "tertiary", 0.0, 1, 0.0),
             ("loyalty", "segment", "loyalty", 200.0, 0, None), ("loyalty", "market_type", "primary", 0.0, 0, None),
             ("loyalty", "market_type", "tertiary", 200.0, 0, None)],
        ),
    ],
)  # fmt: skip
def test_budget_per_member_follows_the_splits_of_the_plan(splits: dict[str, dict[str, float]], expected: list[Any]) -> None:
    listed = {name: [{"name": one, "share": share} for one, share in parts.items()] for name, parts in splits.items()}
    plan = PlanPolicy(budget=Budget.model_validate({"total_usd_per_year": 1000, "splits": listed}), targets=(), messages=())
    members = rows_of(
        MEMBERSHIP,
        [{"person_id": name, "segment": "in_market", "brand": brand, "market": market, "identity_tier": "exact"}
         for name, brand, market in (("p1", "lux", "metro"), ("p2", "lux", "metro"), ("p3", "vol1", "town"))],
    )  # fmt: skip
    found = budget(policy(plan=plan), members)
    assert [tuple(row[:5]) for row in found.rows()] == [tuple(row[:5]) for row in expected]
    assert found["usd_per_member"].to_list() == pytest.approx([row[5] for row in expected])


def test_side_by_side_keeps_what_only_one_side_has() -> None:
    both = pl.DataFrame({"side": ["before", "before", "after"], "key": ["a", None, None], "lost": [1, 2, 3]})
    found = side_by_side(both, ["key"], ["lost"])
    assert sorted(found.select("key", "lost_before", "lost_after").rows(), key=str) == [("a", 1, None), (None, 2, 3)]


def test_cells_share_what_the_plan_gives_their_segment_market_and_brand() -> None:
    splits = {
        "total_by_segment": ({"name": "conquest", "share": 0.4}, {"name": "in_market", "share": 0.6}),
        "conquest_by_market": ({"name": "metro", "share": 0.75}, {"name": "town", "share": 0.25}),
        "conquest_by_brand": ({"name": "lux", "share": 0.5}, {"name": "vol1", "share": 0.5}),
    }
    plan = PlanPolicy(budget=Budget.model_validate({"total_usd_per_year": 1000.0, "splits": splits}), targets=(), messages=())
    rows = [
        ("conquest", "A", "lux", "metro"), ("conquest", "A", "lux", "metro"), ("conquest", "A", "lux", "metro"),
        ("conquest", "B", "lux", "metro"), ("conquest", "C", "vol1", "town"),
        ("in_market", "D", "lux", "metro"), ("in_market", "D", "vol1", "town"), ("in_market", "E", "vol1", None),
    ]  # fmt: skip
    people = pl.DataFrame(rows, schema=["segment", "cell", "brand", "market"], orient="row")
    # 400 x 0.75 x 0.5 = 150 by three of A and one of B; 400 x 0.25 x 0.5 = 50 for C; 600 by two of D and one of E
    assert {cell: round(usd, 6) for cell, usd in cell_budget(policy(plan=plan), people).items()} == {
        "A": 112.5, "B": 37.5, "C": 50.0, "D": 400.0, "E": 200.0,
    }  # fmt: skip
