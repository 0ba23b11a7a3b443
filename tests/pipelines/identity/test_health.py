"""Guard rails of a day: what is measured, against which limit, and what policy lets stop a day."""

from datetime import timedelta
from typing import Any, get_args

from schemas.policy import Policy
from schemas.policy.identity import HealthPolicy, Metric
from schemas.tables.identity_state import IDENTITY_HEALTH
from tests.pipelines.identity.conftest import AS_OF, Days, contact, order

BOB = {"first_name": "bob", "last_name": "smith", "emails": "b@mail.test"}
ANN = {"first_name": "ann", "last_name": "jones", "emails": "a@mail.test"}
NEXT = AS_OF + timedelta(days=1)
SUNDAY = 7


def with_health(policy: Policy, weekday: int = SUNDAY, **limits: Any) -> Policy:
    identity = policy.identity.model_copy(update={"health": HealthPolicy(**limits), "full_run_weekday": weekday})
    return policy.model_copy(update={"identity": identity})


def health(days: Days, *records: dict, **others: Any) -> dict[str, dict]:
    return {row["metric"]: row for row in days.run(list(records), **others)["identity_health"].to_dicts()}


def test_policy_can_block_what_is_declared_and_nothing_else() -> None:
    assert set(get_args(Metric)) == {rail.metric for rail in IDENTITY_HEALTH.guard_rails}


def test_on_the_first_day_nothing_is_old(days: Days) -> None:
    found = health(days, contact("a:1", **BOB), contact("b:1", **BOB), contact("c:1", **ANN))
    assert {one: found[one]["value"] for one in ("churn", "merged_persons", "split_persons", "drift")} == dict.fromkeys(
        ("churn", "merged_persons", "split_persons", "drift"), 0.0
    )
    assert found["largest_person_records"]["value"] == 2
    assert found["is_learned"]["value"] == 1 and found["is_learned"]["limit"] is None
    assert "full_run_agreement" not in found and all(one["is_within"] for one in found.values())


def test_merged_people_and_moved_records_break_their_limits(days: Days) -> None:
    records = [contact("a:1", **BOB), contact("c:1", **ANN)]
    health(days, *records)
    found = health(days, *records, orders=[order("s1", "must_link", "record:a:1", "record:c:1")], on=NEXT)
    assert (found["merged_persons"]["value"], found["merged_persons"]["is_within"]) == (0.5, False)
    assert (found["churn"]["value"], found["churn"]["is_within"]) == (0.5, False)
    assert found["split_persons"]["is_within"]


def test_only_what_policy_names_is_blocking(days: Days, policy: Policy) -> None:
    days.policy = with_health(policy, max_records_per_person=2, block=("largest_person_records",))
    found = health(days, *(contact(f"{feed}:1", **BOB) for feed in "abc"))
    assert {one for one, row in found.items() if row["is_blocking"]} == {"largest_person_records"}
    assert not found["largest_person_records"]["is_within"]


def test_the_policys_weekday_compares_the_state_with_a_full_run(days: Days, policy: Policy) -> None:
    days.policy = with_health(policy, weekday=NEXT.isoweekday())
    records = [contact("a:1", **BOB), contact("b:1", **BOB), contact("c:1", **ANN)]
    health(days, *records)
    found = health(days, *records, on=NEXT)["full_run_agreement"]
    assert (found["value"], found["limit"], found["is_within"]) == (1.0, 0.999, True)
