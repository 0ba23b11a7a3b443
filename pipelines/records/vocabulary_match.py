"""The table `vocabulary_match`: what people typed for makes and models, what it was matched to, and how surely.

Spellings of earlier days stay, with no rows of the day, and are matched anew: a changed vocabulary counts at once.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.vocabulary import match_makes, match_models
from pipelines.step import Day, Input, Step
from schemas.policy.reference import Reference
from schemas.tables.records import VOCABULARY_MATCH

FEEDS = (
    "dms_sales",
    "dms_service",
    "dms_appointments",
    "inventory",
    "ownership_lists",
    "crm_leads",
    "shopping_signals",
    "web_events",
)


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """All spellings seen so far with their match, and the rows of the day that carried them."""
    typed = engine.sql(query_text("pipelines.records", "vocabulary_match"))
    earlier = engine.sql("SELECT kind::VARCHAR AS kind, context, raw FROM previous_vocabulary_match ORDER BY ALL")
    makes = _of_makes(typed, earlier, day.policy.reference)
    models = _of_models(typed, earlier, makes, day.policy.reference)
    kinds = VOCABULARY_MATCH.schema.create_empty().schema["kind"]
    every = pl.concat([makes, models]).with_columns(pl.col("kind").cast(kinds))
    return every.select(VOCABULARY_MATCH.schema.column_names()).sort("kind", "context", "raw")


def _of_makes(typed: pl.DataFrame, earlier: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    today = _counted(typed.select(context=pl.lit(""), raw="make", rows="rows"))
    seen = _with_earlier(today, earlier, "make")
    return seen.join(match_makes(seen["raw"], reference), on="raw").with_columns(kind=pl.lit("make"))


def _of_models(typed: pl.DataFrame, earlier: pl.DataFrame, makes: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    own = makes.select(make="raw", own="matched")
    within = typed.join(own, on="make", how="left").select(context=pl.col("own").fill_null(""), raw="model", rows="rows")
    seen = _with_earlier(_counted(within), earlier, "model")
    matched = match_models(seen.select("context", "raw"), reference)
    return seen.join(matched, on=["context", "raw"]).with_columns(kind=pl.lit("model")).select(makes.columns)


def _counted(typed: pl.DataFrame) -> pl.DataFrame:
    """Context, raw and rows, one row per spelling that is not blank."""
    filled = typed.filter(pl.col("raw").is_not_null() & (pl.col("raw") != ""))
    return filled.group_by("context", "raw").agg(pl.col("rows").sum())


def _with_earlier(today: pl.DataFrame, earlier: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The spellings of the day and those of earlier days, the latter with no rows."""
    unseen = earlier.filter(pl.col("kind") == kind).join(today, on=["context", "raw"], how="anti")
    old = unseen.select("context", "raw", rows=pl.lit(0, pl.Int64))
    return pl.concat([today.select("context", "raw", pl.col("rows").cast(pl.Int64)), old])


STEP = Step(
    tables=(VOCABULARY_MATCH,),
    inputs=(Input("vocabulary_match", "previous"), *(Input(feed) for feed in FEEDS)),
    build=build,
)
