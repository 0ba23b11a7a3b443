"""Why two people live together: pairs of persons and nothing else. Who they are is settled before; clusters come after.

Alone, an address ties only where few families live at it; a family name, a private phone or e-mail, or a deal signed together
ties beside it. A business lives nowhere.
"""

import polars as pl

from schemas.policy.household import HouseholdPolicy

UNIT = r" (APT|UNIT|STE|LOT|FL|BLDG|RM|TRLR|SPC|PH|#).*$"  # designators of USPS Publication 28 that scourgify writes
DAYS_PER_MONTH = 30.4375
PAIR = ("left", "right")


def judged(
    people: pl.DataFrame, records: pl.DataFrame, shared: pl.DataFrame, together: pl.DataFrame, policy: HouseholdPolicy
) -> pl.DataFrame:
    """Pairs of persons who share a place, a contact or a deal: left < right, is_tied (they live together); each once, sorted.

    Args:
        people: person_id, last_name, address, zip, has_valid_address, is_business.
        records: contact_record with person_id.
        shared: shared identifiers; an address among them is a building, a phone or e-mail nobody's own.
        together: left, right: persons who signed one deal.
        policy: what ties people to one household.
    """
    private = people.filter(~pl.col("is_business"))
    ours = records.join(private.select("person_id"), on="person_id", how="semi")
    lived = _lived(private, ours, shared)
    pairs = _pairs(_at_one_address(lived, policy), _on_one_contact(ours, shared, policy), _signed(together, private))
    families = _families(private, ours, pl.concat([pairs["left"], pairs["right"]]).unique())
    known = pairs
    for end in PAIR:
        known = known.join(families.select(pl.all().name.prefix(f"{end}_")), left_on=end, right_on=f"{end}_person_id", how="left")
    same_family = (pl.col("left_names").list.set_intersection("right_names").list.len() > 0).fill_null(value=False)
    known = known.with_columns(
        same_family=same_family,
        has_nameless=pl.col("left_names").is_null() | pl.col("right_names").is_null(),
        has_homeless=pl.col("left_home").is_null() | pl.col("right_home").is_null(),
    )
    return known.select(*PAIR, is_tied=_is_tied()).sort(PAIR)


def _is_tied() -> pl.Expr:
    family, contact, signed = pl.col("same_family"), pl.col("has_contact"), pl.col("has_signed")
    return (
        pl.col("is_home")
        | (pl.col("is_family_address") & family)
        | (pl.col("is_address") & (contact | signed))
        | (contact & (family | pl.col("has_nameless")))
        | (signed & (family | pl.col("has_homeless")))
    )


def _key() -> pl.Expr:
    return pl.concat_str("address", "zip", separator="|")


def _lived(private: pl.DataFrame, ours: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """person_id, key, first_on, last_on, is_current, home: where each person was seen, buildings left out."""
    seen = ours.filter(pl.col("is_address_valid") & _key().is_not_null()).with_columns(key=_key(), on=pl.col("last_seen_on"))
    seen = seen.group_by("person_id", "key").agg(first_on=pl.col("on").min(), last_on=pl.col("on").max())
    home = private.filter("has_valid_address").select("person_id", home=_key()).drop_nulls()
    now = home.select("person_id", key="home").join(seen, on=["person_id", "key"], how="anti")
    every = pl.concat([seen, now], how="diagonal").join(home, on="person_id", how="left")
    buildings = shared.filter(pl.col("kind") == "address").select(key="value").unique()
    arrived = seen.select("person_id", home="key", home_since="first_on")
    placed = every.join(buildings, on="key", how="anti").join(arrived, on=["person_id", "home"], how="left")
    names = private.select("person_id", "last_name")
    return placed.join(names, on="person_id", how="left").with_columns(is_current=pl.col("key") == pl.col("home"))


def _at_one_address(lived: pl.DataFrame, policy: HouseholdPolicy) -> pl.DataFrame:
    """left, right, is_home, is_family_address, is_address of people seen at one address, units missing or not."""
    street, zip_code = pl.col("key").str.split_exact("|", 1).struct[0], pl.col("key").str.split_exact("|", 1).struct[1]
    base = pl.concat_str(street.str.replace(UNIT, ""), zip_code, separator="|")
    current_name = pl.when("is_current").then("last_name")
    placed = lived.with_columns(
        base=base, has_unit=street.str.contains(UNIT), families=current_name.drop_nulls().n_unique().over("key")
    )
    placed = placed.with_columns(
        families=pl.when(pl.col("key") == pl.col("base"))
        .then(current_name.drop_nulls().n_unique().over("base"))
        .otherwise("families")
    )
    ends = placed.join(placed, on="base", suffix="_of").filter(pl.col("person_id") < pl.col("person_id_of"))
    # APT 5 is not APT 6, but may be what somebody wrote without a unit
    ends = ends.filter((pl.col("key") == pl.col("key_of")) | (pl.col("has_unit") != pl.col("has_unit_of")))
    same, families = pl.col("key") == pl.col("key_of"), pl.max_horizontal("families", "families_of")
    is_home = same & pl.col("is_current") & pl.col("is_current_of") & (families <= policy.max_families_per_home)
    told = ends.select(
        left="person_id",
        right="person_id_of",
        is_home=is_home & _contemporaries(policy),
        is_family_address=(families <= policy.max_families_per_building) & ~_moved_apart(policy),
        is_address=pl.lit(True),
    )
    return told.group_by(PAIR).agg(pl.col("is_home", "is_family_address", "is_address").any())


def _contemporaries(policy: HouseholdPolicy) -> pl.Expr:
    """Seen there at about the same time, so neither is who lived there before the other."""
    apart = (pl.col("last_on") - pl.col("last_on_of")).dt.total_days().abs()
    return (apart <= policy.contemporary_months * DAYS_PER_MONTH).fill_null(value=True)


def _moved_apart(policy: HouseholdPolicy) -> pl.Expr:
    """One has another home since, and the other was still seen at the old one well after that."""
    slack = policy.moved_apart_months * DAYS_PER_MONTH
    left = (
        ~pl.col("is_current") & pl.col("is_current_of") & ((pl.col("last_on_of") - pl.col("home_since")).dt.total_days() > slack)
    )
    right = (
        ~pl.col("is_current_of") & pl.col("is_current") & ((pl.col("last_on") - pl.col("home_since_of")).dt.total_days() > slack)
    )
    return left.fill_null(value=False) | right.fill_null(value=False)


def _on_one_contact(ours: pl.DataFrame, shared: pl.DataFrame, policy: HouseholdPolicy) -> pl.DataFrame:
    """left, right, has_contact of people who carry one private phone or e-mail."""
    kinds = {"phone": "phones", "email": "emails"}
    carried = pl.concat(
        [
            ours.select("person_id", pl.lit(kind).alias("kind"), value=pl.col(column)).explode("value").drop_nulls("value")
            for kind, column in kinds.items()
        ]
    ).unique()
    private = carried.join(shared.select("kind", "value").unique(), on=["kind", "value"], how="anti")
    few = private.filter(pl.len().over("kind", "value").is_between(2, policy.max_people_per_contact))
    ends = few.join(few, on=["kind", "value"], suffix="_of").filter(pl.col("person_id") < pl.col("person_id_of"))
    return ends.select(left="person_id", right="person_id_of", has_contact=pl.lit(True)).unique()


def _signed(together: pl.DataFrame, private: pl.DataFrame) -> pl.DataFrame:
    """left < right, has_signed of two people, neither a business."""
    ends = together.filter(pl.col("left") != pl.col("right")).select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right")
    )
    known = private.select("person_id")
    for end in PAIR:
        ends = ends.join(known, left_on=end, right_on="person_id", how="semi")
    return ends.unique().with_columns(has_signed=pl.lit(True))


def _pairs(*found: pl.DataFrame) -> pl.DataFrame:
    """Every pair that anything brought together, with what did; what did not is false."""
    flags = [name for one in found for name in one.columns if name not in PAIR]
    pairs = pl.concat([one.select(PAIR) for one in found]).unique()
    for one in found:
        pairs = pairs.join(one, on=PAIR, how="left")
    return pairs.with_columns(pl.col(flags).fill_null(value=False))


def _families(private: pl.DataFrame, ours: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """person_id, names (every family name a person goes or went by; null where none is known), home (the present address)."""
    asked = pl.DataFrame({"person_id": wanted}, schema={"person_id": pl.String})
    known = ours.filter(pl.col("last_name").is_not_null()).join(asked, on="person_id", how="semi")
    names = known.group_by("person_id").agg(names=pl.col("last_name").unique())
    home = private.join(asked, on="person_id", how="semi").select("person_id", home=pl.when("has_valid_address").then(_key()))
    return home.join(names, on="person_id", how="left")
