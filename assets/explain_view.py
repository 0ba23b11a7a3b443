"""From ids to explanations: which person or pair is meant, its evidence, and the values behind it only where asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from assets.explain_source import ExplainError, Source
from pipelines.identity.explain import Explanation, explain_pair
from pipelines.identity.explain_edges import EXPLAINED, explain_frame, values_of
from pipelines.identity.explain_history import history_of_record
from pipelines.identity.explain_person import PersonExplanation, explain_person
from pipelines.identity.explain_verdict import Placed, placed, verdict

MOST_PAIRS = 12  # links of a person that are drawn; all are in --table

Values = dict[str, dict[str, str]]


@dataclass(frozen=True)
class PairView:
    """Two records explained. `values` is None unless they were asked for."""

    ends: tuple[str, str]
    told: Explanation | None
    place: Placed
    said: str
    history: pl.DataFrame
    values: Values | None


@dataclass(frozen=True)
class PersonView:
    """A person explained, with the evidence of the links that hold it, the weakest first."""

    told: PersonExplanation
    pairs: tuple[Explanation, ...]
    values: Values | None


def pair_view(source: Source, first: str, second: str, *, with_values: bool) -> PairView:
    """Explain two records. Raises ExplainError where one is unknown, or both are one."""
    for one in (first, second):
        if source.members.filter(pl.col("record_id") == one).is_empty():
            raise ExplainError(one, "no such record", "two record ids, or one id of a person or record")
    if first == second:
        raise ExplainError(first, "the same record twice", "two records")
    ends = (min(first, second), max(first, second))
    told = evidence(source, [ends])
    place = placed(*ends, source.members, source.edges)
    history = pl.concat([history_of_record(one, source.events) for one in ends]).sort("on_day", maintain_order=True)
    said = verdict(place, told[0] if told else None, source.model)
    return PairView(ends, told[0] if told else None, place, said, history, values(source, ends) if with_values else None)


def person_view(source: Source, asked: str, *, with_values: bool) -> PersonView:
    """Explain a person by its id, by one that was retired into it, or by one of its records. Raises ExplainError."""
    owner = source.members.filter(pl.col("record_id") == asked)["person_id"]
    person_id = owner[0] if len(owner) else asked
    told = explain_person(person_id, source.members, source.edges, source.events)
    if told.members.is_empty() and told.history.is_empty():
        raise ExplainError(asked, "neither a person nor a record", "the id of a person, living or retired, or of a record")
    records = told.members["record_id"].to_list()
    shown = values(source, records) if with_values and records else None
    return PersonView(told, tuple(evidence(source, _weakest_links(told))), shown)


def evidence(source: Source, pairs: Sequence[tuple[str, str]]) -> list[Explanation]:
    """Explanations of pairs of records; none where no model was learned, or the model does not see one of them."""
    if source.model is None or source.learned is None or not pairs:
        return []
    key, records = source.model.record_id, source.records(sorted({one for pair in pairs for one in pair}))
    named = records.with_columns(pl.col(key).cast(pl.String))
    found = [named.filter(pl.col(key).is_in(list(pair))) for pair in pairs]
    return [explain_pair(one, source.model, source.learned) for one in found if len(one) == 2]


def evidence_table(source: Source, edges: pl.DataFrame) -> pl.DataFrame:
    """explain_frame of edges, with frequency bits; empty where no model was learned."""
    scored = edges.filter(pl.col("levels").is_not_null())
    if source.model is None or source.learned is None or scored.is_empty():
        return EXPLAINED.to_frame()
    ends = sorted({*scored["left_record_id"], *scored["right_record_id"]})
    return explain_frame(scored, source.learned, source.records(ends), source.model)


def pair_table(told: Explanation) -> pl.DataFrame:
    """One pair in the shape of explain_frame."""
    ends = (pl.lit(told.left_record_id).alias("left_record_id"), pl.lit(told.right_record_id).alias("right_record_id"))
    return told.steps.select(*ends, "field", "level", "label", "match_bits", "frequency_bits").cast(EXPLAINED)


def values(source: Source, ids: Sequence[str]) -> Values | None:
    """What is compared, by record and field. Personal data: only for the eye of who asked for it."""
    if source.model is None:
        return None
    told: Values = {}
    for record, field, value in values_of(source.records(sorted(ids)), source.model).iter_rows():
        told.setdefault(record, {})[field] = value
    return told


def _weakest_links(told: PersonExplanation) -> list[tuple[str, str]]:
    """Scored links of the strongest ways, the weakest first."""
    steps = {(min(pair), max(pair)) for way in told.paths["path"].to_list() for pair in pairwise(way)}
    scored = told.inside.filter(pl.col("match").is_not_null()).sort("match", "left_record_id", "right_record_id")
    ordered = [(row["left_record_id"], row["right_record_id"]) for row in scored.iter_rows(named=True)]
    return [pair for pair in dict.fromkeys(ordered) if pair in steps][:MOST_PAIRS]
