"""Membership of a day, with literal rows in and out."""

from datetime import date

import polars as pl

from assets.engine import DuckDBEngine
from pipelines.audiences.membership import STEP
from schemas.policy.channels import ChannelsPolicy
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.identity import PERSON_IDENTIFIER
from tests.audience_world import AS_OF, audience, candidates, day, policy, register, rows_of

LOYALTY = audience(
    "service_due",
    "loyalty",
    {
        "all": [
            {"name": "customer", "when": "is_customer_of_brand", "reason": "bought the brand here"},
            {
                "name": "due",
                "when": "service_days_to_due between 0 and $notice_days",
                "reason": "due in {service_days_to_due} days, on {service_due_on}",
            },
        ]
    },
    parameters={"notice_days": 30},
    exclusions=[{"name": "staff", "when": "is_staff"}, {"name": "business", "when": "is_business"}],
    cell_by=("brand", "rooftop"),
    score="60 - service_days_to_due",
)
IN_MARKET = audience(
    "shopping",
    "in_market",
    {
        "all": [
            {"name": "intent", "when": "intent_score >= $points", "reason": "{intent_score:.0f} points, from {points}"},
            {
                "name": "near",
                "when": "distance_miles <= $radius_miles or $in_whole_market",
                "reason": "lives {distance_miles:.1f} miles away",
            },
        ]
    },
    parameters={"points": 20},
    hot_from=60,
    warm_from=20,
)
CONQUEST = audience(
    "owners",
    "conquest",
    {
        "all": [
            {"name": "competitor", "when": "competitor_make is not null", "reason": "holds a {competitor_make}"},
            {
                "name": "reach",
                "when": "distance_miles <= $radius_miles or $in_whole_market",
                "reason": "lives {distance_miles:.0f} miles away",
            },
        ]
    },
    exclusions=[{"name": "own_brand", "when": "owns_own_brand"}],
)


def run(engine: DuckDBEngine, of, frame: pl.DataFrame, identifiers=(), previous=(), as_of=AS_OF) -> dict[str, pl.DataFrame]:
    register(
        engine,
        {
            "candidate": frame,
            "person_identifier": rows_of(PERSON_IDENTIFIER, identifiers),
            "previous_membership": rows_of(MEMBERSHIP, previous),
        },
    )
    return STEP.frames(engine, day(of, as_of))


def verdicts(built: dict[str, pl.DataFrame]) -> list[tuple]:
    return built["eligibility"].rows()


def test_a_member_has_reasons_with_figures_a_neutral_cell_and_a_day(engine: DuckDBEngine) -> None:
    person = {
        "person_id": "p1", "brand": "vol1", "is_customer_of_brand": True, "service_days_to_due": 12, "market": "metro",
        "service_due_on": date(2026, 12, 3), "rooftop_id": "R02", "service_rooftop_id": "R03", "household_id": "h1",
    }  # fmt: skip
    row = run(engine, policy(LOYALTY), candidates(person))["membership"].row(0, named=True)
    assert row["cell"] == "TST_LO_VL1_R03"
    assert (row["rooftop_id"], row["market"], row["score"], row["tier"]) == ("R03", "town", 48.0, None)
    assert row["reasons"] == [
        {"rule": "customer", "sentence": "bought the brand here", "since": AS_OF, "evidence": "is_customer_of_brand yes"},
        {"rule": "due", "sentence": "due in 12 days, on 2026-12-03", "since": AS_OF, "evidence": "service_days_to_due 12"},
    ]
    assert (row["entered_on"], row["expires_on"]) == (AS_OF, date(2026, 12, 21))
    assert (row["arm"], row["channels"], row["message"]) == ("treatment", ["email", "mail", "social"], "hello")


def test_parameters_of_the_row_come_from_the_radii_of_policy(engine: DuckDBEngine) -> None:
    shared = {"brand": "vol1", "competitor_make": "Toyota", "market": "metro", "rooftop_id": "R02", "market_type": "primary"}
    far = {**shared, "market_type": "tertiary", "market": "town", "rooftop_id": "R03"}
    built = run(
        engine,
        policy(CONQUEST),
        candidates(
            {**shared, "person_id": "at_home", "home_market": "metro", "distance_miles": 44.0},
            {**shared, "person_id": "other_home", "home_market": "town", "distance_miles": 1.0},
            {**shared, "person_id": "no_home", "home_market": None, "distance_miles": 1.0},
            {**far, "person_id": "near_town", "home_market": "metro", "distance_miles": 30.0},
            {**far, "person_id": "far_town", "home_market": "town", "distance_miles": 30.1},
            {**far, "person_id": "no_zip", "distance_miles": None, "market_type": None},
        ),
    )
    assert built["membership"]["person_id"].to_list() == ["at_home", "near_town"]
    assert built["membership"]["cell"].to_list() == ["TST_CQ_VL1_M1", "TST_CQ_VL1_M2"]


def test_the_first_exclusion_that_holds_is_the_cause_and_excluded_people_do_not_compete(engine: DuckDBEngine) -> None:
    due = {"brand": "vol1", "is_customer_of_brand": True, "service_days_to_due": 1, "intent_score": 50.0, "distance_miles": 1.0}
    near = {"market_type": "primary", "market": "metro", "rooftop_id": "R02"}
    built = run(
        engine,
        policy(LOYALTY, IN_MARKET),
        candidates({**due, **near, "person_id": "p1", "is_staff": True, "is_business": True}, {**due, **near, "person_id": "p2"}),
    )
    assert verdicts(built) == [
        ("service_due", "p1", "vol1", "excluded", "staff", None),
        ("service_due", "p2", "vol1", "member", None, None),
        ("shopping", "p1", "vol1", "member", None, None),
        ("shopping", "p2", "vol1", "lost", "segment_priority", "service_due"),
    ]
    assert built["overlap"].rows() == [("service_due", "shopping", 1)]


def test_one_brand_per_person_by_garage_then_interest_then_distance(engine: DuckDBEngine) -> None:
    base = {"intent_score": 30.0, "market_type": "primary", "market": "metro", "rooftop_id": "R02", "distance_miles": 5.0}
    rows = [
        {**base, "person_id": person, "brand": brand, **more}
        for person, brand, more in (
            ("garage", "lux", {"owns_this_brand": True}),
            ("garage", "vol1", {"top_brand": "vol1", "brand_intent_score": 30.0}),
            ("interest", "lux", {"distance_miles": 1.0}),
            ("interest", "vol1", {"top_brand": "vol1"}),
            ("distance", "lux", {}),
            ("distance", "vol1", {"distance_miles": 4.0}),
            ("name", "lux", {}),
            ("name", "vol1", {}),
        )
    ]
    lost = [row[1:5] for row in verdicts(run(engine, policy(IN_MARKET), candidates(*rows))) if row[3] == "lost"]
    assert lost == [
        ("distance", "lux", "lost", "brand_distance"),
        ("garage", "vol1", "lost", "brand_garage"),
        ("interest", "lux", "lost", "brand_interest"),
        ("name", "vol1", "lost", "brand_name"),
    ]


def test_within_a_segment_the_lower_number_wins_and_names_break_ties(engine: DuckDBEngine) -> None:
    wide = {"first": 20, "second": 10, "third": 10}
    built = run(
        engine,
        policy(*[audience(name, "loyalty", "is_customer", priority=number) for name, number in wide.items()]),
        candidates({"person_id": "p1", "brand": "lux", "is_customer": True}),
    )
    assert [row[0:1] + row[3:] for row in verdicts(built)] == [
        ("first", "lost", "audience_priority", "second"),
        ("second", "member", None, None),
        ("third", "lost", "audience_name", "second"),
    ]
    assert built["membership"]["cell"].to_list() == ["TST_LO_LUX_NA"]


def test_a_segment_that_is_off_has_no_members_and_brands_limit_an_audience(engine: DuckDBEngine) -> None:
    channels = ChannelsPolicy(
        segment_priority=("loyalty", "in_market", "conquest"), brand_choice=("garage",), platforms={}, segments_on=("in_market",)
    )
    of = policy(
        audience("kept", "in_market", "is_customer", brands=("vol1",)),
        audience("off", "in_market", "is_customer", is_on=False),
        audience("segment_off", "loyalty", "is_customer"),
        channels=channels,
    )
    built = run(engine, of, candidates(*[{"person_id": "p1", "brand": brand, "is_customer": True} for brand in ("lux", "vol1")]))
    assert built["membership"].select("audience", "brand").rows() == [("kept", "vol1")]
    assert built["overlap"].height == 0


def test_since_is_carried_while_the_rule_keeps_holding_and_entry_stays(engine: DuckDBEngine) -> None:
    before = date(2026, 11, 1)
    previous = {
        "audience": "shopping", "person_id": "p1", "segment": "in_market", "entered_on": before, "policy_hash": "hash-1",
        "identity_tier": "exact", "reasons": [{"rule": "intent", "sentence": "30 points", "since": before}],
    }  # fmt: skip
    person = {"person_id": "p1", "brand": "vol1", "intent_score": 61.6, "distance_miles": 3.25, "market_type": "primary"}
    row = run(engine, policy(IN_MARKET), candidates(person), previous=[previous])["membership"].row(0, named=True)
    assert row["reasons"] == [
        {"rule": "intent", "sentence": "62 points, from 20", "since": before, "evidence": "intent_score 61.6"},
        {"rule": "near", "sentence": "lives 3.3 miles away", "since": AS_OF, "evidence": "distance_miles 3.25"},
    ]
    assert (row["entered_on"], row["tier"]) == (before, "hot")


def test_people_known_only_from_a_bought_list_get_the_channels_of_their_licence(engine: DuckDBEngine) -> None:
    shared = {"brand": "vol1", "competitor_make": "Toyota", "home_market": "metro", "market": "metro", "market_type": "primary"}
    bought = {**shared, "is_first_party": False}
    identifier = {"kind": "address", "value": "1 MAIN ST|TOWN|NC|28202", "rank": 1, "licence_id": "L1", "is_first_party": False}
    built = run(
        engine,
        policy(CONQUEST),
        candidates(
            {**bought, "person_id": "listed", "licence_id": "L1"},
            {**bought, "person_id": "expired", "licence_id": None},
            {**shared, "person_id": "ours"},
        ),
        identifiers=[
            {**identifier, "person_id": "listed", "permitted_channels": ["mail", "ctv"], "licence_expires_on": AS_OF},
            {**identifier, "person_id": "expired", "permitted_channels": ["mail"], "licence_expires_on": date(2026, 11, 20)},
        ],
    )
    assert built["membership"].select("person_id", "channels").rows() == [
        ("expired", []),
        ("listed", ["mail"]),
        ("ours", ["email", "mail", "social"]),
    ]


def test_no_audience_and_nobody_give_empty_tables_in_the_right_shape(engine: DuckDBEngine) -> None:
    for of in (policy(), policy(LOYALTY)):
        built = run(engine, of, candidates())
        assert built["membership"].height == built["eligibility"].height == 0
        assert built["membership"].schema["reasons"] == MEMBERSHIP.schema.columns()["reasons"].dtype
