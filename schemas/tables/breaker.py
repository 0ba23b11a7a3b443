"""Stage `exports`: what the circuit breaker measured and did, who released it, and how old each feed is."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import utc

WHOLE = "*"  # in place of a cell: the whole platform


class Breaker(dy.Schema):
    """A figure of a platform or cell against its limit."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name; * for the whole platform")
    figure = dy.String(
        primary_key=True, description="what is measured, as in channels.yaml breaker; withheld: what a block kept back"
    )
    subject = dy.String(primary_key=True, description="of feed_age the feed, of withheld the action; else empty")
    value = dy.Float64(nullable=True, description="its value on the day, in `unit`; null: not measured")
    limit = dy.Float64(nullable=True, description="the most that it may be; null: no limit")
    unit = dy.String(description="unit of value and limit")
    verdict = dy.Enum(
        ["within", "over", "released", "no_history", "too_few", "not_measured", "counted"],
        description="no_history: nothing is held yet; too_few: fewer people than policy judges; counted: has no limit",
    )
    is_blocked = dy.Bool(description="this figure keeps the platform or cell as it was")
    says = dy.String(description="figure, limit and what to do, as a sentence")


class BreakerRelease(dy.Schema):
    """Somebody let a blocked platform or cell go on a day, and said why."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name; * for the whole platform with all its cells")
    reason = dy.String(description="why, in words of who released it")
    released_by = dy.String(description="who released it")
    released_at = utc("when it was recorded")


class FeedFreshness(dy.Schema):
    """How old the newest file of each feed is."""

    feed = dy.String(primary_key=True, description="feed")
    newest_on = dy.Date(description="day of the stamp of the newest file that was taken")
    age_days = dy.Int64(min=0, description="days between it and the day; 0 where it is stamped later")


BREAKER = Table(
    "breaker",
    "exports",
    Breaker,
    "What the circuit breaker measured, against which limit, and what it blocked.",
    is_personal=False,
)
BREAKER_RELEASE = Table(
    "breaker_release", "exports", BreakerRelease, "Who released the circuit breaker on the day, and why.", kind="log"
)
FEED_FRESHNESS = Table(
    "feed_freshness", "exports", FeedFreshness, "How old the newest file of each feed is on the day.", is_personal=False
)
