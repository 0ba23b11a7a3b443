"""Precision and recall of pairs, against counting them one by one."""

from itertools import combinations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.pairwise import Pairwise, pairwise

row = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("12"))


def one_by_one(rows: list[tuple[str, str, str]], *, is_link: bool) -> Pairwise:
    pairs = [(a, b) for a, b in combinations(rows, 2) if not is_link or a[2] != b[2]]
    joined = [(a[0] == b[0], a[1] == b[1]) for a, b in pairs]
    return Pairwise(sum(a for a, _ in joined), sum(b for _, b in joined), sum(a and b for a, b in joined))


@given(st.lists(row, max_size=12), st.booleans())
def test_counts_are_those_of_all_pairs(rows: list[tuple[str, str, str]], is_link: bool) -> None:
    person, truth, source = (pl.Series([one[place] for one in rows], dtype=pl.String) for place in range(3))
    assert pairwise(person, truth, source if is_link else None) == one_by_one(rows, is_link=is_link)


def test_shares() -> None:
    score = Pairwise(joined=4, true=6, right=3)
    assert (score.precision, score.recall, score.f1) == (0.75, 0.5, 0.6)
    assert Pairwise(0, 0, 0).f1 == 1.0
    assert Pairwise(1, 1, 0).f1 == 0.0


def test_records_without_truth_do_not_count() -> None:
    assert pairwise(pl.Series(["a", "a", "a"]), pl.Series(["x", None, "x"])) == Pairwise(1, 1, 1)
