"""The step of web clients: where, when and with what each was seen. Yesterday's rows, with clients seen today made anew."""

from collections.abc import Mapping

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.records.rooftop_alias import rooftop_aliases
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.contract import Table
from schemas.tables.web_identity import WEB_CLIENT, WEB_NETWORK

PACKAGE = "pipelines.identity.web"
TABLES = (WEB_CLIENT, WEB_NETWORK)
QUERIES = {WEB_CLIENT.name: "client", WEB_NETWORK.name: "network"}


def build(engine: Engine, day: Day) -> Mapping[str, pl.DataFrame]:
    """web_client and web_network of the day."""
    engine.register("rooftop_alias", rooftop_aliases(day.policy.group))
    fresh = {name: engine.sql(query_text(PACKAGE, query), as_of=day.as_of) for name, query in QUERIES.items()}
    seen = fresh[WEB_CLIENT.name].select("record_id")
    return {table.name: _renewed(engine, table, fresh[table.name], seen) for table in TABLES}


def _renewed(engine: Engine, table: Table, fresh: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    kept = engine.sql(f"SELECT * FROM previous_{table.name}").join(seen, on="record_id", how="anti")
    return pl.concat([in_shape(kept, table), in_shape(fresh, table)]).sort(table.key)


STEP = Step(
    tables=TABLES,
    inputs=(Input("web_events", "until"), *(Input(table.name, "previous") for table in TABLES)),
    build=build,
)
