"""Polarity, signed intensity and valence of a line say one thing, in every corpus there is."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.analyze import SHIPPED, TextModel
from engine.text.one_scale import scores_of_valence
from engine.text.reading import Reading
from engine.train.text.data import STORYLINES, read_storylines, told_examples, word_examples
from engine.train.text.fiction import read_fiction

BAND = 0.2
"""Signed intensity may be so much stronger than valence, never weaker, never on the other side."""
UNIT = st.floats(0, 1, width=32)


def contradiction(reading: Reading) -> str:
    """What of a reading denies another part of it; "" for nothing."""
    valence, signed = reading.valence, reading.signed_intensity
    if valence * signed < 0:
        return "sides differ"
    if not -0.001 <= abs(signed) - abs(valence) <= BAND:
        return "strengths differ"
    side = "neutral" if abs(signed) < 0.1 else "positive" if valence > 0 else "negative"
    return "" if reading.polarity == side and reading.intensity == abs(signed) else "polarity differs"


@given(UNIT, UNIT, st.floats(-1, 1, width=32), st.floats(0.5, 1), st.floats(1, 1.2))
def test_scores_say_what_valence_says(
    positive: float, negative: float, valence: float, threshold: float, gain: float
) -> None:
    both = (np.array([x], np.float32) for x in (positive, negative, valence))
    up, down = scores_of_valence(*both, threshold, gain)
    assert 0 <= down[0] <= 1
    assert 0 <= up[0] <= 1
    signed = float(np.clip((up[0] - down[0]) / threshold, -1, 1))
    wanted = float(np.clip(np.clip(gain * valence * threshold, -1, 1) / threshold, -1, 1))
    assert signed == pytest.approx(wanted, abs=1e-5)
    assert min(up[0], down[0]) <= min(positive, negative) + 1e-6  # what is mixed does not become more so


def in_scenes(model: TextModel, lines: Sequence[tuple[str, str]]) -> list[Reading]:
    numbers = {scene: number for number, (scene, _) in enumerate(lines)}
    return model.read([text for _, text in lines], scenes=[numbers[scene] for scene, _ in lines])


def story_lines(model: TextModel) -> list[Reading]:
    lines = [(line.scene, line.text) for line in read_storylines()]
    return in_scenes(model, lines[:120] + lines[-120:])


def translated_fiction(model: TextModel) -> list[Reading]:
    works = read_fiction(Path("nowhere")).values()
    return in_scenes(model, [(line.scene, line.text) for work in works for line in work[:14]])


def lines_that_tell(model: TextModel) -> list[Reading]:
    return model.read([example.text for example in some(told_examples(read_storylines()))], context=False)


def rated_words(model: TextModel) -> list[Reading]:
    return model.read([example.text for example in some(word_examples(STORYLINES))], context=False)


def some(examples: Iterable) -> list:  # type: ignore[type-arg]
    return list(examples)[::29]


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.load()


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
@pytest.mark.parametrize("corpus", [story_lines, translated_fiction, lines_that_tell, rated_words])
def test_no_line_of_any_corpus_contradicts_itself(
    model: TextModel, corpus: Callable[[TextModel], list[Reading]]
) -> None:
    readings = corpus(model)
    assert len(readings) > 80
    assert [(contradiction(reading), reading.text) for reading in readings if contradiction(reading)] == []


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
def test_lines_of_the_cliff_score_say_one_thing(model: TextModel) -> None:
    lines = ["风从谷底吹上来。", "太阳升起来了。", "主人公站在悬崖边，望着远方的天空，心中充满了绝望。"]
    for readings in (model.read(lines), model.read(lines, context=False)):
        assert [contradiction(reading) for reading in readings] == ["", "", ""]
