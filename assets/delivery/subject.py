"""What of a person was shared, with whom, when and on which basis, and when it was taken back: all ledgers, all ids they had."""

from datetime import date
from typing import Any

import polars as pl

from assets.delivery.facts import member_rows_of
from assets.delivery.journal import Journal, folders
from assets.lake import Lake
from schemas.platforms import all_platforms

EXPORTS, DELIVERIES, ANSWERS = "file", "delivery", "answer"
COLUMNS: dict[str, Any] = {
    "person_id": pl.String,
    "recipient": pl.String,
    "cell": pl.String,
    "action": pl.String,
    "purpose": pl.String,
    "basis": pl.String,
    "shared_on": pl.Date,
    "shared_at": pl.Datetime("us", "UTC"),
    "outcome": pl.String,
    "batch_key": pl.String,
    "way": pl.String,
}


def ids_of(lake: Lake, person_id: str) -> list[str]:
    """Every id that a person has or had: the given one, what it was merged into, and all that were merged into that."""
    pairs = _merges(lake)
    living, seen = person_id, {person_id}
    while (into := pairs.get(living)) and into not in seen:
        living = into
        seen.add(into)
    found, grows = {living, *seen}, True
    while grows:
        more = {old for old, new in pairs.items() if new in found} - found
        found |= more
        grows = bool(more)
    return sorted(found)


def is_known(lake: Lake, ids: list[str]) -> bool:
    """Whether a table of people or of ids ever named one of them."""
    for table, column in (("person", "person_id"), ("id_event", "person_id"), ("id_event", "other_person_id")):
        for day in reversed(lake.days(table)):
            rows = pl.scan_parquet(lake.part(table, day)).filter(pl.col(column).is_in(ids)).select(pl.len()).collect()
            if rows.item():
                return True
    return False


def shared_rows(lake: Lake, ids: list[str]) -> pl.DataFrame:
    """Every time that something of these ids was shared or taken back, in order of time; columns as COLUMNS."""
    shape = pl.DataFrame(schema=COLUMNS)
    made = _everywhere(lake, "shared_with", ids)
    if made.height:
        key = pl.col("batch_key").fill_null("") if "batch_key" in made.columns else pl.lit("")
        made = made.with_columns(way=pl.when(key == "").then(pl.lit(EXPORTS)).otherwise(pl.lit(DELIVERIES)))
    told = _everywhere(lake, "shared_by_answer", ids)
    if told.height:
        told = told.with_columns(action=pl.lit("answer"), shared_at="last_at", outcome=pl.lit("confirmed"), way=pl.lit(ANSWERS))
    frames = [_shaped(one) for one in (made, told, _on_the_way(lake, ids)) if one.height]
    rows = pl.concat([shape, *frames]).unique(maintain_order=True)
    return rows.sort("shared_on", "shared_at", "recipient", "cell", "action", nulls_last=True)


def stays(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Per recipient and cell: first and last sharing, how often, on which bases, and since when it is taken back, if it is."""
    found = []
    for (recipient, cell, way), group in sorted(rows.group_by("recipient", "cell", "way"), key=lambda one: str(one[0])):
        given = group.filter(pl.col("action") != "remove")
        back = group.filter(pl.col("action") == "remove")
        last = given["shared_on"].max()
        since = back.filter(pl.col("shared_on") >= last) if last is not None else back
        sure = since.filter(pl.col("outcome").is_in(["made", "confirmed"]))["shared_on"].max()
        found.append(
            {
                "recipient": recipient,
                "cell": cell,
                "way": way,
                "purposes": sorted(group["purpose"].unique().to_list()),
                "bases": sorted(given["basis"].unique().to_list()),
                "times": given.height,
                "first_on": given["shared_on"].min(),
                "last_on": last,
                "taken_back_on": sure,
                "is_taking_back_unconfirmed": sure is None and since.height > 0,
            }
        )
    return found


def _merges(lake: Lake) -> dict[str, str]:
    """Ids that are no more, each with the one that it was merged into last."""
    pairs: dict[str, str] = {}
    for day in lake.days("id_event"):
        events = lake.read("id_event", day).filter(pl.col("kind").cast(pl.String).is_in(["merge", "retire"]))
        for survivor, gone, kind in events.select("person_id", "other_person_id", pl.col("kind").cast(pl.String)).iter_rows():
            if kind == "merge" and gone and gone != survivor:
                pairs[gone] = survivor
    days = lake.days("retired_person")
    if days:
        retired = lake.read("retired_person", days[-1]).filter(pl.col("person_id").is_not_null())
        pairs |= dict(retired.select("retired_person_id", "person_id").rows())
    return pairs


def _everywhere(lake: Lake, table: str, ids: list[str]) -> pl.DataFrame:
    parts = [lake.part(table, day) for day in lake.days(table)]
    frames = [pl.scan_parquet(part).filter(pl.col("person_id").is_in(ids)).collect() for part in parts]
    found = [one.with_columns(pl.selectors.enum().cast(pl.String)) for one in frames if one.height]
    return pl.concat(found, how="diagonal_relaxed") if found else pl.DataFrame(schema=COLUMNS)


def _on_the_way(lake: Lake, ids: list[str]) -> pl.DataFrame:
    """What was delivered since the last run of a day: it is not in the ledger yet."""
    known = {name for day in lake.days("receipt") for name in lake.read("receipt", day)["delivery"].unique().to_list()}
    found = []
    for folder in folders(lake, date.max):
        journal = Journal(folder)
        if journal.plan.delivery in known or journal.plan.platform not in all_platforms():
            continue
        rows = member_rows_of(journal).filter(pl.col("person_id").is_in(ids) & pl.col("batch_key").is_not_null())
        found.append(rows.with_columns(pl.selectors.enum().cast(pl.String)))
    rows = pl.concat(found) if found else pl.DataFrame(schema={**COLUMNS, "answered_at": COLUMNS["shared_at"], "side": pl.String})
    is_drop = pl.col("side") == "drop"
    return rows.with_columns(
        action=pl.when(is_drop).then(pl.lit("remove")).otherwise(pl.col("action").replace("replace", "refresh")),
        shared_at="answered_at",
        shared_on=pl.col("answered_at").dt.date(),
        way=pl.lit(DELIVERIES),
    )


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in COLUMNS.items() if name not in frame.columns]
    return frame.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
