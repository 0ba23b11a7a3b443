"""What notices things between the daily runs: files that came after their day, and runs that failed."""

from datetime import date

import dagster as dg

from assets.arrivals import late_days
from assets.house import House
from assets.jobs import Job

EVERY_SECONDS = 900


def late_files_sensor(job: Job) -> dg.SensorDefinition:
    """Proposes the days to rebuild. It launches nothing: a rebuild changes published days, which a person decides."""

    @dg.sensor(
        job=job,
        name="late_files",
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices files that came after their day was run and proposes the days to rebuild, oldest first.",
    )
    def body(context: dg.SensorEvaluationContext, house: House) -> dg.SkipReason:
        return dg.SkipReason(proposal(late_days(house.inbox, house.tables), house.tables.days("feed_file")))

    return body


def proposal(late: dict[date, list[str]], ran: list[date]) -> str:
    """What to do about late files, in words: the days to rebuild are the oldest late one and every later day that ran."""
    if not late:
        return "no late files"
    first = min(late)
    days = [one for one in ran if one >= first]
    files = "; ".join(f"{day}: {', '.join(names)}" for day, names in late.items())
    order = ", ".join(map(str, days))
    return f"late files ({files}). Rebuild in this order: {order} (a backfill of the job `day`, or velocity run)."


def run_failed_sensor() -> dg.SensorDefinition:
    """One line in the daemon's log for each failed run; the place to add a mail or a chat message."""

    @dg.run_failure_sensor(name="run_failed", default_status=dg.DefaultSensorStatus.RUNNING)
    def body(context: dg.RunFailureSensorContext) -> None:
        day = context.dagster_run.tags.get("dagster/partition", "no day")
        context.log.error(f"run {context.dagster_run.run_id} of {day} failed; the last good day stays live")

    return body
