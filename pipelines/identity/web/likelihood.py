"""The loose model: weights per field from clients whose owner is known, and a calibration that makes them probabilities.

Fellegi and Sunter (1969): a level's weight is log2 of its share among pairs of a client and its owner (m) over its share
among pairs of a client and somebody of another home (u); people of the owner's own home are neither. A client's candidates
and nobody compete: each candidate has 2 to the power of slope times its bits, nobody has 2 to the power of `nobody`. Both
are fitted by greatest likelihood on clients that did not give the weights.

Anonymous clients differ from those whose owner is known: they have fewer sessions, so labelled clients are weighted to have
as many; and more of them belong to strangers. How many more is estimated from their own scores (`shift`, in bits; Saerens,
Latinne and Decaestecker 2002, Neural Computation 14).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipelines.identity.web.fields import FIELDS

Floats = NDArray[np.float64]
Starts = NDArray[np.intp]
SMOOTHING = 1.0  # pairs added to every level, so that none is impossible
FOLDS = 2
DIGITS = 6  # results are rounded, so that no order of addition shows
ROUNDS, CLOSE_ENOUGH, TINY = 200, 1e-9, 1e-12
CALIBRATION = "calibration"
SESSIONS = (1, 2, 4)  # upper bounds of the groups by which labelled clients are made like anonymous ones


@dataclass(frozen=True)
class _Scores:
    """Scored pairs, client after client: bits, row at which each client begins, weight of each client."""

    bits: Floats
    starts: Starts
    weight: Floats


def learn(
    labelled: pl.DataFrame, owners: pl.DataFrame, anonymous: pl.DataFrame, shift_shares: tuple[float, float]
) -> pl.DataFrame:
    """The parameters as in loose_model, without the day.

    Args:
        labelled: pairs of clients whose owner is known: record_id, person_id, household_id, sessions, a column per field.
        owners: record_id, person_id of those clients.
        anonymous: pairs of the other clients, in the same columns.
        shift_shares: part of the estimated excess of strangers to believe in, 0 to 1, for persons and for homes.
    """
    marked = _marked(labelled, owners, anonymous)
    fold = pl.Series(marked["record_id"].rank("dense").to_numpy() % FOLDS)
    bits = np.zeros(len(marked))
    for one in range(FOLDS):
        held_out, rest = marked.filter(fold == one), marked.filter(fold != one)
        bits[(fold == one).to_numpy()] = scored(held_out, weights(rest))["total"].to_numpy()
    table = weights(marked)
    ours = marked.with_columns(total=pl.Series(bits))
    theirs = scored(anonymous, table)
    person_share, home_share = shift_shares
    rows = _calibrated(ours, theirs, "person", person_share) + _calibrated(_homes(ours), _homes(theirs), "home", home_share)
    calibration = pl.DataFrame(rows, schema=["field", "level", "value", "pairs"], orient="row")
    return pl.concat([table, calibration], how="diagonal_relaxed").sort("field", "level")


def _calibrated(known: pl.DataFrame, asked: pl.DataFrame, what: str, shift_share: float) -> list[tuple[str, str, float, int]]:
    """Slope, nobody and shift for candidates that are persons, or homes, as rows of loose_model."""
    known, asked = (one.sort("record_id", one.columns[1]) for one in (known, asked))
    starts = _starts(known)
    ours = _Scores(known["total"].to_numpy(), starts, known["weight"].to_numpy()[starts])
    theirs = _Scores(asked["total"].to_numpy(), _starts(asked), np.ones(asked["record_id"].n_unique()))
    slope, nobody = _fitted(ours, known["is_owner"].to_numpy())
    shift = shift_share * _shift(theirs, slope, nobody, _share_of_nobody(ours, slope, nobody))
    values = {"nobody": nobody, "shift": round(shift, DIGITS), "slope": slope}
    return [(CALIBRATION, f"{what}_{name}", value, len(starts)) for name, value in values.items()]


def _homes(pairs: pl.DataFrame) -> pl.DataFrame:
    """Candidates that are homes: a home's likelihood is the sum of its people's."""
    power = pl.lit(2.0).pow(pl.col("total").clip(-60, 60))
    extra = [pl.col("is_owner").any(), pl.col("weight").first()] if "is_owner" in pairs.columns else []
    homes = pairs.sort("record_id", "person_id").group_by("record_id", "household_id", maintain_order=True)
    return homes.agg(power.sum().log(2).round(DIGITS).alias("total"), *extra)


def _marked(labelled: pl.DataFrame, owners: pl.DataFrame, anonymous: pl.DataFrame) -> pl.DataFrame:
    """Labelled pairs with is_owner, is_housemate and the weight that makes their sessions like those of anonymous clients."""
    group = pl.col("sessions").cut(list(SESSIONS)).cast(pl.String)
    owned = owners.select("record_id", "person_id", is_owner=pl.lit(True))
    marked = labelled.join(owned, on=["record_id", "person_id"], how="left").with_columns(
        pl.col("is_owner").fill_null(False), group=group
    )
    homes = marked.filter("is_owner").select("record_id", home="household_id").unique()
    marked = marked.join(homes, on="record_id", how="left").with_columns(
        is_housemate=~pl.col("is_owner") & (pl.col("home") == pl.col("household_id")).fill_null(False)
    )
    many, few = (_share(frame.with_columns(group=group)) for frame in (anonymous, labelled))
    ratio = few.join(many, on="group", how="left", suffix="_wanted").select(
        "group", weight=(pl.col("share_wanted").fill_null(0.0) / pl.col("share")).round(DIGITS)
    )
    return marked.join(ratio, on="group").sort("record_id", "person_id")


def _share(frame: pl.DataFrame) -> pl.DataFrame:
    """Share of clients per group of sessions."""
    counted = frame.select("record_id", "group").unique().group_by("group").len()
    return counted.select("group", share=pl.col("len") / pl.col("len").sum())


def weights(marked: pl.DataFrame) -> pl.DataFrame:
    """m, u and bits per field and level; `marked` has is_owner, is_housemate, weight and the fields."""
    told = marked.filter(~pl.col("is_housemate")).select("is_owner", "weight", *FIELDS)
    long = told.unpivot(index=["is_owner", "weight"], variable_name="field", value_name="level")
    millionths = (pl.col("weight") * 10**DIGITS).round().cast(pl.Int64)
    sums = long.group_by("field", "level").agg(
        yes=millionths.filter(pl.col("is_owner")).sum() / 10**DIGITS + SMOOTHING,
        no=millionths.filter(~pl.col("is_owner")).sum() / 10**DIGITS + SMOOTHING,
        pairs=pl.len().cast(pl.Int64),
    )
    shares = sums.sort("field", "level").with_columns(
        m=(pl.col("yes") / pl.col("yes").sum().over("field")).round(DIGITS),
        u=(pl.col("no") / pl.col("no").sum().over("field")).round(DIGITS),
    )
    bits = (pl.col("m").clip(10**-DIGITS) / pl.col("u").clip(10**-DIGITS)).log(2).round(DIGITS)
    return shares.select("field", "level", "m", "u", "pairs", bits=bits)


def scored(levels: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The pairs with a column of bits per field and their `total`. A level never seen weighs nothing."""
    columns = []
    for field in FIELDS:
        known = table.filter(pl.col("field") == field)
        bits = pl.col(field).replace_strict(known["level"], known["bits"], default=0.0, return_dtype=pl.Float64)
        columns.append(bits.alias(f"{field}_bits"))
    total = pl.sum_horizontal(f"{field}_bits" for field in FIELDS).round(DIGITS)
    return levels.with_columns(columns).with_columns(total=total)


def posteriors(pairs: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Scored pairs, sorted by record_id and person_id, with two probabilities.

    posterior: that the client is the person's. household_posterior: that it is anybody's of the household; never less.
    """
    ordered = pairs.sort("record_id", "person_id").with_columns(posterior=pl.lit(0.0))
    persons = _chances(ordered, table, "person")
    homes = _homes(ordered).sort("record_id", "household_id")
    homes = homes.select("record_id", "household_id", household_posterior=_chances(homes, table, "home"))
    both = ordered.with_columns(posterior=persons).join(homes, on=["record_id", "household_id"], maintain_order="left")
    sure = pl.max_horizontal("household_posterior", pl.col("posterior").sum().over("record_id", "household_id"))
    return both.with_columns(household_posterior=sure.clip(0, 1).round(DIGITS))


def _chances(ordered: pl.DataFrame, table: pl.DataFrame, what: str) -> pl.Series:
    value = dict(table.filter(pl.col("field") == CALIBRATION).select("level", "value").iter_rows())
    scores = _Scores(ordered["total"].to_numpy(), _starts(ordered), np.zeros(0))
    found = _softmax(scores, value[f"{what}_slope"], value[f"{what}_nobody"] + value[f"{what}_shift"])
    return pl.Series(found, dtype=pl.Float64).round(DIGITS)


def _starts(ordered: pl.DataFrame) -> Starts:
    """Row at which each client's candidates begin."""
    if ordered.is_empty():
        return np.zeros(0, dtype=np.intp)
    changed = ordered["record_id"] != ordered["record_id"].shift(1)
    return np.flatnonzero(changed.fill_null(True).to_numpy())


def _softmax(scores: _Scores, slope: float, nobody: float) -> Floats:
    if not len(scores.starts):
        return np.zeros(0)
    sizes = np.diff(np.r_[scores.starts, len(scores.bits)])
    each = np.exp2(np.clip(slope * scores.bits, -60, 60))
    return each / np.repeat(np.add.reduceat(each, scores.starts) + np.exp2(nobody), sizes)


def _fitted(scores: _Scores, is_owner: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and nobody of greatest weighted likelihood."""
    has_owner = np.logical_or.reduceat(is_owner, scores.starts)

    def loss(at: Floats) -> float:
        posterior = _softmax(scores, float(at[0]), float(at[1]))
        right = np.zeros(len(scores.starts))
        right[has_owner] = posterior[is_owner]
        none = 1 - np.add.reduceat(posterior, scores.starts)
        told = np.log(np.maximum(np.where(has_owner, right, none), TINY))
        return -float((told * scores.weight).sum() / scores.weight.sum())

    best = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 800})
    return round(float(best.x[0]), DIGITS), round(float(best.x[1]), DIGITS)


def _share_of_nobody(scores: _Scores, slope: float, nobody: float) -> float:
    """Weighted share of clients whose owner is none of the candidates."""
    found = 1 - np.add.reduceat(_softmax(scores, slope, nobody), scores.starts)
    return float((found * scores.weight).sum() / scores.weight.sum())


def _shift(scores: _Scores, slope: float, nobody: float, share: float) -> float:
    """Bits to add to nobody among anonymous clients, by expectation and maximisation of the share of strangers."""
    if not len(scores.starts) or not 0 < share < 1:
        return 0.0
    before = np.log2(share / (1 - share))
    now, shift = share, 0.0
    for _ in range(ROUNDS):
        shift = float(np.log2(now / (1 - now)) - before)
        found = _share_of_nobody(scores, slope, nobody + shift)
        if abs(found - now) < CLOSE_ENOUGH:
            break
        now = min(max(found, TINY), 1 - 1e-6)
    return shift
