"""A platform on loopback: keeps what each audience holds, and fails on demand or by a seeded draw in the ways servers fail."""

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

import httpx

from assets.delivery.http import HttpDoor

TOKEN = "token-of-the-tests-0123456789"
# too many requests (seconds, and as a date); errors before and after the body was applied; late answers; cut connections
KINDS = ("limit", "limit date", "500", "503", "503 applied", "slow", "slow applied", "cut", "cut applied")
APPLIED = ("503 applied", "slow applied", "cut applied")


@dataclass
class Faults:
    """What goes wrong next: a script, then a draw. `share` of requests fail in one of `kinds`."""

    script: list[str] = field(default_factory=list)
    seed: int = 0
    share: float = 0.0
    kinds: tuple[str, ...] = KINDS

    def __post_init__(self) -> None:
        self.random, self.lock = random.Random(self.seed), threading.Lock()

    def next(self) -> str:
        with self.lock:
            if self.script:
                return self.script.pop(0)
            return self.random.choice(self.kinds) if self.random.random() < self.share else ""


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict:
        return json.loads(self.body)


@dataclass
class Told:
    """One answer."""

    status: int
    content: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Platform:
    """State and contract of a platform; a subclass says what its requests do."""

    def __init__(self, faults: Faults | None = None, slowness: float = 1.0) -> None:
        self.faults, self.slowness, self.lock = faults or Faults(), slowness, threading.Lock()
        self.audiences: dict[str, set[str]] = {}
        self.asked: list[Asked] = []
        self.done: list[tuple[str, str]] = []  # what was applied, in its order: kind, audience
        self.failed: list[str] = []
        self.url = ""

    def apply(self, asked: Asked) -> Told:
        raise NotImplementedError

    def limited(self, headers: dict[str, str]) -> Told:
        return Told(429, {"error": "too many requests"}, headers)

    def broken(self, status: int) -> Told:
        return Told(status, {"error": "our fault"})

    def handle(self, asked: Asked) -> Told | None:
        """The answer; None: the connection is cut."""
        kind = self.faults.next()
        with self.lock:
            self.asked.append(asked)
            if kind:
                self.failed.append(kind)
            if not kind or kind in APPLIED:
                told = self.apply(asked)
        if not kind:
            return told
        if kind.startswith("limit"):
            return self.limited({"Retry-After": formatdate(time.time() + 1, usegmt=True) if "date" in kind else "0"})
        if kind.startswith("slow"):
            time.sleep(self.slowness)
        return None if kind.startswith(("slow", "cut")) else self.broken(int(kind[:3]))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    platform: Platform

    def answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        told = self.platform.handle(Asked(self.command, self.path, headers, body))
        if told is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = told.content if isinstance(told.content, bytes) else json.dumps(told.content).encode()
        self.send_response(told.status)
        for name, value in {**told.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = answer

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news here."""


@contextmanager
def impatient(door: HttpDoor, kind: str) -> Iterator[None]:
    """Where an answer is to be late, the door does not wait for it; otherwise it has all the time that a loaded machine needs."""
    patience = door.client.timeout
    door.client.timeout = httpx.Timeout(0.3) if kind.startswith("slow") else patience
    try:
        yield
    finally:
        door.client.timeout = patience


P = TypeVar("P", bound=Platform)


@contextmanager
def serving(platform: P) -> Iterator[P]:
    """The platform at a free port of loopback, until the end of the block."""
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"platform": platform}))
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
