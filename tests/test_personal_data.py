"""A whole run says nothing of anybody: what it prints, records, writes beside its tables, and names its files is searched."""

import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.lake import Lake
from tests.worlds import ROOT, SAMPLE_DAY, SAMPLE_DROP, command, run_arguments

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
DAY = date.fromisoformat(SAMPLE_DAY)
SEED, KEY = "seed-that-nobody-may-read-4711", "vk_key-that-nobody-may-read-0815"
DOCUMENTS = ("_validation", "_runs", "_accounts", "_manifests", "_site")  # _policy names the group's own rooftops


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Lake]:
    """What a run of the sample day printed, the folder of its recorded events, and its lake."""
    home = tmp_path_factory.mktemp("run")
    shutil.copy(ROOT / "dagster.yaml", home)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VELOCITY_KEY_WEBSITE": KEY, "DAGSTER_HOME": str(home)}
    done = subprocess.run(
        [*command(*run_arguments(SAMPLE_DAY, SAMPLE_DROP, home / "lake")), "--seed", SEED],
        capture_output=True, text=True, cwd=home, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    return done.stdout + done.stderr, home, Lake(home / "lake", "velocity_sample")


@pytest.fixture(scope="module")
def personal(run: tuple[str, Path, Lake]) -> list[str]:
    """E-mails, phones in several spellings, and names with the street beside, of everybody of the sample drop; lower case."""
    records = run[2].read("contact_record", DAY)
    emails = records.select(pl.concat_list("emails", "emails_raw").list.explode().alias("one"))["one"].drop_nulls()
    phones = records["phones"].explode().drop_nulls().unique().to_list()
    found = {one.lower() for one in emails if "@" in one and "velocity" not in one and "rooftop" not in one}
    for phone in phones:
        ten = phone[-10:]
        found |= {
            phone,
            ten,
            f"({ten[:3]}) {ten[3:6]}-{ten[6:]}",
            f"{ten[:3]}-{ten[3:6]}-{ten[6:]}",
            f"{ten[:3]}.{ten[3:6]}.{ten[6:]}",
        }
    found |= {one.lower() for one in records["address"].drop_nulls().unique() if re.match(r"\d+ \w+", one)}
    quarantined = [one for one in run[2].tables() if one.endswith("_quarantine")]
    values = pl.concat([run[2].read(one, DAY) for one in quarantined])["value"].drop_nulls()
    found |= {one.lower() for one in values if "@" in one and len(one) > 8}
    assert len(found) > 1000
    return sorted(found)


def told(text: str, personal: list[str]) -> list[str]:
    """Lines that name somebody; numbers count only where they stand alone."""
    lines = pl.Series(text.lower().splitlines())
    near = lines.filter(lines.str.contains_any(personal)) if len(lines) else lines
    wanted = re.compile("|".join(rf"(?<![\w.]){re.escape(one)}(?!\w)" for one in personal))
    return [line for line in near if wanted.search(line)]


def texts_below(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_printed_names_nobody(run: tuple[str, Path, Lake], personal: list[str]) -> None:
    assert told(run[0], personal) == []


def test_what_is_recorded_names_nobody(run: tuple[str, Path, Lake], personal: list[str]) -> None:
    events = [path for path in run[1].rglob("*") if path.is_file() and "lake" not in path.relative_to(run[1]).parts]
    assert sum(path.stat().st_size for path in events) > 100_000, "no events were recorded"
    for path in events:
        text = re.sub(r"[\x00-\x08\x0b-\x1f]", "\n", path.read_bytes().decode("utf-8", "replace"))
        assert told(text, personal) == [], path.name


@pytest.mark.parametrize("folder", DOCUMENTS)
def test_documents_beside_the_tables_name_nobody(folder: str, run: tuple[str, Path, Lake], personal: list[str]) -> None:
    for name, text in texts_below(run[2].home / folder).items():
        assert told(text, personal) == [], name


def test_names_of_files_name_nobody(run: tuple[str, Path, Lake], personal: list[str]) -> None:
    names = "\n".join(path.relative_to(run[1]).as_posix() for path in sorted(run[1].rglob("*")))
    assert told(names, personal) == []


def test_no_secret_is_anywhere(run: tuple[str, Path, Lake]) -> None:
    for secret in (SEED, KEY):
        assert secret not in run[0]
        found = [path for path in run[1].rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
        assert found == [], [path.name for path in found]
