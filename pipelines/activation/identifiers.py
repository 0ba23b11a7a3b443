"""What a platform is told about a member: a short list of kind:value by the platform's own rules, best first.

What a platform takes is declared in schemas/platforms; nothing here knows a platform by name.
"""

import polars as pl

from pipelines.activation.normalise import prepared
from pipelines.engine import Engine
from schemas.platforms import PlatformContract

STRONG = ("email", "phone")
MEMBER = ("segment", "person_id")


def member_identifiers(
    engine: Engine, contract: PlatformContract, known: pl.DataFrame, states: pl.DataFrame, most: int
) -> pl.DataFrame:
    """One row per segment and person: identifiers, basis. People with nothing that identifies them have no row.

    `known` is the evidence of one platform, `states` has person_id and state, `most` is how many e-mails or phones of a member
    are sent at most. An identifier that a suppressed person carries is sent for nobody: to the platform the two are one.
    """
    strong = _strong(engine, contract, known, min(most, contract.max_per_kind or most))
    parts = _parts(engine, contract, known.filter(pl.col("denied").is_null()))
    long = pl.concat([strong, *_joined(contract, parts), *_alone(contract, parts)]).sort(*MEMBER, "place", "rank", "identifier")
    held = pl.col("kind").implode()
    sets = [held.list.set_intersection(pl.lit(list(one), pl.List(pl.String))).list.len() == len(one) for one in contract.enough]
    listed = long.group_by(MEMBER, maintain_order=True).agg(
        pl.col("identifier").alias("identifiers"),
        is_own=pl.col("is_first_party").any(),
        is_enough=pl.any_horizontal(pl.col("identifies").any(), *sets),
    )
    basis = pl.when("is_own").then(pl.lit("first_party_relationship")).otherwise(pl.lit("licence"))
    enough = listed.filter("is_enough").select(*MEMBER, "identifiers", basis=basis)
    return _with_own_id(contract, enough, states)


def _strong(engine: Engine, contract: PlatformContract, known: pl.DataFrame, most: int) -> pl.DataFrame:
    """E-mails and phones, and hashes delivered in their place where they equal ours."""
    frames = [_long(known.clear(), "", pl.lit(""), 0, identifies=True)]
    for place, one in enumerate(contract.identifiers):
        if one.evidence not in STRONG:
            continue
        rows = prepared(engine, contract, known.filter(pl.col("kind") == one.evidence), {"value": one.kind})
        both = pl.concat([rows, _delivered(contract, known, one.stands_for)]).filter(pl.col("value").is_not_null())
        refused = both.filter(pl.col("denied") == "suppressed").select("value").unique()
        free = both.filter(pl.col("denied").is_null()).join(refused, on="value", how="anti")
        frames.append(_best(free, one.kind, place, most))
    return pl.concat(frames)


def _delivered(contract: PlatformContract, known: pl.DataFrame, kind: str | None) -> pl.DataFrame:
    """Hashes that a feed delivered, in the platform's encoding. They are never hashed again."""
    rows = known.filter(pl.col("kind") == (kind or "none")).with_columns(pl.col("value").str.to_lowercase())
    if contract.encoding == "hex":
        return rows
    return rows.with_columns(pl.col("value").str.decode("hex", strict=False).bin.encode("base64"))


def _best(rows: pl.DataFrame, kind: str, place: int, most: int) -> pl.DataFrame:
    """The best few distinct values of a kind per member."""
    once = rows.sort(*MEMBER, "rank", "value").unique([*MEMBER, "value"], keep="first", maintain_order=True)
    few = once.filter(pl.int_range(pl.len()).over(MEMBER) < most)
    return _long(few, kind, pl.col("value"), place, identifies=True)


def _parts(engine: Engine, contract: PlatformContract, free: pl.DataFrame) -> pl.DataFrame:
    """One row per member with the best address and the name: a column per part that the platform takes, in its own spelling."""
    order = [*MEMBER, "rank", "value"]
    address = free.filter(pl.col("kind") == "address").sort(order).unique(MEMBER, keep="first", maintain_order=True)
    name = free.filter(pl.col("kind") == "name").sort(order).unique(MEMBER, keep="first", maintain_order=True)
    line, called = pl.col("value").str.split("|"), pl.col("value").str.split_exact("|", 1)
    at = {"street": -4, "city": -3, "state": -2, "zip": -1}
    cut = {one: line.list.get(place, null_on_oob=True) for one, place in at.items()}
    places = address.select(*MEMBER, place_own="is_first_party", **cut)
    names = name.select(*MEMBER, name_own="is_first_party", first_name=called.struct[0], last_name=called.struct[1])
    both = places.join(names, on=MEMBER, how="full", coalesce=True)
    has_zip = pl.col("zip").is_not_null() & (pl.col("zip") != "")
    both = both.with_columns(country=pl.when(has_zip).then(pl.lit("US")))  # a ZIP that exists is a US address
    taken = [one for one in contract.identifiers if one.evidence in (*at, "first_name", "last_name", "country")]
    wide = both.select(*MEMBER, "place_own", "name_own", *(pl.col(one.evidence).alias(f"part_{one.kind}") for one in taken))
    return prepared(engine, contract, wide, {f"part_{one.kind}": one.kind for one in taken})


def _joined(contract: PlatformContract, parts: pl.DataFrame) -> list[pl.DataFrame]:
    """Parts that go only together: all of them or nothing, because without one of them nobody is matched."""
    frames = []
    for kind, ones in contract.joint.items():
        columns = [f"part_{one}" for one in ones]
        whole = parts.drop_nulls(columns).with_columns(is_first_party=pl.col("place_own") & pl.col("name_own"), rank=pl.lit(1))
        frames.append(_long(whole, kind, pl.concat_str(*columns, separator="|"), len(contract.identifiers), identifies=True))
    return frames


def _alone(contract: PlatformContract, parts: pl.DataFrame) -> list[pl.DataFrame]:
    """Parts that go one by one."""
    together = {one for ones in contract.joint.values() for one in ones}
    frames = []
    for place, one in enumerate(contract.identifiers):
        if f"part_{one.kind}" in parts.columns and one.kind not in together:
            own = "name_own" if one.evidence in ("first_name", "last_name") else "place_own"
            held = parts.drop_nulls(f"part_{one.kind}").with_columns(is_first_party=pl.col(own), rank=pl.lit(1))
            frames.append(_long(held, one.kind, pl.col(f"part_{one.kind}"), place, identifies=False))
    return frames


def _long(rows: pl.DataFrame, kind: str, value: pl.Expr, place: int, *, identifies: bool) -> pl.DataFrame:
    return rows.select(
        *MEMBER,
        "is_first_party",
        pl.col("rank").cast(pl.Int64),
        identifier=pl.concat_str(pl.lit(f"{kind}:"), value),
        kind=pl.lit(kind),
        place=pl.lit(place, pl.Int64),
        identifies=pl.lit(identifies),
    )


def _with_own_id(contract: PlatformContract, members: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Our id of the person where the platform takes one, and limited data use for residents of the states that it names."""
    listed: list[pl.Expr] = [pl.col("identifiers")]
    for one in contract.identifiers:
        if one.evidence == "person_id":
            listed.append(pl.concat_list(pl.concat_str(pl.lit(f"{one.kind}:"), "person_id")))
    if contract.limited_use_states:
        option = pl.when(pl.col("state").is_in(list(contract.limited_use_states))).then(pl.lit(["option:LDU"]))
        listed.append(option.otherwise(pl.lit([], pl.List(pl.String))))
    known = members.join(states.unique("person_id"), on="person_id", how="left", maintain_order="left")
    return known.with_columns(identifiers=pl.concat_list(*listed)).select(members.columns)
