"""The benchmark of hashing measures what it says: every part does its work on the same people."""

import json
from typing import Any

import pytest

from benchmarks.hashing import KINDS, PARTS, work


def done(part: str, count: int) -> Any:
    return work(part, count)()


@pytest.mark.parametrize("part", PARTS)
def test_every_part_does_its_work(part: str) -> None:
    found = done(part, 200)
    if part == "write":
        (batch,) = found
        assert len(json.loads(batch.body)["audienceMembers"]) == 200
    else:
        assert found.height == 200


def test_the_peer_hashes_what_we_hash() -> None:
    ours, peer = done("spell and hash", 50), done("peer", 50)
    assert ours.get_column("phone").to_list() == peer.get_column("p").to_list()
    assert list(KINDS) == ["email", "phone", "first_name", "last_name"]
