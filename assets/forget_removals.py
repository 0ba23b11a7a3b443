"""What platforms must still drop of people who were forgotten. Kept apart from all else, and only until it is confirmed."""

from datetime import date

import polars as pl

from assets.forget_subject import Subject
from assets.lake import Lake
from schemas.tables import all_tables
from schemas.tables.forgotten import PENDING_REMOVAL, PendingRemoval

RECEIPTS, WAYS = "receipt_member", "delivery_way"
COLUMNS = ("platform", "cell", "person_id", "segment", "basis", "identifiers")


def held_of(lake: Lake, subject: Subject) -> pl.DataFrame:
    """What platforms hold of a person by the newest day, and what they were last asked to drop: rows of pending_removal without
    the columns of the erasure. What somebody else of the same list stands for is spared."""
    empty = PendingRemoval.create_empty().select(COLUMNS)
    parts = [empty]
    for table in ("delivered", "export_member", "held"):
        days = lake.days(table)
        if days:
            rows = lake.read(table, days[-1])
            rows = rows.filter(pl.col("action") == "remove") if "action" in rows.columns else rows
            rows = rows.with_columns(basis=pl.col("basis") if "basis" in rows.columns else pl.lit("first_party_relationship"))
            parts.append(rows.select(COLUMNS).cast(dict(empty.schema)))  # type: ignore[arg-type]  # a mapping's keys are invariant
    every = pl.concat(parts)
    mine = every.filter(pl.col("person_id").is_in(sorted(subject.ids)))
    others = every.filter(~pl.col("person_id").is_in(sorted(subject.ids))).select("platform", "cell", "identifiers")
    theirs = others.explode("identifiers").drop_nulls().group_by("platform", "cell").agg(pl.col("identifiers").alias("theirs"))
    strong = pl.element().str.contains(r"^(?:email|phone|address):")
    theirs = theirs.with_columns(pl.col("theirs").list.eval(pl.element().filter(strong)))
    kept = mine.join(theirs, on=["platform", "cell"], how="left").with_columns(
        identifiers=pl.col("identifiers").list.set_difference(pl.col("theirs").fill_null([])).list.sort()
    )
    return (
        kept.filter(pl.col("identifiers").list.len() > 0)
        .unique(["platform", "cell", "person_id"], keep="first", maintain_order=True)
        .select(COLUMNS)
    )


def queue(lake: Lake, day: date, rows: pl.DataFrame, tombstone_id: str) -> None:
    """Put removals on the list of a day; what is there already stays as it is."""
    told = rows.with_columns(tombstone_id=pl.lit(tombstone_id), queued_on=pl.lit(day), exported_on=pl.lit(None, pl.Date))
    publish(lake, day, pl.concat([of_day(lake, day), _shaped(told)]))


def of_day(lake: Lake, day: date) -> pl.DataFrame:
    """The list of a day."""
    return lake.read(PENDING_REMOVAL.name, day) if day in lake.days(PENDING_REMOVAL.name) else PendingRemoval.create_empty()


def carried(lake: Lake, day: date) -> pl.DataFrame:
    """The list as a day finds it: that of the day before, with what this day's exports ask for."""
    earlier = [one for one in lake.days(PENDING_REMOVAL.name) if one < day]
    before = of_day(lake, earlier[-1]) if earlier else PendingRemoval.create_empty()
    asked = before.with_columns(exported_on=pl.coalesce("exported_on", pl.lit(day)))
    return _unique(pl.concat([asked, of_day(lake, day).filter(pl.col("queued_on") == day)]))


def confirmed(lake: Lake, day: date) -> pl.DataFrame:
    """Removals that are done before a day: exported on an earlier day, and confirmed where the platform is delivered to."""
    earlier = [one for one in lake.days(PENDING_REMOVAL.name) if one < day]
    rows = of_day(lake, earlier[-1]).filter(pl.col("exported_on") < day) if earlier else PendingRemoval.create_empty()
    if rows.is_empty():
        return rows
    told = _all_of(lake, RECEIPTS).filter((pl.col("side") == "drop") & (pl.col("outcome") == "confirmed"))
    done = told.group_by("platform", "cell", "person_id").agg(dropped_on=pl.col("day").max())
    delivered = (
        _all_of(lake, WAYS).filter(pl.col("way").cast(pl.String) == "receipts").select("platform", exported_on="dt").unique()
    )
    by_hand = rows.join(delivered, on=["platform", "exported_on"], how="anti")
    to_confirm = rows.join(delivered, on=["platform", "exported_on"], how="semi")
    sure = to_confirm.join(done, on=["platform", "cell", "person_id"]).filter(pl.col("dropped_on") >= pl.col("exported_on"))
    return pl.concat([by_hand, sure.select(rows.columns)])


def _all_of(lake: Lake, table: str) -> pl.DataFrame:
    """Every partition of a table, with its day as dt."""
    found = [lake.read(table, one).with_columns(dt=pl.lit(one)) for one in lake.days(table)]
    empty = all_tables()[table].schema.create_empty().with_columns(dt=pl.lit(None, pl.Date))
    return pl.concat([empty, *found], how="diagonal_relaxed")


def drop(lake: Lake, rows: pl.DataFrame) -> None:
    """Take removals off the list of every day."""
    for day in lake.days(PENDING_REMOVAL.name):
        before = of_day(lake, day)
        kept = before.join(rows, on=["platform", "cell", "person_id"], how="anti")
        if kept.height != before.height:
            publish(lake, day, kept)


def publish(lake: Lake, day: date, rows: pl.DataFrame) -> None:
    """Write the list of a day, atomically."""
    lake.publish(lake.stage(PENDING_REMOVAL.name, day, _unique(rows)), PENDING_REMOVAL.name, day)


def _unique(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.unique(PENDING_REMOVAL.key, keep="first", maintain_order=True).sort(PENDING_REMOVAL.key)


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    schema = PendingRemoval.create_empty().schema
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
