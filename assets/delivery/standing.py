"""Which day may be delivered: the newest with exports, once its run is past the point where deliveries are counted in.

LAKE/<group>/_delivery/closed.json    the day whose run last counted, and the file of its exports then: another file is newer
"""

from datetime import date

from assets.lake import Lake

PLACE = "_delivery/closed.json"


class NoExports(Exception):
    """A day that has no exports to deliver."""

    def __init__(self, lake: Lake, day: date) -> None:
        known = lake.days("export_member")
        has = f"the newest day with exports is {known[-1]}" if known else "no day has any"
        super().__init__(f"{lake.home} holds no exports of {day}; {has}. Run the day first: velocity run --date {day}")


class NotNewest(Exception):
    """A day that a later one has overtaken: what it did not deliver, the later one asks again."""

    def __init__(self, day: date, newest: date) -> None:
        self.newest = newest
        super().__init__(f"{day} is closed: the exports of {newest} ask again for whatever was not confirmed. Deliver {newest}")


class BeingMade(Exception):
    """A day whose run counted what was delivered and has not yet made the exports that follow from it."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the exports of {day} are being made, or its run failed on the way; run {day} to its end first")


def check_day(lake: Lake, day: date) -> None:
    """Raises NoExports, NotNewest or BeingMade where a day may not be delivered."""
    known = lake.days("export_member")
    counted = lake.read_json(PLACE) or {}
    if day not in known:
        raise NoExports(lake, day)
    if known[-1] != day:
        raise NotNewest(day, known[-1])
    if counted and date.fromisoformat(counted["day"]) >= day and counted["exports"] == _file_of(lake, day):
        raise BeingMade(day)
    if counted and date.fromisoformat(counted["day"]) > day:
        raise BeingMade(date.fromisoformat(counted["day"]))


def shut(lake: Lake, day: date) -> None:
    """Nothing is delivered until the exports of a day are made anew."""
    lake.write_json(PLACE, {"day": day.isoformat(), "exports": _file_of(lake, day)})


def _file_of(lake: Lake, day: date) -> list[int] | None:
    part = lake.part("export_member", day)
    return [part.stat().st_ino, part.stat().st_mtime_ns] if part.is_file() else None
