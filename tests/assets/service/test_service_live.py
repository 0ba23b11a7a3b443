"""The command as it runs: a server in a process of its own, through flips, broken days, kills and its end."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
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

NEXT = DAY + timedelta(days=1)
LONG = 240.0


class Server:
    """velocity serve on a port of loopback."""

    def __init__(self, lake: Lake, policy: Path, log: Path) -> None:
        self.lake, self.log = lake, log
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
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    policy = policy_with(PROJECT / "policy", tmp_path, requests_per_second=10000, burst_requests=10000)
    one = Server(publish(tmp_path / "lake"), policy, tmp_path / "log")
    try:
        yield one.ready()
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def without_bob() -> dict[str, list[dict[str, object]]]:
    tables = rows()
    tables["suppression"] += [
        {"person_id": "bob", "purpose": "ads", "reason": "opt_out_sharing", "since": NEXT, "source": "privacy_requests"}
    ]
    return tables


def test_a_new_day_flips_without_a_gap_and_half_a_day_is_never_served(server):
    answers: list[tuple[int, str, bool]] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=server.url, headers={"X-Api-Key": WEBSITE_KEY}, timeout=30) as client:
            while not stop.is_set():
                found = client.post("/v1/audiences", json={"person_id": "bob"})
                told = found.json()
                answers.append((found.status_code, told.get("as_of", ""), bool(told.get("audiences"))))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for one in threads:
        one.start()
    publish(server.lake.root, NEXT, without_bob(), whole=False)  # all tables are there, the day is not over
    time.sleep(1)
    assert server.state()["as_of"] == "2026-11-21"
    pin(server.lake, NEXT)
    wait_for(lambda: server.state()["as_of"] == "2026-11-22")
    time.sleep(0.3)
    stop.set()
    for one in threads:
        one.join()
    assert {status for status, *_ in answers} == {200}, "no request failed"
    assert {(day, told) for _, day, told in answers} == {("2026-11-21", True), ("2026-11-22", False)}, "each answer is of one day"
    days = [day for _, day, _ in answers]
    assert server.ask(person_id="ann").json()["as_of"] == "2026-11-22" and days.count("2026-11-22") > 0
    assert not list(server.lake.root.rglob("*.sqlite")), "an index in service has no name on disk"


def test_a_day_that_is_broken_or_run_again_leaves_the_old_one_in_service(server):
    publish(server.lake.root, NEXT, without_bob())
    server.lake.part("suppression", NEXT).write_bytes(b"not the file that the day ended with")
    wait_for(lambda: server.state()["problem"] is not None)
    state = server.state()
    assert state["as_of"] == "2026-11-21" and "table suppression is not the one that the day ended with" in state["problem"]
    assert server.ask(person_id="bob").json()["audiences"]
    publish(server.lake.root, NEXT, without_bob())
    wait_for(lambda: server.state()["as_of"] == "2026-11-22")
    assert server.state()["problem"] is None and server.ask(person_id="bob").json()["audiences"] == []


def test_a_grant_that_is_withdrawn_closes_without_a_restart(server, tmp_path):
    place = tmp_path / "policy" / "velocity_b" / "privacy.yaml"
    text = place.read_text()
    place.write_text(text.replace("recipient: website, purpose: ads", "recipient: website, purpose: adds"))
    wait_for(lambda: server.state()["problem"] is not None)  # a policy that is wrong changes nothing
    assert server.ask(person_id="ann").json()["audiences"]
    place.write_text(
        text.replace("segments: [in_market, loyalty]}\nexcl", "segments: [in_market]}\nexcl").replace(
            "{recipient: website, purpose: ads, basis: first_party_relationship, segments: [in_market, loyalty]}",
            "{recipient: website, purpose: ads, basis: first_party_relationship, segments: [in_market]}",
        )
    )
    wait_for(lambda: server.ask(person_id="ann").json()["audiences"] == [])


def test_every_answer_survives_kill_9_and_reaches_the_lake_once(server, tmp_path):
    told = 0
    for _ in range(40):
        told += len(server.ask(person_id="ann").json()["audiences"])
    server.end(signal.SIGKILL)
    (day,) = {one["day"] for one in records(server.lake, None, date(2100, 1, 1))}
    again = Server(server.lake, tmp_path / "policy", tmp_path / "log").ready()
    told += len(again.ask(web_client_id="web-ann").json()["audiences"])
    assert again.end() == 0, "SIGTERM is a good end"
    (row,) = folded(server.lake, date.fromisoformat(day)).to_dicts()
    assert told == 41 == row["answers"]
    assert (row["person_id"], row["recipient"], row["client"], row["cell"]) == ("ann", "website", "website", "VAG_LO_LUX_R01")
    assert not list((server.lake.home / FOLDER).glob("open-*")), "what was open is in the file of its day"


def test_a_torn_and_a_doubled_record_are_harmless(server):
    server.ask(person_id="ann")
    assert server.end() == 0
    (place,) = (server.lake.home / FOLDER).glob("*.jsonl")
    line = place.read_bytes().strip()
    place.write_bytes(place.read_bytes() + line + b"\n" + line[:40])
    (row,) = folded(server.lake, date.fromisoformat(json.loads(line)["day"])).to_dicts()
    assert row["answers"] == 1


def test_answers_that_were_begun_are_finished_at_the_end(server):
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
    assert set(results) == {200}
    assert len(records(server.lake, None, date(2100, 1, 1))) >= len(results)


def test_nothing_personal_and_no_key_in_any_log(server):
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
    import socket

    with socket.create_connection((raw.host, raw.port)) as wire:
        wire.sendall(f"GARBAGE {EMAILS['ann']}\r\n\r\n".encode())
        wire.recv(1000)
    assert server.end() == 0
    log = server.log.read_text()
    assert "answered" in log
    wanted = [*SECRETS, sha(EMAILS["ann"]), 'ann"', "person_id"]
    assert not [secret for secret in wanted if secret in log]


def test_it_does_not_start_where_nobody_could_ask(tmp_path):
    lake = publish(tmp_path / "lake")
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    arguments = ["serve", "--group", lake.group, "--lake", str(lake.root)]
    done = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 2 and "nobody could ask" in done.stderr and "VELOCITY_KEY_WEBSITE" in done.stderr
    shutil.rmtree(lake.home)
    done = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 2 and "holds no group" in done.stderr
