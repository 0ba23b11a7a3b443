"""Days in a row: who asks is gone the morning after, removals owed are asked for and purged, a re-pull brings nobody back."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.lake import Lake
from tests.worlds import SAMPLE_DROP, run_arguments, velocity

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
GROUP, DAYS = "velocity_sample", ("2026-11-19", "2026-11-20", "2026-11-21")
DONE = (0, 3)


def run(day: str, lake: Path, drop: Path = SAMPLE_DROP) -> None:
    done = velocity(*run_arguments(day, drop, lake))
    assert done.returncode in DONE, done.stderr


def forget(person: str, lake: Path, *more: str) -> str:
    done = velocity(
        "forget", person, "--group", GROUP, "--lake", str(lake), "--reason", "asked by letter", "--by", "privacy officer", *more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def held_by_platforms(lake: Lake, day: date) -> str:
    held = lake.read("delivered", day).group_by("person_id").agg(pl.col("platform").n_unique())
    people = lake.read("person", day).join(held, on="person_id").sort("platform", "records", "person_id", descending=True)
    return str(people["person_id"][0])


def files_that_name(root: Path, texts: list[str]) -> list[str]:
    found = []
    for place in sorted(one for one in root.rglob("*") if one.is_file()):
        if place.suffix == ".parquet":
            text = "\n".join(json.dumps(row, default=str) for row in pl.read_parquet(place).iter_rows())
        else:
            text = place.read_bytes().decode("utf-8", "replace")
        if any(one in text for one in texts):
            found.append(place.relative_to(root).as_posix())
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake after its first day, on which deletions were read and suppressed."""
    lake = tmp_path_factory.mktemp("first") / "lake"
    run(DAYS[0], lake)
    return lake


def test_who_asked_in_the_feed_is_gone_the_next_morning(first: Path, tmp_path: Path) -> None:
    before, day = Lake(first, GROUP), date.fromisoformat(DAYS[0])
    suppressed = before.read("suppression", day)
    asked = suppressed.filter(pl.col("reason") == "deletion")["person_id"].unique().sort()
    assert len(asked) > 2
    emails = before.read("person", day).filter(pl.col("person_id").is_in(asked.implode()))["email"].drop_nulls().to_list()
    root = tmp_path / "lake"
    shutil.copytree(first, root)
    run(DAYS[1], root)
    lake = Lake(root, GROUP)
    proof = lake.read("forget_proof", date.fromisoformat(DAYS[1]))
    assert proof["tombstone_id"].n_unique() == len(asked)
    assert files_that_name(root, [*asked.to_list(), *emails]) == []
    raw = lake.read("privacy_requests", day)
    assert (
        raw.filter(pl.col("request") == "deletion").height
        < before.read("privacy_requests", day).filter(pl.col("request") == "deletion").height
    )


def test_removals_owed_are_asked_for_and_purged_and_a_re_pull_brings_nobody_back(first: Path, tmp_path: Path) -> None:
    root, again = tmp_path / "lake", tmp_path / "again"
    shutil.copytree(first, root)
    lake, days = Lake(root, GROUP), [date.fromisoformat(one) for one in DAYS]
    person = held_by_platforms(lake, days[0])
    row = lake.read("person", days[0]).filter(pl.col("person_id") == person).to_dicts()[0]
    forget(person, root)
    owed = lake.read("pending_removal", days[0])
    assert owed.height
    run(DAYS[1], root)
    asked = lake.read("export_member", days[1]).filter(pl.col("person_id") == person)
    assert set(asked["action"].cast(pl.String)) == {"remove"} and asked.height == owed.height
    assert asked.filter(pl.col("identifiers").list.len() == 0).is_empty()
    assert lake.read("member", days[1]).filter(pl.col("person_id") == person).is_empty()
    run(DAYS[2], root)
    texts = [person, *(one for one in (row["email"], row["phone"]) if one)]
    assert files_that_name(root, texts) == [], "purged where nobody is delivered to and so nobody can confirm"
    tombstones = root / GROUP / "forgotten"
    shutil.copytree(tombstones, again / GROUP / "forgotten")
    run(DAYS[2], again)
    taken = Lake(again, GROUP).read("feed_file", days[2])
    assert taken["rows_forgotten"].sum() > 10
    assert files_that_name(again, texts[1:]) == []


def test_a_past_day_made_again_holds_for_everybody_else(first: Path, tmp_path: Path) -> None:
    root = tmp_path / "lake"
    shutil.copytree(first, root)
    lake, day = Lake(root, GROUP), date.fromisoformat(DAYS[0])
    run(DAYS[1], root)
    person = held_by_platforms(lake, day)
    forget(person, root)
    kept = tmp_path / "kept"
    done = velocity(
        "rebuild", DAYS[1], "--group", GROUP, "--lake", str(root), "--drop", str(SAMPLE_DROP), "--check", "--keep", str(kept)
    )
    said = done.stdout + done.stderr
    assert "forgotten since" in said
    made, second = Lake(kept, GROUP), date.fromisoformat(DAYS[1])
    for table in ("contact_record", "member", "transaction", "touch", "dms_sales", "crm_contacts", "privacy_requests"):
        mine, theirs = (one.read(table, second) for one in (lake, made))
        drop = [one for one in ("since",) if one in mine.columns]
        assert set(map(repr, mine.drop(drop).iter_rows())) == set(map(repr, theirs.drop(drop).iter_rows())), table
    assert files_that_name(kept, [person]) == []
