"""Pinterest: changes of customer lists (API v5). Source: Pinterest's OpenAPI description."""

import httpx

from assets.delivery.destination import Answer
from assets.delivery.http import HttpDoor
from assets.delivery.http_answers import Fault, coded, content, is_whole, meaning_of, waiting
from schemas.platforms.batch import Batch


class PinterestDoor(HttpDoor):
    """PATCH of a customer list: a digest that comes or goes again changes nothing."""

    NAME = "pinterest"
    ADDRESS = "https://api.pinterest.com"

    def fault(self, response: httpx.Response) -> Fault | None:
        """`code` is Pinterest's own number; X-RateLimit-Reset counts seconds."""
        if response.is_success:
            return None
        after, reset = waiting(response), response.headers.get("X-RateLimit-Reset", "")
        after = float(reset) if after is None and reset.isdecimal() else after
        return Fault(meaning_of(response.status_code), coded(response, "code"), after, is_whole=is_whole(response.status_code))

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """What could not be read comes without saying whose it is."""
        del batch
        told = content(response)
        return Answer(str(told.get("id", "")), unnamed=len(told.get("exceptions") or ()))

    def held(self, cell: str) -> int | None:
        """Records uploaded less records removed, as Pinterest counts them."""
        known = self.api.audience_ids.get(cell, cell)
        told = self.told("GET", f"/v5/ad_accounts/{self.api.account}/customer_lists/{known}")
        come, gone = (told.get(f"num_{done}_user_records") for done in ("uploaded", "removed"))
        return come - gone if isinstance(come, int) and isinstance(gone, int) else None
