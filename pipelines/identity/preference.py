"""Preferences of policy as sort keys: which of several values of a person is the best."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.identity.standing import STANDINGS, UNKNOWN
from schemas.policy.identity import IdentityPolicy
from schemas.policy.survivorship import SurvivingField

OLDEST = date(1900, 1, 1)  # of a record whose last sign of life is not known
RECENCY = ("is_stale", "days_ago", "age_micros")


def recency(as_of: date, stale_after_months: int) -> list[pl.Expr]:
    """is_stale, days_ago, age_micros of a record: the less, the more recent. Whoever was never seen is stale."""
    stale_before = pl.lit(as_of).dt.offset_by(f"-{stale_after_months}mo")
    seen = pl.col("last_seen_on").fill_null(OLDEST)
    return [
        (seen < stale_before).alias("is_stale"),
        (pl.lit(as_of) - seen).dt.total_days().alias("days_ago"),
        (-pl.col("updated_at").dt.epoch("us")).alias("age_micros"),
    ]


def trust(feeds: Sequence[str]) -> pl.Expr:
    """Place of a record's feed in an order of feeds, 0 the most trusted; feeds that are not listed come last together."""
    places = {feed: place for place, feed in enumerate(feeds)}
    return pl.col("feed").cast(pl.String).replace_strict(places, default=len(places), return_dtype=pl.Int32)


def keys(field: SurvivingField, policy: IdentityPolicy, value: pl.Expr, parts: pl.Expr | None = None) -> dict[str, pl.Expr]:
    """Sort keys of a field by name, in the order of its preferences, the less the better.

    Args:
        field: the field.
        policy: identity.yaml.
        value: what is counted for most_frequent; over person_id.
        parts: how complete a value is, the more the better; null where a field is whole or nothing.
    """
    line = policy.survivorship.of(field)
    found: dict[str, pl.Expr] = {}
    for preference in line.prefer:
        match preference:
            case "verified":
                found["standing_place"] = pl.col("standing").cast(STANDINGS).fill_null(UNKNOWN).to_physical()
            case "source_order":
                found["field_trust"] = trust(line.source_order or policy.source_order)
            case "most_recent":
                found |= {name: pl.col(name) for name in RECENCY}
            case "most_complete":
                found["gaps"] = -parts if parts is not None else pl.lit(0)
            case "most_frequent":
                found["rarity"] = -pl.len().over("person_id", value).cast(pl.Int64)
    return found
