"""From policy to an SFTP server: `sftp://user@host:port/folder`. A folder that begins with ~/ is below the user's own."""

from urllib.parse import unquote, urlsplit

from assets.delivery.opening import Opening
from assets.delivery.sftp import SftpDoor, SftpPlace


def open_sftp(opening: Opening) -> SftpDoor:
    """Raises ValueError where policy leaves something open that must be said."""
    rules, parts = opening.delivery, urlsplit(opening.delivery.address or "")
    folder = unquote(parts.path)
    place = SftpPlace(
        parts.hostname or "",
        unquote(parts.username or ""),
        folder.removeprefix("/~/") or ".",
        parts.port or 22,
        fingerprint=str(rules.options.get("host_key", "")),
        known_hosts=str(rules.options.get("known_hosts", "")),
        password=rules.secrets.get("password", ""),
        private_key=rules.secrets.get("key", ""),
        passphrase=rules.secrets.get("passphrase", ""),
        timeout_seconds=rules.timeout_seconds,
    )
    return SftpDoor(place, opening.place, opening.environ)
