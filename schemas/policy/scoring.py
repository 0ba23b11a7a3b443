"""scoring.yaml: weights, half-lives, caps, tiers, RFM."""

from pydantic import Field

from schemas.policy.base import PolicyModel


class IntentWeight(PolicyModel):
    """What one kind of touch is worth, how fast it fades and how much of it counts."""

    points: float = Field(ge=0)
    half_life_days: float = Field(gt=0, le=365)
    cap_per_day: float = Field(gt=0, description="most points of this kind that count on one day, before decay")


class IntentPolicy(PolicyModel):
    """Shopping intent."""

    window_days: int = Field(gt=0, le=365)
    weights: dict[str, IntentWeight]
    repeat_vin_bonus: float = Field(ge=0, description="points for a second view of the same vehicle on another day")
    hot_from: float = Field(gt=0)
    warm_from: float = Field(gt=0)


class RfmPolicy(PolicyModel):
    """Recency, frequency, monetary value."""

    recency_weight: float = Field(ge=0, le=1)
    frequency_weight: float = Field(ge=0, le=1)
    monetary_weight: float = Field(ge=0, le=1)
    service_months: int = Field(gt=0, le=120)
    monetary_months: int = Field(gt=0, le=120)


class GaragePolicy(PolicyModel):
    """How long a vehicle is believed to be held."""

    half_life_years_new: float = Field(
        gt=0, le=50, description="half of new buyers still hold the vehicle after this many years of silence"
    )
    half_life_years_used: float = Field(gt=0, le=50)
    current_from: float = Field(gt=0, lt=1, description="probability from which a vehicle counts as held")


class DepreciationPolicy(PolicyModel):
    """The labelled estimate of a vehicle's value where no value source is supplied."""

    first_year: float = Field(gt=0, lt=1, description="share of MSRP or price lost in the first year")
    later_years: float = Field(gt=0, lt=1, description="share of the rest lost in each later year")
    band: float = Field(gt=0, lt=1, description="half-width of the interval as a share of the value")
    default_msrp_luxury: float = Field(gt=0, description="US dollars, where no price is known")
    default_msrp_volume: float = Field(gt=0, description="US dollars, where no price is known")


class ScoringPolicy(PolicyModel):
    """Everything that turns behaviour into numbers."""

    intent: IntentPolicy
    rfm: RfmPolicy
    garage: GaragePolicy
    depreciation: DepreciationPolicy
    default_miles_per_year: float = Field(gt=0, le=200_000)
