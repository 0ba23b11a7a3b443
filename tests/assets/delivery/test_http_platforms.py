"""Meta, Pinterest, Snap, LinkedIn and The Trade Desk against servers on loopback that keep what each audience holds."""

from collections.abc import Callable, Iterator

import polars as pl
import pytest

from assets.delivery.destination import Refused, Unreached
from assets.delivery.http import Api, HttpDoor
from assets.delivery.http_answers import word
from assets.delivery.http_linkedin import LinkedinDoor
from assets.delivery.http_meta import MetaDoor
from assets.delivery.http_pinterest import PinterestDoor
from assets.delivery.http_snap import SnapDoor
from assets.delivery.http_thetradedesk import TradeDeskDoor
from pipelines.activation.render import batches, full_batches
from schemas.platforms.batch import Batch
from tests.assets.delivery.members import digest, held, rows
from tests.assets.delivery.servers.http_server import TOKEN, Platform, impatient, serving
from tests.assets.delivery.servers.meta import Meta
from tests.assets.delivery.servers.social import Linkedin, Pinterest, Snap, TradeDesk

VARIABLE = "VELOCITY_TOKEN"
IDS = {"loyalty": "77", "loyalty_EMAIL": "78", "loyalty_PHONE": "79"}
DOORS: dict[str, tuple[Callable[..., Platform], type[HttpDoor]]] = {
    "meta": (Meta, MetaDoor),
    "pinterest": (Pinterest, PinterestDoor),
    "snap": (Snap, SnapDoor),
    "linkedin": (Linkedin, LinkedinDoor),
    "thetradedesk": (TradeDesk, TradeDeskDoor),
}


@pytest.fixture(params=list(DOORS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(name: str) -> Iterator[Platform]:
    with serving(DOORS[name][0](tuple(IDS.values()))) as one:
        yield one


@pytest.fixture
def door(name: str, server: Platform) -> Iterator[HttpDoor]:
    one = opened(name, server)
    yield one
    one.close()


def opened(name: str, server: Platform, token: str = TOKEN) -> HttpDoor:
    return DOORS[name][1](Api(VARIABLE, "1", server.url, IDS, timeout_seconds=10), {VARIABLE: token})


def drawn(name: str, *people: str, action: str = "add", cause: str = "entered") -> list[Batch]:
    return batches(name, rows(name, *people, action=action, cause=cause), "1", IDS)


def all_held(server: Platform) -> set[str]:
    return set().union(*server.audiences.values())


def test_members_come_and_go(name: str, server: Platform, door: HttpDoor) -> None:
    for one in drawn(name, "P1", "P2", "P3"):
        answer = door.send(one, "key")
        assert (answer.rejections, answer.unnamed) == ((), 0)
    assert all_held(server) == held(name, "P1", "P2", "P3")
    for one in drawn(name, "P2", action="remove", cause="left"):
        door.send(one, "key")
        door.send(one, "key")
    assert all_held(server) == held(name, "P1", "P3")
    assert server.asked[0].headers["idempotency-key"] == "key"


@pytest.mark.parametrize(
    "kind", ["limit", "limit date", "500", "503", "503 applied", "slow", "slow applied", "cut", "cut applied"]
)
def test_what_may_be_over_soon_is_unreached_and_can_be_sent_again(name: str, server: Platform, door: HttpDoor, kind: str) -> None:
    (one, *_) = drawn(name, "P1")
    server.faults.script = [kind]
    with pytest.raises(Unreached) as caught, impatient(door, kind):
        door.send(one, "key")
    assert caught.value.is_unknown == (not kind.startswith("limit"))
    assert door.settle(one, "key") is None
    door.send(one, "key")
    assert all_held(server) <= held(name, "P1")
    assert all_held(server)


def test_credentials_are_named_by_their_variable_and_never_shown(name: str, server: Platform) -> None:
    (one, *_) = drawn(name, "P1")
    with pytest.raises(Refused, match=f"credentials.*{VARIABLE}") as caught:
        opened(name, server, "old-secret").send(one, "key")
    assert "old-secret" not in str(caught.value)
    with pytest.raises(Refused, match=f"set the environment variable {VARIABLE}"):
        opened(name, server, "").send(one, "key")


def test_an_audience_that_is_not_there_is_refused(name: str, server: Platform, door: HttpDoor) -> None:
    (one, *_) = batches(name, rows(name, "P1"), "1", {})
    with pytest.raises(Refused, match="refused the body") as caught:
        door.send(one, "key")
    assert not caught.value.may_be_members


def test_no_log_shows_a_body_a_token_or_a_signature(
    name: str, server: Platform, door: HttpDoor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for one in drawn(name, "P1"):
        door.send(one, "key")
    for secret in (TOKEN, "Signature", digest("email P1", name)):
        assert secret not in caplog.text


@pytest.fixture
def meta() -> Iterator[Meta]:
    with serving(Meta(tuple(IDS.values()))) as one:
        yield one


def test_meta_names_rows_that_it_shows_and_counts_the_others(meta: Meta) -> None:
    meta.refused, meta.shown = {digest(f"email P{number}") for number in range(5)}, 3
    door = opened("meta", meta)
    (one,) = drawn("meta", *(f"P{number}" for number in range(9)))
    answer = door.send(one, "key")
    assert [rejection.person_id for rejection in answer.rejections] == ["P0", "P1", "P2"]
    assert (answer.unnamed, {rejection.reason for rejection in answer.rejections}) == (2, {"invalid entry"})
    assert all_held(meta) == held("meta", "P5", "P6", "P7", "P8")
    assert answer.request_id.isdecimal()


def test_a_member_of_whom_one_row_is_taken_is_not_rejected(meta: Meta) -> None:
    meta.refused = {digest("second")}
    table = rows("meta", "P1")
    more = pl.Series([[*table.item(0, "identifiers"), f"email:{digest('second')}"]])
    (one,) = batches("meta", table.with_columns(identifiers=more), "1", IDS)
    answer = opened("meta", meta).send(one, "key")
    assert (answer.rejections, answer.unnamed) == ((), 1)


def test_meta_replaces_in_one_session_whatever_comes_twice(meta: Meta) -> None:
    door = opened("meta", meta)
    for one in drawn("meta", "old"):
        door.send(one, "key")
    for one in full_batches("meta", rows("meta", "P1", "P2"), "", "1", IDS):
        door.send(one, "key")
        door.send(one, "key")
    assert all_held(meta) == held("meta", "P1", "P2")


def test_meta_says_how_long_to_wait_in_minutes(meta: Meta) -> None:
    meta.faults.script = ["limit date"]
    with pytest.raises(Unreached) as caught:
        opened("meta", meta).send(drawn("meta", "P1")[0], "key")
    assert (caught.value.after, caught.value.reason) == (60, "meta: error 17")


def test_sizes_are_asked_for(name: str, server: Platform, door: HttpDoor) -> None:
    for one in drawn(name, "P1", "P2", "P3"):
        door.send(one, "key")
    assert door.held("loyalty") == {"meta": 3, "pinterest": 3, "snap": 3}.get(name)


def test_linkedin_names_members_by_their_elements() -> None:
    with serving(Linkedin(tuple(IDS.values()))) as server:
        server.refused = {digest("email P2")}
        answer = opened("linkedin", server).send(drawn("linkedin", "P1", "P2", "P3")[0], "key")
        assert [(one.person_id, one.reason) for one in answer.rejections] == [("P2", "HTTP 400")]
        assert all_held(server) == held("linkedin", "P1", "P3")


def test_an_element_of_linkedin_that_may_come_later_makes_the_whole_come_again() -> None:
    with serving(Linkedin(tuple(IDS.values()))) as server:
        server.late = (digest("email P2"),)
        (one,) = drawn("linkedin", "P1", "P2", "P3")
        door = opened("linkedin", server)
        with pytest.raises(Unreached):
            door.send(one, "key")
        assert all_held(server) == held("linkedin", "P1", "P3")
        door.send(one, "key")
        assert all_held(server) == held("linkedin", "P1", "P2", "P3")


def test_snap_counts_whom_it_left_out() -> None:
    with serving(Snap(tuple(IDS.values()))) as server:
        server.refused = {digest("email P2")}
        answer = opened("snap", server).send(drawn("snap", "P1", "P2", "P3")[0], "key")
        assert (answer.request_id, answer.unnamed) == ("r1", 1)


def test_a_success_of_http_may_be_none_of_snaps() -> None:
    with serving(Snap(tuple(IDS.values()))) as server:
        (one, *_) = drawn("snap", "P1")
        wrong = Batch(**{**vars(one), "body": one.body.replace(b"EMAIL_SHA256", b"EMAIL")})
        with pytest.raises(Refused, match="HTTP 200 E1001") as caught:
            opened("snap", server).send(wrong, "key")
        assert caught.value.may_be_members


@pytest.mark.parametrize("kind", ["503", "slow applied", "cut"])
def test_a_drop_of_the_trade_desk_may_fail_after_its_address_was_given(kind: str) -> None:
    with serving(TradeDesk(tuple(IDS.values()))) as server:
        door = opened("thetradedesk", server)
        server.faults.script = ["", kind]
        (one, *_) = drawn("thetradedesk", "P1")
        with pytest.raises(Unreached), impatient(door, kind):
            door.send(one, "key")
        assert door.send(one, "key").request_id == "ref-2"
        assert all_held(server) == {found for found in held("thetradedesk", "P1") if found.startswith("Email")}
        assert "ttd-auth" not in server.asked[-1].headers


def test_a_code_that_is_a_sentence_or_a_digest_is_not_repeated() -> None:
    assert [word("RATE_LIMIT"), word(8), word("jane@example.com is wrong"), word("a" * 64)] == [
        "RATE_LIMIT",
        "8",
        "no code",
        "no code",
    ]
