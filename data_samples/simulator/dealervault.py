"""What the three DealerVault feeds share: their files, the customer block, the vehicle block."""

import polars as pl

from data_samples.simulator.cells import us_date
from data_samples.simulator.days import compact
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer, as_lines, spoil
from schemas.sources import all_feeds

STAMP = "2350"  # time of delivery: the file holds its day's business
SPOILED_ONE_IN = 12
TRIMS = ("Base", "Sport", "Touring", "Limited", "SE")
CUSTOMER = {
    "First Name": "first_name",
    "Middle Name": "middle_name",
    "Last Name": "last_name",
    "Suffix": "suffix",
    "Full Name": "full_name",
    "Address Line 1": "address_1",
    "Address Line 2": "address_2",
    "City": "city",
    "State": "state",
    "Zip": "zip",
    "County": "county",
    "Home Phone": "home",
    "Cell Phone": "cell",
    "Email 1": "email_1",
    "Email 2": "email_2",
    "Opt Out": "opt_out",
    "Block Email": "block_email",
    "Block Phone": "block_phone",
    "Block Mail": "block_mail",
}
CASS = {"CASS_STD_LINE1": "address_1", "CASS_STD_CITY": "city", "CASS_STD_STATE": "state", "CASS_STD_ZIP": "zip"}


def write_files(world: World, writer: Writer, feed: str, suffix: str, frame: pl.DataFrame) -> None:
    """One file per delivery and rooftop; on days of their own also without rows. `frame` has the published headers,
    `delivery` and `rooftop`."""
    header = all_feeds()[feed].header
    deliveries, rooftops = world.calendar.deliveries, world.policy.group.rooftops
    frame = frame.filter(pl.col("delivery") < len(deliveries))
    parts = {tuple(map(int, key)): part for key, part in frame.partition_by("delivery", "rooftop", as_dict=True).items()}
    quiet = {(delivery, rooftop) for delivery in world.calendar.daily for rooftop in range(len(rooftops))}
    for delivery, rooftop in sorted(parts.keys() | quiet):
        part = parts.get((delivery, rooftop), frame.clear())
        name = f"{rooftops[rooftop].dealer_ids[0]}_{compact(deliveries[delivery])}_{STAMP}_{suffix}.txt"
        writer.put(feed, name, spoil(as_lines(part, header, "\t"), SPOILED_ONE_IN, name), len(part))


def identity(world: World, kind: str) -> list[pl.Expr]:
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
        *(
            [us_date("last_day").alias("Customer Last Activity Date"), us_date("first_day").alias("Customer Create Date")]
            if not prefix
            else []
        ),
        *([pl.col(mine).str.to_uppercase().alias(raw) for raw, mine in CASS.items()] if not prefix else []),
    )
    return frame.join(accounts, on=["rooftop", person, "copy"], how="left", maintain_order="left")


def vehicle_columns() -> list[pl.Expr]:
    """VIN, year, make, model and at times the trim, typed with the usual carelessness."""
    untidy = pl.concat_str(
        pl.col("vin").str.to_lowercase().str.slice(0, 8), pl.lit(" "), pl.col("vin").str.to_lowercase().str.slice(8)
    )
    make = pl.col("make").replace({"Mercedes-Benz": "MB", "Chevrolet": "CHEVY", "Volkswagen": "VW"})
    return [
        pl.when(pl.col("spell") % 97 == 3).then(untidy).otherwise("vin").alias("VIN"),
        pl.col("year").cast(pl.String).alias("Year"),
        pl.when(pl.col("spell") % 5 == 0)
        .then(make)
        .when(pl.col("spell") % 5 == 1)
        .then(pl.col("make").str.to_uppercase())
        .otherwise("make")
        .alias("Make"),
        pl.when(pl.col("spell") % 7 == 0).then(pl.col("model").str.to_uppercase()).otherwise("model").alias("Model"),
        pl.when(pl.col("spell") % 3 == 1)
        .then((pl.col("spell") % len(TRIMS)).replace_strict(dict(enumerate(TRIMS))))
        .alias("Trim"),
        us_date("in_service").alias("In Service Date"),
    ]
