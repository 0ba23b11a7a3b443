"""What a day pins, how its inputs are put together again, and what is told where it came out otherwise."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets import rebuild_pins
from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.lake import Lake
from assets.rebuild import NotTheSameWay, Rebuilt, notes, put_back, rebuilt
from assets.rebuild_compare import Compared, compare_files, compare_tables
from assets.rebuild_inputs import FilesGone, NotPinned, PlaceTaken, lay_files, lay_lake
from assets.rebuild_pins import pins_of, write_pins
from assets.seed import OtherSeed, seed_fingerprint
from schemas.tables.sources import FEED_FILE
from tests.audience_world import rows_of

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
FEED, NAME = "dms_sales", "DVD46301_20261117_2350_SL.txt"


def publish(lake: Lake, table: str, day: date, frame: pl.DataFrame) -> None:
    lake.publish(lake.stage(table, day, frame), table, day)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Three days of one table and of the account of files; Tuesday took one file."""
    drop = tmp_path / "drop"
    (drop / FEED).mkdir(parents=True)
    (drop / FEED / NAME).write_text("one")
    found = House(group=SAMPLE_GROUP, drop=str(drop), lake=str(tmp_path / "lake"), policy=str(PROJECT / "policy"))
    sha = rebuild_pins.digest(drop / FEED / NAME)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        took = {"feed": FEED, "file_name": NAME if day == TUESDAY else "", "file_sha256": sha if day == TUESDAY else ""}
        row = {**took, "status": "accepted" if day == TUESDAY else "missing"}
        publish(found.tables, "feed_file", day, rows_of(FEED_FILE, [row]))
        publish(found.tables, "rfm", day, pl.DataFrame({"day": [day], "score": [1.0]}))
        write_pins(found, day)
    return found


def test_a_day_pins_files_code_policy_libraries_and_no_seed(house: House) -> None:
    pins = pins_of(house.tables, TUESDAY)
    assert pins is not None
    assert [(one["feed"], one["name"], one["status"]) for one in pins["files"]] == [(FEED, NAME, "accepted")]
    assert pins["previous"]["day"] == MONDAY.isoformat()
    assert set(pins["tables"]) == {"feed_file", "rfm"}
    assert pins["libraries"]["polars"] == pl.__version__
    assert "velocity" not in (pins["seed"], pins["chain"])
    assert (house.tables.home / "_policy" / f"{pins['policy_hash']}.json").is_file()


def test_pinning_twice_is_the_same_and_another_past_is_another_chain(house: House) -> None:
    lake = house.tables
    before = pins_of(lake, WEDNESDAY)
    assert write_pins(house, WEDNESDAY) == before
    assert before and notes(lake, before, WEDNESDAY) == []
    publish(lake, "rfm", MONDAY, pl.DataFrame({"day": [MONDAY], "score": [2.0]}))
    write_pins(house, MONDAY)
    write_pins(house, TUESDAY)
    (said,) = notes(lake, before, WEDNESDAY)
    assert said.startswith("2026-11-17 or a day before it was run again since")


def test_other_code_and_libraries_are_told(house: House) -> None:
    pins = pins_of(house.tables, TUESDAY)
    assert pins is not None
    pins["code"], pins["libraries"]["polars"] = "f" * 64, "0.1"
    code, library = notes(house.tables, pins, TUESDAY)
    assert code.startswith("the code is another one: the day was made by ffffffffffff")
    assert library == f"polars is {pl.__version__}; the day was made with 0.1"


def test_the_lake_of_a_day_knows_what_came_before_and_nothing_else(house: House, tmp_path: Path) -> None:
    again = lay_lake(house.tables, tmp_path / "again", TUESDAY)
    assert again.days("rfm") == [MONDAY]
    assert pins_of(again, MONDAY) and pins_of(again, TUESDAY) is None
    publish(again, "rfm", MONDAY, pl.DataFrame({"day": [MONDAY], "score": [9.0]}))
    assert house.tables.read("rfm", MONDAY)["score"].to_list() == [1.0]
    with pytest.raises(PlaceTaken, match="is not empty"):
        lay_lake(house.tables, tmp_path / "again", TUESDAY)


def test_the_drop_folder_of_a_day_holds_its_files_only(house: House, tmp_path: Path) -> None:
    late = house.inbox / FEED / "DVD46302_20261117_2350_SL.txt"
    late.write_text("came later")
    pins = pins_of(house.tables, TUESDAY)
    assert pins is not None
    lay_files(pins, TUESDAY, house.inbox, tmp_path / "then")
    assert [one.name for one in (tmp_path / "then").rglob("*") if one.is_file()] == [NAME]


@pytest.mark.parametrize(("content", "why"), [(None, "is not there"), ("two", "is not what it was")])
def test_a_file_that_is_gone_or_changed_is_named(house: House, tmp_path: Path, content: str | None, why: str) -> None:
    place = house.inbox / FEED / NAME
    place.unlink() if content is None else place.write_text(content)
    pins = pins_of(house.tables, TUESDAY)
    assert pins is not None
    with pytest.raises(FilesGone, match=f"{FEED}/{NAME} {why}") as gone:
        lay_files(pins, TUESDAY, house.inbox, tmp_path / "then")
    assert list(gone.value.gone) == [f"{FEED}/{NAME}"]


def test_another_seed_and_an_unknown_day_are_refused_before_anything_runs(house: House) -> None:
    other = house.model_copy(update={"seed": "another"})
    assert seed_fingerprint("another") != seed_fingerprint(house.seed)
    with pytest.raises(OtherSeed, match="another seed"), rebuilt(other, TUESDAY):
        pass
    with pytest.raises(NotPinned, match="2026-11-16, 2026-11-17, 2026-11-18"), rebuilt(house, date(2026, 11, 20)):
        pass


def files(folder: Path, before: pl.DataFrame, after: pl.DataFrame) -> tuple[Path, Path]:
    places = folder / "before.parquet", folder / "after.parquet"
    before.write_parquet(places[0])
    after.write_parquet(places[1])
    return places


BASE = pl.DataFrame({"id": ["a", "b"], "score": [1.0, None], "names": [["x"], ["y", "z"]]})


@pytest.mark.parametrize(
    ("after", "column", "detail"),
    [
        (BASE.with_columns(score=pl.Series([1.0, 0.0])), "score", "1 of 2 rows"),
        (BASE.with_columns(names=pl.Series([["x"], ["z", "y"]])), "names", "1 of 2 rows"),
        (BASE.head(1), "id", "2 rows before, 1 now"),
        (BASE.with_columns(pl.col("score").cast(pl.Float32)), "score", "Float64 before, Float32 now"),
        (BASE.drop("names"), "names", "List(String) before, no such column now"),
        (BASE.select("score", "id", "names"), "id", "the columns stand in another order"),
    ],
)
def test_the_first_column_that_differs_is_named(tmp_path: Path, after: pl.DataFrame, column: str, detail: str) -> None:
    found = compare_files("t", *files(tmp_path, BASE, after))
    assert (found.verdict, found.column, found.detail) == ("differs", column, detail)


def test_the_same_rows_in_other_bytes_are_no_difference(tmp_path: Path) -> None:
    before, after = files(tmp_path, BASE, BASE)
    BASE.write_parquet(after, compression="snappy")
    assert before.read_bytes() != after.read_bytes()
    assert compare_files("t", before, after).is_good


def test_what_was_lost_damaged_or_never_there_is_told(tmp_path: Path) -> None:
    lake, again = Lake(tmp_path / "a", "g"), Lake(tmp_path / "b", "g")
    for table in ("damaged", "lost", "new"):
        publish(again, table, MONDAY, BASE)
    publish(lake, "damaged", MONDAY, BASE.head(1))
    publish(lake, "gone", MONDAY, BASE)
    right = rebuild_pins.digest(again.part("damaged", MONDAY))
    found = compare_tables(lake, again, MONDAY, {"damaged": right, "lost": right, "gone": right})
    assert [(one.name, one.verdict) for one in found] == [
        ("damaged", "damaged"),
        ("gone", "gone"),
        ("lost", "lost"),
        ("new", "new"),
    ]


def test_only_what_was_made_the_same_way_is_put_back(tmp_path: Path) -> None:
    lake, again = Lake(tmp_path / "a", "g"), Lake(tmp_path / "b", "g")
    publish(again, "lost", MONDAY, BASE)
    found = (Compared("lost", "lost"),)
    with pytest.raises(NotTheSameWay, match="the code is another one"):
        put_back(lake, Rebuilt(MONDAY, again, ("the code is another one",), found))
    assert put_back(lake, Rebuilt(MONDAY, again, (), found)) == ["lost"]
    assert lake.read("lost", MONDAY).equals(BASE)
