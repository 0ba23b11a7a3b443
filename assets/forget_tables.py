"""Takes a person out of every partition of every table: by the columns that say whose a row is, never by a list of tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.catalogue import all_contracts
from assets.forget_journal import Journal
from assets.forget_subject import Subject, rows_of, texts_of
from assets.lake import ROW_GROUP_ROWS, Lake
from pipelines.activation.forget_match import Tombstones, fate, is_in_text
from pipelines.identity.linkage.keys import text_hashes
from pipelines.ingest.forgotten import cells_of, text_key
from schemas.contract import Feed, Table
from schemas.personal import LEDGERS, OWNER
from schemas.sources import all_feeds
from schemas.tables.forgotten import FORGET_PROOF, FORGOTTEN, PENDING_REMOVAL

OURS = (FORGOTTEN.name, FORGET_PROOF.name, PENDING_REMOVAL.name)


@dataclass(frozen=True)
class Erased:
    """A partition without a person: its rows, and how many went or were blanked."""

    rows: pl.DataFrame
    removed: int
    blanked: int

    def __bool__(self) -> bool:
        return self.removed + self.blanked > 0


def partitions(lake: Lake) -> Iterator[tuple[str, date]]:
    """Every partition of the lake that may hold somebody, in the order of names and days."""
    for table in lake.tables():
        if table not in OURS:
            yield from ((table, day) for day in lake.days(table))


def erase_tables(journal: Journal, subject: Subject, stones: Tombstones) -> None:
    """Rewrite every partition that holds the person; each by one rename."""
    lake = journal.lake
    for table, day in partitions(lake):
        place = lake.part(table, day)
        found = erased(table, place, day, subject, stones, journal.tombstone_id)
        if found:
            beside = lake.staged(f"forget-{table}", day)
            found.rows.write_parquet(beside, compression="zstd", statistics=True, row_group_size=ROW_GROUP_ROWS)
            journal.change(place, beside, found.removed, found.blanked)


def erased(table: str, place: Path, day: date, subject: Subject, stones: Tombstones, tombstone_id: str) -> Erased:
    """What a partition is without a person."""
    feeds = all_feeds()
    contract = all_contracts().get(table)
    if table in feeds:
        return _of_feed(feeds[table], place, subject, stones)
    rows = pl.read_parquet(place)
    if table.removesuffix("_quarantine") in feeds:
        return _of_quarantine(rows, subject, stones)
    if table in LEDGERS:
        return _of_ledger(rows, contract, subject.ids_on(day), tombstone_id)
    found = of_rows(rows, subject.tokens(day), subject.vins, contract)
    return _of_hashes(found, subject) if "value_hash" in rows.columns else found


def _of_hashes(found: Erased, subject: Subject) -> Erased:
    """Without hashes that the model of identity keeps of values which only they have."""
    spelled = {form for one in subject.own for form in (one, one.lower(), one.removeprefix("+"), one.replace("|", " ").lower())}
    hashes = pl.Series(text_hashes(pl.Series(sorted(spelled), dtype=pl.String)), dtype=pl.UInt64)
    kept = found.rows.filter(~pl.col("value_hash").is_in(hashes.implode()))
    return Erased(kept, found.removed + found.rows.height - kept.height, found.blanked)


def of_rows(
    rows: pl.DataFrame, tokens: frozenset[str], vins: frozenset[str] = frozenset(), contract: Table | None = None
) -> Erased:
    """Rows that are not theirs, with what names them blanked. `vins`: vehicles whose own rows go, in a table of vehicles."""
    wanted = pl.Series(sorted(tokens), dtype=pl.String).implode()
    freed, spared = _without_owner(rows, wanted)
    owners = [one for one in OWNER if freed.schema.get(one) == pl.String]
    gone = [pl.col(one).is_in(wanted) for one in owners]
    gone += [pl.col("vin").is_in(sorted(vins))] if vins and contract and contract.key == ("vin",) else []
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String and name not in owners]
    whole = _must_be_there(contract)
    gone += [pl.col(one).is_in(wanted) for one in texts if one in whole]
    kept = freed.filter(~pl.any_horizontal([one.fill_null(False) for one in gone])) if gone else freed
    lists = [name for name, dtype in rows.schema.items() if dtype == pl.List(pl.String)]
    named = [pl.col(one).is_in(wanted).fill_null(False) for one in texts if one not in whole]
    named += [pl.col(one).list.eval(pl.element().is_in(wanted)).list.any().fill_null(False) for one in lists]
    blanked = kept.select(pl.any_horizontal(named).sum()).item() if named and kept.height else 0
    if blanked:
        kept = kept.with_columns(
            *(pl.when(~pl.col(one).is_in(wanted)).then(pl.col(one)).alias(one) for one in texts if one not in whole),
            *(pl.col(one).list.eval(pl.element().filter(~pl.element().is_in(wanted))).alias(one) for one in lists),
        )
    return Erased(kept, rows.height - kept.height, int(blanked) + spared)


def _without_owner(rows: pl.DataFrame, wanted: pl.Expr | pl.Series) -> tuple[pl.DataFrame, int]:
    """A deal that another person signed too stays theirs: its first record is the deal itself, as of a deal without a name."""
    if not {"transaction_id", "record_id", "co_record_id"} <= set(rows.columns):
        return rows, 0
    shared = pl.col("record_id").is_in(wanted) & pl.col("co_record_id").is_not_null() & ~pl.col("co_record_id").is_in(wanted)
    nobody = pl.concat_str("transaction_id", pl.lit(":"), pl.col("record_id").str.split(":").list.last())
    count = int(rows.select(shared.fill_null(False).sum()).item())
    return rows.with_columns(record_id=pl.when(shared.fill_null(False)).then(nobody).otherwise("record_id")), count


def _must_be_there(contract: Table | None) -> set[str]:
    """Columns of a table that no row may leave blank; none of a table that nobody declared."""
    columns = contract.schema.columns() if contract else {}
    return {name for name, column in columns.items() if not column.nullable or column.primary_key}


def _of_ledger(rows: pl.DataFrame, contract: Table | None, ids: frozenset[str], tombstone_id: str) -> Erased:
    mine = pl.col("person_id").is_in(sorted(ids))
    count = int(rows.select(mine.sum()).item())
    told = rows.with_columns(person_id=pl.when(mine).then(pl.lit(tombstone_id)).otherwise("person_id"))
    key = [one for one in contract.key if one in told.columns] if contract else []  # an old day may lack a column
    if count and key:
        told = told.unique(key, keep="first", maintain_order=True).sort(key)
    return Erased(told, rows.height - told.height, count)


def _of_feed(feed: Feed, place: Path, subject: Subject, stones: Tombstones) -> Erased:
    texts = texts_of(feed, place)
    found = fate(feed.name, text_key(feed), texts, stones, rows_of(feed, texts, subject.rows.get(feed.name, {})))
    named = _referred(texts, subject)
    gone = pl.concat([found.gone, named]).unique()
    if not len(gone) and not found.blanked:
        return Erased(pl.DataFrame(), 0, 0)
    rows = pl.read_parquet(place).with_row_index("at").with_columns(pl.col("at").cast(pl.UInt32))
    rows = found.blank(rows)
    kept = rows.filter(~pl.col("at").is_in(gone.implode())).drop("at")
    return Erased(kept, len(gone), sum(len(at) for _, at in found.blanked))


def _referred(texts: pl.DataFrame, subject: Subject) -> pl.Series:
    """Rows of a steward or a request that name a record or an identifier of theirs, whatever stands before it."""
    there = [one for one in ("left_ref", "right_ref") if one in texts.columns]
    named = pl.Series(sorted(subject.records | subject.own)).implode()
    bare = [pl.col(one).is_in(named) | pl.col(one).str.replace(r"^[a-z_]+:", "").is_in(named) for one in there]
    if "request_id" in texts.columns:
        bare.append(pl.concat_str(pl.lit("privacy_requests:"), "row_key").is_in(sorted(subject.records)))
    found = texts.filter(pl.any_horizontal(bare).fill_null(False))["at"] if bare else texts["at"].clear()
    return found.cast(pl.UInt32)


def _of_quarantine(rows: pl.DataFrame, subject: Subject, stones: Tombstones) -> Erased:
    theirs = [
        is_in_text(raw or "", cells_of(raw or ""), stones) or (value or "").strip().lower() in subject.own
        for raw, value in rows.select("raw_text", "value").iter_rows()
    ]
    kept = rows.filter(~pl.Series(theirs, dtype=pl.Boolean))
    return Erased(kept, rows.height - kept.height, 0)
