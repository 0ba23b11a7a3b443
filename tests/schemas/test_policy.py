"""The figures of the two briefs, written down again from the briefs, beside what policy/ holds."""

import math

import polars as pl
import pytest
from scipy.stats import norm

from assets.policy_files import load_policy
from pipelines.normalise.postcode import great_circle_miles, zip_table
from schemas.policy import Policy

A, B = load_policy("velocity_a"), load_policy("velocity_b")


def rooftops_by(policy: Policy, key: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in policy.group.rooftops:
        counts[getattr(one, key)] = counts.get(getattr(one, key), 0) + 1
    return counts


def split(policy: Policy, name: str) -> list[float]:
    return [round(one.share, 4) for one in policy.plan.budget.splits[name]]


def target(policy: Policy, segment: str, kpi: str) -> tuple[float, float | None, str]:
    (one,) = [one for one in policy.plan.targets if (one.segment, one.kpi) == (segment, kpi)]
    return one.low, one.high, one.per


def makes(policy: Policy) -> dict[str, list[str]]:
    return {one.brand: list(one.makes) for one in policy.conquest.brands}


def reach(policy: Policy) -> dict[tuple[str, str], float | str]:
    return {
        (one.segment, one.market_type): one.miles or ("market" if one.whole_market else "anywhere")
        for one in policy.conquest.radii
    }


@pytest.mark.parametrize("policy", [A, B], ids=["A", "B"])
def test_common_to_both(policy):
    assert len(policy.group.rooftops) == 12
    assert [one.rooftop_id for one in policy.group.rooftops] == [f"R{n:02d}" for n in range(1, 13)]
    assert [one.dealer_ids for one in policy.group.rooftops] == [(f"DVD463{n:02d}",) for n in range(1, 13)]
    assert [(one.brand, one.position) for one in policy.group.brands] == [
        ("lux", "luxury"),
        ("vol1", "volume"),
        ("vol2", "volume"),
    ]
    assert policy.plan.budget.total_usd_per_year == 4_500_000
    assert policy.channels.segment_priority == ("loyalty", "in_market", "conquest")
    assert 0.10 <= policy.experiments.global_control_share <= 0.15
    assert target(policy, "conquest", "reach_share") == (0.60, 0.70, "year")
    assert target(policy, "conquest", "contacts_per_person") == (3, None, "year")
    assert policy.plan.refresh_hours == 24
    profile = policy.plan.profile
    assert (profile.age_from_years, profile.age_to_years, profile.household_income_from_usd) == (25, 65, 40_000)
    assert policy.identity.stale_after_months == 60
    assert {one.segment: one.report for one in policy.plan.cadence} == {
        "conquest": "monthly",
        "in_market": "daily",
        "loyalty": "weekly",
    }
    starts = {one.segment: (one.after_days_low, one.after_days_high) for one in policy.channels.rollout}
    assert starts == {"in_market": (0, 0), "loyalty": (0, 0), "conquest": (30, 60)}
    assert len(policy.experiments.experiments) == 8
    shares = {one.experiment: one.arms[0].share for one in policy.experiments.experiments}
    assert shares["luxury_conquest_in_ctv"] == 0.30 and shares["volume_1_in_social"] == 0.20
    windows = {name: one.parameters for name, one in policy.triggers.triggers.items()}
    assert windows["lease_end"] == {"window_days": 183} and windows["service_due"] == {"notice_days": 30}
    assert windows["vehicle_age"] == {"years_from": 3}


def test_brief_a():
    assert len(A.group.markets) == 5
    types = {one.market: one.type for one in A.group.markets}
    counts = rooftops_by(A, "market")
    assert sorted(counts[name] for name, kind in types.items() if kind == "metro") == [3, 3, 3]
    assert sum(counts[name] for name, kind in types.items() if kind == "standalone") == 3
    assert makes(A) == {
        "lux": ["BMW", "Mercedes-Benz", "Audi"],
        "vol1": ["Toyota", "Honda", "Nissan", "Chevrolet"],
        "vol2": ["Toyota", "Honda", "Nissan", "Chevrolet"],
    }
    assert reach(A) == {
        ("conquest", "metro"): 75,
        ("conquest", "standalone"): 50,
        ("in_market", "metro"): 50,
        ("in_market", "standalone"): 50,
        ("loyalty", "metro"): 50,
        ("loyalty", "standalone"): 50,
    }
    assert split(A, "total_by_market_type") == [0.75, 0.25]
    assert split(A, "metro_by_segment") == [0.35, 0.45, 0.20]
    assert split(A, "standalone_by_segment") == [0.25, 0.50, 0.25]
    assert split(A, "in_market_by_channel") == [0.50, 0.35, 0.15]
    assert split(A, "conquest_by_channel") == [0.40, 0.35, 0.25]
    assert split(A, "loyalty_by_channel") == [0.40, 0.25, 0.35]
    assert [target(A, "in_market", kpi)[:2] for kpi in ("leads", "test_drives", "cost_per_lead", "cost_per_test_drive")] == [
        (800, 1000),
        (300, 400),
        (170, 200),
        (417, 556),
    ]
    loyalty = ("service_appointments", "trade_inquiries", "cost_per_appointment", "cost_per_inquiry")
    assert [target(A, "loyalty", kpi)[:2] for kpi in loyalty] == [(1200, None), (150, 200), (62, 62), (300, 400)]
    assert A.plan.business[0].low == 0.70


def test_brief_b():
    assert rooftops_by(B, "market") == {"primary": 5, "secondary": 4, "tertiary": 3}
    volume = ["Toyota", "Honda", "Nissan", "Hyundai", "Kia"]
    assert makes(B) == {"lux": ["BMW", "Mercedes-Benz", "Lexus"], "vol1": volume, "vol2": volume}
    assert {value for (segment, _), value in reach(B).items() if segment == "conquest"} == {"market"}
    assert {value for (segment, _), value in reach(B).items() if segment == "loyalty"} == {"anywhere"}
    assert all(value < 50 for (segment, _), value in reach(B).items() if segment == "in_market")
    assert split(B, "total_by_segment") == [0.35, 0.45, 0.20]
    assert split(B, "conquest_by_market") == [0.50, 0.35, 0.15]
    assert split(B, "conquest_by_brand") == [0.35, 0.35, 0.30]
    assert split(B, "in_market_by_market") == pytest.approx([5 / 12, 4 / 12, 3 / 12], abs=1e-4)
    assert split(B, "loyalty_by_market") == [0.55, 0.30, 0.15]
    assert target(B, "in_market", "leads") == (20_000, 20_000, "year")
    assert target(B, "in_market", "lead_to_sale_share")[:2] == (0.12, 0.18)
    assert target(B, "in_market", "gross_per_sale")[:2] == (2500, 4000)
    assert target(B, "loyalty", "records")[0] == 85_000 and target(B, "loyalty", "actionable_customers")[0] == 55_000
    assert target(B, "loyalty", "actionable_share")[:2] == (0.60, 0.70)
    assert target(B, "loyalty", "service_take_share")[:2] == (0.25, 0.30)
    assert target(B, "loyalty", "trade_inquiry_share")[:2] == (0.08, 0.12)
    assert target(B, "loyalty", "cost_per_customer")[0] == 16.36
    shares = [(one.measure, one.low, one.high) for one in B.plan.business]
    assert shares[:3] == [("revenue", 0.60, 0.60), ("revenue", 0.25, 0.25), ("revenue", 0.15, 0.15)]
    assert shares[3:] == [("customers", 0.55, 0.60), ("customers", 0.30, 0.30), ("customers", 0.10, 0.15)]


def test_figures_of_brief_b_agree_with_each_other():
    """$4.5M x 20% / 55,000 customers is $16.36; $4.5M x 45% / 20,000 leads is about $100."""
    total = B.plan.budget.total_usd_per_year
    assert round(total * 0.20 / 55_000, 2) == target(B, "loyalty", "cost_per_customer")[0]
    assert total * 0.45 / 20_000 == pytest.approx(100, rel=0.05)


def test_the_secondary_market_is_about_90_miles_from_the_primary():
    places = {one.market: one.zip for one in reversed(B.group.rooftops)}
    table = zip_table()
    pair = table.filter(zip=places["primary"]).join(table.filter(zip=places["secondary"]), how="cross")
    columns = ("latitude", "longitude", "latitude_right", "longitude_right")
    miles = pair.select(great_circle_miles(*map(pl.col, columns))).item()
    assert 75 <= miles <= 90  # by road it is a tenth more
    assert B.group.markets[1].miles_from_first == 90


def test_people_per_arm_as_the_power_figure_says():
    """Two proportions, two-sided: n = (z_alpha + z_beta)^2 (p1 q1 + p2 q2) / (p2 - p1)^2."""
    power = B.experiments.power
    p1 = power.baseline_rate
    p2 = p1 * (1 + power.relative_lift)
    z = norm.ppf(1 - (1 - power.confidence) / 2) + norm.ppf(power.power)
    people = math.ceil(z**2 * (p1 * (1 - p1) + p2 * (1 - p2)) / (p2 - p1) ** 2)
    assert people == pytest.approx(64_200, rel=0.005)


@pytest.mark.parametrize("policy", [A, B], ids=["A", "B"])
def test_own_makes_are_nobodys_competitors(policy):
    own = {one.make for one in policy.group.brands}
    assert own.isdisjoint(make for one in policy.conquest.brands for make in one.makes)


@pytest.mark.parametrize("policy", [A, B], ids=["A", "B"])
def test_a_policy_is_frozen(policy):
    with pytest.raises(ValueError, match="frozen"):
        policy.group.title = "other"
