"""The words that decided: found at once, the same in any company, and those that leaving out each finds."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from engine.text.analyze import TextModel
from engine.text.encoder import Encoder
from engine.text.explain import EXPLAINED, SURELY, candidates, keywords
from engine.text.scorer import EmotionScorer
from engine.train.text.agreement import agreement
from engine.train.text.data import read_storylines, split_of

LINES = [
    "主人公站在悬崖边，望着远方的天空，心中充满了绝望。",
    "The old captain quietly burned every letter that she had ever sent him from the harbour town.",
    "He laughed.",
    "出租车内，早高峰，高架桥上堵成一条红线。",
    "……",
    "Nobody came to the wedding, and the cake stood on the table like a small white church.",
    "她把信折好，放回抽屉里，没有再看第二眼。",
    "rain and ruin " * 30,
]


@pytest.fixture(scope="module")
def debug() -> TextModel:
    return TextModel.load("debug")


@pytest.fixture(scope="module")
def shipped() -> TextModel:
    return TextModel.load()


@pytest.mark.parametrize("which", ["debug", "shipped"])
def test_the_explanation_is_the_same_bits_in_any_company(which: str, request: pytest.FixtureRequest) -> None:
    model: TextModel = request.getfixturevalue(which)
    together = [one.keywords for one in model.read(LINES, context=False, explain=True)]
    backwards = [one.keywords for one in model.read(LINES[::-1], context=False, explain=True)][::-1]
    alone = [TextModel(model.scorer).read([line], explain=True)[0].keywords for line in LINES]
    assert together == backwards == alone


@pytest.mark.parametrize("which", ["debug", "shipped"])
def test_without_a_stretch_of_nothing_a_text_is_what_it_was(
    which: str, request: pytest.FixtureRequest
) -> None:
    scorer = request.getfixturevalue(which).scorer
    assert isinstance(scorer, EmotionScorer)
    texts = [line for line in LINES if line != "……" and len(line) < 90]
    found = scorer.vectors_without(texts, [[(3, 3), (0, 2)] for _ in texts])
    vectors = scorer.vectors(texts)
    pooled = 2 * scorer.model.encoder.config.width
    for own, vector in zip(found, vectors, strict=True):
        assert own[0, :pooled] == pytest.approx(vector[:pooled], abs=1e-6)
        assert own[1, :pooled] != pytest.approx(vector[:pooled], abs=1e-3)


def test_a_reading_is_the_same_with_and_without_its_explanation(shipped: TextModel) -> None:
    plain, explained = shipped.read(LINES), TextModel(shipped.scorer).read(LINES, explain=True)
    assert [one.valence for one in plain] == [one.valence for one in explained]
    assert [one.emotions for one in plain] == [one.emotions for one in explained]


def test_what_is_told_agrees_with_leaving_out_each_word(shipped: TextModel) -> None:
    lines = [line for line in read_storylines() if split_of(line.scene) == "test"]
    texts = [line.text for line in lines[:: len(lines) // 30] if len(candidates(line.text)) > SURELY]
    figures = agreement(shipped, texts)
    assert figures["effects"] >= 0.8
    assert figures["pulls"] >= 0.7  # thirty lines; .81 on five hundred
    assert figures["top"] >= 0.8


class Counting:
    """A judge that counts the texts it reads, of whatever length, and knows one word of weight."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def signed(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        return np.array([-0.8 * ("ruin" in text) for text in texts], np.float32)

    def signed_again(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([-0.8 * ("ruin" in text) for text in texts], np.float32)

    signed_words = signed_again

    def signed_without(
        self, texts: Sequence[str], left_out: Sequence[Sequence[tuple[int, int]]]
    ) -> list[np.ndarray]:
        return [
            np.array([-0.8 * ("ruin" in text[:start] + text[end:]) for start, end in own], np.float32)
            for text, own in zip(texts, left_out, strict=True)
        ]


def test_a_sentence_is_read_again_for_a_few_of_its_words_not_for_each(debug: TextModel) -> None:
    line = "The harbour town had long forgotten the slow ruin of every painted boat and wooden house"
    judge = Counting()
    (found,) = keywords(judge, debug.read([line]))
    assert [(one.word, one.polarity) for one in found] == [("ruin", "negative")]
    assert len(judge.read) == SURELY < len(candidates(line)) - 3


def test_words_that_come_again_are_read_once(debug: TextModel, monkeypatch: pytest.MonkeyPatch) -> None:
    model = TextModel(debug.scorer)
    model.signed_words(["rain", "ruin"])
    monkeypatch.setattr(model, "signed", None)  # to ask it would fail
    assert model.signed_words(["ruin", "rain", "ruin"]).shape == (3,)


@pytest.mark.parametrize("which", ["debug", "shipped"])
def test_what_reading_has_just_done_is_not_done_again_for_the_words(
    which: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TextModel(request.getfixturevalue(which).scorer)
    scorer = model.scorer
    assert isinstance(scorer, EmotionScorer)
    monkeypatch.setattr("engine.text.analyze.STEP", 4)
    monkeypatch.setattr("engine.text.in_windows.KEPT", 400)  # of a novel not all is remembered
    encoder, first, again = scorer.model.encoder, scorer.leaving_out.first, []

    def read(texts: Sequence[Sequence[int]], last: int | None = None) -> list[torch.Tensor]:
        again.extend(texts if last == first else [])
        return Encoder.read(encoder, texts, last)

    monkeypatch.setattr(encoder, "read", read)
    readings = model.read([f"Ruin {number} and sad rain" for number in range(40)], explain=True)
    assert again == []
    assert all(one.keywords for one in readings)


@pytest.mark.parametrize("which", ["debug", "shipped"])
def test_words_left_out_of_what_is_remembered_weigh_the_same_bits(
    which: str, request: pytest.FixtureRequest
) -> None:
    scorer = request.getfixturevalue(which).scorer
    assert isinstance(scorer, EmotionScorer)
    assert scorer.in_windows is not None
    texts = [line for line in LINES if line != "……" and len(line) < 90]
    stretches = [[(0, 2), (3, 5)] for _ in texts]
    scorer.vectors(texts)
    assert all(scorer.in_windows.kept(text, scorer.leaving_out.first) is not None for text in texts)
    remembered = scorer.vectors_without(texts, stretches)
    scorer.in_windows._kept = {}
    for before, now in zip(remembered, scorer.vectors_without(texts, stretches), strict=True):
        assert np.array_equal(before, now)


def test_a_sentence_without_end_is_explained_from_its_beginning(debug: TextModel) -> None:
    judge = Counting()
    keywords(judge, debug.read(["rain and ruin " * 2000]))
    assert judge.read
    assert max(map(len, judge.read)) <= EXPLAINED
