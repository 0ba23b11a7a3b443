"""People of the DMS: one mention per customer number at its rooftop, not one per deal or order.

Two folds: versions of a row into its current row, field by field; then the rows of a customer into one mention, where
name and address are each taken whole from the newest row that states one, so that no address mixes two moves.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.engine import Engine
from pipelines.records.contact_record_mention import mentions
from pipelines.records.current_rows import current_rows

NAME = ("full_name", "first_name", "middle_name", "last_name", "suffix")
ADDRESS = ("address_1", "address_2", "city", "state", "zip")
CASS = ("cass_line_1", "cass_city", "cass_state", "cass_zip", "cass_error")
PHONES = ("cell_phone", "home_phone", "work_phone")
EMAILS = ("email_1", "email_2", "email_3")
BLOCK = (*NAME, *ADDRESS, *PHONES, *EMAILS, "birth_date", "party_type", "number")


@dataclass(frozen=True)
class Party:
    """One block of a DMS row that names a person."""

    feed: str
    role: str
    prefix: str  # of the block's columns
    dates: tuple[str, ...]  # columns that say when the row happened, best first
    has_cass: bool = True


SALE_DATES = ("contract_on", "delivery_on", "booked_on", "entry_on")
PARTIES = (
    Party(
        "dms_sales", "buyer", "customer_", ("contract_on", "delivery_on", "booked_on", "entry_on", "customer_last_activity_on")
    ),
    Party("dms_sales", "co_buyer", "co_buyer_", SALE_DATES, has_cass=False),
    Party("dms_service", "customer", "customer_", ("closed_on", "opened_on", "customer_last_activity_on")),
    Party("dms_appointments", "customer", "customer_", ("created_on", "customer_last_activity_on")),
)


def person_key(party: Party) -> str:
    """SQL for [row_key, person, is_touched] of every row of a feed: person is dealer|number, else the row's own key."""
    number = f"arg_max({party.prefix}number, (version_at, file_name, line_number))"
    return (
        f"SELECT row_key, coalesce(arg_max(dealer_id, version_at) || '|' || {number}, row_key) AS person, "
        f"bool_or(dt = $as_of) AS is_touched FROM {party.feed} WHERE dt <= $as_of GROUP BY row_key"
    )


def dms_mentions(engine: Engine, party: Party, as_of: date) -> tuple[pl.DataFrame, pl.Series]:
    """Mentions of the people touched on the day, and the ids of earlier mentions that they replace."""
    engine.register("dms_person", engine.sql(person_key(party), as_of=as_of))
    among = "SELECT row_key FROM dms_person WHERE person IN (SELECT person FROM dms_person WHERE is_touched)"
    query = f"SELECT c.*, p.person FROM ({_current(party, among)}) c JOIN dms_person p USING (row_key) ORDER BY row_key"
    rows = engine.sql(query, as_of=as_of).with_columns(
        pl.coalesce(party.dates).alias("happened_on"), *(pl.col(party.prefix + one).alias(one) for one in BLOCK)
    )
    numbered = rows.filter(pl.col("person") != pl.col("row_key"))
    replaced = numbered.select(pl.format(f"{party.feed}:{{}}:{party.role}", "row_key").alias("record_id")).to_series()
    return _as_mention(_latest(rows.filter(_is_somebody(party)), party, as_of), party), replaced


def _current(party: Party, among: str) -> str:
    columns = [*(party.prefix + one for one in BLOCK), *party.dates, "dealer_id", *(CASS if party.has_cass else ())]
    return current_rows(party.feed, list(dict.fromkeys(columns)), among)


def _is_somebody(party: Party) -> pl.Expr:
    """A main party exists on every row, named or not, so that its transaction has a record; a co-buyer only if stated."""
    stated = pl.any_horizontal(pl.col(*NAME, *PHONES, *EMAILS, "number").is_not_null())
    return stated if party.role == "co_buyer" else pl.lit(True)


def _latest(rows: pl.DataFrame, party: Party, as_of: date) -> pl.DataFrame:
    """One row per person: name and address whole from the newest row that states them, the rest field by field."""
    address = (*ADDRESS, *CASS) if party.has_cass else ADDRESS
    single = (*PHONES, *EMAILS, "birth_date", "party_type", "number", "dealer_id")
    blocks = {
        "name_block": (NAME, pl.any_horizontal(pl.col("full_name", "first_name", "last_name").is_not_null())),
        "address_block": (address, pl.any_horizontal(pl.col("address_1", "zip").is_not_null())),
    }
    ordered = rows.sort("updated_at", pl.col("happened_on").fill_null(date.min), "line_number", "row_key")
    found = ordered.group_by("person", maintain_order=True).agg(
        *(pl.struct(columns).filter(has).last().alias(name) for name, (columns, has) in blocks.items()),
        *(pl.col(one).drop_nulls().last() for one in single),
        pl.col("taken_in_on").min().alias("created_on"),
        pl.col("updated_at").max(),
        pl.col("happened_on").filter(pl.col("happened_on") <= as_of).max().alias("last_seen_on"),
    )
    return found.unnest(list(blocks))


def _as_mention(people: pl.DataFrame, party: Party) -> pl.DataFrame:
    return mentions(
        people.with_columns(
            pl.format(f"{party.feed}:{{}}:{party.role}", "person").alias("record_id"),
            pl.lit(party.feed).alias("feed"),
            pl.lit(party.role).alias("role"),
            pl.format("dealer:{}", pl.col("dealer_id").str.to_lowercase()).alias("rooftop_ref"),
            pl.when(pl.col("number").is_not_null()).then(pl.col("person")).alias("source_customer_id"),
            pl.col("party_type").str.to_lowercase().str.starts_with("b").alias("is_flagged_business"),
            pl.concat_list(EMAILS).list.drop_nulls().alias("emails"),
            pl.concat_list(PHONES).list.drop_nulls().alias("phones"),
            pl.lit(True).alias("is_first_party"),
        )
    )
