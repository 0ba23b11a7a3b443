"""Why people entered and left: one literal case per cause, and sums that add up."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from assets.engine import DuckDBEngine
from pipelines.audiences.membership_change import STEP
from pipelines.step import Day
from schemas.policy import Policy
from schemas.tables.audiences import CHANGE_CAUSES, ELIGIBILITY, MEMBERSHIP, MEMBERSHIP_CHANGE
from schemas.tables.geography import ZIP_DISTANCE
from schemas.tables.identity import MEMBER, PERSON, PERSON_IDENTIFIER
from schemas.tables.records import CONSENT_EVENT, CONTACT_RECORD, TOUCH, TRANSACTION
from schemas.tables.traits import CANDIDATE
from schemas.tables.triggers import TRIGGER_EVENT
from tests.audience_world import AS_OF, audience, policy, rows_of

YESTERDAY = AS_OF - timedelta(days=1)
KEPT = audience(
    "kept",
    "in_market",
    "intent_tier = 'hot'",
    exclusions=[{"name": "staff", "when": "is_staff", "reason": "works here"}],
)
MOMENT = audience("moment", "loyalty", "list_contains(triggers, 'lease_end')")
RUNNING = policy(KEPT, MOMENT)
Rows = Iterable[Mapping[str, Any]]


def held(record: str, person: str) -> dict[str, Any]:
    return {"record_id": f"r:{record}", "person_id": person, "tier": "exact", "rule": "x"}


class World:
    """Two days of a few people. What is not said is the same on both."""

    def __init__(self, today: Policy = RUNNING, yesterday: Policy | None = None) -> None:
        self.policy, self.policy_before = today, yesterday or today
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, *rows: Mapping[str, Any]) -> "World":
        self.rows.setdefault(table, []).extend(dict(one) for one in rows)
        return self

    def people(self, *names: str, before: bool = True, now: bool = True) -> "World":
        for day in [one for one, is_on in (("previous_", before), ("", now)) if is_on]:
            self.add(f"{day}person", *({"person_id": one, "household_id": f"h-{one}"} for one in names))
            self.add(
                f"{day}member", *({"record_id": f"r:{one}", "person_id": one, "tier": "exact", "rule": "x"} for one in names)
            )
        return self

    def traits(self, person: str, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> "World":
        for day, values in (("previous_candidate", before), ("candidate", now)):
            if values is not None:
                base = {"person_id": person, "brand": "lux", "identity_tier": "exact", "intent_tier": "cold", "triggers": []}
                self.add(day, {**base, **values})
        return self

    def member(self, name: str, person: str, *, before: bool, now: bool) -> "World":
        row = {"audience": name, "person_id": person, "segment": "loyalty", "identity_tier": "exact", "cell": "C", "brand": "lux"}
        for day, is_in, of in (("previous_", before, self.policy_before), ("", now, self.policy)):
            if is_in:
                self.add(f"{day}membership", {**row, "policy_hash": of.policy_hash})
                self.verdict(name, person, "member", None, day)
        return self

    def verdict(
        self, name: str, person: str, outcome: str, cause: str | None, day: str = "", winner: str | None = None
    ) -> "World":
        row = {"audience": name, "person_id": person, "brand": "lux", "outcome": outcome, "cause": cause, "winner": winner}
        return self.add(f"{day}eligibility", row)

    def changes(self, engine: DuckDBEngine, otherwise: "World | None" = None) -> list[dict[str, Any]]:
        tables = {
            "membership": MEMBERSHIP, "eligibility": ELIGIBILITY, "candidate": CANDIDATE, "person": PERSON, "member": MEMBER,
            "contact_record": CONTACT_RECORD, "transaction": TRANSACTION, "trigger_event": TRIGGER_EVENT,
            "person_identifier": PERSON_IDENTIFIER, "touch": TOUCH, "consent_event": CONSENT_EVENT,
            "zip_distance": ZIP_DISTANCE,
        }  # fmt: skip
        for one in STEP.inputs:
            of = otherwise or self if one.window == "otherwise" else self
            key = one.table if one.window == "otherwise" else one.alias
            engine.register(one.alias, rows_of(tables[one.table], of.rows.get(key, [])))
        given = self.policy_before if self.policy_before is not self.policy else None
        built = STEP.frames(engine, Day(AS_OF, self.policy, "seed", given))["membership_change"]
        assert built.schema == {name: column.dtype for name, column in MEMBERSHIP_CHANGE.schema.columns().items()}
        assert MEMBERSHIP_CHANGE.schema.is_valid(built)
        entered, left = (built.filter(pl.col("change") == one).height for one in ("enter", "leave"))
        assert entered - left == len(self.rows.get("membership", [])) - len(self.rows.get("previous_membership", []))
        return built.to_dicts()

    def change(self, engine: DuckDBEngine, otherwise: "World | None" = None) -> dict[str, Any]:
        (row,) = self.changes(engine, otherwise)
        return row


def faded() -> World:
    world = World().people("p").member("kept", "p", before=True, now=False)
    return world.traits("p", {"intent_tier": "hot"}, {"intent_tier": "warm"})


def touched(record: str) -> dict[str, Any]:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return {"touch_id": "t", "kind": "vdp_view", "feed": "web_events", "record_id": record, "occurred_at": at}


def deal(record: str) -> dict[str, Any]:
    return {"transaction_id": "d", "kind": "sale", "status": "closed", "record_id": record, "occurred_on": AS_OF}


def test_points_that_fade_are_decay_also_where_something_was_touched(engine: DuckDBEngine) -> None:
    row = faded().change(engine)
    assert (row["change"], row["cause"], row["rule"], row["trait"]) == ("leave", "decay", "rule", "intent_tier")
    assert (row["before"], row["after"]) == ("intent_tier hot", "intent_tier warm")
    assert faded().add("touch", touched("r:p")).change(engine)["cause"] == "decay"


def test_a_deal_that_turns_a_rule_is_data(engine: DuckDBEngine) -> None:
    assert faded().add("transaction", deal("r:p")).change(engine)["cause"] == "data"


def test_who_becomes_hot_by_touches_enters_by_data(engine: DuckDBEngine) -> None:
    world = World().people("p").member("kept", "p", before=False, now=True)
    world.traits("p", {"intent_tier": "warm"}, {"intent_tier": "hot"}).add("touch", touched("r:p"))
    row = world.change(engine)
    assert (row["change"], row["cause"], row["rule"], row["after"]) == ("enter", "data", "rule", "intent_tier hot")


def test_a_date_that_comes_is_the_day_and_not_the_data(engine: DuckDBEngine) -> None:
    world = World().people("p").member("moment", "p", before=False, now=True)
    row = world.traits("p", {"triggers": []}, {"triggers": ["lease_end"]}).change(engine)
    assert (row["cause"], row["trait"], row["before"], row["after"]) == (
        "decay",
        "triggers",
        "triggers none",
        "triggers lease_end",
    )


def moment_over(expires_on: date) -> World:
    world = World().people("p").member("moment", "p", before=True, now=False)
    world.traits("p", {"triggers": ["lease_end"]}, {"triggers": []})
    event = {"person_id": "p", "vin": "V", "trigger": "lease_end", "expires_on": expires_on, "as_of": YESTERDAY}
    return world.add("previous_trigger_event", {**event, "fired_on": YESTERDAY, "evidence": "{}", "sentence": "s"})


def test_a_trigger_that_ran_out_is_expiry_and_one_answered_by_a_deal_is_data(engine: DuckDBEngine) -> None:
    assert moment_over(YESTERDAY).change(engine)["cause"] == "expiry"
    assert moment_over(AS_OF + timedelta(days=9)).add("transaction", deal("r:p")).change(engine)["cause"] == "data"


def listed(last_day: date) -> World:
    """Somebody known from a bought list alone, whose licence runs out; the audience asks for one."""
    bought = audience("bought", "conquest", "licence_id is not null")
    world = World(policy(bought)).people("p").member("bought", "p", before=True, now=False)
    row = {"person_id": "p", "kind": "address", "value": "x", "tier": "exact", "standing": "unknown", "is_first_party": False}
    return world.add("previous_person_identifier", {**row, "rank": 1, "licence_id": "L1", "licence_expires_on": last_day})


def test_a_licence_that_ran_out_is_expiry_by_the_rule_or_by_the_last_channel(engine: DuckDBEngine) -> None:
    known, unknown = {"licence_id": "L1", "is_first_party": False}, {"licence_id": None, "is_first_party": False}
    row = listed(YESTERDAY).traits("p", known, unknown).change(engine)
    assert (row["change"], row["cause"], row["rule"], row["trait"]) == ("leave", "expiry", "rule", "licence_id")
    assert (row["before"], row["after"]) == ("licence_id L1", "licence_id unknown")
    # The rule may hold, and the licence be what took the last channel.
    world = listed(YESTERDAY).traits("p", known, known).verdict("bought", "p", "lost", "licence")
    row = world.change(engine)
    assert (row["cause"], row["rule"], row["winner"]) == ("expiry", "licence", None)


def test_a_licence_that_still_runs_and_is_gone_from_the_list_is_no_expiry(engine: DuckDBEngine) -> None:
    known, unknown = {"licence_id": "L1", "is_first_party": False}, {"licence_id": None, "is_first_party": False}
    assert listed(AS_OF + timedelta(days=9)).traits("p", known, unknown).change(engine)["cause"] == "data"


def test_an_exclusion_is_named_with_what_turned_it(engine: DuckDBEngine) -> None:
    world = World().people("p").member("kept", "p", before=True, now=False).verdict("kept", "p", "excluded", "staff")
    world.traits("p", {"intent_tier": "hot"}, {"intent_tier": "hot", "is_staff": True})
    row = world.change(engine)
    assert (row["cause"], row["rule"], row["trait"], row["before"], row["after"]) == (
        "data",
        "staff",
        "is_staff",
        "is_staff false",
        "is_staff true",
    )


def test_arbitration_names_the_rule_and_the_winner(engine: DuckDBEngine) -> None:
    world = (
        World()
        .people("p")
        .member("kept", "p", before=True, now=False)
        .traits("p", {"intent_tier": "hot"}, {"intent_tier": "hot"})
    )
    world.verdict("kept", "p", "lost", "segment_priority", winner="moment").member("moment", "p", before=False, now=True)
    world.rows["candidate"][0]["triggers"] = ["lease_end"]
    left, entered = world.changes(engine)
    assert (left["change"], left["cause"], left["rule"], left["winner"]) == ("leave", "arbitration", "segment_priority", "moment")
    assert (entered["audience"], entered["change"], entered["cause"], entered["rule"]) == ("moment", "enter", "decay", "rule")


def test_a_merged_person_leaves_by_identity_and_names_who_lives_on(engine: DuckDBEngine) -> None:
    world = World().people("old", now=False).people("new").member("kept", "old", before=True, now=False)
    world.member("kept", "new", before=False, now=True).traits("old", {"intent_tier": "hot"}, None)
    world.traits("new", {}, {"intent_tier": "hot"}).add(
        "member", {"record_id": "r:old", "person_id": "new", "tier": "exact", "rule": "x"}
    )
    rows = {(row["person_id"], row["change"]): row for row in world.changes(engine)}
    assert (rows["old", "leave"]["cause"], rows["old", "leave"]["other_person_id"]) == ("identity", "new")
    assert (rows["new", "enter"]["cause"], rows["new", "enter"]["other_person_id"]) == ("identity", "old")


def test_who_asked_to_be_deleted_leaves_by_consent(engine: DuckDBEngine) -> None:
    world = World().people("p").member("kept", "p", before=True, now=False).traits("p", {"intent_tier": "hot"}, None)
    request = {"consent_id": "c", "kind": "deletion", "received_on": AS_OF, "record_id": "r:p", "source": "privacy_requests"}
    row = world.add("consent_event", request).change(engine)
    assert (row["cause"], row["rule"]) == ("consent", None)


def test_who_opts_out_leaves_by_consent(engine: DuckDBEngine) -> None:
    for outcome in ("excluded", "lost"):  # refused all advertising; refused the last channel
        world = World().people("p").member("kept", "p", before=True, now=False).verdict("kept", "p", outcome, "opted_out")
        row = world.traits("p", {"intent_tier": "hot"}, {"intent_tier": "hot"}).change(engine)
        assert (row["cause"], row["rule"], row["winner"]) == ("consent", "opted_out", None)


def test_someone_new_enters_by_data(engine: DuckDBEngine) -> None:
    world = (
        World().people("p", before=False).member("kept", "p", before=False, now=True).traits("p", None, {"intent_tier": "hot"})
    )
    assert world.change(engine)["cause"] == "data"


def changed_policy(otherwise_in: bool) -> tuple[World, World]:
    """The rule asked for warm yesterday and asks for hot today."""
    loose = audience("kept", "in_market", "intent_tier <> 'cold'")
    yesterday = policy(loose, MOMENT, policy_hash="hash-0")
    world = World(RUNNING, yesterday).people("p").member("kept", "p", before=True, now=False)
    tier = "warm" if otherwise_in else "cold"
    world.traits("p", {"intent_tier": "warm"}, {"intent_tier": tier})
    between = World(yesterday).traits("p", None, {"intent_tier": tier})
    return world, between.member("kept", "p", before=False, now=True) if otherwise_in else between


def test_a_changed_rule_is_the_cause_only_for_whom_the_old_one_would_have_kept(engine: DuckDBEngine) -> None:
    world, otherwise = changed_policy(otherwise_in=True)
    row = world.change(engine, otherwise)
    assert (row["cause"], row["rule"], row["before"], row["after"]) == ("rule", "rule", "intent_tier warm", "intent_tier warm")
    world, otherwise = changed_policy(otherwise_in=False)
    assert world.change(engine, otherwise)["cause"] == "decay"


def test_figures_that_moved_besides_a_changed_rule_are_shown_and_not_blamed(engine: DuckDBEngine) -> None:
    world, otherwise = changed_policy(otherwise_in=True)
    world.rows["previous_candidate"][0]["intent_tier"] = "hot"
    row = world.change(engine, otherwise)
    assert (row["cause"], row["trait"], row["before"]) == ("rule", None, "intent_tier hot")


def test_a_policy_that_was_not_kept_is_the_cause_without_a_name(engine: DuckDBEngine) -> None:
    world = faded()
    world.rows["previous_membership"][0]["policy_hash"] = "hash-unknown"
    row = world.change(engine)
    assert (row["cause"], row["rule"]) == ("rule", None)


def test_an_audience_that_is_off_leaves_by_rule(engine: DuckDBEngine) -> None:
    yesterday = policy(KEPT, MOMENT, policy_hash="hash-0")
    world = World(policy(MOMENT), yesterday).people("p").member("kept", "p", before=True, now=False)
    world.traits("p", {"intent_tier": "hot"}, {"intent_tier": "hot"})
    otherwise = World(yesterday).traits("p", None, {"intent_tier": "hot"}).member("kept", "p", before=False, now=True)
    assert world.change(engine, otherwise)["cause"] == "rule"


def test_every_cause_has_a_case_here() -> None:
    assert set(CHANGE_CAUSES) == {"data", "rule", "identity", "decay", "consent", "arbitration", "expiry"}
