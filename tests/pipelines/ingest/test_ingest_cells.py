from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from pipelines.ingest.cells import trimmed, typed
from schemas.contract import Field, Kind


def read(kind: Kind, text: str | None, accepted: tuple[str, ...] = ()) -> object:
    field = Field("Cell", "cell", kind, accepted=accepted)
    frame = pl.DataFrame({"cell": [text]}, schema={"cell": pl.String})
    frame = frame.select(trimmed(field).alias("cell")).select(typed(field, "America/Chicago").alias("cell"))
    return frame["cell"].to_list()[0]


# The published cases of the feed's own parser: | between groups, ^ inside, empty positions and spaces kept.
GROUPS = [
    ("A|B|C", [["A"], ["B"], ["C"]]),
    ("A^B^C|D^E^F", [["A", "B", "C"], ["D", "E", "F"]]),
    ("A^^C", [["A", "", "C"]]),
    ("^B", [["", "B"]]),
    ("A^", [["A", ""]]),
    ("|A", [[""], ["A"]]),
    ("A|", [["A"], [""]]),
    ("A^B||C^D", [["A", "B"], [""], ["C", "D"]]),
    ("^||^", [["", ""], [""], ["", ""]]),
    (" A^^C|D^E", [[" A", "", "C"], ["D", "E"]]),
    ("", None),  # an empty cell says nothing; the parser itself, below, keeps its one empty position
]


@pytest.mark.parametrize(("text", "value"), GROUPS)
def test_groups(text: str, value: object) -> None:
    assert read(Kind.GROUPS, text) == value


def test_groups_of_an_empty_text_are_one_empty_position() -> None:
    field = Field("Cell", "cell", Kind.GROUPS)
    assert pl.DataFrame({"cell": [""]}).select(typed(field, "UTC"))["cell"].to_list() == [[[""]]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/2/2026", date(2026, 1, 2)),
        ("11/21/2026", date(2026, 11, 21)),
        ("2026-11-21", date(2026, 11, 21)),
        (" 20261121\u00a0", date(2026, 11, 21)),
        ("2/29/2024", date(2024, 2, 29)),
        ("2/29/2025", None),
        ("13/1/2026", None),
        ("1/2/26", None),
        ("26-01-02", None),
        ("0", None),
        ("00000000", None),
        ("NULL", None),
        ("", None),
    ],
)
def test_dates(text: str, value: object) -> None:
    assert read(Kind.DATE, text) == value


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-21T09:30:00-05:00", utc(2026, 11, 21, 14, 30)),
        ("2026-11-21T09:30:00Z", utc(2026, 11, 21, 9, 30)),
        ("2018-04-15T15:30:20.000-08:00", utc(2018, 4, 15, 23, 30, 20)),
        ("2026-11-21 09:30:00", utc(2026, 11, 21, 15, 30)),
        ("2026-07-01T09:30:00.123456", utc(2026, 7, 1, 14, 30, 0, 123456)),
        ("2014-04-07T4:35:52 PM", utc(2014, 4, 7, 21, 35, 52)),
        ("2000-03-30T15:30:20-08:0", utc(2000, 3, 30, 23, 30, 20)),
        ("2008-06-25T8:47:50", utc(2008, 6, 25, 13, 47, 50)),
        ("2026-11-21T09:30:00-0500", utc(2026, 11, 21, 14, 30)),
        ("2026-11-21T09:30-05", utc(2026, 11, 21, 14, 30)),
        ("2026-11-21", utc(2026, 11, 21, 6)),
        ("11/21/2026 9:30 AM", utc(2026, 11, 21, 15, 30)),
        ("Sat, 21 Nov 2026 09:30:00 GMT", utc(2026, 11, 21, 9, 30)),
        ("2026-03-08T02:30:00", utc(2026, 3, 8, 8, 30)),  # skipped by the clocks: 3:30 daylight time
        ("2026-11-01T01:30:00", utc(2026, 11, 1, 6, 30)),  # happens twice: the first
        ("${new Date().toISOString()}", None),
        ("yesterday", None),
        ("10", None),
        ("1/2/26 10:00", None),
        ("2026-13-01T00:00:00", None),
        ("2026-11-21T09:30:00+99:99", None),
        ("0001-01-01T00:00:00Z", None),  # the least moment of some databases; a zone would move it out of the calendar
        ("9999-12-31T23:59:59-12:00", None),
        ("1900-01-01T00:00:00Z", utc(1900, 1, 1)),
    ],
)
def test_times(text: str, value: object) -> None:
    assert read(Kind.TIMESTAMP, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("36,000", 36000), ("36000", 36000), ("-5", -5), ("2019.0", 2019), ("007", 7), ("3,60", None), ("x", None), ("N/A", None)],
)
def test_integers(text: str, value: object) -> None:
    assert read(Kind.INTEGER, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36,000", 36000),
        ("36,000 mi", 36000),
        ("36000 Miles", 36000),
        ("57,936 km", 36000),  # 57,936 / 1.609344 = 35,999.76
        ("100 KM", 62),
        ("100kilometres", 62),
        ("km", None),
        ("36,000 x", None),
    ],
)
def test_miles(text: str, value: object) -> None:
    assert read(Kind.MILES, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31,250.00", Decimal("31250.00")),
        ("$31,250", Decimal("31250.00")),
        ("($1,000.50)", Decimal("-1000.50")),
        ("-$5", Decimal("-5.00")),
        (".5", Decimal("0.50")),
        ("12.3400", Decimal("12.34")),
        ("12.345", None),
        ("1,2,3", None),
        ("9999999999999", None),
        ("(null)", None),
        ("free", None),
    ],
)
def test_money(text: str, value: object) -> None:
    assert read(Kind.MONEY, text) == value


@pytest.mark.parametrize(("text", "value"), [("4.9", 4.9), ("1,000.5", 1000.5), (".5", 0.5), ("nan", None), ("inf", None)])
def test_numbers(text: str, value: object) -> None:
    assert read(Kind.NUMBER, text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("Y", True), ("no", False), ("TRUE", True), ("0", False), ("f", False), ("maybe", None)]
)
def test_flags(text: str, value: object) -> None:
    assert read(Kind.FLAG, text) == value


def test_text_keeps_what_it_says_and_loses_its_edges() -> None:
    assert read(Kind.TEXT, "\u00a0\u200b 000123 \ufeff") == "000123"
    assert read(Kind.TEXT, "NULL") == "NULL", "a person may be called Null"
    assert read(Kind.TEXT, "\\N") is None
    assert read(Kind.TEXT, 'a "b"') == 'a "b"'


def test_vin_is_upper_case_without_spaces() -> None:
    assert read(Kind.VIN, " 1hgcm 82633a 004352 ") == "1HGCM82633A004352"


def test_accepted_values_do_not_mind_case() -> None:
    assert read(Kind.TEXT, "Trade-In", accepted=("buy", "trade-in")) == "trade-in"
    assert read(Kind.TEXT, "barter", accepted=("buy", "trade-in")) is None
