"""What a platform is told about a member: a short list of kind:value by the platform's own rules, best first.

What a platform takes is declared in schemas/platforms; nothing here knows a platform by name.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.activation.identifier_lists import listed, marks, numbered
from pipelines.activation.normalise import prepared
from pipelines.engine import Engine
from schemas.platforms import PlatformContract

STRONG = ("email", "phone")
MEMBER = ("segment", "person_id")
BEST_FIRST = ("member", "rank", "value", "is_first_party")


def member_identifiers(
    engine: Engine, contract: PlatformContract, known: pl.DataFrame, states: pl.DataFrame, most: int
) -> pl.DataFrame:
    """One row per segment and person: identifiers, basis. People with nothing that identifies them have no row.

    `known` is the evidence of one platform, `states` has person_id and state, `most` is how many e-mails or phones of a member
    are sent at most. An identifier that a suppressed person carries is sent for nobody: to the platform the two are one.
    """
    members, of = numbered(known, *MEMBER)
    rows = known.drop(MEMBER).with_columns(of)
    strong = _strong(engine, contract, rows, min(most, contract.max_per_kind or most))
    parts = _parts(engine, contract, rows.filter(pl.col("denied").is_null()))
    found = [*strong, *_joined(contract, parts), *_alone(contract, parts)]
    held = sorted((one for one in found if one.rows.height), key=lambda one: one.place)
    if not held:
        return members.clear().select(*MEMBER, identifiers=pl.lit([], pl.List(pl.String)), basis=pl.lit("", pl.String))
    keep = _is_enough(contract, held, members.height)
    is_own = np.logical_or.reduce([marks(one.rows, members.height, "own") for one in held])[keep]
    basis = pl.when(pl.Series(is_own)).then(pl.lit("first_party_relationship")).otherwise(pl.lit("licence"))
    enough = members.filter(pl.Series(keep)).select(MEMBER)
    told = enough.with_columns(identifiers=listed([one.rows for one in held], keep), basis=basis)
    return _with_own_id(contract, told, states)


@dataclass(frozen=True)
class Held:
    """One identifier per member at most, in rows of member, value as kind:value, and own. `place` orders it among the others."""

    kind: str
    place: tuple[int, int]
    rows: pl.DataFrame
    identifies: bool


def _is_enough(contract: PlatformContract, held: list[Held], members: int) -> np.ndarray:
    """Whether each member has something strong, or a whole set of parts that the platform names as enough."""
    there = {one.kind: marks(one.rows, members) for one in held if one.place[1] == 0}
    alone = [there[one.kind] for one in held if one.identifies and one.place[1] == 0]
    sets = [np.logical_and.reduce([there[kind] for kind in kinds]) for kinds in contract.enough if set(kinds) <= set(there)]
    return np.logical_or.reduce([np.zeros(members, bool), *alone, *sets])


def _strong(engine: Engine, contract: PlatformContract, known: pl.DataFrame, most: int) -> list[Held]:
    """E-mails and phones, and hashes delivered in their place where they equal ours."""
    found = []
    for place, one in enumerate(contract.identifiers):
        if one.evidence not in STRONG:
            continue
        rows = prepared(engine, contract, known.filter(pl.col("kind") == one.evidence), {"value": one.kind})
        both = pl.concat([rows, _delivered(contract, known, one.stands_for)]).filter(pl.col("value").is_not_null())
        refused = both.filter(pl.col("denied") == "suppressed").select("value").unique()
        free = both.filter(pl.col("denied").is_null())
        free = free.join(refused, on="value", how="anti") if refused.height else free
        found += _best(free, one.kind, place, most)
    return found


def _delivered(contract: PlatformContract, known: pl.DataFrame, kind: str | None) -> pl.DataFrame:
    """Hashes that a feed delivered, in the platform's encoding. They are never hashed again."""
    rows = known.filter(pl.col("kind") == (kind or "none")).with_columns(pl.col("value").str.to_lowercase())
    if contract.encoding == "hex":
        return rows
    return rows.with_columns(pl.col("value").str.decode("hex", strict=False).bin.encode("base64"))


def _best(rows: pl.DataFrame, kind: str, place: int, most: int) -> list[Held]:
    """The best few distinct values of a kind per member, the first of each member apart from the second, and so on."""
    is_many = pl.col("member").is_duplicated()
    ordered = rows.filter(is_many).sort(*BEST_FIRST, descending=[False, False, False, True])
    several = ordered.unique(["member", "value"], keep="first", maintain_order=True)
    several = several.with_columns(turn=pl.int_range(pl.len()).over("member"))
    ranked = pl.concat([rows.filter(~is_many).with_columns(turn=pl.lit(0, pl.Int64)), several])
    return [
        _held(ranked.filter(pl.col("turn") == turn), kind, "value", "is_first_party", (place, turn), True) for turn in range(most)
    ]


def _parts(engine: Engine, contract: PlatformContract, free: pl.DataFrame) -> pl.DataFrame:
    """One row per member with the best address and the name: a column per part that the platform takes, in its own spelling."""
    address, name = (_first(free.filter(pl.col("kind") == kind)) for kind in ("address", "name"))
    line, called = pl.col("value").str.split("|"), pl.col("value").str.split_exact("|", 1)
    at = {"street": -4, "city": -3, "state": -2, "zip": -1}
    needed = {one.evidence for one in contract.identifiers} | {"zip"}
    cut = {one: line.list.get(place, null_on_oob=True) for one, place in at.items() if one in needed}
    places = address.select("member", place_own="is_first_party", **cut)
    names = name.select("member", name_own="is_first_party", first_name=called.struct[0], last_name=called.struct[1])
    both = places.join(names, on="member", how="full", coalesce=True)
    has_zip = pl.col("zip").is_not_null() & (pl.col("zip") != "")
    both = both.with_columns(country=pl.when(has_zip).then(pl.lit("US")))  # a ZIP that exists is a US address
    taken = [one for one in contract.identifiers if one.evidence in (*at, "first_name", "last_name", "country")]
    wide = both.select("member", "place_own", "name_own", *(pl.col(one.evidence).alias(f"part_{one.kind}") for one in taken))
    return prepared(engine, contract, wide, {f"part_{one.kind}": one.kind for one in taken})


def _first(rows: pl.DataFrame) -> pl.DataFrame:
    """The best row of each member."""
    is_many = pl.col("member").is_duplicated()
    ordered = rows.filter(is_many).sort(*BEST_FIRST, descending=[False, False, False, True])
    several = ordered.unique("member", keep="first", maintain_order=True)
    return pl.concat([rows.filter(~is_many), several])


def _joined(contract: PlatformContract, parts: pl.DataFrame) -> list[Held]:
    """Parts that go only together: all of them or nothing, because without one of them nobody is matched."""
    found = []
    for kind, ones in contract.joint.items():
        columns = [f"part_{one}" for one in ones]
        value = pl.when(pl.all_horizontal(pl.col(columns).is_not_null())).then(pl.concat_str(*columns, separator="|"))
        whole = parts.with_columns(joint=value, own=pl.col("place_own") & pl.col("name_own")).drop_nulls("joint")
        found.append(_held(whole, kind, "joint", "own", (len(contract.identifiers), 0), True))
    return found


def _alone(contract: PlatformContract, parts: pl.DataFrame) -> list[Held]:
    """Parts that go one by one."""
    together = {one for ones in contract.joint.values() for one in ones}
    found = []
    for place, one in enumerate(contract.identifiers):
        if f"part_{one.kind}" in parts.columns and one.kind not in together:
            own = "name_own" if one.evidence in ("first_name", "last_name") else "place_own"
            found.append(_held(parts.drop_nulls(f"part_{one.kind}"), one.kind, f"part_{one.kind}", own, (place, 0), False))
    return found


def _held(rows: pl.DataFrame, kind: str, column: str, own: str, place: tuple[int, int], identifies: bool) -> Held:
    value = pl.concat_str(pl.lit(f"{kind}:"), column)
    return Held(kind, place, rows.select("member", value=value, own=own), identifies)


def _with_own_id(contract: PlatformContract, members: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Our id of the person where the platform takes one, and limited data use for residents of the states that it names."""
    listed: list[pl.Expr] = [pl.col("identifiers")]
    known = members
    for one in contract.identifiers:
        if one.evidence == "person_id":
            listed.append(pl.concat_list(pl.concat_str(pl.lit(f"{one.kind}:"), "person_id")))
    if contract.limited_use_states:
        option = pl.when(pl.col("state").is_in(list(contract.limited_use_states))).then(pl.lit(["option:LDU"]))
        listed.append(option.otherwise(pl.lit([], pl.List(pl.String))))
        known = members.join(states.unique("person_id"), on="person_id", how="left", maintain_order="left")
    return known.with_columns(identifiers=pl.concat_list(*listed)).select(members.columns) if len(listed) > 1 else members
