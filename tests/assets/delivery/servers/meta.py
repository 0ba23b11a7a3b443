"""Custom audiences of the Graph API as documented: rows that cannot be read are counted and shown, the others are taken."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.assets.delivery.servers.http_server import TOKEN, Asked, Platform, Told

DIGEST = re.compile(r"[0-9a-f]{64}|")
STRONG = ("EXTERN_ID", "EMAIL", "PHONE")


class Meta(Platform):
    """Audiences by id; a row is kept as what identifies alone: our id, e-mail and phone, `KEY:value`."""

    def __init__(self, audiences: tuple[str, ...], most: int = 10_000, shown: int = 10, **more: Any) -> None:
        super().__init__(**more)
        self.most, self.shown, self.refused = most, shown, set[str]()
        self.audiences = {one: set() for one in audiences}
        self.sessions: dict[int, dict[int, set[str]]] = {}
        self.limits: dict[str, set[str]] = {one: set() for one in audiences}  # who is under Limited Data Use

    def limited(self, headers: dict[str, str]) -> Told:
        """Meta's limits are errors of the request, with the minutes in a header of their own."""
        if headers["Retry-After"].isdecimal():
            return wrong(400, 80003, "too many calls")
        uses = {"1": [{"type": "custom_audience", "call_count": 100, "estimated_time_to_regain_access": 1}]}
        return Told(400, wrong(400, 17, "limit").content, {"X-Business-Use-Case-Usage": json.dumps(uses)})

    def broken(self, status: int) -> Told:
        return wrong(status, 2, "service temporarily unavailable", is_transient=True)

    def apply(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return wrong(400, 190, "error validating access token", below=463)
        path = urlsplit(asked.path)
        audience, _, edge = path.path.strip("/").partition("/")
        if audience not in self.audiences:
            return wrong(400, 100, "unsupported request", below=33)
        if asked.method == "GET" and not edge:
            count = len({one for one in self.audiences[audience] if one.startswith("EXTERN_ID:")})
            return Told(200, {"id": audience, "approximate_count_lower_bound": count, "approximate_count_upper_bound": count + 1})
        return self.change(audience, asked.method, edge, asked.told)

    def change(self, audience: str, method: str, edge: str, told: dict[str, Any]) -> Told:
        session, payload = told["session"], told["payload"]
        if not {"session_id", "batch_seq", "last_batch_flag", "estimated_num_total"} <= set(session):
            return wrong(400, 100, "session")
        if len(payload["data"]) > self.most:
            return wrong(400, 100, "too many rows", below=1870145)
        rows = [dict(zip(payload["schema"], row, strict=True)) for row in payload["data"]]
        bad = [place for place, row in enumerate(rows) if not self.is_sound(row)]
        taken = [row for place, row in enumerate(rows) if place not in bad]
        known = {f"{name}:{row[name]}" for row in taken for name in STRONG if row.get(name)}
        if (method, edge) == ("POST", "users"):
            self.audiences[audience] |= known
            self.limits[audience] |= {row["EXTERN_ID"] for row in taken if row.get("DATA_PROCESSING_OPTIONS") == ["LDU"]}
        elif (method, edge) == ("DELETE", "users"):
            self.audiences[audience] -= known
        elif (method, edge) == ("POST", "usersreplace"):
            batches = self.sessions.setdefault(session["session_id"], {})
            batches[session["batch_seq"]] = known
            last = max(batches) if session["last_batch_flag"] else 0
            if last and sorted(batches) == list(range(1, last + 1)):
                self.audiences[audience] = set().union(*batches.values())
        else:
            return wrong(400, 100, "unsupported request", below=33)
        self.done.append((f"{method} {edge}", audience))
        shown = {json.dumps(payload["data"][place], separators=(",", ":")): "invalid" for place in bad[: self.shown]}
        counts = {"num_received": len(rows), "num_invalid_entries": len(bad), "invalid_entry_samples": shown}
        return Told(200, {"audience_id": audience, "session_id": str(session["session_id"]), **counts})

    def is_sound(self, row: dict[str, Any]) -> bool:
        hashed = [str(value) for name, value in row.items() if name not in ("EXTERN_ID", "DATA_PROCESSING_OPTIONS")]
        return all(DIGEST.fullmatch(one) for one in hashed) and not self.refused & {row["EMAIL"], row["PHONE"]}


def wrong(status: int, code: int, message: str, below: int = 0, is_transient: bool = False) -> Told:
    error = {"message": message, "type": "OAuthException", "code": code, "is_transient": is_transient, "fbtrace_id": "t"}
    return Told(status, {"error": error | ({"error_subcode": below} if below else {})})
