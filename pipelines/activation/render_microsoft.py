"""Microsoft Advertising: the bulk CSV of a customer list and its items.

Shape: MicrosoftDocs/BingAds-docs, bulk service, customer list and customer list item. A list that the platform does not know yet
carries a negative id, which the items point at, and is made by the upload.
"""

import csv
import io

import polars as pl

from pipelines.activation.render_rows import CSV, Drawn, Job, Part, Phase, joined, people, phases, values
from schemas.platforms import PlatformContract

HEADER = (
    "Type",
    "Status",
    "Id",
    "Parent Id",
    "Client Id",
    "Modified Time",
    "Name",
    "Description",
    "Scope",
    "Audience",
    "Action Type",
    "Sub Type",
    "Text",
)
VERSION = "6.0"
NEW_LIST = "-10"  # any negative id: made by this upload
ACTIONS = {"add": "Add", "remove": "Remove", "replace": "Replace"}


def draw_microsoft(contract: PlatformContract, job: Job) -> Drawn:
    """One bulk file per phase, each with the list's own line first."""
    del contract
    known = job.where.audience_ids.get(job.cell, NEW_LIST)
    parts = [
        Part(
            phase.operation,
            phase.stem,
            _head(job.cell, known, ACTIONS[phase.operation]) + _items(phase, known),
            people(phase.rows),
            "POST /BulkUpload",
            CSV,
            phase.is_urgent,
        )
        for phase in phases(job)
    ]
    return Drawn(tuple(parts))


def _head(cell: str, known: str, action: str) -> bytes:
    """The file's header, its version, and the list with what is to be done to it."""
    version = {"Type": "Format Version", "Name": VERSION}
    named = {"Type": "Customer List", "Status": "Active", "Id": known, "Client Id": cell, "Scope": "Customer"}
    told = io.StringIO()
    lines = csv.DictWriter(told, HEADER, lineterminator="\n")
    lines.writeheader()
    lines.writerows([version, named | {"Audience": cell, "Action Type": action}])
    return told.getvalue().encode()


def _items(phase: Phase, known: str) -> bytes:
    """A line per digest, once; its number is the Client Id that comes back with an error."""
    digests = values(phase.rows, ("email",)).unique("value", keep="first", maintain_order=True)
    number = (pl.int_range(pl.len()) + 1).cast(pl.String)
    start = pl.lit(f"Customer List Item,,,{known},")
    lines = digests.select(pl.concat_str(start, number, pl.lit(",,,,,,,Email,"), "value")).to_series()
    return b"".join(joined(lines, "\n")) + b"\n" if len(lines) else b""
