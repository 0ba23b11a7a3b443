"""What the breaker measures besides sizes: feeds, identities, identifiers, matches and overlap; and limits that cannot be."""

from datetime import date, timedelta

import pytest
from activation_world import CELL, TODAY, day, frame
from breaker_world import PEOPLE, TOMORROW, asked, first, held, limit, rows, with_breaker, world_of
from pydantic import ValidationError

from schemas.policy.breaker import BreakerLimit, BreakerPolicy


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
