"""Shopping journeys: who was really in the market, when, for what, and how it ended."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws, Ints
from data_samples.simulator.people import OWNER
from schemas.policy import Policy

MEAN_DAYS = 48.0  # with shape 2; half of all buyers decide within 40 days (Cox 2019 gives 96 on average, used buyers under 30)
ABANDONED_PER_YEAR = 0.10
CAMPAIGN_SHARE, CAMPAIGN_DAYS = 0.04, 25  # people drawn in by the campaign that runs on the last days


def make_journeys(policy: Policy, draws: Draws, people: pl.DataFrame, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """One row per journey that touches the window: person, start, end, outcome, brand's rooftop, wanted vehicle, cause.

    outcome: here, elsewhere or none; a journey whose end lies after the last day is still under way.
    """
    bought = _ending_in_purchase(draws, spells, calendar)
    dropped = _abandoned(policy, draws, people, calendar)
    journeys = pl.concat([bought, dropped], how="diagonal_relaxed").filter(
        (pl.col("end") >= calendar.first) & (pl.col("start") <= calendar.last)
    )
    journeys = journeys.sort("person", "start", "end").with_row_index("journey").with_columns(pl.col("journey").cast(pl.Int64))
    key = journeys["person"].to_numpy() * 70_000 + journeys["end"].to_numpy()
    outcome = journeys["outcome"].to_numpy()
    owner = at(people, "kind", journeys["person"].to_numpy()).to_numpy() == OWNER
    seen = np.where(outcome == "here", 0.9, np.where(owner, 0.35, 0.5))
    length = (journeys["end"] - journeys["start"]).to_numpy()
    busy = np.where(outcome == "here", 1.0, 0.6)
    return journeys.with_columns(
        key=pl.Series(key),
        visits_site=pl.Series(draws.chance("seen online", seen, key)),
        sessions=pl.Series(1 + draws.poisson("sessions", busy * np.clip(length / 7, 2, 14), key)),
        leads=pl.Series(draws.poisson("leads", np.where(outcome == "here", 1.0, 0.45), key).clip(0, 3)),
        calls=pl.Series(draws.chance("calls", np.where(outcome == "here", 0.45, 0.2), key)),
        third_party=pl.Series(draws.chance("third party", 0.45, key)),
    )


def _ending_in_purchase(draws: Draws, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    spells = spells.filter((pl.col("start") >= calendar.first) & (pl.col("cause") != "first"))
    ids = spells["spell"].to_numpy()
    days = np.clip(draws.waiting("journey days", MEAN_DAYS, 2, ids), 2, 180).astype(np.int64)
    return spells.select(
        "person", "spell", "rooftop", "make", "model", "body", "year", "cause", end=pl.col("start")
    ).with_columns(
        start=pl.Series(spells["start"].to_numpy() - days),
        outcome=text(np.where(spells["here"].to_numpy(), "here", "elsewhere")),
        wants_new=pl.Series(spells["how"].to_numpy() < 2),
    )


def _abandoned(policy: Policy, draws: Draws, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Journeys without a purchase, at any time in the window, and more of them while the autumn campaign runs."""
    who = people["person"].to_numpy()
    years = (calendar.last - calendar.first) / 365.25
    chosen = who[draws.chance("abandons", ABANDONED_PER_YEAR * years, who)]
    end = calendar.first + (draws.uniform("abandoned end", chosen) * (calendar.last + 40 - calendar.first)).astype(np.int64)
    days = np.clip(draws.waiting("abandoned days", 30, 2, chosen), 2, 120).astype(np.int64)
    drawn = who[draws.chance("campaign", CAMPAIGN_SHARE, who)]
    began = calendar.last - draws.integer("campaign day", 0, CAMPAIGN_DAYS, drawn)
    lasts = draws.integer("campaign journey", 5, 45, drawn)
    parts = [(chosen, end - days, end, "curiosity"), (drawn, began, began + lasts, "campaign")]
    return pl.concat([_without_purchase(policy, draws, people, *part) for part in parts])


def _without_purchase(
    policy: Policy, draws: Draws, people: pl.DataFrame, who: Ints, start: Ints, end: Ints, cause: str
) -> pl.DataFrame:
    rooftop = at(people, "rooftop", who).to_numpy()
    own = {one.brand: one.make for one in policy.group.brands}
    makes = np.array([own[one.brand] for one in policy.group.rooftops], dtype=object)
    bodies = np.array(["suv", "sedan", "pickup", "hatchback"], dtype=object)
    return pl.DataFrame(
        {
            "person": who,
            "spell": np.full(len(who), -1),
            "rooftop": rooftop,
            "make": text(makes[rooftop]),
            "body": text(bodies[draws.choose("wanted body", (6, 3, 1, 1), who)]),
            "cause": text([cause] * len(who)),
            "end": end,
            "start": start,
            "outcome": text(["none"] * len(who)),
            "wants_new": draws.chance("wants new", 0.5, who),
        }
    )
