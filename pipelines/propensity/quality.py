"""How well a model did on later days: AUC, Brier score, calibration and lift by tenth. And whether it may speak at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from schemas.policy.propensity import PropensityPolicy
from schemas.tables.propensity import PROPENSITY_QUALITY
from schemas.vocabulary_propensity import POPULATIONS

TENTHS = 10
TWO_SIDED_95 = 1.96
EVERYBODY = "all"
WHOLE = 0


@dataclass(frozen=True)
class Verdict:
    """Who speaks for a horizon, and why, in a sentence."""

    source: str
    reason: str


def with_decile(frame: pl.DataFrame, by: str, key: str) -> pl.DataFrame:
    """The frame with `decile`, 1 for the highest tenth by a column; ties by key. Sorted by rank."""
    ranked = frame.sort(by, key, descending=[True, False])
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    return ranked.with_columns(decile=(place * TENTHS // pl.len()).cast(pl.Int64) + 1)


def judged(frame: pl.DataFrame, horizon_days: int, part: str, days: Sequence[date], policy: PropensityPolicy) -> pl.DataFrame:
    """Rows of quality for one part: unit_id, population, has_bought and, but for train, probability of every past day.

    Tenths are of all people of the part together, and again within each population.
    """
    own = {"horizon_days": horizon_days, "part": part, "from_day": min(days, default=None), "to_day": max(days, default=None)}
    groups = [(EVERYBODY, frame)] + [(name, frame.filter(pl.col("population") == name)) for name in POPULATIONS]
    parts = [_of_group(rows, name, policy) for name, rows in groups if rows.height]
    return pl.concat(parts, how="diagonal_relaxed").with_columns(pl.lit(value).alias(name) for name, value in own.items())


def _of_group(rows: pl.DataFrame, population: str, policy: PropensityPolicy) -> pl.DataFrame:
    counts = [pl.len().alias("people"), pl.col("has_bought").sum().alias("purchases")]
    if "probability" not in rows.columns:
        return rows.select(*counts).with_columns(population=pl.lit(population), decile=pl.lit(WHOLE), is_judged=pl.lit(False))
    exact = pl.col("probability").cast(pl.Decimal(18, 6)).sum().cast(pl.Float64).alias("expected")
    whole = rows.select(*counts, exact).with_columns(decile=pl.lit(WHOLE, pl.Int64), auc=_auc(rows), brier=_brier(rows))
    ranked = with_decile(rows, "probability", "unit_id")
    tenths = ranked.group_by("decile").agg(*counts, exact)
    table = pl.concat([whole, tenths], how="diagonal_relaxed").sort("decile")
    return _with_calibration(table, policy).with_columns(population=pl.lit(population))


def _with_calibration(table: pl.DataFrame, policy: PropensityPolicy) -> pl.DataFrame:
    seen, told = pl.col("purchases"), pl.col("expected")
    base = (seen.first() / pl.col("people").first()).over(pl.lit(1))
    enough = pl.max_horizontal(seen.cast(pl.Float64), told) >= policy.min_purchases_judged
    within = (told - seen).abs() <= policy.calibration_tolerance * seen
    # Chance moves what is seen now, and as much what was seen on the days that the model was calibrated on.
    by_chance = (told - seen).abs() <= TWO_SIDED_95 * (2 * pl.max_horizontal(told, pl.lit(1.0))).sqrt()
    return table.with_columns(
        ratio=pl.when(seen > 0).then((told / seen).round(4)),
        lift=pl.when(base > 0).then((seen / pl.col("people") / base).round(4)),
        is_judged=enough,
        is_within=pl.when(enough).then(within),
        is_off=pl.when(enough).then(~within & ~by_chance),
        expected=told.round(3),
    )


def _auc(rows: pl.DataFrame) -> float | None:
    bought = rows["has_bought"].to_numpy()
    return round(float(roc_auc_score(bought, rows["probability"].to_numpy())), 4) if 0 < bought.sum() < len(bought) else None


def _brier(rows: pl.DataFrame) -> float:
    missed = (rows["probability"].to_numpy() - rows["has_bought"].to_numpy()) ** 2
    return round(float(np.sort(missed).mean()), 6)


def verdict(quality: pl.DataFrame, horizon_days: int, policy: PropensityPolicy) -> Verdict:
    """Who speaks, by the rows of `judged` and the policy of today."""
    mine = quality.filter((pl.col("horizon_days") == horizon_days) & (pl.col("population") == EVERYBODY))
    why = _why_not(mine, horizon_days, policy)
    if why:
        return Verdict("fallback", f"The weighted score stands in: {why}.")
    whole = mine.row(by_predicate=(pl.col("part") == "later") & (pl.col("decile") == WHOLE), named=True)
    return Verdict(
        "model",
        f"The model speaks: AUC {whole['auc']:.3f} on {whole['people']:,} people of later days, of whom "
        f"{whole['purchases']:,} bought; {whole['expected']:,.0f} were expected.",
    )


def _why_not(mine: pl.DataFrame, horizon_days: int, policy: PropensityPolicy) -> str:
    if not policy.is_on:
        return "policy scoring.yaml switches the model off (propensity: is_on)"
    wholes = {row["part"]: row for row in mine.filter(pl.col("decile") == WHOLE).to_dicts()}
    bought, others = _labels(wholes.get("train"))
    if bought < policy.min_positives or others < policy.min_negatives:
        return (
            f"{bought:,} people who bought within {horizon_days} days and {others:,} who did not to learn from; "
            f"policy asks for {policy.min_positives:,} and {policy.min_negatives:,}"
        )
    for part in ("calibration", "later"):
        seen = _labels(wholes.get(part))[0]
        if seen < policy.min_purchases_judged:
            return f"{seen:,} purchases on the days kept for {part}; policy asks for {policy.min_purchases_judged:,}"
    auc = wholes["later"]["auc"] or 0.0
    if auc < policy.min_auc:
        return f"AUC {auc:.3f} on later days is below the {policy.min_auc:.2f} of policy"
    off = mine.filter((pl.col("part") == "later") & pl.col("is_off"))
    if off.height:
        shown = "; ".join(
            f"{_tenth(row['decile'])}: {row['expected']:.0f} expected, {row['purchases']} seen" for row in off.to_dicts()
        )
        return f"probabilities were off by more than {policy.calibration_tolerance:.0%} and than chance explains ({shown})"
    return ""


def _labels(row: dict[str, int] | None) -> tuple[int, int]:
    return (row["purchases"], row["people"] - row["purchases"]) if row else (0, 0)


def _tenth(decile: int) -> str:
    return f"tenth {decile}" if decile else "all"


def finished(quality: pl.DataFrame, verdicts: dict[int, Verdict]) -> pl.DataFrame:
    """Quality with who speaks and why, in the shape of the table; rows of horizons without a verdict are left out."""
    told = pl.DataFrame(
        [(days, one.source, one.reason) for days, one in sorted(verdicts.items())],
        schema={"horizon_days": pl.Int64, "source": pl.String, "reason": pl.String},
        orient="row",
    )
    plain = quality.drop("source", "reason", strict=False).with_columns(pl.col("horizon_days").cast(pl.Int64))
    rows = plain.join(told, on="horizon_days", how="inner")
    columns = PROPENSITY_QUALITY.schema.columns()
    lacking = [pl.lit(None).alias(name) for name in columns if name not in rows.columns]
    shaped = rows.with_columns(lacking).select(pl.col(name).cast(column.dtype) for name, column in columns.items())
    return shaped.sort(
        pl.col(name).cast(pl.String) if name in ("part", "population") else name for name in PROPENSITY_QUALITY.key
    )
