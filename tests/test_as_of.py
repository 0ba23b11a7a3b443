"""Nothing later than the day is used: every trait and every trigger of a built day, with the future added to all it reads.

The steps come from the registries, so a new one is covered as soon as it is there.
"""

import io
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets.catalogue import all_contracts
from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_input
from pipelines.step import Day, Step, steps_of
from tests.worlds import ROOT, SAMPLE_DAY

pytestmark = pytest.mark.slow
DAY = date.fromisoformat(SAMPLE_DAY)
GROUP = "velocity_sample"
STEPS = {step.tables[0].name: step for stage in ("traits", "triggers") for step in steps_of(f"pipelines.{stage}")}
LATE = timedelta(days=5)

# Tables whose rows carry a date of their own, and the columns that name a row: future rows are rows of the day under new
# names, with every date after the day. Who they are about stays as it is, so that they would count if anybody looked.
DATED = {
    "touch": ("touch_id",), "touch_day": (), "busy_minute": (), "session": (), "transaction": ("transaction_id",),
    "consent_event": ("consent_id",), "contact_record": ("record_id",), "inventory": ("vin", "row_key"),
    "vehicle_values": ("row_key",), "ownership_lists": ("row_key",), "garage": ("vin",), "vehicle": ("vin",),
}  # fmt: skip
# What earlier steps made for the day: its future is another day's partition, which is added to these and to all others.
MADE = {
    "member", "person", "household", "household_garage", "person_identifier", "retired_person", "id_event", "touch_exclusion",
    "web_attachment", "web_network", "address_seen", "trigger_memory",
    *(table.name for step in STEPS.values() for table in step.tables),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest) -> Path:
    """A lake with the sample day; SAMPLE_LAKE may name one that is there."""
    if given := os.environ.get("SAMPLE_LAKE"):
        return Path(given)
    return Path(request.getfixturevalue("sample_lake"))


@pytest.fixture(scope="module")
def day() -> Day:
    return Day(as_of=DAY, policy=load_policy(GROUP, ROOT / "policy"), seed="as of")


def frames(lake: Lake, step: Step, day: Day, more: Mapping[str, pl.DataFrame] | None = None) -> dict[str, bytes]:
    """The tables of a step as bytes, on the inputs of the lake, with rows put beneath some of them."""
    engine = DuckDBEngine()
    for one in step.inputs:
        read_input(lake, engine, one, day.as_of)
        if more and one.table in more and one.window != "previous":
            known = engine.sql(f'SELECT * FROM "{one.alias}"')
            engine.register(one.alias, pl.concat([known, more[one.table].select(known.columns).cast(known.schema)]))
    made = step.frames(engine, day)
    engine.close()
    return {name: as_bytes(frame) for name, frame in made.items()}


def as_bytes(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_ipc(out)
    return out.getvalue()


def rows(lake: Lake, table: str) -> pl.DataFrame:
    known = lake.read(table, DAY) if DAY in lake.days(table) else all_contracts()[table].schema.create_empty()
    return known.with_columns(dt=pl.lit(DAY))


def later(frame: pl.DataFrame, names: tuple[str, ...], shift: Callable[[date], date]) -> pl.DataFrame:
    """The rows under new names, with every date and moment on the day that `shift` makes of the day."""
    moved = [
        (pl.lit(shift(DAY)) if dtype == pl.Date else (pl.lit(shift(DAY)).cast(pl.Datetime("us")) + timedelta(hours=12)))
        .cast(pl.Date if dtype == pl.Date else pl.Datetime("us"))
        .pipe(lambda value, dtype=dtype: value.dt.replace_time_zone("UTC") if getattr(dtype, "time_zone", None) else value)
        .alias(name)
        for name, dtype in frame.schema.items()
        if name != "dt" and (dtype == pl.Date or isinstance(dtype, pl.Datetime))
    ]
    return frame.with_columns(*moved, *(pl.col(name) + "~later" for name in names))


@pytest.mark.parametrize("name", sorted(STEPS))
def test_every_input_has_a_future(name: str) -> None:
    unknown = {one.table for one in STEPS[name].inputs} - set(DATED) - MADE
    assert not unknown, f"say in DATED or MADE how the future of {sorted(unknown)} looks"


@pytest.mark.parametrize("name", sorted(STEPS))
def test_rows_dated_after_the_day_change_no_byte(built: Path, day: Day, name: str) -> None:
    lake, step = Lake(built, GROUP), STEPS[name]
    read = {one.table for one in step.inputs}
    future = {table: later(rows(lake, table), keys, lambda at: at + LATE) for table, keys in DATED.items() if table in read}
    future = {table: frame for table, frame in future.items() if frame.height}
    if "contact_record" in future and "member" in read:  # new mentions of people that are known
        member = rows(lake, "member")
        future["member"] = later(member, ("record_id",), lambda at: at + LATE)
    assert frames(lake, step, day, future) == frames(lake, step, day)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_life_event_that_is_still_to_come_changes_no_byte(built: Path, day: Day, name: str, tmp_path: Path) -> None:
    if not any(one.table == "person" for one in STEPS[name].inputs):
        pytest.skip("reads no people")
    event = [f"move@{DAY + LATE}", f"new_job@{DAY + LATE}"]
    lake = copied(built, tmp_path, ("person",))
    person = lake.read("person", DAY).with_columns(life_events=pl.concat_list("life_events", pl.lit(event)))
    person.write_parquet(lake.part("person", DAY))
    assert frames(lake, STEPS[name], day) == frames(Lake(built, GROUP), STEPS[name], day)


def copied(built: Path, to: Path, own: tuple[str, ...] = ()) -> Lake:
    """A lake of links to the tables of another, but for `own`, which are copied and may be written to."""
    home = to / GROUP
    home.mkdir()
    for folder in (built / GROUP).iterdir():
        if folder.name in own:
            shutil.copytree(folder, home / folder.name)
        elif folder.is_dir() and folder.name in all_contracts():
            (home / folder.name).mkdir()
            for part in folder.glob("dt=*"):
                (home / folder.name / part.name).symlink_to(part)
    return Lake(to, GROUP)


def after_two_days(built: Path, to: Path, *, is_late: bool) -> Lake:
    """The lake after two more days. On the first, facts of the past came late, where asked; on the second half of all is gone."""
    lake = copied(built, to)
    for table in {one.table for step in STEPS.values() for one in step.inputs}:
        known = rows(lake, table).drop("dt")
        late = later(known, DATED[table], lambda at: at - LATE) if table in DATED and is_late else known.clear()
        is_log = table in DATED and all_contracts()[table].kind == "log"
        for number, frame in enumerate((late if is_log else pl.concat([known, late]), known.gather_every(2)), start=1):
            place = lake.part(table, DAY + timedelta(days=number))
            place.parent.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(place)
    return lake


@pytest.fixture(scope="module")
def lived(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return after_two_days(built, tmp_path_factory.mktemp("lived"), is_late=True)


@pytest.fixture(scope="module")
def calm(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return after_two_days(built, tmp_path_factory.mktemp("calm"), is_late=False)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_what_later_days_brought_changes_no_byte_of_the_day(built: Path, lived: Lake, day: Day, name: str) -> None:
    assert frames(lived, STEPS[name], day) == frames(Lake(built, GROUP), STEPS[name], day)


SEES = ("intent", "rfm", "service", "trigger_event")  # steps that count deals, orders and touches, so that a late one shows


@pytest.mark.parametrize("name", SEES)
def test_a_fact_of_the_past_that_came_late_changes_the_day_that_it_came(lived: Lake, calm: Lake, day: Day, name: str) -> None:
    after = Day(as_of=DAY + timedelta(days=1), policy=day.policy, seed=day.seed)
    is_changed = frames(lived, STEPS[name], after) != frames(calm, STEPS[name], after)
    assert is_changed, "the tests above would find nothing if this did not"
