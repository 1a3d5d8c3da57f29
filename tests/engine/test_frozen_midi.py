"""The example scores come to the same notes as before, on the debug model. `frozen_midi` says how to freeze
them anew."""

import json
from pathlib import Path

import pytest

from engine.models import Models
from tests.engine.frozen_midi import FILE, SCORES, comparable, frozen


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu", "debug")


@pytest.mark.skipif(not comparable(), reason="the debug model's weights are drawn otherwise without AVX2")
@pytest.mark.parametrize("score", SCORES, ids=lambda path: path.stem)
def test_an_example_score_comes_to_the_same_notes_as_before(score: Path, models: Models) -> None:
    assert frozen(score, models) == json.loads(FILE.read_text(encoding="utf-8"))[score.stem]
