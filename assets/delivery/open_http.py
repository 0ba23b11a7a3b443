"""From policy to a platform's API. A platform with one is a line here; the others are delivered as files."""

from collections.abc import Mapping

from assets.delivery.http import Api, HttpDoor
from assets.delivery.http_google import GoogleDoor
from assets.delivery.http_linkedin import LinkedinDoor
from assets.delivery.http_meta import MetaDoor
from assets.delivery.http_pinterest import PinterestDoor
from assets.delivery.http_snap import SnapDoor
from assets.delivery.http_thetradedesk import TradeDeskDoor
from assets.delivery.opening import CannotOpen, Opening, known

DOORS: Mapping[str, type[HttpDoor]] = {
    one.NAME: one for one in (GoogleDoor, LinkedinDoor, MetaDoor, PinterestDoor, SnapDoor, TradeDeskDoor)
}


def open_http(opening: Opening) -> HttpDoor:
    """Raises CannotOpen where a platform has no API here, or policy leaves something open that must be said."""
    door = DOORS.get(opening.platform)
    if door is None:
        raise CannotOpen(
            f"platform {opening.platform}: has no API here; those with one are {', '.join(DOORS)}; use sftp, s3 or folder"
        )
    known(opening, door.HEADERS)
    rules = opening.delivery
    api = Api(
        rules.secrets["token"],
        opening.account,
        rules.address or "",
        rules.audience_ids,
        {door.HEADERS[name]: str(value) for name, value in rules.options.items()},
        rules.timeout_seconds,
    )
    return door(api, opening.environ)
