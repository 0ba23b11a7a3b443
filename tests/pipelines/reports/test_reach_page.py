"""The page of reach: every figure there, nothing loaded, nothing personal."""

import re
from types import SimpleNamespace

import polars as pl
from lxml import html

from pipelines.reports.reach_page import TABLES, reach_page
from schemas.tables import all_tables
from tests.audience_world import AS_OF

POLICY = SimpleNamespace(
    channels=SimpleNamespace(platforms={"google": SimpleNamespace(is_on=True), "snap": SimpleNamespace(is_on=False)})
)


def rows_of(name, *rows):
    table = all_tables()[name].schema.create_empty()
    return pl.DataFrame([{key: row.get(key) for key in table.columns} for row in rows], schema=table.schema, orient="row")


def cell(platform, name, **more):
    base = {
        "platform": platform, "cell": name, "segment": "in_market", "members": 300, "allowed": 290, "matchable": 271,
        "with_email": 200, "with_phone": 150, "with_address": 260, "with_two_kinds": 180, "match_low": 0.5, "match_high": 0.7,
        "match_source": "a <source>", "matched_low": 135, "matched_high": 190, "sent_people": 271, "minimum": 1000,
        "served_minimum": 100, "is_enough": False, "verdict": "not_sent", "short_people": 729, "says": "729 more are needed",
    }  # fmt: skip
    return base | more


def frames(*, blocked=False):
    figure = {"platform": "google", "cell": "*", "figure": "growth", "subject": "", "value": 0.7, "limit": 0.5, "unit": "share"}
    over = figure | {"verdict": "over" if blocked else "within", "is_blocked": blocked, "says": "people more: 70.0%, limit 50.0%"}
    withheld = {"platform": "google", "cell": "X", "figure": "withheld", "subject": "add", "value": 12.0, "unit": "people"}
    withheld |= {"verdict": "counted", "is_blocked": False, "says": "12 to add withheld"}
    target = {
        "platform": "google", "segment": "conquest", "universe": 1000, "members": 900, "matchable": 800, "matched_low": 400,
        "matched_high": 560, "share_low": 0.4, "share_high": 0.56, "target_low": 0.6, "target_high": 0.7, "verdict": "missed",
        "says": "40% to 56% are found",
    }  # fmt: skip
    seen = {"cell": "VAG_CQ_LUX_M1", "channel": "social", "people": 10, "contacts": 31, "contacts_per_person": 3.1}
    seen |= {"people_three_times": 4, "target_contacts": 3.0, "is_met": True}
    return {
        "reach": rows_of("reach", cell("google", "VAG_IM_LUX_M1"), cell("snap", "VAG_IM_LUX_M1")),
        "reach_target": rows_of("reach_target", target),
        "reach_frequency": rows_of("reach_frequency", seen),
        "breaker": rows_of("breaker", over, withheld),
        "breaker_release": rows_of("breaker_release"),
    }


def test_the_page_says_what_is_too_small_and_what_is_missing():
    text = reach_page(AS_OF, POLICY, frames())
    page = html.fromstring(text)
    words = " ".join(page.text_content().split())
    for told in ("1 cell too small to be sent", "729 more are needed", "40% to 56%", "60% to 70%", "3.1", "135 to 190"):
        assert told in words, told
    assert "a <source>" in words and "<source>" not in text
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text), "nothing is loaded"
    assert page.xpath("//meta[@name='viewport']") and all(
        one.get("role") == "region" for one in page.xpath("//div[@class='scroll']")
    )
    small = page.xpath("//section[@id='small']//tbody/tr")
    assert len(small) == 1, "a platform that is off is no trouble"


def test_what_is_held_back_stands_first():
    page = html.fromstring(reach_page(AS_OF, POLICY, frames(blocked=True)))
    assert page.xpath("//section/@id")[0] == "blocked"
    words = " ".join(page.xpath("//section[@id='blocked']")[0].text_content().split())
    assert "Withheld: add 12" in words and "people more: 70.0%, limit 50.0%" in words


def test_an_empty_day_has_a_page():
    empty = {name: rows_of(name) for name in TABLES}
    assert "No platform reported who saw an advertisement." in reach_page(AS_OF, POLICY, empty)
