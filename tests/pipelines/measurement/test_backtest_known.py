from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measurement.backtest_identity import present_ids, under_present_ids
from pipelines.measurement.backtest_known import happened_by, numbered, rows_on, transactions_on, versions_until

DAY = date(2026, 5, 1)
LATER = datetime.combine(date(2026, 5, 2), datetime.min.time())  # file stamps are in group time
LATE = LATER - timedelta(minutes=1)


def version(key, number, stamp, *, status="closed", occurred=DAY, opened=DAY, kind="sale"):
    at = datetime.combine(stamp, datetime.min.time())
    return {
        "transaction_id": key,
        "version": number,
        "updated_at": at,
        "status": status,
        "occurred_on": occurred,
        "opened_on": opened,
        "kind": kind,
    }


def known(*rows, day=DAY):
    return transactions_on(pl.DataFrame(rows, infer_schema_length=None), day).to_dicts()


def days(after):
    return DAY + timedelta(days=after)


def test_the_last_version_stated_by_the_day_counts_and_a_later_one_does_not():
    rows = [version("a", 1, days(-20), occurred=days(-30)), version("a", 2, days(0), status="open", occurred=days(-30))]
    unwound = version("a", 3, days(1), status="cancelled", occurred=days(-30))
    assert [one["status"] for one in known(*rows, unwound)] == ["open"]
    assert [one["status"] for one in known(*rows, unwound, day=days(1))] == ["cancelled"]


def test_an_old_row_of_a_first_load_is_known_as_it_was_first_stated():
    rows = [version("a", 1, days(90), occurred=days(-300)), version("a", 2, days(120), status="cancelled", occurred=days(-300))]
    assert [one["status"] for one in known(*rows)] == ["closed"]


def test_what_is_opened_later_is_not_there_and_what_is_closed_later_is_open_without_its_date():
    order = version("ro", 1, days(3), kind="service", opened=days(-1), occurred=days(2))
    assert known(version("a", 1, days(3), occurred=days(1), opened=days(1))) == []
    assert [(one["status"], one["occurred_on"]) for one in known(order)] == [("open", None)]
    assert [(one["status"], one["occurred_on"]) for one in known(order, day=days(2))] == [("closed", days(2))]


def test_an_appointment_keeps_its_date_ahead_and_is_open_until_it_has_been():
    booked = version("b", 1, days(9), kind="appointment", opened=days(-2), occurred=days(5))
    assert [(one["status"], one["occurred_on"]) for one in known(booked)] == [("open", days(5))]
    assert [one["status"] for one in known(booked, day=days(6))] == ["closed"]


ROWS = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(-40, 40), st.integers(-40, 40), st.sampled_from(["open", "closed", "cancelled"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(ROWS, ROWS)
def test_adding_the_future_changes_nothing(past, future):
    """Rows that opened after the day, and versions of the others that files stated after it, leave the day as it was."""
    rows = [
        version(f"p{place}", 1, days(min(stamp, 0)), status=status, opened=days(-abs(opened)), occurred=days(occurred))
        for place, (stamp, opened, occurred, status) in enumerate(past)
    ]
    later = [
        version(
            f"f{place}",
            1,
            days(stamp),
            status=status,
            opened=days(1 + abs(opened)),
            occurred=days(2 + abs(opened) + abs(occurred)),
        )
        for place, (stamp, opened, occurred, status) in enumerate(future)
    ]
    corrected = [{**one, "version": 2, "status": "cancelled", "updated_at": LATER} for one in rows]
    assert known(*rows, *later, *corrected) == known(*rows)


def test_versions_are_numbered_as_they_are_folded_and_those_of_a_key_come_together():
    rows = pl.DataFrame(
        {
            "row_key": ["a", "a", "b"],
            "version_at": [2, 1, 1],
            "file_name": ["x"] * 3,
            "line_number": [1, 1, 2],
            "row_hash": ["h"] * 3,
        }
    )
    found = numbered(rows)
    assert found.select("row_key", "version_at", "version").rows() == [("a", 1, 1), ("a", 2, 2), ("b", 1, 1)]
    assert versions_until(found, 2)["row_key"].to_list() == ["a", "a"]
    assert versions_until(found, 1)["version_at"].to_list() == [1, 1]


def test_logs_are_cut_at_the_end_of_the_day_in_group_time():
    stamped = pl.DataFrame({"version_at": [LATE, LATER]})
    assert rows_on(stamped, DAY).rows() == [(LATE, DAY)]
    utc = pl.Series([LATE, LATER]).dt.offset_by("4h").dt.replace_time_zone("UTC")  # New York is four hours behind in May
    assert happened_by(pl.DataFrame({"occurred_at": utc}), DAY, "America/New_York").height == 1
    assert happened_by(pl.DataFrame({"local_day": [DAY, days(1)]}), DAY, "UTC")["local_day"].to_list() == [DAY]


def test_people_of_a_past_day_bear_todays_ids_by_most_of_their_records():
    then = pl.DataFrame({"record_id": ["1", "2", "3", "4"], "person_id": ["A", "A", "A", "B"]})
    now = pl.DataFrame({"record_id": ["1", "2", "3"], "person_id": ["N", "A", "N"]})
    ids = present_ids(then, now)
    assert ids.rows() == [("A", "N")]
    assert under_present_ids(pl.DataFrame({"person_id": ["B", "A"]}), ids)["person_id"].to_list() == ["N"]
