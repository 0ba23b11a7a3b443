"""Distance to the nearest rooftop of each brand."""

import math

import pytest
import zipcodes

from pipelines.traits.geography import STEP
from schemas.policy.plan import Radius
from tests import trait_world as world


def rows_of(engine, *zips, policy=None, contacts=()):
    people = [{"person_id": f"p{n}", "zip": code} for n, code in enumerate(zips)]
    given = {"person": people, "contact_record": contacts}
    return world.run(engine, STEP, policy or world.policy(), **given).rows(named=True)


def table(engine, name, *zips, policy=None, contacts=()):
    rows_of(engine, *zips, policy=policy, contacts=contacts)
    return world.built(engine, STEP, policy or world.policy())[name].rows(named=True)


def miles(one, other):
    """Great-circle miles by the spherical law of cosines, not by the haversine."""
    (a,), (b,) = zipcodes.matching(one), zipcodes.matching(other)
    p, q = math.radians(float(a["lat"])), math.radians(float(b["lat"]))
    turn = math.radians(float(a["long"]) - float(b["long"]))
    return 3958.7613 * math.acos(math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(turn))


def test_each_brand_has_its_nearest_rooftop(engine):
    lux, vol = rows_of(engine, "28801")  # in Asheville, where only the volume brand is sold
    assert (lux["nearest_rooftop_id"], lux["market"], lux["market_type"]) == ("R01", "charlotte", "primary")
    assert (vol["nearest_rooftop_id"], vol["market"], vol["market_type"]) == ("R03", "asheville", "tertiary")
    assert lux["distance_miles"] == pytest.approx(miles("28801", "28227"), abs=0.02)
    assert vol["distance_miles"] == pytest.approx(miles("28801", "28806"), abs=0.02)
    assert (lux["home_market"], vol["home_market"]) == ("asheville", "asheville")


def test_a_person_without_a_known_zip_still_has_a_row_per_brand(engine):
    rows = rows_of(engine, None, "00000", "28105")
    assert len(rows) == 6
    for row in rows[:4]:
        assert (row["nearest_rooftop_id"], row["distance_miles"], row["is_zip_known"]) == (None, None, False)
    assert [(row["distance_miles"], row["is_zip_known"]) for row in rows[4:]][1] == (0.0, True)


def test_outside_every_market_there_is_no_home_market(engine):
    assert {row["home_market"] for row in rows_of(engine, "10001")} == {None}


def test_every_placed_zip_has_a_distance_to_every_rooftop(engine):
    found = table(engine, "zip_distance", "28801", "28801", "28105", "00000", "09001", None)
    assert [(one["zip"], one["rooftop_id"]) for one in found] == [
        (code, rooftop) for code in ("28105", "28801") for rooftop in ("R01", "R02", "R03")
    ]
    assert found[3]["distance_miles"] == pytest.approx(miles("28801", "28227"), abs=0.02)


def radii(*rows):
    policy = world.policy()
    parts = tuple(Radius(segment="conquest", market_type=kind, **reach) for kind, reach in rows)
    return policy.model_copy(update={"conquest": policy.conquest.model_copy(update={"radii": parts})})


def reached(engine, policy, *zips):
    found = table(engine, "zip_reach", *zips, policy=policy)
    return {(one["zip"], one["brand"]): (one["rooftop_id"], one["is_by_market"]) for one in found}


def test_a_rooftop_further_away_reaches_where_the_nearest_does_not(engine):
    # 28711 lies about 13 miles from R03 in Asheville (tertiary) and about 95 miles from the rooftops in Charlotte (primary).
    near = reached(engine, radii(("primary", {"miles": 200}), ("tertiary", {"miles": 50})), "28711")
    assert near == {("28711", "lux"): ("R01", False), ("28711", "vol"): ("R03", False)}
    far = reached(engine, radii(("primary", {"miles": 200}), ("tertiary", {"miles": 5})), "28711")
    assert far[("28711", "vol")] == ("R02", False)
    assert reached(engine, radii(("primary", {"miles": 50}), ("tertiary", {"miles": 5})), "28711") == {}


def test_a_whole_market_reaches_its_own_zips_and_no_others(engine):
    found = reached(engine, radii(("primary", {"whole_market": True})), "28105", "28801")
    assert found == {("28105", "lux"): ("R01", True), ("28105", "vol"): ("R02", True)}


def test_unlimited_reaches_everybody_with_a_place(engine):
    both = radii(("primary", {"unlimited": True}), ("tertiary", {"unlimited": True}))
    assert reached(engine, both, "96701")[("96701", "vol")][0] == "R03"


def test_postcodes_without_a_place_are_counted_by_reason(engine):
    raw = ["28105", "28105-1234", "00001", "00001-0000", " 00001 ", "09001", "K1A 0B1", "call me", "", None]
    contacts = [{"record_id": f"r{n}", "zip_raw": code} for n, code in enumerate(raw)]
    found = table(engine, "unmatched_zip", contacts=contacts)
    assert [(one["zip"], one["reason"], one["records"], one["people"]) for one in found] == [
        ("", "not_a_zip", 2, 2), ("00001", "unknown", 3, 3), ("09001", "no_place", 1, 1),
    ]  # fmt: skip
