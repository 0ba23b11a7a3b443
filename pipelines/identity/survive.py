"""Surviving values: the person table without its household, one best value per field.

Which value is best is the policy's, field by field (preference); blanks never survive. Parts of a name are chosen one by one,
an address as a whole. Identifiers are ranked in identifiers.
"""

from datetime import date

import polars as pl

from pipelines.identity.preference import keys, recency, trust
from pipelines.identity.standing import UNKNOWN, VERIFIED
from schemas.policy import Group
from schemas.policy.identity import IdentityPolicy
from schemas.policy.survivorship import SurvivingField

PLAIN_FIELDS: tuple[SurvivingField, ...] = ("suffix", "birth_date", "age_band", "income_band")
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


def ordered_records(contacts: pl.DataFrame, member: pl.DataFrame, policy: IdentityPolicy, as_of: date) -> pl.DataFrame:
    """contact_record with person_id, tier, trust (0 is the most trusted source) and recency; best record of each person first.

    Best is by the policy's own order of sources, then by recency, then by record_id; preferences that leave two values equal fall
    back to it.
    """
    placed = contacts.join(member.select("record_id", "person_id", "tier"), on="record_id").with_columns(
        trust(policy.source_order).alias("trust"), *recency(as_of, policy.stale_after_months)
    )
    return placed.sort("person_id", "trust", "is_stale", "days_ago", "age_micros", "record_id", nulls_last=True)


def survivors(
    records: pl.DataFrame,
    people: pl.DataFrame,
    identifiers: pl.DataFrame,
    *,
    shared: pl.DataFrame,
    transactions: pl.DataFrame,
    group: Group,
    policy: IdentityPolicy,
) -> pl.DataFrame:
    """The person table but for household_id, plus has_valid_address; one row per person, sorted by person_id.

    Args:
        records: as made by ordered_records.
        people: person_id, created_on.
        identifiers: person_identifier; its best e-mail and phone are the person's.
        shared: shared identifiers, with the kinds of encode.
        transactions: the table transaction.
        group: for what is staff.
        policy: for which value of a field is best.
    """
    out = people.select("person_id", "created_on").join(_totals(records), on="person_id")
    parts = [_best(records, one, "name", policy) for one in ("first_name", "last_name")]
    parts += [*(_best(records, field, field, policy) for field in PLAIN_FIELDS), _address(records, policy)]
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


def _best(records: pl.DataFrame, column: str, field: SurvivingField, policy: IdentityPolicy) -> pl.DataFrame:
    """person_id and the best value of a column; an initial is less complete than a name."""
    known = records.filter(pl.col(column).is_not_null())
    length = pl.col(column).cast(pl.String).str.len_chars() if field == "name" else None
    parts = None if length is None else (length > 1).cast(pl.Int64)
    by = keys(field, policy, pl.col(column), parts)
    return _first(known.select("person_id", column, **by), list(by))


def _first(known: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The best row of each person, its keys dropped; rows come in the order that breaks ties."""
    best = known.with_row_index("place").sort("person_id", *by, "place")
    return best.unique("person_id", keep="first", maintain_order=True).drop("place", *by)


def _address(records: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    """The best whole address, so that parts of two addresses never mix."""
    some = records.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in ADDRESS))
    standing = pl.when("is_address_valid").then(pl.lit(VERIFIED)).otherwise(pl.lit(UNKNOWN))
    parts = pl.sum_horizontal(pl.col(one).is_not_null() for one in ADDRESS).cast(pl.Int64)
    by = keys("address", policy, pl.struct(ADDRESS), parts)
    known = some.with_columns(standing=standing).select("person_id", *ADDRESS, "is_address_valid", **by)
    return _first(known, list(by)).rename({"is_address_valid": "has_valid_address"})


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
