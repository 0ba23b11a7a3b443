"""What the circuit breaker found, as a sentence: which figure against which limit, and what to do."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.policy.breaker import FigureFacts
from schemas.tables.breaker import WHOLE

UNJUDGED = {
    "no_history": "nothing is held there yet, so there is nothing to compare with and nothing is blocked",
    "too_few": "too few people to judge a share of",
    "not_measured": "not measured on this day",
}


def sentence(row: Mapping[str, Any], facts: FigureFacts, day: date) -> str:
    """One sentence about a row of the table breaker."""
    what = f"{facts.meaning}{': ' + row['subject'] if row['subject'] else ''}"
    if row["verdict"] in UNJUDGED:
        return f"{what}: {UNJUDGED[row['verdict']]}"
    found, limit = amount(row["value"], facts.unit), amount(row["limit"], facts.unit)
    if row["verdict"] == "within":
        return f"{what}: {found}, limit {limit}"
    return f"{what}: {found}, over the limit {limit}{_way_on(row, facts, day)}"


def _way_on(row: Mapping[str, Any], facts: FigureFacts, day: date) -> str:
    if row["verdict"] == "released":
        return ", released: see table breaker_release"
    if not row["is_blocked"]:
        return f"; this limit only warns. Look at {facts.look_at}"
    cell = "" if row["cell"] == WHOLE else f" --cell {row['cell']}"
    release = f'velocity release --platform {row["platform"]}{cell} --date {day} --reason "…" --by NAME'
    return f". Look at {facts.look_at}; where the day is right, {release}"


def amount(value: float, unit: str) -> str:
    """A figure with its unit: a share as per cent, points of one, else the number."""
    if unit.startswith("points"):
        return f"{100 * value:.1f} points"
    return f"{value:.1%}" if unit.startswith("share") else f"{value:g} {unit}"
