"""What a journal says, as rows: of each body, of each member, and of the sizes that the platform reported."""

from datetime import datetime

import polars as pl

from assets.delivery.journal import Journal, Planned, State
from assets.lake import Lake
from pipelines.shape import in_shape
from schemas.platforms import all_platforms
from schemas.tables.exports import DELIVERED
from schemas.tables.receipts import DRIFT, RECEIPT, RECEIPT_MEMBER

# How well a body's outcome stands for each member it speaks of; a member of several bodies has the worst and the best of them.
NOTHING, REJECTED, UNKNOWN, CONFIRMED = 0, 1, 2, 3
STATUS = {"delivered": "delivered", "refused": "refused"}  # everything else waits: set_aside


def receipts(journal: Journal) -> pl.DataFrame:
    """Table receipt: one row per body that was planned."""
    rows = [_receipt(journal, one, journal.states[one.key]) for one in journal.plan.batches]
    return in_shape(pl.DataFrame(rows, schema=dict(RECEIPT.schema.create_empty().schema), orient="row"), RECEIPT)


def _receipt(journal: Journal, one: Planned, state: State) -> dict[str, object]:
    rejected = len({found.person_id for found in state.answer.rejections})
    is_delivered = state.status == "delivered"
    return {
        "delivery": journal.plan.delivery,
        "sequence": one.sequence,
        "batch_key": one.key,
        "platform": journal.plan.platform,
        "cell": one.cell,
        "operation": one.operation,
        "is_urgent": one.is_urgent,
        "day": journal.plan.day,
        "status": STATUS.get(state.status, "set_aside"),
        "is_unknown": may_have_arrived(state),
        "reason": None if is_delivered else state.reason or "not sent",
        "request_id": state.answer.request_id or None,
        "members": one.members,
        "accepted": one.members - rejected if is_delivered else 0,
        "rejected": rejected,
        "unnamed": state.answer.unnamed,
        "attempts": state.attempts,
        "bytes": one.bytes,
        "sent_at": _moment(state.at),
    }


def outcomes(journal: Journal) -> pl.DataFrame:
    """cell, person_id, side, outcome, reason, batch_key, at: what the platform did with each member of whom it was told.

    Members whose bodies certainly never arrived are left out. A removal that no body speaks of has nothing left to name, and is
    confirmed.
    """
    rejected = [
        (key, found.person_id, found.reason) for key, state in journal.states.items() for found in state.answer.rejections
    ]
    reasons = pl.DataFrame(rejected, schema=["key", "person_id", "reason"], orient="row", schema_overrides=_TEXTS)
    reasons = reasons.unique(["key", "person_id"], keep="first", maintain_order=True)
    bodies = pl.DataFrame(
        [(one.key, one.cell, one.sequence, _side(one), _rank(journal.states[one.key]), journal.states[one.key].at)
         for one in journal.plan.batches],
        schema={"key": pl.String, "cell": pl.String, "sequence": pl.Int64, "side": pl.String, "rank": pl.Int64, "at": pl.String},
        orient="row",
    )  # fmt: skip
    told = journal.members.join(bodies, on="key").join(reasons, on=["key", "person_id"], how="left")
    rank = pl.when(pl.col("reason").is_not_null()).then(REJECTED).otherwise("rank")
    per = told.sort("sequence").with_columns(rank=rank).group_by("cell", "person_id", "side", maintain_order=True)
    found = per.agg(
        least=pl.col("rank").min(), most=pl.col("rank").max(), reason=pl.col("reason").drop_nulls().first(),
        batch_key=pl.col("key").last(), at=pl.col("at").max(),
    ).filter(pl.col("most") > NOTHING)  # fmt: skip
    outcome = (
        pl.when(pl.col("least") == CONFIRMED)
        .then(pl.lit("confirmed"))
        .when(pl.col("most") >= UNKNOWN)
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("rejected"))
    )
    listed = found.select("cell", "person_id", "side", "reason", "batch_key", "at", outcome=outcome)
    return pl.concat([listed, _nothing_to_name(journal)], how="diagonal_relaxed")


def member_rows_of(journal: Journal) -> pl.DataFrame:
    """Table receipt_member: outcomes with what was asked, on which basis, of which recipient."""
    contract = all_platforms()[journal.plan.platform]
    rows = outcomes(journal).join(journal.asks.drop("platform"), on=["cell", "person_id"])
    is_partial = (pl.col("side") == "drop") & (pl.col("action").cast(pl.String) != "remove")
    return in_shape(
        rows.with_columns(
            delivery=pl.lit(journal.plan.delivery),
            platform=pl.lit(journal.plan.platform),
            recipient=pl.lit(contract.recipient),
            purpose=pl.lit(contract.purpose),
            day=pl.lit(journal.plan.day),
            identifiers=pl.when(is_partial).then("withdrawn").otherwise("identifiers"),
            answered_at=pl.col("at").str.to_datetime(time_unit="us", time_zone="UTC", strict=False),
            basis=pl.col("basis").fill_null("taken back"),
        ),
        RECEIPT_MEMBER,
    )


def done(journal: Journal) -> pl.DataFrame:
    """cell, person_id of whom everything that was asked is confirmed."""
    found = outcomes(journal).select("cell", "person_id", "side", is_sure=pl.col("outcome") == "confirmed")
    asks = journal.asks.select("cell", "person_id", is_removal=pl.col("action").cast(pl.String) == "remove")
    per = found.group_by("cell", "person_id").agg(sure="is_sure", sides="side").join(asks, on=["cell", "person_id"])
    every = pl.col("sure").list.all() & (pl.col("is_removal") | pl.col("sides").list.contains("hold"))
    planned = journal.members.join(_sides(journal), on="key").unique(["cell", "person_id", "side"])
    wanted = planned.group_by("cell", "person_id").agg(bodies=pl.len())
    complete = per.filter(every).join(wanted, on=["cell", "person_id"], how="left")
    return complete.filter(pl.col("sides").list.len() >= pl.col("bodies").fill_null(1)).select("cell", "person_id")


def drifts(journal: Journal, expected: pl.DataFrame) -> pl.DataFrame:
    """Table drift: reported against expected members per cell, where the platform reports any."""
    told = {cell: size for cell, size in journal.sizes.items() if size is not None}
    counts = dict(expected.group_by("cell").agg(pl.len()).rows())
    rows = [
        (journal.plan.delivery, journal.plan.platform, cell, journal.plan.day, size, counts.get(cell, 0))
        for cell, size in sorted(told.items())
    ]
    names = ["delivery", "platform", "cell", "day", "reported", "expected"]
    return in_shape(pl.DataFrame(rows, schema=dict(DRIFT.schema.create_empty().select(names).schema), orient="row"), DRIFT)


def expected_in(lake: Lake, journal: Journal) -> pl.DataFrame:
    """Whom the platform should hold after a delivery: rows of delivered."""
    part = lake.part(DELIVERED.name, journal.plan.day)
    rows = pl.read_parquet(part, columns=["platform", "cell"]) if part.is_file() else DELIVERED.schema.create_empty()
    return rows.filter(pl.col("platform") == journal.plan.platform)


_TEXTS = {"key": pl.String, "person_id": pl.String, "reason": pl.String}


def may_have_arrived(state: State) -> bool:
    """An attempt of which nobody knows whether it arrived."""
    return state.status != "delivered" and (state.is_unknown or state.status == "sending")


def _rank(state: State) -> int:
    if state.status == "delivered":
        return CONFIRMED
    return UNKNOWN if may_have_arrived(state) else NOTHING


def _side(one: Planned) -> str:
    return "drop" if one.operation == "remove" else "hold"


def _sides(journal: Journal) -> pl.DataFrame:
    rows = [(one.key, one.cell, _side(one)) for one in journal.plan.batches]
    return pl.DataFrame(rows, schema={"key": pl.String, "cell": pl.String, "side": pl.String}, orient="row")


def _nothing_to_name(journal: Journal) -> pl.DataFrame:
    named = journal.members.join(_sides(journal), on="key").select("cell", "person_id")
    removals = journal.asks.filter(pl.col("action").cast(pl.String) == "remove").join(named, on=["cell", "person_id"], how="anti")
    return removals.select("cell", "person_id", side=pl.lit("drop"), outcome=pl.lit("confirmed"))


def _moment(at: str) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
