"""The simulator: a world of people and vehicles, the feeds it would send, and the truth beside them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_samples.simulator.contacts import make_leads
from data_samples.simulator.days import make_calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.feed_bought import write_appends, write_ownership
from data_samples.simulator.feed_campaigns import write_email_status, write_exposures
from data_samples.simulator.feed_crm import write_contacts
from data_samples.simulator.feed_elsewhere import write_elsewhere
from data_samples.simulator.feed_leads import write_leads
from data_samples.simulator.feed_sales import write_sales
from data_samples.simulator.feed_service import write_appointments, write_service
from data_samples.simulator.feed_signals import write_signals
from data_samples.simulator.feed_sites import write_calls, write_inventory
from data_samples.simulator.feed_steward import write_identity_rules, write_privacy
from data_samples.simulator.feed_web import write_web
from data_samples.simulator.sessions import make_sessions
from data_samples.simulator.truth import write_truth
from data_samples.simulator.world import Progress, make_world
from data_samples.simulator.writer import Writer
from schemas.policy import Policy

DMS_FEEDS = (write_sales, write_service, write_appointments)
OTHER_FEEDS = (
    write_contacts,
    write_ownership,
    write_appends,
    write_signals,
    write_elsewhere,
    write_inventory,
    write_calls,
    write_email_status,
    write_exposures,
    write_privacy,
    write_identity_rules,
)


@dataclass(frozen=True)
class SimulationSummary:
    """What was written: files, rows and bytes per feed, and how many people there are (anonymous visitors apart)."""

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
    for write in DMS_FEEDS:
        write(world, writer)
    tell("DMS files", 0.4)
    leads = make_leads(world)
    write_leads(world, writer, leads)
    for write in OTHER_FEEDS:
        write(world, writer)
    tell("CRM, bought and vendor files", 0.5)
    sessions = make_sessions(world, leads)
    write_web(world, writer, sessions, leads)
    tell("web files", 0.97)
    write_truth(world, writer, sessions)
    tell("done", 1.0)
    return SimulationSummary(out, len(world.people), dict(writer.files), dict(writer.rows), dict(writer.sizes))


__all__ = ["SimulationSummary", "simulate"]
