"""Stage `exports`: what leaves the house, and what each platform should hold."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import person_id, segment

HASHED = "kind:value, normalised and hashed by the platform's own rules, plain for those who write or call; best first"


class Suppression(dy.Schema):
    """Why a person may not be addressed, per purpose. The gate reads this and fails closed."""

    person_id = person_id(key=True)
    purpose = dy.Enum(["ads", "email", "phone", "mail", "all"], primary_key=True, description="what is forbidden")
    reason = dy.String(
        primary_key=True,
        description="opt_out_sharing, gpc, do_not_email, do_not_call, do_not_mail, deletion, minor, email_undeliverable, "
        "source_opt_out",
    )
    since = dy.Date(description="day from which it is in force")
    source = dy.String(description="feed it came from")


class ExportMember(dy.Schema):
    """One member as sent to one platform: hashed identifiers; plain ones for the group's own e-mail, mail and call providers."""

    platform = dy.String(primary_key=True, description="platform, as its module in schemas/platforms")
    cell = dy.String(primary_key=True, description="neutral audience name at the platform")
    person_id = person_id(key=True)
    action = dy.Enum(["add", "refresh", "remove"], description="what the platform is asked to do")
    identifiers = dy.List(dy.String(), description=HASHED)
    withdrawn = dy.List(dy.String(), description="sent earlier, no longer the member's to send: the platform must drop them")
    segment = segment()
    basis = dy.String(nullable=True, description="basis on which the member is sent, or was; as in policy privacy.yaml")
    cause = dy.Enum(
        ["entered", "changed", "renewed", "left", "suppressed", "refused", "expired"], description="why the action is asked for"
    )


class Delivered(dy.Schema):
    """What each platform should hold after the day."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name at the platform")
    person_id = person_id(key=True)
    segment = segment()
    identifiers = dy.List(dy.String(), description="last sent, as " + HASHED + "; a removal must name them again")
    identifiers_hash = dy.UInt64(description="hash of the identifiers last sent")
    basis = dy.String(description="basis on which it was sent, as in policy privacy.yaml")
    since = dy.Date(description="day of the first send of the present stay")
    sent_on = dy.Date(description="day of the last send")
    expires_on = dy.Date(description="day on which the platform forgets the member unless refreshed")


class SharedWith(dy.Schema):
    """The ledger: whose data was shared with whom, for which purpose, on which basis."""

    person_id = person_id(key=True)
    recipient = dy.String(primary_key=True, description="platform or processor")
    cell = dy.String(primary_key=True, description="neutral audience name")
    action = dy.Enum(["add", "refresh", "remove"], primary_key=True, description="what was asked")
    batch_key = dy.String(primary_key=True, description="key of the body that told it, as in receipt; empty for uploads by hand")
    purpose = dy.String(description="purpose, as in policy privacy.yaml")
    basis = dy.String(description="consent basis, as in policy privacy.yaml")
    shared_on = dy.Date(description="day")
    shared_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="moment; null for uploads by hand")
    outcome = dy.Enum(
        ["made", "confirmed", "unknown", "rejected"],
        description="made: a file to upload by hand; confirmed, rejected: by the platform; unknown: it may have arrived",
    )


class GateRefusal(dy.Schema):
    """Members that the consent gate kept in the house, counted by cause."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name")
    cause = dy.String(primary_key=True, description="why")
    segment = segment()
    people = dy.Int64(min=0, description="people kept in the house")


SUPPRESSION = Table("suppression", "audiences", Suppression, "Why a person may not be addressed, per purpose.")
EXPORT_MEMBER = Table(
    "export_member", "exports", ExportMember, "The day's adds, refreshes and removals per platform, hashed.", kind="log"
)
DELIVERED = Table("delivered", "exports", Delivered, "What each platform should hold after the day.")
SHARED_WITH = Table("shared_with", "exports", SharedWith, "Whose data was shared with whom, why and on which basis.", kind="log")
GATE_REFUSAL = Table(
    "gate_refusal", "exports", GateRefusal, "Who the consent gate kept in the house, by cause.", is_personal=False
)
