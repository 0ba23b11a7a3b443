"""The benchmark of hashing measures what it says: every part does its work on the same people."""

import json

import pytest

from benchmarks.hashing import KINDS, PARTS, work


@pytest.mark.parametrize("part", PARTS)
def test_every_part_does_its_work(part: str) -> None:
    found = work(part, 200)()
    if part == "write":
        (batch,) = found  # type: ignore[misc, attr-defined]
        assert len(json.loads(batch.body)["audienceMembers"]) == 200
    else:
        assert found.height == 200  # type: ignore[attr-defined]


def test_the_peer_hashes_what_we_hash() -> None:
    ours, peer = work("spell and hash", 50)(), work("peer", 50)()
    assert ours.get_column("phone").to_list() == peer.get_column("p").to_list()  # type: ignore[attr-defined]
    assert list(KINDS) == ["email", "phone", "first_name", "last_name"]
