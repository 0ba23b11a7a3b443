"""Tables of pages on a terminal: the same block, without what only a page can draw."""

from markupsafe import Markup
from rich.console import Console
from rich.table import Table

from pipelines.reports.page import TableBlock


def print_table(out: Console, block: TableBlock, most: int | None = None) -> None:
    """Print a table and its note; at most so many rows, and how many more there are. Columns of bars are for pages."""
    kept = [at for at in range(len(block.heads)) if at not in block.bars]
    table = Table(title=block.caption, title_justify="left")
    for at in kept:
        table.add_column(block.heads[at], justify="right" if at in block.numeric else "left", overflow="fold")
    for row in block.rows[:most]:
        table.add_row(*(_plain(row[at]) for at in kept))
    out.print(table)
    if most is not None and len(block.rows) > most:
        out.print(f"… and {len(block.rows) - most} more rows: see --html or --out")
    if block.note:
        out.print(block.note, style="dim", soft_wrap=True)


def _plain(cell: object) -> str:
    """A cell without the marks of a page."""
    return cell.striptags() if isinstance(cell, Markup) else str(cell)
