"""The block `delivery`: addresses by kind, secrets by name, and errors that repeat neither."""

import pytest
from pydantic import ValidationError

from schemas.policy.delivery import Delivery

SECRET = "hunter2-never-told"
HTTP = {"kind": "http", "secrets": {"token": "META_TOKEN"}}
SFTP = {"kind": "sftp", "secrets": {"key": "SFTP_KEY"}, "options": {"host_key": "SHA256:abc"}}
KEYS = {"access_key": "S3_ID", "secret_key": "S3_KEY"}


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "folder", "address": "/mnt/in"},
        SFTP | {"address": "sftp://user@host.example:2222/in"},
        {"kind": "s3", "address": "s3://bucket/prefix", "options": {"path_style": True}, "secrets": KEYS},
        HTTP | {"audience_ids": {"A": "1"}},
        HTTP | {"address": "http://127.0.0.1:8080"},
        HTTP | {"address": "https://sandbox.example/v1"},
    ],
)
def test_what_is_accepted(given):
    assert Delivery(**given).kind == given["kind"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "folder"}, "the path of a folder"),
        ({"kind": "folder", "address": "https://host"}, "the path of a folder"),
        ({"kind": "sftp", "address": f"sftp://user:{SECRET}@host/in"}, "without password or signature"),
        ({"kind": "http", "address": f"https://host/upload?signature={SECRET}"}, "without password or signature"),
        ({"kind": "http", "address": "http://ads.example"}, "http:// on loopback only"),
        ({"kind": "s3", "address": "bucket/prefix"}, "s3://bucket/prefix"),
        ({"kind": "http", "secrets": {"token": SECRET}}, "never the secret itself"),
        ({"kind": "ftp", "address": "ftp://host"}, "'folder', 'sftp', 's3' or 'http'"),
        (HTTP | {"attempts": 0}, "greater than or equal to 1"),
        (HTTP | {"rate_per_minute": 0}, "greater than or equal to 1"),
        (HTTP | {"password": "x"}, "password"),
    ],
)
def test_what_is_refused_and_what_is_told_of_it(given, says):
    with pytest.raises(ValidationError) as wrong:
        Delivery(**given)
    told = "; ".join(one["msg"] for one in wrong.value.errors())
    assert says in f"{told} {wrong.value}" and SECRET not in told
