"""Stage `identity`: what one day's resolution leaves for the next, and how healthy it is. Of no use to an audience."""

import dataframely as dy

from schemas.contract import GuardRail, Table
from schemas.vocabulary import record_id


class IdentityProfile(dy.Schema):
    """A distinct thing that records say of somebody, and the cluster of such that is one person."""

    profile_id = dy.String(primary_key=True, description="hash of what the records say; a new text is a new profile")
    cluster_id = dy.String(description="cluster of profiles that are one person; inner to the engine, not a person id")
    created_on = dy.Date(description="day the cluster was first known")
    tier = dy.Enum(["exact", "strict", "loose"], description="confidence of the profile in its cluster")
    rule = dy.String(description="rule that met the strongest edge that holds it; created where it is alone")


class IdentityRecord(dy.Schema):
    """Which profile a record is."""

    record_id = record_id(key=True)
    profile_id = dy.String(description="the profile that says what the record says")


class ProfileEdge(dy.Schema):
    """A pair of profiles that is one person, one household, or was ordered by a steward."""

    left_record_id = dy.String(primary_key=True, description="the smaller profile id")
    right_record_id = dy.String(primary_key=True, description="the larger profile id")
    rule = dy.String(primary_key=True, description="first blocking rule that met the pair; steward for an order")
    kind = dy.Enum(["matched", "must_link", "must_not_link", "household"], primary_key=True, description="what the pair is")
    tier = dy.Enum(["exact", "strict", "loose"], description="how sure it is")
    weight = dy.Float64(nullable=True, description="log2 likelihood ratio of one person against strangers; null for an order")
    match = dy.Float64(nullable=True, description="posterior of one person")
    household = dy.Float64(nullable=True, description="posterior of one household and two persons")
    levels = dy.List(dy.Int8(), nullable=True, description="level of each field, in the order of the model; 127 where unknown")


class IdentityParameter(dy.Schema):
    """What the model in force learned of each level of each field."""

    place = dy.Int64(primary_key=True, min=0, description="order of the rows: fields as in the model, levels from the closest")
    field = dy.String(description="field of the model; (prior) for the shares of the classes")
    level = dy.Int64(description="number of the level, 0 the closest")
    label = dy.String(description="the level in words")
    match = dy.Float64(description="share of the level among pairs of one person; for (prior) the share of the class")
    household_1 = dy.Float64(nullable=True, description="share among pairs of a household that shares all")
    household_2 = dy.Float64(nullable=True, description="share among pairs of a household that shares some")
    random = dy.Float64(nullable=True, description="share among strangers")
    match_bits = dy.Float64(nullable=True, description="log2 of match over random")
    mean_share = dy.Float64(nullable=True, description="mean share of records per value of the band, for exact levels")
    least_share = dy.Float64(nullable=True, description="share of a value that one record holds")
    seen_share = dy.Float64(nullable=True, description="share of the level among pairs compared when the model was learned")
    model_version = dy.String(description="hash of the model file and of what was learned")
    learned_on = dy.Date(description="day on which the model was learned; frozen until it is learned again")


class IdentityValueShare(dy.Schema):
    """How common each value is, as the model in force learned it. Values are hashed."""

    field = dy.String(primary_key=True, description="field of the model")
    value_hash = dy.UInt64(primary_key=True, description="hash of the standard form")
    share = dy.Float64(min=0, max=1, description="share of profiles that hold it")


class IdentityRule(dy.Schema):
    """The blocking rules in force, and how much they do."""

    place = dy.Int64(primary_key=True, min=0, description="order of the rule")
    rule = dy.String(description="as written in the model file")
    pairs = dy.Int64(min=0, description="pairs that it made on the day")
    dropped = dy.Int64(min=0, description="values on more profiles than the cap")


class DroppedBlock(dy.Schema):
    """A value on too many profiles to be a key, for the steward; shown by one profile that holds it."""

    rule = dy.String(primary_key=True, description="blocking rule")
    record_id = dy.String(primary_key=True, description="a profile that holds the value")
    records = dy.Int64(min=1, description="profiles that hold it")


class IdentityHealth(dy.Schema):
    """Guard rails of the day's resolution."""

    metric = dy.String(primary_key=True, description="what is measured")
    value = dy.Float64(description="its value on the day")
    limit = dy.Float64(nullable=True, description="the policy's limit; null where nothing is limited")
    is_within = dy.Bool(description="whether the value keeps to the limit")
    is_blocking = dy.Bool(description="whether the policy lets no day be published that breaks the limit")


class RetiredPerson(dy.Schema):
    """A person id that is no more, and the living person that it means now."""

    retired_person_id = dy.String(primary_key=True, description="the id that is no more")
    person_id = dy.String(nullable=True, description="the living person it was retired into, through all chains; null: nobody")
    retired_on = dy.Date(description="day it was retired")
    rule = dy.String(nullable=True, description="rule of the edge that caused it")


IDENTITY_RECORD = Table("identity_record", "identity", IdentityRecord, "Which profile each record is.")
IDENTITY_PROFILE = Table(
    "identity_profile", "identity", IdentityProfile, "Distinct profiles of people, and the engine's clusters."
)
PROFILE_EDGE = Table("profile_edge", "identity", ProfileEdge, "Scored pairs of profiles with their weights and posteriors.")
IDENTITY_PARAMETER = Table("identity_parameter", "identity", IdentityParameter, "What the model of identity in force learned.")
IDENTITY_VALUE_SHARE = Table("identity_value_share", "identity", IdentityValueShare, "How common values are, hashed.")
IDENTITY_RULE = Table("identity_rule", "identity", IdentityRule, "The blocking rules in force.")
DROPPED_BLOCK = Table("dropped_block", "identity", DroppedBlock, "Values on too many profiles to be keys.")
_OF_MEMBER = {
    "dropped_blocks": "Values on too many profiles to be keys: numbers of the house, dummies. Table dropped_block lists them.",
    "largest_person_records": "Records of the largest person, web clients apart. A large one is a value that many share.",
    "churn": "Share of old records that changed person. Table id_event says which and why.",
    "merged_persons": "Share of known persons that were merged away.",
    "split_persons": "Share of known persons that were split.",
    "drift": "How far the day is from what the model was learned on: population stability index. Beyond it, learn again.",
    "full_run_agreement": "Weekly: pairs on which the state carried from day to day agrees with all linked afresh, F1.",
}
IDENTITY_HEALTH = Table(
    "identity_health",
    "identity",
    IdentityHealth,
    "Guard rails of the day's resolution.",
    is_personal=False,
    guard_rails=tuple(GuardRail(metric, "member", text) for metric, text in _OF_MEMBER.items()),
)
RETIRED_PERSON = Table("retired_person", "identity", RetiredPerson, "Person ids that are no more, and who they are now.")
