"""Stage `identity`, web clients: what they told about their users, where they were seen, and who they may belong to."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import record_id

EVIDENCE_KINDS = ("login", "lead", "click", "call", "form")


class WebEvidence(dy.Schema):
    """One thing that a web client told about its user."""

    record_id = record_id(key=True)
    kind = dy.Enum(
        list(EVIDENCE_KINDS),
        primary_key=True,
        description="login; lead or call of this client; click in an e-mail; form with an e-mail",
    )
    value = dy.String(
        primary_key=True,
        description="web_user_id of a login; SHA-256 hex of the e-mail of a form or click; record_id of a lead or call",
    )
    days = dy.Int64(min=1, description="distinct days on which it was seen")
    last_on = dy.Date(description="last of those days")


class WebAttachment(dy.Schema):
    """What became of a web client that told something about its user."""

    record_id = record_id(key=True)
    outcome = dy.Enum(
        ["attached", "ambiguous", "shared_device", "own_network", "unknown"],
        description="attached to a person; several people; a device of many; a device of the rooftop; nobody we know",
    )
    person_id = dy.String(nullable=True, description="the person it is attached to")
    rule = dy.String(nullable=True, description="strongest kind of evidence for that person")
    people = dy.Int64(min=0, description="people it can mean; unknown logins and e-mails count as people")
    points = dy.Int64(min=0, description="points of evidence for the likeliest person")
    other_points = dy.Int64(min=0, description="points of evidence that cannot mean that person")


WEB_EVIDENCE = Table("web_evidence", "identity", WebEvidence, "What each web client told about its user: logins, forms, leads.")
WEB_ATTACHMENT = Table(
    "web_attachment", "identity", WebAttachment, "Which web clients are tied to a person by evidence, and why others are not."
)
