"""LinkedIn: users of DMP segments. Source: learn.microsoft.com, create and manage segment users."""

from types import MappingProxyType

import httpx

from assets.delivery.destination import Answer, Rejection
from assets.delivery.http import HttpDoor
from assets.delivery.http_answers import Fault, coded, content, is_whole, meaning_of, waiting
from schemas.platforms.batch import Batch

# Versions of the API end after a year: policy says another, options.version.
VERSION = "202601"


class LinkedinDoor(HttpDoor):
    """A batch create of users of a segment, an element per member."""

    NAME = "linkedin"
    ADDRESS = "https://api.linkedin.com"
    MEMBERS = ("elements",)
    HEADERS = MappingProxyType({"version": "LinkedIn-Version"})

    def headers(self, token: str) -> dict[str, str]:
        """Version and method of the protocol, beside who asks. Policy's own headers come after them."""
        own = {"LinkedIn-Version": VERSION, "X-Restli-Protocol-Version": "2.0.0", **self.api.headers}
        return {**own, "Authorization": f"Bearer {token}"}

    def more_headers(self, batch: Batch) -> dict[str, str]:
        """Many elements in one body are a method of their own."""
        del batch
        return {"X-RestLi-Method": "BATCH_CREATE"}

    def fault(self, response: httpx.Response) -> Fault | None:
        """An element that may be taken later makes the whole come again: adding twice is a success by design."""
        if not response.is_success:
            status, code = response.status_code, coded(response, "serviceErrorCode", "code")
            return Fault(meaning_of(status), code, waiting(response), is_whole=is_whole(status))
        late = [meaning for one in _statuses(response) if (meaning := meaning_of(one)) in ("limit", "server") and one >= 400]
        return Fault(late[0], "an element was not taken for now", waiting(response)) if late else None

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """A status per element, in their order."""
        wrong = [(place, status) for place, status in enumerate(_statuses(response)) if status >= 400]
        if len(_statuses(response)) != len(batch.members):
            return Answer(unnamed=len(wrong))
        return Answer("", tuple(Rejection(batch.members[place], f"HTTP {status}") for place, status in wrong))


def _statuses(response: httpx.Response) -> list[int]:
    return [int(one.get("status", 200)) for one in content(response).get("elements", [])]
