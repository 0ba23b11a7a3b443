"""A state on disk is the state in memory."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.identity_model_files import load_model
from assets.identity_state_files import OF_LEARNED, OF_STATE, Kept, StateFolderError, load_state, save_state
from benchmarks.identity_people import people
from pipelines.identity.resolve import resolve
from pipelines.identity.state import State
from pipelines.identity.update import update
from schemas.identity_model import IdentityModel

MODEL = Path(__file__).parents[2] / "benchmarks" / "models" / "dealer.yaml"


@pytest.fixture(scope="module")
def model() -> IdentityModel:
    return load_model(MODEL)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return people(1_500)


@pytest.fixture(scope="module")
def state(model: IdentityModel, rows: pl.DataFrame) -> State:
    orders = pl.DataFrame({"left_record_id": ["0"], "right_record_id": ["1"], "kind": ["must_not_link"]})
    return resolve(rows.head(1_450), model, orders=orders).state


def kept(state: State) -> Kept:
    return Kept(state, load_model(MODEL), MODEL.read_text(encoding="utf-8"))


def same(one: State, other: State) -> None:
    for name in OF_STATE:
        assert_frame_equal(getattr(one, name), getattr(other, name))
    for name in OF_LEARNED:
        assert_frame_equal(getattr(one.learned, name), getattr(other.learned, name))
    assert one.learned.rules == other.learned.rules


def test_round_trip(tmp_path: Path, state: State) -> None:
    save_state(kept(state), tmp_path / "state")
    same(load_state(tmp_path / "state").state, state)
    assert [one.name for one in tmp_path.iterdir()] == ["state"]


def test_update_on_a_loaded_state_equals_update_in_memory(
    tmp_path: Path, state: State, model: IdentityModel, rows: pl.DataFrame
) -> None:
    save_state(kept(state), tmp_path / "state")
    delta = pl.concat([rows.tail(50), rows.head(30).with_columns(phone=pl.lit("7045550199"))])
    gone = rows["rid"].slice(100, 20)
    here = update(state, model, delta, gone)
    read = update(load_state(tmp_path / "state").state, model, delta, gone)
    same(here.state, read.state)
    assert here.changed.equals(read.changed)
    save_state(kept(read.state), tmp_path / "state")
    same(load_state(tmp_path / "state").state, here.state)


def test_only_a_state_is_replaced(tmp_path: Path, state: State) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StateFolderError, match=r"files that are no state \(notes.txt\)"):
        save_state(kept(state), tmp_path)
    with pytest.raises(StateFolderError, match="a file"):
        save_state(kept(state), tmp_path / "notes.txt")


def test_what_is_no_state_is_told(tmp_path: Path, state: State) -> None:
    place = tmp_path / "state"
    with pytest.raises(StateFolderError, match="no such folder"):
        load_state(place)
    save_state(kept(state), place)
    with pytest.raises(StateFolderError, match="Did you mean 'state'"):
        load_state(tmp_path / "stat")
    (place / "edges.arrow").unlink()
    with pytest.raises(StateFolderError, match=r"no edges\.arrow"):
        load_state(place)
    (place / "state.json").write_text(json.dumps({"format": "other"}))
    with pytest.raises(StateFolderError, match="another format"):
        load_state(place)


def test_a_killed_writer_leaves_the_former_state(tmp_path: Path, state: State) -> None:
    save_state(kept(state), tmp_path / "state")
    (tmp_path / "state").rename(tmp_path / ".state.former")
    same(load_state(tmp_path / "state").state, state)
