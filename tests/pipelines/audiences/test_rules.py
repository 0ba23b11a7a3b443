"""The rule language: what is refused, with which sentence, and what passes."""

import pytest

from pipelines.audiences.rule_checks import check_audience, check_condition
from pipelines.audiences.rules import (
    candidate_columns,
    check_expression,
    check_template,
    expression_columns,
)
from schemas.policy.audiences import Condition
from tests.audience_world import audience

COLUMNS = candidate_columns()
PARAMETERS = {"points": 20, "months": 6.0, "state_code": "NC"}

BROKEN = {
    "unknown column": ("distance_mile < 3", "`distance_mile` is not a candidate column; did you mean `distance_miles`?"),
    "unknown parameter": ("intent_score > $point", "`$point` is not a parameter of this audience; did you mean `points`?"),
    "text with number": ("intent_tier = 3", "`intent_tier` is text and `3` is an integer; they cannot be compared"),
    "number with text": ("touches_30d > 'many'", "`touches_30d` is an integer and `'many'` is text; they cannot be compared"),
    "date with words": (
        "lease_ends_on > 'soon'",
        "`lease_ends_on` is a date and `'soon'` is text; they cannot be compared; a day is written as '2027-01-31', in quotes, "
        "or as `$as_of + 30`",
    ),
    "empty range": (
        "touches_30d > 5 and touches_30d < 3",
        "no row can meet `touches_30d > 5` and `touches_30d < 3`; the range that is left of `touches_30d` is empty",
    ),
    "empty between": (
        "touches_30d between 5 and 2",
        "no row can meet `touches_30d BETWEEN 5 AND 2`; the range that is left of `touches_30d` is empty",
    ),
    "two values": (
        "state = 'TX' and state in ('CA', 'NC')",
        "no row can meet `state = 'TX'` and `state IN ('CA', 'NC')`; the range that is left of `state` is empty",
    ),
    "constant": (
        "$points > 3",
        "`$points > 3` is constant: it names no candidate column, so it holds for everybody or for nobody",
    ),
    "itself": ("touches_30d = touches_30d", "`touches_30d = touches_30d` compares `touches_30d` with itself"),
    "statement": ("drop table candidate", "`drop` begins a statement; a rule is one expression that is true or false"),
    "query": ("select 1", "`select` begins a statement; a rule is one expression that is true or false"),
    "two statements": ("is_staff; select 1", "it holds 2 statements separated by `;`; a rule is one expression"),
    "subquery": (
        "zip in (select zip from person)",
        "a rule may not contain a query; it is one expression over the row of one candidate",
    ),
    "aggregate": ("max(touches_30d) > 3", "function `max` is not allowed in rules; known are "),
    "file": ("read_csv('/etc/passwd') is null", "function `read_csv` is not allowed in rules; known are "),
    "clock": ("current_date > lease_ends_on", "function `current_date` is not allowed in rules; known are "),
    "misspelt function": (
        "date_dif('day', lease_ends_on, $as_of) > 3",
        "function `date_dif` is not allowed in rules; did you mean `date_diff`?",
    ),
    "a number": ("touches_30d", "`touches_30d` yields integer; it must be true or false, for example `touches_30d > 0`"),
    "number as flag": ("is_staff and touches_30d", "`touches_30d` is an integer; each side of `and` must be a flag"),
    "list as text": ("triggers = 'lease_end'", "`triggers` is a list and `'lease_end'` is text; they cannot be compared"),
    "foreign table": ("person.state = 'TX'", "`person.state` names a table; rules name only candidate columns, such as `state`"),
    "empty": (" ", "it is empty; expected a condition such as `vdp_views_30d >= 3`"),
    "torn": ("touches_30d >", "it cannot be read as an SQL expression near `>`: Required keyword: 'expression' missing"),
    "half days": ("lease_ends_on < $as_of + 1.5", "`1.5` is a number; what is added to a date must be a whole number of days"),
    "bare place": ("touches_30d > ?", "a bare `?` is not a parameter of this audience; "),
}

SOUND = [
    "distance_miles <= $radius_miles or $in_whole_market",
    "lease_days_left between 0 and 183",
    "lease_ends_on - $as_of < 30",
    "date_diff('day', $as_of, lease_ends_on) < $points",
    "lease_ends_on < '2027-01-01' and lease_ends_on >= date '2026-01-01'",
    "next_appointment_on < $as_of + 30",
    "list_contains(triggers, 'lease_end') or list_has_any(triggers, ['equity', 'trade_cycle'])",
    "'lease_end' in triggers",
    "intent_tier in ('hot', 'warm') and not is_staff",
    "coalesce(months_since_sale, 99) > $months",
    "state = $state_code and starts_with(zip, '28')",
    "case when is_customer then touches_30d > 1 else touches_30d > 3 end",
    "is_out_of_warranty is true and equity_low is not null",
    "top_brand = brand",
    "(touches_30d > 5 or touches_30d < 3) and has_email",
    "round(equity_mid / 1000, 1) >= 2.5 and touches_30d % 2 = 0",
]


@pytest.mark.parametrize(("expression", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_refused_with_a_sentence(expression: str, sentence: str) -> None:
    found = check_expression(expression, COLUMNS, PARAMETERS)
    assert len(found) == 1
    assert found[0] == sentence or (sentence.endswith(" ") and found[0].startswith(sentence))


@pytest.mark.parametrize("expression", SOUND)
def test_a_sound_rule_has_no_problem(expression: str) -> None:
    assert check_expression(expression, COLUMNS, PARAMETERS) == []


def test_every_problem_of_an_expression_is_told() -> None:
    found = check_expression("distance_mile < 3 and intent_tier = 4 and is_stuff", COLUMNS, {})
    assert [sentence.split("`")[1] for sentence in found] == ["distance_mile", "intent_tier", "is_stuff"]


def test_a_score_must_be_a_number() -> None:
    assert check_expression("coalesce(intent_score, 0) + touches_30d", COLUMNS, {}, expects="number") == []
    assert check_expression("is_staff", COLUMNS, {}, expects="number") == ["`is_staff` yields flag; it must yield a number"]
    assert check_expression("1", COLUMNS, {}, expects="number") == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (
            "{distance_mile} miles",
            "`{distance_mile}` is neither a candidate column nor a parameter; did you mean `distance_miles`?",
        ),
        ("{state:.0f}", "`{state:.0f}` formats text as a number; write `{state}`"),
        ("{touches_30d:>9}", "`{touches_30d:>9}` has an unknown format; expected .0f to .9f, with a comma before for thousands"),
        ("{touches_30d", "the reason has an unmatched brace; places are written as {column}: '{touches_30d'"),
    ],
)
def test_a_broken_reason_is_refused(template: str, problem: str) -> None:
    assert check_template(template, COLUMNS, {}) == [problem]
    assert check_template("{distance_miles:.1f} of {points}, {equity_mid:,.0f} dollars", COLUMNS, PARAMETERS) == []


def test_leaves_of_one_all_must_be_possible_together() -> None:
    def leaf(name: str, when: str) -> dict[str, str]:
        return {"name": name, "when": when}

    apart = Condition.model_validate({"all": [leaf("few", "touches_30d < 3"), leaf("many", "touches_30d > 5")]})
    assert "range that is left of `touches_30d` is empty" in check_condition(apart, COLUMNS, {})[0]
    either = Condition.model_validate({"any": [leaf("few", "touches_30d < 3"), leaf("many", "touches_30d > 5")]})
    assert check_condition(either, COLUMNS, {}) == []
    assert check_condition(Condition.model_validate({"all": []}), COLUMNS, {}) == [
        "`all` has no members; it would hold for everybody or nobody"
    ]


def test_an_audience_is_checked_whole_and_each_problem_says_where() -> None:
    rules = {"all": [{"name": "one", "when": "is_stuff"}, {"name": "one", "when": "is_customer"}]}
    broken = audience("a", "loyalty", rules, exclusions=[{"name": "late", "when": "touches_30d"}], score="state")
    assert [problem.split(":")[0] for problem in check_audience(broken)] == ["rules", "exclusions[0]", "score", "rules"]
    assert check_audience(broken)[-1] == "rules: the name `one` is used twice; give this one a name of its own"


def test_the_columns_that_a_rule_names_are_known_for_the_limits_of_credit_offers() -> None:
    assert expression_columns("lower(state) = 'nc' and zip is not null") == {"state", "zip"}
    assert expression_columns("select zip") == frozenset()


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("next_appointment_on <> null", "write `next_appointment_on is null` or `next_appointment_on is not null`"),
        ("forms_30d = null", "is never true, for nothing equals null"),
        ("top_brand in ('lux', null)", "is never true, for nothing equals null"),
        ("next_appointment_on < 2026-12-01", "a day is written as '2027-01-31', in quotes"),
        ("next_appointment_on < '2026-13-40'", "a day is written as '2027-01-31', in quotes"),
        ("is_business = 1", "a flag stands alone, as `is_business` or `not is_business`"),
    ],
)
def test_a_usual_slip_gets_its_way_out(when: str, said: str) -> None:
    (problem,) = check_audience(audience("a", "loyalty", when))
    assert said in problem
