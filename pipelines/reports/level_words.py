"""Levels of agreement in the words of somebody who has never seen a model file."""

from schemas.identity_language import LanguageError, Level, parse_level

MOST_TOLD = 1_000_000_000  # odds beyond it are told as being beyond it

# Bands of how common a value is; their edges are in pipelines/identity/linkage/frequency.py.
BANDS = {
    1: "the same, very rare value (under 1 in 10,000 records)",
    2: "the same, rare value (under 1 in 1,000 records)",
    3: "the same, fairly common value (under 1 in 100)",
    4: "the same, common value (1 in 100 or more)",
}
PLAIN = {
    "exact": "the same",
    "missing": "missing in one record or both",
    "else": "different",
    "nickname": "one is a short form of the other",
    "initial": "the same initial",
    "swapped": "first and last name swapped",
    "same_user": "the same name before the @",
    "same_domain": "the same domain",
    "swapped_day_month": "the same with day and month swapped",
    "same_year": "the same year only",
    "same_month_day": "the same day and month, another year",
    "same_month_year": "the same month and year, another day",
    "same_tokens": "the same words in another order",
    "contains": "one holds the other",
    "same_number": "the same house number",
}
MEASURED = {
    "jaro_winkler": "spelled alike (Jaro-Winkler from {at:g})",
    "edits": "up to {at:g} letters or digits differ",
    "token_sort": "much the same words (likeness from {at:g} of 100)",
    "token_set": "the words of one are in the other (from {at:g} of 100)",
    "prefix": "the same first {at:g} characters",
    "suffix": "the same last {at:g} characters",
    "years": "up to {at:g} years apart",
}


def level_in_words(label: str) -> str:
    """A level as parameters name it, in words; one that is not known stays as it is."""
    if label.startswith("exact, band "):
        return BANDS.get(int(label.removeprefix("exact, band ")), PLAIN["exact"])
    if label in PLAIN:
        return PLAIN[label]
    try:
        return _measured(parse_level(label))
    except LanguageError:
        return label


def _measured(level: Level) -> str:
    if level.measure == "edits" and level.at == 1:
        return "one letter or digit differs"
    words = MEASURED.get(level.measure)
    return words.format(at=level.at) if words and level.at is not None else str(level)


def odds_in_words(bits: float) -> str:
    """Log2 odds as people bet: 1,000 to 1 for; even; 40 to 1 against."""
    if abs(bits) < 0.05:
        return "even odds"
    ratio = 2.0 ** min(abs(bits), 60.0)
    said = f"{ratio:.1f}" if ratio < 10 else f"{_rounded(ratio):,}" if ratio < MOST_TOLD else f"over {MOST_TOLD:,}"
    return f"{said} to 1 {'for' if bits > 0 else 'against'}"


def _rounded(ratio: float) -> int:
    """Two leading figures: more would feign precision."""
    digits = max(len(str(int(ratio))) - 2, 0)
    return round(ratio / 10**digits) * 10**digits


def chance(share: float) -> str:
    """A posterior as a percentage with one decimal; what is nearly sure says so."""
    if 0 < share < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"
