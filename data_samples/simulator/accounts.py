"""Customer accounts of the DMS: a number per person and rooftop, and often more than one."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import numbers, text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.mentions import Care, mention
from data_samples.simulator.people import BOUGHT_IN
from schemas.policy import Policy

SECOND_ACCOUNT = 0.05
SEVEN_TIMES = 0.004  # people entered anew by lead tool, CRM, credit, desking, F&I, scheduler and advisor
DMS_CARE, OLD_CARE = Care(), Care(stale=0.85, no_email=0.4, no_phone=0.2, placeholder=0.08, birth=0.15)


def is_seven_times(draws: Draws, people: pl.DataFrame) -> np.ndarray:
    """The people who are entered anew at every step."""
    ids = people["person"].to_numpy()
    return draws.chance("seven times", SEVEN_TIMES, ids) | (ids == 0)


def make_accounts(
    policy: Policy, draws: Draws, people: pl.DataFrame, deals: pl.DataFrame, visits: pl.DataFrame, calendar: Calendar
) -> pl.DataFrame:
    """One row per customer number: rooftop, number, person, first and last day, and the contact data it holds."""
    uses = account_uses(draws, people, deals, visits).filter(pl.col("day") <= calendar.last + 45)
    found = uses.group_by("rooftop", "person", "copy").agg(first_day=pl.col("day").min(), last_day=pl.col("day").max())
    found = found.sort("rooftop", "first_day", "person", "copy").with_row_index("account")
    found = found.with_columns(
        pl.col("account").cast(pl.Int64), number=(pl.int_range(pl.len()).over("rooftop") + 1007).cast(pl.String).str.zfill(7)
    )
    rooftop, who, copy, first, last = numbers(found, "rooftop", "person", "copy", "first_day", "last_day")
    key = (who * 64 + rooftop) * 8 + copy
    day = np.minimum(np.where(draws.chance("kept up", 0.65, key), last, first), calendar.last)
    bought_in = people["kind"].to_numpy()[who] == BOUGHT_IN
    parts = []
    for mask, care in ((~bought_in, DMS_CARE), (bought_in, OLD_CARE)):
        rows = np.flatnonzero(mask)
        seen = mention(policy, draws.branch("account"), people, who[rows], day[rows], key[rows], rooftop[rows], care)
        parts.append(seen.drop("person").with_columns(account=pl.Series(rows)))
    found = found.join(pl.concat(parts), on="account", how="left", maintain_order="left")
    return found.with_columns(_flags(draws, key))


def account_uses(draws: Draws, people: pl.DataFrame, deals: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Every use of an account: rooftop, person, copy and day, for buyers, co-buyers and service customers."""
    buyers = deals.filter(pl.col("person") >= 0).select("rooftop", "person", "day", step=pl.col("key") % 7)
    helpers = deals.filter(pl.col("co_person") >= 0).select(
        "rooftop", person=pl.col("co_person"), day=pl.col("day"), step=pl.col("key") % 7
    )
    served = visits.select("rooftop", "person", "day", step=pl.col("visit") % 7)
    return with_copy(draws, people, pl.concat([buyers, helpers, served], how="vertical_relaxed"))


def with_copy(draws: Draws, people: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """Adds `copy`: which of the person's accounts at the rooftop is used. Needs person, rooftop and step."""
    who, rooftop, step = numbers(uses, "person", "rooftop", "step")
    second = draws.chance("second account", SECOND_ACCOUNT, who, rooftop) & draws.chance("uses second", 0.4, who, rooftop, step)
    copy = np.where(is_seven_times(draws, people)[who.clip(0)], step, np.where(second, 1, 0))
    return uses.with_columns(copy=pl.Series(copy.astype(np.int64)))


def _flags(draws: Draws, key: np.ndarray) -> list[pl.Series]:
    yes = {
        name: draws.chance(name, share, key)
        for name, share in (("opt out", 0.03), ("block email", 0.03), ("block phone", 0.02), ("block mail", 0.02))
    }
    return [text(np.where(values, "Y", "N")).alias(name.replace(" ", "_")) for name, values in yes.items()]
