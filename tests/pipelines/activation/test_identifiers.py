"""What each platform is told of one person by hand, and of people who are hard to spell."""

import base64
import hashlib

import polars as pl
import pytest

from pipelines.activation.identifiers import member_identifiers
from pipelines.activation.normalise import RULES
from schemas.platforms import all_platforms

ANN = (
    ("email", "Ann.Lee+cars@Gmail.com", 1),
    ("email", "ann@example.com", 2),
    ("phone", "+14045550100", 1),
    ("name", "ann|o'neil", 1),
    ("address", "1 MAIN ST|ST. LOUIS|MO|63101", 1),
)
ONEIL = "o'neil"


def told(engine, platform, *known, most=3, state="GA"):
    rows = [("loyalty", "ann", kind, value, True, rank, None) for kind, value, rank, *_ in known]
    return told_of(engine, platform, rows, most, state)


def told_of(engine, platform, rows, most=3, state="GA"):
    schema = {"segment": pl.String, "person_id": pl.String, "kind": pl.String, "value": pl.String}
    schema |= {"is_first_party": pl.Boolean, "rank": pl.Int64, "denied": pl.String}
    states = pl.DataFrame({"person_id": ["ann"], "state": [state]})
    made = member_identifiers(engine, all_platforms()[platform], pl.DataFrame(rows, schema=schema, orient="row"), states, most)
    return dict(made.select("person_id", "identifiers").rows())


def hexed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def based(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        (
            "google",
            [
                f"email:{hexed('annlee@gmail.com')}",
                f"email:{hexed('ann@example.com')}",
                f"phone:{hexed('+14045550100')}",
                f"address:{hexed('ann')}|{hexed('oneil')}|US|63101",
            ],
        ),
        ("microsoft", [f"email:{hexed('ann.lee+cars@gmail.com')}", f"email:{hexed('ann@example.com')}"]),
        ("tiktok", [f"email:{hexed('ann.lee@gmail.com')}", f"email:{hexed('ann@example.com')}", f"phone:{hexed('14045550100')}"]),
        (
            "thetradedesk",
            [f"email:{based('annlee@gmail.com')}", f"email:{based('ann@example.com')}", f"phone:{based('+14045550100')}"],
        ),
        (
            "snap",
            [f"email:{hexed('ann.lee+cars@gmail.com')}", f"email:{hexed('ann@example.com')}", f"phone:{hexed('14045550100')}"],
        ),
        (
            "amazon",
            [
                f"email:{hexed('ann.lee+cars@gmail.com')}",
                f"phone:{hexed('14045550100')}",
                f"first_name:{hexed('ann')}",
                f"last_name:{hexed(ONEIL)}",
                f"address:{hexed('1 main st')}",
                f"city:{hexed('st. louis')}",
                f"state:{hexed('mo')}",
                f"zip:{hexed('63101')}",
            ],
        ),
        (
            "liveramp",
            [
                "email:ann.lee+cars@gmail.com",
                "email:ann@example.com",
                "phone:4045550100",
                "first_name:Ann",
                "last_name:O'Neil",
                "street:1 MAIN ST",
                "city:ST. LOUIS",
                "state:MO",
                "zip:63101",
            ],
        ),
        ("email", ["email:ann.lee+cars@gmail.com", "first_name:Ann"]),
        ("bdc", ["phone:+14045550100", "first_name:Ann", "last_name:O'Neil"]),
    ],
)
def test_each_platform_by_its_own_rules(engine, platform, expected):
    assert told(engine, platform, *ANN) == {"ann": expected}


def test_policy_and_platform_limit_how_many_of_a_kind(engine):
    emails = [("email", f"a{n}@x.com", n + 1) for n in range(5)]
    assert [len(told(engine, "google", *emails, most=most)["ann"]) for most in (1, 3, 5)] == [1, 3, 5]
    assert len(told(engine, "tiktok", *emails, most=5)["ann"]) == 3


def test_a_delivered_hash_goes_as_it_came_or_not_at_all(engine):
    digest = hexed("+14045550100")
    assert told(engine, "google", ("phone_hash", digest.upper(), 1)) == {"ann": [f"phone:{digest}"]}
    assert told(engine, "thetradedesk", ("phone_hash", digest, 1)) == {"ann": [f"phone:{based('+14045550100')}"]}
    assert told(engine, "snap", ("phone_hash", digest, 1)) == {}
    assert told(engine, "google", ("email_hash", hexed("ann@example.com"), 1)) == {}
    assert told(engine, "meta", ("email_hash", hexed("ann@example.com"), 1))["ann"][0] == f"email:{hexed('ann@example.com')}"


@pytest.mark.parametrize("platform", [name for name, one in all_platforms().items() if one.renderer])
@pytest.mark.parametrize("blank", ["", "   ", "\u200e\ufeff", "\u00a0"])
def test_blanks_identify_nobody(engine, platform, blank):
    known = [("email", blank, 1), ("phone", blank, 1), ("name", f"{blank}|{blank}", 1), ("address", "|".join([blank] * 4), 1)]
    assert told(engine, platform, *known) == {}


@pytest.mark.parametrize("platform", [name for name, one in all_platforms().items() if one.renderer and one.purpose == "ads"])
def test_what_a_suppressed_person_carries_is_sent_for_nobody(engine, platform):
    rows = [("loyalty", "ann", "email", "both@x.com", True, 1, None), (None, "bob", "email", "both@x.com", True, 1, "suppressed")]
    assert told_of(engine, platform, rows) == {}


@pytest.mark.parametrize(
    ("rule", "raw", "expected"),
    [
        ("name_shown", "mary\u2011ann", "Mary-Ann"),
        ("name_shown", "\u202eJosé  de la\tCruz\u202c", "José de la Cruz"),
        ("name_shown", "😀 McDonald", "McDonald"),
        ("name_shown", "+1-cmd|' /C calc'!A0", "1-cmd' C calc'A0"),
        ("name_shown", "@sum(1,2)", "Sum12"),
        ("name_shown", "x" * 300, "X" + "x" * 59),
        ("name_shown", "😀", None),
        ("street_shown", "=1 main st, apt #4", "1 MAIN ST APT #4"),
        ("street_shown", "-- 5 o\u2019hara \u2013 ½", "5 O'HARA - ½"),
        ("state_upper", " ga ", "GA"),
        ("state_upper", "North Carolina", "NC"),
        ("phone_national", "+1 (404) 555\u20110100 x12", "4045550100"),
        ("phone_national", "+44 113 496 0987", None),
        ("text_lower", "  St. Louis ", "st. louis"),
    ],
)
def test_rules_of_files_for_people(rule, raw, expected):
    assert RULES[rule](pl.Series([raw], dtype=pl.String)).item() == expected


@pytest.mark.parametrize("rule", RULES)
def test_odd_text_among_plain_text_is_spelled_as_alone(rule):
    raw = [
        "ann@example.com",
        "Jos\u00e9",
        None,
        "\u200eAnn@Example.com ",
        "+1 404\u2011555\u20110100",
        "",
        "Ann Lee",
        "1 Main St",
    ]
    together = RULES[rule](pl.Series(raw, dtype=pl.String)).to_list()
    assert together == [RULES[rule](pl.Series([one], dtype=pl.String)).item() for one in raw]
