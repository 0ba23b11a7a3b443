"""Pairs found against pairs that are true, on people that others have labelled."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.policy_files import load_policy
from pipelines.identity.daily import STEP
from pipelines.identity.stated_vins import INPUTS as STATED
from pipelines.step import Day
from schemas.sources import all_feeds
from schemas.tables.web_identity import WEB_EVIDENCE, WEB_NETWORK
from tests.engines import fresh_engine
from tests.pipelines.identity.conftest import AS_OF, STAMP, TABLES, frame

MIN_PRECISION, MIN_RECALL = 0.97, 0.75


def shaped(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """A frame with every column of its table: lists that are not given are empty, all else null."""
    schema = TABLES[table].schema.create_empty().schema
    absent = [
        (pl.lit([], dtype) if isinstance(dtype, pl.List) else pl.lit(None, dtype)).alias(name)
        for name, dtype in schema.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def as_contacts(people: pl.DataFrame) -> pl.DataFrame:
    """The labelled columns in the shape of contact_record, plus vin and truth."""
    name = [pl.col(one).str.to_lowercase().str.replace_all(r"[^a-z -]", "") for one in ("first_name", "last_name")]
    born = pl.col("dob").str.to_date("%Y-%m-%d", strict=False)
    feed = pl.col("src").replace({"crm": "crm_contacts", "web": "crm_leads"})
    return people.select(
        "vin", "truth", "zip",
        record_id=feed + ":" + pl.col("rid"), feed=feed, role=pl.lit("contact"), rooftop_id=pl.lit("R01"),
        first_name=name[0], last_name=name[1], source_customer_id="D|" + pl.col("customer_no"), web_user_id="client_id",
        emails=pl.concat_list("email").list.drop_nulls(), phones=pl.concat_list("+1" + pl.col("phone")).list.drop_nulls(),
        address=pl.col("address").str.to_uppercase(), city="city", is_address_valid=pl.lit(True), is_business=pl.lit(False),
        birth_date=pl.when(born.is_between(date(1916, 1, 1), AS_OF)).then(born), is_first_party=pl.lit(True),
        created_on=pl.lit(AS_OF), updated_at=pl.lit(STAMP), last_seen_on=pl.col("seen").str.to_date("%Y-%m-%d", strict=False),
    )  # fmt: skip


def pairs(groups: pl.DataFrame) -> int:
    sizes = groups["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


@pytest.fixture(scope="module")
def scored(samples: Path) -> tuple[float, float, dict[str, pl.DataFrame]]:
    contacts = as_contacts(pl.read_parquet(samples / "er" / "dealer_20000.parquet"))
    deals = contacts.filter(pl.col("vin").is_not_null()).select(
        transaction_id="record_id", kind=pl.lit("sale"), status=pl.lit("closed"), number="record_id", record_id="record_id",
        vin="vin", occurred_on=pl.lit(AS_OF), updated_at=pl.lit(STAMP),
    )  # fmt: skip
    engine = fresh_engine()
    engine.register("contact_record", shaped(contacts, "contact_record"))
    engine.register("transaction", shaped(deals, "transaction"))
    engine.register("identity_rules", all_feeds()["identity_rules"].schema().create_empty())
    engine.register("email_status", all_feeds()["email_status"].schema().create_empty())
    engine.register("web_evidence", WEB_EVIDENCE.schema.create_empty())
    engine.register("web_network", WEB_NETWORK.schema.create_empty())
    for one in STATED:
        engine.register(one.table, frame(one.table, []).with_columns(dt=pl.lit(AS_OF)))
    for name in (one.table for one in STEP.inputs if one.window == "previous"):
        engine.register(f"previous_{name}", TABLES[name].schema.create_empty())
    found = STEP.frames(engine, Day(AS_OF, load_policy("velocity_b"), "key"))
    told = found["member"].join(contacts.select("record_id", "truth"), on="record_id")
    right = pairs(told.group_by("person_id", "truth").len())
    return right / pairs(told.group_by("person_id").len()), right / pairs(told.group_by("truth").len()), found


def test_precision_and_recall_of_pairs(scored: tuple[float, float, dict]) -> None:
    precision, recall, _ = scored
    print(f"dealer_20000: precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= MIN_PRECISION
    assert recall >= MIN_RECALL


def test_tables_keep_their_contracts(scored: tuple[float, float, dict]) -> None:
    for name, made in scored[2].items():
        TABLES[name].schema.validate(made)
