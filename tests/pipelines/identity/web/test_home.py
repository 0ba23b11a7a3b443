"""Who lives together, from addresses alone."""

import polars as pl

from pipelines.identity.web.home import homes


def test_people_of_one_address_are_a_home_and_a_tower_is_none():
    lived = [
        ("1", "ann", "1 OAK ST"),
        ("2", "bob", "1 OAK ST"),
        ("3", "bob", "2 ELM ST"),
        ("4", "cat", "2 ELM ST"),
        ("5", "dan", None),
    ]
    lived += [(f"t{n}", f"t{n}", "9 HIGH RISE") for n in range(9)]
    members = pl.DataFrame([(record, person) for record, person, _ in lived], schema=["record_id", "person_id"], orient="row")
    contacts = pl.DataFrame(
        [(record, address, "28227") for record, _, address in lived], schema=["record_id", "address", "zip"], orient="row"
    )
    assert homes(members, contacts, 8).rows() == [("ann", "ann"), ("bob", "ann"), ("cat", "ann")]
    assert homes(members, contacts, 9).height == 12
