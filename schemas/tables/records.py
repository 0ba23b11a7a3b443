"""Stage `records`: every feed in one common schema. Values keep raw, standard form and validity side by side."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import body_style, make, model, money, record_id, rooftop_id, utc, vin


class ContactRecord(dy.Schema):
    """One row per source record that names a person or a device: a buyer, a co-buyer, a lead, a web client."""

    record_id = record_id(key=True)
    feed = dy.String(description="feed the record comes from")
    role = dy.Enum(
        ["buyer", "co_buyer", "customer", "lead", "contact", "shopper", "owner", "append", "caller", "web_client"],
        description="what the person is in the source",
    )
    rooftop_id = rooftop_id()
    source_customer_id = dy.String(
        nullable=True, description="customer number at its issuer, leading zeros kept; issuer is rooftop or CRM"
    )
    name_raw = dy.String(nullable=True, description="name as delivered")
    first_name = dy.String(nullable=True, description="given name, standard form: lower case, no punctuation")
    middle_name = dy.String(nullable=True, description="middle name or initial, standard form")
    last_name = dy.String(nullable=True, description="family name, standard form")
    suffix = dy.String(nullable=True, description="generation: jr, sr, ii, iii, iv")
    is_business = dy.Bool(description="flagged as a business by the source or recognised as one by its name")
    emails_raw = dy.List(dy.String(), description="e-mail addresses as delivered")
    emails = dy.List(
        dy.String(), description="valid e-mail addresses, standard form, in the order delivered; placeholders removed"
    )
    phones_raw = dy.List(dy.String(), description="phones as delivered")
    phones = dy.List(dy.String(), description="valid phones, E.164, cell first; placeholders removed")
    address_raw = dy.String(nullable=True, description="street lines as delivered")
    address = dy.String(nullable=True, description="street line, USPS standard form, upper case")
    city = dy.String(nullable=True, description="city, upper case")
    state = dy.String(nullable=True, description="two-letter state, upper case")
    zip = dy.String(nullable=True, description="five-digit ZIP that exists; null where it does not")
    zip_raw = dy.String(nullable=True, description="postcode as delivered")
    is_address_valid = dy.Bool(description="street, ZIP and state are present and agree, or CASS says so")
    birth_date = dy.Date(nullable=True, description="date of birth where plausible (age 0 to 110)")
    email_hashes = dy.List(dy.String(), description="SHA-256 hex of e-mails delivered only as hashes")
    phone_hashes = dy.List(dy.String(), description="SHA-256 hex of phones delivered only as hashes")
    web_user_id = dy.String(nullable=True, description="the site's hashed login id, as in GA4 user_id")
    licence_id = dy.String(nullable=True, description="licence under which the record was bought; null for first-party records")
    permitted_channels = dy.List(
        dy.String(), nullable=True, description="channels the licence permits; null for first-party records"
    )
    licence_expires_on = dy.Date(nullable=True, description="last day on which the record may be used")
    dppa_basis = dy.String(nullable=True, description="permissible use declared by the seller, 18 USC 2721(b)")
    age_band = dy.String(nullable=True, description="age band as appended")
    income_band = dy.String(nullable=True, description="household income band as appended")
    life_events = dy.List(dy.String(), description="life events as appended, as event@YYYY-MM-DD")
    is_first_party = dy.Bool(description="collected by the group itself from the person")
    created_on = dy.Date(description="day on which the record was first taken in")
    updated_at = dy.Datetime(time_unit="us", description="newest file stamp that changed it, group time")
    last_seen_on = dy.Date(nullable=True, description="last activity that the source states, else the day of updated_at")


CONTACT_RECORD = Table(
    "contact_record",
    "records",
    ContactRecord,
    "Every mention of a person in any feed, in one schema: raw, standard and valid side by side.",
    limits=Limits(min_growth=0.9, max_null_share={"record_id": 0.0}),
)


class Transaction(dy.Schema):
    """One row per deal, repair order or appointment."""

    transaction_id = dy.String(primary_key=True, description="feed:rooftop dealer id|number")
    kind = dy.Enum(["sale", "lease", "service", "appointment"], description="what happened")
    status = dy.Enum(["open", "closed", "cancelled"], description="cancelled: unwound deal, voided order, cancelled appointment")
    rooftop_id = rooftop_id()
    number = dy.String(description="deal, repair order or appointment number, leading zeros kept")
    occurred_on = dy.Date(
        nullable=True,
        description="sale: contract, delivery or accounting date; service: close date, else open; appointment: its date",
    )
    opened_on = dy.Date(nullable=True, description="entry, open or creation date")
    record_id = record_id()
    co_record_id = dy.String(nullable=True, description="record of the co-buyer")
    vin = vin()
    condition = dy.Enum(["new", "used"], nullable=True, description="new or used at sale")
    sale_type = dy.Enum(["retail", "lease", "wholesale", "fleet", "internal"], nullable=True, description="who it was for")
    is_certified = dy.Bool(nullable=True, description="sale: sold as certified pre-owned, where the deal says so")
    odometer_miles = dy.Int64(nullable=True, description="miles at delivery or on the order")
    price = money("sale price or order total, customer and warranty and internal, US dollars")
    customer_pay = money("service: what the customer paid, US dollars")
    warranty_pay = money("service: what warranty paid, US dollars")
    internal_pay = money("service: internal charges, US dollars")
    gross = money("front plus back gross, or service sale less cost, US dollars")
    term_months = dy.Int64(nullable=True, description="loan or lease term, months")
    apr_percent = dy.Float64(nullable=True, description="annual percentage rate, percent")
    monthly_payment = money("monthly payment, US dollars")
    amount_financed = money("amount financed, US dollars")
    residual = money("lease residual, US dollars")
    balloon = money("sale: amount due with the last payment beside it, US dollars")
    allowed_miles = dy.Int64(nullable=True, description="lease allowance for the whole term, miles")
    first_payment_on = dy.Date(nullable=True, description="first payment date")
    matures_on = dy.Date(nullable=True, description="lease or loan: first payment (else contract) date plus term")
    in_service_on = dy.Date(nullable=True, description="date the vehicle was first put in service")
    contract_name = dy.String(nullable=True, description="first service contract sold with the deal")
    contract_expires_on = dy.Date(nullable=True, description="service contract: sale date plus its term")
    contract_miles = dy.Int64(nullable=True, description="service contract: miles of coverage")
    trade_vin = dy.String(nullable=True, description="VIN of the first vehicle traded in")
    trade_vin_2 = dy.String(nullable=True, description="VIN of the second vehicle traded in")
    trade_payoff = money("payoff on the trade, US dollars")
    op_codes = dy.List(dy.String(), description="service operation codes done")
    recommended_ops = dy.List(dy.String(), description="service operations recommended")
    op_texts = dy.List(dy.String(), description="service operations done, in words")
    recommended_texts = dy.List(dy.String(), description="service operations recommended, in words")
    updated_at = dy.Datetime(time_unit="us", description="newest file stamp that changed it, group time")


TRANSACTION = Table(
    "transaction",
    "records",
    Transaction,
    "Deals, repair orders and appointments of every rooftop in one schema.",
    limits=Limits(min_growth=0.9),
)


class Vehicle(dy.Schema):
    """One row per VIN ever seen, decoded offline; the VIN wins over what people typed."""

    vin = vin(key=True, nullable=False)
    is_vin_valid = dy.Bool(description="17 characters, known WMI and right check digit")
    invalid_reason = dy.String(nullable=True, description="length, characters, check digit or unknown WMI")
    year = dy.Int64(nullable=True, min=1900, max=2100, description="model year, from the VIN else as typed")
    make = make()
    model = model()
    body_style = body_style()
    trim = dy.String(nullable=True, description="trim, from the VIN else as typed")
    fuel = dy.String(nullable=True, description="primary fuel, from the VIN")
    in_service_on = dy.Date(nullable=True, description="earliest in-service date stated")
    is_decoded = dy.Bool(description="year, make and model come from the VIN")
    first_seen_on = dy.Date(description="day the VIN was first taken in")


VEHICLE = Table("vehicle", "records", Vehicle, "Every VIN ever seen, decoded offline.", is_personal=False)


class Touch(dy.Schema):
    """One thing that a person or device did, or that was done to them. Append-only; dt is the day it was taken in."""

    touch_id = dy.String(primary_key=True, description="feed and key of the event")
    occurred_at = utc("when it happened")
    feed = dy.String(description="feed it came from")
    kind = dy.String(description="vocabulary of schemas.vocabulary_touch.TOUCH_KINDS")
    record_id = record_id()
    rooftop_id = rooftop_id()
    session_id = dy.String(nullable=True, description="web session, user_pseudo_id.ga_session_id")
    vin = vin()
    year = dy.Int64(nullable=True, description="model year of the vehicle concerned")
    make = make()
    model = model()
    body_style = body_style()
    condition = dy.Enum(["new", "used"], nullable=True, description="new or used")
    price = money("price of the vehicle concerned, US dollars")
    department = dy.Enum(["sales", "service", "parts", "trade"], nullable=True, description="department concerned")
    source = dy.String(nullable=True, description="provider, campaign or channel")
    detail = dy.String(
        nullable=True, description="short context: page type, form name, call outcome, flow step; no personal data"
    )
    duration_seconds = dy.Int64(nullable=True, description="calls and media")
    is_ads_denied = dy.Bool(description="the device refused ads storage or sent GPC with this event")


TOUCH = Table(
    "touch",
    "records",
    Touch,
    "All behaviour in one schema: web, leads, calls, third-party sites, service visits, e-mail, exposures.",
    kind="log",
)


class ConsentEvent(dy.Schema):
    """One request or signal about consent, by identifier. Kept forever; deletions keep only hashes."""

    consent_id = dy.String(primary_key=True, description="feed and key of the request")
    kind = dy.Enum(
        ["opt_out_sharing", "gpc", "deletion", "do_not_call", "do_not_email", "do_not_mail", "opt_in", "email_undeliverable"],
        description="what was asked or signalled",
    )
    received_on = dy.Date(description="day it was received; in force from this day")
    email = dy.String(nullable=True, description="standard form")
    phone = dy.String(nullable=True, description="E.164")
    email_hash = dy.String(nullable=True, description="SHA-256 hex of the standard form")
    phone_hash = dy.String(nullable=True, description="SHA-256 hex of the E.164 number, for deletions")
    record_id = dy.String(nullable=True, description="record concerned, where the source names one")
    user_pseudo_id = dy.String(nullable=True, description="web client concerned")
    address_key = dy.String(nullable=True, description="street|zip, standard form")
    state = dy.String(nullable=True, description="state of residence, where stated")
    source = dy.String(description="feed or channel it came from")


CONSENT_EVENT = Table(
    "consent_event", "records", ConsentEvent, "Every opt-out, GPC signal, deletion and contact block, by identifier."
)


class VocabularyMatch(dy.Schema):
    """What a make or model was matched to, and how surely."""

    kind = dy.Enum(["make", "model"], primary_key=True, description="what was matched")
    context = dy.String(primary_key=True, description="for models: the make it was matched within; else empty")
    raw = dy.String(primary_key=True, description="as delivered, trimmed and lower case")
    matched = dy.String(nullable=True, description="the vocabulary's spelling; null below the threshold")
    score = dy.Float64(min=0, max=100, description="similarity 0 to 100")
    method = dy.Enum(["exact", "alias", "fuzzy", "none"], description="how it was matched")
    rows = dy.Int64(min=0, description="rows of the day that carried it")


VOCABULARY_MATCH = Table(
    "vocabulary_match",
    "records",
    VocabularyMatch,
    "Makes and models as typed, what they were matched to, and the score.",
    is_personal=False,
)
