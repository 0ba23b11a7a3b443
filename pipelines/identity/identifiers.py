"""person_identifier: every identifier of a person that an export could use, ranked, with the licence it came under.

Shared, placeholder and group-owned values are left out: they reach somebody else.
"""

import polars as pl

LICENCE = ("licence_id", "permitted_channels", "licence_expires_on")
TIERS = pl.Enum(["exact", "strict", "loose"])  # in this order: the least is the surest
_KEY = ("person_id", "kind", "value")


def person_identifiers(records: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """The table person_identifier.

    Args:
        records: contact_record with person_id and trust (0 is the most trusted source).
        shared: shared identifiers: kind, value.

    Best is what the group collected itself, then the most trusted source, the most recent, the first of its list (a cell
    phone), and what most records carry. Licence columns are filled only where nothing but bought records carry the value;
    of several licences the one that runs longest counts.
    """
    carried = pl.concat([_lists(records), _singles(records)])
    usable = carried.join(_unusable(shared), on=["kind", "value"], how="anti")
    grouped = usable.group_by(_KEY).agg(
        is_first_party=pl.col("is_first_party").any(),
        trust=pl.col("trust").min(),
        last_seen_on=pl.col("last_seen_on").max(),
        place=pl.col("place").min(),
        seen=pl.len(),
        tier=pl.col("tier").cast(TIERS).min(),
    )
    best = ["is_first_party", "trust", "last_seen_on", "place", "seen", "value"]
    ordered = grouped.sort(
        "person_id", "kind", *best, descending=[False, False, True, False, True, False, True, False], nulls_last=True
    )
    ranked = ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("person_id", "kind"))
    return ranked.join(_licences(usable, ranked), on=_KEY, how="left").sort(_KEY)


def _unusable(shared: pl.DataFrame) -> pl.DataFrame:
    """Shared values under the kinds of this table. An address of many people is still a place to write to."""
    return shared.filter(pl.col("kind").is_in(["email", "phone", "web_client"])).select("kind", "value").unique()


def _lists(records: pl.DataFrame) -> pl.DataFrame:
    kinds = {"email": "emails", "phone": "phones", "email_hash": "email_hashes", "phone_hash": "phone_hashes"}
    return pl.concat([_listed(records, kind, column) for kind, column in kinds.items()])


def _listed(records: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
    some = records.filter(pl.col(column).list.len() > 0)
    places = some.with_columns(place=pl.int_ranges(0, pl.col(column).list.len(), dtype=pl.Int64), value=pl.col(column))
    return _carried(places.explode("value", "place"), kind)


def _singles(records: pl.DataFrame) -> pl.DataFrame:
    address = pl.concat_str("address", "city", "state", "zip", separator="|")
    valid = records.filter("is_address_valid").with_columns(value=address, place=pl.lit(0, pl.Int64))
    clients = records.filter(pl.col("role").cast(pl.String) == "web_client").with_columns(
        value=pl.col("record_id").str.strip_prefix("web_events:"), place=pl.lit(0, pl.Int64)
    )
    return pl.concat([_carried(valid, "address"), _carried(clients, "web_client")])


def _carried(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    columns = ["person_id", "value", "place", "is_first_party", "trust", "tier", "last_seen_on", *LICENCE]
    return frame.filter(pl.col("value").is_not_null()).select(pl.lit(kind).alias("kind"), *columns)


def _licences(usable: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """The licence of each value that was only bought."""
    bought = ranked.filter(~pl.col("is_first_party")).select(_KEY)
    longest = usable.join(bought, on=_KEY, how="semi").sort(
        *_KEY, "licence_expires_on", "licence_id", descending=[False, False, False, True, False], nulls_last=True
    )
    return longest.unique(_KEY, keep="first", maintain_order=True).select(*_KEY, *LICENCE)
