"""Service due with mistyped readings, work done under another name, and appointments that nobody kept. By hand."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.traits.service import STEP, kinds_of_work
from schemas.policy.reference import ServiceInterval
from schemas.policy.vehicles import OPERATIONS
from tests import trait_world as world
from tests.pipelines.traits.test_service import CAR, DRIVEN, MEMBERS, PEOPLE, VIN, appointment, order, standing


def test_a_mistyped_reading_at_the_last_visit_is_judged_by_the_line(engine):
    # 20,000 on 1 August at 40 a day: 17,560 on 1 June, so due at 25,060, 126.5 days after 1 August
    for typed in (180_000, 1_800, 28_968, None):  # a digit too many, one too few, kilometres, nothing
        (row,) = standing(engine, order(1, date(2026, 6, 1), odometer_miles=typed), cars=(DRIVEN,))
        assert (row["due_by_miles_on"], row["due_basis"]) == (date(2026, 12, 6), "miles"), typed


def test_a_reading_a_little_off_the_line_counts_as_it_is(engine):
    (row,) = standing(engine, order(1, date(2026, 6, 1), odometer_miles=18_000), cars=(DRIVEN,))
    assert row["due_by_miles_on"] == date(2026, 12, 17)
    assert (row["due_by_date_on"], row["interval_months"], row["interval_miles"]) == (date(2027, 6, 1), 12, 7_500)


def test_due_a_year_after_a_leap_day_and_overdue_the_day_after(engine):
    (row,) = standing(engine, order(1, date(2024, 2, 29)), as_of=date(2025, 2, 28))
    assert (row["due_on"], row["days_to_due"], row["is_overdue"]) == (date(2025, 2, 28), 0, False)
    (row,) = standing(engine, order(1, date(2024, 2, 29)), as_of=date(2025, 3, 1))
    assert (row["days_to_due"], row["is_overdue"], row["is_lost"]) == (-1, True, False)


def test_lost_from_the_second_anniversary(engine):
    (row,) = standing(engine, order(1, date(2024, 11, 21)))
    assert (row["state"], row["is_lost"], row["is_overdue"]) == ("lost", True, True)


def test_a_future_dated_order_is_not_there(engine):
    real, typed = order(1, date(2026, 3, 1)), order(2, date(2027, 3, 1), odometer_miles=90_000)
    assert standing(engine, real, typed) == standing(engine, real)


def test_a_visit_that_nobody_paid_counts_and_one_that_was_credited_to_the_shop_does_not(engine):
    recall = order(2, date(2026, 7, 1), customer_pay=Decimal(0), warranty_pay=Decimal(0))
    (row,) = standing(engine, order(1, date(2026, 3, 1)), recall)
    assert row["last_service_on"] == date(2026, 7, 1)
    own = order(3, date(2026, 9, 1), customer_pay=Decimal("-5.00"), internal_pay=Decimal(400))
    (row,) = standing(engine, order(1, date(2026, 3, 1)), recall, own)
    assert row["last_service_on"] == date(2026, 7, 1)


def open_work(engine, *orders, as_of=world.AS_OF):
    (row,) = standing(engine, *orders, as_of=as_of)
    return row["open_recommendations"]


SEEN = order(
    1,
    date(2026, 3, 1),
    recommended_ops=["BRK", "78X"],
    recommended_texts=["FRONT BRAKE PADS", "Replace battery"],
    op_codes=["LOF"],
)


@pytest.mark.parametrize(
    ("done", "left"),
    [
        ({"op_codes": ["B77"], "op_texts": ["BRAKE PADS & ROTORS, FRONT"]}, ["78X"]),  # another code, another wording
        ({"op_codes": ["BAT"]}, ["BRK"]),
        ({"op_codes": ["78X"]}, ["BRK"]),
        ({"op_codes": ["MPI"], "op_texts": ["INSPECT BRAKES"]}, ["78X", "BRK"]),  # looked at is not done
        ({"op_texts": ["BRAKE FLUID EXCHANGE"]}, ["78X", "BRK"]),
        ({"op_codes": ["BRK"], "status": "cancelled"}, ["78X", "BRK"]),
        ({"op_codes": ["BRK"], "occurred_on": date(2026, 11, 22)}, ["78X", "BRK"]),
        ({"op_codes": ["BRK", "BAT"], "rooftop_id": "R03", "record_id": "dms_service:9:customer"}, []),  # elsewhere, by another
        ({"op_codes": ["BRK"], "customer_pay": None, "internal_pay": Decimal(90)}, ["78X"]),
        ({"op_codes": ["BRK"], "occurred_on": date(2026, 2, 1)}, ["78X", "BRK"]),  # before it was recommended
    ],
)
def test_recommended_work_is_open_until_the_same_kind_of_work_is_done(engine, done, left):
    assert open_work(engine, SEEN, order(2, done.pop("occurred_on", date(2026, 6, 1)), **done)) == left


def test_on_the_same_order_only_the_same_code_or_wording_closes_it(engine):
    rear = order(1, date(2026, 3, 1), recommended_ops=["BRKF"], recommended_texts=["FRONT BRAKES"], op_texts=["REAR BRAKES"])
    assert open_work(engine, rear) == ["BRKF"]
    same = order(1, date(2026, 3, 1), recommended_ops=["BRKF"], recommended_texts=["FRONT BRAKES"], op_texts=["front brakes "])
    assert open_work(engine, same) == []


def test_a_recommendation_lapses_after_the_months_of_policy(engine):
    seen = order(1, date(2026, 3, 1), recommended_ops=["BRK"])
    assert open_work(engine, seen, as_of=date(2027, 2, 28)) == ["BRK"]
    assert open_work(engine, seen, as_of=date(2027, 3, 1)) == []


def test_kinds_of_work_match_whole_words(engine):
    raws = pl.DataFrame({"raw": ["LOF", "Lube, Oil & Filter", "ROT", "ROTORS", "4 TIRES", "BOIL", "  ", None]})
    words = {row["raw"]: row["word"] for row in kinds_of_work(raws, OPERATIONS).to_dicts()}
    assert words == {
        "LOF": "oil", "Lube, Oil & Filter": "oil", "ROT": "rotation", "ROTORS": "brakes", "4 TIRES": "tires", "BOIL": "BOIL",
    }  # fmt: skip


def test_an_appointment_that_no_visit_followed_was_missed(engine):
    seen = order(1, date(2026, 3, 1))
    (row,) = standing(engine, seen, appointment(1, date(2026, 11, 10)))
    assert (row["missed_appointment_on"], row["next_appointment_on"]) == (date(2026, 11, 10), None)
    (row,) = standing(engine, seen, appointment(1, date(2026, 11, 10)), order(2, date(2026, 11, 10)))
    assert row["missed_appointment_on"] is None
    (row,) = standing(engine, seen, appointment(1, date(2026, 11, 10), status="cancelled"))
    assert row["missed_appointment_on"] is None
    (row,) = standing(engine, seen, appointment(1, world.AS_OF))
    assert (row["missed_appointment_on"], row["next_appointment_on"]) == (None, world.AS_OF)


def test_a_makes_own_interval_then_that_of_its_fuel_then_the_default(engine):
    rows = (
        *world.REFERENCE.service_intervals,
        ServiceInterval(make="*", fuel="Electric", from_year=2008, to_year=2035, months=18, miles=9_000, source="test"),
        ServiceInterval(make="Acura", fuel="Electric", from_year=2024, to_year=2035, months=24, miles=12_000, source="test"),
    )
    policy = world.policy().model_copy(update={"reference": world.REFERENCE.model_copy(update={"service_intervals": rows})})

    def months(make, fuel):
        made = world.run(
            engine, STEP, policy, garage=({**CAR, "make": make},), transaction=(order(1, date(2026, 3, 1)),), member=MEMBERS,
            person=PEOPLE, vehicle=({"vin": VIN, "fuel": fuel},),
        )  # fmt: skip
        return made["interval_months"].item()

    assert [months("Acura", None), months("Acura", "Gasoline"), months("Acura", "Electric")] == [12, 12, 24]
    assert [months("Rivian", "Electric"), months("Rivian", None)] == [18, 6]
