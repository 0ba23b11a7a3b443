from datetime import date

import polars as pl

from pipelines.measurement.backtest_spells import compared, first_days

BEFORE, ONE, TWO, THREE = date(2026, 4, 24), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 15)
DAYS = [ONE, TWO, THREE]


def held(*rows):
    schema = {"day": pl.Date, "person_id": pl.String, "vin": pl.String, "due_on": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def population(*people, staff=(), business=()):
    rows = [
        (day, person, vin, date(2024, 1, place + 1), person in staff, person in business)
        for day in (BEFORE, *DAYS)
        for place, (person, vin) in enumerate(people)
    ]
    schema = ["day", "person_id", "vin", "since", "is_staff", "is_business"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_spell_counts_once_on_its_first_day_and_a_later_one_again():
    in_force = held((ONE, "P1", "V1", None), (TWO, "P2", "V2", None), (THREE, "P2", "V2", None), (THREE, "P1", "V1", None))
    found = first_days(in_force, DAYS, None)
    assert found.rows() == [(ONE, "P1", "V1", False), (THREE, "P1", "V1", False), (TWO, "P2", "V2", False)]


def test_a_spell_that_held_before_the_first_day_says_so_and_can_be_left_out():
    in_force = held((BEFORE, "P1", "V1", None), (ONE, "P1", "V1", None), (TWO, "P1", "V1", None), (TWO, "P2", "V2", None))
    people = population(("P1", "V1"), ("P2", "V2"), ("P3", "V3"))
    assert first_days(in_force, DAYS, BEFORE)["held_before"].to_list() == [True, False]
    every = compared(people, in_force, DAYS, BEFORE)
    assert every.units.filter("is_fired").select("day", "person_id").rows() == [(ONE, "P1"), (TWO, "P2")]
    new = compared(people, in_force, DAYS, BEFORE, new_only=True)
    assert new.units.filter("is_fired").select("day", "person_id").rows() == [(TWO, "P2")]
    assert dict(new.funnel)["people in whom it held on a replayed day"] == 2


def test_nobody_is_compared_on_a_day_on_which_it_held_for_them():
    found = compared(population(("P1", "V1"), ("P1", "V9"), ("P2", "V2")), held((TWO, "P1", "V1", None)), DAYS, None)
    others = found.units.filter(~pl.col("is_fired"))
    assert others.filter(person_id="P1")["day"].unique().sort().to_list() == [ONE, THREE]
    assert BEFORE not in found.units["day"].to_list()


def test_the_vehicle_due_first_stands_for_the_person_and_the_newest_where_it_is_about_the_person():
    people = population(("P1", "V1"), ("P1", "V2"), ("P2", "V3"), ("P2", "V4"))
    in_force = held((ONE, "P1", "V1", date(2026, 9, 1)), (ONE, "P1", "V2", date(2026, 7, 1)), (ONE, "P2", "", None))
    fired = compared(people, in_force, DAYS, None).units.filter("is_fired")
    assert fired.select("person_id", "vin").rows() == [("P1", "V2"), ("P2", "V4")]


def test_staff_businesses_and_those_without_a_vehicle_of_ours_are_left_out_and_counted():
    people = population(("P1", "V1"), ("P2", "V2"), ("P3", "V3"), staff=("P1",), business=("P2",))
    in_force = held((ONE, "P1", "V1", None), (ONE, "P2", "V2", None), (ONE, "P3", "V3", None), (ONE, "P4", "V4", None))
    found = compared(people, in_force, DAYS, None)
    assert found.units.filter("is_fired")["person_id"].to_list() == ["P3"]
    told = dict(found.funnel)
    assert told["people in whom it held on a replayed day"] == 4
    assert told["  left out: holds no vehicle that was bought, leased or serviced here"] == 1
    assert told["  left out: staff or a business"] == 2
    assert told["people counted"] == 1


def test_nobody_in_whom_it_held_is_an_answer_too():
    found = compared(population(("P1", "V1")), held(), DAYS, BEFORE)
    assert found.units.filter("is_fired").is_empty()
    assert dict(found.funnel)["people counted"] == 0
