"""The vectors that the platforms publish: our spelling and our digest must equal theirs."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.activation.normalise import hashed, normalised
from schemas.platforms import all_platforms

VECTORS = json.loads((Path(__file__).parent / "hash_vectors.json").read_text(encoding="utf-8"))


def test_there_are_twenty_five():
    assert len(VECTORS) == 25


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['platform']}-{one['kind']}-{one['sha256_hex'][:6]}")
def test_vector(engine, vector):
    platform = all_platforms()[vector["platform"]]
    spelled = normalised(platform, vector["kind"], pl.Series("raw", [vector["raw"]]))
    assert spelled.to_list() == [vector["normalised"]]
    assert hashed(engine, spelled.to_frame()).rows() == [(vector["sha256_hex"],)]
    if vector["sha256_b64"]:
        assert hashed(engine, spelled.to_frame(), encoding="base64").rows() == [(vector["sha256_b64"],)]
