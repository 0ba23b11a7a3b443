"""Pinterest: changes of a customer list, digests of e-mails as one text with commas between (API v5, customer lists)."""

import json

from pipelines.activation.render_rows import Drawn, Job, Part, Phase, joined, people, phases, sliced, values
from schemas.platforms import PlatformContract

OPERATIONS = {"add": "ADD", "replace": "ADD", "remove": "REMOVE"}


def draw_pinterest(contract: PlatformContract, job: Job) -> Drawn:
    """Bodies of PATCH, and list.json that makes the list. The platform cannot replace: a full list is added."""
    known = job.where.audience_id(job.cell)
    request = f"PATCH /v5/ad_accounts/{job.where.account}/customer_lists/{known}"
    parts = [part for phase in phases(job) for part in _bodies(phase, request, contract.batch_members)]
    made = json.dumps({"name": job.cell, "list_type": "EMAIL"}, separators=(",", ":"), sort_keys=True)
    return Drawn(tuple(parts), lambda: {"list.json": f"{made}\n".encode()})


def _bodies(phase: Phase, request: str, size: int) -> list[Part]:
    parts = []
    for rows in sliced(phase.rows, size):
        digests = values(rows, ("email",)).get_column("value")
        text = b"".join(joined(digests, ","))
        body = f'{{"operation_type":"{OPERATIONS[phase.operation]}","records":"'.encode() + text + b'"}\n'
        if len(digests):
            parts.append(Part(phase.operation, phase.stem, body, people(rows), request, is_urgent=phase.is_urgent))
    return parts
