"""How well persons and households of a lake agree with a simulated world's truth, over pairs of records of people.

    ./run python benchmarks/households.py --lake lake/velocity_b --truth out/world/truth --date 2026-11-21

A pair is right where both sides put two records together. Identified people are records that carry a name; the gate is about
them. All records besides hold callers without a name and shoppers known by a hash alone, of whom many share nothing with anybody.
Web clients are in neither: their truth is who used a device. Pairs of different true people are scored alone too, because
many records of one person make any household look good. Exit code 1 where the households' F1 is below --gate.
"""

import argparse
import sys
from pathlib import Path

import polars as pl

DMS = ("dms_sales", "dms_service", "dms_appointments")
GATE = 0.93


def read(lake: Path, table: str, day: str) -> pl.DataFrame:
    """A table of a day."""
    return pl.read_parquet(lake / table / f"dt={day}" / "*.parquet")


def true_people(lake: Path, truth: Path, day: str) -> pl.DataFrame:
    """record_id, true_person, true_home of every record that the truth names; keys are matched as data_samples/README.md says.

    A record whose truth is several people (a customer number of an auction) is left out.
    """
    named = pl.read_parquet(truth / "record_truth.parquet")
    parts = named.with_columns(
        feed=pl.col("record_id").str.split(":").list.first(),
        role=pl.col("record_id").str.split(":").list.last(),
        stem=pl.col("record_id").str.replace(r":[^:]*$", ""),
    )
    deals = read(lake, "transaction", day).select("record_id", "co_record_id", stem="transaction_id")
    dealt = parts.filter(pl.col("feed").is_in(DMS)).drop("record_id").join(deals, on="stem")
    dms = dealt.select(
        record_id=pl.when(pl.col("role") == "co_buyer").then("co_record_id").otherwise("record_id"), true_person="person_id"
    )
    mentions = read(lake, "contact_record", day).filter(pl.col("feed") == "crm_leads").select("record_id")
    prospects = mentions.with_columns(key=pl.format("crm_leads:{}:lead", pl.col("record_id").str.split("|").list.get(1)))
    leads = prospects.join(parts.select(key="record_id", true_person="person_id"), on="key").select("record_id", "true_person")
    same = parts.filter(~pl.col("feed").is_in([*DMS, "crm_leads", "web_events"])).select("record_id", true_person="person_id")
    every = pl.concat([dms, leads, same]).drop_nulls().unique()
    alone = every.filter(pl.col("true_person").n_unique().over("record_id") == 1)
    homes = pl.read_parquet(truth / "person.parquet").select(true_person="person_id", true_home="household_id")
    return alone.join(homes, on="true_person")


def placed(lake: Path, truth: Path, day: str) -> pl.DataFrame:
    """record_id, true_person, true_home, person, home, is_identified."""
    member = read(lake, "member", day).select("record_id", person="person_id")
    home = read(lake, "person", day).select(person="person_id", home="household_id")
    has_name = pl.col("last_name").is_not_null() | pl.col("is_business")
    named = read(lake, "contact_record", day).select("record_id", is_identified=has_name)
    return true_people(lake, truth, day).join(member, on="record_id").join(home, on="person").join(named, on="record_id")


def pairs(records: pl.DataFrame, *columns: str) -> int:
    """Pairs of records that agree on all columns."""
    n = records.group_by(columns).len()["len"].cast(pl.Int64)
    return int((n * (n - 1) // 2).sum())


def score(right: int, found: int, true: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs; 1 where there are none to find."""
    return right / found if found else 1.0, right / true if true else 1.0, 2 * right / (found + true) if found + true else 1.0


def scores(records: pl.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of persons, households, and households over pairs of different people."""
    both, found, true = pairs(records, "home", "true_home"), pairs(records, "home"), pairs(records, "true_home")
    own = [pairs(records, *columns, "true_person") for columns in (("home", "true_home"), ("home",), ("true_home",))]
    return {
        "persons": score(pairs(records, "person", "true_person"), pairs(records, "person"), pairs(records, "true_person")),
        "households": score(both, found, true),
        "households, different people": score(both - own[0], found - own[1], true - own[2]),
    }


def main() -> int:
    """Print the scores; 1 where households miss the gate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, required=True, help="the lake of the group, LAKE/<group>")
    parser.add_argument("--truth", type=Path, required=True, help="the folder truth of the simulated world")
    parser.add_argument("--date", required=True, help="the day, YYYY-MM-DD")
    parser.add_argument("--gate", type=float, default=GATE, help="least F1 of households")
    given = parser.parse_args()
    every = placed(given.lake, given.truth, given.date)
    identified = every.filter("is_identified")
    found = scores(identified)
    for title, records, told in (("Identified people", identified, found), ("All but web clients", every, scores(every))):
        print(f"\n{title}: {records.height:,} records\n\n| | precision | recall | F1 |\n|---|---|---|---|")
        for name, values in told.items():
            print(f"| {name} | " + " | ".join(f"{one:.4f}" for one in values) + " |")
    return int(found["households"][2] < given.gate)


if __name__ == "__main__":
    sys.exit(main())
