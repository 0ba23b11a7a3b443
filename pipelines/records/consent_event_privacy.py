"""Privacy requests -> consent events. A deletion keeps hashes and record ids only; everything else keeps standard forms."""

from hashlib import sha256

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.address import standard_addresses
from pipelines.normalise.email import standard_emails
from pipelines.normalise.invisible import visible
from pipelines.normalise.name import plain
from pipelines.normalise.phone import standard_phones
from pipelines.normalise.postcode import five_digits
from pipelines.step import Day
from schemas.policy import Group

KINDS = {"opt_out": "opt_out_sharing"}  # a request's other names are ours already
PLAIN = ("email", "phone", "address_key")


def privacy_events(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per request, and one more per record that it names. Rebuilt each day, so that a record that comes back is found."""
    raw = engine.sql("SELECT * FROM privacy_requests WHERE dt <= $as_of ORDER BY row_key, dt", as_of=day.as_of)
    requests = _standard(raw.unique("row_key", keep="first", maintain_order=True), day)
    engine.register("request", requests)
    engine.register("issuer", issuers(day.policy.group))
    records = engine.sql(query_text("pipelines.records", "consent_event_privacy_record"))
    named = records.join(requests.select("consent_id", "kind", "received_on", "state", "source"), on="consent_id").with_columns(
        pl.format("{}:{}", "consent_id", "record_id").alias("consent_id")
    )
    is_deletion = pl.col("kind") == "deletion"
    hashed = requests.with_columns(
        pl.when(is_deletion).then(_hash("email")).alias("email_hash"),
        pl.when(is_deletion).then(_hash("phone")).alias("phone_hash"),
    ).with_columns(pl.when(~is_deletion).then(pl.col(one)).alias(one) for one in PLAIN)
    return pl.concat([hashed, named], how="diagonal")


def issuers(group: Group) -> pl.DataFrame:
    """[rooftop_ref, dealer_id]: DMS ids that issue customer numbers, per way to name a rooftop.

    The blank rooftop_ref stands for requests that name no rooftop, or one we do not know: any issuer may be meant.
    """
    rows = [("", one) for rooftop in group.rooftops for one in rooftop.dealer_ids]
    for rooftop in group.rooftops:
        rows += [(name.lower(), one) for name in (rooftop.rooftop_id, *rooftop.dealer_ids) for one in rooftop.dealer_ids]
    return pl.DataFrame(rows, schema={"rooftop_ref": pl.String, "dealer_id": pl.String}, orient="row").unique(maintain_order=True)


def _standard(raw: pl.DataFrame, day: Day) -> pl.DataFrame:
    """Requests with standard forms; an e-mail that is none is kept as typed, because a request must not be lost."""
    emails = dict(standard_emails(raw["email"]).filter("is_valid").select("raw", "standard").iter_rows())
    phones = dict(standard_phones(raw["phone"]).filter("is_valid").select("raw", "standard").iter_rows())
    streets = dict(standard_addresses(raw["address_1"]).select("raw", "standard").iter_rows())
    typed = pl.col("email").map_elements(lambda text: visible(text).lower(), return_dtype=pl.String)
    street = pl.col("address_1").replace_strict(streets, default=None, return_dtype=pl.String)
    names = {
        one: pl.col(one).map_elements(lambda text: plain(text) or None, return_dtype=pl.String)
        for one in ("first_name", "last_name")
    }
    ref = pl.col("rooftop_id").str.to_lowercase()
    known = issuers(day.policy.group).get_column("rooftop_ref").unique().implode()
    local = pl.col("received_at").dt.convert_time_zone(day.policy.group.time_zone).dt.date()
    return raw.with_columns(**names).select(
        pl.format("privacy_requests:{}", "row_key").alias("consent_id"),
        pl.col("request").replace(KINDS).alias("kind"),
        pl.min_horizontal(local, "dt").alias("received_on"),
        pl.coalesce(pl.col("email").replace_strict(emails, default=None, return_dtype=pl.String), typed).alias("email"),
        pl.col("phone").replace_strict(phones, default=None, return_dtype=pl.String).alias("phone"),
        "user_pseudo_id",
        (street + "|" + five_digits(pl.col("zip"))).alias("address_key"),
        pl.col("state").str.strip_chars().str.to_uppercase().alias("state"),
        pl.coalesce("source", pl.lit("privacy_requests")).alias("source"),
        pl.when(ref.is_in(known)).then(ref).otherwise(pl.lit("")).alias("rooftop_ref"),
        "customer_number",
        "contact_id",
        "first_name",
        "last_name",
    )


def _hash(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda text: sha256(text.encode()).hexdigest(), return_dtype=pl.String)
