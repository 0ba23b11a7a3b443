"""Every table there is: our own, and the accepted and quarantine table of every feed."""

from functools import cache

from schemas.contract import Feed, Limits, Quarantine, Table
from schemas.sources import all_feeds
from schemas.tables import all_tables

# Packages of pipelines whose steps make the tables of a day.
STAGES = (
    "records",
    "identity",
    "identity.web",
    "traits",
    "propensity",
    "triggers",
    "experiments",
    "audiences",
    "activation",
    "measurement",
)


def accepted_table(feed: Feed) -> Table:
    """The contract of a feed's accepted table."""
    watch = Limits(max_null_share=feed.watched, fresh_column="version_at", fresh_days=feed.late_days, is_advisory=True)
    return Table(feed.name, "sources", feed.schema(), feed.description, kind="log", owner=feed.owner, limits=watch)


def quarantine_table(feed: Feed) -> Table:
    """The contract of a feed's quarantine."""
    return Table(
        feed.quarantine,
        "sources",
        Quarantine,
        f"Rows of {feed.name} that broke their contract, with rule, reason and raw text; replayable.",
        kind="log",
        owner=feed.owner,
    )


@cache
def all_contracts() -> dict[str, Table]:
    """Every table by name."""
    feeds = {table.name: table for feed in all_feeds().values() for table in (accepted_table(feed), quarantine_table(feed))}
    return {**feeds, **all_tables()}
