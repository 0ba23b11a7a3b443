"""Runs a whole day in this process, through the same job that the schedule runs."""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from assets.definitions import build
from assets.house import House
from assets.jobs import DAY_JOB
from assets.lake import Lake
from assets.partitions import daily

QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}  # progress and failures are told by the command itself


@dataclass(frozen=True)
class DayResult:
    """What came of a day."""

    day: date
    failures: tuple[str, ...]


class AlreadyRunning(Exception):
    """Another process writes this group's lake."""

    def __init__(self, lock: Path) -> None:
        super().__init__(f"another run writes this lake (lock {lock}); wait for it to end")


class DayNotOver(Exception):
    """The day has not begun in the group's time zone."""

    def __init__(self, day: date, last: str) -> None:
        super().__init__(f"{day} cannot be run: the last day that can is {last}, today in the group's time zone")


def run_day(
    house: House, day: date, tell: Callable[[str], None] = lambda line: None, *, is_recorded: bool = True,
    only_after: str | None = None,
) -> DayResult:  # fmt: skip
    """Run a day and return what failed, if anything. `tell` gets one line per finished asset; the UI shows what is recorded.

    `only_after` names an asset: it and what follows from it are made again, the rest of the day stays as it is.
    Errors: DayNotOver, AlreadyRunning.
    """
    last = daily(house.rules, day if day < house.rules.group.first_day else None).get_last_partition_key() or ""
    if day.isoformat() > last:
        raise DayNotOver(day, last)
    definitions = build(house, first_day=day)
    job = definitions.resolve_job_def(DAY_JOB)
    chosen = _after(definitions, only_after) if only_after else None
    total = len(chosen or list(job.nodes))
    with only_writer(house.tables), _instance(is_recorded=is_recorded) as instance:
        house.tables.sweep()
        tags = {"velocity/group": house.group, "velocity/lake": house.lake}
        _end_killed(instance, tags)
        done = _Progress(total, tell)
        listener = logging.getLogger("velocity.progress")
        listener.setLevel(logging.INFO)
        listener.addHandler(done)
        try:
            result = job.execute_in_process(
                partition_key=day.isoformat(),
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": QUIET},
                asset_selection=chosen,
                tags=tags,
            )
        finally:
            listener.removeHandler(done)
    failures = [_failure(event) for event in result.all_events if event.is_step_failure]
    return DayResult(day, tuple(failures))


def _after(definitions: dg.Definitions, name: str) -> list[dg.AssetKey]:
    """An asset and all that follows from it, in alphabetical order."""
    found = dg.AssetSelection.assets(name).downstream().resolve(definitions.resolve_asset_graph())
    return sorted(found, key=lambda key: key.to_user_string())


def _instance(*, is_recorded: bool) -> dg.DagsterInstance:
    """The instance of the working directory, so that the UI shows runs of the command too; else one that forgets."""
    here = Path.cwd()
    is_there = is_recorded and (here / "dagster.yaml").is_file()
    return dg.DagsterInstance.from_config(str(here)) if is_there else dg.DagsterInstance.ephemeral()


def _end_killed(instance: dg.DagsterInstance, tags: dict[str, str]) -> None:
    """End recorded runs of this lake that seem to go on: its lock is ours, so they were killed, and would hold up the queue."""
    going_on = dg.RunsFilter(tags=tags, statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(going_on):
        instance.report_run_failed(run, "The process of this run was killed.")


@contextmanager
def only_writer(lake: Lake) -> Iterator[None]:
    """Hold the lake's lock; the system lets go of it when the process ends, however it ends. Errors: AlreadyRunning."""
    place = lake.home / ".lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise AlreadyRunning(place) from busy
        yield


def _failure(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return f"{event.step_key}: {data.user_failure_data.description}"
    error = data.error.cause or data.error if data.error else None
    return f"{event.step_key}: {error.message.strip() if error else 'failed'}"


class _Progress(logging.Handler):
    """Turns the factory's log lines into numbered progress."""

    def __init__(self, total: int, tell: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._total, self._done, self._tell = total, 0, tell

    def emit(self, record: logging.LogRecord) -> None:
        if not getattr(record, "is_partial", False):
            self._done += 1
        self._tell(f"[{self._done}/{self._total}] {record.getMessage()}")
