"""What the policy of the day before would have made of a day, for steps that ask what the change of policy did.

Made in memory only where the policy differs, and only those tables whose steps read what differs; nothing of it is published.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.house import House
from assets.policy_reads import is_touched
from assets.rehearsal import make, step_of_table, tables_between
from pipelines.step import Step


def otherwise(house: House, step: Step, day: date) -> Mapping[str, pl.DataFrame]:
    """A frame per `otherwise` input of a step, by alias; empty where the day's own tables say the same."""
    wanted = {one.table: one.alias for one in step.inputs if one.window == "otherwise"}
    before = house.day(day).policy_before if wanted else None
    if before is None or before.policy_hash == house.rules.policy_hash:
        return {}
    concerned = tables_between(set(step_of_table()), set(wanted))
    touched = {one for one in concerned if is_touched(house.tables, one, day, before)}
    made = make(house, day, before, tables_between(touched, set(wanted)))
    return {alias: made[table] for table, alias in wanted.items() if table in made}
