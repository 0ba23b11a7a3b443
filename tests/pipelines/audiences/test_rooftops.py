"""Seats at rooftops against serving people one by one."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.audiences.rooftops import seated

ROOFTOPS = ("R01", "R02", "R03")
WANTED = st.lists(st.tuples(st.sampled_from([*ROOFTOPS, None]), st.permutations(ROOFTOPS), st.integers(0, 2)), max_size=15)
ROOM = st.fixed_dictionaries({one: st.integers(1, 4) for one in ROOFTOPS})


@settings(max_examples=60, deadline=None)
@given(people=WANTED, room=ROOM)
def test_seats_are_those_of_serving_one_by_one(people: list[tuple[str | None, list[str], int]], room: dict[str, int]) -> None:
    chosen, options, expected, left = [], [], [], dict(room)
    for number, (first, order, more) in enumerate(people):
        person = f"p{number:02d}"
        others = [one for one in order if one != first][:more] if first else []
        chosen.append((person, first))
        options += [(person, one, place) for place, one in enumerate(others, start=1)]
        seat = next((one for one in (first, *others) if one and left[one] > 0), None)
        if seat:
            left[seat] -= 1
        expected.append((person, seat, first if first and not seat else None))
    found = seated(
        pl.DataFrame(chosen, schema={"person_id": pl.String, "rooftop_id": pl.String}, orient="row"),
        pl.DataFrame(options, schema={"person_id": pl.String, "rooftop_id": pl.String, "place": pl.Int64}, orient="row"),
        room,
    )
    assert found.rows() == expected
