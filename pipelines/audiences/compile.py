"""From a condition in policy to an SQL predicate with bound parameters.

Null-safe: a leaf whose comparison meets a null is false, wherever it stands, also below `none`. Expressions pass through
the parser, so that what runs is what was checked; `$name` becomes a parameter that is unique to the audience.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from pipelines.audiences.rule_text import parse_expression
from pipelines.audiences.rules import FORMAT, PLACE, candidate_columns, expression_columns, leaves
from pipelines.engine import Value
from pipelines.normalise.singular import singular_sql
from schemas.policy.audiences import AudiencePolicy, Condition, Place

SINCE = "held_since.days"  # where a query of reasons finds the map of rule to day
# Least to most specific; the column of the candidate's row that names the place.
PLACE_COLUMNS: tuple[tuple[Place, str], ...] = (("brand", "brand"), ("market", "market"), ("rooftop", "rooftop_id"))
# Who and where somebody is says more than a rule needs to be explained by.
PERSONAL = frozenset({"person_id", "household_id", "zip", "age_years", "age_band", "income_band"})
PER_ROW = ("radius_miles", "in_whole_market")  # parameters that are columns of the query; see radius.py


@dataclass
class Compiler:
    """Compiles what one audience says on a day; `bound` collects the parameters that the compiled text names, and no other."""

    audience: AudiencePolicy
    as_of: date
    bound: dict[str, Value] = field(default_factory=dict)

    def expression(self, text: str) -> str:
        """SQL of one expression, with parameters renamed. Raises RuleError where it cannot be read."""
        return parse_expression(text).transform(self._rename).sql(dialect="duckdb", comments=False)

    def predicate(self, condition: Condition) -> str:
        """SQL that is true or false, never null: leaves coalesced, all as AND, any as OR, none as NOT OR."""
        if condition.when is not None:
            return f"coalesce({self.expression(condition.when)}, FALSE)"
        if condition.all is not None:
            return _joined(" AND ", [self.predicate(one) for one in condition.all], "TRUE")
        if condition.any is not None:
            return _joined(" OR ", [self.predicate(one) for one in condition.any], "FALSE")
        return "NOT " + _joined(" OR ", [self.predicate(one) for one in condition.none or ()], "FALSE")

    def first_exclusion(self) -> str:
        """SQL that yields the name of the first exclusion that holds, else null."""
        named = [(self.predicate(one), quoted(exclusion_name(one, at))) for at, one in enumerate(self.audience.exclusions)]
        cases = " ".join(f"WHEN {holds} THEN {name}" for holds, name in named)
        return f"CASE {cases} END" if cases else "CAST(NULL AS VARCHAR)"

    def reasons(self) -> str:
        """SQL of the list of reasons: each leaf outside `none` that holds, since the day carried in SINCE or today."""
        structs = []
        for leaf, under_none in leaves(self.audience.rules):
            if not under_none:
                name = quoted(str(leaf.name))
                since = f"coalesce({SINCE}[{name}], {self.expression('$as_of')})"
                body = f"'rule': {name}, 'sentence': {self.sentence(leaf)}, 'since': {since}, 'evidence': {self.evidence(leaf)}"
                structs.append(f"CASE WHEN {self.predicate(leaf)} THEN {{{body}}} END")
        held = f"list_filter([{', '.join(structs)}], lambda r: r IS NOT NULL)" if structs else "[]"
        return f"CAST({held} AS STRUCT(rule VARCHAR, sentence VARCHAR, since DATE, evidence VARCHAR)[])"

    def evidence(self, leaf: Condition) -> str:
        """SQL of the columns that a leaf names with what they hold, `intent_tier hot; touches_30d 4`; null without any."""
        named = sorted(expression_columns(leaf.when or "") - PERSONAL)
        parts = [f"concat({quoted(name + ' ')}, {self._place(name, None)})" for name in named]
        return f"concat_ws('; ', {', '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"

    def sentence(self, leaf: Condition) -> str:
        """SQL of a reason in words; places are filled from the row, then from parameters. Blank values read `unknown`."""
        template = leaf.reason or str(leaf.name).replace("_", " ")
        pieces, end = [], 0
        for found in PLACE.finditer(template):
            if found.start() > end:
                pieces.append(quoted(template[end : found.start()]))
            pieces.append(self._place(found[1], found[2]))
            end = found.end()
        if end < len(template):
            pieces.append(quoted(template[end:]))
        return singular_sql(f"concat({', '.join(pieces)})")

    def _place(self, name: str, shape: str | None) -> str:
        columns = candidate_columns()
        kind = columns.get(name)
        value = name if kind else self.expression("$" + name.lstrip("$"))
        if kind is None and isinstance(self.audience.parameters.get(name.lstrip("$"), 0.0), bool | int | float):
            kind = "number"
        return f"coalesce({written(value, str(kind), shape)}, 'unknown')"

    def _rename(self, node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        if node.name in PER_ROW:
            return exp.column(node.name)
        if node.name == "as_of":
            self.bound["as_of"] = self.as_of
            return exp.cast(exp.Placeholder(this="as_of"), "date")
        unique = f"{self.audience.audience}__{node.name}"
        self.bound[unique] = whole(self.audience.parameters[node.name])
        return self._by_place(node.name, unique)

    def _by_place(self, parameter: str, unique: str) -> exp.Expr:
        """The parameter's value where no place has its own, else a case over places, the most specific first."""
        case = exp.Case()
        for place, column in PLACE_COLUMNS[::-1]:
            for at, (name, own) in enumerate(sorted(self.audience.parameters_by.get(place, {}).items())):
                if parameter in own:
                    value, known = f"{unique}__{place}_{at}", f"{self.audience.audience}__at_{place}_{at}"
                    self.bound[value], self.bound[known] = whole(own[parameter]), name
                    here = exp.EQ(this=self._place_column(column), expression=exp.Placeholder(this=known))
                    case = case.when(here, exp.Placeholder(this=value))
        return case.else_(exp.Placeholder(this=unique)) if case.args.get("ifs") else exp.Placeholder(this=unique)

    def _place_column(self, column: str) -> exp.Expr:
        """Loyalty belongs to the rooftop that knows the vehicle, as in the published row; everything else to the nearest one."""
        if column == "rooftop_id" and self.audience.segment == "loyalty":
            return exp.func("coalesce", exp.column("service_rooftop_id"), exp.column(column))
        return exp.column(column)


def written(value: str, kind: str, shape: str | None) -> str:
    """SQL that writes a value for people: dates as ISO, numbers by their format, lists with commas."""
    if kind == "list":
        return f"array_to_string({value}, ', ')"
    if kind == "flag":
        return f"CASE WHEN {value} THEN 'yes' WHEN NOT {value} THEN 'no' END"
    if kind not in ("number", "integer"):
        return f"CAST({value} AS VARCHAR)"
    found = FORMAT.match(shape or "")
    digits = int(found[2]) if found and found[2] else 0
    if shape:
        pattern = f"{{:{',' if found and found[1] else ''}.{digits}f}}"
        return f"format({quoted(pattern)}, round(CAST({value} AS DOUBLE), {digits}) + 0)"  # + 0 turns -0 into 0
    if kind == "integer":
        return f"CAST({value} AS VARCHAR)"
    return rf"regexp_replace(format('{{:.2f}}', round(CAST({value} AS DOUBLE), 2) + 0), '\.?0+$', '')"


def exclusion_name(condition: Condition, position: int) -> str:
    """The name of an exclusion: its own, else those of its leaves."""
    inner = "_or_".join(str(leaf.name) for leaf, _ in leaves(condition))
    return condition.name or inner or f"exclusion_{position + 1}"


def quoted(text: str) -> str:
    """A text as an SQL literal, escaped by the parser's own generator."""
    return exp.Literal.string(text).sql(dialect="duckdb")


def whole(value: float | str | bool) -> Value:
    """A number without a fraction as an integer, so that it can be added to a date."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _joined(word: str, parts: list[str], none: str) -> str:
    return f"({word.join(parts)})" if parts else none
