"""From policy to S3-compatible storage: `s3://bucket/prefix`, with the endpoint among the options where it is not AWS."""

from urllib.parse import unquote, urlsplit

from assets.delivery.opening import Opening
from assets.delivery.s3 import S3Door, S3Place


def open_s3(opening: Opening) -> S3Door:
    """Raises ValueError where the endpoint is not safe."""
    rules, parts = opening.delivery, urlsplit(opening.delivery.address or "")
    place = S3Place(
        parts.netloc,
        unquote(parts.path),
        endpoint=str(rules.options.get("endpoint", "")),
        region=str(rules.options.get("region", "us-east-1")),
        is_path_style=bool(rules.options.get("path_style", False)),
        encryption=str(rules.options.get("encryption", "")),
        timeout_seconds=rules.timeout_seconds,
        access_key=rules.secrets["access_key"],
        secret_key=rules.secrets["secret_key"],
        session_token=rules.secrets.get("session_token", ""),
    )
    return S3Door(place, opening.place, opening.environ)
