"""Stage `identity`, web clients: what they told about their users, where they were seen, and who they may belong to."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import body_style, household_id, person_id, record_id, rooftop_id

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
    first_on = dy.Date(description="first of those days")
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


class WebClient(dy.Schema):
    """What is known of a web client without asking who uses it."""

    record_id = record_id(key=True)
    device_category = dy.String(nullable=True, description="mobile, desktop or tablet, as most sessions say")
    zip = dy.String(nullable=True, description="ZIP from which most sessions came, by server-side tagging")
    rooftop_id = rooftop_id()
    make = dy.String(nullable=True, description="make looked at in most sessions, lower case")
    body_style = body_style()
    sessions = dy.Int64(min=1, description="sessions so far")
    first_seen_on = dy.Date(description="day of the first event, UTC")
    last_seen_on = dy.Date(description="day of the last event, UTC")


class WebNetwork(dy.Schema):
    """Over which networks a web client came. Only sites with server-side tagging tell."""

    record_id = record_id(key=True)
    ip_hash = dy.String(primary_key=True, description="keyed hash of the address, as the site sent it")
    days = dy.Int64(min=1, description="distinct days on which the client came over it")
    first_on = dy.Date(description="first of those days, UTC")
    last_on = dy.Date(description="last of those days, UTC")


class LooseLink(dy.Schema):
    """A person to whom a web client belongs by likelihood only. Weights are log2; they add up to total_bits."""

    record_id = record_id(key=True)
    person_id = person_id(key=True)
    household_id = household_id(nullable=True)
    posterior = dy.Float64(min=0, max=1, description="calibrated probability that the client is this person's")
    household_posterior = dy.Float64(min=0, max=1, description="calibrated probability that somebody of the household uses it")
    rule = dy.String(description="always web_session")
    tier = dy.Enum(["loose"], description="never better than loose")
    network_bits = dy.Float64(description="how few others share the network, and whether the person itself was seen on it")
    time_bits = dy.Float64(description="how close in time both were on the network")
    zip_bits = dy.Float64(description="ZIP of the client beside the person's")
    device_bits = dy.Float64(description="kind of device beside the devices the person is known to use")
    rooftop_bits = dy.Float64(description="site beside the rooftop the person deals with")
    interest_bits = dy.Float64(description="vehicles looked at beside those asked for or held")
    recency_bits = dy.Float64(description="sessions beside the days of leads, deals, calls and visits")
    total_bits = dy.Float64(description="sum of the weights")
    computed_on = dy.Date(description="day on which the model was learned that computed it")


class LooseModel(dy.Schema):
    """Parameters of the day's loose model: share of each level among true and among false pairs, and its calibration."""

    field = dy.String(primary_key=True, description="network, time, zip, device, rooftop, interest, recency or calibration")
    level = dy.String(primary_key=True, description="level of agreement, or name of a parameter of the calibration")
    m = dy.Float64(nullable=True, description="share among pairs of a client and its owner")
    u = dy.Float64(nullable=True, description="share among pairs of a client and somebody else")
    bits = dy.Float64(nullable=True, description="log2 of m over u")
    value = dy.Float64(nullable=True, description="value of a parameter of the calibration")
    pairs = dy.Int64(min=0, description="labelled pairs, or clients, it was learned from")
    trained_on = dy.Date(description="day on which it was learned; kept until it is learned anew")


WEB_CLIENT = Table("web_client", "identity", WebClient, "Each web client: device, place, site and interest, without its user.")
WEB_NETWORK = Table("web_network", "identity", WebNetwork, "Over which hashed networks each web client came, and when.")
LOOSE_LINK = Table(
    "loose_link",
    "identity",
    LooseLink,
    "People to whom anonymous web clients probably belong; for display and on site only.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
LOOSE_MODEL = Table(
    "loose_model", "identity", LooseModel, "What the loose model learned from clients whose owner is known.", is_personal=False
)
WEB_EVIDENCE = Table("web_evidence", "identity", WebEvidence, "What each web client told about its user: logins, forms, leads.")
WEB_ATTACHMENT = Table(
    "web_attachment", "identity", WebAttachment, "Which web clients are tied to a person by evidence, and why others are not."
)
