"""The events of web sessions as JSON lines of the GA4 export, built column by column."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator.clock import utc_seconds
from data_samples.simulator.columns import numbers, text
from data_samples.simulator.draws import Floats, Ints, repeat
from data_samples.simulator.sessions import BOT, LEAD, SERVICE, TABLET
from data_samples.simulator.web_kinds import EVENT_KINDS, KIND_NUMBER, MIXES, TWIN_OF
from data_samples.simulator.web_session import session_text
from data_samples.simulator.world import World

SECONDS_BETWEEN = 23
FORM_EVENTS = 3  # engagement, submission and the submission's twin
DRIVE_TAIL = ("drive_form_start", "drive_form")
TAILS = {
    LEAD: ("form_start", "form"),
    TABLET: ("form_start", "form"),
    SERVICE: ("service_page", "service_form"),
}


def event_lines(world: World, sessions: pl.DataFrame, hashed: pl.Series) -> pl.Series:
    """The JSON lines of some sessions, session after session. `hashed` is each lead's hashed e-mail."""
    row, number, kind = _kinds(world, sessions)
    row, number, kind, is_twin = _with_twins(row, number, kind)
    moments = _moments(world, sessions, row, number, is_twin)
    shared = session_text(world, sessions, hashed)
    is_form = pl.Series([one.is_form for one in EVENT_KINDS]).gather(kind)
    frame = pl.DataFrame(
        [
            shared["opening"].gather(row).alias("opening"),
            moments.alias("micros"),
            text([one.head for one in EVENT_KINDS]).gather(kind).alias("head"),
            shared["host"].gather(row).alias("host"),
            text([one.path for one in EVENT_KINDS]).gather(kind).alias("path"),
            shared["query"].gather(row).alias("query"),
            shared["lead"].gather(row).alias("lead"),
            shared["params"].gather(row).alias("params"),
            pl.Series("number", np.arange(len(row)) - np.searchsorted(row, row)),
            shared["closing"].gather(row).alias("closing"),
            _items(world, sessions, row, number, kind).alias("items"),
        ]
    )
    lead = pl.when(is_form).then("lead").otherwise(pl.lit(""))
    query = pl.concat_str(pl.when(pl.col("number") == 0).then("query").otherwise(pl.lit("")), pl.lit('"}}'))
    pieces = ("opening", "micros", "head", "host", "path", query, lead, "params", pl.col("micros").str.slice(6, 8))
    return frame.select(pl.concat_str(*pieces, pl.lit('","batch_event_index":"'), "number", "closing", "items")).to_series()


def _moments(world: World, sessions: pl.DataFrame, row: Ints, number: Ints, is_twin: NDArray[np.bool_]) -> pl.Series:
    """Microseconds since 1970 UTC, as text; a twin comes with its submission or less than a second after it."""
    start = utc_seconds(world.policy.group.time_zone, *numbers(sessions, "day", "second"))
    key = sessions["key"].to_numpy()[row]
    seconds = start[row] + number * SECONDS_BETWEEN + world.draws.integer("pause", 0, 17, key, number)
    lag = world.draws.integer("twin lag", -400_000, 900_000, key, number).clip(0) * is_twin
    return pl.Series(seconds * 1_000_000 + world.draws.integer("micros", 0, 999_999, key, number) + lag).cast(pl.String)


def _with_twins(row: Ints, number: Ints, kind: Ints) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """The events with the twin of every submission right behind it, with the same number, and which of them are twins."""
    place, copy = repeat(1 + np.isin(kind, list(TWIN_OF)).astype(np.int64))
    is_twin = copy == 1
    twins = np.array([TWIN_OF.get(one, one) for one in range(len(EVENT_KINDS))])
    return row[place], number[place], np.where(is_twin, twins[kind[place]], kind[place]), is_twin


def _kinds(world: World, sessions: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Session row, number in the session and kind of every event; the session's form comes last."""
    kind, count, stage, keys, drives = numbers(sessions, "kind", "events", "stage", "key", "wants_drive")
    row, number = repeat(count + np.where(np.isin(kind, list(TAILS)), len(DRIVE_TAIL), 0))
    u = world.draws.uniform("event kind", keys[row], number)
    result = np.zeros(len(row), dtype=np.int64)
    for one in MIXES:
        mine = kind[row] == one
        result[mine] = _mixed(one, u[mine], stage[row][mine])
        for offset, name in enumerate(TAILS.get(one, ())):
            last = mine & (number == count[row] + offset)
            result[last] = np.where(drives[row[last]], KIND_NUMBER[DRIVE_TAIL[offset]], KIND_NUMBER[name])
    result[number == 0] = KIND_NUMBER["start"]
    result[(number == 1) & (kind[row] != BOT)] = KIND_NUMBER["home"]
    return row, number, result


def _mixed(session_kind: int, u: Floats, stage: Floats) -> Ints:
    """Kinds of events by the session's kind; payment tools and calls come more often late in a journey."""
    tables = [np.cumsum([mix.get(one.name, 0.0) for one in EVENT_KINDS]) for mix in MIXES[session_kind]]
    early, late = (np.minimum(np.searchsorted(t / t[-1], u, side="right"), len(EVENT_KINDS) - 1) for t in tables)
    return np.where(stage > 0.55, late, early)


def _items(world: World, sessions: pl.DataFrame, row: Ints, number: Ints, kind: Ints) -> pl.Series:
    """The items array and the end of the line: the unit looked at, or nothing; forms are about the session's own unit."""
    key, first, second = numbers(sessions, "key", "unit", "other_unit")
    about_own = np.array([one.is_form for one in EVENT_KINDS])[kind]
    elsewhere = world.draws.chance("looks at another", 0.45, key[row], number) & ~about_own
    unit = np.where(elsewhere, second[row], first[row])
    used, position = np.unique(unit, return_inverse=True)
    slug = [pl.col(name).str.to_lowercase().str.replace_all(" ", "_") for name in ("make", "model")]
    values = (
        ("id", pl.col("vin")),
        ("number", pl.col("stock_number")),
        ("price", pl.col("price").round().cast(pl.Int64).cast(pl.String)),
        ("condition", pl.col("condition").replace({"cpo": "used"})),
        ("year", pl.col("year").cast(pl.String)),
        ("make", slug[0]),
        ("model", slug[1]),
        ("category", pl.col("body")),
    )
    cells = [piece for name, value in values for piece in (pl.lit(f'"item_{name}":"'), value, pl.lit('",'))][:-1]
    made = world.stock[used].select(pl.concat_str(pl.lit(',"items":[{'), *cells, pl.lit('"}]}'))).to_series()
    has = pl.Series([one.has_item for one in EVENT_KINDS]).gather(kind)
    return pl.select(pl.when(has).then(made.gather(position)).otherwise(pl.lit(',"items":[]}'))).to_series()
