"""The three DealerVault feeds: sales, repair orders and appointments, one file per rooftop, type and delivery."""

import polars as pl

from data_samples.simulator.accounts import with_copy
from data_samples.simulator.cells import money, us_date, whole
from data_samples.simulator.columns import numbers
from data_samples.simulator.days import compact
from data_samples.simulator.deals import CONTRACTS
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer, as_lines, spoil
from schemas.sources import all_feeds

STAMP = "2350"  # time of delivery: the file holds its day's business
SPOILED_ONE_IN = 12
CUSTOMER = {
    "First Name": "first_name", "Middle Name": "middle_name", "Last Name": "last_name", "Suffix": "suffix", "Full Name": "full_name",
    "Address Line 1": "address_1", "Address Line 2": "address_2", "City": "city", "State": "state", "Zip": "zip", "County": "county",
    "Home Phone": "home", "Cell Phone": "cell", "Email 1": "email_1", "Email 2": "email_2", "Opt Out": "opt_out",
    "Block Email": "block_email", "Block Phone": "block_phone", "Block Mail": "block_mail",
}  # fmt: skip
CASS = {"CASS_STD_LINE1": "address_1", "CASS_STD_CITY": "city", "CASS_STD_STATE": "state", "CASS_STD_ZIP": "zip"}


def write_files(world: World, writer: Writer, feed: str, suffix: str, frame: pl.DataFrame) -> None:
    """One file per delivery and rooftop. `frame` has the published headers, `delivery` and `rooftop`."""
    header = all_feeds()[feed].header
    frame = frame.filter(pl.col("delivery") < len(world.calendar.deliveries)).sort("delivery", "rooftop", maintain_order=True)
    for (delivery, rooftop), part in frame.group_by("delivery", "rooftop", maintain_order=True):
        dealer = world.policy.group.rooftops[int(rooftop)].dealer_ids[0]
        name = f"{dealer}_{compact(world.calendar.deliveries[int(delivery)])}_{STAMP}_{suffix}.txt"
        writer.put(feed, name, spoil(as_lines(part, header, "\t"), SPOILED_ONE_IN, name), len(part))


def identity(world: World, frame: pl.DataFrame, kind: str) -> list[pl.Expr]:
    """The first four columns of every DealerVault file."""
    dealers = dict(enumerate(one.dealer_ids[0] for one in world.policy.group.rooftops))
    return [
        pl.lit(kind).alias("File Type"),
        pl.col("rooftop").replace_strict(dealers).alias("DV Dealer ID"),
        pl.col("rooftop").add(9001).cast(pl.String).alias("Vendor Dealer ID"),
        pl.lit("DealerTrack").alias("DMS Type"),
    ]


def customers(world: World, frame: pl.DataFrame, person: str, prefix: str = "") -> pl.DataFrame:
    """Adds the customer block of the account in use. Needs rooftop, copy and the person's column."""
    spaced = {name: name.replace("-", " ") if "Block" in name else name for name in (prefix + raw for raw in CUSTOMER)}
    accounts = world.accounts.select(
        "rooftop",
        "copy",
        pl.col("person").alias(person),
        pl.col("number").alias(f"{prefix}Customer Number"),
        *(pl.col(mine).alias(spaced[prefix + raw]) for raw, mine in CUSTOMER.items()),
        us_date("birth").alias(f"{prefix}Birth Date"),
        pl.lit("I").alias(f"{prefix}Individual/Business Flag"),
        *([us_date("last_day").alias("Customer Last Activity Date"), us_date("first_day").alias("Customer Create Date")] if not prefix else []),
        *([pl.col(mine).str.to_uppercase().alias(raw) for raw, mine in CASS.items()] if not prefix else []),
    )
    return frame.join(accounts, on=["rooftop", person, "copy"], how="left", maintain_order="left")


def vehicle_columns(frame: pl.DataFrame) -> list[pl.Expr]:
    """VIN, year, make and model, typed with the usual carelessness."""
    untidy = pl.concat_str(pl.col("vin").str.to_lowercase().str.slice(0, 8), pl.lit(" "), pl.col("vin").str.to_lowercase().str.slice(8))
    make = pl.col("make").replace({"Mercedes-Benz": "MB", "Chevrolet": "CHEVY", "Volkswagen": "VW"})
    return [
        pl.when(pl.col("spell") % 97 == 3).then(untidy).otherwise("vin").alias("VIN"),
        pl.col("year").cast(pl.String).alias("Year"),
        pl.when(pl.col("spell") % 5 == 0).then(make).when(pl.col("spell") % 5 == 1).then(pl.col("make").str.to_uppercase()).otherwise("make").alias("Make"),
        pl.when(pl.col("spell") % 7 == 0).then(pl.col("model").str.to_uppercase()).otherwise("model").alias("Model"),
        us_date("in_service").alias("In Service Date"),
    ]


def write_sales(world: World, writer: Writer) -> None:
    """SL: every deal when it is booked, and again when it is finalised or unwound."""
    deals = world.deals.join(world.spells.drop("person", "rooftop"), on="spell", how="left", maintain_order="left")
    deals = _with_accounts(world, deals)
    deals = _with_trades(world, deals)
    calendar = world.calendar
    booked = calendar.delivery_of(deals["day"].to_numpy())
    done = calendar.delivery_of(deals["finalized"].to_numpy())
    first = deals.with_columns(delivery=pl.Series(booked), is_final=pl.lit(False)).filter(pl.Series(booked < done))
    second = deals.with_columns(delivery=pl.Series(done), is_final=pl.lit(True)).filter(pl.Series(done < len(calendar.deliveries)))
    rows = pl.concat([first, second])
    write_files(world, writer, "dms_sales", "SL", _sales_cells(world, rows))


def _with_accounts(world: World, deals: pl.DataFrame) -> pl.DataFrame:
    deals = with_copy(world.draws, world.people, deals.with_columns(step=pl.col("key") % 7))
    deals = customers(world, deals, "person")
    other = deals.select("deal", "rooftop", "co_person", "step", person=pl.col("co_person")).filter(pl.col("co_person") >= 0)
    other = customers(world, with_copy(world.draws, world.people, other), "co_person", "Co-Buyer ")
    return deals.join(other.drop("rooftop", "co_person", "step", "person", "copy"), on="deal", how="left", maintain_order="left")


def _with_trades(world: World, deals: pl.DataFrame) -> pl.DataFrame:
    spells = world.spells.select(
        trade_spell=pl.col("spell"), trade_vin="vin", trade_year="year", trade_make="make", trade_model="model",
        payoff=(pl.col("financed") * 0.35).round(2),
    )  # fmt: skip
    return deals.join(spells, on="trade_spell", how="left", maintain_order="left")


def _sales_cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("kind")
    ended = pl.col("is_final") & (kind == "unwound")
    status = pl.when(ended).then(pl.lit("Unwound")).when("is_final").then(pl.lit("Finalized")).otherwise(pl.lit("Booked"))
    label = kind.replace_strict({"retail": "Retail", "lease": "Lease", "fleet": "Fleet", "wholesale": "Wholesale", "unwound": "Retail"})
    retail = ~kind.is_in(["wholesale", "fleet"])
    name = pl.when(kind == "wholesale").then(pl.lit("CAROLINA AUTO AUCTION")).when(kind == "fleet").then(
        pl.concat_str(pl.col("Last Name"), pl.lit(" LANDSCAPING LLC"))
    ).otherwise(pl.col("Full Name"))  # fmt: skip
    business = kind.is_in(["wholesale", "fleet"])
    personal = ["First Name", "Middle Name", "Last Name", "Suffix", "Birth Date"]
    contract = {i: c for i, c in enumerate(CONTRACTS)}
    return rows.with_columns(
        *identity(world, rows, "SL"),
        *vehicle_columns(rows),
        pl.col("number").alias("Deal Number"),
        status.alias("Deal Status"),
        label.alias("Deal Type"),
        label.alias("Sale Type"),
        name.alias("Full Name"),
        *(pl.when(~business).then(pl.col(one)).alias(one) for one in personal),
        pl.when(business).then(pl.lit("B")).otherwise(pl.lit("I")).alias("Individual/Business Flag"),
        pl.when(kind == "wholesale").then(pl.lit("0000999")).otherwise("Customer Number").alias("Customer Number"),
        pl.when(pl.col("how") == 2).then(pl.lit("Used")).when(kind == "wholesale").then(pl.lit("U")).otherwise(pl.lit("New")).alias("New/Used"),
        pl.concat_str(pl.lit("S"), pl.col("number")).alias("Stock Number"),
        *(pl.col("miles_at_start").cast(pl.String).alias(one) for one in ("Mileage", "Delivery Mileage")),
        *(us_date("day").alias(one) for one in ("Entry Date", "Booked Date", "Contract Date")),
        *(pl.when("is_final").then(us_date("finalized")).otherwise(pl.lit("0")).alias(one) for one in ("Finalized Date", "Accounting Date")),
        us_date("day").alias("Delivery Date"),
        pl.when("is_final").then(us_date("finalized")).otherwise(us_date("day")).alias("Status Change Date"),
        pl.when(retail & (pl.col("term") > 0)).then((pl.col("day") + 35).cast(pl.Int32).cast(pl.Date).dt.strftime("%-m/%-d/%Y")).alias("First Pay Date"),
        money("msrp", has_commas=True).alias("MSRP"),
        money("price", has_commas=True).alias("Sales Price"),
        money("price", has_commas=True).alias("List Price"),
        (pl.col("price") * 0.03 + 200).round(2).cast(pl.String).alias("Front Gross"),
        (pl.col("price") * 0.02 + 450).round(2).cast(pl.String).alias("Back Gross"),
        *(pl.when(retail & (pl.col("term") > 0)).then(money(mine, has_commas=True)).alias(raw) for raw, mine in (
            ("Amount Financed", "financed"), ("Down Payment", "down"), ("Monthly Payment", "payment"))),
        pl.when(retail).then(whole("term")).alias("Term"),
        pl.when(retail & pl.col("apr").is_not_nan()).then(pl.col("apr").cast(pl.String)).alias("APR"),
        pl.when(retail & (pl.col("residual") > 0)).then(money("residual", has_commas=True)).alias("Residual Amount"),
        pl.when(retail).then(whole("allowed")).alias("Allowed Miles"),
        pl.when(pl.col("apr").is_not_nan()).then(pl.lit("First Carolina Credit Union")).alias("Bank Name"),
        *(pl.when(retail).then(pl.col(mine).cast(pl.String)).alias(raw) for raw, mine in (
            ("Trade 1 VIN", "trade_vin"), ("Trade 1 Year", "trade_year"), ("Trade 1 Make", "trade_make"), ("Trade 1 Model", "trade_model"))),
        pl.when(retail).then(whole("trade_miles")).alias("Trade 1 Odometer"),
        pl.when(retail & pl.col("trade_vin").is_not_null()).then(money("payoff", has_commas=True)).alias("Trade 1 Payoff"),
        *(pl.col("contract").replace_strict({i: str(c[at]) for i, c in contract.items()}, default=None, return_dtype=pl.String).alias(raw)
          for raw, at in (("Warranty 1 Name", 0), ("Warranty 1 Term", 1), ("Warranty 1 Miles", 2))),
    )  # fmt: skip


def write_service(world: World, writer: Writer) -> None:
    """SV: every repair order when opened and again when closed; a few are sent again with the customer left blank."""
    calendar = world.calendar
    orders = world.visits.filter(pl.col("day") <= calendar.last)
    orders = orders.with_columns(ro=numbered(orders, 123))
    orders = with_copy(world.draws, world.people, orders.with_columns(step=pl.col("visit") % 7))
    opened, closed = calendar.delivery_of(orders["day"].to_numpy()), calendar.delivery_of(orders["closed"].to_numpy())
    last = len(calendar.deliveries)
    first = orders.with_columns(delivery=pl.Series(opened), is_closed=pl.lit(False)).filter(pl.Series(opened < closed))
    second = orders.with_columns(delivery=pl.Series(closed), is_closed=pl.lit(True)).filter(pl.Series(closed < last))
    again = second.filter(pl.col("visit") % 151 == 7).with_columns(delivery=pl.col("delivery") + 1)
    rows = customers(world, pl.concat([first, second]), "person")
    blank = again.with_columns(pl.lit(None, pl.String).alias("Customer Number"))
    rows = pl.concat([rows, blank], how="diagonal_relaxed").filter(pl.col("delivery") < last)
    write_files(world, writer, "dms_service", "SV", _service_cells(world, rows))


def numbered(frame: pl.DataFrame, start: int) -> pl.Series:
    """Running numbers per rooftop with leading zeros, in the frame's order."""
    return frame.select((pl.int_range(pl.len()).over("rooftop") + start).cast(pl.String).str.zfill(6)).to_series()


def _service_cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    done, warranty, internal = pl.col("is_closed"), pl.col("is_warranty"), pl.col("is_internal")
    share = pl.when(warranty).then(0.45).otherwise(0.0)
    rows = rows.with_columns(
        warranty_sale=pl.when(internal).then(0.0).otherwise(pl.col("total") * share),
        internal_sale=pl.when(internal).then(pl.col("total")).otherwise(0.0),
        customer_sale=pl.when(internal).then(0.0).otherwise(pl.col("total") * (1 - share)),
        cost=pl.col("total") * 0.56,
    )
    sums = (("Total Sale", "total"), ("Customer Total Sale", "customer_sale"), ("Warranty Total Sale", "warranty_sale"), ("Internal Total Sale", "internal_sale"), ("Total Cost", "cost"))
    return rows.with_columns(
        *identity(world, rows, "SV"),
        *vehicle_columns(rows),
        pl.col("ro").alias("RO Number"),
        us_date("day").alias("Open Date"),
        pl.when(done).then(us_date("closed")).otherwise(pl.when(pl.col("visit") % 3 == 0).then(pl.lit("0"))).alias("Close Date"),
        pl.when(done).then(pl.lit("Closed")).otherwise(pl.lit("Open")).alias("RO Status"),
        pl.lit("Service").alias("RO Department"),
        *(pl.when(done).then(money(mine)).alias(raw) for raw, mine in sums),
        pl.col("miles").cast(pl.String).alias("RO Mileage"),
        pl.when(done).then((pl.col("miles") + 3).cast(pl.String)).alias("Mileage Out"),
        pl.col("codes").alias("Operation Codes"),
        pl.col("texts").alias("Operation Code Descriptions"),
        pl.col("pay").alias("Operation Sale Types"),
        pl.when(done).then("recommended").alias("Recommended Operation Codes"),
        pl.when(done).then("recommendation").alias("Recommendations"),
    )


def write_appointments(world: World, writer: Writer) -> None:
    """SV_APPT: when booked, and again on its day with the order's number; the whole 45-day log on Sundays and at first."""
    calendar = world.calendar
    booked = world.visits.filter("has_appointment").with_columns(appointment=numbered(world.visits.filter("has_appointment"), 40_001))
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
    write_files(world, writer, "dms_appointments", "SV_APPT", _appointment_cells(world, customers(world, rows, "person")))


def _appointment_cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        *identity(world, rows, "SV_APPT"),
        *vehicle_columns(rows),
        pl.col("appointment").alias("Appointment Number"),
        us_date("day").alias("Appointment Date"),
        pl.concat_str((pl.col("visit") % 9 + 8).cast(pl.String), pl.lit(":30")).alias("Appointment Time"),
        us_date("booked").alias("Appointment Create Date"),
        pl.col("codes").str.split("|").list.first().alias("Operation Code"),
        pl.col("texts").str.split("|").list.first().alias("Operation Code Description"),
        pl.col("recommended").alias("Recommended Operation Code"),
        pl.lit("C").alias("Sale Type"),
        pl.col("miles").cast(pl.String).alias("Appointment Mileage"),
    )


