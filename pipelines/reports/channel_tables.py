"""Two tables about channels: how many of those it is planned for each one addresses, and who took it from the rest."""

import polars as pl

from pipelines.reports.audience_words import CAUSES
from pipelines.reports.page import TableBlock, bar, counted, in_words, number
from schemas.policy import Policy

_MOST = 12  # rows of a list that is cut


def channel_totals(policy: Policy, funnel: pl.DataFrame) -> TableBlock:
    """Per channel: planned, lost, had, held back, addressed, over the audiences of a frame of channel_funnel. It adds up."""
    rows = []
    for channel, steps in _by_channel(funnel):
        planned, held, addressed = (
            int(steps.filter(pl.col("step") == step)["remaining"].sum()) for step in ("planned", "held", "addressed")
        )
        figures = (planned, planned - held, held, held - addressed, addressed)
        rows.append(
            (channel_title(policy, channel), *(number(one) for one in figures), bar(addressed / planned if planned else 0.0))
        )
    heads = ("Channel", "Planned for", "Lost", "Have it", "Held back", "Addressed", "Share addressed")
    note = (
        "Planned for: who meet the rules and are not excluded, once in each audience. Planned less lost have it; less those held "
        "back are addressed."
    )
    return TableBlock("Channels", heads, rows, numeric=(1, 2, 3, 4, 5), bars=(6,), note=note if rows else "nobody")


def channel_takers(policy: Policy, funnel: pl.DataFrame) -> TableBlock:
    """Who has the channels that people lost, and by which rule; largest first. The people of all rows are those of `Lost`."""
    titles = {one.audience: one.title for one in policy.audiences}
    lost = funnel.filter(pl.col("step") == "lost").group_by("channel", "name", "winner").agg(pl.col("lost").sum())
    ordered = lost.sort("lost", "channel", "name", "winner", descending=[True, False, False, False], nulls_last=True)
    rows = [
        (
            channel_title(policy, channel),
            CAUSES.get(str(cause), in_words(str(cause))),
            titles.get(str(winner), "–"),
            number(people),
        )
        for channel, cause, winner, people in ordered.iter_rows()
    ]
    rest = int(ordered["lost"][_MOST:].sum())
    note = f"and {counted(len(rows) - _MOST, 'smaller row')} with {number(rest)} people" if len(rows) > _MOST else ""
    heads = ("Channel", "Lost because", "Given to", "People")
    return TableBlock(
        "Channels that people lost", heads, rows[:_MOST], numeric=(3,), note=note if rows else "nobody lost a channel"
    )


def channel_title(policy: Policy, channel: object) -> str:
    """What a channel is called in policy, else its name in words."""
    title = policy.channels.channels.get(str(channel), in_words(str(channel)))
    return title[:1].upper() + title[1:]


def _by_channel(funnel: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The steps of each channel, in the order in which the audiences name them first."""
    return [(str(channel), steps) for (channel,), steps in funnel.group_by("channel", maintain_order=True)]
