"""A preview of the sample day against what the day published, and against a day that was really run under the changed policy."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.lake import ROW_GROUP_ROWS, Lake
from assets.rehearsal import NotPublished, rehearse, step_of_table, tables_between
from tests.worlds import SAMPLE_DAY, SAMPLE_DROP, run_arguments, velocity

pytestmark = pytest.mark.slow
DAY = date.fromisoformat(SAMPLE_DAY)
NEW_AUDIENCE = """\
# A new audience: people who used the payment tool, whatever their tier.
audience: payment_tool_users
segment: in_market
title: "Used the payment tool"
purpose: "Leads"
owner: "team:bdc"
code: PT
cell_by: [brand]
priority: 5
rules:
  all:
    - {name: looked, when: "touches_30d > 0", reason: "{touches_30d} touches in 30 days"}
    - {name: known, when: "has_email or has_phone", reason: "can be written to"}
exclusions:
  - {name: staff, when: "is_staff"}
score: intent_score
stay_days: 30
channels: [search]
message: in_market_selection
"""


@pytest.fixture(scope="module")
def lake(sample_lake: Path) -> Lake:
    return Lake(sample_lake, SAMPLE_GROUP)


@pytest.fixture(autouse=True)
def untouched(lake: Lake) -> Iterator[None]:
    """No test here may write to the lake."""

    def stamps() -> dict[str, int]:
        return {path.as_posix(): path.stat().st_mtime_ns for path in lake.root.rglob("*") if path.is_file()}

    before = stamps()
    yield
    assert stamps() == before


def house(lake: Lake, policy: Path = PROJECT / "policy") -> House:
    return House(group=SAMPLE_GROUP, drop="", lake=str(lake.root), policy=str(policy))


def previewed(lake: Lake, folder: Path, *arguments: str) -> tuple[str, dict[str, pl.DataFrame], pl.DataFrame]:
    """What velocity preview says, its tables, and who moved."""
    extra = ("--out", str(folder / "out"), "--people", str(folder / "people.parquet"), "--html", str(folder / "page.html"))
    done = velocity("preview", *arguments, "--group", SAMPLE_GROUP, "--lake", str(lake.root), *extra)
    assert done.returncode == 0, done.stderr
    frames = {path.stem: pl.read_csv(path) for path in (folder / "out").glob("*.csv")}
    return done.stdout, frames, pl.read_parquet(folder / "people.parquet")


def test_what_is_rehearsed_under_the_same_policy_is_what_was_published_byte_for_byte(lake: Lake) -> None:
    tables = sorted(step_of_table())
    made = rehearse(house(lake), DAY, house(lake).rules, tables)
    assert set(made) == set(tables)
    for name, frame in made.items():
        written = io.BytesIO()
        frame.write_parquet(written, compression="zstd", statistics=True, row_group_size=ROW_GROUP_ROWS)
        assert written.getvalue() == lake.part(name, DAY).read_bytes(), name


def test_a_given_frame_stands_in_for_a_table(lake: Lake) -> None:
    nobody = lake.read("candidate", DAY).clear()
    made = rehearse(house(lake), DAY, house(lake).rules, ["membership"], given={"candidate": nobody})
    assert set(made) == {"eligibility", "membership", "channel_loss", "overlap", "arbitration_health", "assignment"}
    assert made["membership"].is_empty() and made["overlap"]["people"].sum() == 0


def test_a_day_that_was_not_run_is_refused(lake: Lake) -> None:
    with pytest.raises(NotPublished, match="run that day first"):
        rehearse(house(lake), date(2020, 1, 1), house(lake).rules, ["membership"])


def test_tables_between_are_what_a_change_makes_anew() -> None:
    assert tables_between({"membership"}, {"membership"}) == {"membership"}
    assert {"eligibility", "overlap"} <= tables_between({"candidate"}, {"eligibility", "overlap"})
    after_intent = tables_between({"intent"}, {"membership"})
    assert {"intent", "candidate", "membership"} <= after_intent and not {"rfm", "garage", "person"} & after_intent


def test_every_step_told_what_it_read_of_the_policy(lake: Lake) -> None:
    places = lake.home / "_policy" / "reads" / SAMPLE_DAY
    assert {path.stem for path in places.glob("*.json")} == set(step_of_table())
    read = {path.stem: json.loads(path.read_text(encoding="utf-8"))["sections"] for path in places.glob("*.json")}
    assert (
        "scoring.intent" in read["intent"] and "audiences" in read["membership"] and "triggers.triggers" in read["trigger_event"]
    )
    assert not any("*" in sections for sections in read.values())


def test_a_policy_that_was_not_changed_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    said, frames, moved = previewed(lake, tmp_path)
    assert "Nobody enters, leaves or changes the cell." in said and "computed anew in" in said
    assert moved.is_empty()
    assert (frames["sizes"]["before"] == frames["sizes"]["after"]).all()
    for name in ("budget", "funnel", "reach"):
        sides = [frames[name].filter(pl.col("side") == side).drop("side") for side in ("before", "after")]
        assert sides[0].equals(sides[1]), name


def test_halved_half_lives_move_exactly_whom_a_day_run_under_them_moves(lake: Lake, tmp_path: Path) -> None:
    root = tmp_path / "policy"
    shutil.copytree(PROJECT / "policy", root)
    scoring = root / "velocity_b" / "scoring.yaml"
    text = scoring.read_text(encoding="utf-8")
    halved = re.sub(r"(?<=half_life_days: )\d+", lambda found: str(int(found[0]) / 2), text)
    (tmp_path / "scoring.yaml").write_text(halved, encoding="utf-8")
    said, frames, moved = previewed(lake, tmp_path, str(tmp_path / "scoring.yaml"))
    assert "half_life_days" in said
    scoring.write_text(halved, encoding="utf-8")
    other = Lake(tmp_path / "lake", SAMPLE_GROUP)
    done = velocity(*run_arguments(SAMPLE_DAY, SAMPLE_DROP, other.root), "--policy", str(root))
    assert done.returncode == 3, done.stderr
    pair = ["audience", "person_id"]
    sides = [one.read("membership", DAY).select(*pair, "cell") for one in (lake, other)]
    assert not moved.is_empty()
    for change, here, there in (("enter", 1, 0), ("leave", 0, 1)):
        expected = sides[here].join(sides[there], on=pair, how="anti").select(pair).sort(pair)
        assert moved.filter(pl.col("change") == change).select(pair).sort(pair).equals(expected)
    # A lake of its own draws its arms anew, so cells are compared without the code of an arm.
    base = pl.col("cell").str.split("_").list.head(4).list.join("_")
    told = frames["cells"].group_by(base).agg(people=pl.col("after").sum()).filter(pl.col("people") > 0)
    assert dict(told.iter_rows()) == dict(sides[1].group_by(base).agg(people=pl.len()).iter_rows())


def test_a_new_audience_is_sized_and_everything_adds_up(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(NEW_AUDIENCE, encoding="utf-8")
    _, frames, moved = previewed(lake, tmp_path, str(tmp_path / "mine.yaml"))
    sizes = {row["audience"]: row for row in frames["sizes"].iter_rows(named=True)}
    mine = sizes["payment_tool_users"]
    assert mine["before"] == 0 and mine["after"] == mine["entered"] > 0
    assert moved.filter(pl.col("audience") == "payment_tool_users")["cause"].unique().to_list() == ["audience"]
    assert moved.filter(pl.col("change") == "move").is_empty(), "whoever has an arm keeps it"
    for (_, audience), steps in frames["funnel"].group_by("side", "audience", maintain_order=True):
        assert (steps["remaining"] == steps["remaining"][0] - steps["lost"].cum_sum()).all(), audience
    ends = frames["funnel"].filter(pl.col("step") == "members")
    for row in ends.iter_rows(named=True):
        assert row["remaining"] == sizes[row["audience"]][row["side"]]
    candidates = lake.read("candidate", DAY)
    looked = candidates.filter((pl.col("touches_30d") > 0) & (pl.col("has_email") | pl.col("has_phone")))
    steps = frames["funnel"].filter((pl.col("audience") == "payment_tool_users") & (pl.col("side") == "after"))
    assert steps.filter(pl.col("step") == "rule")["remaining"].to_list()[-1] == looked["person_id"].n_unique()
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "payment_tool_users" in page and "http" not in page.replace("http-equiv", "")
    assert not any(person in page for person in moved["person_id"])
