"""Members into what a platform takes, as bytes. No disk, no clock: the same members give the same bytes.

A platform's declaration names its renderer; `csv` draws any file whose columns the declaration lists.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

import polars as pl

from pipelines.activation.render_csv import draw_csv
from pipelines.activation.render_google import draw_google
from pipelines.activation.render_linkedin import draw_linkedin
from pipelines.activation.render_meta import draw_meta
from pipelines.activation.render_microsoft import draw_microsoft
from pipelines.activation.render_pinterest import draw_pinterest
from pipelines.activation.render_rows import Account, Drawn, Job, Part
from pipelines.activation.render_snap import draw_snap
from pipelines.activation.render_thetradedesk import draw_thetradedesk
from schemas.platforms import PlatformContract, all_platforms
from schemas.platforms.batch import Batch

MANIFEST = "manifest.json"

RENDERERS: Mapping[str, Callable[[PlatformContract, Job], Drawn]] = {
    "csv": draw_csv,
    "google": draw_google,
    "linkedin": draw_linkedin,
    "meta": draw_meta,
    "microsoft": draw_microsoft,
    "pinterest": draw_pinterest,
    "snap": draw_snap,
    "thetradedesk": draw_thetradedesk,
}
# In which order bodies are sent: opt-outs of every cell first, then what is to be held, then what left.
TURNS = {"add": 1, "refresh": 1, "replace": 1, "remove": 2}


def render(
    platform: str, export_member: pl.DataFrame, account: str = "", audience_ids: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """The files of one platform: path below the exports folder -> bytes; one folder per cell, and a manifest.

    `export_member` has the columns of that table; rows of other platforms are left alone. `audience_ids` maps cells to
    the platform's ids of the audiences; a cell without one is named by itself. KeyError where no renderer is declared.
    """
    jobs = _jobs(platform, export_member, Account(account, audience_ids or {}))
    drawn = {job.cell: _draw(platform, job) for job in jobs}
    files = {one.path: one.body for one in _numbered(platform, drawn)}
    files |= {f"{platform}/{cell}/{name}": content for cell, one in drawn.items() for name, content in one.files().items()}
    counts = {job.cell: _counts(job.rows) for job in jobs}
    return files | {f"{platform}/{MANIFEST}": _manifest(platform, counts, files)}


def batches(
    platform: str, export_member: pl.DataFrame, account: str = "", audience_ids: Mapping[str, str] | None = None
) -> list[Batch]:
    """The day's changes of one platform as bodies to send, in the order of sending; arguments as of `render`."""
    jobs = _jobs(platform, export_member, Account(account, audience_ids or {}))
    return _numbered(platform, {job.cell: _draw(platform, job) for job in jobs})


def full_batches(
    platform: str, delivered: pl.DataFrame, started_at: str, account: str = "", audience_ids: Mapping[str, str] | None = None
) -> list[Batch]:
    """Everything that one platform should hold, as bodies that replace what it holds where it can.

    `delivered` has the columns of that table. `started_at` is the moment before the first body is sent, RFC 3339.
    A platform that cannot replace is sent everything again as adds; what it holds beyond that must be removed by name.
    What is sent once a stay, as letters are, is never sent again: no bodies.
    """
    if not _contract(platform).is_refreshed:
        return []
    rows = delivered.with_columns(action=pl.lit("add"), withdrawn=pl.lit([], pl.List(pl.String)), cause=pl.lit("entered"))
    jobs = _jobs(platform, rows, Account(account, audience_ids or {}))
    full = {job.cell: Job(job.where, job.cell, job.segment, job.rows, is_full=True, started_at=started_at) for job in jobs}
    return _numbered(platform, {cell: _draw(platform, job) for cell, job in full.items()})


def _jobs(platform: str, rows: pl.DataFrame, where: Account) -> list[Job]:
    """One job per cell, in the order of cells, rows in the order of people."""
    cells = rows.filter(pl.col("platform") == platform).partition_by("cell", as_dict=True)
    order = sorted(cells, key=lambda cell: str(cell[0]))
    return [Job(where, str(cell), str(cells[cell,].item(0, "segment")), _by_person(cells[cell,])) for (cell,) in order]


def _by_person(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order of people; tables are published so, and most need no sorting."""
    return rows if rows.get_column("person_id").is_sorted() else rows.sort("person_id")


def _draw(platform: str, job: Job) -> Drawn:
    return RENDERERS[_contract(platform).renderer or ""](_contract(platform), job)


def _contract(platform: str) -> PlatformContract:
    contract = all_platforms()[platform]
    if contract.renderer is None:
        drawn = ", ".join(name for name, one in all_platforms().items() if one.renderer)
        raise KeyError(f"files for {platform} are not drawn; platforms with files are {drawn}")
    return contract


def _numbered(platform: str, drawn: Mapping[str, Drawn]) -> list[Batch]:
    """Every body with its place in the order of sending and the name of its file."""
    _contract(platform)
    parts = [(cell, part) for cell, one in drawn.items() for part in one.parts]
    seen: dict[tuple[str, str], int] = {}
    made = []
    for place, (cell, part) in enumerate(sorted(parts, key=lambda one: _turn(one[1])), start=1):
        number = seen[cell, part.stem] = seen.get((cell, part.stem), 0) + 1
        made.append(
            Batch(
                platform,
                cell,
                part.operation,
                place,
                f"{part.stem}-{number:05d}.{'json' if 'json' in part.content_type else 'csv'}",
                part.body,
                part.content_type,
                part.members,
                part.request,
                part.is_urgent,
            )
        )
    return made


def _turn(part: Part) -> int:
    return 0 if part.is_urgent else TURNS[part.operation]


def _counts(rows: pl.DataFrame) -> dict[str, int]:
    actions = rows.get_column("action").cast(pl.String)
    return {action: int((actions == action).sum()) for action in ("add", "refresh", "remove")}


def _manifest(platform: str, counts: Mapping[str, Mapping[str, int]], files: Mapping[str, bytes]) -> bytes:
    listed = [
        {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    ]
    content = {"platform": platform, "cells": counts, "files": listed}
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()
