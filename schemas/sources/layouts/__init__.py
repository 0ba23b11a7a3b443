"""Published headers that are too long to read as code: one header per line, in order."""

from importlib import resources


def header(layout: str) -> tuple[str, ...]:
    """The column names of a published layout, in order, for example header("dealervault_SL")."""
    text = resources.files(__name__).joinpath(f"{layout}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line)
