"""What a renderer hands to delivery: one body for one platform and cell, with the members that it speaks of."""

from dataclasses import dataclass
from typing import Literal

Operation = Literal["add", "refresh", "remove", "replace", "manifest"]


@dataclass(frozen=True)
class Batch:
    """One body that is sent whole, or not at all.

    `sequence` counts from 1 within a platform, in the order in which batches are to be sent: opt-outs, then what is to be held,
    then what left. `name` is the file's name within the cell's folder. `request` is what the API calls it, where there is one:
    method and path below the platform's address; empty for files. `members` are person ids in the order of the body; a member
    with many identifiers may stand in two batches. `is_urgent`: it withdraws people who may not be addressed any more.
    """

    platform: str
    cell: str
    operation: Operation
    sequence: int
    name: str
    body: bytes
    content_type: str
    members: tuple[str, ...]
    request: str = ""
    is_urgent: bool = False

    @property
    def path(self) -> str:
        """Where it lies below the day's exports folder."""
        return f"{self.platform}/{self.cell}/{self.name}" if self.cell else f"{self.platform}/{self.name}"
