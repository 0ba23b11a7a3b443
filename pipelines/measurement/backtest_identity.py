"""People of a past day under the ids that they bear today, so that what they did since finds them."""

import polars as pl


def present_ids(then: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """person_id of then, now_id: who holds most of the person's records now; the smaller id where two hold as many.

    then, now: record_id, person_id. People none of whose records are left are not in the answer.
    """
    pairs = then.select("record_id", "person_id").join(now.select("record_id", now_id="person_id"), on="record_id")
    counted = pairs.group_by("person_id", "now_id").agg(records=pl.len())
    ordered = counted.sort("person_id", "records", "now_id", descending=[False, True, False])
    return ordered.unique("person_id", keep="first", maintain_order=True).select("person_id", "now_id")


def under_present_ids(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Rows with person_id replaced by today's; rows of people who are gone are left out."""
    found = rows.join(ids, on="person_id", how="inner", maintain_order="left")
    return found.with_columns(person_id="now_id").drop("now_id")
