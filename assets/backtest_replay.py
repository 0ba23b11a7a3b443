"""Past days again, for back-tests: from their own partitions where the lake holds them, else put together from the newest day.

A reconstructed day knows what files had said by then, under the identity of the newest day: see docs/backtest.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from assets.engine import DuckDBEngine
from assets.house import House
from assets.rehearsal import NotPublished, inputs_of, is_as_declared, rehearse, step_of_table, tables_between
from assets.table import schema_of
from pipelines.measurement.backtest_identity import present_ids
from pipelines.measurement.backtest_known import happened_by, numbered, rows_on, transactions_on, versions_until
from pipelines.records.transaction import FEEDS
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import all_tables

OWN, RECONSTRUCTED = "own", "reconstructed"
REMADE_STAGES = ("traits", "triggers", "audiences")  # what is thought of people anew; who they are stays as on the base day
REMADE = ("garage",)
MOVED = ("transaction", "touch", "touch_day", "garage")  # what differs between days, and so all that follows from it
ALWAYS = ("garage", "transaction", "member", "person")


@dataclass(frozen=True)
class PastDay:
    """The tables of a past day by name, and where they come from. `ids`: person_id then, now_id; None where they are today's."""

    day: date
    kind: str
    tables: dict[str, pl.DataFrame]
    ids: pl.DataFrame | None


@dataclass
class Replay:
    """Replays days of a lake under a policy, oldest first. Every day comes with the wanted tables and those of ALWAYS."""

    house: House
    policy: Policy
    wanted: tuple[str, ...]
    tell: Callable[[str], None] = field(default=lambda _: None)
    _logs: dict[str, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def base(self) -> date:
        """The newest day that was run: the last that is known. Errors: NotPublished."""
        days = self.house.tables.days("feed_file")
        if not days:
            raise NotPublished(self.house.tables, None)
        return days[-1]

    @cached_property
    def first(self) -> date:
        """The first day of the history: 99% of deals and orders happened on it or later; a few older dates may be typos."""
        happened = self._standing("transaction")["occurred_on"].drop_nulls().sort()
        own = self.house.tables.days("feed_file")[0]
        return min(own, happened[happened.len() // 100]) if happened.len() else own

    def days(self, days: Sequence[date]) -> Iterator[PastDay]:
        """Each day. Give them oldest first: a reconstructed day remembers the one before it."""
        before: dict[str, pl.DataFrame] = {}
        for day in days:
            past = self._own(day) if self._is_own(day) else self._reconstructed(day, before)
            self.tell(f"{day} replayed ({past.kind})")
            before = past.tables if past.kind == RECONSTRUCTED else {}
            yield past

    def view_log(self, engine: DuckDBEngine, name: str) -> None:
        """Make every row of a log up to the base day readable."""
        parts = self.house.tables.parts(name, "until", self.base)
        if parts:
            engine.view(name, parts, columns=schema_of(name).create_empty())
        else:
            engine.register(name, schema_of(name).create_empty())

    def _is_own(self, day: date) -> bool:
        return all(day in self.house.tables.days(name) for name in ("feed_file", *ALWAYS))

    def _own(self, day: date) -> PastDay:
        """The day as the lake has it, with what is thought of people remade under the policy."""
        lake, names = self.house.tables, {*self.wanted, *ALWAYS}
        made = rehearse(self.house, day, self.policy, self._thought) if self._thought else {}
        tables = {name: made[name] for name in names if name in made}
        for name in names - set(tables):
            parts = lake.parts(name, "until" if self._is_log(name) else "day", day)
            tables[name] = _below(parts, name)
        return PastDay(day, OWN, tables, None if day == self.base else present_ids(tables["member"], self._standing("member")))

    def _reconstructed(self, day: date, before: dict[str, pl.DataFrame]) -> PastDay:
        given = {name: self._cut(name, day) for name in self._sources}
        given["transaction"] = transactions_on(self.versions, day).pipe(_as_table, "transaction")
        given |= {f"previous_{name}": frame for name, frame in before.items() if name in self._remade}
        made = {**given, **rehearse(self.house, self.base, self.policy, self._remade, as_of=day, given=given)}
        names = {*self.wanted, *ALWAYS, *self._remade}
        return PastDay(day, RECONSTRUCTED, {name: made[name] if name in made else self._standing(name) for name in names}, None)

    @cached_property
    def _thought(self) -> list[str]:
        """Wanted tables of the stages that are remade."""
        tables = all_tables()
        return sorted(name for name in self.wanted if tables[name].stage in REMADE_STAGES)

    @cached_property
    def _remade(self) -> list[str]:
        """The tables that are made anew on a reconstructed day."""
        tables, found = all_tables(), tables_between(MOVED, {*self.wanted, "garage"})
        return sorted(name for name in found if tables[name].stage in REMADE_STAGES or name in REMADE)

    @cached_property
    def _sources(self) -> list[str]:
        """Logs that are read on the way, or wanted: they are cut at the day."""
        read = {name for table in self._remade for name in inputs_of(step_of_table()[table])} | set(self.wanted)
        return sorted(name for name in read if self._is_log(name))

    @staticmethod
    def _is_log(name: str) -> bool:
        return name in all_feeds() or (name in all_tables() and all_tables()[name].kind == "log")

    def _cut(self, name: str, day: date) -> pl.DataFrame:
        log = self._log(name)
        return rows_on(log, day) if name in all_feeds() else happened_by(log, day, self.policy.group.time_zone)

    def _log(self, name: str) -> pl.DataFrame:
        """Every row of a log up to the base day, read once; of ours, made where the lake does not have it yet."""
        if name not in self._logs:
            parts = self.house.tables.parts(name, "until", self.base)
            if not parts and name in step_of_table() and name != "touch":
                found = rehearse(self.house, self.base, self.policy, [name], given={"touch": self._log("touch")})[name]
            else:
                found = _below(parts, name)
            self._logs[name] = found
        return self._logs[name]

    def _standing(self, name: str) -> pl.DataFrame:
        """A table of the base day, read once; empty where the lake does not have it."""
        if name not in self._logs:
            lake = self.house.tables
            self._logs[name] = lake.read(name, self.base) if is_as_declared(lake, name, self.base) else _below(
                lake.parts(name, "day", self.base), name
            )  # fmt: skip
        return self._logs[name]

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Every version of every transaction, tied to the records to which the base day ties it."""
        logs = {feed: numbered(self._log(feed)) for feed in FEEDS}
        most = max((log.select(pl.max("version")).item() for log in logs.values() if log.height), default=0)
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
        ties = self._standing("transaction").select("transaction_id", "record_id", "co_record_id")
        return pl.concat(frames).drop("record_id", "co_record_id").join(ties, on="transaction_id", how="inner")


def _below(parts: Sequence[object], name: str) -> pl.DataFrame:
    """Partitions below one another, with every column that the contract has today: older ones may lack some."""
    frames = [pl.read_parquet(str(one)) for one in parts]
    return pl.concat([schema_of(name).create_empty(), *frames], how="diagonal_relaxed")


def _as_table(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    wanted = schema_of(name).create_empty().schema
    return frame.select(pl.col(column).cast(dtype) for column, dtype in wanted.items())
