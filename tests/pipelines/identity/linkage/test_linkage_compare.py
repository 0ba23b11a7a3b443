"""Pairs of records as levels: the best over all values, exact by band of frequency, unknown where one holds none."""

import numpy as np
import pytest

from pipelines.identity.linkage.compare import UNKNOWN, Comparer, compared
from pipelines.identity.linkage.frequency import BAND_EDGES, banded, frequency, mixed_in
from pipelines.identity.linkage.link import levels_of
from pipelines.identity.linkage.measures import Texts
from pipelines.identity.linkage.patterns import patterns
from tests.pipelines.identity.linkage.people import field


def comparer(kind: str, values: list, population: int = 1, **spec: object) -> Comparer:
    one = field(kind, values, **spec)
    return Comparer(one, frequency(one, population), levels_of(one.spec), Texts(one.values, one.texts))


def level(kind: str, a: object, b: object, **spec: object) -> str:
    """The name of the level of two values."""
    one = comparer(kind, [a, b], **spec)
    found = int(compared(one, np.array([0]), np.array([1]))[0][0])
    if found == UNKNOWN:
        return "unknown"
    return "exact" if found < one.bands else [*map(str, one.levels), "else"][found - one.bands]


@pytest.mark.parametrize(
    ("kind", "a", "b", "told"),
    [
        ("given_name", "Bob", "BOB", "exact"),
        ("given_name", "Bob", "Robert", "nickname"),
        ("given_name", "Katrin", "Katrina", "jaro_winkler >= 0.92"),
        ("given_name", "B", "Brunhilde", "initial"),
        ("given_name", "Bob", "Zoe", "else"),
        ("given_name", "Bob", None, "unknown"),
        ("given_name", None, None, "unknown"),
        ("family_name", "Smith-Jones", "Jones", "contains"),
        ("family_name", "Smith", "Smyth", "jaro_winkler >= 0.8"),
        ("name", "Smith, Bob", "Bob Smith", "same_tokens"),
        ("email", "bob@x.com", "bob@y.com", "same_user"),
        ("email", "bob@x.com", "bbo@x.com", "edits <= 2"),
        ("phone", "704 555 0100", "980 555 0100", "suffix 7"),
        ("date", "1967-01-05", "05/01/1967", "swapped_day_month"),
        ("date", "1967-01-05", "1967-01-06", "edits <= 1"),
        ("date", "1967-01-05", "13/45/1967", "same_year"),
        ("date", "1967-01-05", "1988-02-19", "else"),
        ("address", "12 Main Street", "12 Main St", "exact"),
        ("address", "12 Main Street", "12 Mian St", "same_number"),
        ("postcode", "28227", "28199", "else"),
        ("id", "A1", "A2", "edits <= 1"),
        ("category", "F", "M", "else"),
    ],
)
def test_the_level_of_two_values(kind: str, a: object, b: object, told: str) -> None:
    assert level(kind, a, b) == told
    assert level(kind, b, a) == told


def test_the_best_of_many_values_counts() -> None:
    assert level("phone", ["5550100", "7045550199"], ["9805550142", "555-0100", None]) == "exact"
    assert level("phone", ["7045550199"], ["9805550142", "9805550199"]) == "suffix 7"
    assert level("phone", [], ["9805550142"]) == "unknown"
    assert level("phone", ["5550100", "5550100"], [None, "5550100"]) == "exact"


def test_of_two_exact_agreements_the_rarer_counts() -> None:
    values = [["common", "rare"], ["common", "rare"], *[["common"]] * 200]
    one = comparer("id", values)
    found, agreed = compared(one, np.array([0]), np.array([1]))
    assert one.field.values[int(agreed[0])] == "RARE"
    assert found[0] == one.frequency.band[agreed[0]]


def test_a_field_that_nobody_holds() -> None:
    one = comparer("name", [None, None, ""])
    found, agreed = compared(one, np.array([0, 1]), np.array([1, 2]))
    assert (found == UNKNOWN).all()
    assert (agreed == -1).all()


def test_shares_bands_and_their_average() -> None:
    one = field("id", ["a"] * 6_000 + ["b"] * 3_000 + ["c"] * 1_000)
    told = frequency(one, population=1)
    share = dict(zip(one.values, told.share.tolist(), strict=True))
    assert share == pytest.approx({"A": 0.6, "B": 0.3, "C": 0.1}, rel=1e-3)
    assert told.agreement.sum() == pytest.approx(0.36 + 0.09 + 0.01, rel=1e-3)  # the sum of the squares of the shares
    assert told.band.tolist() == [len(BAND_EDGES)] * 3


def test_corrections_average_out_to_nothing() -> None:
    """Over what records hold in a band, the chance of a stranger's agreement is the band's own: the ratios have the mean 1."""
    drawn = np.random.default_rng(5).zipf(1.4, 5_000).clip(max=400)
    one = field("text", [f"v{value}" for value in drawn])
    told = frequency(one, population=1)
    ratio = 2.0 ** -told.correction(np.arange(len(one.values)))
    for band in np.unique(told.band):
        inside = told.band == band
        assert np.average(ratio[inside], weights=told.share[inside]) == pytest.approx(1.0)


def test_a_small_file_knows_less() -> None:
    rare, common = (
        frequency(field("family_name", ["a", "b"]), 10_000),
        frequency(field("family_name", ["a", "b"] * 5_000), 10_000),
    )
    assert rare.share.max() < 0.1
    assert common.share == pytest.approx([0.5, 0.5], rel=0.01)
    assert mixed_in(0, 10_000) > mixed_in(100, 10_000) > mixed_in(10_000, 10_000) > 0


def test_frozen_shares_keep_their_bands() -> None:
    edges = np.array([*BAND_EDGES]) * 1.5
    told = banded(edges, mean_share=np.array([1e-5, 5e-4, 5e-3, 0.1]), least=1e-5)
    assert told.band.tolist() == [1, 2, 3]


def test_patterns_count_what_was_compared() -> None:
    one, other = comparer("id", ["a", "a", "b", None]), comparer("category", ["x", "y", "x", "x"])
    left, right = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 2, 3, 2, 3, 3])
    found = patterns([one, other], left, right)
    each = np.stack([compared(one, left, right)[0], compared(other, left, right)[0]], axis=1)
    assert (found.levels[found.of_pair] == each).all()
    assert found.counts.tolist() == np.bincount(found.of_pair).tolist()
    assert sorted(map(tuple, found.levels.tolist())) == list(map(tuple, found.levels.tolist()))
    assert len(set(map(tuple, found.levels.tolist()))) == len(found.levels)


def test_many_fields_overflow_no_code() -> None:
    rng = np.random.default_rng(3)
    many = [comparer("category", [None if v == 2 else str(v) for v in rng.integers(0, 3, 60)]) for _ in range(20)]
    left, right = np.triu_indices(60, 1)
    found = patterns(many, left, right)
    each = np.stack([compared(one, left, right)[0] for one in many], axis=1)
    assert (found.levels[found.of_pair] == each).all()


def test_no_pairs_have_no_patterns() -> None:
    found = patterns([comparer("id", ["a"])], np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    assert found.levels.shape == (0, 1)
    assert len(found.counts) == len(found.of_pair) == 0
