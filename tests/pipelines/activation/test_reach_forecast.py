"""How many a platform could find: by hand, with and without reports, and pooled."""

from datetime import timedelta
from types import SimpleNamespace

import polars as pl
import pytest
from activation_world import TODAY, World, day, frame
from pydantic import ValidationError

from pipelines.activation.export_names import all_names, chains, is_named
from pipelines.activation.pool import ancestors_of
from pipelines.activation.reach import reach
from pipelines.step import Day
from schemas.policy.reach import MatchRate, ReachPolicy

GOOGLE = "google"


def rate(platform, low, high):
    return MatchRate(platform=platform, low=low, high=high, unit="share of the people sent", source="test")


def setup(*rates, min_members=10, pool=(), unpool_from=1.2, as_of=TODAY, grants=None):
    """A policy with two brands and two markets, and match rates."""
    the_day = day(as_of, min_members=min_members) if grants is None else day(as_of, min_members=min_members, grants=grants)
    platforms = {
        name: one.model_copy(update={"pool_small_cells_by": {"loyalty": pool}, "unpool_from": unpool_from})
        for name, one in the_day.policy.channels.platforms.items()
    }
    channels = the_day.policy.channels.model_copy(update={"platforms": platforms, "reach": ReachPolicy(match_rates=rates)})
    brands = [SimpleNamespace(brand=one.lower(), code=one) for one in ("LUX", "VOL")]
    markets = [SimpleNamespace(market=one.lower(), code=one) for one in ("M1", "M2")]
    group = SimpleNamespace(export_prefix="VAG", brands=brands, markets=markets, rooftops=[])
    audience = SimpleNamespace(
        audience="due",
        channels=("social",),
        channels_by_brand={},
        code="LO",
        brands=None,
        cell_by=("brand", "market"),
        segment="loyalty",
    )
    tests = SimpleNamespace(experiments=[SimpleNamespace(arms=[SimpleNamespace(cell_code="E3")])])
    policy = SimpleNamespace(
        privacy=the_day.policy.privacy, channels=channels, audiences=[audience], group=group, experiments=tests
    )
    return Day(as_of, policy, "seed")


def world_of(**cells):
    world = World()
    for cell, people in cells.items():
        for n in range(people):
            world.add_person(f"{cell}-{n}", cell=f"VAG_LO_{cell}")
    return world


def told(engine, world, the_day, platform=GOOGLE):
    world.suppress(engine, the_day)
    rows = reach(engine, the_day).filter(pl.col("platform") == platform)
    return {row["cell"].removeprefix("VAG_LO_"): row for row in rows.iter_rows(named=True)}


def test_a_cell_is_counted_through_every_gate(engine):
    world = World()
    for n in range(12):
        world.add_person(f"p{n}", phone=f"+1404555{n:04d}" if n < 5 else None)
    world.add_person("loose", identity_tier="loose")
    world.add_person("nothing", email="nothing", address="||")
    row = told(engine, world, setup(rate(GOOGLE, 0.5, 0.75)))["LUX_M1"]
    assert [row[one] for one in ("members", "allowed", "matchable")] == [14, 13, 12]
    assert [row[f"with_{one}"] for one in ("email", "phone", "address", "two_kinds")] == [12, 5, 12, 12]
    assert (row["matched_low"], row["matched_high"]) == (6, 9)
    assert (row["minimum"], row["served_minimum"]) == (10, 100)
    assert row["verdict"] == "too_small" and not row["is_enough"]
    assert row["short_people"] == 200 - 12, "100 found at the low end of a half are 200 sent"
    assert "9 are found" in row["says"] and "188 more are needed" in row["says"]


@pytest.mark.parametrize(
    ("people", "rates", "verdict", "short"),
    [
        (9, (1.0, 1.0), "not_sent", 91),
        (99, (1.0, 1.0), "too_small", 1),
        (120, (0.5, 0.9), "uncertain", 80),
        (120, (0.9, 0.9), "enough", 0),
        (200, (0.5, 0.9), "enough", 0),
    ],
)
def test_verdicts_at_their_edges(engine, people, rates, verdict, short):
    row = told(engine, world_of(LUX_M1=people), setup(rate(GOOGLE, *rates)))["LUX_M1"]
    assert (row["verdict"], row["short_people"], row["is_enough"]) == (verdict, short, verdict == "enough")
    assert bool(row["says"]) == (verdict != "enough")


def test_without_a_figure_anything_is_possible(engine):
    row = told(engine, world_of(LUX_M1=150), setup())["LUX_M1"]
    assert (row["matched_low"], row["matched_high"], row["verdict"]) == (0, 150, "uncertain")


def test_nobody_may_go(engine):
    row = told(engine, world_of(LUX_M1=3), setup(grants=()))["LUX_M1"]
    assert (row["verdict"], row["matchable"], row["says"]) == ("nobody", 0, "nobody of 3 may go: 3 by no grant")


def test_reports_of_the_platform_replace_the_interval(engine):
    world = world_of(LUX_M1=200)
    reports = [(TODAY - timedelta(days=40), 10), (TODAY - timedelta(days=2), 120), (TODAY - timedelta(days=1), 140)]
    world.rows["drift"] = [
        {"platform": GOOGLE, "cell": "x", "delivery": str(on), "day": on, "reported": reported, "expected": 200}
        for on, reported in reports
    ]
    row = told(engine, world, setup(rate(GOOGLE, 0.1, 0.2)))["LUX_M1"]
    assert (row["match_low"], row["match_high"]) == (0.6, 0.7), "the report of 40 days ago is too old"
    assert "reported by the platform in 2 of the last 30 days" in row["match_source"]


def test_small_cells_are_pooled_by_policy_and_each_person_stands_once(engine):
    the_day = setup(rate(GOOGLE, 1, 1), min_members=100, pool=("market", "brand"))
    world = world_of(LUX_M1=60, LUX_M2=50, VOL_M1=30, VOL_M2=120)
    rows = told(engine, world, the_day)
    assert {cell: row["sent_as"] for cell, row in rows.items()} == {
        "LUX_M1": "VAG_LO_LUX", "LUX_M2": "VAG_LO_LUX", "VOL_M1": None, "VOL_M2": None,
    }  # fmt: skip
    assert [rows[one]["sent_people"] for one in rows] == [110, 110, 30, 120]
    assert {cell: row["verdict"] for cell, row in rows.items()} == {
        "LUX_M1": "enough", "LUX_M2": "enough", "VOL_M1": "not_sent", "VOL_M2": "enough",
    }  # fmt: skip
    made = world.export(engine, the_day)
    held = made["delivered"].filter(pl.col("platform") == GOOGLE)
    assert dict(held.group_by("cell").len().rows()) == {"VAG_LO_LUX": 110, "VAG_LO_VOL_M2": 120}
    assert held.get_column("person_id").is_unique().all()
    assert made["reach"].filter(pl.col("platform") == GOOGLE).equals(frame("reach", list(reach_rows(engine, world, the_day)))), (
        "one formula"
    )


def reach_rows(engine, world, the_day):
    world.suppress(engine, the_day)
    return reach(engine, the_day).filter(pl.col("platform") == GOOGLE).to_dicts()


def test_nine_cells_that_are_too_small_are_one_list(engine):
    world = world_of(LUX_M1=27, LUX_M2=27, VOL_M1=27, VOL_M2=27)
    the_day = setup(rate(GOOGLE, 1, 1), min_members=100, pool=("market", "brand"))
    assert {row["sent_as"] for row in told(engine, world, the_day).values()} == {"VAG_LO"}
    without = told(engine, world, setup(rate(GOOGLE, 1, 1), min_members=100))
    assert {row["verdict"] for row in without.values()} == {"not_sent"}
    assert "pool_small_cells_by of google in channels.yaml" in without["LUX_M1"]["says"]


def test_a_pooled_cell_stands_alone_again_only_when_it_is_well_above(engine):
    pool = {"min_members": 100, "pool": ("market",)}
    before = world_of(LUX_M1=60, LUX_M2=60).export(engine, setup(**pool))
    for people, cells in ((110, ["VAG_LO_LUX"]), (130, ["VAG_LO_LUX_M1"])):
        world = world_of(LUX_M1=people, LUX_M2=60)
        world.previous = before["delivered"]
        made = world.export(engine, setup(as_of=TODAY + timedelta(days=1), **pool))
        assert made["delivered"].filter(pl.col("platform") == GOOGLE)["cell"].unique().to_list() == cells


def test_who_may_not_go_any_more_leaves_the_pooled_list_for_that_cause(engine):
    pool = {"min_members": 100, "pool": ("market",)}
    before = world_of(LUX_M1=60, LUX_M2=60).export(engine, setup(**pool))
    world = world_of(LUX_M1=60, LUX_M2=60)
    world.previous = before["delivered"]
    made = world.export(engine, setup(as_of=TODAY + timedelta(days=1), grants=(), **pool))
    assert set(made["export_member"]["cause"]) == {"refused"} and made["delivered"].is_empty()


def test_names_of_pooled_lists_are_named_by_policy():
    policy = setup(pool=("market", "audience", "brand")).policy
    names = [f"LO_{brand}_{market}" for brand in ("LUX", "VOL") for market in ("M1", "M2", "NA")]
    lists = [f"LO_{brand}" for brand in ("LUX", "VOL")] + [f"ALLL{end}" for end in ("", "_LUX", "_VOL")]
    assert all_names(policy) == sorted(f"VAG_{one}" for one in (*names, *lists))
    for cell in (
        "VAG_LO_LUX_SOCIAL",
        "VAG_LO_LUX_M1_DISPLAY_SOCIAL",
        "VAG_LO_LUX_M1_E3",
        "VAG_LO_VOL_NA_E3_SOCIAL",
        "VAG_ALLL_E3",
    ):
        assert is_named(policy, cell), cell
    for cell in ("VAG_LO_OLD_M1", "VAG_LO_LUX_M9", "VAG_LO_LUX_M1_E9", "VAG_XX"):
        assert not is_named(policy, cell), cell
    chain = chains(policy, policy.channels.platforms[GOOGLE])
    assert ancestors_of(chain, "VAG_LO_LUX_M1_SOCIAL") == ["VAG_LO_LUX_SOCIAL", "VAG_ALLL_LUX_SOCIAL", "VAG_ALLL_SOCIAL"]
    assert ancestors_of(chain, "before VAG_LO_VOL_M2") == ["before VAG_LO_VOL", "before VAG_ALLL_VOL", "before VAG_ALLL"]
    assert ancestors_of(chain, "VAG_XX_LUX_M1") == []


@pytest.mark.parametrize(("low", "high"), [(0.7, 0.5), (0, 0.5), (0.5, 50)])
def test_intervals_that_cannot_be(low, high):
    with pytest.raises(ValidationError):
        rate(GOOGLE, low, high)
