"""Takes a person out of what is no table: files for platforms, records of the service, and whatever else lies in the lake."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.forget_journal import FOLDER, Journal
from assets.forget_subject import Subject
from assets.forget_tables import of_rows
from assets.lake import ROW_GROUP_ROWS, STAGED, Lake
from assets.service.audit import FOLDER as AUDIT
from pipelines.activation.render import render
from schemas.platforms import all_platforms
from schemas.policy import Policy

EXPORTS = "_exports"
SHORTEST = 6  # characters; a shorter text says nothing inside a longer one
FORGOTTEN_TEXT = "[forgotten]"
LINES = (".csv", ".jsonl", ".tsv", ".ndjson", ".log", ".txt")
BINARY = (".duckdb", ".db", ".sqlite", ".gz", ".zip", ".png")


def erase_exports(journal: Journal, policy: Policy, affected: Mapping[date, set[str]]) -> None:
    """Draw the files of platforms again for days on which somebody left the table export_member: day -> platforms."""
    lake = journal.lake
    for day, platforms in sorted(affected.items()):
        members = lake.read("export_member", day)
        for platform in sorted(platforms):
            _draw_again(journal, policy, day, platform, members)


def _draw_again(journal: Journal, policy: Policy, day: date, platform: str, members: pl.DataFrame) -> None:
    top = journal.lake.home / EXPORTS / day.isoformat()
    if not (top / platform).is_dir():
        return
    account = policy.channels.platforms.get(platform)
    ids = account.delivery.audience_ids if account and account.delivery else {}
    files = render(platform, members, account.account if account else "", ids)
    for place in sorted(one for one in (top / platform).rglob("*") if one.is_file()):
        name = place.relative_to(top).as_posix()
        if name not in files:
            journal.change(place, None, 1, 0)
        elif files[name] != place.read_bytes():
            journal.change(place, _beside(journal.lake, place, files[name]), 1, 0)
    for name in sorted(set(files) - {one.relative_to(top).as_posix() for one in (top / platform).rglob("*")}):
        journal.lake.write_bytes(f"{EXPORTS}/{day.isoformat()}/{name}", files[name])


def platforms_of(lake: Lake, subject: Subject) -> dict[date, set[str]]:
    """Platforms whose files of a day name the person, by the table that they are drawn from."""
    found: dict[date, set[str]] = {}
    for day in lake.days("export_member"):
        rows = lake.read("export_member", day).filter(pl.col("person_id").is_in(sorted(subject.ids_on(day))))
        names = {one for one in rows["platform"].unique() if one in all_platforms() and all_platforms()[one].renderer}
        if names:
            found[day] = names
    return found


def erase_audit(journal: Journal, subject: Subject) -> None:
    """Records of the service keep their line under the tombstone id. An id has one length, so that a line that is being
    appended to is never moved."""
    for place in sorted((journal.lake.home / AUDIT).glob("*.jsonl")):
        content = place.read_bytes()
        cleaned, count = content, 0
        for one in sorted(subject.ids):
            old, new = one.encode(), journal.tombstone_id.encode()
            if len(old) == len(new):
                count += cleaned.count(old)
                cleaned = cleaned.replace(old, new)
        if not count:
            continue
        if place.name.startswith("open-") and not place.is_symlink():
            _overwrite(place, content, cleaned)
        else:
            journal.change(place, _beside(journal.lake, place, cleaned), 0, count)


def _overwrite(place: Path, before: bytes, after: bytes) -> None:
    handle = os.open(place, os.O_WRONLY)
    try:
        for start in (at for at in range(len(before)) if before[at] != after[at]):
            os.pwrite(handle, after[start : start + 1], start)
        os.fsync(handle)
    finally:
        os.close(handle)


def others(lake: Lake) -> Iterator[Path]:
    """Files of the lake that are neither partitions nor scratch nor the journal."""
    for place in sorted(lake.home.rglob("*")):
        below = place.relative_to(lake.home).parts
        if not place.is_file() or place.is_symlink() or below[0] in (STAGED, ".spill", ".lock", FOLDER):
            continue
        if len(below) == 3 and below[1].startswith("dt=") and place.suffix == ".parquet":
            continue
        yield place


def needles(subject: Subject) -> list[str]:
    """Texts that must not stand in any file."""
    return sorted(one for one in subject.tokens(None) if len(one) >= SHORTEST)


def pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds the texts where they stand for themselves, not inside a longer number, name or address of somebody else."""
    ordered = sorted(texts, key=lambda one: (-len(one), one))
    ends = {True: r"(?![\w-]|\.\w)", False: r"(?![\w-])"}
    return re.compile("|".join(rf"(?<![\w.+|-]){re.escape(one)}{ends['@' in one]}" for one in ordered) or r"(?!)")


def may_name(content: str, texts: list[str]) -> bool:
    """Whether one of the texts stands anywhere in a longer one; quick, where the pattern is not."""
    return bool(texts) and bool(pl.Series([content.encode("utf-8", "replace").decode()]).str.contains_any(texts).item())


def erase_others(journal: Journal, subject: Subject) -> None:
    """Whatever other file names the person: rows of Parquet and lines go, entries of JSON go, words of pages are blotted out."""
    texts = needles(subject)
    wanted = pattern(texts)
    for place in others(journal.lake):
        if place.suffix == ".parquet":
            _parquet(journal, subject, place)
        elif place.suffix not in BINARY:
            content = place.read_text(encoding="utf-8", errors="surrogateescape")
            if may_name(content, texts) and wanted.search(content):
                cleaned = _cleaned(place, content, wanted).encode("utf-8", "surrogateescape")
                journal.change(place, _beside(journal.lake, place, cleaned), 1, 0)


def _parquet(journal: Journal, subject: Subject, place: Path) -> None:
    rows = pl.read_parquet(place)
    found = of_rows(rows, subject.tokens(None))
    if found:
        beside = journal.lake.staged(f"forget-{place.stem}", date.min)
        found.rows.write_parquet(beside, compression="zstd", statistics=True, row_group_size=ROW_GROUP_ROWS)
        journal.change(place, beside, found.removed, found.blanked)


def _cleaned(place: Path, content: str, wanted: re.Pattern[str]) -> str:
    if place.suffix in LINES:
        return "".join(line for line in content.splitlines(keepends=True) if not wanted.search(line))
    if place.suffix == ".json":
        try:
            return json.dumps(_pruned(json.loads(content), wanted), indent=1, sort_keys=True)
        except ValueError:
            return wanted.sub(FORGOTTEN_TEXT, content)
    return wanted.sub(FORGOTTEN_TEXT, content)


def _pruned(value: Any, wanted: re.Pattern[str]) -> Any:
    """A document without entries of lists that name the person; what names them elsewhere is blotted out."""
    if isinstance(value, list):
        return [_pruned(one, wanted) for one in value if not wanted.search(json.dumps(one, ensure_ascii=False))]
    if isinstance(value, dict):
        return {key: _pruned(one, wanted) for key, one in value.items() if not wanted.search(key)}
    return wanted.sub(FORGOTTEN_TEXT, value) if isinstance(value, str) else value


def _beside(lake: Lake, place: Path, content: bytes) -> Path:
    beside = lake.home / STAGED / f"forget-{place.name}-{os.getpid()}"
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(content)
    return beside
