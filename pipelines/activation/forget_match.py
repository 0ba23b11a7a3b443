"""Which rows are of somebody who was forgotten: tombstones against the identifiers and names that rows state.

One weak identifier is not enough where a name is stated: a family shares an e-mail, a phone and a home. A named row goes only
where an identifier of the forgotten stands beside a name of theirs; a nameless one only where nobody else was known by the
identifier when they were forgotten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from pipelines.activation.forget_keys import ALONE, Block, Hasher, blocks, evidence, mailbox, name_of, names
from pipelines.normalise.invisible import visible

SCOPES = ("any", "named", "alone")


@dataclass(frozen=True)
class Tombstones:
    """Hashes of what the forgotten were known by. `any` holds identifiers, `named` identifiers with a name beside, `alone`
    identifiers that nobody else was known by."""

    hasher: Hasher
    any: frozenset[str]
    named: frozenset[str]
    alone: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.any)


def tombstones(rows: pl.DataFrame, seed: str) -> Tombstones:
    """From rows of the table forgotten (scope, key_hash)."""
    kept = {one: frozenset(rows.filter(pl.col("scope").cast(pl.String) == one)["key_hash"].to_list()) for one in SCOPES}
    return Tombstones(Hasher(seed), kept["any"], kept["named"], kept["alone"])


@dataclass(frozen=True)
class Fate:
    """What becomes of rows: places (`at`) of those that go, and per block the places where its columns are blanked."""

    gone: pl.Series
    blanked: tuple[tuple[Block, pl.Series], ...] = ()

    def blank(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows (with `at`) without what is the person's in the rows of somebody else."""
        for block, at in self.blanked:
            mine = pl.col("at").is_in(at.implode())
            rows = rows.with_columns(pl.when(~mine).then(pl.col(one)).alias(one) for one in columns_of(block, rows.columns))
        return rows


NOTHING = pl.Series("at", [], pl.UInt32)


def fate(feed: str, key: Sequence[str], rows: pl.DataFrame, stones: Tombstones, chosen: Iterable[pl.Series] = ()) -> Fate:
    """What the tombstones make of rows. `rows` has `at` and text columns; `key` is the feed's key where it is all text.

    `chosen`: per block, places known otherwise to be of the forgotten. A row with a co-buyer who stays keeps what is the
    co-buyer's; what is the buyer's is blanked.
    """
    found = blocks(rows.columns)
    known = [*chosen, *(NOTHING for _ in found)]
    hit = [pl.concat([_hits(one, feed, key, rows, stones), known[place]]).unique() for place, one in enumerate(found)]
    if len(found) == 1:
        return Fate(hit[0].sort())
    buyer, other = found[0], found[1]
    stated = _stated(other, rows)
    stays = stated.filter(~stated.is_in(hit[1].implode()))
    gone = hit[0].filter(~hit[0].is_in(stays.implode()))
    halves = ((buyer, hit[0].filter(hit[0].is_in(stays.implode()))), (other, hit[1].filter(~hit[1].is_in(gone.implode()))))
    blanked = tuple((block, at.sort()) for block, at in halves if len(at))
    return Fate(gone.sort(), blanked)


def columns_of(block: Block, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of a row that are one person's alone."""
    cleaned = [one for one in columns if one.startswith("cass_")] if block.is_main else []
    return tuple([one for one in columns if one.startswith(block.prefix)] + cleaned)


def _stated(block: Block, rows: pl.DataFrame) -> pl.Series:
    """Rows in which a second person is stated at all."""
    own = [column for column in columns_of(block, rows.columns) if rows.schema[column] == pl.String]
    says = pl.any_horizontal([pl.col(one).str.strip_chars().fill_null("") != "" for one in own]) if own else pl.lit(False)
    return rows.filter(says)["at"].cast(pl.UInt32)


def _hits(block: Block, feed: str, key: Sequence[str], rows: pl.DataFrame, stones: Tombstones) -> pl.Series:
    if not stones:
        return NOTHING
    said = evidence(block, rows, feed, key, lambda one: stones.hasher.of("zip", one) in stones.any)
    known = said.select("kind", "value").unique()
    hashed = [stones.hasher.of(kind, value) for kind, value in known.iter_rows()]
    known = known.with_columns(weak=pl.Series(hashed, dtype=pl.String))
    near = said.join(known.filter(pl.col("weak").is_in(list(stones.any))), on=["kind", "value"])
    if near.is_empty():
        return NOTHING
    called = names(block, rows.join(near.select("at").unique(), on="at", how="semi"))
    near = near.join(called, on="at", how="left")
    is_hit = [
        stones.hasher.of(kind, value, name) in stones.named if name else kind in ALONE and weak in stones.alone
        for kind, value, name, weak in near.select("kind", "value", "name", "weak").iter_rows()
    ]
    return near.filter(pl.Series(is_hit, dtype=pl.Boolean))["at"].unique()


def is_in_text(text: str, cells: Sequence[str], stones: Tombstones) -> bool:
    """Whether a text that is no row of cells is of the forgotten: one of its cells is an identifier that nobody else had, or
    one is theirs and their name stands in the text."""
    if not stones:
        return False
    found = [(kind, value) for kind, value in _read(cells) if stones.hasher.of(kind, value) in stones.any]
    if any(stones.hasher.of(kind, value) in stones.alone for kind, value in found):
        return True
    called = _names_in(cells) if found else set()
    return any(stones.hasher.of(kind, value, name) in stones.named for kind, value in found for name in called)


def _read(cells: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Identifiers that cells may be, in forms that are cheap to tell: there are many quarantined rows."""
    for cell in dict.fromkeys(one.strip() for one in cells):
        digits = "".join(one for one in cell if one.isdigit())
        if "@" in cell:
            yield "email", mailbox(visible(cell).lower())
        if len(digits) in (10, 11):
            yield "phone", f"+1{digits[-10:]}"
        if 5 <= len(cell) <= 64:
            yield "client", cell
            yield "email_hash", cell.lower()
            yield "phone_hash", cell.lower()


def _names_in(cells: Sequence[str]) -> set[str]:
    said = [one.strip() for one in cells if one.strip() and "@" not in one and not any(sign.isdigit() for sign in one)]
    pairs = list(pairwise(said)) + list(zip(said, said[2:], strict=False))
    whole = {name_of(one, None, None, None, None) for one in said}
    return {one for one in whole | {name_of(None, first, None, last, None) for first, last in pairs} if one}
