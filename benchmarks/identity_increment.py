"""A day's changes against a full run: the state read from disk, the changes, and the members after them.

python -m benchmarks.identity --increment 0.001,0.01 --records 1000000

Of the changed share a third of the records is new, a third corrected (another phone, another e-mail, another last name, or a
slip in the first name), a sixth has moved house, a sixth is deleted. Both sides give person and household of every record that is
left; "linked only" is the full run without ids, edges and households. Each is a process of its own, in turn. Persons are compared
with a full run by the model of the day before, and with one that learned anew.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from assets.identity_model_files import load_model
from assets.identity_state_files import Kept, load_state, save_state
from benchmarks.identity_errors import mistyped
from benchmarks.identity_names import surnames
from benchmarks.identity_ours import members, spent
from pipelines.identity.pairwise import pairwise
from pipelines.identity.resolve import resolve
from pipelines.identity.state import State
from pipelines.identity.update import update
from schemas.identity_model import IdentityModel

HEADINGS = (
    "records | changed | increment s | CPU s | peak MB | full run s | CPU s | peak MB | ratio | linked only s | CPU s | ratio"
)
HEADINGS_OF_MARKS = (
    "records | changed | persons F1, same model | households F1, same model | persons F1, learned anew | changed person"
)


@dataclass(frozen=True)
class Changes:
    """before: records of the day before. fresh: new and changed ones. gone: ids. after: records of the day."""

    before: pl.DataFrame
    fresh: pl.DataFrame
    gone: pl.Series
    after: pl.DataFrame


def changes(rows: pl.DataFrame, share: float, seed: int = 17) -> Changes:
    """A day's changes on a share of some records, the same for the same seed."""
    random = np.random.default_rng(seed)
    drawn = np.sort(random.permutation(rows.height)[: max(6, round(rows.height * share))])
    kind = random.permutation(np.arange(len(drawn)) % 6)
    new, fixed, moved, gone = (rows[drawn[np.isin(kind, one)]] for one in ([0, 1], [2, 3], [4], [5]))
    fresh = pl.concat([new, corrected(random, fixed), rehomed(random, moved)])
    before = rows.join(new, on="rid", how="anti", maintain_order="left")
    rest = before.join(pl.concat([fresh["rid"], gone["rid"]]).to_frame(), on="rid", how="anti", maintain_order="left")
    return Changes(before, fresh, gone["rid"], pl.concat([rest, fresh]))


def corrected(random: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """One field of each record put otherwise."""
    kind, size = pl.Series(random.integers(0, 4, rows.height)), rows.height
    phone = pl.Series(random.integers(2_010_000_000, 9_899_999_999, size)).cast(pl.String)
    email = pl.Series([f"new.{n}@example.net" for n in random.integers(0, 10**9, size)], dtype=pl.String)
    names, _ = surnames(np.random.default_rng(5))
    last = pl.Series(names[random.integers(0, 5_000, size)])
    told = {"phone": phone, "email": email, "last_name": last, "first_name": mistyped(random, rows["first_name"], 1.0)}
    return rows.with_columns(
        pl.when(kind == place).then(value).otherwise(pl.col(name)).alias(name) for place, (name, value) in enumerate(told.items())
    )


def rehomed(random: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Each record at another's former house number and street, with another's postcode."""
    other = rows[random.permutation(rows.height)]
    number = pl.Series(random.integers(10_000, 19_999, rows.height)).cast(pl.String)
    return rows.with_columns(address=number + " " + other["address"].str.replace(r"^\S+ ", ""), zip=other["zip"])


def begun(out: Path, model: Path) -> dict[str, float]:
    """The day before: its state in a folder."""
    spec = load_model(model)
    found = resolve(pl.read_parquet(out / "before.parquet"), spec)
    save_state(Kept(found.state, spec, model.read_text(encoding="utf-8")), out / "state")
    return {}


def incremented(out: Path, model: Path) -> dict[str, float]:
    """The changes of the day on the state of the day before."""
    start, cpu, _ = spent()
    spec = load_model(model)
    state = load_state(out / "state").state
    read = spent()[0] - start
    gone = pl.read_parquet(out / "gone.parquet")["rid"]
    found = update(state, spec, pl.read_parquet(out / "fresh.parquet"), gone)
    end, cpu_after, peak = spent()
    found.state.members.write_parquet(out / "members_increment.parquet")
    return {"wall": end - start, "cpu": cpu_after - cpu, "peak_mb": peak, "read": read}


def whole(out: Path, model: Path) -> dict[str, float]:
    """A full run on the records of the day."""
    start, cpu, _ = spent()
    found = resolve(pl.read_parquet(out / "after.parquet"), load_model(model))
    end, cpu_after, peak = spent()
    found.members.write_parquet(out / "members_full.parquet")
    return {"wall": end - start, "cpu": cpu_after - cpu, "peak_mb": peak}


def linked(out: Path, model: Path) -> dict[str, float]:
    """A full run that only links."""
    start, cpu, _ = spent()
    members(pl.read_parquet(out / "after.parquet"), load_model(model))
    end, cpu_after, peak = spent()
    return {"wall": end - start, "cpu": cpu_after - cpu, "peak_mb": peak}


def frozen(out: Path, model: Path) -> dict[str, float]:
    """A full run by the model of the day before, for what it finds."""
    found = frozen_run(load_state(out / "state").state, load_model(model), pl.read_parquet(out / "after.parquet"))
    found.members.write_parquet(out / "members_frozen.parquet")
    return {}


def frozen_run(state: State, model: IdentityModel, rows: pl.DataFrame, **more: Any) -> State:
    """All records at once, by the model that a state holds."""
    empty = {name: getattr(state, name).clear() for name in ("records", "keys", "members", "people", "edges")}
    return update(replace(state, **empty), model, rows, **more).state


SIDES = {"begin": begun, "increment": incremented, "full": whole, "linked": linked, "frozen": frozen}


def agreement(folder: Path) -> tuple[float, float, float, float]:
    """F1 of persons and of households against the frozen full run, of persons against the full run; share that changed person."""
    before = pl.read_ipc(folder / "state" / "members.arrow")
    now, full, same = (
        pl.read_parquet(folder / f"members_{one}.parquet").sort("record_id") for one in ("increment", "full", "frozen")
    )
    if not (now["record_id"].equals(full["record_id"]) and now["record_id"].equals(same["record_id"])):
        raise SystemExit("the increment and the full run do not hold the same records")
    persons, anew = (pairwise(now["person_id"], one["person_id"]).f1 for one in (same, full))
    homes = pairwise(now["household_id"], same["household_id"]).f1
    fresh = pl.read_parquet(folder / "fresh.parquet", columns=["rid"])
    old = before.join(fresh, left_on="record_id", right_on="rid", how="anti").join(now, on="record_id", suffix="_now")
    moved = old.filter(pl.col("person_id") != pl.col("person_id_now")).height
    return persons, homes, anew, moved / max(old.height, 1)


def increments(shares: list[float], rows: Path, model: Path, child: Callable[[list[str]], float], repeat: int) -> None:
    """Print both tables. `child` runs a command and waits."""
    out: dict[str, list[str]] = {one: [] for one in (HEADINGS, HEADINGS_OF_MARKS)}
    for share in shares:
        with tempfile.TemporaryDirectory() as made:
            for heading, line in zip(out, measured(share, rows, model, child, repeat, Path(made)), strict=True):
                out[heading].append(line)
    for heading, lines in out.items():
        print(f"\n| {heading} |\n|{'---|' * (heading.count('|') + 1)}", *lines, sep="\n", flush=True)


def measured(
    share: float, rows: Path, model: Path, child: Callable[[list[str]], float], repeat: int, folder: Path
) -> tuple[str, str]:
    """The two rows of one share: medians over paired runs."""
    day = changes(pl.read_parquet(rows), share)
    for name in ("before", "fresh", "after"):
        getattr(day, name).write_parquet(folder / f"{name}.parquet")
    day.gone.to_frame().write_parquet(folder / "gone.parquet")
    costs: dict[str, list[dict[str, float]]] = {one: [] for one in SIDES}
    for side in ["begin", *(["increment", "full", "linked"] * repeat), "frozen"]:
        child([sys.executable, "-m", "benchmarks.identity_increment", side, "--model", str(model), "--out", str(folder)])
        costs[side].append(json.loads((folder / f"cost_{side}.json").read_text()))
        print(f"{share:.1%} {side} {costs[side][-1]}", file=sys.stderr, flush=True)

    def of(side: str, name: str) -> float:
        return median(one[name] for one in costs[side])

    def ratio(side: str) -> float:
        return median(a["wall"] / b["wall"] for a, b in zip(costs["increment"], costs[side], strict=True))

    head = f"| {day.after.height:,} | {share:.1%}"
    cost = " | ".join(
        f"{of(side, 'wall'):.2f} | {of(side, 'cpu'):.2f} | {of(side, 'peak_mb'):,.0f}" for side in ("increment", "full")
    )
    alone = f"{of('linked', 'wall'):.2f} | {of('linked', 'cpu'):.2f} | {ratio('linked'):.3f}"
    persons, homes, anew, moved = agreement(folder)
    return (
        f"{head} | {cost} | {ratio('full'):.3f} | {alone} |",
        f"{head} | {persons:.5f} | {homes:.5f} | {anew:.5f} | {moved:.4%} |",
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("side", choices=list(SIDES))
    asked.add_argument("--model", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True, help="the folder with the records and the state")
    told = asked.parse_args()
    cost = SIDES[told.side](told.out, told.model)
    (told.out / f"cost_{told.side}.json").write_text(json.dumps(cost))


if __name__ == "__main__":
    main()
