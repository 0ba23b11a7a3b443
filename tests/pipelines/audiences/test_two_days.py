"""Days in a row through arbitration and exports: what was sent yesterday counts today, and after its window no more."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from assets.catalogue import all_contracts
from assets.engine import DuckDBEngine
from pipelines.activation.exports import STEP as EXPORTS
from pipelines.activation.held import STEP as HELD
from pipelines.activation.suppression import STEP as SUPPRESSION
from pipelines.audiences import audience_conquest, audience_in_market, audience_loyalty, membership, membership_change
from pipelines.audiences.contacts import STEP as CONTACTS
from pipelines.step import Input, Step
from schemas.policy import Policy
from schemas.policy.channels import ChannelsPolicy, ContactLimit, Platform
from schemas.policy.experiments import ExperimentsPolicy
from schemas.policy.privacy import Grant, PrivacyPolicy
from tests.audience_world import AS_OF, audience, day, policy, rows_of
from tests.engines import fresh_engine

STEPS = (
    SUPPRESSION, HELD, CONTACTS, membership.STEP, audience_conquest.STEP, audience_in_market.STEP, audience_loyalty.STEP,
    membership_change.STEP, EXPORTS,
)  # fmt: skip
SEGMENTS: Any = ("loyalty", "in_market", "conquest")
DUE = audience("due", "loyalty", "is_customer_of_brand", channels=("email",), priority=10)
LEASE = audience("lease", "loyalty", "lease_days_left < 90", channels=("email", "social"), priority=20, code="LE")
WINDOW = 2  # days
PEOPLE = ("ann", "bob")


def limited() -> Policy:
    """One e-mail a person in two days, sent through one platform; nobody is held back."""
    platform = Platform(
        is_on=True,
        channels=("email",),
        account="1",
        min_members=1,
        membership_days=90,
        identity_tiers=("exact",),
        segments=SEGMENTS,
    )
    grant = Grant(recipient="email", purpose="email", basis="first_party_relationship", segments=SEGMENTS)
    privacy = PrivacyPolicy(
        grants=(grant,), allow_unknown_state=True, minimum_age_years=18, gpc_is_opt_out_everywhere=True, undeliverable_bounces=1,
        credit_forbidden_columns=(), forbidden_name_words=(),
    )  # fmt: skip
    limit = ContactLimit(channel="email", contacts=1, window_days=WINDOW, is_send_a_contact=True)
    channels = ChannelsPolicy(
        segment_priority=SEGMENTS,
        segments_on=SEGMENTS,
        brand_choice=("garage",),
        platforms={"email": platform},
        contact_limits=(limit,),
    )
    nobody = ExperimentsPolicy(global_control_share=0.0, experiments=())
    return policy(DUE, LEASE, channels=channels, privacy=privacy, experiments=nobody)


def tables_of(as_of: date) -> dict[str, pl.DataFrame]:
    """What every day knows: two customers with an e-mail each; bob's lease ends."""
    here = {"brand": "vol1", "rooftop_id": "R02", "market": "metro", "market_type": "primary", "is_customer_of_brand": True}
    known = {"identity_tier": "exact", "intent_tier": "cold", "is_first_party": True, "has_email": True}
    rows: dict[str, list[dict[str, Any]]] = {
        "candidate": [
            {**here, **known, "person_id": one, "household_id": f"h-{one}", "lease_days_left": 30 if one == "bob" else None}
            for one in PEOPLE
        ],
        "person": [{"person_id": one, "household_id": f"h-{one}", "is_first_party": True, "state": "GA"} for one in PEOPLE],
        "person_identifier": [
            {"person_id": one, "kind": "email", "value": f"{one}@mail.com", "is_first_party": True, "tier": "exact", "rank": 1,
             "standing": "verified"} for one in PEOPLE
        ],
        "member": [{"record_id": f"crm_contacts:{one}", "person_id": one, "tier": "exact", "rule": "x"} for one in PEOPLE],
        "contact_record": [{"record_id": f"crm_contacts:{one}", "is_first_party": True} for one in PEOPLE],
        "feed_file": [{"feed": "privacy_requests", "file_name": "p.csv", "status": "accepted"}],
    }  # fmt: skip
    return {name: rows_of(all_contracts()[name], listed) for name, listed in rows.items()}


class Days:
    """A lake in memory: each day's tables, made by the steps from the day's own and the newest earlier ones."""

    def __init__(self, of: Policy) -> None:
        self.of, self.days = of, dict[date, dict[str, pl.DataFrame]]()

    def run(self, as_of: date) -> dict[str, pl.DataFrame]:
        earlier = self.days[max(self.days)] if self.days else {}
        today = tables_of(as_of)
        for step in STEPS:
            engine = fresh_engine()
            for one in step.inputs:
                engine.register(one.alias, self._input(one, today, earlier))
            today |= self._made(step, engine, as_of)
            engine.close()
        self.days[as_of] = today
        return today

    def _made(self, step: Step, engine: DuckDBEngine, as_of: date) -> dict[str, pl.DataFrame]:
        made = step.frames(engine, day(self.of, as_of))
        for table in step.tables:
            table.schema.validate(made[table.name])
        return made

    def _input(self, one: Input, today: dict[str, pl.DataFrame], earlier: dict[str, pl.DataFrame]) -> pl.DataFrame:
        source = earlier if one.window == "previous" else today
        found = source.get(one.table, all_contracts()[one.table].schema.create_empty())
        return found.with_columns(dt=pl.lit(None, pl.Date)) if one.window == "until" else found


@pytest.fixture(scope="module")
def days() -> Days:
    lake = Days(limited())
    for after in range(WINDOW + 2):
        lake.run(AS_OF + timedelta(days=after))
    return lake


def held(days: Days, after: int) -> dict[tuple[str, str], list[str]]:
    members = days.days[AS_OF + timedelta(days=after)]["membership"]
    return {(name, person): on for name, person, on in members.select("audience", "person_id", "channels").rows()}


def test_what_was_sent_counts_from_the_next_day_and_no_longer_than_its_window(days: Days) -> None:
    own = {("due", "ann"): ["email"], ("due", "bob"): ["email"], ("lease", "bob"): ["social"]}
    spent = {("due", "ann"): [], ("due", "bob"): [], ("lease", "bob"): ["social"]}
    # Sent on day 0; on day 1 it is a contact of the last two days, on day 2 it is older and the e-mail is free again.
    assert [held(days, after) for after in range(3)] == [own, spent, own]


def test_the_budget_is_why_and_nobody_else_gets_the_channel(days: Days) -> None:
    lost = days.days[AS_OF + timedelta(days=1)]["channel_loss"]
    assert lost.select("audience", "person_id", "channel", "cause", "winner").rows() == [
        ("due", "ann", "email", "contact_budget", None),
        ("due", "bob", "email", "contact_budget", None),
        ("lease", "bob", "email", "contact_budget", None),
    ]


def test_the_first_day_sends_and_the_sending_is_a_contact_of_the_second(days: Days) -> None:
    first, second = (days.days[AS_OF + timedelta(days=after)] for after in (0, 1))
    sent = first["export_member"].select("person_id", "platform", pl.col("action").cast(pl.String)).sort("person_id").rows()
    assert sent == [("ann", "email", "add"), ("bob", "email", "add")]
    assert first["contact"].is_empty()
    told = second["contact"].select("person_id", "channel", pl.col("source").cast(pl.String), "contacted_on").sort("person_id")
    assert told.rows() == [(one, "email", "sent", AS_OF) for one in PEOPLE]


def test_a_spent_budget_ends_no_stay_and_entries_less_exits_are_the_difference(days: Days) -> None:
    changes = [days.days[one]["membership_change"] for one in sorted(days.days)]
    assert [one.height for one in changes] == [3, 0, 0, 0], "everybody entered once and stays"
    for one in sorted(days.days):
        members = days.days[one]["membership"]
        assert members["entered_on"].unique().to_list() == [AS_OF]
