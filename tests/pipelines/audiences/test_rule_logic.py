"""What can never hold and what always holds, against every row of a small world."""

import itertools

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings

from pipelines.audiences.compile import Compiler
from pipelines.audiences.rule_checks import check_audience, check_condition, idle_exclusions
from pipelines.audiences.rule_domains import Domains
from pipelines.audiences.rule_logic import NT, Logic, T
from pipelines.audiences.rule_text import parse_expression
from pipelines.audiences.rules import candidate_columns, check_expression
from schemas.policy.audiences import Condition
from tests.audience_world import AS_OF, audience
from tests.pipelines.audiences.rule_texts import EXPRESSIONS

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
