"""Touches counted, in sessions, and left out: the compact state from which traits are computed day by day."""

import dataframely as dy

from schemas.contract import Table
from schemas.policy.scoring import ALL_EXCLUSION_RULES
from schemas.vocabulary import body_style, make, model, money, record_id, rooftop_id, utc, vin


class TouchDay(dy.Schema):
    """Touches of one record on one local day that concern the same thing, counted. Log: dt is the day they were taken in.

    A late event is a further row of its local day. Whoever reads it adds the rows up; there is no key.
    """

    record_id = record_id()
    local_day = dy.Date(description="day on which it happened, group time")
    feed = dy.String(description="feed it came from")
    kind = dy.String(description="vocabulary of schemas.vocabulary_touch.TOUCH_KINDS")
    source = dy.String(nullable=True, description="provider, campaign or channel")
    rooftop_id = rooftop_id()
    vin = vin()
    make = make()
    model = model()
    body_style = body_style()
    condition = dy.Enum(["new", "used"], nullable=True, description="new or used")
    price = money("price of the vehicle concerned, US dollars")
    touches = dy.Int64(min=1, description="how many")
    first_minute = dy.Int16(min=0, max=1439, description="minute of the local day of the first of them")
    last_minute = dy.Int16(min=0, max=1439, description="minute of the local day of the last of them")


class BusyMinute(dy.Schema):
    """The busiest minute of a web client's day, where it saw many vehicle pages in it: a sign of a machine. Log."""

    record_id = record_id(key=True)
    local_day = dy.Date(primary_key=True, description="day on which it happened, group time")
    vdp_views = dy.Int64(min=1, description="vehicle pages in the busiest minute, of those delivered together")


class Session(dy.Schema):
    """One visit of a web client, of the touches delivered together. Log: late touches of a visit are a further row of it."""

    record_id = record_id(key=True)
    session_id = dy.String(
        primary_key=True, description="the site's own, else the moment of the first touch after 30 minutes without one"
    )
    started_at = utc("first touch")
    ended_at = utc("last touch")
    local_day = dy.Date(description="day on which it began, group time")
    feed = dy.String(description="feed it came from")
    source = dy.String(nullable=True, description="traffic source or provider of the first touch that names one")
    rooftop_id = rooftop_id()
    touches = dy.Int64(min=1, description="touches in it")
    vdp_views = dy.Int64(min=0, description="vehicle pages in it, ours and third-party")


class TouchExclusion(dy.Schema):
    """A record whose touches do not count as shopping, and why."""

    record_id = record_id(key=True)
    reason = dy.Enum(list(ALL_EXCLUSION_RULES), description="the first rule that applies, in the order of policy scoring.yaml")
    touches = dy.Int64(min=0, description="touches of the record in the intent window, all kept out")
    largest = dy.Int64(
        nullable=True, description="touches of the busiest day, or vehicle pages of the busiest minute, where that is why"
    )


TOUCH_DAY = Table(
    "touch_day",
    "records",
    TouchDay,
    "Touches per record, local day and thing looked at: what the traits read instead of every touch.",
    kind="log",
)
BUSY_MINUTE = Table("busy_minute", "records", BusyMinute, "Web clients with many vehicle pages in a minute.", kind="log")
SESSION = Table("session", "records", Session, "Visits of web clients: begin, end, touches, vehicle pages, source.", kind="log")
TOUCH_EXCLUSION = Table(
    "touch_exclusion", "traits", TouchExclusion, "Records of machines and staff, each with the rule that keeps it out."
)
