"""LinkedIn: users of a DMP segment, one element per member, and the list upload CSV."""

import polars as pl

from pipelines.activation.render_csv import file_text
from pipelines.activation.render_rows import Drawn, Job, Part, Phase, added, joined, people, phases, sliced, values
from schemas.platforms import PlatformContract
from schemas.platforms.contract import Column

ACTIONS = {"add": "ADD", "replace": "ADD", "remove": "REMOVE"}
UPLOAD = (Column("email", "email"),)


def draw_linkedin(contract: PlatformContract, job: Job) -> Drawn:
    """Bodies of a batch create. The platform cannot replace: a full list is added."""
    request = f"POST /rest/dmpSegments/{job.where.audience_id(job.cell)}/users"
    parts = [part for phase in phases(job) for part in _bodies(phase, request, contract.batch_members)]
    come = added(job.rows)
    return Drawn(tuple(parts), lambda: {"upload.csv": file_text(come, UPLOAD)} if come.height else {})


def _bodies(phase: Phase, request: str, size: int) -> list[Part]:
    """An element per member: several e-mails of one are several ids of it."""
    one = pl.concat_str(pl.lit('{"idType":"SHA256_EMAIL","idValue":"'), "value", pl.lit('"}'))
    start = pl.lit(f'{{"action":"{ACTIONS[phase.operation]}","userIds":[')
    parts = []
    for rows in sliced(phase.rows, size):
        ids = values(rows, ("email",)).group_by("row", maintain_order=True).agg("person_id", one.alias("ids"))
        lines = ids.select(pl.concat_str(start, pl.col("ids").list.join(","), pl.lit("]}"))).to_series()
        if len(lines):
            body = b'{"elements":[' + b"".join(joined(lines, ",")) + b"]}\n"
            parts.append(Part(phase.operation, phase.stem, body, people(rows), request, is_urgent=phase.is_urgent))
    return parts
