"""Somebody is forgotten on the sample day: nothing of them is left, everybody else is as before, and a kill does no harm."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.forget import Asked, TellsTooMuch, forget, resume
from assets.forget_day import forget_due
from assets.forget_journal import unfinished
from assets.forget_subject import NobodyThere, subject_of
from assets.forget_tombstones import in_force
from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.lake import Lake
from assets.rebuild_pins import export_hashes, pins_of, table_hashes
from assets.seed import OtherSeed
from assets.service.days import check_whole
from tests.worlds import SAMPLE_DAY, SAMPLE_DROP

DAY = date.fromisoformat(SAMPLE_DAY)
ASKED = Asked("asked by letter", "privacy officer", DAY, "2026-11-23T10:00:00+00:00")
After = tuple[Path, str, dict[str, Any]]
OURS = ("forgotten", "forget_proof", "pending_removal")


def house_of(lake: Path) -> House:
    return House(group=SAMPLE_GROUP, drop=str(SAMPLE_DROP), lake=str(lake), policy=str(PROJECT / "policy"))


@pytest.fixture(scope="module")
def before(sample_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample day, with an answer of the service on record."""
    root = tmp_path_factory.mktemp("before") / "lake"
    shutil.copytree(sample_day, root)
    lake = Lake(root, SAMPLE_GROUP)
    folder = lake.home / "_service" / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (f"{SAMPLE_DAY}.jsonl", "open-1-1.jsonl"):
        lines = [{"id": f"{name}-{n}", "at": f"{SAMPLE_DAY}T10:00:00+00:00", "day": SAMPLE_DAY, "client": "website",
                  "person_id": one, "told": []} for n, one in enumerate((chosen(lake), "p0000000000000000000a"))]  # fmt: skip
        (folder / name).write_text("".join(json.dumps(one) + "\n" for one in lines))
    return root


def chosen(lake: Lake) -> str:
    """Somebody with many records whom platforms hold, with a co-buyer beside."""
    held = lake.read("delivered", DAY).group_by("person_id").agg(pl.col("platform").n_unique())
    owner = lake.read("member", DAY).select("record_id", "person_id")
    signed = lake.read("transaction", DAY).filter(pl.col("co_record_id").is_not_null()).join(owner, on="record_id")
    people = (
        lake.read("person", DAY)
        .join(held, on="person_id")
        .with_columns(is_signed=pl.col("person_id").is_in(signed["person_id"].implode()))
    )
    return str(people.sort("platform", "is_signed", "records", "person_id", descending=True)["person_id"][0])


@pytest.fixture(scope="module")
def after(before: Path, tmp_path_factory: pytest.TempPathFactory) -> After:
    root = tmp_path_factory.mktemp("after") / "lake"
    shutil.copytree(before, root)
    person = chosen(Lake(root, SAMPLE_GROUP))
    return root, person, forget(house_of(root), person, ASKED)


def known_by(lake: Lake, person: str) -> set[str]:
    """Independent of the eraser: what records of the person say that no record of anybody else says, raw and standard."""
    mine = lake.read("member", DAY).filter(pl.col("person_id") == person)["record_id"]
    contacts = lake.read("contact_record", DAY)
    is_mine = pl.col("record_id").is_in(mine.implode())
    found: set[str] = {person, *mine}
    for column in ("emails", "emails_raw", "phones", "email_hashes", "phone_hashes", "phones_raw"):
        told = [set(contacts.filter(one)[column].explode().drop_nulls()) for one in (is_mine, ~is_mine)]
        found |= told[0] - told[1]
    owned = set(lake.read("shared_identifier", DAY).filter(pl.col("reason") != "fan_out")["value"])
    found = {one for one in found if one not in owned and len(one) > 5 and one.lower() != "none@none.com"}
    hashed = {sha256(one.encode()).hexdigest() for one in found if "@" in one or one.startswith("+")}
    name = contacts.filter(is_mine & pl.col("address").is_not_null() & pl.col("first_name").is_not_null())
    streets = {f"{row[0]}|{row[1]}" for row in name.select("first_name", "address").iter_rows()}
    return found | hashed | {f"NAME {one}" for one in streets}


def named_in(root: Path, found: set[str]) -> list[str]:
    """Files of a lake that name one of them, in any column or byte; the removals still owed aside."""
    plain = sorted(re.escape(one) for one in found if not one.startswith("NAME "))
    wanted = re.compile(r"(?<![\w.+-])(?:" + "|".join(plain) + r")(?![\w-])")
    homes = [one.removeprefix("NAME ").split("|") for one in found if one.startswith("NAME ")]
    out = []
    for place in sorted(one for one in root.rglob("*") if one.is_file()):
        if "pending_removal" in place.parts:
            continue
        if place.suffix == ".parquet":
            lines = [json.dumps(row, default=str) for row in pl.read_parquet(place).iter_rows()]
        else:
            lines = place.read_bytes().decode("utf-8", "replace").splitlines()
        text = "\n".join(lines)
        at_home = any(first in line.lower() and street.lower() in line.lower() for line in lines for first, street in homes)
        if wanted.search(text) or (at_home and place.suffix != ".html"):
            out.append(place.relative_to(root).as_posix())
    return out


def test_nothing_of_them_is_left_anywhere(before: Path, after: After) -> None:
    root, person, certificate = after
    found = known_by(Lake(before, SAMPLE_GROUP), person)
    assert len(found) > 10 and len(named_in(before, found)) > 40
    assert named_in(root, found) == []
    assert certificate["is_complete"] and certificate["left_in"] == {}


def test_everybody_else_is_byte_for_byte_as_before(before: Path, after: After) -> None:
    """Every row of every table after is a row before, but for rows in which a cell that named the person was blanked."""
    root, person, _ = after
    was, now = Lake(before, SAMPLE_GROUP), Lake(root, SAMPLE_GROUP)
    ids = subject_of(was, person).ids
    proof = {row["file"]: row for row in now.read("forget_proof", DAY).to_dicts()}
    for table in was.tables():
        if table in OURS:
            continue
        old, new = pl.read_parquet(was.part(table, DAY)), pl.read_parquet(now.part(table, DAY))
        told = proof.get(f"{table}/dt={SAMPLE_DAY}/part-0.parquet", {"rows_removed": 0, "rows_blanked": 0})
        assert old.schema == new.schema and old.height - new.height == told["rows_removed"], table
        left = list(map(repr, new.iter_rows()))
        kept = set(map(repr, old.iter_rows()))
        assert sum(one not in kept for one in left) == told["rows_blanked"], table
        if "person_id" in old.columns and table not in ("shared_with", "shared_by_answer"):
            others = old.filter(~pl.col("person_id").is_in(list(ids)))
            assert others.height == new.drop_nulls("person_id").height, table


def test_files_for_platforms_are_as_before_but_for_them(before: Path, after: After) -> None:
    root = after[0]
    was, now = (sorted((one / SAMPLE_GROUP / "_exports").rglob("*.csv")) for one in (before, root))
    old = [line for one in was for line in one.read_text().splitlines()]
    new = [line for one in now for line in one.read_text().splitlines()]
    assert len(new) < len(old) and set(new) <= set(old)


def test_the_day_pins_what_is_there_and_may_be_served(after: After) -> None:
    lake = Lake(after[0], SAMPLE_GROUP)
    pins = pins_of(lake, DAY)
    assert pins is not None and pins["tables"] == table_hashes(lake, DAY) and pins["exports"] == export_hashes(lake, DAY)
    assert pins["forgotten"] == [after[2]["tombstone_id"]]
    check_whole(lake, DAY)


def test_the_ledgers_keep_that_something_was_shared_and_not_whose(before: Path, after: After) -> None:
    root, person, certificate = after
    was, now = (Lake(one, SAMPLE_GROUP).read("shared_with", DAY) for one in (before, root))
    mine = now.filter(pl.col("person_id") == certificate["tombstone_id"])
    assert mine.height == was.filter(pl.col("person_id") == person).height > 0
    assert was.height == now.height
    for name in (f"{SAMPLE_DAY}.jsonl", "open-1-1.jsonl"):
        lines = (root / SAMPLE_GROUP / "_service" / "audit" / name).read_text().splitlines()
        told = [json.loads(line)["person_id"] for line in lines]
        assert told == [certificate["tombstone_id"], "p0000000000000000000a"]


def test_platforms_are_still_to_be_asked_and_nothing_else_names_them(after: After) -> None:
    lake = Lake(after[0], SAMPLE_GROUP)
    owed = lake.read("pending_removal", DAY)
    assert owed.height > 0 and after[1] in set(owed["person_id"]) and owed["exported_on"].null_count() == owed.height
    assert owed.filter(pl.col("identifiers").list.len() == 0).is_empty()


def test_the_proof_says_nothing_of_the_person(before: Path, after: After) -> None:
    root, _, certificate = after
    place = root / SAMPLE_GROUP / "_forget" / str(certificate["tombstone_id"])
    assert [one.name for one in place.iterdir()] == ["certificate.json"]
    told = json.loads((place / "certificate.json").read_text())
    assert (
        told["reason"] == "asked by letter"
        and told["by"] == "privacy officer"
        and told["files_changed"] == len(told["files"]) > 50
    )


def test_a_second_time_there_is_nobody(after: After) -> None:
    with pytest.raises(NobodyThere, match="no person of velocity_sample"):
        forget(house_of(after[0]), after[1], ASKED)


def test_a_reason_that_names_the_person_is_refused(before: Path) -> None:
    lake = Lake(before, SAMPLE_GROUP)
    with pytest.raises(TellsTooMuch):
        forget(house_of(before), chosen(lake), Asked(f"letter of {chosen(lake)}", "me", DAY, "now"))
    assert not unfinished(lake)


def test_nobody_else_is_hit_by_the_tombstone(before: Path, after: After) -> None:
    """The files of the day once more, against the tombstone: only rows of the person stay out."""
    from assets.forget_drop import still_held
    from pipelines.activation.forget_match import tombstones

    lake = Lake(before, SAMPLE_GROUP)
    subject = subject_of(lake, after[1])
    stones = tombstones(in_force(Lake(after[0], SAMPLE_GROUP)), "velocity")
    held = {one.feed.name: one for one in still_held(SAMPLE_DROP, stones)}
    assert {"dms_sales", "web_events"} <= set(held)
    own = {name for name, of in subject.rows.items() if any(of.values())}
    assert own <= set(held) | {"web_events"}


WORKER = """
import os, signal, sys
from datetime import date
from assets import forget_journal
from assets.forget import Asked, forget
from assets.house import PROJECT, House
lake, person, stop = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = 0
real = forget_journal.replace_durably
def cut(beside, place):
    global count
    count += 1
    if count == stop:
        os.kill(os.getpid(), signal.SIGKILL)
    real(beside, place)
forget_journal.replace_durably = cut
house = House(group="velocity_sample", drop="", lake=lake, policy=str(PROJECT / "policy"))
forget(house, person, Asked("asked by letter", "privacy officer", date(2026, 11, 21), "2026-11-23T10:00:00+00:00"))
"""


def contents(root: Path) -> dict[str, str]:
    kept = [one for one in sorted(root.rglob("*")) if one.is_file() and not {".staged", ".spill", ".lock"} & set(one.parts)]
    return {one.relative_to(root).as_posix(): sha256(one.read_bytes()).hexdigest() for one in kept}


@pytest.mark.parametrize(
    "stop",
    [
        2,
        pytest.param(1, marks=pytest.mark.slow),
        pytest.param(40, marks=pytest.mark.slow),
        pytest.param(62, marks=pytest.mark.slow),
    ],
)
def test_killed_at_any_point_the_next_one_finishes_with_the_same_bytes(
    stop: int, before: Path, after: After, tmp_path: Path
) -> None:
    root = tmp_path / "lake"
    shutil.copytree(before, root)
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(root), after[1], str(stop)], cwd=PROJECT, check=False, env=os.environ
    )
    assert done.returncode == -9
    lake = Lake(root, SAMPLE_GROUP)
    assert all(lake.read(table, DAY).height >= 0 for table in lake.tables()), "the lake is readable meanwhile"
    if unfinished(lake):
        resume(house_of(root))
    else:
        forget(house_of(root), after[1], ASKED)
    assert contents(root) == contents(after[0])


def test_another_seed_is_refused_because_its_tombstones_would_keep_nobody_out(before: Path) -> None:
    right = house_of(before)
    other = House(group=right.group, drop=right.drop, lake=right.lake, policy=right.policy, seed="another")
    person, files = chosen(right.tables), len(list(before.rglob("*")))
    with pytest.raises(OtherSeed, match="another seed"):
        forget(other, person, ASKED)
    with pytest.raises(OtherSeed):
        forget_due(other, DAY)
    assert len(list(before.rglob("*"))) == files
