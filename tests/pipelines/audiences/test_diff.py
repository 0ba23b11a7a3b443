"""Two days compared: every figure by hand, and sums that add up for any two days."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audiences.diff import UNTOLD, figures, moved_people
from schemas.tables.audiences import MEMBERSHIP, MEMBERSHIP_CHANGE
from tests.audience_world import rows_of

DAY = date(2026, 11, 20)


def members(*rows: tuple[str, str, str], **given: Any) -> pl.DataFrame:
    base = {"segment": "loyalty", "identity_tier": "exact", "arm": "treatment", **given}
    return rows_of(MEMBERSHIP, [{**base, "audience": name, "person_id": who, "cell": cell} for name, who, cell in rows])


def changes(*rows: tuple[str, str, str, str, str, date]) -> pl.DataFrame:
    names = ("audience", "person_id", "change", "cause", "rule")
    told = rows_of(MEMBERSHIP_CHANGE, [dict(zip(names, row[:5], strict=True)) for row in rows])
    return told.with_columns(dt=pl.Series([row[5] for row in rows], dtype=pl.Date))


def test_sizes_cells_and_causes_by_hand() -> None:
    before = members(("a", "stays", "C1"), ("a", "moves", "C1"), ("a", "leaves", "C1"))
    after = members(("a", "stays", "C1"), ("a", "moves", "C2"), ("a", "enters", "C2"), ("b", "lost", "C3"))
    told = changes(
        ("a", "leaves", "leave", "decay", "hot", DAY),
        ("a", "enters", "enter", "rule", "near", DAY),
        ("a", "enters", "enter", "data", "hot", date(2026, 11, 21)),
    )
    moved = moved_people(before, after, told)
    found = figures(before, after, moved)
    assert found["sizes"].rows() == [("loyalty", "a", 3, 3, 1, 1), ("loyalty", "b", 0, 1, 1, 0)]
    assert found["cells"].rows() == [
        ("loyalty", "a", "C1", 3, 1, 0, 1, 0, 1),
        ("loyalty", "a", "C2", 0, 2, 1, 0, 1, 0),
        ("loyalty", "b", "C3", 0, 1, 1, 0, 0, 0),
    ]
    assert found["causes"].rows() == [
        ("loyalty", "a", "enter", "data", "hot", 1),
        ("loyalty", "a", "leave", "decay", "hot", 1),
        ("loyalty", "b", "enter", UNTOLD, None, 1),
    ]
    assert found["moves"].rows() == [("a", "C1", "C2", 1)]


def test_members_who_stay_may_change_tier_arm_and_channel() -> None:
    before = members(("a", "p", "C"), tier="hot", channels=["email", "mail"])
    after = members(("a", "p", "C"), tier="warm", arm="control", channels=["email", "social"])
    found = figures(before, after, moved_people(before, after, changes()))
    assert found["others"].rows() == [
        ("a", "arm", "treatment", "control", 1),
        ("a", "channel gained", None, "social", 1),
        ("a", "channel lost", "mail", None, 1),
        ("a", "tier", "hot", "warm", 1),
    ]


PLACES = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("pqrst")), st.sampled_from("XYZ"))


@given(PLACES, PLACES)
def test_everything_adds_up(first: dict[tuple[str, str], str], second: dict[tuple[str, str], str]) -> None:
    before, after = (members(*((*key, cell) for key, cell in one.items())) for one in (first, second))
    found = figures(before, after, moved_people(before, after, changes()))
    for name, extra in (("sizes", ()), ("cells", ("moved_in", "moved_out"))):
        for row in found[name].to_dicts():
            gained = row["entered"] + (row[extra[0]] if extra else 0)
            lost = row["left"] + (row[extra[1]] if extra else 0)
            assert row["before"] + gained - lost == row["after"]
    assert found["cells"]["after"].sum() == len(second)
    for change, column in (("enter", "entered"), ("leave", "left")):
        assert found["causes"].filter(pl.col("change") == change)["people"].sum() == found["sizes"][column].sum()
