"""Which columns say whose a row is. From this, and from nothing else, follows what goes when somebody is forgotten.

A row goes where an OWNER column names the person. Any other cell of text that names them is blanked where it may be blank; where
it may not, the row goes. LEDGERS keep their rows under a tombstone id: that something was shared is proof, and names nobody.
"""

import re
from collections.abc import Mapping

import dataframely as dy
import polars as pl

OWNER = (
    "person_id",
    "record_id",
    "retired_person_id",
    "profile_id",
    "consent_id",
    "email",
    "phone",
    "email_hash",
    "phone_hash",
    "user_pseudo_id",
)
"""Columns whose value says whose the row is. A household's rows are its people's: they go with the last of them."""

REFERENCE = (
    "household_id",
    "other_person_id",
    "winner_person_id",
    "from_person",
    "co_record_id",
    "cluster_id",
    "left_record_id",
    "right_record_id",
    "left_ref",
    "right_ref",
    "unit_id",
    "contact_id",
    "source_customer_id",
    "web_user_id",
    "address_key",
    "value",
    "value_hash",
)
"""Columns of somebody else's rows that may name the person too."""

DETAIL = (
    "address",
    "address_raw",
    "emails",
    "emails_raw",
    "phones",
    "phones_raw",
    "email_hashes",
    "phone_hashes",
    "identifiers",
    "identifiers_hash",
    "withdrawn",
    "first_name",
    "middle_name",
    "last_name",
    "name_raw",
    "zip",
    "zip_raw",
    "ip_hash",
    "vin",
    "top_vin",
    "trade_vin",
    "trade_vin_2",
)
"""Columns that tell of the person and go with a row that an owner column finds."""

NOBODYS = (
    "policy_hash",
    "key_hash",
    "row_hash",
    "sha256_before",
    "sha256_after",
    "file_sha256",
    "file_name",
    "column_name",
    "name",
    "tombstone_id",
    "client",
    "device_category",
    "released_by",
    "contract_name",
)
"""Columns with such a name that tell of nobody: of files, policy, clients of ours who ask, counts."""

LEDGERS = ("shared_with", "shared_by_answer")
"""Tables whose rows stay under a tombstone id."""

SUSPECT = re.compile(
    r"person|record|household|client|email|phone|hash|vin\b|_vin|address|name|profile|cluster_id|pseudo|user|customer|_ref$|contact_id"
    r"|identifier|street|birth|zip|unit_id|withdrawn|device_id|gclid|mobile"
)


def told_of() -> Mapping[str, str]:
    """Every column name that is known to tell of somebody, or not to, with which of the four it is."""
    kinds = {"owner": OWNER, "reference": REFERENCE, "detail": DETAIL, "nobody's": NOBODYS}
    return {name: kind for kind, names in kinds.items() for name in names}


def unspoken(schema: type[dy.Schema]) -> list[str]:
    """Columns of a table that look personal and of which nothing is said here."""
    known, dtypes = told_of(), schema.create_empty().schema
    return [one for one, dtype in dtypes.items() if SUSPECT.search(one) and one not in known and _can_name(dtype)]


def _can_name(dtype: pl.DataType) -> bool:
    """Whether a cell can hold an identifier or its hash: texts, lists and structures of them, and hashes as whole numbers."""
    if isinstance(dtype, pl.List):
        return _can_name(dtype.inner)  # type: ignore[arg-type]  # an inner dtype is an instance
    return isinstance(dtype, pl.String | pl.Struct | pl.UInt64 | pl.Binary)
