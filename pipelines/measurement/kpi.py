"""Figures of each segment beside the plan's targets. Counts of what happened; nothing here claims that an audience caused it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.audiences.holdouts import HELD_BACK
from pipelines.audiences.shape import in_shape
from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.policy.plan import Target
from schemas.tables.measurement import KPI

# (segment, kpi) -> (unit, what it counts). Targets in policy plan.yaml name a kpi of this list; a share is 0 to 1.
KPIS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("conquest", "members"): ("people", "people in the audiences of the segment"),
        ("conquest", "addressable_members"): ("people", "members with a channel, not held back"),
        ("conquest", "reach_share_365d"): ("share", "members who saw an advertisement in 365 days, where platforms report it"),
        ("conquest", "reached_three_times_share_365d"): ("share", "members who saw three or more in 365 days"),
        ("in_market", "members"): ("people", "people in the audiences of the segment"),
        ("in_market", "addressable_members"): ("people", "members with a channel, not held back"),
        ("in_market", "hot_members"): ("people", "members of the hot tier"),
        ("in_market", "leads_30d"): ("leads", "sales leads received in 30 days, own and third-party"),
        ("in_market", "test_drives_30d"): ("test drives", "test-drive requests in 30 days"),
        ("in_market", "calls_30d"): ("calls", "sales calls in 30 days"),
        ("in_market", "vdp_views_30d"): ("views", "vehicle pages looked at on our sites in 30 days"),
        ("in_market", "purchases_30d"): ("deals", "retail deals and leases closed in 30 days"),
        ("in_market", "lead_purchase_share_120d"): ("share", "people with a lead in 120 days who have bought here since"),
        ("loyalty", "members"): ("people", "people in the audiences of the segment"),
        ("loyalty", "addressable_members"): ("people", "members with a channel, not held back"),
        ("loyalty", "service_appointments_30d"): ("appointments", "service appointments made in 30 days and not cancelled"),
        ("loyalty", "service_visits_30d"): ("repair orders", "repair orders closed in 30 days"),
        ("loyalty", "customer_pay_30d"): ("US dollars", "customer pay of those repair orders"),
        ("loyalty", "trade_in_inquiries_30d"): ("inquiries", "trade-in forms in 30 days"),
        ("loyalty", "service_share_365d"): ("share", "customers who had a vehicle serviced here in 365 days"),
    }
)
_DAYS_PER_YEAR, _DAYS_PER_MONTH = 365, 30


def targets(policy: Policy) -> pl.DataFrame:
    """segment, kpi, target_low, target_high of the plan; a yearly target of a 30-day figure is taken at 30/365."""
    rows = [(one.segment, one.kpi, _scaled(one, one.low), _scaled(one, one.high)) for one in policy.plan.targets]
    schema = {"segment": pl.String, "kpi": pl.String, "target_low": pl.Float64, "target_high": pl.Float64}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.unique(["segment", "kpi"], keep="first", maintain_order=True)


def _scaled(target: Target, end: float | None) -> float | None:
    if end is None or target.per != "year" or not target.kpi.endswith("_30d"):
        return end
    return end * _DAYS_PER_MONTH / _DAYS_PER_YEAR


def scopes(policy: Policy) -> list[str]:
    """group, then every brand, market and rooftop of the group."""
    group = policy.group
    return [
        "group",
        *(f"brand:{one.brand}" for one in group.brands),
        *(f"market:{one.market}" for one in group.markets),
        *(f"rooftop:{one.rooftop_id}" for one in group.rooftops),
    ]


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """Every figure of KPIS for every scope; shares for the group only, and only where there is anybody to divide by."""
    rooftops = [(one.rooftop_id, one.brand, one.market) for one in day.policy.group.rooftops]
    cards = [(segment, kpi, unit) for (segment, kpi), (unit, _) in KPIS.items()]
    engine.register("rooftop_scope", pl.DataFrame(rooftops, schema=["rooftop_id", "brand", "market"], orient="row"))
    engine.register("kpi_card", pl.DataFrame(cards, schema=["segment", "kpi", "unit"], orient="row"))
    engine.register("scope", pl.DataFrame({"scope": scopes(day.policy)}))
    engine.register("kpi_target", targets(day.policy))
    zone = ZoneInfo(day.policy.group.time_zone)
    found = engine.sql(
        query_text(__package__, "kpi"),
        as_of=day.as_of,
        month_at=_midnight(day.as_of - timedelta(days=29), zone),
        four_months_at=_midnight(day.as_of - timedelta(days=119), zone),
        year_at=_midnight(day.as_of - timedelta(days=364), zone),
        ends_at=_midnight(day.as_of + timedelta(days=1), zone),
        time_zone=zone.key,
        held_back=HELD_BACK,
    )
    return in_shape(found, KPI)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


STEP = Step(
    tables=(KPI,),
    inputs=(Input("membership"), Input("touch", "until"), Input("transaction"), Input("member")),
    build=build,
)
