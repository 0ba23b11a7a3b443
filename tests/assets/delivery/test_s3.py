"""Objects in S3-compatible storage, against moto's server on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from assets.delivery.destination import Refused, Unreached
from assets.delivery.s3 import S3Door, S3Place
from schemas.platforms.batch import Batch
from tests.assets.delivery.servers.s3 import BUCKET, ENVIRONMENT, Storage, serving

BODY = b"key,email\n" + b"x" * 100_000
BATCH = Batch("email", "loyalty", "add", 1, "add-00001.csv", BODY, "text/csv; charset=utf-8", ("P1",))
NAME = "in/2026-11-22/email/loyalty/add-00001.csv"
KEY = "0123456789abcdef"


@pytest.fixture
def storage() -> Iterator[Storage]:
    with serving() as one:
        yield one


def where(batch: Batch) -> str:
    return f"2026-11-22/{batch.path}"


def place(storage: Storage) -> S3Place:
    return S3Place(
        BUCKET,
        "/in/",
        storage.url,
        is_path_style=True,
        timeout_seconds=10,
        access_key="VELOCITY_S3_KEY",
        secret_key="VELOCITY_S3_SECRET",
    )


def impatient(storage: Storage, kind: str, door: S3Door) -> S3Door:
    """A door that does not wait for a late answer, where one is to be late."""
    if not kind.startswith("slow"):
        return door
    return S3Door(replace(place(storage), timeout_seconds=0.3), where, ENVIRONMENT)


@pytest.fixture
def door(storage: Storage) -> Iterator[S3Door]:
    one = S3Door(place(storage), where, ENVIRONMENT)
    yield one
    one.close()


def test_an_object_is_in_place_with_its_checksum(storage: Storage, door: S3Door) -> None:
    assert door.settle(BATCH, KEY) is None
    answer = door.send(BATCH, KEY)
    assert storage.objects() == {NAME: BODY}
    assert door.settle(BATCH, KEY) == answer
    assert answer.request_id
    head = door.client.head_object(Bucket=BUCKET, Key=NAME)
    assert (head["ContentType"], head["Metadata"]["velocity-key"]) == ("text/csv; charset=utf-8", KEY)
    assert storage.checked == 1
    door.send(BATCH, KEY)
    assert storage.objects() == {NAME: BODY}


def test_another_body_or_key_is_not_ours(door: S3Door) -> None:
    door.send(BATCH, KEY)
    assert door.settle(BATCH, "another") is None
    assert door.settle(replace(BATCH, body=BODY[:-1] + b"y"), KEY) is None
    assert door.settle(replace(BATCH, body=BODY[:-1]), KEY) is None


@pytest.mark.parametrize(
    ("kind", "after", "is_unknown", "is_there"),
    [
        ("limit", 7.0, False, False),
        ("500", None, True, False),
        ("503", None, True, False),
        ("slow", None, True, False),
        ("slow applied", None, True, True),
        ("cut", None, True, False),
        ("cut applied", None, True, True),
    ],
)
def test_what_may_be_over_soon_is_unreached_after_one_attempt(
    storage: Storage, door: S3Door, kind: str, after: float | None, is_unknown: bool, is_there: bool
) -> None:
    storage.faults.script, before = [kind], storage.asked
    with pytest.raises(Unreached) as caught:
        impatient(storage, kind, door).send(BATCH, KEY)
    assert (caught.value.after, caught.value.is_unknown) == (after, is_unknown)
    assert storage.asked == before + 1
    assert (door.settle(BATCH, KEY) is not None) == is_there
    door.send(BATCH, KEY)
    assert storage.objects() == {NAME: BODY}


@pytest.mark.parametrize("kind", ["limit", "500", "slow", "cut"])
def test_a_question_may_fail_too(storage: Storage, door: S3Door, kind: str) -> None:
    door.send(BATCH, KEY)
    storage.faults.script = [kind]
    with pytest.raises(Unreached):
        impatient(storage, kind, door).settle(BATCH, KEY)
    assert door.settle(BATCH, KEY) is not None


def test_no_such_bucket_is_refused(storage: Storage) -> None:
    with pytest.raises(Refused, match=r"bucket elsewhere: there is no such bucket here.*NoSuchBucket"):
        S3Door(replace(place(storage), bucket="elsewhere"), where, ENVIRONMENT).send(BATCH, KEY)


def test_credentials_are_named_by_their_variables(storage: Storage, door: S3Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(Refused, match="set the environment variable VELOCITY_S3_KEY"):
        S3Door(place(storage), where, {}).send(BATCH, KEY)
    storage.faults.script = ["403"]
    with pytest.raises(Refused, match=r"AccessDenied.*VELOCITY_S3_KEY and VELOCITY_S3_SECRET"):
        door.send(BATCH, KEY)
    storage.faults.script = ["403"]
    assert door.settle(BATCH, KEY) is None  # who may only write is not told what is there
    storage.faults.script = ["skew"]
    with pytest.raises(Refused, match="clock of this machine"):
        door.send(BATCH, KEY)
    door.send(BATCH, KEY)
    assert ENVIRONMENT["VELOCITY_S3_SECRET"] not in caplog.text


def test_nobody_listening_is_known_not_to_have_arrived(storage: Storage) -> None:
    with pytest.raises(Unreached) as caught:
        S3Door(replace(place(storage), endpoint="http://127.0.0.1:1"), where, ENVIRONMENT).send(BATCH, KEY)
    assert not caught.value.is_unknown


def test_nothing_goes_in_the_clear(storage: Storage) -> None:
    with pytest.raises(ValueError, match="use https://"):
        S3Door(replace(place(storage), endpoint="http://storage.example.com"), where, ENVIRONMENT)


def test_profiles_of_the_machine_are_not_looked_at(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-machine")
    assert boto3.session.Session().get_credentials() is not None
    with pytest.raises(Refused, match="set the environment variable"):
        S3Door(place(storage), where, {}).send(BATCH, KEY)
