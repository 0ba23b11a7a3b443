"""What a platform is told about a member: a short list of kind:value, hashed by the platform's own rules, best first."""

import polars as pl

from pipelines.activation.normalise import prepared
from pipelines.engine import Engine
from schemas.platforms import PlatformContract

MOST_PER_KIND = 3  # Meta's customer file takes up to three e-mails and phones; Google ten identifiers in all
MEMBER = ("segment", "person_id")
LIMITED_STATE = "CA"  # Limited Data Use: California's act as Meta applies it


def member_identifiers(engine: Engine, contract: PlatformContract, known: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """One row per segment and person: identifiers, basis. People with nothing that identifies them have no row.

    `known` is the evidence of one platform, `states` has person_id and state. An identifier that a suppressed person
    carries is sent for nobody: to the platform the two are one.
    """
    strong = _strong(engine, contract, known)
    parts = _places_and_names(engine, contract, known.filter(pl.col("denied").is_null()))
    drawn = [strong, _google_address(parts)] if contract.renderer == "google" else [strong, *_meta_parts(parts)]
    long = pl.concat(drawn).sort(*MEMBER, "place", "rank", "identifier")
    listed = long.group_by(MEMBER, maintain_order=True).agg(
        pl.col("identifier").alias("identifiers"),
        is_own=pl.col("is_first_party").any(),
        is_enough=pl.col("identifies").any() | (pl.col("place").is_in([10, 11, 14]).sum() == 3),
    )
    basis = pl.when("is_own").then(pl.lit("first_party_relationship")).otherwise(pl.lit("licence"))
    enough = listed.filter("is_enough").select(*MEMBER, "identifiers", basis=basis)
    return _with_own_id(enough, states) if contract.renderer == "meta" else enough


def _strong(engine: Engine, contract: PlatformContract, known: pl.DataFrame) -> pl.DataFrame:
    """E-mails and phones, and hashes delivered in their place where they equal ours."""
    frames = []
    for place, kind in enumerate(("email", "phone")):
        rows = prepared(engine, contract, known.filter(pl.col("kind") == kind), {"value": kind})
        stands_in = contract.identifier(kind).stands_for or "none"
        hashes = known.filter(pl.col("kind") == stands_in).with_columns(pl.col("value").str.to_lowercase())
        both = pl.concat([rows, hashes]).filter(pl.col("value").is_not_null())
        refused = both.filter(pl.col("denied") == "suppressed").select("value").unique()
        free = both.filter(pl.col("denied").is_null()).join(refused, on="value", how="anti")
        frames.append(_best(free, kind, place))
    return pl.concat(frames)


def _best(rows: pl.DataFrame, kind: str, place: int) -> pl.DataFrame:
    """The best few distinct values of a kind per member."""
    once = rows.sort(*MEMBER, "rank", "value").unique([*MEMBER, "value"], keep="first", maintain_order=True)
    few = once.filter(pl.int_range(pl.len()).over(MEMBER) < MOST_PER_KIND)
    return _long(few, pl.concat_str(pl.lit(f"{kind}:"), "value"), place, identifies=True)


def _places_and_names(engine: Engine, contract: PlatformContract, free: pl.DataFrame) -> pl.DataFrame:
    """One row per member with the best address and the name, each in the platform's spelling and hash."""
    order = [*MEMBER, "rank", "value"]
    address = free.filter(pl.col("kind") == "address").sort(order).unique(MEMBER, keep="first", maintain_order=True)
    name = free.filter(pl.col("kind") == "name").sort(order).unique(MEMBER, keep="first", maintain_order=True)
    line, called = pl.col("value").str.split("|"), pl.col("value").str.split_exact("|", 1)
    places = address.select(
        *MEMBER,
        place_own="is_first_party",
        city=line.list.get(-3, null_on_oob=True),
        state=line.list.get(-2, null_on_oob=True),
        zip=line.list.get(-1, null_on_oob=True),
    )
    names = name.select(*MEMBER, name_own="is_first_party", first=called.struct[0], last=called.struct[1])
    both = places.join(names, on=MEMBER, how="full", coalesce=True)
    has_zip = pl.col("zip").is_not_null() & (pl.col("zip") != "")
    both = both.with_columns(country=pl.when(has_zip).then(pl.lit("US")))  # a ZIP that exists is a US address
    given = {"first": "given_name", "last": "family_name", "zip": "postal_code", "country": "region"}
    meta = {"first": "fn", "last": "ln", "city": "ct", "state": "st", "zip": "zip", "country": "country"}
    return prepared(engine, contract, both, given if contract.renderer == "google" else meta)


def _google_address(parts: pl.DataFrame) -> pl.DataFrame:
    """All four or nothing: an address without one of them matches nobody."""
    columns = ("first", "last", "country", "zip")
    whole = parts.drop_nulls(columns).with_columns(is_first_party=pl.col("place_own") & pl.col("name_own"), rank=pl.lit(1))
    return _long(whole, pl.concat_str(pl.lit("address:"), pl.concat_str(*columns, separator="|")), 9, identifies=True)


def _meta_parts(parts: pl.DataFrame) -> list[pl.DataFrame]:
    kinds = (("fn", "first"), ("ln", "last"), ("ct", "city"), ("st", "state"), ("zip", "zip"), ("country", "country"))
    frames = []
    for place, (kind, column) in enumerate(kinds, start=10):
        own = "name_own" if column in ("first", "last") else "place_own"
        held = parts.drop_nulls(column).with_columns(is_first_party=pl.col(own), rank=pl.lit(1))
        frames.append(_long(held, pl.concat_str(pl.lit(f"{kind}:"), column), place, identifies=False))
    return frames


def _long(rows: pl.DataFrame, identifier: pl.Expr, place: int, *, identifies: bool) -> pl.DataFrame:
    return rows.select(
        *MEMBER,
        "is_first_party",
        pl.col("rank").cast(pl.Int64),
        identifier=identifier,
        place=pl.lit(place, pl.Int64),
        identifies=pl.lit(identifies),
    )


def _with_own_id(members: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Our id of the person, and Limited Data Use for residents of California."""
    own = pl.concat_list(pl.concat_str(pl.lit("extern_id:"), "person_id"))
    limited = pl.when(pl.col("state") == LIMITED_STATE).then(pl.lit(["option:LDU"])).otherwise(pl.lit([], pl.List(pl.String)))
    known = members.join(states.unique("person_id"), on="person_id", how="left", maintain_order="left")
    return known.with_columns(identifiers=pl.concat_list("identifiers", own, limited)).select(members.columns)
