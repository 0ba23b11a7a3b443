"""The parts by hand: windows that do not overlap, a model that is data, tenths, verdicts, words and the page."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.propensity.bands import codes, find_edges
from pipelines.propensity.drivers import with_drivers
from pipelines.propensity.model import Model, Term, from_rows, probability, to_rows
from pipelines.propensity.quality import finished, judged, verdict
from pipelines.propensity.windows import windows
from pipelines.reports.propensity_page import propensity_page
from schemas.policy.propensity import PropensityPolicy
from schemas.vocabulary_propensity import FEATURES
from tests import propensity_world as made

AS_OF = made.AS_OF
POLICY = PropensityPolicy()
LEASE = Term(np.array([0.0, 60.0]), np.array([0.0, -1.0, 2.0, 0.5]), np.array([60, 20, 10, 10]))
MODEL = Model(
    30,
    AS_OF,
    -3.0,
    {"lease_days_left": LEASE},
    slope=2.0,
    shifts=(0.0, -1.0, -2.0),
    knots=((-8.0, -7.0), (-6.0, -5.5), (-2.0, -1.0)),
)


@given(st.integers(7, 120), st.integers(7, 90), st.integers(30, 200), st.integers(0, 900))
def test_what_follows_one_part_ends_before_the_next_begins(horizon: int, step: int, kept: int, history: int) -> None:
    policy = PropensityPolicy(step_days=step, judged_days=kept)
    span = windows(AS_OF, horizon, AS_OF - timedelta(days=history), policy)
    ahead = timedelta(days=horizon)
    assert max(span.later) + ahead == AS_OF
    assert all(one + ahead <= min(span.later) for one in span.calibration)
    assert all(one + ahead <= min(span.calibration) for one in span.train)
    assert all(one >= AS_OF - timedelta(days=history - 90) for one in span.train)
    assert all((a - b).days >= horizon for a, b in zip(span.later, span.later[1:], strict=False))


def test_bands_keep_what_is_not_known_apart_from_nothing() -> None:
    values = pl.Series([None, 0.0, 0.5, 30.0, 60.0, -4.0])
    assert codes(values, np.array([0.0, 60.0])).tolist() == [0, 2, 2, 2, 3, 1]
    frame = pl.DataFrame({"few": [1.0] * 5 + [None] * 395, "many": [0.0] * 100 + [float(one) for one in range(1, 301)]})
    edges = find_edges(frame, ["few", "many"])
    assert edges["few"].tolist() == [] and edges["many"][:2].tolist() == [0.0, 1.0] and len(edges["many"]) == 11


def test_a_score_adds_up_by_hand_and_comes_back_from_rows() -> None:
    frame = pl.DataFrame({"lease_days_left": [None, 30.0, -10.0], "population": ["web_only", "customer", "contact"]})
    # raw -3, -1, -4; times 2 and the shift: -8, -2, -9; on the curve -7, -1, -7
    assert MODEL.log_odds(frame).tolist() == [-7.0, -1.0, -7.0]
    assert probability(np.array([-1.0])).tolist() == [0.268941]
    back = from_rows(to_rows(MODEL), 30, tuple(FEATURES))
    assert back is not None and back.log_odds(frame).tolist() == [-7.0, -1.0, -7.0]
    assert from_rows(to_rows(MODEL), 30, ("mail_30",)) is None and from_rows(to_rows(MODEL), 90, tuple(FEATURES)) is None


def test_drivers_are_told_beside_the_average_person() -> None:
    frame = pl.DataFrame({"lease_days_left": [31.0, 1.0, None]}, schema={"lease_days_left": pl.Float64})
    rest = {name: pl.lit(None, pl.Float64) for name in FEATURES if name != "lease_days_left"}
    told = with_drivers(MODEL, frame.with_columns(**rest)).rows()
    # mean coefficient (60 x 0 - 20 + 20 + 5) / 100 = 0.05; 2 x (2 - 0.05) = 3.9; 2 x (0 - 0.05) = -0.1
    assert told == [
        (["contract"], [3.9], "lease ends in 31 days (+3.9)"),
        (["contract"], [3.9], "lease ends in 1 day (+3.9)"),
        (["contract"], [-0.1], "no lease or loan of ours (−0.1)"),
    ]


def later(chances: list[float], bought: list[bool]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "unit_id": [f"u{at:04d}" for at in range(len(chances))],
            "population": "contact",
            "has_bought": bought,
            "probability": chances,
        }
    )


def quality_of(shares: list[float], seen: list[float], each: int = 200) -> pl.DataFrame:
    """Quality of ten tenths of `each` people with one probability and a share that bought."""
    chances = [share for share in shares for _ in range(each)]
    bought = [at < round(share * each) for share in seen for at in range(each)]
    rows = later(chances, bought)
    parts = [judged(rows.drop("probability"), 30, "train", [AS_OF], POLICY)]
    parts += [judged(rows, 30, part, [AS_OF], POLICY) for part in ("calibration", "later")]
    return pl.concat(parts, how="diagonal_relaxed").with_columns(trained_on=pl.lit(AS_OF))


SHARES = [0.5, 0.3, 0.2, 0.15, 0.125, 0.1, 0.05, 0.03, 0.02, 0.01]


def test_tenths_by_hand() -> None:
    table = quality_of(SHARES, [0.6, *SHARES[1:]]).filter((pl.col("part") == "later") & (pl.col("population") == "all"))
    top, low = (table.row(by_predicate=pl.col("decile") == at, named=True) for at in (1, 10))
    # 100 expected, 120 seen: ratio 0.8333, 20 of 120 are within a fifth; lift (120 / 200) / (317 / 2000)
    assert (top["people"], top["purchases"], top["expected"], top["ratio"]) == (200, 120, 100.0, 0.8333)
    assert (top["is_judged"], top["is_within"], top["is_off"], top["lift"]) == (True, True, False, round(0.6 / (317 / 2000), 4))
    assert (low["is_judged"], low["is_within"]) == (False, None), "two purchases say nothing"


@pytest.mark.parametrize(
    ("first", "policy", "says"),
    [
        (0.5, POLICY, "The model speaks"),
        (0.9, POLICY, "probabilities were off by more than 20% and than chance explains (all: "),
        (0.5, PropensityPolicy(min_auc=0.99), "is below the 0.99 of policy"),
        (0.5, PropensityPolicy(min_positives=300), "297 people who bought within 30 days and 1,703 who did not"),
        (0.5, PropensityPolicy(min_purchases_judged=400), "297 purchases on the days kept for calibration; policy asks for 400"),
        (0.5, PropensityPolicy(is_on=False), "switches the model off"),
    ],
)
def test_who_speaks_and_why(first: float, policy: PropensityPolicy, says: str) -> None:
    said = verdict(quality_of(SHARES, [first, *SHARES[1:]]), 30, policy)
    assert says in said.reason and (said.source == "model") == says.startswith("The model")


def test_the_page_says_who_speaks_and_draws_both_charts() -> None:
    quality = quality_of(SHARES, SHARES)
    table = finished(quality, {30: verdict(quality, 30, POLICY)})
    html = propensity_page(AS_OF, made.policy(), table, to_rows(MODEL))
    assert "The model speaks" in html and html.count('<svg class="wf"') == 2 and html.count("<circle") == 10
    assert "Nothing was judged yet." in html, "there is no row of the 90 days"
    assert "http" not in html


def test_dates_of_parts_are_kept() -> None:
    table = finished(quality_of(SHARES, SHARES), {30: verdict(quality_of(SHARES, SHARES), 30, POLICY)})
    assert table["from_day"].unique().to_list() == [date(2026, 11, 21)]
