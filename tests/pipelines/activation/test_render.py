"""Literal members in, files out."""

import json

import polars as pl
import pytest

from pipelines.activation.render import render
from schemas.tables.exports import ExportMember

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
CELL = "VAG_LO_LUX_M1"


def members(*rows, segment="loyalty"):
    columns = ("platform", "cell", "person_id", "action", "identifiers", "withdrawn", "segment", "cause")
    made = [(p, CELL, person, action, ids, gone, segment, "entered") for p, person, action, ids, gone in rows]
    return pl.DataFrame(made, schema={name: ExportMember.columns()[name].dtype for name in columns}, orient="row")


def test_google_adds_and_removes():
    frame = members(
        ("google", "p2", "remove", [f"email:{B}"], []),
        ("google", "p1", "add", [f"email:{A}", f"phone:{B}", f"address:{C}|{D}|US|02134"], []),
        ("meta", "p3", "add", [f"email:{A}"], []),
    )
    files = render("google", frame, "1234567890", {CELL: "777"})
    assert sorted(files) == [f"google/{CELL}/{n}" for n in ("add-00001.json", "remove-00001.json", "upload.csv")] + [
        "google/manifest.json"
    ]
    body = json.loads(files[f"google/{CELL}/add-00001.json"])
    assert body == {
        "destinations": [
            {
                "reference": CELL,
                "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": "1234567890"},
                "productDestinationId": "777",
            }
        ],
        "encoding": "HEX",
        "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
        "audienceMembers": [
            {
                "userData": {
                    "userIdentifiers": [
                        {"emailAddress": A},
                        {"phoneNumber": B},
                        {"address": {"givenName": C, "familyName": D, "regionCode": "US", "postalCode": "02134"}},
                    ]
                }
            }
        ],
    }
    gone = json.loads(files[f"google/{CELL}/remove-00001.json"])
    assert gone["audienceMembers"] == [{"userData": {"userIdentifiers": [{"emailAddress": B}]}}]
    assert "consent" not in gone and "termsOfService" not in gone
    assert (
        files[f"google/{CELL}/upload.csv"].decode() == f"Email,Phone,First Name,Last Name,Country,Zip\n{A},{B},{C},{D},US,02134\n"
    )


def test_google_batches_and_identifier_limit():
    frame = members(*[("google", f"p{n:05d}", "add", [f"email:{n:064x}"] * 12, []) for n in range(10_001)])
    files = render("google", frame)
    first, second = (json.loads(files[f"google/{CELL}/add-0000{n}.json"])["audienceMembers"] for n in (1, 2))
    assert (len(first), len(second)) == (10_000, 1)
    assert len(second[0]["userData"]["userIdentifiers"]) == 10


def test_a_member_that_stays_has_its_withdrawn_identifiers_removed():
    files = render("google", members(("google", "p1", "refresh", [f"email:{A}"], [f"phone:{B}"])))
    gone = json.loads(files[f"google/{CELL}/remove-00001.json"])["audienceMembers"]
    assert gone == [{"userData": {"userIdentifiers": [{"phoneNumber": B}]}}]


def test_meta_payload_keeps_blanks_blank_and_flags_california():
    frame = members(
        ("meta", "p1", "add", [f"email:{A}", f"email:{D}", f"phone:{B}", "extern_id:Ab1", f"fn:{C}", "option:LDU"], []),
        ("meta", "p2", "add", ["extern_id:Ab2", f"phone:{B}"], []),
        segment="conquest",
    )
    files = render("meta", frame, "act_1", {CELL: "99"})
    body = json.loads(files[f"meta/{CELL}/add-00001.json"])
    payload = body["payload"]
    assert payload["schema"] == [
        "EXTERN_ID",
        "EMAIL",
        "PHONE",
        "FN",
        "LN",
        "CT",
        "ST",
        "ZIP",
        "COUNTRY",
        "DATA_PROCESSING_OPTIONS",
    ]
    assert payload["is_raw"] is True
    assert payload["data"] == [
        ["Ab1", A, B, C, "", "", "", "", "", ["LDU"]],
        ["Ab1", D, "", C, "", "", "", "", "", ["LDU"]],
        ["Ab2", "", B, "", "", "", "", "", "", []],
    ]
    session = body["session"]
    assert session.pop("session_id") > 0
    assert session == {"batch_seq": 1, "last_batch_flag": True, "estimated_num_total": 3}
    settings = json.loads(files[f"meta/{CELL}/audience.json"])
    assert settings["customer_file_source"] == "PARTNER_PROVIDED_ONLY"
    lines = files[f"meta/{CELL}/upload.csv"].decode().splitlines()
    assert lines[0] == "email,phone,fn,ln,ct,st,zip,country,uid"
    assert lines[3] == f",{B},,,,,,,Ab2"


@pytest.mark.parametrize("segment", ["in_market", "loyalty"])
def test_meta_says_where_first_party_lists_come_from(segment):
    files = render("meta", members(("meta", "p1", "add", ["extern_id:x"], []), segment=segment))
    assert json.loads(files[f"meta/{CELL}/audience.json"])["customer_file_source"] == "USER_PROVIDED_ONLY"


def test_bytes_do_not_depend_on_the_order_of_rows_and_the_manifest_counts():
    rows = [("google", f"p{n}", "add", [f"email:{n:064x}"], []) for n in range(50)]
    assert render("google", members(*rows)) == render("google", members(*reversed(rows)))
    manifest = json.loads(render("google", members(*rows))["google/manifest.json"])
    assert manifest["cells"] == {CELL: {"add": 50, "refresh": 0, "remove": 0}}
    assert [one["file"] for one in manifest["files"]] == [f"google/{CELL}/add-00001.json", f"google/{CELL}/upload.csv"]


def test_a_platform_without_files_says_which_have_them():
    with pytest.raises(KeyError, match="for x are not drawn; platforms with files are amazon, bdc,"):
        render("x", members())
