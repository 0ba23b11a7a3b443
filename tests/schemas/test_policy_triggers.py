"""What a trigger's numbers may be."""

import pytest
from pydantic import ValidationError

from schemas.policy.triggers import TriggerPolicy


@pytest.mark.parametrize("numbers", [{"months_from": 61, "months_to": 60}, {"from_days": 9, "to_days": 8}])
def test_a_span_runs_from_low_to_high(numbers: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="not above"):
        TriggerPolicy(parameters=numbers, expires_days=9)


def test_one_end_alone_is_no_span() -> None:
    assert TriggerPolicy(parameters={"years_from": 3, "days_to": 1}, expires_days=9).parameters["years_from"] == 3
