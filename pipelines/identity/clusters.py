"""Profiles into clusters on a given day: learned and linked as a whole, or only what changed since yesterday.

The model stays frozen until the policy's days are over or its file changes; how far the day drifted from it is measured.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.engine import Engine
from pipelines.identity.drift import drift, level_shares
from pipelines.identity.linkage.edges import EDGES, TIERS
from pipelines.identity.linkage.encode import encode
from pipelines.identity.linkage.keys import Keys
from pipelines.identity.linkage.learned import PARAMETERS, PRIOR, Learned
from pipelines.identity.pairwise import pairwise
from pipelines.identity.resolve import resolve
from pipelines.identity.state import State, hashed, key_table
from pipelines.identity.update import update
from pipelines.step import Day
from schemas.identity_language import parse_rule
from schemas.identity_model import IdentityModel
from schemas.tables import identity_state as tables

ENGINE = 2  # raised when the same model would link the same records otherwise, so that all are linked afresh once
PREVIOUS = {
    "profiles": "SELECT profile_id, cluster_id, created_on, tier, rule FROM previous_identity_profile",
    "edges": "SELECT * FROM previous_profile_edge",
    "parameters": "SELECT * FROM previous_identity_parameter ORDER BY place",
    "shares": "SELECT * FROM previous_identity_value_share",
    "rules": "SELECT place, rule FROM previous_identity_rule ORDER BY place",
}


@dataclass(frozen=True)
class Clustered:
    """profiles: the table identity_profile. edges, learned, rules and dropped: its companions; version and day of the model.

    is_learned: the model was learned on the day. seen: share of each level of each field when it was learned. drift: how far
    the day is from that. agreement: pairs on which a full run of the day agrees, F1; None where none was made.
    """

    profiles: pl.DataFrame
    edges: pl.DataFrame
    learned: Learned
    rules: pl.DataFrame
    dropped: pl.DataFrame
    version: str
    learned_on: date
    is_learned: bool
    seen: pl.Series
    drift: float = 0.0
    agreement: float | None = None


def clustered(engine: Engine, day: Day, profiles: pl.DataFrame, orders: pl.DataFrame) -> Clustered:
    """Cluster the profiles of the day.

    Args:
        engine: knows the tables of the day before, under previous_<table>.
        day: the day, its policy and the key of ids.
        profiles: record_id (the profile's id) and the columns that the model of identity reads.
        orders: a steward's, between profiles: left_record_id, right_record_id, kind.
    """
    before = {name: engine.sql(query) for name, query in PREVIOUS.items()}
    model = day.policy.identity_model
    if _must_learn(before, model, day):
        return _whole(day, profiles, orders, before["profiles"])
    return _changed(day, profiles, orders, before)


def _must_learn(before: dict[str, pl.DataFrame], model: IdentityModel, day: Day) -> bool:
    known = before["parameters"]
    if known.is_empty() or not known["model_version"][0].startswith(_file_hash(model)):
        return True
    age = (day.as_of - known["learned_on"][0]).days
    return age >= day.policy.identity.learn_again_after_days


def _file_hash(model: IdentityModel) -> str:
    """What of a version says which model file it is; Polars' hashes change with its version, so that is part of it."""
    return hashlib.sha256(f"{model.model_dump_json()}{pl.__version__}{ENGINE}".encode()).hexdigest()[:12]


def _whole(day: Day, profiles: pl.DataFrame, orders: pl.DataFrame, known: pl.DataFrame) -> Clustered:
    model = day.policy.identity_model
    before = known.select("created_on", record_id="profile_id", person_id="cluster_id")
    told = resolve(profiles, model, orders=orders, before=before, seed=day.seed, as_of=day.as_of)
    rules = told.diagnostics["rules"].with_row_index("place")
    version = f"{_file_hash(model)}-{day.as_of.isoformat()}"
    return Clustered(
        _profiles(told.state), told.edges, told.learned, rules, told.diagnostics["dropped"], version, day.as_of,
        is_learned=True, seen=_flat(level_shares(told.diagnostics["patterns"], _sizes(told.learned))),
    )  # fmt: skip


def _changed(day: Day, profiles: pl.DataFrame, orders: pl.DataFrame, before: dict[str, pl.DataFrame]) -> Clustered:
    model, known = day.policy.identity_model, before["profiles"]
    learned = Learned(before["parameters"].select(PARAMETERS.names()), before["shares"], tuple(before["rules"]["rule"].to_list()))
    slim = hashed(profiles, model)
    kept = slim.join(known.select(record_id="profile_id"), on="record_id", how="semi", maintain_order="left")
    coded = encode(kept, model)
    keys = key_table(coded, tuple(parse_rule(one) for one in learned.rules), Keys(coded))
    members = known.select(
        pl.col("tier").cast(pl.String).cast(TIERS),
        "rule",
        record_id="profile_id",
        person_id="cluster_id",
        household_id="cluster_id",
    )
    people = known.select(pl.col("cluster_id").alias("person_id"), "created_on").unique().sort("person_id")
    state = State(kept, keys, learned, before["edges"].select(EDGES.names()).cast(EDGES), members.sort("record_id"), people)
    fresh = slim.join(kept.select("record_id"), on="record_id", how="anti", maintain_order="left")
    deleted = known.join(slim.select(profile_id="record_id"), on="profile_id", how="anti")["profile_id"].sort()
    told = update(state, model, fresh, deleted, orders=orders, seed=day.seed, as_of=day.as_of)
    version, learned_on = before["parameters"]["model_version"][0], before["parameters"]["learned_on"][0]
    made = told.rules.with_row_index("place")
    seen, sizes = before["parameters"]["seen_share"], _sizes(learned)
    now = level_shares(told.patterns, sizes)
    shift = drift(_split(seen, sizes), now, int(told.patterns["pairs"].sum()))
    return Clustered(
        _profiles(told.state), told.state.edges, learned, made, told.dropped, version, learned_on,
        is_learned=False, seen=seen, drift=shift, agreement=_agreement(day, profiles, orders, told.state),
    )  # fmt: skip


def _sizes(learned: Learned) -> list[int]:
    """Number of levels of each field, in the order of the model."""
    rows = learned.parameters.filter(pl.col("field") != PRIOR)
    return rows.group_by("field", maintain_order=True).len()["len"].to_list()


def _flat(shares: list[np.ndarray]) -> pl.Series:
    """Shares in the order of the rows of the parameters; the rows of the classes have none."""
    return pl.Series("seen_share", np.concatenate(shares).tolist(), dtype=pl.Float64)


def _split(seen: pl.Series, sizes: list[int]) -> list[np.ndarray]:
    return np.split(seen.drop_nulls().to_numpy(), np.cumsum(sizes)[:-1])


def _agreement(day: Day, profiles: pl.DataFrame, orders: pl.DataFrame, state: State) -> float | None:
    """On the policy's weekday, how far all linked afresh agrees with the state."""
    if day.as_of.isoweekday() != day.policy.identity.full_run_weekday:
        return None
    fresh = resolve(profiles, day.policy.identity_model, orders=orders, seed=day.seed, as_of=day.as_of)
    both = state.members.select("record_id", held="person_id").join(fresh.members, on="record_id")
    return pairwise(both["held"], both["person_id"]).f1


def _profiles(state: State) -> pl.DataFrame:
    named = state.members.join(state.people, on="person_id")
    return named.select("created_on", "tier", "rule", profile_id="record_id", cluster_id="person_id").sort("profile_id")


def state_tables(told: Clustered) -> dict[str, pl.DataFrame]:
    """What the next day needs, by name of table."""
    parameters = told.learned.parameters
    seen = told.seen.extend_constant(None, len(parameters) - len(told.seen))
    pinned = parameters.with_columns(seen, model_version=pl.lit(told.version), learned_on=pl.lit(told.learned_on)).with_row_index(
        "place"
    )
    return {
        tables.IDENTITY_PROFILE.name: told.profiles,
        tables.PROFILE_EDGE.name: told.edges,
        tables.IDENTITY_PARAMETER.name: pinned,
        tables.IDENTITY_VALUE_SHARE.name: told.learned.shares,
        tables.IDENTITY_RULE.name: told.rules,
        tables.DROPPED_BLOCK.name: told.dropped,
    }
