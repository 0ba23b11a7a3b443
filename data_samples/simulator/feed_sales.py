"""DealerVault sales (SL): every deal when it is booked, and again when it is finalised or unwound."""

import polars as pl

from data_samples.simulator.accounts import with_copy
from data_samples.simulator.cells import money, us_date, whole
from data_samples.simulator.dealervault import customers, identity, vehicle_columns, write_files
from data_samples.simulator.deals import CONTRACTS
from data_samples.simulator.tables import BAD_DATE
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer


def write_sales(world: World, writer: Writer) -> None:
    """SL: every deal when it is booked, and again when it is finalised or unwound."""
    deals = world.deals.join(world.spells.drop("person", "rooftop"), on="spell", how="left", maintain_order="left")
    deals = _with_accounts(world, deals)
    deals = _with_trades(world, deals)
    calendar = world.calendar
    booked = calendar.delivery_of(deals["day"].to_numpy())
    done = calendar.delivery_of(deals["finalized"].to_numpy())
    first = deals.with_columns(delivery=pl.Series(booked), is_final=pl.lit(False)).filter(pl.Series(booked < done))
    second = deals.with_columns(delivery=pl.Series(done), is_final=pl.lit(True)).filter(
        pl.Series(done < len(calendar.deliveries))
    )
    rows = pl.concat([first, second])
    cells = _cells(world, rows)
    writer.link(cells, "dms_sales", ["DV Dealer ID", "Deal Number"], "buyer")
    writer.link(cells.filter(pl.col("co_person") >= 0), "dms_sales", ["DV Dealer ID", "Deal Number"], "co_buyer", "co_person")
    write_files(world, writer, "dms_sales", "SL", cells)


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


def _cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """The published columns of the sales file."""
    rows = rows.with_columns(*identity(world, "SL"), *vehicle_columns(), *_deal(), *_dates(), *_money(), *_trade(), *_contract())
    return rows.with_columns(*_buyer())


RETAIL = ~pl.col("kind").is_in(["wholesale", "fleet"])
FINANCED = RETAIL & (pl.col("term") > 0)
SECOND_TRADE = (("Year", "2004"), ("Make", "Ford"), ("Model", "Ranger"), ("Odometer", "183400"))  # an old one, VIN not noted
SECOND_CONTRACT = (("Name", "Tire and Wheel Protection"), ("Term", "60"), ("Miles", "75000"))
LABELS = {"retail": "Retail", "lease": "Lease", "fleet": "Fleet", "wholesale": "Wholesale", "unwound": "Retail"}


def _deal() -> list[pl.Expr]:
    undone = pl.col("is_final") & (pl.col("kind") == "unwound")
    status = pl.when(undone).then(pl.lit("Unwound")).when("is_final").then(pl.lit("Finalized")).otherwise(pl.lit("Booked"))
    used = pl.when(pl.col("kind") == "wholesale").then(pl.lit("U")).when(pl.col("how") == 2).then(pl.lit("Used"))
    return [
        pl.col("number").alias("Deal Number"),
        status.alias("Deal Status"),
        *(pl.col("kind").replace_strict(LABELS).alias(raw) for raw in ("Deal Type", "Sale Type")),
        used.otherwise(pl.lit("New")).alias("New/Used"),
        pl.concat_str(pl.lit("S"), pl.col("number")).alias("Stock Number"),
        *(pl.col("miles_at_start").cast(pl.Int64).cast(pl.String).alias(raw) for raw in ("Mileage", "Delivery Mileage")),
        pl.when(pl.col("apr").is_not_nan()).then(pl.lit("First Carolina Credit Union")).alias("Bank Name"),
    ]


def _dates() -> list[pl.Expr]:
    """A date that is not known yet is `0` in this DMS; a few are impossible."""
    entry = pl.when(pl.col("key") % 409 == 11).then(pl.lit(BAD_DATE)).otherwise(us_date("day"))
    first_pay = (pl.col("day") + 35).cast(pl.Int32).cast(pl.Date).dt.strftime("%-m/%-d/%Y")
    final = pl.when("is_final").then(us_date("finalized"))
    return [
        entry.alias("Entry Date"),
        *(us_date("day").alias(raw) for raw in ("Booked Date", "Contract Date", "Delivery Date")),
        *(final.otherwise(pl.lit("0")).alias(raw) for raw in ("Finalized Date", "Accounting Date")),
        final.otherwise(us_date("day")).alias("Status Change Date"),
        pl.when(FINANCED).then(first_pay).alias("First Pay Date"),
    ]


def _money() -> list[pl.Expr]:
    always = (("MSRP", "msrp"), ("Sales Price", "price"), ("List Price", "price"))
    financed = (("Amount Financed", "financed"), ("Down Payment", "down"), ("Monthly Payment", "payment"))
    return [
        *(money(mine, has_commas=True).alias(raw) for raw, mine in always),
        (pl.col("price") * 0.03 + 200).round(2).cast(pl.String).alias("Front Gross"),
        (pl.col("price") * 0.02 + 450).round(2).cast(pl.String).alias("Back Gross"),
        *(pl.when(FINANCED).then(money(mine, has_commas=True)).alias(raw) for raw, mine in financed),
        pl.when(RETAIL).then(whole("term")).alias("Term"),
        pl.when(RETAIL & pl.col("apr").is_not_nan()).then(pl.col("apr").cast(pl.String)).alias("APR"),
        pl.when(RETAIL & (pl.col("residual") > 0)).then(money("residual", has_commas=True)).alias("Residual Amount"),
        pl.when(RETAIL).then(whole("allowed")).alias("Allowed Miles"),
    ]


def _trade() -> list[pl.Expr]:
    two = RETAIL & pl.col("trade_vin").is_not_null() & (pl.col("key") % 43 == 5)
    named = (("VIN", "trade_vin"), ("Year", "trade_year"), ("Make", "trade_make"), ("Model", "trade_model"))
    return [
        *(pl.when(RETAIL).then(pl.col(mine).cast(pl.String)).alias(f"Trade 1 {raw}") for raw, mine in named),
        pl.when(RETAIL).then(whole("trade_miles")).alias("Trade 1 Odometer"),
        pl.when(RETAIL & pl.col("trade_vin").is_not_null()).then(money("payoff", has_commas=True)).alias("Trade 1 Payoff"),
        *(pl.when(two).then(pl.lit(value)).alias(f"Trade 2 {raw}") for raw, value in SECOND_TRADE),
    ]


def _contract() -> list[pl.Expr]:
    """The service contract sold with the deal, and at times a second one."""
    names = (("Warranty 1 Name", 0), ("Warranty 1 Term", 1), ("Warranty 1 Miles", 2))
    tables = [(raw, {i: str(one[part]) for i, one in enumerate(CONTRACTS)}) for raw, part in names]
    has_second = (pl.col("contract") >= 0) & (pl.col("deal") % 4 == 1)
    return [
        *(pl.col("contract").replace_strict(table, default=None, return_dtype=pl.String).alias(raw) for raw, table in tables),
        *(pl.when(has_second).then(pl.lit(value)).alias(f"Warranty 2 {raw}") for raw, value in SECOND_CONTRACT),
    ]


def _buyer() -> list[pl.Expr]:
    """Businesses have no first name and no birth date; the auction is customer 0000999 everywhere."""
    kind = pl.col("kind")
    fleet = pl.concat_str(pl.col("Last Name"), pl.lit(" LANDSCAPING LLC"))
    name = pl.when(kind == "wholesale").then(pl.lit("CAROLINA AUTO AUCTION")).when(kind == "fleet").then(fleet)
    return [
        name.otherwise("Full Name").alias("Full Name"),
        *(
            pl.when(RETAIL).then(pl.col(raw)).alias(raw)
            for raw in ("First Name", "Middle Name", "Last Name", "Suffix", "Birth Date")
        ),
        pl.when(RETAIL).then(pl.lit("I")).otherwise(pl.lit("B")).alias("Individual/Business Flag"),
        pl.when(kind == "wholesale").then(pl.lit("0000999")).otherwise("Customer Number").alias("Customer Number"),
    ]
