"""Deals at our rooftops: retail, lease, fleet, wholesale and unwound ones, with co-buyers, trades and service contracts."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws, Ints
from data_samples.simulator.ownership import LEASE
from schemas.policy import Policy

CONTRACTS = (
    ("Velocity Vehicle Service Contract", 84, 100_000),
    ("Velocity Vehicle Service Contract", 60, 75_000),
    ("Prepaid Maintenance", 36, 36_000),
)
FLEET_SHARE, UNWOUND_SHARE, CO_BUYER_SHARE = 0.012, 0.015, 0.3
WHOLESALE_SHARE = 0.5


def make_deals(policy: Policy, draws: Draws, people: pl.DataFrame, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """One row per deal with its kind, buyer, co-buyer (person numbers, -1 for none), vehicle spell, dates and status."""
    sold = spells.filter(pl.col("here") & (pl.col("start") <= calendar.last))
    ids = sold["spell"].to_numpy()
    retail = sold.select("spell", "person", "rooftop", day=pl.col("start")).with_columns(
        kind=text(
            np.where(
                draws.chance("fleet", FLEET_SHARE, ids), "fleet", np.where(sold["how"].to_numpy() == LEASE, "lease", "retail")
            )
        ),
        co_person=pl.Series(_co_buyers(draws, people, sold)),
    )
    deals = pl.concat([retail, _unwound(draws, retail, people), _wholesale(draws, spells, calendar)], how="vertical_relaxed")
    deals = deals.sort("rooftop", "day", "spell", "kind").with_row_index("deal").with_columns(pl.col("deal").cast(pl.Int64))
    key = (
        deals["spell"].to_numpy() * 4
        + deals["kind"].replace_strict({"retail": 0, "lease": 0, "fleet": 1, "unwound": 2, "wholesale": 3}).to_numpy()
    )
    number = _numbered(deals)
    contract = np.where(draws.chance("has contract", 0.42, key), draws.choose("contract", (0.4, 0.35, 0.25), key), -1)
    return deals.with_columns(
        number=text([f"{n:06d}" for n in number.tolist()]),
        finalized=pl.Series(deals["day"].to_numpy() + draws.integer("to finalise", 1, 9, key)),
        contract=pl.Series(np.where(np.isin(deals["kind"].to_numpy(), ("retail", "lease")), contract, -1)),
        key=pl.Series(key),
    )


def _numbered(deals: pl.DataFrame) -> Ints:
    """Deal numbers: a running number per rooftop."""
    return deals.select(pl.int_range(pl.len()).over("rooftop") + 301).to_series().to_numpy()


def _co_buyers(draws: Draws, people: pl.DataFrame, sold: pl.DataFrame) -> Ints:
    """The partner next in the household, for some deals of heads and partners."""
    who = sold["person"].to_numpy()
    role = at(people, "role", who).to_numpy()
    other = np.where(role == 0, who + 1, who - 1).clip(0, len(people) - 1)
    homes = people["household_id"].to_numpy()
    fits = (role <= 1) & (homes[other] == homes[who]) & (people["role"].to_numpy()[other] <= 1) & (other != who)
    return np.where(fits & draws.chance("co-buyer", CO_BUYER_SHARE, sold["spell"].to_numpy()), other, -1)


def _unwound(draws: Draws, retail: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Deals undone: the same vehicle had first been sold to somebody else, a few days before."""
    ids = retail["spell"].to_numpy()
    chosen = retail.filter(pl.Series(draws.chance("unwound", UNWOUND_SHARE, ids)))
    key = chosen["spell"].to_numpy()
    customers = int((people["kind"] <= 1).sum())
    return chosen.with_columns(
        person=pl.Series(draws.integer("unwound buyer", 0, max(customers // 2, 1), key)),
        day=pl.col("day") - 12,
        kind=pl.lit("unwound"),
        co_person=pl.lit(-1, dtype=pl.Int64),
    )


def _wholesale(draws: Draws, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Trade-ins that nobody bought from us go to an auction some weeks later; the auction is the customer."""
    traded = spells.filter(pl.col("trade_spell") >= 0)
    gone = spells.select(trade_spell=pl.col("spell"), resold=pl.col("resold_to"))
    traded = traded.join(gone, on="trade_spell", how="left", maintain_order="left").filter(pl.col("resold") < 0)
    key = traded["trade_spell"].to_numpy()
    day = traded["start"].to_numpy() + draws.integer("to auction", 8, 45, key)
    rows = pl.DataFrame({"spell": key, "person": np.full(len(key), -1), "rooftop": traded["rooftop"], "day": day})
    rows = rows.with_columns(kind=pl.lit("wholesale"), co_person=pl.lit(-1, dtype=pl.Int64))
    return rows.filter(pl.Series(draws.chance("wholesaled", WHOLESALE_SHARE, key) & (day <= calendar.last)))
