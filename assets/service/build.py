"""Makes the index of a day, in a process of its own: the service goes on answering while it runs.

python -m assets.service.build LAKE GROUP POLICY DAY PLACE
"""

import os
import sys
from datetime import date
from pathlib import Path

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from assets.service.days import DayNotWhole, check_whole, stamp_of
from assets.service.index import write_index
from pipelines.activation.answers import INPUTS, answers
from pipelines.step import Day
from schemas.policy import Policy
from schemas.tables import all_tables

REFUSED = 3  # exit code: the day or the policy cannot be used; the sentence on standard error says why
NICE = 10


def build(lake: Lake, policy: Policy, day: date, place: Path) -> None:
    """Write the index of a day to a place. Errors: DayNotWhole, also where the day changes meanwhile."""
    before = stamp_of(lake, day)
    check_whole(lake, day)
    engine = DuckDBEngine()
    try:
        for table in INPUTS:
            engine.view(table, [lake.part(table, day)], columns=all_tables()[table].schema.create_empty())
        told, keys = answers(engine, Day(day, policy, seed=""))
    finally:
        engine.close()
    place.unlink(missing_ok=True)
    write_index(place, day, told, keys, policy.service, policy.policy_hash)
    if stamp_of(lake, day) != before:
        place.unlink(missing_ok=True)
        raise DayNotWhole(day, "its tables changed while the index was made")


def main(lake: str, group: str, policy: str, day: str, place: str) -> int:
    """The command; returns its exit code. What it says names days and tables, nothing personal."""
    os.nice(NICE)
    try:
        build(Lake(Path(lake), group), load_policy(group, Path(policy)), date.fromisoformat(day), Path(place))
    except DayNotWhole as wrong:
        sys.stderr.write(f"{wrong}\n")
        return REFUSED
    except PolicyError as wrong:  # anybody may read the sentence, and a wrong value may be a key
        sys.stderr.write(f"the policy of {group} has {len(wrong.problems)} problem(s); velocity check-policy tells them\n")
        return REFUSED
    except Exception as wrong:  # a message of an engine may quote values
        sys.stderr.write(f"{type(wrong).__name__} while the index of {day} was made\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # at a common end, libraries would add words of their own to what went wrong
