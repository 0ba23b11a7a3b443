"""The typed shape of policy/: what the business wants, validated at load. Loading itself happens on the top floor."""

from schemas.identity_model import IdentityModel
from schemas.policy.audiences import AudiencePolicy, Condition
from schemas.policy.base import PolicyModel
from schemas.policy.channels import ChannelsPolicy
from schemas.policy.experiments import ExperimentsPolicy
from schemas.policy.group import Brand, Group, Market, Rooftop
from schemas.policy.identity import IdentityPolicy
from schemas.policy.plan import ConquestPolicy, PlanPolicy
from schemas.policy.privacy import PrivacyPolicy
from schemas.policy.reference import Reference
from schemas.policy.scoring import ScoringPolicy
from schemas.policy.service import ServicePolicy
from schemas.policy.triggers import TriggersPolicy


class Policy(PolicyModel):
    """One group's whole policy, and the hash that pins it."""

    group: Group
    conquest: ConquestPolicy
    audiences: tuple[AudiencePolicy, ...]
    triggers: TriggersPolicy
    scoring: ScoringPolicy
    identity: IdentityPolicy
    identity_model: IdentityModel
    channels: ChannelsPolicy
    privacy: PrivacyPolicy
    experiments: ExperimentsPolicy
    plan: PlanPolicy
    service: ServicePolicy = ServicePolicy()
    reference: Reference
    policy_hash: str


__all__ = ["AudiencePolicy", "Brand", "Condition", "Group", "Market", "Policy", "PolicyModel", "Rooftop"]
