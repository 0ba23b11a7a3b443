"""Whom we believe and who believes us: certificates of servers, and Google's tokens from a service account's key."""

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from assets.delivery.destination import Refused, Unreached
from assets.delivery.http import Api
from assets.delivery.http_google import GoogleDoor
from pipelines.activation.render import batches
from tests.assets.delivery.members import held, rows
from tests.assets.delivery.servers.google import Google
from tests.assets.delivery.servers.http_server import serving

(BATCH,) = batches("google", rows("google", "P1"), "1", {"loyalty": "77"})
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def google() -> Iterator[Google]:
    with serving(Google(("77",))) as one:
        one.public_key = KEY.public_key()
        yield one


def account(google: Google, key: rsa.RSAPrivateKey = KEY) -> str:
    told = {"type": "service_account", "client_email": "v@example.iam.gserviceaccount.com", "private_key": pem(key)}
    return json.dumps(told | {"token_uri": f"{google.url}/token"})


def door(google: Google, secret: str) -> GoogleDoor:
    return GoogleDoor(Api("SECRET", "1", google.url, {"loyalty": "77"}, timeout_seconds=10), {"SECRET": secret})


def test_a_service_accounts_key_is_exchanged_for_a_token_that_is_kept(google: Google) -> None:
    one = door(google, account(google))
    one.send(BATCH, "key")
    one.send(BATCH, "key")
    assert google.audiences["77"] == held("google", "P1")
    assert (google.grants, one.held("loyalty")) == (1, 2)


def test_a_key_that_google_does_not_know_is_refused_and_not_shown(google: Google) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Refused, match=r"credentials.*token: invalid_grant.*SECRET") as caught:
        door(google, account(google, other)).send(BATCH, "key")
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize("text", ["{}", "{", '{"private_key": "x", "client_email": "y", "token_uri": "https://z"}'])
def test_what_is_no_key_is_refused_and_not_shown(google: Google, text: str) -> None:
    with pytest.raises(Refused, match="SECRET holds no service account's key"):
        door(google, text).send(BATCH, "key")


def test_a_key_is_never_sent_in_the_clear(google: Google) -> None:
    text = account(google).replace(google.url, "http://oauth2.example.com")
    with pytest.raises(Refused, match="SECRET holds no service account's key"):
        door(google, text).send(BATCH, "key")


def test_tokens_may_be_late_too(google: Google) -> None:
    google.faults.script = ["503"]
    with pytest.raises(Unreached):
        door(google, account(google)).send(BATCH, "key")


class Silent(BaseHTTPRequestHandler):
    asked = 0

    def do_POST(self) -> None:
        Silent.asked += 1


def certificate(folder: Path) -> Path:
    """A certificate that nobody but itself vouches for."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(KEY, hashes.SHA256())
    )
    place = folder / "server.pem"
    place.write_text(pem(KEY) + made.public_bytes(Encoding.PEM).decode())
    return place


def test_a_server_that_nobody_vouches_for_is_sent_nothing(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        one = GoogleDoor(Api("SECRET", address=f"https://127.0.0.1:{server.server_port}"), {"SECRET": "token"})
        with pytest.raises(Refused, match="certificate is not trusted"):
            one.send(BATCH, "key")
        assert Silent.asked == 0
    finally:
        server.shutdown()
        server.server_close()
