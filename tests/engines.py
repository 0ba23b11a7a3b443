"""Engines for tests: each as empty as a new one, all in one database of the process, so that opening one costs nothing."""

import atexit
from functools import cache

from assets.engine import DuckDBEngine


class Guest(DuckDBEngine):
    """An engine in a database that is there. What it registers and keeps is its own; files are not to be viewed by it."""

    def __init__(self, host: DuckDBEngine) -> None:
        self._use(host._connection.cursor())


@cache
def _host() -> DuckDBEngine:
    one = DuckDBEngine()
    atexit.register(one.close)
    return one


def fresh_engine() -> DuckDBEngine:
    """An engine in which nothing is registered."""
    return Guest(_host())
