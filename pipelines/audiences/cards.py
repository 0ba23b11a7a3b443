"""What policy says about audiences, brands, markets and rooftops, as small tables that queries join."""

import polars as pl

from pipelines.audiences.eligible import brands_of, running
from schemas.policy import Policy


def audience_cards(policy: Policy) -> pl.DataFrame:
    """audience, segment, code, cell_by, stay_days, hot_from, warm_from of every running audience."""
    rows = [
        (one.audience, one.segment, one.code, list(one.cell_by), one.stay_days, one.hot_from, one.warm_from)
        for one in running(policy)
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "audience": pl.String,
        "segment": pl.String,
        "code": pl.String,
        "cell_by": pl.List(pl.String),
        "stay_days": pl.Int64,
        "hot_from": pl.Float64,
        "warm_from": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def brand_cards(policy: Policy) -> pl.DataFrame:
    """audience, brand, brand_code, channels, message: what differs by brand within an audience."""
    codes = {one.brand: one.code for one in policy.group.brands}
    rows = [
        (one.audience, brand, codes[brand], list(one.channels_of(brand)), one.message_of(brand))
        for one in running(policy)
        for brand in brands_of(policy, one)
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "audience": pl.String,
        "brand": pl.String,
        "brand_code": pl.String,
        "channels": pl.List(pl.String),
        "message": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def rooftop_cards(policy: Policy) -> pl.DataFrame:
    """rooftop_id, market, market_code, brand of every rooftop."""
    codes = {one.market: one.code for one in policy.group.markets}
    rows = [(one.rooftop_id, one.market, codes[one.market], one.brand) for one in policy.group.rooftops]
    return pl.DataFrame(rows, schema=["rooftop_id", "market", "market_code", "brand"], orient="row")


def channel_cards(policy: Policy) -> pl.DataFrame:
    """audience, brand, channel, position: the channels that each running audience plans for a brand, in the order of policy."""
    rows = [
        (one.audience, brand, channel, position)
        for one in running(policy)
        for brand in brands_of(policy, one)
        for position, channel in enumerate(dict.fromkeys(one.channels_of(brand)))
    ]
    schema = {"audience": pl.String, "brand": pl.String, "channel": pl.String, "position": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
