"""Names for generated people: how often each is borne, as the census has it, and nicknames.

A million people must not share the few hundred names of the simulator: term frequencies and blocks would then look nothing like
a customer file. Common names are real ones; the long tail is made of syllables.
"""

from functools import lru_cache

import numpy as np
import polars as pl
from nicknames import NickNamer
from numpy.typing import NDArray

from data_samples.simulator.names import FEMALE, LAST, MALE


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = 150_000
# Share of bearers by rank. Surnames: US Census Bureau, Frequently Occurring Surnames 2010; given names: its files of 1990.
SURNAME_SHARE = (
    (1, 8.3e-3),
    (2, 6.6e-3),
    (5, 4.8e-3),
    (10, 3.6e-3),
    (100, 7.8e-4),
    (1_000, 1.2e-4),
    (10_000, 9.9e-6),
    (150_000, 3.5e-7),
)
FEMALE_SHARE = ((1, 2.6e-2), (2, 1.1e-2), (10, 7.7e-3), (100, 1.7e-3), (1_000, 8e-5), (4_300, 1e-5))
MALE_SHARE = ((1, 3.3e-2), (5, 2.4e-2), (10, 1.4e-2), (100, 1.9e-3), (500, 1.4e-4), (1_500, 2e-5))
ONSETS = _words("b br c ch cl cr d dr f fr g gl gr h j k kl kr l m mc n p pr r s sch sh sl st t th tr v w wh y z")
VOWELS = _words("a e i o u ai ea ee ou ie")
CODAS = _words("b ck d dd ff g l ll m n nd ng nn nt p r rd rr rt s ss st t tt tz v x")
ENDS = _words("son man er ers berg ski sky ez ton ford ley ing ino elli o a ard ell in is wood well more by strom quist")
GIVEN_ENDS = _words("a ia ina elle ette lyn ah y ie on an us en el ar in ey is")


def weights(points: tuple[tuple[int, float], ...], count: int) -> NDArray[np.float64]:
    """Shares of the ranks 1 to count that go through `points` straight on double logarithmic paper; they add up to 1."""
    ranks, shares = np.log([p[0] for p in points]), np.log([p[1] for p in points])
    share = np.exp(np.interp(np.log(np.arange(1, count + 1)), ranks, shares))
    return share / share.sum()


def invent(count: int, ends: list[str], known: set[str], random: np.random.Generator) -> list[str]:
    """`count` made-up words that are not among `known`, in the order they were drawn."""
    made: dict[str, None] = {}
    while len(made) < count:
        draws = [random.integers(0, len(part), count) for part in (ONSETS, VOWELS, CODAS, ends, VOWELS, CODAS)]
        longer = random.random(count) < 0.3
        for a, b, c, d, e, f, is_long in zip(*(x.tolist() for x in draws), longer.tolist(), strict=True):
            middle = CODAS[c] + VOWELS[e] + CODAS[f] if is_long else CODAS[c]
            made.setdefault(ONSETS[a] + VOWELS[b] + middle + ends[d])
    return [word for word in made if word not in known][:count]


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, list[str]]:
    return {name: sorted(short) for name, short in sorted(NickNamer()._nickname_lookup.items())}


def _plain(names: list[str]) -> list[str]:
    """Lower case letters only, without repeats, as dealers' systems hold names."""
    return list(dict.fromkeys("".join(letter for letter in name.lower() if letter.isalpha()) for name in names))


def surnames(random: np.random.Generator) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Family names and how often each is borne."""
    real = _plain(LAST)
    words = real + invent(int(SURNAMES * 1.02), ENDS, set(real), random)
    return np.array(words[:SURNAMES]), weights(SURNAME_SHARE, SURNAMES)


def given_names(is_female: bool, random: np.random.Generator) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Given names of one sex and how often each is borne: common ones, those that have nicknames, and made-up ones."""
    common, other = (_plain(FEMALE), _plain(MALE)) if is_female else (_plain(MALE), _plain(FEMALE))
    known = [name for name in _nicknames() if name.isalpha() and name not in set(common) | set(other)]
    points = FEMALE_SHARE if is_female else MALE_SHARE
    count = points[-1][0]
    words = (common + known[int(is_female) :: 2])[:count]
    words += invent(count - len(words) + 200, GIVEN_ENDS, set(words) | set(other), random)
    return np.array(words[:count]), weights(points, count)


def nickname_table() -> pl.DataFrame:
    """Columns `name` and `nicknames` (a list, sorted) for every given name that has any."""
    return pl.DataFrame({"name": list(_nicknames()), "nicknames": list(_nicknames().values())})
