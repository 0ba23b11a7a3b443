"""Blocks of a page in, what a terminal shows out."""

import io

from rich.console import Console

from assets.screen import print_table
from pipelines.reports.page import TableBlock, mark

BLOCK = TableBlock(
    "Power",
    ("Test", "Drawn", "Verdict"),
    [(f"test {n}", "████", mark("enough", "good")) for n in range(3)],
    bars=(1,),
    note="So.",
)


def shown(most: int | None = None) -> str:
    out = io.StringIO()
    print_table(Console(file=out, width=80), BLOCK, most)
    return out.getvalue()


def test_marks_and_bars_are_left_to_the_page() -> None:
    said = shown()
    assert "Power" in said and "test 2" in said and "enough" in said and said.endswith("So.\n")
    assert "Drawn" not in said and "█" not in said and "<" not in said


def test_what_is_left_out_is_said() -> None:
    assert "test 2" not in shown(2) and "… and 1 more rows" in shown(2)
    assert "more rows" not in shown(3)
