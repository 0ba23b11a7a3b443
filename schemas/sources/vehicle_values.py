"""Vehicle values: what a price guide or a bidding service says a vehicle is worth. Layouts are private: this contract is ours.

A row names a vehicle by VIN, or by year, make and model (with trim where known). Money is in US dollars, for the vehicle in the
condition that the source assumes. How long a value counts, and how far its miles may be off, is policy (scoring.yaml).
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="vehicle_values",
    title="Vehicle values",
    description=(
        "Market values of vehicles by VIN, or by year, make, model and miles, from a licensed source. Optional: without it "
        "values are a labelled depreciation estimate. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field(
            "valued_on",
            "valued_on",
            Kind.DATE,
            required=True,
            aliases=("as_of", "date", "effective_date"),
            description="day of the value",
        ),
        Field("source", "value_provider", required=True, aliases=("provider", "guide"), description="who says so"),
        Field("vin", "vin", Kind.VIN),
        Field("year", "year", Kind.INTEGER, aliases=("model_year",), minimum=1900, maximum=2100),
        Field("make", "make"),
        Field("model", "model"),
        Field("trim", "trim", aliases=("style",)),
        Field("miles", "miles", Kind.MILES, minimum=0, aliases=("mileage", "odometer"), description="miles the value is for"),
        Field("value_low", "value_low", Kind.MONEY, aliases=("low", "rough"), description="lower bound, US dollars"),
        Field("value_mid", "value_mid", Kind.MONEY, aliases=("value", "mid", "average"), description="central value, US dollars"),
        Field("value_high", "value_high", Kind.MONEY, aliases=("high", "clean"), description="upper bound, US dollars"),
        Field(
            "wholesale",
            "wholesale",
            Kind.MONEY,
            aliases=("trade_in", "auction"),
            description="US dollars; the lower bound where there is none",
        ),
        Field("retail", "retail", Kind.MONEY, description="US dollars; the upper bound where there is none"),
    ),
    key=(),
    file_name=r"(?i)^(vehicle_)?values?_.*\.csv$",
    example="vehicle_values_20261101.csv",
    history="event",
    cadence="monthly",
    row_needs_one_of=("vin", "model"),
    watched={"value_mid": 0.9},
)
