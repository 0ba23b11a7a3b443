"""Meta: payloads of POST and DELETE /{audience}/users and POST /{audience}/usersreplace, settings, and the list CSV.

Values are hashed here beforehand and blanks stay blank, because Meta's SDK hashes the empty string, mobile ids and lower-cases
EXTERN_ID. Residents of California carry Limited Data Use.
"""

import hashlib
import json
from typing import Any

import polars as pl

from pipelines.activation.render_rows import Drawn, Job, Part, Phase, added, joined, people, phases
from schemas.platforms import PlatformContract

SCHEMA = ("EXTERN_ID", "EMAIL", "PHONE", "FN", "LN", "CT", "ST", "ZIP", "COUNTRY")
OPTIONS = "DATA_PROCESSING_OPTIONS"
CSV_HEADER = ("email", "phone", "fn", "ln", "ct", "st", "zip", "country", "uid")
REPEATABLE = ("email", "phone")
METHODS = {"add": "POST /{}/users", "remove": "DELETE /{}/users", "replace": "POST /{}/usersreplace"}


def draw_meta(contract: PlatformContract, job: Job) -> Drawn:
    """Payloads of one cell, each phase in an upload session of its own; audience.json and upload.csv beside them."""
    audience = job.where.audience_id(job.cell)
    settings = {"name": job.cell, "subtype": "CUSTOM", "customer_file_source": contract.file_source[job.segment]}
    files = {"audience.json": _text({"account": job.where.account, "audience_id": audience} | settings)}
    parts = [part for phase in phases(job) for part in _payloads(phase, job.cell, audience, contract)]
    come = added(job.rows)
    return Drawn(tuple(parts), lambda: files | ({"upload.csv": customer_csv(wide(come))} if come.height else {}))


def wide(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per member and place of a repeated identifier, a column per kind; blanks where there is none.

    A second e-mail or phone makes a second row of the same member: one row of a payload holds one value per key.
    """
    kinds = [name.lower() for name in SCHEMA]
    long = (
        rows.select("person_id", kind="identifiers")
        .explode("kind", empty_as_null=True)
        .with_columns(pl.col("kind").str.split_exact(":", 1).struct.rename_fields(["kind", "value"]).struct.unnest())
        .with_columns(place=pl.int_range(pl.len()).over("person_id", "kind"))
    )
    places = long.group_by("person_id").agg(pl.col("place").filter(pl.col("kind").is_in(REPEATABLE)).max().fill_null(0))
    table = places.select("person_id", place=pl.int_ranges(0, pl.col("place") + 1)).explode("place")
    for kind in kinds:
        on = ["person_id", "place"] if kind in REPEATABLE else ["person_id"]
        held = long.filter((pl.col("kind") == kind) & ((pl.col("place") == 0) | (kind in REPEATABLE)))
        table = table.join(held.select(*on, pl.col("value").alias(kind)), on=on, how="left")
    limited = long.filter(pl.col("kind") == "option").select("person_id", is_limited=True)
    table = table.join(limited.unique(), on="person_id", how="left")
    return table.with_columns(pl.col(kinds).fill_null(""), pl.col("is_limited").fill_null(False)).sort("person_id", "place")


def _payloads(phase: Phase, cell: str, audience: str, contract: PlatformContract) -> list[Part]:
    """Bodies of at most a batch of rows each, all in one upload session."""
    table, size = wide(phase.rows), contract.batch_members
    texts = list(joined(table.select(_row()).to_series(), ",", size))
    session = _session_id(f"{cell}|{phase.stem}".encode(), texts)
    schema = json.dumps([*SCHEMA, OPTIONS], separators=(",", ":"))
    parts = []
    for number, data in enumerate(texts, start=1):
        state = {"batch_seq": number, "last_batch_flag": number == len(texts), "estimated_num_total": table.height}
        head = json.dumps({"session": {"session_id": session} | state}, separators=(",", ":"))[:-1]
        body = (head + f',"payload":{{"schema":{schema},"is_raw":true,"data":[').encode() + data + b"]}}\n"
        members, request = people(table.slice((number - 1) * size, size)), METHODS[phase.operation].format(audience)
        parts.append(Part(phase.operation, phase.stem, body, members, request, is_urgent=phase.is_urgent))
    return parts


def _row() -> pl.Expr:
    """One row of a payload as JSON text; values are digests and our own ids, which need no escaping."""
    cells = [part for name in SCHEMA for part in (pl.col(name.lower()), pl.lit('","'))][:-1]
    option = pl.when("is_limited").then(pl.lit('",["LDU"]]')).otherwise(pl.lit('",[]]'))
    return pl.concat_str(pl.lit('["'), *cells, option)


def customer_csv(table: pl.DataFrame) -> bytes:
    """The customer list file of Ads Manager; uid is our own id, not hashed."""
    lines = table.rename({"extern_id": "uid"}).select(pl.concat_str(*CSV_HEADER, separator=",")).to_series()
    return (",".join(CSV_HEADER) + "\n").encode() + b"".join(joined(lines, "\n")) + b"\n"


def _session_id(name: bytes, parts: list[memoryview]) -> int:
    """A positive 63-bit id of an upload: its content's, so that the same upload keeps its id."""
    digest = hashlib.sha256(name)
    for part in parts:
        digest.update(part)
    return int.from_bytes(digest.digest()[:8]) >> 1


def _text(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n").encode()
