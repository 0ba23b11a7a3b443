"""What a trigger is: a query for who is concerned, the numbers it takes, and the sentence that says why.

Which triggers run, and with which numbers, is policy; when they began is trigger_event. Words are in wording.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.engine import Engine, Value, query_text
from pipelines.step import Input
from pipelines.triggers.wording import sentence_of

SUBJECT = ("person_id", "vin", "rooftop_id", "due_on")
FIRED = (*SUBJECT, "evidence", "sentence")


@dataclass(frozen=True)
class Parameter:
    """A number that policy triggers.yaml gives to a trigger, with its unit and the range in which it makes sense."""

    name: str
    unit: str
    meaning: str
    low: float
    high: float


@dataclass(frozen=True)
class Trigger:
    """One trigger, declared in the module of its name.

    `takes` are the numbers that policy triggers.yaml gives, bound in the .sql beside as $name; $as_of and $life_event_days
    are there too. `reads` are the tables that the query names; the frame conquest_make(brand, make) is there for
    all. The query yields person_id, vin (empty where it is about the person), rooftop_id, due_on and then the evidence.
    `sentence` is filled from those columns as wording.sentence_of says; `example` fills it for the catalogue.
    `is_of_competitor`: it is about a vehicle of a make that a brand can win from, and concerns the brands that can.
    """

    name: str
    title: str
    meaning: str
    sentence: str
    example: Mapping[str, object]
    reads: tuple[Input, ...]
    takes: tuple[Parameter, ...] = ()
    is_of_competitor: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the numbers it takes."""
        return tuple(one.name for one in self.takes)

    @property
    def query(self) -> str:
        """The text of the trigger's .sql file."""
        return query_text("pipelines.triggers", self.name)

    @property
    def example_sentence(self) -> str:
        """The sentence, filled with the example's figures."""
        return str(pl.DataFrame([dict(self.example)]).select(sentence_of(self.sentence)).item())

    def fire(self, engine: Engine, as_of: date, numbers: Mapping[str, Value]) -> pl.DataFrame:
        """Who it concerns on the day: the columns of FIRED, evidence as JSON with sorted keys.

        MissingParameterError where the query names a number that `numbers` lacks.
        """
        given: dict[str, Value] = {**numbers, "as_of": as_of}
        named = sorted(set(re.findall(r"\$(\w+)", self.query)))
        missing = [name for name in named if name not in given]
        if missing:
            raise MissingParameterError(self.name, missing)
        found = engine.sql(self.query, **{name: given[name] for name in named})
        evidence = sorted(set(found.columns) - set(SUBJECT))
        as_json = pl.struct(evidence).struct.json_encode() if evidence else pl.lit("{}")
        return found.with_columns(evidence=as_json, sentence=sentence_of(self.sentence)).select(FIRED)


class MissingParameterError(Exception):
    """A trigger's query names numbers that policy does not give."""

    def __init__(self, trigger: str, names: list[str]) -> None:
        self.trigger = trigger
        self.names = names
        super().__init__(f"trigger {trigger} needs {', '.join(names)}: give it under parameters in triggers.yaml")
