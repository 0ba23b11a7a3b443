"""Rows of people who were forgotten, left out before anything else is made of them: a re-pull of all files brings nobody back."""

import re
from dataclasses import replace

import polars as pl

from pipelines.activation.forget_match import Tombstones, fate, is_in_text
from pipelines.ingest.rows import RawRows
from schemas.contract import Feed, Kind

_CELLS = re.compile(r"[\t,;|\"<>\n]|\s{2,}")


def without_forgotten(feed: Feed, raw: RawRows, stones: Tombstones) -> tuple[RawRows, int]:
    """The rows that may be taken, and how many were left out. A co-buyer who was not forgotten keeps the deal, not the buyer."""
    if not stones or not raw.count:
        return raw, 0
    rows = raw.cells.with_row_index("at")
    found = fate(feed.name, text_key(feed), rows, stones)
    rows = found.blank(rows)
    stays = ~rows["at"].is_in(found.gone.implode())
    texts = raw.texts
    if found.blanked:  # what is quarantined is told by its text, which still has what was blanked
        spoilt = rows["at"].is_in(pl.concat([at for _, at in found.blanked]).implode())
        texts = pl.select(pl.when(spoilt).then(pl.lit("")).otherwise(texts).alias(texts.name)).to_series()
    kept = replace(raw, cells=rows.filter(stays).drop("at"), texts=texts.filter(stays), broken=_broken(raw.broken, stones))
    return kept, raw.count - kept.count


def text_key(feed: Feed) -> tuple[str, ...]:
    """The columns of a feed's key where every one is text as delivered; none for other feeds."""
    kinds = [feed.field(one).kind for one in feed.key]
    return feed.key if kinds and all(one is Kind.TEXT for one in kinds) else ()


def cells_of(text: str) -> list[str]:
    """The cells of a row's text, whatever stands between them."""
    return [one for one in _CELLS.split(text) if one]


def _broken(broken: pl.DataFrame, stones: Tombstones) -> pl.DataFrame:
    if broken.is_empty():
        return broken
    theirs = [is_in_text(text or "", cells_of(text or ""), stones) for text in broken["raw_text"]]
    return broken.filter(~pl.Series(theirs, dtype=pl.Boolean))
