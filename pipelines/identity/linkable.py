"""The records of a day as the engine reads them: one row per record that names somebody, values that identify nobody left out.

Web clients are no part of it: they are tied to people afterwards, by what they told.
"""

from hashlib import blake2b

import polars as pl

from pipelines.identity.encode import Encoded

LISTS = {"email": "emails", "phone": "phones", "vin": "vins"}
SINGLES = {"customer": "customer", "crm": "crm", "web_user": "web_user", "address": "address_key"}
WEB = "web_events"
TELLING = ("emails", "customer", "crm", "web_user")  # one of these makes what is said somebody's
SHARED = ("phones", "address")  # and one of these beside a family name


def linkable(encoded: Encoded, contacts: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """One row per record, sorted by record_id, in the columns that the model of identity names.

    Args:
        encoded: the records of the day.
        contacts: contact_record: record_id, middle_name, zip.
        shared: shared identifiers: kind, value, with the kinds of encode.

    Returns:
        record_id, feed, first_name, middle_name, last_name, generation, birth_date, emails, phones, vins, address (street and
        ZIP), zip (where no street is known), customer, crm, web_user, party (business or person). Who moves changes street and
        ZIP at once, so the two are one piece of evidence.
    """
    people = encoded.records.filter(pl.col("feed") != WEB).join(encoded.signatures, on="sig").sort("rec")
    held = encoded.identifiers.join(shared.select("kind", "value"), on=["kind", "value"], how="anti")
    out = people.select("rec", "record_id", "feed", "first", "last", "generation", "birth_date", "is_business")
    for kind, name in LISTS.items():
        out = out.join(_listed(held, kind, name), on="rec", how="left", maintain_order="left")
    for kind, name in SINGLES.items():
        first = held.filter(pl.col("kind") == kind).group_by("rec").agg(pl.col("value").min().alias(name))
        out = out.join(first, on="rec", how="left", maintain_order="left")
    told = out.join(contacts.select("record_id", "middle_name", "zip"), on="record_id", how="left", maintain_order="left")
    return told.select(
        "record_id",
        "feed",
        "middle_name",
        pl.col("birth_date").cast(pl.String),
        *LISTS.values(),
        "customer",
        "crm",
        "web_user",
        first_name="first",
        last_name="last",
        generation=pl.col("generation").cast(pl.String),
        address=pl.col("address_key").str.replace("|", " ", literal=True),
        zip=pl.when(pl.col("address_key").is_null()).then("zip"),
        party=pl.when("is_business").then(pl.lit("business")).otherwise(pl.lit("person")),
    )


def profiles(records: pl.DataFrame, alone: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records that say the same of somebody as one profile: a list delivered every quarter, a caller who calls again.

    Args:
        records: as made by linkable.
        alone: record ids that keep a profile of their own, because an order names them.

    A record that says too little to be one person's, such as a first name and a phone, keeps a profile of its own too.

    Returns:
        Profiles (record_id is the profile's id, a hash of what it says), and record_id with profile_id. A profile goes on as
        long as any record says the same.
    """
    content = [one for one in records.columns if one not in ("record_id", "feed")]
    parts = [_text(one, records.schema[one]) for one in content]
    shared = pl.any_horizontal(pl.col(one).is_not_null() for one in SHARED) & pl.col("last_name").is_not_null()
    says_who = shared | pl.any_horizontal(pl.col(one).is_not_null() for one in TELLING)
    own = pl.when(pl.col("record_id").is_in(alone.implode()) | ~says_who).then("record_id").fill_null("")
    told = records.with_columns(profile_id=pl.concat_str(*parts, own, separator="\x1f"))
    ids = told["profile_id"].unique().to_frame()
    hashed = [blake2b(one.encode(), digest_size=12).hexdigest() for one in ids["profile_id"].to_list()]
    named = told.join(ids.with_columns(hashed=pl.Series(hashed, dtype=pl.String)), on="profile_id", maintain_order="left")
    placed = named.drop("profile_id").rename({"hashed": "profile_id"})
    first = placed.unique("profile_id", keep="first", maintain_order=True)
    shown = first.select(pl.col("profile_id").alias("record_id"), *content).sort("record_id")
    return shown, placed.select("record_id", "profile_id").sort("record_id")


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name).list.join(",") if isinstance(dtype, pl.List) else pl.col(name)
    return column.fill_null("")


def _listed(held: pl.DataFrame, kind: str, name: str) -> pl.DataFrame:
    mine = held.filter(pl.col("kind") == kind).sort("rec", "value")
    return mine.group_by("rec", maintain_order=True).agg(pl.col("value").alias(name))
