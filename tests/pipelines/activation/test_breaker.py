"""The circuit breaker on a world by hand: what it blocks, what it never blocks, and how it is released."""

from datetime import timedelta

import polars as pl
import pytest
from activation_world import CELL, TODAY, day
from breaker_world import PEOPLE, TOMORROW, asked, first, held, limit, rows, with_breaker, world_of


def test_a_first_day_has_no_history_and_is_not_blocked(engine):
    made = first(engine)
    assert len(asked(made)) == 20
    (whole, cell) = rows(made)
    assert (whole["cell"], cell["cell"]) == ("*", CELL)
    assert {whole["verdict"], cell["verdict"]} == {"no_history"}
    assert "nothing to compare with" in cell["says"]


@pytest.mark.parametrize(
    ("figure", "most", "people", "value"),
    [
        ("growth", 0.5, [*PEOPLE, *(f"q{n}" for n in range(11))], 0.55),
        ("shrinkage", 0.3, PEOPLE[:13], 0.35),
        ("removals_share", 0.2, [*PEOPLE[5:], *(f"q{n}" for n in range(5))], 0.25),
    ],
)
def test_a_size_that_moves_too_far_leaves_the_last_good_list_live(engine, figure, most, people, value):
    before = first(engine)
    made = world_of(people, before).export(engine, with_breaker(day(TOMORROW), limit(figure, most)))
    assert asked(made) == {}
    assert held(made) == PEOPLE
    assert made["delivered"].sort("platform", "person_id").equals(before["delivered"].sort("platform", "person_id"))
    (cell,) = rows(made, cell=CELL, figure=figure)
    assert cell["value"] == pytest.approx(value) and cell["limit"] == most
    assert (cell["verdict"], cell["is_blocked"]) == ("over", True)
    assert f"velocity release --platform google --cell {CELL} --date 2026-11-22" in cell["says"]
    new = len(set(people) - set(PEOPLE))
    causes = made["gate_refusal"].filter((pl.col("platform") == "google") & (pl.col("cause") == "breaker"))
    assert causes.get_column("people").to_list() == ([new] if new else [])


def test_a_move_within_the_limit_goes_through(engine):
    before = first(engine)
    made = world_of(PEOPLE[:15], before).export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made) == dict.fromkeys(PEOPLE[15:], "remove")
    assert {one["verdict"] for one in rows(made)} == {"within"}


def test_who_opted_out_leaves_a_blocked_cell_and_counts_for_no_movement(engine):
    before = first(engine)
    world = world_of([*PEOPLE[:10]], before)
    for one in PEOPLE[:3]:
        world.ask("opt_out_sharing", email=f"{one}@example.com")
    world.add_person("new")
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made) == dict.fromkeys(PEOPLE[:3], "remove")
    assert held(made) == PEOPLE[3:]
    assert set(made["export_member"].get_column("cause")) == {"suppressed"}
    (cell,) = rows(made, cell=CELL, figure="shrinkage")
    assert cell["value"] == pytest.approx(9 / 17), "8 stay of 17 who did not ask to leave"
    counted = {one["subject"]: one["value"] for one in rows(made, cell=CELL, figure="withheld")}
    assert counted == {"add": 1, "remove": 10}


def test_an_identifier_that_a_suppressed_person_carries_leaves_a_blocked_cell(engine):
    before = first(engine, **{"p00": {"email": "both@example.com"}})
    world = world_of(PEOPLE[:10], before, p00={"email": "both@example.com"})
    world.add_person("bob", email="both@example.com", segment="in_market")
    world.ask("opt_out_sharing", record_id="crm_contacts:bob")
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made) == {"p00": "remove"}


@pytest.mark.parametrize("is_member", [True, False], ids=["still a member", "left the audience"])
def test_an_ended_licence_leaves_a_blocked_cell(engine, is_member):
    bought = {one: {"own": False} for one in PEOPLE}
    before = world_of(PEOPLE, **bought).export(engine, with_breaker(day(), limit("growth", 0.5)))
    assert len(held(before, "meta")) == 20
    bought["p00"] |= {"licence_expires_on": TODAY}
    world = world_of(PEOPLE[:10] if is_member else PEOPLE[1:10], before, **bought)
    if not is_member:
        world.add_person("p00", **bought["p00"])
        world.rows["audience_loyalty"].pop()
    for one in PEOPLE[10:]:
        world.add_person(one, own=False)
        world.rows["audience_loyalty"].pop()
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made, "meta") == {"p00": "remove"}


def test_a_segment_that_policy_switched_off_leaves_without_being_judged(engine):
    before = first(engine)
    off = with_breaker(day(TOMORROW, segments_on=("conquest",)), limit("shrinkage", 0.3), limit("removals_share", 0.2))
    made = world_of(PEOPLE, before).export(engine, off)
    assert asked(made) == dict.fromkeys(PEOPLE, "remove")
    assert not any(one["is_blocked"] for one in rows(made))


def test_a_list_that_policy_does_not_name_any_more_is_taken_back(engine):
    before = first(engine)
    renamed = world_of(PEOPLE, before, **{one: {"cell": "VAG_LO_LUX_M1"} for one in PEOPLE})
    renamed.previous = renamed.previous.with_columns(cell=pl.lit("VAG_OLD_LUX_M1"))
    made = renamed.export(engine, with_breaker(day(TOMORROW), limit("removals_share", 0.2)))
    sent = made["export_member"].filter(pl.col("platform") == "google").group_by("cell", pl.col("action").cast(pl.String)).len()
    assert sorted(sent.rows()) == [(CELL, "add", 20), ("VAG_OLD_LUX_M1", "remove", 20)]


def test_an_expired_member_is_forgotten_and_a_renewal_waits(engine):
    before = first(engine)
    late = TODAY + timedelta(days=84)
    made = world_of(PEOPLE[:10], before).export(engine, with_breaker(day(late), limit("shrinkage", 0.3)))
    assert asked(made) == {}, "a renewal is a telling too"
    gone = world_of(PEOPLE[:10], made).export(engine, with_breaker(day(TODAY + timedelta(days=90)), limit("shrinkage", 0.3)))
    assert asked(gone) == {one: "add" if one in PEOPLE[:10] else "remove" for one in PEOPLE}, "the platform forgot them all"


def test_who_moves_out_of_a_blocked_list_does_not_stand_in_two(engine):
    other = "VAG_LO_LUX_M1_SOCIAL"
    people = [*PEOPLE, *(f"q{n}" for n in range(20))]
    before = first(engine, people, **{one: {"cell": other} for one in people[20:]})
    moving = {one: {"cell": other} for one in people[10:]}
    world = world_of(people, before, **moving)
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    blocked = {one["cell"] for one in rows(made) if one["is_blocked"]}
    assert blocked == {CELL}, "the platform as a whole has as many people as before"
    assert asked(made) == {}
    google = made["delivered"].filter(pl.col("platform") == "google")
    assert google.get_column("person_id").is_unique().all() and google.height == 40
    refused = made["gate_refusal"].filter((pl.col("platform") == "google") & (pl.col("cause") == "breaker"))
    assert refused.select("cell", "people").rows() == [(other, 10)]


def test_few_people_are_not_judged(engine):
    before = first(engine, PEOPLE[:4])
    made = world_of(["other"], before).export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert {one["verdict"] for one in rows(made)} == {"too_few"} and "other" in held(made)


def test_a_release_lets_the_cell_go_and_says_so(engine):
    before = first(engine)
    world = world_of(PEOPLE[:10], before)
    world.rows["breaker_release"] = [
        {"platform": "google", "cell": CELL, "reason": "list cut by hand", "released_by": "lead"},
        {"platform": "google", "cell": "*", "reason": "list cut by hand", "released_by": "lead"},
    ]
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made) == dict.fromkeys(PEOPLE[10:], "remove")
    assert asked(made, "meta") == {}, "another platform was not released"
    assert {one["verdict"] for one in rows(made, figure="shrinkage")} == {"released"}


def test_a_release_of_a_cell_leaves_the_platform_blocked(engine):
    before = first(engine)
    world = world_of(PEOPLE[:10], before)
    world.rows["breaker_release"] = [{"platform": "google", "cell": CELL, "reason": "x", "released_by": "y"}]
    made = world.export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3)))
    assert asked(made) == {}
    assert [(one["cell"], one["verdict"]) for one in rows(made, figure="shrinkage")] == [("*", "over"), (CELL, "released")]


def test_a_limit_that_warns_blocks_nothing(engine):
    before = first(engine)
    made = world_of(PEOPLE[:10], before).export(engine, with_breaker(day(TOMORROW), limit("shrinkage", 0.3, does="warn")))
    assert len(asked(made)) == 10
    assert {one["verdict"] for one in rows(made)} == {"over"} and "only warns" in rows(made)[0]["says"]
