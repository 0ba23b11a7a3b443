"""This project's resolution of one file of people, in a process of its own: what identity_peers.py is for Splink.

python -m benchmarks.identity_ours --model MODEL.yaml --records FILE.parquet --out DIR
"""

import argparse
import json
import resource
import time
from pathlib import Path

import polars as pl

from assets.identity_model_files import load_model
from pipelines.identity.linkage.encode import encode
from pipelines.identity.linkage.link import link
from schemas.identity_model import IdentityModel


def members(records: pl.DataFrame, model: IdentityModel) -> pl.DataFrame:
    """Columns rid and cluster of every record. The one place where the benchmark meets the engine."""
    coded = encode(records, model)
    return pl.DataFrame({"rid": coded.ids, "cluster": pl.Series(link(coded, model).cluster).cast(pl.String)})


def spent() -> tuple[float, float, int]:
    """Monotonic seconds, CPU seconds of this process, and its peak memory in MB."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    for name in ("--model", "--records", "--out"):
        asked.add_argument(name, type=Path, required=True)
    told = asked.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    start, cpu_before, _ = spent()
    model = load_model(told.model)
    found = members(pl.read_parquet(told.records), model)
    end, cpu_after, peak = spent()
    found.write_parquet(told.out / f"members_{model.thresholds.match:g}.parquet")
    (told.out / "cost.json").write_text(json.dumps({"wall": end - start, "cpu": cpu_after - cpu_before, "peak_mb": peak}))


if __name__ == "__main__":
    main()
