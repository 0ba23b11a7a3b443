"""Makes, models and body styles as people type them, in the vocabulary's spelling. Distinct values only.

A spelling is tried in this order: the vocabulary's own, a listed alias, the longest beginning that is either of those
("F-150 XLT SuperCrew"), and at last the most similar name. Matching never invents a name: below the threshold there is none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from rapidfuzz.distance import JaroWinkler

from schemas.policy.reference import Reference

# Jaro-Winkler x 100 from which a misspelling counts: a wrong, missing or swapped letter in a name of five gives 89 to 96, while
# two different makes of the vocabulary are 81 alike at most. Models are closer, hence the digits and the margin.
SIMILAR_FROM = 89.0
MARGIN = 2.0  # by which the best name must beat the next one: "Model Z" is neither Model X nor Model Y
SHORTEST_SIMILAR = 4  # letters; shorter names are one letter apart from each other (GLA and GLB, X3 and X5)
BEGINS_WITH_FROM = 2  # characters that a matched beginning needs, so that "3 series gt" is not Mazda's "3"
BEGINNING_SCORE = 95.0  # the name itself is exact; what follows is taken for a trim

METHOD = pl.Enum(["exact", "alias", "fuzzy", "none"])
MATCH_COLUMNS: dict[str, Any] = {"matched": pl.String, "score": pl.Float64, "method": METHOD}


def squeezed(text: str) -> str:
    """A spelling without case, spaces and punctuation: "F-150", "f 150" and "F150" are one."""
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]


@dataclass(frozen=True)
class Names:
    """The names of one vocabulary by squeezed spelling: its own spellings, and its aliases."""

    own: Mapping[str, str]
    aliases: Mapping[str, str]

    def match(self, raw: str) -> tuple[str | None, float, str]:
        """The name, the similarity 0 to 100 and how it was found."""
        words = _words(raw)
        whole = "".join(words)
        if found := self.own.get(whole):
            return found, 100.0, "exact"
        if found := self.aliases.get(whole):
            return found, 100.0, "alias"
        return self._beginning(words) or self._similar(whole) or (None, self._nearest_score(whole), "none")

    def _beginning(self, words: list[str]) -> tuple[str, float, str] | None:
        for end in range(len(words) - 1, 0, -1):
            start = "".join(words[:end])
            found = self.own.get(start) or self.aliases.get(start)
            if found and len(start) >= BEGINS_WITH_FROM:
                return found, BEGINNING_SCORE, "fuzzy"
        return None

    def _similar(self, whole: str) -> tuple[str, float, str] | None:
        if len(whole) < SHORTEST_SIMILAR:
            return None
        digits, best = _digits(whole), dict[str, float]()
        for key, name in (*self.own.items(), *self.aliases.items()):
            if len(key) >= SHORTEST_SIMILAR and _digits(key) == digits:
                best[name] = max(best.get(name, 0.0), _likeness(whole, key))
        ranked = sorted((-score, name) for name, score in best.items())[:2]
        if not ranked or -ranked[0][0] < SIMILAR_FROM:
            return None
        is_clear = len(ranked) == 1 or ranked[1][0] - ranked[0][0] >= MARGIN
        return (ranked[0][1], round(-ranked[0][0], 1), "fuzzy") if is_clear else None

    def _nearest_score(self, whole: str) -> float:
        return round(max((_likeness(whole, key) for key in self.own), default=0.0), 1) if whole else 0.0


def _likeness(left: str, right: str) -> float:
    return JaroWinkler.similarity(left, right) * 100


def _digits(text: str) -> str:
    """Numbers tell models apart: a Silverado 2500 is no misspelt Silverado 1500."""
    return re.sub(r"\D", "", text)


@lru_cache(maxsize=8)
def make_names(reference: Reference) -> Names:
    """The makes of the reference."""
    return _names((one.make, one.aliases) for one in reference.makes)


@lru_cache(maxsize=8)
def model_names(reference: Reference) -> Mapping[str, Names]:
    """The models of the reference, by make."""
    makes = sorted({one.make for one in reference.models})
    return {make: _names((one.model, one.aliases) for one in reference.models if one.make == make) for make in makes}


def _names(entries: Iterable[tuple[str, tuple[str, ...]]]) -> Names:
    listed = list(entries)
    aliases = {squeezed(alias): name for name, others in listed for alias in others}
    return Names({squeezed(name): name for name, _ in listed}, aliases)


def match_makes(raw: pl.Series, reference: Reference) -> pl.DataFrame:
    """The distinct makes of a column and what each was matched to, sorted by raw.

    Returns raw (as given), matched (null where none), score (0 to 100) and method (exact, alias, fuzzy, none), blanks left out.
    """
    names = make_names(reference)
    values = sorted(value for value in raw.drop_nulls().unique().to_list() if value.strip())
    rows = [(value, *names.match(value)) for value in values]
    return pl.DataFrame(rows, schema={"raw": pl.String, **MATCH_COLUMNS}, orient="row")


def match_models(pairs: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """The distinct pairs of context (a make in the vocabulary's spelling, or blank) and raw (a model as typed), matched.

    Returns context, raw, matched, score and method, sorted by context and raw. The make may be repeated in the model
    ("Honda Civic LX"). Without a make a model is matched only where its spelling belongs to models of a single make.
    """
    distinct = pairs.select(pl.col("context").fill_null(""), "raw").drop_nulls().unique().sort("context", "raw")
    models, makes = model_names(reference), make_names(reference)
    rows = [(context, raw, *_match_model(context, raw, models, makes)) for context, raw in distinct.rows() if raw.strip()]
    return pl.DataFrame(rows, schema={"context": pl.String, "raw": pl.String, **MATCH_COLUMNS}, orient="row")


def _match_model(context: str, raw: str, models: Mapping[str, Names], makes: Names) -> tuple[str | None, float, str]:
    if not context:
        owners = [names.own[squeezed(raw)] for names in models.values() if squeezed(raw) in names.own]
        return (owners[0], 100.0, "exact") if len(owners) == 1 else (None, 0.0, "none")
    names = models.get(context)
    if names is None:
        return None, 0.0, "none"
    whole = names.match(raw)
    rest = _without_make(raw, context, makes)
    inner = names.match(rest) if rest else whole
    return max((whole, inner), key=lambda one: (one[2] != "none", one[1])) if rest else whole


def _without_make(raw: str, make: str, makes: Names) -> str:
    """The model after its make, or blank where the text does not begin with the make."""
    words = _words(raw)
    for end in range(min(len(words) - 1, 3), 0, -1):
        start = "".join(words[:end])
        if (makes.own.get(start) or makes.aliases.get(start)) == make:
            return " ".join(words[end:])
    return ""


@lru_cache(maxsize=8)
def body_styles(reference: Reference) -> pl.DataFrame:
    """The body style of each model of the reference: make, model, body_style; sorted by make and model."""
    rows = sorted((one.make, one.model, one.body_style) for one in reference.models)
    return pl.DataFrame(rows, schema={"make": pl.String, "model": pl.String, "body_style": pl.String}, orient="row")


# First match wins. Left are words of vPIC, window stickers and sites; what is outside the list (a bus, a trailer) has no style.
BODY_WORDS: tuple[tuple[str, str | None], ...] = (
    (r"motorcycle|trailer|bus\b|tractor|off-?road|low speed|motor ?home|snowmobile|golf|fire|incomplete|limousine", None),
    (
        r"pick ?up|sport utility truck|\bsut\b|(crew|extended|quad|double|regular|super) ?cab|^truck\b|\btruck$",
        "truck",
    ),
    (r"sport utility|\bsuvs?\b|crossover|\bcuv\b|multi-?purpose|\bmpv\b", "suv"),
    (r"van\b|vans\b|minivan", "van"),
    (r"convertible|cabriolet|roadster|spyder|spider|\bsoft ?top", "convertible"),
    (r"hatch|liftback|notchback|\b[35]dr\b", "hatchback"),
    (r"wagon|estate|avant|touring", "wagon"),
    (r"coupe|coupé|\b2dr\b|2-door", "coupe"),
    (r"sedan|saloon|\b4dr\b|4-door", "sedan"),
)


def body_style_of(raw: pl.Expr) -> pl.Expr:
    """The body style that a text means (sedan, suv, truck, coupe, hatchback, wagon, van, convertible), else null."""
    text = raw.str.to_lowercase().str.replace_all("_", " ").str.strip_chars()
    answer = pl.lit(None, dtype=pl.String)
    for pattern, style in reversed(BODY_WORDS):
        answer = pl.when(text.str.contains(pattern)).then(pl.lit(style, dtype=pl.String)).otherwise(answer)
    return answer
