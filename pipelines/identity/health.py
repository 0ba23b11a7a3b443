"""Guard rails of a day's resolution: what people of other tools were hurt by, each as a number beside the policy's limit."""

import polars as pl

from pipelines.identity.clusters import Clustered
from pipelines.identity.persons import Persons
from schemas.policy.identity import HealthPolicy

ONE_PERCENT = 0.01


def health(told: Clustered, found: Persons, events: pl.DataFrame, known: pl.DataFrame, policy: HealthPolicy) -> pl.DataFrame:
    """The table identity_health.

    Args:
        told: the clusters of the day.
        found: its persons.
        events: id_event of the day.
        known: person_id of the last known day.
        policy: limits.
    """
    member = found.member
    old = member.filter(pl.col("previous_person_id").is_not_null())
    moved = old.filter(pl.col("previous_person_id") != pl.col("person_id"))
    changed = max(1.0 - len(old) / max(len(member), 1), ONE_PERCENT)
    people = max(len(known), 1)
    records = member.filter(~pl.col("record_id").str.starts_with("web_events:")).group_by("person_id").len()
    largest = records.select(pl.max("len")).item() or 0
    merges = events.filter(pl.col("kind").cast(pl.String) == "retire").filter(pl.col("other_person_id").is_not_null())
    splits = events.filter(pl.col("kind").cast(pl.String) == "split")
    rows = [
        ("dropped_blocks", float(len(told.dropped)), float(policy.max_dropped_blocks)),
        ("largest_person_records", float(largest), float(policy.max_records_per_person)),
        ("churn", len(moved) / max(len(old), 1), policy.max_churn * changed / ONE_PERCENT),
        ("merged_persons", merges["person_id"].n_unique() / people, policy.max_merge_share),
        ("split_persons", splits["person_id"].n_unique() / people, policy.max_split_share),
        ("drift", told.drift, policy.max_drift),
    ]
    out = pl.DataFrame(rows, schema={"metric": pl.String, "value": pl.Float64, "limit": pl.Float64}, orient="row")
    out = out.with_columns(is_within=pl.col("value") <= pl.col("limit"))
    if told.agreement is not None:
        least = policy.min_full_agreement
        row = {"metric": "full_run_agreement", "value": told.agreement, "limit": least, "is_within": told.agreement >= least}
        out = pl.concat([out, pl.DataFrame([row], schema=out.schema)])
    # Whether the model was learned on the day has no limit, and belongs beside what it explains: drift and churn.
    learned = {"metric": "is_learned", "value": float(told.is_learned), "limit": None, "is_within": True}
    out = pl.concat([out, pl.DataFrame([learned], schema=out.schema)])
    return out.with_columns(is_blocking=pl.col("metric").is_in(policy.block)).sort("metric")
