"""Any file whose columns the platform's declaration lists: one line per member, blanks blank, quoted only where needed.

Values are spelled by the platform's rules before they come here: none begins with what a spreadsheet takes for a formula.
A phone in E.164 begins with its plus and is followed by digits alone.
"""

import polars as pl

from pipelines.activation.render_rows import CSV, Drawn, Job, Part, Phase, people, phases, sliced, values
from schemas.platforms import PlatformContract
from schemas.platforms.contract import Column

OF_ROW = ("cell", "person_id", "cause")


def draw_csv(contract: PlatformContract, job: Job) -> Drawn:
    """Files of adds and removals, opt-outs apart. What is sent once is not drawn again, nor taken back once it is out."""
    parts = []
    for phase in phases(job):
        rows = phase.rows
        if phase.operation == "add" and not contract.is_refreshed:
            rows = rows.filter(pl.col("action").cast(pl.String) == "add")
        if phase.operation == "remove" and contract.recall == "suppressed" and not phase.is_urgent:
            continue
        parts += [_part(contract, phase, some) for some in sliced(rows, contract.batch_members) if some.height]
    return Drawn(tuple(parts))


def _part(contract: PlatformContract, phase: Phase, rows: pl.DataFrame) -> Part:
    removal = contract.removal_columns or contract.columns
    body = file_text(rows, removal if phase.operation == "remove" else contract.columns)
    return Part(phase.operation, phase.stem, body, people(rows), "", CSV, phase.is_urgent)


def file_text(rows: pl.DataFrame, columns: tuple[Column, ...]) -> bytes:
    """Header and lines as UTF-8 with line feeds. Headers may repeat, as some platforms want for a second value of a kind."""
    kinds = tuple(sorted({one.kind for one in columns} - set(OF_ROW)))
    long = values(rows, kinds)
    table = rows.select(*(pl.col(name).cast(pl.String) for name in OF_ROW if name in rows.columns), row=pl.int_range(pl.len()))
    for number, one in enumerate(columns):
        name = f"column_{number}"
        if one.kind in OF_ROW:
            table = table.with_columns(pl.col(one.kind).alias(name))
            continue
        held = long.filter((pl.col("kind") == one.kind) & (pl.col("place") == one.place)).select(
            "row", pl.col("value").alias(name)
        )
        table = table.join(held, on="row", how="left", maintain_order="left")
    lines = table.select(f"column_{number}" for number in range(len(columns)))
    header = ",".join(one.header for one in columns) + "\n"
    return header.encode() + lines.write_csv(include_header=False, quote_style="necessary").encode()
