"""What arbitration promises, counted every day. All of it must be zero."""

import dataframely as dy

from schemas.contract import GuardRail, Table

PROMISES = {
    "twice_in_a_channel": "People whom two audiences address through one channel.",
    "two_brands_or_rooftops": "People with more than one brand or rooftop.",
    "owners_in_conquest": "Members of conquest whose household holds a vehicle of ours.",
    "opted_out_members": "Members who opted out of advertising, asked to be deleted or are minors.",
    "opted_out_channels": "Channels held by people who refused that channel.",
    "households_over_limit": "Households in which more people hold a channel than policy allows contacts.",
    "unaccounted": "People eligible for a channel who are neither members, nor excluded, nor lost.",
}


class ArbitrationHealth(dy.Schema):
    """Guard rails of the day's arbitration."""

    metric = dy.String(primary_key=True, description="what is counted")
    value = dy.Float64(description="its value on the day")
    limit = dy.Float64(nullable=True, description="0: none may be")
    is_within = dy.Bool(description="whether the value keeps to the limit")
    is_blocking = dy.Bool(description="true: a day that breaks it is not published")


ARBITRATION_HEALTH = Table(
    "arbitration_health",
    "audiences",
    ArbitrationHealth,
    "Guard rails of the day's arbitration.",
    is_personal=False,
    guard_rails=tuple(GuardRail(metric, "membership", text) for metric, text in PROMISES.items()),
)
