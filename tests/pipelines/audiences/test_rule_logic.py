"""What can never hold and what always holds, against every row of a small world; and that only expressions get through."""

import itertools
from collections.abc import Iterator

import duckdb
import polars as pl
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from pipelines.audiences.compile import Compiler
from pipelines.audiences.rule_checks import check_audience, check_condition, idle_exclusions
from pipelines.audiences.rule_domains import Domains
from pipelines.audiences.rule_logic import NT, Logic, T
from pipelines.audiences.rule_text import parse_expression
from pipelines.audiences.rules import candidate_columns, check_expression
from schemas.policy.audiences import Condition
from schemas.tables.traits import CANDIDATE
from tests.audience_world import AS_OF, audience

COLUMNS = candidate_columns()
NAMED = Domains({"triggers": ("lease_end", "service_due"), "brand": ("lux", "vol1")})
NEVER = {
    "below the least": ("distance_miles < 0", "no row can meet `distance_miles < 0`; `distance_miles` runs from 0 to 12500"),
    "above the most": ("rfm_score > 5", "no row can meet `rfm_score > 5`; `rfm_score` runs from 0 to 5"),
    "no such tier": ("intent_tier = 'burning'", "`intent_tier` is never 'burning'; known are cold, hot, warm"),
    "misspelt value": ("service_state in ('at_risk', 'laspsed')", "`service_state` is never 'laspsed'; did you mean `lapsed`?"),
    "wrong case": ("intent_tier = 'Hot'", "`intent_tier` is never 'Hot'; did you mean `hot`?"),
    "no such trigger": (
        "list_contains(triggers, 'lease_ends')",
        "`triggers` is never 'lease_ends'; did you mean `lease_end`?",
    ),
    "no such brand": ("brand = 'luxury'", "`brand` is never 'luxury'; did you mean `lux`?"),
    "between two whole numbers": ("touches_30d > 5 and touches_30d < 6", "no row can meet `touches_30d > 5 AND touches_30d < 6`"),
    "a value and its denial": ("has_email and not has_email", "no row can meet `has_email AND NOT has_email`"),
    "unknown and known": (
        "lease_days_left is null and lease_days_left < 30",
        "no row can meet `lease_days_left IS NULL AND lease_days_left < 30`",
    ),
    "two ways at once": (
        "(touches_30d < 3 or touches_30d > 9) and touches_30d between 4 and 8",
        "no row can meet `(touches_30d < 3 OR touches_30d > 9) AND touches_30d BETWEEN 4 AND 8`",
    ),
    "dates": (
        "lease_ends_on < '2026-01-01' and lease_ends_on > '2027-01-01'",
        "no row can meet `lease_ends_on < '2026-01-01' AND lease_ends_on > '2027-01-01'`",
    ),
    "always": (
        "touches_30d >= 0",
        "every row meets `touches_30d >= 0`; `touches_30d` is never below 0 and is never unknown",
    ),
    "one or the other": ("is_staff or not is_staff", "every row meets `is_staff OR NOT is_staff`"),
    "never unknown": ("intent_tier is not null", "every row meets `NOT intent_tier IS NULL`; `intent_tier` is never unknown"),
}


@pytest.mark.parametrize(("expression", "sentence"), NEVER.values(), ids=NEVER.keys())
def test_what_can_never_hold_or_always_holds_is_told(expression: str, sentence: str) -> None:
    assert check_expression(expression, COLUMNS, {}, domains=NAMED)[:1] == [sentence]


@pytest.mark.parametrize(
    "expression",
    [
        "distance_miles >= 0",  # it says that the distance is known
        "lease_days_left is null or lease_days_left < 0",
        "touches_30d > 5 or touches_30d < 6 and is_staff",
        "coalesce(distance_miles, 0) <= 20",
        "not (lease_days_left between 0 and 183)",
        "lease_miles_pace > 1 and lease_miles_pace < 1.1",
    ],
)
def test_what_can_hold_and_fail_is_left_alone(expression: str) -> None:
    assert check_expression(expression, COLUMNS, {}, domains=NAMED) == []


def test_exclusions_that_leave_nobody_or_exclude_nobody() -> None:
    few = {"name": "few", "when": "touches_30d between 1 and 5"}
    over = audience("a", "loyalty", few, exclusions=[{"name": "any_touch", "when": "touches_30d > 0"}])
    assert check_audience(over) == ["exclusions[0]: nobody is left: whoever meets the rules is excluded by `any_touch`"]
    halves = [{"name": "low", "when": "touches_30d < 3"}, {"name": "high", "when": "touches_30d >= 3"}]
    together = audience("a", "loyalty", few, exclusions=halves)
    assert check_audience(together) == ["exclusions: nobody is left: the exclusions together exclude whoever meets the rules"]
    idle = audience("a", "loyalty", few, exclusions=[{"name": "many", "when": "touches_30d > 9"}])
    assert check_audience(idle) == []
    assert [path for path, _ in idle_exclusions(idle, Domains())] == [("exclusions", 0)]


def test_nests_that_nobody_or_everybody_meets() -> None:
    def nest(key: str, *whens: str) -> Condition:
        return Condition.model_validate({key: [{"name": f"n{at}", "when": when} for at, when in enumerate(whens)]})

    assert check_condition(nest("any", "is_staff", "not is_staff"), COLUMNS, {}) == [
        "every row meets this `any`: it selects nobody from anybody"
    ]
    assert check_condition(nest("none", "is_staff", "not is_staff"), COLUMNS, {}) == [
        "no row can meet this `none`: its members exclude each other"
    ]
    three = nest("all", "touches_30d in (1, 2)", "touches_30d in (2, 3)", "touches_30d in (1, 3)")
    assert check_condition(three, COLUMNS, {}) == ["no row can meet this `all`: its members exclude each other"]


# A world small enough to hold every row: two whole numbers, one of them possibly unknown, a flag that may be unknown.
WORLD = pl.DataFrame(
    list(itertools.product(range(5), [None, *range(-2, 4)], [None, True, False], ["hot", "warm", "cold"])),
    schema={"touches_30d": pl.Int64, "lease_days_left": pl.Int64, "is_out_of_warranty": pl.Boolean, "intent_tier": pl.String},
    orient="row",
)
NUMBERS = st.integers(0, 3)
ATOMS = st.one_of(
    st.builds("touches_30d {} {}".format, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS),
    st.builds("lease_days_left {} {}".format, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS),
    st.builds("{} > lease_days_left".format, NUMBERS),
    st.builds("lease_days_left between {} and {}".format, NUMBERS, NUMBERS),
    st.builds("coalesce(lease_days_left, {}) <= {}".format, NUMBERS, NUMBERS),
    st.sampled_from(
        ["lease_days_left is null", "is_out_of_warranty", "is_out_of_warranty is false", "lease_days_left < touches_30d"]
    ),
    st.builds("intent_tier in ('{}', '{}')".format, *[st.sampled_from(["hot", "warm", "cold"])] * 2),
    st.builds("intent_tier <> '{}'".format, st.sampled_from(["hot", "warm", "cold"])),
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_what_is_called_impossible_is_met_by_no_row(expression: str) -> None:
    """The other way round a row may lie outside of the small world, so possible is only believed where a row is."""
    logic = Logic(Domains(), {}, parse_expression)
    tree = parse_expression(expression)
    met = f"coalesce({tree.sql(dialect='duckdb')}, FALSE)"
    with duckdb.connect() as connection:
        connection.register("world", WORLD)
        found = connection.execute(f"SELECT bool_or({met}), bool_and({met}) FROM world").fetchone()
    assert found is not None
    assert logic.can(tree, T) or not found[0]
    assert logic.can(tree, NT) or found[1]


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
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        connection.register("candidate", pl.DataFrame(schema={name: one.dtype for name, one in _columns()}))
        connection.register("radius", pl.DataFrame(schema={"radius_miles": pl.Float64, "in_whole_market": pl.Boolean}))
        query = f"SELECT {predicate} AS met FROM candidate CROSS JOIN radius"
        assert connection.execute(query, compiler.bound).description[0][1] == "BOOLEAN"


def _columns() -> Iterator[tuple[str, pl.DataType]]:
    yield from ((name, one) for name, one in CANDIDATE.schema.columns().items())


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


def test_the_most_specific_place_decides_a_parameter() -> None:
    by = {"brand": {"lux": {"miles": 10}}, "market": {"m1": {"miles": 20}}, "rooftop": {"R02": {"miles": 40}}}
    one = audience("a", "conquest", "distance_miles <= $miles", parameters={"miles": 5}, parameters_by=by)
    rows = {
        ("vol1", "m2", "R01"): 5,
        ("lux", "m2", "R01"): 10,
        ("lux", "m1", "R01"): 20,
        ("lux", "m1", "R02"): 40,
        (None, None, None): 5,
    }
    frame = pl.DataFrame(list(rows), schema=["brand", "market", "rooftop_id"], orient="row")
    compiler = Compiler(one, AS_OF)
    sql = compiler.expression("$miles")
    with duckdb.connect() as connection:
        connection.register("candidate", frame.with_row_index("position"))
        found = connection.execute(f"SELECT {sql} FROM candidate ORDER BY position", compiler.bound).fetchall()
    assert [value for (value,) in found] == list(rows.values())
