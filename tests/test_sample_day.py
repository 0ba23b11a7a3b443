"""The whole graph on the sample world: from files in a folder to audiences and files for platforms."""

import csv
import json
from datetime import date

import duckdb
import polars as pl
import pytest

from assets.lake import Lake
from schemas.platforms import all_platforms
from tests.worlds import SAMPLE_DAY, SAMPLE_DROP, run_arguments, velocity

DAY = date.fromisoformat(SAMPLE_DAY)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, str, int]:
    root = tmp_path_factory.mktemp("sample")
    done = velocity(*run_arguments(SAMPLE_DAY, SAMPLE_DROP, root))
    return Lake(root, "velocity_sample"), done.stdout + done.stderr, done.returncode


@pytest.fixture(scope="module")
def lake(ran: tuple[Lake, str, int]) -> Lake:
    return ran[0]


def test_the_day_is_done_and_says_what_was_refused(ran: tuple[Lake, str, int]) -> None:
    _, said, code = ran
    assert code == 3, said
    assert "FAILED" not in said
    assert "The gzip stream ends early" in said and "UTF-16" in said


@pytest.mark.parametrize("segment", ["conquest", "in_market", "loyalty"])
def test_every_segment_has_members_with_reasons(lake: Lake, segment: str) -> None:
    members = lake.read(f"audience_{segment}", DAY)
    assert members.height > 0
    assert members["reasons"].list.len().min() > 0
    sentences = members["reasons"].explode().struct.field("sentence")
    assert sentences.null_count() == 0 and not sentences.str.contains(r"[{}]|\$[a-z_]").any(), "a sentence was not filled in"


def test_one_person_has_one_owner_per_channel_and_one_brand(lake: Lake) -> None:
    members = lake.read("membership", DAY)
    held = members.select("person_id", pl.col("channels").alias("channel")).explode("channel").drop_nulls("channel")
    assert held.height > 0 and not held.is_duplicated().any()
    assert members.group_by("person_id").agg(pl.col("brand").n_unique())["brand"].max() == 1


def test_no_owner_of_ours_is_in_conquest(lake: Lake) -> None:
    conquest, garage = lake.read("audience_conquest", DAY), lake.read("garage", DAY)
    ours = garage.filter(pl.col("is_current") & pl.col("is_own_brand"))["household_id"].unique()
    assert conquest.filter(pl.col("household_id").is_in(ours.implode())).is_empty()


def test_every_row_of_every_file_is_accounted_for(lake: Lake) -> None:
    files = lake.read("feed_file", DAY)
    assert (files["rows_read"] == files["rows_accepted"] + files["rows_quarantined"] + files["rows_superseded"]).all()
    for feed, rows in files.group_by("feed").agg(pl.col("rows_quarantined").sum()).iter_rows():
        whole_files = files.filter((pl.col("feed") == feed) & (pl.col("status") == "rejected")).height
        if feed != "unclaimed":
            assert lake.read(f"{feed}_quarantine", DAY).height == rows + whole_files


def test_google_gets_first_party_people_only_and_hashes_only(lake: Lake) -> None:
    sent = lake.read("export_member", DAY).filter(pl.col("platform") == "google")
    people = lake.read("person", DAY).filter(pl.col("is_first_party"))["person_id"]
    assert sent.filter(~pl.col("person_id").is_in(people.implode())).is_empty()
    bodies = list((lake.home / "_exports" / SAMPLE_DAY / "google").rglob("*.json"))
    assert bodies
    assert not any("@" in body.read_text() for body in bodies)
    for file in (lake.home / "_exports" / SAMPLE_DAY / "google").rglob("*.csv"):
        header = next(csv.reader(file.open(encoding="utf-8")))
        assert set(header) <= {"Email", "Phone", "First Name", "Last Name", "Country", "Zip"}


def test_nobody_suppressed_is_added_anywhere(lake: Lake) -> None:
    sent = lake.read("export_member", DAY).filter(pl.col("action") != "remove")
    suppression = lake.read("suppression", DAY).with_columns(pl.col("purpose").cast(pl.String))
    for name, platform in all_platforms().items():
        barred = suppression.filter(pl.col("purpose").is_in([platform.purpose, "all"]))["person_id"]
        assert sent.filter((pl.col("platform") == name) & pl.col("person_id").is_in(barred.implode())).is_empty()


def test_the_warehouse_answers_sql(lake: Lake) -> None:
    with duckdb.connect(str(lake.home / "warehouse.duckdb"), read_only=True) as warehouse:
        (members,) = warehouse.sql("SELECT count(*) FROM audience_loyalty_now").fetchall()[0]
        (views,) = warehouse.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall()[0]
    assert members == lake.read("audience_loyalty", DAY).height
    assert views > 80


def test_pages_open_without_a_network(lake: Lake) -> None:
    for name in ("audiences.html", "catalogue.html", "hygiene.html", "propensity.html", "validation.html"):
        html = (lake.home / "_site" / SAMPLE_DAY / name).read_text(encoding="utf-8")
        assert html.startswith("<!doctype html>") and "http" not in html.replace("http://www.w3.org", "")


def test_no_personal_data_is_said_or_kept_beside_the_tables(ran: tuple[Lake, str, int]) -> None:
    lake, said, _ = ran
    identifiers = lake.read("person_identifier", DAY).filter(pl.col("kind").is_in(["email", "phone"]))["value"].to_list()
    beside = [path for folder in ("_validation", "_accounts", "_manifests", "_site") for path in (lake.home / folder).rglob("*")]
    text = said + "".join(path.read_text(encoding="utf-8") for path in beside if path.is_file())
    assert [one for one in identifiers if one in text] == []


def test_no_column_that_must_never_enter_is_in_the_lake(lake: Lake) -> None:
    dropped = {one for row in lake.read("feed_file", DAY)["columns_dropped"].to_list() for one in row}
    assert "ssn" in dropped
    assert not any("000-00-0000" in json.dumps(row, default=str) for row in lake.read("crm_contacts_quarantine", DAY).to_dicts())
