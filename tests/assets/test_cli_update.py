"""velocity update: changes on a kept state, ids that stay, events that say why, and a state that survives anything."""

import json
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from assets.cli import app
from assets.identity_state_files import FILES, load_state
from assets.whole_folder import only_writer_of
from benchmarks.identity_people import people
from pipelines.identity.resolve import resolve
from pipelines.identity.update import update

MODEL = Path(__file__).parents[2] / "benchmarks" / "models" / "dealer.yaml"
ROWS = people(700)
KNOWN = 640
CORRECTED = ROWS.slice(20, 10).with_columns(phone=pl.lit("7045550199"))
GONE = ROWS["rid"].slice(100, 8)


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Day one, linked with a state."""
    place = tmp_path_factory.mktemp("first")
    ROWS.head(KNOWN).write_parquet(place / "day1.parquet")
    pl.concat([ROWS.slice(KNOWN), CORRECTED, ROWS.slice(300, 5)]).write_csv(place / "day2.csv")
    GONE.to_frame().write_csv(place / "gone.csv")
    shutil.copy(MODEL, place / "model.yaml")
    resolved = run(
        "resolve", place / "day1.parquet", "--model", place / "model.yaml", "--out", place / "linked", "--state", place / "state"
    )
    assert resolved[0] == 0, resolved[1]
    return place


@pytest.fixture
def place(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "here"))


def updated(place: Path, *more: object, changed: str = "day2.csv", out: str = "linked2") -> tuple[int, str]:
    return run("update", place / changed, "--state", place / "state", "--out", place / out, *more)


def content(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def refused(place: Path, told: str, *more: object, changed: str = "day2.csv") -> None:
    before = content(place / "state") if (place / "state").is_dir() else None
    code, said = updated(place, *more, changed=changed)
    assert (code, told in said.replace("\n", " ")) == (2, True), said
    assert not (place / "linked2").exists()
    assert (content(place / "state") if (place / "state").is_dir() else None) == before
    assert not list(place.glob(".*staged"))


def test_the_command_is_the_engine(place: Path) -> None:
    """What the command leaves is what resolve and update give in memory, though the changes came as text."""
    code, said = updated(place, "--deleted", place / "gone.csv")
    assert code == 0, said
    kept = load_state(place / "state")
    fresh = pl.concat([ROWS.slice(KNOWN), CORRECTED])
    alone = update(resolve(ROWS.head(KNOWN), kept.model).state, kept.model, fresh, GONE, as_of=date(1970, 1, 2))
    assert_frame_equal(kept.state.members.sort("record_id"), alone.state.members.sort("record_id"))
    assert_frame_equal(pl.read_parquet(place / "linked2" / "members.parquet"), alone.state.members.sort("record_id"))
    told = json.loads((place / "linked2" / "result.json").read_text(encoding="utf-8"))
    assert [told[one] for one in ("run", "new", "changed", "deleted", "unchanged", "records")] == [1, 60, 10, 8, 5, 692]


def test_without_a_state_the_result_is_the_same(first: Path, tmp_path: Path) -> None:
    run("resolve", first / "day1.parquet", "--model", first / "model.yaml", "--out", tmp_path / "linked")
    assert content(tmp_path / "linked") == content(first / "linked")


def test_every_change_of_person_is_told_with_its_edge(place: Path) -> None:
    updated(place, "--deleted", place / "gone.csv")
    was, now = (pl.read_parquet(place / one / "members.parquet") for one in ("linked", "linked2"))
    events, changes = (pl.read_parquet(place / "linked2" / f"{one}.parquet") for one in ("events", "changes"))
    retired = pl.read_parquet(place / "linked2" / "retired.parquet")
    both = now.join(was, on="record_id", how="full", coalesce=True, suffix="_was")
    other = both.filter(pl.col("person_id").ne_missing(pl.col("person_id_was")))
    assert set(other["record_id"]) <= set(changes["record_id"])
    new_people, lost = set(now["person_id"]) - set(was["person_id"]), set(was["person_id"]) - set(now["person_id"])
    assert set(events.filter(pl.col("kind").is_in(["create", "split"]))["person_id"]) == new_people
    assert set(events.filter(kind="retire")["person_id"]) == lost == set(retired["retired_person_id"])
    assert set(retired["person_id"].drop_nulls()) <= set(now["person_id"])
    joined = events.filter(pl.col("kind").is_in(["absorb", "merge"]))
    assert joined.height > 10 and joined.null_count().select("rule", "left_record_id", "right_record_id").row(0) == (0, 0, 0)
    pairs = pl.read_parquet(place / "linked2" / "edges.parquet").select("left_record_id", "right_record_id")
    assert joined.join(pairs, on=pairs.columns, how="anti").is_empty()


def test_twice_is_the_same_bytes_whatever_the_order(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "other"))
    pl.read_csv(other / "day2.csv", infer_schema=False).reverse().write_parquet(other / "day2.parquet")
    assert updated(place, "--deleted", place / "gone.csv")[0] == 0
    assert updated(other, "--deleted", other / "gone.csv", changed="day2.parquet")[0] == 0
    assert content(place / "linked2") == content(other / "linked2")


def test_ids_go_on_over_days_and_over_a_model_learned_anew(place: Path) -> None:
    updated(place)
    ROWS.slice(50, 30).with_columns(email=pl.lit(None, pl.String)).write_parquet(place / "day3.parquet")
    assert updated(place, changed="day3.parquet", out="linked3")[0] == 0
    before = pl.read_parquet(place / "linked3" / "members.parquet")
    ROWS.write_parquet(place / "all.parquet")
    code, said = run(
        "resolve", place / "all.parquet", "--model", place / "model.yaml", "--out", place / "anew", "--state", place / "state"
    )
    assert code == 0, said
    both = before.join(pl.read_parquet(place / "anew" / "members.parquet"), on="record_id", suffix="_now")
    assert (both["person_id"] == both["person_id_now"]).mean() > 0.97
    assert load_state(place / "state").run == 3
    assert json.loads((place / "anew" / "result.json").read_text(encoding="utf-8"))["events"]["create"] >= 0


def test_nothing_changed_changes_nothing(place: Path) -> None:
    ROWS.head(0).write_csv(place / "none.csv")
    assert updated(place, changed="none.csv")[0] == 0
    assert pl.read_parquet(place / "linked2" / "events.parquet").is_empty()
    assert (place / "linked2" / "members.parquet").read_bytes() == (place / "linked" / "members.parquet").read_bytes()


def test_another_model_is_refused_and_comments_are_no_other_model(place: Path) -> None:
    (place / "same.yaml").write_text("# a comment\n" + MODEL.read_text(encoding="utf-8"), encoding="utf-8")
    (place / "other.yaml").write_text(MODEL.read_text(encoding="utf-8") + "\npopulation: 77\n", encoding="utf-8")
    refused(place, "found the model 'dealer' that --model", "--model", place / "other.yaml")
    assert updated(place, "--model", place / "same.yaml")[0] == 0


def test_records_that_do_not_fit_are_refused(place: Path) -> None:
    ROWS.tail(5).drop("phone").write_csv(place / "less.csv")
    refused(place, "less.csv: found no column 'phone', which the model of state", changed="less.csv")
    pl.concat([ROWS.tail(5), ROWS.tail(2)]).write_csv(place / "twice.csv")
    refused(place, "twice.csv: found a rid that is not alone in 4 rows", changed="twice.csv")
    ROWS.tail(5).with_columns(phone=pl.concat_list("phone")).write_parquet(place / "lists.parquet")
    refused(place, "lists.parquet: found lists in phone", changed="lists.parquet")


def test_deletions_that_cannot_be_are_refused(place: Path) -> None:
    (place / "never.csv").write_text("rid\n5\n999999\n", encoding="utf-8")
    refused(place, "never.csv: found a rid that the state does not hold in 1 rows (row 2;", "--deleted", place / "never.csv")
    (place / "named.csv").write_text("id\n5\n", encoding="utf-8")
    refused(place, "named.csv: found no column 'rid'", "--deleted", place / "named.csv")
    (place / "twice.csv").write_text("rid\n5\n5\n", encoding="utf-8")
    refused(place, "twice.csv: found a rid that is not alone", "--deleted", place / "twice.csv")
    (place / "both.csv").write_text("rid\n21\n", encoding="utf-8")
    refused(place, "both.csv: found a rid that is among the changed records too", "--deleted", place / "both.csv")


def test_what_is_no_state_is_refused(place: Path) -> None:
    shutil.move(place / "state", place / "stat")
    refused(place, "found no such folder; expected a folder that velocity resolve --state wrote. Did you mean 'stat'?")
    (place / "state").mkdir()
    refused(place, "found no state.json")
    shutil.copytree(place / "linked", place / "state", dirs_exist_ok=True)
    refused(place, "found no state.json")
    assert not (place / ".state.staged").exists()


@pytest.mark.parametrize("name", [*FILES, "state.json"])
def test_a_damaged_file_is_told(place: Path, name: str) -> None:
    path = place / "state" / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(place, f"{name} that is not as it was written")
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    refused(place, f"{name} that is not as it was written")
    path.unlink()
    refused(place, f"no {name}")


def test_a_state_of_other_versions_is_told_and_its_ids_go_on(place: Path) -> None:
    told = json.loads((place / "state" / "state.json").read_text(encoding="utf-8"))
    told["versions"]["polars"] = "1.0.0"
    (place / "state" / "state.json").write_text(json.dumps(told), encoding="utf-8")
    refused(place, "keys made by polars 1.0.0")
    code, said = run(
        "resolve", place / "day1.parquet", "--model", place / "model.yaml", "--out", place / "linked2", "--state", place / "state"
    )
    assert code == 0, said
    assert (place / "linked2" / "members.parquet").read_bytes() == (place / "linked" / "members.parquet").read_bytes()
    assert updated(place)[0] == 0


def test_folders_that_hold_something_else_or_each_other_are_refused(place: Path) -> None:
    code, said = updated(place, out="state/linked")
    assert (code, "two folders, side by side" in said.replace("\n", " ")) == (2, True)
    (place / "mine").mkdir()
    (place / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    code, said = updated(place, out="mine")
    assert (code, "files that are no result (notes.txt)" in said.replace("\n", " ")) == (2, True)
    code, said = run(
        "resolve", place / "day1.parquet", "--model", place / "model.yaml", "--out", place / "x", "--state", place / "mine"
    )
    assert (code, "files that are no state (notes.txt)" in said.replace("\n", " ")) == (2, True)
    assert not (place / "x").exists()


def test_one_writer_at_a_time(place: Path) -> None:
    with only_writer_of(place / "state"):
        refused(place, "found another run that writes it")


KILLED_AT_A_RENAME = """
import os, signal, sys
from pathlib import Path
left = int(sys.argv.pop(1))
def counted(move):
    def moved(self, target):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return move(self, target)
    return moved
Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)
from assets.cli import main
main()
"""


@pytest.mark.parametrize("renames_before", ["the first file", "the state is moved away", "the new state is moved in"])
def test_a_killed_update_leaves_a_state_that_the_same_call_goes_on_from(place: Path, tmp_path: Path, renames_before: str) -> None:
    """The folder of the result is moved in by one rename per file and one for the folder; then the state, moved away and in."""
    other = Path(shutil.copytree(place, tmp_path / "other"))
    assert updated(other)[0] == 0
    result, state = len(content(other / "linked2")), len(content(other / "state"))
    count = {"the first file": 0, "the state is moved away": result + 1 + state, "the new state is moved in": result + state + 2}
    arguments = ["update", place / "day2.csv", "--state", place / "state", "--out", place / "linked2"]
    command = [sys.executable, "-c", KILLED_AT_A_RENAME, str(count[renames_before]), *map(str, arguments)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (place / "state").exists() == (renames_before != "the new state is moved in")
    assert updated(place)[0] == 0
    assert content(place / "linked2") == content(other / "linked2")
    assert content(place / "state") == content(other / "state")
    assert not [*place.glob(".*.staged"), *place.glob(".*.former")]
