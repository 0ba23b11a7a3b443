"""Each trigger on literal traits: who fires, who just does not, and what the sentence says."""

import json
from datetime import date
from decimal import Decimal

import pytest

from pipelines.triggers import all_triggers
from pipelines.triggers.trigger import MissingParameterError
from pipelines.triggers.trigger_event import STEP
from tests import trait_world as world
from tests.pipelines.triggers.trigger_cases import CASES, HELD, NOT_QUITE, ONE


def events(engine, **inputs):
    given = {name: row if isinstance(row, tuple) else (row,) for name, row in inputs.items()}
    rows = world.run(engine, STEP, world.policy(), **given)
    return {row["trigger"]: row for row in rows.iter_rows(named=True)}


OF_PERSON = {"life_event", "recent_mover"}


ELSEWHERE = {"competitor_vehicle_age", "competitor_service_visit"}


@pytest.mark.parametrize("name", sorted(CASES))
def test_trigger_fires_with_its_figures(engine, name):
    inputs, due_on, sentence, evidence = CASES[name]
    event = events(engine, **inputs)[name]
    assert (event["due_on"], event["sentence"], event["fired_on"]) == (due_on, sentence, world.AS_OF)
    assert json.loads(event["evidence"]) == evidence
    assert list(json.loads(event["evidence"])) == sorted(evidence)
    vin, rooftop = ("", None) if name in OF_PERSON else ("V1", None if name in ELSEWHERE else "R01")
    assert (event["vin"], event["rooftop_id"]) == (vin, rooftop)


def test_equity_counts_for_vehicles_whose_debt_is_known(engine):
    worth = {"person_id": "p1", "vin": "V1", "value_source": "depreciation_estimate", "equity_low": Decimal("1000.00")}
    worth = {**worth, "equity_high": Decimal("5432.10"), "payoff": Decimal(0)}
    event = events(engine, equity=worth, garage=HELD)["equity_positive"]
    assert event["sentence"] == "estimated equity $1,000 to $5,432"
    assert json.loads(event["evidence"])["value_source"] == "depreciation_estimate"
    assert events(engine, equity={**worth, "equity_low": Decimal("999.99")}, garage=HELD) == {}
    assert events(engine, equity=worth, garage={**HELD, "relation": "listed"}) == {}


@pytest.mark.parametrize("inputs", NOT_QUITE)
def test_just_outside_nothing_fires(engine, inputs):
    assert events(engine, **inputs) == {}


def test_due_today_is_due_and_not_overdue(engine):
    today = {**ONE, "state": "active", "due_on": world.AS_OF, "days_to_due": 0}
    assert set(events(engine, service=today)) == {"service_due"}


def test_the_registry_is_the_folder_and_matches_the_policy():
    known = all_triggers()
    assert {name: set(one.parameters) for name, one in world.TRIGGERS.triggers.items()} == {
        name: set(one.parameters) for name, one in known.items()
    }
    assert all(name == one.name for name, one in known.items())


def test_a_missing_number_is_named(engine):
    engine.register("lifecycle", world.frame(world._trait_table("lifecycle")))
    with pytest.raises(MissingParameterError, match=r"lease_end needs window_days.*triggers\.yaml"):
        all_triggers()["lease_end"].fire(engine, world.AS_OF, {})


@pytest.mark.parametrize(
    ("since", "as_of", "due"),
    [
        (date(2024, 2, 29), date(2026, 2, 20), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 20), date(2028, 2, 29)),
        (date(2024, 2, 28), date(2028, 2, 20), date(2028, 2, 28)),
        (date(2024, 1, 3), date(2026, 12, 30), date(2027, 1, 3)),
    ],
)
def test_an_anniversary_of_29_february_is_the_28th_except_in_leap_years(engine, since, as_of, due):
    rows = world.run(engine, STEP, world.policy(), as_of, garage=({**HELD, "since": since},))
    (event,) = rows.filter(trigger="anniversary").iter_rows(named=True)
    assert event["due_on"] == due


def test_a_warranty_that_is_over_without_a_known_day_is_said_without_one(engine):
    known = {**ONE, "is_out_of_warranty": True, "vehicle_age_years": 9.0}
    assert events(engine, lifecycle=known)["out_of_warranty"]["sentence"] == "out of basic warranty, vehicle is 9 years old"


def test_a_makers_own_vehicle_is_no_competitors(engine):
    old = {**ONE, "vehicle_age_years": 4.0}
    assert "competitor_vehicle_age" not in events(engine, lifecycle=old, garage={**HELD, "relation": "listed", "make": "Kia"})
    assert "competitor_vehicle_age" not in events(engine, lifecycle=old, garage={**HELD, "make": "BMW"})
