"""A simulated world in which some clients sign in: who uses the others, and how sure one may be of it."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest

from assets.policy_files import load_policy
from data_samples.simulator.contacts import client_ids, make_leads
from data_samples.simulator.days import make_calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.networks import network_text
from data_samples.simulator.sessions import CASUAL, SHOP, make_sessions
from data_samples.simulator.world import World, make_world
from pipelines.identity.web import client, loose
from pipelines.step import Day
from schemas.tables import all_tables
from tests.engines import fresh_engine

PEOPLE, MONTHS, SEED = 2500, 18, 5
AS_OF = date(2026, 11, 21)
DEVICES = ["mobile", "desktop", "tablet"]


@pytest.fixture(scope="module")
def policy():
    return load_policy("velocity_b")


@pytest.fixture(scope="module")
def world(policy) -> World:
    return make_world(policy, Draws(SEED), make_calendar(AS_OF, MONTHS, 1), PEOPLE, lambda _step, _share: None)


@pytest.fixture(scope="module")
def sessions(world) -> pl.DataFrame:
    found = make_sessions(world, make_leads(world))
    found = found.filter(pl.col("kind").is_in([SHOP, CASUAL]))
    host = world.policy.group.rooftops
    network = pl.Series(network_text(world, found))
    return found.with_columns(
        user_pseudo_id=pl.Series(client_ids(world.draws, found["client"].to_numpy())),
        ip_hash=network.str.extract(r'ip_hash","value":\{"string_value":"(\w+)"'),
        geo_zip=network.str.extract(r'geo_zip","value":\{"string_value":"(\d+)"'),
        device_category=pl.Series([DEVICES[one % 3] for one in found["client"].to_list()]),
        hostname=pl.Series([host[one].web_hostnames[0] for one in found["rooftop"].to_list()]),
        ga_session_id=pl.col("session").cast(pl.String),
        event_micros=(pl.col("day") * 86_400 + pl.col("second")) * 1_000_000,
        dt=pl.lit(AS_OF),
        **{name: pl.lit(None, pl.String) for name in ("stream_id", "item_make", "item_category")},
        signs_in=pl.Series((found["person"].to_numpy() >= 0) & world.draws.chance("signs in", 0.3, found["client"].to_numpy())),
    )


@pytest.fixture(scope="module")
def built(world, sessions, policy) -> Mapping[str, pl.DataFrame]:
    """loose_link and loose_model, with links of any posterior."""
    all_links = policy.model_copy(
        update={
            "identity": policy.identity.model_copy(update={"web": policy.identity.web.model_copy(update={"loose_from": 1e-9})})
        }
    )
    engine = fresh_engine()
    engine.register("web_events", sessions.select(EVENT))
    for table in client.TABLES:
        engine.register(f"previous_{table.name}", table.schema.create_empty())
    day = Day(AS_OF, all_links, "key")
    for name, frame in client.STEP.frames(engine, day).items():
        engine.register(name, frame)
    for name, frame in _identities(world, sessions).items():
        engine.register(name, frame)
    found = loose.STEP.frames(engine, day)
    for table in loose.STEP.tables:
        table.schema.validate(found[table.name])
    again = loose.STEP.frames(engine, day)
    engine.close()
    assert all(found[name].equals(again[name]) for name in found)
    return found


EVENT = ["user_pseudo_id", "event_micros", "ga_session_id", "device_category", "hostname", "ip_hash", "geo_zip", "dt"]
EVENT += ["stream_id", "item_make", "item_category"]


def _identities(world: World, sessions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of the day in which everybody is known, and so are the clients that sign in."""
    clients = "web_events:" + pl.col("user_pseudo_id")
    names = dict(enumerate(world.people["person_id"].to_list()))
    known = sessions.filter("signs_in").select(record_id=clients, person_id=pl.col("person").replace_strict(names)).unique()
    people = world.people.select("person_id", "household_id", "zip", is_web_only=pl.lit(False), is_business=pl.lit(False))
    deals = world.visits.select(
        record_id="r" + pl.col("person").replace_strict(names), person_id=pl.col("person").replace_strict(names),
        occurred_on=pl.col("day").cast(pl.Int32).cast(pl.Date),
    )  # fmt: skip
    empty = {
        name: all_tables()[name].schema.create_empty()
        for name in ("garage", "contact_record", "shared_identifier", "web_evidence")
    }
    return empty | {
        "member": pl.concat([known, deals.select("record_id", "person_id").unique()]),
        "person": people,
        "transaction": deals.with_columns(opened_on="occurred_on"),
        "crm_leads": pl.DataFrame(schema={"row_key": pl.String, "make": pl.String}),
        "previous_loose_model": all_tables()["loose_model"].schema.create_empty(),
    }


def test_anonymous_clients_only_are_linked(built, sessions):
    known = sessions.filter("signs_in").select(record_id="web_events:" + pl.col("user_pseudo_id"))
    assert len(built["loose_link"]) > 1000
    assert built["loose_link"].join(known, on="record_id", how="semi").is_empty()


def test_a_posterior_is_how_often_it_is_right(built, world, sessions):
    names = dict(enumerate(world.people["person_id"].to_list()))
    truth = sessions.filter(pl.col("person") >= 0).select(
        record_id="web_events:" + pl.col("user_pseudo_id"),
        person_id=pl.col("person").replace_strict(names),
        is_right=pl.lit(True),
    )
    judged = built["loose_link"].join(truth.unique(), on=["record_id", "person_id"], how="left")
    judged = judged.with_columns(pl.col("is_right").fill_null(False))
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        part = judged.filter(pl.col("posterior").is_between(low, high, closed="right"))
        right, promised = part["is_right"].mean(), part["posterior"].mean()
        noise = 2.5 * np.sqrt(promised * (1 - promised) / len(part))
        assert len(part) > 30 and abs(right - promised) < 0.06 + noise, (low, high, len(part), right, promised)


def test_a_surer_household_is_right_more_often(built, world, sessions):
    homes = dict(enumerate(world.people["household_id"].to_list()))
    truth = sessions.filter(pl.col("person") >= 0).select(
        record_id="web_events:" + pl.col("user_pseudo_id"),
        household_id=pl.col("person").replace_strict(homes),
        is_right=pl.lit(True),
    )
    links = built["loose_link"].select("record_id", "household_id", "household_posterior").unique()
    judged = links.join(truth.unique(), on=["record_id", "household_id"], how="left").with_columns(
        pl.col("is_right").fill_null(False)
    )
    bands = ((0.0, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0))
    right = [
        judged.filter(pl.col("household_posterior").is_between(low, high, closed="right"))["is_right"].mean()
        for low, high in bands
    ]
    assert right == sorted(right) and right[0] < 0.1 and right[-1] > 0.9


def test_weights_add_up_and_candidates_share_at_most_one(built):
    links = built["loose_link"]
    bits = links.select(pl.sum_horizontal("^.*_bits$") - pl.col("total_bits")).to_series()
    assert np.allclose(bits, links["total_bits"], atol=1e-5)
    assert links.group_by("record_id").agg(pl.col("posterior").sum())["posterior"].max() <= 1 + 1e-5
    assert (links["household_posterior"] >= links["posterior"] - 1e-6).all()
