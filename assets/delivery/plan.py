"""What a delivery sends: the day's changes as bodies, those of an unfinished delivery again, or the whole list."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from assets.delivery.facts import done
from assets.delivery.journal import (
    Journal,
    Mode,
    Plan,
    content_key,
    journals,
    last_number,
    member_rows,
    now,
    planned,
    write_plan,
)  # fmt: skip
from assets.delivery.open import FILES
from assets.lake import Lake
from pipelines.activation.render import MANIFEST, batches, full_batches
from schemas.platforms.batch import Batch
from schemas.policy import Policy
from schemas.policy.delivery import Delivery
from schemas.tables.exports import DELIVERED

STAY = ("basis", "since", "sent_on", "expires_on")


@dataclass(frozen=True)
class Account:
    """A platform as policy has it."""

    platform: str
    account: str
    delivery: Delivery


@dataclass(frozen=True)
class Work:
    """A delivery and its bodies by key."""

    journal: Journal
    bodies: dict[str, Batch]


def deliverable(policy: Policy) -> list[Account]:
    """Platforms that policy says where to deliver, in alphabetical order."""
    found = policy.channels.platforms
    return [Account(name, one.account, one.delivery) for name, one in sorted(found.items()) if one.delivery is not None]


def asks_of(lake: Lake, day: date, platform: str) -> pl.DataFrame:
    """The day's asks of a platform: rows of export_member with the stay that they begin or renew."""
    rows = lake.read("export_member", day).filter(pl.col("platform") == platform)
    held = lake.read(DELIVERED.name, day).filter(pl.col("platform") == platform)
    stay = held.select("cell", "person_id", *(one for one in STAY if one not in rows.columns))
    return rows.join(stay, on=["cell", "person_id"], how="left").sort("cell", "person_id")


def left_to_ask(lake: Lake, where: Account, day: date) -> pl.DataFrame:
    """The day's asks of a platform that no receipt confirms yet."""
    return _undone(asks_of(lake, day, where.platform), journals(lake, day, where.platform))


def changes_work(lake: Lake, where: Account, day: date) -> Work:
    """The day's delivery: the one that is under way, or a new one of what is not yet confirmed. Raises OSError."""
    earlier = [one for one in journals(lake, day, where.platform) if one.plan.mode == "changes"]
    everything = asks_of(lake, day, where.platform)
    if earlier:
        last = earlier[-1]
        asks = _undone(everything, earlier[:-1])
        bodies = _drawn(lake.group, where, asks, day, last.plan.number)
        if list(bodies) == [one.key for one in last.plan.batches]:
            return Work(last, bodies)
    asks = _undone(everything, earlier)
    return _new(lake, where, day, "changes", asks, now())


def resync_work(lake: Lake, where: Account, day: date) -> Work:
    """The platform's whole list: the resync that is under way, or a new one."""
    rows = lake.read(DELIVERED.name, day).filter(pl.col("platform") == where.platform)
    asks = rows.select(
        "platform", "cell", "person_id", "segment", "identifiers", *STAY,
        action=pl.lit("replace"), cause=pl.lit("entered"), withdrawn=pl.lit([], pl.List(pl.String)),
    ).sort("cell", "person_id")  # fmt: skip
    under_way = [one for one in journals(lake, day, where.platform) if one.plan.mode == "resync" and one.left]
    if under_way:
        last = under_way[-1]
        bodies = _drawn(lake.group, where, asks, day, last.plan.number, last.plan.began_at)
        if list(bodies) == [one.key for one in last.plan.batches]:
            return Work(last, bodies)
    return _new(lake, where, day, "resync", asks, now())


def bodies_of(where: Account, asks: pl.DataFrame, started_at: str = "") -> list[Batch]:
    """Asks as bodies in the order of sending; a whole list where `started_at` says when it began."""
    ids = where.delivery.audience_ids
    if started_at:
        return full_batches(where.platform, asks, started_at, where.account, ids)
    return batches(where.platform, asks, where.account, ids)


def _new(lake: Lake, where: Account, day: date, mode: Mode, asks: pl.DataFrame, began_at: str) -> Work:
    number = 1 + max(last_number(lake, day, where.platform), _published(lake, day, where.platform))
    bodies = _drawn(lake.group, where, asks, day, number, began_at if mode == "resync" else "")
    told = tuple(planned(lake.group, day, number, one) for one in bodies.values())
    plan = Plan(lake.group, where.platform, day, number, mode, began_at, told)
    return Work(write_plan(lake, plan, asks, member_rows(list(bodies.items()))), bodies)


def _drawn(
    group: str, where: Account, asks: pl.DataFrame, day: date, number: int, started_at: str = ""
) -> dict[str, Batch]:  # fmt: skip
    drawn = bodies_of(where, asks, started_at)
    if drawn and where.delivery.kind in FILES:
        drawn.append(_manifest(where.platform, drawn))
    return {content_key(group, day, number, one): one for one in drawn}


def _undone(asks: pl.DataFrame, earlier: Sequence[Journal]) -> pl.DataFrame:
    """Asks of which nothing was confirmed yet; they are asked whole."""
    confirmed = [done(one) for one in earlier]
    return asks.join(pl.concat(confirmed), on=["cell", "person_id"], how="anti") if confirmed else asks


def _published(lake: Lake, day: date, platform: str) -> int:
    """The number of the day's last delivery that the lake's receipts tell of; 0 where there is none."""
    parts = [lake.part("receipt", one) for one in lake.days("receipt") if one >= day]
    told = {name for part in parts for name in pl.read_parquet(part, columns=["delivery"])["delivery"].unique().to_list()}
    numbers = [one.split("/") for one in sorted(told)]
    return max((int(number) for on, name, number in numbers if on == day.isoformat() and name == platform), default=0)


def _manifest(platform: str, drawn: Sequence[Batch]) -> Batch:
    """What lies beside the files of a delivery, sent last: whoever reads them knows by it that all are there."""
    listed = [
        {"file": one.path, "bytes": len(one.body), "sha256": hashlib.sha256(one.body).hexdigest(), "operation": one.operation}
        for one in drawn
    ]
    body = json.dumps({"platform": platform, "files": listed}, indent=1, sort_keys=True).encode()
    return replace(drawn[-1], cell="", operation="manifest", sequence=len(drawn) + 1, name=MANIFEST, body=body,
                   content_type="application/json", members=(), request="", is_urgent=False)  # fmt: skip
