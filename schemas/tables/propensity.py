"""Stage `traits`: how likely a person buys here within 30 and 90 days, the model that says so, and how well it did."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import person_id
from schemas.vocabulary_propensity import POPULATIONS


class Propensity(dy.Schema):
    """How likely a person buys here. One row per horizon; where no model may speak, the rank of the weighted score."""

    person_id = person_id(key=True)
    horizon_days = dy.Int64(primary_key=True, min=1, description="days ahead that are meant")
    population = dy.Enum(list(POPULATIONS), description="bought or serviced here; known by name; a device and no more")
    source = dy.Enum(["model", "fallback"], description="the model, or the weighted intent score in its stead")
    probability = dy.Float64(
        nullable=True, min=0, max=1, description="calibrated probability of a retail deal here; null where no model may speak"
    )
    log_odds = dy.Float64(nullable=True, description="natural logarithm of the odds of probability")
    score = dy.Float64(min=0, description="weighted intent score of the day, all brands")
    decile = dy.Int64(min=1, max=10, description="1 is the likeliest tenth of everybody, by probability, else by score")
    drivers = dy.List(dy.String(), description="what moves the person most, strongest first")
    contributions = dy.List(dy.Float64(), description="by how much, in log-odds beside the average person; in order of drivers")
    sentence = dy.String(description="the same in words and figures")
    reason = dy.String(description="why the source speaks")


class PropensityModel(dy.Schema):
    """The model as data: a sum of one coefficient per feature and band, then its calibration."""

    horizon_days = dy.Int64(primary_key=True, min=1, description="days ahead")
    part = dy.Enum(
        ["intercept", "band", "slope", "population", "knot"],
        primary_key=True,
        description="intercept and bands add up to the raw log-odds; slope x raw + population, then the curve through the knots",
    )
    name = dy.String(primary_key=True, description="feature or population; empty where neither applies")
    place = dy.Int64(primary_key=True, min=0, description="band (0: not known or nothing) or knot, from low to high")
    low = dy.Float64(nullable=True, description="band: from, included; knot: log-odds before")
    value = dy.Float64(description="coefficient, slope or shift, in log-odds; knot: log-odds after")
    mean = dy.Float64(nullable=True, description="first band of a feature: the mean coefficient of everybody it learned from")
    people = dy.Int64(min=0, description="band: people learned from, each past day counted")
    trained_on = dy.Date(description="day on which it was learned; kept until it is learned anew")


class PropensityQuality(dy.Schema):
    """How well the model did on later days that it had never seen, in tenths, and why it may speak or not."""

    horizon_days = dy.Int64(primary_key=True, min=1, description="days ahead")
    part = dy.Enum(
        ["train", "calibration", "later"],
        primary_key=True,
        description="past days learned from, calibrated on, and judged on; their following days do not overlap",
    )
    population = dy.Enum(["all", *POPULATIONS], primary_key=True, description="whom it is about")
    decile = dy.Int64(primary_key=True, min=0, max=10, description="1 is the likeliest tenth; 0 is the whole")
    people = dy.Int64(min=0, description="people judged, each past day counted")
    purchases = dy.Int64(min=0, description="of them bought here within the horizon")
    expected = dy.Float64(nullable=True, min=0, description="purchases expected: the sum of probabilities")
    ratio = dy.Float64(nullable=True, min=0, description="expected by seen purchases; null where none was seen")
    lift = dy.Float64(nullable=True, min=0, description="share that bought by the share of everybody")
    is_judged = dy.Bool(description="enough purchases to say something of calibration")
    is_within = dy.Bool(nullable=True, description="expected within the tolerance of what was seen")
    is_off = dy.Bool(nullable=True, description="outside the tolerance, and further than chance explains (Poisson, 95 percent)")
    auc = dy.Float64(nullable=True, min=0, max=1, description="area under the ROC curve; whole rows only")
    brier = dy.Float64(nullable=True, min=0, max=1, description="mean squared error of the probability; whole rows only")
    from_day = dy.Date(nullable=True, description="first past day")
    to_day = dy.Date(nullable=True, description="last past day; the horizon follows it")
    trained_on = dy.Date(
        nullable=True, description="day on which the model was learned or tried; null where there is nothing to try"
    )
    source = dy.Enum(["model", "fallback"], description="who speaks for this horizon on the day")
    reason = dy.String(description="why")


PROPENSITY = Table(
    "propensity",
    "traits",
    Propensity,
    "Calibrated probability to buy here within 30 and 90 days, with its drivers; the weighted score where no model may speak.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
PROPENSITY_MODEL = Table(
    "propensity_model", "traits", PropensityModel, "The model of the propensity to buy, as data.", is_personal=False
)
PROPENSITY_QUALITY = Table(
    "propensity_quality",
    "traits",
    PropensityQuality,
    "How the propensity to buy did on later days: AUC, Brier score, calibration and lift by tenth.",
    is_personal=False,
)
