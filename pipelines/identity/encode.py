"""Records as codes: one row per record, one per distinct name, one per identifier that a record carries.

Everything after this module works on integers and on distinct names; no record's own values are needed again before
survivorship. Judging identifiers (fan-out, ownership) belongs to block.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

# Numerals and words mean the same generation; jr and ii are used for one another in dealer data.
GENERATIONS = {"sr": 1, "i": 1, "jr": 2, "ii": 2, "iii": 3, "iv": 4, "v": 5}
YOUNGEST_CONTACT_YEARS = 14  # a birth date below it is a typing error for somebody who buys, calls or fills in forms
PARTIES = ("record_id", "co_record_id")
VINS = ("vin", "trade_vin", "trade_vin_2")
SIGNATURE = ("first", "last", "generation", "birth_date", "is_business")


@dataclass(frozen=True)
class Encoded:
    """Codes of a day's records.

    records: rec (counts from 0 in the order of record_id), record_id, feed, sig, created_on, source (who vouches for the record:
        a customer number or the record itself).
    signatures: sig, first, last, generation, birth_date, is_business: each distinct way a person is named.
    identifiers: kind, value, rec, sig, is_hashed: what a record carries, once per record.
    """

    records: pl.DataFrame
    signatures: pl.DataFrame
    identifiers: pl.DataFrame


def encode(contacts: pl.DataFrame, transactions: pl.DataFrame, stated: pl.DataFrame, as_of: date) -> Encoded:
    """Encode contact_record, with the VINs that transactions and what was stated (record_id, vin) tie to its records."""
    records = contacts.sort("record_id").with_row_index("rec").with_columns(*_name_columns(as_of), *_customer())
    signatures = records.select(SIGNATURE).unique().sort(SIGNATURE, nulls_last=True).with_row_index("sig")
    records = records.join(signatures, on=SIGNATURE, how="left", nulls_equal=True).sort("rec")
    slim = records.select(
        "rec", "record_id", "feed", "sig", pl.coalesce("customer", "crm", "record_id").alias("source"), "created_on"
    )
    found = pl.concat([*_plain(records), _emails(records), _vins(records, transactions, stated)])
    return Encoded(slim, signatures, _once(found))


def _once(found: pl.DataFrame) -> pl.DataFrame:
    """A value that a record carries both plainly and hashed counts as plain."""
    return found.group_by("kind", "value", "rec", "sig").agg(pl.col("is_hashed").min()).sort("kind", "value", "rec")


def _name_columns(as_of: date) -> list[pl.Expr]:
    business_name = pl.coalesce("name_raw", "last_name").str.to_lowercase().str.replace_all(r"[^a-z0-9 ]", "")
    person_last = _blank_to_null(pl.col("last_name"))
    youngest = as_of.replace(year=as_of.year - YOUNGEST_CONTACT_YEARS, day=min(as_of.day, 28))
    plausible = pl.col("birth_date").is_not_null() & (pl.col("birth_date") <= youngest)
    is_person = ~pl.col("is_business")
    return [
        pl.when(is_person).then(_blank_to_null(pl.col("first_name"))).alias("first"),
        pl.when(is_person).then(person_last).otherwise(_blank_to_null(business_name)).alias("last"),
        pl.when(is_person)
        .then(pl.col("suffix").replace_strict(GENERATIONS, default=None, return_dtype=pl.Int8))
        .alias("generation"),
        pl.when(plausible & is_person).then(pl.col("birth_date")).alias("birth_date"),
    ]


def _blank_to_null(text: pl.Expr) -> pl.Expr:
    squeezed = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(squeezed != "").then(squeezed)


def _customer() -> list[pl.Expr]:
    """Customer numbers under their issuer, DMS and CRM apart; a number delivered bare belongs to its rooftop."""
    number = _blank_to_null(pl.col("source_customer_id"))
    whole = (
        pl.when(number.str.contains("|", literal=True)).then(number).otherwise(pl.coalesce("rooftop_id", "feed") + "|" + number)
    )
    is_crm = whole.str.starts_with("crm|")
    return [pl.when(~is_crm).then(whole).alias("customer"), pl.when(is_crm).then(whole).alias("crm")]


def _plain(records: pl.DataFrame) -> list[pl.DataFrame]:
    address = pl.when(pl.col("address").is_not_null() & pl.col("zip").is_not_null()).then(pl.col("address") + "|" + pl.col("zip"))
    wide = records.with_columns(address.alias("address_key"))
    singles = {"customer": "customer", "crm": "crm", "web_user": "web_user_id", "address": "address_key"}
    frames = [_values(wide, kind, pl.col(column)) for kind, column in singles.items()]
    return [*frames, _values(records.explode("phones"), "phone", pl.col("phones"))]


def _values(frame: pl.DataFrame, kind: str, value: pl.Expr, *, is_hashed: bool = False) -> pl.DataFrame:
    out = frame.select(pl.lit(kind).alias("kind"), value.alias("value"), "rec", "sig", pl.lit(is_hashed).alias("is_hashed"))
    return out.filter(pl.col("value").is_not_null() & (pl.col("value") != ""))


def _emails(records: pl.DataFrame) -> pl.DataFrame:
    """E-mails, plain or hashed, under one value: the plain form wherever some record delivered it."""
    plain = _values(records.explode("emails"), "email", pl.col("emails"))
    hashed = _values(records.explode("email_hashes"), "email", pl.col("email_hashes").str.to_lowercase(), is_hashed=True)
    if hashed.is_empty():
        return plain
    known = sha256_hex(plain["value"].unique()).join(hashed.select(hash="value").unique(), on="hash", how="semi")
    named = hashed.join(known, left_on="value", right_on="hash", how="left", maintain_order="left")
    value = pl.coalesce("plain", "sha256:" + pl.col("value"))
    return pl.concat([plain, named.with_columns(value.alias("value")).select(plain.columns)])


def sha256_hex(values: pl.Series) -> pl.DataFrame:
    """SHA-256 of each distinct text in UTF-8: columns plain, hash (hex, lower case)."""
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in values.to_list()]
    return pl.DataFrame({"plain": values, "hash": digests}, schema={"plain": pl.String, "hash": pl.String})


def _vins(records: pl.DataFrame, transactions: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """The VIN of a deal or repair order and those traded in, for the buyer and the co-buyer alike, and what was stated."""
    told = transactions.filter(pl.col("status") != "cancelled")
    both = [told.select(pl.col(who).alias("record_id"), vin=pl.col(vin)) for who in PARTIES for vin in VINS]
    every = pl.concat([*both, stated.select("record_id", "vin")]).drop_nulls().unique()
    return _values(every.join(records, on="record_id", suffix="_of"), "vin", pl.col("vin"))
