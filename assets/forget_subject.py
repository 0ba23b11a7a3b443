"""Who is to be forgotten: every id, record, row and identifier by which the lake knows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.forget_identifiers import identifiers_of, nameless_others, sent
from assets.lake import Lake
from pipelines.activation.forget_keys import Hasher, blocks, evidence, hashed_keys, is_read, names
from pipelines.ingest.forgotten import text_key
from schemas.contract import Feed, Kind
from schemas.sources import all_feeds

ROLES = {"customer_": ("buyer", "customer"), "co_buyer_": ("co_buyer",)}


class NobodyThere(Exception):
    """An id that the lake does not know."""

    def __init__(self, lake: Lake, person_id: str) -> None:
        super().__init__(
            f"{person_id!r} is no person of {lake.group}, living or retired; expected an id such as p0a60bee022dcbfdcef58 "
            "(velocity explain says which id a record has)"
        )


@dataclass(frozen=True)
class Subject:
    """A person as the lake knows them.

    `ids`: their own id and retired ones. `mixed`: per day, ids of others who held a record of theirs on that day. `records`: ids
    of records, profiles and requests. `homes`: per day, households that are theirs alone. `own`: identifiers of nobody else, as
    cells hold them. `vins`: vehicles of nobody else. `rows`: per feed and prefix of a block, keys of source rows. `keys`: (kind,
    value, name) of tombstones, the name blank where it is an identifier alone.
    """

    person_id: str
    ids: frozenset[str]
    mixed: Mapping[str, frozenset[str]]
    records: frozenset[str]
    homes: Mapping[str, frozenset[str]]
    own: frozenset[str]
    vins: frozenset[str]
    rows: Mapping[str, Mapping[str, frozenset[str]]]
    keys: frozenset[tuple[str, str, str]]

    def ids_on(self, day: date | None) -> frozenset[str]:
        """Ids whose rows of a day are theirs."""
        return self.ids | (self.mixed.get(day.isoformat(), frozenset()) if day else frozenset())

    def tokens(self, day: date | None) -> frozenset[str]:
        """Texts that a cell of a day names them by."""
        homes = self.homes.get(day.isoformat(), frozenset()) if day else frozenset().union(*self.homes.values())
        return self.ids_on(day) | self.records | homes | self.own

    def tombstones(self, tombstone_id: str, hasher: Hasher, day: date) -> pl.DataFrame:
        """The rows of the table forgotten."""
        rows = hashed_keys(self.keys, hasher)
        told = pl.DataFrame(rows, schema=["scope", "key_hash"], orient="row")
        return told.with_columns(tombstone_id=pl.lit(tombstone_id), forgotten_on=pl.lit(day))

    def as_json(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "person_id": self.person_id,
            "ids": sorted(self.ids),
            "mixed": {day: sorted(one) for day, one in self.mixed.items()},
            "records": sorted(self.records),
            "homes": {day: sorted(one) for day, one in self.homes.items()},
            "own": sorted(self.own),
            "vins": sorted(self.vins),
            "rows": {feed: {prefix: sorted(keys) for prefix, keys in of.items()} for feed, of in self.rows.items()},
            "keys": sorted(self.keys),
        }

    @staticmethod
    def of_json(told: Mapping[str, Any]) -> "Subject":
        """From the journal."""
        return Subject(
            told["person_id"],
            frozenset(told["ids"]),
            {day: frozenset(one) for day, one in told["mixed"].items()},
            frozenset(told["records"]),
            {day: frozenset(one) for day, one in told["homes"].items()},
            frozenset(told["own"]),
            frozenset(told["vins"]),
            {feed: {prefix: frozenset(keys) for prefix, keys in of.items()} for feed, of in told["rows"].items()},
            frozenset((kind, value, name) for kind, value, name in told["keys"]),
        )


def living_id(lake: Lake, person_id: str) -> str:
    """The living id that an id leads to. Errors: NobodyThere."""
    retired = {row[0]: row[1] for row in _every(lake, "retired_person", ["retired_person_id", "person_id"]).iter_rows()}
    seen = {person_id}
    while person_id in retired and retired[person_id] and retired[person_id] not in seen:
        person_id = retired[person_id]
        seen.add(person_id)
    if not any((lake.read("member", day)["person_id"] == person_id).any() for day in reversed(lake.days("member"))):
        raise NobodyThere(lake, person_id)
    return person_id


def subject_of(lake: Lake, person_id: str, placeholders: frozenset[str] = frozenset()) -> Subject:
    """Everything that the lake knows somebody by; e-mails and phones that are placeholders are nobody's. Errors: NobodyThere."""
    person_id = living_id(lake, person_id)
    retired = _every(lake, "retired_person", ["retired_person_id", "person_id"])
    ids = _led_to(person_id, retired)
    members = {day: lake.read("member", day).select("record_id", "person_id") for day in lake.days("member")}
    records = _records(members, ids)
    last = members[max(members)]
    ids |= nameless_others(lake, ids, last, _contacts(lake, records), placeholders)
    records = _records(members, ids)
    mixed = _mixed(members, ids, records)
    contacts = _contacts(lake, records)
    rows, stated = _source_rows(lake, records)
    keys, own = identifiers_of(lake, records, contacts, stated, placeholders)
    own |= sent(lake, ids)
    profiles = _profiles(lake, records)
    return Subject(
        person_id,
        frozenset(ids),
        mixed,
        frozenset(records | profiles | _requests(lake, records)),
        _homes(lake, ids, mixed),
        frozenset(own),
        _vins(lake, ids),
        rows,
        frozenset(keys),
    )


def _every(lake: Lake, table: str, columns: list[str]) -> pl.DataFrame:
    """Distinct rows of some columns over all days."""
    parts = [pl.scan_parquet(lake.part(table, day)).select(columns) for day in lake.days(table)]
    return pl.concat(parts).unique().collect() if parts else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def _led_to(person_id: str, retired: pl.DataFrame) -> set[str]:
    ids = {person_id}
    while True:
        more = set(retired.filter(pl.col("person_id").is_in(list(ids)))["retired_person_id"].to_list()) - ids
        if not more:
            return ids
        ids |= more


def _records(members: Mapping[date, pl.DataFrame], ids: set[str]) -> set[str]:
    """Records of the person now, and those that were theirs when they were last known."""
    last: dict[str, str] = {}
    for day in sorted(members):
        touched = members[day].filter(pl.col("person_id").is_in(list(ids)) | pl.col("record_id").is_in(list(last)))
        last.update(dict(touched.iter_rows()))
    return {record for record, person in last.items() if person in ids}


def _mixed(members: Mapping[date, pl.DataFrame], ids: set[str], records: set[str]) -> dict[str, frozenset[str]]:
    found = {}
    for day, member in members.items():
        held = set(member.filter(pl.col("record_id").is_in(list(records)))["person_id"].to_list()) - ids
        if held:
            found[day.isoformat()] = frozenset(held)
    return found


def _contacts(lake: Lake, records: set[str]) -> pl.DataFrame:
    """Every state of their contact records."""
    parts = [
        lake.read("contact_record", day).filter(pl.col("record_id").is_in(list(records))) for day in lake.days("contact_record")
    ]
    return pl.concat(parts, how="diagonal").unique(maintain_order=True)


def _profiles(lake: Lake, records: set[str]) -> set[str]:
    """Profiles that only records of theirs say."""
    found: set[str] = set()
    for day in lake.days("identity_record"):
        said = lake.read("identity_record", day)
        mine = said["record_id"].is_in(list(records))
        found |= set(said.filter(mine)["profile_id"].to_list()) - set(said.filter(~mine)["profile_id"].to_list())
    return found


def _requests(lake: Lake, records: set[str]) -> set[str]:
    """Requests that name nobody else: their ids, and the ids of their rows."""
    told = _every(lake, "consent_event", ["consent_id", "record_id"]).drop_nulls("record_id")
    base = pl.col("consent_id").str.strip_suffix(pl.concat_str(pl.lit(":"), "record_id"))
    named = told.with_columns(base=base).filter(pl.col("base").str.starts_with("privacy_requests:"))
    mine = named["record_id"].is_in(list(records))
    whole = set(named.filter(mine)["base"].to_list()) - set(named.filter(~mine)["base"].to_list())
    return whole | set(told.filter(pl.col("record_id").is_in(list(records)))["consent_id"].to_list())


def _homes(lake: Lake, ids: set[str], mixed: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    found = {}
    for day in lake.days("person"):
        lived = lake.read("person", day).select("person_id", "household_id").drop_nulls()
        mine = lived["person_id"].is_in(list(ids | mixed.get(day.isoformat(), frozenset())))
        alone = set(lived.filter(mine)["household_id"].to_list()) - set(lived.filter(~mine)["household_id"].to_list())
        if alone:
            found[day.isoformat()] = frozenset(alone)
    return found


def _vins(lake: Lake, ids: set[str]) -> frozenset[str]:
    """Vehicles that nobody else held, and that are in no stock of ours."""
    held = _every(lake, "garage", ["person_id", "vin"])
    mine = held["person_id"].is_in(list(ids))
    vins = set(held.filter(mine)["vin"].to_list()) - set(held.filter(~mine)["vin"].to_list())
    stock = _every(lake, "inventory", ["vin"])
    return frozenset(vins - set(stock["vin"].to_list()))


def source_parts(lake: Lake, feed: Feed) -> Iterator[tuple[date, Path]]:
    """The accepted partitions of a feed, oldest first."""
    for day in lake.days(feed.name):
        yield day, lake.part(feed.name, day)


def texts_of(feed: Feed, part: Path) -> pl.DataFrame:
    """The columns of text of accepted rows that may say whose they are, with `at`, their place."""
    schema = pl.read_parquet_schema(part)
    text = [one.name for one in feed.fields if one.kind in (Kind.TEXT, Kind.VIN) and one.name in schema]
    told = [one for one in text if is_read(one) or one in (*text_key(feed), "left_ref", "right_ref", "request_id")]
    return pl.read_parquet(part, columns=["row_key", *told]).with_row_index("at")


def rows_of(feed: Feed, rows: pl.DataFrame, keys: Mapping[str, frozenset[str]]) -> list[pl.Series]:
    """Places of rows whose keys are known to be theirs, per block of the feed."""
    return [
        rows.filter(pl.col("row_key").is_in(list(keys.get(block.prefix, frozenset()))))["at"].cast(pl.UInt32)
        for block in blocks(rows.columns)
    ]


def _source_rows(lake: Lake, records: set[str]) -> tuple[dict[str, dict[str, frozenset[str]]], pl.DataFrame]:
    """Keys of the source rows that made their records, and every identifier and name that these rows state."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    stated = [pl.DataFrame(schema={"kind": pl.String, "value": pl.String, "name": pl.String})]
    for feed in all_feeds().values():
        mine = {one.removeprefix(f"{feed.name}:") for one in records if one.startswith(f"{feed.name}:")}
        if not mine:
            continue
        for _, part in source_parts(lake, feed):
            rows = texts_of(feed, part)
            for block in blocks(rows.columns):
                keys = _keys_of(feed, block.prefix, rows, mine)
                of = found.setdefault(feed.name, {})
                of[block.prefix] = of.get(block.prefix, frozenset()) | keys
    for name, of in found.items():
        feed = all_feeds()[name]
        for _, part in source_parts(lake, feed):
            rows = texts_of(feed, part)
            for block in blocks(rows.columns):
                chosen = rows.filter(pl.col("row_key").is_in(list(of.get(block.prefix, frozenset()))))
                said = evidence(block, chosen, name, text_key(feed)).join(names(block, chosen), on="at", how="left")
                stated.append(said.select("kind", "value", "name"))
    return found, pl.concat(stated).unique()


def _keys_of(feed: Feed, prefix: str, rows: pl.DataFrame, mine: set[str]) -> frozenset[str]:
    """Keys of rows whose block is of one of these records (ids without the feed's name)."""
    if feed.name == "web_events":
        return frozenset(rows.filter(pl.col("user_pseudo_id").is_in(list(mine)))["row_key"].to_list())
    roles = ROLES.get(prefix, ())
    of_role = {key for one in mine for key, _, role in [one.rpartition(":")] if not roles or role in roles}
    known = pl.col("row_key").is_in(list(of_role))
    number = f"{prefix}number"
    if prefix and number in rows.columns:
        known |= pl.concat_str("dealer_id", pl.lit("|"), number).is_in(list(of_role))
    return frozenset(rows.filter(known)["row_key"].to_list())
