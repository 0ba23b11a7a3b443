"""How a client and a person agree, and who is asked at all, from literal rows."""

from datetime import date

import polars as pl
import pytest

from pipelines.identity.web.fields import FIELDS, compared
from pipelines.identity.web.likelihood import learn, posteriors, scored, weights

EARLY, LATE = date(2026, 1, 1), date(2026, 6, 1)
PAIR = {"record_id": "c", "person_id": "p", "household_id": "h", "clients": 2, "gap_days": 0, "is_self": True, "days_apart": 0}
CLIENT = {
    "record_id": "c", "device_category": "mobile", "zip": "28227", "rooftop_id": "R01", "make": "acura", "body_style": "suv",
    "sessions": 1, "first_seen_on": LATE, "last_seen_on": LATE,
}  # fmt: skip
PERSON = {"person_id": "p", "zip": "28227", "rooftops": ["R01"], "makes": ["acura"], "bodies": ["suv"]}
DEVICE = {"device_of": "p", "record_id": "d", "device_category": "mobile", "first_seen_on": EARLY, "last_seen_on": EARLY}
LISTS = {"rooftops": pl.List(pl.String), "makes": pl.List(pl.String), "bodies": pl.List(pl.String)}

CASES = [
    ("network", {}, "own_2"), ("network", {"clients": 3, "is_self": False}, "home_3"), ("network", {"clients": 30}, "own_more"),
    ("time", {}, "same"), ("time", {"gap_days": 31}, "quarter"), ("time", {"gap_days": 99}, "later"),
    ("zip", {}, "same"), ("zip", {"zip": "28299"}, "near"), ("zip", {"zip": "30001"}, "far"), ("zip", {"zip": None}, "unknown"),
    ("device", {}, "in_turn"), ("device", {"first_seen_on": EARLY}, "meanwhile"),
    ("device", {"device_category": "desktop"}, "new_kind"),
    ("rooftop", {}, "same"), ("rooftop", {"rooftop_id": "R02"}, "other"), ("rooftop", {"rooftops": None}, "unknown"),
    ("interest", {}, "same_make_same_body"), ("interest", {"make": "bmw"}, "other_make_same_body"),
    ("interest", {"bodies": []}, "unknown"),
    ("recency", {}, "day"), ("recency", {"days_apart": 20}, "month"), ("recency", {"days_apart": None}, "unknown"),
]  # fmt: skip


def level(changes: dict) -> dict:
    def made(base: dict) -> pl.DataFrame:
        row = base | {key: value for key, value in changes.items() if key in base and (key, base) != ("zip", PERSON)}
        return pl.DataFrame([row], schema_overrides={"zip": pl.String} | {k: v for k, v in LISTS.items() if k in base})

    device = pl.DataFrame([DEVICE])
    return compared(made(PAIR), made(CLIENT), made(PERSON), device).row(0, named=True)


@pytest.mark.parametrize(("field", "changes", "expected"), CASES)
def test_a_field_agrees_in_named_levels(field, changes, expected):
    assert level(changes)[field] == expected


def pairs(rows: list[tuple[str, str, str, str]]) -> pl.DataFrame:
    """Pairs that differ in their network only."""
    names = [*((one, "x") for one in FIELDS if one != "network"), ("sessions", 1)]
    made = [{"record_id": c, "person_id": p, "household_id": h, "network": level} | dict(names) for c, p, h, level in rows]
    return pl.DataFrame(made)


def test_weights_are_shares_among_owners_over_shares_among_people_of_other_homes():
    marked = pairs([("1", "a", "h", "near"), ("1", "b", "h", "near"), ("1", "z", "g", "far"), ("2", "z", "g", "near")])
    marked = marked.with_columns(
        is_owner=pl.Series([True, False, False, True]), is_housemate=pl.Series([False, True, False, False]), weight=1.0
    )
    near, far = weights(marked).filter(pl.col("field") == "network").sort("level", descending=True).iter_rows(named=True)
    assert (near["m"], near["u"]) == pytest.approx((3 / 4, 1 / 3), abs=1e-6)  # one pair is added to each level
    assert (far["m"], far["u"]) == pytest.approx((1 / 4, 2 / 3), abs=1e-6)
    assert near["bits"] == pytest.approx(1.169925, abs=1e-5)


def test_candidates_and_nobody_share_one():
    values = [
        (f"{what}_{name}", v) for what in ("person", "home") for name, v in (("slope", 0.5), ("nobody", 0.0), ("shift", 1.0))
    ]
    table = pl.DataFrame(
        [("network", "near", 2.0, None), *(("calibration", name, None, value) for name, value in values)],
        schema=["field", "level", "bits", "value"],
        orient="row",
    )
    found = posteriors(scored(pairs([("1", "a", "h", "near"), ("1", "b", "h", "?"), ("2", "a", "h", "near")]), table), table)
    assert found["posterior"].to_list() == pytest.approx([2 / 5, 1 / 5, 2 / 4])
    assert found["household_posterior"].to_list() == pytest.approx([3 / 5, 3 / 5, 2 / 4])
    assert found["network_bits"].to_list() == [2.0, 0.0, 2.0]


def clients(name: str, of_strangers: int) -> list[tuple[str, str, str, str]]:
    """400 clients with two candidates; the owner, where it is one of them, is mostly near, others are mostly far."""
    rows = []
    for n in range(400):
        is_strange, odd = n % 10 < of_strangers, n // 10 % 4 == 0
        rows += [(f"{name}{n:03}", "p", "h", "near" if is_strange == odd else "far")]
        rows += [(f"{name}{n:03}", "q", "g", "near" if n // 40 % 4 == 0 else "far")]
    return rows


def test_strangers_among_anonymous_clients_weigh_for_nobody():
    owners = pl.DataFrame([(f"k{n:03}", "p") for n in range(400) if n % 10 >= 2], schema=["record_id", "person_id"], orient="row")
    known, like, strange = (pairs(clients(name, tenths)) for name, tenths in (("k", 2), ("a", 2), ("b", 7)))
    shift = [
        learn(known, owners, frame, (share, share)).filter(pl.col("level") == "person_shift")["value"].item()
        for frame, share in ((like, 1.0), (strange, 1.0), (strange, 0.0))
    ]
    assert abs(shift[0]) < 0.3 and shift[1] == pytest.approx(3.2, abs=0.6) and shift[2] == 0.0  # log2 of odds 7/3 over 2/8
