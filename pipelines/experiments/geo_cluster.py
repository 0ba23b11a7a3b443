"""Neighbouring ZIPs as clusters, and which clusters stay dark: the most alike of many choices. Arithmetic on a few thousand ZIPs.

Nothing is drawn at random: the n-th choice orders clusters by a keyed hash. Balance is judged as in Stuart, Matching Methods
for Causal Inference (Statistical Science 25, 2010): differences of means in standard deviations.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.experiments.power import cluster_effect
from pipelines.normalise.postcode import great_circle_miles, zip_table

Matrix = np.ndarray
FAR = 2.0  # leftover ZIPs join a cluster up to so many times cluster_miles away
DIGITS = 9  # differences are compared to so many, so that the last digit of a machine decides nothing


@dataclass(frozen=True)
class Choice:
    """Dark clusters, by their place, and the largest standardised difference that they leave."""

    dark: tuple[int, ...]
    difference: float


def miles_between(zips: Sequence[str], others: Sequence[str]) -> Matrix:
    """Great-circle miles between centroids: a row per ZIP, a column per other ZIP; all have a place. Rounded to 0.01."""
    places = zip_table().drop_nulls("latitude").select("zip", "latitude", "longitude")
    one = pl.DataFrame({"zip": zips}, schema={"zip": pl.String}).join(places, on="zip", how="left", maintain_order="left")
    other = pl.DataFrame({"zip": others}, schema={"zip": pl.String}).join(places, on="zip", how="left", maintain_order="left")
    both = one.join(other.select(c="latitude", d="longitude"), how="cross", maintain_order="left_right")
    miles = great_circle_miles(pl.col("latitude"), pl.col("longitude"), pl.col("c"), pl.col("d")).round(2)
    return both.select(miles=miles)["miles"].to_numpy().reshape(len(zips), len(others))


def clustered(zips: Sequence[str], people: Sequence[int], least: int, miles: float) -> dict[str, str]:
    """ZIP -> the ZIP that its cluster began with. Largest first, each takes its nearest until it has `least` people.

    What stays too small joins the nearest cluster within twice `miles`; what has none near is left out.
    """
    apart = miles_between(zips, zips)
    order = sorted(range(len(zips)), key=lambda at: (-people[at], zips[at]))
    free, found, small = set(order), dict[int, list[int]](), list[int]()
    for seed in order:
        if seed not in free:
            continue
        near = sorted((at for at in free if apart[seed, at] <= miles), key=lambda at: (apart[seed, at], zips[at]))
        taken, total = [seed], people[seed]
        for at in near:
            if at != seed and total < least:
                taken.append(at)
                total += people[at]
        if total >= least:
            found[seed] = taken
            free -= set(taken)
        else:
            small.append(seed)
            free.discard(seed)
    told = {zips[at]: zips[seed] for seed, taken in found.items() for at in taken}
    for at in small:
        near = sorted((seed for seed in found if apart[at, seed] <= FAR * miles), key=lambda one: (apart[at, one], zips[one]))
        if near:
            told[zips[at]] = zips[near[0]]
    return told


def differences(values: Matrix, is_dark: Matrix) -> Matrix:
    """The standardised difference of each column between dark and lit rows; 0 where a column does not vary."""
    spread = values.std(axis=0, ddof=1)
    apart = np.abs(values[is_dark].mean(axis=0) - values[~is_dark].mean(axis=0))
    return np.round(np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0), DIGITS)


def quotas(markets: Sequence[str], share: float) -> dict[str, int]:
    """How many clusters of each market stay dark: its share, by largest remainders, two at least in all."""
    names = sorted(set(markets))
    exact = {name: share * list(markets).count(name) for name in names}
    told = {name: int(exact[name]) for name in names}
    missing = max(2, round(share * len(markets))) - sum(told.values())
    room = sorted(names, key=lambda name: (told[name] - exact[name], -list(markets).count(name), name))
    for name in (room * (missing + 1))[: max(missing, 0)]:
        told[name] += 1
    return told


def chosen(
    names: Sequence[str], markets: Sequence[str], values: Matrix, zips: Sequence[int], share: float, least_zips: int, draws: int,
    key: str,
) -> Choice | None:  # fmt: skip
    """The most alike of `draws` choices of dark clusters; None where none has `least_zips` ZIPs and leaves lit ones.

    `values` has a row per cluster and a column per metric; `zips` counts the ZIPs of each cluster. The first of equals wins.
    """
    wanted, best = quotas(markets, share), None
    for draw in range(draws):
        order = sorted(range(len(names)), key=lambda at: hashlib.blake2b(f"{key}:{draw}:{names[at]}".encode()).digest())
        dark: list[int] = []
        for market, count in wanted.items():
            dark += [at for at in order if markets[at] == market][:count]
        is_dark = np.isin(np.arange(len(names)), dark)
        if is_dark.all() or not is_dark.any() or sum(zips[at] for at in dark) < least_zips:
            continue
        difference = float(differences(values, is_dark).max())
        if best is None or difference < best.difference:
            best = Choice(tuple(sorted(dark)), difference)
    return best


def detectable(weekly: Matrix, is_dark: Matrix, power: float, confidence: float, weeks: int = 4) -> float | None:
    """The smallest change that `weeks` weeks can show, from how clusters changed between such spans before.

    `weekly` has a row per cluster and a column per week, newest first. None where the history has no two spans.
    """
    spans = weekly.shape[1] // weeks
    if spans < 2:
        return None
    means = weekly[:, : spans * weeks].reshape(len(weekly), spans, weeks).mean(axis=2)
    changes = means[:, :-1] - means[:, 1:]
    spread = float(np.sqrt(changes.var(axis=0, ddof=1).mean())) if len(weekly) > 1 else 0.0
    return cluster_effect(spread, int(is_dark.sum()), int((~is_dark).sum()), power, confidence)


def near_dark(zips: Sequence[str], dark: Sequence[str]) -> Mapping[str, float]:
    """ZIP -> miles to the nearest dark ZIP; empty where none is dark."""
    if not dark or not zips:
        return {}
    return dict(zip(zips, miles_between(zips, dark).min(axis=1).tolist(), strict=True))
