"""Surviving values: the person table without its household, one best value per field.

A field survives from the source that the policy trusts most and there from the newest record; blanks never survive.
Names and addresses are chosen field by field and as a whole respectively. Identifiers are ranked in identifiers.
"""

import polars as pl

from schemas.policy import Group
from schemas.policy.identity import IdentityPolicy

PLAIN_FIELDS = ("last_name", "suffix", "birth_date", "age_band", "income_band")
ADDRESS = ("address", "city", "state", "zip")

# Mailboxes of a rooftop that belong to a desk and not to somebody.
DEPARTMENTS = (
    "sales",
    "service",
    "parts",
    "info",
    "internet",
    "leads",
    "bdc",
    "finance",
    "office",
    "reception",
    "noreply",
    "contact",
)


def ordered_records(contacts: pl.DataFrame, member: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    """contact_record with person_id, tier and trust (0 is the most trusted source), best record of each person first."""
    trust = {feed: place for place, feed in enumerate(policy.source_order)}
    placed = contacts.join(member.select("record_id", "person_id", "tier"), on="record_id").with_columns(
        trust=pl.col("feed").replace_strict(trust, default=len(trust), return_dtype=pl.Int32)
    )
    return placed.sort(
        "person_id",
        "trust",
        "last_seen_on",
        "updated_at",
        "record_id",
        descending=[False, False, True, True, False],
        nulls_last=True,
    )


def survivors(
    records: pl.DataFrame,
    people: pl.DataFrame,
    identifiers: pl.DataFrame,
    *,
    shared: pl.DataFrame,
    transactions: pl.DataFrame,
    group: Group,
) -> pl.DataFrame:
    """The person table but for household_id, plus has_valid_address; one row per person, sorted by person_id.

    Args:
        records: as made by ordered_records.
        people: person_id, created_on.
        identifiers: person_identifier; its best e-mail and phone are the person's.
        shared: shared identifiers, with the kinds of encode.
        transactions: the table transaction.
        group: for what is staff.
    """
    out = people.select("person_id", "created_on").join(_totals(records), on="person_id")
    name = records.with_columns(is_initial=pl.col("first_name").str.len_chars() <= 1).sort("is_initial", maintain_order=True)
    parts = [_best(name, "first_name"), *(_best(records, field) for field in PLAIN_FIELDS), _address(records)]
    parts += [_ranked(identifiers, kind) for kind in ("email", "phone")]
    parts += [_life_events(records), _staff(records, shared, group), _customer_since(records, transactions)]
    for part in parts:
        out = out.join(part, on="person_id", how="left")
    filled = out.with_columns(pl.col("is_staff", "has_valid_address").fill_null(False), pl.col("life_events").fill_null([]))
    return filled.sort("person_id")


def _totals(records: pl.DataFrame) -> pl.DataFrame:
    return records.group_by("person_id").agg(
        records=pl.len().cast(pl.Int64),
        is_business=pl.col("is_business").any(),
        is_first_party=pl.col("is_first_party").any(),
        is_web_only=(pl.col("role").cast(pl.String) == "web_client").all(),
        last_seen_on=pl.col("last_seen_on").max(),
    )


def _best(records: pl.DataFrame, field: str) -> pl.DataFrame:
    known = records.select("person_id", field).filter(pl.col(field).is_not_null())
    return known.unique("person_id", keep="first", maintain_order=True)


def _address(records: pl.DataFrame) -> pl.DataFrame:
    """The best whole address; a valid one before any other, so that parts of two addresses never mix."""
    some = records.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in ADDRESS))
    best = some.sort(~pl.col("is_address_valid"), maintain_order=True).unique("person_id", keep="first", maintain_order=True)
    return best.select("person_id", *ADDRESS, has_valid_address="is_address_valid")


def _ranked(identifiers: pl.DataFrame, kind: str) -> pl.DataFrame:
    best = identifiers.filter((pl.col("kind") == kind) & (pl.col("rank") == 1))
    return best.select("person_id", pl.col("value").alias(kind))


def _life_events(records: pl.DataFrame) -> pl.DataFrame:
    told = records.select("person_id", "life_events").explode("life_events").drop_nulls()
    return told.group_by("person_id").agg(pl.col("life_events").unique().sort())


def _staff(records: pl.DataFrame, shared: pl.DataFrame, group: Group) -> pl.DataFrame:
    """People with an e-mail of the group itself that only they carry and that is no mailbox of a department.

    A showroom's main line or sales@ on a customer was typed in to fill the field; it makes nobody staff.
    """
    domains = sorted({one.lower() for roof in group.rooftops for one in roof.email_domains})
    mailbox, domain = (pl.col("value").str.split("@").list.get(place, null_on_oob=True) for place in (0, 1))
    carried = records.select("person_id", value="emails").explode("value").filter(domain.is_in(domains))
    alone = carried.filter((pl.col("person_id").n_unique().over("value") == 1) & ~mailbox.is_in(DEPARTMENTS))
    fillers = shared.filter(pl.col("reason").is_in(["placeholder", "fan_out"])).select("value").unique()
    own = alone.join(fillers, on="value", how="anti")
    return own.select("person_id").unique().with_columns(is_staff=pl.lit(True))


def _customer_since(records: pl.DataFrame, transactions: pl.DataFrame) -> pl.DataFrame:
    """Day of the first closed retail deal or repair order, as buyer or co-buyer."""
    status, kind, sale = (pl.col(one).cast(pl.String) for one in ("status", "kind", "sale_type"))
    counts = (status == "closed") & (kind != "appointment") & ~sale.is_in(["wholesale", "internal"]).fill_null(False)
    done = transactions.filter(counts & pl.col("occurred_on").is_not_null())
    both = pl.concat(
        [
            done.select("record_id", "occurred_on"),
            done.select("occurred_on", record_id="co_record_id").select("record_id", "occurred_on"),
        ]
    )
    owned = both.join(records.select("record_id", "person_id"), on="record_id")
    return owned.group_by("person_id").agg(customer_since=pl.col("occurred_on").min())
