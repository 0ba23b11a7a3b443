"""Is service due when it truly is? The due days of a simulated world's lake against the truth.

    ./run python -m benchmarks.service_due --world out/world --lake out/lake [--again]

Judged is every vehicle of truth/service_due whose holder came at least three times (orders that stand, by the drop's records
and the truth's persons) and whose orders are known to the lake. A vehicle that the lake does not lay at its holder's door, or
for which it names no day, counts as missed. `--again` builds garage and service anew from the lake's other tables.

Exit code 1 where fewer than 80 of 100 persons have every one of their vehicles due within 30 days of the true day.
"""

import argparse
from datetime import date
from pathlib import Path

import polars as pl

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_inputs
from benchmarks.garage_truth import true_people
from pipelines.identity.garage import STEP as GARAGE
from pipelines.step import Day
from pipelines.traits.service import STEP as SERVICE

ENOUGH_VISITS, WITHIN_DAYS, LEAST_SHARE = 3, 30, 0.80


def visits_of(lake: Lake, truth: Path, day: date) -> pl.DataFrame:
    """How often each true person brought each vehicle by the day: true_person, vin, visits. Cancelled orders are none."""
    told = pl.read_parquet(truth / "record_truth.parquet").filter(pl.col("record_id").str.starts_with("dms_service:"))
    orders = lake.read("transaction", day).filter((pl.col("kind") == "service") & (pl.col("status") != "cancelled"))
    orders = orders.filter(pl.col("occurred_on") <= day).select("transaction_id", "vin")
    named = told.select(true_person="person_id", transaction_id=pl.col("record_id").str.replace(r":[a-z_]+$", ""))
    return named.unique().join(orders, on="transaction_id").group_by("true_person", "vin").agg(visits=pl.len())


def judged(service: pl.DataFrame, lake: Lake, truth: Path, day: date) -> pl.DataFrame:
    """One row per true person and vehicle with three visits: true_on, due_on (null where none is told), off_days, is_near."""
    people = true_people(lake, truth, day).select("person_id", "true_person")
    told = service.join(people, on="person_id").select("true_person", "vin", "due_on", "due_basis", "last_service_on")
    told = told.sort("true_person", "vin", "last_service_on", "due_on", descending=[False, False, True, False], nulls_last=True)
    told = told.unique(["true_person", "vin"], keep="first", maintain_order=True)
    due = pl.read_parquet(truth / "service_due.parquet").rename({"person_id": "true_person", "due_on": "true_on"})
    enough = visits_of(lake, truth, day).filter(pl.col("visits") >= ENOUGH_VISITS)
    both = due.join(enough, on=["true_person", "vin"]).join(told, on=["true_person", "vin"], how="left")
    off = (pl.col("due_on") - pl.col("true_on")).dt.total_days()
    return both.with_columns(off_days=off, is_near=(off.abs() <= WITHIN_DAYS).fill_null(False)).sort("true_person", "vin")


def main() -> int:
    """Judge one world. Returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--world", type=Path, required=True)
    asked.add_argument("--lake", type=Path, required=True)
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--date", type=date.fromisoformat, default=date(2026, 11, 21))
    asked.add_argument("--again", action="store_true")
    asked.add_argument("--rows", type=Path, help="Parquet file for the judged rows")
    told = asked.parse_args()
    lake = Lake(told.lake.resolve(), told.group)
    rows = judged(_service(lake, told.group, told.date, told.again), lake, told.world / "truth", told.date)
    if told.rows:
        rows.write_parquet(told.rows)
    return 0 if show(rows) else 1


def show(rows: pl.DataFrame) -> bool:
    """Print the figures; whether the mark is met."""
    persons = rows.group_by("true_person").agg(pl.col("is_near").all())
    share = persons.select(pl.mean("is_near")).item() or 0.0
    known = rows.drop_nulls("off_days")
    print("| | persons | vehicles | told a day | within 30 days | median miss, days | 9 of 10 miss at most |")
    print("|---|---|---|---|---|---|---|")
    told = known.select(pl.mean("is_near")).item() or 0.0
    near = rows.select(pl.mean("is_near")).item() or 0.0
    miss = pl.col("off_days").abs()
    off = known.select(half=miss.median(), most=miss.quantile(0.9)).row(0)
    print(
        f"| 3+ visits | {len(persons):,} | {len(rows):,} | {len(known):,} | persons {share:.1%}, vehicles {near:.1%} "
        f"| {off[0]} | {off[1]} |"
    )
    print(f"of the vehicles that were told a day {told:.1%} are within 30 days")
    print("met" if share >= LEAST_SHARE else f"MISSED: {share:.1%} of persons, {LEAST_SHARE:.0%} asked")
    return share >= LEAST_SHARE


def _service(lake: Lake, group: str, day: date, again: bool) -> pl.DataFrame:
    if not again:
        return lake.read("service", day)
    today = Day(day, load_policy(group), "benchmark")
    engine = DuckDBEngine()
    read_inputs(lake, engine, GARAGE, day)
    garage = GARAGE.frames(engine, today)["garage"]
    read_inputs(lake, engine, SERVICE, day)
    engine.register("garage", garage)
    return SERVICE.frames(engine, today)["service"]


if __name__ == "__main__":
    raise SystemExit(main())
