"""The step: every person's probability to buy here within 30 and 90 days, by a model that is kept until it is due anew."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.engine import Engine
from pipelines.propensity.allowed import allowed_features
from pipelines.propensity.drivers import with_drivers
from pipelines.propensity.history import INPUTS, features_at, register_history
from pipelines.propensity.learn import learn
from pipelines.propensity.model import Model, from_rows, probability, to_rows
from pipelines.propensity.quality import Verdict, finished, verdict, with_decile
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.tables.propensity import PROPENSITY, PROPENSITY_MODEL, PROPENSITY_QUALITY
from schemas.vocabulary_propensity import HORIZONS

PREVIOUS = (Input(PROPENSITY_MODEL.name, "previous"), Input(PROPENSITY_QUALITY.name, "previous"))
INTENT_SCORE = "SELECT person_id, score FROM intent WHERE brand = 'all'"


def build(engine: Engine, day: Day) -> Built:
    """The propensity of the day, the model in force and how it did, each sorted by its key."""
    models, quality = models_of_the_day(engine, day)
    policy = day.policy.scoring.propensity
    verdicts = {horizon: verdict(quality, horizon, policy) for horizon in HORIZONS}
    people = people_of_the_day(engine, day)
    scored = pl.concat([scored_people(people, horizon, models.get(horizon), verdicts[horizon]) for horizon in HORIZONS])
    kept = [to_rows(model) for model in models.values()]
    return {
        PROPENSITY.name: in_shape(scored, PROPENSITY),
        PROPENSITY_MODEL.name: in_shape(pl.concat([PROPENSITY_MODEL.schema.create_empty(), *kept]), PROPENSITY_MODEL),
        PROPENSITY_QUALITY.name: in_shape(finished(quality, verdicts), PROPENSITY_QUALITY),
    }


def models_of_the_day(engine: Engine, day: Day) -> tuple[dict[int, Model], pl.DataFrame]:
    """Yesterday's models and their quality while they are fresh and allowed, else new ones; and the quality of all."""
    rows = engine.sql("SELECT * FROM previous_propensity_model")
    known = engine.sql("SELECT * FROM previous_propensity_quality").with_columns(pl.col("part", "population").cast(pl.String))
    found = {horizon: from_rows(rows, horizon, allowed_features(day.policy.scoring.propensity)) for horizon in HORIZONS}
    due = [horizon for horizon, model in found.items() if is_due(model, rows, known, horizon, day)]
    learned = learn(engine, day, due)
    models = {**found, **{horizon: one.model for horizon, one in learned.items()}}
    kept = known.filter(~pl.col("horizon_days").is_in(due))
    quality = pl.concat([kept, *(one.quality for one in learned.values())], how="diagonal_relaxed")
    return {horizon: model for horizon, model in models.items() if model}, quality


def is_due(model: Model | None, rows: pl.DataFrame, known: pl.DataFrame, horizon: int, day: Day) -> bool:
    """Whether a horizon is to be learned anew: never tried, too long ago, by features that are barred, or by stricter limits."""
    policy = day.policy.scoring.propensity
    tried = known.filter(pl.col("horizon_days") == horizon)["trained_on"].max()
    if not isinstance(tried, date) or (day.as_of - tried).days >= policy.retrain_days:
        return True
    was_kept = horizon in rows["horizon_days"]
    return model is None and (was_kept or verdict(known, horizon, policy).source == "model")


def people_of_the_day(engine: Engine, day: Day) -> pl.DataFrame:
    """person_id, population, features and the weighted intent score of everybody that the group knows on the day."""
    register_history(engine, day, day.as_of)
    found = features_at(engine, day, day.as_of)
    score = engine.sql(INTENT_SCORE)
    return found.join(score, on="person_id", how="left", maintain_order="left").with_columns(pl.col("score").fill_null(0.0))


def scored_people(people: pl.DataFrame, horizon: int, model: Model | None, said: Verdict) -> pl.DataFrame:
    """Rows of the table propensity for one horizon."""
    plain = people.with_columns(horizon_days=pl.lit(horizon), source=pl.lit(said.source), reason=pl.lit(said.reason))
    if model is None or said.source != "model":
        told = plain.with_columns(**_nothing_told())
        return with_decile(told, "score", "person_id").select(PROPENSITY.schema.column_names())
    log_odds = model.log_odds(plain)
    told = plain.with_columns(pl.Series("log_odds", log_odds), pl.Series("probability", probability(log_odds)))
    told = told.hstack(with_drivers(model, people))
    return with_decile(told, "log_odds", "person_id").select(PROPENSITY.schema.column_names())


def _nothing_told() -> Mapping[str, pl.Expr]:
    empty = pl.lit(None, pl.Float64)
    return {
        "log_odds": empty,
        "probability": empty,
        "drivers": pl.lit([], pl.List(pl.String)),
        "contributions": pl.lit([], pl.List(pl.Float64)),
        "sentence": pl.format("weighted score {}, without a probability", pl.col("score").round(1)),
    }


STEP = Step(
    tables=(PROPENSITY, PROPENSITY_MODEL, PROPENSITY_QUALITY),
    inputs=(*INPUTS, Input("intent"), *PREVIOUS),
    build=build,
)
