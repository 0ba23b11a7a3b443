"""Our own tables, one module per stage. The folder is the registry: a `Table` object in any module here is a table."""

import importlib
import pkgutil
from functools import cache

from schemas.contract import Table


@cache
def all_tables() -> dict[str, Table]:
    """Every declared table by name, in stage-module order."""
    found: dict[str, Table] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        tables = [value for value in vars(loaded).values() if isinstance(value, Table)]
        found.update({table.name: table for table in tables})
    return found
