"""What a day hangs on, pinned when the day is done: so that it can be made again, and be told apart from what it was.

    LAKE/<group>/_runs/2026-11-21.json   files by hash, policy and code by hash, a fingerprint of the seed, the libraries, what
                                         came out by hash, and the chain: the hash of all that up to this day came out

The seed itself is not written down: who holds it could follow ids. Nothing here comes from the clock, so a day that is made
again pins the same.
"""

import hashlib
import json
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import dagster as dg
import polars as pl

from assets.arrivals import digest
from assets.house import House
from assets.lake import Lake
from assets.policy_reads import code_hash, keep_policy
from assets.progress import tell
from assets.seed import seed_fingerprint
from assets.table import day_of

LIBRARIES = ("polars", "duckdb", "pyarrow", "numpy", "scipy", "scikit-learn", "rapidfuzz", "phonenumbers", "sqlglot")


def asset(upstream: Sequence[dg.AssetsDefinition], partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that pins a day after everything else of it."""
    keys = sorted({key for one in upstream for key in one.keys}, key=lambda key: key.to_user_string())

    @dg.asset(
        name="day_pins",
        deps=keys,
        group_name="reports",
        owners=["team:data"],
        kinds={"json"},
        partitions_def=partitions,
        description="What the day hangs on, by hash: its files, policy, code, seed and libraries; and what came out of it.",
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        pins = write_pins(house, day)
        tell("day_pins", len(pins["tables"]), started)
        yield dg.MaterializeResult(metadata={"tables": len(pins["tables"]), "files": len(pins["files"]), "chain": pins["chain"]})

    return body


def write_pins(house: House, day: date) -> dict[str, Any]:
    """Pin a day whose tables are published, and return what was pinned. Atomic."""
    lake = house.tables
    keep_policy(lake, house.rules)
    came_out = {"tables": table_hashes(lake, day), "exports": export_hashes(lake, day)}
    before = previous_link(lake, day)
    pins: dict[str, Any] = {
        "day": day.isoformat(),
        "group": lake.group,
        "policy_hash": house.rules.policy_hash,
        "code": code_hash(),
        "seed": seed_fingerprint(house.seed),
        "libraries": dict(libraries()),
        "files": files_of_day(lake, day),
        "previous": before,
        **came_out,
        "chain": chain_of(before, came_out),
    }
    lake.write_json(_place(day), pins)
    return pins


def pins_of(lake: Lake, day: date) -> dict[str, Any] | None:
    """What a day pinned, or None where it never came to its end."""
    return lake.read_json(_place(day))


def table_hashes(lake: Lake, day: date) -> dict[str, str]:
    """SHA-256 of every table's partition of a day, by table."""
    places = {table: lake.part(table, day) for table in lake.tables()}
    return {table: digest(place) for table, place in places.items() if place.is_file()}


def export_hashes(lake: Lake, day: date) -> dict[str, str]:
    """SHA-256 of every file that platforms take of a day, by its name below the day's folder."""
    top = lake.home / "_exports" / day.isoformat()
    return {path.relative_to(top).as_posix(): digest(path) for path in sorted(top.rglob("*")) if path.is_file()}


def files_of_day(lake: Lake, day: date) -> list[dict[str, str]]:
    """feed, name, sha256, status of every file that the day looked at, as its account feed_file says."""
    account = lake.read("feed_file", day).select("feed", "file_name", "file_sha256", pl.col("status").cast(pl.String))
    looked_at = account.filter(pl.col("status") != "missing")  # a feed without a file has a row too; it pins nothing
    rows = looked_at.sort("feed", "file_name", "file_sha256").rows()
    return [dict(zip(("feed", "name", "sha256", "status"), row, strict=True)) for row in rows]


def previous_link(lake: Lake, day: date) -> dict[str, str] | None:
    """The day before and its chain, as they are now; None for a first day, the chain blank where that day pinned nothing."""
    earlier = [one for one in lake.days("feed_file") if one < day]
    if not earlier:
        return None
    pins = pins_of(lake, earlier[-1])
    return {"day": earlier[-1].isoformat(), "chain": pins["chain"] if pins else ""}


@cache
def libraries() -> Mapping[str, str]:
    """The versions of what computes, and of Python; what is not installed is left out."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def chain_of(before: Mapping[str, str] | None, came_out: Mapping[str, Any]) -> str:
    """The hash of what came out of a day and of the chain before it."""
    told = json.dumps([before["chain"] if before else "", came_out], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _place(day: date) -> str:
    return f"_runs/{day.isoformat()}.json"
