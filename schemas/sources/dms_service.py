"""DealerVault service (SV): one row per repair order, 200 columns, unquoted TSV, repeating values inside cells.

| separates operation lines, ^ separates several values of one line; empty positions are kept.
"""

from schemas.contract import Feed, Field, Kind, Layout
from schemas.sources.dealervault import CASS, CUSTOMER, IDENTITY, VEHICLE
from schemas.sources.layouts import header

ORDER = (
    Field("RO Number", "ro_number", required=True, description="repair order number at this rooftop, leading zeros kept"),
    Field("Open Date", "opened_on", Kind.DATE),
    Field("Close Date", "closed_on", Kind.DATE),
    Field("RO Status", "ro_status", description="for example Open, Closed, Void"),
    Field("RO Department", "department"),
    Field("Appointment Number", "appointment_number"),
    Field("Service Contract Name", "service_contract_name"),
    Field("Warranty Expiration Date", "warranty_expires_on", Kind.DATE),
    Field("Warranty Expiration Miles", "warranty_expires_miles", Kind.INTEGER, minimum=0, description="miles"),
    Field("Total Cost", "total_cost", Kind.MONEY, description="US dollars"),
    Field("Total Sale", "total_sale", Kind.MONEY, description="US dollars"),
    Field("Customer Total Sale", "customer_sale", Kind.MONEY, description="US dollars"),
    Field("Warranty Total Sale", "warranty_sale", Kind.MONEY, description="US dollars"),
    Field("Internal Total Sale", "internal_sale", Kind.MONEY, description="US dollars"),
    Field("RO Mileage", "mileage_in", Kind.MILES, minimum=0, description="miles"),
    Field("Mileage Out", "mileage_out", Kind.MILES, minimum=0, description="miles"),
    Field("Delivery Date", "delivery_on", Kind.DATE),
)

LINES = (
    Field("Operation Codes", "op_codes", Kind.GROUPS),
    Field("Operation Code Descriptions", "op_descriptions", Kind.GROUPS),
    Field("Operation Sale Types", "op_sale_types", Kind.GROUPS, description="C customer, W warranty, I internal, by line"),
    Field("Recommended Operation Codes", "recommended_codes", Kind.GROUPS),
    Field("Recommendations", "recommendations", Kind.GROUPS),
)

FEED = Feed(
    name="dms_service",
    title="DMS repair orders",
    description="Repair orders from the DMS, open and closed, with customer, vehicle, mileage, pay types and operations.",
    layout=Layout.TSV,
    fields=(*IDENTITY, *ORDER, *LINES, *CUSTOMER, *VEHICLE, *CASS),
    key=("dealer_id", "ro_number"),
    file_name=r"^DV[DV]\d+_\d{8}_\d{4}_SV\.(txt|tsv|csv)$",
    example="DVD46315_20261121_0512_SV.txt",
    header=header("dealervault_SV"),
    has_public_layout=True,
    watched={"vin": 0.2, "customer_number": 0.3, "mileage_in": 0.4},
)
