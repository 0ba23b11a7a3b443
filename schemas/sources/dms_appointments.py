"""DealerVault service appointments (SV_APPT): one row per appointment, 105 columns, unquoted TSV, a rolling 45-day log."""

from schemas.contract import Feed, Field, Kind, Layout
from schemas.sources.dealervault import CASS, CUSTOMER, IDENTITY, VEHICLE
from schemas.sources.layouts import header

APPOINTMENT = (
    Field("Appointment Number", "appointment_number", required=True, description="number at this rooftop, leading zeros kept"),
    Field("Appointment Date", "appointment_on", Kind.DATE, required=True),
    Field("Appointment Time", "appointment_time"),
    Field("Appointment Create Date", "created_on", Kind.DATE),
    Field("RO Number", "ro_number"),
    Field("Last RO Miles", "last_ro_miles", Kind.MILES, minimum=0, description="miles"),
    Field("Last RO Date", "last_ro_on", Kind.DATE),
    Field("Operation Code", "op_code"),
    Field("Operation Code Description", "op_description"),
    Field("Recommended Operation Code", "recommended_code"),
    Field("Sale Type", "sale_type"),
    Field("Appointment Mileage", "mileage", Kind.MILES, minimum=0, description="miles"),
)

FEED = Feed(
    name="dms_appointments",
    title="DMS service appointments",
    description="Service appointments, a rolling log of about 45 days; a later file mutates an earlier appointment.",
    layout=Layout.TSV,
    fields=(*IDENTITY, *APPOINTMENT, *CUSTOMER, *VEHICLE, *CASS),
    key=("dealer_id", "appointment_number"),
    file_name=r"^DV[DV]\d+_\d{8}_\d{4}_SV_APPT\.(txt|tsv|csv)$",
    example="DVD46315_20261121_0512_SV_APPT.txt",
    header=header("dealervault_SV_APPT"),
    has_public_layout=True,
    watched={"vin": 0.4},
)
