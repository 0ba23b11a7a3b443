"""Who is in which arm: shares within strata, persistence, merges, homes, dark ZIPs, refusal. By hand and by property."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from assets.engine import DuckDBEngine
from pipelines.experiments.cards import PARTS
from pipelines.experiments.slots import with_arms
from schemas.tables.experiments import ASSIGNMENT
from tests.audience_world import AS_OF, rows_of
from tests.pipelines.experiments.experiment_world import HALVES, arms_of, member, policy_of, run

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NEXT = AS_OF + timedelta(days=1)
people = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["lux", "vol1"]), st.sampled_from(["metro", "town"])), max_size=40
)


def crowd(rows: list[tuple[int, str, str]]) -> list[dict[str, str]]:
    unique = {number: member(f"p{number}", brand=brand, market=market) for number, brand, market in rows}
    return [unique[number] for number in sorted(unique)]


def within_one(table: pl.DataFrame, test: str, shares: dict[str, float]) -> None:
    for stratum in set(table.filter(pl.col("test") == test)["stratum"]):
        rows = table.filter((pl.col("test") == test) & (pl.col("stratum") == stratum))
        for arm, share in shares.items():
            found = rows.filter(pl.col("arm") == arm).height
            assert abs(found - share * rows.height) < 1, (stratum, arm, found, rows.height)


@given(
    share=st.floats(0.01, 0.99),
    stratum=st.text("abc|", min_size=1, max_size=3),
    first=st.integers(0, 5000),
    count=st.integers(0, 400),
)
def test_any_run_of_slots_keeps_two_shares_within_one(share: float, stratum: str, first: int, count: int) -> None:
    parts = round(share * PARTS)
    arms = pl.DataFrame({"test": ["t", "t"], "place": [0, 1], "arm": ["a", "b"], "parts": [parts, PARTS - parts]})
    units = pl.DataFrame({"test": ["t"] * count, "stratum": [stratum] * count, "slot": range(first, first + count)})
    found = with_arms(units.cast({"test": pl.String, "stratum": pl.String, "slot": pl.Int64}), arms, "k")["arm"].to_list()
    assert None not in found
    assert abs(found.count("a") - count * parts / PARTS) < 1


@example(shares=[7, 13, 5, 4, 19], count=91)
@given(shares=st.lists(st.integers(1, 20), min_size=2, max_size=5), count=st.integers(0, 300))
def test_each_further_arm_is_off_by_at_most_one_more(shares: list[int], count: int) -> None:
    ends = [round(PARTS * sum(shares[:n]) / sum(shares)) for n in range(len(shares) + 1)]
    parts = [high - low for low, high in pairwise(ends)]
    names = [str(place) for place in range(len(shares))]
    arms = pl.DataFrame({"test": ["t"] * len(shares), "place": range(len(shares)), "arm": names, "parts": parts})
    units = pl.DataFrame(
        {"test": ["t"] * count, "stratum": ["s"] * count, "slot": range(count)}, schema_overrides={"slot": pl.Int64}
    )
    found = with_arms(units.cast({"test": pl.String, "stratum": pl.String}), arms, "k")["arm"].to_list()
    off = [abs(found.count(name) - count * part / PARTS) for name, part in zip(names, parts, strict=True)]
    assert all(one < place for place, one in enumerate(off, start=1))


def test_somebody_alone_in_a_stratum_is_in_each_arm_as_often_as_its_share_says() -> None:
    arms = pl.DataFrame({"test": ["t"] * 3, "place": [0, 1, 2], "arm": ["a", "b", "c"], "parts": [120_000, 380_000, 500_000]})
    units = pl.DataFrame({"test": ["t"] * 20_000, "stratum": [str(n) for n in range(20_000)], "slot": [0] * 20_000})
    counted = Counter(with_arms(units.cast({"slot": pl.Int64}), arms, "k")["arm"].to_list())
    for arm, share in (("a", 0.12), ("b", 0.38), ("c", 0.5)):
        assert counted[arm] == pytest.approx(20_000 * share, abs=5 * (20_000 * share * (1 - share)) ** 0.5)


@QUICK
@given(first=people, second=people)
def test_nobody_moves_when_others_come_and_shares_hold_after_both_days(
    engine: DuckDBEngine, first: list[tuple[int, str, str]], second: list[tuple[int, str, str]]
) -> None:
    of = policy_of(HALVES, share=0.12, assignment={"control_unit": "person"})
    _, one = run(engine, of, crowd(first))
    _, two = run(engine, of, crowd(second), one, as_of=NEXT)
    kept = two.join(one, on=["person_id", "test"], how="semi")
    assert kept.equals(one)
    within_one(two, "global_control", {"control": 0.12, "treatment": 0.88})
    within_one(two, "halves", {"left": 0.5, "right": 0.5})
    again = run(engine, of, reversed(crowd(second)), one.reverse(), as_of=NEXT)[1]
    assert again.equals(two)


def test_the_control_stands_above_tests_and_tests_do_not_know_of_each_other(engine: DuckDBEngine) -> None:
    other = {**HALVES, "experiment": "other"}
    crowd_of = [member(f"p{n}") for n in range(4000)]
    drawn, table = run(engine, policy_of(HALVES, other, share=0.12), crowd_of)
    control = {one for one, arm in arms_of(table, "global_control").items() if arm == "control"}
    assert len(control) == 480 and all(drawn["shopping", one] == "control" for one in control)
    left, right = arms_of(table, "halves"), arms_of(table, "other")
    assert not control & set(left) and set(left) == set(right)
    counted = Counter((left[one], right[one]) for one in left)
    square = [[counted[a, b] for b in ("left", "right")] for a in ("left", "right")]
    assert chi2_contingency(square).pvalue > 0.001
    assert {drawn["shopping", one] for one in left} == {
        f"halves:{a}|other:{b}" for a in ("left", "right") for b in ("left", "right")
    }


def row(person: str, arm: str, test: str = "global_control", **given: object) -> dict[str, object]:
    base = {"unit_id": person, "stratum": "lux|metro|none", "slot": 0, "assigned_on": date(2026, 11, 1), "design": "as before"}
    return {"person_id": person, "test": test, "arm": arm, **base, **given}


@pytest.mark.parametrize(
    ("on_merge", "arm", "from_person"), [("control_wins", "control", "young"), ("oldest", "treatment", None)]
)
def test_a_person_merged_from_control_and_treatment(
    engine: DuckDBEngine, on_merge: str, arm: str, from_person: str | None
) -> None:
    before = rows_of(ASSIGNMENT, [row("old", "treatment"), row("young", "control", assigned_on=date(2026, 11, 9))])
    gone = [{"retired_person_id": "young", "person_id": "old", "retired_on": AS_OF}]
    of = policy_of(share=0.12, assignment={"on_merge": on_merge})
    drawn, table = run(engine, of, [member("old")], before, retired=gone)
    told = table.row(0, named=True)
    assert table.height == 1
    assert (told["person_id"], told["arm"], told["from_person"], told["contaminated_on"]) == ("old", arm, from_person, AS_OF)
    assert drawn["shopping", "old"] == arm
    assert run(engine, of, [], table, as_of=NEXT)[1].equals(table), "what was recorded stays"


def test_two_of_one_arm_are_merged_without_harm_and_the_older_row_stays(engine: DuckDBEngine) -> None:
    before = rows_of(ASSIGNMENT, [row("a", "treatment", assigned_on=date(2026, 11, 9)), row("b", "treatment")])
    gone = [{"retired_person_id": "b", "person_id": "a", "retired_on": AS_OF}]
    table = run(engine, policy_of(share=0.12), [], before, retired=gone)[1]
    assert table.select("person_id", "assigned_on", "from_person", "contaminated_on").rows() == [
        ("a", date(2026, 11, 1), "b", None)
    ]


def test_who_is_split_off_keeps_the_arm_and_who_is_nobody_goes(engine: DuckDBEngine) -> None:
    before = rows_of(ASSIGNMENT, [row("a", "control"), row("lost", "control")])
    events = [{"event_id": "e", "kind": "split", "person_id": "new", "other_person_id": "a", "on_day": AS_OF}]
    gone = [{"retired_person_id": "lost", "person_id": None, "retired_on": AS_OF}]
    table = run(engine, policy_of(share=0.12), [member("new")], before, events=events, retired=gone)[1]
    assert table.select("person_id", "arm", "from_person").rows() == [("a", "control", None), ("new", "control", "a")]


@pytest.mark.parametrize(("on_change", "moved"), [("keep", 0), ("redraw", 100)])
def test_other_shares_are_for_newcomers_unless_policy_says_redraw(engine: DuckDBEngine, on_change: str, moved: int) -> None:
    crowd_of = [member(f"p{n}") for n in range(100)]
    before = run(engine, policy_of(HALVES), crowd_of)[1]
    third = {**HALVES, "arms": [{"arm": "left", "share": 0.2}, {"arm": "right", "share": 0.8}]}
    of = policy_of(third, assignment={"on_change": on_change})
    table = run(engine, of, crowd_of, before, as_of=NEXT)[1].filter(pl.col("test") == "halves")
    assert (table["assigned_on"] == NEXT).sum() == moved
    assert (table["arm"] == "left").sum() == (50 if on_change == "keep" else 20)


def test_a_home_is_drawn_as_one_and_two_arms_that_meet_in_it_are_recorded(engine: DuckDBEngine) -> None:
    home = [{"person_id": one, "household_id": "h"} for one in ("a", "b", "c")]
    crowd_of = [member(f"p{n}", brand="vol1") for n in range(20)]
    of = policy_of({**HALVES, "unit": "household"})
    table = run(engine, of, [member("a"), member("b", market="town"), *crowd_of], people=home)[1]
    known = arms_of(table, "halves")
    assert known["a"] == known["b"]
    later = run(engine, of, [member("c", brand="vol1")], table, people=home, as_of=NEXT)[1]
    assert arms_of(later, "halves")["c"] == known["a"]
    apart = rows_of(
        ASSIGNMENT, [row("a", "control", unit_id="h"), row("b", "treatment", unit_id="h", assigned_on=date(2026, 10, 1))]
    )
    met = run(engine, policy_of(share=0.12), [member("c")], apart, people=home)[1].filter(pl.col("person_id") == "c")
    assert met.select("arm", "contaminated_on").row(0) == ("control", AS_OF)


def test_a_test_concerns_its_brand_market_type_audience_and_days(engine: DuckDBEngine) -> None:
    narrow = {**HALVES, "brand": "lux", "market_types": ["primary"], "audiences": ["shopping"], "ends_on": NEXT}
    rows = [member("yes"), member("brand", brand="vol1"), member("kind", market_type="tertiary"), member("list", audience="x")]
    drawn, table = run(engine, policy_of(narrow), [*rows, member("other", segment="loyalty")])
    assert set(arms_of(table, "halves")) == {"yes"}
    assert drawn["shopping", "brand"] == drawn["x", "list"] == "treatment"
    after = run(engine, policy_of(narrow), [*rows, member("new")], table, as_of=NEXT + timedelta(days=1))
    assert set(arms_of(after[1], "halves")) == {"yes"} and set(after[0].values()) == {"treatment"}


def test_dark_zips_hold_people_back_and_out_of_tests_and_a_buffer_does_what_policy_says(engine: DuckDBEngine) -> None:
    zips = [
        {"segment": "in_market", "zip": zip_, "cluster": zip_, "role": role, "assigned_on": AS_OF}
        for zip_, role in (("28201", "dark"), ("28202", "buffer"), ("28203", "lit"))
    ]
    geo = {"segment": "in_market", "dark_share": 0.1, "min_zips": 1, "source": "a test"}
    rows = [member(one["role"], zip=one["zip"]) for one in zips]
    drawn, table = run(engine, policy_of(HALVES, geo_holdouts=[geo]), rows, clusters=zips)
    assert drawn["shopping", "dark"] == "geo_in_market:geo_dark"
    assert drawn["shopping", "buffer"].startswith("geo_in_market:geo_buffer|halves:")
    assert set(arms_of(table, "halves")) == {"buffer", "lit"}
    drawn, table = run(engine, policy_of(HALVES, geo_holdouts=[{**geo, "buffer": "unaddressed"}]), rows, clusters=zips)
    assert drawn["shopping", "buffer"] == "geo_in_market:geo_gap" and set(arms_of(table, "halves")) == {"lit"}


def test_a_test_that_stays_too_small_draws_nobody_where_policy_refuses(engine: DuckDBEngine) -> None:
    asked = {"baseline_rate": 0.5, "relative_lift": 0.5, "power": 0.8, "confidence": 0.95, "source": "a test"}
    crowd_of = [member(f"p{n}") for n in range(150)]  # 58 an arm are needed
    for refuses, size, expected in (("refuse", 100, 0), ("refuse", 150, 150), ("warn", 100, 100)):
        of = policy_of(HALVES, power={**asked, "too_small": refuses})
        table = run(engine, of, crowd_of[:size])[1]
        assert len(arms_of(table, "halves")) == expected


def test_a_geo_test_is_drawn_by_cluster(engine: DuckDBEngine) -> None:
    zips = [
        {"segment": "in_market", "zip": f"2820{n}", "cluster": f"2820{n // 2 * 2}", "role": "lit", "assigned_on": AS_OF}
        for n in range(8)
    ]
    rows = [member(f"p{n}{more}", zip=f"2820{n}") for n in range(8) for more in "abc"]
    table = run(engine, policy_of({**HALVES, "kind": "geo"}), [*rows, member("nowhere", zip="10001")], clusters=zips)[1]
    arms = arms_of(table, "halves")
    assert len(arms) == 24 and Counter(arms.values()) == {"left": 12, "right": 12}
    assert all(len({arms[f"p{n + side}{more}"] for side in (0, 1) for more in "abc"}) == 1 for n in (0, 2, 4, 6))
