"""Records joined bottom-up while their links speak for one person, in many matrices of one size at once.

Each join costs the square of the size: what is known of a pair of clusters is kept and only the row of the joined one is
made anew. Sums run in the order of the records and not in that of a matrix product, which may follow threads.
"""

from dataclasses import dataclass

import numpy as np

FORBIDDEN = -1e9  # log-odds of a pair that a steward or a barrier keeps apart; outweighs all else


@dataclass
class _State:
    """Matrices that still go on; the first axis is the matrix.

    sums, counts: (size, size) log-odds between clusters and the judged pairs behind them.
    best: (records, clusters) best log-odds of each record into each cluster, -inf where none is judged.
    best_sums, best_counts: (clusters, clusters) of each record's best link from the first into the second. The three are
        empty where best links have no share.
    links: (size, size) symmetric, how much two clusters belong together; -inf where they cannot.
    place: (records) cluster of each record.
    """

    sums: np.ndarray
    counts: np.ndarray
    best: np.ndarray
    best_sums: np.ndarray
    best_counts: np.ndarray
    links: np.ndarray
    place: np.ndarray

    def only(self, kept: np.ndarray) -> "_State":
        return self if kept.all() else _State(*(one[kept] for one in vars(self).values()))


def linkage(odds: np.ndarray, best_share: float) -> np.ndarray:
    """Join the two clusters that belong together most, for as long as any do.

    Two clusters belong together by the average of the log-odds between their records (Sokal & Michener 1958), of which
    `best_share` is taken instead from each record's best link into the other cluster: a record with errors need not
    resemble all others of its person.

    Args:
        odds: (matrices, size, size) symmetric; not a number where a pair may not be judged; FORBIDDEN keeps two apart for good.
        best_share: 0 to 1.

    Returns:
        (matrices, size): place of the first member of each member's cluster.
    """
    amount, size, _ = odds.shape
    out, active = np.tile(np.arange(size), (amount, 1)), np.arange(amount)
    state = _begun(odds, best_share)
    for _ in range(size - 1):
        flat = state.links.reshape(len(active), -1)
        chosen = flat.argmax(axis=1)
        goes_on = flat[np.arange(len(active)), chosen] > 0
        out[active[~goes_on]] = state.place[~goes_on]
        active, chosen, state = active[goes_on], chosen[goes_on], state.only(goes_on)
        if not len(active):
            return out
        _join(state, chosen // size, chosen % size, best_share)
    out[active] = state.place
    return out


def _begun(odds: np.ndarray, best_share: float) -> _State:
    """Every record by itself."""
    amount, size, _ = odds.shape
    judged = ~np.isnan(odds) & ~np.eye(size, dtype=bool)
    sums, counts = np.where(judged, odds, 0.0), judged.astype(np.float64)
    links = _links(sums, counts, sums, counts, best_share)
    place = np.tile(np.arange(size), (amount, 1))
    if not best_share:
        unused = np.empty((amount, 0, 0))
        return _State(sums, counts, unused, unused, unused, links, place)
    return _State(sums, counts, np.where(judged, odds, -np.inf), sums.copy(), counts.copy(), links, place)


def _links(sums: np.ndarray, counts: np.ndarray, best_sums: np.ndarray, best_counts: np.ndarray, best_share: float) -> np.ndarray:
    told = sums / np.maximum(counts, 1)
    if best_share:
        told = (1 - best_share) * told + best_share * best_sums / np.maximum(best_counts, 1)
    told[(counts == 0) | (sums <= FORBIDDEN / 2)] = -np.inf
    return told


def _join(state: _State, i: np.ndarray, j: np.ndarray, best_share: float) -> None:
    """Cluster j of each matrix goes into cluster i."""
    every = np.arange(len(i))
    for matrix in (state.sums, state.counts):
        row = matrix[every, i] + matrix[every, j]
        matrix[every, i], matrix[every, :, i] = row, row
        matrix[every, j], matrix[every, :, j] = 0, 0
    state.place[:] = np.where(state.place == j[:, None], i[:, None], state.place)
    best_sums = best_counts = row
    if best_share:
        _join_best(state, i, j)
        best_sums, best_counts = (one[every, i] + one[every, :, i] for one in (state.best_sums, state.best_counts))
    row = _links(state.sums[every, i], state.counts[every, i], best_sums, best_counts, best_share)
    row[every, i] = -np.inf
    state.links[every, i], state.links[every, :, i] = row, row
    state.links[every, j], state.links[every, :, j] = -np.inf, -np.inf


def _join_best(state: _State, i: np.ndarray, j: np.ndarray) -> None:
    every = np.arange(len(i))
    state.best[every, :, i] = np.maximum(state.best[every, :, i], state.best[every, :, j])
    state.best[every, :, j] = -np.inf
    for matrix, into in zip((state.best_sums, state.best_counts), _into(state, i), strict=True):
        matrix[every, i] += matrix[every, j]
        matrix[every, :, i] = into
        matrix[every, j], matrix[every, :, j] = 0, 0


def _into(state: _State, i: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each cluster, its records' best links into cluster i: their sum and number."""
    amount, size = state.place.shape
    best = state.best[np.arange(amount), :, i]
    known = np.isfinite(best)
    group = (state.place + np.arange(amount)[:, None] * size).ravel()
    sums, number = (
        np.bincount(group, weights=one.ravel(), minlength=amount * size).reshape(amount, size)
        for one in (np.where(known, best, 0.0), known)
    )
    return sums, number
