"""What the columns of `candidate` are called in a sentence, where the description in the table is no phrase for one."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.tables.traits import CANDIDATE

# A flag's phrase is what is so of the person; any other column's is what its value is of.
NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "distance_miles": "distance from the brand's nearest rooftop",
        "market_type": "type of market",
        "home_market": "home market",
        "state": "state",
        "zip": "ZIP",
        "intent_tier": "shopping intent",
        "intent_score": "shopping intent",
        "brand_intent_tier": "shopping intent for the brand",
        "brand_intent_score": "shopping intent for the brand",
        "identity_tier": "certainty of who it is",
        "days_since_touch": "days since the last sign of shopping",
        "active_days_30d": "days with a sign of shopping, of the last 30",
        "is_staff": "works for the group",
        "vdp_views_30d": "vehicle pages seen in 30 days",
        "forms_30d": "forms sent in 30 days",
        "calls_30d": "sales calls in 30 days",
        "third_party_30d": "signals of third-party sites in 30 days",
        "payment_tool_30d": "uses of the payment tool in 30 days",
        "touches_30d": "signs of shopping in 30 days",
        "is_business": "is a business, fleet or wholesale buyer",
        "is_customer": "bought or had a vehicle serviced here",
        "is_web_only": "is known only as a web client",
        "is_customer_of_brand": "bought the brand or had it serviced here",
        "has_life_event": "has had a life event of late",
        "has_open_deal": "has a deal open here",
        "has_email": "has a usable e-mail",
        "has_phone": "has a usable phone",
        "has_address": "has a usable postal address",
        "owns_own_brand": "lives in a home that holds a vehicle of ours",
        "owns_this_brand": "lives in a home that holds a vehicle of the brand",
        "top_brand": "own brand looked at most",
        "is_first_party": "is known to the group itself",
        "is_out_of_warranty": "holds a vehicle out of its basic warranty",
        "is_body_style_change": "looks at another body style than the one held",
        "service_state": "state as a service customer",
        "has_open_recommendation": "has recommended work open",
        "competitor_make": "make held that the brand can win from",
        "oldest_vehicle_age_years": "age of the oldest vehicle held",
        "rfm_score": "value score",
        "buy_decile": "tenth by likelihood to buy",
        "next_appointment_on": "next appointment",
        "competitor_vehicle_age_years": "age of that vehicle",
        "equity_low": "lower estimate of equity",
        "service_days_to_due": "days until service is due",
        "price_high": "upper price looked at",
        "price_low": "lower price looked at",
        "equity_mid": "estimate of equity",
        "apr_percent": "highest rate of a running loan",
        "loan_payoff": "largest loan still owed",
        "lease_miles_pace": "projected miles at lease end, as a share of the allowance",
        "brand": "this brand",
        "months_since_sale": "months since the last deal here",
        "market": "market",
        "rooftop_id": "nearest rooftop",
        "service_rooftop_id": "rooftop that knows the vehicle",
    }
)


def noun(column: str) -> str:
    """What a column is called in a sentence."""
    columns = CANDIDATE.schema.columns()
    description = str(columns[column].description or column) if column in columns else column
    return NOUNS.get(column) or description.split(";")[0]
