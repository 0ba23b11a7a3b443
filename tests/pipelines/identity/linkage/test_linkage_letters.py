"""Leaving out pairs that cannot come near changes no level."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linkage.letters import letters
from pipelines.identity.linkage.measures import ROUNDING, Texts

TEXT = st.text(alphabet="abcde é漢1@.", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
MEASURES = (("jaro_winkler", 0.8), ("jaro_winkler", 0.92), ("edits", 1), ("edits", 2), ("token_sort", 80.0), ("token_set", 90.0))


@given(st.lists(TEXT, min_size=2, max_size=8, unique=True))
def test_what_is_left_out_reaches_no_level(texts: list[str]) -> None:
    one = Texts(pl.Series("x", texts), np.array(texts, dtype=object))
    a, b = (side.ravel() for side in np.indices((len(texts), len(texts))))
    for measure, at in MEASURES:
        full = one.score(measure, a, b)
        cut = one.score(measure, a, b, until=at if measure == "edits" else at - ROUNDING)
        reached = [score <= at if measure == "edits" else score >= np.float32(at) for score in (full, cut)]
        assert reached[0].tolist() == reached[1].tolist(), measure


def test_each_letter_is_a_bit() -> None:
    told = letters(pl.Series(["ab", "ba", "abc", "é", "漢", None, ""]))
    assert told[0] == told[1]
    assert np.bitwise_count(told).tolist() == [2, 2, 3, 1, 1, 0, 0]
