"""Mistakes in experiments.yaml, each with its file, its line and the way out."""

import shutil
from pathlib import Path

import pytest

from assets.policy_check import check_policy
from assets.policy_files import POLICY_ROOT

PLACE = "velocity_b/experiments.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the policy folder."""
    return Path(shutil.copytree(POLICY_ROOT, tmp_path / "policy"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("share: 0.5, is_baseline: true}", "share: 0.5}", "arm 'broad', which changes nothing"),
        ("message: in_market_inventory", "message: in_market_inventery", "in_market_inventory"),
        ("channels: [ctv]", "channels: [cctv]", "'ctv'"),
        ("audiences: [loyalty_equity]", "audiences: [loyalty_equities]", "'loyalty_equity'"),
        ("cell_code: E3, by_hand", "by_hand", "cell_code"),
        ("- experiment: volume_1_in_social", "- experiment: geo_social", "another name"),
        ("audiences: [loyalty_service_due]", "audiences: [conquest_owner]", "audience of loyalty"),
        ("{arm: immediate, share: 0.5,", "{arm: immediate, share: 0.6,", "shares that add up to 1 or less"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_out(root: Path, old: str, new: str, says: str) -> None:
    path = root / PLACE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [str(one) for one in check_policy("velocity_b", root) if one.file == PLACE]
    assert len(found) == 1 and says in found[0], found
    assert found[0].startswith(f"{PLACE}:") and int(found[0].split(":")[1]) > 0


def test_two_running_tests_of_a_segment_may_not_both_choose_the_message(root: Path) -> None:
    path = root / PLACE
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("share: 0.5, is_baseline: true}", "share: 0.5, message: in_market_incentive}", 1), encoding="utf-8"
    )
    (found,) = [str(one) for one in check_policy("velocity_b", root) if one.file == PLACE]
    assert "a second test of in_market that chooses the message" in found
