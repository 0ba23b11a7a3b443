"""Files by SFTP, against a server of paramiko's other side on loopback."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from assets.delivery.destination import Answer, Refused, Unreached
from assets.delivery.sftp import SftpDoor, SftpPlace
from schemas.platforms.batch import Batch
from tests.assets.delivery.servers.sftp import PASSWORD, USER, Sftp, serving

ENVIRONMENT = {"VELOCITY_SFTP_PASSWORD": PASSWORD}
BODY = b"key,email\n" + b"x" * 200_000 + b"\n"
BATCH = Batch("email", "loyalty", "add", 1, "add-00001.csv", BODY, "text/csv; charset=utf-8", ("P1",))
NAME = "2026-11-22/email/loyalty/add-00001.csv"
KEY = "0123456789abcdef"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sftp]:
    with serving(tmp_path) as one:
        yield one


def place(server: Sftp) -> SftpPlace:
    known = server.host_key.fingerprint
    return SftpPlace(
        "127.0.0.1", USER, "drop", server.port, fingerprint=known, password="VELOCITY_SFTP_PASSWORD", timeout_seconds=20
    )


@pytest.fixture
def door(server: Sftp) -> Iterator[SftpDoor]:
    one = SftpDoor(place(server), where, ENVIRONMENT)
    yield one
    one.close()


def files(server: Sftp) -> dict[str, bytes]:
    top = server.root / "drop"
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def where(batch: Batch) -> str:
    return f"2026-11-22/{batch.path}"


WHOLE = {NAME: BODY}


def test_a_file_is_in_place(server: Sftp, door: SftpDoor) -> None:
    assert door.settle(BATCH, KEY) is None
    assert door.send(BATCH, KEY) == Answer()
    assert files(server) == WHOLE
    assert door.settle(BATCH, KEY) == Answer()
    door.send(BATCH, KEY)
    assert files(server) == WHOLE
    assert server.logins == 1


@pytest.mark.parametrize("start", [0, 1, 60_000, len(BODY) - 1])
def test_a_connection_cut_half_way_leaves_no_file(server: Sftp, door: SftpDoor, start: int) -> None:
    server.cut_after = [start]
    with pytest.raises(Unreached) as caught:
        door.send(BATCH, KEY)
    assert caught.value.is_unknown
    assert [name for name in files(server) if not Path(name).name.startswith(".")] == []
    assert door.settle(BATCH, KEY) is None
    door.send(BATCH, KEY)
    assert files(server) == WHOLE


@pytest.mark.parametrize("moment", ["rename before", "rename after", "mkdir before", "mkdir after"])
def test_a_cut_at_any_step_is_settled_or_sent_again(server: Sftp, door: SftpDoor, moment: str) -> None:
    server.cut_at = [moment]
    with pytest.raises(Unreached) as caught:
        door.send(BATCH, KEY)
    assert caught.value.is_unknown
    assert door.settle(BATCH, KEY) == (Answer() if moment == "rename after" else None)
    door.send(BATCH, KEY)
    assert files(server) == WHOLE
    assert door.settle(BATCH, KEY) == Answer()


def test_an_answer_that_is_too_late_is_settled(server: Sftp, door: SftpDoor) -> None:
    server.slow_at = ["rename"]
    with pytest.raises(Unreached) as caught:
        SftpDoor(replace(place(server), timeout_seconds=0.7), where, ENVIRONMENT).send(BATCH, KEY)
    assert caught.value.is_unknown
    assert door.settle(BATCH, KEY) == Answer()


def test_a_file_of_another_size_or_digest_is_not_ours(server: Sftp, door: SftpDoor) -> None:
    door.send(BATCH, KEY)
    (server.root / "drop" / NAME).write_bytes(BODY[:-1])
    assert door.settle(BATCH, KEY) is None
    (server.root / "drop" / NAME).write_bytes(BODY[:-1] + b" ")
    assert door.settle(BATCH, KEY) is None
    door.send(BATCH, KEY)
    assert files(server) == WHOLE


def test_a_server_without_the_one_step_rename_will_do(server: Sftp, door: SftpDoor) -> None:
    server.is_plain = True
    door.send(BATCH, KEY)
    door.send(BATCH, KEY)
    (server.root / "drop" / NAME).write_bytes(b"half")
    door.send(BATCH, KEY)
    assert files(server) == WHOLE


def test_a_full_disk_may_be_over_soon(server: Sftp, door: SftpDoor) -> None:
    server.is_full = True
    with pytest.raises(Unreached):
        door.send(BATCH, KEY)
    server.is_full = False
    door.send(BATCH, KEY)
    assert files(server) == WHOLE


def test_a_folder_that_may_not_be_written_is_refused(server: Sftp, door: SftpDoor) -> None:
    server.is_closed = True
    with pytest.raises(Refused, match="may not write"):
        door.send(BATCH, KEY)


def test_an_unknown_host_is_refused_and_never_learned(server: Sftp) -> None:
    stranger = replace(place(server), fingerprint="SHA256:" + "A" * 43)
    with pytest.raises(Refused, match=r"shows the key SHA256:\S+, policy knows SHA256:AAA"):
        SftpDoor(stranger, where, ENVIRONMENT).send(BATCH, KEY)
    assert server.logins == 0
    assert files(server) == {}


def test_known_hosts_say_who_the_host_is(server: Sftp, tmp_path: Path) -> None:
    known = tmp_path.parent / f"{tmp_path.name}-known"
    by_file = replace(place(server), fingerprint="", known_hosts=str(known))
    with pytest.raises(Refused, match="no known_hosts file"):
        SftpDoor(by_file, where, ENVIRONMENT).send(BATCH, KEY)
    known.write_text("")
    with pytest.raises(Refused, match="policy knows none"):
        SftpDoor(by_file, where, ENVIRONMENT).send(BATCH, KEY)
    known.write_text(f"[127.0.0.1]:{server.port} {server.host_key.get_name()} {server.host_key.get_base64()}\n")
    SftpDoor(by_file, where, ENVIRONMENT).send(BATCH, KEY)
    assert files(server) == WHOLE
    server.host_key = paramiko.ECDSAKey.generate()
    with pytest.raises(Refused, match="another key"):
        SftpDoor(by_file, where, ENVIRONMENT).send(BATCH, KEY)


@pytest.mark.parametrize("how", [{}, {"fingerprint": "SHA256:x", "known_hosts": "y"}])
def test_policy_must_say_how_the_host_is_known(how: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="fingerprint or known_hosts"):
        SftpDoor(SftpPlace("h", "u", password="P", **how), where, {})  # type: ignore[arg-type]  # texts alone


def test_a_key_from_the_environment_opens(server: Sftp) -> None:
    key, text = paramiko.RSAKey.generate(2048), io.StringIO()
    key.write_private_key(text, password="phrase")
    server.accepted_key = key.fingerprint
    by_key = replace(place(server), password="", private_key="VELOCITY_SFTP_KEY", passphrase="VELOCITY_SFTP_PHRASE")
    environment = {"VELOCITY_SFTP_KEY": text.getvalue(), "VELOCITY_SFTP_PHRASE": "phrase"}
    SftpDoor(by_key, where, environment).send(BATCH, KEY)
    assert files(server) == WHOLE
    with pytest.raises(Refused, match="VELOCITY_SFTP_KEY holds no") as caught:
        SftpDoor(by_key, where, environment | {"VELOCITY_SFTP_PHRASE": "wrong"}).send(BATCH, KEY)
    assert "BEGIN" not in str(caught.value)


def test_credentials_are_named_and_never_shown(server: Sftp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(Refused, match="set the environment variable VELOCITY_SFTP_PASSWORD"):
        SftpDoor(place(server), where, {}).send(BATCH, KEY)
    with pytest.raises(Refused, match="see the environment variable VELOCITY_SFTP_PASSWORD"):
        SftpDoor(place(server), where, {"VELOCITY_SFTP_PASSWORD": "wrong-one"}).send(BATCH, KEY)
    SftpDoor(place(server), where, ENVIRONMENT).send(BATCH, KEY)
    assert PASSWORD not in caplog.text
    assert "wrong-one" not in caplog.text


def test_nobody_listening_is_known_not_to_have_arrived(server: Sftp) -> None:
    with pytest.raises(Unreached) as caught:
        SftpDoor(replace(place(server), port=1), where, ENVIRONMENT).send(BATCH, KEY)
    assert not caught.value.is_unknown
