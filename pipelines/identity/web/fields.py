"""How a client and a person agree, field by field, in a few levels each."""

import polars as pl

FIELDS = ("network", "time", "zip", "device", "rooftop", "interest", "recency")
UNKNOWN = "unknown"


def compared(pairs: pl.DataFrame, clients: pl.DataFrame, people: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """Levels of each pair: record_id, person_id, household_id, the client's sessions and a column of text per field.

    Args:
        pairs: record_id, person_id, household_id, clients (on the shared network), gap_days, is_self, days_apart.
        clients: web_client.
        people: person_id, zip, rooftops, makes, bodies (lists of texts; empty where nothing is known).
        devices: the clients that people are known to use: device_of (person_id), record_id, device_category, first_seen_on,
            last_seen_on.
    """
    wide = pairs.join(clients, on="record_id", how="left").join(people, on="person_id", how="left", suffix="_of")
    wide = wide.join(_devices(wide, devices), on=["record_id", "person_id"], how="left")
    levels = {
        "network": pl.concat_str(pl.when("is_self").then(pl.lit("own_")).otherwise(pl.lit("home_")), _band(pl.col("clients"))),
        "time": _steps(pl.col("gap_days"), {3: "same", 30: "month", 90: "quarter"}, "later"),
        "zip": _zip(),
        "device": pl.col("device").fill_null("new_kind"),
        "rooftop": _among("rooftop_id", "rooftops"),
        "interest": _interest(),
        "recency": _steps(pl.col("days_apart"), {1: "day", 7: "week", 30: "month", 90: "quarter"}, "later"),
    }
    named = [level.fill_null(UNKNOWN).alias(field) for field, level in levels.items()]
    return wide.select("record_id", "person_id", "household_id", "sessions", *named).sort("record_id", "person_id")


def _band(count: pl.Expr) -> pl.Expr:
    return _steps(count, {2: "2", 3: "3", 5: "5", 8: "8", 14: "14", 24: "24"}, "more")


def _steps(value: pl.Expr, upto: dict[int, str], beyond: str) -> pl.Expr:
    """The name of the first bound that a number does not exceed."""
    out: pl.Expr = pl.when(value.is_not_null()).then(pl.lit(beyond))
    for bound, name in sorted(upto.items(), reverse=True):
        out = pl.when(value <= bound).then(pl.lit(name)).otherwise(out)
    return out


def _zip() -> pl.Expr:
    mine, theirs = pl.col("zip"), pl.col("zip_of")
    near = mine.str.slice(0, 3) == theirs.str.slice(0, 3)
    return pl.when(mine == theirs).then(pl.lit("same")).when(near).then(pl.lit("near")).when(~near).then(pl.lit("far"))


def _among(one: str, many: str) -> pl.Expr:
    """Whether a value of the client is among those of the person; unknown where either has none."""
    told = pl.col(one).is_not_null() & (pl.col(many).list.len() > 0)
    return pl.when(told).then(pl.when(pl.col(many).list.contains(pl.col(one))).then(pl.lit("same")).otherwise(pl.lit("other")))


def _interest() -> pl.Expr:
    make, body = (_among(one, many) for one, many in (("make", "makes"), ("body_style", "bodies")))
    return pl.when(make.is_not_null() & body.is_not_null()).then(pl.concat_str(make, pl.lit("_make_"), body, pl.lit("_body")))


def _devices(wide: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """Beside the person's known clients of the same kind: used meanwhile (two phones), or one after the other (new cookies)."""
    mine = wide.select("record_id", "person_id", "device_category", "first_seen_on", "last_seen_on")
    both = mine.join(devices, left_on=["person_id", "device_category"], right_on=["device_of", "device_category"], suffix="_of")
    both = both.filter(pl.col("record_id") != pl.col("record_id_of"))
    overlap = (pl.col("first_seen_on") <= pl.col("last_seen_on_of")) & (pl.col("first_seen_on_of") <= pl.col("last_seen_on"))
    found = both.group_by("record_id", "person_id").agg(overlap.any().alias("is_meanwhile"))
    level = pl.when("is_meanwhile").then(pl.lit("meanwhile")).otherwise(pl.lit("in_turn"))
    return found.select("record_id", "person_id", device=level)
