"""Contacts of the days in which policy limits them: what platforms and providers report, and what we sent ourselves.

A sending is known from what platforms held on the day before, and remembered here: whoever was sent and then loses the channel is
no longer there the day after.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.email import standard_emails
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.tables.contacts import CONTACT

MAILED = "SELECT DISTINCT email FROM email_status WHERE status IN ('sent', 'delivered') AND email IS NOT NULL ORDER BY email"


def limits(policy: Policy) -> pl.DataFrame:
    """channel, contacts, window_days, home_contacts, home_window_days: limits per person and per household; null: none."""
    person = {one.channel: one for one in policy.channels.contact_limits}
    home = {one.channel: one for one in policy.channels.household_limits}
    rows = [
        (
            channel,
            person[channel].contacts if channel in person else None,
            person[channel].window_days if channel in person else None,
            home[channel].contacts if channel in home else None,
            home[channel].window_days if channel in home else None,
        )
        for channel in sorted({*person, *home})
    ]
    names = ("contacts", "window_days", "home_contacts", "home_window_days")
    return pl.DataFrame(rows, schema={"channel": pl.String, **dict.fromkeys(names, pl.Int64)}, orient="row")


def sendings(policy: Policy) -> pl.DataFrame:
    """platform, channel: platforms of one channel for which a sending is a contact, as policy says."""
    listed = (*policy.channels.contact_limits, *policy.channels.household_limits)
    direct = {one.channel for one in listed if one.is_send_a_contact}
    rows = [(name, one.channels[0]) for name, one in sorted(policy.channels.platforms.items()) if direct.issuperset(one.channels)]
    only = [(name, channel) for name, channel in rows if len(policy.channels.platforms[name].channels) == 1]
    return pl.DataFrame(only, schema={"platform": pl.String, "channel": pl.String}, orient="row")


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The contact table of the day."""
    forms = standard_emails(engine.sql(MAILED).to_series()).filter("is_valid").select("raw", "standard")
    engine.register("email_form", forms)
    longest = pl.max_horizontal("window_days", "home_window_days")
    engine.register("limit_window", limits(day.policy).select("channel", window_days=longest))
    engine.register("sending", sendings(day.policy))
    query = query_text(__package__, "contact")
    return in_shape(engine.sql(query, as_of=day.as_of, time_zone=day.policy.group.time_zone), CONTACT)


STEP = Step(
    tables=(CONTACT,),
    inputs=(
        Input("campaign_exposures", "until"),
        Input("email_status", "until"),
        *(Input(name) for name in ("person", "member", "person_identifier", "retired_person", "held")),
        Input("contact", "previous"),
    ),
    build=build,
)
