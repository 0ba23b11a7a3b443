"""The words of a model of identity: levels (how close two values are) and blocking rules (which records meet).

Parsing and fitting only: what a measure or a key function computes is in pipelines/identity/linkage.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from schemas.identity_mistakes import (
    FunctionMisfit,
    LanguageError,
    LevelOrder,
    MeasureMisfit,
    MeasureNumber,
    RuleSyntax,
    UnknownField,
    UnknownFunction,
    UnknownMeasure,
)

FieldKind = Literal[
    "given_name", "family_name", "name", "email", "phone", "address", "postcode", "date", "id", "vin", "text", "category"
]
KINDS: frozenset[str] = frozenset(get_args(FieldKind))
TEXTS = KINDS - {"date", "category"}
WORDY = frozenset({"given_name", "family_name", "name", "address", "text"})
AUTO = "auto"


@dataclass(frozen=True)
class Level:
    """One level of agreement: a measure, and the number from which it holds (None for measures without one)."""

    measure: str
    at: float | None = None

    def __str__(self) -> str:
        if self.at is None:
            return self.measure
        sign = MEASURES[self.measure].sign
        return f"{self.measure} {sign} {self.at:g}" if sign else f"{self.measure} {self.at:g}"


@dataclass(frozen=True)
class Key:
    """One part of a blocking rule: a function (None: the value as it is) of a field, with its number where it takes one."""

    function: str | None
    field: str
    n: int | None = None

    def __str__(self) -> str:
        inside = self.field if self.n is None else f"{self.field}, {self.n}"
        return f"{self.function}({inside})" if self.function else self.field


@dataclass(frozen=True)
class Measure:
    """How a measure is written and which kinds it fits. `low` and `high` bound its number, `high` excluded."""

    kinds: frozenset[str]
    example: str
    sign: str = ""
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False
    is_upward: bool = True

    @property
    def has_number(self) -> bool:
        """Whether the measure is written with a number."""
        return self.high > 0

    @property
    def bounds(self) -> str:
        """The numbers it takes, in words."""
        if self.is_whole:
            return f"a whole number from {self.low:g} to {self.high - 1:g}"
        return f"a number above {self.low:g} and below {self.high:g}"


def _only(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


# is_upward: the greater the number, the closer the values.
MEASURES: Mapping[str, Measure] = {
    "exact": Measure(KINDS, "exact"),
    "nickname": Measure(_only("given_name"), "nickname"),
    "initial": Measure(_only("given_name"), "initial"),
    "swapped": Measure(_only("given_name"), "swapped"),
    "same_user": Measure(_only("email"), "same_user"),
    "same_domain": Measure(_only("email"), "same_domain"),
    "swapped_day_month": Measure(_only("date"), "swapped_day_month"),
    "same_year": Measure(_only("date"), "same_year"),
    "same_month_day": Measure(_only("date"), "same_month_day"),
    "same_month_year": Measure(_only("date"), "same_month_year"),
    "same_tokens": Measure(WORDY, "same_tokens"),
    "contains": Measure(WORDY, "contains"),
    "same_number": Measure(_only("address"), "same_number"),
    "jaro_winkler": Measure(TEXTS, "jaro_winkler >= 0.92", ">=", 0, 1),
    "edits": Measure(TEXTS | {"date"}, "edits <= 1", "<=", 1, 11, is_whole=True, is_upward=False),
    "token_sort": Measure(TEXTS, "token_sort >= 85", ">=", 0, 100),
    "token_set": Measure(TEXTS, "token_set >= 90", ">=", 0, 100),
    "prefix": Measure(TEXTS, "prefix 4", "", 1, 51, is_whole=True),
    "suffix": Measure(TEXTS, "suffix 7", "", 1, 51, is_whole=True),
    "years": Measure(_only("date"), "years <= 2", "<=", 1, 101, is_whole=True, is_upward=False),
}

DEFAULT_LEVELS: Mapping[str, tuple[str, ...]] = {
    "given_name": ("exact", "nickname", "jaro_winkler >= 0.92", "initial", "jaro_winkler >= 0.8", "swapped"),
    "family_name": ("exact", "jaro_winkler >= 0.92", "contains", "jaro_winkler >= 0.8"),
    "name": ("exact", "same_tokens", "jaro_winkler >= 0.92", "token_set >= 95", "token_sort >= 80"),
    "email": ("exact", "same_user", "edits <= 2", "jaro_winkler >= 0.9"),
    "phone": ("exact", "suffix 7", "edits <= 1"),
    "address": ("exact", "same_number", "token_sort >= 80"),
    "postcode": ("exact", "edits <= 1", "prefix 3"),
    "date": ("exact", "swapped_day_month", "edits <= 1", "same_month_day", "same_month_year", "same_year"),
    "id": ("exact", "edits <= 1", "edits <= 2"),
    "vin": ("exact", "edits <= 2"),
    "text": ("exact", "jaro_winkler >= 0.9", "token_sort >= 80"),
    "category": ("exact",),
}

# Key function -> kinds that it fits, and whether it takes a number.
FUNCTIONS: Mapping[str, tuple[frozenset[str], bool]] = {
    "prefix": (TEXTS, True),
    "suffix": (TEXTS, True),
    "sound": (WORDY, False),
    "soundex": (WORDY, False),
    "year": (_only("date"), False),
    "month": (_only("date"), False),
    "day": (_only("date"), False),
    "month_day": (_only("date"), False),
    "month_year": (_only("date"), False),
    "user": (_only("email"), False),
    "domain": (_only("email"), False),
    "word": (WORDY, True),
    "words": (WORDY, False),
    "digits": (TEXTS - {"given_name", "family_name", "name"}, False),
    "number": (_only("address", "text", "id"), False),
    "full_name": (_only("given_name"), False),
}

_LEVEL = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|==|=|>|<)?\s*(-?\d+(?:\.\d+)?)?\s*(%?)\s*")
_KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\(\s*([^(),]*?)\s*(?:,\s*([^(),]*?)\s*)?\))?\s*")
_BETWEEN_KEYS = re.compile(r",(?![^()]*\))")


def parse_level(text: str) -> Level:
    """Read one level, such as `jaro_winkler >= 0.92`. Raises UnknownMeasure or MeasureNumber."""
    parts = _LEVEL.fullmatch(text)
    name = parts[1] if parts else (re.match(r"\s*(\w*)", text) or [text, text])[1]
    if name not in MEASURES:
        raise UnknownMeasure(text, name, sorted(MEASURES))
    measure = MEASURES[name]
    if not parts or parts[4]:
        raise MeasureNumber(text, measure.example, measure.bounds if measure.has_number else "")
    sign, number = parts[2] or "", parts[3]
    if not measure.has_number and not sign and number is None:
        return Level(name)
    if not measure.has_number or sign != measure.sign or number is None or not _fits(float(number), measure):
        raise MeasureNumber(text, measure.example, measure.bounds if measure.has_number else "")
    return Level(name, float(number))


def _fits(number: float, measure: Measure) -> bool:
    if measure.is_whole:
        return number.is_integer() and measure.low <= number < measure.high
    return measure.low < number < measure.high


def level_errors(texts: Sequence[str], kind: str) -> Iterator[tuple[int, LanguageError]]:
    """Every mistake in the levels of one field, with the place of the level in the list."""
    seen: list[Level] = []
    for place, text in enumerate(texts):
        try:
            level = parse_level(text)
        except LanguageError as error:
            yield place, error
            continue
        if kind not in MEASURES[level.measure].kinds:
            fitting = sorted(name for name, measure in MEASURES.items() if kind in measure.kinds)
            yield place, MeasureMisfit(text, kind, fitting, sorted(MEASURES[level.measure].kinds))
            continue
        if place == 0 and level.measure != "exact":
            yield place, LevelOrder(text, "`exact` as the first level")
        earlier = next((one for one in seen if _covers(one, level)), None)
        if earlier:
            yield place, LevelOrder(text, _order_wanted(earlier, level))
        seen.append(level)


def _covers(earlier: Level, level: Level) -> bool:
    """Whether whatever reaches the later level has already been taken by the earlier one."""
    if earlier.measure != level.measure:
        return False
    if earlier.at is None or level.at is None:
        return True
    return level.at >= earlier.at if MEASURES[level.measure].is_upward else level.at <= earlier.at


def _order_wanted(earlier: Level, level: Level) -> str:
    if earlier == level:
        return "each level once"
    return f"the closer level first: no pair gets as far as this one, since `{earlier}` above it takes them"


def parse_rule(text: str) -> tuple[Key, ...]:
    """Read one blocking rule, such as `sound(last_name), year(dob)`; `auto` alone gives no keys.

    Raises RuleSyntax or UnknownFunction. Whether the fields exist and fit is told by `rule_errors`.
    """
    if text.strip() == AUTO:
        return ()
    keys: list[Key] = []
    for part in _BETWEEN_KEYS.split(text):
        key = _key(text, part)
        if key in keys:
            raise RuleSyntax(text, f"the key `{key}` once")
        keys.append(key)
    return tuple(keys)


def _key(text: str, part: str) -> Key:
    parts = _KEY.fullmatch(part)
    if not parts:
        raise RuleSyntax(
            text, "field names and functions of fields between commas, such as `sound(last_name), year(dob)`; one rule per line"
        )
    name, field, number = parts[1], parts[2], parts[3]
    if field is None:
        return Key(None, name)
    if name not in FUNCTIONS:
        raise UnknownFunction(text, name, sorted(FUNCTIONS))
    if not re.fullmatch(r"[A-Za-z_]\w*", field):
        raise RuleSyntax(text, f"the name of a field in `{name}(...)`")
    return Key(name, field, _number(text, name, field, number))


def _number(text: str, name: str, field: str, number: str | None) -> int | None:
    if not FUNCTIONS[name][1]:
        if number is not None:
            raise RuleSyntax(text, f"`{name}({field})`, without a number")
        return None
    least = "other than 0; -1 is the last word" if name == "word" else "from 1"
    found = int(number) if number is not None and re.fullmatch(r"-?\d{1,3}", number) else 0
    if found == 0 or (found < 0 and name != "word"):
        raise RuleSyntax(text, f"`{name}({field}, n)` with a whole number n {least}")
    return found


def rule_errors(text: str, kinds: Mapping[str, str]) -> Iterator[LanguageError]:
    """Every mistake in one blocking rule, given the kind of each field of the model."""
    try:
        keys = parse_rule(text)
    except LanguageError as error:
        yield error
        return
    for key in keys:
        if key.field not in kinds:
            yield UnknownField(text, key.field, sorted(kinds))
        elif key.function and kinds[key.field] not in FUNCTIONS[key.function][0]:
            yield FunctionMisfit(text, key.function, key.field, kinds[key.field], _fitting(key.field, kinds[key.field]))


def _fitting(field: str, kind: str) -> list[str]:
    """All keys of a field, as they are written."""
    fit = sorted((name, takes_number) for name, (kinds, takes_number) in FUNCTIONS.items() if kind in kinds)
    return [field, *(f"{name}({field}, n)" if takes_number else f"{name}({field})" for name, takes_number in fit)]
