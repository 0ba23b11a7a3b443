"""Are people in an audience what it says they are? Audiences of a lake's day against the truth of the simulated world.

    ./run python -m benchmarks.audience_truth --world out/world --lake out/lake

Per audience and segment: the share of those who met its rules, and of its members, of whom it is true (precision), and the share
of the true people with a record in the lake who met the rules (recall). What is asked of the truth:

- conquest: they hold a make that the brand can win from, their home holds none of ours, and a rooftop reaches their true ZIP
- in-market: they are in a buying journey on the day
- loyalty: they hold a vehicle of ours; service due and overdue: the true day lies in the audience's window; lease end: they part
  with a vehicle of ours in it (the truth does not tell leases from loans, so no recall is shown)

Then how many bought within 30 days, by the journeys of the truth that were under way on the day: here, which is what the group
will see, and anywhere. Exit code 1 where members of in_market_lifecycle do not buy here at least twice as often as those of
in_market_broad. What a simulator drew proves the wiring, not the market.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.lake import Lake
from assets.policy_files import POLICY_ROOT, load_policy
from benchmarks.garage_truth import true_holders, true_people
from schemas.policy import Policy

DAYS_AFTER, MARK = 30, 2.0
NO_RECALL = ("loyalty_lease_end",)  # the truth asked of them is true of others too
PAIR = ("in_market_lifecycle", "in_market_broad")
HEADINGS = (
    "audience", "met rules", "true of", "recall", "members", "true of members", "bought here in 30 days", "bought anywhere",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A day of a lake, its policy and the truth about it."""

    lake: Lake
    truth: Path
    day: date
    policy: Policy

    def journeys(self, days_over: int = 0) -> pl.DataFrame:
        """Buying journeys under way on the day, or that ended so many days before at most."""
        is_on = (pl.col("start") <= self.day) & (pl.col("end") > self.day - timedelta(days=days_over))
        return pl.read_parquet(self.truth / "journey.parquet").filter(is_on)

    def holders(self) -> pl.DataFrame:
        """Who truly holds which vehicle: true_person, true_home, vin, make. A maker is told by the first three signs of a VIN."""
        maker = pl.col("vin").str.slice(0, 3)
        known = self.lake.read("vehicle", self.day).drop_nulls("make").group_by(maker.alias("maker"), "make").len()
        makes = known.sort("maker", "len", "make", descending=[False, True, False]).unique(
            "maker", keep="first", maintain_order=True
        )
        return true_holders(self.truth, self.day).with_columns(maker=maker).join(makes.select("maker", "make"), on="maker")

    def own_makes(self) -> list[str]:
        """The makes that the group sells."""
        return [one.make for one in self.policy.group.brands]


def buyers(world: World) -> pl.DataFrame:
    """true_person, is_here of everybody whose journey of the day ends in a purchase within the days after."""
    soon = pl.col("end") <= world.day + timedelta(days=DAYS_AFTER)
    bought = world.journeys().filter(soon & pl.col("outcome").is_in(["here", "elsewhere"]))
    return bought.group_by(true_person="person_id").agg(is_here=(pl.col("outcome") == "here").any())


def conquest(world: World) -> pl.DataFrame:
    """True people whom some brand can win and some rooftop reaches."""
    held, wins = world.holders(), {make for one in world.policy.conquest.brands for make in one.makes}
    ours = held.filter(pl.col("make").is_in(world.own_makes())).select("true_home").unique()
    reach = world.lake.read("zip_reach", world.day).filter(pl.col("segment").cast(pl.String) == "conquest").select("zip").unique()
    zips = pl.read_parquet(world.truth / "person.parquet").select("zip", true_person="person_id")
    theirs = held.filter(pl.col("make").is_in(sorted(wins))).join(ours, on="true_home", how="anti")
    return theirs.join(zips, on="true_person").join(reach, on="zip", how="semi").select("true_person").unique()


def loyal(world: World) -> pl.DataFrame:
    """True people who hold a vehicle of ours."""
    return world.holders().filter(pl.col("make").is_in(world.own_makes())).select("true_person").unique()


def due(world: World, first: int, last: int) -> pl.DataFrame:
    """True people with a vehicle whose service is truly due so many days from the day."""
    when = pl.col("due_on").is_between(world.day + timedelta(days=first), world.day + timedelta(days=last))
    return pl.read_parquet(world.truth / "service_due.parquet").filter(when).select(true_person="person_id").unique()


def parting(world: World, last: int) -> pl.DataFrame:
    """True people who part with a vehicle of ours within so many days. The truth does not tell leases from loans."""
    owners = pl.read_parquet(world.truth / "vehicle_owner.parquet").select("vin", "to", true_person="person_id")
    ends = owners.filter(pl.col("to").is_between(world.day + timedelta(days=1), world.day + timedelta(days=last)))
    ours = world.holders().filter(pl.col("make").is_in(world.own_makes()))
    return ours.join(ends, on=["vin", "true_person"]).select("true_person").unique()


def truths(world: World) -> Mapping[str, pl.DataFrame]:
    """The true people of each running audience and of each segment."""
    shopping = world.journeys().select(true_person="person_id").unique()
    by_segment = {"conquest": conquest(world), "in_market": shopping, "loyalty": loyal(world)}
    own: dict[str, pl.DataFrame] = {}
    for one in world.policy.audiences:
        given = {name: int(value) for name, value in one.parameters.items() if isinstance(value, int | float)}
        own[one.audience] = {
            "loyalty_service_due": lambda given=given: due(world, 0, given["notice_days"]),
            "loyalty_service_overdue": lambda given=given: due(world, -given["overdue_days"], -1),
            "loyalty_lease_end": lambda given=given: parting(world, given["lease_days"]),
        }.get(one.audience, lambda of=one.segment: by_segment[of])()
    lately = {"all of in_market, or just over": world.journeys(DAYS_AFTER).select(true_person="person_id").unique()}
    return own | {f"all of {segment}": who for segment, who in by_segment.items()} | lately


def judged(world: World) -> pl.DataFrame:
    """A row per audience and segment: the figures of HEADINGS as numbers."""
    people = true_people(world.lake, world.truth, world.day).select("person_id", "true_person")
    known, bought = people.select("true_person").unique(), buyers(world)
    segments = {one.audience: one.segment for one in world.policy.audiences}
    met = world.lake.read("eligibility", world.day).filter(pl.col("outcome").cast(pl.String) != "excluded")
    rows = []
    for name, true in truths(world).items():
        names = [one for one, segment in segments.items() if name.split(",")[0] in (one, f"all of {segment}")]
        asked = [
            table.filter(pl.col("audience").is_in(names)).select("person_id").unique().join(people, on="person_id")
            for table in (met, world.lake.read("membership", world.day))
        ]
        of_truth = [one.join(true, on="true_person", how="semi") for one in asked]
        found, whole = of_truth[0]["true_person"].n_unique(), true.join(known, on="true_person", how="semi").height
        then = asked[1].select("true_person").unique().join(bought, on="true_person")
        recall = found / whole if whole and name not in NO_RECALL else None
        counts = [table.height for pair in zip(asked, of_truth, strict=True) for table in pair]
        of_days = (asked[1]["true_person"].n_unique(), then.height, int(then["is_here"].sum()))
        rows.append((name, *counts[:2], recall, *counts[2:], *of_days))
    columns = ["audience", "met", "met_true", "recall", "members", "members_true", "people", "bought", "here"]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def rate(rows: pl.DataFrame, audience: str, what: str) -> float:
    """The share of an audience's members who bought in the days after: `here`, or anywhere (`bought`)."""
    row = rows.row(by_predicate=pl.col("audience") == audience, named=True)
    return row[what] / row["people"] if row["people"] else 0.0


def show(rows: pl.DataFrame) -> bool:
    """Print the table; whether the triggered members buy often enough."""
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for row in rows.filter(pl.col("met") > 0).iter_rows(named=True):
        parts = (("met_true", "met"), ("members_true", "members"), ("here", "people"), ("bought", "people"))
        share = [f"{row[part] / row[whole]:.1%}" if row[whole] else "" for part, whole in parts]
        recall = "" if row["recall"] is None else f"{row['recall']:.1%}"
        cells = (row["audience"], f"{row['met']:,}", share[0], recall, f"{row['members']:,}", share[1], share[2], share[3])
        print(f"| {' | '.join(cells)} |")
    times: dict[str, float] = {}
    for what, words in (("here", "here"), ("bought", "anywhere")):
        triggered, broad = (rate(rows, one, what) for one in PAIR)
        times[what] = triggered / broad if broad else float("inf")
        said = f"{triggered:.1%} against {broad:.1%}, {times[what]:.2f} times"
        print(f"\n{PAIR[0]} against {PAIR[1]}, bought {words} in {DAYS_AFTER} days: {said}")
    return times["here"] >= MARK


def main() -> int:
    """Judge one day. Returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--world", type=Path, required=True)
    asked.add_argument("--lake", type=Path, required=True)
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--policy", type=Path, default=POLICY_ROOT)
    asked.add_argument("--date", type=date.fromisoformat, default=date(2026, 11, 21))
    told = asked.parse_args()
    lake = Lake(told.lake.resolve(), told.group)
    met = show(judged(World(lake, told.world / "truth", told.date, load_policy(told.group, told.policy))))
    print("met" if met else f"MISSED: at least {MARK:g} times is asked")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
