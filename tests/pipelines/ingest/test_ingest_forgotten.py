"""Rows of people who were forgotten never reach an accepted table or the quarantine, and are counted."""

from datetime import datetime
from hashlib import sha256

import polars as pl

from pipelines.activation.forget_keys import Hasher, hashed_keys, spellings
from pipelines.ingest import DropFile, Ingested, ingest
from schemas.sources import all_feeds

SEED = "a seed"
CALLS = "call_id,started_at,caller,caller_name,tracked_number,duration_seconds,outcome\n"


def forgotten(kind: str, value: str, name: str, *, alone: bool = True) -> pl.DataFrame:
    keys = [(kind, value, one) for one in spellings(name)] + ([(kind, value, "")] if alone else [])
    rows = hashed_keys(keys, Hasher(SEED))
    return pl.DataFrame(rows, schema=["scope", "key_hash"], orient="row")


def taken(feed: str, text: str, stones: pl.DataFrame | None, known: pl.DataFrame | None = None) -> Ingested:
    content = text.encode()
    file = DropFile("f_20261120.csv", datetime(2026, 11, 20), sha256(content).hexdigest(), content)  # noqa: DTZ001 naive by contract
    empty = all_feeds()[feed].schema().create_empty().select("row_key", "row_hash", "version_at")
    before = empty if known is None else known
    return ingest(all_feeds()[feed], [file], before, time_zone="America/New_York", seed=SEED, forgotten=stones)


def counts(found: Ingested) -> dict[str, int]:
    return {name: found.files[f"rows_{name}"][0] for name in ("read", "accepted", "quarantined", "superseded", "forgotten")}


def test_rows_are_left_out_counted_and_add_up() -> None:
    rows = "c1,2026-11-20T10:00:00Z,8005550100,Ann Lee,8005550199,30,answered\n"
    rows += "c2,2026-11-20T11:00:00Z,8285056350,Bob,8005550199,30,answered\n"
    found = taken("call_tracking", CALLS + rows, forgotten("phone", "+18005550100", "ann|lee|"))
    assert counts(found) == {"read": 2, "accepted": 1, "quarantined": 0, "superseded": 0, "forgotten": 1}
    assert found.accepted["call_id"].to_list() == ["c2"]


def test_another_who_shares_the_phone_stays() -> None:
    rows = "c1,2026-11-20T10:00:00Z,8005550100,Tom Lee,8005550199,30,answered\n"
    found = taken("call_tracking", CALLS + rows, forgotten("phone", "+18005550100", "ann|lee|", alone=False))
    assert counts(found)["accepted"] == 1


def test_a_row_that_breaks_its_contract_does_not_reach_the_quarantine_either() -> None:
    rows = "c1,yesterday,8005550100,Ann Lee,8005550199,30,answered\nc2,yesterday\nann@example.com,8005550100,x,y\n"
    found = taken("call_tracking", CALLS + rows, forgotten("phone", "+18005550100", "ann|lee|"))
    assert "8005550100" not in "".join(found.quarantine["raw_text"].to_list())
    assert counts(found) == {"read": 3, "accepted": 0, "quarantined": 1, "superseded": 0, "forgotten": 2}


def test_nobody_forgotten_changes_nothing() -> None:
    rows = "c1,2026-11-20T10:00:00Z,8005550100,Ann Lee,8005550199,30,answered\n"
    some, none = (
        taken("call_tracking", CALLS + rows, forgotten("phone", "+18285056350", "ann|lee|")),
        taken("call_tracking", CALLS + rows, None),
    )
    assert some.accepted.equals(none.accepted) and counts(some) == counts(none)
