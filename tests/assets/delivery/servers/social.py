"""Pinterest, Snap, LinkedIn and The Trade Desk on loopback, as they are documented."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.assets.delivery.servers.http_server import TOKEN, Asked, Platform, Told

DIGEST = re.compile(r"[0-9a-f]{64}")


class Lists(Platform):
    """A platform of lists by id; a digest is kept as it is."""

    def __init__(self, lists: tuple[str, ...], **more: Any) -> None:
        super().__init__(**more)
        self.audiences = {one: set() for one in lists}
        self.refused: set[str] = set()

    def apply(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told(401, {"code": 2, "message": "authentication failed"})
        found = re.fullmatch(self.path, urlsplit(asked.path).path)
        if not found or found[1] not in self.audiences:
            return Told(404, {"code": 4903, "message": "not found"})
        return self.about(asked, found[1])

    path = ""

    def about(self, asked: Asked, known: str) -> Told:
        raise NotImplementedError

    def change(self, known: str, what: str, digests: list[str]) -> list[str]:
        """Applies what can be read, and returns what cannot."""
        bad = [one for one in digests if not DIGEST.fullmatch(one) or one in self.refused]
        sound = set(digests) - set(bad)
        self.audiences[known] = self.audiences[known] | sound if what == "add" else self.audiences[known] - sound
        self.done.append((what, known))
        return bad


class Pinterest(Lists):
    path = r"/v5/ad_accounts/1/customer_lists/(\w+)"

    def limited(self, headers: dict[str, str]) -> Told:
        return Told(429, {"code": 8, "message": "rate limit"}, {"X-RateLimit-Reset": "0"})

    def about(self, asked: Asked, known: str) -> Told:
        bad: list[str] = []
        if asked.method == "PATCH":
            what = {"ADD": "add", "REMOVE": "remove"}[asked.told["operation_type"]]
            bad = self.change(known, what, asked.told["records"].split(","))
        counts = {"num_uploaded_user_records": len(self.audiences[known]), "num_removed_user_records": 0}
        return Told(200, {"id": known, "type": "customerlist", "exceptions": {one[:3]: "bad" for one in bad}, **counts})


class Snap(Lists):
    path = r"/v1/segments/(\w+)(?:/users)?"

    def about(self, asked: Asked, known: str) -> Told:
        head = {"request_status": "SUCCESS", "request_id": "r1"}
        if asked.method == "GET":
            size = {"id": known, "approximate_number_users": len(self.audiences[known])}
            return Told(200, {**head, "segments": [{"sub_request_status": "SUCCESS", "segment": size}]})
        (users,) = asked.told["users"]
        if users["schema"] not in (["EMAIL_SHA256"], ["PHONE_SHA256"]):
            return Told(200, {**head, "request_status": "ERROR", "error_code": "E1001", "display_message": "no"})
        digests = [one for (one,) in users["data"]]
        bad = self.change(known, {"POST": "add", "DELETE": "remove"}[asked.method], digests)
        count = {"number_uploaded_users": len(digests) - len(bad)}
        return Told(200, {**head, "users": [{"sub_request_status": "SUCCESS", "user": count}]})


class Linkedin(Lists):
    """`late` digests are not taken for now: their element says 429, as often as they are listed."""

    path = r"/rest/dmpSegments/(\w+)/users"
    late: tuple[str, ...] = ()

    def about(self, asked: Asked, known: str) -> Told:
        if asked.headers.get("x-restli-method") != "BATCH_CREATE" or not asked.headers.get("linkedin-version"):
            return Told(400, {"serviceErrorCode": 100, "status": 400})
        told: list[dict[str, Any]] = []
        late, self.late = self.late, ()
        for element in asked.told["elements"]:
            ids = [one["idValue"] for one in element["userIds"]]
            if set(ids) & set(late):
                told.append({"status": 429})
                continue
            bad = self.change(known, element["action"].lower(), ids)
            told.append({"status": 400, "error": {"status": 400}} if bad else {"status": 201})
        return Told(200, {"elements": told})


class TradeDesk(Platform):
    """Segments by id; a digest is kept as `kind:digest`. Files are put at an address that is asked for, and used once."""

    def __init__(self, segments: tuple[str, ...], **more: Any) -> None:
        super().__init__(**more)
        self.audiences = {one: set() for one in segments}
        self.drops: dict[str, tuple[str, str, str]] = {}

    def apply(self, asked: Asked) -> Told:
        path = urlsplit(asked.path)
        if asked.method == "PUT":
            return self.dropped(path.path, path.query, asked.body)
        if asked.headers.get("ttd-auth") != TOKEN:
            return Told(401, {"Message": "not authorized"})
        found = re.fullmatch(r"/v3/crmdata/segment/1/(\w+)", path.path)
        if not found or found[1] not in self.audiences:
            return Told(404, {"Message": "no such segment"})
        place = f"/drop/{len(self.drops) + 1}"
        self.drops[place] = (found[1], asked.told["PiiType"], asked.told["MergeMode"])
        return Told(200, {"ReferenceId": f"ref-{len(self.drops)}", "Url": f"{self.url}{place}?X-Amz-Signature=signed"})

    def dropped(self, place: str, query: str, body: bytes) -> Told:
        if query != "X-Amz-Signature=signed" or place not in self.drops:
            return Told(403, b"<Error><Code>AccessDenied</Code></Error>")
        segment, kind, mode = self.drops.pop(place)
        self.drops[f"{place}/used"] = (segment, kind, mode)
        known = {f"{kind}:{one}" for one in body.decode().split("\n")[1:] if one}
        held = self.audiences[segment]
        same = {one for one in held if one.startswith(f"{kind}:")}
        self.audiences[segment] = {"Add": held | known, "Delete": held - known, "Replace": held - same | known}[mode]
        self.done.append((mode, segment))
        return Told(200, b"")
