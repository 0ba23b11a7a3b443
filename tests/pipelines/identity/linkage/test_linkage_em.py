"""What is learned comes near to what patterns were drawn from; strangers agree by chance as their values are common."""

import numpy as np
import pytest

from pipelines.identity.linkage.compare import UNKNOWN, Comparer, compared
from pipelines.identity.linkage.em import Parameters, class_shares, field_bits, learn, posteriors
from pipelines.identity.linkage.frequency import frequency
from pipelines.identity.linkage.link import levels_of
from pipelines.identity.linkage.measures import Texts
from pipelines.identity.linkage.patterns import Patterns
from pipelines.identity.linkage.strangers import by_chance
from tests.pipelines.identity.linkage.people import field

KINDS = {"first": "given_name", "last": "family_name", "address": "address", "born": "date", "email": "email", "phone": "phone"}
SHARED = frozenset({"last", "address", "phone"})
DRAWN = {"match": 4_000, "household": 3_000, "random": 200_000}
TOTAL = float(sum(DRAWN.values()))


def comparer(name: str, kind: str, values: list) -> Comparer:
    told = field(kind, values)
    one = type(told)(name, told.spec, told.values, told.slots)
    return Comparer(one, frequency(one, 1), levels_of(one.spec), Texts(one.values, one.texts))


def drawn(rng: np.random.Generator, dist: np.ndarray, amount: int, unknown: float = 0.1) -> np.ndarray:
    levels = rng.choice(len(dist), amount, p=dist / dist.sum())
    return np.where(rng.random(amount) < unknown, UNKNOWN, levels).astype(np.int8)


def spread(one: Comparer, exact: float, close: float) -> np.ndarray:
    """`exact` on the bands that hold values, `close` over the levels between, the rest on else."""
    mass = one.frequency.mass / one.frequency.mass.sum()
    between = np.full(len(one.levels), close / max(len(one.levels), 1))
    return np.concatenate([exact * mass, between, [1 - exact - (close if len(one.levels) else 0)]])


@pytest.fixture(scope="module")
def world() -> tuple[list[Comparer], dict[str, list[np.ndarray]], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    ones = [comparer(name, kind, [f"{one:08}@x.com" for one in range(5_000)]) for name, kind in KINDS.items()]
    random = [spread(one, 2e-4, 4e-3) for one in ones]
    dists = {
        "match": [spread(one, 0.86, 0.10) for one in ones],
        "household": [spread(one, 0.80, 0.12) if one.field.name in SHARED else u for one, u in zip(ones, random, strict=True)],
        "random": random,
    }
    blocks = [np.stack([drawn(rng, d, amount) for d in dists[name]], axis=1) for name, amount in DRAWN.items()]
    return ones, dists, np.concatenate(blocks), np.repeat(np.arange(3), list(DRAWN.values()))


@pytest.fixture(scope="module")
def told(world: tuple) -> tuple[Parameters, Patterns]:
    ones, dists, levels, _ = world
    code = levels.astype(np.int64) @ (128 ** np.arange(levels.shape[1], dtype=np.int64))
    _, first, of_pair, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    kinds = levels[first]
    found = Patterns(kinds, counts, of_pair, np.zeros((len(ones), len(levels)), dtype=np.float32))
    return learn(ones, tuple(dists["random"]), found, shared=SHARED, records=10_000, total=TOTAL), found


def test_what_was_drawn_is_learned(world: tuple, told: tuple[Parameters, Patterns]) -> None:
    for learned, true in zip(told[0].match, world[1]["match"], strict=True):
        assert np.abs(learned - true).max() < 0.02
    assert told[0].prior[0] * TOTAL == pytest.approx(DRAWN["match"], rel=0.03)
    assert sum(told[0].prior[1:-1]) * TOTAL == pytest.approx(DRAWN["household"], rel=0.05)
    assert sum(told[0].prior) == pytest.approx(1.0)


def test_classes_are_told_apart(world: tuple, told: tuple[Parameters, Patterns]) -> None:
    match, household = posteriors(told[0], told[0].bits(told[1].levels))
    of_pair, truth = told[1].of_pair, world[3]
    assert ((match[of_pair] >= 0.5) == (truth == 0)).mean() > 0.995
    assert ((household[of_pair] >= 0.5) == (truth == 1)).mean() > 0.99


def test_posteriors_are_calibrated(world: tuple, told: tuple[Parameters, Patterns]) -> None:
    match, _ = posteriors(told[0], told[0].bits(told[1].levels))
    pairs = match[told[1].of_pair]
    assert pairs.sum() == pytest.approx((world[3] == 0).sum(), rel=0.02)


def test_personal_fields_stay_as_between_strangers_in_a_household(world: tuple, told: tuple[Parameters, Patterns]) -> None:
    for home in told[0].households:
        assert (home[0] == told[0].random[0]).all()
        bands = world[0][4].bands
        assert home[4][:bands] == pytest.approx(told[0].random[4][:bands])
        assert home[4].sum() == pytest.approx(1.0)


def test_without_shared_fields_there_are_two_classes(world: tuple, told: tuple[Parameters, Patterns]) -> None:
    two = learn(world[0], told[0].random, told[1], shared=frozenset(), records=10_000, total=TOTAL)
    assert two.households == ()
    assert len(two.prior) == 2


def test_nothing_to_learn_from(world: tuple) -> None:
    nothing = Patterns(
        np.empty((0, 6), dtype=np.int8), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((6, 0))
    )
    for records, total in ((0, 0.0), (1, 0.4), (2, 1.0), (100, 4950.0)):
        with np.errstate(all="raise", under="ignore"):
            one = learn(world[0], tuple(world[1]["random"]), nothing, shared=SHARED, records=records, total=total)
        assert min(one.prior) > 0
        assert sum(one.prior) == pytest.approx(1.0)


def test_bits_are_ratios_and_unknown_says_nothing() -> None:
    assert field_bits(np.array([0.8, 0.2]), np.array([0.1, 0.4])) == pytest.approx([3.0, -1.0, 0.0])


def test_shares_of_classes_are_bayes() -> None:
    half = (np.array([0.5, 0.5]),)
    one = Parameters((np.array([0.9, 0.1]),), ((np.array([0.6, 0.4]),),), half, (0.1, 0.3, 0.6))
    share = class_shares(one, one.bits(np.array([[0], [1], [UNKNOWN]])))
    raw = np.array([[0.1 * 0.9, 0.1 * 0.1, 0.1], [0.3 * 0.6, 0.3 * 0.4, 0.3], [0.6 * 0.5, 0.6 * 0.5, 0.6]])
    assert share == pytest.approx(raw / raw.sum(axis=0))


def test_strangers_agree_by_the_squares_of_the_shares() -> None:
    values = ["a"] * 3_000 + ["b"] * 1_000 + [f"x{one}" for one in range(1_000)]
    one = comparer("city", "text", values)
    told = by_chance(one)
    assert told.sum() == pytest.approx(1.0)
    assert told[: one.bands].sum() == pytest.approx(0.6**2 + 0.2**2 + 1_000 * (1 / 5_000) ** 2, rel=0.02)


def test_strangers_are_close_as_often_as_all_pairs_are() -> None:
    rng = np.random.default_rng(2)
    one = comparer("code", "id", [f"{value:04}" for value in rng.integers(0, 10_000, 400)])
    left, right = np.triu_indices(400, 1)
    level, _ = compared(one, left, right)
    share = np.bincount(level, minlength=one.size) / len(left)
    assert by_chance(one)[one.bands :] == pytest.approx(share[one.bands :], abs=5e-3)


@pytest.mark.parametrize("values", [[], [None, None], ["a"], ["a"] * 50, ["a", None]])
def test_chance_is_a_distribution_whatever_is_held(values: list) -> None:
    told = by_chance(comparer("x", "text", values))
    assert told.sum() == pytest.approx(1.0)
    assert (told >= 0).all()
