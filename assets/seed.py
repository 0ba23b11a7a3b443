"""The seed of a lake. It keys ids, arms and tombstones: under another one, people who were forgotten would come back."""

import hashlib
from datetime import date
from typing import Any

from assets.lake import Lake


class OtherSeed(Exception):
    """The seed is not that of the day. Ids would be others, and tombstones would keep nobody out."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} was run under another seed; give --seed as it was given to velocity run for this lake")


def seed_fingerprint(seed: str) -> str:
    """Tells one seed from another, and tells nothing else."""
    return hashlib.sha256(b"velocity seed\x00" + seed.encode()).hexdigest()[:16]


def check_seed(pins: dict[str, Any] | None, seed: str, day: date) -> None:
    """OtherSeed where a day's pins are of another seed; a day that pinned nothing tells nothing."""
    if pins and pins["seed"] != seed_fingerprint(seed):
        raise OtherSeed(day)


def check_lake(lake: Lake, seed: str) -> None:
    """OtherSeed where the newest day that came to its end was run under another seed."""
    days = sorted(date.fromisoformat(one.stem) for one in (lake.home / "_runs").glob("????-??-??.json"))
    if days:
        check_seed(lake.read_json(f"_runs/{days[-1]}.json"), seed, days[-1])
