"""What made somebody enter or leave: one of seven causes, from what turned and from what became known since the day before.

The policy is told from the data by asking a third way: what the policy of the day before would have made of today. What differs
between yesterday and that is the data or the day; what differs between that and today is the policy.
"""

import polars as pl

CAUSES = pl.String
FACTS = (
    "is_known", "was_known", "other_person_id", "has_deal", "has_record", "has_touch", "is_forgotten", "ended_triggers",
    "has_ended_licence",
)  # fmt: skip
# Columns of candidate that fall of themselves: a new touch never lowers them.
TOUCH_TRAITS = (
    "intent_score", "intent_tier", "brand_intent_score", "brand_intent_tier", "top_driver", "touches_30d", "active_days_30d",
    "vdp_views_30d", "payment_tool_30d", "forms_30d", "calls_30d", "third_party_30d", "days_since_touch", "top_brand", "top_make",
    "top_model", "top_condition", "top_body_style", "price_low", "price_high", "is_body_style_change",
)  # fmt: skip
# Columns that move with the calendar alone. What is in neither list moves only when something becomes known, if about others:
# ranks, learned scores, stock, places.
DATED_TRAITS = (
    "age_years", "has_life_event", "competitor_vehicle_age_years", "oldest_vehicle_age_years", "is_out_of_warranty",
    "lease_days_left", "lease_ends_on", "lease_miles_pace", "lease_excess_miles", "loan_months_left", "apr_percent",
    "loan_payoff",
    "basic_warranty_days_left", "powertrain_warranty_days_left", "contract_days_left", "service_days_to_due", "service_due_on",
    "service_state", "next_appointment_on", "equity_low", "equity_mid", "months_since_sale", "months_since_service", "triggers",
    "owns_own_brand", "owns_this_brand", "competitor_make", "competitor_model",
)  # fmt: skip
LICENCE_TRAITS = ("licence_id", "is_first_party")
CONSENT_RULES = ("opted_out",)  # of eligible.py and arbitration.py: requests, whatever the definition says
HIGHER_IS_LESS = ("days_since_touch",)


def by_data(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose policy is the same on both sides, with `cause`.

    rows: kind (audience, exclusion, arbitration, rule, trigger, tier, trait, candidate), what, trait, ended (names of triggers
    that turned, of those whose last day is over), is_fallen (the trait's figure is lower, or blank, on the later day), FACTS.
    """
    touch, dated = pl.col("trait").is_in(TOUCH_TRAITS), pl.col("trait").is_in(DATED_TRAITS)
    has_news = pl.col("has_deal") | pl.col("has_record") | pl.col("has_touch")
    is_licence = pl.col("trait").is_in(LICENCE_TRAITS) | (pl.col("what") == "licence").fill_null(False)
    is_candidate = pl.col("kind") == "candidate"
    is_by_day = touch | dated | is_candidate | (pl.col("kind") == "rule")
    cause = (
        pl.when(is_candidate & pl.col("is_forgotten")).then(pl.lit("consent"))
        .when(pl.col("what").is_in(CONSENT_RULES).fill_null(False)).then(pl.lit("consent"))
        .when(pl.col("other_person_id").is_not_null() & (pl.col("kind") != "arbitration")).then(pl.lit("identity"))
        .when(is_licence.fill_null(False) & pl.col("has_ended_licence")).then(pl.lit("expiry"))
        .when(pl.col("kind") == "arbitration").then(pl.lit("arbitration"))
        .when((pl.col("trait") == "triggers").fill_null(False) & (pl.col("ended").list.len() > 0)).then(pl.lit("expiry"))
        .when(touch.fill_null(False) & pl.col("is_fallen") & ~pl.col("has_deal")).then(pl.lit("decay"))
        .when(has_news).then(pl.lit("data"))
        .when(is_by_day.fill_null(False)).then(pl.lit("decay"))
        .otherwise(pl.lit("data"))
    )  # fmt: skip
    return rows.with_columns(cause=cause)


def by_person(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of people who are not on both days, with `cause`: identity where records passed to or from another person."""
    is_known_on_both = pl.col("is_known") & pl.col("was_known")
    cause = (
        pl.when(is_known_on_both).then(None)
        .when(pl.col("other_person_id").is_not_null()).then(pl.lit("identity"))
        .when(pl.col("is_known")).then(pl.lit("data"))
        .otherwise(pl.lit("identity"))
    )  # fmt: skip
    return rows.with_columns(cause=cause)
