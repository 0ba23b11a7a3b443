"""Snap: users of segments. Source: developers.snap.com, Ads API, customer lists."""

from typing import Any

import httpx

from assets.delivery.destination import Answer
from assets.delivery.http import HttpDoor
from assets.delivery.http_answers import Fault, coded, content, is_whole, meaning_of, waiting
from pipelines.activation.render_snap import SCHEMAS, segment_name
from schemas.platforms.batch import Batch


class SnapDoor(HttpDoor):
    """users POST and DELETE of a segment."""

    NAME = "snap"
    ADDRESS = "https://adsapi.snapchat.com"
    MEMBERS = ("users",)

    def fault(self, response: httpx.Response) -> Fault | None:
        """A success of HTTP may be none of Snap's: the whole and each part say so themselves."""
        told = content(response)
        states = [told.get("request_status"), *(one.get("sub_request_status") for one in told.get("users", []))]
        if response.is_success and all(str(one).upper() == "SUCCESS" for one in states):
            return None
        if response.is_success and not told:
            return Fault("server", "no answer of Snap's")
        return Fault(
            meaning_of(response.status_code), coded(response, "error_code"), waiting(response), is_whole=_is_whole(response)
        )

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """How many of the digests were taken; whose are left out Snap does not say."""
        told = content(response)
        taken = sum(int(one.get("user", {}).get("number_uploaded_users", 0)) for one in told.get("users", []))
        sent = len(self.rows(batch.body))
        return Answer(str(told.get("request_id", "")), unnamed=max(0, sent - taken) if taken else 0)

    def rows(self, body: bytes) -> list[Any]:
        """The digests of the one list of a body; they are none of a member's own place, as a member may have several."""
        return [row for one in super().rows(body) for row in one["data"]]

    def held(self, cell: str) -> int | None:
        """The larger of a cell's two segments: most members are in both."""
        sizes = [self._size(self.api.audience_ids.get(segment_name(cell, kind), segment_name(cell, kind))) for kind in SCHEMAS]
        known = [size for size in sizes if size is not None]
        return max(known) if known else None

    def _size(self, segment: str) -> int | None:
        told = self.told("GET", f"/v1/segments/{segment}").get("segments", [])
        found = [one.get("segment", {}).get("approximate_number_users") for one in told]
        return int(found[0]) if found and isinstance(found[0], int) else None


def _is_whole(response: httpx.Response) -> bool:
    """Snap says of a part what is wrong with it under a success of HTTP."""
    return not response.is_success and is_whole(response.status_code)
