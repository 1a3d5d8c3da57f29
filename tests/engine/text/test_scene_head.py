"""The scene head: what neighbours know is found, in closed form, and read the same in any company."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text.analyze import SHIPPED, TextModel
from engine.text.scene_head import features_of
from engine.text.scorer import EmotionScorer, load_scorer
from engine.train.text.data import Example, feeling_targets
from engine.train.text.finish import SceneFit, exact_head, fitted
from engine.train.text.read_vectors import network_checksum, numbers_of, read_vectors
from engine.train.text.recipes import RECIPES
from tests.engine.text.test_repeatable import TEXTS


def hearing_model() -> TextModel:
    """The debug model, reading in scenes by its scene head too."""
    scorer = load_scorer("debug", "cpu")
    assert isinstance(scorer, EmotionScorer)
    scorer.calibration = replace(scorer.calibration, together=((0.5, 0.0, 0.0, 0.3, 0.3, 0.0),) * 3)
    return TextModel(scorer)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.data())
def test_a_scene_reads_the_same_beside_any_others(sizes: list[int], data: st.DataObject) -> None:
    model = hearing_model()
    scenes = [TEXTS[5 * at : 5 * at + size] for at, size in enumerate(sizes)]
    alone = [model.read(scene) for scene in scenes]
    order = data.draw(st.permutations(range(len(scenes))))
    lines = [line for place in order for line in scenes[place]]
    numbers = [place for place in order for _ in scenes[place]]
    assert model.read(lines, scenes=numbers) == [reading for place in order for reading in alone[place]]


def test_a_line_is_read_by_what_its_neighbours_say_and_alone_as_by_itself() -> None:
    model = hearing_model()
    first, second = (model.read([text, "the same line", text])[1] for text in (TEXTS[3], TEXTS[11]))
    assert first.emotions != second.emotions
    assert model.read(["the same line"])[0].valence == model.read(["the same line"], context=False)[0].valence


def scenes_of(count: int, size: int) -> tuple[np.ndarray, list[Example]]:
    """Random vectors, top and deep, of lines whose valence is half theirs, half that of the lines beside."""
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(count * size, 12))
    examples = []
    for row in range(count * size):
        place = row % size
        beside = [row + step for step in (-1, 1) if 0 <= place + step < size]
        feeling = (0.5 * vectors[row, 8] + 0.5 * vectors[beside, 0].mean(), vectors[row, 1], 0.0)
        split = "train" if row < count * size * 0.8 else "dev"
        targets = feeling_targets(feeling, None)
        examples.append(Example(f"{row}", "story", split, "en", targets, f"en-sea-{row // size}"))
    return vectors, examples


def test_what_neighbours_know_is_found_in_both_kinds_of_vectors() -> None:
    vectors, examples = scenes_of(200, 6)
    head = exact_head(fitted(vectors, examples, SceneFit(top_penalty=1.0, deep_penalty=1.0)))
    features = torch.from_numpy(features_of(vectors, numbers_of(examples), head.config))
    top, deep = (part.numpy() for part in head(features))
    held = np.array([example.split == "dev" for example in examples])
    wanted = np.stack([example.targets[:3] for example in examples])

    def r(given: np.ndarray, axis: int) -> float:
        return float(np.corrcoef(given[held, axis], wanted[held, axis])[0, 1])

    assert r(top, 1) > 0.99
    assert r(top, 0) > 0.3  # a neighbour's share of it
    assert r(deep, 0) > 0.6  # the line's own


def test_vectors_once_read_are_not_read_again(tmp_path: Path) -> None:
    examples = [Example(text, "story", "dev", "en", feeling_targets((0, 0, 0), None)) for text in TEXTS]
    scorer = load_scorer("debug", "cpu")
    seen: list[int] = []
    first = read_vectors(scorer, "one", examples, tmp_path, lambda done, total: seen.append(done))

    class Unwilling:
        reach = 0

        def vectors(self, texts: Sequence[str]) -> np.ndarray:
            raise AssertionError(texts)

    again = read_vectors(Unwilling(), "one", examples, tmp_path, lambda done, total: None)  # type: ignore[arg-type]
    assert (first == again).all()
    with pytest.raises(AssertionError):
        read_vectors(Unwilling(), "other weights", examples, tmp_path, lambda done, total: None)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
def test_what_ships_says_by_which_recipe_it_was_made() -> None:
    training = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8"))["training"]
    assert training["begin_sha256"] == RECIPES[training["recipe"]].network_sha256
    assert training["network_sha256"] == network_checksum(SHIPPED)
