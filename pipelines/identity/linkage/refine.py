"""Edges into clusters: connected components, each cut where its inner pairs speak against it.

A component of more than two is looked at whole: all its inner pairs are scored, also those that no rule made, and records are
joined by average linkage of log-odds for as long as the average speaks for one person (Sokal & Michener 1958). So a chain of
weak links falls apart, and no threshold has to be right for every file.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipelines.identity.linkage.agglomerate import FORBIDDEN, linkage

ORDERED = 1e6  # log-odds of a steward's order to join; an order to keep apart, FORBIDDEN, outweighs it
LARGEST_WHOLE = 1_000  # records; a larger component is first parted at its weakest links
STEP_BITS = 2.0
AT_ONCE = 4_000_000  # cells of matrices worked on together

__all__ = ["FORBIDDEN", "NO_ORDERS", "ORDERED", "Edges", "clusters", "components", "with_orders"]
Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Edges:
    """Pairs left < right with log-odds as a group counts them (score.in_group), sorted by (left, right)."""

    left: np.ndarray
    right: np.ndarray
    odds: np.ndarray


NO_ORDERS = Edges(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0))


def with_orders(scored: Edges, orders: Edges) -> Edges:
    """Scored pairs and a steward's, whose odds replace those of the same pair; of two orders the lower odds hold."""
    if not len(orders.left) and _is_sorted(scored):
        return scored
    every = [
        np.concatenate(one)
        for one in zip((orders.left, orders.right, orders.odds), (scored.left, scored.right, scored.odds), strict=True)
    ]
    left, right, odds = every
    is_scored = np.arange(len(left)) >= len(orders.left)
    order = np.lexsort((odds, is_scored, right, left))
    left, right, odds = left[order], right[order], odds[order]
    first = np.append(True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])) if len(left) else np.empty(0, dtype=bool)
    return Edges(left[first], right[first], odds[first])


def _is_sorted(edges: Edges) -> bool:
    later, same = edges.left[1:] > edges.left[:-1], edges.left[1:] == edges.left[:-1]
    return bool((later | same & (edges.right[1:] > edges.right[:-1])).all())


def components(total: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Label of each of `total` nodes: the smallest node of its connected component."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(total, total))
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max(initial=-1) + 1, total, dtype=np.int64)
    smallest[labels[::-1]] = np.arange(total - 1, -1, -1)  # of several, the last written stays
    return smallest[labels]


def clusters(total: int, scored: Edges, score: Score, from_odds: float, best_share: float = 0.0) -> np.ndarray:
    """Cluster of each record: its smallest record.

    Args:
        total: number of records.
        scored: every pair whose odds are known; those from `from_odds` join.
        score: odds of any other pairs; not a number where a pair may not be judged.
        from_odds: log-odds from which a pair is an edge.
        best_share: as in linkage.
    """
    joins = scored.odds >= from_odds
    label = components(total, scored.left[joins], scored.right[joins])
    label = _parted(total, label, Edges(scored.left[joins], scored.right[joins], scored.odds[joins]))
    return _refined(label, scored, score, from_odds, best_share)


def _parted(total: int, label: np.ndarray, edges: Edges) -> np.ndarray:
    """Components no larger than LARGEST_WHOLE: the weakest edges of larger ones are let go, a step at a time."""
    least = float(edges.odds.min(initial=0.0))
    while True:
        sizes = np.bincount(label, minlength=total)
        large = sizes[label] > LARGEST_WHOLE
        if not large.any() or least > ORDERED:
            return label
        least += STEP_BITS
        kept = large[edges.left] & (edges.odds >= least) | ~large[edges.left]
        edges = Edges(edges.left[kept], edges.right[kept], edges.odds[kept])
        label = components(total, edges.left, edges.right)


def _refined(label: np.ndarray, scored: Edges, score: Score, from_odds: float, best_share: float) -> np.ndarray:
    if not len(label):
        return label
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(label[order]) != 0))
    sizes = np.diff(np.append(starts, len(order)))
    whole = _is_clique(label, scored, from_odds, starts, sizes, order)
    chosen = np.flatnonzero((sizes > 2) & ~whole)
    out, known = label.copy(), _Known(scored, len(label))
    for size in np.unique(sizes[chosen]).tolist():
        same = chosen[sizes[chosen] == size]
        step = max(AT_ONCE // size**2, 1)
        for first in range(0, len(same), step):
            members = order[starts[same[first : first + step]][:, None] + np.arange(size)]
            out[members] = _cut(members, known, score, best_share)
    return out


def _is_clique(
    label: np.ndarray, scored: Edges, from_odds: float, starts: np.ndarray, sizes: np.ndarray, order: np.ndarray
) -> np.ndarray:
    """Components in which every inner pair is an edge: nothing speaks against them."""
    joins = (scored.odds >= from_odds) & (label[scored.left] == label[scored.right])
    edges = np.bincount(label[scored.left[joins]], minlength=len(label))
    return edges[label[order[starts]]] == sizes * (sizes - 1) // 2


def _cut(members: np.ndarray, known: "_Known", score: Score, best_share: float) -> np.ndarray:
    """Clusters inside components of one size: for each record the smallest record of its cluster."""
    amount, size = members.shape
    a, b = np.triu_indices(size, 1)
    left, right = members[:, a].ravel(), members[:, b].ravel()
    told = known.or_scored(left, right, score).reshape(amount, -1)
    odds = np.full((amount, size, size), np.nan)
    odds[:, a, b] = told
    odds[:, b, a] = told
    return np.take_along_axis(members, linkage(odds, best_share), axis=1)


class _Known:
    """Pairs whose odds are known, ready to be looked up."""

    def __init__(self, scored: Edges, total: int) -> None:
        self._packed, self._odds, self._total = scored.left.astype(np.int64) * total + scored.right, scored.odds, total

    def or_scored(self, left: np.ndarray, right: np.ndarray, score: Score) -> np.ndarray:
        """Odds of pairs: those that are known already, else scored now."""
        wanted = left.astype(np.int64) * self._total + right
        place = np.minimum(np.searchsorted(self._packed, wanted), max(len(self._packed) - 1, 0))
        known = self._packed[place] == wanted if len(self._packed) else np.zeros(len(wanted), dtype=bool)
        out = np.empty(len(wanted))
        out[known] = self._odds[place[known]]
        out[~known] = score(left[~known], right[~known])
        return out
