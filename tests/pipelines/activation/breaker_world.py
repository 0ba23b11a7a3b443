"""A cell of twenty people with a circuit breaker, and the day after."""

from datetime import timedelta
from types import SimpleNamespace

import polars as pl
from activation_world import TODAY, World, day

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
