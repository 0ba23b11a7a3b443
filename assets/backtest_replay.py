"""Past days again, for back-tests: from their own partitions where the lake holds them, else put together from the newest day.

A reconstructed day knows what files had said by then, under the identity of the newest day: see docs/backtest.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

import polars as pl

from assets.engine import DuckDBEngine
from assets.house import House
from assets.rehearsal import inputs_of, rehearse, step_of_table, tables_between
from assets.table import schema_of
from pipelines.measurement.backtest_identity import present_ids, under_present_ids
from pipelines.measurement.backtest_known import numbered, rows_on, transactions_on, versions_until
from pipelines.records.transaction import FEEDS
from schemas.policy import Policy
from schemas.sources import all_feeds

Kind = Literal["own", "reconstructed"]
REMADE_STAGES = ("traits", "triggers", "audiences")  # what is thought of people anew; who they are stays as on the base day
REMADE = ("garage", "household_garage")
MOVED = ("transaction", "touch", "garage")  # what differs between days, and so all that follows from it


@dataclass(frozen=True)
class PastDay:
    """The tables of a past day by name, and where they come from."""

    day: date
    kind: Kind
    tables: dict[str, pl.DataFrame]


@dataclass
class Replay:
    """Replays days of a lake under a policy, oldest first. `base` is the newest day of the lake: the last that is known."""

    house: House
    policy: Policy
    wanted: tuple[str, ...]
    tell: Callable[[str], None] = field(default=lambda _: None)

    @cached_property
    def base(self) -> date:
        """The newest day that was run."""
        return self.house.tables.days("feed_file")[-1]

    @cached_property
    def first(self) -> date:
        """The first day on which a file of the group's own deals bore a stamp; of days before it nothing was known."""
        own = self.house.tables.days("feed_file")[0]
        stamps = [log["version_at"].min() for log in map(self._log, FEEDS) if log.height]
        return min([own, *(one.date() for one in stamps if isinstance(one, datetime))])

    def view_log(self, engine: DuckDBEngine, name: str) -> None:
        """Make every row of a log up to the base day readable."""
        parts = self.house.tables.parts(name, "until", self.base)
        if parts:
            engine.view(name, parts)
        else:
            engine.register(name, schema_of(name).create_empty())

    def days(self, days: Sequence[date]) -> Iterator[PastDay]:
        """Each day with the wanted tables, and with garage, transaction, member and person. Give them oldest first."""
        made: dict[str, pl.DataFrame] = {}
        for day in days:
            past = self._own(day) if self._is_own(day) else self._reconstructed(day, made)
            self.tell(f"{day} replayed ({past.kind})")
            made = past.tables if past.kind == "reconstructed" else {}
            yield past

    def _is_own(self, day: date) -> bool:
        return all(day in self.house.tables.days(name) for name in ("feed_file", *self.wanted))

    def _own(self, day: date) -> PastDay:
        lake = self.house.tables
        made = rehearse(self.house, day, self.policy, self.wanted)
        tables = {name: made.get(name, pl.DataFrame()) for name in self.wanted}
        tables |= {name: lake.read(name, day) for name in ("garage", "transaction", "member", "person")}
        if day != self.base:
            ids = present_ids(tables["member"], self.members)
            tables |= {
                name: under_present_ids(frame, ids)
                for name, frame in tables.items()
                if "person_id" in frame.columns and name != "member"
            }
            tables["member"] = under_present_ids(tables["member"], ids)
        return PastDay(day, "own", tables)

    def _reconstructed(self, day: date, before: dict[str, pl.DataFrame]) -> PastDay:
        given = {name: self._cut(name, day) for name in self._sources}
        given["transaction"] = transactions_on(self.versions, day).pipe(_as_table, "transaction")
        given |= {f"previous_{name}": frame for name, frame in before.items() if name in self._remade}
        made = rehearse(self.house, self.base, self.policy, self._remade, as_of=day, given=given)
        kept = {"transaction": given["transaction"], "member": self.members, "person": self.people}
        return PastDay(day, "reconstructed", made | kept)

    @cached_property
    def _remade(self) -> list[str]:
        """The tables that are made anew on a reconstructed day."""
        makers, found = step_of_table(), tables_between(MOVED, self.wanted)
        stages = {table.name: table.stage for name in found for table in makers[name].tables}
        return sorted(name for name in found if stages[name] in REMADE_STAGES or name in REMADE)

    @cached_property
    def _sources(self) -> list[str]:
        """Inputs of what is remade that are logs, and so are cut at the day."""
        read = {name for table in self._remade for name in inputs_of(step_of_table()[table])}
        return sorted(name for name in read if name in all_feeds() or name == "touch")

    def _cut(self, name: str, day: date) -> pl.DataFrame:
        if name == "touch":
            ends = pl.lit(day + timedelta(days=1)).cast(pl.Datetime("us")).dt.replace_time_zone(self.policy.group.time_zone)
            return self._log(name).filter(pl.col("occurred_at") < ends.dt.convert_time_zone("UTC")).with_columns(dt=pl.lit(day))
        return rows_on(self._log(name), day)

    def _log(self, name: str) -> pl.DataFrame:
        """Every row of a log up to the base day, read once."""
        if name not in self._logs:
            self._logs[name] = _concat([pl.read_parquet(one) for one in self.house.tables.parts(name, "until", self.base)], name)
        return self._logs[name]

    @cached_property
    def _logs(self) -> dict[str, pl.DataFrame]:
        return {}

    @cached_property
    def members(self) -> pl.DataFrame:
        """Who is who on the base day."""
        return self.house.tables.read("member", self.base)

    @cached_property
    def people(self) -> pl.DataFrame:
        """The people of the base day."""
        return self.house.tables.read("person", self.base)

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Every version of every transaction, tied to the records to which the base day ties it."""
        logs = {feed: numbered(self._log(feed)) for feed in FEEDS}
        most = max((int(log["version"].max() or 0) for log in logs.values() if log.height), default=0)  # type: ignore[arg-type]
        known = self.house.tables.read("transaction", self.base)
        nothing = schema_of("transaction").create_empty()
        frames = [nothing.with_columns(version=pl.lit(0, pl.Int64))]
        for version in range(1, most + 1):
            given = {
                feed: versions_until(log, version).drop("version").with_columns(dt=pl.lit(self.base))
                for feed, log in logs.items()
            }
            given["previous_transaction"] = nothing
            made = rehearse(self.house, self.base, self.policy, ["transaction"], given=given)["transaction"]
            frames.append(made.with_columns(version=pl.lit(version, pl.Int64)))
        ties = known.select("transaction_id", "record_id", "co_record_id")
        return pl.concat(frames).drop("record_id", "co_record_id").join(ties, on="transaction_id", how="inner")


def _concat(parts: Sequence[pl.DataFrame], name: str) -> pl.DataFrame:
    """Partitions below one another, with every column that the contract has today: older ones may lack some."""
    return pl.concat([schema_of(name).create_empty(), *parts], how="diagonal_relaxed")


def _as_table(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    wanted = schema_of(name).create_empty().schema
    return frame.select(pl.col(column).cast(dtype) for column, dtype in wanted.items())
