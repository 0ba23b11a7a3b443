"""Keys and pairs against a double loop; caps, sources, barriers."""

from itertools import combinations, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linkage.encode import Records, encode
from pipelines.identity.linkage.keys import NO_KEY, Keys, text_hashes
from pipelines.identity.linkage.pairs import inside, pairs, rule_name, sorted_once
from schemas.identity_language import parse_rule
from schemas.identity_model import IdentityModel
from tests.pipelines.identity.linkage.people import model, packed, people, quick


def met(records: Records, how: IdentityModel, *rules: str, new: np.ndarray | None = None):
    return pairs(records, how, tuple(parse_rule(one) for one in rules), Keys(records), new=new)


def test_a_key_is_known_where_all_parts_are() -> None:
    how = model({"a": "text", "b": "date"})
    told = encode(
        people({"a": "x y", "b": "1967-01-05"}, {"a": "x z", "b": "5/6/1967"}, {"a": "x", "b": None}, {"b": "1967-01-05"}), how
    )
    one, *rest = Keys(told).of_rule(parse_rule("word(a, 1), year(b)"))
    assert not rest
    assert one[0] == one[1] != NO_KEY
    assert one[2] == one[3] == NO_KEY


def test_keys_are_made_of_texts_and_not_of_their_numbers() -> None:
    how = model({"a": "text"})
    one, two = (encode(people(*rows), how) for rows in ([{"a": "x"}, {"a": "y"}], [{"a": "w"}, {"a": "x"}]))
    assert Keys(one).of_rule(parse_rule("a"))[0][0] == Keys(two).of_rule(parse_rule("a"))[0][1]


def test_hashes_of_texts_are_fixed() -> None:
    """A stored key must be met tomorrow; a release of Polars that hashes otherwise needs stored keys to be made again."""
    told = text_hashes(pl.Series(["a", None, "a"]))
    assert told[0] == told[2] != NO_KEY
    assert told[1] == NO_KEY


@pytest.mark.parametrize(("size", "kept"), [(3, 3), (4, 0)])
def test_a_block_over_the_cap_is_dropped_and_listed(size: int, kept: int) -> None:
    how = model({"a": "id"}, limits={"max_block": 3})
    told = met(encode(people(*[{"a": "x"}] * size, {"a": "y"}, {"a": "y"}), how), how, "a")
    assert len(told) == kept + 1
    assert told.rules.rows() == [("a", kept + 1, int(size > 3))]
    assert told.dropped.rows() == ([("a", "r0000", 4)] if size > 3 else [])


def test_a_pair_is_met_once_over_all_rules() -> None:
    how = model({"a": "id", "b": "id"})
    told = met(encode(people({"a": "x", "b": "p"}, {"a": "x", "b": "p"}), how), how, "a", "b", "a, b")
    assert packed(told.left, told.right) == {(0, 1)}
    assert told.rules["pairs"].to_list() == [1, 1, 1]


def test_sources_and_barriers() -> None:
    frame = people(*[{"a": "x", "s": s, "t": t} for s, t in [("p", "u"), ("p", "u"), ("q", "u"), ("q", "v"), ("q", None)]])
    link = model({"a": "id"}, source="s", mode="link")
    assert packed(*ends(met(encode(frame, link), link, "a"))) == {(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)}
    parted = model({"a": "id"}, never_across=["t"])
    assert packed(*ends(met(encode(frame, parted), parted, "a"))) == {(0, 1), (0, 2), (0, 4), (1, 2), (1, 4), (2, 4), (3, 4)}


def ends(found) -> tuple[np.ndarray, np.ndarray]:
    return found.left, found.right


rows = st.lists(
    st.fixed_dictionaries({
        "a": st.sampled_from([None, "x", "y"]),
        "b": st.lists(st.sampled_from([None, "p", "q", "r"]), max_size=3),
        "s": st.sampled_from([None, "k", "l"]),
    }),
    max_size=12,
)  # fmt: skip


@quick
@given(rows, st.sampled_from(["dedupe", "link"]), st.integers(2, 6))
def test_pairs_are_those_of_a_double_loop(rows: list[dict], mode: str, cap: int) -> None:
    how = model({"a": "id", "b": "id"}, mode=mode, source="s", limits={"max_block": cap})
    records = encode(people(*rows, a=pl.String, s=pl.String, b=pl.List(pl.String)), how)
    told = met(records, how, "a", "a, b")
    assert packed(told.left, told.right) == double_loop(rows, mode, cap)
    assert told.left.tolist() == [one for one, _ in sorted(packed(told.left, told.right))]


def double_loop(rows: list[dict], mode: str, cap: int) -> set[tuple[int, int]]:
    def keys(row: dict) -> set:
        held = [one for one in row["b"] if one]
        return ({("a", row["a"])} if row["a"] else set()) | set(product([row["a"]] if row["a"] else [], held))

    size = {key: sum(key in keys(row) for row in rows) for row in rows for key in keys(row)}
    return {
        (i, j)
        for (i, one), (j, two) in combinations(enumerate(rows), 2)
        if any(size[key] <= cap for key in keys(one) & keys(two)) and (mode == "dedupe" or one["s"] != two["s"])
    }


@quick
@given(rows, st.lists(st.booleans(), min_size=12, max_size=12))
def test_new_records_meet_all_and_old_ones_not_each_other(rows: list[dict], flags: list[bool]) -> None:
    how = model({"a": "id", "b": "id"})
    records = encode(people(*rows, a=pl.String, s=pl.String, b=pl.List(pl.String)), how)
    new = np.array(flags[: len(rows)], dtype=bool)
    every, some = met(records, how, "a", "b"), met(records, how, "a", "b", new=new)
    assert packed(*ends(some)) == {(i, j) for i, j in packed(*ends(every)) if new[i] or new[j]}


@quick
@given(st.lists(st.integers(1, 6), max_size=8))
def test_places_inside_blocks(sizes: list[int]) -> None:
    starts = np.cumsum([0, *sizes])[:-1].astype(np.int64)
    told = packed(*inside(starts, np.array(sizes, dtype=np.int64)))
    assert told == {
        pair for start, size in zip(starts.tolist(), sizes, strict=True) for pair in combinations(range(start, start + size), 2)
    }


@quick
@given(st.lists(st.integers(0, 9)))
def test_sorted_once(numbers: list[int]) -> None:
    assert sorted_once(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))


def test_a_rule_is_named_as_it_is_written() -> None:
    for rule in ("email", "prefix(a, 3), year(b)", "word(a, -1)"):
        assert rule_name(parse_rule(rule)) == rule
