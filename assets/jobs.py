"""The one job: a whole day. Parts of a day are chosen in the UI or on the command line, not by more jobs."""

import dagster as dg

DAY_JOB = "day"


def daily_job(
    partitions: dg.DailyPartitionsDefinition,
) -> dg.UnresolvedAssetJobDefinition:
    """Every asset of one day."""
    return dg.define_asset_job(
        DAY_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        description="One day: feeds in, people resolved, three audiences and their exports out.",
    )
