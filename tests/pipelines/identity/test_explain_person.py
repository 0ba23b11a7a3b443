"""A person explained: what holds each record, what was cut, who lives there, and what became of the id."""

from datetime import date
from itertools import product

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.explain_history import history, history_of_record, standing
from pipelines.identity.explain_person import SHOWN, explain_person, strongest_paths

EVENTS = pl.DataFrame(
    [
        ("create", "P1", None, "crm:1", date(2026, 11, 1), "created"),
        ("create", "P2", None, "dms:2", date(2026, 11, 2), "phone"),
        ("absorb", "P2", None, "dms:3", date(2026, 11, 2), "email"),
        ("retire", "P2", "P1", None, date(2026, 11, 3), "email"),
        ("merge", "P1", "P2", None, date(2026, 11, 3), "email"),
        ("retire", "P1", "P0", None, date(2026, 11, 4), "steward"),
        ("merge", "P0", "P1", None, date(2026, 11, 4), "steward"),
        ("move", "P0", "P7", "web:9", date(2026, 11, 5), "login"),
        ("split", "P8", "P0", None, date(2026, 11, 5), None),
        ("retire", "P9", None, None, date(2026, 11, 5), None),
        ("create", "P5", None, "crm:5", date(2026, 11, 5), "created"),
    ],
    schema=["kind", "person_id", "other_person_id", "record_id", "on_day", "rule"],
    orient="row",
)
MEMBERS = pl.DataFrame(
    [
        ("crm:1", "P0", "strict", "email", "H1"),
        ("dms:2", "P0", "strict", "email", "H1"),
        ("dms:3", "P0", "loose", "zip", "H1"),
        ("web:9", "P0", "exact", "created", "H1"),
        ("crm:5", "P5", "exact", "created", "H1"),
        ("crm:6", "P6", "exact", "created", "H2"),
    ],
    schema=["record_id", "person_id", "tier", "rule", "household_id"],
    orient="row",
)


def edges(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema=["left_record_id", "right_record_id", "rule", "kind", "tier", "weight"], orient="row"
    ).with_columns(pl.col("weight").cast(pl.Float64))


EDGES = edges(
    ("crm:1", "dms:2", "email", "matched", "strict", 22.0),
    ("crm:1", "dms:3", "zip", "matched", "loose", 11.0),
    ("dms:2", "dms:3", "zip", "matched", "loose", 12.5),
    ("crm:1", "crm:6", "steward", "must_not_link", "exact", None),
    ("crm:6", "dms:2", "email", "matched", "strict", 15.0),
    ("crm:5", "dms:2", "address", "household", "loose", -3.0),
    ("crm:5", "crm:6", "address", "household", "loose", -3.0),
)


def test_a_retired_id_stands_for_the_living_person() -> None:
    told = standing("P2", {"P0", "P5"}, EVENTS)
    assert told.living == "P0"
    assert told.retired == (
        "P2 was retired into P1 on 2026-11-03 by email",
        "P1 was retired into P0 on 2026-11-04 by steward",
    )
    assert standing("P0", {"P0"}, EVENTS).retired == ()


def test_an_id_whose_records_are_gone_stands_for_nobody() -> None:
    told = standing("P9", {"P0"}, EVENTS)
    assert (told.living, told.retired) == (None, ("P9 was retired, since none of its records is left on 2026-11-05",))
    assert standing("P?", {"P0"}, EVENTS).living is None


def test_a_ring_of_retirements_ends() -> None:
    ring = EVENTS.filter(person_id="P1", kind="retire").with_columns(other_person_id=pl.lit("P2"))
    assert standing("P2", {"P0"}, pl.concat([ring, EVENTS.filter(person_id="P2")])).living is None


def test_the_history_of_an_id_holds_that_of_the_ids_it_took_over() -> None:
    assert history("P0", EVENTS)["told"].to_list() == [
        "P1 was created from crm:1 on 2026-11-01",
        "P2 was created from dms:2 on 2026-11-02 by phone",
        "P2 took in dms:3 on 2026-11-02 by email",
        "P2 was merged into P1 on 2026-11-03 by email",
        "P2 was retired into P1 on 2026-11-03 by email",
        "P1 was merged into P0 on 2026-11-04 by steward",
        "P1 was retired into P0 on 2026-11-04 by steward",
        "P8 was split from P0 on 2026-11-05",
        "web:9 moved from P7 to P0 on 2026-11-05 by login",
    ]
    assert history_of_record("web:9", EVENTS)["told"].to_list() == ["web:9 moved from P7 to P0 on 2026-11-05 by login"]


def test_a_person_is_told_with_edges_inside_and_across() -> None:
    told = explain_person("P2", MEMBERS, EDGES, EVENTS)
    assert told.standing.living == "P0"
    assert told.members["record_id"].to_list() == ["crm:1", "dms:2", "dms:3", "web:9"]
    assert told.inside["weight"].to_list() == [22.0, 12.5, 11.0]
    assert told.cut.select("left_record_id", "other_person_id").rows() == [("crm:6", "P6")]
    assert told.homes.select("left_record_id", "other_person_id").rows() == [("crm:5", "P5")]
    assert told.orders["kind"].to_list() == ["must_not_link"]
    assert told.companions == ("P5",)
    assert len(told.history) == 9


def test_each_record_hangs_on_its_strongest_way() -> None:
    told = {row["record_id"]: row for row in explain_person("P0", MEMBERS, EDGES, EVENTS).paths.iter_rows(named=True)}
    assert told["crm:1"]["path"] == ["crm:1"]
    assert told["dms:3"]["path"] == ["dms:3", "dms:2", "crm:1"]
    assert (told["dms:3"]["tier"], told["dms:3"]["rule"], told["dms:3"]["weight"]) == ("loose", "zip", 12.5)
    assert told["web:9"]["path"] == []


def test_a_person_that_is_gone_has_a_history_only() -> None:
    told = explain_person("P9", MEMBERS, EDGES, EVENTS)
    assert (told.standing.living, len(told.members), len(told.inside), told.companions) == (None, 0, 0, ())
    assert len(told.history) == 1


def test_edges_without_scores_and_members_without_homes_will_do() -> None:
    told = explain_person("P0", MEMBERS.drop("household_id"), EDGES.drop("weight"), EVENTS.clear())
    assert (len(told.inside), told.companions, len(told.history)) == (3, (), 0)


@given(st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda one: one[0] < one[1]), st.integers(1, 9)))
def test_no_way_is_stronger(weights: dict[tuple[int, int], int]) -> None:
    rows = [(f"r{a}", f"r{b}", f"{a}{b}", "matched", "strict", float(w)) for (a, b), w in weights.items()]
    shaped = edges(*rows).with_columns(household=None, match=None, levels=None).select(SHOWN.names()).cast(SHOWN)
    best = [[99 if a == b else weights.get((min(a, b), max(a, b)), 0) for b in range(8)] for a in range(8)]
    for k, a, b in product(range(8), repeat=3):
        best[a][b] = max(best[a][b], min(best[a][k], best[k][b]))
    told = strongest_paths(pl.Series([f"r{a}" for a in range(8)]), shaped)
    first = next((row["path"][-1] for row in told.iter_rows(named=True) if row["path"]), None)
    for row in told.iter_rows(named=True):
        reach = best[int(row["record_id"][1])][int(first[1])] if first else 0
        assert (row["weight"] or 0) == (0 if row["record_id"] == first else reach)
        assert bool(row["path"]) == (row["record_id"] == first or reach > 0)
