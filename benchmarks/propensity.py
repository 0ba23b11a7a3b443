"""Is the propensity to buy right? AUC, calibration and lift on later days, by the group's deals and by a simulated world's truth.

    ./run python -m benchmarks.propensity --lake out/lake --world out/world --group velocity_b --date 2026-11-21

The step is run anew from the lake's other tables, as on a first day; nothing is written. Later days are those that the model
never saw. `--world` is what `velocity simulate` wrote: its truth says who bought here and who bought elsewhere. The simulator's
people prove wiring, not quality on real ones.

Exit code 1 where a mark is missed: AUC 0.80 on purchases here by the truth, one row per true person; every tenth with at least 25
purchases within 20% of what the group's own deals say.
"""

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from sklearn.metrics import roc_auc_score

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_inputs
from pipelines.propensity.daily import STEP
from pipelines.propensity.learn import learn
from pipelines.propensity.quality import EVERYBODY, with_decile
from pipelines.step import Day
from schemas.vocabulary_propensity import HORIZONS

ENOUGH, WITHIN, LEAST_AUC = 25, 0.20, 0.80


def opened(lake: Lake, day: date) -> DuckDBEngine:
    """An engine with the inputs of the step."""
    engine = DuckDBEngine()
    read_inputs(lake, engine, STEP, day)
    return engine


def true_owners(world: Path, lake: Lake, day: date) -> pl.DataFrame:
    """person_id of the lake with every true person that one of its records is."""
    truth = pl.read_parquet(world / "truth" / "record_truth.parquet").rename({"person_id": "true_id"})
    member = lake.read("member", day).select("record_id", "person_id")
    return member.join(truth, on="record_id").select("person_id", "true_id", "record_id").unique()


def by_truth(later: pl.DataFrame, owners: pl.DataFrame, world: Path, horizon: int) -> pl.DataFrame:
    """One row per true person and past day: the highest probability that any of its records or devices was given, and whether
    the person truly bought here, elsewhere or anywhere within the horizon. A co-buyer bought too. Columns as of `later`.
    """
    truth = world / "truth"
    bought = pl.read_parquet(truth / "purchase.parquet").select("vin", "bought_on", "here", true_id="person_id")
    shared = pl.read_parquet(truth / "co_owner.parquet").select("vin", bought_on="from", true_id="person_id")
    bought = pl.concat(
        [bought, shared.join(bought.select("vin", "bought_on", "here"), on=["vin", "bought_on"]).select(bought.columns)]
    )
    of_device = owners.select("true_id", unit_id="record_id")
    of_person = owners.select("true_id", unit_id="person_id")
    told = later.join(pl.concat([of_person, of_device]).unique(), on="unit_id").select(
        "true_id", "cutoff", "population", "probability"
    )
    order = {"customer": 0, "contact": 1, "web_only": 2}
    told = told.group_by(unit_id="true_id", cutoff="cutoff").agg(
        pl.col("probability").max(), pl.col("population").sort_by(pl.col("population").replace_strict(order)).first()
    )
    spans = told.select("unit_id", "cutoff").join(bought.rename({"true_id": "unit_id"}), on="unit_id")
    ahead = (pl.col("bought_on") > pl.col("cutoff")) & (pl.col("bought_on") <= pl.col("cutoff") + timedelta(days=horizon))
    seen = (
        spans.filter(ahead)
        .group_by("unit_id", "cutoff")
        .agg(here=pl.col("here").any(), elsewhere=(~pl.col("here")).any(), anywhere=pl.lit(True))
    )
    found = told.join(seen, on=["unit_id", "cutoff"], how="left", maintain_order="left")
    return found.with_columns(pl.col("here", "elsewhere", "anywhere").fill_null(False)).sort("cutoff", "unit_id")


def tenths(judged: pl.DataFrame, label: str) -> pl.DataFrame:
    """Per tenth of probability: people, purchases expected and seen, their ratio and the lift."""
    share = judged[label].sum() / judged.height
    table = (
        with_decile(judged, "probability", "unit_id")
        .group_by("decile")
        .agg(people=pl.len(), expected=pl.col("probability").sum(), seen=pl.col(label).sum())
    )
    return table.sort("decile").with_columns(
        ratio=pl.col("expected") / pl.col("seen"), lift=pl.col("seen") / pl.col("people") / share
    )


def auc(judged: pl.DataFrame, label: str) -> float | None:
    """Area under the ROC curve; None where nobody bought."""
    found = judged[label].to_numpy()
    return float(roc_auc_score(found, judged["probability"].to_numpy())) if 0 < found.sum() < len(found) else None


def missed(table: pl.DataFrame) -> list[str]:
    """Tenths with enough purchases that are further off than 20 percent."""
    enough = table.filter(pl.max_horizontal("expected", "seen") >= ENOUGH)
    far = enough.filter((pl.col("expected") - pl.col("seen")).abs() > WITHIN * pl.col("seen"))
    return [f"tenth {row['decile']}: expected {row['expected']:.0f}, seen {row['seen']}" for row in far.to_dicts()]


def shown(judged: pl.DataFrame, horizon: int, labels: Sequence[str]) -> list[str]:
    """Print the figures of a horizon and return the marks that are missed."""
    faults = []
    for label in labels:
        groups = [(EVERYBODY, judged)] + [
            (str(name), part) for (name,), part in judged.sort("population").group_by("population", maintain_order=True)
        ]
        for name, part in groups:
            area = auc(part, label)
            print(
                f"{horizon:3d} days, {label:10s} {name:9s} people {part.height:8,d} bought {part[label].sum():6,d} "
                f"expected {part['probability'].sum():9.1f} AUC {area if area is None else round(area, 4)}"
            )
        if label in ("has_bought", "here"):
            table = tenths(judged, label)
            with pl.Config(tbl_rows=-1, float_precision=3, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
                print(table)
            faults += [f"{horizon} days, {one}" for one in missed(table)] if label == "has_bought" else []
        if label == "here" and (auc(judged, label) or 0) < LEAST_AUC:
            faults.append(f"{horizon} days: AUC {auc(judged, label)} on purchases here by the truth, below {LEAST_AUC}")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and judge; 1 where a mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("lake", "world"):
        parser.add_argument(f"--{name}", type=Path, required=name == "lake")
    parser.add_argument("--policy", type=Path, help="folder of policies; the repository's own where absent")
    parser.add_argument("--group", default="velocity_b")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2026, 11, 21))
    given = parser.parse_args(arguments)
    lake, day = Lake(given.lake, given.group), Day(given.date, load_policy(given.group, given.policy), "velocity")
    started, engine = time.monotonic(), opened(lake, given.date)
    frames = STEP.frames(engine, day)
    seconds, peak = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cpu, rows = time.process_time(), frames["propensity"].height
    print(f"step with learning: {seconds:.1f} s, CPU of the process {cpu:.1f} s, peak {peak:,} MB, {rows:,} rows")
    said = frames["propensity_quality"].select("horizon_days", "source", "reason").unique().sort("horizon_days")
    for horizon, source, reason in said.iter_rows():
        print(f"{horizon:3d} days: {source}. {reason}")
    engine.register("previous_propensity_model", frames["propensity_model"])
    engine.register("previous_propensity_quality", frames["propensity_quality"])
    started = time.monotonic()
    again = STEP.frames(engine, day)["propensity"].equals(frames["propensity"])
    print(f"step with yesterday's model: {time.monotonic() - started:.1f} s; same rows: {again}")
    faults: list[str] = []
    learned = learn(engine, day, HORIZONS)
    owners = true_owners(given.world, lake, given.date) if given.world else None
    for horizon, one in learned.items():
        if one.model is None:
            continue
        faults += shown(one.later, horizon, ("has_bought",))
        if owners is not None:
            truth = by_truth(one.later, owners, given.world, horizon)
            faults += shown(truth, horizon, ("here", "elsewhere", "anywhere"))
    print("\n".join(f"MISSED {one}" for one in faults) or "every mark is kept")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
