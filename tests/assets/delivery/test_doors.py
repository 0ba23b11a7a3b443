"""From policy to real servers: what the engine is told of each kind, and what is refused before anything is sent."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assets.delivery.destination import Answer
from assets.delivery.open import open_destination
from assets.delivery.open_http import DOORS
from assets.delivery.opening import CannotOpen, Opening
from pipelines.activation.render import RENDERERS
from schemas.platforms import all_platforms
from schemas.platforms.batch import Batch
from schemas.policy.delivery import Delivery
from tests.assets.delivery.servers import s3, sftp
from tests.assets.delivery.servers.http_server import TOKEN, serving
from tests.assets.delivery.servers.meta import Meta

BATCH = Batch("email", "loyalty", "add", 1, "add-00001.csv", b"key,email\n", "text/csv", ("P1",))
ENVIRONMENT = {"PASSWORD": sftp.PASSWORD, "TOKEN": TOKEN, "KEY": "k", "SECRET": "s"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[sftp.Sftp]:
    with sftp.serving(tmp_path) as one:
        yield one


def opening(platform: str, **rules: object) -> Opening:
    found = Delivery.model_validate(rules)
    return Opening(platform, "velocity_b", date(2026, 11, 22), 1, "1", found, ENVIRONMENT)


def test_an_sftp_server_of_policy(server: sftp.Sftp) -> None:
    told = {"address": f"sftp://{sftp.USER}@127.0.0.1:{server.port}/in", "secrets": {"password": "PASSWORD"}}
    to = open_destination(opening("email", kind="sftp", options={"host_key": server.host_key.fingerprint}, **told))
    assert to.send(BATCH, "key") == Answer()
    assert (server.root / "in/2026-11-22/email/loyalty/add-00001.csv").read_bytes() == BATCH.body
    assert to.settle(BATCH, "key") == Answer()
    to.close()


def test_a_bucket_of_policy() -> None:
    with s3.serving() as storage:
        told = {"address": f"s3://{s3.BUCKET}/in", "secrets": {"access_key": "KEY", "secret_key": "SECRET"}}
        to = open_destination(opening("email", kind="s3", options={"endpoint": storage.url, "path_style": True}, **told))
        to.send(BATCH, "key")
        assert storage.objects() == {"in/2026-11-22/email/loyalty/add-00001.csv": BATCH.body}
        to.close()


def test_an_api_of_policy() -> None:
    with serving(Meta(("77",))) as meta:
        told = {"address": meta.url, "secrets": {"token": "TOKEN"}, "audience_ids": {"loyalty": "77"}}
        to = open_destination(opening("meta", kind="http", **told))
        assert to.held("loyalty") == 0
        to.close()


def test_options_of_a_platform_become_headers() -> None:
    to = open_destination(opening("linkedin", kind="http", secrets={"token": "TOKEN"}, options={"version": 202610}))
    assert to.headers("t")["LinkedIn-Version"] == "202610"  # type: ignore[attr-defined]  # its own kind of destination
    to.close()


SFTP = {"kind": "sftp", "address": "sftp://u@h/in", "options": {"host_key": "SHA256:x"}, "secrets": {"password": "PASSWORD"}}
S3 = {"kind": "s3", "address": "s3://bucket", "secrets": {"access_key": "KEY", "secret_key": "SECRET"}}
HTTP = {"kind": "http", "secrets": {"token": "TOKEN"}}


@pytest.mark.parametrize(
    ("platform", "rules", "message"),
    [
        ("email", SFTP | {"secrets": {"password": "UNSET"}}, "environment variable UNSET, which is not set"),
        ("email", S3 | {"options": {"endpoint": "http://storage.example.com"}}, "use https://"),
        ("email", HTTP, "has no API here"),
        ("meta", HTTP | {"options": {"version": "1"}}, "delivery.options has no 'version' here; expected none"),
    ],
)
def test_what_must_be_said_is_asked_for_before_anything_is_sent(platform: str, rules: dict[str, object], message: str) -> None:
    found = opening(platform, **rules)
    with pytest.raises(CannotOpen, match=message) as caught:
        open_destination(found)
    assert str(caught.value).startswith(f"platform {platform}: ")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (SFTP | {"options": {}}, "options of kind sftp with host_key or known_hosts, once"),
        (SFTP | {"options": {"host_key": "a", "known_hosts": "b"}}, "with host_key or known_hosts, once"),
        (SFTP | {"options": {"hostkey": "x"}}, "found 'hostkey' .did you mean 'host_key'"),
        (SFTP | {"address": "sftp://h/in"}, "an address with a user"),
        (SFTP | {"secrets": {}}, "secrets of kind sftp with password or key, once"),
        (S3 | {"secrets": {"access_key": "KEY"}}, "secrets of kind s3 with secret_key"),
        (S3 | {"options": {"regoin": "x"}}, "did you mean 'region'"),
        (HTTP | {"secrets": {}}, "secrets of kind http with token"),
        (HTTP | {"secrets": {"token": "TOKEN", "password": "PASSWORD"}}, "secrets of kind http: token; found 'password'"),
    ],
)
def test_policy_is_refused_where_a_kind_would_not_know_what_to_do(rules: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Delivery.model_validate(rules)


def test_every_platform_whose_bodies_are_requests_has_a_door() -> None:
    drawn = {name for name, one in all_platforms().items() if one.renderer in set(RENDERERS) - {"csv", "microsoft"}}
    assert drawn == set(DOORS)
