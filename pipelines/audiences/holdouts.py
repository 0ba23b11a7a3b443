"""Which arms keep a member from being addressed. Who is in which arm is drawn in `pipelines.experiments`."""

import polars as pl

from pipelines.experiments.cards import CONTROL

# Arms of a test, as `test:arm`, that are not addressed; geo_dark and geo_gap are those of geo hold-outs.
HELD_BACK = r":(control|holdout|held_back|geo_dark|geo_gap)(\||$)"


def is_held_back(arm: str = "arm") -> pl.Expr:
    """True where an arm keeps the person from being addressed: the global control, a test's own control, or a dark ZIP."""
    return (pl.col(arm) == CONTROL) | pl.col(arm).str.contains(HELD_BACK)
