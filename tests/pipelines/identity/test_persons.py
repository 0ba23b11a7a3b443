"""Ids that stay, and the events that tell what became of them."""

from datetime import date, timedelta

import polars as pl

from tests.pipelines.identity.conftest import AS_OF, Days, contact, order, partition

NEXT = AS_OF + timedelta(days=1)
LATER = AS_OF + timedelta(days=2)
BOB = {"first_name": "bob", "last_name": "smith"}


def persons(found: dict[str, pl.DataFrame]) -> dict[str, str]:
    return dict(found["member"].select("record_id", "person_id").iter_rows())


def told(found: dict[str, pl.DataFrame], *columns: str) -> set[tuple]:
    return set(found["id_event"].select("kind", *columns).iter_rows())


def test_first_day_creates_and_says_why(days: Days) -> None:
    found = days.run([contact("a:1", emails="b@mail.test", **BOB), contact("b:1", emails="b@mail.test", **BOB), contact("c:1")])
    assert told(found, "record_id", "rule") == {("create", "a:1", "same_record"), ("create", "c:1", "created")}
    member = {one["record_id"]: one for one in found["member"].to_dicts()}
    assert (member["a:1"]["tier"], member["a:1"]["rule"], member["a:1"]["since"]) == ("exact", "same_record", AS_OF)
    assert (member["c:1"]["tier"], member["c:1"]["rule"]) == ("exact", "created")
    assert found["person"]["created_on"].unique().to_list() == [AS_OF]


def test_same_input_twice_is_the_same_output(days: Days) -> None:
    records = [contact("a:1", emails="b@mail.test", **BOB), contact("b:1", emails="b@mail.test", **BOB), contact("c:1")]
    first = days.run(records)
    days.state = {}
    again = days.run(records[::-1])
    assert all(first[name].equals(again[name]) for name in first)


def test_a_quiet_day_changes_nothing(days: Days) -> None:
    records = [contact("a:1", emails="b@mail.test", **BOB), contact("b:1", emails="b@mail.test", **BOB)]
    first = days.run(records)
    second = days.run(records, on=NEXT)
    assert second["id_event"].is_empty()
    assert second["person"].equals(first["person"])
    assert second["member"].equals(first["member"])
    assert second["household"].equals(first["household"])


def test_new_record_is_absorbed(days: Days) -> None:
    first = days.run([contact("b:1", emails="b@mail.test", **BOB)])
    found = days.run([contact("b:1", emails="b@mail.test", **BOB), contact("a:1", emails="b@mail.test", **BOB)], on=NEXT)
    assert persons(found)["a:1"] == persons(first)["b:1"]
    assert told(found, "record_id", "rule") == {("absorb", "a:1", "same_record")}
    assert found["member"].filter(pl.col("record_id") == "a:1")["since"].to_list() == [NEXT]


def test_merge_keeps_the_id_of_most_records_and_the_lost_one_resolves(days: Days) -> None:
    phone, mail = {"phones": "+17045551234"}, {"emails": "b@mail.test"}
    apart = [contact("a:1", **phone, **BOB), contact("b:1", **mail, **BOB), contact("c:1", **mail, **BOB)]
    first = persons(days.run(apart))
    found = days.run([*apart, contact("d:1", **phone, **mail, **BOB)], on=NEXT)
    assert set(persons(found).values()) == {first["b:1"]}
    assert told(found, "person_id", "other_person_id") == {
        ("merge", first["b:1"], first["a:1"]),
        ("retire", first["a:1"], first["b:1"]),
        ("absorb", first["b:1"], None),
    }


def test_tie_goes_to_the_oldest_id(days: Days) -> None:
    old = contact("z:1", phones="+17045551234", **BOB)
    first = persons(days.run([old]))
    new = contact("a:1", emails="b@mail.test", **BOB)
    days.run([old, new], on=NEXT)
    found = days.run([old, new, contact("m:1", phones="+17045551234", emails="b@mail.test", **BOB)], on=LATER)
    assert set(persons(found).values()) == {first["z:1"]}


def test_split_keeps_the_id_with_the_largest_part(days: Days) -> None:
    records = [contact(f"a:{n}", emails="b@mail.test", **BOB) for n in range(3)]
    first = persons(days.run(records))
    found = days.run(records, orders=[order("r1", "must_not_link", "record:a:0", "record:a:2")], on=NEXT)
    now = persons(found)
    assert now["a:0"] != now["a:2"]
    alone = "a:2" if now["a:0"] == first["a:0"] else "a:0"
    assert list(now.values()).count(first["a:0"]) == 2
    assert told(found, "person_id", "other_person_id", "rule") == {
        ("split", now[alone], first["a:0"], "steward"),
        ("manual", now["a:0"], now["a:2"], "must_not_link"),
    }


def test_withdrawn_split_merges_back_under_the_kept_id(days: Days) -> None:
    records = [contact(f"a:{n}", emails="b@mail.test", **BOB) for n in range(3)]
    first = persons(days.run(records))
    days.run(records, orders=[order("r1", "must_not_link", "record:a:0", "record:a:2")], on=NEXT)
    rows = [order("r1", "must_not_link", "record:a:0", "record:a:2"), order("r1", "withdraw", "record:a:0", "record:a:2", hour=2)]
    assert persons(days.run(records, orders=rows, on=LATER)) == first


def test_record_that_moves_to_another_person_is_told(days: Days) -> None:
    hers = [contact("a:1", emails="m@mail.test", **BOB), contact("a:2", emails="m@mail.test", **BOB)]
    his = [contact("b:1", emails="n@mail.test", **BOB), contact("b:2", emails="n@mail.test", **BOB)]
    first = persons(days.run([*hers, *his]))
    found = days.run([hers[0], contact("a:2", emails="n@mail.test", **BOB), *his], on=NEXT)
    assert persons(found)["a:2"] == first["b:1"]
    assert told(found, "person_id", "other_person_id", "record_id", "rule") == {
        ("move", first["b:1"], first["a:1"], "a:2", "same_record")
    }


def test_vanished_person_is_retired_without_an_heir(days: Days) -> None:
    first = persons(days.run([contact("a:1", **BOB), contact("b:1", **BOB)]))
    found = days.run([contact("b:1", **BOB)], on=NEXT)
    assert told(found, "person_id", "other_person_id") == {("retire", first["a:1"], None)}


def test_ids_depend_on_record_and_day_not_on_attributes(days: Days) -> None:
    first = persons(days.run([contact("a:1", **BOB)]))
    days.state = {}
    assert persons(days.run([contact("a:1", first_name="ann", emails="x@mail.test")])) == first
    days.state = {}
    assert persons(days.run([contact("a:1", **BOB)], on=date(2026, 11, 22))) != first


def test_steward_links_strangers_by_any_reference(days: Days) -> None:
    records = [
        contact("a:1", emails="x@mail.test", first_name="ann", last_name="lee"),
        contact("b:1", phones="+17045551234", **BOB),
        contact("c:1", source_customer_id="DVD1|007"),
        contact("d:1", first_name="zoe"),
    ]
    orders = [
        order("r1", "must_link", "email:X@mail.test ", "phone:(704) 555-1234"),
        order("r2", "must_link", "customer:DVD1|007", "record:d:1"),
        order("r3", "must_link", "record:nobody", "record:d:1"),
    ]
    assert partition(days.run(records, orders=orders)) == {frozenset({"a:1", "b:1"}), frozenset({"c:1", "d:1"})}


def test_order_that_names_itself_parts_nobody(days: Days) -> None:
    records = [contact(f"a:{n}", emails="b@mail.test", **BOB) for n in range(3)]
    orders = [order("r1", "must_not_link", "email:b@mail.test", "email: B@mail.test")]
    assert partition(days.run(records, orders=orders)) == {frozenset({"a:0", "a:1", "a:2"})}


def test_order_to_part_beats_an_order_to_join_and_is_inherited(days: Days) -> None:
    records = [contact(f"a:{n}", emails="b@mail.test", **BOB) for n in range(4)]
    orders = [
        order("r1", "must_not_link", "record:a:0", "record:a:3"),
        order("r2", "must_link", "record:a:0", "record:a:1"),
        order("r3", "must_link", "record:a:1", "record:a:3"),
    ]
    now = persons(days.run(records, orders=orders))
    assert now["a:0"] != now["a:3"]
