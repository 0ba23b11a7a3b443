"""What an arm changes for its people, and what policy refuses to call an arm."""

import polars as pl
import pytest
from pydantic import ValidationError

from assets.engine import DuckDBEngine
from pipelines.experiments.arms import as_arms_say, effect_of, in_words
from schemas.policy.experiments import Arm, Experiment
from schemas.tables.audiences import MEMBERSHIP
from tests.audience_world import candidates, day, rows_of
from tests.pipelines.experiments.experiment_world import HALVES, policy_of


def of(name: str, left: dict[str, object], right: dict[str, object]) -> dict[str, object]:
    return {**HALVES, "experiment": name, "arms": [{"arm": "x", "share": 0.5, **left}, {"arm": "y", "share": 0.5, **right}]}


TESTS = (
    of("a", {"message": "other"}, {"is_baseline": True}),
    of("b", {"channels": ["ctv"]}, {"audiences": ["late"]}),
    of("c", {"notice_days": 7}, {"cell_code": "E5"}),
)


def member(person: str, arm: str, audience: str = "early") -> dict[str, object]:
    return {"person_id": person, "audience": audience, "brand": "lux", "arm": arm, "cell": "TST", "message": "hello",
            "channels": ["mail", "ctv"], "segment": "in_market", "identity_tier": "exact"}  # fmt: skip


def test_each_arm_does_what_it_says_and_every_channel_it_takes_is_recorded(engine: DuckDBEngine) -> None:
    rows = [member("message", "a:x"), member("plan", "a:y"), member("only", "a:x|b:x"), member("silent", "b:y"),
            member("late", "b:y", "late"), member("far", "c:x"), member("near", "c:x"), member("cell", "c:y"),
            member("control", "control")]  # fmt: skip
    due = [{"person_id": one, "brand": "lux", "service_days_to_due": days} for one, days in (("far", 8), ("near", 7))]
    engine.register("candidate", candidates(*due))
    told, lost = as_arms_say(engine, day(policy_of(*TESTS)), rows_of(MEMBERSHIP, rows))
    found = {row["person_id"]: (row["message"], row["channels"], row["cell"]) for row in told.to_dicts()}
    both = ["mail", "ctv"]
    assert found == {
        "message": ("other", both, "TST"), "plan": ("hello", both, "TST"), "only": ("other", ["ctv"], "TST"),
        "silent": ("hello", [], "TST"), "late": ("hello", both, "TST"), "far": ("hello", [], "TST"),
        "near": ("hello", both, "TST"),
        "cell": ("hello", both, "TST_E5"), "control": ("hello", both, "TST"),
    }  # fmt: skip
    assert set(lost.select("person_id", "channel").rows()) == {
        ("only", "mail"), ("silent", "mail"), ("silent", "ctv"), ("far", "mail"), ("far", "ctv"),
    }  # fmt: skip
    assert set(lost["cause"]) == {"arm"} and told.schema == rows_of(MEMBERSHIP, rows).schema


def test_words_and_unknown_arms() -> None:
    assert in_words(Arm(arm="x", share=0.5, notice_days=7)) == "addressed once service is due within 7 days"
    assert in_words(Arm(arm="control", share=0.5)) == "not addressed"
    assert effect_of(policy_of(*TESTS), "early", "gone:x|a:none|treatment").message is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"is_baseline": True, "message": "other"}, "leave is_baseline away"),
        ({"arm": "control", "message": "other"}, "nothing but a share"),
        ({"by_hand": "a higher bid"}, "cell_code"),
        ({"cell_code": "lower"}, "pattern"),
    ],
)
def test_arms_that_contradict_themselves_are_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Arm.model_validate({"arm": "x", "share": 0.5, **given})


def test_a_test_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="ends_on not before"):
        Experiment.model_validate({**HALVES, "starts_on": "2026-11-02", "ends_on": "2026-11-01"})


def test_the_frame_is_of_lists() -> None:
    assert rows_of(MEMBERSHIP, [member("a", "a:x")]).schema["channels"] == pl.List(pl.String)
