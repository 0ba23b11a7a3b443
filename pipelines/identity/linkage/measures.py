"""What each measure of the level grammar computes, over pairs of distinct texts.

The only module that compares pairs of texts; texts are compared once per distinct pair. A measure gets the field's values
and two arrays of codes and returns which pairs it holds for.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from pipelines.identity.linkage.derive import derived, full_names
from pipelines.identity.linkage.encode import MISSING
from pipelines.identity.linkage.letters import can_reach, letters
from schemas.identity_language import Level

MAX_FULL_NAMES = 8
NOWHERE = -2  # code of a text that a field never holds
SIMILAR_STREET = 80.0  # token_sort, 0 to 100, from which two streets with one number are one place
WORKERS, WORTH_WORKERS = 2, 20_000  # threads, and pairs from which they pay; which thread compares changes no result
ROUNDING = 1e-3  # of similarities, so that rounding never takes away what a level would let through
FARTHEST = {"edits": np.inf}  # of the others, 0
NO_LIMITS: Mapping[str, float] = {}
_SCORERS: dict[str, Any] = {
    "jaro_winkler": JaroWinkler.normalized_similarity,
    "edits": OSA.distance,
    "token_sort": fuzz.token_sort_ratio,
    "token_set": fuzz.token_set_ratio,
}


class Texts:
    """The distinct texts of a field, with what was derived from them so far."""

    def __init__(self, values: pl.Series, texts: np.ndarray) -> None:
        self.values, self.texts = values, texts
        self._derived: dict[tuple[str, int | None], np.ndarray] = {}
        self._known: dict[str, np.ndarray] = {}
        self._places: dict[Texts, np.ndarray] = {}

    def codes(self, function: str, n: int | None = None) -> np.ndarray:
        """Equal codes where a function of the text is equal; MISSING where it says nothing."""
        if (function, n) not in self._derived:
            told = derived(function, self.values, n).to_arrow().dictionary_encode()
            self._derived[function, n] = told.indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
        return self._derived[function, n]

    def agree(self, function: str, a: np.ndarray, b: np.ndarray, n: int | None = None) -> np.ndarray:
        """Pairs for which a function is known and equal."""
        codes = self.codes(function, n)
        left = codes[a]
        return (left == codes[b]) & (left != MISSING)

    def known(self, name: str, told: Callable[[pl.Series], np.ndarray]) -> np.ndarray:
        """What a function of all texts gives, computed once under its name."""
        if name not in self._known:
            self._known[name] = told(self.values)
        return self._known[name]

    def places_of(self, other: "Texts") -> np.ndarray:
        """The code that each text of another field has in this one; NOWHERE where none, and for MISSING at the end."""
        if other not in self._places:
            place = {text: code for code, text in enumerate(self.texts.tolist())}
            self._places[other] = np.array(
                [*(place.get(text, NOWHERE) for text in other.texts.tolist()), NOWHERE], dtype=np.int32
            )
        return self._places[other]

    def score(
        self, measure: str, a: np.ndarray, b: np.ndarray, other: "Texts | None" = None, *, until: float | None = None
    ) -> np.ndarray:
        """RapidFuzz over pairs, one by one; `b` may be of another field. Beyond `until`, a score may be the worst."""
        theirs = other or self
        if until is None:
            return _scored(measure, self.texts[a], theirs.texts[b], until)
        lengths, held = self.lengths[a], self.letters[a]
        near = np.flatnonzero(can_reach(measure, until, (held, theirs.letters[b]), (lengths, theirs.lengths[b])))
        out = np.full(len(a), FARTHEST.get(measure, 0.0), dtype=np.float32)
        out[near] = _scored(measure, self.texts[a[near]], theirs.texts[b[near]], until)
        return out

    @property
    def lengths(self) -> np.ndarray:
        """Letters of each text."""
        return self.known("length", lambda values: values.str.len_chars().fill_null(0).to_numpy())

    @property
    def letters(self) -> np.ndarray:
        """Which letters each text holds."""
        return self.known("letters", letters)


def _scored(measure: str, a: np.ndarray, b: np.ndarray, until: float | None) -> np.ndarray:
    workers = WORKERS if len(a) >= WORTH_WORKERS else 1
    return cpdist(a, b, scorer=_SCORERS[measure], score_cutoff=until, dtype=np.float32, workers=workers)


def farthest(levels: tuple[Level, ...]) -> dict[str, float]:
    """Per measure of RapidFuzz, the number beyond which no level asks any more."""
    asked: dict[str, list[float]] = {}
    for one in levels:
        if one.measure in _SCORERS:
            asked.setdefault(one.measure, []).append(float(one.at or 0))
    return {name: max(at) if name == "edits" else min(at) - ROUNDING for name, at in asked.items()}


def holds(
    level: Level,
    texts: Texts,
    a: np.ndarray,
    b: np.ndarray,
    scores: dict[str, np.ndarray],
    until: Mapping[str, float] = NO_LIMITS,
) -> np.ndarray:
    """Which pairs of unequal texts reach a level. `scores` keeps what was computed for the same pairs, `until` as in farthest."""
    if level.measure in _SCORERS:
        if level.measure not in scores:
            scores[level.measure] = texts.score(level.measure, a, b, until=until.get(level.measure))
        score, at = scores[level.measure], np.float32(level.at or 0)
        return score <= at if level.measure == "edits" else score >= at
    return _MEASURES[level.measure](texts, a, b, int(level.at or 0))


def _nickname(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """The first words are short for one name: Bob and Robert, Bob and Rob."""
    used = np.unique(np.concatenate([a, b]))
    names: dict[str, int] = {}
    table = np.full((len(texts.texts), MAX_FULL_NAMES), MISSING, dtype=np.int32)
    for code in used.tolist():
        fulls = full_names(texts.texts[code])[:MAX_FULL_NAMES]
        table[code, : len(fulls)] = [names.setdefault(one, len(names)) for one in fulls]
    left, right = table[a], table[b]
    found = np.zeros(len(a), dtype=bool)
    for place in range(MAX_FULL_NAMES):
        found |= ((left == right[:, [place]]) & (left != MISSING)).any(axis=1)
    return found


def _initial(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """One is the first letter of the other."""
    return texts.agree("initial", a, b) & (np.minimum(texts.lengths[a], texts.lengths[b]) == 1)


def _contains(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """The words of one are all among the words of the other: part of a double name, an address without its unit."""
    spaced = texts.known("spaced", lambda values: values.str.contains(" ", literal=True).to_numpy())
    found = np.zeros(len(a), dtype=bool)
    for place in np.flatnonzero(spaced[a] | spaced[b]).tolist():
        left, right = set(texts.texts[a[place]].split(" ")), set(texts.texts[b[place]].split(" "))
        found[place] = left <= right or right <= left
    return found


def _same_number(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """The same first number, and a similar street."""
    found = texts.agree("number", a, b)
    places = np.flatnonzero(found)
    found[places] = texts.score("token_sort", a[places], b[places], until=SIMILAR_STREET - ROUNDING) >= SIMILAR_STREET
    return found


def _swapped(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """Day and month changed places."""
    codes, size = texts.known("turned", _turned), len(texts.values)
    return (codes[:size][a] == codes[size:][b]) & (codes[size:][b] != MISSING)


def _turned(values: pl.Series) -> np.ndarray:
    """Codes of all dates, and then of the same with day and month changed."""
    both = pl.concat([values, derived("swapped", values).alias(values.name)])
    return both.to_arrow().dictionary_encode().indices.fill_null(MISSING).to_numpy(zero_copy_only=False)


def _never(texts: Texts, a: np.ndarray, b: np.ndarray, _: int) -> np.ndarray:
    """Names that changed places are told by two fields, in swap."""
    return np.zeros(len(a), dtype=bool)


def _years(texts: Texts, a: np.ndarray, b: np.ndarray, at: int) -> np.ndarray:
    """Whole years apart, day and month alike or not."""
    years = texts.known("year", lambda values: derived("year", values).cast(pl.Int32).fill_null(-10_000).to_numpy())
    left, right = years[a], years[b]
    return (np.abs(left - right) <= at) & (left > 0) & (right > 0)


_MEASURES: dict[str, Callable[[Texts, np.ndarray, np.ndarray, int], np.ndarray]] = {
    "nickname": _nickname,
    "initial": _initial,
    "contains": _contains,
    "same_number": _same_number,
    "swapped_day_month": _swapped,
    "years": _years,
    "swapped": _never,
    "same_user": lambda texts, a, b, _: texts.agree("user", a, b),
    "same_domain": lambda texts, a, b, _: texts.agree("domain", a, b),
    "same_year": lambda texts, a, b, _: texts.agree("year", a, b),
    "same_month_day": lambda texts, a, b, _: texts.agree("month_day", a, b),
    "same_month_year": lambda texts, a, b, _: texts.agree("month_year", a, b),
    "same_tokens": lambda texts, a, b, _: texts.agree("words", a, b),
    "prefix": lambda texts, a, b, at: texts.agree("prefix", a, b, at),
    "suffix": lambda texts, a, b, at: texts.agree("suffix", a, b, at),
}
