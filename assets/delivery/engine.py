"""Delivers one platform's bodies: in order, each known on disk before and after, and none twice that is known to have arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal

import polars as pl

from assets.delivery.destination import Answer, Destination, Refused, Unreached
from assets.delivery.facts import drifts, expected_in
from assets.delivery.halves import in_halves
from assets.delivery.journal import Journal, Planned, content_key
from assets.delivery.lock import Patience, Stopped, only_delivery
from assets.delivery.open import CannotOpen, Opening, open_destination
from assets.delivery.plan import Account, Work, bodies_of, changes_work, resync_work
from assets.delivery.retry import retrying
from assets.delivery.standing import check_day
from assets.lake import Lake
from schemas.platforms.batch import Batch

Part = Literal["all", "urgent", "rest"]
SPLIT = ("add", "refresh", "remove")  # operations whose bodies mean the same in parts; a whole list does not


@dataclass(frozen=True)
class Delivered:
    """What became of a platform's delivery. `problem` says why it did not begin or stopped; empty where it went to its end.

    `drift` has members by the platform's count and by ours, for cells of which the platform says.
    """

    platform: str
    journals: tuple[Journal, ...] = ()
    problem: str = ""
    drift: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether everything planned has arrived."""
        return not self.problem and not any(one.left for one in self.journals)


def deliver(
    lake: Lake, where: Account, day: date, environ: Mapping[str, str], *, is_resync: bool = False, part: Part = "all"
) -> Delivered:  # fmt: skip
    """Deliver a platform's day, or go on where an earlier call ended; then, for a resync, its whole list.

    `part` urgent: only withdraw people who may not be addressed any more; rest: only what is not that.
    Raises NoExports, NotNewest, BeingMade, AlreadyDelivering. What the platform or the environment does wrong is in the result.
    """
    if not where.delivery.is_on:
        return Delivered(where.platform, problem="switched off in policy: delivery.is_on is false")
    with only_delivery(lake, where.platform):
        check_day(lake, day)
        done: list[Journal] = []
        for make in (changes_work, resync_work) if is_resync else (changes_work,):
            work = make(lake, where, day)
            done.append(work.journal)
            problem = _send_all(lake, where, work, environ, part)
            if problem or part == "urgent":
                return Delivered(where.platform, tuple(done), problem)
        return Delivered(where.platform, tuple(done), drift=_drift(lake, done[-1]))


def _drift(lake: Lake, journal: Journal) -> dict[str, tuple[int, int]]:
    rows = drifts(journal, expected_in(lake, journal))
    return {cell: (reported, expected) for cell, reported, expected in rows.select("cell", "reported", "expected").rows()}


def _send_all(lake: Lake, where: Account, work: Work, environ: Mapping[str, str], part: Part) -> str:
    """Send what is left of a delivery; returns why it stopped, empty where it came to its end."""
    if part == "urgent" and not any(one.is_urgent for one in work.journal.left):
        return ""
    plan = work.journal.plan
    opening = Opening(where.platform, plan.group, plan.day, plan.number, where.account, where.delivery, environ)
    try:
        destination = open_destination(opening)
    except (CannotOpen, Refused, Unreached) as error:
        return str(error)
    try:
        sender = Sender(destination, work.journal, where, Patience(lake, where.platform, where.delivery.rate_per_minute))
        problem = sender.send_all(work.bodies, part)
        if not problem and part != "urgent":
            sender.measure(expected_in(lake, work.journal)["cell"].unique().to_list())
        return problem
    except Stopped:
        return "a run of the day began; it asks again for what is left"
    finally:
        destination.close()


class Sender:
    """Sends the bodies of one delivery."""

    def __init__(self, destination: Destination, journal: Journal, where: Account, patience: Patience) -> None:
        self._to, self._journal, self._where, self._patience = destination, journal, where, patience

    def send_all(self, bodies: Mapping[str, Batch], part: Part = "all") -> str:
        """Every body that is not known to have arrived, in order. A manifest goes only where all the others are there."""
        failed, withheld = 0, 0
        for one in self._journal.left:
            if part != "all" and one.is_urgent != (part == "urgent"):
                continue
            if one.operation == "manifest" and len(self._journal.left) > 1:
                continue
            if self._is_too_old() and one.operation not in ("remove", "manifest"):
                withheld += 1
                continue
            failed = 0 if self._deliver(one, bodies[one.key]) else failed + 1
            if failed >= self._where.delivery.give_up_after:
                return f"not reached {failed} times in a row ({self._journal.states[one.key].reason}); the rest waits"
        return (
            f"{withheld} bodies that add people wait: the day is too old to say who opted out; run a newer one"
            if withheld
            else ""
        )

    def _is_too_old(self) -> bool:
        most = self._where.delivery.max_age_days
        return most is not None and (datetime.now(UTC).date() - self._journal.plan.day).days > most

    def measure(self, cells: Iterable[str]) -> None:
        """Ask how many members the platform holds in each cell that it was told of, or should hold."""
        sizes: dict[str, int | None] = {}
        for cell in sorted({*cells, *(one.cell for one in self._journal.plan.batches if one.cell)}):
            try:
                sizes[cell] = self._to.held(cell)
            except (Refused, Unreached):
                sizes[cell] = None
        if any(size is not None for size in sizes.values()):
            self._journal.measured(sizes)

    def _deliver(self, one: Planned, batch: Batch) -> bool:
        """Send a body as often as that can help. False where the platform was not reached; a refusal is an answer."""
        try:
            retrying(self._where.delivery, self._patience.wait)(self._attempt, one.key, batch)
        except Unreached:
            return False
        except Refused as refused:
            self._journal.refused(one.key, refused.reason)
        return True

    def _send(self, batch: Batch, key: str) -> Answer:
        """Send a body; in parts, where it is refused and members may be the reason."""
        try:
            return self._to.send(batch, key)
        except Refused as refused:
            if not refused.may_be_members or batch.operation not in SPLIT or len(set(batch.members)) < 2:
                raise
            return in_halves(batch, refused, partial(self._redrawn, batch), self._send_piece)

    def _redrawn(self, batch: Batch, people: Sequence[str]) -> list[Batch]:
        """The bodies of some members of a body."""
        asks = self._journal.asks.filter((pl.col("cell") == batch.cell) & pl.col("person_id").is_in(list(people)))
        drawn = bodies_of(self._where, asks)
        return [one for one in drawn if (one.operation, one.is_urgent) == (batch.operation, batch.is_urgent)]

    def _send_piece(self, piece: Batch) -> Answer:
        plan = self._journal.plan
        self._patience.turn()
        return self._to.send(piece, content_key(plan.group, plan.day, plan.number, piece))

    def _attempt(self, key: str, batch: Batch) -> None:
        """One attempt; where an earlier one may have arrived, the platform is asked first."""
        self._patience.turn()
        state = self._journal.states[key]
        may_have = state.is_unknown or state.status == "sending"
        self._journal.sending(key)
        try:
            answer = self._to.settle(batch, key) if may_have else None
            self._journal.delivered(key, answer or self._send(batch, key))
        except Unreached as error:
            self._journal.unreached(key, error.reason, is_unknown=error.is_unknown)
            raise
