"""A mention: the raw shape that every feed's people are brought into before anything is standardised."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

TEXTS = pl.List(pl.String)

MENTION: Mapping[str, pl.DataType | type[pl.DataType]] = MappingProxyType(
    {
        "record_id": pl.String,
        "feed": pl.String,
        "role": pl.String,
        "rooftop_ref": pl.String,  # kind:name, see rooftop_alias
        "rooftop_ref_2": pl.String,
        "source_customer_id": pl.String,
        "full_name": pl.String,
        "first_name": pl.String,
        "middle_name": pl.String,
        "last_name": pl.String,
        "suffix": pl.String,
        "is_flagged_business": pl.Boolean,
        "emails": TEXTS,
        "phones": TEXTS,
        "address_1": pl.String,
        "address_2": pl.String,
        "city": pl.String,
        "state": pl.String,
        "zip": pl.String,
        "cass_line_1": pl.String,
        "cass_city": pl.String,
        "cass_state": pl.String,
        "cass_zip": pl.String,
        "cass_error": pl.String,
        "birth_date": pl.Date,
        "email_hashes": TEXTS,
        "phone_hashes": TEXTS,
        "web_user_id": pl.String,
        "licence_id": pl.String,
        "permitted_channels": TEXTS,
        "licence_expires_on": pl.Date,
        "dppa_basis": pl.String,
        "age_band": pl.String,
        "income_band": pl.String,
        "life_events": TEXTS,
        "is_first_party": pl.Boolean,
        "created_on": pl.Date,
        "updated_at": pl.Datetime("us"),
        "last_seen_on": pl.Date,
    }
)


def mentions(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the columns of MENTION, in its dtypes; columns that it lacks are null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in MENTION.items()
    )
