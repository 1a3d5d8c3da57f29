"""Labelled scenes to measure on, none of them trained on, and what a second labeller said of them.

Story lines' test scenes, the works of fiction kept for the test, the test part of the Shared-Character
Stories: names of sets → lines in order, a scene's lines together.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.train.text.data import FICTION, STORYLINES, StoryLine, read_storylines, split_of
from engine.train.text.fiction import TEST_WORKS, read_fiction, read_shared, rows_of, split_of_story

Rows = npt.NDArray[np.float64]
LANGUAGES = ("en", "zh")
LEAST_TWICE = 10
"""A set of fewer lines read twice says nothing of a second labeller."""


def scene_sets(
    data: Path, storylines: Path = STORYLINES, fiction: Path = FICTION, split: str = "test"
) -> dict[str, list[StoryLine]]:
    """The sets by name: `story-test-en`, `fiction-test-zh`, `dubliners-en` …, `shared-test`. `data` has the
    folder `train`; sets whose sentences are not there are left out."""
    lines = [line for line in read_storylines(storylines) if split_of(line.scene) == split]
    found = {f"story-{split}-{language}": of_language(lines, language) for language in LANGUAGES}
    works = read_fiction(data / "train", fiction)
    kept = {work: works[work] for work in works if work in TEST_WORKS}
    for language in LANGUAGES:
        everything = [line for lines in kept.values() for line in lines]
        found[f"fiction-test-{language}"] = of_language(everything, language)
        for work, lines in kept.items():
            found[f"{work}-{language}"] = of_language(lines, language)
    shared = [line for line in read_shared(data / "train") if split_of_story(line.scene) == "test"]
    found["shared-test"] = shared
    return {name: lines for name, lines in found.items() if lines}


def of_language(lines: Sequence[StoryLine], language: str) -> list[StoryLine]:
    """The lines in "en" or "zh"."""
    return [line for line in lines if line.language == language]


def known_axes(name: str) -> int:
    """How many of valence, arousal, dominance the labels of a set know."""
    return 2 if name.startswith("shared") else 3


def labels_of(lines: Sequence[StoryLine]) -> Rows:
    """Valence, arousal, dominance of each line, n × 3."""
    return np.array([[line.valence, line.arousal, line.dominance] for line in lines]).reshape(-1, 3)


def second_labels(
    data: Path, storylines: Path = STORYLINES, fiction: Path = FICTION
) -> dict[tuple[str, str], tuple[float, float, float]]:
    """(scene, text) → valence, arousal, dominance of the blind second passes, of story lines and English
    fiction."""
    found: dict[tuple[str, str], tuple[float, float, float]] = {}
    scenes: dict[str, list[str]] = {}
    for line in read_storylines(storylines):
        scenes.setdefault(line.scene, []).append(line.text)
    for path in sorted(storylines.glob("second_pass*.txt")):
        for row in rows_of(path):
            texts, place = scenes.get(row["scene"], []), int(row["line"]) - 1
            if place < len(texts):
                axes = (float(row["valence"]), float(row["arousal"]), float(row["dominance"]))
                found[row["scene"], texts[place]] = axes
    for lines in read_fiction(data / "train", fiction, second=True).values():
        for line in lines:
            found[line.scene, line.text] = (line.valence, line.arousal, line.dominance)
    return found


def twice(
    lines: Sequence[StoryLine], second: Mapping[tuple[str, str], tuple[float, float, float]]
) -> tuple[Rows, Rows]:
    """Second and first labels of those lines that have both, n × 3 each."""
    both = [line for line in lines if (line.scene, line.text) in second]
    given = np.array([second[line.scene, line.text] for line in both]).reshape(-1, 3)
    return given, labels_of(both)
