"""The simulator: a world of people and vehicles, the feeds it would send, and the truth beside them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_samples.simulator import feed_dms
from data_samples.simulator.days import make_calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.world import Progress, make_world
from data_samples.simulator.writer import Writer
from schemas.policy import Policy


@dataclass(frozen=True)
class SimulationSummary:
    """What was written: files, rows and bytes per feed, and how many people there are."""

    out: Path
    people: int
    files: dict[str, int]
    rows: dict[str, int]
    sizes: dict[str, int]


def simulate(
    policy: Policy,
    *,
    people: int,
    months: int,
    until: date,
    seed: int,
    out: Path,
    progress: Progress | None = None,
    days: int | None = None,
) -> SimulationSummary:
    """Writes OUT/drop/<feed>/... and OUT/truth/*.parquet. Equal arguments give equal bytes.

    `people` customers and, in proportion, owners of competitor vehicles and anonymous visitors; `months` of history up to
    and including `until`. `days`: the last days that get files of their own, everything before in one delivery the day
    before them; without it the history is delivered by month and the last sixty days daily.
    """
    tell = progress or (lambda _step, _share: None)
    world = make_world(policy, Draws(seed), make_calendar(until, months, days), people, tell)
    writer = Writer(out)
    feed_dms.write_sales(world, writer)
    feed_dms.write_service(world, writer)
    feed_dms.write_appointments(world, writer)
    tell("done", 1.0)
    return SimulationSummary(out, len(world.people), dict(writer.files), dict(writer.rows), dict(writer.sizes))


__all__ = ["SimulationSummary", "simulate"]
