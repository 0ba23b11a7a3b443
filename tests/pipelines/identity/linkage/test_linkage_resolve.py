"""What always holds of a resolution, on small generated people with typing errors; and records meant to break it."""

import random
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.linkage.errors import RecordsError
from pipelines.identity.resolve import Resolution, resolve
from schemas.identity_model import IdentityModel
from tests.pipelines.identity.linkage.people import groups, model, people

some = settings(deadline=None, max_examples=8, derandomize=True)
FIRST = ["Robert", "Bob", "Ann", "Anna", "William", "Bill", "Zoë", "Maria", "José", "Kate", "Katherine", "Omar"]
LAST = ["Smith", "Smyth", "O'Brien", "Garcia", "Garcia-Marquez", "Jones", "Lee", "Okafor", "Müller"]
FIELDS = {"first": "given_name", "last": "family_name", "email": "email", "phone": "phone", "dob": "date", "zip": "postcode"}
DEALER = model(FIELDS, household=["last", "phone", "zip"], exact_by=["email"], never_across=["tenant"])
LINK = model(FIELDS, source="src", mode="link")


def world(seed: int, persons: int = 25) -> pl.DataFrame:
    """People in homes, each on one to four records in which values are lost or mistyped."""
    rng = random.Random(seed)
    rows = []
    for number in range(persons):
        home = number // 2
        who = {"first": rng.choice(FIRST), "last": LAST[home % len(LAST)], "zip": f"28{home % 7:03}", "phone": f"704555{home:04}"}
        who |= {"email": f"{who['first']}{number}@x.com".lower(), "dob": f"19{50 + number % 40}-0{1 + number % 9}-1{number % 10}"}
        for _ in range(rng.randint(1, 4)):
            row = {key: spoiled(rng, value) for key, value in who.items()}
            rows.append(row | {"src": rng.choice("ab"), "tenant": rng.choice(["t", "t", "t", "u", None])})
    return people(*rows)


def spoiled(rng: random.Random, text: str) -> str | None:
    kind = rng.random()
    if kind < 0.12:
        return None
    if kind < 0.24:
        place = rng.randrange(len(text))
        return text[:place] + rng.choice("ax0 7") + text[place + 1 :]
    return text.upper() if kind < 0.4 else text


def person_of(found: Resolution) -> dict[str, str]:
    return dict(found.members.select("record_id", "person_id").rows())


def same(one: Resolution, two: Resolution) -> None:
    assert one.members.equals(two.members)
    assert one.edges.equals(two.edges)
    assert one.households.equals(two.households)
    assert one.parameters.equals(two.parameters)
    assert one.learned.shares.equals(two.learned.shares)
    for name, frame in one.diagnostics.items():
        assert frame.equals(two.diagnostics[name]), name


seeds = st.integers(0, 10_000)


@some
@given(seeds, st.sampled_from([DEALER, LINK]), st.booleans())
def test_every_record_is_one_person_in_one_household(seed: int, how: IdentityModel, with_id: bool) -> None:
    frame = world(seed)
    found = resolve(frame, how)
    assert found.members["record_id"].to_list() == sorted(frame["id"])
    assert not found.members.select(pl.all().has_nulls()).row(0).count(True)
    assert found.members.group_by("person_id").agg(pl.col("household_id").n_unique())["household_id"].max() == 1
    assert set(found.households["household_id"]) == set(found.members["household_id"])
    assert found.households["people"].sum() == found.members["person_id"].n_unique()
    assert (found.edges["left_record_id"] < found.edges["right_record_id"]).all()


@some
@given(seeds, seeds, st.sampled_from([DEALER, LINK]))
def test_the_order_of_rows_and_columns_does_not_matter(seed: int, other: int, how: IdentityModel) -> None:
    frame = world(seed)
    same(resolve(frame, how), resolve(frame.sample(fraction=1, shuffle=True, seed=other).select(reversed(frame.columns)), how))


@some
@given(seeds, st.data())
def test_orders_of_a_steward_hold(seed: int, data: st.DataObject) -> None:
    frame = world(seed)
    ids = frame["id"].to_list()
    pair = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda one: one[0] != one[1])
    kinds = st.sampled_from(["must_link", "must_not_link"])
    told = data.draw(st.lists(st.tuples(pair, kinds), max_size=12, unique_by=lambda one: one[0]))
    orders = pl.DataFrame(
        [(*ends, kind) for ends, kind in told],
        schema={"left_record_id": pl.String, "right_record_id": pl.String, "kind": pl.String}, orient="row",
    )  # fmt: skip
    how = DEALER.model_copy(update={"never_across": ()})
    found = person_of(resolve(frame, how, orders=orders))
    parted = [ends for ends, kind in told if kind == "must_not_link"]
    assert all(found[a] != found[b] for a, b in parted)
    if not parted:
        assert all(found[a] == found[b] for (a, b), _ in told)


@some
@given(seeds)
def test_nobody_is_one_person_across_a_barrier(seed: int) -> None:
    frame = world(seed)
    found = resolve(frame, DEALER).members.join(frame.select(record_id="id", tenant="tenant"), on="record_id")
    assert found.group_by("person_id").agg(pl.col("tenant").drop_nulls().n_unique())["tenant"].max() <= 1


@some
@given(seeds)
def test_link_joins_no_two_records_of_one_source(seed: int) -> None:
    frame = world(seed)
    source = dict(frame.select("id", "src").rows())
    edges = resolve(frame, LINK).edges
    assert all(source[a] != source[b] for a, b in edges.select("left_record_id", "right_record_id").rows())


@some
@given(seeds)
def test_a_stranger_changes_hardly_anybody(seed: int) -> None:
    """One more record moves what is learned a little, so that a pair on the edge may fall; but it joins nobody who was apart
    unless the pair was on the edge: nearly all pairs stay."""
    frame = world(seed)
    far = people(
        dict.fromkeys(FIELDS) | {"first": "Quixote", "last": "Xanthopoulos", "email": "q@q.gr", "src": "a", "tenant": None}
    )
    more = pl.concat([frame, far.with_columns(id=pl.lit("zz"))], how="diagonal_relaxed")
    before, after = pairs_of(resolve(frame, DEALER)), pairs_of(resolve(more, DEALER))
    assert not any("zz" in pair for pair in after)
    assert len(before ^ after) <= max(3, 0.2 * len(before))


def pairs_of(found: Resolution) -> set[tuple[str, ...]]:
    return {pair for one in groups(found) for pair in combinations(sorted(one), 2)}


@some
@given(seeds)
def test_ids_go_on_from_yesterday(seed: int) -> None:
    frame = world(seed)
    first = resolve(frame, DEALER)
    before = first.members.select("record_id", "person_id", created_on=pl.lit(date(2020, 1, 1)))
    again = resolve(frame, DEALER, before=before, as_of=date(2026, 1, 1), seed="another")
    assert person_of(again) == person_of(first)


PLAIN = model(FIELDS)
BASE = {"first": "Bob", "last": "Smith", "email": "b@x.com", "phone": "7045550100", "dob": "1967-01-05", "zip": "28227"}
FOUR = people(*[BASE] * 4)


def persons(frame: pl.DataFrame, how: IdentityModel = PLAIN) -> int:
    found = resolve(frame, how)
    assert found.members["record_id"].to_list() == sorted(frame["id"].cast(pl.String))
    return found.members["person_id"].n_unique()


def test_no_records_and_one() -> None:
    nothing = resolve(FOUR.clear(), DEALER.model_copy(update={"never_across": ()}))
    assert [len(one) for one in (nothing.members, nothing.edges, nothing.households)] == [0, 0, 0]
    assert persons(FOUR.head(1)) == 1
    assert persons(FOUR.head(2)) == 1
    assert persons(FOUR.head(2), model(FIELDS, population=1)) == 1


def test_columns_of_nothing() -> None:
    empty = FOUR.with_columns(pl.lit(None, pl.String).alias(one) for one in FIELDS)
    assert persons(empty) == 4
    assert persons(empty.with_columns(pl.lit(None).alias(one) for one in FIELDS)) == 4
    assert persons(FOUR.with_columns(zip=pl.lit(None))) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dob", date(1967, 1, 5)),
        ("dob", datetime.fromisoformat("1967-01-05T10:00")),
        ("dob", 19670105),
        ("zip", 28227),
        ("zip", 28227.0),
        ("zip", Decimal("28227.00")),
        ("zip", -0.0),
        ("phone", 7045550100),
        ("first", True),
        ("zip", float("nan")),
    ],
)
def test_columns_of_other_dtypes(column: str, value: object) -> None:
    assert persons(FOUR.with_columns(pl.lit(value).alias(column))) == 1


def test_a_column_may_be_a_date_in_one_file_and_a_text_in_another() -> None:
    found = resolve(FOUR.with_columns(dob=pl.lit(date(1967, 1, 5)), zip=pl.lit(28227.0)), PLAIN)
    assert found.edges.equals(resolve(FOUR, PLAIN).edges)


def test_categories() -> None:
    assert persons(FOUR.with_columns(pl.col("first").cast(pl.Categorical), pl.col("last").cast(pl.Enum(["Smith"])))) == 1


def test_lists_with_nulls_and_empty_lists() -> None:
    assert persons(FOUR.with_columns(email=pl.Series([["b@x.com", None], [None] * 6 + ["b@x.com"], [], None]))) == 1


@pytest.mark.parametrize("text", ["🙂" * 3, "李", "\u0000", "٢٠٢٠-٠١-٠٥", "ﬁ", "", "   ", "a\u0301", "%s {} \\", "NULL"])
def test_texts_of_all_the_world(text: str) -> None:
    assert persons(people(*[dict.fromkeys(FIELDS, text)] * 2, BASE)) in (2, 3)


def test_texts_without_end() -> None:
    long = [{key: f"{value}{'ab ' * 200_000}{place}" for key, value in BASE.items()} for place in range(4)]
    assert 1 <= persons(people(*long)) <= 4


def test_one_value_everywhere_is_no_key_and_is_listed() -> None:
    found = resolve(people(*[BASE] * 1_000), PLAIN)
    assert len(found.diagnostics["dropped"]) == len(FIELDS)
    assert found.diagnostics["dropped"]["records"].to_list() == [1_000] * len(FIELDS)
    assert found.members["person_id"].n_unique() == 1_000


def test_a_chain_of_a_thousand_is_not_one_person() -> None:
    frame = people(*({"a": str(10_000 + place // 2), "b": str(20_000 + (place + 1) // 2)} for place in range(1_000)))
    found = resolve(frame, model({"a": "id", "b": "id"}, blocking=["a", "b"]))
    assert found.members.group_by("person_id").len()["len"].max() < 10


def test_many_fields_over_one_column() -> None:
    how = model(
        {f"f{one}": {"kind": kind, "column": "first"} for one, kind in enumerate(("given_name", "text", "id", "category"))}
    )
    assert persons(FOUR, how) == 1
    wide = FOUR.with_columns(pl.col("first").alias(f"c{one}") for one in range(20))
    assert persons(wide, model({f"c{one}": "text" for one in range(20)})) == 1


def test_columns_named_like_our_own() -> None:
    names = {"first": "person_id", "last": "record_id", "email": "x", "zip": "cluster"}
    fields = {"person_id": "given_name", "record_id": "family_name", "x": "email", "cluster": "postcode"}
    assert persons(FOUR.rename(names), model(fields)) == 1


def test_link_of_one_source_or_of_sources_unknown() -> None:
    assert persons(FOUR.with_columns(src=pl.lit("a")), LINK) == 4
    assert persons(FOUR.with_columns(src=pl.lit(None, pl.String)), LINK) == 4
    assert persons(FOUR.with_columns(src=pl.Series(["a", "b", "a", None])), LINK) == 1


@pytest.mark.parametrize(
    "frame",
    [
        FOUR.drop("zip"),
        FOUR.drop("id"),
        FOUR.with_columns(id=pl.lit("again")),
        FOUR.with_columns(id=pl.lit(None, pl.String)),
        FOUR.with_columns(first=pl.struct("last")),
        FOUR.with_columns(first=pl.lit(b"\xff")),
    ],
    ids=["no column", "no id", "ids again", "ids null", "struct", "binary"],
)
def test_what_cannot_be_linked_says_so_without_values(frame: pl.DataFrame) -> None:
    with pytest.raises(RecordsError) as error:
        resolve(frame, PLAIN)
    assert not any(value in str(error.value) for value in (*BASE.values(), "again"))
