"""Learns the coefficients: an additive logistic regression over bands, from scikit-learn, on one thread.

Measured beside gradient-boosted trees on the same days (docs/propensity.md): as good within 0.006 of AUC, and its parts add up
to its answer, so that it is data that can be read, kept and explained.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from pipelines.propensity.allowed import refuse_others
from pipelines.propensity.bands import codes, find_edges
from pipelines.propensity.model import Model, Term, rounded

DRAWS = 1000  # units draw a fixed number below it
KEPT_DRAWS = 100  # of those who did not buy, so many in DRAWS are learned from, with ten times the weight
LEAST_PEOPLE = 30  # rows in a band, below which it has no coefficient of its own
STRENGTH = 0.1  # inverse of the L2 penalty; between 0.03 and 1 the AUC of later days moved by less than 0.002


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows to learn from: all who bought and a fixed tenth of the others, with `weight`."""
    rows = frame.filter(pl.col("has_bought") | (pl.col("draw") < KEPT_DRAWS))
    return rows.with_columns(weight=pl.when("has_bought").then(1.0).otherwise(DRAWS / KEPT_DRAWS))


def fit(rows: pl.DataFrame, features: Sequence[str], horizon_days: int, trained_on: date) -> Model:
    """Learn from rows of `kept`: features, has_bought, weight. FeatureNotAllowedError for a feature that is not on the list."""
    refuse_others(features)
    edges = find_edges(rows, features)
    banded = {name: codes(rows[name], edges[name]) for name in features}
    weight = rows["weight"].to_numpy()
    counts = {name: np.bincount(banded[name], weights=weight, minlength=len(edges[name]) + 2) for name in features}
    own = [(name, band) for name in features for band in _own_bands(banded[name], len(edges[name]) + 2)]
    design = _design([(banded[name], band) for name, band in own])
    with threadpool_limits(limits=1):
        fitted = LogisticRegression(C=STRENGTH, solver="newton-cholesky", tol=1e-9, max_iter=200)
        fitted.fit(design, rows["has_bought"].to_numpy().astype(np.int64), sample_weight=weight)
    learned = dict(zip(own, (rounded(float(one)) for one in fitted.coef_[0]), strict=True))
    terms = {
        name: Term(
            edges[name],
            np.array([learned.get((name, band), 0.0) for band in range(len(counts[name]))]),
            np.round(counts[name]).astype(np.int64),
        )
        for name in features
    }
    return Model(horizon_days, trained_on, rounded(float(fitted.intercept_[0])), terms)


def _own_bands(banded: NDArray[np.int16], size: int) -> list[int]:
    """Bands with a coefficient of their own: all but the most frequent one, which stands for the intercept, and rare ones."""
    rows = np.bincount(banded, minlength=size)
    usual = int(rows.argmax())
    return [band for band in range(size) if band != usual and rows[band] >= LEAST_PEOPLE]


def _design(columns: Sequence[tuple[NDArray[np.int16], int]]) -> csr_matrix:
    """One column of 0 and 1 per band. At least one column, so that a history without any band still has an intercept."""
    hits = [np.flatnonzero(banded == band) for banded, band in columns]
    rows = np.concatenate(hits) if hits else np.array([], dtype=np.int64)
    places = np.repeat(np.arange(len(hits)), [len(one) for one in hits])
    height = len(columns[0][0]) if columns else 0
    return csr_matrix((np.ones(len(rows)), (rows, places)), shape=(height, max(len(hits), 1)))
