"""Figures of each segment beside the plan's targets. Counts of what happened; nothing here claims that an audience caused it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.audiences.holdouts import HELD_BACK
from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.policy.plan import Target
from schemas.tables.measurement import KPI

# (segment, kpi) -> (unit, what it counts). The name ends in the window in days; targets in policy plan.yaml leave that away.
# A share is 0 to 1. Costs are not here: no feed says what was spent.
KPIS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("conquest", "members"): ("people", "people in the audiences of the segment"),
        ("conquest", "addressable_members"): ("people", "members with a channel, not held back"),
        ("conquest", "reach_share_365d"): ("share", "members who saw an advertisement in 365 days, where platforms report it"),
        ("conquest", "reached_three_times_share_365d"): ("share", "members who saw three or more in 365 days"),
        ("conquest", "contacts_per_person_365d"): ("contacts", "advertisements seen in 365 days per member who saw one"),
        ("in_market", "members"): ("people", "people in the audiences of the segment"),
        ("in_market", "addressable_members"): ("people", "members with a channel, not held back"),
        ("in_market", "hot_members"): ("people", "members of the hot tier"),
        ("in_market", "leads_30d"): ("leads", "sales leads received in 30 days, own and third-party"),
        ("in_market", "test_drives_30d"): ("test drives", "test-drive requests in 30 days"),
        ("in_market", "calls_30d"): ("calls", "sales calls in 30 days"),
        ("in_market", "vdp_views_30d"): ("views", "vehicle pages looked at on our sites in 30 days"),
        ("in_market", "purchases_30d"): ("deals", "retail deals and leases closed in 30 days"),
        ("in_market", "lead_to_sale_share_120d"): ("share", "people with a lead in 120 days who have bought here since"),
        ("in_market", "gross_per_sale_30d"): ("US dollars", "front and back gross per deal closed in 30 days, where it is known"),
        ("loyalty", "members"): ("people", "people in the audiences of the segment"),
        ("loyalty", "addressable_members"): ("people", "members with a channel, not held back"),
        ("loyalty", "service_appointments_30d"): ("appointments", "service appointments made in 30 days and not cancelled"),
        ("loyalty", "service_visits_30d"): ("repair orders", "repair orders closed in 30 days"),
        ("loyalty", "customer_pay_30d"): ("US dollars", "customer pay of those repair orders"),
        ("loyalty", "trade_inquiries_30d"): ("inquiries", "trade-in forms in 30 days"),
        ("loyalty", "service_take_share_365d"): ("share", "customers who had a vehicle serviced here in 365 days"),
        ("loyalty", "trade_inquiry_share_365d"): ("share", "customers who sent a trade-in form in 365 days"),
        ("loyalty", "records"): ("people", "people on file: known from the DMS or the CRM"),
        ("loyalty", "actionable_customers"): ("people", "people on file who can be reached and may be; see the table actionable"),
        ("loyalty", "actionable_share"): ("share", "those among all people on file"),
    }
)
GROUP_ONLY = ("share", "contacts")  # units of ratios, which do not add up over rooftops
_DAYS_PER = MappingProxyType({"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0})
_WINDOW = re.compile(r"_(\d+)d$")


def targets(policy: Policy) -> pl.DataFrame:
    """segment, kpi, target_low, target_high of the plan, for the figures that are counted here.

    The target of a count is stretched to the window of the figure: a yearly one of 365 is 30 for a window of 30 days.
    """
    given: dict[tuple[str, str], Target] = {(one.segment, one.kpi): one for one in reversed(policy.plan.targets)}
    rows = []
    for (segment, kpi), (unit, _) in KPIS.items():
        target = given.get((segment, kpi)) or given.get((segment, _WINDOW.sub("", kpi)))
        if target is not None:
            rows.append((segment, kpi, *(_stretched(end, target.per, kpi, unit) for end in (target.low, target.high))))
    schema = {"segment": pl.String, "kpi": pl.String, "target_low": pl.Float64, "target_high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _stretched(end: float | None, per: str, kpi: str, unit: str) -> float | None:
    window = _WINDOW.search(kpi)
    if end is None or window is None or per not in _DAYS_PER or unit in GROUP_ONLY:
        return end
    return end * int(window[1]) / _DAYS_PER[per]


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
    """Every figure of KPIS for every scope; ratios for the group only, and only where there is anything to divide by."""
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
    inputs=(
        Input("membership"),
        Input("touch", "until"),
        *(Input(name) for name in ("transaction", "member", "candidate", "actionable")),
    ),
    build=build,
)
