"""Stage `records`, touches counted: the compact state from which traits are computed day by day."""

import dataframely as dy

from schemas.contract import Table
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
    first_at = utc("the first of them")
    last_at = utc("the last of them")


TOUCH_DAY = Table(
    "touch_day",
    "records",
    TouchDay,
    "Touches per record, local day and thing looked at: what the traits read instead of every touch.",
    kind="log",
)
