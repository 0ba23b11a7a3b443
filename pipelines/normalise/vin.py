"""VINs: which are real, and which vehicle they name. Offline, from the whole of NHTSA's vPIC in the ultravin package.

The check digit is that of 49 CFR 565, and the WMI must be known to vPIC: 11111111111111111 passes the one and fails the other.
"""

import re
from datetime import UTC, datetime
from typing import Any

import polars as pl
import ultravin

from pipelines.normalise.vocabulary import body_style_of, match_makes, match_models
from schemas.policy.reference import Reference

# The decoder judges the 30-year cycle of year codes, and which makers exist, as of a day. A VIN means the same whenever it is
# read, so the day is that of the package's own data and never the clock's.
DATA_UNTIL = datetime(2026, 12, 31, tzinfo=UTC)

CHARACTERS = re.compile(r"[A-HJ-NPR-Z0-9]{17}")  # no I, O or Q (49 CFR 565.4)
UNKNOWN_MAKER = 7  # vPIC error code: manufacturer not registered
BAD_CHARACTER = 400  # vPIC error code: a character where this maker's VINs have none, such as a letter in the serial number
BATCH = 50_000  # VINs decoded at a time; bounds memory

COLUMNS: dict[str, Any] = {
    "vin": pl.String,
    "is_valid": pl.Boolean,
    "invalid_reason": pl.String,
    "year": pl.Int64,
    "make": pl.String,
    "model": pl.String,
    "body_style": pl.String,
    "trim": pl.String,
    "fuel": pl.String,
    "is_decoded": pl.Boolean,
}


def decode(vins: pl.Series, reference: Reference) -> pl.DataFrame:
    """Decode the distinct VINs of a column: one row each, sorted by VIN.

    invalid_reason is length, characters, unknown WMI or check digit, the first that applies. Only a valid VIN is decoded;
    make and model are in the vocabulary's spelling where it knows them, else as vPIC spells them. is_decoded: year, make
    and model are known.
    """
    values = sorted(vins.drop_nulls().unique().to_list())
    rows = [row for start in range(0, len(values), BATCH) for row in _decoded(values[start : start + BATCH])]
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    return _in_vocabulary(frame, reference).with_columns(body_style=body_style_of(pl.col("body_style"))).select(*COLUMNS)


def _decoded(values: list[str]) -> list[tuple[Any, ...]]:
    answers = dict(zip(values, ultravin.decode_batch(values, now=DATA_UNTIL), strict=True))
    return [_row(vin, answer) for vin, answer in answers.items()]


def _row(vin: str, answer: dict[str, Any]) -> tuple[Any, ...]:
    reason = _invalid_reason(vin, answer)
    if reason:
        return vin, False, reason, None, None, None, None, None, None, False
    known = answer["attributes"]
    year, make, model = answer["model_year"], known.get("Make"), known.get("Model")
    details = known.get("Body Class"), known.get("Trim"), known.get("Fuel Type - Primary")
    return vin, True, None, year, make, model, *map(_one, details), bool(year and make and model)


def _one(value: Any) -> str | None:
    """vPIC gives a list where a VIN stands for several values; the first is its own preference."""
    return value[0] if isinstance(value, list) and value else value or None


def _invalid_reason(vin: str, answer: dict[str, Any]) -> str | None:
    if len(vin) != 17:
        return "length"
    if not CHARACTERS.fullmatch(vin):
        return "characters"
    if UNKNOWN_MAKER in answer["error_codes"]:
        return "unknown WMI"
    if BAD_CHARACTER in answer["error_codes"]:
        return "characters"
    return None if answer["check_digit_valid"] else "check digit"


def _in_vocabulary(frame: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Makes and models in the vocabulary's spelling where it knows them."""
    makes = match_makes(frame["make"], reference).select(make="raw", own_make="matched")
    spelled = frame.join(makes, on="make", how="left").with_columns(make=pl.coalesce("own_make", "make"))
    pairs = spelled.select(context="make", raw="model")
    models = match_models(pairs, reference).select(make="context", model="raw", own_model="matched")
    joined = spelled.join(models, on=["make", "model"], how="left", maintain_order="left")
    return joined.with_columns(model=pl.coalesce("own_model", "model")).sort("vin")
