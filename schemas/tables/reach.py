"""Stage `exports`: how many of each cell a platform could find, against its minimum and the plan; how often they saw us."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import segment


class Reach(dy.Schema):
    """What a platform could find of a cell. Counted before anything is sent, whether the platform is switched on or not."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name, before pooling")
    segment = segment()
    members = dy.Int64(min=0, description="people of the audience, with and without leave to go there")
    allowed = dy.Int64(min=0, description="of these, whom the consent gate, the plan and the arm let go there")
    matchable = dy.Int64(min=0, description="of these, with an identifier that the platform takes and that may be sent")
    with_email = dy.Int64(min=0, description="of the matchable, with an e-mail")
    with_phone = dy.Int64(min=0, description="of the matchable, with a phone")
    with_address = dy.Int64(min=0, description="of the matchable, with an address, or name and ZIP, that the platform takes")
    with_two_kinds = dy.Int64(min=0, description="of the matchable, with two or more of e-mail, phone and address")
    match_low = dy.Float64(min=0, max=1, description="share of the matchable whom the platform finds, low end")
    match_high = dy.Float64(min=0, max=1, description="the same, high end")
    match_source = dy.String(description="where the shares come from")
    matched_low = dy.Int64(min=0, description="people whom it finds, low end, rounded down")
    matched_high = dy.Int64(min=0, description="people whom it finds, high end, rounded up")
    sent_as = dy.String(
        nullable=True, description="the list that the cell is pooled into, see pool_small_cells_by; null: its own"
    )
    sent_people = dy.Int64(min=0, description="matchable people of the list that the cell goes in")
    minimum = dy.Int64(min=0, description="people below which the list is not sent, policy channels.yaml min_members")
    served_minimum = dy.Int64(min=0, description="found people below which the platform does not serve a list; 0: it names none")
    is_enough = dy.Bool(description="it is sent, and at the low end of the share the platform serves it")
    verdict = dy.Enum(
        ["enough", "uncertain", "too_small", "not_sent", "nobody"],
        description="uncertain: it depends on the share found; not_sent: below minimum; nobody: nobody may go",
    )
    short_people = dy.Int64(min=0, description="matchable people that are missing until is_enough")
    says = dy.String(description="why it is too small, and what would mend it; empty where it is enough")


class ReachTarget(dy.Schema):
    """What a platform could find of all whom a segment's rules mean, beside the plan's target."""

    platform = dy.String(primary_key=True, description="platform")
    segment = segment(key=True)
    universe = dy.Int64(min=0, description="people who meet the rules of the segment's audiences and are not excluded by them")
    members = dy.Int64(min=0, description="of these, members with a channel")
    matchable = dy.Int64(min=0, description="of these, matchable at the platform in a cell that is sent")
    matched_low = dy.Int64(min=0, description="people whom it finds, low end")
    matched_high = dy.Int64(min=0, description="people whom it finds, high end")
    share_low = dy.Float64(nullable=True, min=0, description="matched_low of the universe; null: nobody is meant")
    share_high = dy.Float64(nullable=True, min=0, description="matched_high of the universe")
    target_low = dy.Float64(nullable=True, description="target of plan.yaml, low end; null: it has none")
    target_high = dy.Float64(nullable=True, description="the same, high end")
    verdict = dy.Enum(["met", "possible", "missed", "no_target"], description="possible: met at the high end of the share found")
    says = dy.String(description="what is missing, and where people are lost")


class ReachFrequency(dy.Schema):
    """How often the people of a cell saw an advertisement in 365 days, where platforms report it per person."""

    cell = dy.String(primary_key=True, description="campaign, as campaign_exposures names it")
    channel = dy.String(primary_key=True, description="channel of the advertisement")
    people = dy.Int64(min=0, description="people who saw one")
    contacts = dy.Int64(min=0, description="advertisements that they saw, one a day and campaign")
    contacts_per_person = dy.Float64(min=0, description="contacts over people")
    people_three_times = dy.Int64(min=0, description="people who saw at least as many as the plan's target")
    target_contacts = dy.Float64(nullable=True, description="contacts per person and year of plan.yaml; null: it has none")
    is_met = dy.Bool(description="contacts_per_person is at least the target; true where there is none")


REACH = Table(
    "reach", "exports", Reach, "How many of each cell each platform could find, against its minimum.", is_personal=False
)
REACH_TARGET = Table(
    "reach_target",
    "exports",
    ReachTarget,
    "How many of all who are meant each platform could find, against the plan.",
    is_personal=False,
)
REACH_FREQUENCY = Table(
    "reach_frequency",
    "exports",
    ReachFrequency,
    "How often people saw each campaign in a year, against the plan.",
    is_personal=False,
)
