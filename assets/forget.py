"""Forgets a person: out of every table, partition and file; removals queued, a tombstone against a re-pull, and a proof.

The order is one that a kill -9 may cut anywhere: first it is written down who it is, then removals and tombstones, then file by
file, each by one rename, then pins and proof; last goes what was written down. `resume` finishes what was cut.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from assets import forget_removals as removals
from assets import forget_tombstones
from assets.arrivals import digest
from assets.forget_files import erase_audit, erase_exports, erase_others, needles, pattern, platforms_of
from assets.forget_journal import Change, Journal, unfinished
from assets.forget_pins import repin
from assets.forget_scan import left_over
from assets.forget_subject import NobodyThere, Subject, subject_of
from assets.forget_tables import OURS, erase_tables, erased, partitions
from assets.house import House
from assets.lake import Lake
from assets.policy_reads import code_hash
from assets.seed import check_lake
from pipelines.activation.forget_keys import Hasher
from pipelines.activation.forget_match import Tombstones, tombstones
from pipelines.identity.ids import keyed_id
from schemas.tables.forgotten import FORGET_PROOF, ForgetProof

PREFIX = "x"  # one letter, as of persons: a record of the service keeps its length when the id is replaced


class TellsTooMuch(Exception):
    """A reason that names the person."""

    def __init__(self) -> None:
        super().__init__("--reason holds an identifier of the person; it is kept for good: name the request, not the person")


@dataclass(frozen=True)
class Asked:
    """Why somebody is forgotten, by whom, on which day of the lake, and the moment as it is told (a day in a daily run)."""

    reason: str
    by: str
    day: date
    at: str


@dataclass(frozen=True)
class Preview:
    """What would go: file, rows removed, rows blanked; removals per platform."""

    tombstone_id: str
    files: list[tuple[str, int, int]]
    platforms: dict[str, int]


def newest_day(lake: Lake) -> date:
    """The newest day of the lake. Errors: NobodyThere where no day was run."""
    days = lake.days("member")
    if not days:
        raise NobodyThere(lake, "")
    return days[-1]


def placeholders(house: House) -> frozenset[str]:
    """E-mails and phones that policy says are nobody's."""
    rules = house.rules.identity
    return frozenset({*(one.lower() for one in rules.placeholder_emails), *(f"+1{one}" for one in rules.placeholder_phones)})


def forget(house: House, person_id: str, asked: Asked) -> dict[str, Any]:
    """Forget a person and return the certificate. Hold the lake's lock. Errors: NobodyThere, TellsTooMuch, OtherSeed."""
    lake = house.tables
    check_lake(lake, house.seed)
    resume(house)
    subject = subject_of(lake, person_id, placeholders(house))
    if pattern(needles(subject)).search(asked.reason):
        raise TellsTooMuch
    journal = Journal(lake, keyed_id(PREFIX, house.seed, "forgotten", subject.person_id, asked.day.isoformat()))
    platforms = {day.isoformat(): sorted(names) for day, names in platforms_of(lake, subject).items()}
    told = {"reason": asked.reason, "by": asked.by, "day": asked.day.isoformat(), "at": asked.at, "platforms": platforms}
    journal.begin({**told, "subject": subject.as_json()})
    return _finish(house, journal)


def resume(house: House) -> list[dict[str, Any]]:
    """Finish every erasure that was cut; return their certificates. Hold the lake's lock."""
    return [_finish(house, one) for one in unfinished(house.tables)]


def preview(house: House, person_id: str) -> Preview:
    """What would go. Nothing is changed. Errors: NobodyThere, OtherSeed."""
    check_lake(house.tables, house.seed)
    lake, day = house.tables, newest_day(house.tables)
    subject = subject_of(lake, person_id, placeholders(house))
    tombstone_id = keyed_id(PREFIX, house.seed, "forgotten", subject.person_id, day.isoformat())
    stones = _stones(house, subject, tombstone_id, day)
    files = []
    for table, one in partitions(lake):
        found = erased(table, lake.part(table, one), one, subject, stones, tombstone_id)
        if found:
            files.append((f"{table}/dt={one}", found.removed, found.blanked))
    held = removals.held_of(lake, subject).group_by("platform").len().sort("platform")
    return Preview(tombstone_id, files, dict(held.iter_rows()))


def settle(house: House, day: date) -> list[dict[str, Any]]:
    """Purge what was kept until removals were confirmed. Hold the lake's lock."""
    lake = house.tables
    done = removals.confirmed(lake, day)
    certificates = []
    for (tombstone_id,), rows in sorted(done.partition_by("tombstone_id", as_dict=True).items()):
        journal = Journal(lake, str(tombstone_id), _turn(lake, str(tombstone_id)))
        subject = _of_removals(rows)
        platforms = {one.isoformat(): sorted(names) for one, names in platforms_of(lake, subject).items()}
        told = {"reason": "removals are confirmed", "by": "velocity", "day": day.isoformat(), "at": day.isoformat()}
        journal.begin(
            {
                **told,
                "platforms": platforms,
                "subject": subject.as_json(),
                "removals": rows.select("platform", "cell", "person_id").rows(),
            }
        )
        certificates.append(_finish(house, journal))
    return certificates


def _turn(lake: Lake, tombstone_id: str) -> int:
    proofs = [lake.read(FORGET_PROOF.name, one) for one in lake.days(FORGET_PROOF.name)]
    turns = [one.filter(pl.col("tombstone_id") == tombstone_id)["turn"].max() for one in proofs]
    return 1 + max((int(one) for one in turns if isinstance(one, int)), default=1)


def _of_removals(rows: pl.DataFrame) -> Subject:
    """A person as removals still name them: ids and identifiers."""
    listed = rows["identifiers"].explode().drop_nulls().to_list()
    own = {one for one in listed if one.partition(":")[0] in ("email", "phone", "address")}
    own |= {one.partition(":")[2] for one in own}
    ids = frozenset(rows["person_id"].to_list())
    return Subject(min(ids), ids, {}, frozenset(), {}, frozenset(own), frozenset(), {}, frozenset())


def stones_of(house: House, person_id: str) -> Tombstones:
    """What somebody's tombstone will hold. Errors: NobodyThere."""
    day = newest_day(house.tables)
    return _stones(house, subject_of(house.tables, person_id, placeholders(house)), "", day)


def _stones(house: House, subject: Subject, tombstone_id: str, day: date) -> Tombstones:
    return tombstones(subject.tombstones(tombstone_id, Hasher(house.seed), day), house.seed)


def _finish(house: House, journal: Journal) -> dict[str, Any]:
    """Do what the journal says, from wherever it was cut."""
    lake, told = house.tables, journal.told()
    subject, day = Subject.of_json(told["subject"]), date.fromisoformat(told["day"])
    if journal.turn == 1:
        if not told.get("is_queued"):
            removals.queue(lake, day, removals.held_of(lake, subject), journal.tombstone_id)
            journal.begin({**told, "is_queued": True})
        forget_tombstones.add(lake, day, subject.tombstones(journal.tombstone_id, Hasher(house.seed), day))
    erase_tables(journal, subject, _stones(house, subject, journal.tombstone_id, day))
    affected = {date.fromisoformat(one): set(names) for one, names in told["platforms"].items()}
    erase_exports(journal, house.rules, affected)
    erase_audit(journal, subject)
    erase_others(journal, subject)
    if journal.turn > 1:
        keys = pl.DataFrame(told["removals"], schema=["platform", "cell", "person_id"], orient="row")
        removals.drop(lake, keys.cast(pl.String))
    return _prove(journal, subject, told, day)


def _prove(journal: Journal, subject: Subject, told: dict[str, Any], day: date) -> dict[str, Any]:
    """Scan, renew pins, write the proof, and drop the journal."""
    lake, changes = journal.lake, journal.changes()
    left = left_over(lake, subject)
    _add_proof(lake, journal, changes, day)
    ours = [
        Change(f"{one}/dt={on}/part-0.parquet", "", digest(lake.part(one, on)), 0, 0) for one in OURS for on in lake.days(one)
    ]
    days = repin(lake, [*changes, *ours], journal.tombstone_id, {one for one in OURS})
    pending = removals.of_day(lake, day).filter(pl.col("tombstone_id") == journal.tombstone_id) if journal.turn == 1 else None
    certificate = {
        "tombstone_id": journal.tombstone_id,
        "turn": journal.turn,
        "group": lake.group,
        "day": day.isoformat(),
        "at": told["at"],
        "by": told["by"],
        "reason": told["reason"],
        "code": code_hash(),
        "files_changed": len(changes),
        "rows_removed": sum(one.removed for one in changes),
        "rows_blanked": sum(one.blanked for one in changes),
        "by_table": _by_table(changes),
        "removals_queued": dict(pending.group_by("platform").len().sort("platform").iter_rows()) if pending is not None else {},
        "days_pinned_anew": [one.isoformat() for one in days],
        "left_in": dict(sorted(left.items())),
        "is_complete": not left,
        "files": [
            {"file": one.file, "before": one.before, "after": one.after, "removed": one.removed, "blanked": one.blanked}
            for one in changes
        ],
    }
    journal.end(certificate)
    return certificate


def _by_table(changes: list[Change]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in changes:
        kept = found.setdefault(one.file.split("/")[0], {"files": 0, "removed": 0, "blanked": 0})
        kept["files"] += 1
        kept["removed"] += one.removed
        kept["blanked"] += one.blanked
    return found


def _add_proof(lake: Lake, journal: Journal, changes: list[Change], day: date) -> None:
    rows = [
        (journal.tombstone_id, one.file, journal.turn, one.removed, one.blanked, one.before, one.after, day) for one in changes
    ]
    before = lake.read(FORGET_PROOF.name, day) if day in lake.days(FORGET_PROOF.name) else ForgetProof.create_empty()
    told = pl.DataFrame(rows, schema=dict(before.schema), orient="row")
    kept = pl.concat([before, told]).unique(FORGET_PROOF.key, keep="last", maintain_order=True).sort(FORGET_PROOF.key)
    lake.publish(lake.stage(FORGET_PROOF.name, day, kept), FORGET_PROOF.name, day)
