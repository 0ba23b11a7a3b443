"""The web_events feed: gzip files of at most about 45,000 lines, some of them delivered again with late events."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import polars as pl

from data_samples.simulator.columns import text
from data_samples.simulator.contacts import sha256
from data_samples.simulator.days import compact
from data_samples.simulator.web_events import FORM_EVENTS, event_lines
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer, zipped

MOST_LINES = 45_000
LATE_SHARE = 0.01
UPDATED_ONE_DAY_IN = 5


def write_web(world: World, writer: Writer, sessions: pl.DataFrame, leads: pl.DataFrame) -> None:
    """All GA4 files. Lines are made while earlier ones are compressed; the order of files is fixed."""
    hashed = text(sha256(leads["email_1"].to_list()))
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[tuple[str, int, Future[bytes]]] = deque()
        for name, lines in _files(world, sessions, hashed):
            waiting.append((name, len(lines), pool.submit(_compressed, lines)))
            if len(waiting) > 2:
                _store(writer, *waiting.popleft())
        while waiting:
            _store(writer, *waiting.popleft())


def _compressed(lines: pl.Series) -> bytes:
    return zipped(("\n".join(lines.to_list()) + "\n").encode())


def _store(writer: Writer, name: str, rows: int, content: Future[bytes]) -> None:
    writer.put("web_events", name, content.result(), rows)


def _files(world: World, sessions: pl.DataFrame, hashed: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    """Name and lines of every file. A day with late events is sent without them, then whole."""
    for stem, has_late, part in _chunks(world, sessions):
        lines = event_lines(world, part, hashed)
        if has_late:
            late = world.draws.chance(f"late {stem}", LATE_SHARE, np.arange(len(lines)))
            yield f"{stem}.ndjson.gz", lines.filter(pl.Series(~late))
            yield f"{stem}_updated.ndjson.gz", lines
        else:
            yield f"{stem}.ndjson.gz", lines


def _chunks(world: World, sessions: pl.DataFrame) -> Iterator[tuple[str, bool, pl.DataFrame]]:
    """(file stem, whether it has late events, its sessions), in order of delivery."""
    deliveries = world.calendar.deliveries
    position = world.calendar.delivery_of(sessions["day"].to_numpy())
    count = sessions["events"].to_numpy() + FORM_EVENTS
    for index, delivery in enumerate(deliveries):
        mine = np.flatnonzero(position == index)
        if not len(mine):
            continue
        part = np.cumsum(count[mine]) // MOST_LINES
        is_daily = index > 0 and deliveries[index - 1] == delivery - 1 and not part[-1]
        for one in np.unique(part):
            stem = f"events_{compact(delivery)}" + (f"_part{one + 1:03d}" if part[-1] else "")
            yield stem, bool(is_daily and delivery % UPDATED_ONE_DAY_IN == 0), sessions[mine[part == one]]
