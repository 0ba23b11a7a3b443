"""What holds of any day's changes: what is taken back is as if it had never been, and the order of rows says nothing."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.identity_model_files import load_model
from benchmarks.identity_people import people
from pipelines.identity.resolve import ORDERS, resolve
from pipelines.identity.state import State
from pipelines.identity.update import update

MODEL = load_model(Path(__file__).parents[3] / "benchmarks" / "models" / "dealer.yaml")
ROWS = people(900)
KNOWN = 800
FEW = settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACE = st.integers(0, KNOWN - 1)


@pytest.fixture(scope="module")
def state() -> State:
    return resolve(ROWS.head(KNOWN), MODEL).state


def orders(*told: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(told), schema=ORDERS, orient="row")


def ordered(state: State, told: pl.DataFrame) -> State:
    return update(state, MODEL, ROWS.clear(), orders=told).state


def people_of(state: State) -> list[tuple[str, ...]]:
    parts = state.members.group_by("person_id").agg(pl.col("record_id").sort())["record_id"]
    return sorted(tuple(one) for one in parts)


def together(state: State, left: str, right: str) -> bool:
    return state.members.filter(pl.col("record_id").is_in([left, right]))["person_id"].n_unique() == 1


@FEW
@given(PLACE, PLACE)
def test_unmerge_after_merge_restores_the_partition(state: State, one: int, other: int) -> None:
    left, right = ROWS["rid"][one], ROWS["rid"][other]
    if together(state, left, right):
        return
    merged = ordered(state, orders((left, right, "must_link")))
    assert together(merged, left, right)
    unmerged = ordered(merged, orders((left, right, "must_not_link")))
    assert people_of(unmerged) == people_of(state)
    withdrawn = ordered(merged, orders())
    assert people_of(withdrawn) == people_of(state)
    ids = withdrawn.members.sort("record_id").select("record_id", "household_id")
    assert people_of(State(**{**withdrawn.__dict__, "members": ids.rename({"household_id": "person_id"})})) == people_of(
        State(**{**state.__dict__, "members": state.members.select("record_id", person_id="household_id")})
    )


@FEW
@given(st.data())
def test_a_parted_person_is_whole_again_when_the_order_is_withdrawn(state: State, data: st.DataObject) -> None:
    several = [one for one in people_of(state) if len(one) > 1]
    person = data.draw(st.sampled_from(several))
    left, right = data.draw(st.permutations(person))[:2]
    parted = ordered(state, orders((left, right, "must_not_link")))
    assert not together(parted, left, right)
    assert people_of(ordered(parted, orders())) == people_of(state)


@FEW
@given(st.randoms(use_true_random=False), st.integers(1, 100), st.lists(PLACE, max_size=30, unique=True))
def test_the_order_of_a_days_rows_says_nothing(state: State, random, new: int, gone: list[int]) -> None:
    fresh = pl.concat([ROWS.slice(KNOWN, new), ROWS.head(20).with_columns(phone=pl.lit("7045550123"))])
    lost = ROWS["rid"].gather([one for one in gone if one >= 20])
    places = list(range(fresh.height))
    random.shuffle(places)
    here = update(state, MODEL, fresh, lost).state
    there = update(state, MODEL, fresh[places], lost.reverse()).state
    for name in ("records", "keys", "edges", "members", "people"):
        assert_frame_equal(getattr(here, name), getattr(there, name))
