"""A million members spelled, hashed and written as requests for Google, beside DuckDB's own sha256 over the same columns.

    ./run python -m benchmarks.hashing --members 1000000 --runs 5

- peer: `SELECT sha256(email), sha256(phone), sha256(first_name), sha256(last_name)` over a table in memory, fetched as a frame.
- spell and hash: the same four columns from raw text by Google's rules (`pipelines.activation.normalise.prepared`).
- write: the request bodies of all members (`pipelines.activation.render.batches`).
- choose: all that `member_identifiers` does: who is who, what may be sent, the best of each kind, spelling, hashing, the lists.

Every part is a process of its own, in turns. CPU seconds are of the work, after a first run that is not counted; ratios are of
medians. People are made up: an e-mail, a phone, a name and a ZIP each, names of a few hundred, half the e-mails at gmail.com.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import duckdb
import numpy as np
import polars as pl

from assets.engine import DuckDBEngine
from pipelines.activation.identifiers import member_identifiers
from pipelines.activation.normalise import prepared
from pipelines.activation.render import batches
from schemas.platforms import all_platforms

PEER = "SELECT sha256(email) AS e, sha256(phone) AS p, sha256(first_name) AS f, sha256(last_name) AS l FROM people"
KINDS = {"email": "email", "phone": "phone", "first_name": "given_name", "last_name": "family_name"}
PARTS = ("peer", "spell and hash", "write", "choose")
SYLLABLES = ("an", "be", "cy", "da", "el", "fra", "gus", "han", "ir", "jo", "ka", "lin", "mar", "no", "ro", "sa", "ta", "vi")
STATES = pl.DataFrame({"person_id": ["nobody"], "state": ["GA"]})
GOOGLE = all_platforms()["google"]


def people(count: int) -> pl.DataFrame:
    """One row per member, of the same draw every time."""
    draw = np.random.default_rng(1)
    first, last = ([a + b + end for a in SYLLABLES for b in SYLLABLES] for end in ("n", "son"))
    areas, numbers = draw.integers(201, 999, count), draw.integers(2_000_000, 9_999_999, count)
    domains = np.array(["gmail.com", "gmail.com", "example.com", "example.net"])
    frame = pl.DataFrame(
        {
            "person_id": [f"p{number:09d}" for number in range(count)],
            "first_name": np.array(first)[draw.integers(0, len(first), count)],
            "last_name": np.array(last)[draw.integers(0, len(last), count)],
            "phone": [f"+1{area}{number:07d}" for area, number in zip(areas, numbers, strict=True)],
            "zip": [f"{one:05d}" for one in draw.integers(501, 99_950, count)],
            "domain": domains[draw.integers(0, 4, count)],
            "is_dotted": draw.random(count) < 0.3,
        }
    )
    dot = pl.when("is_dotted").then(pl.lit(".")).otherwise(pl.lit(""))
    number = pl.int_range(pl.len()).cast(pl.String)
    return frame.with_columns(email=pl.concat_str("first_name", dot, "last_name", number, pl.lit("@"), "domain"))


def evidence(found: pl.DataFrame) -> pl.DataFrame:
    """What is known of the members, as the gate leaves it."""
    values: dict[str, pl.Expr] = {
        "email": pl.col("email"),
        "phone": pl.col("phone"),
        "name": pl.concat_str("first_name", pl.lit("|"), "last_name"),
        "address": pl.concat_str(pl.lit("1 MAIN ST|ANYTOWN|GA|"), "zip"),
    }
    free = {"is_first_party": pl.lit(True), "rank": pl.lit(1, pl.Int64), "denied": pl.lit(None, pl.String)}
    segment = pl.lit("loyalty").alias("segment")
    return pl.concat(
        found.select("person_id", segment, kind=pl.lit(kind), value=value, **free) for kind, value in values.items()
    ).rechunk()


def told(rows: pl.DataFrame) -> pl.DataFrame:
    """The members as a day asks a platform to hold them."""
    asks = {"platform": "google", "cell": "loyalty", "action": "add", "cause": "entered"}
    return rows.with_columns(**{name: pl.lit(one) for name, one in asks.items()}, withdrawn=pl.lit([], pl.List(pl.String)))


def work(part: str, count: int) -> Callable[[], object]:
    """What a part does again and again; what it needs is made before."""
    found, engine = people(count), DuckDBEngine()
    match part:
        case "peer":
            connection = duckdb.connect()
            connection.register("made", found.select(*KINDS).to_arrow())
            connection.execute("CREATE TABLE people AS SELECT * FROM made")
            return lambda: connection.sql(PEER).pl()
        case "spell and hash":
            return lambda: prepared(engine, GOOGLE, found.select(*KINDS), KINDS)
        case "write":
            rows = told(member_identifiers(engine, GOOGLE, evidence(found), STATES, 3))
            return lambda: batches("google", rows, "1", {"loyalty": "7"})
    known = evidence(found)
    return lambda: member_identifiers(engine, GOOGLE, known, STATES, 3)


def measured(part: str, count: int, runs: int) -> dict[str, list[float]]:
    """CPU and wall seconds of each run but the first."""
    do = work(part, count)
    seconds: dict[str, list[float]] = {"cpu": [], "wall": []}
    for number in range(runs + 1):
        cpu, wall = _cpu(), time.perf_counter()
        do()
        if number:
            seconds["cpu"].append(_cpu() - cpu)
            seconds["wall"].append(time.perf_counter() - wall)
    return seconds


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--part", choices=PARTS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(measured(asked.part, asked.members, asked.runs)))
        return
    found = {}
    for part in PARTS:
        command = [sys.executable, "-m", "benchmarks.hashing", "--part", part, "--members", str(asked.members)]
        one = subprocess.run([*command, "--runs", str(asked.runs)], capture_output=True, text=True, check=True)
        found[part] = json.loads(one.stdout)
    peer = statistics.median(found["peer"]["cpu"])
    for part, seconds in found.items():
        cpu, wall = (statistics.median(seconds[name]) for name in ("cpu", "wall"))
        print(f"| {part} | {cpu:.2f} | {min(seconds['cpu']):.2f}-{max(seconds['cpu']):.2f} | {cpu / peer:.1f} | {wall:.2f} |")


if __name__ == "__main__":
    main()
