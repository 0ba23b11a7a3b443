"""What can be wrong with a policy: `Problem`, one per mistake, and `PolicyError`, all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.names import proposed


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a policy file: where it is, what was found and what would have been accepted.

    `file` is relative to the policy folder, `line` counts from 1 (0 where the whole file is meant), `key` is the dotted path.
    Where `expected` is blank, `found` is a whole sentence.
    """

    file: str
    line: int
    key: str
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        if not self.expected:
            return f"{place}:{key} {self.found}"
        return f"{place}:{key} found {self.found}; expected {self.expected}.{proposed(self.nearest)}"


class PolicyError(ValueError):
    """A policy that cannot be used. `problems` holds every mistake that was found, not only the first."""

    def __init__(self, group: str, problems: Sequence[Problem]) -> None:
        self.group = group
        self.problems = tuple(sorted(problems))
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        lines = "\n".join(f"  {one}" for one in self.problems)
        super().__init__(f"policy of group {group!r} has {count}:\n{lines}")


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as a phrase for `expected`: all of them where they are few, else the first ones and how many more."""
    ordered = sorted(names)
    shown = ", ".join(ordered[:most])
    more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return f"one of {shown}{more}" if ordered else "nothing here"
