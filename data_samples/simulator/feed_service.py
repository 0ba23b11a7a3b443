"""DealerVault repair orders (SV) and service appointments (SV_APPT)."""

import polars as pl

from data_samples.simulator.accounts import with_copy
from data_samples.simulator.cells import money, us_date
from data_samples.simulator.columns import numbers
from data_samples.simulator.dealervault import customers, identity, vehicle_columns, write_files
from data_samples.simulator.service import numbered
from data_samples.simulator.tables import BAD_DATE
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer


def write_service(world: World, writer: Writer) -> None:
    """SV: every repair order when opened and again when closed; a few are sent again with the customer left blank."""
    calendar = world.calendar
    orders = world.visits.filter((pl.col("day") <= calendar.last) & ~pl.col("is_missed"))
    orders = with_copy(world.draws, world.people, orders.with_columns(step=pl.col("visit") % 7))
    opened, closed = calendar.delivery_of(orders["day"].to_numpy()), calendar.delivery_of(orders["closed"].to_numpy())
    last = len(calendar.deliveries)
    first = orders.with_columns(delivery=pl.Series(opened), is_closed=pl.lit(False)).filter(pl.Series(opened < closed))
    second = orders.with_columns(delivery=pl.Series(closed), is_closed=pl.lit(True)).filter(pl.Series(closed < last))
    again = second.filter(pl.col("visit") % 151 == 7).with_columns(delivery=pl.col("delivery") + 1)
    rows = customers(world, pl.concat([first, second]), "person")
    blank = again.with_columns(pl.lit(None, pl.String).alias("Customer Number"))
    rows = pl.concat([rows, blank], how="diagonal_relaxed").filter(pl.col("delivery") < last)
    cells = _service_cells(world, rows)
    writer.link(cells, "dms_service", ["DV Dealer ID", "RO Number"], "customer")
    write_files(world, writer, "dms_service", "SV", cells)


def _service_cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    done, warranty, internal = pl.col("is_closed"), pl.col("is_warranty"), pl.col("is_internal")
    share = pl.when(warranty).then(0.45).otherwise(0.0)
    rows = rows.with_columns(
        warranty_sale=pl.when(internal).then(0.0).otherwise(pl.col("total") * share),
        internal_sale=pl.when(internal).then(pl.col("total")).otherwise(0.0),
        customer_sale=pl.when(internal).then(0.0).otherwise(pl.col("total") * (1 - share)),
        cost=pl.col("total") * 0.56,
    )
    sums = (
        ("Total Sale", "total"), ("Customer Total Sale", "customer_sale"), ("Warranty Total Sale", "warranty_sale"),
        ("Internal Total Sale", "internal_sale"), ("Total Cost", "cost"),
    )  # fmt: skip
    return _internal(world, rows).with_columns(
        *identity(world, "SV"),
        *vehicle_columns(),
        pl.col("ro").alias("RO Number"),
        pl.when(pl.col("visit") % 701 == 13).then(pl.lit(BAD_DATE)).otherwise(us_date("day")).alias("Open Date"),
        pl.when(done).then(us_date("closed")).otherwise(pl.when(pl.col("visit") % 3 == 0).then(pl.lit("0"))).alias("Close Date"),
        pl.when(done & pl.col("is_void"))
        .then(pl.lit("Void"))
        .when(done)
        .then(pl.lit("Closed"))
        .otherwise(pl.lit("Open"))
        .alias("RO Status"),
        pl.lit("Service").alias("RO Department"),
        *(pl.when(done & ~pl.col("is_void")).then(money(mine)).alias(raw) for raw, mine in sums),
        pl.col("miles").cast(pl.String).alias("RO Mileage"),
        pl.when(done).then((pl.col("miles") + 3).cast(pl.String)).alias("Mileage Out"),
        pl.col("codes").alias("Operation Codes"),
        pl.col("texts").alias("Operation Code Descriptions"),
        pl.col("pay").alias("Operation Sale Types"),
        pl.when(done).then("recommended").alias("Recommended Operation Codes"),
        pl.when(done).then("recommendation").alias("Recommendations"),
    )


def _internal(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """On half of the internal orders the rooftop itself is the customer, with its own phone."""
    rooftops = world.policy.group.rooftops
    values = {
        "Customer Number": dict.fromkeys(range(len(rooftops)), "0000001"),
        "Full Name": {i: one.title.upper() for i, one in enumerate(rooftops)},
        "Cell Phone": {i: (one.phones or ("+18005550199",))[0] for i, one in enumerate(rooftops)},
        "Individual/Business Flag": dict.fromkeys(range(len(rooftops)), "B"),
    }
    own = pl.col("is_internal") & (pl.col("visit") % 2 == 0)
    blank = ("First Name", "Middle Name", "Last Name", "Suffix", "Birth Date", "Email 1", "Email 2", "Home Phone")
    return rows.with_columns(
        *(pl.when(own).then(pl.col("rooftop").replace_strict(table)).otherwise(raw).alias(raw) for raw, table in values.items()),
        *(pl.when(~own).then(pl.col(raw)).alias(raw) for raw in blank),
        person=pl.when(own).then(-1).otherwise("person"),
    )


def write_appointments(world: World, writer: Writer) -> None:
    """SV_APPT: when booked, and again on its day with the order's number unless nobody came; the whole 45-day log on Sundays
    and at first."""
    calendar = world.calendar
    booked = world.visits.filter("has_appointment")
    booked = booked.with_columns(appointment=numbered(booked, 40_001))
    day, since = numbers(booked, "day", "booked")
    parts = []
    for index, delivery in enumerate(calendar.deliveries):
        before = calendar.deliveries[index - 1] if index else delivery - 45
        fresh = ((since > before) & (since <= delivery)) | ((day > before) & (day <= delivery))
        if delivery % 7 == 3 or index == 0:
            fresh = (since <= delivery) & (day > delivery - 45)
        rows = booked.filter(pl.Series(fresh & (since <= delivery)))
        parts.append(rows.with_columns(delivery=pl.lit(index, dtype=pl.Int64), is_past=pl.col("day") <= delivery))
    rows = with_copy(world.draws, world.people, pl.concat(parts).with_columns(step=pl.col("visit") % 7))
    cells = _appointment_cells(world, customers(world, rows, "person"))
    writer.link(cells, "dms_appointments", ["DV Dealer ID", "Appointment Number"], "customer")
    write_files(world, writer, "dms_appointments", "SV_APPT", cells)


def _appointment_cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        *identity(world, "SV_APPT"),
        *vehicle_columns(),
        pl.col("appointment").alias("Appointment Number"),
        us_date("day").alias("Appointment Date"),
        pl.when(pl.col("is_past") & ~pl.col("is_missed")).then("ro").alias("RO Number"),
        pl.concat_str((pl.col("visit") % 9 + 8).cast(pl.String), pl.lit(":30")).alias("Appointment Time"),
        us_date("booked").alias("Appointment Create Date"),
        pl.col("codes").str.extract(r"^([^|^]*)").alias("Operation Code"),
        pl.col("texts").str.extract(r"^([^|^]*)").alias("Operation Code Description"),
        pl.col("recommended").alias("Recommended Operation Code"),
        pl.lit("C").alias("Sale Type"),
        pl.col("miles").cast(pl.String).alias("Appointment Mileage"),
    )
