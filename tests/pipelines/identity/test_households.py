"""Who lives together, and who does not. Every case is a few records and the households expected, by first name."""

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.identity.household_ties import judged
from pipelines.identity.households import households as make_households
from schemas.policy.household import HouseholdPolicy
from tests.pipelines.identity.conftest import AS_OF, Days, contact, deal

BOB = {"first_name": "bob", "last_name": "smith"}
HOME = {"address": "1 ELM ST"}
PHONE = "+17045551234"
SOON, LONG_AGO = AS_OF - timedelta(days=30), AS_OF - timedelta(days=2500)


def who(first: str, last: str | None, record: str | None = None, **values: object) -> dict:
    return contact(f"crm_contacts:{record or first}", first_name=first, last_name=last, **values)


def groups(found: dict[str, pl.DataFrame]) -> set[frozenset[str]]:
    listed = found["person"].group_by("household_id").agg(pl.col("first_name").fill_null("?"))["first_name"].to_list()
    return {frozenset(one) for one in listed}


TOGETHER = {
    "a family": [who("bob", "smith", **HOME), who("mary", "smith", **HOME)],
    "a couple of two names": [who("bob", "smith", **HOME), who("wei", "chen", **HOME)],
    "unit forgotten, one name": [who("bob", "smith", address="1 ELM ST APT 5"), who("mary", "smith", **HOME)],
    "one moved on, nobody seen there since": [
        who("bob", "smith", "old", emails="b@mail.test", last_seen_on=LONG_AGO, **HOME),
        who("bob", "smith", "new", emails="b@mail.test", address="9 OAK AVE", last_seen_on=SOON),
        who("mary", "smith", last_seen_on=LONG_AGO, **HOME),
    ],
    "a landline and a family name": [who("bob", "smith", phones=PHONE), who("mary", "smith", phones=PHONE)],
}
APART = {
    "two streets": [who("bob", "smith", **HOME), who("zoe", "smith", address="2 ELM ST")],
    "two flats": [who("bob", "smith", address="1 ELM ST APT 5"), who("zoe", "smith", address="1 ELM ST APT 6")],
    "who lived there before": [who("bob", "smith", last_seen_on=LONG_AGO, **HOME), who("wei", "chen", last_seen_on=SOON, **HOME)],
    "a grown child who left": [
        who("bob", "smith", "old", emails="b@mail.test", last_seen_on=LONG_AGO, **HOME),
        who("bob", "smith", "new", emails="b@mail.test", address="9 OAK AVE", last_seen_on=date(2024, 1, 1)),
        who("mary", "smith", last_seen_on=SOON, **HOME),
    ],
    "a number that changed hands": [who("bob", "smith", phones=PHONE), who("wei", "chen", phones=PHONE)],
    "a name alone": [who("bob", "smith"), who("mary", "smith")],
    "a business at home": [
        who("bob", "smith", **HOME),
        contact("crm_contacts:b", is_business=True, name_raw="Smith Plumbing", first_name="acme", last_name="smith", **HOME),
    ],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_lives_together(days: Days, name: str) -> None:
    assert len(groups(days.run(TOGETHER[name]))) == 1


@pytest.mark.parametrize("name", APART)
def test_lives_apart(days: Days, name: str) -> None:
    assert len(groups(days.run(APART[name]))) == 2


def test_three_families_at_one_address_need_more_than_the_address(days: Days) -> None:
    names = [("bob", "smith"), ("mary", "smith"), ("wei", "chen"), ("ana", "diaz")]
    found = days.run([who(first, last, **HOME) for first, last in names])
    assert groups(found) == {frozenset({"bob", "mary"}), frozenset({"wei"}), frozenset({"ana"})}


def test_a_name_ties_nobody_in_a_building_and_a_private_phone_does(days: Days) -> None:
    others = [who(f"x{n}", f"name{n}", phones=f"+1704555200{n}", **HOME) for n in range(7)]
    pair = [who("bob", "smith", **HOME), who("mary", "smith", **HOME)]
    assert len(groups(days.run([*others, *pair]))) == 9
    fresh = [who(one["first_name"], "smith", phones=PHONE, **HOME) for one in pair]
    assert frozenset({"bob", "mary"}) in groups(days.run([*others, *fresh]))


def test_co_buyers_of_one_address_or_none_live_together_and_of_two_do_not(days: Days) -> None:
    signed = [deal("1", "dms_sales:1", co_record_id="dms_sales:2")]
    bob, wei = {"first_name": "bob", "last_name": "smith"}, {"first_name": "wei", "last_name": "chen"}
    for elsewhere, homes in ((HOME, 1), ({}, 1), ({"address": "2 OAK AVE"}, 2)):
        found = days.run([contact("dms_sales:1", **bob, **HOME), contact("dms_sales:2", **wei, **elsewhere)], signed)
        assert len(groups(found)) == homes


def frames(*rows: tuple[str, bool]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People of no address, and no records."""
    people = pl.DataFrame({"person_id": [one for one, _ in rows], "is_business": [one for _, one in rows]}).with_columns(
        last_name=pl.lit(None, pl.String),
        address=pl.lit(None, pl.String),
        zip=pl.lit(None, pl.String),
        has_valid_address=pl.lit(False),
    )
    columns = {"person_id": pl.String, "address": pl.String, "zip": pl.String, "last_name": pl.String, "last_seen_on": pl.Date}
    lists = {"phones": pl.List(pl.String), "emails": pl.List(pl.String)}
    return people, pl.DataFrame(schema=columns | lists | {"is_address_valid": pl.Boolean})


NO_SHARED = pl.DataFrame(schema={"kind": pl.String, "value": pl.String})
NO_DEALS = pl.DataFrame(schema={"left": pl.String, "right": pl.String})
NO_HOMES = pl.DataFrame(schema={"person_id": pl.String, "household_id": pl.String, "created_on": pl.Date})


def test_likely_pairs_of_a_model_live_together() -> None:
    people, records = frames(("a", False), ("b", False), ("c", False), ("d", True))
    pairs = pl.DataFrame({"left": ["a", "b", "a"], "right": ["b", "c", "d"], "probability": [0.9, 0.2, 0.99]})
    homes, _ = make_households(
        people,
        NO_SHARED,
        NO_DEALS,
        records=records,
        before=NO_HOMES,
        policy=HouseholdPolicy(),
        seed="k",
        as_of=AS_OF,
        pairs=pairs,
    )
    home = dict(homes.iter_rows())
    assert home["a"] == home["b"]
    assert len({home[one] for one in "acd"}) == 3


def test_a_model_does_not_overrule_what_the_rules_refused() -> None:
    people, _ = frames(("a", False), ("b", False))
    carried = [{"person_id": one, "last_name": name, "phones": [PHONE]} for one, name in (("a", "smith"), ("b", "chen"))]
    records = pl.DataFrame(carried).with_columns(
        address=pl.lit(None, pl.String),
        zip=pl.lit(None, pl.String),
        last_seen_on=pl.lit(AS_OF),
        emails=pl.lit([], pl.List(pl.String)),
        is_address_valid=pl.lit(False),
    )
    pairs = pl.DataFrame({"left": ["b"], "right": ["a"], "probability": [0.99]})
    homes, _ = make_households(
        people,
        NO_SHARED,
        NO_DEALS,
        records=records,
        before=NO_HOMES,
        policy=HouseholdPolicy(),
        seed="k",
        as_of=AS_OF,
        pairs=pairs,
    )
    assert homes["household_id"].n_unique() == 2


def test_nobody_is_tied_where_nothing_is_known() -> None:
    people, records = frames(("a", False), ("b", False))
    assert judged(people, records, NO_SHARED, NO_DEALS, HouseholdPolicy()).is_empty()


def test_building_is_not_a_household(days: Days) -> None:
    people = [
        contact(f"a:{n}", **HOME, first_name=f"{chr(97 + n % 26)}{chr(97 + n // 26)}x", last_name="smith") for n in range(61)
    ]
    found = days.run(people)
    assert found["household"]["people"].max() == 1
    assert found["shared_identifier"]["kind"].to_list() == ["address"]


def only(found: dict[str, pl.DataFrame], table: str = "person") -> dict:
    (row,) = found[table].to_dicts()
    return row


def test_household_keeps_its_id_when_somebody_moves_in(days: Days) -> None:
    first = [contact("a:1", **HOME, **BOB)]
    home = only(days.run(first))["household_id"]
    found = days.run([*first, contact("b:1", **HOME, first_name="mary", last_name="smith")], on=AS_OF + timedelta(days=1))
    assert set(found["person"]["household_id"]) == {home}
    assert only(found, "household")["created_on"] == AS_OF
