from datetime import date

import pytest

from pipelines.records.vehicle import STEP
from schemas.tables.records import VEHICLE

ACCORD, KICKS, BAD_DIGIT, NOBODYS = "1HGCM82633A004352", "3N1CP5BV8LL519113", "1HGCM82633A004353", "11111111111111111"


def row_of(frame, vin):
    return frame.filter(vin=vin).row(0, named=True)


def test_the_vin_wins_over_what_people_typed(run, rows):
    frame = run(STEP, crm_leads=rows("crm_leads", {"vin": KICKS, "year": 2019, "make": "nisan", "model": "rogue", "trim": "SV"}))
    found = row_of(frame, KICKS)
    assert (found["year"], found["make"], found["model"], found["body_style"]) == (2020, "Nissan", "Kicks", "hatchback")
    assert found["is_vin_valid"] and found["is_decoded"] and found["invalid_reason"] is None
    assert found["trim"] == "SV"
    assert found["first_seen_on"] == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("vin", "reason"),
    [(BAD_DIGIT, "check digit"), (NOBODYS, "unknown WMI"), ("1HGCM826", "length"), ("1HGCM82633A00435O", "characters")],
)
def test_a_vin_that_is_not_valid_keeps_what_was_typed_in_our_spelling(run, rows, vin, reason):
    typed = {"vin": vin, "year": 2003, "make": " HONDA ", "model": "cr v ex", "zip": "28202"}
    found = row_of(run(STEP, ownership_lists=rows("ownership_lists", typed)), vin)
    assert not found["is_vin_valid"] and not found["is_decoded"]
    assert found["invalid_reason"] == reason
    assert (found["year"], found["make"], found["model"], found["body_style"]) == (2003, "Honda", "CR-V", "suv")


def test_the_best_statement_counts_whatever_the_order_of_rows(run, rows):
    sale = {"vin": BAD_DIGIT, "year": 2003, "make": "Honda", "model": "Accord", "deal_number": "1"}
    list_row = {"vin": BAD_DIGIT, "year": 1999, "make": "Toyota", "model": "Camry"}
    blank = {"vin": BAD_DIGIT, "deal_number": "0"}
    first = run(STEP, dms_sales=rows("dms_sales", sale, blank), ownership_lists=rows("ownership_lists", list_row))
    second = run(STEP, dms_sales=rows("dms_sales", blank, sale), ownership_lists=rows("ownership_lists", list_row))
    assert first.equals(second)
    assert row_of(first, BAD_DIGIT)["make"] == "Honda"


def test_typed_years_that_cannot_be_are_no_years(run, rows):
    frame = run(STEP, inventory=rows("inventory", {"vin": BAD_DIGIT, "year": 3, "make": "Honda"}))
    assert row_of(frame, BAD_DIGIT)["year"] is None


def test_a_trade_in_and_a_web_item_are_vehicles_and_a_stock_number_is_none(run, rows):
    frame = run(
        STEP,
        dms_sales=rows("dms_sales", {"deal_number": "1", "trade_1_vin": ACCORD, "trade_2_vin": KICKS}),
        web_events=rows(
            "web_events", {"item_vin": "STOCK12"}, {"item_vin": BAD_DIGIT, "item_make": "honda", "item_year": "2003"}
        ),
    )
    assert frame["vin"].to_list() == sorted([ACCORD, KICKS, BAD_DIGIT])


def test_yesterdays_vehicles_stay_and_only_gain(run, rows):
    yesterday = run(STEP, on=date(2026, 11, 20), inventory=rows("inventory", {"vin": ACCORD}, {"vin": BAD_DIGIT}))
    sales = rows(
        "dms_sales",
        {"vin": ACCORD, "in_service_on": date(2003, 5, 1), "make": "Ford", "deal_number": "1"},
        {"vin": BAD_DIGIT, "make": "Honda", "year": 2003, "deal_number": "2"},
    )
    today = run(STEP, previous_vehicle=yesterday, dms_sales=sales)
    assert today["vin"].to_list() == yesterday["vin"].to_list()
    assert row_of(today, ACCORD) == {**row_of(yesterday, ACCORD), "in_service_on": date(2003, 5, 1)}
    assert row_of(today, BAD_DIGIT)["make"] == "Honda"
    assert today["first_seen_on"].unique().to_list() == [date(2026, 11, 20)]


def test_a_day_without_news_keeps_the_table(run, rows):
    yesterday = run(STEP, inventory=rows("inventory", {"vin": ACCORD}, {"vin": BAD_DIGIT, "make": "mb"}))
    assert run(STEP, previous_vehicle=yesterday).equals(yesterday)
    assert run(STEP).equals(VEHICLE.schema.create_empty())
