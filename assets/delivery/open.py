"""From what policy says of a platform to its destination. Each kind has its opener here; secrets come from the environment."""

from collections.abc import Callable

from assets.delivery.destination import Destination
from assets.delivery.folder import Folder
from assets.delivery.opening import CannotOpen, Opening

FILES = ("folder", "sftp", "s3")  # kinds that take files: they get a manifest when all is there


def _folder(opening: Opening) -> Destination:
    return Folder(opening.delivery.address or "", opening.place)


def _sftp(opening: Opening) -> Destination:
    from assets.delivery.open_sftp import open_sftp  # paramiko is loaded for those who use it

    return open_sftp(opening)


def _s3(opening: Opening) -> Destination:
    from assets.delivery.open_s3 import open_s3  # boto3 is loaded for those who use it

    return open_s3(opening)


def _http(opening: Opening) -> Destination:
    from assets.delivery.open_http import open_http  # httpx is loaded for those who use it

    return open_http(opening)


OPENERS: dict[str, Callable[[Opening], Destination]] = {"folder": _folder, "sftp": _sftp, "s3": _s3, "http": _http}


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
