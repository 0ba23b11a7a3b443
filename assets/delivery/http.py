"""Plain requests to a platform's API: where it is, who we are there, and what its answers mean. No platform's words are here.

A platform is a class of a module http_<platform>.py that says what its codes mean. Redirects are not followed, bodies and tokens
are never logged, and addresses without TLS are taken on loopback only.
"""

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from assets.delivery.destination import Answer, Refused, Rejection, Unreached
from assets.delivery.http_answers import Fault, content, is_whole, meaning_of, waiting
from schemas.platforms.batch import Batch

# How often one body is sent again without the members that the platform objected to, before it is given up.
ROUNDS = 25


@dataclass(frozen=True)
class Api:
    """What policy says of one API. Tokens are not here: `token` names the environment variable that holds one.

    `address` empty: the platform's own. `audience_ids` are the platform's ids of our cells. `headers` go with every request.
    """

    token: str
    account: str = ""
    address: str = ""
    audience_ids: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 60.0


class HttpDoor:
    """One platform's API. A platform says its address, how a token is shown, and what its answers mean."""

    NAME: ClassVar[str] = ""
    ADDRESS: ClassVar[str] = ""
    MEMBERS: ClassVar[tuple[str, ...]] = ()  # where the members of a body are, from the top
    HEADERS: ClassVar[Mapping[str, str]] = {}  # options of policy that are headers of every request

    def __init__(self, api: Api, environ: Mapping[str, str]) -> None:
        """Connect to nothing yet. ValueError where the address would send identifiers in the clear."""
        self.api, self.environ = api, environ
        self.address = (api.address or self.ADDRESS).rstrip("/")
        is_local = _is_loopback(checked(self.address))
        quiet("httpx", "httpcore")
        timeout = httpx.Timeout(api.timeout_seconds, connect=min(api.timeout_seconds, 10.0))
        self.client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not is_local)

    def send(self, batch: Batch, key: str) -> Answer:
        """Hand over a body; members that the platform objects to by their place are left out, and the rest is sent."""
        method, _, path = batch.request.partition(" ")
        body, kept, left = batch.body, list(range(len(batch.members))), list[Rejection]()
        for _ in range(ROUNDS):
            more = {"Content-Type": batch.content_type, "Idempotency-Key": key, **self.more_headers(batch)}
            response = self.ask(method, path, body, more)
            fault = self.fault(response)
            if fault is None:
                answer = self.answer(batch, response)
                return Answer(answer.request_id, (*left, *answer.rejections), answer.unnamed)
            spots = frozenset(fault.spots) & frozenset(range(len(kept)))
            rows = self.rows(body) if spots and fault.meaning == "body" else []
            if not rows or len(rows) != len(kept):
                raise self.error(fault)
            left += [Rejection(batch.members[kept[spot]], fault.code) for spot in sorted(spots)]
            kept = [place for spot, place in enumerate(kept) if spot not in spots]
            if not kept:
                return Answer("", tuple(left))
            body = self.with_rows(body, [row for spot, row in enumerate(rows) if spot not in spots])
        raise Refused(
            f"{self.NAME} still objects to members after {ROUNDS} rounds; look at the rules of the platform's identifiers"
        )

    def settle(self, batch: Batch, key: str) -> Answer | None:
        """None: none of these APIs can be asked for a body by our key; sending it again leaves the same state there."""
        del batch, key
        return None

    def held(self, cell: str) -> int | None:
        """None where the platform does not say."""
        del cell
        return None

    def close(self) -> None:
        """Give back connections."""
        self.client.close()

    def headers(self, token: str) -> Mapping[str, str]:
        """How a request shows who asks."""
        return {"Authorization": f"Bearer {token}"}

    def more_headers(self, batch: Batch) -> Mapping[str, str]:
        """What a body's own request says beside that."""
        del batch
        return {}

    def fault(self, response: httpx.Response) -> Fault | None:
        """What is wrong with an answer; None where the body was taken."""
        if response.is_success:
            return None
        status = response.status_code
        return Fault(meaning_of(status), f"HTTP {status}", waiting(response), is_whole=is_whole(status))

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """What the platform said to a body that it took."""
        del batch, response
        return Answer()

    def rows(self, body: bytes) -> list[Any]:
        """The members of a body, in their order; empty where a body cannot be taken apart."""
        found = json.loads(body)
        for name in self.MEMBERS:
            found = found[name]
        return found if isinstance(found, list) else []

    def with_rows(self, body: bytes, rows: list[Any]) -> bytes:
        """The same body with other members."""
        whole = json.loads(body)
        inner = whole
        for name in self.MEMBERS[:-1]:
            inner = inner[name]
        inner[self.MEMBERS[-1]] = rows
        return json.dumps(whole, separators=(",", ":")).encode()

    def token(self) -> str:
        """The access token of this moment. Refused where the environment holds none."""
        found = self.environ.get(self.api.token, "")
        if not found:
            raise Refused(f"no credentials: set the environment variable {self.api.token}")
        return found

    def ask(self, method: str, path: str, body: bytes | None = None, more: Mapping[str, str] | None = None) -> httpx.Response:
        """One request below the platform's address. Unreached where no answer came."""
        headers = {**self.api.headers, **self.headers(self.token()), **(more or {})}
        return self.exchange(method, f"{self.address}{path}", body, headers)

    def told(self, method: str, path: str, body: bytes | None = None, key: str = "") -> dict[str, Any]:
        """The JSON of an answer to a question. Raises as `send` does."""
        more = {"Content-Type": "application/json"} if body else {}
        response = self.ask(method, path, body, {**more, "Idempotency-Key": key} if key else more)
        fault = self.fault(response)
        if fault is not None:
            raise self.error(fault)
        return content(response)

    def exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> httpx.Response:
        """One request to a whole address; no error of it quotes the address, which may carry a signature."""
        try:
            return self.client.request(method, url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            if _is_untrusted(error):
                raise Refused(f"{self.NAME}: the server's certificate is not trusted; nothing was sent") from None
            raise Unreached(f"{self.NAME}: no connection ({type(error).__name__})") from None
        except httpx.TransportError as error:
            raise Unreached(f"{self.NAME}: answer lost ({type(error).__name__})", is_unknown=True) from None

    def error(self, fault: Fault) -> Refused | Unreached:
        """The error that a fault means to whoever sends."""
        if fault.meaning in ("limit", "server"):
            return Unreached(f"{self.NAME}: {fault.code}", fault.after, is_unknown=fault.meaning == "server")
        if fault.meaning == "credentials":
            return Refused(f"{self.NAME} refused the credentials ({fault.code}): see the environment variable {self.api.token}")
        return Refused(f"{self.NAME} refused the body ({fault.code})", may_be_members=not fault.is_whole)


def checked(address: str) -> str:
    """The address, if nothing sent there can be read on the way. ValueError naming what is accepted otherwise."""
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(address))):
        return address
    raise ValueError(f"address {parts.scheme}://{parts.hostname or ''} is not safe; use https://, or http:// on loopback only")


def quiet(*loggers: str) -> None:
    """Libraries that write addresses into logs at INFO are heard from WARNING on: an address may carry a signature."""
    for name in loggers:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate was not believed, which no waiting changes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
