"""Days in a row against a platform that fails at random: real exports, real deliveries, real receipts. Nobody is lost."""

import json
import random
from datetime import timedelta

import pytest

from assets.delivery import open as doors
from assets.delivery.destination import Answer, Refused, Rejection, Unreached
from assets.delivery.engine import deliver
from assets.delivery.fold import TABLES, clear, folded
from assets.engine import DuckDBEngine
from assets.lake import Lake
from pipelines.activation.exports import STEP as EXPORTS
from pipelines.activation.held import STEP as HELD_STEP
from pipelines.step import Day
from schemas.policy.channels import Platform as PlatformPolicy
from schemas.policy.privacy import Grant
from schemas.tables import all_tables
from tests.assets.delivery.delivery_world import DAY, GROUP, account
from tests.audience_world import rows_of
from tests.pipelines.activation.activation_world import World, policy

PEOPLE = [f"p{number:02d}" for number in range(14)]
CELLS = ["VAG_LO_LUX_M1", "VAG_LO_LUX_M2"]
DAYS, CALM_DAYS = 8, 3


class Moody:
    """A platform that is not reached, loses answers, refuses and rejects, with a seed; `is_calm` ends it. It cannot settle."""

    def __init__(self, seed):
        self.random, self.holds, self.is_calm, self.refused_adds = random.Random(seed), {}, False, 0

    def __call__(self, opening):
        return self

    def send(self, batch, key):
        mood = 1.0 if self.is_calm else self.random.random()
        if mood < 0.15:
            raise Unreached("HTTP 503")
        if mood < 0.25:
            raise Refused("INVALID_REQUEST")
        if mood < 0.35:
            raise Unreached("timeout", is_unknown=True)
        told = json.loads(batch.body)
        people = dict(zip(batch.members, told["records"].split(","), strict=True))
        left_out = set(self.random.sample(batch.members, 1)) if mood < 0.5 and told["operation_type"] == "ADD" else set()
        taken = {digest for person, digest in people.items() if person not in left_out}
        cell = self.holds.setdefault(batch.cell, set())
        if told["operation_type"] == "ADD":
            cell |= taken
        else:
            cell -= taken
        if mood < 0.6:
            raise Unreached("cut after it was applied", is_unknown=True)
        return Answer("r", tuple(Rejection(person, "BAD") for person in sorted(left_out)))

    def settle(self, batch, key):
        return None

    def held(self, cell):
        return None

    def close(self):
        pass


def day_of(as_of, where):
    base = policy()
    granted = Grant(recipient="pinterest", purpose="ads", basis="first_party_relationship", segments=("loyalty",))
    one = PlatformPolicy(
        is_on=True, channels=("social",), account="1", min_members=1, membership_days=5, segments=("loyalty",),
        delivery=where.delivery,
    )  # fmt: skip
    base.privacy = base.privacy.model_copy(update={"grants": (granted,)})
    base.channels = base.channels.model_copy(update={"platforms": {"pinterest": one}, "refresh_within_days": 1})
    base.group = type("Group", (), {"time_zone": "America/New_York"})()
    return Day(as_of, base, "seed")


def run_day(lake, engine, the_day, world):
    """Fold what was delivered, make held and the exports, and publish all of it."""
    for name, frame in folded(lake, the_day.as_of).items():
        lake.publish(lake.stage(name, the_day.as_of, frame), name, the_day.as_of)
    clear(lake, the_day.as_of)
    engine.register("receipt_member", lake.read("receipt_member", the_day.as_of))
    for name in ("held", "delivered", "delivery_way", "dead_letter"):
        parts = lake.parts(name, "previous", the_day.as_of)
        engine.register(
            f"previous_{name}", lake.read(name, the_day.as_of - timedelta(days=1)) if parts else rows_of(all_tables()[name], [])
        )
    made = HELD_STEP.frames(engine, the_day)
    world.previous, world.dead, world.told = made["held"], made["dead_letter"], lake.read("receipt_member", the_day.as_of)
    made |= world.export(engine, the_day)
    for table in (*HELD_STEP.tables, *EXPORTS.tables):
        lake.publish(lake.stage(table.name, the_day.as_of, made[table.name]), table.name, the_day.as_of)
    return made


def world_of(moods, opted_out):
    """Some people in some cells, all with an e-mail; who opted out did so through the privacy feed."""
    world = World()
    for person in PEOPLE:
        if moods.random() < 0.6:
            world.add_person(person, address="", cell=moods.choice(CELLS))
        else:
            world.add_person(person, address="")
            world.rows["audience_loyalty"].pop()
    for person in opted_out:
        world.ask("opt_out_sharing", email=f"{person}@example.com", received_on=DAY)
    return world


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_whatever_goes_wrong_nobody_is_lost_and_all_is_well_in_the_end(tmp_path, monkeypatch, seed):
    platform, moods, opted_out = Moody(seed), random.Random(seed), set()
    monkeypatch.setitem(doors.OPENERS, "folder", platform)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    lake, where = Lake(tmp_path, GROUP), account(attempts=2, give_up_after=99, rejected_days=2)
    at_the_platform, world = set(), World()
    for number in range(DAYS + CALM_DAYS):
        platform.is_calm = number >= DAYS
        if number in (2, 5):
            opted_out.add(moods.choice(sorted(set(PEOPLE) - opted_out)))
        engine, the_day = DuckDBEngine(), day_of(DAY + timedelta(days=number), where)
        if number <= DAYS:  # then it stays as it is
            world = world_of(moods, opted_out)
        made = run_day(lake, engine, the_day, world)
        engine.close()
        known = {
            (row["cell"], one.split(":")[1])
            for row in made["held"].to_dicts()
            for one in row["identifiers"]
            if one[:5] == "email"
        }
        assert at_the_platform <= known, "whoever may be there is known to be there"
        asked = made["export_member"].filter(made["export_member"]["action"].cast(str) != "remove")
        assert not set(asked["person_id"]) & opted_out
        deliver(lake, where, the_day.as_of, {})
        at_the_platform = {(cell, digest) for cell, digests in platform.holds.items() for digest in digests}
    dead = set(made["dead_letter"].filter(made["dead_letter"]["is_set_aside"]).select("cell", "person_id").rows())
    wanted = {
        (row["cell"], one.split(":")[1])
        for row in made["delivered"].to_dicts()
        for one in row["identifiers"]
        if one.startswith("email") and (row["cell"], row["person_id"]) not in dead
    }
    assert wanted and wanted <= at_the_platform
    assert {cell_person for cell_person in at_the_platform - wanted} <= known, "only set-aside members who were there before"
    assert not opted_out & {row["person_id"] for row in made["delivered"].to_dicts()}
    assert all(table.name in lake.tables() for table in TABLES)
