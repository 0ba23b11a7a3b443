"""Snap: users of segments. A segment holds one type of identifier, so that a cell is a segment of e-mails and one of phones."""

import json

import polars as pl

from pipelines.activation.render_rows import Drawn, Job, Part, Phase, joined, people, phases, sliced, values
from schemas.platforms import PlatformContract

SCHEMAS = {"email": "EMAIL_SHA256", "phone": "PHONE_SHA256"}
METHODS = {"add": "POST", "replace": "POST", "remove": "DELETE"}


def draw_snap(contract: PlatformContract, job: Job) -> Drawn:
    """Bodies per type, and segments.json that makes the segments. The platform cannot replace: a full list is added."""
    parts = [part for phase in phases(job) for kind in SCHEMAS for part in _bodies(phase, kind, job, contract.batch_members)]
    made = [{"name": segment_name(job.cell, kind), "source_type": "FIRST_PARTY"} for kind in SCHEMAS]
    text = json.dumps({"ad_account_id": job.where.account, "segments": made}, separators=(",", ":"), sort_keys=True)
    return Drawn(tuple(parts), lambda: {"segments.json": f"{text}\n".encode()})


def segment_name(cell: str, kind: str) -> str:
    """The segment of a cell that holds one type of identifier."""
    return f"{cell}_{kind.upper()}"


def _bodies(phase: Phase, kind: str, job: Job, size: int) -> list[Part]:
    target = job.where.audience_id(segment_name(job.cell, kind))
    request = f"{METHODS[phase.operation]} /v1/segments/{target}/users"
    start = f'{{"users":[{{"schema":["{SCHEMAS[kind]}"],"data":['.encode()
    parts = []
    for rows in sliced(phase.rows, size):
        digests = values(rows, (kind,))
        lines = digests.select(pl.concat_str(pl.lit('["'), "value", pl.lit('"]'))).to_series()
        body = start + b"".join(joined(lines, ",")) + b"]}]}\n"
        if len(lines):
            stem = f"{phase.stem}-{kind}"
            parts.append(Part(phase.operation, stem, body, people(digests), request, is_urgent=phase.is_urgent))
    return parts
