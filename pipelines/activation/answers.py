"""What the pull interface answers: the members that may be told of, to which client, and by which keys they are found.

The gate is that of exports, per client, recipient and purpose, and fails closed. The service only looks up what is made here.
"""

from collections.abc import Iterator

import polars as pl

from pipelines.activation.consent import privacy_feed_cause, register_arms
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import all_platforms
from schemas.policy import Policy
from schemas.policy.service import ServiceClient

# What a day's answers are made from; all of the day, all of one run.
INPUTS = (
    "audience_conquest",
    "audience_in_market",
    "audience_loyalty",
    "person",
    "person_identifier",
    "retired_person",
    "suppression",
    "feed_file",
)
PURPOSE_CHANNELS = {"email": "email", "mail": "mail", "phone": "phone"}  # every other channel is advertising
TEXTS = pl.List(pl.String)
DOOR: dict[str, pl.DataType | type[pl.DataType]] = {
    "client": pl.String,
    "recipient": pl.String,
    "purpose": pl.String,
    "basis": pl.String,
    "segment": pl.String,
    "channels": TEXTS,
    "identity_tiers": TEXTS,
}


def answers(engine: Engine, day: Day) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The answers and the keys of a day, from the tables INPUTS.

    Answers: client, recipient, purpose, basis, person_id, audience, segment, cell, brand, rooftop_id, tier, arm, message,
    reasons, channels, entered_on, expires_on. Keys: kind (person_id, web_client_id, email_sha256), key, person_id, tier,
    is_own. Both are empty where the day's privacy requests are not all known.
    """
    is_closed = privacy_feed_cause(engine) is not None
    engine.register("answer_door", pl.DataFrame([] if is_closed else list(doors(day.policy)), schema=DOOR, orient="row"))
    register_arms(engine)
    privacy = day.policy.privacy
    told = engine.sql(
        query_text(__package__, "answers"),
        as_of=day.as_of,
        excluded_states=[state.upper() for state in privacy.excluded_states],
        allow_unknown_state=privacy.allow_unknown_state,
    )
    engine.register("answer_person", told.select("person_id").unique().sort("person_id"))
    return told, engine.sql(query_text(__package__, "answer_keys"), as_of=day.as_of)


def doors(policy: Policy) -> Iterator[tuple]:
    """Rows of DOOR: what each client may be told, for which recipient, purpose, basis and segment. What is missing is closed."""
    for client in policy.service.clients:
        for grant in policy.privacy.grants:
            if client.is_on and grant.recipient in client.recipients and grant.purpose in client.purposes:
                for segment in grant.segments:
                    door = _door(policy, client, grant.recipient, grant.purpose, segment)
                    if door is not None and not (grant.basis == "licence" and _is_first_party_only(grant.recipient)):
                        channels, tiers = door
                        yield client.client, grant.recipient, grant.purpose, grant.basis, segment, channels, tiers


def _door(
    policy: Policy, client: ServiceClient, recipient: str, purpose: str, segment: str
) -> tuple[list[str], list[str]] | None:
    """Channels and tiers through which a client is told of a segment; None where a switch of the policy is off."""
    if segment not in policy.channels.segments_on:
        return None
    channels: set[str] = set()
    tiers = set(client.identity_tiers)
    for name, contract in all_platforms().items():
        if contract.recipient == recipient:
            platform = policy.channels.platforms.get(name)
            if platform is None:
                channels |= set(contract.channels)
            elif platform.is_on and segment in platform.segments:
                channels |= set(platform.channels)
                tiers &= set(platform.identity_tiers)
    served = sorted(one for one in channels if PURPOSE_CHANNELS.get(one, "ads") == PURPOSE_CHANNELS.get(purpose, "ads"))
    return (served, sorted(tiers)) if served and tiers else None


def _is_first_party_only(recipient: str) -> bool:
    return any(one.first_party_only for one in all_platforms().values() if one.recipient == recipient)
