"""Clusters against scipy's hierarchical clustering and a walk through the graph."""

from itertools import combinations
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import squareform

from pipelines.identity.linkage import refine
from pipelines.identity.linkage.agglomerate import FORBIDDEN, linkage
from pipelines.identity.linkage.refine import (
    NO_ORDERS,
    ORDERED,
    Edges,
    clusters,
    components,
    with_orders,
)
from tests.pipelines.identity.linkage.people import quick

FAR = 200.0  # farther than any two: distances of scipy are FAR - odds


def matrices(amount: int, size: int, seed: int) -> np.ndarray:
    told = np.random.default_rng(seed).normal(0, 10, (amount, size, size))
    odds = np.triu(told, 1)
    return odds + odds.transpose(0, 2, 1)


def partition(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == one).tolist()) for one in np.unique(labels)}


@pytest.mark.parametrize("size", [2, 3, 5, 8, 20, 40])
def test_average_linkage_is_that_of_scipy(size: int) -> None:
    odds = matrices(30, size, seed=size)
    found = linkage(unjudged_diagonal(odds), 0.0)
    for one, label in zip(odds, found, strict=True):
        distance = FAR - one
        np.fill_diagonal(distance, 0)
        theirs = fcluster(average(squareform(distance, checks=False)), FAR - 1e-9, "distance")
        assert partition(label) == partition(theirs)
        assert all(label[place] == min(group) for group in partition(label) for place in group)


@pytest.mark.parametrize("size", [3, 4, 6, 9])
@pytest.mark.parametrize("best_share", [0.0, 0.3, 1.0])
def test_best_links_are_those_of_plain_loops(size: int, best_share: float) -> None:
    odds = unjudged_diagonal(matrices(20, size, seed=size))
    rng = np.random.default_rng(size)
    unjudged = np.triu(rng.random(odds.shape) < 0.2, 1)
    odds[unjudged | unjudged.transpose(0, 2, 1)] = np.nan
    found = linkage(odds.copy(), best_share)
    assert [partition(one) for one in found] == [in_loops(one, best_share) for one in odds]


def unjudged_diagonal(odds: np.ndarray) -> np.ndarray:
    out = odds.copy()
    out[:, np.arange(out.shape[1]), np.arange(out.shape[1])] = np.nan
    return out


def in_loops(odds: np.ndarray, best_share: float) -> set[frozenset[int]]:
    groups = [frozenset([one]) for one in range(len(odds))]
    while True:
        told = {(a, b): together(odds, a, b, best_share) for a, b in combinations(groups, 2)}
        if not told or max(told.values()) <= 0:
            return set(groups)
        a, b = max(told, key=lambda pair: told[pair])
        groups = [one for one in groups if one not in (a, b)] + [a | b]


def together(odds: np.ndarray, a: frozenset[int], b: frozenset[int], best_share: float) -> float:
    links = odds[np.ix_(sorted(a), sorted(b))]
    if np.isnan(links).all():
        return -np.inf
    best = [np.nanmax(one) for side in (links, links.T) for one in side if not np.isnan(one).all()]
    return (1 - best_share) * np.nanmean(links) + best_share * np.mean(best)


def test_pairs_that_may_not_be_judged_count_for_nothing() -> None:
    odds = np.array([[np.nan, 5.0, np.nan], [5.0, np.nan, 3.0], [np.nan, 3.0, np.nan]])
    assert linkage(odds[None], 0.0).tolist() == [[0, 0, 0]]
    odds[0, 2] = odds[2, 0] = -9.0
    assert linkage(odds[None], 0.0).tolist() == [[0, 0, 2]]


@pytest.mark.parametrize("best_share", [0.0, 0.5, 1.0])
def test_forbidden_is_for_good(best_share: float) -> None:
    odds = np.array([[np.nan, 60.0, FORBIDDEN], [60.0, np.nan, 60.0], [FORBIDDEN, 60.0, np.nan]])
    assert linkage(odds[None], best_share).tolist() == [[0, 0, 2]]


def test_three_hundred_records_of_one_person_take_no_time() -> None:
    """Each join costs the square of the size: with the cube, these take half a minute."""
    began = process_time()
    assert linkage(unjudged_diagonal(np.full((1, 300, 300), 20.0)), 0.3).max() == 0
    assert process_time() - began < 5


graphs = st.integers(1, 15).flatmap(
    lambda total: st.tuples(st.just(total), st.lists(st.tuples(*[st.integers(0, total - 1)] * 2), max_size=25))
)


def walked(total: int, edges: list[tuple[int, int]]) -> list[int]:
    label = list(range(total))
    for start in range(total):
        seen, open_ = {start}, [start]
        while open_:
            here = open_.pop()
            fresh = {b for a, b in (*edges, *((b, a) for a, b in edges)) if a == here} - seen
            seen |= fresh
            open_ += fresh
        label[start] = min(seen)
    return label


@quick
@given(graphs)
def test_components_are_those_of_a_walk(graph: tuple[int, list[tuple[int, int]]]) -> None:
    total, edges = graph
    left, right = (np.array([edge[end] for edge in edges], dtype=np.int64) for end in (0, 1))
    assert components(total, left, right).tolist() == walked(total, edges)


def test_no_records_have_no_clusters() -> None:
    assert len(clusters(0, NO_ORDERS, against, 0.0)) == 0
    assert len(components(0, np.empty(0, dtype=int), np.empty(0, dtype=int))) == 0


def against(left: np.ndarray, _: np.ndarray) -> np.ndarray:
    return np.full(len(left), -20.0)


def in_favour(left: np.ndarray, _: np.ndarray) -> np.ndarray:
    return np.full(len(left), 20.0)


def edges(*told: tuple[int, int, float]) -> Edges:
    ordered = sorted(told)
    return Edges(*(np.array([one[place] for one in ordered], dtype=kind) for place, kind in enumerate((int, int, float))))


def test_a_chain_falls_where_its_ends_are_strangers() -> None:
    chain = edges((0, 1, 9.0), (1, 2, 4.0), (2, 3, 9.0))
    assert clusters(4, chain, against, 0.0).tolist() == [0, 0, 2, 2]
    assert clusters(4, chain, in_favour, 0.0).tolist() == [0, 0, 0, 0]


def test_a_long_chain_falls_apart() -> None:
    chain = edges(*((one, one + 1, 6.0) for one in range(299)))
    assert np.bincount(clusters(300, chain, against, 0.0)).max() <= 3


def test_a_component_too_large_to_look_at_is_parted_at_weak_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refine, "LARGEST_WHOLE", 50)
    strong = [(0, one, 30.0) for one in range(1, 40)] + [(40, one, 30.0) for one in range(41, 80)]
    label = clusters(80, edges(*strong, (39, 40, 1.0)), in_favour, 0.0)
    assert np.unique(label).tolist() == [0, 40]


def test_an_order_replaces_a_score_and_the_lower_of_two_orders_holds() -> None:
    scored = edges((0, 1, 9.0), (1, 2, -9.0), (2, 3, 9.0))
    orders = edges((0, 1, FORBIDDEN), (1, 2, ORDERED), (2, 3, ORDERED), (2, 3, FORBIDDEN))
    told = with_orders(scored, orders)
    assert told.odds.tolist() == [FORBIDDEN, ORDERED, FORBIDDEN]
    assert clusters(4, told, against, 0.0).tolist() == [0, 1, 1, 3]


@quick
@given(st.integers(2, 9), st.integers(0, 2**20), st.sampled_from([0.0, 0.5]), st.data())
def test_orders_hold_against_all_evidence(total: int, seed: int, best_share: float, data: st.DataObject) -> None:
    a, b = np.triu_indices(total, 1)
    odds = matrices(1, total, seed)[0][a, b]
    kinds = data.draw(st.lists(st.sampled_from([0, 0, 1, -1]), min_size=len(a), max_size=len(a)))
    chosen = np.flatnonzero(kinds)
    orders = Edges(a[chosen], b[chosen], np.where(np.array(kinds)[chosen] > 0, ORDERED, FORBIDDEN))
    label = clusters(total, with_orders(Edges(a, b, odds), orders), against, 0.0, best_share)
    parted, joined = orders.odds < 0, orders.odds > 0
    assert (label[orders.left[parted]] != label[orders.right[parted]]).all()
    if not parted.any():
        assert (label[orders.left[joined]] == label[orders.right[joined]]).all()
