"""The command as it runs: a server in a process of its own, through flips, broken days, kills and its end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from assets.answer_ledger import folded
from assets.house import PROJECT
from assets.lake import Lake
from assets.service.audit import FOLDER, records
from tests.answer_world import DAY, EMAILS, ENVIRONMENT, SECRETS, WEBSITE_KEY, pin, policy_with, publish, rows, sha
from tests.worlds import ROOT, command

LONG = 240.0


class Server:
    """velocity serve on a port of loopback."""

    def __init__(self, lake: Lake, policy: Path, log: Path) -> None:
        self.lake, self.policy, self.log = lake, policy, log
        self.url = f"http://127.0.0.1:{_free_port()}"
        arguments = ["serve", "--group", lake.group, "--lake", str(lake.root), "--policy", str(policy), "--max-age-days", "4000"]
        environment = {**os.environ, **ENVIRONMENT}
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command(*arguments, "--port", self.url.rsplit(":", 1)[1]), cwd=ROOT, stdout=out, stderr=out, env=environment
            )
        self.client = httpx.Client(base_url=self.url, headers={"X-Api-Key": WEBSITE_KEY}, timeout=30)

    def ready(self) -> "Server":
        wait_for(lambda: self.state() is not None)
        return self

    def state(self) -> dict[str, object] | None:
        try:
            found = self.client.get("/v1/ready")
        except httpx.TransportError:
            return None
        return found.json() if found.status_code == 200 else None

    def ask(self, **question: str) -> httpx.Response:
        return self.client.post("/v1/audiences", json=question)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


def wait_for(done, seconds: float = LONG) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """A server of its own lake and policy below a folder, ready to be asked."""
    policy = policy_with(PROJECT / "policy", place, requests_per_second=10000, burst_requests=10000)
    one = Server(publish(place / "lake"), policy, place / "log")
    try:
        yield one.ready()
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all that it should outlive: each test goes on from the day that it serves."""
    with running(tmp_path_factory.mktemp("lasting")) as one:
        yield one


def served(server: Server) -> date:
    return date.fromisoformat(str(server.state()["as_of"]))


def has_audiences(server: Server, person: str) -> bool:
    return server.ask(person_id=person).json()["audiences"] != []


def without(person: str) -> dict[str, list[dict[str, object]]]:
    """The rows of a day on which somebody opted out."""
    tables = rows()
    tables["suppression"] += [
        {"person_id": person, "purpose": "ads", "reason": "opt_out_sharing", "since": DAY, "source": "privacy_requests"}
    ]
    return tables


def test_a_new_day_flips_without_a_gap_and_half_a_day_is_never_served(lasting):
    server, old = lasting, served(lasting)
    new = old + timedelta(days=1)
    answers: list[tuple[int, str, bool]] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=server.url, headers={"X-Api-Key": WEBSITE_KEY}, timeout=30) as client:
            while not stop.is_set():
                found = client.post("/v1/audiences", json={"person_id": "bob"})
                told = found.json()
                answers.append((found.status_code, told.get("as_of", ""), bool(told.get("audiences"))))
                time.sleep(0.005)  # the index of the new day is being made beside

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for one in threads:
        one.start()
    publish(server.lake.root, new, without("bob"), whole=False)  # all tables are there, the day is not over
    time.sleep(1)
    assert served(server) == old
    pin(server.lake, new)
    wait_for(lambda: served(server) == new)
    time.sleep(0.3)
    stop.set()
    for one in threads:
        one.join()
    assert {status for status, *_ in answers} == {200}, "no request failed"
    told = {(day, has) for _, day, has in answers}
    assert told == {(old.isoformat(), True), (new.isoformat(), False)}, "each answer is of one day"
    assert server.ask(person_id="ann").json()["as_of"] == new.isoformat()
    assert not list(server.lake.root.rglob("*.sqlite")), "an index in service has no name on disk"


def test_a_day_that_is_broken_or_run_again_leaves_the_old_one_in_service(lasting):
    server, old = lasting, served(lasting)
    new = old + timedelta(days=1)
    was = has_audiences(server, "bob")
    other = without("bob") if was else rows()
    publish(server.lake.root, new, other)
    server.lake.part("suppression", new).write_bytes(b"not the file that the day ended with")
    wait_for(lambda: server.state()["problem"] is not None)
    assert served(server) == old and "table suppression is not the one that the day ended with" in server.state()["problem"]
    assert has_audiences(server, "bob") == was
    publish(server.lake.root, new, other)
    wait_for(lambda: served(server) == new)
    assert server.state()["problem"] is None and has_audiences(server, "bob") != was


def test_a_grant_that_is_withdrawn_closes_without_a_restart(lasting):
    server, place = lasting, lasting.policy / "velocity_b" / "privacy.yaml"
    text = place.read_text()
    place.write_text(text.replace("recipient: website, purpose: ads", "recipient: website, purpose: adds"))
    wait_for(lambda: server.state()["problem"] is not None)  # a policy that is wrong changes nothing
    assert has_audiences(server, "ann")
    place.write_text(
        text.replace("segments: [in_market, loyalty]}\nexcl", "segments: [in_market]}\nexcl").replace(
            "{recipient: website, purpose: ads, basis: first_party_relationship, segments: [in_market, loyalty]}",
            "{recipient: website, purpose: ads, basis: first_party_relationship, segments: [in_market]}",
        )
    )
    wait_for(lambda: not has_audiences(server, "ann"))


def test_every_answer_survives_kill_9_and_reaches_the_lake_once(tmp_path):
    with running(tmp_path) as server:
        _kill_and_go_on(server)


def _kill_and_go_on(server: Server) -> None:
    told = 0
    for _ in range(40):
        told += len(server.ask(person_id="ann").json()["audiences"])
    server.end(signal.SIGKILL)
    (day,) = {one["day"] for one in records(server.lake, None, date(2100, 1, 1))}
    again = Server(server.lake, server.policy, server.log).ready()
    told += len(again.ask(web_client_id="web-ann").json()["audiences"])
    assert again.end() == 0, "SIGTERM is a good end"
    (row,) = folded(server.lake, date.fromisoformat(day)).to_dicts()
    assert told == 41 == row["answers"]
    assert (row["person_id"], row["recipient"], row["client"], row["cell"]) == ("ann", "website", "website", "VAG_LO_LUX_R01")
    assert not list((server.lake.home / FOLDER).glob("open-*")), "what was open is in the file of its day"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Server, list[int]]:
    """A server that was asked all kinds of things, and told to end while it answered; the answers that were begun."""
    with running(tmp_path_factory.mktemp("ended")) as server:
        _ask_strange_things(server)
        results: list[int] = []

        def ask() -> None:
            with httpx.Client(base_url=server.url, headers={"X-Api-Key": WEBSITE_KEY}, timeout=30) as client:
                try:
                    for _ in range(10000):
                        results.append(client.post("/v1/audiences", json={"person_id": "ann"}).status_code)
                except httpx.ConnectError:
                    return  # the door is closed; no answer that was begun is lost
                except httpx.RemoteProtocolError:
                    return  # an idle connection was closed

        thread = threading.Thread(target=ask)
        thread.start()
        wait_for(lambda: len(results) > 20)
        assert server.end() == 0
        thread.join()
        return server, results


def _ask_strange_things(server: Server) -> None:
    for question in (
        {"person_id": "ann"},
        {"email_sha256": sha(EMAILS["ann"])},
        {"email_sha256": EMAILS["ann"]},
        {"email": EMAILS["bob"]},
    ):
        server.ask(**question)
    for path in (f"/v1/audiences?email={EMAILS['ann']}", f"/v1/{EMAILS['ann']}", "/v1/audiences/Leesecret"):
        server.client.get(path)
    server.client.get("/v1/audiences", headers={"X-Api-Key": WEBSITE_KEY + "!", "Velocity-Person-Id": "Leesecret"})
    with httpx.Client(base_url=server.url, timeout=30) as plain:
        plain.request("BREW\x00"[:4], f"/v1/{EMAILS['bob']}")
    raw = httpx.URL(server.url)
    with socket.create_connection((raw.host, raw.port)) as wire:
        wire.sendall(f"GARBAGE {EMAILS['ann']}\r\n\r\n".encode())
        wire.recv(1000)


def test_answers_that_were_begun_are_finished_at_the_end(ended):
    server, results = ended
    assert set(results) == {200}
    assert len(records(server.lake, None, date(2100, 1, 1))) >= len(results)


def test_nothing_personal_and_no_key_in_any_log(ended):
    log = ended[0].log.read_text()
    assert "answered" in log
    wanted = [*SECRETS, sha(EMAILS["ann"]), 'ann"', "person_id"]
    assert not [secret for secret in wanted if secret in log]


def test_a_torn_and_a_doubled_record_are_harmless(ended):
    lake = ended[0].lake
    (place,) = (lake.home / FOLDER).glob("*.jsonl")
    line = place.read_bytes().strip().splitlines()[0]
    day = date.fromisoformat(json.loads(line)["day"])
    before = folded(lake, day)
    place.write_bytes(place.read_bytes() + line + b"\n" + line[:40])
    assert before.height > 0 and folded(lake, day).equals(before)


def test_it_does_not_start_where_nobody_could_ask(tmp_path):
    lake = publish(tmp_path / "lake")
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    arguments = ["serve", "--group", lake.group, "--lake", str(lake.root)]
    done = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 2 and "nobody could ask" in done.stderr and "VELOCITY_KEY_WEBSITE" in done.stderr
    shutil.rmtree(lake.home)
    done = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 2 and "holds no group" in done.stderr
