"""What the opener of a destination knows, and what it says where policy or the environment does not let it open one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from schemas.platforms.batch import Batch
from schemas.policy.delivery import Delivery


class CannotOpen(Exception):
    """A destination that policy or the environment does not let us use; the sentence names the fix, never a secret."""


class MissingSecret(CannotOpen):
    """An environment variable that policy names and that holds nothing."""

    def __init__(self, platform: str, role: str, variable: str) -> None:
        self.variable = variable
        super().__init__(f"platform {platform}: its {role} is to be in the environment variable {variable}, which is not set")


class UnnamedSecret(CannotOpen):
    """A secret that a destination needs and that policy does not name."""

    def __init__(self, platform: str, role: str) -> None:
        super().__init__(f"platform {platform}: channels.yaml names no variable for its {role}; add it to delivery.secrets")


@dataclass(frozen=True)
class Opening:
    """What an opener knows: whose destination, for which day, under which policy. `number` counts the day's deliveries from 1."""

    platform: str
    group: str
    day: date
    number: int
    account: str
    delivery: Delivery
    environ: Mapping[str, str]

    def secret(self, role: str) -> str:
        """A secret by what it is for. Raises UnnamedSecret or MissingSecret."""
        variable = self.delivery.secrets.get(role)
        if variable is None:
            raise UnnamedSecret(self.platform, role)
        if not self.environ.get(variable):
            raise MissingSecret(self.platform, role, variable)
        return self.environ[variable]

    def place(self, batch: Batch) -> str:
        """Where a file lies below the address: one folder per day, a further one for each later delivery of the day."""
        folder = self.day.isoformat() + (f".{self.number}" if self.number > 1 else "")
        return f"{folder}/{batch.path}"


def known(opening: Opening, options: Collection[str]) -> None:
    """Raise CannotOpen where policy names an option that this platform does not know."""
    for one in sorted(set(opening.delivery.options) - set(options)):
        taken = ", ".join(sorted(options)) or "none"
        raise CannotOpen(f"platform {opening.platform}: delivery.options has no {one!r} here; expected {taken}")
