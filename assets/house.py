"""The one resource of the code location: where the group's files, lake and policy are. Paths come from configuration."""

import os
from datetime import date
from functools import cache
from pathlib import Path

import dagster as dg

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.policy_reads import kept_at, policy_before
from pipelines.step import Day
from schemas.policy import Policy

PROJECT = Path(__file__).resolve().parents[1]
SAMPLE_GROUP = "velocity_sample"


class House(dg.ConfigurableResource):
    """Where things are. `seed` keys new ids: changing it changes every id that is not yet given.

    `delivers`: runs may send to platforms. False where a day is only made: again, for a rehearsal, in a test.
    """

    group: str
    drop: str
    lake: str
    policy: str
    seed: str = "velocity"
    memory_limit: str = "3GB"
    delivers: bool = False

    @property
    def tables(self) -> Lake:
        """The group's lake."""
        return Lake(Path(self.lake), self.group)

    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return Path(self.drop)

    @property
    def rules(self) -> Policy:
        """The group's policy, loaded once per process and content."""
        return _policy(self.group, Path(self.policy))

    def engine(self) -> DuckDBEngine:
        """A fresh engine that spills beside the lake."""
        spill = self.tables.home / ".spill"
        spill.mkdir(parents=True, exist_ok=True)
        return DuckDBEngine(spill, self.memory_limit)

    def day(self, as_of: date) -> Day:
        """What steps know of a day."""
        return Day(as_of, self.rules, self.seed, policy_before(self.tables, as_of))


@cache
def _policy(group: str, root: Path) -> Policy:
    """The policy of a folder, or one that a lake kept under its hash."""
    return kept_at(root) if root.suffix == ".json" else load_policy(group, root)


def house_from_environment() -> House:
    """The house that VELOCITY_GROUP, _DROP, _LAKE, _POLICY and _SEED describe; the sample world where they are unset."""
    return House(
        group=os.environ.get("VELOCITY_GROUP", SAMPLE_GROUP),
        drop=os.environ.get("VELOCITY_DROP", str(PROJECT / "data_samples" / "drop")),
        lake=os.environ.get("VELOCITY_LAKE", str(PROJECT / "lake")),
        policy=os.environ.get("VELOCITY_POLICY", str(PROJECT / "policy")),
        seed=os.environ.get("VELOCITY_SEED", "velocity"),
        delivers=os.environ.get("VELOCITY_DELIVERS", "yes") == "yes",
    )
