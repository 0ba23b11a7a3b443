"""Makes probabilities of log-odds, on past days that the coefficients never saw: a slope, a shift per population, a curve."""

from dataclasses import replace

import numpy as np
import polars as pl
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from pipelines.propensity.model import SMALLEST, Floats, Model, rounded
from schemas.vocabulary_propensity import POPULATIONS

PURCHASES_A_BLOCK = 40  # a block of the curve holds so many purchases, so that chance moves it by a sixth at most
STRENGTH = 10.0  # inverse of the L2 penalty; it only keeps the shift of a population without purchases finite


def calibrated(model: Model, rows: pl.DataFrame) -> Model:
    """The model with its calibration. `rows` are features, population and has_bought of the days kept for it.

    First Platt's line with a shift for each population, then isotonic regression over blocks of 40 purchases; between the
    means of the blocks the log-odds run straight.
    """
    raw, bought = model.raw(rows), rows["has_bought"].to_numpy()
    here = [(rows["population"] == name).to_numpy() for name in POPULATIONS]
    with threadpool_limits(limits=1):
        line = LogisticRegression(C=STRENGTH, solver="newton-cholesky", tol=1e-9, max_iter=200)
        line.fit(np.column_stack([raw, *here]).astype(np.float64), bought.astype(np.int64))
    shifts = tuple(rounded(float(line.intercept_[0] + one)) for one in line.coef_[0][1:])
    straight = replace(model, slope=rounded(float(line.coef_[0][0])), shifts=shifts)
    return replace(straight, knots=_knots(straight.shifted(rows, raw), bought))


def _knots(shifted: Floats, bought: np.ndarray) -> tuple[tuple[float, float], ...]:
    order = np.argsort(shifted, kind="stable")
    score, seen = shifted[order], bought[order].astype(np.int64)
    starts = np.unique(np.searchsorted(np.cumsum(seen), np.arange(0, seen.sum(), PURCHASES_A_BLOCK) + 1))
    starts[0] = 0
    sizes = np.diff([*starts, len(score)])
    means = np.add.reduceat(score, starts) / sizes
    shares = np.clip(np.add.reduceat(seen, starts) / sizes, SMALLEST, 1 - SMALLEST)
    rising = IsotonicRegression().fit_transform(means, shares, sample_weight=sizes)
    curve = pl.DataFrame({"before": means, "after": np.log(rising / (1 - rising))}).with_columns(
        pl.all().map_elements(rounded, return_dtype=pl.Float64)
    )
    return tuple(curve.unique("before", keep="first", maintain_order=True).sort("before").iter_rows())
