"""The Trade Desk: CRM data by hash, and first-party data by the UID2s that the identity map gave.

Digests are Base64 of the raw bytes. A UID2 is asked for by digest (`map_requests`), kept by the caller until the map says that it
must be asked for again, and is case-sensitive: it is passed on as it came.
"""

import json
from collections.abc import Mapping

import polars as pl

from pipelines.activation.render_rows import CSV, Drawn, Job, Part, Phase, joined, people, phases, sliced, values
from schemas.platforms import PlatformContract

MODES = {"add": "Add", "replace": "Replace", "remove": "Delete"}
KINDS = ("email", "phone")
MINUTES_A_DAY = 1_440


def draw_thetradedesk(contract: PlatformContract, job: Job) -> Drawn:
    """Files of digests per type and phase, one a line under its header."""
    parts = [part for phase in phases(job) for kind in KINDS for part in _files(phase, kind, job, contract.batch_members)]
    return Drawn(tuple(parts))


def _files(phase: Phase, kind: str, job: Job, size: int) -> list[Part]:
    known = job.where.audience_id(job.cell)
    request = f"POST /v3/crmdata/segment/{job.where.account}/{known}?mergeMode={MODES[phase.operation]}"
    pieces = [phase.rows] if phase.operation == "replace" else list(sliced(phase.rows, size))  # a replacement is one whole
    parts = []
    for rows in pieces:
        digests = values(rows, (kind,))
        lines = digests.get_column("value")
        if len(lines):
            body = f"{kind}_sha256_base64\n".encode() + b"".join(joined(lines, "\n")) + b"\n"
            stem = f"{phase.stem}-{kind}"
            parts.append(Part(phase.operation, stem, body, people(digests), request, CSV, phase.is_urgent))
    return parts


def map_requests(rows: pl.DataFrame, most: int) -> list[bytes]:
    """Bodies of POST /v3/identity/map for the digests of rows as in export_member, at most `most` identifiers each, each once."""
    asked = values(rows, KINDS).select("kind", "value").unique().sort("kind", "value")
    bodies = []
    for some in sliced(asked, most):
        lists = {f"{kind}_hash": some.filter(pl.col("kind") == kind).get_column("value").to_list() for kind in KINDS}
        bodies.append((json.dumps({name: one for name, one in lists.items() if one}, separators=(",", ":")) + "\n").encode())
    return bodies


def mapped(kind: str, digests: list[str], answers: list[Mapping[str, str]]) -> dict[str, str]:
    """UID2s by `kind:digest` from an answer of the identity map, which keeps the order of what was asked.

    Who opted out there, or is unknown, has no entry: nothing is sent of them. ValueError where the answer is of another length.
    """
    if len(digests) != len(answers):
        raise ValueError(f"the identity map answered {len(answers)} of {len(digests)} identifiers of kind {kind}; ask again")
    found = zip(digests, answers, strict=True)
    return {f"{kind}:{digest}": answer["u"] for digest, answer in found if "u" in answer and "e" not in answer}


def advertiser_data(rows: pl.DataFrame, uid2s: Mapping[str, str], advertiser: str, cell: str, days: int) -> bytes:
    """Body of POST /data/advertiser: every UID2 of the rows in the segment of a cell for a number of days; 0 takes them out."""
    asked = values(rows, KINDS).select(pl.concat_str("kind", pl.lit(":"), "value").alias("one")).unique().sort("one")
    ids = sorted({uid2s[one] for one in asked.get_column("one") if one in uid2s})
    data = [{"Name": cell, "TTLInMinutes": days * MINUTES_A_DAY}]
    items = [{"UID2": one, "Data": data} for one in ids]
    return (json.dumps({"AdvertiserId": advertiser, "Items": items}, separators=(",", ":")) + "\n").encode()
