"""Every measure on pairs of texts, and the fuzzy ones against jellyfish."""

import jellyfish
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linkage.measures import Texts, holds
from schemas.identity_language import MEASURES, Level, parse_level
from tests.pipelines.identity.linkage.people import quick

LEVELS = [
    ("nickname", "bob", "robert", True),
    ("nickname", "bob", "rob", True),
    ("nickname", "bob lee", "robert", True),
    ("nickname", "liz", "beth", True),
    ("nickname", "bob", "william", False),
    ("nickname", "xyzzy", "robert", False),
    ("initial", "b", "bob", True),
    ("initial", "bob", "b", True),
    ("initial", "b", "rob", False),
    ("initial", "bo", "bob", False),
    ("same_user", "bob@x.com", "bob@y.com", True),
    ("same_user", "bob@x.com", "rob@x.com", False),
    ("same_domain", "bob@x.com", "ann@x.com", True),
    ("same_domain", "bob@x.com", "bob@y.com", False),
    ("swapped_day_month", "19670105", "19670501", True),
    ("swapped_day_month", "19670105", "19680501", False),
    ("swapped_day_month", "1967", "1968", False),
    ("same_year", "19670105", "19671231", True),
    ("same_year", "19670105", "19680105", False),
    ("same_year", "1967", "19670105", False),
    ("same_month_day", "19670105", "19680105", True),
    ("same_month_day", "19670105", "19670106", False),
    ("same_month_year", "19670105", "19670106", True),
    ("same_month_year", "19670105", "19670205", False),
    ("years <= 2", "19670105", "19690601", True),
    ("years <= 2", "19670105", "19700105", False),
    ("years <= 2", "19", "20", False),
    ("same_tokens", "bob smith", "smith bob", True),
    ("same_tokens", "bob smith", "bob smyth", False),
    ("contains", "garcia marquez", "garcia", True),
    ("contains", "marquez", "garcia marquez", True),
    ("contains", "12 main st", "12 main st apt 4", True),
    ("contains", "garc", "garcia marquez", False),
    ("contains", "garcia", "marquez", False),
    ("same_number", "12 main st", "12 main street", True),
    ("same_number", "12 main st", "14 main st", False),
    ("same_number", "12 main st", "12 elm blvd", False),
    ("same_number", "main st", "main street", False),
    ("jaro_winkler >= 0.92", "martha", "marhta", True),
    ("jaro_winkler >= 0.92", "martha", "marta", True),
    ("jaro_winkler >= 0.92", "martha", "mary", False),
    ("edits <= 1", "19670105", "19670150", True),
    ("edits <= 1", "19670105", "19670151", False),
    ("edits <= 2", "7045550100", "7045550199", True),
    ("edits <= 1", "smith", "smiths", True),
    ("token_sort >= 85", "main st 12", "12 main st", True),
    ("token_sort >= 85", "main st 12", "elm ave 99", False),
    ("token_set >= 90", "bob lee smith", "smith bob", True),
    ("token_set >= 90", "bob lee", "ann smith", False),
    ("prefix 4", "28227", "28221", True),
    ("prefix 4", "28227", "28127", False),
    ("prefix 4", "282", "2821", False),
    ("suffix 7", "7045550100", "9805550100", True),
    ("suffix 7", "7045550100", "7045550101", False),
]


def reached(level: Level, a: list[str], b: list[str]) -> list[bool]:
    values = pl.Series(sorted({*a, *b}), dtype=pl.String)
    place = {text: i for i, text in enumerate(values)}
    texts = Texts(values, np.array(values.to_list(), dtype=object))
    left, right = (np.array([place[one] for one in side], dtype=np.int64) for side in (a, b))
    return holds(level, texts, left, right, {}).tolist()


@pytest.mark.parametrize(("level", "a", "b", "told"), LEVELS)
def test_a_level_either_way_round(level: str, a: str, b: str, told: bool) -> None:
    assert reached(parse_level(level), [a, b], [b, a]) == [told, told]


def test_every_measure_of_two_texts_is_tried() -> None:
    of_records = {"exact", "swapped"}  # told from codes, not from two texts
    assert {parse_level(one).measure for one, *_ in LEVELS} == set(MEASURES) - of_records


words = st.lists(st.tuples(*[st.text(alphabet="abcé李 ", min_size=1, max_size=8)] * 2), min_size=1, max_size=20)


@quick
@given(words)
def test_edits_are_those_of_jellyfish(pairs: list[tuple[str, str]]) -> None:
    """Its Damerau-Levenshtein lets transposed letters be edited again, so it is never more, and equal within one edit."""
    one = reached(parse_level("edits <= 1"), [a for a, _ in pairs], [b for _, b in pairs])
    assert one == [jellyfish.damerau_levenshtein_distance(a, b) <= 1 for a, b in pairs]


@quick
@given(words, st.sampled_from([0.7, 0.8, 0.92]))
def test_jaro_winkler_is_that_of_jellyfish(pairs: list[tuple[str, str]], at: float) -> None:
    told = [jellyfish.jaro_winkler_similarity(a, b) for a, b in pairs]
    found = reached(Level("jaro_winkler", at), [a for a, _ in pairs], [b for _, b in pairs])
    assert all(one == (score >= at) for one, score in zip(found, told, strict=True) if abs(score - at) > 1e-6)
