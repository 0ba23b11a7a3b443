"""Whom a rooftop reaches: the nearest one of the brand that may have the person, though a nearer one reaches less far."""

from typing import Any

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.audiences.membership import STEP
from pipelines.audiences.radius import register_reach
from schemas.policy import Policy
from schemas.policy.plan import ConquestBrand, ConquestPolicy, Radius
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.geography import ZIP_DISTANCE, ZIP_REACH
from schemas.tables.identity import PERSON_IDENTIFIER
from tests.audience_world import audience, candidates, day, policy, register, rows_of

WITHIN = "distance_miles <= $radius_miles or $in_whole_market"
REASON = {"name": "within", "when": WITHIN, "reason": "lives {distance_miles:.0f} of {radius_miles:.0f} miles away"}
OWNERS = audience("owners", "conquest", REASON)
SHOPPERS = audience("shoppers", "in_market", REASON)
# Brief A: 50 miles around every rooftop, up to 75 in metro markets for conquest. R02 is metro here, R03 stands alone.
RADII = tuple(
    Radius(segment=segment, market_type=kind, miles=miles)
    for segment, kind, miles in (
        ("conquest", "primary", 75), ("conquest", "tertiary", 50), ("in_market", "primary", 50), ("in_market", "tertiary", 50)
    )
)  # fmt: skip
CONQUEST = ConquestPolicy(brands=(ConquestBrand(brand="vol1", makes=("Toyota",)),), radii=RADII)
TYPES = {"metro": "primary", "town": "tertiary"}


def near(code: str, to_metro: float, to_town: float, home: str | None = None) -> list[dict[str, Any]]:
    """The distances of a ZIP to R02 (metro) and R03 (town), both of vol1."""
    return [
        {"zip": code, "rooftop_id": rooftop, "brand": "vol1", "market": market, "market_type": TYPES[market],
         "distance_miles": miles, "home_market": home}
        for rooftop, market, miles in (("R02", "metro", to_metro), ("R03", "town", to_town))
    ]  # fmt: skip


def run(engine: DuckDBEngine, of: Policy, *places: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """One person per place, named like its ZIP: audience, cell, market, rooftop and the sentence of each member."""
    people = []
    for rows in places:
        first = min(rows, key=lambda one: (one["distance_miles"], one["rooftop_id"]))
        kept = ("zip", "brand", "rooftop_id", "distance_miles", "market", "market_type", "home_market")
        people.append({"person_id": first["zip"], **{name: first[name] for name in kept}})
    distances = rows_of(ZIP_DISTANCE, [row for rows in places for row in rows])
    register_reach(engine, of, distances)
    reach = engine.sql("SELECT * FROM zip_reach").select(
        pl.col(name).cast(one.dtype) for name, one in ZIP_REACH.schema.columns().items()
    )
    nothing = {"person_identifier": rows_of(PERSON_IDENTIFIER, []), "previous_membership": rows_of(MEMBERSHIP, [])}
    register(engine, {"candidate": candidates(*people), "zip_distance": distances, "zip_reach": reach, **nothing})
    built = STEP.frames(engine, day(of))
    found = built["membership"].select("person_id", "audience", "cell", "market", "rooftop_id", "reasons")
    return {row[0]: (*row[1:5], row[5][0]["sentence"]) for row in found.rows()}


def test_the_nearest_rooftop_that_may_have_somebody_has_them(engine: DuckDBEngine) -> None:
    of = policy(OWNERS, conquest=CONQUEST)
    found = run(
        engine,
        of,
        near("10001", 70, 60),
        near("10002", 70, 45),
        near("10003", 80, 60),
        near("10004", 75, 51),
        near("10005", 40, 60),
    )
    assert found == {
        # 60 miles from the town's rooftop, which reaches 50; 70 from the metro's, which reaches 75
        "10001": ("owners", "TST_CQ_VL1_M1", "metro", "R02", "lives 70 of 75 miles away"),
        "10002": ("owners", "TST_CQ_VL1_M2", "town", "R03", "lives 45 of 50 miles away"),
        "10004": ("owners", "TST_CQ_VL1_M1", "metro", "R02", "lives 75 of 75 miles away"),
        "10005": ("owners", "TST_CQ_VL1_M1", "metro", "R02", "lives 40 of 75 miles away"),
    }


def test_each_segment_has_its_own_reach(engine: DuckDBEngine) -> None:
    of = policy(OWNERS, SHOPPERS, conquest=CONQUEST)
    found = run(engine, of, near("10001", 70, 60), near("10002", 70, 45))
    assert found["10001"][:4] == ("owners", "TST_CQ_VL1_M1", "metro", "R02")
    assert found["10002"][:4] == ("shoppers", "TST_IM_VL1_M2", "town", "R03")


def test_a_market_has_the_people_of_its_zips_though_another_rooftop_is_nearer(engine: DuckDBEngine) -> None:
    whole = tuple(Radius(segment="conquest", market_type=kind, whole_market=True) for kind in TYPES.values())
    of = policy(audience("owners", "conquest", WITHIN), conquest=CONQUEST.model_copy(update={"radii": whole}))
    found = run(engine, of, near("10001", 40, 30, home="metro"), near("10002", 10, 30), near("10003", 40, 30, home="town"))
    assert {who: row[1:4] for who, row in found.items()} == {
        "10001": ("TST_CQ_VL1_M1", "metro", "R02"),
        "10003": ("TST_CQ_VL1_M2", "town", "R03"),
    }


def test_whom_no_rooftop_reaches_is_seen_from_the_nearest(engine: DuckDBEngine) -> None:
    wide = audience("wide", "conquest", {"name": "wide", "when": "distance_miles <= 100", "reason": "{distance_miles:.0f} miles"})
    found = run(engine, policy(wide, conquest=CONQUEST), near("10001", 90, 80))
    assert found == {"10001": ("wide", "TST_CQ_VL1_M2", "town", "R03", "80 miles")}


@pytest.mark.parametrize(("kind", "miles"), [("metro", 75), ("standalone", 50)])
def test_brief_a_says_so(kind: str, miles: int) -> None:
    radii = {(one.segment, one.market_type): one.miles for one in load_policy("velocity_a").conquest.radii}
    assert radii["conquest", kind] == miles and radii["in_market", kind] == 50
