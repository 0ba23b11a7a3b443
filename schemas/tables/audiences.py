"""Stage `audiences`: who is in which list, why, and why somebody left."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import brand, household_id, market, person_id, rooftop_id, segment

# data: something new is known; decay: only the day moved on; expiry: a trigger or licence ran out; consent: a privacy request;
# rule: the policy changed; identity: records are of another person; arbitration: another audience won or lost.
CHANGE_CAUSES = ("data", "rule", "identity", "decay", "consent", "arbitration", "expiry")

REASON = dy.Struct(
    {
        "rule": dy.String(description="name of the condition in policy"),
        "sentence": dy.String(description="the reason in words with figures"),
        "since": dy.Date(nullable=True, description="day since which it holds without a break"),
        "evidence": dy.String(nullable=True, description="columns that it names and what they hold; nothing personal"),
    }
)


class Eligibility(dy.Schema):
    """Everybody who meets an audience's rules, before exclusions and arbitration decide; losers keep their cause."""

    audience = dy.String(primary_key=True, description="name of the audience in policy")
    person_id = person_id(key=True)
    brand = brand(key=True, nullable=False)
    outcome = dy.Enum(
        ["member", "excluded", "lost"],
        description="member: holds a channel, or is the person's first audience; lost: arbitration left it no channel",
    )
    cause = dy.String(nullable=True, description="exclusion or arbitration rule that decided; null for members")
    winner = dy.String(nullable=True, description="audience that won, where one did")


class AudienceMember(dy.Schema):
    """One row per member and cell: the published audience."""

    audience = dy.String(primary_key=True, description="name of the audience in policy")
    person_id = person_id(key=True)
    household_id = household_id()
    segment = segment()
    cell = dy.String(description="neutral export name, such as VAG_CQ_LUX_M1")
    brand = brand()
    market = market()
    rooftop_id = rooftop_id()
    reasons = dy.List(REASON, description="every condition that holds: rule, sentence with figures, since when, evidence")
    score = dy.Float64(nullable=True, description="the audience's own score, as its policy says")
    tier = dy.Enum(["hot", "warm", "cold"], nullable=True, description="tier of the score, where the audience has one")
    identity_tier = dy.Enum(["exact", "strict", "loose"], description="weakest tier of the records that make the person known")
    arm = dy.String(description="treatment, or the hold-out that keeps the person from being addressed")
    channels = dy.List(dy.String(), description="channels through which this audience alone may address the member")
    message = dy.String(nullable=True, description="message theme from policy plan.yaml")
    is_first_party = dy.Bool(description="at least one record was collected by the group itself")
    licence_id = dy.String(nullable=True, description="licence, where the person is known only from a bought list")
    entered_on = dy.Date(description="day of entry of the present stay")
    expires_on = dy.Date(nullable=True, description="last day of the stay unless renewed")
    policy_hash = dy.String(description="hash of the policy that judged")


class ChannelLoss(dy.Schema):
    """A channel that somebody met an audience's rules for, was not excluded from, and does not get through this audience."""

    audience = dy.String(primary_key=True, description="name of the audience in policy")
    person_id = person_id(key=True)
    brand = brand(key=True, nullable=False)
    channel = dy.String(primary_key=True, description="channel that the audience plans for the brand")
    cause = dy.String(description="rule that decided; see docs/arbitration.md")
    winner = dy.String(nullable=True, description="audience that has the channel, or the person, where one does")
    winner_brand = dy.String(nullable=True, description="own brand for which it has them")
    winner_rooftop_id = dy.String(nullable=True, description="rooftop of the winner; with rooftop_capacity the one that is full")
    winner_person_id = dy.String(nullable=True, description="who of the household has the channel, where another person does")


class MembershipChange(dy.Schema):
    """Who entered and who left on the day, and why."""

    audience = dy.String(primary_key=True, description="name of the audience in policy")
    person_id = person_id(key=True)
    change = dy.Enum(["enter", "leave"], primary_key=True, description="direction")
    cell = dy.String(nullable=True, description="cell entered or left")
    cause = dy.Enum(list(CHANGE_CAUSES), description="what made the difference; see docs/history.md")
    rule = dy.String(nullable=True, description="condition, exclusion or rule of arbitration that turned, as policy names it")
    trait = dy.String(nullable=True, description="column of candidate that turned it; the first that differs")
    before = dy.String(nullable=True, description="figures that the rule looks at, on the day before; nothing personal")
    after = dy.String(nullable=True, description="the same figures on the day")
    winner = dy.String(nullable=True, description="arbitration: audience that has the person, or had, on the other day")
    other_person_id = dy.String(nullable=True, description="identity: id that lives on, or that the records came from")


class Overlap(dy.Schema):
    """How many people two audiences would share before arbitration."""

    left_audience = dy.String(primary_key=True, description="audience")
    right_audience = dy.String(primary_key=True, description="another audience, later in the alphabet")
    people = dy.Int64(min=0, description="people eligible for both")


ELIGIBILITY = Table(
    "eligibility", "audiences", Eligibility, "Who met which rules, and what exclusions and arbitration made of it."
)
MEMBERSHIP = Table("membership", "audiences", AudienceMember, "All members of all audiences, after arbitration.")
CHANNEL_LOSS = Table("channel_loss", "audiences", ChannelLoss, "Channels that arbitration took, with the rule and the winner.")
AUDIENCE_CONQUEST = Table(
    "audience_conquest",
    "audiences",
    AudienceMember,
    "Published: owners of competitor makes near a rooftop. Awareness.",
    limits=Limits(min_growth=0.5, max_growth=2.0),
)
AUDIENCE_IN_MARKET = Table(
    "audience_in_market",
    "audiences",
    AudienceMember,
    "Published: people shopping now. Leads.",
    limits=Limits(min_growth=0.5, max_growth=2.0),
)
AUDIENCE_LOYALTY = Table(
    "audience_loyalty",
    "audiences",
    AudienceMember,
    "Published: customers with a moment. Retention.",
    limits=Limits(min_growth=0.5, max_growth=2.0),
)
MEMBERSHIP_CHANGE = Table(
    "membership_change", "audiences", MembershipChange, "Entries and exits of the day with their cause.", kind="log"
)
OVERLAP = Table(
    "overlap", "audiences", Overlap, "People eligible for two audiences at once, before arbitration.", is_personal=False
)
