"""Who moved, by appended moves and by the homes that records give."""

from datetime import date, datetime

import pytest

from pipelines.traits.residence import STEP
from tests import trait_world as world
from tests.pipelines.traits.test_geography import miles

MEMBERS = tuple({"record_id": f"r{n}", "person_id": "p1"} for n in range(4))
HERE, THERE = {"address": "12 OAK STREET", "zip": "28105"}, {"address": "7 ELM AVE APT 3", "zip": "28801"}


def contact(number, seen, home=HERE, version=date(2026, 11, 1), **columns):
    stamp = datetime(version.year, version.month, version.day)  # noqa: DTZ001 (file stamps are in group time)
    known = {"record_id": f"r{number}", "is_address_valid": True, "is_first_party": True, "last_seen_on": seen}
    return {**known, "updated_at": stamp, "created_on": min(version, world.AS_OF), **home, **columns}


def moves(engine, *contacts, as_of=world.AS_OF, before=(), people=()):
    given = {"contact_record": contacts, "member": MEMBERS, "person": people, "previous_address_seen": before}
    world.run(engine, STEP, world.policy(), as_of, **given)
    made = world.built(engine, STEP, world.policy(), as_of)
    return made["residence"].rows(named=True), made["address_seen"]


def test_a_new_home_after_the_last_sight_of_the_old_one_is_a_move(engine):
    (move,), _ = moves(engine, contact(0, date(2025, 3, 1)), contact(1, date(2026, 9, 5), THERE))
    assert (move["moved_after"], move["moved_on"], move["basis"]) == (date(2025, 3, 1), date(2026, 9, 5), "records")
    assert move["miles_moved"] == pytest.approx(miles("28105", "28801"), abs=0.02)


@pytest.mark.parametrize(
    "contacts",
    [
        (contact(0, date(2025, 3, 1)),),
        (contact(0, date(2025, 3, 1)), contact(1, date(2026, 9, 5), {"address": "12 OAK ST", "zip": "28105"})),  # spelling
        (contact(0, date(2025, 3, 1)), contact(1, date(2026, 9, 5), THERE, is_address_valid=False)),
        (contact(0, date(2025, 3, 1)), contact(1, date(2026, 9, 5), THERE, is_first_party=False)),
        (contact(0, date(2025, 3, 1)), contact(1, date(2026, 9, 5), THERE, is_business=True)),
        # two homes at once
        (contact(0, date(2025, 3, 1)), contact(1, date(2025, 1, 5), THERE), contact(2, date(2026, 9, 5), THERE)),
        (contact(0, date(2026, 9, 5)), contact(1, date(2026, 9, 5), THERE)),
    ],
)
def test_what_is_no_move(engine, contacts):
    assert moves(engine, *contacts)[0] == []


def test_a_record_that_changes_its_address_tells_when(engine):
    _, before = moves(engine, contact(0, date(2024, 1, 1)), as_of=date(2026, 11, 10))
    changed = contact(0, date(2024, 1, 1), THERE, version=date(2026, 11, 15))
    (move,), seen = moves(engine, changed, before=before)
    assert (move["moved_after"], move["moved_on"]) == (date(2024, 1, 1), date(2026, 11, 15))
    # the next day the record is as it was, and the move stays where it is
    assert moves(engine, changed, before=seen, as_of=date(2026, 11, 22))[0] == [move]


def test_an_appended_move_counts_from_its_day_and_the_newest_move_wins(engine):
    person = {"person_id": "p1", "life_events": ["move@2026-10-01", "move@2026-12-01", "new_job@2026-11-01", "move@never"]}
    (move,), _ = moves(engine, people=(person,))
    assert (move["moved_on"], move["basis"], move["miles_moved"]) == (date(2026, 10, 1), "append", None)
    (move,), _ = moves(engine, contact(0, date(2025, 3, 1)), contact(1, date(2026, 11, 5), THERE), people=(person,))
    assert move["basis"] == "records"


def test_a_record_that_is_gone_is_forgotten(engine):
    _, before = moves(engine, contact(0, date(2024, 1, 1)), as_of=date(2026, 11, 10))
    assert moves(engine, before=before)[1].is_empty()
