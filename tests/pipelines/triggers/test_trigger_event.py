"""Since when a trigger is in force, until when, and what happens when it lapses."""

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.triggers.trigger import dollars, sentence_of
from pipelines.triggers.trigger_event import STEP
from schemas.policy.triggers import TriggerPolicy
from tests import trait_world as world

DAY = timedelta(days=1)
OLD_CAR = {"person_id": "p1", "vin": "V1", "vehicle_age_years": 4.0}
LEASE = {"person_id": "p1", "vin": "V1", "lease_ends_on": date(2026, 12, 1), "lease_days_left": 10}


def day(engine, as_of, *lifecycle, previous=(), policy=None):
    return world.run(engine, STEP, policy or world.policy(), as_of, lifecycle=lifecycle, previous_trigger_event=previous)


def test_a_trigger_keeps_the_day_on_which_it_fired(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    later = day(engine, world.AS_OF + 3 * DAY, OLD_CAR, previous=first)
    assert later["fired_on"].to_list() == [world.AS_OF]
    assert later["expires_on"].to_list() == [world.AS_OF + 90 * DAY]


def test_past_its_last_day_it_fires_anew(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    last = day(engine, world.AS_OF + 90 * DAY, OLD_CAR, previous=first)
    assert last["fired_on"].to_list() == [world.AS_OF]
    anew = day(engine, world.AS_OF + 91 * DAY, OLD_CAR, previous=last)
    assert anew["fired_on"].to_list() == [world.AS_OF + 91 * DAY]


def test_what_no_longer_holds_is_gone_and_starts_again_later(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    gone = day(engine, world.AS_OF + DAY, previous=first)
    assert gone.is_empty()
    again = day(engine, world.AS_OF + 2 * DAY, OLD_CAR, previous=gone)
    assert again["fired_on"].to_list() == [world.AS_OF + 2 * DAY]


def test_no_trigger_outlives_its_due_date(engine):
    assert day(engine, world.AS_OF, LEASE)["expires_on"].to_list() == [date(2026, 12, 1)]
    far = {**LEASE, "lease_ends_on": date(2027, 3, 1), "lease_days_left": 100}
    assert day(engine, world.AS_OF, far)["expires_on"].to_list() == [world.AS_OF + 30 * DAY]


def test_another_vehicle_is_another_event(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    both = day(engine, world.AS_OF + DAY, OLD_CAR, {**OLD_CAR, "vin": "V2"}, previous=first)
    assert both["fired_on"].to_list() == [world.AS_OF, world.AS_OF + DAY]


def test_a_trigger_that_is_off_does_not_fire(engine):
    policy = world.policy()
    off = policy.triggers.model_copy(update={"triggers": {"vehicle_age": TriggerPolicy(is_on=False, expires_days=9)}})
    assert day(engine, world.AS_OF, OLD_CAR, policy=policy.model_copy(update={"triggers": off})).is_empty()


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "$0"), (999.49, "$999"), (1000, "$1,000"), (1234567.5, "$1,234,568"), (-1200.4, "-$1,200"), (-100000, "-$100,000")],
)
def test_dollars_are_whole_and_grouped(amount, text):
    assert pl.select(dollars(pl.lit(amount))).item() == text


def test_a_sentence_survives_an_unknown_figure():
    frame = pl.DataFrame({"a": [1, None], "b": [2.5, 1e6]})
    assert frame.select(sentence_of("{a} of {b:usd}.")).to_series().to_list() == ["1 of $2.", "unknown of $1,000,000."]
