"""Misspelt names in, the proposed one out."""

import pytest

from schemas.names import nearest_of, proposed

KNOWN = ("lease_end", "loan_end", "Meta")


@pytest.mark.parametrize(
    ("found", "near"),
    [("lease_edn", "lease_end"), ("META", "Meta"), ("loan", "loan_end"), ("warranty", None), ("", None), (3, None)],
)
def test_the_nearest_name_is_found_whatever_the_case(found: object, near: str | None) -> None:
    assert nearest_of(found, KNOWN) == nearest_of(found, reversed(KNOWN)) == near


def test_nothing_near_proposes_nothing() -> None:
    assert proposed("lease_end") == " Did you mean 'lease_end'?" and proposed(None) == ""
    assert nearest_of("meta", ()) is None
