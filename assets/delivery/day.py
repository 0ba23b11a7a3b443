"""Delivery as a part of the day: an asset per platform with a delivery block, a sensor that tries again what was not reached.

A day never fails because a platform did: what is set aside shows as a warning of the asset's check, and is asked again.
"""

import os
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.delivery.engine import Delivered
from assets.delivery.facts import receipts
from assets.delivery.journal import Journal, journals
from assets.delivery.plan import Account, deliverable
from assets.delivery.round import Fault, deliver_each, deliver_part
from assets.delivery.standing import BeingMade, NoExports, NotNewest
from assets.house import House
from assets.jobs import Job
from assets.lake import Lake
from assets.progress import tell
from assets.table import day_of

CHECK = "delivered_whole"
JOB = "deliver"
EVERY_SECONDS = 900
COUNTS = ("delivered", "set_aside", "refused")


def assets(house: House, partitions: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset per platform that policy says where to deliver; none for those whose files people upload."""
    return [_platform_asset(one, partitions) for one in deliverable(house.rules)]


def _platform_asset(where: Account, partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    name = asset_name(where)

    @dg.asset(
        name=name,
        deps=[f"export_{where.platform}"],
        group_name="exports",
        owners=["team:marketing"],
        kinds={where.delivery.kind},
        partitions_def=partitions,
        check_specs=[dg.AssetCheckSpec(CHECK, asset=name, description="Everything planned arrived, and nobody was rejected.")],
        description=f"The day's changes, sent to {where.platform} as policy says; receipts enter the next day's tables.",
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started = time.monotonic()
        found = send(house, where, day_of(context))
        told = counts(found)
        tell(name, told["delivered"], started)
        is_whole = found.is_complete and not told["rejected"] if isinstance(found, Delivered) else False
        yield dg.MaterializeResult(metadata=told)
        yield dg.AssetCheckResult(
            asset_key=name, check_name=CHECK, passed=is_whole, severity=dg.AssetCheckSeverity.WARN, metadata=told
        )

    return body


def asset_name(where: Account) -> str:
    """The asset of a platform."""
    return f"deliver_{where.platform}"


def send(house: House, where: Account, day: date) -> Delivered | Fault:
    """Deliver a platform's day. A house that does not deliver, such as one that makes a past day again, sends nothing."""
    if not house.delivers:
        return Delivered(where.platform, problem="nothing was sent: this run only makes tables")
    try:
        for other in deliverable(house.rules):
            if other.platform != where.platform and _is_owed(house.tables, other, day):
                deliver_part(house.tables, other, day, os.environ, "urgent")  # its own asset tells what became of it
        return deliver_each(house.tables, [where], day, os.environ)[0]
    except (NoExports, NotNewest, BeingMade) as wrong:
        return Delivered(where.platform, problem=str(wrong))


def _is_owed(lake: Lake, where: Account, day: date) -> bool:
    """Whether a platform was not yet asked to withdraw people who may not be addressed any more: they go before all else."""
    begun = journals(lake, day, where.platform)
    return not begun or any(one.is_urgent and begun[-1].states[one.key].status == "planned" for one in begun[-1].left)


def counts(found: Delivered | Fault) -> dict[str, Any]:
    """Bodies by what became of them, people, the last receipts and the sizes that differ. No person and no secret is in it."""
    if isinstance(found, Fault) or not found.journals:
        problem = found.sentence if isinstance(found, Fault) else found.problem
        return {**dict.fromkeys((*COUNTS, "people", "rejected"), 0), "problem": problem}
    rows = pl.concat([receipts(one) for one in found.journals])
    status = rows["status"].cast(pl.String)
    drift = {cell: list(sizes) for cell, sizes in sorted(found.drift.items()) if sizes[0] != sizes[1]}
    listed = rows.select("sequence", "cell", "operation", "status", "reason", "request_id", "members", "rejected", "attempts")
    return {
        **{name: int((status == name).sum()) for name in COUNTS},
        "people": int(rows["accepted"].sum()),
        "rejected": int(rows["rejected"].sum()),
        "problem": found.problem,
        "receipts": dg.MetadataValue.json(listed.with_columns(pl.selectors.enum().cast(pl.String)).head(100).to_dicts()),
        "drift": dg.MetadataValue.json(drift),
    }


def job(accounts: list[Account], partitions: dg.DailyPartitionsDefinition) -> Job:
    """Deliveries alone, for a day whose exports are made."""
    chosen = dg.AssetSelection.assets(*(asset_name(one) for one in accounts))
    return dg.define_asset_job(JOB, selection=chosen, partitions_def=partitions, description="Deliver what is left of a day.")


def sensor(of: Job) -> dg.SensorDefinition:
    """Tries again what was not reached, some rounds a day. What was refused waits for a person."""

    @dg.sensor(
        job=of,
        name="undelivered",
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tries again what a platform could not be reached for; a refusal waits for a person.",
    )
    def body(context: dg.SensorEvaluationContext, house: House) -> dg.SensorResult | dg.SkipReason:
        days = house.tables.days("export_member")
        waiting = [
            (one, left) for one in deliverable(house.rules) if days for left in [rounds_left(house.tables, one, days[-1])] if left
        ]
        if not waiting:
            return dg.SkipReason("nothing waits to be tried again")
        day = days[-1].isoformat()
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"{day} {one.platform} {tries}", partition_key=day, asset_selection=[dg.AssetKey(asset_name(one))]
                )
                for one, tries in waiting
            ]
        )

    return body


def rounds_left(lake: Lake, where: Account, day: date) -> int:
    """Attempts so far at what waits to be tried again; 0 where nothing does, or where policy's rounds are used up."""
    waiting = [journal for journal in journals(lake, day, where.platform) if _waits(journal)][-1:]
    tries = max((journal.states[one.key].attempts for journal in waiting for one in journal.left), default=0)
    most = where.delivery.attempts * (1 + where.delivery.retry_rounds)
    return tries if where.delivery.is_on and tries < most else 0


def _waits(journal: Journal) -> bool:
    return any(journal.states[one.key].status in ("unreached", "sending") for one in journal.left)
