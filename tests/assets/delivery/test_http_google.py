"""Google's API against a server on loopback that keeps what each list holds."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import polars as pl
import pytest

from assets.delivery.destination import Refused, Unreached
from assets.delivery.http import Api
from assets.delivery.http_answers import waiting
from assets.delivery.http_google import GoogleDoor
from pipelines.activation.render import batches, full_batches
from schemas.platforms.batch import Batch
from tests.assets.delivery.servers.google import Google
from tests.assets.delivery.servers.http_server import TOKEN, impatient, serving

LIST = "77"
VARIABLE = "VELOCITY_GOOGLE_TOKEN"


@pytest.fixture
def google() -> Iterator[Google]:
    with serving(Google((LIST,))) as one:
        yield one


@pytest.fixture
def door(google: Google) -> Iterator[GoogleDoor]:
    one = GoogleDoor(Api(VARIABLE, address=google.url, timeout_seconds=10), {VARIABLE: TOKEN})
    yield one
    one.close()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rows(*people: str, action: str = "add", cause: str = "entered") -> pl.DataFrame:
    found = {
        "platform": "google",
        "cell": "loyalty",
        "segment": "loyalty",
        "person_id": list(people),
        "action": action,
        "cause": cause,
        "identifiers": [[f"email:{digest(one)}", f"phone:{digest(one + 'p')}"] for one in people],
        "withdrawn": [[] for _ in people],
    }
    return pl.DataFrame(found, schema_overrides={"withdrawn": pl.List(pl.String)})


def held(*people: str) -> set[str]:
    return {f"email:{digest(one)}" for one in people} | {f"phone:{digest(one + 'p')}" for one in people}


def drawn(found: pl.DataFrame) -> list[Batch]:
    return batches("google", found, "1", {"loyalty": LIST})


def test_members_are_held_and_taken_back(google: Google, door: GoogleDoor) -> None:
    (come,) = drawn(rows("P1", "P2"))
    answer = door.send(come, "key-1")
    assert (answer.request_id, answer.rejections) == ("request-1", ())
    assert google.audiences[LIST] == held("P1", "P2")
    (gone,) = drawn(rows("P1", action="remove", cause="left"))
    door.send(gone, "key-2")
    assert google.audiences[LIST] == held("P2")
    assert google.asked[0].headers["idempotency-key"] == "key-1"


def test_sending_the_same_key_again_changes_nothing(google: Google, door: GoogleDoor) -> None:
    (come,) = drawn(rows("P1"))
    door.send(come, "key-1")
    before = set(google.audiences[LIST])
    door.send(come, "key-1")
    assert google.audiences[LIST] == before


def test_one_bad_member_never_fails_a_batch(google: Google, door: GoogleDoor) -> None:
    people = [f"P{number:02}" for number in range(30)]
    bad = {"P03", "P04", "P09", "P17", "P21", "P22", "P29"}
    google.refused = {f"email:{digest(one)}" for one in bad}
    (come,) = drawn(rows(*people))
    answer = door.send(come, "key")
    assert {one.person_id for one in answer.rejections} == bad
    assert {one.reason for one in answer.rejections} == {"INVALID_ARGUMENT INVALID_SHA256_FORMAT"}
    assert google.audiences[LIST] == held(*(one for one in people if one not in bad))


def test_nobody_left_is_an_answer_too(google: Google, door: GoogleDoor) -> None:
    google.refused = {f"email:{digest('P1')}"}
    (come,) = drawn(rows("P1"))
    assert [one.person_id for one in door.send(come, "key").rejections] == ["P1"]
    assert google.done == []


def test_a_full_list_drops_whoever_was_not_in_it(google: Google, door: GoogleDoor) -> None:
    door.send(drawn(rows("old"))[0], "key")
    for one in full_batches("google", rows("P1"), "2", "1", {"loyalty": LIST}):
        door.send(one, "key")
    assert google.audiences[LIST] == held("P1")


@pytest.mark.parametrize(
    ("kind", "after", "is_unknown", "is_applied"),
    [
        ("limit", 0.0, False, False),
        ("500", None, True, False),
        ("503", None, True, False),
        ("503 applied", None, True, True),
        ("slow", None, True, False),
        ("slow applied", None, True, True),
        ("cut", None, True, False),
        ("cut applied", None, True, True),
    ],
)
def test_what_may_be_over_soon_is_unreached(
    google: Google, door: GoogleDoor, kind: str, after: float | None, is_unknown: bool, is_applied: bool
) -> None:
    google.faults.script = [kind]
    (come,) = drawn(rows("P1"))
    with pytest.raises(Unreached) as caught, impatient(door, kind):
        door.send(come, "key")
    assert (caught.value.after, caught.value.is_unknown) == (after, is_unknown)
    assert bool(google.audiences[LIST]) == is_applied
    assert door.settle(come, "key") is None
    door.send(come, "key")
    assert len(google.audiences[LIST]) == 2


def test_a_date_to_wait_for_is_seconds(google: Google, door: GoogleDoor) -> None:
    google.faults.script = ["limit date"]
    with pytest.raises(Unreached) as caught:
        door.send(drawn(rows("P1"))[0], "key")
    assert 0 <= (caught.value.after or 0) <= 2


def test_what_will_never_be_taken_is_refused_in_the_platforms_words(google: Google, door: GoogleDoor) -> None:
    (unknown,) = batches("google", rows("P1"), "1", {"loyalty": "404"})
    with pytest.raises(Refused, match="INVALID_ARGUMENT INVALID_USER_LIST_ID") as caught:
        door.send(unknown, "key")
    assert not caught.value.may_be_members
    google.most = 1
    with pytest.raises(Refused, match="TOO_MANY_AUDIENCE_MEMBERS") as caught:
        door.send(drawn(rows("P1", "P2"))[0], "key")
    assert caught.value.may_be_members  # half of it may be taken


def test_credentials_are_named_by_their_variable_and_never_shown(google: Google) -> None:
    (come,) = drawn(rows("P1"))
    with pytest.raises(Refused, match="set the environment variable VELOCITY_GOOGLE_TOKEN"):
        GoogleDoor(Api(VARIABLE, address=google.url), {}).send(come, "key")
    with pytest.raises(Refused, match=r"credentials .*ACCESS_TOKEN_EXPIRED.* VELOCITY_OTHER") as caught:
        GoogleDoor(Api("VELOCITY_OTHER", address=google.url), {"VELOCITY_OTHER": "secret-of-old"}).send(come, "key")
    assert "secret-of-old" not in str(caught.value)


def test_nobody_listening_is_known_not_to_have_arrived() -> None:
    door = GoogleDoor(Api(VARIABLE, address="http://127.0.0.1:1"), {VARIABLE: TOKEN})
    with pytest.raises(Unreached) as caught:
        door.send(drawn(rows("P1"))[0], "key")
    assert not caught.value.is_unknown


@pytest.mark.parametrize("address", ["http://example.com", "ftp://127.0.0.1", "example.com", "http://10.0.0.1"])
def test_nothing_goes_in_the_clear(address: str) -> None:
    with pytest.raises(ValueError, match="use https://"):
        GoogleDoor(Api(VARIABLE, address=address), {})


def test_a_request_can_be_asked_for_later(google: Google, door: GoogleDoor) -> None:
    answer = door.send(drawn(rows("P1"))[0], "key")
    assert door.status(answer.request_id) == {"state": "SUCCESS", "left_out": {}}
    google.requests[answer.request_id] = "PARTIAL_SUCCESS"
    left = {"PROCESSING_ERROR_REASON_INVALID_EMAIL": 2}
    assert door.status(answer.request_id) == {"state": "PARTIAL_SUCCESS", "left_out": left}


def test_no_log_shows_a_body_or_a_token(google: Google, door: GoogleDoor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    door.send(drawn(rows("P1"))[0], "key")
    assert TOKEN not in caplog.text
    assert digest("P1") not in caplog.text


def test_seconds_until_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (waiting(httpx.Response(429, headers={"Retry-After": later})) or 0) <= 90
    assert waiting(httpx.Response(429, headers={"Retry-After": "soon"})) is None
    assert waiting(httpx.Response(429)) is None
