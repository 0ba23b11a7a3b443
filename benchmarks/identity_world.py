"""Identity on a simulated world: the persons, households, web clients and loose links of a lake against the truth beside it.

    velocity simulate --out WORLD --group velocity_b --people 85000
    velocity run --date 2026-11-21 --drop WORLD/drop --lake LAKE --group velocity_b
    python -m benchmarks.identity_world --lake LAKE --world WORLD --group velocity_b --date 2026-11-21

Pairs of records: precision is the share of pairs put together that belong together, recall the share of those that belong
together and were. Records that several people made (a showroom tablet) are left out.
"""

import argparse
from pathlib import Path

import polars as pl

from benchmarks.households import true_people
from pipelines.identity.pairwise import pairwise


def records(lake: Path, world: Path, day: str) -> pl.DataFrame:
    """record_id, feed, first_name, person_id, household_id and their truths, of records that one person made."""
    told = _table(lake, "member", day).join(_table(lake, "person", day).select("person_id", "household_id"), on="person_id")
    sources = _table(lake, "contact_record", day).select("record_id", "feed", "first_name")
    truth = true_people(lake, world / "truth", day).rename({"true_person": "truth", "true_home": "home"})
    return told.join(sources, on="record_id").join(truth, on="record_id")


def _table(lake: Path, name: str, day: str) -> pl.DataFrame:
    return pl.read_parquet(lake / name / f"dt={day}" / "*.parquet")


def marks(found: pl.DataFrame) -> list[str]:
    """A line per kind of record, for persons and for households."""
    kinds = {
        "all but web clients": pl.col("feed") != "web_events",
        "records with a given name": (pl.col("feed") != "web_events") & pl.col("first_name").is_not_null(),
        "DMS and CRM": pl.col("feed").str.contains("^(dms|crm)_"),
    }
    lines = ["| records | number | persons P / R / F1 | households P / R / F1 |", "|---|---|---|---|"]
    for name, holds in kinds.items():
        mine = found.filter(holds)
        told = [pairwise(mine[a], mine[b]) for a, b in (("person_id", "truth"), ("household_id", "home"))]
        figures = [f"{one.precision:.4f} / {one.recall:.4f} / {one.f1:.4f}" for one in told]
        lines.append(f"| {name} | {len(mine):,} | {figures[0]} | {figures[1]} |")
    return lines


def owners(found: pl.DataFrame) -> pl.DataFrame:
    """person_id with the true person of most of its named records."""
    named = found.filter((pl.col("feed") != "web_events") & pl.col("first_name").is_not_null())
    counted = named.group_by("person_id", "truth").len().sort("person_id", "len", "truth", descending=[False, True, False])
    return counted.unique("person_id", keep="first", maintain_order=True).select("person_id", owner="truth")


def web(lake: Path, world: Path, day: str, found: pl.DataFrame) -> list[str]:
    """Precision of attached web clients, and the share right of loose links by their posterior."""
    users = pl.read_parquet(world / "truth" / "record_truth.parquet").group_by("record_id").agg(users="person_id")
    known = owners(found)
    right = pl.col("owner").is_in(pl.col("users")).alias("right")
    sure = _table(lake, "web_attachment", day).filter(pl.col("person_id").is_not_null())
    judged = sure.join(known, on="person_id").join(users, on="record_id").select(right).to_series()
    loose = _table(lake, "loose_link", day).join(known, on="person_id").join(users, on="record_id")
    tenths = loose.select(right, "posterior", tenth=(pl.col("posterior") * 10).floor() / 10).group_by("tenth")
    rows = tenths.agg(pl.len(), pl.col("posterior").mean(), pl.col("right").mean()).sort("tenth").rows()
    lines = [f"web clients attached for sure: {len(judged):,} judged, precision {judged.mean():.4f}", ""]
    lines += ["| loose links, posterior from | number | mean posterior | share right |", "|---|---|---|---|"]
    return [*lines, *(f"| {tenth:.1f} | {number:,} | {promised:.3f} | {share:.3f} |" for tenth, number, promised, share in rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, required=True)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--group", default="velocity_b")
    parser.add_argument("--date", required=True)
    asked = parser.parse_args()
    lake = asked.lake / asked.group
    found = records(lake, asked.world, asked.date)
    print("\n".join([*marks(found), "", *web(lake, asked.world, asked.date, found)]))


if __name__ == "__main__":
    main()
