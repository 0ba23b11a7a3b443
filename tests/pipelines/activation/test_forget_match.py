"""Whose a row is: both sides of the tombstone, on literal rows."""

import polars as pl
import pytest

from pipelines.activation.forget_keys import Hasher, hashed_keys, spellings
from pipelines.activation.forget_match import Tombstones, fate, is_in_text, tombstones

SEED = "a seed"
ANN = "ann|lee|"


def stones(*keys: tuple[str, str, str]) -> Tombstones:
    """Tombstones of (kind, value, name); a blank name is an identifier that nobody else was known by."""
    rows = hashed_keys(keys, Hasher(SEED))
    return tombstones(pl.DataFrame(rows, schema=["scope", "key_hash"], orient="row"), SEED)


def of(kind: str, value: str, *, alone: bool, name: str = ANN) -> Tombstones:
    named = [(kind, value, one) for one in spellings(name)]
    return stones(*named, *([(kind, value, "")] if alone else []))


def gone(found: Tombstones, **row: str | None) -> bool:
    rows = pl.DataFrame({"at": [0], **{name: [value] for name, value in row.items()}}, schema_overrides={"at": pl.UInt32})
    rows = rows.with_columns(pl.exclude("at").cast(pl.String))
    return fate("crm_contacts", (), rows, found).gone.to_list() == [0]


FAMILY = of("email", "lees@example.com", alone=False)
OWN = of("email", "ann@example.com", alone=True)


@pytest.mark.parametrize(
    ("found", "row", "expected"),
    [
        (FAMILY, {"first_name": "Ann", "last_name": "Lee", "email_1": "LEES@example.com "}, True),
        (FAMILY, {"first_name": "Annie", "last_name": "Lee", "email_1": "lees@example.com"}, True),
        (FAMILY, {"full_name": "LEE, ANN", "email_1": "lees@example.com"}, True),
        (FAMILY, {"first_name": "Bob", "last_name": "Lee", "email_1": "lees@example.com"}, False),
        (FAMILY, {"first_name": None, "last_name": None, "email_1": "lees@example.com"}, False),
        (FAMILY, {"first_name": "Ann", "last_name": "Lee", "email_1": "other@example.com"}, False),
        (OWN, {"first_name": None, "last_name": None, "email_1": "ann@example.com"}, True),
        (OWN, {"first_name": "Bob", "last_name": "Ray", "email_1": "ann@example.com"}, False),
        (of("email", "annlee@gmail.com", alone=True), {"email_1": "Ann.Lee+cars@googlemail.com"}, True),
        (of("phone", "+18283971998", alone=False), {"first_name": "Ann", "last_name": "Lee", "phone_1": "(828) 397-1998"}, True),
        (of("phone", "+18283971998", alone=False), {"first_name": "Tom", "last_name": "Lee", "phone_1": "(828) 397-1998"}, False),
        (of("customer", "crm|C7", alone=True), {"contact_id": "C7", "first_name": "Ann", "last_name": "Lee"}, True),
        (of("client", "533.172", alone=True), {"user_pseudo_id": "533.172"}, True),
        (of("vin", "1HGCM82633A004352", alone=False), {"vin": "1hgcm82633a004352", "full_name": "Ann Lee"}, True),
        (of("vin", "1HGCM82633A004352", alone=True), {"vin": "1HGCM82633A004352"}, False),
    ],
)  # fmt: skip
def test_a_row_goes_where_identifier_and_name_are_theirs(found: Tombstones, row: dict[str, str | None], expected: bool) -> None:
    assert gone(found, **row) is expected


def test_an_address_needs_the_name() -> None:
    home = of("address", "4923 MESA PL|28023", alone=True, name="karen|alvarez|")
    line = {"address_1": "4923 Mesa Place", "zip": "28023-1234"}
    assert gone(home, first_name="Karen", last_name="Alvarez", **line)
    assert not gone(home, first_name="Luis", last_name="Alvarez", **line)
    assert not gone(home, **line)


def test_father_and_son_of_one_name_are_told_apart_by_the_generation() -> None:
    father = of("address", "4923 MESA PL|28023", alone=False, name="john|alvarez|sr")
    line = {"address_1": "4923 Mesa Pl", "zip": "28023", "first_name": "John", "last_name": "Alvarez"}
    assert gone(father, **line, suffix="Sr.") and gone(father, **line)
    assert not gone(father, **line, suffix="Jr")


DEAL = {"dealer_id": "D1", "customer_first_name": "Ann", "customer_last_name": "Lee", "customer_email_1": "ann@example.com"}
SIGNED = {"co_buyer_first_name": "Bob", "co_buyer_last_name": "Ray", "co_buyer_email_1": "bob@example.com"}


def deal(**more: str | None) -> pl.DataFrame:
    rows = {"at": [0], **{name: [value] for name, value in (DEAL | dict.fromkeys(SIGNED) | {"deal_number": "7"} | more).items()}}
    return pl.DataFrame(rows, schema_overrides={"at": pl.UInt32}).with_columns(pl.exclude("at").cast(pl.String))


def test_a_deal_goes_with_its_buyer_and_stays_with_a_co_buyer() -> None:
    assert fate("dms_sales", (), deal(), OWN).gone.to_list() == [0]
    found = fate("dms_sales", (), deal(**SIGNED), OWN)
    assert found.gone.to_list() == []
    kept = found.blank(deal(**SIGNED)).to_dicts()[0]
    assert kept["customer_first_name"] is None and kept["customer_email_1"] is None
    assert {name: kept[name] for name in SIGNED} == SIGNED and kept["deal_number"] == "7"


def test_a_co_buyer_leaves_the_deal_to_its_buyer() -> None:
    bob = of("email", "bob@example.com", alone=True, name="bob|ray|")
    found = fate("dms_sales", (), deal(**SIGNED), bob)
    kept = found.blank(deal(**SIGNED)).to_dicts()[0]
    assert found.gone.to_list() == [] and kept["co_buyer_email_1"] is None and kept["customer_email_1"] == "ann@example.com"


@pytest.mark.parametrize(
    ("found", "cells", "expected"),
    [
        (OWN, ["7", "ann@example.com", "x"], True),
        (FAMILY, ["Ann", "Lee", "lees@example.com"], True),
        (FAMILY, ["Bob", "Lee", "lees@example.com"], False),
        (of("phone", "+18283971998", alone=True), ["828.397.1998"], True),
        (OWN, ["nobody@example.com"], False),
    ],
)
def test_a_text_that_is_no_row_is_read_by_its_cells(found: Tombstones, cells: list[str], expected: bool) -> None:
    assert is_in_text(",".join(cells), cells, found) is expected


def test_without_the_seed_a_hash_is_another() -> None:
    assert Hasher("a").of("email", "ann@example.com") != Hasher("b").of("email", "ann@example.com")
    assert "ann" not in Hasher("a").of("email", "ann@example.com")
