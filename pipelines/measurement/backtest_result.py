"""What a back-test found, as one value: figures of many people, never of one."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class TriggerBacktest:
    """What a back-test of a trigger found. Nothing in it is about one person."""

    trigger: str
    title: str
    days: tuple[date, ...]
    kinds: tuple[str, ...]  # of each day: own or reconstructed
    last_day: date
    new_only: bool
    place: str  # at which people were matched: rooftop, brand or group
    policy_hash: str
    results: pl.DataFrame
    curves: pl.DataFrame
    balance: pl.DataFrame
    funnel: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AudienceBacktest:
    """What a back-test of an audience found. Nothing in it is about one person."""

    audience: str
    title: str
    days: tuple[date, ...]
    kinds: tuple[str, ...]  # of each day: own or reconstructed
    every: int  # days between replayed days
    last_day: date
    policy_hash: str
    sizes: pl.DataFrame  # day, members
    rates: pl.DataFrame
    caught: pl.DataFrame
