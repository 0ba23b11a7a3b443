"""Who is in which arm of which test, and which ZIPs stay dark."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import market, person_id

SEGMENTS = ["conquest", "in_market", "loyalty"]


class Assignment(dy.Schema):
    """The arm of a person in a test. Once there it stays, whoever comes later; ids that were merged are followed."""

    person_id = person_id(key=True)
    test = dy.String(
        primary_key=True, description="test of policy experiments.yaml; global_control for the control above all tests"
    )
    arm = dy.String(description="arm of the test; control or treatment of the global control; outside: takes no part")
    unit_id = dy.String(description="who was drawn: the person, or the household")
    stratum = dy.String(
        description="brand, market and relation at the first exposure, as the test's strata say; parts joined by |"
    )
    slot = dy.Int64(min=0, description="running number of the unit in its stratum, from 0")
    assigned_on = dy.Date(description="day of the first exposure, on which the arm was drawn")
    design = dy.String(description="arms, shares in millionths, strata and unit under which it was drawn")
    from_person = dy.String(nullable=True, description="the person whose arm it was, where it came with a merge or a split")
    contaminated_on = dy.Date(nullable=True, description="day on which a merge or a home brought two arms together")


class GeoCluster(dy.Schema):
    """A ZIP in the geo hold-out of a segment. Clusters and roles stay; new ZIPs join the nearest cluster."""

    segment = dy.Enum(SEGMENTS, primary_key=True, description="segment of the hold-out")
    zip = dy.String(primary_key=True, description="five-digit ZIP of at least one person within reach")
    cluster = dy.String(description="the ZIP that its cluster began with")
    role = dy.Enum(["dark", "buffer", "lit"], description="dark: not addressed; buffer: between; lit: compared with")
    market = market()
    people = dy.Int64(min=0, description="people who live there on the day that it was drawn")
    miles_to_dark = dy.Float64(nullable=True, min=0, description="great-circle miles to the nearest dark ZIP")
    assigned_on = dy.Date(description="day on which it was drawn")
    design = dy.String(description="the figures of policy under which it was drawn")


class GeoBalance(dy.Schema):
    """How alike dark and lit clusters were in the weeks before, and what change could be seen."""

    segment = dy.Enum(SEGMENTS, primary_key=True, description="segment of the hold-out")
    metric = dy.Enum(["people", "sales", "service", "leads"], primary_key=True, description="what is compared")
    dark_clusters = dy.Int64(min=0, description="clusters that stay dark")
    lit_clusters = dy.Int64(min=0, description="clusters that are compared with")
    weeks = dy.Int64(min=0, description="weeks of history")
    dark_mean = dy.Float64(nullable=True, description="mean over dark clusters; per 1,000 people and week, or people")
    lit_mean = dy.Float64(nullable=True, description="mean over lit clusters, same unit")
    difference = dy.Float64(nullable=True, description="standardised difference of the means")
    detectable = dy.Float64(
        nullable=True, description="smallest change per 1,000 people and week that four weeks can show, by Student's t"
    )
    reason = dy.String(nullable=True, description="why nobody stays dark, where nobody does")


ASSIGNMENT = Table("assignment", "audiences", Assignment, "Which arm of which test each person is in, and since when.")
GEO_CLUSTER = Table(
    "geo_cluster", "audiences", GeoCluster, "ZIPs of geo hold-outs: cluster, and dark, buffer or lit.", is_personal=False
)
GEO_BALANCE = Table("geo_balance", "audiences", GeoBalance, "How alike dark and lit clusters were before.", is_personal=False)
