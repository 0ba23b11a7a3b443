"""When a day runs by itself."""

import dagster as dg
from dagster._core.definitions.partitions.partitioned_schedule import UnresolvedPartitionedAssetScheduleDefinition

from assets.jobs import Job

Schedule = UnresolvedPartitionedAssetScheduleDefinition | dg.ScheduleDefinition
HOUR_OF_DAY = 5  # after the DMS vendors' nightly drops and the GA4 daily export, before the lead desk opens


def daily_schedule(job: Job) -> Schedule:
    """Every morning, in the group's time zone, the day that has just ended."""
    return dg.build_schedule_from_partitioned_job(
        job,
        name="every_morning",
        hour_of_day=HOUR_OF_DAY,
        description="Runs yesterday every morning in the group's time zone.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
