"""How clean the customer file is: who on it can be acted on, and what stands in the way, by rooftop."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import person_id


class Actionable(dy.Schema):
    """Everybody on file, and whether they can be reached and may be."""

    person_id = person_id(key=True)
    is_actionable = dy.Bool(
        description="first-party, adult, no staff or business, with a fresh identifier that some purpose may use"
    )
    cause = dy.Enum(
        ["business", "staff", "bought", "minor", "no_identifier", "stale", "no_consent"],
        nullable=True,
        description="the first thing that stands in the way",
    )
    is_customer = dy.Bool(description="bought or was serviced here")
    purposes = dy.List(dy.String(), description="purposes of policy that a fresh identifier may be used for")


class Hygiene(dy.Schema):
    """One figure per rooftop, metric and detail; the rooftop `group` is the whole group."""

    rooftop_id = dy.String(primary_key=True, description="rooftop, or group for the whole group")
    metric = dy.String(primary_key=True, description="name of the figure, as in pipelines.identity.hygiene.METRICS")
    detail = dy.String(primary_key=True, description="feed, kind of identifier or reason that the figure is about; empty for all")
    count = dy.Int64(min=0, description="what the metric counts")
    whole = dy.Int64(nullable=True, min=0, description="of how many, or by how many it is divided; null for a plain count")
    ratio = dy.Float64(nullable=True, min=0, description="count by whole: a share 0 to 1, or for records_per_person records")


ACTIONABLE = Table(
    "actionable",
    "measurement",
    Actionable,
    "Who on the customer file can be reached and may be, and what stands in the way of the others.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
HYGIENE = Table(
    "hygiene",
    "measurement",
    Hygiene,
    "How clean the customer file is, by rooftop: duplicates, reach, age, shared identifiers, consent.",
    is_personal=False,
)
