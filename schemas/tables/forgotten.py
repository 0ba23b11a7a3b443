"""Stage `sources`: who was forgotten, so that no delivery brings them back; the proof; removals still to be asked for."""

import dataframely as dy

from schemas.contract import Table


class Forgotten(dy.Schema):
    """A tombstone: keyed hashes of what somebody was known by. Rows of all days are in force, whatever day is run."""

    tombstone_id = dy.String(primary_key=True, description="keyed hash that stands for the forgotten person")
    scope = dy.Enum(
        ["any", "named", "alone", "lifted"],
        primary_key=True,
        description="any: an identifier; named: an identifier with a name beside it; alone: an identifier that nobody else was "
        "known by; lifted: the tombstone is no longer in force",
    )
    key_hash = dy.String(primary_key=True, description="keyed hash of the identifier, or of identifier and name; 128 bits")
    forgotten_on = dy.Date(description="day of the lake on which the person was forgotten, or the tombstone was lifted")


class ForgetProof(dy.Schema):
    """What was removed where when somebody was forgotten. Nothing of the person is in it."""

    tombstone_id = dy.String(primary_key=True, description="keyed hash that stands for the forgotten person")
    file = dy.String(primary_key=True, description="file of the lake, below the group's folder")
    turn = dy.Int64(primary_key=True, min=1, description="1 the erasure; 2 and on what was kept until removals were confirmed")
    rows_removed = dy.Int64(min=0, description="rows, lines or entries that are gone")
    rows_blanked = dy.Int64(min=0, description="rows of somebody else in which what was theirs was blanked")
    sha256_before = dy.String(description="content hash of the file before, hex")
    sha256_after = dy.String(description="content hash after, hex; blank where the file is gone")
    forgotten_on = dy.Date(description="day of the lake on which the person was forgotten")


class PendingRemoval(dy.Schema):
    """What a platform must still be asked to drop of somebody who was forgotten. The only place that still names them."""

    platform = dy.String(primary_key=True, description="platform")
    cell = dy.String(primary_key=True, description="neutral audience name at the platform")
    person_id = dy.String(primary_key=True, description="the id under which the platform was told of the person")
    tombstone_id = dy.String(description="keyed hash that stands for the forgotten person")
    segment = dy.Enum(["conquest", "in_market", "loyalty"], description="segment of the cell")
    basis = dy.String(description="basis on which the person was sent")
    identifiers = dy.List(dy.String(), description="as last sent; a removal must name them again")
    queued_on = dy.Date(description="day of the lake on which the person was forgotten")
    exported_on = dy.Date(nullable=True, description="day whose exports ask for the removal; null until one does")


FORGOTTEN = Table(
    "forgotten",
    "sources",
    Forgotten,
    "Keyed hashes of people who were forgotten; their rows stay out.",
    kind="log",
    is_personal=False,
)
FORGET_PROOF = Table(
    "forget_proof",
    "sources",
    ForgetProof,
    "What was removed where when somebody was forgotten, file by file.",
    kind="log",
    is_personal=False,
)
PENDING_REMOVAL = Table(
    "pending_removal", "sources", PendingRemoval, "Removals that platforms must still be asked for, of people who were forgotten."
)
