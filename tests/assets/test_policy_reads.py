"""What is kept of the policy beside a day: that it comes back as it was, what was read of it, and what a change touches."""

from datetime import date
from pathlib import Path

import pytest

from assets.lake import Lake
from assets.policy_files import load_policy
from assets.policy_reads import (
    changed_sections,
    changed_values,
    is_same_code,
    is_touched,
    keep_policy,
    kept_policy,
    read_under,
    watched,
    write_reads,
)
from schemas.policy import Policy

DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("velocity_b")


def changed(policy: Policy) -> Policy:
    """The same policy with an intent window one day longer."""
    intent = policy.scoring.intent.model_copy(update={"window_days": policy.scoring.intent.window_days + 1})
    return policy.model_copy(
        update={"scoring": policy.scoring.model_copy(update={"intent": intent}), "policy_hash": "another"},
    )


@pytest.mark.parametrize("group", ["velocity_a", "velocity_b", "velocity_sample"])
def test_a_kept_policy_comes_back_as_it_was(group: str, tmp_path: Path) -> None:
    one = load_policy(group)
    lake = Lake(tmp_path, group)
    keep_policy(lake, one)
    kept = kept_policy(lake, one.policy_hash)
    assert kept == one
    # Equal mappings may differ in order, and the order of the identity model's fields decides.
    assert kept is not None and kept.model_dump_json() == one.model_dump_json()
    assert kept_policy(lake, "0" * 64) is None


def test_reading_is_noticed_by_section(policy: Policy) -> None:
    seen: set[str] = set()
    one = watched(policy, seen.add)
    assert seen == set()
    assert one.scoring.intent == policy.scoring.intent and one.audiences == policy.audiences
    assert seen == {"scoring.intent", "audiences"}


def test_what_is_taken_whole_counts_as_read_whole(policy: Policy) -> None:
    seen: set[str] = set()
    one = watched(policy, seen.add)
    one.triggers.model_dump()
    assert seen == {"triggers"}
    one.model_dump()
    assert "*" in seen
    assert isinstance(one, Policy)


def test_only_steps_that_read_what_differs_are_touched(policy: Policy, tmp_path: Path) -> None:
    lake, other = Lake(tmp_path, "velocity_b"), changed(policy)
    write_reads(lake, "rfm", DAY, policy, ["scoring.rfm", "group.brands"])
    write_reads(lake, "intent", DAY, policy, ["scoring.intent"])
    write_reads(lake, "whole", DAY, policy, ["*"])
    assert [is_touched(lake, one, DAY, other) for one in ("rfm", "intent", "whole", "never_told")] == [False, True, True, True]
    assert not is_touched(lake, "intent", DAY, policy)
    assert read_under(lake, "rfm", DAY) == policy.policy_hash and read_under(lake, "never_told", DAY) is None
    assert is_same_code(lake, "rfm", DAY) and not is_same_code(lake, "never_told", DAY)


def test_a_change_is_named_by_its_value(policy: Policy) -> None:
    other, days = changed(policy), policy.scoring.intent.window_days
    assert changed_sections(policy, other) == ["scoring.intent"]
    assert changed_values(policy, other) == [("scoring.intent.window_days", str(days), str(days + 1))]
    fewer = policy.model_copy(update={"audiences": policy.audiences[1:]})
    assert changed_values(policy, fewer) == [(f"audiences.{policy.audiences[0].audience}", "there", "")]
    assert changed_values(policy, policy) == []
