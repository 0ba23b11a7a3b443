"""The one job: a whole day. Parts of a day are chosen in the UI or on the command line, not by more jobs."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

DAY_JOB = "day"
Job = UnresolvedAssetJobDefinition  # Dagster returns it from a public function and exports no public name for it


def daily_job(
    partitions: dg.DailyPartitionsDefinition,
) -> Job:
    """Every asset of one day."""
    return dg.define_asset_job(
        DAY_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        description="One day: feeds in, people resolved, three audiences and their exports out.",
    )
