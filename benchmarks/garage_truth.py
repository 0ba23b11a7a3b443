"""Whose record each record of a lake is, by the truth of a simulated world, and which vehicles they truly hold.

data_samples/README.md says how the keys of the truth meet the records of the lake. Only the judges read this.
"""

from datetime import date
from pathlib import Path

import polars as pl

from assets.lake import Lake

BY_TRANSACTION = r"^dms_"
BY_PROSPECT = r"^crm_leads:"


def true_people(lake: Lake, truth: Path, day: date) -> pl.DataFrame:
    """The true person and household of most records of each person of the lake: person_id, true_person, true_home."""
    told = pl.read_parquet(truth / "record_truth.parquet").rename({"person_id": "true_person"})
    plain = told.filter(~pl.col("record_id").str.contains(f"{BY_TRANSACTION}|{BY_PROSPECT}"))
    known = pl.concat([plain.select("record_id", "true_person"), _of_deals(told, lake.read("transaction", day))]).unique()
    homes = pl.read_parquet(truth / "person.parquet").select(true_person="person_id", true_home="household_id")
    counted = lake.read("member", day).join(known, on="record_id").join(homes, on="true_person")
    counted = counted.group_by("person_id", "true_person", "true_home").len()
    counted = counted.sort("person_id", "len", "true_person", descending=[False, True, False])
    return counted.unique("person_id", keep="first", maintain_order=True).drop("len")


def _of_deals(told: pl.DataFrame, transactions: pl.DataFrame) -> pl.DataFrame:
    """Records of deals, orders and appointments: the truth names the document, the lake the customer's account."""
    named = told.filter(pl.col("record_id").str.contains(BY_TRANSACTION)).with_columns(
        transaction_id=pl.col("record_id").str.replace(r":[a-z_]+$", ""), is_co=pl.col("record_id").str.ends_with(":co_buyer")
    )
    joined = named.join(transactions.select("transaction_id", "co_record_id", account="record_id"), on="transaction_id")
    record = pl.when("is_co").then("co_record_id").otherwise("account")
    return joined.select(record_id=record, true_person="true_person").drop_nulls()


def true_holders(truth: Path, day: date) -> pl.DataFrame:
    """Who holds which vehicle on a day, co-owners too: vin, true_person, true_home."""
    spans = pl.concat([pl.read_parquet(truth / f"{name}.parquet") for name in ("vehicle_owner", "co_owner")])
    held = spans.filter((pl.col("from") <= day) & (pl.col("to") > day)).select("vin", true_person="person_id").unique()
    homes = pl.read_parquet(truth / "person.parquet").select(true_person="person_id", true_home="household_id")
    return held.join(homes, on="true_person")


def with_truth(garage: pl.DataFrame, people: pl.DataFrame, holders: pl.DataFrame, by: str) -> pl.DataFrame:
    """Adds is_held: whether the true person (by="true_person") or household (by="true_home") holds the vehicle.

    Vehicles of which only a list knows, without a VIN, cannot be judged and are left out.
    """
    known = garage.filter(~pl.col("vin").str.starts_with("list:")).join(people, on="person_id", how="left")
    sure = holders.select("vin", by, is_held=pl.lit(True)).unique()
    return known.join(sure, on=["vin", by], how="left").with_columns(pl.col("is_held").fill_null(False))
