"""Collecting problems of a policy whose files have the right shape: where a value stands, and what it should have been."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from assets.policy_problem import Problem, listed
from assets.policy_yaml import Document, KeyPath, key_text
from schemas.names import nearest_of
from schemas.policy import Policy


@dataclass
class Finder:
    """A policy, its files with their lines, and the problems found so far. Files are named without suffix."""

    policy: Policy
    documents: Mapping[str, Document]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, file: str, path: KeyPath, found: str, expected: str = "", nearest: str | None = None) -> None:
        """Record one problem at a key of a file."""
        document = self.documents[file]
        place, line, written = document.place(path) if path else (document.file, 0, path)
        problem = Problem(place, line, key_text(written), found, expected, nearest)
        if problem not in self.problems:  # what a base says is judged with each audience that extends it
            self.problems.append(problem)

    def known(self, file: str, path: KeyPath, value: str, accepted: Collection[str], what: str) -> None:
        """The value is one of the accepted names; otherwise say which are, and the nearest."""
        if value not in accepted:
            self.wrong(file, path, f"the unknown {what} {value!r}", listed(accepted), nearest_of(value, accepted))

    def once(self, file: str, values: Iterable[tuple[KeyPath, Hashable]], what: str) -> None:
        """Each value stands once; every later place of a repeated one is a problem."""
        given = list(values)
        repeated = {value for value, count in Counter(value for _, value in given).items() if count > 1}
        first: set[Hashable] = set()
        for path, value in given:
            if value in repeated and value in first:
                shown = " / ".join(map(str, value)) if isinstance(value, tuple) else repr(value)
                self.wrong(file, path, f"the {what} {shown} again", f"each {what} once")
            first.add(value)

    @property
    def brands(self) -> list[str]:
        """The group's brands."""
        return [one.brand for one in self.policy.group.brands]

    @property
    def markets(self) -> list[str]:
        """The group's markets."""
        return [one.market for one in self.policy.group.markets]

    @property
    def rooftops(self) -> list[str]:
        """The group's rooftops."""
        return [one.rooftop_id for one in self.policy.group.rooftops]

    @property
    def market_types(self) -> list[str]:
        """The types of the group's markets, each once."""
        return sorted({one.type for one in self.policy.group.markets})

    @property
    def makes(self) -> list[str]:
        """The makes of the vocabulary."""
        return [one.make for one in self.policy.reference.makes]

    @property
    def channels(self) -> set[str]:
        """Every channel that a rule or a budget may name."""
        served = {one for platform in self.policy.channels.platforms.values() for one in platform.channels}
        return served | set(self.policy.channels.channels)

    def audience_file(self, audience: str) -> str:
        """The file that defines an audience."""
        files = [name for name in self.documents if name.startswith("audiences/")]
        return next(name for name in files if self.documents[name].value(("audience",)) == audience)
