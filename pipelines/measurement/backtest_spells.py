"""Who is compared with whom: people on the day on which a trigger first held, and people in whom it did not hold that day.

A spell is a run of replayed days on which the trigger held for a person, over all vehicles. It counts once, on its first day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

UNIT = ["day", "person_id", "vin"]


@dataclass(frozen=True)
class Compared:
    """The rows to be matched, one per person, day and vehicle with is_fired, and what became of everybody (people)."""

    units: pl.DataFrame
    funnel: tuple[tuple[str, int], ...]


def compared(
    population: pl.DataFrame, in_force: pl.DataFrame, days: Sequence[date], before: date | None, *, new_only: bool = False
) -> Compared:
    """The fired on the first day of each spell, and on every day the customers in whom it did not hold.

    population: day, person_id, vin, since, is_staff, is_business and what is matched on; one row per vehicle held on a replayed
    day by a customer. in_force: day, person_id, vin (empty where it is about the person), due_on. `before` is the replayed day
    before the first: with new_only, spells that held on it already are left out.
    """
    spells = first_days(in_force, days, before)
    counted = spells.filter(~pl.col("held_before")) if new_only else spells
    plain = population.filter(~pl.col("is_staff"), ~pl.col("is_business"))
    fired = _vehicle(counted, population)
    kept = fired.join(plain, on=UNIT, how="inner").with_columns(is_fired=pl.lit(True))
    asked = plain.filter(pl.col("day").is_in(list(days)))
    others = asked.join(in_force, on=["day", "person_id"], how="anti").with_columns(is_fired=pl.lit(False))
    held = spells.filter("held_before")
    funnel = (
        ("customers who held a vehicle on a replayed day", _people(population.filter(pl.col("day").is_in(list(days))))),
        ("people in whom it held on a replayed day", _people(spells)),
        ("  of whom it held before the first day already", _people(held)),
        ("  left out: held before the first day, and only new ones were asked for", _people(spells) - _people(counted)),
        ("  left out: holds no vehicle that was bought, leased or serviced here", _people(counted) - _people(fired)),
        ("  left out: staff or a business", _people(fired) - _people(kept)),
        ("people counted", _people(kept)),
    )
    columns = [*plain.columns, "is_fired"]
    return Compared(pl.concat([kept.select(columns), others.select(columns)]).sort(UNIT), funnel)


def first_days(in_force: pl.DataFrame, days: Sequence[date], before: date | None) -> pl.DataFrame:
    """day, person_id, vin, held_before: the first day of each spell with the vehicle that is due first.

    held_before says that the spell already held on `before`, so that nobody knows on which day it began.
    """
    order = [*([before] if before else []), *sorted(days)]
    ranks = pl.DataFrame({"day": order, "rank": range(len(order))}, schema={"day": pl.Date, "rank": pl.Int64})
    per_person = (
        in_force.join(ranks, on="day").sort("person_id", "day", "due_on", "vin", nulls_last=True)
        .unique(["person_id", "day"], keep="first", maintain_order=True)
        .with_columns(is_first=(pl.col("rank") - pl.col("rank").shift(1).over("person_id", order_by="rank") != 1).fill_null(True))
    )  # fmt: skip
    spell = pl.col("is_first").cast(pl.Int64).cum_sum().over("person_id", order_by="rank")
    inside = per_person.with_columns(
        spell=spell, held_before=(pl.col("day") == before).fill_null(False) if before else pl.lit(False)
    )
    inside = inside.with_columns(held_before=pl.col("held_before").any().over("person_id", "spell"))
    started = inside.filter(pl.col("day").is_in(list(days))).sort("person_id", "rank")
    return started.unique(["person_id", "spell"], keep="first", maintain_order=True).select(*UNIT, "held_before")


def _vehicle(spells: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """day, person_id, vin: the vehicle the spell is about; where it is about the person, the one that came last."""
    newest = (
        population.sort("day", "person_id", "since", "vin", descending=[False, False, True, False], nulls_last=True)
        .unique(["day", "person_id"], keep="first", maintain_order=True)
        .select("day", "person_id", newest="vin")
    )
    found = spells.join(newest, on=["day", "person_id"]).with_columns(
        vin=pl.when(pl.col("vin") == "").then("newest").otherwise("vin")
    )
    return found.join(population.select(UNIT), on=UNIT, how="semi").select(UNIT)


def _people(frame: pl.DataFrame) -> int:
    return frame["person_id"].n_unique()
