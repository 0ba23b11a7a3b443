"""Since when a trigger is in force, until when, and what happens when it lapses."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.triggers.trigger_event import STEP
from schemas.policy.triggers import TriggerPolicy
from tests import trait_world as world

DAY = timedelta(days=1)
OLD_CAR = {"person_id": "p1", "vin": "V1", "vehicle_age_years": 4.0}
LEASE = {"person_id": "p1", "vin": "V1", "lease_ends_on": date(2026, 12, 1), "lease_days_left": 10}


def day(engine, as_of, *lifecycle, previous=None, policy=None, **inputs):
    """The events of a day, and the memory that the next day reads."""
    policy = policy or world.policy()
    memory = previous.memory if previous else ()
    event = world.run(engine, STEP, policy, as_of, lifecycle=lifecycle, previous_trigger_memory=memory, **inputs)
    return Result(event, world.built(engine, STEP, policy, as_of)["trigger_memory"])


@dataclass(frozen=True)
class Result:
    event: pl.DataFrame
    memory: pl.DataFrame

    def __getitem__(self, column):
        return self.event[column]

    def fired(self):
        return self.event["fired_on"].to_list()


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
    assert gone.event.is_empty()
    for _ in range(8):
        gone = day(engine, gone.memory["noted_on"].max() + DAY if gone.memory.height else world.AS_OF + 9 * DAY, previous=gone)
    again = day(engine, world.AS_OF + 9 * DAY, OLD_CAR, previous=gone)
    assert again.fired() == [world.AS_OF + 9 * DAY]


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
    assert day(engine, world.AS_OF, OLD_CAR, policy=policy.model_copy(update={"triggers": off})).event.is_empty()


def test_a_short_gap_does_not_start_a_moment_anew(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    gap = day(engine, world.AS_OF + DAY, previous=first)
    again = day(engine, world.AS_OF + 7 * DAY, OLD_CAR, previous=gap)
    assert again.fired() == [world.AS_OF]
    assert day(engine, world.AS_OF + 8 * DAY, OLD_CAR, previous=gap).fired() == [world.AS_OF + 8 * DAY]


def test_days_without_a_run_are_no_gap(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    assert day(engine, world.AS_OF + 40 * DAY, OLD_CAR, previous=first).fired() == [world.AS_OF]


def test_a_due_date_that_drifts_is_the_same_moment_and_one_that_jumps_is_not(engine):
    first = day(engine, world.AS_OF, LEASE)
    drifted = {**LEASE, "lease_ends_on": date(2026, 12, 9), "lease_days_left": 17}
    assert day(engine, world.AS_OF + DAY, drifted, previous=first).fired() == [world.AS_OF]
    extended = {**LEASE, "lease_ends_on": date(2027, 5, 1), "lease_days_left": 160}
    assert day(engine, world.AS_OF + DAY, extended, previous=first).fired() == [world.AS_OF + DAY]


def test_a_merge_keeps_the_earlier_day(engine):
    first = day(engine, world.AS_OF, {**OLD_CAR, "person_id": "p2"})
    both = day(engine, world.AS_OF + DAY, OLD_CAR, {**OLD_CAR, "person_id": "p2"}, previous=first)
    assert both.fired() == [world.AS_OF + DAY, world.AS_OF]
    merged = ({"retired_person_id": "p2", "person_id": "p1"},)
    one = day(engine, world.AS_OF + 2 * DAY, OLD_CAR, previous=both, retired_person=merged)
    assert one.fired() == [world.AS_OF]
    assert one.memory["person_id"].to_list() == ["p1"]
    # days later the merge is no event of the day, and the day still stands
    assert day(engine, world.AS_OF + 5 * DAY, OLD_CAR, previous=one, retired_person=merged).fired() == [world.AS_OF]


def test_a_merge_into_somebody_who_never_had_the_moment_keeps_it(engine):
    first = day(engine, world.AS_OF, {**OLD_CAR, "person_id": "p9"})
    merged = ({"retired_person_id": "p9", "person_id": "p1"},)
    assert day(engine, world.AS_OF + 3 * DAY, OLD_CAR, previous=first, retired_person=merged).fired() == [world.AS_OF]


def test_a_split_takes_moments_of_vehicles_along(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    parted = ({"event_id": "e1", "kind": "split", "person_id": "p7", "other_person_id": "p1"},)
    later = day(engine, world.AS_OF + DAY, {**OLD_CAR, "person_id": "p7"}, previous=first, id_event=parted)
    assert later.fired() == [world.AS_OF]


def test_somebody_who_is_gone_is_forgotten(engine):
    first = day(engine, world.AS_OF, OLD_CAR)
    gone = day(engine, world.AS_OF + DAY, previous=first, retired_person=({"retired_person_id": "p1", "person_id": None},))
    assert gone.memory.is_empty()


def test_every_event_says_as_of_when(engine):
    assert day(engine, world.AS_OF, OLD_CAR)["as_of"].to_list() == [world.AS_OF]
