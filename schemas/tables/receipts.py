"""What platforms answered: of each body, of each member, and how many members they say that they hold."""

import dataframely as dy

from schemas.contract import Table
from schemas.tables.exports import Delivered
from schemas.vocabulary import person_id, segment

DELIVERY = "delivery: day of the exports, platform and number"


class Receipt(dy.Schema):
    """One body that was planned for a platform, and what became of it. No person is named."""

    delivery = dy.String(primary_key=True, description=DELIVERY)
    sequence = dy.Int64(primary_key=True, min=1, description="place in the order of sending")
    batch_key = dy.String(description="key of the body for good: place and content")
    platform = dy.String(description="platform")
    cell = dy.String(description="neutral audience name; empty for the manifest")
    operation = dy.Enum(["add", "refresh", "remove", "replace", "manifest"], description="what the body asks")
    is_urgent = dy.Bool(description="it withdraws people who may not be addressed any more")
    day = dy.Date(description="day of the exports")
    status = dy.Enum(["delivered", "set_aside", "refused"], description="set_aside: not known to have arrived, may be sent again")
    is_unknown = dy.Bool(description="it may have arrived all the same: an answer was lost")
    reason = dy.String(nullable=True, description="why it was not delivered")
    request_id = dy.String(nullable=True, description="the platform's own id of the request")
    members = dy.Int64(min=0, description="people of whom it speaks")
    accepted = dy.Int64(min=0, description="people whom the platform took, as far as it names those it did not")
    rejected = dy.Int64(min=0, description="people whom the platform named and did not take")
    unnamed = dy.Int64(min=0, description="rows that the platform left out without saying whose")
    attempts = dy.Int64(min=0, description="attempts")
    bytes = dy.Int64(min=0, description="bytes of the body")
    sent_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="moment of the last answer or attempt")


class ReceiptMember(dy.Schema):
    """What a platform did with a member. Who is not here was not told: no body of theirs arrived."""

    delivery = dy.String(primary_key=True, description=DELIVERY)
    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name")
    person_id = person_id(key=True)
    side = dy.Enum(["hold", "drop"], primary_key=True, description="hold: told to hold the member; drop: told to drop them")
    outcome = dy.Enum(["confirmed", "unknown", "rejected"], description="unknown: it may have arrived; the answer was lost")
    reason = dy.String(nullable=True, description="the platform's code, where it rejected the member")
    batch_key = dy.String(nullable=True, description="the body's key; null where nothing was left to name")
    answered_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="moment of the answer")
    day = dy.Date(description="day of the exports")
    action = dy.Enum(["add", "refresh", "remove", "replace"], description="what was asked")
    cause = dy.String(description="why it was asked")
    segment = segment()
    recipient = dy.String(description="recipient, as in the platform's declaration")
    purpose = dy.String(description="purpose, as in policy privacy.yaml")
    basis = dy.String(description="consent basis on which the member was sent")
    identifiers = dy.List(dy.String(), description="what was sent, as in export_member")
    withdrawn = dy.List(dy.String(), description="what the platform was to drop of a member whom it keeps")
    since = dy.Date(nullable=True, description="day of the first send of the stay")
    sent_on = dy.Date(nullable=True, description="day of the send")
    expires_on = dy.Date(nullable=True, description="day on which the platform forgets the member")


class Drift(dy.Schema):
    """How many members a platform says that it holds, against how many it should after the delivery."""

    delivery = dy.String(primary_key=True, description=DELIVERY)
    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name")
    day = dy.Date(description="day of the exports")
    reported = dy.Int64(min=0, description="members by the platform's own count")
    expected = dy.Int64(min=0, description="members by ours")


class Held(Delivered):
    """What each platform holds when the day begins, by receipts where we deliver. An ended stay: perhaps there, perhaps not."""


class DeadLetter(dy.Schema):
    """A member whom a platform rejected when they were sent last."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name")
    person_id = person_id(key=True)
    reason = dy.String(nullable=True, description="the platform's own code")
    identifiers_hash = dy.UInt64(description="hash of the identifiers that were rejected; with others the member is sent anew")
    tries = dy.Int64(min=1, description="days on which the member was sent as they are")
    first_on = dy.Date(description="first of those days")
    last_on = dy.Date(description="last of those days")
    is_set_aside = dy.Bool(description="sent no more, as policy's rejected_days says")


class DeliveryWay(dy.Schema):
    """How each platform gets what the day asks of it."""

    platform = dy.String(primary_key=True, description="platform of policy channels.yaml")
    way = dy.Enum(["receipts", "hand"], description="receipts: we deliver, and believe receipts; hand: people upload the files")


RECEIPT = Table("receipt", "sources", Receipt, "What became of each body that was planned.", kind="log", is_personal=False)
RECEIPT_MEMBER = Table(
    "receipt_member", "sources", ReceiptMember, "What platforms did with each member of whom they were told.", kind="log"
)
DRIFT = Table("drift", "sources", Drift, "Members by the platform's count against ours.", kind="log", is_personal=False)
HELD = Table("held", "audiences", Held, "What each platform holds when the day begins.")
DEAD_LETTER = Table("dead_letter", "audiences", DeadLetter, "Members whom a platform rejects, and for how long they are asked.")
DELIVERY_WAY = Table("delivery_way", "audiences", DeliveryWay, "How each platform gets what it is asked.", is_personal=False)
