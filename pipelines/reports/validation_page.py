"""What was judged about every table of a day before it was published. No value of any row appears."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from pipelines.reports.page import Block, Card, Section, TableBlock, code, counted, in_words, long_date, mark, number, page

STAGES = ("sources", "records", "identity", "traits", "triggers", "audiences", "exports", "measurement", "reports")


def validation_page(day: date, results: Sequence[Mapping[str, Any]]) -> str:
    """The page of a day as HTML.

    Each result holds table, stage, rows, success and expectations (name, success, observed, expected, and column where one
    is meant); broken_rules maps a row rule of the contract to the number of rows that broke it, where there are any.
    """
    failed = [one for one in results if not one["success"]]
    asked = [expectation for one in results for expectation in one["expectations"]]
    cards = (
        Card("Tables judged", number(len(results)), (f"{sum(one['rows'] for one in results):,} rows",)),
        Card(
            "Tables held back",
            number(len(failed)),
            ("the last good day stays published" if failed else "everything was published",),
        ),
        Card("Expectations", number(len(asked)), (f"{sum(not one['success'] for one in asked):,} not met",)),
    )
    sections = [*([_failures(failed)] if failed else []), *_stages(results)]
    title = "Everything passed" if not failed else f"{len(failed)} of {len(results)} tables held back"
    foot = "Tables are judged on the staged file, before anything is published. A table that fails is not published."
    return page(f"Validation of {long_date(day)}", title, sections, cards, foot)


def _failures(failed: Sequence[Mapping[str, Any]]) -> Section:
    rows = [
        (_where(one), finding["name"], _shown(finding.get("expected")), _shown(finding.get("observed")))
        for one in failed
        for finding in one["expectations"]
        if not finding["success"]
    ]
    rows += [
        (_where(one), f"row rule {rule}", "every row", f"{broken:,} rows break it")
        for one in failed
        for rule, broken in sorted(one.get("broken_rules", {}).items())
    ]
    heads = ("Table", "Expectation", "Expected", "Found")
    return Section("failures", "What held tables back", "For the data engineer", (Block((TableBlock("Not met", heads, rows),)),))


def _stages(results: Sequence[Mapping[str, Any]]) -> list[Section]:
    known = [*STAGES, *sorted({str(one["stage"]) for one in results} - set(STAGES))]
    found = [(stage, [one for one in results if one["stage"] == stage]) for stage in known]
    return [_stage(stage, sorted(ours, key=lambda one: str(one["table"]))) for stage, ours in found if ours]


def _stage(stage: str, results: Sequence[Mapping[str, Any]]) -> Section:
    rows = []
    for one in results:
        met = sum(bool(finding["success"]) for finding in one["expectations"])
        broken = sum(one.get("broken_rules", {}).values())
        rows.append((_where(one), _verdict(one), number(one["rows"]), f"{met} of {len(one['expectations'])}", number(broken)))
    heads = ("Table", "Verdict", "Rows", "Expectations met", "Rows that break a rule")
    overview = Block((TableBlock(f"Tables of the stage {stage}", heads, rows, numeric=(2, 3, 4)),))
    details = Block([_details(one) for one in results], fold=True)
    return Section(f"stage-{stage}", in_words(stage), counted(len(results), "table"), (overview, details))


def _details(one: Mapping[str, Any]) -> TableBlock:
    rows = [
        (
            finding["name"],
            finding.get("column") or "–",
            _met(finding),
            _shown(finding.get("expected")),
            _shown(finding.get("observed")),
        )
        for finding in one["expectations"]
    ]
    heads = ("Expectation", "Column", "Verdict", "Expected", "Found")
    return TableBlock(f"{one['table']}: {counted(len(rows), 'expectation')}", heads, rows)


def _where(one: Mapping[str, Any]) -> Markup:
    return code(str(one["table"]))


def _verdict(one: Mapping[str, Any]) -> Markup:
    return mark("published", "good") if one["success"] else mark("held back", "bad")


def _met(finding: Mapping[str, Any]) -> Markup:
    return mark("met", "good") if finding["success"] else mark("not met", "bad")


def _shown(value: object) -> str:
    """What was expected or found, short: mappings as key value, long lists by their length."""
    if value is None or value == {}:
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{key.replace('_', ' ')} {_shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return f"{len(value)} values" if len(value) > 6 else ", ".join(_shown(item) for item in value)
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)
