"""The identity benchmark itself: every labelled set has a model that loads, and our side runs from file to marks."""

import argparse
from pathlib import Path

import pytest

from assets.identity_model_files import load_model
from benchmarks.identity import MODELS, SAMPLES, run
from benchmarks.identity_people import written


@pytest.mark.parametrize("kind", sorted(set(SAMPLES.values())))
def test_every_labelled_set_has_a_model_that_loads(kind: str) -> None:
    assert load_model(MODELS / f"{kind}.yaml").record_id == "rid"


def test_our_side_runs_on_generated_people(tmp_path: Path) -> None:
    told = argparse.Namespace(peer_python="")
    made = run("ours", told, "dealer", written(2_000, tmp_path))
    assert made.best == "0.5"
    assert made.marks["0.5"].f1 > 0.9
    assert 0 < made.cost["wall"] <= made.process
