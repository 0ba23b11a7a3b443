"""One rooftop per person, and no more people than a rooftop has room for."""

import polars as pl

from pipelines.audiences.cards import rooftop_cards
from pipelines.audiences.radius import radius_frame
from pipelines.engine import Engine, query_text
from schemas.policy import Policy

_CHOICES = {
    "household": "h.home_rooftop_id",
    "garage": "o.garage_rooftop_id",
    "interest": "o.interest_rooftop_id",
    "distance": "o.nearest_rooftop_id",
}
PLACED: dict[str, pl.DataType | type[pl.DataType]] = {
    "person_id": pl.String,
    "rooftop_id": pl.String,
    "full_rooftop_id": pl.String,
}


def placed(engine: Engine, policy: Policy) -> pl.DataFrame:
    """person_id, rooftop_id, full_rooftop_id of everybody who has a brand; reads contender, brand_choice, interest, zip_distance.

    rooftop_id is null where no rooftop of the brand is known, or none has room: then full_rooftop_id is the one that was wanted.
    """
    engine.register("rooftop_card", rooftop_cards(policy))
    order = policy.channels.rooftop_choice
    own = ", ".join(_CHOICES[one].replace("o.", "") for one in order if one != "household") or "nearest_rooftop_id"
    query = query_text(__package__, "rooftop").replace("/* own_choice */", f"coalesce({own}, nearest_rooftop_id)")
    query = query.replace("/* choice */", f"coalesce({', '.join(_CHOICES[one] for one in order)}, o.own_rooftop_id)")
    engine.keep("chosen_rooftop", query)
    chosen = engine.sql("SELECT * FROM chosen_rooftop ORDER BY segment_rank, priority, score DESC NULLS LAST, person_id")
    room = {one.rooftop_id: one.monthly_capacity_contacts for one in policy.group.rooftops}
    crowded = _crowded(chosen, room) if policy.channels.is_rooftop_limited else []
    if not crowded:
        return chosen.select("person_id", "rooftop_id", full_rooftop_id=pl.lit(None, pl.String))
    engine.register("crowded", pl.DataFrame({"brand": crowded}, schema={"brand": pl.String}))
    engine.register("radius", radius_frame(policy))
    return seated(chosen, engine.sql(query_text(__package__, "rooftop_option")), room)


def seated(chosen: pl.DataFrame, options: pl.DataFrame, room: dict[str, int]) -> pl.DataFrame:
    """See `placed`. Who is earlier in `chosen` (person_id, rooftop_id) is seated first; `options`: person_id, rooftop_id, place.

    Everybody asks the first choice; a rooftop keeps the first of those who ask, up to its room, and whoever it does not keep asks
    the next one. All rooftops rank people alike, so the end is that of serving people one by one in that order.
    """
    ranked = chosen.select("person_id", first="rooftop_id").with_row_index("rank").with_columns(at=pl.lit(0, pl.Int64))
    asked = pl.concat(
        [
            ranked.select("person_id", pl.col("first").alias("rooftop_id"), place=pl.lit(0, pl.Int64)),
            options.select("person_id", "rooftop_id", pl.col("place").cast(pl.Int64)),
        ]
    )
    space = pl.DataFrame(
        {"rooftop_id": list(room), "room": list(room.values())}, schema={"rooftop_id": pl.String, "room": pl.Int64}
    )
    while True:
        asking = ranked.join(asked, left_on=["person_id", "at"], right_on=["person_id", "place"], how="left").join(
            space, on="rooftop_id", how="left"
        )
        turn = pl.col("rank").rank("ordinal").over("rooftop_id")
        is_turned = pl.col("rooftop_id").is_not_null() & (turn > pl.col("room"))
        judged = asking.with_columns(is_turned=is_turned.fill_null(False)).sort("rank")
        if not judged["is_turned"].any():
            break
        ranked = judged.select("rank", "person_id", "first", pl.col("at") + pl.col("is_turned").cast(pl.Int64))
    is_out = pl.col("rooftop_id").is_null() & pl.col("first").is_not_null()
    return judged.select("person_id", "rooftop_id", full_rooftop_id=pl.when(is_out).then("first")).select(list(PLACED))


def _crowded(chosen: pl.DataFrame, room: dict[str, int]) -> list[str]:
    """Brands with a rooftop that more people ask for than it has room for."""
    asked = chosen.group_by("rooftop_id", "brand").len()
    limit = pl.col("rooftop_id").replace_strict(room, default=None, return_dtype=pl.Int64)
    return sorted(set(asked.filter(pl.col("len") > limit)["brand"]))
