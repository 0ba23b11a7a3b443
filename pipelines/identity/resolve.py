"""Who is who in a table of any columns: the public entry of the engine.

`resolve` learns a model from the records and links them all; `update` (in update) takes up where it ended. The daily step of
the product is another caller of the same engine.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.identity.ids import named
from pipelines.identity.linkage.edges import EDGES, edge_table, held_by, order_table, ordered_edges
from pipelines.identity.linkage.encode import Records, encode
from pipelines.identity.linkage.households import homes
from pipelines.identity.linkage.learned import Learned, as_tables
from pipelines.identity.linkage.link import Linked, link
from pipelines.identity.linkage.pairs import rule_name
from pipelines.identity.linkage.same_person import same_person
from pipelines.identity.state import State, hashed, key_table
from schemas.identity_model import IdentityModel

FIRST_DAY = date(1970, 1, 1)  # of ids that are made without a day
ORDERS = pl.Schema({"left_record_id": pl.String(), "right_record_id": pl.String(), "kind": pl.String()})
BEFORE = pl.Schema({"record_id": pl.String(), "person_id": pl.String(), "created_on": pl.Date()})


@dataclass(frozen=True)
class Resolution:
    """Who is who.

    state: what the next day needs; it holds members, edges and the model that was learned, too.
    households: household_id, people.
    diagnostics: rules (pairs and dropped blocks per rule), dropped (blocks above the cap: rule, an example record, records),
        components (size, persons), patterns (levels, pairs), learning (records, pairs, rounds).
    """

    state: State
    households: pl.DataFrame
    diagnostics: dict[str, pl.DataFrame]

    @property
    def members(self) -> pl.DataFrame:
        """record_id, person_id, household_id, tier (exact, strict, loose), rule; a row per record, sorted by record_id."""
        return self.state.members

    @property
    def edges(self) -> pl.DataFrame:
        """Pairs that are one person, one household or were ordered by a steward, with weights, posteriors and levels."""
        return self.state.edges

    @property
    def learned(self) -> Learned:
        """The model as tables."""
        return self.state.learned

    @property
    def parameters(self) -> pl.DataFrame:
        """What each level of each field is worth."""
        return self.learned.parameters


def resolve(
    records: pl.DataFrame,
    model: IdentityModel,
    *,
    orders: pl.DataFrame | None = None,
    before: pl.DataFrame | None = None,
    seed: str = "velocity",
    as_of: date = FIRST_DAY,
) -> Resolution:
    """Link records.

    Args:
        records: any columns; those that the model names are read. The order of rows does not matter.
        model: fields, levels, rules and thresholds.
        orders: a steward's: left_record_id, right_record_id, kind (must_link or must_not_link). They hold against all evidence.
        before: record_id, person_id, created_on of persons known earlier, whose ids go on.
        seed: keys new ids. The same seed gives the same ids.
        as_of: day on which new ids are made.
    """
    coded = encode(records, model)
    told = ordered_edges(coded, ORDERS.to_frame() if orders is None else orders)
    linked = link(coded, model, told)
    edges = _edges(coded, model, linked)
    cluster, tied = same_person(coded, model, linked.cluster, told)
    names = named_clusters(coded, cluster, BEFORE.to_frame() if before is None else before, seed, as_of)
    every = pl.concat([edges, tied, order_table(coded, told)]).sort("left_record_id", "right_record_id", "kind", "rule")
    members = held_by(names.select("record_id", "person_id"), every)
    placed, households = homes(members, every, seed=seed)
    rules = tuple(rule_name(one) for one in linked.rules)
    learned = as_tables(linked.scorer.comparers, linked.scorer.parameters, rules)
    people = names.select("person_id", "created_on").unique().sort("person_id")
    keys = key_table(coded, linked.rules, linked.keys)
    state = State(hashed(records, model), keys, learned, every, placed, people)
    return Resolution(state, households, _diagnostics(coded, linked))


def _edges(coded: Records, model: IdentityModel, linked: Linked) -> pl.DataFrame:
    met, seen = linked.pairs, linked.patterns
    levels = seen.levels[seen.of_pair] if len(met) else np.empty((0, len(linked.scorer.comparers)), dtype=np.int8)
    return edge_table(coded, model, linked.rules, linked.keys, (met.left, met.right), levels, linked.scored, linked.scorer)


def named_clusters(
    coded: Records, cluster: np.ndarray, before: pl.DataFrame, seed: str, as_of: date, taken: pl.Series | None = None
) -> pl.DataFrame:
    """record_id, person_id, created_on of every record; a new person is named after the smallest record of its cluster.

    taken: ids of persons elsewhere, if `before` does not hold all.
    """
    now = pl.DataFrame({"member": coded.ids, "cluster": cluster, "creator": coded.ids.gather(cluster)})
    old = before.select(member="record_id", id="person_id", created_on="created_on")
    ids = named(now, old, "p", seed, as_of, taken).select("cluster", "created_on", person_id="id")
    return now.join(ids, on="cluster", maintain_order="left").select("person_id", "created_on", record_id="member")


def _diagnostics(coded: Records, linked: Linked) -> dict[str, pl.DataFrame]:
    seen = linked.patterns
    sizes = pl.Series("size", np.bincount(linked.cluster)).to_frame().filter(pl.col("size") > 0)
    levels = pl.Series("levels", seen.levels.astype(np.int8)).cast(pl.List(pl.Int8))
    learning = {"records": [len(coded)], "pairs": [len(linked.pairs)], "rounds": [linked.scorer.parameters.rounds]}
    return {
        "rules": linked.pairs.rules,
        "dropped": linked.pairs.dropped,
        "components": sizes.group_by("size").agg(persons=pl.len().cast(pl.Int64)).sort("size"),
        "patterns": pl.DataFrame({"levels": levels, "pairs": seen.counts}),
        "learning": pl.DataFrame(learning),
    }


__all__ = ["BEFORE", "EDGES", "ORDERS", "Resolution", "resolve"]
