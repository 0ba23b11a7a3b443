"""Identifiers that say nothing about who somebody is: on too many people, the group's own, or typed to fill a field."""

import polars as pl

from pipelines.identity.compare import PERHAPS, compare
from pipelines.identity.encode import Encoded
from pipelines.identity.linkage.refine import components
from schemas.policy import Group
from schemas.policy.identity import IdentityPolicy

LISTED_AS = {"crm": "customer", "web_user": "customer"}  # kinds that shared_identifier does not tell apart
WORTH_COMPARING = 4  # names up to this many times the limit are compared; beyond it no spelling explains them


def shared_identifiers(encoded: Encoded, policy: IdentityPolicy, group: Group) -> pl.DataFrame:
    """Identifiers that identify nobody: kind, value, records, names, reason; the kinds are those of encode.

    A customer's repair orders vouch for an identifier once, not once each, or a loyal customer would look like a call centre.
    """
    counted = _people_named(encoded, _counted(encoded, policy), policy.name_similarity_from)
    reason = (
        pl.when(_is_placeholder(policy)).then(pl.lit("placeholder"))
        .when(_is_group_owned(group)).then(pl.lit("group_owned"))
        .when(_IS_FAN_OUT).then(pl.lit("fan_out"))
    )  # fmt: skip
    listed = counted.with_columns(reason.alias("reason")).filter(pl.col("reason").is_not_null()).select(_COLUMNS)
    return listed.sort("kind", "value")


_COLUMNS = ("kind", "value", "records", "names", "reason")


def _counted(encoded: Encoded, policy: IdentityPolicy) -> pl.DataFrame:
    """Records, vouching sources and spelled names of each value, beside the limits of its kind."""
    named = encoded.signatures.select("sig", _full_name().alias("name"))
    carried = encoded.identifiers.join(encoded.records.select("rec", "source"), on="rec").join(named, on="sig")
    counted = carried.group_by("kind", "value").agg(
        pl.col("rec").n_unique().cast(pl.Int64).alias("records"),
        pl.col("source").n_unique().alias("sources"),
        pl.col("name").drop_nulls().n_unique().cast(pl.Int64).alias("names"),
    )
    return counted.join(_limits(policy), on="kind")


def _people_named(encoded: Encoded, counted: pl.DataFrame, similar_from: float) -> pl.DataFrame:
    """Counts in which, where there are too many names, spellings of one name count once and parts of a name not at all."""
    over = counted.filter(pl.col("names").is_between(pl.col("max_names") + 1, pl.col("max_names") * WORTH_COMPARING))
    named = encoded.signatures.filter(pl.col("first").is_not_null() & pl.col("last").is_not_null()).select("sig")
    nodes = encoded.identifiers.join(over, on=["kind", "value"], how="semi").join(named, on="sig", how="semi")
    nodes = nodes.select("kind", "value", "sig").unique().sort("kind", "value", "sig").with_row_index("node")
    pairs = nodes.join(nodes, on=["kind", "value"], suffix="_of").filter(pl.col("sig") < pl.col("sig_of"))
    states = compare(encoded.signatures, pairs.select(left="sig", right="sig_of"), similar_from)
    alike = pairs.join(states, left_on=["sig", "sig_of"], right_on=["left", "right"]).filter(
        (pl.col("first_state") >= PERHAPS) & (pl.col("last_state") >= PERHAPS)
    )
    people = nodes.with_columns(person=pl.Series(components(len(nodes), alike["node"].to_numpy(), alike["node_of"].to_numpy())))
    recounted = people.group_by("kind", "value").agg(pl.col("person").n_unique().cast(pl.Int64).alias("people"))
    joined = counted.join(recounted, on=["kind", "value"], how="left")
    return joined.with_columns(names=pl.coalesce("people", "names")).drop("people")


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


def _limits(policy: IdentityPolicy) -> pl.DataFrame:
    """kind, max_records, max_names. VINs follow the limits of phones: both belong to a family at most."""
    email = (policy.max_records_per_email, policy.max_names_per_email)
    phone = (policy.max_records_per_phone, policy.max_names_per_phone)
    address = (policy.max_records_per_address, policy.max_records_per_address)
    limits = dict.fromkeys(("email", "customer", "crm", "web_user"), email) | dict.fromkeys(("phone", "vin"), phone)
    rows = [(kind, *both) for kind, both in {**limits, "address": address}.items()]
    return pl.DataFrame(rows, schema={"kind": pl.String, "max_records": pl.Int64, "max_names": pl.Int64}, orient="row")


_IS_FAN_OUT = (pl.col("sources") > pl.col("max_records")) | (pl.col("names") > pl.col("max_names"))


def listed(shared: pl.DataFrame) -> pl.DataFrame:
    """shared_identifier in its own kinds; where two kinds meet in one, the larger count is kept."""
    kinds = shared.with_columns(pl.col("kind").replace(LISTED_AS))
    return kinds.sort("kind", "value", "records", descending=[False, False, True]).unique(
        ["kind", "value"], keep="first", maintain_order=True
    )
