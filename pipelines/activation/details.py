"""What files for people carry beside identifiers: store, vehicle, offer, hours; and who may not be called or mailed.

A call needs a relationship with the group (47 CFR 64.1200(f)), or numbers compared with the national list lately, and the
person's own clock. One piece of mail goes to a household.
"""

from functools import cache

import polars as pl
import zipcodes

from pipelines.activation.consent import PACKAGE, served_platforms
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import all_platforms

KEY = ["platform", "cell", "person_id"]
RESIDENT = "Current Resident"


@cache
def zip_zones() -> pl.DataFrame:
    """zip, time_zone: the IANA zone of every US ZIP that has one, sorted."""
    rows = sorted({(one["zip_code"], one["timezone"]) for one in zipcodes.list_all() if one["timezone"]})
    return pl.DataFrame(rows, schema=["zip", "time_zone"], orient="row").unique("zip", keep="first", maintain_order=True)


def with_details(engine: Engine, day: Day, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members with the details that their platform takes among the identifiers; and those who may not be called, with cause.

    Members need platform, cell, person_id, state and identifiers. Platforms without details are left as they are.
    """
    taken = {name: (contract.details, contract.purpose) for name, contract, _ in served_platforms(day) if contract.details}
    some = members.filter(pl.col("platform").is_in(list(taken)))
    if some.is_empty():
        return members, members.clear().with_columns(cause=pl.lit(None, pl.String))
    purposes = {name: purpose for name, (_, purpose) in taken.items()}
    found = _found(engine, day, some.with_columns(purpose=pl.col("platform").replace_strict(purposes, return_dtype=pl.String)))
    told = some.drop("cause", strict=False).join(found, on=KEY, how="left").with_columns(_addressee(day))
    refused = told.filter(pl.col("cause").is_not_null())
    parts = [members.filter(~pl.col("platform").is_in(list(taken)))]
    for name, (details, _) in taken.items():
        rows = told.filter((pl.col("platform") == name) & pl.col("cause").is_null())
        listed = pl.concat_list([pl.concat_str(pl.lit(f"{kind}:"), kind) for kind in details]).list.drop_nulls()
        parts.append(rows.with_columns(identifiers=pl.concat_list("identifiers", listed)).select(members.columns))
    return pl.concat(parts), refused


def one_per_home(engine: Engine, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members with one of each household where the platform is a mail house, and the others with their cause."""
    mailed = [name for name, one in all_platforms().items() if one.purpose == "mail"]
    engine.register("home_member", members.filter(pl.col("platform").is_in(mailed)).select(KEY))
    others = engine.sql(query_text(PACKAGE, "one_home"))
    refused = members.join(others, on=KEY).with_columns(cause=pl.lit("one_per_household"))
    return members.join(others, on=KEY, how="anti"), refused


def _found(engine: Engine, day: Day, some: pl.DataFrame) -> pl.DataFrame:
    """The rows of details.sql, with the store's name."""
    calling, mailing = day.policy.channels.calling, day.policy.channels.mailing
    columns = ["transaction_months", "inquiry_months", "call_from", "call_until"]
    rules = [(None, *(getattr(calling, one) for one in columns))]
    rules += [(one.state, *(getattr(one, name) for name in columns)) for one in calling.states]
    dtypes = dict(zip(["state", *columns], [pl.String, pl.Int64, pl.Int64, pl.String, pl.String], strict=True))
    engine.register("call_rule", pl.DataFrame(rules, schema=dtypes, orient="row"))
    engine.register("zip_zone", zip_zones())
    engine.register("detail_member", some.select(*KEY, "state", "purpose"))
    found = engine.sql(
        query_text(PACKAGE, "details"),
        as_of=day.as_of,
        scrubbed_on=calling.scrubbed_on,
        scrub_within=calling.scrub_within_days,
        without_relationship=calling.without_relationship,
        move_update_days=mailing.move_update_days,
    )
    titles = {one.rooftop_id: one.title for one in day.policy.group.rooftops}
    return found.with_columns(rooftop=pl.col("rooftop_id").replace_strict(titles, default=None, return_dtype=pl.String))


def _addressee(day: Day) -> list[pl.Expr]:
    """Who stands on the envelope; a line that names the resident too needs no Move Update."""
    parts = [pl.col("identifiers").list.eval(_value(kind)).list.first() for kind in ("first_name", "last_name")]
    name = pl.concat_str(*parts, separator=" ", ignore_nulls=True)
    named = pl.when(name != "").then(name)
    if not day.policy.channels.mailing.or_current_resident:
        return [named.fill_null(RESIDENT).alias("addressee")]
    resident = pl.concat_str(named, pl.lit(f" or {RESIDENT}")).fill_null(RESIDENT)
    return [resident.alias("addressee"), pl.lit("not needed").alias("move_update")]


def _value(kind: str) -> pl.Expr:
    one = pl.element()
    return one.filter(one.str.starts_with(f"{kind}:")).str.slice(len(kind) + 1)
