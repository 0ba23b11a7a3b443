"""What a trigger is: a query for who is concerned, the numbers it takes, and the sentence that says why.

Which triggers run, and with which numbers, is policy; when they began is trigger_event.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.engine import Engine, Value, query_text
from pipelines.normalise.singular import singular

SUBJECT = ("person_id", "vin", "rooftop_id", "due_on")
FIRED = (*SUBJECT, "evidence", "sentence")

_FIELD = re.compile(r"\{(\w+)(:usd)?\}")


@dataclass(frozen=True)
class Trigger:
    """One trigger, declared in the module of its name.

    `parameters` are the numbers that policy triggers.yaml gives, bound in the .sql beside as $name; $as_of and
    $life_event_days are there too. The query yields person_id, vin (empty where it is about the person), rooftop_id,
    due_on and then the evidence. `sentence` is filled from those columns: {name}, or {name:usd} for whole dollars.
    """

    name: str
    title: str
    sentence: str
    parameters: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The text of the trigger's .sql file."""
        return query_text("pipelines.triggers", self.name)

    def fire(self, engine: Engine, as_of: date, numbers: Mapping[str, float]) -> pl.DataFrame:
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


def sentence_of(template: str) -> pl.Expr:
    """The template filled in from the columns it names; a column without a value reads `unknown`."""
    parts: list[pl.Expr] = []
    end = 0
    for field in _FIELD.finditer(template):
        parts += [pl.lit(template[end : field.start()]), _worded(field.group(1), is_money=field.group(2) is not None)]
        end = field.end()
    return singular(pl.concat_str([*parts, pl.lit(template[end:])]))


def _worded(name: str, *, is_money: bool) -> pl.Expr:
    text = dollars(pl.col(name)) if is_money else pl.col(name).cast(pl.String)
    return text.fill_null("unknown")


def dollars(amount: pl.Expr) -> pl.Expr:
    """US dollars rounded to whole ones, as $12,345 or -$1,200."""
    whole = amount.cast(pl.Float64).round(0).cast(pl.Int64)
    grouped = (
        whole.abs().cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,").str.reverse().str.strip_chars_start(",")
    )
    sign = pl.when(whole < 0).then(pl.lit("-$")).otherwise(pl.lit("$"))
    return pl.concat_str([sign, grouped])
