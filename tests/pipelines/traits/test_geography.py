"""Distance to the nearest rooftop of each brand."""

import math

import pytest
import zipcodes

from pipelines.traits.geography import STEP
from tests import trait_world as world


def rows_of(engine, *zips):
    people = [{"person_id": f"p{n}", "zip": code} for n, code in enumerate(zips)]
    return world.run(engine, STEP, world.policy(), person=people).rows(named=True)


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
