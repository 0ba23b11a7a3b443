"""The model as data: coefficients per feature and band, a slope, a shift per population and a curve. Scores by adding up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.propensity.bands import codes
from schemas.tables.propensity import PROPENSITY_MODEL
from schemas.vocabulary_propensity import FEATURES, POPULATIONS

DIGITS = 6  # significant digits kept of every number that was learned, so that the last bit of a sum cannot matter
SMALLEST = 1e-5  # no probability is said to be nearer to 0 or 1
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """One feature: inner edges of its bands, and per band (0: not known) the coefficient and the people learned from."""

    edges: Floats
    coefficients: Floats
    people: NDArray[np.int64]

    @property
    def mean(self) -> float:
        """The mean coefficient of everybody it was learned from."""
        whole = int(self.people.sum())
        return rounded(float((self.coefficients * self.people).sum() / whole)) if whole else 0.0


@dataclass(frozen=True)
class Model:
    """Everything that turns features into a probability within one horizon."""

    horizon_days: int
    trained_on: date
    intercept: float
    terms: Mapping[str, Term]
    slope: float = 1.0
    shifts: tuple[float, ...] = (0.0,) * len(POPULATIONS)
    knots: tuple[tuple[float, float], ...] = ()

    def raw(self, frame: pl.DataFrame) -> Floats:
        """Log-odds before calibration. Added term by term, in the list's order, so that no library can change the order."""
        total = np.full(frame.height, self.intercept)
        for name in sorted(self.terms):
            total += self.terms[name].coefficients[codes(frame[name], self.terms[name].edges)]
        return total

    def shifted(self, frame: pl.DataFrame, raw: Floats) -> Floats:
        """Log-odds with the slope and the shift of each population."""
        places = frame["population"].replace_strict({name: at for at, name in enumerate(POPULATIONS)}, return_dtype=pl.Int64)
        return self.slope * raw + np.array(self.shifts)[places.to_numpy()]

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        """Calibrated log-odds of a purchase, rounded to 6 decimals."""
        return np.round(self.curve(self.shifted(frame, self.raw(frame))), 6)

    def curve(self, shifted: Floats) -> Floats:
        """The calibration curve: straight between its knots, flat beyond them."""
        if not self.knots:
            return shifted
        before, after = zip(*self.knots, strict=True)
        return np.interp(shifted, before, after)

    def contributions(self, frame: pl.DataFrame) -> dict[str, Floats]:
        """Per feature what it adds to or takes from the log-odds of the average person, before the curve."""
        return {
            name: self.slope * (term.coefficients[codes(frame[name], term.edges)] - term.mean)
            for name, term in sorted(self.terms.items())
        }


def probability(log_odds: Floats) -> Floats:
    """The probability of log-odds, between SMALLEST and 1 less it, rounded to 6 decimals."""
    return np.clip(np.round(1 / (1 + np.exp(-log_odds)), 6), SMALLEST, 1 - SMALLEST)


def rounded(value: float) -> float:
    """A number to 6 significant digits."""
    return float(f"{value:.{DIGITS}g}")


def to_rows(model: Model) -> pl.DataFrame:
    """The model as rows of the table propensity_model."""
    own = {"horizon_days": model.horizon_days, "trained_on": model.trained_on, "people": 0}
    rows = [
        {**own, "part": "intercept", "name": "", "place": 0, "value": model.intercept},
        {**own, "part": "slope", "name": "", "place": 0, "value": model.slope},
    ]
    rows += [
        {**own, "part": "population", "name": name, "place": at, "value": shift}
        for at, (name, shift) in enumerate(zip(POPULATIONS, model.shifts, strict=True))
    ]
    rows += [
        {**own, "part": "knot", "name": "", "place": at, "low": low, "value": value}
        for at, (low, value) in enumerate(model.knots)
    ]
    rows += [row for name, term in model.terms.items() for row in _rows_of(own, name, term)]
    return PROPENSITY_MODEL.schema.cast(pl.DataFrame(rows, schema=PROPENSITY_MODEL.schema.create_empty().schema, orient="row"))


def _rows_of(own: Mapping[str, object], name: str, term: Term) -> list[dict[str, object]]:
    lows: list[float | None] = [None, None, *term.edges.tolist()]
    return [
        {
            **own, "part": "band", "name": name, "place": at, "low": low, "value": float(term.coefficients[at]),
            "people": int(term.people[at]), "mean": term.mean if at == 0 else None,
        }
        for at, low in enumerate(lows)
    ]  # fmt: skip


def from_rows(rows: pl.DataFrame, horizon_days: int, allowed: Sequence[str]) -> Model | None:
    """The model of a horizon; None where there is none, or where it knows a feature that is not allowed."""
    mine = rows.filter(pl.col("horizon_days") == horizon_days).sort("part", "name", "place")
    bands = mine.filter(pl.col("part") == "band")
    names = bands["name"].unique().sort().to_list()
    if mine.is_empty() or not set(names) <= set(allowed) & set(FEATURES):
        return None
    parts = {part: mine.filter(pl.col("part") == part).sort("place") for part in ("intercept", "slope", "population", "knot")}
    return Model(
        horizon_days=horizon_days,
        trained_on=mine["trained_on"][0],
        intercept=parts["intercept"]["value"][0],
        terms={name: _term(bands.filter(pl.col("name") == name).sort("place")) for name in names},
        slope=parts["slope"]["value"][0],
        shifts=tuple(parts["population"]["value"]),
        knots=tuple(zip(parts["knot"]["low"], parts["knot"]["value"], strict=True)),
    )


def _term(bands: pl.DataFrame) -> Term:
    return Term(
        bands["low"].slice(2).to_numpy().astype(np.float64),
        bands["value"].to_numpy().astype(np.float64),
        bands["people"].to_numpy().astype(np.int64),
    )
