"""Audiences that extend a base: what is joined, what replaces, what is removed, and where a mistake is said to be."""

import shutil
from pathlib import Path

import pytest

from assets.policy_check import check_policy
from assets.policy_files import POLICY_ROOT, load_policy

BASE = """segment: loyalty
purpose: "Service appointments"
owner: "team:service"
cell_by: [brand, rooftop]
parameters: {notice_days: 30, quiet_days: 7}
rules:
  all:
    - {name: customer, when: "is_customer_of_brand", reason: "bought here"}
exclusions:
  - {name: staff, when: "is_staff", reason: "works here"}
  - {name: open_deal, when: "has_open_deal", reason: "a deal is open here"}
score: "intent_score"
stay_days: 30
channels: [email, mail, crm_match]
message: loyalty_relationship
message_by_brand: {lux: luxury_service}
"""
OWN = """extends: _base_test
audience: due_soon
title: "Due soon"
code: DS
priority: 3
parameters: {notice_days: 45}
parameters_by:
  brand: {lux: {notice_days: 60}}
  rooftop: {R01: {notice_days: 90}}
remove: {exclusions: [open_deal], channels: [mail]}
rules:
  all:
    - {name: due, when: "service_days_to_due between 0 and $notice_days", reason: "due within {notice_days} days"}
exclusions:
  - {name: staff, when: "is_staff or is_business", reason: "works here or is a business"}
  - {name: booked, when: "next_appointment_on is not null", reason: "booked"}
message_by_brand: {vol1: volume_1_value}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A policy folder with velocity_b, one more audience and its base."""
    shutil.copytree(POLICY_ROOT / "reference", tmp_path / "reference")
    shutil.copytree(POLICY_ROOT / "velocity_b", tmp_path / "velocity_b")
    write(tmp_path, "_base_test", BASE)
    write(tmp_path, "due_soon", OWN)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / "velocity_b" / "audiences" / f"{name}.yaml").write_text(text, encoding="utf-8")


def told(root: Path) -> list[str]:
    return [str(one).removeprefix("velocity_b/audiences/") for one in check_policy("velocity_b", root)]


def test_an_audience_is_laid_over_its_base(root: Path) -> None:
    one = next(one for one in load_policy("velocity_b", root).audiences if one.audience == "due_soon")
    assert [leaf.name for leaf in one.rules.all or ()] == ["due", "customer"]
    assert [(each.name, each.when) for each in one.exclusions] == [
        ("staff", "is_staff or is_business"),
        ("booked", "next_appointment_on is not null"),
    ]
    assert one.parameters == {"notice_days": 45, "quiet_days": 7}
    assert one.channels == ("email", "crm_match") and one.stay_days == 30
    assert one.message_by_brand == {"lux": "luxury_service", "vol1": "volume_1_value"}


def test_a_base_may_extend_another(root: Path) -> None:
    write(root, "_base_test", "extends: _base_all\n" + BASE.replace('owner: "team:service"\n', ""))
    write(root, "_base_all", 'owner: "team:data"\nstay_days: 9\n')
    one = next(one for one in load_policy("velocity_b", root).audiences if one.audience == "due_soon")
    assert one.owner == "team:data" and one.stay_days == 30


@pytest.mark.parametrize(
    ("base", "own", "sentence"),
    [
        ("", "extends: _base_tets", "due_soon.yaml:1: extends: found the unknown base '_base_tets'; expected one of"),
        ("extends: _base_test\n", "", "_base_test.yaml:1: extends: found a circle, _base_test -> _base_test;"),
        ("audience: x\n", "", "_base_test.yaml:1: audience: found the key 'audience' in a base; expected it in each audience"),
        ("tilte: x\n", "", "_base_test.yaml:1: tilte: found the unknown key 'tilte'; expected one of"),
        ("staydays: 3\n", "", "Did you mean 'stay_days'?"),
    ],
)
def test_broken_chains_are_told_where_they_break(root: Path, base: str, own: str, sentence: str) -> None:
    write(root, "_base_test", base + BASE)
    write(root, "due_soon", OWN.replace("extends: _base_test", own) if own else OWN)
    assert any(sentence in one for one in told(root)), told(root)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "[open_deal]",
            "[opendeal]",
            "due_soon.yaml:10: remove.exclusions: found 'opendeal', which is not there to be removed; "
            "expected one of open_deal, staff. Did you mean 'open_deal'?",
        ),
        ("[mail]", "[tv]", "due_soon.yaml:10: remove.channels: found 'tv', which is not there to be removed; expected one of"),
        ("remove:", "removes:", "due_soon.yaml:10: removes: found the unknown key 'removes'; expected one of"),
        ("lux: {notice", "luxx: {notice", "due_soon.yaml:8: parameters_by.brand.luxx: found the unknown brand 'luxx'"),
        ("R01: {", "R99: {", "due_soon.yaml:9: parameters_by.rooftop.R99: found the unknown rooftop 'R99'"),
        ("brand: {lux", "brands: {lux", "due_soon.yaml:8: parameters_by.brands"),
        (
            "{lux: {notice_days",
            "{lux: {notice",
            "found the parameter 'notice', which has none; expected a value for everywhere else",
        ),
        (
            "{lux: {notice_days: 60",
            "{lux: {notice_days: -5",
            "due_soon.yaml:13: rules.all[0].when: for brand lux: no row can meet `service_days_to_due BETWEEN",
        ),
        ("$notice_days", "30", "due_soon.yaml:6: parameters.notice_days: found the parameter 'notice_days', which nothing uses"),
    ],
)
def test_each_mistake_of_an_heir_has_its_line(root: Path, old: str, new: str, sentence: str) -> None:
    text = OWN.replace(old, new, 1)
    if old == "$notice_days":
        text = text.replace("within {notice_days} days", "soon")
    write(root, "due_soon", text)
    assert any(sentence in one for one in told(root)), told(root)


def test_a_mistake_of_a_base_is_told_once_and_in_the_base(root: Path) -> None:
    write(root, "_base_test", BASE.replace("is_customer_of_brand", "is_customer_of_brnd"))
    write(root, "due_later", OWN.replace("due_soon", "due_later").replace("DS", "DL"))
    (problem,) = told(root)
    assert problem.startswith("_base_test.yaml:8: rules.all[0].when: `is_customer_of_brnd` is not a candidate column")


def test_a_base_alone_is_no_audience(root: Path) -> None:
    for one in (root / "velocity_b" / "audiences").glob("[!_]*.yaml"):
        one.unlink()
    assert any("no file; expected at least one *.yaml" in one for one in map(str, check_policy("velocity_b", root)))


def test_a_group_may_take_another_groups_files_and_bases_without_its_audiences(root: Path) -> None:
    small = root / "small"
    (small / "audiences").mkdir(parents=True)
    (small / "audiences" / "due_soon.yaml").write_text(OWN, encoding="utf-8")
    (small / "extends.yaml").write_text("extends: velocity_b\naudiences: own\n", encoding="utf-8")
    shutil.copy(POLICY_ROOT / "example_generic" / "experiments.yaml", small)
    experiments = small / "experiments.yaml"
    text = experiments.read_text(encoding="utf-8").replace("[premium]", "[due_soon]")
    experiments.write_text(text.replace("segment: in_market\n    title", "segment: loyalty\n    title"), encoding="utf-8")
    assert [one.audience for one in load_policy("small", root).audiences] == ["due_soon"]
    (small / "extends.yaml").write_text("extends: velocity_b\naudiences: mine\n", encoding="utf-8")
    (problem,) = map(str, check_policy("small", root))
    assert problem.startswith("small/extends.yaml:2: audiences: found 'mine'; expected joined")
    (small / "extends.yaml").write_text("extends: velocity_b\naudience: own\n", encoding="utf-8")
    (problem,) = map(str, check_policy("small", root))
    assert "the unknown key 'audience'" in problem and "Did you mean 'audiences'?" in problem


@pytest.mark.parametrize("group", ["velocity_a", "velocity_b", "velocity_sample", "example_generic"])
def test_every_group_that_ships_is_sound(group: str) -> None:
    policy = load_policy(group)
    assert check_policy(group) == []
    assert len({one.code for one in policy.audiences}) == len(policy.audiences)


def test_the_generic_segments_are_an_example_group() -> None:
    assert [one.audience for one in load_policy("example_generic").audiences] == ["budget_conscious", "core_engagers", "premium"]
