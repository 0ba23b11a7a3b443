"""Records without a given name: a caller, a shopper known by e-mail alone. The engine cannot tell whom of a house they mean.

They join the one person that all they carry points to; where it points to several, nobody. Those that are left hang together
by what they carry themselves.
"""

import polars as pl

from pipelines.identity.linkage.refine import components

KINDS = {"crm": "crm", "customer": "customer", "web_user": "web_user", "email": "emails", "phone": "phones"}
PROFILE = "profile_id"
BARRIERS = ("generation", "birth_date")  # two known and different values are two people


def carried(profiles: pl.DataFrame) -> pl.DataFrame:
    """kind, value, profile_id of everything in KINDS that profiles carry."""
    found = []
    for kind, column in KINDS.items():
        some = profiles.select(pl.col("record_id").alias(PROFILE), pl.col(column).alias("value"))
        listed = some.explode("value") if isinstance(profiles.schema[column], pl.List) else some
        found.append(listed.drop_nulls("value").select(pl.lit(kind).alias("kind"), "value", PROFILE))
    return pl.concat(found)


def attach(weak: pl.DataFrame, strong: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Tie nameless profiles to people, or to one another.

    Args:
        weak: profiles without a given name, in the columns of linkable.
        strong: the other profiles.
        members: record_id (of a strong profile), person_id.

    Returns:
        record_id (of a weak profile), person_id (null where nobody is meant), leader (the first of the weak profiles that hang
        together; null where person_id is not), rule (the kind of identifier with _only, or created).
    """
    people = strong.filter(pl.col("party") == "person")
    owned = carried(people).join(members.select("person_id", profile_id="record_id"), on=PROFILE)
    owners = owned.join(people.select("last_name", profile_id="record_id"), on=PROFILE)
    known = members.join(people.select("record_id", *BARRIERS), on="record_id").group_by("person_id").agg(pl.col(BARRIERS).min())
    asked = carried(weak).join(weak.select("last_name", *BARRIERS, profile_id="record_id"), on=PROFILE)
    met = asked.join(owners.select("kind", "value", "person_id", "last_name").unique(), on=["kind", "value"], suffix="_of")
    met = met.join(known, on="person_id", how="left", suffix="_of")
    fits = (
        met.with_columns(fits=_fits())
        .group_by(PROFILE, "person_id")
        .agg(kinds=pl.col("kind").filter(pl.col("fits")).n_unique(), best=_rank(pl.col("kind").filter(pl.col("fits"))).min())
    )
    one = _undisputed(_only(fits.filter(pl.col("kinds") > 0)), weak)
    rest = asked.join(one, on=PROFILE, how="anti")
    together = _together(weak.join(one, left_on="record_id", right_on=PROFILE, how="anti"), rest)
    names = {place: f"{kind}_only" for place, kind in enumerate(KINDS)}
    attached = one.select(
        record_id=PROFILE,
        person_id="person_id",
        leader=pl.lit(None, pl.String),
        rule=pl.col("best").replace_strict(names, return_dtype=pl.String),
    )
    return pl.concat([attached, together]).sort("record_id")


def _fits() -> pl.Expr:
    """A family name that is known on both sides must be one name, and so must a generation and a birth date."""
    a, b = pl.col("last_name"), pl.col("last_name_of")
    named = a.is_null() | b.is_null() | (a == b) | a.str.contains(b, literal=True) | b.str.contains(a, literal=True)
    agree = [(pl.col(one) == pl.col(f"{one}_of")).fill_null(value=True) for one in BARRIERS]
    return pl.all_horizontal(named, *agree)


def _rank(kind: pl.Expr) -> pl.Expr:
    return kind.replace_strict({one: place for place, one in enumerate(KINDS)}, return_dtype=pl.Int64)


def _only(met: pl.DataFrame) -> pl.DataFrame:
    """The one person that most kinds of identifier point to; a tie points to nobody."""
    most = met.filter(pl.col("kinds") == pl.col("kinds").max().over(PROFILE))
    return most.filter(pl.len().over(PROFILE) == 1).select(PROFILE, "person_id", "best").sort(PROFILE)


def _undisputed(one: pl.DataFrame, weak: pl.DataFrame) -> pl.DataFrame:
    """Where those who point to one person differ among themselves in a barrier, who holds it points to nobody."""
    told = one.join(weak.select(*BARRIERS, profile_id="record_id"), on=PROFILE).sort(PROFILE)
    clash = [(pl.col(of).drop_nulls().n_unique().over("person_id") > 1) & pl.col(of).is_not_null() for of in BARRIERS]
    return told.filter(~pl.any_horizontal(clash)).select(one.columns)


def _together(left: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Weak profiles that nobody claims, grouped by an e-mail, a number or a phone that they share."""
    nodes = left.select(*BARRIERS, profile_id="record_id").sort(PROFILE).with_row_index("node")
    held = asked.join(nodes, on=PROFILE).select("kind", "value", "node", "last_name")
    ends = held.sort("kind", "value", "node").with_columns(
        first=pl.col("node").first().over("kind", "value"), family=pl.col("last_name").first().over("kind", "value")
    )
    fits = pl.col("last_name").is_null() | pl.col("family").is_null() | (pl.col("last_name") == pl.col("family"))
    joins = ends.filter((pl.col("first") != pl.col("node")) & fits)
    joins = _within_barriers(nodes, joins)
    label = components(len(nodes), joins["first"].to_numpy(), joins["node"].to_numpy())
    rule = (
        joins.sort("node", _rank(pl.col("kind")))
        .unique("node", keep="first", maintain_order=True)
        .select("node", rule=pl.col("kind") + "_only")
    )
    placed = nodes.with_columns(leader=nodes[PROFILE].gather(label)).join(rule, on="node", how="left", maintain_order="left")
    nobody = pl.lit(None, pl.String)
    return placed.select(record_id=PROFILE, person_id=nobody, leader="leader", rule=pl.col("rule").fill_null("created"))


def _within_barriers(nodes: pl.DataFrame, joins: pl.DataFrame) -> pl.DataFrame:
    """Joins without those of profiles that hold a barrier in a group that holds two values of it."""
    group = components(len(nodes), joins["first"].to_numpy(), joins["node"].to_numpy())
    held = nodes.with_columns(group=pl.Series(group))
    clash = [(pl.col(of).drop_nulls().n_unique().over("group") > 1) & pl.col(of).is_not_null() for of in BARRIERS]
    apart = held.filter(pl.any_horizontal(clash)).select("node")
    kept = joins.join(apart, on="node", how="anti", maintain_order="left")
    return kept.join(apart, left_on="first", right_on="node", how="anti", maintain_order="left")
