"""What joins records after scoring: ids that one person has, and homes."""

import numpy as np
import polars as pl

from pipelines.identity.linkage.edges import EDGES, ordered_edges
from pipelines.identity.linkage.encode import encode
from pipelines.identity.linkage.households import LARGEST_HOME, homes
from pipelines.identity.linkage.refine import NO_ORDERS
from pipelines.identity.linkage.same_person import same_person
from schemas.identity_model import IdentityModel
from tests.pipelines.identity.linkage.people import model, people

ALONE = {"same_person": ["crm"], "max_same_person": 3}


def joined(how: IdentityModel, *rows: dict, orders: list[tuple[int, int]] = ()) -> tuple[list[int], list[tuple]]:
    """Clusters of records that were each alone, and the edges that joined them."""
    frame = people(*rows)
    told = encode(frame, how)
    keep = pl.DataFrame(
        [(f"r{a:04}", f"r{b:04}", "must_not_link") for a, b in orders],
        schema=["left_record_id", "right_record_id", "kind"], orient="row",
    )  # fmt: skip
    label, edges = same_person(told, how, np.arange(len(told)), ordered_edges(told, keep) if orders else NO_ORDERS)
    assert edges.schema == EDGES
    return label.tolist(), sorted(edges.select("left_record_id", "right_record_id").rows())


def test_one_id_is_one_person_up_to_a_number_of_records() -> None:
    how = model({"crm": "id"}, **ALONE)
    label, edges = joined(how, *({"crm": one} for one in ["x", "x", "y", None, None, "z", "z", "z", "z", "x"]))
    assert label == [0, 0, 2, 3, 4, 5, 6, 7, 8, 0]
    assert edges == [("r0000", "r0001"), ("r0000", "r0009")]


def test_an_id_in_another_column_is_the_same_id() -> None:
    how = model({"crm": {"kind": "id", "any_of": ["a", "b"]}}, **ALONE)
    assert joined(how, {"a": "x", "b": None}, {"a": "y", "b": "x"}, {"a": None, "b": "y"})[0] == [0, 0, 0]


def test_nobody_is_joined_whom_a_steward_parted() -> None:
    how = model({"crm": "id"}, **ALONE)
    assert joined(how, *[{"crm": "x"}] * 3, {"crm": "y"}, {"crm": "y"}, orders=[(1, 2)])[0] == [0, 1, 2, 3, 3]


def test_nobody_is_joined_across_a_barrier() -> None:
    how = model({"crm": "id"}, never_across=["t"], **ALONE)
    rows = [
        {"crm": "x", "t": "p"},
        {"crm": "x", "t": None},
        {"crm": "x", "t": "q"},
        {"crm": "y", "t": "p"},
        {"crm": "y", "t": None},
    ]
    assert joined(how, *rows)[0] == [0, 1, 2, 3, 3]


def test_sources_are_linked_and_not_their_own_records() -> None:
    how = model({"crm": "id"}, mode="link", source="s", same_person=["crm"])
    label, edges = joined(how, *({"crm": "x", "s": one} for one in "aabb"))
    assert label == [0, 0, 0, 0]
    assert edges == [("r0000", "r0002"), ("r0000", "r0003"), ("r0001", "r0002")]
    assert joined(how, *({"crm": "x", "s": one} for one in "aaa")) == ([0, 1, 2], [])


def lived(persons: dict[str, str], ties: list[tuple[str, str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    members = pl.DataFrame({"record_id": list(persons), "person_id": list(persons.values())})
    members = members.with_columns(tier=pl.lit("exact"), rule=pl.lit("created"))
    rows = [(a, b, "r", "household", "loose", 1.0, 0.1, 0.9, None) for a, b in ties]
    return homes(members, pl.DataFrame(rows, schema=EDGES, orient="row"), seed="s")


def test_a_household_holds_whole_persons() -> None:
    placed, sizes = lived({"a1": "A", "a2": "A", "b": "B", "c": "C", "d": "D"}, [("a1", "b"), ("a2", "c")])
    home = dict(placed.select("record_id", "household_id").rows())
    assert home["a1"] == home["a2"] == home["b"] == home["c"] != home["d"]
    assert sorted(sizes["people"].to_list()) == [1, 3]
    assert set(sizes["household_id"]) == set(home.values())


def test_too_many_for_a_home_stay_by_themselves() -> None:
    firm = {f"r{one:02}": f"p{one:02}" for one in range(LARGEST_HOME + 1)}
    ties = [("r00", one) for one in list(firm)[1:]]
    assert lived(firm, ties)[1]["people"].to_list() == [1] * (LARGEST_HOME + 1)
    home = dict(list(firm.items())[:LARGEST_HOME])
    assert lived(home, ties[: LARGEST_HOME - 1])[1]["people"].to_list() == [LARGEST_HOME]
