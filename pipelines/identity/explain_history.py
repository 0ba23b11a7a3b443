"""What became of a person id: retired ids followed to the living person, and every event of the id in words.

Events are those of the table id_event over all days. Only ids, records, rules and days are told. The
records whose edge caused an event are named where the event has them (left_record_id, right_record_id).
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

HISTORY = pl.Schema(
    {
        "on_day": pl.Date(),
        "kind": pl.String(),
        "person_id": pl.String(),
        "other_person_id": pl.String(),
        "record_id": pl.String(),
        "rule": pl.String(),
        "told": pl.String(),
    }
)
KINDS = ("create", "split", "absorb", "move", "merge", "manual", "retire")  # in the order they are told of one day
CREATED = "created"  # the rule of a record that no edge ties to another


@dataclass(frozen=True)
class Standing:
    """Where an id stands. `living` is None where no person is left; `retired` tells each step from `asked` to it."""

    asked: str
    living: str | None
    retired: tuple[str, ...]


def standing(person_id: str, alive: Collection[str], events: pl.DataFrame) -> Standing:
    """Follow an id through the persons it was retired into."""
    retired = _retirements(events)
    steps: list[str] = []
    seen, now = {person_id}, person_id
    while now not in alive and now in retired:
        step = retired[now]
        steps.append(str(step["told"]))
        heir = step["other_person_id"]
        if heir is None or heir in seen:
            return Standing(person_id, None, tuple(steps))
        seen.add(heir)
        now = heir
    return Standing(person_id, now if now in alive else None, tuple(steps))


def history(person_id: str, events: pl.DataFrame) -> pl.DataFrame:
    """Every event of an id and of all ids that were retired into it, oldest first, with a sentence (told) for each."""
    family = _family(person_id, events)
    is_theirs = pl.col("person_id").is_in(family) | pl.col("other_person_id").is_in(family)
    return _in_words(events.filter(is_theirs))


def history_of_record(record_id: str, events: pl.DataFrame) -> pl.DataFrame:
    """Every event that names a record, oldest first, in words."""
    return _in_words(events.filter(pl.col("record_id") == record_id))


def _retirements(events: pl.DataFrame) -> dict[str, dict[str, str]]:
    """The last retirement of each id."""
    told = _in_words(events.filter(pl.col("kind").cast(pl.String) == "retire"))
    return {row["person_id"]: row for row in told.iter_rows(named=True)}


def _family(person_id: str, events: pl.DataFrame) -> list[str]:
    """The id and all that were retired into it, at first or at second hand."""
    retired = events.filter(pl.col("kind").cast(pl.String) == "retire").select("person_id", "other_person_id")
    family, fresh = {person_id}, [person_id]
    while fresh:
        lost = retired.filter(pl.col("other_person_id").is_in(fresh))["person_id"].to_list()
        fresh = sorted(set(lost) - family)
        family.update(fresh)
    return sorted(family)


def _in_words(events: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("kind").cast(pl.String)
    ordered = events.with_columns(
        kind=kind, place=kind.replace_strict({one: i for i, one in enumerate(KINDS)}, default=len(KINDS))
    )
    ordered = ordered.sort("on_day", "place", "person_id", "other_person_id", "record_id")
    sentences = [_sentence(row) for row in ordered.iter_rows(named=True)]
    return ordered.with_columns(told=pl.Series(sentences, dtype=pl.String)).select(HISTORY.names()).cast(HISTORY)


def _sentence(event: dict[str, str]) -> str:
    """One event as a sentence."""
    person, other, record = event["person_id"], event["other_person_id"], event["record_id"]
    said = {
        "create": f"{person} was created" + (f" from {record}" if record else ""),
        "absorb": f"{person} took in {record}",
        "move": f"{record} moved from {other} to {person}",
        "split": f"{person} was split from {other}",
        "merge": f"{other} was merged into {person}",
        "retire": f"{person} was retired into {other}" if other else f"{person} was retired, since none of its records is left",
        "manual": f"a steward changed {person}" + (f" and {other}" if other and other != person else ""),
    }
    kind, rule = event["kind"], event["rule"]
    cause = f" by {rule}" if rule and rule != CREATED else ""
    ends = (event.get("left_record_id"), event.get("right_record_id"))
    cause += f" ({ends[0]} and {ends[1]})" if cause and all(ends) else ""
    return f"{said.get(kind, f'{person}: {kind}')} on {event['on_day']}{cause}"
