"""A small group and literal rows for the tests of traits and triggers. Every number here is part of a hand calculation."""

from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import dataframely as dy
import polars as pl

from assets.catalogue import all_contracts
from pipelines.engine import Engine
from pipelines.step import Day, Step
from schemas.contract import Table
from schemas.policy import Policy
from schemas.policy.group import Brand, Group, Market, Rooftop
from schemas.policy.plan import ConquestBrand, ConquestPolicy
from schemas.policy.reference import Model, Reference, ServiceInterval, Warranty
from schemas.policy.scoring import DepreciationPolicy, GaragePolicy, IntentPolicy, IntentWeight, RfmPolicy, ScoringPolicy
from schemas.policy.triggers import ServiceStates, TriggerPolicy, TriggersPolicy
from schemas.sources.inventory import FEED as INVENTORY_FEED
from schemas.sources.vehicle_values import FEED as VALUES_FEED
from schemas.tables.identity import GARAGE, MEMBER, PERSON
from schemas.tables.records import TOUCH, TRANSACTION, VEHICLE
from schemas.tables.triggers import TRIGGER_EVENT

AS_OF = date(2026, 11, 21)
INVENTORY = Table("inventory", "sources", INVENTORY_FEED.schema(), "accepted rows")
VALUES = Table("vehicle_values", "sources", VALUES_FEED.schema(), "accepted rows")
TABLES = MappingProxyType(
    {one.name: one for one in (GARAGE, MEMBER, PERSON, TOUCH, TRANSACTION, VEHICLE, INVENTORY, VALUES, TRIGGER_EVENT)}
)

KIA_WARRANTY = {"make": "Kia", "from_year": 2000, "to_year": 2035, "basic_months": 60, "basic_miles": 60000, "source": "test"}
ACURA_TERMS = {"basic_months": 48, "basic_miles": 50000, "powertrain_months": 72, "powertrain_miles": 70000, "source": "test"}

EMPTY_VALUES = MappingProxyType(
    {pl.String: "", pl.Int64: 0, pl.UInt64: 0, pl.Int16: 0, pl.Boolean: False, pl.Float64: 0.0, pl.Date: date(2020, 1, 1)}
)


def _empty(column: dy.Column) -> Any:
    if column.nullable:
        return None
    if isinstance(column, dy.Enum):
        return column.categories[0]
    if isinstance(column, dy.Datetime):
        return datetime(2020, 1, 1)  # noqa: DTZ001 (file stamps are in group time)
    if isinstance(column, dy.List):
        return []
    if isinstance(column, dy.Decimal):
        return Decimal(0)
    return EMPTY_VALUES[column.dtype.base_type()]


def frame(table: Table, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a table with everything unsaid left empty; an unknown column is a mistake in the test."""
    columns = table.schema.columns()
    blank = {name: _empty(column) for name, column in columns.items()}
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"{table.name} has no column {unknown}"
    dtypes = {name: column.dtype for name, column in columns.items()}
    return pl.DataFrame([{**blank, **row} for row in rows], schema=dtypes, orient="row")


def run(engine: Engine, step: Step, policy: Policy, as_of: date = AS_OF, **inputs: Any) -> pl.DataFrame:
    """Run a step on literal rows (or frames) per input, and return its first table; inputs that are not given are empty."""
    register(engine, step, **inputs)
    return built(engine, step, policy, as_of)[step.tables[0].name]


def register(engine: Engine, step: Step, **inputs: Any) -> None:
    """Give the engine literal rows (or frames) per input of a step; inputs that are not given are empty."""
    tables = dict(TABLES)
    for name in {one.table for one in step.inputs} - set(tables):
        tables[name] = _trait_table(name)
    for one in step.inputs:
        given = inputs.pop(one.alias, ())
        rows = given if isinstance(given, pl.DataFrame) else frame(tables[one.table], *given)
        engine.register(one.alias, rows)
    assert not inputs, f"the step does not read {sorted(inputs)}"


def built(engine: Engine, step: Step, policy: Policy, as_of: date = AS_OF) -> dict[str, pl.DataFrame]:
    """Every table of a step whose inputs the engine knows, each obeying its contract and sorted by its key."""
    frames = step.frames(engine, Day(as_of=as_of, policy=policy, seed="test"))
    for table in step.tables:
        table.schema.validate(frames[table.name])
        assert frames[table.name].equals(frames[table.name].sort(table.key)), "rows are sorted by key"
    return frames


def _trait_table(name: str) -> Table:
    return all_contracts()[name]


def policy(**scoring: Any) -> Policy:
    """The test group's policy. Parts that no trait reads are left out."""
    return Policy.model_construct(
        group=GROUP,
        conquest=ConquestPolicy(brands=(ConquestBrand(brand="lux", makes=("BMW",)),), radii=()),
        scoring=SCORING.model_copy(update=scoring),
        triggers=TRIGGERS,
        reference=REFERENCE,
    )


def _rooftop(rooftop_id: str, brand: str, market: str, zip_code: str) -> Rooftop:
    return Rooftop(
        rooftop_id=rooftop_id,
        title=rooftop_id,
        brand=brand,
        market=market,
        zip=zip_code,
        dealer_ids=(f"DVD463{rooftop_id[1:]}",),
        monthly_capacity_contacts=1000,
    )


GROUP = Group(
    group="test_group",
    title="Test group",
    export_prefix="TG",
    time_zone="America/New_York",
    history_months=18,
    brands=(
        Brand(brand="lux", code="LUX", make="Acura", position="luxury"),
        Brand(brand="vol", code="VOL", make="Kia", position="volume"),
    ),
    markets=(
        Market(market="charlotte", code="M1", title="Charlotte", type="primary", zip_prefixes=("280", "281", "282")),
        Market(market="asheville", code="M2", title="Asheville", type="tertiary", zip_prefixes=("287", "288")),
    ),
    rooftops=(
        _rooftop("R01", "lux", "charlotte", "28227"),
        _rooftop("R02", "vol", "charlotte", "28105"),
        _rooftop("R03", "vol", "asheville", "28806"),
    ),
)

SCORING = ScoringPolicy(
    intent=IntentPolicy(
        window_days=90,
        weights={
            "vdp_view": IntentWeight(points=3, half_life_days=14, cap_per_day=15),
            "third_party_vdp": IntentWeight(points=4, half_life_days=14, cap_per_day=16),
            "payment_tool": IntentWeight(points=20, half_life_days=14, cap_per_day=40),
            "form_sales": IntentWeight(points=40, half_life_days=30, cap_per_day=40),
            "call_sales": IntentWeight(points=25, half_life_days=30, cap_per_day=25),
            "lead": IntentWeight(points=40, half_life_days=30, cap_per_day=40),
            "lead_third_party": IntentWeight(points=35, half_life_days=30, cap_per_day=35),
            "page_view": IntentWeight(points=0, half_life_days=14, cap_per_day=1),
        },
        repeat_vin_bonus=5,
        hot_from=60,
        warm_from=20,
    ),
    rfm=RfmPolicy(recency_weight=0.5, frequency_weight=0.25, monetary_weight=0.25, service_months=24, monetary_months=36),
    garage=GaragePolicy(half_life_years_new=6.5, half_life_years_used=4.5, current_from=0.5),
    depreciation=DepreciationPolicy(
        first_year=0.2, later_years=0.1, band=0.15, default_msrp_luxury=50000, default_msrp_volume=30000
    ),
    default_miles_per_year=12000,
)

TRIGGERS = TriggersPolicy(
    triggers={
        "lease_end": TriggerPolicy(parameters={"window_days": 183}, expires_days=30),
        "loan_end": TriggerPolicy(parameters={"window_days": 183}, expires_days=30),
        "warranty_basic_ending": TriggerPolicy(parameters={"window_days": 90}, expires_days=30),
        "warranty_powertrain_ending": TriggerPolicy(parameters={"window_days": 90}, expires_days=30),
        "contract_ending": TriggerPolicy(parameters={"window_days": 90}, expires_days=30),
        "service_due": TriggerPolicy(parameters={"notice_days": 30}, expires_days=14),
        "service_overdue": TriggerPolicy(parameters={"from_days": 1, "to_days": 180}, expires_days=14),
        "service_lapsing": TriggerPolicy(expires_days=30),
        "vehicle_age": TriggerPolicy(parameters={"years_from": 3}, expires_days=90),
        "trade_cycle": TriggerPolicy(parameters={"months_from": 32, "months_to": 60}, expires_days=60),
        "equity_positive": TriggerPolicy(parameters={"equity_low_from_usd": 1000}, expires_days=30),
        "high_apr": TriggerPolicy(parameters={"percent_from": 9}, expires_days=60),
        "life_event": TriggerPolicy(expires_days=30),
        "open_recommendation": TriggerPolicy(expires_days=60),
        "lease_miles_over": TriggerPolicy(parameters={"percent_from": 110, "days_left_to": 548}, expires_days=60),
        "loan_payoff_low": TriggerPolicy(parameters={"percent_to": 25, "months_left_to": 12}, expires_days=60),
        "out_of_warranty": TriggerPolicy(parameters={"age_years_to": 15}, expires_days=90),
        "service_lost": TriggerPolicy(parameters={"months_to": 60}, expires_days=60),
        "first_service": TriggerPolicy(parameters={"days_to": 45}, expires_days=45),
        "never_serviced": TriggerPolicy(parameters={"from_days": 240, "to_days": 1095}, expires_days=60),
        "competitor_vehicle_age": TriggerPolicy(parameters={"years_from": 3, "years_to": 8}, expires_days=90),
        "anniversary": TriggerPolicy(parameters={"notice_days": 14, "years_to": 10}, expires_days=20),
        "recent_mover": TriggerPolicy(parameters={"window_days": 120, "gap_days_to": 365, "miles_from": 0}, expires_days=60),
        "competitor_service_visit": TriggerPolicy(parameters={"window_days": 60}, expires_days=30),
    },
    service_states=ServiceStates(at_risk_from=12, lapsed_from=18, lost_from=24),
    life_event_days=90,
)

REFERENCE = Reference(
    warranties=(
        Warranty(owner_from=1, owner_to=1, powertrain_months=120, powertrain_miles=100000, **KIA_WARRANTY),
        Warranty(owner_from=2, owner_to=9, powertrain_months=60, powertrain_miles=60000, **KIA_WARRANTY),
        Warranty(make="Acura", from_year=2000, to_year=2035, owner_from=1, owner_to=9, **ACURA_TERMS),
    ),
    service_intervals=(
        ServiceInterval(make="Acura", from_year=2000, to_year=2035, months=12, miles=7500, source="test"),
        ServiceInterval(make="*", from_year=1980, to_year=2035, months=6, miles=5000, source="test"),
    ),
    makes=(),
    models=(
        Model(make="Acura", model="MDX", body_style="suv", msrp_usd=Decimal("60000")),
        Model(make="Kia", model="Rio", body_style="sedan"),
    ),
)
