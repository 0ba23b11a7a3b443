"""A day's changes on a known state: only new, changed and deleted records are linked, by the model as it was learned.

Who meets a changed record is found by its keys; only the persons touched are clustered again, with all that is known of them.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from pipelines.identity.linkage.edges import ORDER_KINDS, edge_table, held_by, order_table, ordered_edges, with_ends
from pipelines.identity.linkage.encode import Records, encode
from pipelines.identity.linkage.keys import NO_KEY, Keys
from pipelines.identity.linkage.learned import frozen_comparers, parameters_of
from pipelines.identity.linkage.link import clustered, threshold_odds
from pipelines.identity.linkage.pairs import Pairs, pairs
from pipelines.identity.linkage.patterns import Patterns, patterns
from pipelines.identity.linkage.refine import Edges, with_orders
from pipelines.identity.linkage.same_person import same_person
from pipelines.identity.linkage.score import Scored, Scorer, in_group, log_odds
from pipelines.identity.rehoused import rehoused
from pipelines.identity.resolve import FIRST_DAY, named_clusters
from pipelines.identity.state import ROW_HASH, State, hashed, held_by_all, key_table
from schemas.identity_model import IdentityModel


@dataclass(frozen=True)
class Update:
    """state: the new one. changed: ids of records new or different; deleted; touched: those that were clustered again.

    patterns: levels and number of pairs that were compared, for drift; rules and dropped: as in Resolution's diagnostics.
    """

    state: State
    changed: pl.Series
    deleted: pl.Series
    touched: pl.Series
    patterns: pl.DataFrame
    dropped: pl.DataFrame
    rules: pl.DataFrame


@dataclass(frozen=True)
class _Work:
    """The records at hand: coded, which are new, and which pairs hold a new one, scored."""

    coded: Records
    keys: Keys
    is_new: np.ndarray
    met: Pairs
    seen: Patterns
    scored: Scored
    scorer: Scorer


def update(
    state: State,
    model: IdentityModel,
    changed: pl.DataFrame,
    deleted: pl.Series | None = None,
    *,
    orders: pl.DataFrame | None = None,
    seed: str = "velocity",
    as_of: date = FIRST_DAY,
) -> Update:
    """Link what changed.

    Args:
        state: what the run before left.
        model: the model that it was made with.
        changed: new and changed records; unchanged ones among them cost nothing.
        deleted: ids of records that are no more.
        orders: all orders of the steward that hold now; none given: those of the state.
        seed: key of new ids.
        as_of: day of new ids.
    """
    fresh = _fresh(state, model, changed)
    lost = pl.Series("record_id", [] if deleted is None else deleted.cast(pl.String).to_list(), dtype=pl.String)
    gone = pl.concat([fresh[model.record_id].rename("record_id"), lost]).unique()
    kept = ~state.records[model.record_id].is_in(gone.implode())
    told = (
        _orders(state) if orders is None else orders.select("left_record_id", "right_record_id", pl.col("kind").cast(pl.String))
    )
    near, told_ids = _near(state, model, fresh, kept), _reordered(state, told)
    people = state.members.filter(pl.col("record_id").is_in(pl.concat([gone, near, told_ids]).implode()))["person_id"].unique()
    company = state.members.filter(pl.col("person_id").is_in(people.implode()))["record_id"]
    work = _work(state, model, fresh, kept & state.records[model.record_id].is_in(company.implode()))
    touched = _touched(state, model, work, pl.concat([gone, told_ids]))
    return _relinked(state, model, work, fresh, kept, gone, lost, touched, told, seed, as_of)


def _fresh(state: State, model: IdentityModel, changed: pl.DataFrame) -> pl.DataFrame:
    """Rows that are not in the state as they are."""
    told = hashed(changed, model)
    on = [model.record_id, ROW_HASH]
    known = state.records.select(on).filter(pl.col(model.record_id).is_in(told[model.record_id].implode()))
    return told.join(known, on=on, how="anti", maintain_order="left")


def _orders(state: State) -> pl.DataFrame:
    known = state.edges.filter(pl.col("kind").is_in(list(ORDER_KINDS)))
    return known.select("left_record_id", "right_record_id", pl.col("kind").cast(pl.String))


def _reordered(state: State, told: pl.DataFrame) -> pl.Series:
    """Records whose orders came or went, and all that edges tie to them: an order parts and joins others besides its two."""
    before, on = _orders(state), ["left_record_id", "right_record_id", "kind"]
    moved = pl.concat([before.join(told, on=on, how="anti"), told.select(on).join(before, on=on, how="anti")])
    ends = pl.concat([moved["left_record_id"].rename("record_id"), moved["right_record_id"].rename("record_id")]).unique()
    ties = state.edges.select(on).filter(pl.col("kind").is_in(["matched", "must_link"]))
    reached = 0
    while reached < len(ends):
        reached = len(ends)
        met = ties.filter(pl.any_horizontal(pl.col(one).is_in(ends.implode()) for one in on[:2]))
        ends = pl.concat([ends, *(met[one].rename("record_id") for one in on[:2])]).unique()
    return ends


def _near(state: State, model: IdentityModel, fresh: pl.DataFrame, kept: pl.Series) -> pl.Series:
    """Records of the state that share a key with a fresh one."""
    if fresh.is_empty():
        return pl.Series("record_id", [], dtype=pl.String)
    coded = encode(fresh, model)
    keys = Keys(coded)
    met = np.zeros(len(state.records), dtype=bool)
    for place, rule in enumerate(state.rules):
        made = np.unique(np.concatenate(keys.of_rule(rule)))
        asked = pl.Series(made[made != NO_KEY])
        for name in state.keys.columns:
            if name.startswith(f"{place}/"):
                met |= state.keys[name].is_in(asked.implode()).to_numpy()
    return state.records.filter(kept & pl.Series(met))[model.record_id].rename("record_id")


def _work(state: State, model: IdentityModel, fresh: pl.DataFrame, wanted: pl.Series) -> _Work:
    """Fresh records and those at hand, coded, met and scored by the frozen model."""
    rows = pl.concat([state.records.filter(wanted), fresh.select(state.records.columns)], how="vertical_relaxed").sort(
        model.record_id
    )
    coded = encode(rows, model)
    keys = Keys(coded)
    is_new = coded.ids.is_in(fresh[model.record_id].implode()).to_numpy()
    met = pairs(coded, model, state.rules, keys, new=is_new)
    scorer = Scorer(
        frozen_comparers(coded, state.learned), parameters_of(state.learned, list(coded.fields)), frozenset(model.household)
    )
    seen = patterns(scorer.comparers, met.left, met.right)
    return _Work(coded, keys, is_new, met, seen, scorer.of(seen), scorer)


def _touched(state: State, model: IdentityModel, work: _Work, gone: pl.Series) -> pl.Series:
    """Records to cluster again: fresh ones, and everybody of the persons that an edge, an id, an order or a loss touches."""
    joins = work.scored.match >= model.thresholds.match
    ends = np.concatenate([work.met.left[joins], work.met.right[joins], *_same_ids(model, work)])
    asked = pl.concat([work.coded.ids.gather(np.unique(ends)), gone, work.coded.ids.filter(pl.Series(work.is_new))]).unique()
    people = state.members.filter(pl.col("record_id").is_in(asked.implode()))["person_id"].unique()
    company = state.members.filter(pl.col("person_id").is_in(people.implode()))["record_id"]
    return pl.concat([company, work.coded.ids.filter(pl.Series(work.is_new))]).unique().sort()


def _same_ids(model: IdentityModel, work: _Work) -> list[np.ndarray]:
    """Records at hand that share an id of one person with a new record."""
    found = []
    for name in model.same_person:
        for slot in work.coded.fields[name].slots:
            mine = np.unique(slot[work.is_new & (slot >= 0)])
            found.append(np.flatnonzero(np.isin(slot, mine)))
    return found


def _relinked(
    state: State,
    model: IdentityModel,
    work: _Work,
    fresh: pl.DataFrame,
    kept: pl.Series,
    gone: pl.Series,
    lost: pl.Series,
    touched: pl.Series,
    orders: pl.DataFrame,
    seed: str,
    as_of: date,
) -> Update:
    """The new state."""
    levels = work.seen.levels[work.seen.of_pair]
    made = edge_table(
        work.coded, model, state.rules, work.keys, (work.met.left, work.met.right), levels, work.scored, work.scorer
    )
    is_order = state.edges["kind"].is_in(list(ORDER_KINDS))
    ends_kept = ~(state.edges["left_record_id"].is_in(gone.implode()) | state.edges["right_record_id"].is_in(gone.implode()))
    old = state.edges.filter(ends_kept & ~is_order)
    near = old.filter(pl.col("left_record_id").is_in(touched.implode()))
    local, members, people, tied = _clustered(state, model, work, near, made, kept, touched, orders, seed, as_of)
    key = ["left_record_id", "right_record_id", "kind", "rule"]
    new_ties = tied.join(near.select(key), on=key, how="anti", maintain_order="left")
    fresh_edges = pl.concat([made, new_ties, _standing(state, fresh, gone, orders, model)])
    edges = pl.concat([old, fresh_edges])
    rest = state.members.filter(~pl.col("record_id").is_in(pl.concat([local, gone]).implode()))
    mine = held_by(members, pl.concat([near, fresh_edges.filter(pl.col("left_record_id").is_in(local.implode()))]))
    every = pl.concat([rest, mine.with_columns(household_id=pl.lit(None, pl.String)).select(rest.columns)])
    housed = rehoused(state, every, edges, members, seed)
    records, keys = _merged(state, model, work, fresh, kept)
    after = State(records, keys, state.learned, edges, housed, _alive(state, people, touched))
    counted = pl.DataFrame(
        {"levels": pl.Series(work.seen.levels.astype(np.int8)).cast(pl.List(pl.Int8)), "pairs": work.seen.counts}
    )
    return Update(after, fresh[model.record_id].rename("record_id"), lost, local, counted, work.met.dropped, work.met.rules)


def _alive(state: State, people: pl.DataFrame, touched: pl.Series) -> pl.DataFrame:
    """person_id, created_on of everybody after the day: persons of touched records are those that were made of them."""
    asked = state.members.filter(pl.col("record_id").is_in(touched.implode()))["person_id"].unique()
    return pl.concat(
        [state.people.filter(~pl.col("person_id").is_in(asked.implode())), people.select(state.people.columns).sort("person_id")]
    )


def _standing(state: State, fresh: pl.DataFrame, gone: pl.Series, orders: pl.DataFrame, model: IdentityModel) -> pl.DataFrame:
    """Orders about records that exist, as edges."""
    asked = pl.concat([orders["left_record_id"].rename("record_id"), orders["right_record_id"].rename("record_id")]).unique()
    before = state.records[model.record_id].rename("record_id")
    before = before.filter(before.is_in(asked.implode()))
    alive = pl.concat([before.filter(~before.is_in(gone.implode())), fresh[model.record_id].rename("record_id")])
    known = orders.filter(pl.col("left_record_id").is_in(alive.implode()) & pl.col("right_record_id").is_in(alive.implode()))
    ends = pl.concat([known["left_record_id"], known["right_record_id"]]).unique().sort().rename("record_id")
    named = Records(ends, {}, None, ())
    return order_table(named, ordered_edges(named, known))


def _clustered(
    state: State,
    model: IdentityModel,
    work: _Work,
    old: pl.DataFrame,
    made: pl.DataFrame,
    kept: pl.Series,
    touched: pl.Series,
    orders: pl.DataFrame,
    seed: str,
    as_of: date,
) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Touched records in clusters: their ids, record_id with person_id, person_id with created_on, and edges of one id."""
    coded, place = _narrowed(work.coded, touched)
    told = ordered_edges(coded, orders)
    known = _known(coded, pl.concat([old, made]), work, place, threshold_odds(model))
    comparers = [replace(one, field=coded.fields[one.field.name]) for one in work.scorer.comparers]
    scorer = Scorer(comparers, work.scorer.parameters, work.scorer.shared)
    cluster = clustered(coded, model, with_orders(known, told), scorer)
    cluster, tied = same_person(coded, model, cluster, told, held_by_all(state, model, work.coded, work.keys, work.is_new, kept))
    before = state.members.filter(pl.col("record_id").is_in(touched.implode())).join(state.people, on="person_id")
    names = named_clusters(
        coded, cluster, before.select("record_id", "person_id", "created_on"), seed, as_of, state.people["person_id"]
    )
    return coded.ids, names.select("record_id", "person_id"), names.select("person_id", "created_on").unique(), tied


def _narrowed(coded: Records, wanted: pl.Series) -> tuple[Records, np.ndarray]:
    """Some of the records, and for each record at hand its place among them, -1 where it is not."""
    chosen = np.flatnonzero(coded.ids.is_in(wanted.implode()).to_numpy())
    place = np.full(len(coded), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    return coded.taken(chosen), place


def _known(coded: Records, edges: pl.DataFrame, work: _Work, place: np.ndarray, from_odds: float) -> Edges:
    """Odds, as a group counts them, of pairs among touched records: of kept edges, and of every pair just scored."""
    ids = pl.DataFrame({"id": coded.ids, "place": np.arange(len(coded), dtype=np.int64)})
    scored = edges.filter(pl.col("match").is_not_null())
    both = with_ends(scored, ids, "id")
    odds = log_odds(both["match"].to_numpy())
    odds = in_group(odds, both["weight"].to_numpy(), both["household"].to_numpy(), from_odds)
    left, right = place[work.met.left], place[work.met.right]
    inside = (left >= 0) & (right >= 0)
    scored_now = in_group(work.scored.odds, work.scored.weight, work.scored.household, from_odds)
    now = Edges(left[inside], right[inside], scored_now[inside])
    return with_orders(Edges(both["place"].to_numpy(), both["place_of"].to_numpy(), odds), now)


def _merged(
    state: State, model: IdentityModel, work: _Work, fresh: pl.DataFrame, kept: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and keys of the new state."""
    table = key_table(work.coded, state.rules, work.keys).filter(pl.Series(work.is_new))
    both = [
        pl.concat([state.records.filter(kept), state.keys.filter(kept)], how="horizontal"),
        pl.concat([fresh.select(state.records.columns), table], how="horizontal"),
    ]
    merged = pl.concat(both, how="diagonal_relaxed")
    keys = [one for one in merged.columns if one not in state.records.columns]
    return merged.select(state.records.columns), merged.select(pl.col(keys).fill_null(0))
