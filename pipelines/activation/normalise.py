"""A platform's own normalising and hashing of columns of raw values.

The rules are per platform because one shared hash column is wrong: the same mailbox has three spellings at four platforms.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from pipelines.activation import normalise_contact, normalise_person
from pipelines.activation.normalise_text import Rule
from pipelines.engine import Engine
from schemas.platforms import PlatformContract

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        name: rule
        for module in (normalise_contact, normalise_person)
        for name, rule in vars(module).items()
        if isinstance(rule, Rule)
    }
)
SAMPLE = 1_000  # rows looked at to tell whether a column repeats itself


def normalised(platform: PlatformContract, kind: str, values: pl.Series) -> pl.Series:
    """The platform's spelling of raw values, in order; null where there is no such identifier.

    KeyError naming what is accepted where the platform takes no such kind.
    """
    return RULES[platform.identifier(kind).rule](values).alias(values.name)


def prepared(engine: Engine, platform: PlatformContract, frame: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """The frame with columns normalised and, where the platform wants it, hashed.

    `kinds` maps columns to the platform's identifier kinds; other columns pass through, rows keep their order.
    Null stays null. Digests are hex or Base64 as the platform declares.
    """
    spelled = frame.with_columns([normalised(platform, kind, frame.get_column(column)) for column, kind in kinds.items()])
    secret = [column for column, kind in kinds.items() if platform.identifier(kind).is_hashed]
    return spelled.with_columns(hashed(engine, spelled.select(secret), encoding=platform.encoding)) if secret else spelled


def hashed(engine: Engine, values: pl.DataFrame, *, encoding: str = "hex") -> pl.DataFrame:
    """SHA-256 of the UTF-8 bytes of each value, in order; null stays null. Hex in lower case, or Base64 of the raw bytes.

    A column of few values, as names are, is hashed once per value.
    """
    few = {one: _once(values.get_column(one)) for one in values.columns if _repeats(values.get_column(one))}
    many = _digests(engine, values.drop(few), encoding) if len(few) < values.width else values.select([])
    made = {one: many.get_column(one) for one in many.columns}
    for name, (once, places) in few.items():
        made[name] = _digests(engine, once.to_frame("value"), encoding).to_series().gather(places)
    return pl.DataFrame([made[name].alias(name) for name in values.columns])


def _once(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct values of a column, and the place among them of each value; null stays null."""
    coded = values.to_arrow().dictionary_encode()
    return pl.Series(pl.from_arrow(coded.dictionary), dtype=pl.String), pl.Series(pl.from_arrow(coded.indices))


def _repeats(values: pl.Series) -> bool:
    return len(values) > SAMPLE and values.head(SAMPLE).n_unique() < SAMPLE // 2


def _digests(engine: Engine, values: pl.DataFrame, encoding: str) -> pl.DataFrame:
    """Digests by place. Columns are named by their place for the query, so that a name is never part of SQL."""
    digest = "sha256({0}) AS {0}" if encoding == "hex" else "to_base64(unhex(sha256({0}))) AS {0}"
    places = [f"value_{place}" for place in range(values.width)]
    engine.register("hash_input", values.rename(dict(zip(values.columns, places, strict=True))).with_row_index("place"))
    digests = engine.sql(f"SELECT place, {', '.join(digest.format(one) for one in places)} FROM hash_input")
    ordered = digests if digests.get_column("place").is_sorted() else digests.sort("place")
    return ordered.select(pl.col(one).alias(name) for one, name in zip(places, values.columns, strict=True))
