"""What every destination can do: take a body, say what became of one, and say how many members it holds."""

from dataclasses import dataclass
from typing import Protocol

from schemas.platforms.batch import Batch


@dataclass(frozen=True)
class Rejection:
    """A member whom the platform did not take, with the platform's own code for why; never the identifier itself."""

    person_id: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """What the platform said to a body that it took: its own id of the request (empty for files), and whom it left out.

    `unnamed` counts rows that it left out without saying whose they are.
    """

    request_id: str = ""
    rejections: tuple[Rejection, ...] = ()
    unnamed: int = 0


class DeliveryError(Exception):
    """A body did not get through. `reason` is a code or a short sentence without personal data and without secrets."""

    def __init__(self, reason: str) -> None:
        """Keep the reason as a field, for receipts."""
        super().__init__(reason)
        self.reason = reason


class Refused(DeliveryError):
    """The platform will not take this body, now or later: asking again does not help.

    `may_be_members`: a few members may be what is wrong with it, without being named; in parts the rest may be taken.
    """

    def __init__(self, reason: str, may_be_members: bool = False) -> None:
        """Keep whether a part of the body may be taken."""
        super().__init__(reason)
        self.may_be_members = may_be_members


class Unreached(DeliveryError):
    """The body may get through later: too many requests, a server's failure, a slow or cut connection.

    `after` is how many seconds the platform asked to wait, where it did. `is_unknown`: it may have arrived, the answer was lost.
    """

    def __init__(self, reason: str, after: float | None = None, is_unknown: bool = False) -> None:
        """Keep what the next attempt needs to know."""
        super().__init__(reason)
        self.after = after
        self.is_unknown = is_unknown


class Destination(Protocol):
    """One platform's door. `key` names a body for good: the same body of the same day and platform has the same key."""

    def send(self, batch: Batch, key: str) -> Answer:
        """Hand over one body whole. Raises Refused or Unreached. Sending the same key again leaves the same state there."""
        ...

    def settle(self, batch: Batch, key: str) -> Answer | None:
        """What became of a body whose answer was lost; None where it did not arrive, or where the platform cannot tell."""
        ...

    def held(self, cell: str) -> int | None:
        """How many members the platform says it holds in a cell; None where it does not say."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
