"""Mentions -> contact records: every raw value beside its standard form. Libraries see each distinct value once."""

from datetime import date

import polars as pl

from pipelines.normalise.address import standard_addresses
from pipelines.normalise.email import standard_emails
from pipelines.normalise.name import PARTS, person_names
from pipelines.normalise.phone import standard_phones
from pipelines.normalise.postcode import existing_zip, zip_table
from pipelines.records.rooftop_alias import rooftop_aliases, rooftop_of
from schemas.policy import Policy
from schemas.tables.records import ContactRecord

OLDEST_YEARS = 110  # a birth date further back is a typing error


def contact_records(mentions: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """One contact record per mention, sorted by record_id, in the columns and dtypes of ContactRecord."""
    limits = policy.identity
    frame = mentions.with_columns(
        pl.col("emails").fill_null([]).alias("emails_raw"),
        pl.col("phones").fill_null([]).alias("phones_raw"),
        rooftop_of(["rooftop_ref", "rooftop_ref_2"], rooftop_aliases(policy.group)).alias("rooftop_id"),
    )
    emails = standard_emails(_values(frame, "emails_raw"), limits.placeholder_emails)
    phones = standard_phones(_values(frame, "phones_raw"), limits.placeholder_phones)
    frame = _with_standard_list(frame, "emails_raw", "emails", emails)
    frame = _with_standard_list(frame, "phones_raw", "phones", phones)
    frame = _with_address(_with_name(frame))
    return _finished(frame, as_of)


def _values(frame: pl.DataFrame, column: str) -> pl.Series:
    return frame.get_column(column).explode()


def _with_standard_list(frame: pl.DataFrame, raw: str, standard: str, known: pl.DataFrame) -> pl.DataFrame:
    """The valid standard forms of a list column, in the order delivered, each once."""
    valid = dict(known.filter("is_valid").select("raw", "standard").iter_rows())
    each = pl.element().replace_strict(valid, default=None, return_dtype=pl.String)
    return frame.with_columns(pl.col(raw).list.eval(each).list.drop_nulls().list.unique(maintain_order=True).alias(standard))


def _with_name(frame: pl.DataFrame) -> pl.DataFrame:
    names = person_names(frame)
    raw = [f"raw_{part}" for part in PARTS]
    parts = [pl.col(part).fill_null("") for part in ("first_name", "middle_name", "last_name", "suffix")]
    together = pl.concat_str(parts, separator=" ").str.replace_all(r"\s+", " ").str.strip_chars()
    return (
        frame.with_columns(pl.coalesce("full_name", pl.when(together != "").then(together)).alias("name_raw"))
        .rename(dict(zip(PARTS, raw, strict=True)))
        .join(names, on=raw, how="left", nulls_equal=True, maintain_order="left")
        .with_columns((pl.col("is_business") | pl.col("is_flagged_business").fill_null(False)).alias("is_business"))
    )


def _with_address(frame: pl.DataFrame) -> pl.DataFrame:
    clean = pl.col("cass_line_1").is_not_null() & pl.col("cass_error").fill_null("0").str.strip_chars("0 .").eq("")
    lines = pl.concat_str([pl.col("address_1").fill_null(""), pl.col("address_2").fill_null("")], separator=" ").str.strip_chars()
    frame = frame.with_columns(
        clean.alias("is_cass_clean"),
        pl.when(lines != "").then(lines).alias("address_raw"),
        pl.when(clean).then("cass_city").otherwise("city").str.to_uppercase().str.strip_chars().alias("city"),
        pl.when(clean).then("cass_state").otherwise("state").str.to_uppercase().str.strip_chars().alias("state"),
        pl.col("zip").alias("zip_raw"),
        existing_zip(pl.when(clean).then("cass_zip").otherwise("zip")).alias("zip"),
    ).with_columns(pl.when("is_cass_clean").then("cass_line_1").otherwise("address_raw").alias("street"))
    streets = standard_addresses(frame.get_column("street")).select(
        pl.col("raw").alias("street"), pl.col("standard").alias("address"), pl.col("is_valid").alias("is_street")
    )
    states = zip_table().select("zip", pl.col("state").alias("state_of_zip"))
    agrees = pl.col("is_street") & (pl.col("state") == pl.col("state_of_zip"))
    joined = frame.join(streets, on="street", how="left", maintain_order="left").join(
        states, on="zip", how="left", maintain_order="left"
    )
    return joined.with_columns((pl.col("is_cass_clean") | agrees).fill_null(False).alias("is_address_valid"))


def _finished(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    age_days = pl.lit(as_of) - pl.col("birth_date")
    plausible = age_days.is_between(pl.duration(days=0), pl.duration(days=OLDEST_YEARS * 366))
    lists = ("email_hashes", "phone_hashes", "life_events")
    frame = frame.with_columns(
        pl.when(plausible).then("birth_date").alias("birth_date"),
        *(pl.col(one).fill_null([]) for one in lists),
        pl.coalesce("last_seen_on", pl.col("updated_at").dt.date()).alias("last_seen_on"),
    )
    return ContactRecord.cast(frame.select(ContactRecord.column_names())).sort("record_id")
