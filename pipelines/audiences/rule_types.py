"""Types of rule expressions: what each part of a rule yields, and which parts do not fit together.

Nothing here runs a rule. A node that is not listed is refused, so the language can only grow on purpose.
"""

from collections.abc import Callable, Iterable

from sqlglot import exp

from pipelines.audiences.rule_language import (
    ARITHMETIC,
    CAST_TYPES,
    COMPARISONS,
    FUNCTIONS,
    Scope,
    TypeName,
    article,
    family,
    is_date_text,
    nearest,
    refusal,
    text_of,
    type_of_value,
)


def infer(node: exp.Expr, scope: Scope) -> TypeName:
    """The type that a node yields. Every clash, unknown name and forbidden construct is added to `scope.problems`."""
    for kinds, rule in _RULES:
        if isinstance(node, kinds):
            return rule(node, scope)
    for kind in type(node).__mro__:
        if kind in FUNCTIONS:
            return _function(node, scope, *FUNCTIONS[kind])
    scope.problems.append(refusal(node))
    return None


def _column(node: exp.Expr, scope: Scope) -> TypeName:
    if isinstance(node, exp.Column) and node.table:
        scope.problems.append(f"`{text_of(node)}` names a table; rules name only candidate columns, such as `{node.name}`")
        return None
    if node.name not in scope.columns:
        scope.problems.append(f"`{node.name}` is not a candidate column; {nearest(node.name, scope.columns)}")
        return None
    return scope.columns[node.name]


def _parameter(node: exp.Expr, scope: Scope) -> TypeName:
    if node.name not in scope.parameters:
        shown = "a bare `?`" if node.name in ("", "?") else f"`${node.name}`"
        scope.problems.append(f"{shown} is not a parameter of this audience; {nearest(node.name, scope.parameters)}")
        return None
    return type_of_value(scope.parameters[node.name])


def _literal(node: exp.Expr, scope: Scope) -> TypeName:
    if isinstance(node, exp.Literal) and node.is_string:
        return "text"
    return "integer" if node.name.isdigit() else "number"


def _expect(node: exp.Expr, found: TypeName, wanted: str, why: str, scope: Scope) -> None:
    if found is not None and str(family(found)) not in wanted.split(" or "):
        scope.problems.append(f"`{text_of(node)}` is {article(found)}; {why} {article(wanted)}")


def _connective(node: exp.Expr, scope: Scope) -> TypeName:
    for part in (node.this, node.args.get("expression")):
        if isinstance(part, exp.Expr):
            _expect(part, infer(part, scope), "flag", f"each side of `{node.key}` must be", scope)
    return "flag"


def _agree(parts: Iterable[exp.Expr], verb: str, scope: Scope) -> TypeName:
    """Check that all parts share a family with the first whose type is known; return that type."""
    typed = [(part, infer(part, scope)) for part in parts]
    known = [(part, found) for part, found in typed if found is not None]
    dates = any(found == "date" for _, found in known)
    known = [(part, "date" if dates and is_date_text(part, scope) else found) for part, found in known]
    if not known:
        return None
    first, wanted = known[0]
    for part, found in known[1:]:
        if family(found) != family(wanted):
            scope.problems.append(
                f"`{text_of(first)}` is {article(wanted)} and `{text_of(part)}` is {article(str(found))}; they cannot be {verb}"
                f"{_way_out(first, {wanted, str(found)})}"
            )
    return "number" if "number" in (found for _, found in known) else wanted


def _way_out(first: exp.Expr, kinds: set[str]) -> str:
    """What to write in place of a comparison of two types, where there is one usual slip."""
    if "date" in kinds:
        return "; a day is written as '2027-01-31', in quotes, or as `$as_of + 30`"
    if "flag" in kinds:
        return f"; a flag stands alone, as `{text_of(first)}` or `not {text_of(first)}`" if isinstance(first, exp.Column) else ""
    return ""


def _without_null(parts: Iterable[exp.Expr], node: exp.Expr, scope: Scope) -> None:
    """Nothing equals null, also not null itself."""
    if any(isinstance(one, exp.Null) for one in parts):
        left = text_of(node.this)
        scope.problems.append(
            f"`{text_of(node)}` is never true, for nothing equals null; write `{left} is null` or `{left} is not null`"
        )


def _comparison(node: exp.Expr, scope: Scope) -> TypeName:
    if text_of(node.this) == text_of(node.args["expression"]):
        scope.problems.append(f"`{text_of(node)}` compares `{text_of(node.this)}` with itself")
    if not isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
        _without_null((node.this, node.args["expression"]), node, scope)
    _agree((node.this, node.args["expression"]), "compared", scope)
    return "flag"


def _between(node: exp.Expr, scope: Scope) -> TypeName:
    _agree((node.this, node.args["low"], node.args["high"]), "compared", scope)
    return "flag"


def _in(node: exp.Expr, scope: Scope) -> TypeName:
    if node.args.get("query"):
        scope.problems.append(refusal(node.args["query"]))
        return "flag"
    held = node.args.get("field")
    if isinstance(held, exp.Expr):
        _expect(held, infer(held, scope), "list", "what stands after `in` must be", scope)
        infer(node.this, scope)
        return "flag"
    _without_null(node.expressions, node, scope)
    _agree((node.this, *node.expressions), "compared", scope)
    return "flag"


def _is(node: exp.Expr, scope: Scope) -> TypeName:
    found = infer(node.this, scope)
    if not isinstance(node.expression, exp.Null):
        _expect(node.this, found, "flag", "only flags can be true or false, and it must be", scope)
    return "flag"


def _like(node: exp.Expr, scope: Scope) -> TypeName:
    for part in (node.this, node.expression):
        _expect(part, infer(part, scope), "text", "`like` takes", scope)
    return "flag"


def _arithmetic(node: exp.Expr, scope: Scope) -> TypeName:
    left, right = infer(node.this, scope), infer(node.args["expression"], scope)
    if left == "date" and isinstance(node, exp.Add | exp.Sub):
        if right == "date" and isinstance(node, exp.Sub):
            return "integer"
        if right not in ("integer", None):
            other = text_of(node.args["expression"])
            scope.problems.append(f"`{other}` is {article(right)}; what is added to a date must be a whole number of days")
        return "date"
    for part, found in ((node.this, left), (node.args["expression"], right)):
        _expect(part, found, "number", "arithmetic takes", scope)
    both_whole = left == right == "integer" and not isinstance(node, exp.Div)
    return "integer" if both_whole else "number"


def _case(node: exp.Expr, scope: Scope) -> TypeName:
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    if isinstance(node, exp.Case) and node.this is not None:
        scope.problems.append("`case <value> when` is not allowed in rules; write `case when <condition> then`")
        return None
    for branch in branches:
        _expect(branch.this, infer(branch.this, scope), "flag", "what stands after `when` must be", scope)
    results = [branch.args["true"] for branch in branches]
    last = node.args.get("default") if isinstance(node, exp.Case) else node.args.get("false")
    return _agree([*results, *([last] if last is not None else [])], "results of one `case`", scope)


def _cast(node: exp.Expr, scope: Scope) -> TypeName:
    wanted = str(node.args["to"].this.value)
    infer(node.this, scope)
    if wanted not in CAST_TYPES:
        scope.problems.append(f"`{text_of(node)}` casts to {wanted}; allowed are {', '.join(sorted(CAST_TYPES))}")
        return None
    return CAST_TYPES[wanted]


def _array(node: exp.Expr, scope: Scope) -> TypeName:
    _agree(node.expressions, "in one list", scope)
    return "list"


def _function(node: exp.Expr, scope: Scope, name: str, wanted: tuple[str, ...], yields: str) -> TypeName:
    arguments = [part for part in node.iter_expressions() if not isinstance(part, exp.Var)]
    if wanted == ("same",):
        return _agree(arguments, f"arguments of one `{name}`", scope)
    for position, part in enumerate(arguments):
        expected = wanted[min(position, len(wanted) - 1)]
        found = infer(part, scope)
        is_date = expected == "date" and is_date_text(part, scope)
        _expect(part, "date" if is_date else found, expected, f"`{name}` takes", scope)
    return yields


def _inner(node: exp.Expr, scope: Scope) -> TypeName:
    return infer(node.this, scope)


def _negative(node: exp.Expr, scope: Scope) -> TypeName:
    found = infer(node.this, scope)
    _expect(node.this, found, "number", "a minus sign takes", scope)
    return found


Rule = Callable[[exp.Expr, Scope], TypeName]
_RULES: tuple[tuple[type | tuple[type, ...], Rule], ...] = (
    (exp.Column, _column),
    (exp.Placeholder, _parameter),
    (exp.Literal, _literal),
    (exp.Boolean, lambda node, scope: "flag"),
    (exp.Null, lambda node, scope: None),
    ((exp.And, exp.Or, exp.Not), _connective),
    (COMPARISONS, _comparison),
    (exp.Between, _between),
    (exp.In, _in),
    (exp.Is, _is),
    ((exp.Like, exp.ILike), _like),
    (ARITHMETIC, _arithmetic),
    ((exp.Case, exp.If), _case),
    (exp.Cast, _cast),
    (exp.Array, _array),
    (exp.Paren, _inner),
    (exp.Neg, _negative),
)
