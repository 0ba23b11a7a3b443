"""A pair explained is the pair as the engine scored it: posteriors to the last bit, weights that add up, rules that met it."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.identity.explain import MISSING_LABEL, Explanation, NotAPair, explain_pair
from pipelines.identity.explain_edges import RecordsMissing, explain_frame, values_of
from pipelines.identity.resolve import Resolution, resolve
from schemas.identity_model import IdentityModel

FIRST = ("Margaret", "Robert", "Alice", "Hiroshi", "Fatima", "Lars", "Ingrid", "Pedro", "Chloe", "Omar", "Yvonne")
LAST = ("Okonkwo", "Smith", "Nakamura", "Lindqvist", "Fernandes", "Whitfield", "Abramov", "Castellano", "Dube")
MODEL = IdentityModel.model_validate(
    {
        "model": "people",
        "record_id": "rid",
        "fields": {
            "first": {"kind": "given_name"},
            "last": {"kind": "family_name"},
            "born": {"kind": "date"},
            "zip": {"kind": "postcode"},
            "phone": {"kind": "phone", "any_of": ["home", "cell"]},
        },
        "household": ["last", "zip", "phone"],
        "exact_by": ["phone"],
        "never_across": ["country"],
    }
)


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """150 couples of people who share a home, each twice; one first name in three lacks a letter, one birthday in four."""
    rows = []
    for number in range(300):
        born = (date(1940, 1, 1) + timedelta(days=number * 7919 % 21000)).isoformat()
        known = {
            "first": FIRST[number % 11],
            "last": LAST[number // 2 % 9],
            "born": born,
            "zip": f"0{2100 + number // 2 % 70}",
            "home": f"617{5550000 + number // 2 * 137:07}",
            "cell": None,
            "country": "US" if number < 298 else "CA",
        }
        rows.append(known | {"rid": f"a{number:03}"})
        short = known["first"][:-1] if number % 3 == 0 else known["first"]
        late = None if number % 4 == 0 else born
        rows.append(known | {"rid": f"b{number:03}", "first": short, "born": late, "home": None, "cell": known["home"]})
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.fixture(scope="module")
def found(records: pl.DataFrame) -> Resolution:
    return resolve(records, MODEL)


def explained(records: pl.DataFrame, found: Resolution, *ids: str) -> Explanation:
    return explain_pair(records.filter(pl.col("rid").is_in(list(ids))), MODEL, found.learned)


def test_every_edge_is_explained_as_it_was_scored(records: pl.DataFrame, found: Resolution) -> None:
    assert set(found.edges["kind"]) == {"matched", "household"}
    for edge in found.edges.gather_every(7).iter_rows(named=True):
        told = explained(records, found, edge["left_record_id"], edge["right_record_id"])
        assert (told.left_record_id, told.right_record_id) == (edge["left_record_id"], edge["right_record_id"])
        assert told.match == pytest.approx(edge["match"], abs=1e-9)
        assert told.household == pytest.approx(edge["household"], abs=1e-9)
        assert told.match + told.household + told.strangers == pytest.approx(1, abs=1e-12)
        assert told.weight == pytest.approx(edge["weight"], abs=1e-5)
        assert told.rules[0] == edge["rule"]
        assert [127 if one == MISSING_LABEL else 0 for one in told.steps["label"]] == [
            127 if one == 127 else 0 for one in edge["levels"]
        ]


def test_the_steps_add_up_to_the_odds_of_the_posteriors(records: pl.DataFrame, found: Resolution) -> None:
    for edge in found.edges.gather_every(11).iter_rows(named=True):
        told = explained(records, found, edge["left_record_id"], edge["right_record_id"])
        strangers = told.prior_bits + told.steps["match_bits"].sum() + told.steps["frequency_bits"].sum()
        assert strangers == pytest.approx(np.log2(told.match / told.strangers), abs=1e-4)
        assert told.against_strangers == pytest.approx(strangers)
        assert 2**told.odds / (1 + 2**told.odds) == pytest.approx(told.match, abs=1e-6)


def test_a_couple_is_a_household_by_the_fields_that_homes_share(records: pl.DataFrame, found: Resolution) -> None:
    told = explained(records, found, "a000", "a001")
    assert told.household > 0.9
    bits = dict(told.steps.select("field", "household_bits").iter_rows())
    assert bits["phone"] > 5
    assert bits["first"] == bits["born"] == 0
    assert told.household_share_bits < -3


def test_a_missing_value_says_nothing(records: pl.DataFrame, found: Resolution) -> None:
    born = explained(records, found, "a000", "b000").steps.row(by_predicate=pl.col("field") == "born", named=True)
    assert (born["label"], born["match_bits"], born["frequency_bits"]) == (MISSING_LABEL, 0, 0)


def test_strangers_met_by_no_rule_and_barred_pairs_say_so(records: pl.DataFrame, found: Resolution) -> None:
    told = explained(records, found, "a000", "a050")
    assert (told.rules, told.is_allowed) == ((), True)
    assert told.strangers > 0.99
    assert explained(records, found, "a000", "a299").is_allowed is False


def test_the_table_of_all_edges_says_what_each_pair_says(records: pl.DataFrame, found: Resolution) -> None:
    table = explain_frame(found.edges, found.learned, records, MODEL)
    assert len(table) == len(found.edges) * len(MODEL.fields)
    edge = found.edges.row(5, named=True)
    ends = [edge["left_record_id"], edge["right_record_id"]]
    mine = table.filter((pl.col("left_record_id") == ends[0]) & (pl.col("right_record_id") == ends[1]))
    told = explained(records, found, *ends).steps
    assert mine.select("field", "level", "label", "match_bits", "frequency_bits").equals(told.drop("household_bits"))


def test_the_table_needs_no_records_for_what_levels_say(records: pl.DataFrame, found: Resolution) -> None:
    blank = explain_frame(found.edges, found.learned)
    assert blank["frequency_bits"].null_count() == len(blank)
    assert blank.drop("frequency_bits").equals(explain_frame(found.edges, found.learned, records, MODEL).drop("frequency_bits"))
    assert explain_frame(found.edges.clear(), found.learned).is_empty()


def test_what_is_no_pair_is_told(records: pl.DataFrame, found: Resolution) -> None:
    with pytest.raises(NotAPair, match="a pair of 1 records"):
        explained(records, found, "a000")
    with pytest.raises(RecordsMissing, match="records of the edges are not among the records"):
        explain_frame(found.edges, found.learned, records.head(100), MODEL)


def test_values_come_only_when_they_are_asked_for(records: pl.DataFrame, found: Resolution) -> None:
    pair = records.filter(pl.col("rid").is_in(["a000", "b000"]))
    values = values_of(pair, MODEL)
    assert values.filter(field="phone")["value"].to_list() == ["6175550000", "6175550000"]
    assert values.filter(field="born")["value"].to_list() == ["19400101", ""]
    assert "6175550000" not in str(explain_pair(pair, MODEL, found.learned))
