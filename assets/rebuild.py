"""Makes a past day again from what it pinned, beside the lake, and says what differs. The day's own run does the work."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.house import House
from assets.lake import Lake
from assets.policy_reads import code_hash
from assets.rebuild_compare import EXPORT, Compared, compare_exports, compare_tables
from assets.rebuild_inputs import NotPinned, lay_files, lay_lake, pinned_policy
from assets.rebuild_pins import libraries, pins_of, previous_link
from assets.run_day import only_writer, run_day
from assets.seed import check_seed

_LAKE, _DROP = "lake", "drop"


class RebuildFailed(Exception):
    """Steps that failed when the day was made again."""

    def __init__(self, day: date, failures: tuple[str, ...]) -> None:
        self.failures = failures
        super().__init__(f"{day} could not be made again: {'; '.join(failures)}")


@dataclass(frozen=True)
class Rebuilt:
    """A day made again. `notes` say in what the ways differ; `found` has a row per table and export."""

    day: date
    lake: Lake
    notes: tuple[str, ...]
    found: tuple[Compared, ...]

    @property
    def differing(self) -> list[Compared]:
        """What the lake does not hold as it was made again."""
        return [one for one in self.found if not one.is_good]


@contextmanager
def rebuilt(
    house: House, day: date, keep: Path | None = None, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Rebuilt]:
    """Make a day again below `keep`, or in a folder that goes at the end, and compare. The lake is only read.

    The policy is the one that the day pinned; `house` gives lake, drop folder and seed.
    Errors: NotPinned, OtherSeed, FilesGone, PolicyGone, PlaceTaken, RebuildFailed.
    """
    pins = pins_of(house.tables, day)
    if pins is None:
        raise NotPinned(house.tables, day)
    check_seed(pins, house.seed, day)
    with tempfile.TemporaryDirectory(prefix="velocity-rebuild-") as folder:
        again = _house_of(house, pins, day, keep or Path(folder) / _LAKE, Path(folder) / _DROP)
        failures = run_day(again, day, tell, is_recorded=False).failures
        if failures:
            raise RebuildFailed(day, failures)
        yield Rebuilt(
            day, again.tables, tuple(notes(house.tables, pins, day)), tuple(_compared(house.tables, again.tables, pins, day))
        )


def _house_of(house: House, pins: dict[str, Any], day: date, root: Path, drop: Path) -> House:
    policy = pinned_policy(house.tables, pins, day)
    lay_files(pins, day, house.inbox, drop)
    lake = lay_lake(house.tables, root, day)
    return House(
        group=house.group,
        drop=str(drop),
        lake=str(lake.root),
        policy=str(policy),
        seed=house.seed,
        memory_limit=house.memory_limit,
    )


def _compared(lake: Lake, again: Lake, pins: dict[str, Any], day: date) -> list[Compared]:
    return [*compare_tables(lake, again, day, pins["tables"]), *compare_exports(lake, again, day, pins["exports"])]


def notes(lake: Lake, pins: dict[str, Any], day: date) -> list[str]:
    """What is not as it was on the day, in sentences: code, libraries, the days before."""
    said = []
    if pins["code"] != code_hash():
        said.append(f"the code is another one: the day was made by {pins['code'][:12]}, this is {code_hash()[:12]}")
    now = dict(libraries())
    for name in sorted({*pins["libraries"], *now}):
        then, here = pins["libraries"].get(name, "none"), now.get(name, "none")
        if then != here:
            said.append(f"{name} is {here}; the day was made with {then}")
    if pins.get("forgotten"):
        said.append(
            f"people were forgotten since ({len(pins['forgotten'])}): what is counted, ranked or learned comes out without them"
        )
    before = previous_link(lake, day)
    if before != pins["previous"]:
        said.append(_other_past(pins["previous"], before))
    return said


def _other_past(then: dict[str, str] | None, here: dict[str, str] | None) -> str:
    if then is None or here is None or then["day"] != here["day"]:
        names = [one["day"] if one else "no day" for one in (then, here)]
        return f"the day before it is not the one it built on: that was {names[0]}, the lake now has {names[1]}"
    return f"{then['day']} or a day before it was run again since, and came out otherwise: what this day built on is no more"


class NotTheSameWay(Exception):
    """A day that was made again in another way than the lake's must not stand in for it."""

    def __init__(self, day: date, said: tuple[str, ...]) -> None:
        super().__init__(f"nothing of {day} was put back: {'; '.join(said)}. Run the day instead, and every day after it")


def put_back(lake: Lake, made: Rebuilt) -> list[str]:
    """Publish what the lake lost or holds otherwise, each atomically; return the names. Errors: NotTheSameWay, AlreadyRunning."""
    if made.notes:
        raise NotTheSameWay(made.day, made.notes)
    top, done = f"_exports/{made.day.isoformat()}", []
    with only_writer(lake):
        for name in [one.name for one in made.differing]:
            if name.startswith(EXPORT):
                place = made.lake.home / top / name.removeprefix(EXPORT)
            else:
                place = made.lake.part(name, made.day)
            if place.is_file():
                lake.write_bytes(place.relative_to(made.lake.home).as_posix(), place.read_bytes())
                done.append(name)
    return done
