# ruff: noqa: DTZ001  file stamps are naive, in the group's time zone
"""Versions, repeats and late files, against a plain reading of the rule that does not come from the code."""

import random
from datetime import datetime, timedelta
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_case import GOOD_CALL, assert_adds_up, calls, deal_file, drop, known_after, take

from pipelines.ingest import DropFile, Ingested

HASH_OF_GOOD_CALL = 4374135681080919343
MONDAY, TUESDAY, FRIDAY = (f"DVD1_2026111{day}_0500_SL.txt" for day in (6, 7, 9))


def deals(name: str, *rows: tuple[str, str]) -> DropFile:
    return drop(name, deal_file(*({"Deal Number": number, "Deal Status": status} for number, status in rows)))


def stored(result: Ingested) -> list[tuple[object, ...]]:
    return result.accepted.select("deal_number", "deal_status", "is_superseded").rows()


def counts(result: Ingested) -> list[tuple[int, ...]]:
    return result.files.select("rows_read", "rows_accepted", "rows_superseded").rows()


def test_a_row_that_says_the_same_again_is_a_repeat() -> None:
    first = take("dms_sales", deals(MONDAY, ("1", "Open")))
    again = take("dms_sales", deals(TUESDAY, ("1", "Open"), ("2", "Open")), known=known_after(first))
    assert stored(again) == [("2", "Open", False)]
    assert counts(again) == [(2, 1, 1)]


def test_a_row_that_goes_back_to_what_it_said_before_is_news() -> None:
    files = deals(MONDAY, ("1", "Open")), deals(TUESDAY, ("1", "Booked")), deals(FRIDAY, ("1", "Open"))
    result = take("dms_sales", *files)
    assert stored(result) == [("1", "Open", False), ("1", "Booked", False), ("1", "Open", False)]


def test_an_older_file_never_replaces_a_newer_row_and_is_kept_for_its_blanks() -> None:
    newer = take("dms_sales", deals(FRIDAY, ("1", "Booked")))
    late = take("dms_sales", deals(MONDAY, ("1", "Open"), ("9", "Open")), known=known_after(newer))
    assert stored(late) == [("1", "Open", True), ("9", "Open", False)]
    assert counts(late) == [(2, 1, 1)]
    again = take("dms_sales", deals(MONDAY, ("1", "Open"), ("9", "Open")), known=known_after(newer, late))
    assert stored(again) == []
    assert counts(again) == [(2, 0, 2)]


def test_the_same_number_at_two_dealers_is_two_rows() -> None:
    text = deal_file({"Deal Number": "1"}, {"Deal Number": "1", "DV Dealer ID": "DVD2"})
    assert take("dms_sales", drop(MONDAY, text)).accepted["row_key"].to_list() == ["DVD1|1", "DVD2|1"]


def test_an_event_happened_once() -> None:
    changed = GOOD_CALL.replace("answered", "sale")
    first = take("call_tracking", drop("calls_20261120.csv", calls(GOOD_CALL)))
    result = take(
        "call_tracking",
        drop("calls_20261121.csv", calls(changed, changed.replace("c1", "c2"))),
        drop("calls_20261122.csv", calls(changed.replace("c1", "c2"))),
        known=known_after(first),
    )
    assert result.accepted.select("call_id", "file_name").rows() == [("c2", "calls_20261121.csv")]
    assert counts(result) == [(2, 1, 1), (1, 0, 1)]


def test_without_a_contact_id_the_content_is_the_key() -> None:
    text = "first_name,email,contact_id\nAnn,a@b.co,\nAnn,a@b.co,\nAnn,a@b.co,7\n"
    result = take("crm_contacts", drop("crm_contacts_20261121.csv", text))
    keys = result.accepted["row_key"].to_list()
    assert len(keys) == 2
    assert keys[1] == "7"
    assert counts(result) == [(3, 2, 1)]


def test_the_hash_holds_for_ever() -> None:
    result = take("call_tracking", drop("calls_20261121.csv", calls(GOOD_CALL)))
    assert result.accepted["row_hash"].to_list() == [HASH_OF_GOOD_CALL], "old partitions hold this hash: it must never change"
    wider = calls(GOOD_CALL + ",", header=calls().strip() + ",caller_name")
    assert take("call_tracking", drop("calls_20261121.csv", wider)).accepted["row_hash"].to_list() == [HASH_OF_GOOD_CALL]


def test_the_order_of_files_never_matters() -> None:
    files = [
        deals(MONDAY, ("1", "Open"), ("2", "x")),
        deals(TUESDAY, ("1", "Booked"), ("1", "Booked")),
        deals(FRIDAY, ("1", "Booked"), ("3", "y")),
        drop("DVD1_20261118_0500_SL.txt", b"broken"),
    ]
    results = [take("dms_sales", *order) for order in permutations(files)]
    for one in results[1:]:
        assert one.accepted.equals(results[0].accepted)
        assert one.quarantine.equals(results[0].quarantine)
        assert one.files.equals(results[0].files)


def test_the_same_file_twice_in_a_batch_is_taken_once() -> None:
    one = deals(MONDAY, ("1", "Open"))
    assert take("dms_sales", one, one).files.height == 1


def test_one_name_with_two_contents_is_two_files() -> None:
    result = take("dms_sales", deals(MONDAY, ("1", "Open")), deals(MONDAY, ("2", "Open")))
    assert counts(result) == [(1, 1, 0), (1, 1, 0)]
    assert_adds_up(result)


KNOWN = ["row_key", "row_hash", "version_at", "file_name", "line_number"]
DAY = datetime(2026, 11, 1)
ROW = st.tuples(st.sampled_from("123"), st.sampled_from(["Ann", "Bea", "Cleo"]))
FILE = st.tuples(st.integers(0, 5), st.lists(ROW, max_size=5))
Batch = list[tuple[int, list[tuple[str, str]]]]


def contacts(name: str, *rows: tuple[str, str]) -> DropFile:
    return drop(name, "".join(f"{key},{first}\n" for key, first in (("contact_id", "first_name"), *rows)))


def by_hand(batches: list[Batch]) -> list[list[tuple[str, str, bool]]]:
    """The rule, one row at a time."""
    newest: dict[str, tuple[int, str]] = {}
    seen: set[tuple[str, str]] = set()
    out: list[list[tuple[str, str, bool]]] = []
    for batch in batches:
        start, before, taken = dict(newest), set(seen), []
        for day, rows in batch:
            for key, first in rows:
                if key in start and day < start[key][0]:
                    if (key, first) not in seen:
                        taken.append((key, first, True))
                        seen.add((key, first))
                elif key in start and day == start[key][0] and (key, first) in before:
                    continue
                elif key not in newest or newest[key][1] != first:
                    taken.append((key, first, False))
                    newest[key] = (day, first)
        seen |= {(key, first) for key, first, _ in taken}
        out.append(taken)
    return out


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(FILE, min_size=1, max_size=3, unique_by=lambda one: one[0]), min_size=1, max_size=3), st.randoms())
def test_versions_agree_with_the_rule_read_by_hand(batches: list[Batch], rnd: random.Random) -> None:
    known = take("crm_contacts").accepted.select(KNOWN)
    for number, (batch, expected) in enumerate(zip(batches, by_hand([sorted(batch) for batch in batches]), strict=True)):
        files = [contacts(f"crm_contacts_{DAY + timedelta(days=day):%Y%m%d}_b{number}.csv", *rows) for day, rows in batch]
        rnd.shuffle(files)
        result = take("crm_contacts", *files, known=known)
        assert result.accepted.select("contact_id", "first_name", "is_superseded").rows() == expected
        assert_adds_up(result)
        known = pl.concat([known, result.accepted.select(KNOWN)])
        assert take("crm_contacts", *files, known=known).accepted.is_empty(), "what was just taken is no news"


@pytest.mark.parametrize("feed", ["call_tracking"])
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["answered", "sale", "rubbish"])), max_size=8))
def test_redelivery_of_events_is_idempotent(feed: str, rows: list[tuple[str, str]]) -> None:
    text = calls(*(f"{key},2026-11-20T10:00:00Z,x,1,1,{outcome}" for key, outcome in rows))
    first = take(feed, drop("calls_20261121.csv", text))
    again = take(feed, drop("calls_20261122.csv", text), known=known_after(first))
    assert again.accepted.is_empty()
    assert again.quarantine.height == first.quarantine.height
    assert_adds_up(first)
    assert_adds_up(again)
