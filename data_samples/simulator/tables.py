"""Writing a plain CSV feed: one file per delivery, with the declared headers, and now and then a fault."""

from collections.abc import Callable

import numpy as np
import polars as pl

from data_samples.simulator.days import compact
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer, as_lines, spoil
from schemas.sources import all_feeds

SPOILED_ONE_IN = 9
BAD_DATE = "13/45/2026"


def write_csv_feed(
    world: World,
    writer: Writer,
    feed: str,
    frame: pl.DataFrame,
    name: Callable[[str], str],
    by: tuple[str, ...] = (),
    extra: tuple[str, ...] = (),
    is_never_missing: bool = False,
) -> None:
    """One file per delivery, and per value of `by`, whose text replaces {0}, {1} in the name.

    `frame` has the feed's raw headers and `delivery`; rows of deliveries after the last one are dropped.
    `name` makes the file name from the stamp; `extra` are headers that the contract does not know.
    `is_never_missing`: a delivery without rows still sends its file, with a header only.
    """
    header = tuple(one.raw for one in all_feeds()[feed].fields) + extra
    frame = frame.filter(pl.col("delivery") < len(world.calendar.deliveries)).sort("delivery", *by, maintain_order=True)
    for values, part in frame.group_by("delivery", *by, maintain_order=True):
        stamp = compact(world.calendar.deliveries[int(str(values[0]))])
        file_name = name(stamp).format(*(str(one) for one in values[1:]))
        writer.put(feed, file_name, spoil(as_lines(part, header, ","), SPOILED_ONE_IN, file_name), len(part))
    if is_never_missing:
        for index in sorted(set(range(len(world.calendar.deliveries))) - set(frame["delivery"].to_list())):
            writer.put(feed, name(compact(world.calendar.deliveries[index])), as_lines(frame.clear(), header, ","), 0)


def with_bad_values(world: World, frame: pl.DataFrame, column: str, share: float = 0.003) -> pl.DataFrame:
    """Replaces a few cells of a date column by a date that does not exist."""
    bad = world.draws.chance(f"bad {column}", share, np.arange(len(frame)))
    return frame.with_columns(pl.when(pl.Series(bad)).then(pl.lit(BAD_DATE)).otherwise(column).alias(column))
