"""velocity language: what audiences may say, as the tables of docs/audiences.md: keys, columns, functions."""

from typing import Annotated

import typer

from pipelines.reports.language_tables import language_tables

MISUSED = 2


def language_command(
    table: Annotated[str, typer.Argument(help="keys, columns or functions; all of them where absent.")] = "",
) -> None:
    """Print every key of an audience, every column and every function that its rules may name."""
    tables = language_tables()
    if table and table not in tables:
        typer.echo(f"found the table {table!r}; expected one of {', '.join(tables)}", err=True)
        raise typer.Exit(MISUSED)
    typer.echo("\n".join(text for name, text in tables.items() if table in ("", name)), nl=False)
