"""Lines read among the tokens of the lines around them."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from engine.text.analyze import TextModel, lines_around
from engine.text.encoder import TINY, Encoder
from engine.text.in_windows import InWindows
from engine.text.model import EmotionModel
from engine.text.scorer import EmotionScorer, load_scorer
from engine.text.scores import Floats, LinesAround
from engine.text.tokens import CharacterTokens, framed
from engine.text.window import Answers, States, WindowConfig
from engine.train.text.cache import Cache
from engine.train.text.windows import scene_vectors
from tests.engine.text.test_repeatable import TEXTS

LINES = TEXTS[:9]


def scorer_with_a_window() -> EmotionScorer:
    scorer = load_scorer("debug", "cpu")
    assert isinstance(scorer, EmotionScorer)
    assert scorer.reach == 2
    return scorer


def among(scorer: EmotionScorer, lines: Sequence[str]) -> Floats:
    """What is heard of the lines of one scene, a row each."""
    model = TextModel(scorer)
    return model.vectors_in_scenes(lines, [0] * len(lines))[:, scorer.width : -1]


def test_a_line_hears_the_words_in_its_window_and_nothing_beyond() -> None:
    scorer = scorer_with_a_window()
    before = among(scorer, LINES)
    for place in range(len(LINES)):
        changed = [*LINES[:place], "something altogether different", *LINES[place + 1 :]]
        after = among(scorer, changed)
        differs = (after != before).any(1)
        near = np.abs(np.arange(len(LINES)) - place) <= scorer.reach
        assert differs.tolist() == near.tolist()


def test_a_line_without_neighbours_reads_as_it_does_by_itself() -> None:
    scorer = scorer_with_a_window()
    alone = scorer.vectors(LINES)[:, :-1]
    single = scorer.vectors_among(lines_around(LINES, range(len(LINES)), scorer.reach))
    assert np.allclose(single, alone, atol=1e-4)


def test_an_edit_reads_only_the_lines_that_have_it_in_their_windows() -> None:
    scorer = scorer_with_a_window()
    model = TextModel(scorer)
    model.read(LINES)
    read: list[str] = []
    windows: list[LinesAround] = []
    vectors, vectors_among = scorer.vectors, scorer.vectors_among

    def counted(texts: Sequence[str]) -> Floats:
        read.extend(texts)
        return vectors(texts)

    def counted_among(lines: Sequence[LinesAround]) -> Floats:
        windows.extend(lines)
        return vectors_among(lines)

    scorer.vectors, scorer.vectors_among = counted, counted_among  # type: ignore[method-assign]
    edited = [*LINES[:4], "nobody has read this line", *LINES[5:]]
    model.read(edited)
    assert read == ["nobody has read this line"]
    assert len(windows) == 2 * scorer.reach + 1


def test_what_others_hear_of_a_line_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = scorer_with_a_window()
    windows = scorer.in_windows
    assert windows is not None
    asked: list[int] = []
    answer = windows._answer

    def counted(lines: Sequence[States]) -> list[Answers]:
        asked.append(len(lines))
        return answer(lines)

    monkeypatch.setattr(windows, "_answer", counted)
    monkeypatch.setattr("engine.text.in_windows.BUDGET", 30)  # many batches of a few lines
    model = TextModel(scorer)
    model.read(LINES)
    assert sum(asked) == len(LINES)
    asked.clear()
    model.read([*LINES[:4], "nobody has read this line", *LINES[5:]])
    assert sum(asked) == 1
    asked.clear()
    model.read(["a line without company"])
    assert asked == []


def test_what_was_forgotten_is_read_again_to_the_same_bits() -> None:
    scorer = scorer_with_a_window()
    windows = lines_around(LINES, [0] * len(LINES), scorer.reach)
    before = among(scorer, LINES)
    assert scorer.in_windows is not None
    scorer.in_windows._kept = {}
    scorer.in_windows._answered = {}
    assert np.array_equal(scorer.vectors_among(windows), before)


def test_a_line_too_long_for_the_network_is_read_and_heard() -> None:
    scorer = scorer_with_a_window()
    long = "and then another thing happened to them " * 20
    lines = [LINES[0], long, LINES[1]]
    found = among(scorer, lines)
    assert np.array_equal(found[1], scorer.vectors([long])[0, :-1])
    assert (found[0] != among(scorer, [LINES[0], LINES[2], LINES[1]])[0]).any()


def test_training_hears_what_the_product_hears() -> None:
    torch.manual_seed(0)
    encoder = Encoder(TINY).initialise(torch.Generator().manual_seed(1), spread=0.3)
    model = EmotionModel(encoder, window=WindowConfig(first=1, reach=2)).eval().requires_grad_(False)
    assert model.window is not None
    model.window.nearness.copy_(torch.randn(model.window.nearness.shape))
    model.query.copy_(torch.randn(model.query.shape))
    tokens = CharacterTokens(TINY.vocabulary)
    ids = [framed(tokens.prefix, own, 96) for own in tokens.encode(LINES)]
    hidden = [states.numpy() for states in encoder.read(ids, 0)]
    starts = np.cumsum([0, *[len(own) for own in hidden]])[:-1]
    count = len(LINES)
    cache = Cache(
        (np.concatenate(hidden),),
        np.zeros(count, np.int64),
        starts,
        np.array([len(own) for own in hidden]),
        np.zeros((count, 73), np.float32),
        *(np.array([""] * count) for _ in range(5)),
    )
    scenes = [np.arange(0, 5), np.arange(5, count)]
    with torch.inference_mode():
        near = scene_vectors(model, cache, scenes, frozen=0)
    numbers = [0] * 5 + [1] * (count - 5)
    windows = lines_around(LINES, numbers, 2)
    product = InWindows(model, tokens, 96, None).vectors(windows)
    assert np.allclose(near.numpy(), product, atol=1e-4)
    assert not np.allclose(product[0], product[5], atol=1e-4)
