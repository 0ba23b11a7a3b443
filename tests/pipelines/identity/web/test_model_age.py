"""How long a learned model is kept, and that none is learned from too few."""

from datetime import date, timedelta

import pytest

from pipelines.identity.web.loose import STEP

TODAY = date(2026, 11, 21)
LEVELS = (
    ("person_slope", 0.7),
    ("person_nobody", 1.0),
    ("person_shift", 2.0),
    ("home_slope", 0.7),
    ("home_nobody", 1.0),
    ("home_shift", 0.5),
)


@pytest.mark.parametrize(("age", "is_kept"), [(1, True), (6, True), (7, False)])
def test_a_model_is_kept_for_the_days_of_the_policy(run, age, is_kept):
    learned = TODAY - timedelta(days=age)
    rows = [
        {"field": "calibration", "level": name, "value": value, "pairs": 900, "trained_on": learned} for name, value in LEVELS
    ]
    found = run(STEP, on=TODAY, previous_loose_model=rows)
    assert found["loose_link"].is_empty()
    assert found["loose_model"]["trained_on"].to_list() == ([learned] * len(rows) if is_kept else [])
