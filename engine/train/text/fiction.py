"""Labelled scenes that the project did not write: public-domain fiction (`engine/train/fiction`) and the
Shared-Character Stories, as story lines.

The labels are in the repository, the English sentences are not: they are joined from `fiction/scenes.tsv`
of the data folder and left out where it is missing or a sentence is another one. The Chinese translations
are the project's own and always there.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from engine.train.text.data import (
    FICTION,
    Example,
    StoryLine,
    feeling_targets,
    read_emotions,
    share_of,
)
from engine.train.text.traditional import traditional

TEST_WORKS = frozenset({"dubliners", "wild", "secret-garden", "red-harvest"})
"""Kept whole for the test, in both languages."""
DEV_WORKS = frozenset({"great-gatsby", "willows"})
"""Kept whole for choosing between trainings, in both languages."""
Key = tuple[str, str, int]
READERS_SCALE = 4.0
"""Answers of the Shared-Character Stories run from −4 to 4."""


def split_of_work(work: str) -> str:
    """ "train", "dev" or "test" of a work by its file's name: whole works, so that no author is on both
    sides."""
    return "test" if work in TEST_WORKS else "dev" if work in DEV_WORKS else "train"


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated table without quoting. FileNotFoundError when it is not there."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_if_there(path: Path) -> list[dict[str, str]]:
    """The rows of a table, none where there is no such file."""
    return rows_of(path) if path.exists() else []


def key_of(row: Mapping[str, str]) -> Key:
    """Work, scene and line number: what a label belongs to."""
    return row["work"], row["scene"], int(row["line"])


def sentences(data: Path) -> dict[Key, str]:
    """The English sentences in `data` (the folder with `fiction/scenes.tsv`); none where it is missing."""
    return {key_of(row): row["text"] for row in rows_if_there(data / "fiction" / "scenes.tsv")}


def read_fiction(data: Path, folder: Path = FICTION, second: bool = False) -> dict[str, list[StoryLine]]:
    """Lines by the work's file name, English scenes then Chinese ones, in order; `genre` is that name too.

    A sentence that was cut after "Mr." or the like is put together again: its label is the mean of its
    parts', each counting by its length; a head whose rest is not in the scene is left out. An English
    sentence that is missing or has another hash is left out. `second`: the labels of the blind second pass,
    of those English lines that have them.
    """
    texts = sentences(data)
    again = {key_of(row): row for row in rows_if_there(folder / "second_pass.txt")} if second else {}
    heads = {key_of(row) for row in rows_if_there(folder / "fragments.tsv") if row["part"] == "head"}
    found: dict[str, list[StoryLine]] = {}
    for path in sorted(folder.glob("*.tsv")):
        if path.stem == "fragments" or path.stem.startswith("zh-"):
            continue
        labels = {key_of(row): row for row in rows_of(path)}
        translated = rows_if_there(folder / f"zh-{path.name}")
        chinese = {key_of(row): row["text_zh"] for row in translated}
        english = {key: texts[key] for key, row in labels.items() if sha_of(texts.get(key, "")) == row["sha"]}
        if second:
            labels = {key: again[key] for key in labels if key in again}
            chinese = {}
        found[path.stem] = [
            line
            for language, known in (("en", english), ("zh", chinese))
            for line in joined(path.stem, language, labels, known, heads)
        ]
    return found


def sha_of(text: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def joined(
    work: str,
    language: str,
    labels: Mapping[Key, Mapping[str, str]],
    texts: Mapping[Key, str],
    heads: set[Key],
) -> Iterator[StoryLine]:
    """The lines of one work in one language, parts of a cut sentence put together."""
    waiting: list[Key] = []
    for key, row in labels.items():
        if waiting and waiting[-1][:2] != key[:2]:
            waiting = []  # the scene ended within a sentence
        if key not in texts:
            continue
        waiting.append(key)
        if key in heads:
            continue
        sizes = np.array([len(texts[part]) for part in waiting], float)
        feelings = np.array(
            [[float(labels[part][axis]) for axis in ("valence", "arousal", "dominance")] for part in waiting]
        )
        valence, arousal, dominance = ((sizes / sizes.sum()) @ feelings).tolist()
        text = ("" if language == "zh" else " ").join(texts[part] for part in waiting)
        emotions = read_emotions(row["emotions"])
        scene = f"{language}-{work}-{key[1]}"
        yield StoryLine(scene, work, "narration", "", valence, arousal, dominance, emotions, text)
        waiting = []


def fiction_examples(data: Path, folder: Path = FICTION) -> Iterator[Example]:
    """Each line to learn from. A third of the Chinese training scenes are in Traditional characters."""
    for work, lines in read_fiction(data, folder).items():
        split = split_of_work(work)
        for line in lines:
            full = split == "train" and line.language == "zh" and share_of(line.scene) < 1 / 3
            row = feeling_targets((line.valence, line.arousal, line.dominance), line.emotions)
            text = traditional(line.text) if full else line.text
            yield Example(text, "fiction", split, line.language, row, line.scene)


def read_shared(data: Path) -> list[StoryLine]:
    """The Shared-Character Stories' rated sentences (none where they are missing): `valence` the mean over
    readers, `arousal` likewise, on −1…1; `kind` is the story's type ("Human": as written).

    Of the reader's own answers only; whoever gave the same number ten times is left out.
    """
    path = data / "SharedCharacterStories" / "eval_results.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    stories: dict[str, list[dict[str, str]]] = {}
    for answer in answers:
        stories.setdefault(answer["story_id"], []).append(answer)
    lines: list[StoryLine] = []
    for story, given in stories.items():
        columns = [(f"reader_sent{place}_valence", f"reader_sent{place}_arousal") for place in PLACES]
        numbers = np.array([[[float(one[v]), float(one[a])] for v, a in columns] for one in given])
        telling = np.ptp(numbers.reshape(len(numbers), -1), axis=1) > 0
        if not telling.any():
            continue
        means = numbers[telling].mean(0) / READERS_SCALE
        for place, (valence, arousal) in zip(PLACES, means, strict=True):
            text = given[0][f"sent{place}"].strip()
            lines.append(
                StoryLine(
                    f"en-shared-{story}", "shared", given[0]["type"], "", valence, arousal, 0.0, {}, text
                )
            )
    return lines


PLACES = (1, 2, 3, 4, 5)


def split_of_story(scene: str) -> str:
    """By a hash of the story: half to train, 15 % for dev, 35 % for the test."""
    share = share_of(scene)
    return "train" if share < 0.5 else "dev" if share < 0.65 else "test"


def shared_examples(data: Path) -> Iterator[Example]:
    """The rated sentences to learn valence from. Arousal is left unknown: halves of the readers agree about
    it at r = .2 only (valence .6)."""
    for line in read_shared(data):
        row = feeling_targets((line.valence, np.nan, np.nan), None)
        yield Example(line.text, "shared", split_of_story(line.scene), "en", row, line.scene)
