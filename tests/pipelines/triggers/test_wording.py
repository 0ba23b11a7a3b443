"""How sentences are filled in."""

import re

import polars as pl
import pytest

from pipelines.triggers import all_triggers
from pipelines.triggers.wording import dollars, sentence_of, short_number, whole_number


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "$0"), (999.49, "$999"), (1000, "$1,000"), (1234567.5, "$1,234,568"), (-1200.4, "-$1,200"), (-100000, "-$100,000")],
)
def test_dollars_are_whole_and_grouped(amount, text):
    assert pl.select(dollars(pl.lit(amount))).item() == text


@pytest.mark.parametrize(("number", "text"), [(3.0, "3"), (13.54, "13.5"), (9, "9"), (0.04, "0"), (-1.26, "-1.3")])
def test_short_numbers_have_one_decimal_at_most(number, text):
    assert pl.select(short_number(pl.lit(number))).item() == text


@pytest.mark.parametrize(("number", "text"), [(23.4, "23"), (12345.6, "12,346"), (-999, "-999"), (0, "0")])
def test_whole_numbers_are_grouped(number, text):
    assert pl.select(whole_number(pl.lit(number))).item() == text


def test_a_sentence_survives_an_unknown_figure():
    frame = pl.DataFrame({"a": [1, None], "b": [2.5, 1e6]})
    assert frame.select(sentence_of("{a} of {b:usd}.")).to_series().to_list() == ["1 of $2.", "unknown of $1,000,000."]


def test_nothing_left_is_today():
    frame = pl.DataFrame({"a": [0, 10, 1]})
    assert frame.select(sentence_of("ends, {a} days")).to_series().to_list() == ["ends, today", "ends, 10 days", "ends, 1 day"]
    assert frame.select(sentence_of("moved, {a} days ago")).to_series().to_list()[:2] == ["moved, today", "moved, 10 days ago"]
    assert frame.select(sentence_of("owed, {a} months left")).to_series()[0] == "owed, less than a month left"


def test_an_optional_part_is_left_out_where_a_figure_is_unknown():
    frame = pl.DataFrame({"a": [1, None], "b": [2, 3]})
    assert frame.select(sentence_of("{b} days[, {a} of {b} visits], so")).to_series().to_list() == [
        "2 days, 1 of 2 visits, so",
        "3 days, so",
    ]


@pytest.mark.parametrize("trigger", all_triggers().values(), ids=lambda one: one.name)
def test_sentences_read_well_for_one_and_for_many(trigger):
    many = trigger.example_sentence
    assert "{" not in many and "[" not in many and "unknown" not in many and "None" not in many
    numbers = {name: 1 for name, value in trigger.example.items() if isinstance(value, int | float)}
    one = str(pl.DataFrame([{**trigger.example, **numbers}]).select(sentence_of(trigger.sentence)).item())
    assert not re.search(r"(?<![\d.,$])1 (\w+ )?(days|months|years|visits|miles)\b", one), one
    nothing = pl.DataFrame([{**trigger.example, **dict.fromkeys(trigger.example)}]).select(sentence_of(trigger.sentence)).item()
    assert nothing and "None" not in nothing and "null" not in nothing
