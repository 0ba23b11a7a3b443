"""The circuit breaker on a world by hand: what it blocks, what it never blocks, and how it is released."""

from datetime import date, timedelta
from types import SimpleNamespace

import polars as pl
import pytest
from activation_world import CELL, TODAY, World, day, frame
from pydantic import ValidationError

from pipelines.step import Day
from schemas.policy.breaker import FIGURES, BreakerLimit, BreakerPolicy

TOMORROW = TODAY + timedelta(days=1)
PEOPLE = [f"p{n:02d}" for n in range(20)]


def limit(figure, most, **more):
    return BreakerLimit(figure=figure, limit=most, unit=FIGURES[figure].unit, source="test", **more)


def with_breaker(the_day, *limits, min_people=5):
    """The same day with a breaker, and the group and codes that name its one cell."""
    channels = the_day.policy.channels.model_copy(update={"breaker": BreakerPolicy(min_people=min_people, limits=limits)})
    group = SimpleNamespace(
        export_prefix="VAG", brands=[SimpleNamespace(brand="lux", code="LUX")], markets=[SimpleNamespace(market="m", code="M1")],
        rooftops=[],
    )  # fmt: skip
    audiences = [
        SimpleNamespace(**{**vars(one), "code": "LO", "brands": None, "cell_by": ("brand", "market"), "segment": "loyalty"})
        for one in the_day.policy.audiences
    ]
    policy = SimpleNamespace(
        privacy=the_day.policy.privacy,
        channels=channels,
        audiences=audiences,
        group=group,
        experiments=SimpleNamespace(experiments=()),
    )
    return Day(the_day.as_of, policy, "seed")


def world_of(people, previous=None, **each):
    world = World()
    for one in people:
        world.add_person(one, **each.get(one, {}))
    if previous is not None:
        world.previous = previous["delivered"]
    return world


def first(engine, people=PEOPLE, **each):
    return world_of(people, **each).export(engine, with_breaker(day(), limit("growth", 0.5)))


def rows(made, platform="google", **by):
    found = made["breaker"].filter(pl.col("platform") == platform)
    for name, value in by.items():
        found = found.filter(pl.col(name) == value)
    return found.to_dicts()


def asked(made, platform="google"):
    sent = made["export_member"].filter(pl.col("platform") == platform)
    return dict(sent.select("person_id", pl.col("action").cast(pl.String)).rows())


def held(made, platform="google"):
    return sorted(made["delivered"].filter(pl.col("platform") == platform).get_column("person_id"))


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


def test_old_feeds_and_moving_identities_block_the_platform(engine):
    before = first(engine)
    for table, row, one in (
        (
            "feed_freshness",
            {"feed": "dms_sales", "newest_on": date(2026, 11, 15), "age_days": 7},
            limit("feed_age", 4, feed="dms_sales"),
        ),
        ("identity_health", {"metric": "churn", "value": 0.09, "limit": 0.1}, limit("identity_churn", 0.05)),
    ):
        world = world_of([*PEOPLE, "new"], before)
        world.rows[table] = [row]
        made = world.export(engine, with_breaker(day(TOMORROW), one))
        assert asked(made) == {}
        (found,) = rows(made, figure=one.figure)
        assert (found["cell"], found["verdict"], found["is_blocked"]) == ("*", "over", True)


def test_lost_e_mails_block_and_nothing_is_taken_back(engine):
    before = first(engine)
    nothing = {one: {"email": "nothing", "address": "||"} for one in PEOPLE[:8]}
    no_e_mail = {one: {"email": "nothing"} for one in PEOPLE[:8]}
    for one, blank in ((limit("null_share", 0.2), no_e_mail), (limit("lost_share", 0.2), nothing)):
        made = world_of(PEOPLE, before, **blank).export(engine, with_breaker(day(TOMORROW), one))
        assert held(made) == PEOPLE and asked(made) == {}
        (cell,) = rows(made, cell=CELL, figure=one.figure)
        assert cell["value"] == pytest.approx(0.4)


def test_fewer_identifiers_per_person_are_a_loss_of_match(engine):
    phones = {one: {"phone": f"+1404555{n:04d}"} for n, one in enumerate(PEOPLE, 100)}
    before = first(engine, **phones)
    made = world_of(PEOPLE, before).export(engine, with_breaker(day(TOMORROW), limit("match_loss", 0.25)))
    (cell,) = rows(made, cell=CELL, figure="match_loss")
    assert cell["value"] == pytest.approx(1 / 3) and cell["is_blocked"], "e-mail, phone and address became e-mail and address"


def test_a_platform_that_reports_fewer_matches_is_held(engine):
    before = first(engine)
    world = world_of([*PEOPLE, "new"], before)
    world.rows["drift"] = [
        {
            "platform": "google",
            "cell": CELL,
            "delivery": str(n),
            "day": TODAY - timedelta(days=n),
            "reported": reported,
            "expected": 20,
        }
        for n, reported in ((2, 16), (1, 15), (0, 9))
    ]
    made = world.export(engine, with_breaker(day(TOMORROW), limit("reported_match_loss", 0.3)))
    (found,) = rows(made, figure="reported_match_loss")
    assert found["value"] == pytest.approx(1 - 9 / 16) and asked(made) == {}
    assert asked(made, "meta") == {"new": "add"}, "who reports nothing is not judged by it"
    assert rows(made, "meta")[0]["verdict"] == "not_measured"


def test_overlap_between_cells(engine):
    other = "VAG_LO_LUX_M1_SOCIAL"
    world = world_of(PEOPLE)
    for one in PEOPLE[:8]:
        world.rows["audience_loyalty"].append(
            world.rows["audience_loyalty"][0] | {"person_id": one, "audience": "due", "cell": other}
        )
    before = world.export(engine, with_breaker(day()))
    world.previous = before["delivered"]
    made = world.export(engine, with_breaker(day(TOMORROW), limit("overlap_share", 0.3)))
    found = {one["cell"]: (one["value"], one["is_blocked"]) for one in rows(made)}
    assert found == {"*": (0.4, True), CELL: (0.4, True), other: (1.0, True)}


def test_a_platform_has_its_own_limit():
    policy = BreakerPolicy(limits=(limit("growth", 0.5), limit("growth", 2.0, platform="email"), limit("shrinkage", 0.3)))
    assert [(one.figure, one.limit) for one in policy.of("email")] == [("growth", 2.0), ("shrinkage", 0.3)]
    assert [(one.figure, one.limit) for one in policy.of("google")] == [("growth", 0.5), ("shrinkage", 0.3)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"figure": "growth", "limit": 0.5, "unit": "per cent", "source": "x"}, "expected 'share of the people held'"),
        ({"figure": "shrinkage", "limit": 30, "unit": "share of the people held", "source": "x"}, "expected 0 to 1"),
        ({"figure": "feed_age", "limit": 3, "unit": "days", "source": "x"}, "feed_age needs feed"),
        ({"figure": "size", "limit": 3, "unit": "days", "source": "x"}, "Input should be"),
    ],
)
def test_limits_that_cannot_be(line, says):
    with pytest.raises(ValidationError, match=says):
        BreakerLimit.model_validate(line)


def test_without_history_of_the_delivered_table_the_frame_is_empty():
    assert frame("breaker", []).is_empty()
