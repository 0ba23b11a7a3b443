"""Many bodies through the engine to real servers that fail at random: at the end everybody holds exactly what they should."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.delivery.engine import Delivered, deliver
from assets.delivery.facts import member_rows_of, receipts
from assets.delivery.plan import Account
from assets.lake import Lake
from pipelines.activation.render import batches
from schemas.policy.delivery import Delivery
from tests.assets.delivery.delivery_world import DAY, ask, publish
from tests.assets.delivery.members import held, identifiers
from tests.assets.delivery.servers import s3, sftp
from tests.assets.delivery.servers.google import Google
from tests.assets.delivery.servers.http_server import KINDS, TOKEN, Faults, Platform, serving
from tests.assets.delivery.servers.meta import Meta
from tests.assets.delivery.servers.social import Linkedin, Pinterest, Snap, TradeDesk

SERVERS: dict[str, Callable[..., Platform]] = {
    "google": Google,
    "linkedin": Linkedin,
    "meta": Meta,
    "pinterest": Pinterest,
    "snap": Snap,
    "thetradedesk": TradeDesk,
}
APIS = {"google", "linkedin", "meta"}  # those that say whom they do not take
TURNS = {"ingest": "add", "POST users": "add", "DELETE users": "remove", "Add": "add", "Delete": "remove"}
SHARE, SLOWNESS, PATIENCE = 0.3, 0.6, 0.3
RULES = {"first_wait_seconds": 0, "rate_per_minute": 6000, "attempts": 20, "timeout_seconds": PATIENCE}
ENVIRONMENT = {"TOKEN": TOKEN, "PASSWORD": sftp.PASSWORD, "KEY": "k", "SECRET": "s"}
# Of each cell: who opted out, who left, who comes, who is told again, who stays, whom the platform does not take.
OUT, LEFT, COMES, AGAIN, STAYS, BAD = range(0, 3), range(3, 5), range(5, 10), range(10, 12), range(12, 14), range(14, 16)


def person(cell: str, number: int) -> str:
    return f"{cell}p{number:02}"


def of(cells: list[str], *groups: range) -> list[str]:
    return [person(cell, number) for cell in cells for group in groups for number in group]


def world(root: Path, platform: str, cells: list[str], *, has_bad: bool) -> Lake:
    def row(cell: str, number: int, action: str, cause: str = "") -> dict[str, Any]:
        one = person(cell, number)
        return ask(cell, one, action, cause, platform, identifiers=identifiers(platform, one))

    asks = [row(cell, number, "remove", "suppressed") for cell in cells for number in OUT]
    asks += [row(cell, number, "remove") for cell in cells for number in LEFT]
    asks += [row(cell, number, "add") for cell in cells for number in (*COMES, *(BAD if has_bad else ()))]
    asks += [row(cell, number, "refresh") for cell in cells for number in AGAIN]
    return publish(root, asks, keeps=[row(cell, number, "add") for cell in cells for number in STAYS])


def delivered(lake: Lake, platform: str, **rules: object) -> Delivered:
    """Calls until all is there, as a schedule would; a call ends early where a platform is not reached for long."""
    where = Account(platform, "1", Delivery.model_validate({**RULES, **rules}))
    for _ in range(30):
        done = deliver(lake, where, DAY, ENVIRONMENT)
        if done.is_complete:
            return done
    raise AssertionError(f"{platform} never came to its end: {done.problem}")


@contextmanager
def weather(platform: str, cells: list[str], seed: int) -> Iterator[Platform]:
    names = [f"{cell}_{kind}" for cell in cells for kind in ("EMAIL", "PHONE")] if platform == "snap" else cells
    faults = Faults(seed=seed, share=SHARE, kinds=tuple(one for one in KINDS if one != "limit date"))
    with serving(SERVERS[platform](tuple(names), faults=faults, slowness=SLOWNESS)) as server:
        for cell in cells:
            known = held(platform, *of([cell], OUT, LEFT, AGAIN, STAYS))
            for name in (one for one in names if one.startswith(cell)):
                server.audiences[name] = {one for one in known if in_audience(platform, name, cell, one)}
        if platform in APIS:
            bad = {one for found in of(cells, BAD) for one in identifiers(platform, found) if one.startswith("email:")}
            server.refused = bad if platform == "google" else {one[6:] for one in bad}  # type: ignore[attr-defined]  # those of APIS have it
        if isinstance(server, Google):
            server.seen = {(cell, one): 0 for cell in cells for one in server.audiences[cell]}
        yield server


def in_audience(platform: str, name: str, cell: str, value: str) -> bool:
    """Whether a value is one of an audience's kind: Snap has an audience for each."""
    if platform != "snap":
        return True
    kind = name.removeprefix(f"{cell}_").lower()
    return any(value == one[6:] for found in of([cell], range(16)) for one in identifiers("snap", found) if one.startswith(kind))


def storm(root: Path, platform: str, cells: list[str], seed: int) -> int:
    """Delivers a day of a platform in bad weather and judges the end; returns how many bodies there were."""
    has_bad = platform in APIS
    lake = world(root, platform, cells, has_bad=has_bad)
    with weather(platform, cells, seed) as server:
        done = delivered(lake, platform, kind="http", address=server.url, secrets={"token": "TOKEN"})
        for name, found in server.audiences.items():
            cell = name.partition("_")[0] if platform == "snap" else name
            known = {one for one in held(platform, *of([cell], COMES, AGAIN, STAYS)) if in_audience(platform, name, cell, one)}
            assert found == known, f"{platform} {name}"
        applied = [what for what, _ in groupby(TURNS.get(what, what) for what, _ in server.done)]
        assert applied == ["remove", "add", "remove"]  # opt-outs of every cell before any add, other removals at the end
        assert server.failed or len(server.asked) < 10
    rows = pl.concat(receipts(one) for one in done.journals)
    judged(rows, pl.concat(member_rows_of(one) for one in done.journals), cells, has_bad=has_bad)
    return rows.height


def judged(rows: pl.DataFrame, members: pl.DataFrame, cells: list[str], *, has_bad: bool) -> None:
    """Receipts say of every body and every member what became of it, and the figures agree with each other."""
    assert rows["status"].unique().to_list() == ["delivered"]
    assert not rows["is_unknown"].any()
    assert (rows["members"] == rows["accepted"] + rows["rejected"]).all()
    assert rows["batch_key"].is_unique().all()
    bad = set(of(cells, BAD)) if has_bad else set()
    assert set(members.filter(outcome="rejected")["person_id"]) == bad
    asked = set(of(cells, OUT, LEFT, COMES, AGAIN)) | bad
    assert set(members["person_id"]) == asked
    assert set(members.filter(outcome="confirmed")["person_id"]) == asked - bad


@pytest.mark.parametrize("platform", SERVERS)
def test_a_hundred_bodies_in_bad_weather(tmp_path: Path, platform: str) -> None:
    assert storm(tmp_path, platform, [f"C{number}" for number in range(5)], 7) >= 15


@pytest.mark.slow
def test_a_thousand_bodies_in_bad_weather(tmp_path: Path) -> None:
    cells = [f"C{number:02}" for number in range(42)]
    assert sum(storm(tmp_path / platform, platform, cells, 11) for platform in SERVERS) >= 1000


def expected_files(platform: str, lake: Lake) -> dict[str, bytes]:
    asks = lake.read("export_member", DAY).filter(platform=platform)
    return {f"{DAY}/{one.path}": one.body for one in batches(platform, asks, "1")}


def whole(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """Every body and nothing else, and a manifest that lists them."""
    (manifest,) = (name for name in found if name.endswith("manifest.json"))
    listed = {one["file"] for one in json.loads(found.pop(manifest))["files"]}
    assert found == expected
    assert listed == {name.partition("/")[2] for name in expected}


def test_files_arrive_whole_on_a_server_that_is_cut_at_random(tmp_path: Path) -> None:
    cells, draw = [f"C{number}" for number in range(10)], random.Random(5)
    lake = world(tmp_path / "lake", "linkedin", cells, has_bad=False)
    (tmp_path / "drop").mkdir()
    with sftp.serving(tmp_path / "drop") as server:
        server.draw, server.share = draw, SHARE
        told = {"address": f"sftp://{sftp.USER}@127.0.0.1:{server.port}/", "secrets": {"password": "PASSWORD"}}
        options = {"host_key": server.host_key.fingerprint}
        done = delivered(lake, "linkedin", kind="sftp", options=options, **told, **{"timeout_seconds": 5})
        assert server.cut > 3
    root = tmp_path / "drop"
    whole(
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()},
        expected_files("linkedin", lake),
    )
    assert pl.concat(receipts(one) for one in done.journals)["status"].unique().to_list() == ["delivered"]


def test_objects_arrive_whole_in_a_storage_that_fails_at_random(tmp_path: Path) -> None:
    lake = world(tmp_path, "linkedin", [f"C{number}" for number in range(10)], has_bad=False)
    with s3.serving(slowness=SLOWNESS) as storage:
        kinds = ("503", "500", "503 applied", "slow", "slow applied", "cut", "cut applied")
        storage.faults = Faults(seed=3, share=SHARE, kinds=kinds)
        options = {"endpoint": storage.url, "path_style": True}
        told = {"address": f"s3://{s3.BUCKET}", "secrets": {"access_key": "KEY", "secret_key": "SECRET"}}
        delivered(lake, "linkedin", kind="s3", options=options, **told)
        storage.faults.share = 0
        whole(storage.objects(), expected_files("linkedin", lake))
