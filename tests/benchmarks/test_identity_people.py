"""Generated people: the same bytes for the same seed, the columns and the shares that the benchmark rests on."""

import polars as pl
import pytest

from benchmarks.identity_people import MISSING, SOURCES, people

SIZE = 20_000


@pytest.fixture(scope="module")
def made() -> pl.DataFrame:
    return people(SIZE, seed=3)


def test_the_same_seed_makes_the_same_people_and_another_seed_others(made):
    assert made.equals(people(SIZE, seed=3))
    assert not made.equals(people(SIZE, seed=4))


def test_columns_are_those_of_the_labelled_sample(made, samples):
    path = samples / "er" / "dealer_20000.parquet"
    if not path.exists():
        pytest.skip("no labelled samples")
    assert made.schema == pl.read_parquet_schema(path)


def test_every_record_has_one_person_and_every_person_one_household(made):
    assert made.height == SIZE == made["rid"].n_unique()
    assert made.select("truth", "household_truth").unique().height == made["truth"].n_unique()
    assert made.null_count().select("rid", "truth", "household_truth", "src", "seen").row(0) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("column", list(MISSING))
def test_each_source_leaves_out_what_it_should(made, column):
    share = dict(made.group_by("src").agg(pl.col(column).is_null().mean()).iter_rows())
    assert [share[source] for source in SOURCES] == pytest.approx(MISSING[column], abs=0.02)


def test_households_share_and_persons_vary(made):
    per_person = made.group_by("truth").agg(pl.n_unique("last_name").alias("names"), pl.len())
    assert 0.03 < per_person.filter(pl.col("len") > 2).select((pl.col("names") > 1).mean()).item() < 0.35
    phones = made.drop_nulls("phone").group_by("household_truth", "phone").agg(pl.n_unique("truth").alias("people"))
    shared = phones.group_by("household_truth").agg((pl.col("people") > 1).any())["people"].sum()
    several = made.group_by("household_truth").agg(pl.n_unique("truth").alias("people")).filter(pl.col("people") > 1).height
    assert 0.15 < shared / several < 0.25


def test_no_value_is_empty(made):
    assert made.select((pl.col(name) == "").any() for name in MISSING).row(0) == (False,) * len(MISSING)
