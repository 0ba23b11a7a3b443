"""Figures of a day from literal rows, beside the plan."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.measurement.kpi import GROUP_ONLY, KPIS, STEP, scopes, targets
from schemas.policy.plan import Budget, PlanPolicy, Target
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.hygiene import ACTIONABLE
from schemas.tables.identity import MEMBER
from schemas.tables.measurement import KPI
from schemas.tables.records import TOUCH, TRANSACTION
from tests.audience_world import AS_OF, candidates, day, policy, register, rows_of

PLAN = PlanPolicy(
    budget=Budget(total_usd_per_year=1.0, splits={}),
    targets=(
        Target(segment="in_market", kpi="leads", low=800, high=1000, unit="leads", per="month", source="brief A"),
        Target(segment="loyalty", kpi="service_appointments_30d", low=3650, unit="appointments", per="year", source="x"),
    ),
    messages=(),
)


def member(person: str, segment: str, **given: Any) -> dict[str, Any]:
    base = {"audience": segment, "person_id": person, "segment": segment, "identity_tier": "exact", "arm": "treatment"}
    return {**base, "channels": ["email"], "brand": "vol1", "market": "metro", "rooftop_id": "R02", **given}


def touch(kind: str, at: datetime, record: str = "r1", rooftop: str | None = "R02") -> dict[str, Any]:
    return {"touch_id": f"{kind}{at}{record}", "kind": kind, "occurred_at": at, "record_id": record, "rooftop_id": rooftop}


def deal(number: int, kind: str, on: date | None, **given: Any) -> dict[str, Any]:
    base = {"transaction_id": f"t{number}", "kind": kind, "status": "closed", "record_id": "r1", "rooftop_id": "R02"}
    return {**base, "occurred_on": on, **given}


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = {days: AS_OF - timedelta(days=days) for days in (1, 29, 30, 300, 400)}


def figures(
    engine: DuckDBEngine, touches=(), deals=(), members=(), customers=(), on_file=()
) -> dict[tuple[str, str, str], float]:
    people = [{"record_id": f"r{number}", "person_id": f"p{number}"} for number in range(1, 5)]
    tables = {
        "membership": rows_of(MEMBERSHIP, members),
        "touch": rows_of(TOUCH, touches),
        "transaction": rows_of(TRANSACTION, deals),
        "member": rows_of(MEMBER, people),
        "candidate": candidates(*customers),
        "actionable": rows_of(ACTIONABLE, on_file),
    }
    register(engine, tables)
    built = STEP.frames(engine, day(policy(plan=PLAN)))["kpi"]
    assert KPI.schema.is_valid(built)
    figures.targets = {tuple(row[:3]): row[5:] for row in built.rows() if row[5] is not None}
    return {tuple(row[:3]): row[3] for row in built.rows()}


def test_a_day_with_nothing_has_zeros_for_every_scope_and_no_shares(engine: DuckDBEngine) -> None:
    found = figures(engine)
    counts = [key for key, (unit, _) in KPIS.items() if unit not in GROUP_ONLY and key[1] != "gross_per_sale_30d"]
    assert set(found) == {(*key, scope) for key in counts for scope in scopes(policy())}
    assert set(found.values()) == {0.0}


def test_members_count_by_group_brand_market_and_rooftop(engine: DuckDBEngine) -> None:
    members = [
        member("p1", "in_market", tier="hot"),
        member("p2", "in_market", arm="control", rooftop_id=None, market=None),
        member("p3", "in_market", channels=[]),
        member("p4", "loyalty", arm="notice:holdout|other:now"),
    ]
    found = figures(engine, members=members)
    assert [found["in_market", "members", scope] for scope in ("group", "brand:vol1", "market:metro", "rooftop:R02")] == [
        3,
        3,
        2,
        2,
    ]
    assert (found["in_market", "addressable_members", "group"], found["in_market", "hot_members", "group"]) == (1, 1)
    assert (found["loyalty", "members", "group"], found["loyalty", "addressable_members", "group"]) == (1, 0)


def test_windows_are_days_of_the_group_and_targets_stand_beside_the_group(engine: DuckDBEngine) -> None:
    midnight = datetime(2026, 10, 23, 4, tzinfo=UTC)  # 00:00 in New York, 29 days before
    touches = [
        touch("lead", midnight),
        touch("lead", midnight - timedelta(seconds=1)),
        touch("lead_third_party", datetime(2026, 11, 22, 4, 59, tzinfo=UTC), rooftop=None),
        touch("lead", datetime(2026, 11, 22, 5, tzinfo=UTC)),
        touch("form_trade", NOON),
        touch("form_test_drive", NOON, rooftop="R03"),
    ]
    found = figures(engine, touches=touches)
    assert (found["in_market", "leads_30d", "group"], found["in_market", "leads_30d", "rooftop:R02"]) == (2, 1)
    assert (found["loyalty", "trade_inquiries_30d", "group"], found["in_market", "test_drives_30d", "market:town"]) == (1, 1)
    assert figures.targets == {
        ("in_market", "leads_30d", "group"): (800, 1000),
        ("loyalty", "service_appointments_30d", "group"): (300, None),
    }


def test_deals_appointments_and_shares(engine: DuckDBEngine) -> None:
    deals = [
        deal(1, "sale", DAYS[1], gross=Decimal("2500.00")),
        deal(2, "sale", DAYS[1], sale_type="wholesale"),
        deal(3, "lease", DAYS[30]),
        deal(4, "service", DAYS[29], customer_pay=Decimal("120.50")),
        deal(5, "service", DAYS[400], record_id="r2"),
        deal(6, "appointment", DAYS[400], opened_on=DAYS[29], status="open"),
        deal(7, "appointment", DAYS[1], status="cancelled"),
    ]
    touches = [touch("lead", NOON - timedelta(days=60)), touch("lead", NOON, record="r3")]
    touches += [touch("exposure", NOON - timedelta(days=days), record="r4") for days in (10, 20, 30)]
    customers = [
        {"person_id": person, "brand": brand, "is_customer": True, "has_email": person == "p1", "is_staff": False}
        for person in ("p1", "p2")
        for brand in ("lux", "vol1")
    ]
    touches.append(touch("form_trade", NOON - timedelta(days=300), record="r2"))
    found = figures(engine, touches, deals, [member("p4", "conquest"), member("p3", "conquest")], customers)
    assert (found["in_market", "purchases_30d", "group"], found["loyalty", "service_visits_30d", "group"]) == (1, 1)
    assert (found["loyalty", "customer_pay_30d", "rooftop:R02"], found["loyalty", "service_appointments_30d", "group"]) == (
        120.5,
        1,
    )
    assert found["loyalty", "service_take_share_365d", "group"] == 0.5
    assert found["in_market", "lead_to_sale_share_120d", "group"] == 0.5
    assert (found["conquest", "reach_share_365d", "group"], found["conquest", "reached_three_times_share_365d", "group"]) == (
        0.5,
        0.5,
    )
    assert found["conquest", "contacts_per_person_365d", "group"] == 3
    assert found["in_market", "gross_per_sale_30d", "group"] == 2500
    assert found["loyalty", "trade_inquiry_share_365d", "group"] == 0.5


def test_people_on_file_and_those_who_can_be_acted_on(engine: DuckDBEngine) -> None:
    on_file = [{"person_id": f"p{number}", "is_actionable": number < 4} for number in range(1, 5)]
    found = figures(engine, on_file=on_file)
    assert [found["loyalty", kpi, "group"] for kpi in ("records", "actionable_customers", "actionable_share")] == [4, 3, 0.75]


def test_every_target_of_both_briefs_that_is_no_cost_has_a_figure() -> None:
    for group in ("velocity_a", "velocity_b"):
        of = load_policy(group)
        planned = {(one.segment, one.kpi) for one in of.plan.targets if not one.kpi.startswith("cost_per_")}
        assert targets(of).height == len(planned)
