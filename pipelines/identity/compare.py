"""How well two names agree, in four states, computed once per distinct pair of names.

The only module that compares pairs of texts. States: 2 the same name, 1 perhaps (an initial, a near spelling of a
family name), 0 one of the two is missing, -1 different names.
"""

from collections.abc import Callable
from functools import cache

import polars as pl
from nicknames import NickNamer
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

SAME, PERHAPS, MISSING, DIFFERENT = 2, 1, 0, -1

States = Callable[[pl.Series, pl.Series, float], pl.Series]


def compare(signatures: pl.DataFrame, pairs: pl.DataFrame, similar_from: float) -> pl.DataFrame:
    """Agreement of pairs of signatures.

    Args:
        signatures: sig, first, last, generation, birth_date, is_business.
        pairs: columns left, right of sig.
        similar_from: Jaro-Winkler, 0 to 100, from which two first names are one.

    Returns:
        left, right, first_state, last_state (Int8), veto: null, generation or birth_date, whichever tells the two apart.
        A business and a person disagree in both states; two businesses compare by their whole name in both states.
    """
    wide = (
        pairs.select("left", "right").unique()
        .join(signatures, left_on="left", right_on="sig", maintain_order="left")
        .join(signatures, left_on="right", right_on="sig", suffix="_of", maintain_order="left")
    )  # fmt: skip
    wide = _stated(wide, "first", first_states, similar_from)
    wide = _stated(wide, "last", last_states, similar_from)
    mixed = pl.col("is_business") != pl.col("is_business_of")
    first = pl.when(mixed).then(DIFFERENT).when("is_business").then("last_state").otherwise("first_state")
    last = pl.when(mixed).then(DIFFERENT).otherwise("last_state")
    veto = (
        pl.when(pl.col("generation") != pl.col("generation_of")).then(pl.lit("generation"))
        .when(pl.col("birth_date") != pl.col("birth_date_of")).then(pl.lit("birth_date"))
    )  # fmt: skip
    out = wide.with_columns(first.cast(pl.Int8).alias("f"), last.cast(pl.Int8).alias("l"), veto.alias("veto"))
    return out.select("left", "right", first_state="f", last_state="l", veto="veto").sort("left", "right")


def _stated(wide: pl.DataFrame, column: str, states: States, similar_from: float) -> pl.DataFrame:
    other, state = f"{column}_of", f"{column}_state"
    names = wide.select(a=pl.min_horizontal(column, other), b=pl.max_horizontal(column, other))
    missing = wide[column].is_null() | wide[other].is_null()
    distinct = names.filter(~missing).unique()
    judged = distinct.with_columns(states(distinct["a"], distinct["b"], similar_from).alias(state))
    keyed = wide.with_columns(names["a"], names["b"]).join(judged, on=["a", "b"], how="left", maintain_order="left")
    return keyed.with_columns(pl.when(missing).then(MISSING).otherwise(state).cast(pl.Int8).alias(state)).drop("a", "b")


def first_states(left: pl.Series, right: pl.Series, similar_from: float) -> pl.Series:
    """States of pairs of given names: same, nickname and near spelling are 2; an initial is 1; else -1."""
    frame = pl.DataFrame({"a": left, "b": right}).with_row_index("row")
    a, b = pl.col("a"), pl.col("b")
    shorter = pl.min_horizontal(a.str.len_chars(), b.str.len_chars())
    is_initial = (shorter == 1) & (a.str.slice(0, 1) == b.str.slice(0, 1))
    head = a.str.split(" ").list.first() == b.str.split(" ").list.first()
    similar = pl.Series(_similarity(frame["a"], frame["b"]) >= similar_from)
    related = frame["row"].is_in(_nicknames(frame).implode())
    paired = _is_feminine_of(a, b) | _is_feminine_of(b, a) | (_are_known(frame) & (_ends_in_vowel(a) != _ends_in_vowel(b)))
    state = (
        pl.when(a == b).then(pl.when(shorter == 1).then(PERHAPS).otherwise(SAME))
        .when(is_initial).then(PERHAPS)
        .when(shorter == 1).then(DIFFERENT)
        .when(head & (a.str.split(" ").list.first().str.len_chars() > 1)).then(SAME)
        .when((similar & ~paired) | related).then(SAME)
        .otherwise(DIFFERENT)
    )  # fmt: skip
    return frame.select(state.cast(pl.Int8)).to_series()


def _are_known(frame: pl.DataFrame) -> pl.Expr:
    """Rows of which both names are established given names, not misspellings of one."""
    known = [one for one in pl.concat([frame["a"], frame["b"]]).unique().to_list() if _is_known(one)]
    return pl.col("a").is_in(known) & pl.col("b").is_in(known)


def _ends_in_vowel(name: pl.Expr) -> pl.Expr:
    """Michelle does and Michael does not; Jeffrey and Jeffery both do: near spellings of one name end alike."""
    return name.str.contains("[aeiouy]$")


def _is_feminine_of(feminine: pl.Expr, name: pl.Expr) -> pl.Expr:
    """Paula of Paul, Maria of Mario, Danielle of Daniel: near in spelling, yet often two people of one house."""
    return (feminine == name + "a") | (feminine == name.str.replace("o$", "a")) | (feminine == name + "le")


def last_states(left: pl.Series, right: pl.Series, similar_from: float) -> pl.Series:
    """States of pairs of family names: equal is 2; a near spelling or one part of a double name is 1; else -1."""
    frame = pl.DataFrame({"a": left, "b": right})
    parts = [pl.col(one).str.split_exact("-", 0).struct.field("field_0") for one in ("a", "b")]
    tokens = [pl.col(one).str.replace_all("-", " ").str.split(" ") for one in ("a", "b")]
    shared = tokens[0].list.set_intersection(tokens[1]).list.eval(pl.element().filter(pl.element().str.len_chars() > 2))
    squeezed = [pl.col(one).str.replace_all(r"[^a-z0-9]", "") for one in ("a", "b")]
    similar = pl.Series(_similarity(frame["a"], frame["b"]) >= similar_from)
    state = (
        pl.when((pl.col("a") == pl.col("b")) | (squeezed[0] == squeezed[1])).then(SAME)
        .when(similar | (shared.list.len() > 0) | (parts[0] == parts[1])).then(PERHAPS)
        .otherwise(DIFFERENT)
    )  # fmt: skip
    return frame.select(state.cast(pl.Int8)).to_series()


def _similarity(left: pl.Series, right: pl.Series) -> pl.Series:
    """Jaro-Winkler of each pair, 0 to 100."""
    score = cpdist(left.to_list(), right.to_list(), scorer=JaroWinkler.normalized_similarity)
    return pl.Series(score, dtype=pl.Float64) * 100.0


def _nicknames(frame: pl.DataFrame) -> pl.Series:
    """Rows whose two names are short forms of one name: Bob and Robert, Bob and Rob."""
    heads = frame.select(
        "row", pl.col("a").str.split(" ").list.first().alias("a"), pl.col("b").str.split(" ").list.first().alias("b")
    )
    names = pl.concat([heads["a"], heads["b"]]).unique().to_list()
    table = pl.DataFrame(
        [(name, full) for name in names for full in canonical(name)], schema={"name": pl.String, "full": pl.String}, orient="row"
    )
    left, right = (heads.join(table, left_on=one, right_on="name").select("row", "full") for one in ("a", "b"))
    return left.join(right, on=["row", "full"]).get_column("row").unique()


@cache
def canonical(name: str) -> frozenset[str]:
    """A given name and the full names it is short for."""
    return frozenset({name, *_namer().canonicals_of(name)})


@cache
def _is_known(name: str) -> bool:
    return bool(_namer().canonicals_of(name) or _namer().nicknames_of(name))


@cache
def _namer() -> NickNamer:
    return NickNamer()
