"""Which records meet, and over which identifier. Identifiers that say nothing about who somebody is are set aside here.

Records that carry one value under one name need no comparison: they hang on the first of them. Only distinct names
under one value are paired, so that the number of pairs follows the names and not the records.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.identity.encode import Encoded
from schemas.policy import Group
from schemas.policy.identity import IdentityPolicy

LISTED_AS = {"crm": "customer", "web_user": "customer"}  # kinds that shared_identifier does not tell apart


@dataclass(frozen=True)
class Meetings:
    """nodes: node, kind, value, sig, is_hashed, rep (first record); members: node, rec; pairs: left, right (nodes), kind."""

    nodes: pl.DataFrame
    members: pl.DataFrame
    pairs: pl.DataFrame


def shared_identifiers(encoded: Encoded, policy: IdentityPolicy, group: Group) -> pl.DataFrame:
    """Identifiers that identify nobody: kind, value, records, names, reason; the kinds are those of encode, and web_client.

    A customer's repair orders vouch for an identifier once, not once each, or a loyal customer would look like a call centre.
    """
    named = encoded.signatures.select("sig", _full_name().alias("name"))
    counted = (
        encoded.identifiers.join(encoded.records.select("rec", "source"), on="rec")
        .join(named, on="sig")
        .group_by("kind", "value")
        .agg(
            pl.col("rec").n_unique().cast(pl.Int64).alias("records"),
            pl.col("source").n_unique().alias("sources"),
            pl.col("name").drop_nulls().n_unique().cast(pl.Int64).alias("names"),
        )
    )
    reason = (
        pl.when(_is_placeholder(policy)).then(pl.lit("placeholder"))
        .when(_is_group_owned(group)).then(pl.lit("group_owned"))
        .when(_is_fan_out(policy)).then(pl.lit("fan_out"))
    )  # fmt: skip
    listed = counted.with_columns(reason.alias("reason")).filter(pl.col("reason").is_not_null()).drop("sources")
    return pl.concat([listed, _shared_clients(encoded, policy)]).sort("kind", "value")


def _full_name() -> pl.Expr:
    name = pl.concat_str("first", "last", separator=" ", ignore_nulls=True)
    return pl.when(name != "").then(name)


def _is_placeholder(policy: IdentityPolicy) -> pl.Expr:
    kind, value = pl.col("kind"), pl.col("value")
    national = value.str.replace_all(r"\D", "").str.tail(10)  # the policy lists numbers as people type them
    emails, phones = list(policy.placeholder_emails), [one[-10:] for one in policy.placeholder_phones]
    return ((kind == "email") & value.is_in(emails)) | ((kind == "phone") & national.is_in(phones))


def _is_group_owned(group: Group) -> pl.Expr:
    kind, value = pl.col("kind"), pl.col("value")
    domains = sorted({one.lower() for roof in group.rooftops for one in roof.email_domains})
    phones = sorted({one for roof in group.rooftops for one in roof.phones})
    domain = value.str.split("@").list.last()
    return ((kind == "email") & domain.is_in(domains)) | ((kind == "phone") & value.is_in(phones))


def _is_fan_out(policy: IdentityPolicy) -> pl.Expr:
    """Records and names over the limit of the kind. VINs follow the limits of phones: both belong to a family at most."""
    limits = {
        "email": (policy.max_records_per_email, policy.max_names_per_email),
        "customer": (policy.max_records_per_email, policy.max_names_per_email),
        "crm": (policy.max_records_per_email, policy.max_names_per_email),
        "web_user": (policy.max_records_per_email, policy.max_names_per_email),
        "phone": (policy.max_records_per_phone, policy.max_names_per_phone),
        "vin": (policy.max_records_per_phone, policy.max_names_per_phone),
        "address": (policy.max_records_per_address, policy.max_records_per_address),
    }
    records = pl.col("kind").replace_strict({k: v[0] for k, v in limits.items()}, return_dtype=pl.Int64)
    names = pl.col("kind").replace_strict({k: v[1] for k, v in limits.items()}, return_dtype=pl.Int64)
    return (pl.col("sources") > records) | (pl.col("names") > names)


def _shared_clients(encoded: Encoded, policy: IdentityPolicy) -> pl.DataFrame:
    """Devices on which more people signed in or submitted forms than one person and their own would: tablets, kiosks."""
    clients = encoded.records.filter(pl.col("feed") == "web_events").select("rec", "record_id")
    people = encoded.identifiers.filter(pl.col("kind") == "email").join(clients, on="rec").group_by("record_id").agg(pl.len())
    over = people.filter(pl.col("len") > policy.max_people_per_web_client)
    return over.sort("record_id").select(
        pl.lit("web_client").alias("kind"),
        pl.col("record_id").str.strip_prefix("web_events:").alias("value"),
        pl.lit(1, pl.Int64).alias("records"),
        pl.col("len").cast(pl.Int64).alias("names"),
        pl.lit("fan_out").alias("reason"),
    )


def meetings(encoded: Encoded, shared: pl.DataFrame) -> Meetings:
    """Everybody who meets over an identifier that is not shared."""
    clients = shared.filter(pl.col("kind") == "web_client").select(record_id="web_events:" + pl.col("value"))
    kiosks = encoded.records.join(clients, on="record_id", how="semi").select("rec")
    usable = encoded.identifiers.join(shared, on=["kind", "value"], how="anti").join(kiosks, on="rec", how="anti")
    usable = usable.filter(pl.len().over("kind", "value") > 1)
    key = ["kind", "value", "sig", "is_hashed"]
    nodes = usable.group_by(key).agg(pl.col("rec").min().alias("rep")).sort("kind", "value", "rep", "sig", "is_hashed")
    nodes = nodes.with_row_index("node")
    members = usable.join(nodes, on=key).select("node", "rec").sort("node", "rec")
    slim = nodes.select("node", "kind", "value")
    pairs = slim.join(slim, on=["kind", "value"]).filter(pl.col("node") < pl.col("node_right"))
    pairs = pairs.select(left="node", right="node_right", kind="kind").sort("left", "right")
    return Meetings(nodes, members, pairs)


def listed(shared: pl.DataFrame) -> pl.DataFrame:
    """shared_identifier in its own kinds; where two kinds meet in one, the larger count is kept."""
    kinds = shared.with_columns(pl.col("kind").replace(LISTED_AS))
    return kinds.sort("kind", "value", "records", descending=[False, False, True]).unique(
        ["kind", "value"], keep="first", maintain_order=True
    )
