"""Stage `traits`: what is known about a person, or a person's vehicle, as of the day."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import body_style, brand, household_id, make, market, model, money, person_id, rooftop_id, vin

# loan_schedule: by amortisation; lease_buyout: residual and payments left; paid_off: the term is over; none_in_deal: bought
# here without a loan; assumed_none: bought elsewhere, too old for a loan; unknown: there may be a debt that no feed tells.
PAYOFF_BASES = ["loan_schedule", "lease_buyout", "paid_off", "none_in_deal", "assumed_none", "unknown"]

OF_PERSON = Limits(references={"person_id": "person.person_id"})


class Intent(dy.Schema):
    """Shopping intent from touches, decayed and capped. brand is empty for the person as a whole."""

    person_id = person_id(key=True)
    brand = dy.String(primary_key=True, description="own brand that the touches concern; all for the person as a whole")
    score = dy.Float64(min=0, description="weighted, decayed, capped points; weights in policy scoring.yaml")
    tier = dy.Enum(["hot", "warm", "cold"], description="thresholds in policy scoring.yaml")
    touches_30d = dy.Int64(min=0, description="scored touches in 30 days")
    active_days_30d = dy.Int64(min=0, description="days with a scored touch in 30 days")
    vdp_views_30d = dy.Int64(min=0, description="vehicle pages in 30 days, ours and third-party")
    payment_tool_30d = dy.Int64(min=0, description="payment tool uses in 30 days")
    forms_30d = dy.Int64(min=0, description="sales, trade, finance and test-drive forms and leads in 30 days")
    calls_30d = dy.Int64(min=0, description="sales calls in 30 days")
    third_party_30d = dy.Int64(min=0, description="third-party signals in 30 days")
    first_touch_on = dy.Date(nullable=True, description="first scored touch in the window, group time")
    last_touch_on = dy.Date(nullable=True, description="last scored touch, group time")
    top_driver = dy.String(nullable=True, description="kind of touch that contributes most")
    top_driver_share = dy.Float64(nullable=True, min=0, max=1, description="its share of the score")


class Interest(dy.Schema):
    """What a person looks at, and what they hold."""

    person_id = person_id(key=True)
    top_brand = brand()
    top_make = make()
    top_model = model()
    top_body_style = body_style()
    top_condition = dy.Enum(["new", "used"], nullable=True, description="new or used, whichever weighs more")
    top_vin = vin()
    top_rooftop_id = rooftop_id()
    price_low = money("lower quartile of viewed prices, US dollars")
    price_high = money("upper quartile of viewed prices, US dollars")
    owned_body_style = body_style()
    is_body_style_change = dy.Bool(nullable=True, description="looks at another body style than the one held")
    top_vehicle_segment = dy.String(
        nullable=True, description="luxury or volume, by make, and body style, for example luxury suv"
    )
    owned_vehicle_segment = dy.String(nullable=True, description="the same of the vehicle held")
    is_vehicle_segment_change = dy.Bool(nullable=True, description="looks at another segment of vehicles than the one held")
    in_stock_matches = dy.Int64(min=0, description="vehicles in stock of the top model, else of the top body style and brand")


class Lifecycle(dy.Schema):
    """The contract clock of one vehicle held by one person: lease, loan, age and warranties."""

    person_id = person_id(key=True)
    vin = vin(key=True, nullable=False)
    rooftop_id = rooftop_id()
    vehicle_age_years = dy.Float64(
        nullable=True, min=-1, description="years since in-service, else since 1 January of the model year"
    )
    lease_started_on = dy.Date(nullable=True, description="first lease deal of the chain that runs")
    lease_ends_on = dy.Date(nullable=True, description="lease maturity, that of the last extension where there is one")
    lease_days_left = dy.Int64(nullable=True, description="days to lease maturity; negative once past")
    lease_state = dy.Enum(
        ["running", "extended", "past_maturity"],
        nullable=True,
        description="extended: a later lease of the same vehicle moved the maturity; past_maturity: matured and still held",
    )
    lease_payments_left = dy.Int64(nullable=True, min=0, description="lease payments that are not due yet")
    lease_allowed_miles = dy.Int64(nullable=True, description="miles allowed until maturity, extensions included")
    lease_miles_driven = dy.Int64(nullable=True, min=0, description="projected miles driven since the allowance began")
    lease_miles_pace = dy.Float64(nullable=True, description="projected miles at maturity / allowance")
    lease_miles_pace_to_date = dy.Float64(nullable=True, description="miles driven / the allowance pro rata to the day")
    lease_excess_miles = dy.Int64(
        nullable=True, description="projected miles at maturity less the allowance; negative where some are left"
    )
    lease_excess_miles_to_date = dy.Int64(nullable=True, description="miles driven less the allowance pro rata to the day")
    loan_ends_on = dy.Date(nullable=True, description="loan maturity")
    loan_payments_left = dy.Int64(nullable=True, min=0, description="loan payments that are not due yet")
    loan_payoff = money("outstanding loan principal by amortisation, balloon included, US dollars")
    loan_payoff_share = dy.Float64(nullable=True, min=0, description="loan_payoff / amount financed")
    apr_percent = dy.Float64(
        nullable=True, description="rate of the loan in force, percent; where not stated, the one that its payment means"
    )
    monthly_payment = money("monthly payment of the loan or lease in force, US dollars")
    owner_number = dy.Int64(nullable=True, min=1, description="1 for the first owner, where known; it decides on the powertrain")
    is_certified = dy.Bool(description="bought as certified pre-owned, as the deal says")
    basic_warranty_ends_on = dy.Date(nullable=True, description="basic warranty, by date or projected miles, whichever is first")
    basic_warranty_basis = dy.Enum(["date", "miles"], nullable=True, description="which of the two")
    basic_warranty_earliest_on = dy.Date(nullable=True, description="the same; without an in-service date its earliest day")
    basic_warranty_latest_on = dy.Date(nullable=True, description="the same; without an in-service date its latest day")
    powertrain_warranty_ends_on = dy.Date(
        nullable=True, description="powertrain warranty, by date or projected miles, by owner number"
    )
    powertrain_warranty_basis = dy.Enum(["date", "miles"], nullable=True, description="which of the two")
    powertrain_warranty_earliest_on = dy.Date(nullable=True, description="the same; without an in-service date its earliest day")
    powertrain_warranty_latest_on = dy.Date(nullable=True, description="the same; without an in-service date its latest day")
    contract_ends_on = dy.Date(nullable=True, description="service contract, by date or projected miles")
    contract_basis = dy.Enum(["date", "miles"], nullable=True, description="which of the two")
    odometer_today = dy.Int64(nullable=True, description="projected odometer on the day, miles")
    odometer_on = dy.Date(nullable=True, description="day of the last plausible reading")
    miles_per_day = dy.Float64(nullable=True, min=0, description="slope by which it is projected, miles a day")
    is_out_of_warranty = dy.Bool(nullable=True, description="basic warranty is over")


class Service(dy.Schema):
    """Where one vehicle of one person stands with service."""

    person_id = person_id(key=True)
    vin = vin(key=True, nullable=False)
    rooftop_id = rooftop_id()
    visits = dy.Int64(min=0, description="repair orders here for this vehicle by this household")
    last_service_on = dy.Date(nullable=True, description="last repair order that was not internal")
    months_since_service = dy.Float64(nullable=True, description="months since then")
    due_on = dy.Date(nullable=True, description="earlier of due by date and due by projected miles")
    due_basis = dy.Enum(["date", "miles"], nullable=True, description="which of the two")
    due_by_date_on = dy.Date(nullable=True, description="last visit, else sale, plus the interval's months")
    due_by_miles_on = dy.Date(nullable=True, description="day on which the projected odometer reaches the interval's miles")
    interval_months = dy.Int64(nullable=True, description="the make's service interval, months")
    interval_miles = dy.Int64(nullable=True, description="the make's service interval, miles")
    days_to_due = dy.Int64(nullable=True, description="negative once overdue")
    is_overdue = dy.Bool(description="the due day is past")
    miles_today = dy.Int64(nullable=True, description="projected odometer on the day, miles")
    state = dy.Enum(["active", "at_risk", "lapsed", "lost", "never"], description="months thresholds in policy triggers.yaml")
    is_lost = dy.Bool(description="the state is lost")
    has_open_recommendation = dy.Bool(description="recommended work that was not done since, within the months of policy")
    open_recommendations = dy.List(dy.String(), description="that work, as its codes, else in words")
    recommended_on = dy.Date(nullable=True, description="last day on which it was recommended")
    next_appointment_on = dy.Date(nullable=True, description="next booked appointment")
    missed_appointment_on = dy.Date(nullable=True, description="last appointment that no visit followed")


class Equity(dy.Schema):
    """What a vehicle may be worth less what is owed. An estimate unless a value source is supplied."""

    person_id = person_id(key=True)
    vin = vin(key=True, nullable=False)
    value_low = money("lower bound of market value, US dollars")
    value_mid = money("central market value, US dollars")
    value_high = money("upper bound of market value, US dollars")
    payoff = money("owed, US dollars; null where a debt is likely and not known")
    payoff_basis = dy.Enum(PAYOFF_BASES, description="where the payoff comes from")
    equity_low = money("value_low less payoff, US dollars")
    equity_mid = money("value_mid less payoff, US dollars")
    equity_high = money("value_high less payoff, US dollars")
    value_source = dy.Enum(["supplied", "depreciation_estimate"], description="where the value comes from")
    value_provider = dy.String(nullable=True, description="who supplied the value")
    valued_on = dy.Date(nullable=True, description="day of the supplied value")


class Geography(dy.Schema):
    """Distance of a person to the nearest rooftop of each brand."""

    person_id = person_id(key=True)
    brand = brand(key=True, nullable=False)
    nearest_rooftop_id = rooftop_id()
    distance_miles = dy.Float64(nullable=True, min=0, description="great-circle miles from ZIP centroid to rooftop ZIP centroid")
    market = market()
    market_type = dy.Enum(
        ["metro", "standalone", "primary", "secondary", "tertiary"],
        nullable=True,
        description="type of the market of the nearest rooftop",
    )
    home_market = dy.String(nullable=True, description="market whose ZIPs include the person's ZIP, where there is one")
    is_zip_known = dy.Bool(description="the person has a ZIP with coordinates")


class Candidate(dy.Schema):
    """What audience rules may say: one row per person and own brand. The columns of this table are the rule language."""

    person_id = person_id(key=True)
    brand = brand(key=True, nullable=False)
    household_id = household_id()
    # geography
    rooftop_id = rooftop_id()
    distance_miles = dy.Float64(nullable=True, description="miles to the nearest rooftop of the brand")
    market = market()
    market_type = dy.String(nullable=True, description="metro, standalone, primary, secondary or tertiary")
    home_market = dy.String(nullable=True, description="market whose ZIPs include the person's ZIP, where there is one")
    state = dy.String(nullable=True, description="two-letter state of residence")
    zip = dy.String(nullable=True, description="five-digit ZIP; never in rules of credit offers")
    # the person
    age_years = dy.Int64(nullable=True, description="age in years where a birth date is known; never in rules of credit offers")
    age_band = dy.String(nullable=True, description="appended age band; never in rules of credit offers")
    income_band = dy.String(nullable=True, description="appended income band; never in rules of credit offers")
    has_life_event = dy.Bool(description="an appended life event in the window of policy triggers.yaml")
    is_customer = dy.Bool(description="bought or serviced here")
    is_customer_of_brand = dy.Bool(description="bought the brand here, or had it serviced here")
    is_business = dy.Bool(description="a business, fleet or wholesale buyer")
    is_staff = dy.Bool(description="carries the group's own e-mail domain or phone")
    is_first_party = dy.Bool(description="at least one record was collected by the group itself")
    is_web_only = dy.Bool(description="nothing but web clients are known")
    has_email = dy.Bool(description="a usable e-mail")
    has_phone = dy.Bool(description="a usable phone")
    has_address = dy.Bool(description="a usable postal address")
    identity_tier = dy.String(description="weakest tier of the records that make the person known: exact, strict, loose")
    # shopping
    intent_score = dy.Float64(description="points over all brands")
    intent_tier = dy.String(description="hot, warm or cold, over all brands")
    brand_intent_score = dy.Float64(description="points on this brand")
    brand_intent_tier = dy.String(description="hot, warm or cold, on this brand")
    top_driver = dy.String(nullable=True, description="kind of touch that brings most points, over all brands")
    touches_30d = dy.Int64(description="scored touches in 30 days")
    active_days_30d = dy.Int64(description="days with a scored touch in 30 days")
    vdp_views_30d = dy.Int64(description="vehicle pages in 30 days")
    payment_tool_30d = dy.Int64(description="payment tool uses in 30 days")
    forms_30d = dy.Int64(description="sales, trade, finance and test-drive forms and leads in 30 days")
    calls_30d = dy.Int64(description="sales calls in 30 days")
    third_party_30d = dy.Int64(description="third-party signals in 30 days")
    days_since_touch = dy.Int64(nullable=True, description="days since the last scored touch")
    top_brand = dy.String(nullable=True, description="own brand looked at most")
    top_make = dy.String(nullable=True, description="make looked at most")
    top_model = dy.String(nullable=True, description="model looked at most, of that make")
    top_condition = dy.String(nullable=True, description="new or used, whichever is looked at more")
    price_low = dy.Float64(nullable=True, description="lower quartile of prices looked at, US dollars")
    price_high = dy.Float64(nullable=True, description="upper quartile of prices looked at, US dollars")
    top_body_style = dy.String(nullable=True, description="body style looked at most")
    is_body_style_change = dy.Bool(nullable=True, description="looks at another body style than the one held")
    top_vehicle_segment = dy.String(nullable=True, description="segment of vehicles looked at most, for example luxury suv")
    owned_vehicle_segment = dy.String(nullable=True, description="the same of the vehicle held")
    is_vehicle_segment_change = dy.Bool(nullable=True, description="looks at another segment of vehicles than the one held")
    in_stock_matches = dy.Int64(description="vehicles in stock that fit the interest")
    # the garage
    owns_own_brand = dy.Bool(description="the household holds a vehicle of any brand of the group")
    owns_this_brand = dy.Bool(description="the household holds a vehicle of this brand")
    competitor_make = dy.String(nullable=True, description="make held that is on this brand's conquest list")
    competitor_model = dy.String(nullable=True, description="model of that vehicle")
    competitor_vehicle_age_years = dy.Float64(nullable=True, description="age of that vehicle, years")
    oldest_vehicle_age_years = dy.Float64(nullable=True, description="oldest vehicle held of this brand, else of any make, years")
    is_out_of_warranty = dy.Bool(nullable=True, description="a vehicle held is out of its basic warranty")
    # lifecycle of vehicles of this brand
    lease_days_left = dy.Int64(nullable=True, description="days to the nearest lease maturity")
    lease_ends_on = dy.Date(nullable=True, description="that maturity")
    lease_miles_pace = dy.Float64(
        nullable=True, description="projected miles at lease maturity / allowance, of the fastest lease"
    )
    lease_excess_miles = dy.Int64(
        nullable=True, description="projected miles over a lease's allowance; negative where some are left"
    )
    loan_months_left = dy.Float64(nullable=True, description="months to the nearest loan maturity")
    apr_percent = dy.Float64(nullable=True, description="highest rate of a loan in force, percent")
    loan_payoff = dy.Float64(nullable=True, description="largest outstanding loan principal of a vehicle, US dollars")
    basic_warranty_days_left = dy.Int64(nullable=True, description="days to the nearest end of a basic warranty")
    powertrain_warranty_days_left = dy.Int64(nullable=True, description="days to the nearest end of a powertrain warranty")
    contract_days_left = dy.Int64(nullable=True, description="days to the nearest end of a service contract")
    service_days_to_due = dy.Int64(nullable=True, description="days to the nearest service due; negative once overdue")
    service_due_on = dy.Date(nullable=True, description="that day")
    service_state = dy.String(nullable=True, description="active, at_risk, lapsed, lost or never; the liveliest vehicle")
    has_open_recommendation = dy.Bool(description="recommended work on a vehicle was not done since")
    next_appointment_on = dy.Date(nullable=True, description="next booked appointment")
    equity_low = dy.Float64(nullable=True, description="lower bound of the best equity, US dollars")
    equity_mid = dy.Float64(nullable=True, description="best equity, US dollars")
    months_since_sale = dy.Float64(nullable=True, description="months since the last deal here")
    months_since_service = dy.Float64(nullable=True, description="months since the last service visit here")
    has_open_deal = dy.Bool(description="a deal is open here")
    rfm_score = dy.Float64(nullable=True, description="weighted quintiles, 0 to 5")
    sales_score = dy.Float64(nullable=True, description="weighted quintiles of deals alone, 0 to 5")
    service_score = dy.Float64(nullable=True, description="weighted quintiles of customer-pay service alone, 0 to 5")
    buy_30d_probability = dy.Float64(
        nullable=True, min=0, max=1, description="calibrated probability to buy here in 30 days; null where no model may speak"
    )
    buy_90d_probability = dy.Float64(
        nullable=True, min=0, max=1, description="calibrated probability to buy here in 90 days; null where no model may speak"
    )
    buy_decile = dy.Int64(
        nullable=True, min=1, max=10, description="1 is the tenth likeliest to buy here in 30 days, by model or weighted score"
    )
    service_rooftop_id = dy.String(nullable=True, description="rooftop of the last service visit or deal for this brand")
    triggers = dy.List(dy.String(), description="triggers in force for vehicles of this brand or the person")
    licence_id = dy.String(
        nullable=True, description="licence of the bought list that knows the person, where first-party records do not"
    )


INTENT = Table("intent", "traits", Intent, "Decayed shopping intent per person and brand.", limits=OF_PERSON)
INTEREST = Table("interest", "traits", Interest, "What a person looks at, and what they hold.", limits=OF_PERSON)
LIFECYCLE = Table(
    "lifecycle", "traits", Lifecycle, "Lease, loan, age, warranties and service contract per vehicle held.", limits=OF_PERSON
)
SERVICE = Table("service", "traits", Service, "Where each vehicle stands with service.", limits=OF_PERSON)
EQUITY = Table("equity", "traits", Equity, "Value less payoff per vehicle held, as an interval.", limits=OF_PERSON)
GEOGRAPHY = Table(
    "geography", "traits", Geography, "Distance of each person to the nearest rooftop of each brand.", limits=OF_PERSON
)
CANDIDATE = Table(
    "candidate",
    "audiences",
    Candidate,
    "The rule language: everything audience rules may say, per person and brand.",
    limits=OF_PERSON,
)
