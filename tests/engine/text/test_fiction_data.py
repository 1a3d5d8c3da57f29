"""Fiction and the Shared-Character Stories as training and test sets."""

from pathlib import Path

import numpy as np
import pytest

from engine.train.text.data import FICTION
from engine.train.text.fiction import (
    DEV_WORKS,
    TEST_WORKS,
    fiction_examples,
    read_fiction,
    read_shared,
    shared_examples,
    split_of_story,
)
from engine.train.text.scene_sets import scene_sets, second_labels, twice
from tests.engine.text.novels import write_novels


@pytest.fixture
def novels(tmp_path: Path) -> Path:
    (tmp_path / "train").mkdir()
    write_novels(tmp_path / "novels", tmp_path / "train")
    return tmp_path / "novels"


def test_a_sentence_cut_after_mr_is_put_together_with_the_mean_label_of_its_parts(novels: Path) -> None:
    lines = [line for line in read_fiction(novels.parent / "train", novels)["wild"] if line.language == "en"]
    assert [line.text for line in lines] == ["The dog ran.", "He met Mr. Hal at the sled.", "It was cold."]
    shares = np.array([len("He met Mr."), len("Hal at the sled.")]) / len("He met Mr.Hal at the sled.")
    assert lines[1].valence == pytest.approx(float(shares @ [0.1, 0.2]))
    chinese = [line.text for line in read_fiction(novels.parent, novels)["wild"]]
    assert chinese == ["狗跑了。", "他在雪橇旁遇见了哈尔先生。", "很冷。"]


def test_a_sentence_that_is_not_the_labelled_one_is_left_out(novels: Path) -> None:
    lines = [line for line in read_fiction(novels.parent / "train", novels)["poe"] if line.language == "en"]
    assert [line.text for line in lines] == ["The dog ran.", "He met Mr. Hal at the sled."]


def test_without_the_sentences_the_translations_are_learnt_from_all_the_same(novels: Path) -> None:
    found = list(fiction_examples(novels.parent / "nowhere", novels))
    assert {example.language for example in found} == {"zh"}
    assert {example.split for example in found} == {"train", "test"}
    assert read_shared(novels.parent / "nowhere") == []


def test_works_for_the_test_and_for_choosing_are_kept_whole(tmp_path: Path) -> None:
    works = read_fiction(tmp_path, FICTION)
    assert set(works) >= TEST_WORKS | DEV_WORKS
    assert not TEST_WORKS & DEV_WORKS
    splits: dict[str, set[str]] = {}
    for example in fiction_examples(tmp_path, FICTION):
        splits.setdefault(example.split, set()).add(example.scene.split("-", 1)[1].rpartition("-")[0])
    assert not splits["train"] & splits["test"]
    assert not splits["train"] & splits["dev"]
    measured = scene_sets(tmp_path)
    trained = {example.text for example in fiction_examples(tmp_path, FICTION) if example.split == "train"}
    for name in ("fiction-test-zh", *(f"{work}-zh" for work in TEST_WORKS)):
        assert measured[name]
        assert not {line.text for line in measured[name] if len(line.text) > 12} & trained


def test_a_second_labeller_is_compared_on_the_same_lines(novels: Path) -> None:
    sets = scene_sets(novels.parent, novels.parent, novels)
    second = second_labels(novels.parent, novels.parent, novels)
    given, wanted = twice(sets["wild-en"], second)
    assert len(given) == 3
    assert given[:, 0] == pytest.approx(wanted[:, 0] + 0.1)


def test_readers_answers_become_the_mean_of_those_who_tell_things_apart(tmp_path: Path) -> None:
    folder = tmp_path / "SharedCharacterStories"
    folder.mkdir()
    places = range(1, 6)
    columns = ["story_id", "type", *(f"sent{n}" for n in places)]
    columns += [f"reader_sent{n}_{axis}" for n in places for axis in ("valence", "arousal")]
    told = ["s", "Human", *(f"Sentence {n}." for n in places)]
    rows = [
        [*told, *(["4", "2"] * 5)],
        [*told, *(["-2", "0"] * 4), "0", "0"],
        [*told, *(["4", "4"] * 5)],  # the same number to everything
    ]
    table = "\n".join(",".join(row) for row in (columns, *rows)) + "\n"
    (folder / "eval_results.csv").write_text(table)
    lines = read_shared(tmp_path)
    assert [line.text for line in lines] == [f"Sentence {n}." for n in places]
    assert [line.valence for line in lines] == [0.25, 0.25, 0.25, 0.25, 0.5]
    assert lines[0].arousal == 0.25
    examples = list(shared_examples(tmp_path))
    assert np.isnan(examples[0].targets[1])  # readers do not agree about arousal
    assert {split_of_story(f"en-shared-{n}") for n in range(60)} == {"train", "dev", "test"}
