"""What the next day asks of a platform: nothing, a renewal, a change of address, a removal."""

from datetime import timedelta

import polars as pl
import pytest
from activation_world import TODAY, World, day, sent


def next_day(world, engine, made, days=1, **changes):
    world.previous = made["delivered"]
    return world.export(engine, day(TODAY + timedelta(days=days), **changes))


def test_nothing_changed_asks_for_nothing_and_the_second_run_is_the_same(engine):
    world = World()
    for person in ("ann", "bob"):
        world.add_person(person)
    made, again = world.export(engine, day()), world.export(engine, day())
    assert all(made[name].equals(again[name]) for name in made)
    following = next_day(world, engine, made)
    assert following["export_member"].is_empty() and following["shared_with"].is_empty()
    assert following["delivered"].equals(made["delivered"])


@pytest.mark.parametrize(("days", "actions"), [(82, set()), (83, {"refresh"}), (90, {"add"}), (91, {"add"})])
def test_members_are_renewed_before_the_platform_forgets(engine, days, actions):
    world = World()
    world.add_person("ann")
    made = next_day(world, engine, world.export(engine, day()), days)
    assert set(sent(made).values()) == actions


def test_a_new_address_is_sent_and_the_old_one_withdrawn(engine):
    world = World()
    world.add_person("ann", email="old@example.com")
    made = world.export(engine, day())
    old = made["export_member"]["identifiers"][0][0]
    world.rows["person_identifier"][0]["value"] = "new@example.com"
    following = next_day(world, engine, made)
    row = following["export_member"].row(0, named=True)
    assert (row["action"], row["cause"], row["withdrawn"]) == ("refresh", "changed", [old])
    assert old not in row["identifiers"]
    assert following["delivered"].row(0, named=True)["since"] == TODAY


def test_leaving_is_removed_with_what_was_sent(engine):
    world = World()
    world.add_person("ann")
    made = world.export(engine, day())
    world.rows["audience_loyalty"].clear()
    following = next_day(world, engine, made)
    assert sent(following) == {("google", "ann"): "remove", ("meta", "ann"): "remove"}
    assert following["export_member"]["identifiers"].to_list() == made["export_member"]["identifiers"].to_list()
    assert following["export_member"]["cause"].to_list() == ["left", "left"]
    assert following["delivered"].is_empty()
    assert following["shared_with"]["action"].to_list() == ["remove", "remove"]


def test_merging_two_people_does_not_drop_what_the_survivor_stands_for(engine):
    world = World()
    world.add_person("ann", email="ann@example.com")
    made = world.export(engine, day())
    other = World()
    other.add_person("survivor", email="ann@example.com")
    other.identify("survivor", "phone", "+14045550100")
    following = next_day(other, engine, made)
    assert sent(following, "google") == {("google", "ann"): "remove", ("google", "survivor"): "add"}
    gone = following["export_member"].filter(pl.col("action") == "remove")
    assert gone["identifiers"].to_list() == [[], []]


@pytest.mark.parametrize("closed", ["feed", "off", "minimum"])
def test_removals_of_suppressed_people_never_wait(engine, closed):
    world = World()
    for person in ("ann", "bob"):
        world.add_person(person)
    made = world.export(engine, day())
    world.ask("opt_out_sharing", TODAY + timedelta(days=1), email="ann@example.com")
    if closed == "feed":
        world.feed("missing")
    changes = {"off": {"off": ("google", "meta")}, "minimum": {"min_members": 50}}.get(closed, {})
    following = next_day(world, engine, made, **changes)
    assert sent(following) == {("google", "ann"): "remove", ("meta", "ann"): "remove"}
    assert set(following["export_member"]["cause"]) == {"suppressed"}
    assert following["delivered"]["person_id"].to_list() == ["bob", "bob"]


def test_a_forgotten_person_is_removed_though_nothing_is_known_any_more(engine):
    world = World()
    world.add_person("ann")
    made = world.export(engine, day())
    following = next_day(World(), engine, made)
    assert sent(following, "google") == {("google", "ann"): "remove"}
    assert following["export_member"]["identifiers"].to_list()[0] == made["export_member"]["identifiers"].to_list()[0]


def test_a_closed_cell_lets_members_expire(engine):
    world = World()
    world.add_person("ann")
    made = world.export(engine, day())
    world.feed("missing")
    following = next_day(world, engine, made, 90)
    assert set(following["export_member"]["cause"]) == {"expired"}
    assert following["delivered"].is_empty()


def test_a_closed_cell_drops_a_member_whose_identifier_went(engine):
    world = World()
    world.add_person("ann", email="old@example.com")
    made = world.export(engine, day())
    world.rows["person_identifier"][0]["value"] = "new@example.com"
    world.feed("missing")
    following = next_day(world, engine, made)
    assert sent(following) == {("google", "ann"): "remove", ("meta", "ann"): "remove"}
    assert (
        following["export_member"]["identifiers"].list.set_difference(made["export_member"]["identifiers"]).list.len().sum() == 0
    )
    assert following["delivered"].is_empty()
