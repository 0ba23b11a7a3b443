"""Do people buy as their tier says? Intent of past days against what the simulated people then bought.

    ./run python -m benchmarks.intent --world WORLD --lake LAKE [--group velocity_b] [--as-of 2026-08-01,2026-09-01]

WORLD holds `truth/` of `velocity simulate`, LAKE the tables of its last day. For each day the touches are cut at the day; whose
they are is what the lake knows. Tiers are computed anew and compared with purchases, here or elsewhere, in the 30 days after.
People are those of the truth: a tier is the hottest of the persons that their records make. What a simulator drew proves the
wiring, not the market.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.records import busy_minute, touch_day
from pipelines.step import Day
from pipelines.traits import intent, touch_exclusion
from schemas.sources.inventory import FEED as INVENTORY
from schemas.tables.identity import GARAGE
from schemas.tables.records import VEHICLE

DAYS_AFTER = 30
MARK = 5.0  # hot buys at least so many times as often as cold
TIERS = ("hot", "warm", "cold", "none")


def newest(lake: Path, table: str) -> Path:
    """The newest partition of a table."""
    return sorted((lake / table).glob("dt=*/part-0.parquet"))[-1]


def tiers(lake: Path, as_of: date, group: str) -> pl.DataFrame:
    """[person_id, tier] of all persons with a scored touch up to the day."""
    engine, day = DuckDBEngine(), Day(as_of=as_of, policy=load_policy(group), seed="")
    engine.view("every_touch", sorted((lake / "touch").glob("dt=*/part-0.parquet")))
    zone = day.policy.group.time_zone
    cut = engine.sql("SELECT * FROM every_touch WHERE CAST(timezone($zone, occurred_at) AS DATE) <= $day", zone=zone, day=as_of)
    engine.register("touch", cut)
    engine.register("touch_day", touch_day.build(engine, day))
    engine.register("busy_minute", busy_minute.build(engine, day))
    for name in ("member", "person", "contact_record", "web_attachment", "web_network"):
        engine.view(name, [newest(lake, name)])
    engine.register("touch_exclusion", touch_exclusion.build(engine, day))
    for table in (GARAGE, VEHICLE):
        engine.register(table.name, table.schema.create_empty())
    engine.register("inventory", INVENTORY.schema().create_empty())
    found = intent.build(engine, day)["intent"]
    engine.close()
    return found.filter(pl.col("brand") == "all").select("person_id", pl.col("tier").cast(pl.String))


def outcome(world: Path, lake: Path, as_of: date, group: str) -> pl.DataFrame:
    """[tier, people, bought, bought_here]: people of the truth by tier, and how many bought in the days after."""
    truth = pl.read_parquet(world / "truth" / "record_truth.parquet").rename({"person_id": "who"})
    member = pl.read_parquet(newest(lake, "member")).select("record_id", "person_id")
    place = pl.col("tier").replace_strict(dict(zip(TIERS, range(4), strict=True)), return_dtype=pl.Int64)
    known = tiers(lake, as_of, group).join(member, on="person_id").join(truth, on="record_id").group_by("who").agg(place.min())
    bought = pl.read_parquet(world / "truth" / "purchase.parquet").filter(
        pl.col("bought_on").is_between(as_of + timedelta(days=1), as_of + timedelta(days=DAYS_AFTER))
    )
    buyers = bought.group_by(pl.col("person_id").alias("who")).agg(here=pl.col("here").any(), bought=pl.lit(True))
    people = truth.select("who").unique().join(known, on="who", how="left").join(buyers, on="who", how="left")
    return (
        people.with_columns(pl.col("tier").fill_null(3), pl.col("bought", "here").fill_null(False))
        .group_by("tier")
        .agg(people=pl.len(), bought=pl.col("bought").sum(), bought_here=pl.col("here").sum())
        .sort("tier")
        .with_columns(tier=pl.col("tier").replace_strict(dict(enumerate(TIERS)), return_dtype=pl.String))
    )


def show(found: pl.DataFrame, title: str) -> None:
    """One table row per tier, and hot over cold."""
    shares = {row["tier"]: row["bought"] / row["people"] for row in found.iter_rows(named=True)}
    for row in found.iter_rows(named=True):
        here = row["bought_here"] / row["people"]
        print(f"| {title} | {row['tier']} | {row['people']:,} | {row['bought']:,} | {shares[row['tier']]:.2%} | {here:.2%} |")
    if shares.get("cold"):
        times = shares.get("hot", 0.0) / shares["cold"]
        print(
            f"| {title} | hot / cold | | | {times:.1f} times; mark {MARK:g}: {'met' if times >= MARK else 'missed'} | |",
            flush=True,
        )


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--world", type=Path, required=True)
    asked.add_argument("--lake", type=Path, required=True)
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--as-of", default="2026-04-01,2026-06-01,2026-08-01,2026-10-01")
    told = asked.parse_args()
    print("| day | tier | people | bought in 30 days | share | bought here |\n|---|---|---|---|---|---|")
    parts = []
    for said in told.as_of.split(","):
        parts.append(outcome(told.world, told.lake / told.group, date.fromisoformat(said), told.group))
        show(parts[-1], said)
    order = dict(zip(TIERS, range(4), strict=True))
    whole = pl.concat(parts).group_by("tier").agg(pl.col("people", "bought", "bought_here").sum())
    show(whole.sort(pl.col("tier").replace_strict(order)), "all days")


if __name__ == "__main__":
    main()
