"""Literal traits in which one trigger fires, and traits that lie just outside of each."""

from datetime import date
from decimal import Decimal

ONE = {"person_id": "p1", "vin": "V1", "rooftop_id": "R01"}

HELD = {**ONE, "household_id": "h1", "is_current": True, "relation": "bought"}


def elsewhere(on, **columns):
    return {"record_id": "r1", "kind": "service_elsewhere", "vin": "V1", "local_day": on, "touches": 1, **columns}


LIFE = ["moved@2026-09-01", "new_job@2026-10-02", "married@2026-11-22", "x@2026-02-30"]  # the last two are not yet, or never

CASES = {
    "lease_end": (
        {"lifecycle": {**ONE, "lease_ends_on": date(2027, 3, 14), "lease_days_left": 113, "lease_miles_pace": 1.25}},
        date(2027, 3, 14),
        "lease ends 2027-03-14, 113 days",
        {"days_left": 113, "miles_pace": 1.25},
    ),
    "loan_end": (
        {"lifecycle": {**ONE, "loan_ends_on": date(2027, 1, 20), "loan_payoff": Decimal("1234.56")}},
        date(2027, 1, 20),
        "loan ends 2027-01-20, 60 days, $1,235 owed",
        {"days_left": 60, "payoff_usd": 1234.56},
    ),
    "warranty_basic_ending": (
        {"lifecycle": {**ONE, "basic_warranty_ends_on": date(2027, 2, 19), "odometer_today": 49000}},
        date(2027, 2, 19),
        "basic warranty ends 2027-02-19, 90 days",
        {"days_left": 90, "miles_today": 49000},
    ),
    "warranty_powertrain_ending": (
        {"lifecycle": {**ONE, "powertrain_warranty_ends_on": date(2026, 11, 21)}},
        date(2026, 11, 21),
        "powertrain warranty ends 2026-11-21, today",
        {"days_left": 0, "miles_today": None},
    ),
    "contract_ending": (
        {"lifecycle": {**ONE, "contract_ends_on": date(2026, 12, 1), "odometer_today": 61000}},
        date(2026, 12, 1),
        "service contract ends 2026-12-01, 10 days",
        {"days_left": 10, "miles_today": 61000},
    ),
    "service_due": (
        {"service": {**ONE, "due_on": date(2026, 12, 17), "days_to_due": 26, "due_basis": "miles", "state": "active"}},
        date(2026, 12, 17),
        "service due 2026-12-17 by miles, 26 days",
        {"days_left": 26, "due_basis": "miles", "last_service_on": None, "miles_today": None, "next_appointment_on": None},
    ),
    "service_overdue": (
        {"service": {**ONE, "due_on": date(2026, 10, 1), "days_to_due": -51, "due_basis": "date", "state": "active"}},
        date(2026, 10, 1),
        "service was due 2026-10-01 by date, 51 days ago",
        {"days_overdue": 51, "due_basis": "date", "last_service_on": None, "miles_today": None, "next_appointment_on": None},
    ),
    "service_lapsing": (
        {"service": {**ONE, "state": "at_risk", "last_service_on": date(2025, 10, 6), "months_since_service": 13.5, "visits": 4}},
        None,
        "last service 2025-10-06, 13.5 months ago",
        {"last_service_on": "2025-10-06", "months_since_service": 13.5, "state": "at_risk", "visits": 4},
    ),
    "vehicle_age": (
        {"lifecycle": {**ONE, "vehicle_age_years": 3.0, "is_out_of_warranty": True}},
        None,
        "vehicle is 3 years old",
        {"age_years": 3.0, "is_out_of_warranty": True, "miles_today": None},
    ),
    "trade_cycle": (
        {"garage": {**HELD, "since": date(2024, 3, 21)}},
        None,
        "held for 32 months, since 2024-03-21",
        {"held_since": "2024-03-21", "months_held": 32},
    ),
    "high_apr": (
        {"lifecycle": {**ONE, "apr_percent": 9.0, "loan_payoff": Decimal("18250.4"), "loan_ends_on": date(2029, 1, 1)}},
        None,
        "loan at 9% with $18,250 owed",
        {"apr_percent": 9.0, "loan_ends_on": "2029-01-01", "payoff_usd": 18250.4},
    ),
    "life_event": (
        {
            "person": {
                "person_id": "p1",
                "life_events": ["moved@2026-09-01", "new_job@2026-10-02", "married@2026-11-22", "x@2026-02-30"],
            }
        },
        None,
        "new job on 2026-10-02, 50 days ago",
        {"days_ago": 50, "event": "new job", "event_on": "2026-10-02"},
    ),
    "lease_miles_over": (
        {"lifecycle": {**ONE, "lease_ends_on": date(2027, 6, 9), "lease_days_left": 200, "lease_miles_pace": 1.1}},
        date(2027, 6, 9),
        "lease miles heading for 110% of the allowance by 2027-06-09, 200 days",
        {"days_left": 200, "miles_today": None, "pace_percent": 110.0},
    ),
    "loan_payoff_low": (
        {
            "lifecycle": {
                **ONE,
                "loan_ends_on": date(2027, 12, 20),
                "loan_payoff": Decimal("5000"),
                "loan_payoff_share": 0.2504,
            }
        },
        date(2027, 12, 20),
        "$5,000 owed, 25% of the loan, 12 months left",
        {"left_percent": 25.0, "months_left": 12, "payoff_usd": 5000.0},
    ),
    "out_of_warranty": (
        {
            "lifecycle": {
                **ONE,
                "is_out_of_warranty": True,
                "basic_warranty_ends_on": date(2026, 11, 20),
                "vehicle_age_years": 2.9,
            }
        },
        None,
        "out of basic warranty since 2026-11-20, vehicle is 2.9 years old",
        {"age_years": 2.9, "ended_on": "2026-11-20", "miles_today": None},
    ),
    "service_lost": (
        {"service": {**ONE, "state": "lost", "last_service_on": date(2024, 2, 21), "months_since_service": 33.0, "visits": 1}},
        None,
        "last service 2024-02-21, 33 months ago, lost",
        {"last_service_on": "2024-02-21", "months_since_service": 33.0, "visits": 1},
    ),
    "first_service": (
        {
            "service": {**ONE, "state": "active", "visits": 1, "last_service_on": date(2026, 11, 20)},
            "rfm": {"person_id": "p1", "first_service_on": date(2026, 11, 20)},
        },
        None,
        "first service here 2026-11-20, 1 day ago",
        {"days_ago": 1, "last_service_on": "2026-11-20", "next_appointment_on": None},
    ),
    "never_serviced": (
        {"service": {**ONE, "state": "never"}, "garage": {**HELD, "since": date(2026, 3, 26)}},
        None,
        "held since 2026-03-26, 240 days, never serviced here",
        {"days_held": 240, "held_since": "2026-03-26", "next_appointment_on": None},
    ),
    "competitor_vehicle_age": (
        {
            "lifecycle": {**ONE, "vehicle_age_years": 2.0 + 1.0},
            "garage": {**HELD, "relation": "listed", "make": "BMW"},
        },
        None,
        "BMW is 3 years old",
        {"age_years": 3.0, "is_out_of_warranty": None, "make": "BMW"},
    ),
    "anniversary": (
        {"garage": {**HELD, "since": date(2025, 12, 5)}},
        date(2026, 12, 5),
        "1 year with the vehicle on 2026-12-05, 14 days",
        {"days_left": 14, "held_since": "2025-12-05", "years": 1},
    ),
    "recent_mover": (
        {"residence": {"person_id": "p1", "moved_on": date(2026, 11, 20), "miles_moved": 23.4, "basis": "records"}},
        None,
        "moved by 2026-11-20, 1 day ago, 23 miles",
        {"basis": "records", "days_ago": 1, "miles_moved": 23.4, "moved_after": None, "moved_on": "2026-11-20"},
    ),
    "competitor_service_visit": (
        {
            "touch_day": (elsewhere(date(2026, 11, 1)), elsewhere(date(2026, 11, 1), source="another")),
            "member": {"record_id": "r1", "person_id": "p1"},
        },
        None,
        "serviced elsewhere on 2026-11-01, 20 days ago, 1 visit known",
        {"days_ago": 20, "visited_on": "2026-11-01", "visits_elsewhere": 1},
    ),
    "open_recommendation": (
        {
            "service": {
                **ONE,
                "state": "active",
                "has_open_recommendation": True,
                "open_recommendations": ["BRKF", "CAF"],
                "recommended_on": date(2026, 3, 1),
                "last_service_on": date(2026, 5, 2),
            }
        },
        None,
        "work recommended 2026-03-01 is not done: BRKF, CAF",
        {
            "last_service_on": "2026-05-02",
            "months_since_service": None,
            "next_appointment_on": None,
            "recommended_on": "2026-03-01",
            "work": "BRKF, CAF",
        },
    ),
}

NOT_QUITE = [
    {"lifecycle": {**ONE, "lease_ends_on": date(2027, 5, 24), "lease_days_left": 184}},
    {"lifecycle": {**ONE, "lease_ends_on": date(2026, 11, 20), "lease_days_left": -1}},
    {"lifecycle": {**ONE, "loan_ends_on": date(2026, 11, 20), "loan_payoff": Decimal(0)}},
    {"lifecycle": {**ONE, "basic_warranty_ends_on": date(2027, 2, 20)}},
    {"lifecycle": {**ONE, "contract_ends_on": date(2026, 11, 20)}},
    {"lifecycle": {**ONE, "vehicle_age_years": 2.99, "apr_percent": 8.99, "loan_payoff": Decimal(9)}},
    {"lifecycle": {**ONE, "apr_percent": 19.0, "loan_payoff": Decimal(0)}},
    {"service": {**ONE, "state": "active", "due_on": date(2026, 12, 22), "days_to_due": 31}},
    {"service": {**ONE, "state": "lost", "due_on": date(2026, 5, 24), "days_to_due": -181}},
    {"service": {**ONE, "state": "never"}},
    {"service": {**ONE, "state": "lost", "has_open_recommendation": True}},
    {"service": {**ONE, "state": "lost", "months_since_service": 60.01}},
    {"lifecycle": {**ONE, "lease_ends_on": date(2027, 12, 1), "lease_days_left": 375, "lease_miles_pace": 1.0999}},
    {"lifecycle": {**ONE, "loan_ends_on": date(2028, 1, 1), "loan_payoff": Decimal(5000), "loan_payoff_share": 0.2501}},
    {"lifecycle": {**ONE, "is_out_of_warranty": False, "basic_warranty_ends_on": date(2027, 11, 20)}},
    {"lifecycle": {**ONE, "is_out_of_warranty": None}},
    {
        "service": {**ONE, "state": "active", "visits": 1, "last_service_on": date(2026, 11, 20)},
        "rfm": {"person_id": "p1", "first_service_on": date(2026, 1, 20)},  # came before, with another vehicle
    },
    {"service": {**ONE, "state": "active", "visits": 2, "last_service_on": date(2026, 11, 20)}},
    {"service": {**ONE, "state": "never"}, "garage": {**HELD, "since": date(2026, 3, 27)}},
    {"service": {**ONE, "state": "never"}, "garage": {**HELD, "since": date(2026, 1, 1), "relation": "listed"}},
    {"lifecycle": {**ONE, "vehicle_age_years": 2.99}, "garage": {**HELD, "relation": "listed", "make": "BMW"}},
    {"garage": {**HELD, "since": date(2025, 12, 6)}},
    {"garage": {**HELD, "since": date(2025, 11, 20)}},
    {"garage": {**HELD, "since": date(2026, 11, 21)}},
    {"residence": {"person_id": "p1", "moved_on": date(2026, 11, 22), "basis": "append"}},
    {"residence": {"person_id": "p1", "moved_on": date(2026, 7, 23), "basis": "append"}},
    {
        "residence": {
            "person_id": "p1",
            "moved_on": date(2026, 11, 20),
            "moved_after": date(2025, 11, 19),
            "basis": "records",
        }
    },
    {"touch_day": elsewhere(date(2026, 11, 1), rooftop_id="R01"), "member": {"record_id": "r1", "person_id": "p1"}},
    {"touch_day": elsewhere(date(2026, 9, 21)), "member": {"record_id": "r1", "person_id": "p1"}},
    {"touch_day": elsewhere(date(2026, 11, 22)), "member": {"record_id": "r1", "person_id": "p1"}},
    {"garage": {**HELD, "since": date(2024, 3, 22)}},
    {"garage": {**HELD, "since": date(2021, 10, 21)}},
    {"garage": {**HELD, "since": date(2024, 3, 21), "is_current": False}},
    {"garage": {**HELD, "since": date(2024, 3, 21), "relation": "serviced"}},
    {"person": {"person_id": "p1", "life_events": ["moved@2026-08-22", "born@2026-11-22", "moved", "moved@soon"]}},
]
