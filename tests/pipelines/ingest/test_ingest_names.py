# ruff: noqa: DTZ001  file stamps are naive, in the group's time zone
from datetime import datetime

import pytest
from ingest_case import FEEDS

from pipelines.ingest import claims, stamp_of
from pipelines.ingest.forbidden import is_forbidden


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("DVD46315_20261121_0512_SL.txt", datetime(2026, 11, 21, 5, 12)),
        ("DVD20261_20261121_0512_SL.txt", datetime(2026, 11, 21, 5, 12)),
        ("signals_20261121_autotrader.csv", datetime(2026, 11, 21)),
        ("crm_contacts_20261121_040059.csv", datetime(2026, 11, 21, 4, 0, 59)),
        ("adf_20261121T0931.xml", datetime(2026, 11, 21, 9, 31)),
        ("calls_20261121_9999.csv", datetime(2026, 11, 21)),
        ("calls_20261399_20261121.csv", datetime(2026, 11, 21)),
        ("calls_202611211.csv", None),
        ("calls.csv", None),
    ],
)
def test_stamps(name: str, stamp: datetime | None) -> None:
    assert stamp_of(name) == stamp


def test_every_feed_claims_its_example_and_no_other_feed_does() -> None:
    for feed in FEEDS.values():
        assert [one.name for one in FEEDS.values() if claims(one, feed.example)] == [feed.name]
        assert stamp_of(feed.example) is not None


@pytest.mark.parametrize(
    "name",
    ["SSN", "customer_ssn", "CustomerSSN", "SSN Last4", "Social Security Number", "social_security_no", "Tax ID", "TIN", "EIN",
     "Driver's License #", "DriversLicenseNo", "DL Number", "driver_license_state", "License Number", "Drivers Licence",
     "Credit Score", "creditScore", "FICO", "fico_score_8", "Bureau Score", "Equifax Score", "Beacon Score",
     "Bank Account", "bank_acct_no", "Account Number", "ACH Account", "Routing Number", "ABA", "IBAN",
     "Credit Card Number", "card_number", "CC Num", "CVV", "Passport", "passport_no"],
)  # fmt: skip
def test_names_that_must_never_enter(name: str) -> None:
    assert is_forbidden(name)


def test_no_declared_or_published_column_is_forbidden() -> None:
    for feed in FEEDS.values():
        declared = {one.raw for one in feed.fields} | {one.name for one in feed.fields} | set(feed.header)
        assert [one for one in sorted(declared) if is_forbidden(one)] == []


@pytest.mark.parametrize(
    "name", ["class_number", "License Plate Number", "Bank Name", "Accounting Date", "discard", "assign", "Zip"]
)
def test_names_that_only_look_alike(name: str) -> None:
    assert not is_forbidden(name)
