"""One day is one partition. Days begin and end in the group's time zone."""

from datetime import date

import dagster as dg

from schemas.policy import Policy


def daily(policy: Policy, first_day: date | None = None) -> dg.DailyPartitionsDefinition:
    """The group's days, from the first day of its policy or an earlier one on. The day itself can be run on its evening."""
    start = min(policy.group.first_day, first_day) if first_day else policy.group.first_day
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), timezone=policy.group.time_zone, end_offset=1)
