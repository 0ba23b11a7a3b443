"""Inventory: vehicles in stock per rooftop, a full list a day. Our own contract, comma-separated.

Aliases name the headers of DealerVault's INV; its full header is not published, so an INV file must be cut to these columns.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="inventory",
    title="Inventory",
    description=(
        "Vehicles in stock, the full list of each rooftop each day; a vehicle missing from the newest list has left stock."
    ),
    layout=Layout.CSV,
    fields=(
        Field(
            "rooftop",
            "rooftop_id",
            required=True,
            aliases=("dealer_id", "DV Dealer ID", "store"),
            description="rooftop id or DealerVault id",
        ),
        Field("listed_on", "listed_on", Kind.DATE, required=True, aliases=("as_of", "date"), description="day of the list"),
        Field("stock_number", "stock_number", required=True, aliases=("stock", "Stock Number")),
        Field("vin", "vin", Kind.VIN, required=True, aliases=("VIN",)),
        Field("condition", "condition", required=True, accepted=("new", "used", "cpo"), aliases=("New/Used", "type")),
        Field("year", "year", Kind.INTEGER, aliases=("Year",)),
        Field("make", "make", aliases=("Make",)),
        Field("model", "model", aliases=("Model",)),
        Field("trim", "trim", aliases=("Trim",)),
        Field("body_style", "body_style", aliases=("body", "Body")),
        Field("mileage", "mileage", Kind.MILES, minimum=0, aliases=("Mileage", "odometer"), description="miles"),
        Field("price", "price", Kind.MONEY, aliases=("list_price", "List Price", "asking_price"), description="US dollars"),
        Field("msrp", "msrp", Kind.MONEY, aliases=("MSRP",), description="US dollars"),
        Field("in_stock_on", "in_stock_on", Kind.DATE, aliases=("inventory_date", "Inventory Date")),
    ),
    key=("rooftop_id", "listed_on", "stock_number"),
    file_name=r"(?i)^(inventory_.*|DV[DV]\d+_\d{8}_\d{4}_INV)\.(csv|txt|tsv)$",
    example="inventory_20261121_R01.csv",
    history="event",
    watched={"price": 0.5, "make": 0.2},
)
