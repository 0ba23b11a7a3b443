"""What the whole-graph tests share: a run of a day, and the fingerprint of every table it left."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_DROP = ROOT / "data_samples" / "drop"
SAMPLE_DAY = "2026-11-21"


def velocity(*arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the velocity command in a process of its own, in a folder in which no dagster.yaml asks for runs to be recorded."""
    with TemporaryDirectory() as elsewhere:
        return subprocess.run(
            command(*arguments), capture_output=True, text=True, cwd=at or elsewhere, env=environment(), check=False
        )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from assets.cli import main; main()", *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment of a command that runs this checkout, wherever it stands."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def run_arguments(day: str, drop: Path, lake: Path, group: str = "velocity_sample") -> list[str]:
    return ["run", "--group", group, "--date", day, "--drop", str(drop), "--lake", str(lake)]


def killed_after(seconds: float, *arguments: str) -> bool:
    """Start a command and kill -9 it after so many seconds; False where it had ended by itself."""
    with (
        TemporaryDirectory() as elsewhere,
        subprocess.Popen(
            command(*arguments),
            cwd=elsewhere,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
    ):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
    return alive


def fingerprint(lake: Path) -> dict[str, str]:
    """SHA-256 of every table file, export, account and manifest below a lake, by relative name."""
    kept = [path for path in lake.rglob("*") if path.is_file() and not _is_scratch(path.relative_to(lake))]
    return {path.relative_to(lake).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(kept)}


def _is_scratch(path: Path) -> bool:
    # The warehouse holds views with the lake's own path in them, closed.json says which file on this disk was counted; the rest
    # are work areas.
    return any(part in (".staged", ".spill", ".lock", "warehouse.duckdb", "closed.json", "_validation") for part in path.parts)
