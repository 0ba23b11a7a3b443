"""How the tests stand on a day: arms, sizes, what they can see, and who was addressed who should not have been."""

import dataframely as dy

from schemas.contract import GuardRail, Table


class ExperimentArm(dy.Schema):
    """One arm of a test on the day: its size beside what it should be, and what the test can see."""

    test = dy.String(primary_key=True, description="test, global_control, or geo_ and the segment")
    arm = dy.String(primary_key=True, description="arm")
    segment = dy.String(nullable=True, description="segment of the test; none for the global control")
    is_in_force = dy.Bool(description="whether the test runs on the day")
    effect = dy.String(description="what the arm changes, in words")
    share = dy.Float64(nullable=True, min=0, max=1, description="share that policy asks for")
    assigned = dy.Int64(min=0, description="people in the arm, members or not")
    members = dy.Int64(min=0, description="people in the arm who are members of its segment today")
    addressed = dy.Int64(min=0, description="those with a channel who are not held back")
    contaminated = dy.Int64(min=0, description="people in whom two arms met")
    delivered = dy.Int64(min=0, description="held back, and at a platform all the same")
    exposed = dy.Int64(min=0, description="held back, and saw advertising since the assignment")
    ratio_p = dy.Float64(nullable=True, min=0, max=1, description="chi-square p of the test's sizes against its shares")
    imbalance = dy.Float64(nullable=True, min=0, description="largest standardised difference of a stratum's share")
    needed = dy.Int64(nullable=True, min=0, description="people that the arm needs for the lift that policy asks for")
    power_now = dy.Float64(nullable=True, min=0, max=1, description="power with the people of the smallest arm today")
    weeks_needed = dy.Float64(nullable=True, min=0, description="weeks until enough at the pace of the last four; none: not so")


class ExperimentHealth(dy.Schema):
    """A figure of the tests with its limit."""

    metric = dy.String(primary_key=True, description="what is watched")
    value = dy.Float64(description="the figure")
    limit = dy.Float64(nullable=True, description="its limit")
    is_within = dy.Bool(description="whether the figure keeps to the limit")
    is_blocking = dy.Bool(description="whether policy lets no figures be published that break the limit")


EXPERIMENT_ARM = Table(
    "experiment_arm", "measurement", ExperimentArm, "Arms of all tests: sizes, balance, power, contamination.", is_personal=False
)
EXPERIMENT_HEALTH = Table(
    "experiment_health",
    "measurement",
    ExperimentHealth,
    "What is watched of the tests.",
    is_personal=False,
    guard_rails=(
        GuardRail("sample_ratio", "experiment_arm", "Arms have the sizes that policy asks for: the smallest chi-square p."),
        GuardRail("held_back_delivered", "experiment_arm", "Nobody held back is at a platform."),
        GuardRail("held_back_exposed", "experiment_arm", "Share of the held back who saw advertising since their assignment."),
        GuardRail("arms_met", "experiment_arm", "Share of people in tests in whom two arms met, by a merge or in a home."),
    ),
)
