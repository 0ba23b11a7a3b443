"""Latency of the pull interface at a fixed rate of arrivals, on a lake that was run before; and what a large index costs.

    ./run python -m benchmarks.service --lake LAKE [--group velocity_b] [--rate 500] [--seconds 30] [--realtime]
    ./run python -m benchmarks.service --people 85000 --web-clients 1000000

Arrivals are drawn beforehand (Poisson, seeded) and do not wait for answers: an answer's time counts from when it should have been
asked, so a server that stalls is charged for everything that queued behind it. The generator shares the machine with the server.
In a second part, three times as long, the pins of the day are touched: the service makes a new index and flips to it meanwhile.
"""

import argparse
import asyncio
import hashlib
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import orjson
import polars as pl

from assets.house import PROJECT, House
from assets.lake import Lake
from assets.rebuild_pins import write_pins
from assets.service.days import finished_days
from assets.service.index import Index, write_index
from schemas.policy.service import ServicePolicy

KEY = "vk_benchmark_" + "b" * 32
PORT = 18999
CONNECTIONS = 64
SHARES = {"web_client_id": 0.5, "email_sha256": 0.2, "person_id": 0.1, "unknown": 0.2}


@dataclass
class Result:
    """Milliseconds by kind of question, and statuses."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    told: int = 0


def questions(lake: Lake, day: date, count: int, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """Kind and body of so many questions: identifiers of the lake, most of which no audience knows, and strangers."""
    known = pl.read_parquet(lake.part("person_identifier", day)).select("person_id", pl.col("kind").cast(pl.String), "value")
    members = pl.concat(
        [pl.read_parquet(lake.part(f"audience_{one}", day), columns=["person_id"]) for one in ("loyalty", "in_market")]
    ).unique()
    of_members = known.join(members, on="person_id", how="semi").sort("person_id", "kind", "value")
    values = {
        "web_client_id": of_members.filter(pl.col("kind") == "web_client")["value"].to_list(),
        "email_sha256": [
            hashlib.sha256(one.encode()).hexdigest() for one in of_members.filter(pl.col("kind") == "email")["value"]
        ],
        "person_id": members["person_id"].sort().to_list(),
        "unknown": [],
    }
    for kind in draw.choices(list(SHARES), list(SHARES.values()), k=count):
        stranger = {"web_client_id": f"{draw.randrange(10**10)}.{draw.randrange(10**10)}"}
        yield kind, orjson.dumps({kind: draw.choice(values[kind])} if values[kind] else stranger)


async def worker(queue: "asyncio.Queue[tuple[float, str, bytes]]", found: Result) -> None:
    """One connection that asks what is due."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    while True:
        due, kind, body = await queue.get()
        head = f"POST /v1/audiences HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        answer = await reader.readexactly(length)
        found.times.setdefault(kind, []).append((time.perf_counter() - due) * 1000)
        found.statuses[int(lines[0].split()[1])] += 1
        found.told += b'"audience":' in answer
        queue.task_done()


async def load(asked: list[tuple[str, bytes]], rate: float, draw: random.Random, touched: Path | None) -> Result:
    """Ask everything at its own time."""
    found = Result()
    queue: asyncio.Queue[tuple[float, str, bytes]] = asyncio.Queue()
    workers = [asyncio.create_task(worker(queue, found)) for _ in range(CONNECTIONS)]
    due = time.perf_counter() + 0.5
    for number, (kind, body) in enumerate(asked):
        due += draw.expovariate(rate)
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        queue.put_nowait((due, kind, body))
        if touched and number == 0:
            os.utime(touched)
    await queue.join()
    for one in workers:
        one.cancel()
    return found


def shown(name: str, times: list[float]) -> str:
    """A row of percentiles in milliseconds."""
    ordered = sorted(times)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99, 0.999)]
    return f"| {name} | {len(ordered):,} | " + " | ".join(f"{one:.2f}" for one in (*at, ordered[-1])) + " |"


def memory_mb(process: int) -> str:
    """Resident and proportional memory of a process."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    figures = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in text.splitlines()[1:] if line.endswith("kB")}
    return f"resident {figures['Rss']} MB, of it of its own {figures['Private_Dirty']} MB"


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(lake: Lake, rate: float, seconds: float, *, is_realtime: bool) -> None:
    """Serve a lake and measure."""
    if not finished_days(lake):
        raise SystemExit(f"no day of {lake.home} has come to its end")
    day = finished_days(lake)[0]
    work = Path(tempfile.mkdtemp(prefix="velocity-benchmark-"))
    shutil.copytree(PROJECT / "policy", work / "policy")
    place = work / "policy" / lake.group / "service.yaml"
    place.write_text(
        place.read_text()
        .replace("requests_per_second: 500 ", "requests_per_second: 10000 ")
        .replace("reload_seconds: 30", "reload_seconds: 1")
    )
    command = [
        sys.executable,
        "-c",
        "from assets.cli import main; main()",
        "serve",
        "--group",
        lake.group,
        "--lake",
        str(lake.root),
    ]
    command += ["--policy", str(work / "policy"), "--port", str(PORT), "--max-age-days", "4000"]
    started = time.monotonic()
    server = subprocess.Popen(command, env={**os.environ, "VELOCITY_KEY_WEBSITE": KEY}, stderr=(work / "log").open("wb"))
    try:
        while not _is_ready():
            time.sleep(0.2)
        print(f"ready after {time.monotonic() - started:.1f} s; {memory_mb(server.pid)}; load {os.getloadavg()[0]:.1f}")
        for process in (server.pid, 0) if is_realtime else ():
            os.sched_setscheduler(process, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
        draw = random.Random(7)
        asyncio.run(load(list(questions(lake, day, int(rate), draw)), rate, draw, None))  # a second to get warm
        pins = lake.home / "_runs" / f"{day.isoformat()}.json"
        for name, touched, lasts in (("one day", None, seconds), ("through a flip", pins, 3 * seconds)):
            asked, before = list(questions(lake, day, int(rate * lasts), draw)), cpu_seconds(server.pid)
            found = asyncio.run(load(asked, rate, draw, touched))
            used = cpu_seconds(server.pid) - before
            print(
                f"\n{name}: {dict(found.statuses)}, told {found.told}, "
                f"server {100 * used / lasts:.0f}% of a core, load {os.getloadavg()[0]:.1f}"
            )
            print("| question | answers | p50 ms | p95 ms | p99 ms | p99.9 ms | longest ms |\n|---|---|---|---|---|---|---|")
            for kind, times in sorted(found.times.items()):
                print(shown(kind, times))
            print(shown("all", [one for times in found.times.values() for one in times]))
        print(f"\nafter: {memory_mb(server.pid)}")
    finally:
        server.terminate()
        server.wait(30)
        print(f"days put into service: {(work / 'log').read_text().count('INFO velocity.service serving')}")
        shutil.rmtree(work)


def _is_ready() -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{PORT}/v1/ready").status_code == 200
    except httpx.TransportError:
        return False


def synthetic(people: int, web_clients: int) -> None:
    """What an index of so many people, each in one audience of two clients, and so many web clients costs."""
    numbers = pl.DataFrame({"n": range(people)}).select(person_id=pl.format("p{}", pl.col("n").cast(pl.String).str.zfill(20)))
    common = {
        "recipient": "website",
        "purpose": "ads",
        "basis": "first_party_relationship",
        "audience": "loyalty_trade_cycle",
        "segment": "loyalty",
        "cell": "VAG_LT_VL2_R12",
        "brand": "vol2",
        "rooftop_id": "R12",
        "arm": "treatment",
        "message": "volume_2_reliability",
    }
    rows = numbers.with_columns(
        **{name: pl.lit(value) for name, value in common.items()},
        tier=pl.lit(None, pl.String),
        reasons=pl.lit(["bought the brand or had it serviced here", "vehicle 5 years old"]),
        channels=pl.lit(["crm_match", "display"]),
        entered_on=pl.lit(date(2026, 11, 21)),
        expires_on=pl.lit(date(2027, 2, 19)),
    )
    answers = pl.concat([rows.with_columns(client=pl.lit(one)) for one in ("email_tool", "website")])
    clients = pl.DataFrame({"n": range(web_clients)}).select(
        kind=pl.lit("web_client_id"),
        key=pl.format("{}.{}", pl.col("n") * 7919 + 10**9, pl.col("n") + 1_700_000_000),
        person_id=pl.format("p{}", (pl.col("n") % people).cast(pl.String).str.zfill(20)),
    )
    own = numbers.select(kind=pl.lit("person_id"), key="person_id", person_id="person_id")
    keys = pl.concat([clients, own]).with_columns(tier=pl.lit("exact"), is_own=pl.lit(True))
    with tempfile.TemporaryDirectory() as folder:
        place, started = Path(folder) / "index.sqlite", time.monotonic()
        write_index(place, date(2026, 11, 21), answers, keys, ServicePolicy(), "")
        made, size = time.monotonic() - started, place.stat().st_size / 2**20
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        index = Index(place)
        sample = random.Random(7).choices(clients["key"].to_list(), k=50_000)
        times = []
        for key in sample:
            at = time.perf_counter()
            assert index.find("web_client_id", key)
            times.append((time.perf_counter() - at) * 1e6)
    print(f"{people:,} people, {web_clients:,} web clients: made in {made:.1f} s (peak of the maker {peak:.0f} MB),")
    print(
        f"{size:.0f} MB in the system's page cache; a look-up takes {statistics.median(times):.0f} us,"
        f" p99 {sorted(times)[int(len(times) * 0.99)]:.0f} us"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path)
    parser.add_argument("--group", default="velocity_b")
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument(
        "--realtime", action="store_true", help="answers and generator before all else, where other work runs beside; needs root"
    )
    parser.add_argument(
        "--pin", action="store_true", help="pin the newest day of a lake from before days were pinned; writes into it"
    )
    parser.add_argument("--people", type=int, default=85_000)
    parser.add_argument("--web-clients", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.lake is None:
        synthetic(given.people, given.web_clients)
        return
    lake = Lake(given.lake.resolve(), given.group)
    if given.pin and not finished_days(lake):
        house = House(group=given.group, drop="", lake=str(lake.root), policy=str(PROJECT / "policy"))
        write_pins(house, lake.days("feed_file")[-1])
    measure(lake, given.rate, given.seconds, is_realtime=given.realtime)


if __name__ == "__main__":
    main()
