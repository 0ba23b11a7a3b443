"""Any text as a rule: only expressions over one row get through."""

import atexit
from functools import cache

import duckdb
import polars as pl
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from pipelines.audiences.compile import Compiler
from pipelines.audiences.rules import candidate_columns, check_expression
from schemas.tables.traits import CANDIDATE
from tests.audience_world import AS_OF, audience
from tests.pipelines.audiences.rule_texts import EXPRESSIONS

COLUMNS = candidate_columns()


WORDS = st.one_of(
    st.sampled_from(sorted(COLUMNS)),
    st.sampled_from(
        [
            "and",
            "or",
            "not",
            "in",
            "between",
            "like",
            "is",
            "null",
            "case",
            "when",
            "then",
            "else",
            "end",
            "(",
            ")",
            "[",
            "]",
            ",",
            ";",
            ".",
            "--",
            "/*",
            "*/",
            "'",
            '"',
            "$days",
            "?",
            "::",
            "1",
            "0.5",
            "'hot'",
            "=",
            "<>",
            "<",
            ">",
            "+",
            "-",
            "*",
            "/",
            "%",
            "||",
            "->",
            "select",
            "from",
            "union",
            "candidate",
            "read_csv('x')",
            "copy",
            "attach",
            "pragma",
            "current_date",
            "date_diff",
            "coalesce",
            "list_contains",
            "lambda",
            "x",
            "true",
            "exists(select",
            "1)",
            "interval",
            "'1'",
            "day",
            "cast",
            "as",
            "int",
            "date",
            "max",
            "getenv('HOME')",
            "{fn}",
            "E'\\n'",
            "$$x$$",
            "U&'\\0041'",
            ";",
            "drop",
            "table",
            "candidate",
        ]
    ),
    st.text(max_size=6),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_every_string_is_refused_or_becomes_a_predicate_over_one_row(text: str) -> None:
    _is_refused_or_harmless(text)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_sound_strings_run(text: str) -> None:
    _is_refused_or_harmless(text)


def _is_refused_or_harmless(text: str) -> None:
    if check_expression(text, COLUMNS, {"days": 3.0}):
        return
    compiler = Compiler(audience("a", "loyalty", {"name": "rule", "when": text}, parameters={"days": 3.0}), AS_OF)
    predicate = compiler.predicate(compiler.audience.rules)
    (tree,) = sqlglot.parse(f"SELECT {predicate} AS met FROM candidate", read="duckdb")
    assert tree is not None and len(list(tree.find_all(exp.Query))) == 1
    assert not list(tree.find_all(exp.Anonymous, exp.Command, exp.DDL, exp.DML))
    query = f"SELECT {predicate} AS met FROM candidate CROSS JOIN radius"
    assert _closed().execute(query, compiler.bound).description[0][1] == "BOOLEAN"


@cache
def _closed() -> duckdb.DuckDBPyConnection:
    """A database without a way out, with an empty table of candidates."""
    connection = duckdb.connect(config={"enable_external_access": False})
    atexit.register(connection.close)
    connection.register("candidate", CANDIDATE.schema.create_empty())
    connection.register("radius", pl.DataFrame(schema={"radius_miles": pl.Float64, "in_whole_market": pl.Boolean}))
    return connection


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("is_staff -- me", "it holds a comment of SQL; put remarks behind `#`, outside of the quotes"),
        ("is_staff /* or not */", "it holds a comment of SQL; put remarks behind `#`, outside of the quotes"),
        ("-- nothing", "it holds a comment of SQL; put remarks behind `#`, outside of the quotes"),
        ("is_staff;", "it ends with `;`; a rule is one expression, without a semicolon"),
        (
            "(" * 60 + "is_staff" + ")" * 60,
            "it is nested more than 40 deep; split it into named conditions under all, any and none",
        ),
        ("not " * 60 + "is_staff", "it is nested more than 40 deep; split it into named conditions under all, any and none"),
        ("is_staff or " * 300 + "is_staff", "it has 3,608 characters; at most 2,000: split it into named conditions"),
    ],
)
def test_texts_that_are_no_expression(expression: str, sentence: str) -> None:
    assert check_expression(expression, COLUMNS, {}) == [sentence]
