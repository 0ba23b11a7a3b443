"""The page of two days: every figure is there, the chart has a bar per cause, and nothing is asked from outside."""

from datetime import date

import polars as pl

from pipelines.audiences.diff import figures, moved_people
from pipelines.reports.diff_page import causes_chart, diff_page
from schemas.tables.audiences import CHANGE_CAUSES
from tests.audience_world import policy
from tests.pipelines.audiences.test_diff import changes, members

DAYS = date(2026, 11, 20), date(2026, 11, 21)


def test_the_page_tells_sizes_causes_and_what_the_policy_says_otherwise() -> None:
    before, after = members(("a", "leaves", "C<1>"), ("a", "stays", "C<1>")), members(("a", "stays", "C2"), ("a", "new", "C2"))
    told = changes(("a", "leaves", "leave", "decay", "hot", DAYS[1]), ("a", "new", "enter", "consent", "asked", DAYS[1]))
    html = diff_page(DAYS, policy(), figures(before, after, moved_people(before, after, told)), [("scoring.x", "1", "2")])
    for words in ("only time passed", "a privacy request", "scoring.x", "C&lt;1&gt;", "21 November 2026"):
        assert words in html
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "leaves" not in html.replace("1 left", "")


def test_the_chart_has_a_bar_for_each_cause_and_way() -> None:
    rows = [("loyalty", "a", way, cause, None, 3) for cause in CHANGE_CAUSES for way in ("enter", "leave")]
    names = ["segment", "audience", "change", "cause", "rule", "people"]
    chart = causes_chart(pl.DataFrame(rows, schema=names, orient="row"))
    assert chart.count("<rect") == 2 * len(CHANGE_CAUSES)
