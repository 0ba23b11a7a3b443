"""Why people entered and left, one row per cause."""

from typing import Any

from assets.engine import DuckDBEngine
from pipelines.audiences.membership_change import STEP
from schemas.tables.audiences import ELIGIBILITY, MEMBERSHIP, MEMBERSHIP_CHANGE
from schemas.tables.identity import PERSON
from tests.audience_world import audience, day, policy, register, rows_of

RUNNING = policy(audience("kept", "loyalty", "is_customer"), audience("other", "in_market", "is_customer"))


def members(*pairs: tuple[str, str], policy_hash: str = "hash-1") -> list[dict[str, Any]]:
    return [
        {
            "audience": name,
            "person_id": person,
            "segment": "loyalty",
            "identity_tier": "exact",
            "cell": "C",
            "policy_hash": policy_hash,
        }
        for name, person in pairs
    ]


def verdict(person: str, outcome: str, cause: str | None, name: str = "kept") -> dict[str, Any]:
    return {"audience": name, "person_id": person, "brand": "lux", "outcome": outcome, "cause": cause}


def changes(engine: DuckDBEngine, today, before, verdicts=(), verdicts_before=(), people=()) -> list[tuple]:
    register(
        engine,
        {
            "membership": rows_of(MEMBERSHIP, today),
            "previous_membership": rows_of(MEMBERSHIP, before),
            "eligibility": rows_of(ELIGIBILITY, verdicts),
            "previous_eligibility": rows_of(ELIGIBILITY, verdicts_before),
            "person": rows_of(PERSON, [{"person_id": one} for one in people]),
        },
    )
    built = STEP.frames(engine, day(RUNNING))["membership_change"]
    assert built.schema == {name: column.dtype for name, column in MEMBERSHIP_CHANGE.schema.columns().items()}
    return built.select("audience", "person_id", "change", "cause").rows()


def test_each_exit_has_its_cause(engine: DuckDBEngine) -> None:
    before = members(
        ("kept", "booked"), ("kept", "lost"), ("kept", "merged"), ("kept", "over"), ("kept", "stays"), ("gone", "p1")
    )
    verdicts = [
        verdict("booked", "excluded", "booked"),
        verdict("lost", "lost", "segment_priority"),
        verdict("stays", "member", None),
    ]
    people = ["booked", "lost", "over", "stays", "p1"]
    assert changes(engine, members(("kept", "stays")), before, verdicts, people=people) == [
        ("gone", "p1", "leave", "policy"),
        ("kept", "booked", "leave", "booked"),
        ("kept", "lost", "leave", "arbitration"),
        ("kept", "merged", "leave", "identity"),
        ("kept", "over", "leave", "rule"),
    ]


def test_each_entry_has_its_cause(engine: DuckDBEngine) -> None:
    today = members(("kept", "fresh"), ("kept", "freed"))
    freed = [verdict("freed", "lost", "segment_priority")]
    people = ["fresh", "freed", "p0"]
    before = members(("kept", "p0"))
    assert changes(engine, today, before, verdicts_before=freed, people=people) == [
        ("kept", "freed", "enter", "arbitration"),
        ("kept", "fresh", "enter", "data"),
        ("kept", "p0", "leave", "rule"),
    ]
    assert changes(engine, today, members(("kept", "p0"), policy_hash="hash-0"), verdicts_before=freed, people=people) == [
        ("kept", "freed", "enter", "policy"),
        ("kept", "fresh", "enter", "policy"),
        ("kept", "p0", "leave", "policy"),
    ]
    assert changes(engine, members(("kept", "fresh")), [], people=people) == [("kept", "fresh", "enter", "data")]


def test_who_changes_the_audience_leaves_one_and_enters_the_other(engine: DuckDBEngine) -> None:
    verdicts = [verdict("p1", "lost", "segment_priority"), verdict("p1", "member", None, "other")]
    assert changes(engine, members(("other", "p1")), members(("kept", "p1")), verdicts, people=["p1"]) == [
        ("kept", "p1", "leave", "arbitration"),
        ("other", "p1", "enter", "data"),
    ]
