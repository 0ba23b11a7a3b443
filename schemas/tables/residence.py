"""Where people lived and when they moved: what records say of addresses, in time."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import person_id, record_id


class AddressSeen(dy.Schema):
    """Which home a record gave, and when. A record whose address changes keeps a row for each home."""

    record_id = record_id(key=True)
    home = dy.String(primary_key=True, description="ZIP and house number, so that spellings of one street are one home")
    zip = dy.String(description="five-digit ZIP")
    first_seen_on = dy.Date(description="first day on which the record is known to have given it")
    last_seen_on = dy.Date(description="last such day")


class Residence(dy.Schema):
    """The last move of a person, where one is known."""

    person_id = person_id(key=True)
    moved_on = dy.Date(description="day of the move as appended; from records: the first sight of the new home")
    moved_after = dy.Date(nullable=True, description="last sight of the old home; null for an appended move")
    basis = dy.Enum(["append", "records"], description="who says so")
    miles_moved = dy.Float64(nullable=True, min=0, description="great-circle miles between the ZIPs, where both are known")


ADDRESS_SEEN = Table("address_seen", "traits", AddressSeen, "Which home each record gave, and when.")
RESIDENCE = Table(
    "residence",
    "traits",
    Residence,
    "The last move of each person, where one is known.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
