"""A file's text rows against the feed's contract: typed rows that keep it, and every rule that the others broke.

Judged here: that text is of its kind, accepted values, and that a row has one of what it needs. Judged by `feed.schema()`:
what is required, and bounds.
"""

import re

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.ingest.cells import trimmed, typed
from pipelines.ingest.files import accepted_schema
from pipelines.ingest.identity import with_identity
from pipelines.ingest.rows import LINE, PROBLEM, RawRows
from schemas.contract import EXPECTED, Feed, Field

_SHOWN = 12  # accepted values listed in a reason


def judged(feed: Feed, raw: RawRows, time_zone: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that keep the contract (line_number, row_key, row_hash and the fields) and broken rules (PROBLEM), long.

    The rows lack only where they came from: version_at, file_name and is_superseded.
    """
    present = [one for one in feed.fields if one.name in raw.cells.columns]
    text = raw.cells.select(LINE, *(trimmed(one).alias(one.name) for one in present))
    values = text.select(LINE, *(typed(one, time_zone).alias(one.name) for one in present))
    problems = [_kind_problems(feed, raw, text, values, present), _row_problems(feed, values)]
    rows = with_identity(feed, text, values)
    kept, broken = _contract(feed, raw, rows, pl.concat(problems))
    return kept, pl.concat([*problems, broken])


def _kind_problems(feed: Feed, raw: RawRows, text: pl.DataFrame, values: pl.DataFrame, present: list[Field]) -> pl.DataFrame:
    """Cells with text and without a value."""
    if not present or text.is_empty():
        return pl.DataFrame(schema=PROBLEM)
    masks = [text[one.name].is_not_null() & values[one.name].is_null() for one in present]
    parts = [pl.DataFrame(schema=PROBLEM)]
    for field, mask in zip(present, masks, strict=True):
        if mask.any():
            header = raw.delivered.get(field.name, field.raw)
            cells = text.filter(mask).select(LINE, value=pl.col(field.name))
            parts.append(_named(cells, field, header, feed))
    return pl.concat(parts)


def _named(cells: pl.DataFrame, field: Field, header: str, feed: Feed) -> pl.DataFrame:
    place = feed.fields.index(field)
    if not field.accepted:
        rule = "pattern" if field.pattern else field.kind.value
        reason = pl.lit(f"{header!r} must be {field.pattern_says if field.pattern else EXPECTED[field.kind]}.")
        fix = pl.lit(f"Correct {header!r} at the source and send the row again.")
    else:
        shown = ", ".join(field.accepted[:_SHOWN]) + (", and others" if len(field.accepted) > _SHOWN else "")
        near = {text: _nearest(text, field.accepted) for text in cells["value"].unique().to_list()}
        nearest = pl.col("value").replace_strict(near, default="", return_dtype=pl.String)
        rule, reason = "accepted", pl.lit(f"{header!r} must be one of {shown}.")
        fix = (
            pl.when(nearest != "")
            .then(pl.format("Nearest accepted value: {}. Correct it at the source, or accept it in the contract.", nearest))
            .otherwise(pl.lit("Correct it at the source, or accept the value in the contract."))
        )
    return _problem(cells, place, f"{field.name}|{rule}", header, value=pl.col("value"), reason=reason, fix=fix)


def _nearest(text: str, accepted: tuple[str, ...]) -> str:
    match = process.extractOne(text.lower(), accepted, scorer=fuzz.ratio, score_cutoff=50)
    return str(match[0]) if match else ""


def _row_problems(feed: Feed, values: pl.DataFrame) -> pl.DataFrame:
    """Rows without any of what one of must be there."""
    wanted = [one for one in feed.row_needs_one_of if one in values.columns]
    if not feed.row_needs_one_of or values.is_empty():
        return pl.DataFrame(schema=PROBLEM)
    lacking = values.filter(pl.all_horizontal(pl.col(one).is_null() for one in wanted)) if wanted else values
    names = ", ".join(feed.field(one).raw for one in feed.row_needs_one_of)
    reason, fix = pl.lit(f"The row needs at least one of {names}."), pl.lit("Fill one of them at the source.")
    return _problem(lacking, len(feed.fields), "row|needs_one_of", None, value=pl.lit(None, pl.String), reason=reason, fix=fix)


def _contract(feed: Feed, raw: RawRows, rows: pl.DataFrame, found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The schema's own rules: what is required and bounds. A cell that already broke a rule is not judged twice."""
    schema = accepted_schema(feed)
    _, failure = schema.filter(rows)
    details = failure.details()
    bad_lines = set(details[LINE].to_list()) | set(found[LINE].to_list())
    kept = rows.filter(~pl.col(LINE).is_in(list(bad_lines))) if bad_lines else rows
    if details.is_empty():
        return kept, pl.DataFrame(schema=PROBLEM)
    parts = [pl.DataFrame(schema=PROBLEM)]
    for column in (one for one in details.columns if "|" in one):
        name, rule = column.split("|", 1)
        failing = details.filter(pl.col(column) == "invalid").select(LINE)
        if failing.is_empty() or name not in {one.name for one in feed.fields}:
            continue
        part = _broken_rule(feed, raw, feed.field(name), rule, rows.join(failing, on=LINE, how="semi"))
        judged_before = found.filter(pl.col("place") == feed.fields.index(feed.field(name)))
        part = part.join(judged_before.select(LINE), on=LINE, how="anti")
        parts.append(part)
    return kept, pl.concat(parts)


def _broken_rule(feed: Feed, raw: RawRows, field: Field, rule: str, rows: pl.DataFrame) -> pl.DataFrame:
    header = raw.delivered.get(field.name, field.raw)
    said = {
        "nullability": f"{header!r} is required and is blank.",
        "min": f"{header!r} must be at least {field.minimum:g}." if field.minimum is not None else "",
        "max": f"{header!r} must be at most {field.maximum:g}." if field.maximum is not None else "",
    }
    reason = pl.lit(said.get(rule) or f"{header!r} breaks the rule {rule}.")
    fix = pl.lit(f"{'Fill' if rule == 'nullability' else 'Correct'} {header!r} at the source and send the row again.")
    name = "required" if rule == "nullability" else re.sub(r"\W+", "_", rule)
    value = pl.col(field.name).cast(pl.String)
    return _problem(rows, feed.fields.index(field), f"{field.name}|{name}", header, value=value, reason=reason, fix=fix)


def _problem(
    rows: pl.DataFrame, place: int, rule: str, header: str | None, *, value: pl.Expr, reason: pl.Expr, fix: pl.Expr
) -> pl.DataFrame:
    return rows.select(
        pl.col(LINE),
        pl.lit(place, pl.Int32).alias("place"),
        pl.lit(rule).alias("rule"),
        pl.lit(header, pl.String).alias("column_name"),
        value.alias("value"),
        reason.alias("reason"),
        fix.alias("fix"),
    )
