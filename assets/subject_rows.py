"""Everything that the lake holds of one person, table by table, without anything of anybody else."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from assets.catalogue import all_contracts
from assets.forget_subject import Subject, rows_of, source_parts, texts_of
from assets.forget_tables import OURS
from assets.lake import Lake
from assets.service.audit import records
from pipelines.activation.forget_keys import blocks
from pipelines.activation.forget_match import columns_of
from schemas.contract import Feed
from schemas.personal import OWNER, REFERENCE
from schemas.sources import all_feeds

SOMEBODY = "(another person)"
HIDDEN = ("row_hash", "header_text", "is_superseded", "identifiers_hash")
UNFOLDED = "answers_not_folded_yet"


def rows_by_table(lake: Lake, subject: Subject) -> Iterator[tuple[str, pl.DataFrame]]:
    """Tables with rows of the person: name and rows, newest day of a table that tells the whole truth each day, every day of
    others. Ids and records of anybody else are not told."""
    feeds = all_feeds()
    for table in lake.tables():
        if table in OURS or table.endswith("_quarantine"):
            continue
        found = _of_feed(lake, feeds[table], subject) if table in feeds else _of_table(lake, table, subject)
        if found.height:
            kept = found.select(one for one in found.columns if one not in HIDDEN)
            yield table, kept
    told = [
        {"at": one["at"], "client": one["client"], **{key: str(value) for key, value in told.items()}}
        for one in records(lake, _last(lake), date.max)
        if one["person_id"] in subject.ids
        for told in one["told"]
    ]
    if told:
        yield UNFOLDED, pl.DataFrame(told)


def _last(lake: Lake) -> date | None:
    days = lake.days("shared_by_answer")
    return days[-1] if days else None


def _of_table(lake: Lake, table: str, subject: Subject) -> pl.DataFrame:
    contract = all_contracts().get(table)
    days = lake.days(table)
    is_log = contract is not None and contract.kind == "log"
    parts = []
    for day in days if is_log else days[-1:]:
        rows = pl.read_parquet(lake.part(table, day))
        wanted = pl.Series(sorted(subject.ids_on(day) | subject.records | subject.own), dtype=pl.String).implode()
        owners = [one for one in OWNER if rows.schema.get(one) == pl.String]
        ends = [one for one in ("left_record_id", "right_record_id", "co_record_id") if one in rows.columns]
        named = [pl.col(one).is_in(wanted).fill_null(False) for one in [*owners, *ends]]
        homes = subject.homes.get(day.isoformat(), frozenset())
        if not owners and not ends and "household_id" in rows.columns:
            named = [pl.col("household_id").is_in(sorted(homes))]
        if not named:
            return pl.DataFrame()
        mine = rows.filter(pl.any_horizontal(named))
        others = [one for one in (*OWNER, *REFERENCE) if mine.schema.get(one) == pl.String and one not in _PLAIN]
        hide = [
            pl.when(pl.col(one).is_in(wanted) | pl.col(one).is_null()).then(one).otherwise(pl.lit(SOMEBODY)).alias(one)
            for one in others
        ]
        parts.append(mine.with_columns(hide).with_columns(day=pl.lit(day)))
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()


_PLAIN = (
    "household_id",
    "value",
    "contact_id",
    "unit_id",
    "consent_id",
    "web_user_id",
    "source_customer_id",
    "address_key",
    "cluster_id",
)
"""Reference columns that say nothing of anybody else in a row that is the person's."""


def _of_feed(lake: Lake, feed: Feed, subject: Subject) -> pl.DataFrame:
    parts = []
    for day, place in source_parts(lake, feed):
        texts = texts_of(feed, place)
        chosen = rows_of(feed, texts, subject.rows.get(feed.name, {}))
        stated = [
            one
            for one in ("email", "phone", "email_sha256", "phone_sha256", "user_pseudo_id", "web_client")
            if one in texts.columns
        ]
        own = (
            texts.filter(
                pl.any_horizontal([pl.col(one).str.to_lowercase().is_in(sorted(subject.own)) for one in stated]).fill_null(False)
            )["at"]
            if stated
            else texts["at"].clear()
        )
        every = pl.concat([*chosen, own.cast(pl.UInt32)]).unique()
        if not len(every):
            continue
        rows = pl.read_parquet(place).with_row_index("at").filter(pl.col("at").is_in(every.implode()))
        for block, at in zip(blocks(texts.columns), chosen, strict=True):
            if block.prefix:
                mine = pl.col("at").is_in(at.implode())
                columns = columns_of(block, rows.columns)
                rows = rows.with_columns(pl.when(mine).then(pl.col(one)).alias(one) for one in columns)
        parts.append(rows.drop("at").with_columns(day=pl.lit(day)))
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()
