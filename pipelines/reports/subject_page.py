"""The page that answers a person who asks what is known of them: every table in words, rows folded until asked for."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from pipelines.reports.page import Block, Card, Section, TableBlock, counted, long_date, page

MOST_ROWS = 200  # of a table on the page; the files beside it hold all
FIRST = ("person", "person_identifier", "shared_with", "shared_by_answer", "membership", "suppression", "consent_event")
STAGES = (
    ("identity", "Who you are to us"),
    ("exports", "Who was told of you, and why"),
    ("audiences", "Which lists you are on, and why"),
    ("traits", "What was worked out about you"),
    ("triggers", "What made us think of you"),
    ("records", "Your records and visits"),
    ("sources", "What came in, as it came in"),
    ("measurement", "What was counted with you"),
    ("other", "Further"),
)


def subject_page(
    group: str, day: date, tables: Mapping[str, pl.DataFrame], said: Mapping[str, tuple[str, str]]
) -> str:  # fmt: skip
    """The page. `tables`: rows per table; `said`: per table its stage and its description."""
    sections = []
    for stage, title in STAGES:
        names = [one for one in tables if said.get(one, ("other", ""))[0] == stage]
        names.sort(key=lambda one: (FIRST.index(one) if one in FIRST else len(FIRST), one))
        blocks = [_block(one, tables[one], said.get(one, ("", ""))[1]) for one in names]
        if blocks:
            sections.append(Section(stage, title, blocks=blocks))
    rows = sum(one.height for one in tables.values())
    cards = [
        Card("What we hold", f"{rows:,}", (f"rows in {counted(len(tables), 'table')}",)),
        Card("Who was told", _recipients(tables), ("recipients of exports and answers",)),
    ]
    foot = "Made for the person it is about. It holds nothing of anybody else. JSON and CSV of every table lie beside it."
    return page("What we know of you", f"{group}, as of {long_date(day)}", sections, cards, foot)


def _recipients(tables: Mapping[str, pl.DataFrame]) -> str:
    names: set[str] = set()
    for one in ("shared_with", "shared_by_answer"):
        if one in tables:
            names |= set(tables[one]["recipient"].to_list())
    return ", ".join(sorted(names)) or "nobody"


def _block(name: str, rows: pl.DataFrame, description: str) -> Block:
    filled = [one for one in rows.columns if rows[one].null_count() < rows.height]
    cells = [[_shown(row[one]) for one in filled] for row in rows.head(MOST_ROWS).to_dicts()]
    note = f"The first {MOST_ROWS} of {rows.height:,} rows; {name}.csv has all." if rows.height > MOST_ROWS else ""
    caption = f"{name}: {counted(rows.height, 'row')}"
    return Block(text=description, tables=(TableBlock(caption, filled, cells, note=note),), fold=True)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(one)}" for key, one in value.items() if one is not None)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return ", ".join(_shown(one) for one in value)
    return str(value)
