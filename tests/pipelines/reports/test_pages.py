"""Pages: figures in, one self-contained file out; nothing personal, nothing loaded, readable by a machine that reads aloud."""

import re
from typing import Any

import polars as pl
import pytest
from lxml import html

from pipelines.reports.audience_page import audience_page
from pipelines.reports.page import number, percent
from pipelines.reports.validation_page import validation_page
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP, MEMBERSHIP_CHANGE, OVERLAP
from schemas.tables.measurement import KPI
from tests.audience_world import AS_OF, audience, policy, rows_of

POLICY = policy(
    audience("service_due", "loyalty", "is_customer", title="Service <due> & more"),
    audience("shopping", "in_market", "intent_score > 20", title="Shopping now"),
    audience("resting", "in_market", "intent_score > 90", title="Resting", is_on=False),
)
RESULTS: list[dict[str, Any]] = [
    {
        "table": "person",
        "stage": "identity",
        "rows": 1234,
        "success": True,
        "broken_rules": {},
        "expectations": [
            {"name": "row_count", "success": True, "observed": "1234", "expected": {"min_value": 10, "max_value": None}}
        ],
    },
    {
        "table": "membership",
        "stage": "audiences",
        "rows": 7,
        "success": False,
        "broken_rules": {"cell|nullability": 3},
        "expectations": [
            {"name": "columns", "success": True, "observed": "ok", "expected": {"column_list": list("abcdefgh")}},
            {"name": "row_count", "column": None, "success": False, "observed": "<7>", "expected": {"min_value": 100}},
        ],
    },
]


def member(person: str, name: str, segment: str, cell: str, **given: Any) -> dict[str, Any]:
    base = {"audience": name, "person_id": person, "segment": segment, "cell": cell, "identity_tier": "exact", "arm": "treatment"}
    reasons = [{"rule": "due_soon", "sentence": "due in 3 days, SECRET", "since": AS_OF}]
    return {**base, "channels": ["email"], "rooftop_id": "R02", "reasons": reasons, **given}


def tables() -> dict[str, pl.DataFrame]:
    members = [
        member("P-1", "service_due", "loyalty", "TST_LO_VL1_R02"),
        member("P-2", "service_due", "loyalty", "TST_LO_VL1_R02", arm="control"),
        member("P-3", "shopping", "in_market", "TST_IM_VL1_M1", tier="hot", rooftop_id=None),
    ]
    lost = [
        {
            "audience": "shopping",
            "person_id": f"P-{n}",
            "brand": "vol1",
            "outcome": "lost",
            "cause": "segment_priority",
            "winner": "service_due",
        }
        for n in (1, 2)
    ]
    taken = [{**one, "channel": "email", "winner_brand": "vol1"} for one in lost]
    taken = [{name: value for name, value in one.items() if name != "outcome"} for one in taken]
    excluded = [{"audience": "shopping", "person_id": "P-9", "brand": "vol1", "outcome": "excluded", "cause": "open_deal"}]
    changes = [
        {"audience": "service_due", "person_id": "P-1", "change": "enter", "cause": "data"},
        {"audience": "service_due", "person_id": "P-8", "change": "leave", "cause": "booked"},
    ]
    kpi = {"segment": "in_market", "scope": "group", "unit": "leads"}
    return {
        "membership": rows_of(MEMBERSHIP, members),
        "eligibility": rows_of(ELIGIBILITY, [*lost, *excluded]),
        "channel_loss": rows_of(CHANNEL_LOSS, taken),
        "membership_change": rows_of(MEMBERSHIP_CHANGE, changes),
        "overlap": rows_of(OVERLAP, [{"left_audience": "service_due", "right_audience": "shopping", "people": 2}]),
        "kpi": rows_of(KPI, [{**kpi, "kpi": "leads_30d", "value": 600.0, "target_low": 800.0, "target_high": 1000.0}]),
    }


def empty() -> dict[str, pl.DataFrame]:
    return {name: frame.clear() for name, frame in tables().items()}


PAGES = {
    "audiences": lambda: audience_page(AS_OF, POLICY, tables()),
    "no audiences": lambda: audience_page(AS_OF, policy(), empty()),
    "validation": lambda: validation_page(AS_OF, RESULTS),
    "no validation": lambda: validation_page(AS_OF, []),
}


@pytest.mark.parametrize("made", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_whole_accessible_and_loads_nothing(made: Any) -> None:
    text = made()
    assert text.startswith("<!doctype html>") and text == made()
    assert not re.search(r"https?://|@import|url\(|<script|<link|<img|\bsrc=", text)
    tree = html.fromstring(text)
    assert tree.get("lang") == "en" and tree.xpath("//meta[@name='viewport']") and len(tree.xpath("//h1")) == 1
    assert all(table.xpath("./caption") for table in tree.xpath("//table"))
    assert all(head.get("scope") in ("col", "row") for head in tree.xpath("//th"))
    assert all(
        len(row) == len(table.xpath("./thead/tr/th")) for table in tree.xpath("//table") for row in table.xpath("./tbody/tr")
    )
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.lstrip("#") for link in tree.xpath("//a/@href")} <= set(ids)


def cells_of(text: str, caption: str) -> list[list[str]]:
    """The cells of every table with a caption, one after the other."""
    tables = [one for one in html.fromstring(text).xpath("//table") if one.xpath("./caption")[0].text_content() == caption]
    return [[cell.text_content() for cell in row] for table in tables for row in table.xpath("./tbody/tr")]


def test_the_page_of_audiences_tells_figures_and_nobody() -> None:
    text = audience_page(AS_OF, POLICY, tables())
    assert not re.search(r"P-\d|SECRET", text), "people and their sentences stay in the tables"
    assert "Service &lt;due&gt; &amp; more" in text and "Off: Resting" in text
    assert cells_of(text, "Figures against the plan")[0][:4] == ["Leads", "600", "800 to 1,000", "below, 75% of it"]
    assert ["TST_LO_VL1_R02", "Service <due> & more", "2", "0", "0", "0", "1"] in cells_of(text, "Cells, largest first")
    assert cells_of(text, "Lost to another audience") == [
        ["Shopping now", "another segment comes first", "Service <due> & more", "2"]
    ]
    assert cells_of(text, "Channels") == [
        ["Email", "3", "2", "1", "0", "1", "33%"],
        ["Mail", "2", "2", "0", "0", "0", "0%"],
        ["Social", "2", "2", "0", "0", "0", "0%"],
        ["Email", "2", "0", "2", "1", "1", "50%"],
    ]
    assert cells_of(text, "Channels that people lost") == [["Email", "another segment comes first", "Service <due> & more", "2"]]
    assert cells_of(text, "Excluded") == [["Shopping now", "Open deal", "1"]]
    assert cells_of(text, "Overlap before arbitration") == [["Service <due> & more", "Shopping now", "2"]]


def test_the_page_of_validation_begins_with_what_failed() -> None:
    text = validation_page(AS_OF, RESULTS)
    assert cells_of(text, "Not met") == [
        ["membership", "row_count", "min value 100", "<7>"],
        ["membership", "row rule cell|nullability", "every row", "3 rows break it"],
    ]
    assert cells_of(text, "Tables of the stage identity") == [["person", "published", "1,234", "1 of 1", "0"]]
    assert "1 of 2 tables held back" in text
    assert "Everything passed" in validation_page(AS_OF, RESULTS[:1])


def test_numbers_are_written_for_people() -> None:
    assert [number(value) for value in (1234.0, 12.5, None)] == ["1,234", "12.5", "–"]
    assert [number(0.415, "share"), number(2500.4, "US dollars")] == ["42%", "$2,500"]
    assert [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "<1%", "50%", ">99%", "100%"]
