"""Which people each piece of evidence can mean, and which of them explains a client best."""

import polars as pl

from schemas.policy.web_identity import WebIdentityPolicy

_NAMED_BY = {"login": "web_user", "form": "email", "click": "email"}  # kinds of evidence by what their value names
_STRENGTH = {kind: n for n, kind in enumerate(("login", "lead", "click", "call", "form"))}


def meant(told: pl.DataFrame, identifiers: pl.DataFrame, members: pl.DataFrame, policy: WebIdentityPolicy) -> pl.DataFrame:
    """Per piece of evidence and person it can mean: item, record_id, kind, points, person_id, household_id, is_known.

    A value that no record carries is a person of its own, named by the value, but for the only login of a client that told
    more; a value of too many people is no evidence.
    """
    homes = members.select("record_id", "person_id", "household_id")
    owners = identifiers.join(homes, on="record_id").select("kind", "value", "person_id", "household_id").unique()
    crowd = owners.group_by("kind", "value").agg(crowd=pl.col("person_id").n_unique())
    points = pl.col("kind").cast(pl.String).replace_strict(dict(policy.evidence_points), default=0, return_dtype=pl.Int64)
    items = told.select("record_id", pl.col("kind").cast(pl.String), "value", points=points * pl.col("days"))
    items = items.filter(pl.col("points") > 0).sort("record_id", "kind", "value").with_row_index("item")
    named = items.with_columns(names=pl.col("kind").replace_strict(_NAMED_BY, default=None, return_dtype=pl.String))
    named = named.join(crowd, left_on=["names", "value"], right_on=["kind", "value"], how="left")
    named = named.filter(pl.col("crowd").is_null() | (pl.col("crowd") <= policy.max_people_per_identifier))
    is_only_login = pl.col("value").filter(pl.col("kind") == "login").n_unique().over("record_id") == 1
    named = named.filter(~((pl.col("kind") == "login") & pl.col("crowd").is_null() & is_only_login & _has_others()))
    by_value = named.filter(pl.col("names").is_not_null()).join(
        owners, left_on=["names", "value"], right_on=["kind", "value"], how="left"
    )
    by_record = named.filter(pl.col("names").is_null()).join(
        homes.rename({"record_id": "value"}), on="value", how="inner"
    )  # a lead or call whose record is gone tells nothing
    both = pl.concat([by_value, by_record.select(by_value.columns)])
    stranger = pl.concat_str(pl.lit("?"), "names", pl.lit(":"), "value")
    return both.select(
        "item", "record_id", "kind", "points", "household_id",
        is_known=pl.col("person_id").is_not_null(), person_id=pl.coalesce("person_id", stranger),
    )  # fmt: skip


def _has_others() -> pl.Expr:
    """The client told more than its login: a login that nobody knows contradicts nothing."""
    return (pl.col("kind") != "login").any().over("record_id")


def likeliest(pieces: pl.DataFrame) -> pl.DataFrame:
    """Per client its likeliest known person: record_id, person_id, rule, people, points,

    other_points (that cannot mean that person), next_points (of the runner-up), homes, has_stranger.
    """
    each = pieces.group_by("record_id", "person_id").agg(
        points=pl.col("points").sum(),
        is_known=pl.col("is_known").first(),
        household_id=pl.col("household_id").min(),
        rule=pl.col("kind").sort_by(pl.col("kind").replace_strict(_STRENGTH, return_dtype=pl.Int8)).first(),
    )
    total = pieces.unique(["record_id", "item"]).group_by("record_id").agg(total=pl.col("points").sum())
    least = pieces.group_by("record_id", "item").agg(pl.col("person_id").min())  # an e-mail of a couple is one user, not two
    people = least.group_by("record_id").agg(people=pl.col("person_id").n_unique())
    homes = each.group_by("record_id").agg(homes=_homes()).join(people, on="record_id")
    ordered = each.sort("record_id", "is_known", "points", "person_id", descending=[False, True, True, False])
    best = ordered.group_by("record_id", maintain_order=True).agg(
        pl.col("person_id", "rule", "points", "is_known").first(),
        next_points=pl.col("points").slice(1).max().fill_null(0),
        has_stranger=(~pl.col("is_known")).any(),
    )
    joined = best.join(total, on="record_id").join(homes, on="record_id")
    return joined.with_columns(pl.when("is_known").then(column).alias(column) for column in ("person_id", "rule")).with_columns(
        other_points=pl.col("total") - pl.col("points"), people=pl.col("people").cast(pl.Int64)
    )


def _homes() -> pl.Expr:
    """Households of the known people it can mean; one who is in none is a household of their own."""
    return pl.coalesce("household_id", "person_id").filter("is_known").n_unique()


def is_owner(policy: WebIdentityPolicy) -> pl.Expr:
    """Whether the likeliest person is the owner: they explain everything, or all is of one house and they are far ahead."""
    explains_all = (pl.col("other_points") == 0) & (pl.col("points") > pl.col("next_points"))
    is_far_ahead = pl.col("points") >= policy.margin * pl.max_horizontal("other_points", "next_points")
    # an e-mail that nobody knows may be anybody's, unless the owner is signed in
    is_only_mail = pl.col("rule").is_in(["form", "click"]) & pl.col("has_silent_housemate").fill_null(False)
    return ~is_only_mail & (
        explains_all | (is_far_ahead & (pl.col("homes") == 1) & (~pl.col("has_stranger") | (pl.col("rule") == "login")))
    )


def silent_housemates(identifiers: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Whether somebody of the same household has no e-mail of their own, and so may be using another's: one row per person."""
    people = members.select("person_id", "household_id").unique()
    mails = identifiers.filter(pl.col("kind") == "email").join(members, on="record_id").select("value", "person_id").unique()
    own = mails.filter(pl.len().over("value") == 1).select("person_id").unique()
    silent = people.with_columns(is_silent=~pl.col("person_id").is_in(own["person_id"].implode()))
    others = pl.col("is_silent").sum().over("household_id") > pl.col("is_silent").cast(pl.UInt32)
    return silent.select("person_id", has_silent_housemate=others & pl.col("household_id").is_not_null())
