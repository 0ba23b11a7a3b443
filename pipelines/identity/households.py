"""Households: who lives together by the ties of household_ties and by pairs that a model compared, and the ids they keep."""

from datetime import date

import polars as pl

from pipelines.identity.household_ties import PAIR, judged
from pipelines.identity.ids import named
from pipelines.identity.linkage.refine import components
from schemas.policy.household import HouseholdPolicy


def households(
    people: pl.DataFrame,
    shared: pl.DataFrame,
    together: pl.DataFrame,
    *,
    records: pl.DataFrame,
    before: pl.DataFrame,
    policy: HouseholdPolicy,
    seed: str,
    as_of: date,
    pairs: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who lives together.

    Args:
        people: person_id, last_name, address, zip, has_valid_address, is_business.
        shared: shared identifiers; an address among them is a building, not a household.
        together: left, right: persons who signed one deal.
        records: contact_record with person_id.
        before: person_id, household_id, created_on of the last known day.
        policy: what ties people to one household.
        seed: key of new ids.
        as_of: the day.
        pairs: left, right, probability: persons that a model compared, with the posterior of its household class. They add to the
            rules what spelling hid from them; they do not overrule a refusal, for a model of pairs cannot see a building.

    Returns:
        person_id with household_id, and the household table. Everybody else is a household of one.
    """
    key = pl.when("has_valid_address").then(pl.concat_str("address", "zip", separator="|"))
    homes = people.sort("person_id").with_row_index("node").with_columns(address_key=key)
    met = judged(people, records, shared, together, policy)
    tied = pl.concat([met.filter("is_tied").select(PAIR), _likely(homes, met, pairs, policy)])
    ends = tied.join(homes.select("node", left="person_id"), on="left").join(
        homes.select("person_id", node_of="node"), left_on="right", right_on="person_id"
    )
    label = components(len(homes), ends["node"].to_numpy(), ends["node_of"].to_numpy())
    now = homes.select("person_id", "address_key", "zip", cluster=pl.Series(label))
    now = now.with_columns(creator=pl.col("person_id").min().over("cluster"), member="person_id")
    names = named(now, before.select(member="person_id", id="household_id", created_on="created_on"), "h", seed, as_of)
    placed = now.join(names, on="cluster").rename({"id": "household_id"})
    table = placed.group_by("household_id").agg(
        people=pl.len().cast(pl.Int64),
        address_key=pl.col("address_key").min(),
        zip=pl.col("zip").min(),
        created_on=pl.col("created_on").min(),
    )
    return placed.select("person_id", "household_id").sort("person_id"), table.sort("household_id")


def _likely(homes: pl.DataFrame, met: pl.DataFrame, pairs: pl.DataFrame | None, policy: HouseholdPolicy) -> pl.DataFrame:
    """left, right of compared persons who probably live together and of whom the rules knew nothing; a business lives nowhere."""
    if pairs is None:
        return homes.clear().select(left="person_id", right="person_id")
    private = homes.filter(~pl.col("is_business")).select("person_id")
    likely = pairs.filter(pl.col("probability") >= policy.pair_probability_from).select(
        left=pl.min_horizontal(PAIR), right=pl.max_horizontal(PAIR)
    )
    for end in PAIR:
        likely = likely.join(private, left_on=end, right_on="person_id", how="semi")
    return likely.join(met, on=PAIR, how="anti").unique().sort(PAIR)
