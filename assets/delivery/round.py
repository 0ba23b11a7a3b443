"""Every platform's delivery, one after the other. What goes wrong with one never stops the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from traceback import extract_tb

from assets.delivery.engine import Delivered, Part, deliver
from assets.delivery.lock import AlreadyDelivering
from assets.delivery.plan import Account
from assets.delivery.standing import BeingMade, NoExports, NotNewest
from assets.lake import Lake


@dataclass(frozen=True)
class Fault:
    """A platform whose delivery met a fault of ours. The sentence says where in the code, and no message: it may quote data."""

    platform: str
    sentence: str


def deliver_each(
    lake: Lake, accounts: Iterable[Account], day: date, environ: Mapping[str, str], *, is_resync: bool = False
) -> list[Delivered | Fault]:  # fmt: skip
    """Deliver to each platform in turn: opt-outs and deletions of all of them before anything else of any.

    Raises NoExports, NotNewest, BeingMade: the day itself cannot be delivered.
    """
    listed = list(accounts)
    first = {one.platform: deliver_part(lake, one, day, environ, "urgent") for one in listed}
    stuck = {name: one for name, one in first.items() if isinstance(one, Fault) or one.problem}
    return [
        stuck[one.platform] if one.platform in stuck else deliver_part(lake, one, day, environ, "rest", is_resync=is_resync)
        for one in listed
    ]


def deliver_part(
    lake: Lake, where: Account, day: date, environ: Mapping[str, str], part: Part, *, is_resync: bool = False
) -> Delivered | Fault:  # fmt: skip
    """Deliver a part of a platform's day. What goes wrong is in the result; raises as `deliver_each`."""
    try:
        return deliver(lake, where, day, environ, is_resync=is_resync, part=part)
    except AlreadyDelivering as busy:
        return Delivered(where.platform, problem=str(busy))
    except (NoExports, NotNewest, BeingMade):
        raise
    except Exception as error:  # a fault in one door must not keep opt-outs from the others; it is told, and the command fails
        return Fault(where.platform, fault_of(error))


def fault_of(error: Exception) -> str:
    """What kind of error it was and where, without its message."""
    at = extract_tb(error.__traceback__)[-1]
    return f"a fault in the program: {type(error).__name__} at {Path(at.filename).name}:{at.lineno}; report it"
