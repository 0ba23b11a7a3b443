"""The graph as it stands. A change of an asset, check, job, schedule or sensor shows here; update the snapshot with it."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.catalogue import all_contracts
from assets.definitions import build
from assets.house import PROJECT, House

SNAPSHOT = Path(__file__).with_name("graph_snapshot.json")
STAGE_ORDER = ["sources", "records", "identity", "traits", "triggers", "audiences", "exports", "measurement", "reports"]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    lake = tmp_path_factory.mktemp("lake")
    return build(House(group="velocity_sample", drop=str(lake), lake=str(lake), policy=str(PROJECT / "policy")))


def graph(definitions: dg.Definitions) -> Any:
    return definitions.resolve_asset_graph()


def as_text(definitions: dg.Definitions) -> dict[str, object]:
    nodes = graph(definitions)
    return {
        "assets": {
            key.to_user_string(): {
                "group": nodes.get(key).group_name,
                "upstream": sorted(parent.to_user_string() for parent in nodes.get(key).parent_keys),
                "checks": sorted(check.name for check in nodes.get(key).check_keys),
            }
            for key in sorted(nodes.get_all_asset_keys())
            if key.to_user_string() not in ("warehouse", "day_pins")  # both follow everything
        },
        "jobs": sorted(job.name for job in definitions.jobs or []),
        "schedules": sorted(one.name for one in definitions.schedules or []),
        "sensors": sorted(one.name for one in definitions.sensors or []),
    }


def test_the_graph_is_what_the_snapshot_says(definitions: dg.Definitions) -> None:
    found = json.dumps(as_text(definitions), indent=1, sort_keys=True)
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(found + "\n")
        pytest.fail("no snapshot was there; it was written: read it, then commit it")
    assert json.loads(found) == json.loads(SNAPSHOT.read_text()), "delete graph_snapshot.json and run again to renew it"


def test_every_table_is_an_asset_and_every_asset_is_described_and_owned(definitions: dg.Definitions) -> None:
    nodes = graph(definitions)
    keys = {key.to_user_string() for key in nodes.get_all_asset_keys()}
    assert set(all_contracts()) <= keys
    for key in nodes.get_all_asset_keys():
        node = nodes.get(key)
        assert node.description and node.owners and node.kinds and node.group_name in STAGE_ORDER, key
        assert node.is_materializable, f"{key} is named as an input but nothing makes it"


def test_stages_follow_one_another(definitions: dg.Definitions) -> None:
    nodes = graph(definitions)
    order = {stage: place for place, stage in enumerate(STAGE_ORDER)}
    backward = [
        f"{key.to_user_string()} ({nodes.get(key).group_name}) reads {parent.to_user_string()} ({nodes.get(parent).group_name})"
        for key in nodes.get_all_asset_keys()
        for parent in nodes.get(key).parent_keys
        if order[nodes.get(parent).group_name] > order[nodes.get(key).group_name]
    ]
    assert backward == []


def test_nothing_dangles(definitions: dg.Definitions) -> None:
    nodes = graph(definitions)
    ends = {key.to_user_string() for key in nodes.get_all_asset_keys() if not nodes.get(key).child_keys}
    assert ends == {"day_pins", "warehouse"}, "every table ends in the warehouse and is pinned"


def test_the_schedule_runs_in_the_groups_time_zone(definitions: dg.Definitions) -> None:
    (schedule,) = definitions.schedules or []
    resolved = definitions.resolve_schedule_def(schedule.name)
    assert resolved.execution_timezone == "America/Chicago" or "/" in str(resolved.execution_timezone)
