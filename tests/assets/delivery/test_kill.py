"""A delivery that is killed at random moments and started again: nobody is missed, nobody is changed twice, receipts add up."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assets.delivery.facts import member_rows_of, receipts
from assets.delivery.journal import journals
from assets.house import PROJECT
from tests.assets.delivery.delivery_world import DAY, ask, digest, publish

BODIES = 3  # of a cell: opt-outs, adds, removals


class Server(ThreadingHTTPServer):
    """Holds digests by cell. A key that it has seen changes nothing. Every body is noted in the order in which it came."""

    daemon_threads = True

    def __init__(self, holds):
        super().__init__(("127.0.0.1", 0), Handler)
        self.holds, self.seen, self.log, self.guard = holds, Counter(), [], threading.Lock()

    def take(self, cell, key, body):
        with self.guard:
            self.seen[key] += 1
            if self.seen[key] == 1:
                told = json.loads(body)
                people = set(told["records"].split(","))
                self.log.append((told["operation_type"], cell))
                if told["operation_type"] == "ADD":
                    assert not people & self.holds[cell], "somebody was added twice"
                    self.holds[cell] |= people
                else:
                    assert people <= self.holds[cell], "somebody was removed who is not there"
                    self.holds[cell] -= people
            return f"r{len(self.log)}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            return
        answer = self.server.take(self.path[1:], self.headers["Idempotency-Key"], body).encode()
        time.sleep(0.002)  # applied, and not yet answered
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


def world(root, cells):
    asks, holds, wanted = [], {}, {}
    for number in range(cells):
        cell = f"C{number:03d}"
        asks += [ask(cell, f"{cell} new {n}") for n in range(3)]
        asks += [ask(cell, f"{cell} out", "remove", "suppressed"), ask(cell, f"{cell} gone", "remove")]
        holds[cell] = {digest(f"{cell} out"), digest(f"{cell} gone"), digest(f"{cell} kept")}
        wanted[cell] = {digest(f"{cell} new {n}") for n in range(3)} | {digest(f"{cell} kept")}
    return publish(root, asks), holds, wanted


def killed_and_started_again(tmp_path, cells, kills, seed):
    lake, holds, wanted = world(tmp_path, cells)
    server = Server(holds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [sys.executable, "-m", "tests.assets.delivery.kill_worker", str(lake.root), str(server.server_address[1])]
    moments, done, code = random.Random(seed), 0, None
    while code is None:
        process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE)
        if done < kills:
            before = len(server.log)
            target = moments.randint(0, max(1, (BODIES * cells - before) // (kills - done)))
            until = time.monotonic() + 60
            while len(server.log) - before < target and process.poll() is None and time.monotonic() < until:
                time.sleep(0.0005)
            time.sleep(moments.random() * 0.01)
            process.send_signal(signal.SIGKILL)
            done += 1
        process.wait(120)
        code = None if process.returncode in (-9, 3) else process.returncode
        assert code in (None, 0), process.stderr.read().decode()
        process.stderr.close()
    server.shutdown()
    return lake, server, wanted, done


def check(lake, server, wanted):
    assert server.holds == wanted
    (journal,) = journals(lake, DAY, "pinterest")
    told = receipts(journal)
    cells = len(wanted)
    assert len(server.seen) == told.height == BODIES * cells, "every body arrived under one key"
    assert set(server.seen) == set(told["batch_key"])
    assert told["status"].unique().to_list() == ["delivered"] and told["request_id"].null_count() == 0
    assert (told["accepted"].sum(), told["rejected"].sum()) == (5 * cells, 0)
    outcomes = member_rows_of(journal)
    assert outcomes.height == 5 * cells and outcomes["outcome"].unique().to_list() == ["confirmed"]
    opt_outs = [place for place, (operation, _) in enumerate(server.log) if operation == "REMOVE"][:cells]
    assert opt_outs == list(range(cells)), "opt-outs of every cell came first"


def test_five_kills(tmp_path):
    lake, server, wanted, kills = killed_and_started_again(tmp_path, cells=30, kills=5, seed=6)
    assert kills >= 1
    check(lake, server, wanted)


@pytest.mark.slow
def test_fifty_kills(tmp_path):
    lake, server, wanted, kills = killed_and_started_again(tmp_path, cells=150, kills=50, seed=2026)
    assert kills == 50
    check(lake, server, wanted)
