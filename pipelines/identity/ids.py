"""Ids that stay: which new cluster goes on under which old id, and the ids of those that are new.

The same rule serves persons (clusters of records) and households (clusters of persons). Nothing here knows what a
member is; nothing depends on the order of rows.
"""

from datetime import date
from hashlib import blake2b

import polars as pl


def keyed_id(prefix: str, seed: str, *parts: str) -> str:
    """A keyed BLAKE2b hash of some text, 80 bits in hex behind a prefix: no attribute of a person can be read from it."""
    text = "\x1f".join(parts).encode()
    return prefix + blake2b(text, key=seed.encode()[:64], digest_size=10).hexdigest()


def carried_on(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Which clusters go on under which old id: columns cluster, id.

    Args:
        now: member, cluster; the cluster is named by a value that sorts the same in every run.
        before: member, id, created_on of the last known day.

    The largest common part decides first; ties go to the oldest id, then the smallest id, then the smallest cluster.
    So a merger keeps the id with most members, and of a split the largest part keeps it.
    """
    common = now.join(before, on="member").group_by("cluster", "id").agg(pl.len().alias("n"), pl.col("created_on").min())
    common = common.sort("n", "created_on", "id", "cluster", descending=[True, False, False, False]).with_row_index("place")
    won = common.clear().select("cluster", "id")
    while len(common):
        best_of_cluster = pl.col("place") == pl.col("place").min().over("cluster")
        best_of_id = pl.col("place") == pl.col("place").min().over("id")
        taken = common.filter(best_of_cluster & best_of_id).select("cluster", "id")
        won = pl.concat([won, taken])
        common = common.join(taken, on="cluster", how="anti").join(taken, on="id", how="anti")
    return won.sort("cluster")


def named(
    now: pl.DataFrame, before: pl.DataFrame, prefix: str, seed: str, as_of: date, taken: pl.Series | None = None
) -> pl.DataFrame:
    """The id of every cluster: columns cluster, id, created_on, is_new.

    `now` carries, besides member and cluster, `creator`: the text whose keyed hash names the cluster if it is new. No new one
    gets an id of `before`, nor one of `taken`: what is parted on the day it was made would else keep one id for two.
    """
    kept = carried_on(now.select("member", "cluster"), before)
    since = before.group_by("id").agg(pl.col("created_on").min())
    kept = kept.join(since, on="id").with_columns(is_new=pl.lit(False))
    fresh = now.join(kept, on="cluster", how="anti").group_by("cluster").agg(pl.col("creator").min()).sort("cluster")
    ids = [keyed_id(prefix, seed, creator, as_of.isoformat()) for creator in fresh["creator"].to_list()]
    ids = _untaken(ids, fresh["creator"].to_list(), before["id"] if taken is None else taken, prefix, seed, as_of)
    new = fresh.select("cluster").with_columns(
        pl.Series("id", ids, dtype=pl.String), created_on=pl.lit(as_of), is_new=pl.lit(True)
    )
    return pl.concat([kept.select(new.columns), new]).sort("cluster")


def _untaken(ids: list[str], creators: list[str], taken: pl.Series, prefix: str, seed: str, as_of: date) -> list[str]:
    """New ids, made anew where somebody has them."""
    out = list(ids)
    places = pl.Series(ids, dtype=pl.String).is_in(taken.unique().implode()).arg_true().to_list()
    known = set(taken.to_list()) if places else set()
    for place in places:
        attempt = 1
        while out[place] in known:
            attempt += 1
            out[place] = keyed_id(prefix, seed, creators[place], as_of.isoformat(), str(attempt))
    return out
