"""A text's reading is the same bits whatever is read with it, in whatever order, on however many threads,
with whatever instructions the processor has."""

import os
import platform
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text.analyze import SHIPPED, TextModel

TEXTS = [
    "".join(chr(97 + (number * 7 + place) % 26) for place in range(1 + (number * 5) % 61))
    for number in range(50)
]
SENTENCES = [
    "他走了。",
    "She laughed.",
    "The lamp went out, and nobody came to light it again.",
    "主人公站在悬崖边，望着远方的天空，心中充满了绝望。",
    "Run!",
    "The whole village danced and laughed until dawn, and long after that.",
    "She waited.",
    "rain and ruin " * 90,
]


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.load("debug")


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(50)), st.sets(st.integers(1, 49), max_size=6), st.integers(1, 50))
def test_any_split_in_any_order_gives_the_same_vectors(order: list[int], cuts: set[int], count: int) -> None:
    scorer = TextModel.load("debug").scorer
    together = scorer.vectors(TEXTS)
    order = order[:count]
    edges = [0, *sorted(cut for cut in cuts if cut < count), count]
    for start, end in pairwise(edges):
        part = order[start:end]
        assert (scorer.vectors([TEXTS[place] for place in part]) == together[part]).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.data())
def test_a_scene_reads_the_same_beside_any_others(sizes: list[int], data: st.DataObject) -> None:
    model = TextModel.load("debug")
    scenes = [TEXTS[5 * at : 5 * at + size] for at, size in enumerate(sizes)]
    alone = [model.read(scene) for scene in scenes]
    order = data.draw(st.permutations(range(len(scenes))))
    lines = [line for place in order for line in scenes[place]]
    numbers = [place for place in order for _ in scenes[place]]
    assert model.read(lines, scenes=numbers) == [reading for place in order for reading in alone[place]]


@pytest.mark.parametrize("count", [1, 2, 3, 8, 17, 50])
def test_heads_and_neighbours_answer_the_same_bits_for_any_number_of_texts(
    model: TextModel, count: int
) -> None:
    vectors = model.scorer.vectors(TEXTS)
    whole, part = (model.scorer.scores(given, None) for given in (vectors, vectors[:count]))
    for name in ("positive", "negative", "vad", "emotions", "doubt"):
        assert (getattr(whole, name)[:count] == getattr(part, name)).all(), name


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_number_of_threads_changes_nothing(
    model: TextModel, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr("engine.threads._AT_FIRST", 1)
    expected = TextModel.load("debug").read(TEXTS, explain=True)
    monkeypatch.setattr("engine.threads._AT_FIRST", count)
    assert TextModel.load("debug").read(TEXTS, explain=True) == expected


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
def test_the_shipped_model_reads_a_text_the_same_in_any_company() -> None:
    scorer = TextModel.load().scorer
    together = scorer.vectors(SENTENCES)
    backwards = scorer.vectors(SENTENCES[::-1])[::-1]
    alone = np.concatenate([scorer.vectors([sentence]) for sentence in SENTENCES])
    assert (together == backwards).all()
    assert (together == alone).all()


STORY = [
    "她把信折好，放回抽屉里，没有再看第二眼。",
    "雨下了一整夜。",
    "The harbour was empty, and the bell went on ringing for nobody.",
    "“别走！”他喊道。",
    "He laughed until he could not stand.",
    "门开着，屋里没有人，桌上的茶还是热的。",
    "At last the children came home.",
]


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names x86 instructions")
@pytest.mark.parametrize(
    ("weights", "texts"),
    [
        ("debug", "TEXTS"),
        pytest.param(
            str(SHIPPED),
            "SENTENCES + STORY",
            marks=pytest.mark.skipif(
                not (SHIPPED / "model.safetensors").exists(), reason="no text weights here"
            ),
        ),
    ],
    ids=["debug", "shipped"],
)
def test_readings_and_their_words_are_the_same_bits_without_the_newest_instructions(
    weights: str, texts: str
) -> None:
    code = (
        "from engine.text.analyze import TextModel;"
        "from tests.engine.text.test_repeatable import SENTENCES, STORY, TEXTS;"
        f"texts = {texts};"
        "scenes = [place // 4 for place in range(len(texts))];"
        f"print(TextModel.load({weights!r}).read(texts, scenes=scenes, explain=True))"
    )

    def readings(**more: str) -> str:
        chosen = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "OMP_NUM_THREADS")
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={k: v for k, v in os.environ.items() if k not in chosen} | more,
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    ordinary = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
    assert readings(OMP_NUM_THREADS="2", **ordinary) == readings(OMP_NUM_THREADS="1")


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
def test_the_shipped_model_reads_a_scene_the_same_in_parts_after_edits_and_beside_others() -> None:
    model = TextModel.load()
    fresh = TextModel(model.scorer).read(STORY, explain=True)
    numbers = [0] * len(SENTENCES) + [1] * len(STORY)
    beside = TextModel(model.scorer).read([*SENTENCES, *STORY], scenes=numbers, explain=True)
    model.read([*STORY[:3], "Another line altogether.", *STORY[4:]], explain=True)
    assert beside[len(SENTENCES) :] == fresh == model.read(STORY, explain=True)
