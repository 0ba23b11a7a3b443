"""The rule language as Markdown tables, taken from what the checks themselves go by: keys, columns, functions."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pipelines.audiences.rule_language import FUNCTIONS
from pipelines.audiences.rules import candidate_columns
from schemas.candidate_columns import NO_FACTS, ColumnFacts, facts_of
from schemas.policy.audiences import AudiencePolicy
from schemas.tables.traits import CANDIDATE

# key -> what is written there, and what it is for. Every key of an audience has a line; a test holds them together.
KEYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "extends": ("name of a base", "the file `audiences/_<name>.yaml` whose keys hold where this file says nothing"),
        "remove": ("mapping", "names to leave out of the base, under `rules`, `exclusions`, `parameters` or `channels`"),
        "audience": ("a_z0_9", "the name, once in the group"),
        "segment": ("conquest, in_market, loyalty", "which of the three it belongs to; it decides priority, radius and budget"),
        "title": ("text", "how people call it"),
        "purpose": ("text", "what it is for"),
        "owner": ("text", "who answers for it, such as `team:service`"),
        "code": ("2 to 6 of A-Z0-9", "its neutral part of the export name; never what it means"),
        "is_on": ("true, false", "false: it is kept and checked, and nobody is in it"),
        "cell_by": ("list of brand, market, rooftop", "by what its list is cut into exports"),
        "brands": ("list of brands", "the own brands it is for; all where absent"),
        "priority": ("whole number from 0", "lower wins within the segment"),
        "parameters": ("mapping", "numbers, texts or flags that expressions name as `$name`; put unit and source behind `#`"),
        "parameters_by": ("brand, market, rooftop -> name -> mapping", "other values there; rooftop over market over brand"),
        "rules": ("a condition", "who is in: a leaf (`name`, `when`, `reason`) or a nest (`all`, `any`, `none`)"),
        "exclusions": ("list of conditions", "who is out of those; the first that holds is the cause that is counted"),
        "score": ("expression that yields a number", "higher is better; it ranks members and decides what is full"),
        "hot_from": ("number", "score from which a member is hot; above `warm_from`"),
        "warm_from": ("number", "score from which a member is warm; cold below"),
        "stay_days": ("1 to 540", "days that a member stays on a platform unless renewed"),
        "credit_offer": ("true, false", "true: about financing; rules and score may not name age, income, ZIP or life events"),
        "channels": ("list of channels", "how members may be addressed; names of `channels.yaml`"),
        "channels_by_brand": ("brand -> list", "replaces `channels` for a brand"),
        "message": ("name of a message", "the theme; names of `plan.yaml`"),
        "message_by_brand": ("brand -> name", "replaces `message` for a brand"),
    }
)  # fmt: skip
SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        "coalesce": "coalesce(months_since_sale, 99)", "least": "least(intent_score, 50)", "greatest": "greatest(equity_mid, 0)",
        "nullif": "nullif(touches_30d, 0)", "abs": "abs(service_days_to_due)", "round": "round(distance_miles, 1)",
        "floor": "floor(lease_days_left / 30)", "ceil": "ceil(loan_months_left)", "sqrt": "sqrt(touches_30d)",
        "ln": "ln(1 + touches_30d)", "lower": "lower(top_model)", "upper": "upper(state)", "length": "length(triggers)",
        "starts_with": "starts_with(zip, '282')", "ends_with": "ends_with(top_model, 'Hybrid')",
        "contains": "contains(top_model, 'EV')", "list_contains": "list_contains(triggers, 'lease_end')",
        "list_has_any": "list_has_any(triggers, ['lease_end', 'loan_end'])",
        "date_diff": "date_diff('day', $as_of, lease_ends_on)",
    }
)  # fmt: skip


def language_tables() -> dict[str, str]:
    """Each table by its name: keys, columns, functions."""
    return {"keys": keys_table(), "columns": columns_table(), "functions": functions_table()}


def keys_table() -> str:
    """Every key of an audience, whether it must be there, what is written there, what it is for."""
    rows = []
    for name, info in AudiencePolicy.model_fields.items():
        written, meaning = KEYS[name]
        rows.append((f"`{name}`", "yes" if info.is_required() else "", written, meaning))
    return _table(("key", "needed", "written", "for what"), rows)


def columns_table() -> str:
    """Every column that rules may name: type, unit or values, meaning, an example."""
    rows = []
    declared, types = CANDIDATE.schema.columns(), candidate_columns()
    for name, column in declared.items():
        facts = facts_of(name)
        kind = types[name] + ("" if not column.nullable else ", or unknown")
        rows.append(
            (
                f"`{name}`",
                kind,
                _unit(facts),
                str(column.description or ""),
                f"`{facts.example}`" if facts is not NO_FACTS else "",
            )
        )
    return _table(("column", "type", "unit or values", "meaning", "example"), rows)


def _unit(facts: ColumnFacts) -> str:
    if facts.values is not None:
        return ", ".join(facts.values)
    return facts.unit


def functions_table() -> str:
    """Every function that rules may call."""
    rows = [
        (f"`{name}`", ", ".join(taken), yields, f"`{SIGNATURES[name]}`") for name, taken, yields in sorted(FUNCTIONS.values())
    ]
    return _table(("function", "takes", "yields", "example"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(one.replace('|', chr(92) + '|') for one in line)} |" for line in lines) + "\n"
