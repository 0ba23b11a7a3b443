"""Invariants over small random worlds that are rich in shared values, and components against a search of our own."""

from datetime import date, timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.policy_files import load_policy
from pipelines.identity.linkage.refine import components
from tests.engines import fresh_engine
from tests.pipelines.identity.conftest import AS_OF, Days, contact, order, partition

POLICY = load_policy("velocity_b")
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def worlds(draw: st.DrawFn) -> list[dict]:
    """Up to nine records of a few people who share names, e-mails, phones, an address and customer numbers."""
    rows = []
    for number in range(draw(st.integers(1, 9))):
        values: dict = {
            "first_name": draw(st.sampled_from(["john", "jon", "j", "mary", "robert", "bob", None])),
            "last_name": draw(st.sampled_from(["hale", "hale", "moss", None])),
            "suffix": draw(st.sampled_from([None, None, "sr", "jr"])),
            "birth_date": draw(st.sampled_from([None, None, date(1950, 1, 2), date(1980, 1, 2)])),
            "emails": draw(st.lists(st.sampled_from(["a@mail.test", "b@mail.test"]), max_size=2, unique=True)),
            "phones": draw(st.lists(st.sampled_from(["+17045551234", "+17045554321"]), max_size=1)),
            "source_customer_id": draw(st.sampled_from([None, None, "D|1", "D|2"])),
        }
        if draw(st.booleans()):
            values["address"] = "1 ELM ST"
        feed = draw(st.sampled_from(["dms_sales", "crm_leads", "web_events"]))
        if feed == "web_events":
            values = {"emails": values["emails"]}
        rows.append(contact(f"{feed}:{number}", **values))
    return rows


def orders_over(rows: list[dict], draw: st.DataObject, rule: str) -> list[dict]:
    ids = st.sampled_from([row["record_id"] for row in rows])
    pairs = draw.draw(st.lists(st.tuples(ids, ids), max_size=3))
    return [order(f"{rule}{n}", rule, f"record:{a}", f"record:{b}") for n, (a, b) in enumerate(pairs)]


def fresh() -> Days:
    return Days(fresh_engine(), POLICY)


@FEW
@given(worlds(), st.data())
def test_order_of_rows_changes_nothing(rows: list[dict], data: st.DataObject) -> None:
    orders = orders_over(rows, data, "must_link") + orders_over(rows, data, "must_not_link")
    shuffled = data.draw(st.permutations(rows))
    first, again = fresh().run(rows, orders=orders), fresh().run(list(shuffled), orders=orders[::-1])
    assert all(first[name].equals(again[name]) for name in first)


@FEW
@given(worlds(), st.data())
def test_everybody_is_somebody_and_nobody_is_joined_against_an_order(rows: list[dict], data: st.DataObject) -> None:
    orders = orders_over(rows, data, "must_link") + orders_over(rows, data, "must_not_link")
    found = fresh().run(rows, orders=orders)
    person = dict(found["member"].select("record_id", "person_id").iter_rows())
    assert sorted(person) == sorted(row["record_id"] for row in rows)
    assert set(person.values()) == set(found["person"]["person_id"])
    assert found["person"]["records"].sum() == len(rows)
    assert found["household"]["people"].sum() == len(found["person"])
    assert set(found["person"]["household_id"]) == set(found["household"]["household_id"])
    for one in orders:
        left, right = (one[side].removeprefix("record:") for side in ("left_ref", "right_ref"))
        if one["rule"] == "must_not_link" and left != right:
            assert person[left] != person[right]


@FEW
@given(worlds())
def test_two_birth_dates_or_generations_are_never_one_person(rows: list[dict]) -> None:
    by_id = {row["record_id"]: row for row in rows}
    for group in partition(fresh().run(rows)):
        assert len({by_id[one]["birth_date"] for one in group} - {None}) <= 1
        assert len({by_id[one]["suffix"] for one in group} - {None}) <= 1


@FEW
@given(worlds(), worlds())
def test_every_change_of_person_is_told_and_lost_ids_resolve(before: list[dict], after: list[dict]) -> None:
    days = fresh()
    old = dict(days.run(before)["member"].select("record_id", "person_id").iter_rows())
    found = days.run(after, on=AS_OF + timedelta(days=1))
    new = dict(found["member"].select("record_id", "person_id").iter_rows())
    events = set(found["id_event"].select("kind", "person_id", "other_person_id", "record_id").iter_rows())
    for record, person in new.items():
        if record not in old:
            assert ("absorb", person, None, record) in events or person not in old.values()
        elif old[record] != person:
            ways = {
                ("merge", person, old[record], None),
                ("split", person, old[record], None),
                ("move", person, old[record], record),
            }
            assert ways & events
    retired = {one[1]: one[2] for one in events if one[0] == "retire"}
    assert set(retired) == set(old.values()) - set(new.values())
    assert all(heir is None or heir in new.values() for heir in retired.values())
    created = {one[1] for one in events if one[0] in ("create", "split")}
    assert created == set(new.values()) - set(old.values())
    # The old person that most of a new person's records came from goes on in it, unless it goes on in a larger part elsewhere.
    assert len(set(new.values()) & set(old.values())) >= (1 if set(old) & set(new) else 0)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=15))
def test_components_are_what_a_search_finds(total: int, pairs: list[tuple[int, int]]) -> None:
    edges = [(a % total, b % total) for a, b in pairs]
    label = list(range(total))
    for _ in range(total):
        for a, b in edges:
            label[a] = label[b] = min(label[a], label[b])
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    assert components(total, left, right).tolist() == label
