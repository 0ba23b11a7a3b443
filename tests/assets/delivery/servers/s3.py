"""S3-compatible storage on loopback: moto's own server, behind what makes it fail on demand or by a seeded draw."""

import base64
import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.assets.delivery.servers.http_server import Faults

BUCKET = "drop"
ENVIRONMENT = {"VELOCITY_S3_KEY": "key-of-the-tests", "VELOCITY_S3_SECRET": "secret-of-the-tests"}
SLOW_DOWN = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>wait</Message></Error>"
CODES = {
    "limit": ("503 Slow Down", b"SlowDown"),
    "500": ("500 Internal", b"InternalError"),
    "503": ("503 Busy", b"ServiceUnavailable"),
}
CODES |= {"403": ("403 Forbidden", b"AccessDenied"), "skew": ("403 Forbidden", b"RequestTimeTooSkewed")}


class Storage:
    """The application in front of moto's. `slowness` in seconds."""

    def __init__(self, faults: Faults, slowness: float) -> None:
        self.faults, self.slowness, self.url, self.asked = faults, slowness, "", 0
        self.checked = 0
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        self.asked += 1
        kind, body = self.faults.next(), environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if kind in ("", "503 applied", "slow applied", "cut applied"):
            told = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256", "")
            if told:
                assert base64.b64decode(told) == hashlib.sha256(body).digest()
                self.checked += 1
            environ["wsgi.input"] = io.BytesIO(body)
            answer = b"".join(self.moto(environ, start if not kind else lambda *_: lambda *_: None))
            if not kind:
                return [answer]
        if kind.startswith("slow"):
            time.sleep(self.slowness)
        if kind.startswith(("slow", "cut")):
            with suppress(OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError  # the server takes it for a client that went away
        status, code = CODES[kind.split(" ")[0]]
        start(status, [("Content-Type", "application/xml"), *([("Retry-After", "7")] if kind == "limit" else [])])
        return [SLOW_DOWN % code]

    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )

    def objects(self) -> dict[str, bytes]:
        """Every object with its content."""
        client = self.client()
        kept, self.faults = self.faults, Faults()
        found = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        held = {one["Key"]: client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in found}
        self.faults = kept
        client.close()
        return held


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def serving(slowness: float = 1.0) -> Iterator[Storage]:
    """A storage with one empty bucket, until the end of the block."""
    storage = Storage(Faults(), slowness)
    server = make_server("127.0.0.1", 0, storage, threaded=True, request_handler=Silent)
    storage.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    client = boto3.client(
        "s3", endpoint_url=storage.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket=BUCKET)
    try:
        yield storage
    finally:
        for one in storage.objects():
            client.delete_object(Bucket=BUCKET, Key=one)
        client.delete_bucket(Bucket=BUCKET)
        client.close()
        server.shutdown()
        server.server_close()
