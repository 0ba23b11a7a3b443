"""The documents are true: every path they name exists, every command they name is a command."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "CONTEXT.md", "docs/policy.md", "docs/benchmarks.md"]  # docs/feeds.md is held by its generator
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:md|toml|yaml|lock))`")
# Places that runs make, or that only an example names.
MADE_BY_RUNS = ("lake/", "out/", ".dagster/", ".venv", "DROP/", "LAKE/", "OUT/", "_exports", "_site", "my_group", "velocity_c")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {one for one in PATH.findall(text) if not any(part in one for part in MADE_BY_RUNS) and "<" not in one}
    missing = sorted(
        one for one in named if not list(ROOT.glob(one.rstrip("/"))) and not list(ROOT.glob(f"**/{one.rstrip('/')}"))
    )
    assert missing == []


def test_every_velocity_command_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = {one for one in re.findall(r"velocity ([a-z-]+)", text) if one not in ("audiences",)}
    known = subprocess.run(
        [sys.executable, "-c", "from assets.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert sorted(one for one in commands if one not in known.stdout) == []
