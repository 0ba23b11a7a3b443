"""Days whose files changed pin the new hashes, and the chain goes on from there: what is served is again what was pinned."""

from collections.abc import Iterable, Set
from datetime import date

from assets.forget_journal import Change
from assets.lake import Lake
from assets.rebuild_pins import chain_of, pins_of

PART_OF = "_exports/"


def repin(lake: Lake, changes: Iterable[Change], tombstone_id: str, aside: Set[str] = frozenset()) -> list[date]:
    """Renew the pins of days of which something changed, and the chain of every day after; return the days.

    A day of which nothing but tables `aside` changed does not say that somebody of it was forgotten.
    """
    changed: dict[date, dict[str, dict[str, str]]] = {}
    for one in changes:
        place = _place(one.file)
        if place:
            day, kind, name = place
            changed.setdefault(day, {"tables": {}, "exports": {}})[kind][name] = one.after
    days = sorted(date.fromisoformat(path.stem) for path in (lake.home / "_runs").glob("????-??-??.json"))
    before: dict[str, str] | None = None
    renewed = []
    for day in days:
        pins = pins_of(lake, day)
        if pins is None:
            continue
        was = dict(pins)
        if day in changed:
            for kind, names in changed[day].items():
                kept = {**pins[kind], **{name: sha for name, sha in names.items() if name in pins[kind]}}
                pins[kind] = {name: sha for name, sha in kept.items() if sha}
            if set(changed[day]["tables"]) - aside or changed[day]["exports"]:
                pins["forgotten"] = sorted({*pins.get("forgotten", []), tombstone_id})
        if before is not None and pins["previous"] is not None and pins["previous"]["day"] == before["day"]:
            pins["previous"] = before
        pins["chain"] = chain_of(pins["previous"], {"tables": pins["tables"], "exports": pins["exports"]})
        if pins != was:
            lake.write_json(f"_runs/{day.isoformat()}.json", pins)
            renewed.append(day)
        before = {"day": day.isoformat(), "chain": pins["chain"]}
    return renewed


def _place(file: str) -> tuple[date, str, str] | None:
    """The day, tables or exports, and the name under which a file is pinned; None for files that no day pins."""
    if file.startswith(PART_OF):
        day, _, name = file.removeprefix(PART_OF).partition("/")
        return date.fromisoformat(day), "exports", name
    table, _, rest = file.partition("/dt=")
    return (date.fromisoformat(rest[:10]), "tables", table) if rest else None
