"""The page of tests, from literal rows: what is alarming is marked, what is planned is apart, and nothing is fetched."""

from datetime import date

import polars as pl

from pipelines.reports.experiments_page import experiments_page, power_table
from pipelines.reports.experiments_page import tests_of as names_of
from schemas.tables.experiment_health import EXPERIMENT_ARM, EXPERIMENT_HEALTH
from schemas.tables.experiments import GEO_BALANCE
from tests.audience_world import policy, rows_of

BASE = {"is_in_force": True, "ratio_p": 0.4, "imbalance": 0.05, "power_now": 0.2, "weeks_needed": 12.0, "segment": "in_market"}
ARMS = [
    {**BASE, "test": "halves", "arm": "left", "share": 0.5, "assigned": 100, "needed": 64_199, "effect": "only through <ctv>"},
    {**BASE, "test": "halves", "arm": "right", "share": 0.5, "assigned": 101, "needed": 64_199, "effect": "as planned"},
    {
        **BASE,
        "test": "global_control",
        "arm": "control",
        "share": 0.12,
        "assigned": 12,
        "delivered": 3,
        "effect": "not addressed at all",
    },
    {**BASE, "test": "later", "arm": "left", "share": 0.5, "is_in_force": False, "effect": "message other"},
]
HEALTH = [{"metric": "held_back_delivered", "value": 3.0, "limit": 0.0, "is_within": False, "is_blocking": True}]
GEO = [{"segment": "in_market", "metric": "sales", "dark_clusters": 0, "lit_clusters": 3, "weeks": 26, "reason": "3 clusters"}]


def text(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if isinstance(dtype, pl.Enum))


def test_the_page_names_every_test_marks_alarms_and_escapes() -> None:
    strata = pl.DataFrame({"test": ["halves"], "stratum": ["lux|metro"], "arm": ["left"], "people": [100]})
    frames = [text(rows_of(table, rows)) for table, rows in ((EXPERIMENT_ARM, ARMS), (EXPERIMENT_HEALTH, HEALTH))]
    html = experiments_page(date(2026, 11, 21), policy(), *frames, strata, text(rows_of(GEO_BALANCE, GEO)))
    for words in ("Halves", "Global control", "Later", "lux, metro", "3 clusters", "only through &lt;ctv&gt;", "in 12 weeks"):
        assert words in html
    assert html.count('class="mark bad"') == 2 and "http" not in html.replace("http://www.w3.org", "")
    assert names_of(frames[0]) == ["global_control", "halves", "later"]


def test_power_says_when_it_will_be_enough() -> None:
    arms = text(rows_of(EXPERIMENT_ARM, ARMS[:2]))
    assert power_table(arms).rows[0][3] == "in 12 weeks"
    assert power_table(arms.with_columns(weeks_needed=pl.lit(None, pl.Float64))).rows[0][3] == "not at this pace"
    assert power_table(arms.with_columns(assigned=pl.lit(70_000))).rows[0][3] == "now"
