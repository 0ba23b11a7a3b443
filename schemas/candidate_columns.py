"""What the columns of `candidate` can hold, for checking rules and for docs/audiences.md: unit, range, closed values, an example.

One line per column. The meaning itself is the column's description in schemas/tables/traits.py. A closed list here is one that
no policy changes; brands, markets, rooftops and triggers come from the group's policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.vocabulary_touch import TOUCH_KINDS

NO_UNIT = ""
TIERS = ("hot", "warm", "cold")


@dataclass(frozen=True)
class ColumnFacts:
    """`example` is a condition that can be written; `low` and `high` bound a number; `values` is the closed list of a text."""

    example: str
    unit: str = NO_UNIT
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] | None = None


def _count(example: str, unit: str) -> ColumnFacts:
    return ColumnFacts(example, unit, low=0)


def _flag(name: str) -> ColumnFacts:
    return ColumnFacts(name)


FACTS: Mapping[str, ColumnFacts] = MappingProxyType(
    {
        "person_id": ColumnFacts("starts_with(person_id, 'p')"),
        "brand": ColumnFacts("brand = 'lux'"),
        "household_id": ColumnFacts("starts_with(household_id, 'h')"),
        "rooftop_id": ColumnFacts("rooftop_id = 'R01'"),
        "distance_miles": ColumnFacts("distance_miles <= 20", "miles", low=0, high=12_500),
        "market": ColumnFacts("market = 'primary'"),
        "market_type": ColumnFacts("market_type = 'primary'", values=("metro", "standalone", "primary", "secondary", "tertiary")),
        "home_market": ColumnFacts("home_market = market"),
        "state": ColumnFacts("state = 'NC'"),
        "zip": ColumnFacts("starts_with(zip, '282')"),
        "age_years": ColumnFacts("age_years >= 25", "years", low=0, high=130),
        "age_band": ColumnFacts("age_band = '35-44'", values=("18-24", "25-34", "35-44", "45-54", "55-64", "65+")),
        "income_band": ColumnFacts(
            "income_band = '60-80k'", values=("0-40k", "40-60k", "60-80k", "80-100k", "100-150k", "150k+")
        ),
        "has_life_event": _flag("has_life_event"),
        "is_customer": _flag("is_customer"),
        "is_customer_of_brand": _flag("is_customer_of_brand"),
        "is_business": _flag("is_business"),
        "is_staff": _flag("is_staff"),
        "is_first_party": _flag("is_first_party"),
        "is_web_only": _flag("is_web_only"),
        "has_email": _flag("has_email"),
        "has_phone": _flag("has_phone"),
        "has_address": _flag("has_address"),
        "identity_tier": ColumnFacts("identity_tier in ('exact', 'strict')", values=("exact", "strict", "loose")),
        "intent_score": _count("intent_score >= 20", "points"),
        "intent_tier": ColumnFacts("intent_tier in ('hot', 'warm')", values=TIERS),
        "brand_intent_score": _count("brand_intent_score > 0", "points"),
        "brand_intent_tier": ColumnFacts("brand_intent_tier = 'hot'", values=TIERS),
        "top_driver": ColumnFacts("top_driver = 'payment_tool'", values=tuple(TOUCH_KINDS)),
        "touches_30d": _count("touches_30d >= 3", "touches"),
        "active_days_30d": ColumnFacts("active_days_30d >= 2", "days", low=0, high=31),
        "vdp_views_30d": _count("vdp_views_30d >= 3", "pages"),
        "payment_tool_30d": _count("payment_tool_30d > 0", "uses"),
        "forms_30d": _count("forms_30d > 0", "forms"),
        "calls_30d": _count("calls_30d > 0", "calls"),
        "third_party_30d": _count("third_party_30d > 0", "signals"),
        "days_since_touch": _count("days_since_touch <= 30", "days"),
        "top_brand": ColumnFacts("top_brand = brand"),
        "top_make": ColumnFacts("top_make = competitor_make"),
        "top_model": ColumnFacts("top_model is not null"),
        "top_condition": ColumnFacts("top_condition = 'used'", values=("new", "used")),
        "price_low": _count("price_low <= 25000", "US dollars"),
        "price_high": _count("price_high >= 45000", "US dollars"),
        "top_body_style": ColumnFacts("top_body_style = 'suv'"),
        "is_body_style_change": _flag("is_body_style_change"),
        "top_vehicle_segment": ColumnFacts("top_vehicle_segment = 'luxury suv'"),
        "owned_vehicle_segment": ColumnFacts("owned_vehicle_segment = 'volume sedan'"),
        "is_vehicle_segment_change": _flag("is_vehicle_segment_change"),
        "in_stock_matches": _count("in_stock_matches > 0", "vehicles"),
        "owns_own_brand": _flag("owns_own_brand"),
        "owns_this_brand": _flag("owns_this_brand"),
        "competitor_make": ColumnFacts("competitor_make = 'Toyota'"),
        "competitor_model": ColumnFacts("competitor_model is not null"),
        "competitor_vehicle_age_years": ColumnFacts("competitor_vehicle_age_years >= 3", "years", low=-2),
        "oldest_vehicle_age_years": ColumnFacts("oldest_vehicle_age_years >= 3", "years", low=-2),
        "is_out_of_warranty": _flag("is_out_of_warranty"),
        "lease_days_left": ColumnFacts("lease_days_left between 0 and 183", "days, negative once past"),
        "lease_ends_on": ColumnFacts("lease_ends_on < '2027-06-30'"),
        "lease_miles_pace": ColumnFacts("lease_miles_pace > 1.1", "share of the allowance", low=0),
        "lease_excess_miles": ColumnFacts("lease_excess_miles > 3000", "miles, negative where some are left"),
        "loan_months_left": ColumnFacts("loan_months_left between 0 and 6", "months, negative once past"),
        "apr_percent": ColumnFacts("apr_percent >= 9", "percent a year", low=0),
        "loan_payoff": _count("loan_payoff >= 5000", "US dollars"),
        "basic_warranty_days_left": ColumnFacts("basic_warranty_days_left between 0 and 90", "days, negative once past"),
        "powertrain_warranty_days_left": ColumnFacts(
            "powertrain_warranty_days_left between 0 and 90", "days, negative once past"
        ),
        "contract_days_left": ColumnFacts("contract_days_left between 0 and 90", "days, negative once past"),
        "service_days_to_due": ColumnFacts("service_days_to_due between 0 and 30", "days, negative once overdue"),
        "service_due_on": ColumnFacts("service_due_on <= $as_of + 30"),
        "service_state": ColumnFacts(
            "service_state in ('at_risk', 'lapsed')", values=("active", "at_risk", "lapsed", "lost", "never")
        ),
        "has_open_recommendation": _flag("has_open_recommendation"),
        "next_appointment_on": ColumnFacts("next_appointment_on is null"),
        "equity_low": ColumnFacts("equity_low >= 1000", "US dollars, negative where more is owed"),
        "equity_mid": ColumnFacts("equity_mid >= 3000", "US dollars, negative where more is owed"),
        "months_since_sale": _count("months_since_sale >= 32", "months"),
        "months_since_service": _count("months_since_service <= 24", "months"),
        "has_open_deal": _flag("has_open_deal"),
        "rfm_score": ColumnFacts("rfm_score >= 3.5", "points, 0 to 5", low=0, high=5),
        "sales_score": ColumnFacts("sales_score >= 3", "points, 0 to 5", low=0, high=5),
        "service_score": ColumnFacts("service_score >= 3", "points, 0 to 5", low=0, high=5),
        "buy_30d_probability": ColumnFacts("buy_30d_probability >= 0.05", "probability, 0 to 1", low=0, high=1),
        "buy_90d_probability": ColumnFacts("buy_90d_probability >= 0.1", "probability, 0 to 1", low=0, high=1),
        "buy_decile": ColumnFacts("buy_decile <= 3", "tenth, 1 is the likeliest", low=1, high=10),
        "service_rooftop_id": ColumnFacts("service_rooftop_id = rooftop_id"),
        "triggers": ColumnFacts("list_contains(triggers, 'lease_end')"),
        "licence_id": ColumnFacts("licence_id is null"),
    }
)
NO_FACTS = ColumnFacts("")


def facts_of(column: str) -> ColumnFacts:
    """The facts of a column; none where it has no line here."""
    return FACTS.get(column, NO_FACTS)
