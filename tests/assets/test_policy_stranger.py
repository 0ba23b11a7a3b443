"""A second group that nobody here wrote: two brands, two markets in Texas, audiences of its own. It is right, so it loads."""

import shutil
from pathlib import Path

import pytest

from assets.policy_check import check_policy
from assets.policy_files import POLICY_ROOT, load_policy

FILES = {
    "group.yaml": """
group: lone_star
title: Lone Star Motors
export_prefix: LSM
time_zone: America/Chicago
history_months: 12
brands:
  - {brand: toyota, code: B1, make: Toyota, position: volume}
  - {brand: lexus, code: B2, make: Lexus, position: luxury}
markets:
  - {market: austin, code: AU, title: Austin, type: metro, zip_prefixes: ["786", "787"]}
  - {market: waco, code: WA, title: Waco, type: standalone, zip_prefixes: ["767"]}
rooftops:
  - {rooftop_id: R01, title: South, brand: toyota, market: austin, zip: "78704", dealer_ids: [DVD1], monthly_capacity_contacts: 9}
  - {rooftop_id: R02, title: North, brand: lexus, market: austin, zip: "78759", dealer_ids: [DVD2], monthly_capacity_contacts: 9}
  - {rooftop_id: R03, title: Waco, brand: toyota, market: waco, zip: "76710", dealer_ids: [DVD3], monthly_capacity_contacts: 9}
""",
    "conquest.yaml": """
brands:
  - {brand: toyota, makes: [Honda, Ford]}
  - {brand: lexus, makes: [BMW]}
radii:
  - {segment: conquest, market_type: metro, miles: 40, whole_market: true}
  - {segment: conquest, market_type: standalone, miles: 25}
  - {segment: in_market, market_type: metro, miles: 25}
  - {segment: in_market, market_type: standalone, miles: 25}
  - {segment: loyalty, market_type: metro, unlimited: true}
  - {segment: loyalty, market_type: standalone, unlimited: true}
""",
    "audiences/owners.yaml": """
audience: owners
segment: conquest
title: Owners
purpose: Awareness
owner: team:marketing
code: CQ
cell_by: [brand, market]
brands: [toyota]
priority: 1
rules: {name: owner, when: "competitor_make in ('Honda', 'Ford')", reason: "holds a {competitor_make}"}
score: coalesce(competitor_vehicle_age_years, 0)
stay_days: 90
channels: [display]
message: hello
""",
    "triggers.yaml": """
triggers:
  lease_end: {parameters: {window_days: 120}, expires_days: 30}
service_states: {at_risk_from: 9, lapsed_from: 15, lost_from: 30}
life_event_days: 60
""",
    "scoring.yaml": """
intent:
  window_days: 60
  weights: {vdp_view: {points: 2, half_life_days: 10, cap_per_day: 10}}
  repeat_vin_bonus: 0
  hot_from: 50
  warm_from: 10
rfm: {recency_weight: 1, frequency_weight: 0, monetary_weight: 0, service_months: 12, monetary_months: 12}
garage: {half_life_years_new: 6, half_life_years_used: 4, current_from: 0.5}
depreciation: {first_year: 0.2, later_years: 0.1, band: 0.2, default_msrp_luxury: 50000, default_msrp_volume: 30000}
default_miles_per_year: 13000
""",
    "identity.yaml": """
max_records_per_email: 20
max_names_per_email: 2
max_records_per_phone: 20
max_names_per_phone: 3
max_records_per_address: 30
max_people_per_web_client: 3
name_similarity_from: 90
placeholder_emails: []
placeholder_phones: []
source_order: [dms_sales, crm_leads]
stale_after_months: 48
""",
    "channels.yaml": """
segment_priority: [in_market, loyalty, conquest]
brand_choice: [distance]
platforms:
  meta:
    is_on: true
    channels: [social, display]
    account: "1"
    min_members: 100
    membership_days: 30
    identity_tiers: [exact]
    segments: [conquest]
segments_on: [conquest]
""",
    "privacy.yaml": """
grants: []
allow_unknown_state: false
minimum_age_years: 21
gpc_is_opt_out_everywhere: true
undeliverable_bounces: 2
credit_forbidden_columns: [zip, age_years]
forbidden_name_words: [lease]
""",
    "experiments.yaml": "global_control_share: 0\nexperiments: []\n",
    "plan.yaml": """
budget: {total_usd_per_year: 100000, splits: {}}
targets: []
messages: [{message: hello, text: Hello}]
""",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A policy folder with the stranger's group."""
    shutil.copytree(POLICY_ROOT / "reference", tmp_path / "reference")
    for name, text in FILES.items():
        path = tmp_path / "lone_star" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return tmp_path


def test_a_strangers_group_that_is_right_loads(root):
    assert check_policy("lone_star", root) == []
    policy = load_policy("lone_star", root)
    assert [one.make for one in policy.group.brands] == ["Toyota", "Lexus"]
    assert policy.policy_hash != load_policy("velocity_b").policy_hash


def test_a_folder_of_another_name_is_told(root):
    (root / "lone_star").rename(root / "texas")
    (problem,) = check_policy("texas", root)
    assert "'texas'" in problem.expected and problem.key == "group"


def test_nothing_but_the_group_file(root):
    for path in (root / "lone_star").rglob("*.yaml"):
        if path.name != "group.yaml":
            path.unlink()
    told = [one.file for one in check_policy("lone_star", root)]
    assert "lone_star/audiences" in told and "lone_star/plan.yaml" in told and "lone_star/group.yaml" not in told


OWNERS = FILES["audiences/owners.yaml"].lstrip()
BASE = "segment: conquest\nowner: team:marketing\ncell_by: [brand, market]\nstay_days: 90\nchannels: [display]\nmessage: hello\n"
TEN: dict[str, tuple[str, str, str, int, str]] = {
    # what is wrong: the file, what stands there, what the stranger wrote, the line that is told, words of the way out
    "an unknown column": ("owners", "competitor_make in", "competitor_mark in", 10, "did you mean `competitor_make`"),
    "a wrong type": ("owners", "competitor_make in ('Honda', 'Ford')", "is_staff = 1", 10, "`is_staff` or `not is_staff`"),
    "an impossible range": (
        "owners",
        "competitor_make in ('Honda', 'Ford')",
        "distance_miles between 30 and 10",
        10,
        "no row can meet",
    ),
    "a rule that never holds": (
        "owners",
        "competitor_make in ('Honda', 'Ford')",
        "top_brand <> null",
        10,
        "`top_brand is not null`",
    ),
    "a circle of bases": ("owners", "audience: owners", "extends: _a\naudience: owners", 1, "found a circle"),
    "an unknown brand": ("owners", "brands: [toyota]", "brands: [toyta]", 8, "Did you mean 'toyota'"),
    "a name that is taken": ("owners", "audience: owners", "audience: others", 1, "expected a name of its own"),
    "what is not YAML": ("owners", "title: Owners", "title: Owners: all", 3, "in quotes"),
    "a function that reads files": (
        "owners",
        "coalesce(competitor_vehicle_age_years, 0)",
        "read_csv('x')",
        11,
        "known are abs, ceil",
    ),
    "a statement in a rule": (
        "owners",
        "competitor_make in ('Honda', 'Ford')",
        "true; drop table person",
        10,
        "a rule is one expression",
    ),
    "no message": ("owners", "message: hello\n", "", 1, "expected the key 'message'"),
    "no budget": ("plan", "total_usd_per_year: 100000, ", "", 1, "total_usd_per_year"),
}


@pytest.mark.parametrize("wrong", TEN)
def test_a_strangers_mistake_is_told_with_file_line_and_a_way_out(wrong: str, root: Path) -> None:
    name, right, written, line, way_out = TEN[wrong]
    place = root / "lone_star" / ("plan.yaml" if name == "plan" else f"audiences/{name}.yaml")
    text = place.read_text(encoding="utf-8")
    assert right in text
    place.write_text(text.replace(right, written, 1), encoding="utf-8")
    if wrong == "a circle of bases":
        for one, other in (("a", "b"), ("b", "a")):
            (place.parent / f"_{one}.yaml").write_text(f"extends: _{other}\n{BASE}", encoding="utf-8")
    if wrong == "a name that is taken":
        other = OWNERS.replace("audience: owners", "audience: others").replace("code: CQ", "code: CR")
        (place.parent / "others.yaml").write_text(other, encoding="utf-8")
    problems = check_policy("lone_star", root)
    told = [str(one) for one in problems]
    assert any(way_out in one and place.name in one for one in told) or wrong == "a circle of bases", told
    assert any(way_out in one for one in told), told
    assert line in {one.line for one in problems}, told
