"""What becomes of each channel that an audience plans: who could have it, who lost it to whom, who is left. It adds up.

Counted in people. Whoever holds the channel for one brand lost nothing; of several losses of a person one counts: the one of the
brand that arbitration gave the person, which says more than another brand's.
"""

import polars as pl

from pipelines.audiences.cards import channel_cards
from pipelines.audiences.holdouts import is_held_back
from schemas.policy import Policy

KEY = ["audience", "channel", "person_id"]
OF_BRAND = ("rollout", "rooftop_capacity")  # besides those that begin with brand_: lost with the brand, whatever the channel
CHANNEL_FUNNEL: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "channel": pl.String,
    "position": pl.Int64,
    "step": pl.String,
    "name": pl.String,
    "winner": pl.String,
    "lost": pl.Int64,
    "remaining": pl.Int64,
}
_STEPS = {"planned": 0, "lost": 1, "held": 2, "held_back": 3, "addressed": 4}


def channel_funnel(policy: Policy, eligibility: pl.DataFrame, losses: pl.DataFrame, membership: pl.DataFrame) -> pl.DataFrame:
    """audience, channel, position, step, name, winner, lost, remaining of the tables of a day; see CHANNEL_FUNNEL.

    step: planned (everybody who meets the rules, is not excluded, and for whose brand the channel is planned), lost (by the rule
    `name`, to the audience `winner` where one has it), held, held_back (by the arm `name`), addressed. Totals lose nobody; a
    step's remaining is the one before it less its own lost. `losses` is the table channel_loss.
    """
    holders = _holders(membership)
    planned = _planned(policy, eligibility, holders)
    order = channel_cards(policy).group_by("audience", "channel").agg(pl.col("position").min())
    steps = [
        _total("planned", planned),
        _by("lost", _lost(losses, holders)),
        _total("held", holders),
        _by("held_back", holders.filter(is_held_back()).rename({"arm": "name"})),
        _total("addressed", holders.filter(~is_held_back())),
    ]
    rows = (
        pl.concat(steps)
        .join(order, on=["audience", "channel"], how="left")
        .with_columns(at=pl.col("step").replace_strict(_STEPS))
    )
    ordered = rows.sort(
        "audience", "position", "channel", "at", "lost", "name", "winner",
        descending=[False, False, False, False, True, False, False], nulls_last=True,
    )  # fmt: skip
    of_channel = ["audience", "channel"]
    first = pl.col("people").filter(pl.col("step") == "planned").first().over(of_channel)
    counted = ordered.with_columns(
        remaining=first - pl.col("lost").cum_sum().over(of_channel), position=pl.int_range(pl.len()).over(of_channel)
    )
    return counted.select(pl.col(name).cast(dtype) for name, dtype in CHANNEL_FUNNEL.items())


def _holders(membership: pl.DataFrame) -> pl.DataFrame:
    """audience, channel, person_id, arm: a row per channel that a member holds, whatever the arm."""
    listed = membership.select("audience", "person_id", "arm", channel="channels")
    return listed.explode("channel", empty_as_null=False, keep_nulls=False).select(*KEY, "arm")


def _planned(policy: Policy, eligibility: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """audience, channel, person_id of everybody for whom the channel is planned; whoever holds one is among them."""
    met = eligibility.filter(pl.col("outcome").cast(pl.String) != "excluded").select("audience", "person_id", "brand")
    planned = met.join(channel_cards(policy), on=["audience", "brand"]).select(KEY)
    return pl.concat([planned, holders.select(KEY)]).unique()


def _lost(losses: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """audience, channel, person_id, name, winner: one loss of each person who does not hold the channel."""
    is_of_brand = pl.col("cause").str.starts_with("brand_") | pl.col("cause").is_in(OF_BRAND)
    gone = losses.join(holders, on=KEY, how="anti").with_columns(is_of_brand=is_of_brand)
    one = gone.sort(*KEY, "is_of_brand", "brand").unique(KEY, keep="first", maintain_order=True)
    return one.select(*KEY, name="cause", winner="winner")


def _total(step: str, people: pl.DataFrame) -> pl.DataFrame:
    """A step that loses nobody, per audience and channel."""
    counted = people.group_by("audience", "channel").agg(people=pl.len().cast(pl.Int64))
    blank = pl.lit(None, pl.String)
    return counted.select("audience", "channel", "people", step=pl.lit(step), name=blank, winner=blank, lost=pl.lit(0, pl.Int64))


def _by(step: str, people: pl.DataFrame) -> pl.DataFrame:
    """A step per reason, each with whom it takes."""
    named = people if "winner" in people.columns else people.with_columns(winner=pl.lit(None, pl.String))
    counted = named.group_by("audience", "channel", "name", "winner").agg(lost=pl.len().cast(pl.Int64))
    return counted.select(
        "audience", "channel", people=pl.lit(None, pl.Int64), step=pl.lit(step), name="name", winner="winner", lost="lost"
    )
