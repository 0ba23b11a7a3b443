"""Policies that platforms would refuse: each is told with rule, file, line, value, where the rule comes from, and the fix."""

import shutil
from pathlib import Path

import pytest

from assets.policy_files import POLICY_ROOT, load_policy
from assets.policy_problem import PolicyError

CHANNELS, PRIVACY, CONQUEST = "channels.yaml", "privacy.yaml", "conquest.yaml"
OFFER = "audiences/loyalty_equity.yaml"
GOOGLE = """  google:
    is_on: true"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(POLICY_ROOT / "reference", tmp_path / "reference")
    shutil.copytree(POLICY_ROOT / "velocity_b", tmp_path / "velocity_b")
    return tmp_path


def edit(root: Path, file: str, old: str, new: str, marks: str) -> int:
    """Replace one text in a file of the group; returns the line on which `marks` then stands first at or after it."""
    path = root / "velocity_b" / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    at = text.index(old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    changed = path.read_text(encoding="utf-8")
    return changed[: changed.index(marks, at)].count("\n") + 1


def told(root: Path) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        load_policy("velocity_b", root)
    return [str(one) for one in raised.value.problems]


# name: file, what is written in place of what, what stands on the line that is named, and words that must be told.
BROKEN = {
    "a name that tells of money": (
        "audiences/loyalty_service_due.yaml", "code: ", "code: LOAN  # ", "code: LOAN",
        ["financial_status_name", "VAG_LOAN", "tells LOAN", "471", "choose another code"],
    ),
    "a name that tells of a lease": (
        "audiences/loyalty_service_due.yaml", "code: ", "code: LEASE1  # ", "code: LEASE1",
        ["telling_name", "tells LEASE", "forbidden_name_words"],
    ),
    "age in a credit offer": (
        OFFER, "score: ", 'score: "age_years" # ', "score:",
        ["credit_columns", "uses age_years", "special ad category", "14118861", "set credit_offer: false"],
    ),
    "a list of forbidden columns without ZIP codes": (
        PRIVACY, "has_life_event, zip]", "has_life_event]", "has_life_event]",
        ["credit_columns", "leaves out zip", "consumer finance", "add them"],
    ),
    "a stay longer than Google's": (
        CHANNELS, "membership_days: 90", "membership_days: 600", "membership_days: 600",
        ["platforms.google.membership_days", "600", "540", "customer-match", "540 or fewer"],
    ),
    "a stay longer than Microsoft's": (
        CHANNELS, "min_members: 300, membership_days: 90", "min_members: 300, membership_days: 400", "membership_days: 400",
        ["platforms.microsoft.membership_days", "400", "390"],
    ),
    "a stay longer than The Trade Desk's": (
        CHANNELS, "min_members: 1000, membership_days: 30, segments: [in_market, loyalty]}",
        "min_members: 1000, membership_days: 181, segments: [in_market, loyalty]}", "membership_days: 181",
        ["platforms.thetradedesk.membership_days", "181", "180", "TTL"],
    ),
    "lists that Meta does not serve": (
        CHANNELS, "min_members: 1000  # advice", "min_members: 50  # advice", "min_members: 50",
        ["minimum_size", "platforms.meta.min_members", "50", "100", "2082575038703844", "may_be_below_minimum"],
    ),
    "conquest to Google": (
        CHANNELS, "segments: [in_market, loyalty]  # conquest lists", "segments: [in_market, loyalty, conquest]  # lists",
        "segments: [in_market, loyalty, conquest]", ["first_party_only", "google", "6299717", "take conquest out"],
    ),
    "a licence to Google": (
        PRIVACY, "{recipient: google, purpose: ads, basis: first_party_relationship",
        "{recipient: google, purpose: ads, basis: licence", "recipient: google",
        ["first_party_only", "grants[0]", "google", "6299717", "remove the grant"],
    ),
    "bought data declared as one's own": (
        PRIVACY, "basis: licence, segments: [conquest]", "basis: licence, segments: [conquest, loyalty]", "basis: licence",
        ["file_source", "loyalty", "USER_PROVIDED_ONLY", "conquest only"],
    ),
    "a limit for a platform that is not there": (
        CHANNELS, "{figure: growth, platform: email,", "{figure: growth, platform: emial,", "platform: emial",
        ["breaker.limits[1].platform", "'emial'", "`email`"],
    ),
    "the age of a feed that is not there": (
        CHANNELS, "feed: dms_sales, limit: 4", "feed: dms_sale, limit: 4", "feed: dms_sale,", ["'dms_sale'", "dms_sales"],
    ),
    "a share found of a platform that is not there": (
        CHANNELS, "{platform: google, low: 0.5", "{platform: gogle, low: 0.5", "platform: gogle", ["'gogle'", "`google`"],
    ),
    "an arm's own cell that tells of money": (
        "experiments.yaml", "cell_code: E3", "cell_code: DEBT", "cell_code: DEBT",
        ["financial_status_name", "cell_code DEBT tells DEBT", "471"],
    ),
    "a limit in another unit": (
        CHANNELS, "{figure: shrinkage, limit: 0.3, unit: share of the people held", "{figure: shrinkage, limit: 30, unit: points",
        "figure: shrinkage", ["breaker.limits[", "points", "share of the people held"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_each_is_told_with_its_place_its_source_and_its_way_out(root, case):
    file, old, new, marks, words = BROKEN[case]
    line = edit(root, file, old, new, marks)
    (problem, *others) = [one for one in told(root) if all(word in one for word in words)] or [""]
    assert problem, told(root)
    assert problem.startswith(f"velocity_b/{file}:{line}:"), problem
    assert not others


def test_all_of_them_are_told_at_once(root):
    for case in list(BROKEN)[:10]:
        file, old, new, marks, _ = BROKEN[case]
        if case != "a name that tells of a lease":
            edit(root, file, old, new, marks)
    found = told(root)
    for case in list(BROKEN)[:10]:
        if case != "a name that tells of a lease":
            assert any(all(word in one for word in BROKEN[case][4]) for one in found), case


@pytest.mark.parametrize(
    ("when", "is_told"),
    [
        ("distance_miles <= 10", True),
        ("distance_miles < 14.9", True),
        ("10 >= distance_miles", True),
        ("distance_miles between 0 and 12", True),
        ("distance_miles <= 15", False),
        ("distance_miles >= 5", False),
        ("distance_miles <= $nearby_miles", True),
    ],
)
def test_a_credit_offer_keeps_to_the_least_radius_of_meta(root, when, is_told):
    place = root / "velocity_b" / "audiences" / "conquest_owner.yaml"
    head, _, rest = place.read_text(encoding="utf-8").partition("rules:\n  all:\n")
    assert rest
    more = f'    - name: nearby\n      when: "{when}"\n      reason: "lives near"\n'
    head += "credit_offer: true\nparameters: {nearby_miles: 8}\n"
    place.write_text(f"{head}rules:\n  all:\n{more}{rest}", encoding="utf-8")
    if is_told:
        (problem,) = [one for one in told(root) if "credit_radius" in one]
        assert "at least 15 miles" in problem and "2220749868045706" in problem
    else:
        problems = told_or_none(root)
        assert not [one for one in problems if "credit_radius" in one]


def told_or_none(root: Path) -> list[str]:
    try:
        load_policy("velocity_b", root)
    except PolicyError as wrong:
        return [str(one) for one in wrong.problems]
    return []
