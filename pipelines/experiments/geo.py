"""Geo hold-outs of the day: which ZIPs stay dark, persisted. Who lives there is held back by `assignment`.

Roles stay from day to day; ZIPs that are new join the nearest cluster and are never dark. See docs/experiments.md.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.experiments.geo_cluster import Matrix, chosen, clustered, detectable, differences, miles_between, near_dark
from pipelines.normalise.postcode import zip_table
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from pipelines.traits.geography import rooftop_distances
from schemas.policy.experiments import GeoHoldout
from schemas.tables.experiments import GEO_BALANCE, GEO_CLUSTER

METRICS = ("people", "sales", "service", "leads")
_ZIPS = "SELECT zip, count(*) AS people FROM person WHERE zip IS NOT NULL GROUP BY zip ORDER BY zip"
_BEFORE = "SELECT * FROM previous_geo_cluster WHERE CAST(segment AS VARCHAR) = $segment ORDER BY zip"


def build(engine: Engine, day: Day) -> Built:
    """geo_cluster: a row per segment and ZIP within reach. geo_balance: a row per segment and metric."""
    clusters, balances = [_shaped([], GEO_CLUSTER.name)], [_shaped([], GEO_BALANCE.name)]
    zips = engine.sql(_ZIPS)
    for rule in sorted(day.policy.experiments.geo_holdouts, key=lambda one: one.segment):
        before = engine.sql(_BEFORE, segment=rule.segment).with_columns(pl.col("segment", "role").cast(pl.String))
        if not rule.is_on:
            clusters.append(before)
            continue
        rows, balance = _of_segment(engine, day, rule, zips, before)
        clusters.append(rows)
        balances.append(balance)
    return {
        GEO_CLUSTER.name: in_shape(pl.concat(clusters, how="diagonal_relaxed"), GEO_CLUSTER),
        GEO_BALANCE.name: in_shape(pl.concat(balances, how="diagonal_relaxed"), GEO_BALANCE),
    }


def _of_segment(
    engine: Engine, day: Day, rule: GeoHoldout, zips: pl.DataFrame, before: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    there = within_reach(day, rule, zips)
    keeps = day.policy.experiments.assignment.on_change == "keep" or (before["design"] == design(rule)).all()
    is_kept = bool((before["role"] == "dark").any()) and keeps
    rows = _continued(day, rule, there, before) if is_kept else _begun(day, rule, there)
    dark = rows.filter(pl.col("role") == "dark")
    ends_on = dark.select(pl.min("assigned_on")).item() if is_kept else day.as_of + timedelta(days=1)
    told = weekly_rates(engine, rule, rows, ends_on)
    reason = None
    if not is_kept:
        rows, reason = _darkened(day, rule, rows, told)
    return rows, _balance(day, rule, rows, told, reason)


def within_reach(day: Day, rule: GeoHoldout, zips: pl.DataFrame) -> pl.DataFrame:
    """zip, people, market of the ZIPs of people within reach of a rooftop, by the market of the nearest one."""
    places = zips.join(zip_table().drop_nulls("latitude"), on="zip").sort("zip")
    near = rooftop_distances(places, day.policy.group).sort("zip", "distance_miles", "rooftop_id")
    near = near.unique("zip", keep="first", maintain_order=True).filter(pl.col("distance_miles") <= rule.reach_miles)
    if rule.market_types:
        near = near.filter(pl.col("market_type").is_in(rule.market_types))
    return near.join(zips, on="zip").select("zip", "people", "market").sort("zip")


def design(rule: GeoHoldout) -> str:
    """The figures that a choice depends on."""
    told = rule.model_dump(exclude={"source", "is_on", "segment", "too_few", "most_imbalance", "buffer"})
    return ",".join(f"{name}={value}" for name, value in sorted(told.items()))


def _begun(day: Day, rule: GeoHoldout, there: pl.DataFrame) -> pl.DataFrame:
    """All ZIPs in clusters, market by market; all lit."""
    found: dict[str, str] = {}
    for market in there["market"].unique().sort():
        mine = there.filter(pl.col("market") == market)
        found |= clustered(mine["zip"].to_list(), mine["people"].to_list(), rule.cluster_people, rule.cluster_miles)
    rows = there.filter(pl.col("zip").is_in(list(found))).with_columns(
        cluster=pl.col("zip").replace_strict(found, return_dtype=pl.String, default=None), role=pl.lit("lit"),
        miles_to_dark=pl.lit(None, pl.Float64),
    )  # fmt: skip
    return _told(rows, day, rule)


def _told(rows: pl.DataFrame, day: Day, rule: GeoHoldout) -> pl.DataFrame:
    return rows.with_columns(segment=pl.lit(rule.segment), assigned_on=pl.lit(day.as_of, pl.Date), design=pl.lit(design(rule)))


def _darkened(day: Day, rule: GeoHoldout, rows: pl.DataFrame, told: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """The rows with roles, and why nobody stays dark where nobody does."""
    names, markets, values = _matrix(told)
    if len(names) < rule.least_clusters and rule.too_few == "refuse":
        return rows, f"{len(names)} clusters, and {rule.least_clusters} are wanted"
    if len(names) < 3:
        return rows, f"{len(names)} clusters are too few for any choice"
    counted = dict(rows.group_by("cluster").len().iter_rows())
    sizes = [counted[name] for name in names]
    key = f"{day.seed}:geo:{rule.segment}"
    best = chosen(names, markets, values, sizes, rule.dark_share, rule.min_zips, rule.draws, key)
    if best is None:
        return rows, f"no choice of dark clusters has {rule.min_zips} ZIPs and leaves others lit"
    if best.difference > rule.most_imbalance and rule.too_few == "refuse":
        return rows, f"the most alike of {rule.draws} choices differs by {best.difference:.2f}, over {rule.most_imbalance:g}"
    dark = rows.filter(pl.col("cluster").is_in([names[at] for at in best.dark]))["zip"].to_list()
    return with_roles(rows, dark, rule.buffer_miles), None


def with_roles(rows: pl.DataFrame, dark: list[str], buffer_miles: float) -> pl.DataFrame:
    """The rows with role and miles_to_dark: dark ZIPs, the buffer around them, and the lit rest."""
    near = near_dark(rows["zip"].to_list(), dark)
    miles = pl.col("zip").replace_strict(near, default=None, return_dtype=pl.Float64)
    is_dark = pl.col("zip").is_in(dark)
    role = pl.when(is_dark).then(pl.lit("dark")).when(miles < buffer_miles).then(pl.lit("buffer")).otherwise(pl.lit("lit"))
    return rows.with_columns(role=role, miles_to_dark=miles)


def _continued(day: Day, rule: GeoHoldout, there: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows of the day before as they were, and ZIPs that are new beside the nearest cluster; those are never dark."""
    new = there.filter(~pl.col("zip").is_in(before["zip"].implode()))
    if new.is_empty():
        return before
    zips, known = new["zip"].to_list(), before["zip"].to_list()
    nearest = miles_between(zips, known).argmin(axis=1)
    clusters = before["cluster"].to_list()
    beside = {zip_: clusters[at] for zip_, at in zip(zips, nearest, strict=True)}
    rows = _told(new.with_columns(cluster=pl.col("zip").replace_strict(beside, return_dtype=pl.String, default=None)), day, rule)
    dark = before.filter(pl.col("role") == "dark")["zip"].to_list()
    return pl.concat([before, with_roles(rows, dark, rule.buffer_miles).select(before.columns)], how="vertical_relaxed")


def weekly_rates(engine: Engine, rule: GeoHoldout, rows: pl.DataFrame, ends_on: date) -> pl.DataFrame:
    """cluster, market, role, people, and a list per metric of weekly events per 1,000 people, newest week first."""
    from_on = ends_on - timedelta(weeks=rule.history_weeks)
    events = engine.sql(query_text(__package__, "geo_history"), ends_on=ends_on, from_on=from_on)
    known = rows.group_by("cluster").agg(pl.col("people").sum(), market=pl.col("market").min(), zips=pl.len()).sort("cluster")
    counted = (
        events.join(rows.select("zip", "cluster"), on="zip").group_by("cluster", "metric", "week").agg(pl.col("events").sum())
    )
    told = known
    for metric in METRICS[1:]:
        weeks = pl.DataFrame({"week": range(rule.history_weeks)}, schema={"week": pl.Int64})
        mine = known.select("cluster", "people").join(weeks, how="cross")
        found = counted.filter(pl.col("metric") == metric).select("cluster", pl.col("week").cast(pl.Int64), "events")
        mine = mine.join(found, on=["cluster", "week"], how="left").sort("cluster", "week")
        rate = (pl.col("events").fill_null(0) * 1000 / pl.col("people").clip(lower_bound=1)).alias(metric)
        told = told.join(mine.group_by("cluster", maintain_order=True).agg(rate), on="cluster", how="left", maintain_order="left")
    return told


def _matrix(told: pl.DataFrame) -> tuple[list[str], list[str], Matrix]:
    columns = [told["people"].cast(pl.Float64), *(told[metric].list.mean() for metric in METRICS[1:])]
    values = np.column_stack([one.to_numpy() for one in columns]) if told.height else np.zeros((0, len(METRICS)))
    return told["cluster"].to_list(), told["market"].to_list(), values


def _balance(day: Day, rule: GeoHoldout, rows: pl.DataFrame, told: pl.DataFrame, reason: str | None) -> pl.DataFrame:
    names, _, values = _matrix(told)
    dark = set(rows.filter(pl.col("role") == "dark")["cluster"].to_list())
    is_dark = np.array([name in dark for name in names], dtype=bool)
    has_both = bool(is_dark.any() and not is_dark.all())
    apart = differences(values, is_dark) if has_both else None
    power = day.policy.experiments.power
    listed = []
    for at, metric in enumerate(METRICS):
        weekly = np.array(told[metric].to_list()) if metric != "people" and names else None
        seen = detectable(weekly, is_dark, power.power, power.confidence) if has_both and power and weekly is not None else None
        means = [float(values[side, at].mean()) if side.any() else None for side in (is_dark, ~is_dark)]
        listed.append(
            {
                "segment": rule.segment, "metric": metric, "reason": reason,
                "dark_clusters": int(is_dark.sum()), "lit_clusters": int((~is_dark).sum()),
                "weeks": rule.history_weeks, "dark_mean": means[0], "lit_mean": means[1],
                "difference": None if apart is None else float(apart[at]), "detectable": seen,
            }
        )  # fmt: skip
    return _shaped(listed, GEO_BALANCE.name)


def _shaped(rows: Sequence[Mapping[str, object]], name: str) -> pl.DataFrame:
    table = {one.name: one for one in (GEO_CLUSTER, GEO_BALANCE)}[name]
    texts = {
        column: pl.String if isinstance(dtype, pl.Enum) else dtype for column, dtype in table.schema.create_empty().schema.items()
    }
    return pl.DataFrame(rows, schema=texts, orient="row")


STEP = Step(
    tables=(GEO_CLUSTER, GEO_BALANCE),
    inputs=(
        Input("person"), Input("member"), Input("transaction"), Input("touch", "until"), Input("geo_cluster", "previous"),
    ),
    build=build,
)  # fmt: skip
