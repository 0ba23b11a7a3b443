"""Points against the rules written out touch by touch: caps of kinds, of sources on a day and in all, and decay."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.traits.points import MICROS, Figures, Touches, in_order, micros_of, points_of, shares_of

WEIGHT, KIND_CAP, HALF_LIFE = (3.0, 4.0, 0.0), (15.0, 16.0, 5.0), (14, 30, 14)
PER_DAY, IN_ALL = (20.0, 9.0, np.inf), (60.0, 25.0, np.inf)
SOURCES_OF_KIND = ((0,), (1, 2), (0, 1, 2))
AGES = 90
FIGURES = Figures(
    np.array(WEIGHT),
    np.array(KIND_CAP),
    np.array([[0.5 ** (age / half) for age in range(AGES)] for half in HALF_LIFE]),
    np.array([len(one) > 1 for one in SOURCES_OF_KIND]),
    np.array(PER_DAY),
    np.array(IN_ALL),
)
ROW = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.sampled_from([0, 1, 40, 89]), st.integers(0, 3), st.integers(1, 9)
)
ROWS = st.lists(ROW, max_size=40).map(
    lambda rows: [(p, k, SOURCES_OF_KIND[k][s % len(SOURCES_OF_KIND[k])], a, t, n) for p, k, s, a, t, n in rows]
)


def by_hand(rows):
    """Points by person, source, age and kind, brand left out."""
    touches, of_kind = defaultdict(int), defaultdict(int)
    for person, kind, source, age, _, count in rows:
        touches[person, source, age, kind] += count
        of_kind[person, age, kind] += count
    day = {}
    for (person, source, age, kind), count in touches.items():
        total = of_kind[person, age, kind]
        day[person, source, age, kind] = min(KIND_CAP[kind], WEIGHT[kind] * total) * count / total
    brought, in_all = defaultdict(float), defaultdict(float)
    for (person, source, age, _), points in day.items():
        brought[person, source, age] += points
    for (person, source, age, kind), points in day.items():
        kept = min(1, PER_DAY[source] / max(brought[person, source, age], 1e-9))
        day[person, source, age, kind] = points * kept * 0.5 ** (age / HALF_LIFE[kind])
        in_all[person, source] += day[person, source, age, kind]
    return {key: points * min(1, IN_ALL[key[1]] / max(in_all[key[0], key[1]], 1e-9)) for key, points in day.items()}


def computed(rows, brand):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    told = in_order(Touches(*columns), np.full(len(rows), brand))
    points = points_of(told, FIGURES)
    return points, shares_of(told, points)


@settings(deadline=None)
@given(ROWS)
def test_points_are_those_of_the_rules(rows):
    points, shares = computed(rows, 5)
    expected = by_hand(rows)
    keys = list(zip(*(one.tolist() for one in (points.person, points.source, points.age, points.kind)), strict=True))
    assert keys == sorted(expected)
    assert set(points.brand.tolist()) <= {5}
    for key, micros in zip(keys, points.micros.tolist(), strict=True):
        assert abs(micros / MICROS - expected[key]) < 5e-5
    for person in set(points.person.tolist()):
        told, score = (int(one.micros[one.person == person].sum()) for one in (shares, points))
        assert abs(told - score) <= len(rows), "things share the points of their kind, source and day"


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_nothing(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert same(rows, mixed)


@settings(deadline=None)
@given(ROWS)
def test_touches_delivered_one_by_one_are_those_delivered_together(rows):
    assert same(rows, [(*row[:-1], 1) for row in rows for _ in range(row[-1])])


def same(rows, others):
    pairs = zip(computed(rows, 0), computed(others, 0), strict=True)
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for one, other in pairs for name in vars(one))


@settings(deadline=None)
@given(ROWS)
def test_points_of_other_people_change_nothing(rows):
    together, _ = computed(rows, 0)
    for person in {row[0] for row in rows}:
        alone, _ = computed([row for row in rows if row[0] == person], 0)
        assert alone.micros.tolist() == together.micros[together.person == person].tolist()


def test_millionths_round_halves_up():
    assert micros_of(np.array([0.0000005, 0.0000004, 1.0, 2.5])).tolist() == [1, 0, 1_000_000, 2_500_000]
