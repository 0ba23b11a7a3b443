"""From the text of a rule to its syntax tree: exactly one expression, of a size that a person can read."""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

LONGEST = 2_000  # characters; the longest rule of the briefs has about 120
DEEPEST = 40  # brackets within brackets, or steps of a tree
BRACKETS = {"(": 1, "[": 1, ")": -1, "]": -1}


class RuleError(ValueError):
    """A rule that cannot be read. `problems` are sentences; `expression` is the rule as written."""

    def __init__(self, expression: str, problems: list[str]) -> None:
        self.expression, self.problems = expression, problems
        super().__init__(f"rule `{expression}`: " + "; ".join(problems))


@lru_cache(maxsize=4096)
def parse_expression(expression: str) -> exp.Expr:
    """The syntax tree of one expression, the same one each time: read it, and change only a copy.

    Raises RuleError where it is not exactly one expression.
    """
    _check_text(expression)
    try:
        trees = [tree for tree in sqlglot.parse(expression, read="duckdb") if tree is not None]
    except RecursionError:
        raise RuleError(expression, [_too_deep()]) from None
    except SqlglotError as error:
        raise RuleError(expression, [_unreadable(error)]) from error
    if len(trees) > 1:
        raise RuleError(expression, [f"it holds {len(trees)} statements separated by `;`; a rule is one expression"])
    if not trees or not isinstance(trees[0], exp.Condition | exp.Alias | exp.Star):
        word = expression.split(maxsplit=1)[0].lower()
        raise RuleError(expression, [f"`{word}` begins a statement; a rule is one expression that is true or false"])
    if _depth(trees[0]) > DEEPEST:
        raise RuleError(expression, [_too_deep()])
    return trees[0]


def _check_text(expression: str) -> None:
    """Raise RuleError on what can be told without a tree: nothing, too much, comments, a semicolon at the end."""
    if not expression.strip():
        raise RuleError(expression, ["it is empty; expected a condition such as `vdp_views_30d >= 3`"])
    if len(expression) > LONGEST:
        found = f"it has {len(expression):,} characters; at most {LONGEST:,}: split it into named conditions"
        raise RuleError(expression, [found])
    try:
        tokens = sqlglot.tokenize(expression, read="duckdb")
    except SqlglotError as error:
        raise RuleError(expression, [_unreadable(error)]) from error
    if not tokens or any(token.comments for token in tokens):
        raise RuleError(expression, ["it holds a comment of SQL; put remarks behind `#`, outside of the quotes"])
    if tokens[-1].token_type == TokenType.SEMICOLON:
        raise RuleError(expression, ["it ends with `;`; a rule is one expression, without a semicolon"])
    if _most_brackets(tokens) > DEEPEST:
        raise RuleError(expression, [_too_deep()])


def _most_brackets(tokens: list[Token]) -> int:
    depth = most = 0
    for token in tokens:
        depth += BRACKETS.get(token.text, 0) if token.token_type != TokenType.STRING else 0
        most = max(most, depth)
    return most


def _depth(tree: exp.Expr) -> int:
    """Steps from the root to the deepest leaf; a chain of one connective counts as one step."""
    deepest, open_nodes = 0, [(tree, 1)]
    while open_nodes:
        node, depth = open_nodes.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(node, exp.Connector) and type(child) is type(node)
            open_nodes.append((child, depth if chained else depth + 1))
    return deepest


def _too_deep() -> str:
    return f"it is nested more than {DEEPEST} deep; split it into named conditions under all, any and none"


def _unreadable(error: SqlglotError) -> str:
    first_line = re.sub(r" for <class .*?>|\.? Line \d.*", "", str(error).splitlines()[0])
    place = getattr(error, "errors", None) or [{}]
    near = place[0].get("highlight") or ""
    where = f" near `{near}`" if near else ""
    return f"it cannot be read as an SQL expression{where}: {first_line}"
