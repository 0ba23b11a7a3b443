"""The shared columns: one definition per canonical name that appears in more than one table.

Only shared columns belong here; a column of one table is declared in that table. Units end the name, ids end in _id,
flags start with is_ or has_. Each function returns a fresh column because dataframely binds a column to its schema.
"""

import dataframely as dy


def utc(description: str, *, nullable: bool = False) -> dy.Datetime:
    """A moment in UTC, microseconds."""
    return dy.Datetime(nullable=nullable, time_zone="UTC", time_unit="us", description=description)


def money(description: str, *, nullable: bool = True) -> dy.Decimal:
    """US dollars, exact."""
    return dy.Decimal(14, 2, nullable=nullable, description=description)


def person_id(*, key: bool = False, nullable: bool = False) -> dy.String:
    """The stable id of a resolved person."""
    return dy.String(primary_key=key, nullable=nullable, description="stable id of the resolved person")


def household_id(*, key: bool = False, nullable: bool = False) -> dy.String:
    """The stable id of a household."""
    return dy.String(primary_key=key, nullable=nullable, description="stable id of the household")


def record_id(*, key: bool = False) -> dy.String:
    """The id of one source record that names a person, as feed:key[:role]."""
    return dy.String(primary_key=key, description="source record that names a person, as feed:key[:role]")


def rooftop_id(*, key: bool = False, nullable: bool = True) -> dy.String:
    """A rooftop of the group, as in policy group.yaml."""
    return dy.String(primary_key=key, nullable=nullable, description="rooftop, as in policy group.yaml")


def brand(*, key: bool = False, nullable: bool = True) -> dy.String:
    """One of the group's own brands, as in policy group.yaml."""
    return dy.String(primary_key=key, nullable=nullable, description="the group's own brand, as in policy group.yaml")


def market(*, nullable: bool = True) -> dy.String:
    """A market of the group."""
    return dy.String(nullable=nullable, description="market, as in policy group.yaml")


def vin(*, key: bool = False, nullable: bool = True) -> dy.String:
    """A vehicle identification number, upper case, 17 characters."""
    return dy.String(primary_key=key, nullable=nullable, description="vehicle identification number, upper case")


def make(*, nullable: bool = True) -> dy.String:
    """A make in the vocabulary's spelling."""
    return dy.String(nullable=nullable, description="make, in the vocabulary's spelling")


def model(*, nullable: bool = True) -> dy.String:
    """A model in the vocabulary's spelling."""
    return dy.String(nullable=nullable, description="model, in the vocabulary's spelling")


def body_style(*, nullable: bool = True) -> dy.String:
    """Body style."""
    return dy.String(nullable=nullable, description="body style: sedan, suv, truck, coupe, hatchback, wagon, van, convertible")


def segment(*, key: bool = False) -> dy.Enum:
    """One of the three segments."""
    return dy.Enum(["conquest", "in_market", "loyalty"], primary_key=key, description="segment")
