"""Contacts that count against a budget, remembered for as long as a window of policy is open."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import person_id


class Contact(dy.Schema):
    """Somebody was reached, or sent, through a channel that policy channels.yaml limits."""

    person_id = person_id(key=True)
    channel = dy.String(primary_key=True, description="channel, as in policy channels.yaml")
    contact_id = dy.String(
        primary_key=True, description="the report, or our own sending; the same for all whom one letter reaches"
    )
    source = dy.Enum(["exposure", "email_status", "sent"], description="the feed that told it; sent: we know because we sent it")
    contacted_on = dy.Date(description="day of the contact")
    contacts = dy.Int64(min=0, description="how many: impressions of an exposure, else 1")


CONTACT = Table(
    "contact",
    "audiences",
    Contact,
    "Contacts in the windows of policy channels.yaml, per person and channel, as known on the day.",
)
