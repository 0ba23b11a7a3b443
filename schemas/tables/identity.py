"""Stage `identity`: who is who, who lives together, and which vehicles they hold."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import body_style, household_id, make, model, person_id, record_id, rooftop_id, vin


class Edge(dy.Schema):
    """A reason to believe that two records are one person, or must not be."""

    left_record_id = dy.String(primary_key=True, description="the smaller record id")
    right_record_id = dy.String(primary_key=True, description="the larger record id")
    rule = dy.String(primary_key=True, description="rule of the identity model that made the edge")
    kind = dy.Enum(["matched", "must_link", "must_not_link", "household"], description="one person, one household, or an order")
    tier = dy.Enum(["exact", "strict", "loose"], description="how sure the rule is")
    weight = dy.Float64(nullable=True, description="log2 likelihood ratio of one person against strangers; null where not scored")
    match = dy.Float64(nullable=True, description="posterior of one person")
    household = dy.Float64(nullable=True, description="posterior of one household and two persons")
    model_version = dy.String(nullable=True, description="version of the model that scored it")


class Member(dy.Schema):
    """Which person a record belongs to."""

    record_id = record_id(key=True)
    person_id = person_id()
    tier = dy.Enum(["exact", "strict", "loose"], description="confidence of this record in its person")
    rule = dy.String(description="the strongest rule that holds the record in its person; created where it is alone")
    since = dy.Date(description="day since which the record belongs to this person")


class Person(dy.Schema):
    """One resolved person with the surviving value of each field."""

    person_id = person_id(key=True)
    household_id = household_id()
    created_on = dy.Date(description="day the person was first known")
    records = dy.Int64(min=1, description="number of source records")
    first_name = dy.String(nullable=True, description="surviving given name, standard form")
    last_name = dy.String(nullable=True, description="surviving family name, standard form")
    suffix = dy.String(nullable=True, description="generation")
    email = dy.String(nullable=True, description="surviving e-mail, standard form")
    phone = dy.String(nullable=True, description="surviving phone, E.164")
    address = dy.String(nullable=True, description="surviving street line")
    city = dy.String(nullable=True, description="surviving city")
    state = dy.String(nullable=True, description="surviving state")
    zip = dy.String(nullable=True, description="surviving five-digit ZIP")
    birth_date = dy.Date(nullable=True, description="surviving date of birth")
    age_band = dy.String(nullable=True, description="appended age band")
    income_band = dy.String(nullable=True, description="appended household income band")
    life_events = dy.List(dy.String(), description="appended life events, as event@YYYY-MM-DD")
    is_business = dy.Bool(description="a business, by any of its records")
    is_staff = dy.Bool(description="has an own e-mail address at a domain of the group itself")
    is_first_party = dy.Bool(description="at least one record was collected by the group itself")
    is_web_only = dy.Bool(description="nothing but web clients are known")
    customer_since = dy.Date(nullable=True, description="first deal or repair order here")
    last_seen_on = dy.Date(nullable=True, description="last activity in any record")


class PersonIdentifier(dy.Schema):
    """Every identifier of a person that an export could use, with its provenance."""

    person_id = person_id(key=True)
    kind = dy.Enum(
        ["email", "phone", "address", "web_client", "email_hash", "phone_hash"],
        primary_key=True,
        description="kind of identifier",
    )
    value = dy.String(primary_key=True, description="standard form; address as street|city|state|zip")
    is_first_party = dy.Bool(description="the group itself collected it")
    licence_id = dy.String(nullable=True, description="licence where it was only bought")
    permitted_channels = dy.List(dy.String(), nullable=True, description="channels of the licence where it was only bought")
    licence_expires_on = dy.Date(nullable=True, description="last day of the licence where it was only bought")
    tier = dy.Enum(["exact", "strict", "loose"], description="best tier of the records that carry it")
    standing = dy.Enum(
        ["verified", "unknown", "undeliverable"],
        description="verified: mail arrived, a call came from it, it is a valid address; undeliverable: bounced or complained of",
    )
    rank = dy.Int64(min=1, description="1 is best: deliverable, own, then as policy prefers")
    last_seen_on = dy.Date(nullable=True, description="last time a record carried it")
    own_last_seen_on = dy.Date(nullable=True, description="last time a record of our own carried it")


class Household(dy.Schema):
    """People who live together, by address with a family name, a private phone or e-mail, a deal, or few families there."""

    household_id = household_id(key=True)
    people = dy.Int64(min=1, description="number of persons")
    address_key = dy.String(nullable=True, description="street|zip, standard form")
    zip = dy.String(nullable=True, description="five-digit ZIP")
    created_on = dy.Date(description="day the household was first known")


class IdEvent(dy.Schema):
    """What happened to person ids on the day."""

    event_id = dy.String(primary_key=True, description="keyed hash of kind, persons and day")
    kind = dy.Enum(["create", "absorb", "merge", "split", "move", "retire", "manual"], description="what happened")
    person_id = person_id()
    other_person_id = dy.String(nullable=True, description="the person absorbed, split from or moved from")
    record_id = dy.String(nullable=True, description="the record that moved, where one did")
    on_day = dy.Date(description="day of the event")
    rule = dy.String(nullable=True, description="rule of the edge that caused it")
    left_record_id = dy.String(nullable=True, description="smaller end of the edge that caused it")
    right_record_id = dy.String(nullable=True, description="larger end of the edge that caused it")


class SharedIdentifier(dy.Schema):
    """An identifier on too many records to identify anybody; for the steward."""

    kind = dy.Enum(
        ["email", "phone", "customer", "address", "web_client", "vin"], primary_key=True, description="kind of identifier"
    )
    value = dy.String(primary_key=True, description="standard form")
    records = dy.Int64(min=1, description="records that carry it")
    names = dy.Int64(min=0, description="distinct names among them")
    reason = dy.Enum(["fan_out", "group_owned", "placeholder"], description="why it is not used")


UNTIL_REASONS = ["traded_in", "sold_to_other", "lease_returned", "registered_elsewhere", "serviced_by_other", "in_stock"]


class Garage(dy.Schema):
    """Which vehicle a person held or holds, and how likely they still do."""

    person_id = person_id(key=True)
    vin = vin(key=True, nullable=False)
    household_id = household_id()
    relation = dy.Enum(["bought", "leased", "serviced", "listed", "stated"], description="strongest evidence of holding it")
    rooftop_id = rooftop_id()
    since = dy.Date(nullable=True, description="first evidence")
    last_evidence_on = dy.Date(nullable=True, description="last evidence")
    until = dy.Date(nullable=True, description="day it is known to be gone")
    until_reason = dy.Enum(UNTIL_REASONS, nullable=True, description="why it is gone")
    is_current = dy.Bool(description="believed to be held on the day")
    probability = dy.Float64(min=0, max=1, description="probability that it is still held")
    owner_number = dy.Int64(nullable=True, min=1, description="1 for the first owner, where known")
    year = dy.Int64(nullable=True, description="model year")
    make = make()
    model = model()
    body_style = body_style()
    is_own_brand = dy.Bool(description="the make is one that the group sells new")
    in_service_on = dy.Date(nullable=True, description="in-service date, stated or derived from first sale")
    odometer_miles = dy.Int64(nullable=True, description="last plausible reading, miles")
    odometer_on = dy.Date(nullable=True, description="day of that reading")
    miles_per_day = dy.Float64(nullable=True, description="slope of plausible readings, miles a day")
    licence_id = dy.String(nullable=True, description="licence where the holding is known only from a bought list")


class HouseholdGarage(dy.Schema):
    """Which vehicle a household held or holds, each VIN once however many of its members are known with it."""

    household_id = household_id(key=True)
    vin = vin(key=True, nullable=False)
    person_id = person_id()  # the member who holds it likeliest
    holders = dy.Int64(min=1, description="members known with the vehicle, now or before")
    relation = dy.Enum(
        ["bought", "leased", "serviced", "listed", "stated"], description="that member's strongest evidence of holding it"
    )
    rooftop_id = rooftop_id()
    since = dy.Date(nullable=True, description="first evidence of any member")
    last_evidence_on = dy.Date(nullable=True, description="last evidence of any member")
    until = dy.Date(nullable=True, description="day it is known to have left the last member")
    until_reason = dy.Enum(UNTIL_REASONS, nullable=True, description="why it is gone")
    is_current = dy.Bool(description="believed to be in the household on the day")
    probability = dy.Float64(min=0, max=1, description="probability that the household still holds it")
    year = dy.Int64(nullable=True, description="model year")
    make = make()
    model = model()
    body_style = body_style()
    is_own_brand = dy.Bool(description="the make is one that the group sells new")
    licence_id = dy.String(nullable=True, description="licence where the holding is known only from a bought list")


EDGE = Table("edge", "identity", Edge, "Why two records are one person, or must not be.")
MEMBER = Table("member", "identity", Member, "Which person each record belongs to.", limits=Limits(min_growth=0.9))
PERSON = Table("person", "identity", Person, "One row per resolved person with surviving values.", limits=Limits(min_growth=0.9))
PERSON_IDENTIFIER = Table(
    "person_identifier",
    "identity",
    PersonIdentifier,
    "Every usable identifier of a person with provenance and licence.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
HOUSEHOLD = Table("household", "identity", Household, "Who lives together.")
ID_EVENT = Table(
    "id_event", "identity", IdEvent, "What happened to person ids on the day, with the rule that caused it.", kind="log"
)
SHARED_IDENTIFIER = Table(
    "shared_identifier", "identity", SharedIdentifier, "Identifiers on too many records to identify anybody."
)
GARAGE = Table(
    "garage",
    "identity",
    Garage,
    "Which vehicles each person holds, and how likely they still do.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
HOUSEHOLD_GARAGE = Table(
    "household_garage",
    "identity",
    HouseholdGarage,
    "Which vehicles each household holds, each counted once, and how likely it still does.",
    limits=Limits(references={"household_id": "household.household_id", "person_id": "person.person_id"}),
)
