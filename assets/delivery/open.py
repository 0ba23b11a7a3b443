"""From what policy says of a platform to its destination. Each kind has its opener here; secrets come from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from assets.delivery.destination import Destination
from assets.delivery.folder import Folder
from schemas.platforms.batch import Batch
from schemas.policy.delivery import Delivery

FILES = ("folder", "sftp", "s3")  # kinds that take files: they get a manifest when all is there


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


def _folder(opening: Opening) -> Destination:
    return Folder(opening.delivery.address or "", opening.place)


OPENERS: dict[str, Callable[[Opening], Destination]] = {"folder": _folder}


def open_destination(opening: Opening) -> Destination:
    """The destination that policy describes; every named secret is looked for first. Raises CannotOpen."""
    for role in sorted(opening.delivery.secrets):
        opening.secret(role)
    opener = OPENERS.get(opening.delivery.kind)
    if opener is None:
        raise CannotOpen(f"platform {opening.platform}: no destination of kind {opening.delivery.kind} is installed")
    try:
        return opener(opening)
    except ValueError as wrong:  # what a door finds wrong with its address or options
        raise CannotOpen(f"platform {opening.platform}: {wrong}") from wrong
