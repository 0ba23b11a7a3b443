"""Web clients tied to people by what they told: logins, forms, leads, clicks and calls.

An e-mail can mean several people of a house, a record means one. The owner of a client is the one person that explains all
its evidence; where some cannot mean that person, all must be of one household and the owner's points far ahead.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.identity.linkage.refine import components
from pipelines.identity.web.meaning import is_owner, likeliest, meant, silent_housemates
from schemas.policy.web_identity import WebIdentityPolicy

PREFIX = "web_events:"
CREATED = "created"  # the rule of a record that nothing ties to another
SAME_LOGIN = "same_login"


@dataclass(frozen=True)
class Attached:
    """Whose clients they are.

    members: record_id, person_id (null: of nobody known), leader_record_id (the first of the clients that share a login with
        this one and belong to nobody; itself where it is alone; null where person_id is not), tier, rule. One row per client.
    attachments: the table web_attachment; one row per client with evidence.
    shared: kind (web_client), value, records, names, reason as in shared_identifier: devices of many.
    """

    members: pl.DataFrame
    attachments: pl.DataFrame
    shared: pl.DataFrame


def attach(
    clients: pl.DataFrame,
    evidence: pl.DataFrame,
    identifiers: pl.DataFrame,
    members: pl.DataFrame,
    policy: WebIdentityPolicy,
    max_people: int,
    own_network: pl.Series | None = None,
) -> Attached:
    """Tie web clients to people.

    Args:
        clients: record_id of every web client.
        evidence: web_evidence: record_id, kind, value, days.
        identifiers: kind (web_user or email, the latter as SHA-256 hex), value, record_id of records that are no web clients,
            without the identifiers that are known to identify nobody; see `carried`.
        members: record_id, person_id, household_id (may be null) of those records.
        policy: points and limits.
        max_people: people on a client above which it is a shared device (identity.yaml, max_people_per_web_client).
        own_network: record_id of clients that were seen on the rooftops' own networks only.
    """
    told = evidence.join(clients.select("record_id"), on="record_id", how="semi")
    rooftop = pl.Series("record_id", [], dtype=pl.String) if own_network is None else own_network
    first = _outcomes(told, identifiers, members, policy, max_people=max_people, rooftop=rooftop)
    learned = _learned_logins(told, first, identifiers, members)
    known = _outcomes(told, pl.concat([identifiers, learned]), members, policy, max_people=max_people, rooftop=rooftop)
    before = first.select(
        "record_id", "person_id", told_rule="rule"
    )  # a learned login is no better than what it was learned from
    known = known.join(before, on=["record_id", "person_id"], how="left").with_columns(rule=pl.coalesce("told_rule", "rule"))
    columns = ["record_id", "outcome", "person_id", "rule", "people", "points", "other_points"]
    return Attached(_members(clients, told, known), known.select(columns).sort("record_id"), _shared(known, rooftop))


def _outcomes(
    told: pl.DataFrame,
    identifiers: pl.DataFrame,
    members: pl.DataFrame,
    policy: WebIdentityPolicy,
    *,
    max_people: int,
    rooftop: pl.Series,
) -> pl.DataFrame:
    """One row per client with evidence: its likeliest person, and the outcome; person_id and rule where it is attached."""
    judged = likeliest(meant(told, identifiers, members, policy)).join(
        silent_housemates(identifiers, members), on="person_id", how="left"
    )
    outcome = (
        pl.when(pl.col("record_id").is_in(rooftop.implode())).then(pl.lit("own_network"))
        .when(pl.col("people") > max_people).then(pl.lit("shared_device"))
        .when(pl.col("person_id").is_null()).then(pl.lit("unknown"))
        .when(is_owner(policy)).then(pl.lit("attached"))
        .otherwise(pl.lit("ambiguous"))
    )  # fmt: skip
    return judged.with_columns(outcome=outcome).with_columns(
        pl.when(pl.col("outcome") == "attached").then(column).alias(column) for column in ("person_id", "rule")
    )


def _learned_logins(told: pl.DataFrame, found: pl.DataFrame, identifiers: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Logins that no record carries, but all attached clients that use one belong to one person: rows of identifiers."""
    logins = told.filter(pl.col("kind").cast(pl.String) == "login").select("record_id", "value")
    fresh = logins.join(identifiers.filter(pl.col("kind") == "web_user"), on="value", how="anti")
    owned = fresh.join(found.filter(pl.col("outcome") == "attached").select("record_id", "person_id"), on="record_id")
    owners = owned.group_by("value").agg(pl.col("person_id").unique())
    sure = owners.filter(pl.col("person_id").list.len() == 1).select("value", person_id=pl.col("person_id").list.first())
    first = members.group_by("person_id").agg(pl.col("record_id").min())
    learned = sure.join(first, on="person_id").sort("value")
    return learned.select(pl.lit("web_user").alias("kind"), "value", "record_id")


def carried(contacts: pl.DataFrame, email_hashes: pl.DataFrame) -> pl.DataFrame:
    """What records that are no web clients carry: kind, value, record_id.

    `contacts` is contact_record, `email_hashes` has email and email_hash (SHA-256 hex of the standard form).
    """
    known = contacts.filter(pl.col("role").cast(pl.String) != "web_client")
    plain = known.select("record_id", email="emails").explode("email").join(email_hashes, on="email")
    hashed = known.select("record_id", email_hash="email_hashes").explode("email_hash").drop_nulls()
    logins = known.filter(pl.col("web_user_id").is_not_null())
    parts = [
        logins.select(pl.lit("web_user").alias("kind"), "record_id", value="web_user_id"),
        plain.select(pl.lit("email").alias("kind"), "record_id", value="email_hash"),
        hashed.select(pl.lit("email").alias("kind"), "record_id", value=pl.col("email_hash").str.to_lowercase()),
    ]
    return pl.concat(part.select("kind", "value", "record_id") for part in parts).unique().sort("kind", "value", "record_id")


def _members(clients: pl.DataFrame, told: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """One row per client: its person, or the client that leads those of one login."""
    wide = clients.select("record_id").unique().sort("record_id").join(known, on="record_id", how="left", maintain_order="left")
    free = wide.filter(
        pl.col("person_id").is_null() & ~pl.col("outcome").is_in(["shared_device", "own_network"]).fill_null(False)
    )
    free = free.select("record_id").with_row_index("node")
    logins = told.filter(pl.col("kind").cast(pl.String) == "login").join(free, on="record_id").sort("value", "node")
    first = logins.with_columns(first=pl.col("node").min().over("value"))
    label = pl.Series("leader", components(len(free), first["first"].to_numpy(), first["node"].to_numpy()), dtype=pl.UInt32)
    led = free.with_columns(label).join(
        free.select(leader="node", leader_record_id="record_id"), on="leader", maintain_order="left"
    )
    led = led.with_columns(is_many=pl.len().over("leader") > 1).select("record_id", "leader_record_id", "is_many")
    joined = wide.join(led, on="record_id", how="left", maintain_order="left")
    own = pl.when("is_many").then(pl.lit(SAME_LOGIN)).otherwise(pl.lit(CREATED))
    alone = pl.when(pl.col("person_id").is_null()).then(pl.coalesce("leader_record_id", "record_id"))
    return joined.select(
        "record_id", "person_id", leader_record_id=alone, tier=pl.lit("exact"), rule=pl.coalesce(pl.col("rule"), own)
    )


def _shared(known: pl.DataFrame, rooftop: pl.Series) -> pl.DataFrame:
    """Devices of many and of the rooftops, as rows of shared_identifier."""
    crowded = known.filter(pl.col("outcome") == "shared_device").select("record_id", "people", reason=pl.lit("fan_out"))
    theirs = rooftop.unique().to_frame("record_id").join(known.select("record_id", "people"), on="record_id", how="left")
    theirs = theirs.select("record_id", pl.col("people").fill_null(0), reason=pl.lit("group_owned"))
    return pl.concat([crowded, theirs]).sort("record_id").select(
        kind=pl.lit("web_client"), value=pl.col("record_id").str.strip_prefix(PREFIX),
        records=pl.lit(1, pl.Int64), names=pl.col("people"), reason="reason",
    )  # fmt: skip
