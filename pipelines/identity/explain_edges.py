"""Many edges explained at once, as a table; and, apart from all else, the values behind them."""

import numpy as np
import polars as pl

from pipelines.identity.explain import MISSING_LABEL
from pipelines.identity.linkage.encode import MISSING, encode
from pipelines.identity.linkage.learned import PRIOR, Learned, frozen_comparers
from pipelines.identity.linkage.patterns import patterns
from schemas.identity_model import IdentityModel

EXPLAINED = pl.Schema(
    {
        "left_record_id": pl.String(),
        "right_record_id": pl.String(),
        "field": pl.String(),
        "level": pl.Int64(),
        "label": pl.String(),
        "match_bits": pl.Float64(),
        "frequency_bits": pl.Float64(),
    }
)


class RecordsMissing(ValueError):
    """Edges whose ends are not among the records. `missing` is how many records lack."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(f"{missing:,} records of the edges are not among the records; expected those the edges were made of")


def explain_frame(
    edges: pl.DataFrame, learned: Learned, records: pl.DataFrame | None = None, model: IdentityModel | None = None
) -> pl.DataFrame:
    """A row per scored edge and field: left_record_id, right_record_id, field, level, label, match_bits, frequency_bits.

    Args:
        edges: as in Resolution; those without levels (a steward's, one id) have no weights and give no rows.
        learned: what the edges were scored by.
        records: at least the records at their ends, where frequency_bits are wanted; without them they are null.
        model: needed with records.
    """
    fields = _fields(learned)
    scored = edges.filter(pl.col("levels").is_not_null()).select("left_record_id", "right_record_id", "levels")
    long = scored.with_columns(field=pl.lit(fields, pl.List(pl.String))).explode("levels", "field")
    told = long.with_columns(level=pl.col("levels").cast(pl.Int64)).join(
        learned.parameters.select("field", "level", "label", "match_bits"),
        on=["field", "level"], how="left", maintain_order="left",
    )  # fmt: skip
    known = told.with_columns(pl.col("label").fill_null(MISSING_LABEL), pl.col("match_bits").fill_null(0.0))
    blank = known.with_columns(frequency_bits=pl.lit(None, pl.Float64))
    if records is not None and model is not None and len(scored):
        corrections = _corrections(scored, learned, records, model)
        blank = blank.with_columns(frequency_bits=pl.Series(corrections.T.ravel(), dtype=pl.Float64))
    return blank.select(EXPLAINED.names()).cast(EXPLAINED)


def values_of(records: pl.DataFrame, model: IdentityModel) -> pl.DataFrame:
    """record_id, field, value: the standard texts that are compared, several joined by bars. Personal data: for the eye only."""
    coded = encode(records, model)
    rows = [
        (record, name, " | ".join(dict.fromkeys(field.texts[slot[place]] for slot in field.slots if slot[place] != MISSING)))
        for place, record in enumerate(coded.ids)
        for name, field in coded.fields.items()
    ]
    return pl.DataFrame(rows, schema={"record_id": pl.String, "field": pl.String, "value": pl.String}, orient="row")


def _fields(learned: Learned) -> list[str]:
    """Fields in the order of the columns of levels."""
    names = learned.parameters.filter(pl.col("field") != PRIOR)["field"]
    return [str(one) for one in names.unique(maintain_order=True)]


def _corrections(edges: pl.DataFrame, learned: Learned, records: pl.DataFrame, model: IdentityModel) -> np.ndarray:
    """(fields, edges) frequency bits of edges whose ends are among the records."""
    ends = pl.concat([edges["left_record_id"], edges["right_record_id"]]).unique()
    coded = encode(records.filter(pl.col(model.record_id).cast(pl.String).is_in(ends.implode())), model)
    if len(coded) < len(ends):
        raise RecordsMissing(len(ends) - len(coded))
    place = pl.DataFrame({"id": coded.ids, "place": np.arange(len(coded))})
    left, right = (
        edges.select(id=f"{end}_record_id").join(place, on="id", how="left", maintain_order="left")["place"].to_numpy()
        for end in ("left", "right")
    )
    return patterns(frozen_comparers(coded, learned), left, right).corrections
