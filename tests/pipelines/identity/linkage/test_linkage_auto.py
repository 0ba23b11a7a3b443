"""Rules that are chosen: within budget, none inside another, the same for any order of rows."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from pipelines.identity.linkage import auto
from pipelines.identity.linkage.auto import PARTS, SHARE_OF_BUDGET, chosen
from pipelines.identity.linkage.encode import encode
from pipelines.identity.linkage.keys import NO_KEY, Keys
from pipelines.identity.linkage.pairs import Rule, of_rule, pairs, rule_name
from schemas.identity_language import FUNCTIONS, KINDS, Key
from tests.pipelines.identity.linkage.people import model, people

HOW = model({"first": "given_name", "last": "family_name", "email": "email", "zip": "postcode", "sex": "category"})


def world(persons: int = 600) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    rows = []
    for number in range(persons):
        who = {"first": f"f{rng.integers(40)}x", "last": f"l{rng.integers(80)}y", "email": f"p{number}@x.com"}
        who |= {"zip": f"28{rng.integers(30):03}", "sex": "mf"[number % 2]}
        rows += [who] * int(rng.integers(1, 4))
    return people(*rows)


def rules(frame: pl.DataFrame) -> tuple[Rule, ...]:
    records = encode(frame, HOW)
    return chosen(records, HOW, Keys(records))


def test_rules_fit_the_budget_and_hold_none_another() -> None:
    records = encode(world(), HOW)
    told = chosen(records, HOW, Keys(records))
    budget = HOW.limits.pairs_per_record * len(records)
    found = pairs(records, HOW, told, Keys(records))
    assert 0 < len(found) <= budget
    assert found.rules["pairs"].max() <= budget * SHARE_OF_BUDGET
    assert not any(set(a) < set(b) or set(b) < set(a) for a, b in combinations(told, 2))
    assert "email" in found.rules["rule"].to_list()
    assert all(len({key.field for key in rule}) == len(rule) for rule in told)


def test_the_same_rules_for_any_order_of_rows() -> None:
    frame = world()
    assert rules(frame) == rules(frame.sample(fraction=1, shuffle=True, seed=1))


def test_counting_on_a_part_of_the_records_finds_the_costly_and_the_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates move the order and what is just worth it, not the pairs that are met."""
    frame = world(2_000)
    records = encode(frame, HOW)
    whole = pairs(records, HOW, rules(frame), Keys(records))
    monkeypatch.setattr(auto, "SAMPLED", 1_000)
    monkeypatch.setattr(auto, "FOLLOWED", 500)
    part = pairs(records, HOW, rules(frame), Keys(records))
    assert len(part) == pytest.approx(len(whole), rel=0.25)
    both = np.intersect1d(*(one.left.astype(np.int64) * len(records) + one.right for one in (whole, part)))
    assert len(both) > 0.75 * len(whole)


def test_what_a_rule_costs_is_the_pairs_it_makes() -> None:
    records = encode(world(300), HOW)
    keys = Keys(records)
    for rule in ((Key(None, "zip"),), (Key("sound", "last"), Key("prefix", "first", 2))):
        made, _ = of_rule(records, keys.of_rule(rule), 30)
        assert auto._cost(keys.of_rule(rule), 30) == len(made)


def test_what_costs_nothing_is_no_rule() -> None:
    assert auto._cost([np.zeros(10, dtype=np.uint64) + NO_KEY], 30) == 0
    assert [rule_name(one) for one in rules(world().with_columns(email=pl.lit(None, pl.String)))].count("email") == 0


def test_where_every_value_is_on_too_many_records_each_field_is_tried_and_listed() -> None:
    frame = people(*[{"first": "a", "last": "b", "email": "c@d.e", "zip": "1", "sex": "m"}] * 500)
    assert [rule_name(one) for one in rules(frame)] == list(HOW.fields)


def test_every_kind_has_parts_that_fit_it() -> None:
    assert set(PARTS) == KINDS
    for kind, parts in PARTS.items():
        assert all(function is None or kind in FUNCTIONS[function][0] for function, _ in parts), kind
