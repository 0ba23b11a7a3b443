"""What a policy asks of a platform that the platform does not allow: the rule, the value, its source and the fix."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One broken rule.

    `file` is a file of the policy without suffix, or empty where `audience` names whose file it is. `path` is the key there;
    of an audience also `condition <name>` alone, for the condition of that name.
    """

    rule: str
    found: str
    fix: str
    source: str
    file: str = ""
    audience: str = ""
    path: tuple[str | int, ...] = ()

    @property
    def start(self) -> str:
        """What the sentence is about."""
        return f"audience {self.audience}" if self.audience else f"{self.file}.yaml"

    @property
    def told(self) -> str:
        """The sentence without what it is about."""
        return f"{self.found}; {self.fix} (rule {self.rule}; {self.source})"

    def __str__(self) -> str:
        return f"{self.start}: {self.told}"
