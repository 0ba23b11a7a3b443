"""Members into files that a platform takes, as bytes. No disk, no clock: the same members give the same bytes."""

import hashlib
import json
from collections.abc import Callable, Mapping

import polars as pl

from pipelines.activation.render_google import google_files
from pipelines.activation.render_meta import meta_files
from pipelines.activation.render_rows import Account
from schemas.platforms import PlatformContract, all_platforms

MANIFEST = "manifest.json"


Draw = Callable[[PlatformContract, Account, str, str, pl.DataFrame], dict[str, bytes]]
RENDERERS: Mapping[str, Draw] = {"google": google_files, "meta": meta_files}


def render(
    platform: str, export_member: pl.DataFrame, account: str = "", audience_ids: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """The files of one platform: path below the exports folder -> bytes; one folder per cell, and a manifest.

    `export_member` has the columns of that table; rows of other platforms are left alone. `audience_ids` maps cells to
    the platform's ids of the audiences; a cell without one is named by itself. KeyError where no renderer is declared.
    """
    contract = all_platforms()[platform]
    if contract.renderer is None:
        drawn = ", ".join(name for name, one in all_platforms().items() if one.renderer)
        raise KeyError(f"files for {platform} are not drawn; platforms with files are {drawn}")
    draw, where = RENDERERS[contract.renderer], Account(account, audience_ids or {})
    members = export_member.filter(pl.col("platform") == platform).sort("cell", "person_id")
    files: dict[str, bytes] = {}
    counts: dict[str, dict[str, int]] = {}
    for (cell,), rows in members.partition_by("cell", as_dict=True, maintain_order=True).items():
        counts[str(cell)] = _counts(rows)
        drawn_files = draw(contract, where, str(cell), str(rows.item(0, "segment")), rows)
        files.update({f"{platform}/{cell}/{name}": content for name, content in drawn_files.items()})
    return files | {f"{platform}/{MANIFEST}": _manifest(platform, counts, files)}


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
