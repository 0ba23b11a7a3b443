"""Literal members in, literal bodies out, of the platforms that take lists of digests, and of the files."""

import base64
import hashlib
import json

import polars as pl
import pytest

from pipelines.activation.render import batches, full_batches, render
from pipelines.activation.render_thetradedesk import advertiser_data, map_requests, mapped
from schemas.platforms import all_platforms
from schemas.tables.exports import ExportMember

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
CELL = "VAG_LO_LUX_M1"
DRAWN = [name for name, one in all_platforms().items() if one.renderer]


def members(platform, *rows):
    columns = ("platform", "cell", "person_id", "action", "identifiers", "withdrawn", "segment", "cause")
    made = [(platform, CELL, person, action, ids, [], "loyalty", cause) for person, action, ids, cause in rows]
    return pl.DataFrame(made, schema={name: ExportMember.columns()[name].dtype for name in columns}, orient="row")


COME = ("p1", "add", [f"email:{A}", f"email:{B}", f"phone:{C}"], "entered")
LEFT = ("p2", "remove", [f"email:{B}"], "left")
OUT = ("p3", "remove", [f"email:{C}", f"phone:{A}"], "suppressed")


def told(platform, *rows, ids=None):
    return [
        (one.name, one.request, one.members, one.body.decode()) for one in batches(platform, members(platform, *rows), "acc", ids)
    ]


def test_opt_outs_go_first_then_what_is_to_be_held_then_what_left():
    made = batches("pinterest", members("pinterest", COME, LEFT, OUT), "acc", {CELL: "77"})
    assert [(one.sequence, one.operation, one.name, one.is_urgent, one.members) for one in made] == [
        (1, "remove", "optout-00001.json", True, ("p3",)),
        (2, "add", "add-00001.json", False, ("p1",)),
        (3, "remove", "remove-00001.json", False, ("p2",)),
    ]
    assert made[0].path == f"pinterest/{CELL}/optout-00001.json" and made[0].content_type == "application/json"


def test_opt_outs_of_every_cell_go_before_anything_else():
    second = members("google", OUT).with_columns(cell=pl.lit("VAG_ZZ"))
    made = batches("google", pl.concat([members("google", COME, LEFT), second]))
    assert [(one.cell, one.name) for one in made] == [
        ("VAG_ZZ", "optout-00001.json"),
        (CELL, "add-00001.json"),
        (CELL, "remove-00001.json"),
    ]


def test_pinterest():
    assert told("pinterest", COME, LEFT, ids={CELL: "77"}) == [
        (
            "add-00001.json",
            "PATCH /v5/ad_accounts/acc/customer_lists/77",
            ("p1",),
            f'{{"operation_type":"ADD","records":"{A},{B}"}}\n',
        ),
        (
            "remove-00001.json",
            "PATCH /v5/ad_accounts/acc/customer_lists/77",
            ("p2",),
            f'{{"operation_type":"REMOVE","records":"{B}"}}\n',
        ),
    ]


def test_snap_has_a_segment_per_type():
    assert told("snap", COME, OUT, ids={f"{CELL}_EMAIL": "s1", f"{CELL}_PHONE": "s2"}) == [
        (
            "optout-email-00001.json",
            "DELETE /v1/segments/s1/users",
            ("p3",),
            f'{{"users":[{{"schema":["EMAIL_SHA256"],"data":[["{C}"]]}}]}}\n',
        ),
        (
            "optout-phone-00001.json",
            "DELETE /v1/segments/s2/users",
            ("p3",),
            f'{{"users":[{{"schema":["PHONE_SHA256"],"data":[["{A}"]]}}]}}\n',
        ),
        (
            "add-email-00001.json",
            "POST /v1/segments/s1/users",
            ("p1",),
            f'{{"users":[{{"schema":["EMAIL_SHA256"],"data":[["{A}"],["{B}"]]}}]}}\n',
        ),
        (
            "add-phone-00001.json",
            "POST /v1/segments/s2/users",
            ("p1",),
            f'{{"users":[{{"schema":["PHONE_SHA256"],"data":[["{C}"]]}}]}}\n',
        ),
    ]


def test_linkedin_has_an_element_per_member():
    ((name, request, people, body),) = told("linkedin", COME)
    assert (name, request, people) == ("add-00001.json", f"POST /rest/dmpSegments/{CELL}/users", ("p1",))
    ids = [{"idType": "SHA256_EMAIL", "idValue": one} for one in (A, B)]
    assert json.loads(body) == {"elements": [{"action": "ADD", "userIds": ids}]}
    assert render("linkedin", members("linkedin", COME))[f"linkedin/{CELL}/upload.csv"].decode() == f"email\n{A}\n"


def test_microsoft_bulk_file_of_a_list_that_is_new():
    ((name, request, _, body),) = told("microsoft", COME)
    assert (name, request) == ("add-00001.csv", "POST /BulkUpload")
    assert body.splitlines() == [
        "Type,Status,Id,Parent Id,Client Id,Modified Time,Name,Description,Scope,Audience,Action Type,Sub Type,Text",
        "Format Version,,,,,,6.0,,,,,,",
        f"Customer List,Active,-10,,{CELL},,,,Customer,{CELL},Add,,",
        f"Customer List Item,,,-10,1,,,,,,,Email,{A}",
        f"Customer List Item,,,-10,2,,,,,,,Email,{B}",
    ]


def test_microsoft_removes_from_a_list_that_it_knows():
    ((_, _, _, body),) = told("microsoft", LEFT, ids={CELL: "555"})
    assert f"Customer List,Active,555,,{CELL},,,,Customer,{CELL},Remove,," in body
    assert f"Customer List Item,,,555,1,,,,,,,Email,{B}" in body


def test_tiktok_repeats_its_headers_and_leaves_blanks_blank():
    ((name, _, _, body),) = told("tiktok", COME)
    assert name == "add-00001.csv"
    assert body == f"Email_SHA256,Email_SHA256,Email_SHA256,Phone_SHA256,Phone_SHA256,Phone_SHA256\n{A},{B},,{C},,\n"


def test_liveramp_has_the_same_headers_every_time():
    plain = [
        "email:a@x.com",
        "phone:4045550100",
        "first_name:Ann",
        "last_name:O'Neil",
        "street:1 MAIN ST",
        "city:ROME",
        "zip:02134",
    ]
    (add, remove) = told("liveramp", ("p1", "add", plain, "entered"), ("p2", "remove", ["email:b@x.com"], "left"))
    head = "CCID,FIRSTNAME,LASTNAME,ADDRESS1,CITY,STATE,ZIP,EMAIL1,EMAIL2,EMAIL3,PHONE1,PHONE2,PHONE3,SEGMENT"
    assert add[3] == f"{head}\np1,Ann,O'Neil,1 MAIN ST,ROME,,02134,a@x.com,,,4045550100,,,{CELL}\n"
    assert remove[3] == f"CCID,SEGMENT\np2,{CELL}\n"


def test_amazon():
    ids = [f"email:{A}", f"phone:{B}", f"last_name:{C}"]
    ((_, _, _, body),) = told("amazon", ("p1", "add", ids, "entered"))
    assert body == f"first_name,last_name,address,city,state,zip,phone,email\n,{C},,,,,{B},{A}\n"


def test_the_trade_desk_files_and_its_identity_map():
    email, phone = (base64.b64encode(hashlib.sha256(one).digest()).decode() for one in (b"a@x.com", b"+14045550100"))
    rows = members("thetradedesk", ("p1", "add", [f"email:{email}", f"phone:{phone}"], "entered"))
    files = [(one.name, one.request, one.body.decode()) for one in batches("thetradedesk", rows, "adv", {CELL: "seg"})]
    path = "POST /v3/crmdata/segment/adv/seg?mergeMode=Add"
    assert files == [
        ("add-email-00001.csv", path, f"email_sha256_base64\n{email}\n"),
        ("add-phone-00001.csv", path, f"phone_sha256_base64\n{phone}\n"),
    ]
    assert [json.loads(one) for one in map_requests(rows, 5_000)] == [{"email_hash": [email], "phone_hash": [phone]}]
    assert [json.loads(one) for one in map_requests(rows, 1)] == [{"email_hash": [email]}, {"phone_hash": [phone]}]
    uid2s = mapped("email", [email], [{"u": "Ab+/=", "r": "1"}]) | mapped("phone", [phone], [{"e": "optout"}])
    assert json.loads(advertiser_data(rows, uid2s, "adv", CELL, 30)) == {
        "AdvertiserId": "adv",
        "Items": [{"UID2": "Ab+/=", "Data": [{"Name": CELL, "TTLInMinutes": 43_200}]}],
    }
    with pytest.raises(ValueError, match="answered 0 of 1"):
        mapped("email", [email], [])


def held(platform, *people):
    rows = [(platform, CELL, person, "loyalty", [f"email:{A}", f"phone:{B}"]) for person in people]
    schema = {"platform": pl.String, "cell": pl.String, "person_id": pl.String, "segment": pl.String}
    return pl.DataFrame(rows, schema=schema | {"identifiers": pl.List(pl.String)}, orient="row")


def test_a_full_list_for_google_drops_last_whoever_was_sent_before_it_began():
    made = full_batches("google", held("google", "p1"), "2026-11-21T09:00:00Z", "1", {CELL: "777"})
    assert [(one.operation, one.name, one.request) for one in made] == [
        ("replace", "replace-00001.json", "POST /v1/audienceMembers:ingest"),
        ("replace", "remove-all-00001.json", "POST /v1/audienceMembers:removeAll"),
    ]
    last = json.loads(made[-1].body)
    assert last["removeAsOfTime"] == "2026-11-21T09:00:00Z" and last["destinations"][0]["productDestinationId"] == "777"
    assert set(last) == {"destinations", "removeAsOfTime"} and made[-1].members == ()


def test_a_full_list_for_meta_is_one_session_of_usersreplace():
    made = full_batches("meta", held("meta", *(f"p{n:05d}" for n in range(10_001))), "", "1", {CELL: "99"})
    sessions = [json.loads(one.body)["session"] for one in made]
    assert {one.request for one in made} == {"POST /99/usersreplace"}
    assert len({one["session_id"] for one in sessions}) == 1
    assert [(one["batch_seq"], one["last_batch_flag"]) for one in sessions] == [(1, False), (2, True)]
    assert [len(one.members) for one in made] == [10_000, 1]


def test_a_full_list_prints_no_letter_twice():
    assert full_batches("direct_mail", held("direct_mail", "p1"), "") == []


def test_a_full_list_for_microsoft_replaces():
    (made,) = full_batches("microsoft", held("microsoft", "p1"), "", "1")
    assert b",Replace,," in made.body


@pytest.mark.parametrize("platform", DRAWN)
def test_the_same_members_give_the_same_bytes_in_any_order(platform):
    rows = [(f"p{n}", "add", [f"email:{n:064x}", f"phone:{n:064x}"], "entered") for n in range(30)] + [LEFT, OUT]
    rows = [(f"{person}{place}", *rest) for place, (person, *rest) in enumerate(rows)]
    assert render(platform, members(platform, *rows)) == render(platform, members(platform, *reversed(rows)))
    assert batches(platform, members(platform, *rows)) == batches(platform, members(platform, *reversed(rows)))


@pytest.mark.parametrize("platform", DRAWN)
def test_nobody_to_tell_of_is_no_body(platform):
    assert batches(platform, members(platform)) == []
    assert list(render(platform, members(platform))) == [f"{platform}/manifest.json"]


@pytest.mark.parametrize("platform", DRAWN)
def test_every_member_is_named_by_a_batch_of_its_own_action(platform):
    made = batches(platform, members(platform, COME, OUT))
    assert {person for one in made if one.operation == "add" for person in one.members} == {"p1"}
    assert {person for one in made if one.operation == "remove" for person in one.members} == {"p3"}
