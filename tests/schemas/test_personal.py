"""No table can hold somebody unseen: a column that looks personal must be said to be so, or not to be, in schemas/personal.py."""

import dataframely as dy
import pytest

from pipelines.activation.forget_keys import COLUMNS, STREETS, blocks
from schemas.contract import Kind
from schemas.personal import DETAIL, NOBODYS, OWNER, REFERENCE, unspoken
from schemas.sources import all_feeds
from schemas.tables import all_tables


@pytest.mark.parametrize("name", sorted(all_tables()))
def test_of_every_column_that_looks_personal_it_is_said_what_it_tells(name: str) -> None:
    assert unspoken(all_tables()[name].schema) == [], (
        f"say in schemas/personal.py what these columns of {name} tell of a person: OWNER, REFERENCE, DETAIL or NOBODYS"
    )


def test_a_new_table_with_such_a_column_is_found() -> None:
    class Unseen(dy.Schema):
        caller_phone = dy.String()
        buyer_record_id = dy.String()
        is_customer = dy.Bool()
        people = dy.Int64()

    assert unspoken(Unseen) == ["caller_phone", "buyer_record_id"]


def test_nothing_is_said_twice() -> None:
    said = [*OWNER, *REFERENCE, *DETAIL, *NOBODYS]
    assert len(said) == len(set(said))


def test_a_personal_table_has_a_column_that_says_whose_a_row_is() -> None:
    """Or its rows are a household's, or of pairs, or of what many share."""
    by_others = {"household", "household_rfm", "edge", "profile_edge", "shared_identifier"}
    of_nobody = {"identity_parameter", "identity_value_share", "identity_rule", "breaker_release", "pending_removal"}
    left = [
        name
        for name, table in all_tables().items()
        if table.is_personal and not set(OWNER) & set(table.schema.column_names()) and name not in by_others | of_nobody
    ]
    assert left == []


@pytest.mark.parametrize("name", sorted(all_feeds()))
def test_every_identifier_of_a_feed_is_read_as_one(name: str) -> None:
    """An e-mail, phone or hash that the eraser would not look at would bring somebody back."""
    feed = all_feeds()[name]
    known = {column for columns in COLUMNS.values() for column in columns} | {one for street in STREETS for one in street if one}
    looks = ("email", "phone", "caller", "sha256", "pseudo_id", "web_client", "address_1", "street")
    texts = [one.name for one in feed.fields if one.kind in (Kind.TEXT, Kind.VIN)]
    read = {column for block in blocks(texts) for base, column in block.of.items() if base in known or base == "full_name"}
    missed = [one for one in texts if any(look in one for look in looks) and one not in read and one not in ("tracked_number",)]
    assert missed == []
