"""Judging a whole audience: each expression under each set of parameters, what nests can never meet, and who would be left.

Every finding carries the path of keys of what it is about, so that a file's reader can be told the line.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp

from pipelines.audiences.rule_domains import Domains
from pipelines.audiences.rule_logic import Logic
from pipelines.audiences.rule_ranges import contradictions
from pipelines.audiences.rule_text import parse_expression
from pipelines.audiences.rules import PLACE, candidate_columns, check_expression, check_template, leaves, names_in
from schemas.policy.audiences import AudiencePolicy, Condition

Path = tuple[str | int, ...]
Finding = tuple[Path, str]
DEEPEST_NEST = 8


def parameter_sets(audience: AudiencePolicy) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The parameters as they hold everywhere, then as they hold for each place that has its own: label, values."""
    yield "", audience.parameters
    for place, named in audience.parameters_by.items():
        for name, own in named.items():
            yield f"for {place} {name}: ", {**audience.parameters, **own}


def check_condition(
    condition: Condition, columns: Mapping[str, str], parameters: Mapping[str, object], domains: Domains | None = None
) -> list[str]:
    """Problems of a whole condition; each sentence about an expression begins with the name of its condition."""
    known = domains or Domains()
    problems = [sentence for _, sentence in _expressions(condition, (), columns, parameters, known, named=True)]
    problems += [f"`{path[-1]}` {EMPTY}" for path in _empty_nests(condition, ())]
    return problems or [sentence for _, sentence in _nests(condition, (), Logic(known, parameters, parse_expression))]


EMPTY = "has no members; it would hold for everybody or nobody"


def findings(audience: AudiencePolicy, columns: Mapping[str, str] | None = None, domains: Domains | None = None) -> list[Finding]:
    """Every problem of what an audience says, with the path of keys; what concerns the whole only where each part is right."""
    known, columns = domains or Domains(), candidate_columns() if columns is None else columns
    found = list(dict.fromkeys(_parts(audience, columns, known)))
    found += [*_names_twice(leaf_paths(audience.rules, ("rules",)))]
    found += [*_names_twice((one, ("exclusions", at)) for at, one in enumerate(audience.exclusions))]
    if not found:
        found = list(dict.fromkeys(_wholes(audience, known)))
    return found


def check_audience(
    audience: AudiencePolicy, columns: Mapping[str, str] | None = None, domains: Domains | None = None
) -> list[str]:
    """The findings as sentences that begin with the part: `rules: ...`, `exclusions[0]: ...`, `score: ...`."""
    return [f"{_head(path)}: {sentence}" for path, sentence in findings(audience, columns, domains)]


def _head(path: Path) -> str:
    return f"{path[0]}[{path[1]}]" if path[0] == "exclusions" and len(path) > 1 else str(path[0])


def _names_twice(conditions: Iterable[tuple[Condition, Path]]) -> Iterator[Finding]:
    """A finding at each condition whose name an earlier one has."""
    seen: set[str] = set()
    for one, path in conditions:
        if one.name and one.name in seen:
            yield path, f"the name `{one.name}` is used twice; give this one a name of its own"
        seen.add(str(one.name))


def parts_of(audience: AudiencePolicy) -> Iterator[tuple[Condition, Path]]:
    """The rules and each exclusion, with their paths."""
    yield audience.rules, ("rules",)
    for at, exclusion in enumerate(audience.exclusions):
        yield exclusion, ("exclusions", at)


def _parts(audience: AudiencePolicy, columns: Mapping[str, str], domains: Domains) -> Iterator[Finding]:
    for label, parameters in parameter_sets(audience):
        told: list[Finding] = []
        for condition, path in parts_of(audience):
            told += _expressions(condition, path, columns, parameters, domains)
        of_score = check_expression(audience.score, columns, parameters, expects="number", domains=domains)
        told += [(("score",), sentence) for sentence in of_score]
        yield from ((path, label + sentence) for path, sentence in told)
        if told:
            break
    for condition, path in parts_of(audience):
        yield from ((empty, f"`{empty[-1]}` {EMPTY}") for empty in _empty_nests(condition, path))


def _expressions(
    condition: Condition,
    path: Path,
    columns: Mapping[str, str],
    parameters: Mapping[str, object],
    domains: Domains,
    *,
    named: bool = False,
) -> Iterator[Finding]:
    for leaf, at in leaf_paths(condition, path):
        start = f"{leaf.name}: " if named else ""
        for sentence in check_expression(leaf.when or "", columns, parameters, domains=domains):
            yield (*at, "when"), start + sentence
        for sentence in check_template(leaf.reason or "", columns, parameters):
            yield (*at, "reason"), start + sentence


def leaf_paths(condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
    """Every leaf of a condition in written order, with its path."""
    if condition.when is not None:
        yield condition, path
    for child, at in _children(condition, path):
        yield from leaf_paths(child, at)


def _children(condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
    for key in ("all", "any", "none"):
        for at, child in enumerate(getattr(condition, key) or ()):
            yield child, (*path, key, at)


def _empty_nests(condition: Condition, path: Path) -> Iterator[Path]:
    for key in ("all", "any", "none"):
        if getattr(condition, key) == ():
            yield (*path, key)
    for child, at in _children(condition, path):
        yield from _empty_nests(child, at)


def _wholes(audience: AudiencePolicy, domains: Domains) -> Iterator[Finding]:
    for label, parameters in parameter_sets(audience):
        logic = Logic(domains, parameters, parse_expression)
        told = [finding for part, path in parts_of(audience) for finding in _nests(part, path, logic)]
        told = told or list(_left_over(audience, logic))
        yield from ((path, label + sentence) for path, sentence in told)
        if told:
            break


def _nests(condition: Condition, path: Path, logic: Logic) -> list[Finding]:
    """Nests that no row, or every row, can meet; the innermost first."""
    if len(path) > 2 * DEEPEST_NEST:
        return [(path, f"nests of all, any and none stand more than {DEEPEST_NEST} deep; fewer are easier to read")]
    inner = [finding for child, at in _children(condition, path) for finding in _nests(child, at, logic)]
    if inner or condition.when is not None:
        return inner
    key = next(key for key in ("all", "any", "none") if getattr(condition, key) is not None)
    if not logic.of(condition, holds=True):
        return [_clash(condition, path, logic)]
    if not logic.of(condition, holds=False):
        return [((*path, key), f"every row meets this `{key}`: it selects nobody from anybody")]
    return []


def _clash(condition: Condition, path: Path, logic: Logic) -> Finding:
    """Which two members of a nest exclude each other; the nest as a whole where it takes more than two."""
    children = list(_children(condition, path))
    for at, (later, place) in enumerate(children):
        for earlier, _ in children[:at]:
            if condition.all is not None and not logic.can_hold([earlier, later]):
                return place, f"{_called(later)} can never hold together with {_called(earlier)}: {_why(earlier, later, logic)}"
    key = "all" if condition.all is not None else "none" if condition.none is not None else "any"
    return (*path, key), f"no row can meet this `{key}`: its members exclude each other"


def _why(earlier: Condition, later: Condition, logic: Logic) -> str:
    if earlier.when is not None and later.when is not None:
        both = exp.and_(earlier.when, later.when, dialect="duckdb")
        found = contradictions(both, logic.parameters)
        return found[0] if found else f"no row can meet `{earlier.when}` and `{later.when}`"
    return "no row can meet both"


def _called(condition: Condition) -> str:
    inner = " / ".join(str(leaf.name) for leaf, _ in leaves(condition))
    return f"`{condition.name or inner}`"


def _left_over(audience: AudiencePolicy, logic: Logic) -> Iterator[Finding]:
    """Exclusions that leave nobody of those who meet the rules."""
    rules = audience.rules
    for at, exclusion in enumerate(audience.exclusions):
        if not logic.can_hold([rules], failing=[exclusion]):
            yield ("exclusions", at), f"nobody is left: whoever meets the rules is excluded by {_called(exclusion)}"
            return
    if not logic.can_hold([rules], failing=audience.exclusions):
        yield ("exclusions",), "nobody is left: the exclusions together exclude whoever meets the rules"


def idle_exclusions(audience: AudiencePolicy, domains: Domains) -> list[Finding]:
    """Exclusions that can never apply to anybody who meets the rules, whatever the place. For rules that are right."""
    found: list[Finding] = []
    for at, exclusion in enumerate(audience.exclusions):
        sets = [Logic(domains, parameters, parse_expression) for _, parameters in parameter_sets(audience)]
        if not any(logic.can_hold([audience.rules, exclusion]) for logic in sets):
            sentence = f"{_called(exclusion)} can never exclude anybody: no row that meets the rules can meet it"
            found.append((("exclusions", at), sentence))
    return found


def used_parameters(audience: AudiencePolicy) -> set[str]:
    """The parameters that any expression or reason of an audience names. For expressions that can be read."""
    found = set(names_in(parse_expression(audience.score))[1])
    for condition, path in parts_of(audience):
        for leaf, _ in leaf_paths(condition, path):
            found |= names_in(parse_expression(leaf.when or ""))[1]
            found |= {one[1].lstrip("$") for one in PLACE.finditer(leaf.reason or "")}
    return found
