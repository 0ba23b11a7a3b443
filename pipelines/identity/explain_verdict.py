"""What became of a pair, in a sentence: the clusters and a steward may say otherwise than the pair's own posterior."""

from dataclasses import dataclass

import polars as pl

from pipelines.identity.explain import Explanation
from schemas.identity_model import IdentityModel


@dataclass(frozen=True)
class Placed:
    """Where the two records of a pair are: their persons, what a steward ordered about the pair, and its edges.

    persons, households: of the left and the right record; None where not known. order: must_link, must_not_link or None.
    rules: rules of the edges between them that carry no score, such as one id or a login.
    """

    persons: tuple[str | None, str | None]
    households: tuple[str | None, str | None]
    order: str | None
    rules: tuple[str, ...]

    @property
    def is_one_person(self) -> bool:
        """Whether both records are of one person."""
        return self.persons[0] is not None and self.persons[0] == self.persons[1]

    @property
    def is_one_household(self) -> bool:
        """Whether both are of one household."""
        return self.households[0] is not None and self.households[0] == self.households[1]


def placed(left: str, right: str, members: pl.DataFrame, edges: pl.DataFrame) -> Placed:
    """Where two records are, by the members and edges of everybody."""
    told = {row["record_id"]: row for row in members.filter(pl.col("record_id").is_in([left, right])).iter_rows(named=True)}
    ends = (told.get(left, {}), told.get(right, {}))
    is_pair = (pl.col("left_record_id") == min(left, right)) & (pl.col("right_record_id") == max(left, right))
    between = edges.filter(is_pair).sort("rule").with_columns(pl.col("kind").cast(pl.String))
    orders = between.filter(pl.col("kind").is_in(["must_link", "must_not_link"]))["kind"].to_list()
    plain = between.filter(pl.col("kind") == "matched")
    plain = plain.filter(pl.col("match").is_null()) if "match" in plain.columns else plain
    return Placed(
        persons=(ends[0].get("person_id"), ends[1].get("person_id")),
        households=(ends[0].get("household_id"), ends[1].get("household_id")),
        order=max(orders, default=None),
        rules=tuple(plain["rule"].unique(maintain_order=True)),
    )


def verdict(place: Placed, told: Explanation | None, model: IdentityModel | None) -> str:
    """What became of the pair and why. `told` is None where no model was learned."""
    if place.order == "must_link" and place.is_one_person:
        return "One person: a steward ordered it."
    if place.order == "must_not_link" and not place.is_one_person:
        return "Two persons: a steward ordered it."
    is_match = told is not None and model is not None and told.match >= model.thresholds.match
    return _joined(place, is_match) if place.is_one_person else _apart(place, told, is_match)


def _joined(place: Placed, is_match: bool) -> str:
    if is_match:
        return "One person: the two records match."
    if place.rules:
        return f"One person: by {', '.join(place.rules)}, whatever the fields say."
    return "One person, held together by other records: these two alone would not be."


def _apart(place: Placed, told: Explanation | None, is_match: bool) -> str:
    if told is not None and not told.is_allowed:
        return "Two persons: the model does not let these records be one (their source, or a column of never_across)."
    if is_match:
        return "Two persons, though the two records match: the other records of the group speak against it."
    if place.is_one_household:
        return "Two persons of one household."
    return "Two persons."
