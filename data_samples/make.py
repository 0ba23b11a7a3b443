"""Makes the committed sample world: `python -m data_samples.make`. Run it again after a change of the simulator."""

import gzip
import shutil
from datetime import date
from pathlib import Path

from assets.policy_files import load_policy
from data_samples.simulator import SimulationSummary, simulate

HERE = Path(__file__).resolve().parent
UNTIL = date(2026, 11, 21)
PEOPLE, MONTHS, DAYS, SEED = 360, 18, 7, 25


def make(out: Path = HERE) -> SimulationSummary:
    """Replaces OUT/drop and OUT/truth by a fresh world, then adds the files that are broken on purpose."""
    for name in ("drop", "truth"):
        shutil.rmtree(out / name, ignore_errors=True)
    summary = simulate(load_policy("velocity_b"), people=PEOPLE, months=MONTHS, until=UNTIL, seed=SEED, out=out, days=DAYS)
    _break_some(out / "drop")
    return summary


def _break_some(drop: Path) -> None:
    """A gzip that ends in the middle, and a contacts file in UTF-16; README.md beside names both."""
    events = drop / "web_events"
    whole = gzip.decompress((events / "events_20261119.ndjson.gz").read_bytes())
    (events / "events_20261119_cut.ndjson.gz").write_bytes(gzip.compress(whole, 6, mtime=0)[:-400])
    contacts = drop / "crm_contacts"
    text = (contacts / "crm_contacts_20261118_0400.csv").read_text(encoding="utf-8").splitlines()[:6]
    (contacts / "crm_contacts_20261120_0401.csv").write_bytes("\n".join(text).encode("utf-16"))


if __name__ == "__main__":
    make()
