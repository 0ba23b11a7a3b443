"""Learning on a day: past days, what followed them, a model for each horizon, and how it did on later days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.engine import Engine
from pipelines.propensity.allowed import allowed_features
from pipelines.propensity.calibration import calibrated
from pipelines.propensity.history import features_at, first_day_of_behaviour, register_history, with_labels
from pipelines.propensity.model import Model, probability
from pipelines.propensity.quality import EVERYBODY, judged
from pipelines.propensity.training import fit, kept
from pipelines.propensity.windows import Windows, windows
from pipelines.step import Day
from schemas.policy.propensity import PropensityPolicy

JUDGED = ("unit_id", "person_id", "population", "has_bought", "probability")


@dataclass(frozen=True)
class Learned:
    """One horizon: the model (None where labels are few), rows of quality, and the people judged, with `cutoff`."""

    model: Model | None
    quality: pl.DataFrame
    later: pl.DataFrame


def learn(engine: Engine, day: Day, horizons: Sequence[int]) -> dict[int, Learned]:
    """Learn each horizon anew from the inputs of history.INPUTS."""
    policy, first = day.policy.scoring.propensity, first_day_of_behaviour(engine, day.as_of)
    spans = {horizon: windows(day.as_of, horizon, first, policy) for horizon in horizons}
    spans = {horizon: span for horizon, span in spans.items() if span.train and policy.is_on}
    rows = _gathered(engine, day, spans) if spans else {}
    return {
        horizon: _learned(rows[horizon], horizon, spans[horizon], day) if horizon in rows else _nothing(horizon)
        for horizon in horizons
    }


def _gathered(engine: Engine, day: Day, spans: Mapping[int, Windows]) -> dict[int, dict[str, pl.DataFrame]]:
    """Rows per horizon and part. Each past day's features are made once, for all horizons that use it."""
    wanted = sorted({one for span in spans.values() for one in span.all_days})
    register_history(engine, day, wanted[0])
    parts: dict[int, dict[str, list[pl.DataFrame]]] = {one: {"train": [], "calibration": [], "later": []} for one in spans}
    for cutoff in wanted:
        frame = features_at(engine, day, cutoff)
        for horizon, span in spans.items():
            for part in ("train", "calibration", "later"):
                if cutoff in getattr(span, part):
                    labelled = with_labels(engine, frame, cutoff, horizon).with_columns(cutoff=pl.lit(cutoff))
                    parts[horizon][part].append(kept(labelled) if part == "train" else labelled)
    return {horizon: {part: pl.concat(frames) for part, frames in one.items()} for horizon, one in parts.items()}


def _learned(rows: Mapping[str, pl.DataFrame], horizon: int, span: Windows, day: Day) -> Learned:
    policy = day.policy.scoring.propensity
    quality = [_of_training(rows["train"], horizon, span.train, policy)]
    enough = {
        "train": min(quality[0]["purchases"][0] - policy.min_positives, _others(quality[0]) - policy.min_negatives) >= 0,
        **{one: rows[one]["has_bought"].sum() >= policy.min_purchases_judged for one in ("calibration", "later")},
    }
    if not all(enough.values()):
        quality += [
            judged(rows[one], horizon, one, getattr(span, one), policy) for one in ("calibration", "later") if rows[one].height
        ]
        return Learned(None, _dated(quality, day.as_of), rows["later"].head(0))
    model = calibrated(fit(rows["train"], allowed_features(policy), horizon, day.as_of), rows["calibration"])
    told = {one: _told(model, rows[one]) for one in ("calibration", "later")}
    quality += [judged(frame, horizon, one, getattr(span, one), policy) for one, frame in told.items()]
    return Learned(model, _dated(quality, day.as_of), told["later"])


def _told(model: Model, rows: pl.DataFrame) -> pl.DataFrame:
    chances = pl.Series("probability", probability(model.log_odds(rows)))
    return rows.with_columns(chances).select(*JUDGED, "cutoff")


def _of_training(rows: pl.DataFrame, horizon: int, days: Sequence[date], policy: PropensityPolicy) -> pl.DataFrame:
    """Counts of distinct people: one who bought is learned from on several past days, and is one label all the same."""
    people = rows.group_by("person_id").agg(pl.col("has_bought").any(), population=pl.col("population").min())
    return judged(people, horizon, "train", days, policy).filter(pl.col("population") == EVERYBODY)


def _others(quality: pl.DataFrame) -> int:
    return int(quality["people"][0] - quality["purchases"][0])


def _dated(parts: Sequence[pl.DataFrame], as_of: date) -> pl.DataFrame:
    return pl.concat(parts, how="diagonal_relaxed").with_columns(trained_on=pl.lit(as_of))


def _nothing(horizon: int) -> Learned:
    """A history too short to learn from: one row that says so."""
    schema = {"person_id": pl.String, "population": pl.String, "has_bought": pl.Boolean}
    empty = pl.DataFrame(schema=schema)
    row = pl.DataFrame(
        {"horizon_days": [horizon], "part": ["train"], "population": [EVERYBODY], "decile": [0], "people": [0], "purchases": [0]}
    )
    return Learned(None, row.with_columns(is_judged=pl.lit(False), trained_on=pl.lit(None, pl.Date)), empty)
