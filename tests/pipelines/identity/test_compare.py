"""Names in, states out."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.compare import first_states, last_states

FIRST = {
    2: ["robert robert", "bob robert", "bob rob", "kathryn katryn", "steven stephen", "jon john", "philip phillip", "anne ann",
        "catherine katherine", "jeffrey jeffery", "brian bryan"],
    1: ["r robert", "robert r", "j j"],
    -1: ["john joan", "paul paula", "mario maria", "eric erica", "daniel danielle", "michael michelle", "patrick patricia",
         "mary mark", "j robert", "r j", "mary john"],
}  # fmt: skip
LAST = {
    2: ["smith smith", "o'brien obrien", "de-la-cruz delacruz"],
    1: ["johnson jonson", "smith-jones jones", "garcia lopez garcia"],
    -1: ["smith jones", "lee li"],
}


@pytest.mark.parametrize(("state", "pair"), [(state, pair) for state, pairs in FIRST.items() for pair in pairs])
def test_first_names(state: int, pair: str) -> None:
    a, b = pair.split(" ")
    assert first_states(pl.Series([a]), pl.Series([b]), 88.0).to_list() == [state]


@pytest.mark.parametrize(("state", "pair"), [(state, pair) for state, pairs in LAST.items() for pair in pairs])
def test_last_names(state: int, pair: str) -> None:
    a, b = pair.rsplit(" ", 1)
    assert last_states(pl.Series([a]), pl.Series([b]), 88.0).to_list() == [state]


NAMES = st.lists(st.tuples(*[st.text("abcdehilmnoprt -", min_size=1, max_size=9)] * 2), min_size=1, max_size=20)


@given(NAMES)
def test_states_are_symmetric(pairs: list[tuple[str, str]]) -> None:
    a, b = (pl.Series([pair[side] for pair in pairs]) for side in (0, 1))
    assert first_states(a, b, 88.0).to_list() == first_states(b, a, 88.0).to_list()
    assert last_states(a, b, 88.0).to_list() == last_states(b, a, 88.0).to_list()
