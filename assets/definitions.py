"""The code location; nothing else. Which group it serves comes from VELOCITY_GROUP; no secret is needed to import it."""

from datetime import date

import dagster as dg

from assets import answer_ledger, deliveries, forget_day, history_check, pages, rebuild_pins, warehouse
from assets.breaker_check import check as nothing_blocked
from assets.breaker_release import asset as breaker_releases
from assets.catalogue import STAGES
from assets.delivery import day as delivery_day
from assets.delivery import fold
from assets.delivery.plan import deliverable
from assets.house import House, house_from_environment
from assets.jobs import daily_job
from assets.otherwise import otherwise
from assets.partitions import daily
from assets.schedules import daily_schedule
from assets.sensors import late_files_sensor, run_failed_sensor
from assets.sources import feed_asset, feed_file_asset
from assets.table import asset_of
from pipelines.step import steps_of
from schemas.sources import all_feeds


def build(house: House, first_day: date | None = None) -> dg.Definitions:
    """Everything that Dagster knows, for one house."""
    partitions = daily(house.rules, first_day)
    feeds = list(all_feeds().values())
    sources = [
        forget_day.asset(partitions),
        *(feed_asset(feed, partitions) for feed in feeds),
        feed_file_asset(feeds, partitions),
    ]
    tables = [asset_of(step, partitions, otherwise) for stage in STAGES for step in steps_of(f"pipelines.{stage}")]
    outputs = [*deliveries.assets(partitions), answer_ledger.asset(partitions), *pages.assets(partitions)]
    outputs.append(fold.asset(partitions))
    outputs.append(breaker_releases(partitions))
    everything = [*sources, *tables, *outputs]
    job = daily_job(partitions)
    ends = [warehouse.asset(everything, partitions), rebuild_pins.asset(everything, partitions)]
    # A day is made and pinned before anybody is told of it: deliveries follow, where policy says where to.
    accounts = deliverable(house.rules)
    sending = [delivery_day.job(accounts, partitions)] if accounts else []
    return dg.Definitions(
        assets=[*everything, *ends, *delivery_day.assets(house, partitions)],
        asset_checks=[history_check.check(), nothing_blocked()],
        jobs=[job, *sending],
        schedules=[daily_schedule(job)],
        sensors=[late_files_sensor(job), run_failed_sensor(), *map(delivery_day.sensor, sending)],
        resources={"house": house},
        # One process for a day: five times faster than a process per asset at this size.
        executor=dg.in_process_executor,
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """The code location that Dagster loads."""
    return build(house_from_environment())
