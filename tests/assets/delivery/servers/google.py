"""The Data Manager API as it is documented: one bad member fails the whole request and is named by its place."""

import base64
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from tests.assets.delivery.servers.http_server import TOKEN, Asked, Platform, Told

DIGEST = re.compile(r"[0-9a-f]{64}")


class Google(Platform):
    """Lists by id; an identifier is kept with the number of the request that last ingested it."""

    def __init__(self, lists: tuple[str, ...], account: str = "1", most: int = 10_000, **more: Any) -> None:
        super().__init__(**more)
        self.account, self.most, self.refused = account, most, set[str]()
        self.audiences = {one: set() for one in lists}
        self.seen: dict[tuple[str, str], int] = {}
        self.requests: dict[str, str] = {}
        self.public_key: RSAPublicKey | None = None
        self.grants = 0

    def limited(self, headers: dict[str, str]) -> Told:
        return replace(wrong(429, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"), headers=headers)

    def broken(self, status: int) -> Told:
        return wrong(status, "UNAVAILABLE" if status == 503 else "INTERNAL", "INTERNAL_ERROR")

    def apply(self, asked: Asked) -> Told:
        if asked.path == "/token":
            return self.grant(parse_qs(asked.body.decode()))
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return wrong(401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED")
        path = urlsplit(asked.path)
        if (asked.method, path.path) == ("GET", "/v1/requestStatus:retrieve"):
            return self.status(parse_qs(path.query)["requestId"][0])
        if asked.method == "GET" and path.path.startswith(f"/v1/accountTypes/GOOGLE_ADS/accounts/{self.account}/userLists/"):
            size = len(self.audiences[path.path.rpartition("/")[2]])
            return Told(200, {"sizeInfo": {"searchNetworkMembersCount": str(size), "displayNetworkMembersCount": "0"}})
        if asked.method != "POST" or not path.path.startswith("/v1/audienceMembers:"):
            return wrong(404, "NOT_FOUND", "NOT_FOUND")
        return self.change(path.path.rpartition(":")[2], asked.told)

    def grant(self, told: dict[str, list[str]]) -> Told:
        """A token for an assertion that the account's key signed, that is for us and of now."""
        if self.public_key is None or told["grant_type"] != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return Told(400, {"error": "unsupported_grant_type"})
        said, _, signature = told["assertion"][0].rpartition(".")
        try:
            self.public_key.verify(decoded(signature), said.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return Told(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        claims = json.loads(decoded(said.partition(".")[2]))
        assert claims["aud"] == f"{self.url}/token"
        assert claims["exp"] - claims["iat"] == 3600
        assert abs(claims["iat"] - time.time()) < 60
        self.grants += 1
        return Told(200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def change(self, what: str, told: dict) -> Told:
        where = [one for one in told.get("destinations", []) if one["operatingAccount"]["accountId"] == self.account]
        lists = [str(one["productDestinationId"]) for one in where]
        if not lists or not set(lists) <= set(self.audiences):
            return wrong(400, "INVALID_ARGUMENT", "INVALID_USER_LIST_ID", ["destinations[0]"])
        number = len(self.requests) + 1
        if what == "removeAll":
            for one in lists:
                self.audiences[one] -= {
                    held for held in self.audiences[one] if self.seen[one, held] < int(told["removeAsOfTime"])
                }
            return self.taken(number, what, lists)
        members = told.get("audienceMembers", [])
        if len(members) > self.most:
            return wrong(400, "INVALID_ARGUMENT", "TOO_MANY_AUDIENCE_MEMBERS", ["audience_members"])
        if what == "ingest" and told.get("consent", {}).get("adUserData") != "CONSENT_GRANTED":
            return wrong(400, "INVALID_ARGUMENT", "REQUIRED_FIELD_MISSING", ["consent"])
        if what == "ingest" and told["termsOfService"]["customerMatchTermsOfServiceStatus"] != "ACCEPTED":
            return wrong(400, "FAILED_PRECONDITION", "TERMS_AND_CONDITIONS_NOT_SIGNED")
        named = [list(identifiers(one)) for one in members]
        bad = [place for place, held in enumerate(named) if not self.is_sound(held)]
        if bad:
            fields = [f"audience_members[{place}].user_data.user_identifiers[0]" for place in bad[:5]]
            return wrong(400, "INVALID_ARGUMENT", "INVALID_SHA256_FORMAT", fields)
        for one in lists:
            for held in (held for row in named for held in row):
                self.seen[one, held] = number
                (self.audiences[one].add if what == "ingest" else self.audiences[one].discard)(held)
        return self.taken(number, what, lists)

    def is_sound(self, held: list[str]) -> bool:
        digests = [part for one in held for part in one.split(":")[1].split("|")[:2] if part]
        return 0 < len(held) <= 10 and all(DIGEST.fullmatch(one) for one in digests) and not self.refused & set(held)

    def taken(self, number: int, what: str, lists: list[str]) -> Told:
        self.requests[f"request-{number}"] = "SUCCESS"
        self.done += [(what, one) for one in lists]
        return Told(200, {"requestId": f"request-{number}"})

    def status(self, request: str) -> Told:
        state = self.requests[request]
        errors = {"errorInfo": {"errorCounts": [{"recordCount": "2", "reason": "PROCESSING_ERROR_REASON_INVALID_EMAIL"}]}}
        return Told(200, {"requestStatusPerDestination": [{"requestStatus": state} | (errors if state != "SUCCESS" else {})]})


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def identifiers(member: dict) -> Iterator[str]:
    """What a member is known by, as the table of exports spells it."""
    for one in member["userData"]["userIdentifiers"]:
        if "address" in one:
            at = one["address"]
            yield f"address:{at['givenName']}|{at['familyName']}|{at['regionCode']}|{at['postalCode']}"
        else:
            yield f"email:{one['emailAddress']}" if "emailAddress" in one else f"phone:{one['phoneNumber']}"


def wrong(status: int, code: str, reason: str, fields: list[str] | None = None) -> Told:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "datamanager.googleapis.com"}
    violations = [{"field": one, "description": "see the reason", "reason": reason} for one in fields or []]
    details = [info, *([{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}] if fields else [])]
    return Told(status, {"error": {"code": status, "message": "wrong", "status": code, "details": details}})
