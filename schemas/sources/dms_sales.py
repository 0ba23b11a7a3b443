"""DealerVault sales (SL): one row per deal, 376 columns, unquoted TSV. Layout published by DealerVault (DealerTrack export).

Carried: identity, co-buyer, vehicle, trades, the money and dates that lifecycle needs, service contracts, CASS.
Not carried: commissions, fees, insurance and everything else of the 376 that no stage reads.
"""

from schemas.contract import Feed, Field, Kind, Layout
from schemas.sources.dealervault import CASS, CUSTOMER, IDENTITY, VEHICLE, person
from schemas.sources.layouts import header

DEAL = (
    Field("Deal Number", "deal_number", required=True, description="deal number at this rooftop, leading zeros kept"),
    Field("Deal Status", "deal_status", description="for example Booked, Finalized, Open, Unwound, Cancelled"),
    Field("Deal Type", "deal_type", description="for example Retail, Lease, Cash, Wholesale, Fleet, or a one-letter code"),
    Field("Sale Type", "sale_type", description="for example Retail, Lease, Wholesale, Fleet, House"),
    Field("New/Used", "condition", description="New, Used or Certified, or N/U/C"),
    Field("Stock Number", "stock_number"),
    Field("Mileage", "mileage", Kind.MILES, minimum=0, description="miles"),
    Field("Delivery Mileage", "delivery_mileage", Kind.MILES, minimum=0, description="miles"),
    Field("Entry Date", "entry_on", Kind.DATE),
    Field("Booked Date", "booked_on", Kind.DATE),
    Field("Finalized Date", "finalized_on", Kind.DATE),
    Field("Contract Date", "contract_on", Kind.DATE),
    Field("Accounting Date", "accounting_on", Kind.DATE),
    Field("Delivery Date", "delivery_on", Kind.DATE),
    Field("Status Change Date", "status_change_on", Kind.DATE),
    Field("First Pay Date", "first_payment_on", Kind.DATE),
)

MONEY = (
    Field("MSRP", "msrp", Kind.MONEY, description="US dollars"),
    Field("Sales Price", "sales_price", Kind.MONEY, description="US dollars"),
    Field("Front Gross", "front_gross", Kind.MONEY, description="US dollars"),
    Field("Back Gross", "back_gross", Kind.MONEY, description="US dollars"),
    Field("Amount Financed", "amount_financed", Kind.MONEY, description="US dollars"),
    Field("Down Payment", "down_payment", Kind.MONEY, description="US dollars"),
    Field("Monthly Payment", "monthly_payment", Kind.MONEY, description="US dollars"),
    Field("Term", "term_months", Kind.INTEGER, minimum=0, maximum=120, description="months"),
    Field("APR", "apr_percent", Kind.NUMBER, minimum=0, maximum=60, description="percent"),
    Field("Residual Amount", "residual", Kind.MONEY, description="US dollars"),
    Field("Balloon Amount", "balloon", Kind.MONEY, description="US dollars, due with the last payment of a loan"),
    Field(
        "Allowed Miles",
        "allowed_miles",
        Kind.INTEGER,
        minimum=0,
        description="miles over the lease, or per year if below 30,000 for terms over a year",
    ),
)

TRADES = tuple(
    field
    for n in (1, 2)
    for field in (
        Field(f"Trade {n} VIN", f"trade_{n}_vin", Kind.VIN),
        Field(f"Trade {n} Year", f"trade_{n}_year", Kind.INTEGER),
        Field(f"Trade {n} Make", f"trade_{n}_make"),
        Field(f"Trade {n} Model", f"trade_{n}_model"),
        Field(f"Trade {n} Odometer", f"trade_{n}_odometer", Kind.MILES, minimum=0, description="miles"),
        Field(f"Trade {n} Payoff", f"trade_{n}_payoff", Kind.MONEY, description="US dollars"),
    )
)

CONTRACTS = tuple(
    field
    for n in (1, 2, 3, 4, 5)
    for field in (
        Field(f"Warranty {n} Name", f"contract_{n}_name"),
        Field(f"Warranty {n} Miles", f"contract_{n}_miles", Kind.INTEGER, minimum=0, description="miles of coverage"),
        Field(f"Warranty {n} Term", f"contract_{n}_months", Kind.INTEGER, minimum=0, description="months of coverage"),
    )
)

FEED = Feed(
    name="dms_sales",
    title="DMS sales",
    description="Deals from the DMS, one row per deal, with buyer, co-buyer, vehicle, trades, terms and service contracts.",
    layout=Layout.TSV,
    fields=(*IDENTITY, *DEAL, *CUSTOMER, *person("Co-Buyer ", "co_buyer_"), *VEHICLE, *TRADES, *MONEY, *CONTRACTS, *CASS),
    key=("dealer_id", "deal_number"),
    file_name=r"^DV[DV]\d+_\d{8}_\d{4}_SL\.(txt|tsv|csv)$",
    example="DVD46315_20261121_0512_SL.txt",
    header=header("dealervault_SL"),
    has_public_layout=True,
    watched={"vin": 0.2, "customer_number": 0.3, "customer_full_name": 0.5},
)
