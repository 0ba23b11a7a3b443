"""Pairs of the daily step explained from its tables: the same posteriors, and a tie for records that say the same."""

import polars as pl
import pytest

from pipelines.identity.explain import explain_pair
from pipelines.identity.explain_daily import compared_records, daily_edges
from pipelines.identity.linkage.learned import PARAMETERS, SHARES, Learned
from pipelines.identity.whole import SAME_RECORD
from pipelines.step import Day
from tests.pipelines.identity.conftest import AS_OF, Days, contact

FIRST = ("MARGARET", "ROBERT", "ALICE", "HIROSHI", "FATIMA", "LARS", "INGRID", "PEDRO", "CHLOE", "OMAR", "YVONNE")
LAST = ("OKONKWO", "SMITH", "NAKAMURA", "LINDQVIST", "FERNANDES", "WHITFIELD", "ABRAMOV", "CASTELLANO", "DUBE")


def people() -> list[dict]:
    """80 people, each in the CRM and in a lead; the first also in two deliveries of a list that say the same."""
    rows = []
    for number in range(80):
        known = {
            "first_name": FIRST[number % 11],
            "last_name": LAST[number % 9],
            "phones": f"+1704{5550000 + number * 137:07}",
            "address": f"{100 + number} OAK ST",
        }
        rows.append(contact(f"crm_contacts:{number:03}:contact", emails=f"n{number}@example.com", **known))
        rows.append(contact(f"crm_leads:{number:03}:lead", **known))
    listed = {"first_name": FIRST[0], "last_name": LAST[0], "address": "100 OAK ST"}
    return rows + [contact(f"ownership_lists:{quarter}:owner", **listed) for quarter in ("Q1", "Q2")]


def test_edges_of_a_day_are_explained_as_they_were_scored(days: Days) -> None:
    found = days.run(people())
    told = Learned(
        found["identity_parameter"].select(PARAMETERS.names()),
        found["identity_value_share"].select(SHARES.names()),
        tuple(found["identity_rule"].sort("place")["rule"]),
    )
    records = compared_records(days.engine, Day(AS_OF, days.policy, "key"))
    edges = daily_edges(found["edge"], found["profile_edge"], found["identity_record"])
    scored = edges.filter(pl.col("levels").is_not_null())
    assert len(scored) == found["edge"]["weight"].is_not_null().sum() > 0
    for edge in scored.gather_every(9).iter_rows(named=True):
        ends = [edge["left_record_id"], edge["right_record_id"]]
        one = explain_pair(records.filter(pl.col("record_id").is_in(ends)), days.policy.identity_model, told)
        assert (one.match, one.household) == pytest.approx((edge["match"], edge["household"]), abs=1e-9)
        assert one.weight == pytest.approx(edge["weight"], abs=1e-5)
    same = edges.filter(pl.col("rule") == SAME_RECORD).select("left_record_id", "right_record_id", "kind", "tier")
    assert same.rows() == [("ownership_lists:Q1:owner", "ownership_lists:Q2:owner", "matched", "exact")]
