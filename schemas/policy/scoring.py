"""scoring.yaml: weights, half-lives, caps, tiers, RFM."""

import math
from typing import Literal, get_args

from pydantic import Field, model_validator

from schemas.policy.base import PolicyModel
from schemas.policy.propensity import PropensityPolicy
from schemas.policy.vehicles import VehiclesPolicy

ExclusionRule = Literal[
    "staff", "own_phone", "showroom_device", "own_network", "shared_device", "too_many_touches", "too_many_views"
]
ALL_EXCLUSION_RULES: tuple[ExclusionRule, ...] = get_args(ExclusionRule)
EXCLUSION_RULES: tuple[ExclusionRule, ...] = (
    "staff",
    "own_phone",
    "showroom_device",
    "own_network",
    "too_many_touches",
    "too_many_views",
)
BUSY_MINUTE_FROM = 5  # vehicle pages in a minute from which the minute is kept in table busy_minute; no rule may ask for less


class IntentWeight(PolicyModel):
    """What one kind of touch is worth, how fast it fades and how much of it counts."""

    points: float = Field(ge=0)
    half_life_days: float = Field(gt=0, le=365)
    cap_per_day: float = Field(gt=0, description="most points of this kind that count on one day, before decay")


class SourceCap(PolicyModel):
    """How much one source may count: the website, a provider of leads or of third-party signals, the call log."""

    per_day: float = Field(gt=0, le=10_000, description="most points of one source on one day, before decay")
    in_all: float = Field(gt=0, le=100_000, description="most points of one source in a score, after decay")


class ExclusionPolicy(PolicyModel):
    """Whose touches are no sign of shopping: machines and staff. Every rule that is switched on counts what it kept out."""

    rules: tuple[ExclusionRule, ...] = Field(
        default=EXCLUSION_RULES, description="rules in force; where several apply, the first of this list is the reason"
    )
    max_touches_per_day: int = Field(
        default=500, ge=10, le=100_000, description="touches of one web client on one day; above, it is a machine"
    )
    max_vdp_views_per_minute: int = Field(
        default=30,
        ge=BUSY_MINUTE_FROM,
        le=10_000,
        description="vehicle pages of one web client in one minute; above, it is a machine",
    )
    showroom_clients: tuple[str, ...] = Field(default=(), description="GA4 user_pseudo_id of the rooftops' own devices")
    own_ip_hashes: tuple[str, ...] = Field(
        default=(), description="keyed hashes of the group's own addresses, as server-side tagging sends them"
    )
    own_network_share: float = Field(
        default=0.5, gt=0, le=1, description="share of a client's days on those addresses from which it is the group's own"
    )


class IntentPolicy(PolicyModel):
    """Shopping intent."""

    window_days: int = Field(gt=0, le=365)
    weights: dict[str, IntentWeight]
    repeat_vin_bonus: float = Field(ge=0, description="points for a second view of the same vehicle on another day")
    hot_from: float = Field(gt=0)
    warm_from: float = Field(gt=0)
    source_caps: dict[str, SourceCap] = Field(
        default_factory=dict,
        description="by feed; each provider of the feed is a source of its own; a feed without one is not capped",
    )
    exclusions: ExclusionPolicy = ExclusionPolicy()
    lead_after_form_hours: float = Field(
        default=2, ge=0, le=72, description="a lead of our own site so many hours after a form of the same person is that form"
    )
    session_gap_minutes: int = Field(
        default=30, ge=1, le=1440, description="minutes without a touch that end a visit which its site does not number"
    )
    price_band_usd: int = Field(default=10_000, ge=500, le=100_000, description="width of a price band, US dollars")
    stock_stale_after_days: int = Field(
        default=7, ge=0, le=90, description="an inventory list older than so many days says nothing about what is in stock"
    )


class RfmWeights(PolicyModel):
    """What each part counts; together 1."""

    recency: float = Field(ge=0, le=1)
    frequency: float = Field(ge=0, le=1)
    monetary: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def add_up(self) -> "RfmWeights":
        """Shares of one score."""
        total = self.recency + self.frequency + self.monetary
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"weights that add up to 1, found {total:g}")
        return self


class RfmPolicy(PolicyModel):
    """Recency, frequency, monetary value."""

    recency_weight: float = Field(ge=0, le=1)
    frequency_weight: float = Field(ge=0, le=1)
    monetary_weight: float = Field(ge=0, le=1)
    service_months: int = Field(gt=0, le=120)
    monetary_months: int = Field(gt=0, le=120)
    sales: RfmWeights | None = Field(default=None, description="weights of the score of sales; absent: those above")
    service: RfmWeights | None = Field(default=None, description="weights of the score of service; absent: those above")


class GaragePolicy(PolicyModel):
    """How long a vehicle is believed to be held. Half-lives: after so many years half of such holdings have ended.

    Where a default stands, it is the published figure named beside it, or our judgement; a group's own history says better.
    """

    half_life_years_new: float = Field(gt=0, le=50, description="vehicles bought new, years since the purchase")
    half_life_years_used: float = Field(gt=0, le=50, description="vehicles bought used, years since the purchase")
    current_from: float = Field(gt=0, lt=1, description="probability from which a vehicle counts as held")
    shape_new: float = Field(
        default=1.5, gt=0, le=10, description="Weibull shape; above 1 a holding ends the likelier the older it is"
    )
    shape_used: float = Field(default=1.5, gt=0, le=10, description="as above for vehicles bought used")
    half_life_years_leased: float = Field(
        default=15.0, gt=0, le=50, description="leases that end before they mature, years since the start"
    )
    half_life_years_serviced: float = Field(
        default=4.0, gt=0, le=50, description="known from service only, years since the last sign"
    )
    half_life_years_listed: float = Field(default=4.5, gt=0, le=50, description="known from bought lists only")
    half_life_years_stated: float = Field(default=4.5, gt=0, le=50, description="known from the CRM only")
    return_days: int = Field(
        default=60, ge=0, le=365, description="days after maturity from which an unseen lease counts as returned"
    )
    pull_ahead_days: int = Field(
        default=183,
        ge=0,
        le=1096,
        description="days before maturity from which another vehicle may replace a lease; before, it is owed and held",
    )
    lease_kept_share: float = Field(
        default=0.2, ge=0, le=1, description="of leases unseen since maturity, still held when those days end"
    )
    half_life_years_visit: float = Field(
        default=1.0, gt=0, le=20, description="half of the holders who come to us for service came again within so many years"
    )
    served_elsewhere_after_visits: float = Field(
        default=0.4, gt=0, le=1, description="holders who had come for service and will not come again"
    )
    served_elsewhere_after_deal: float = Field(
        default=0.7, gt=0, le=1, description="buyers who never come for service (Cox Automotive 2018: 70 of 100)"
    )
    ends_seen_share: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="share of the ends of purchases that the group sees; holdings without an end are the likelier",
    )
    kept_after_purchase: float = Field(
        default=0.3, ge=0, le=1, description="still held after the person bought another without trading it in"
    )
    kept_after_other_sign: float = Field(
        default=0.6, ge=0, le=1, description="still held after the person was first seen with another vehicle"
    )
    kept_after_household_purchase: float = Field(
        default=0.9, ge=0, le=1, description="still held after another member bought a vehicle"
    )
    life_years: float = Field(default=16.9, gt=0, le=60, description="half of all vehicles are scrapped by this age")
    life_miles: float = Field(default=179_954, gt=0, le=1_000_000, description="half of all vehicles are scrapped by these miles")
    stock_lag_days: int = Field(default=30, ge=0, le=365, description="days that a sold vehicle may still be on a rooftop's site")
    sure_at_most: float = Field(
        default=0.99, gt=0, le=1, description="probability on the day of the last sign; the rest are wrong records"
    )


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
    vehicles: VehiclesPolicy = Field(default_factory=VehiclesPolicy)
    propensity: PropensityPolicy = Field(default_factory=PropensityPolicy)
    default_miles_per_year: float = Field(gt=0, le=200_000)
