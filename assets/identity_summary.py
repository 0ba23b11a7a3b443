"""What is written and told of a resolution, whichever command made it: the tables, the counts, and the table in the terminal.

Counts and shares only, never values of anybody.
"""

from typing import Any

import polars as pl
from rich.table import Table as RichTable

from pipelines.identity.linkage.learned import Learned
from pipelines.identity.pairwise import Pairwise
from schemas.identity_model import IdentityModel

TIERS = ("exact", "strict", "loose")
KINDS_OF_EVENTS = ("create", "absorb", "merge", "split", "move", "retire")
FIRST_COUNTS = ("run", "records", "new", "changed", "deleted", "unchanged", "persons", "largest_person", "alone")
LAST_COUNTS = ("households", "edges", "blocks_dropped")


def result_frames(
    members: pl.DataFrame, edges: pl.DataFrame, households: pl.DataFrame, learned: Learned, diagnostics: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The tables of a result, by the name of their file."""
    tables = {"members": members, "edges": edges, "households": households}
    tables |= {"parameters": learned.parameters, "shares": learned.shares}
    return tables | {f"diagnostics_{name}": frame for name, frame in sorted(diagnostics.items())}


def counts(model: IdentityModel, frames: dict[str, pl.DataFrame], **more: int) -> dict[str, Any]:
    """What is told of the tables of a result, and what else was counted."""
    members = frames["members"]
    people = members.group_by("person_id").len()["len"]
    linked = members.filter(pl.col("person_id").is_duplicated())
    tiers = dict(linked.group_by(pl.col("tier").cast(pl.String)).len().iter_rows())
    return {
        "model": model.model,
        "mode": model.mode,
        "records": members.height,
        "persons": len(people),
        "largest_person": max(people, default=0),
        "alone": members.height - linked.height,
        "tiers": {tier: tiers.get(tier, 0) for tier in TIERS},
        "households": frames["households"]["household_id"].n_unique(),
        "edges": frames["edges"].height,
        "blocks_dropped": frames["diagnostics_dropped"].height,
        **more,
    }


def event_counts(events: pl.DataFrame) -> dict[str, int]:
    """How many events of each kind."""
    seen = dict(events.group_by("kind").len().iter_rows())
    return {kind: seen.get(kind, 0) for kind in KINDS_OF_EVENTS} | {
        kind: seen[kind] for kind in seen if kind not in KINDS_OF_EVENTS
    }


def rounded(score: Pairwise) -> dict[str, float]:
    """Precision, recall and F1, as they are kept."""
    return {name: round(getattr(score, name), 6) for name in ("precision", "recall", "f1")}


def summary_table(summary: dict[str, Any], seconds: float) -> RichTable:
    """The table that is shown of a summary."""
    table = RichTable(title=f"Records linked by {summary['model']}", show_header=False)
    table.add_column("what")
    table.add_column("how many", justify="right")
    rows = {name.replace("_", " "): summary[name] for name in FIRST_COUNTS if name in summary}
    rows |= {f"linked, tier {tier}": count for tier, count in summary["tiers"].items()}
    rows |= {name.replace("_", " "): summary[name] for name in LAST_COUNTS}
    rows |= {f"event {kind}": count for kind, count in summary.get("events", {}).items()}
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    for name, share in summary.get("score", {}).items():
        table.add_row(name, f"{share:.4f}")
    table.add_row("seconds", f"{seconds:.2f}")
    return table
