"""scoring.yaml, vehicles: what is plausible of an odometer, a deal, a warranty, a debt and a supplied value."""

from pydantic import Field

from schemas.ordered import ORDERED
from schemas.policy.base import PolicyModel


class OdometerPolicy(PolicyModel):
    """Which readings can be true, and from which span a slope is read."""

    most_miles: int = Field(default=500_000, ge=100_000, le=2_000_000, description="miles; a reading beyond is a typing error")
    most_miles_per_day: float = Field(
        default=250.0, ge=50, le=1_000, description="miles a day on average between two readings; 250 are 91,000 a year"
    )
    slack_miles: int = Field(
        default=100, ge=0, le=2_000, description="miles by which a later reading may be lower: rounding, in and out of the shop"
    )
    trip_miles: int = Field(default=1_000, ge=0, le=5_000, description="miles of one long journey, above the daily average")
    slope_span_days: int = Field(default=60, ge=7, le=730, description="days; readings closer together say nothing of a year")
    match_share: float = Field(
        default=0.05, gt=0, le=0.2, description="how near a reading must come to the expected one read as kilometres, share"
    )
    typed_share: float = Field(
        default=0.3, gt=0, le=0.9, description="share by which a visit's reading may miss the vehicle's line and still count"
    )
    typed_miles: int = Field(default=2_000, ge=0, le=20_000, description="miles by which it may miss in any case")


# Words by which an order's text or code names a kind of work; the first kind with a word of the text counts.
OPERATIONS: dict[str, tuple[str, ...]] = {
    "inspection": ("inspect", "inspection", "mpi", "multi point", "check", "diag", "diagnose", "diagnosis", "measure", "test"),
    "oil": ("oil", "lof", "lube", "oil change"),
    "rotation": ("rot", "rotate", "rotation"),
    "brake_fluid": ("brake fluid",),
    "brakes": ("brk", "brake", "brakes", "pads", "rotor", "rotors"),
    "alignment": ("aln", "align", "alignment"),
    "tires": ("tire", "tires"),
    "battery": ("bat", "batt", "battery"),
    "cabin_filter": ("caf", "cabin", "pollen filter"),
    "air_filter": ("air filter", "engine filter"),
    "wipers": ("wiper", "wipers"),
    "coolant": ("coolant", "antifreeze", "radiator flush"),
    "transmission": ("transmission", "trans fluid", "atf"),
    "spark_plugs": ("spark", "plugs"),
    "belts": ("belt", "belts"),
    "suspension": ("strut", "struts", "shock", "shocks"),
}


class VehiclesPolicy(PolicyModel):
    """What is taken for granted of vehicles and their deals where no feed says more."""

    odometer: OdometerPolicy = Field(default_factory=OdometerPolicy)
    rewrite_days: int = Field(
        default=45, ge=0, le=180, description="a newer deal number on the same vehicle and customer within so many days replaces"
    )
    recommendation_months: int = Field(
        default=12, ge=1, le=60, description="months for which recommended work that was not done stays open"
    )
    operations: dict[str, tuple[str, ...]] = Field(
        default_factory=OPERATIONS.copy,
        description="kinds of work in order, each with the words that name it",
        json_schema_extra=ORDERED,
    )
    lien_likely_years: float = Field(
        default=6.0, ge=0, le=15, description="a vehicle younger than this may be financed elsewhere; its debt is not known"
    )
    value_stale_days: int = Field(default=60, ge=1, le=366, description="days after which a supplied value no longer counts")
    value_band: float = Field(
        default=0.08, gt=0, lt=1, description="half-width of a supplied value that comes without bounds, share"
    )
    value_miles: int = Field(
        default=15_000, ge=0, le=100_000, description="a value by year, make and model counts within so many miles"
    )
    share_per_1000_miles: float = Field(
        default=0.003, ge=0, le=0.05, description="share of value lost per 1,000 miles above what is usual at that age"
    )
    most_miles_share: float = Field(default=0.2, ge=0, lt=1, description="most that miles may add or take, share of value")
