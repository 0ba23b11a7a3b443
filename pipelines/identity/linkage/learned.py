"""A learned model as tables, to be kept, frozen and read again: what each level is worth, and how common values are."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.identity.linkage.compare import Comparer
from pipelines.identity.linkage.em import Parameters, field_bits
from pipelines.identity.linkage.encode import Coded, Records
from pipelines.identity.linkage.frequency import Frequency, banded
from pipelines.identity.linkage.keys import text_hashes
from pipelines.identity.linkage.measures import Texts
from schemas.identity_language import Level, parse_level

PRIOR = "(prior)"  # the field of the rows that hold the shares of the classes
SHARES = pl.Schema({"field": pl.String(), "value_hash": pl.UInt64(), "share": pl.Float64()})


@dataclass(frozen=True)
class Learned:
    """What a run learned.

    parameters: field, level (its number), label, match, household, household_2, random (shares of pairs of that class on the
        level), match_bits, and for exact bands mean_share, least (the share of a value seen once or never).
    shares: field, value_hash, share of records, of values that more than one record holds.
    rules: the blocking rules in force, as written in a model file.
    """

    parameters: pl.DataFrame
    shares: pl.DataFrame
    rules: tuple[str, ...]


def as_tables(comparers: list[Comparer], told: Parameters, rules: tuple[str, ...]) -> Learned:
    """What was learned, as tables."""
    rows = [row for place, one in enumerate(comparers) for row in _rows(place, one, told)]
    classes = ["match", *(f"household_{i + 1}" for i in range(len(told.households))), "random"]
    rows += [_prior_row(i, name, share) for i, (name, share) in enumerate(zip(classes, told.prior, strict=True))]
    held = [_shared_values(one) for one in comparers]
    return Learned(pl.DataFrame(rows, schema=PARAMETERS, orient="row"), pl.concat([SHARES.to_frame(), *held]), rules)


PARAMETERS = pl.Schema(
    {
        "field": pl.String(),
        "level": pl.Int64(),
        "label": pl.String(),
        "match": pl.Float64(),
        "household_1": pl.Float64(),
        "household_2": pl.Float64(),
        "random": pl.Float64(),
        "match_bits": pl.Float64(),
        "mean_share": pl.Float64(),
        "least_share": pl.Float64(),
    }
)


def labels(bands: int, levels: tuple[Level, ...]) -> list[str]:
    """The name of each level: exact by band, 1 the rarest, then as written, then else."""
    return [*(f"exact, band {band + 1}" for band in range(bands)), *(str(one) for one in levels), "else"]


def _rows(place: int, one: Comparer, told: Parameters) -> list[tuple]:
    m, u = told.match[place], told.random[place]
    homes = [home[place] for home in told.households] + [u] * (2 - len(told.households))
    bits, least = field_bits(m, u), one.frequency.least
    means = [*one.frequency.mean_share.tolist(), *([None] * (one.size - one.bands))]
    return [
        (one.field.name, i, label, m[i], homes[0][i], homes[1][i], u[i], bits[i], means[i], least)
        for i, label in enumerate(labels(one.bands, one.levels))
    ]


def _prior_row(place: int, name: str, share: float) -> tuple:
    return (PRIOR, place, name, share, None, None, None, None, None, None)


def _shared_values(one: Comparer) -> pl.DataFrame:
    """Shares of the values that more than one record holds."""
    several = np.flatnonzero(one.field.counts > 1)
    hashes = text_hashes(one.field.values)[several]
    frame = pl.DataFrame(
        {"value_hash": hashes, "share": one.frequency.share[several]}, schema_overrides={"value_hash": pl.UInt64}
    )
    return frame.select(pl.lit(one.field.name).alias("field"), "value_hash", "share").sort("value_hash")


def parameters_of(learned: Learned, fields: list[str]) -> Parameters:
    """Parameters from their table."""
    table = learned.parameters
    prior = table.filter(pl.col("field") == PRIOR).sort("level")
    kinds = len(prior) - 2

    def column(name: str) -> tuple[np.ndarray, ...]:
        return tuple(table.filter(pl.col("field") == one).sort("level")[name].to_numpy() for one in fields)

    homes = tuple(column(f"household_{i + 1}") for i in range(kinds))
    return Parameters(column("match"), homes, column("random"), tuple(prior["match"].to_list()))


def frozen_comparers(records: Records, learned: Learned) -> list[Comparer]:
    """Fields of any records, with the levels and frequencies of a learned model."""
    return [_frozen(one, learned) for one in records.fields.values()]


def _frozen(field: Coded, learned: Learned) -> Comparer:
    rows = learned.parameters.filter(pl.col("field") == field.name).sort("level")
    exact = rows.filter(pl.col("mean_share").is_not_null())
    written = rows["label"].to_list()[len(exact) : -1]
    known = learned.shares.filter(pl.col("field") == field.name).select("value_hash", "share")
    asked = pl.DataFrame({"value_hash": text_hashes(field.values)}, schema={"value_hash": pl.UInt64})
    share = asked.join(known, on="value_hash", how="left", maintain_order="left")["share"].fill_null(rows["least_share"][0])
    frequency = banded(share.to_numpy(), mean_share=exact["mean_share"].to_numpy(), least=float(rows["least_share"][0]))
    return Comparer(field, frequency, tuple(parse_level(one) for one in written), Texts(field.values, field.texts))


__all__ = ["PARAMETERS", "SHARES", "Frequency", "Learned", "as_tables", "frozen_comparers", "labels", "parameters_of"]
