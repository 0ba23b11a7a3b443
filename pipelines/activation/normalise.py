"""A platform's own normalising and hashing of one column of raw values.

The rules are per platform because one shared hash column is wrong: the same mailbox has three spellings at four platforms.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from pipelines.activation import normalise_contact as contact
from pipelines.activation import normalise_person as person
from pipelines.engine import Engine
from schemas.platforms import PlatformContract

Rule = Callable[[pl.Expr], pl.Expr]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            contact.email_trimmed,
            contact.email_google,
            contact.email_uid2,
            contact.email_tiktok,
            contact.phone_e164,
            contact.phone_digits,
            contact.device_id,
            contact.handle,
            contact.as_it_is,
            person.name_plain,
            person.name_joined,
            person.city_joined,
            person.state_lower,
            person.country_lower,
            person.country_upper,
            person.zip_five,
            person.date_compact,
        )
    }
)


def normalised(platform: PlatformContract, kind: str, column: str) -> pl.Expr:
    """The platform's spelling of a raw column; null where there is no such identifier. Keeps the column's name."""
    return RULES[platform.identifier(kind).rule](pl.col(column)).alias(column)


def prepared(engine: Engine, platform: PlatformContract, frame: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """The frame with columns normalised and, where the platform wants it, hashed.

    `kinds` maps columns to the platform's identifier kinds; other columns pass through, rows keep their order.
    Distinct values are hashed once; null stays null. Digests are hex or Base64 as the platform declares.
    """
    spelled = frame.with_columns([normalised(platform, kind, column) for column, kind in kinds.items()])
    for column, kind in kinds.items():
        if platform.identifier(kind).is_hashed:
            spelled = spelled.with_columns(hashed(engine, spelled.get_column(column), encoding=platform.encoding))
    return spelled


def hashed(engine: Engine, values: pl.Series, *, encoding: str = "hex") -> pl.Series:
    """SHA-256 of the UTF-8 bytes of each value, in order; null stays null. Hex in lower case, or Base64 of the raw bytes."""
    digest = "sha256(value)" if encoding == "hex" else "to_base64(unhex(sha256(value)))"
    engine.register("hash_input", pl.DataFrame({"place": pl.int_range(len(values), eager=True), "value": values}))
    digests = engine.sql(f"SELECT {digest} AS digest FROM hash_input ORDER BY place")
    return digests.get_column("digest").alias(values.name)
