"""person_identifier: every identifier of a person that an export could use, ranked, with the licence it came under.

Shared, placeholder and group-owned values are left out: they reach somebody else.
"""

import polars as pl

from pipelines.identity.preference import RECENCY, trust
from pipelines.identity.standing import STANDINGS, UNDELIVERABLE, UNKNOWN, VERIFIED
from schemas.policy.identity import IdentityPolicy
from schemas.policy.survivorship import FieldSurvivorship, SurvivingField

LICENCE = ("licence_id", "permitted_channels", "licence_expires_on")
TIERS = pl.Enum(["exact", "strict", "loose"])  # in this order: the least is the surest
FIELD_OF: dict[str, SurvivingField] = {
    "email": "email",
    "email_hash": "email",
    "phone": "phone",
    "phone_hash": "phone",
    "address": "address",
}
"""The field whose preferences rank a kind; others follow the default."""
_KEY = ("person_id", "kind", "value")
_BY = {"verified": ("standing_place",), "source_order": ("field_trust",), "most_recent": RECENCY, "most_frequent": ("rarity",)}


def person_identifiers(
    records: pl.DataFrame, shared: pl.DataFrame, *, standings: pl.DataFrame, policy: IdentityPolicy
) -> pl.DataFrame:
    """The table person_identifier.

    Args:
        records: as made by ordered_records.
        shared: shared identifiers: kind, value.
        standings: kind, value, standing of e-mails and phones about which something is known.
        policy: for which identifier is best.

    What is undeliverable comes last; then what the group collected itself comes first; then the policy's preferences decide,
    then the place in its list (a cell phone first), what most records carry, and the value. Licence columns are filled only where
    nothing but bought records carry the value; of several licences the one that runs longest counts.
    """
    carried = pl.concat([_lists(records, policy), _singles(records, policy)])
    usable = carried.join(_unusable(shared), on=["kind", "value"], how="anti")
    ranked = _ranked(_standing(_grouped(usable), standings), policy)
    return ranked.join(_licences(usable, ranked), on=_KEY, how="left").sort(_KEY)


def _grouped(usable: pl.DataFrame) -> pl.DataFrame:
    """One row per person and value, with the best of everything that its records say."""
    least = ("field_trust", *RECENCY, "place")
    return usable.group_by(_KEY).agg(
        pl.col("is_first_party").any(),
        pl.col(least).min(),
        pl.col("last_seen_on").max(),
        own_last_seen_on=pl.col("last_seen_on").filter("is_first_party").max(),
        rarity=-pl.len().cast(pl.Int64),
        tier=pl.col("tier").cast(TIERS).min(),
    )


def _standing(grouped: pl.DataFrame, standings: pl.DataFrame) -> pl.DataFrame:
    """With standing; addresses of this table are valid ones."""
    known = grouped.join(standings, on=["kind", "value"], how="left")
    standing = pl.when(pl.col("kind") == "address").then(pl.lit(VERIFIED)).otherwise(pl.col("standing").cast(pl.String))
    placed = known.with_columns(standing=standing.fill_null(UNKNOWN).cast(STANDINGS))
    return placed.with_columns(standing_place=pl.col("standing").to_physical(), is_dead=pl.col("standing") == UNDELIVERABLE)


def _ranked(grouped: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    """With rank, 1 the best of its person and kind."""
    parts = []
    for (kind,), rows in grouped.group_by("kind", maintain_order=True):
        by = [name for one in _line(str(kind), policy).prefer for name in _BY.get(one, ())]
        keys = ["person_id", "is_dead", ~pl.col("is_first_party"), *by, "place", "rarity", "value"]
        rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("person_id")
        parts.append(rows.sort(keys).with_columns(rank=rank))
    return pl.concat(parts) if parts else grouped.with_columns(rank=pl.lit(1, pl.Int64))


def _line(kind: str, policy: IdentityPolicy) -> FieldSurvivorship:
    field = FIELD_OF.get(kind)
    return policy.survivorship.of(field) if field else FieldSurvivorship(prefer=policy.survivorship.default)


def _unusable(shared: pl.DataFrame) -> pl.DataFrame:
    """Shared values under the kinds of this table. An address of many people is still a place to write to."""
    return shared.filter(pl.col("kind").is_in(["email", "phone", "web_client"])).select("kind", "value").unique()


def _lists(records: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    kinds = {"email": "emails", "phone": "phones", "email_hash": "email_hashes", "phone_hash": "phone_hashes"}
    return pl.concat([_listed(records, kind, column, policy) for kind, column in kinds.items()])


def _listed(records: pl.DataFrame, kind: str, column: str, policy: IdentityPolicy) -> pl.DataFrame:
    some = records.filter(pl.col(column).list.len() > 0)
    places = some.with_columns(place=pl.int_ranges(0, pl.col(column).list.len(), dtype=pl.Int64), value=pl.col(column))
    return _carried(places.explode("value", "place"), kind, policy)


def _singles(records: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    address = pl.concat_str("address", "city", "state", "zip", separator="|")
    valid = records.filter("is_address_valid").with_columns(value=address, place=pl.lit(0, pl.Int64))
    clients = records.filter(pl.col("role").cast(pl.String) == "web_client").with_columns(
        value=pl.col("record_id").str.strip_prefix("web_events:"), place=pl.lit(0, pl.Int64)
    )
    return pl.concat([_carried(valid, "address", policy), _carried(clients, "web_client", policy)])


def _carried(frame: pl.DataFrame, kind: str, policy: IdentityPolicy) -> pl.DataFrame:
    feeds = _line(kind, policy).source_order
    own = trust(feeds) if feeds else pl.col("trust")
    columns = ["person_id", "value", "place", "is_first_party", "tier", "last_seen_on", *RECENCY, *LICENCE]
    return frame.filter(pl.col("value").is_not_null()).select(pl.lit(kind).alias("kind"), *columns, own.alias("field_trust"))


def _licences(usable: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """The licence of each value that was only bought."""
    bought = ranked.filter(~pl.col("is_first_party")).select(_KEY)
    longest = usable.join(bought, on=_KEY, how="semi").sort(
        *_KEY, "licence_expires_on", "licence_id", descending=[False, False, False, True, False], nulls_last=True
    )
    return longest.unique(_KEY, keep="first", maintain_order=True).select(*_KEY, *LICENCE)
