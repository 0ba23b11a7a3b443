"""The Trade Desk: a file of digests goes to an address that is asked for first, and that is signed for a while.

Contract: connector documentation of its CRM data API; see `unverified` of schemas/platforms/thetradedesk.py.
"""

import json
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from assets.delivery.destination import Answer, Unreached
from assets.delivery.http import HttpDoor, checked
from assets.delivery.http_answers import Fault, meaning_of, waiting
from schemas.platforms.batch import Batch

# What a file holds, by its header. The name for phones is assumed from that for e-mails.
KINDS = {b"email_sha256_base64": "EmailHashedUnifiedId2", b"phone_sha256_base64": "PhoneHashedUnifiedId2"}


class TradeDeskDoor(HttpDoor):
    """CRM data segments. A file that comes again in the same mode leaves the same data."""

    NAME = "thetradedesk"
    ADDRESS = "https://api.thetradedesk.com"

    def headers(self, token: str) -> dict[str, str]:
        """A header of its own name."""
        return {"TTD-Auth": token}

    def send(self, batch: Batch, key: str) -> Answer:
        """Ask where to put the file, and put it there; the answer's id is that of the drop."""
        method, _, target = batch.request.partition(" ")
        parts = urlsplit(target)
        wanted = {
            "PiiType": KINDS[batch.body.partition(b"\n")[0].strip()],
            "MergeMode": parse_qs(parts.query)["mergeMode"][0],
            "RetentionEnabled": True,
        }
        told = self.told(method, parts.path, json.dumps(wanted).encode(), key)
        place = str(told.get("Url", ""))
        if not place:
            raise Unreached(f"{self.NAME}: no address to put the file at")
        dropped = self.exchange("PUT", checked(place), batch.body, {"Content-Type": "text/plain"})
        if dropped.is_success:
            return Answer(str(told.get("ReferenceId", "")))
        # a signature that is too old is refused; the next attempt has a new one
        is_old = dropped.status_code == HTTPStatus.FORBIDDEN
        meaning = "server" if is_old else meaning_of(dropped.status_code)
        raise self.error(Fault(meaning, f"the drop said HTTP {dropped.status_code}", waiting(dropped)))
