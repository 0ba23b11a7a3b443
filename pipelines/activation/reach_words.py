"""Why a list is too small for a platform, how many people it lacks, and what would mend it: a sentence per row of reach."""

from collections.abc import Mapping
from typing import Any

from pipelines.step import Day


def says(row: Mapping[str, Any], day: Day) -> str:
    """The sentence; empty where the list is large enough."""
    if row["verdict"] == "enough":
        return f"pooled into {row['sent_as']}, which has {row['sent_people']:,} people" if row["sent_as"] else ""
    if row["verdict"] == "nobody":
        return f"nobody of {row['members']:,} may go: {_loss(row)}"
    least = f"and the platform serves no list under {row['served_minimum']:,}"
    why = {
        "not_sent": f"{row['sent_people']:,} people are fewer than min_members {row['minimum']:,}, so nothing is sent",
        "too_small": f"at most {_at(row, 'match_high'):,} are found, {least}",
        "uncertain": f"perhaps only {_at(row, 'match_low'):,} are found, {least}",
    }[row["verdict"]]
    return f"{why}; {row['short_people']:,} more are needed. {_cause(row)}. {_way_out(row, day)}"


def _at(row: Mapping[str, Any], end: str) -> int:
    return int(row["sent_people"] * row[end])


def _loss(row: Mapping[str, Any]) -> str:
    return f"{row['lost']:,} by {row['cause'].replace('_', ' ')}" if row["cause"] else "no member at all"


def _cause(row: Mapping[str, Any]) -> str:
    """Whether the audience is small, or people are lost on the way."""
    lost = row["members"] - row["matchable"]
    if row["members"] < row["minimum"] or not lost:
        return f"The cell itself has {row['members']:,} people" + (f", and most losses are {_loss(row)}" if lost else "")
    return f"Of {row['members']:,} people {lost:,} cannot go, most of them {_loss(row)}"


def _way_out(row: Mapping[str, Any], day: Day) -> str:
    one = day.policy.channels.platforms[row["platform"]]
    if row["verdict"] == "not_sent" and not one.pool_small_cells_by.get(row["segment"]):
        pool = f"pool_small_cells_by of {row['platform']} in channels.yaml pools it with its neighbours"
        lower = f"; the platform itself asks for {row['served_minimum']:,}" if row["served_minimum"] < row["minimum"] else ""
        return f"{pool}{lower}"
    if row["verdict"] == "not_sent":
        return "Pooled it is too few as well: widen the rules of the audience, or lower min_members"
    return "Widen the rules of the audience, pool its cells, or collect e-mails and phones"
