"""The training sets of the text model, read into one shape: texts and a row of targets each, unknown ones
NaN.

Sources (licences in the model card): EmoBank, GoEmotions and XED below one data folder, and the project's
own story lines beside this package. Story lines are split by scene, so that no test line's neighbours were
trained on.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.text.model import EMOTIONS, GOEMOTIONS, TARGETS, TASKS, XED, Task
from engine.train.text.told import carried, told_lines
from engine.train.text.traditional import traditional

STORYLINES = Path(__file__).resolve().parents[1] / "storylines"
FICTION = Path(__file__).resolve().parents[1] / "fiction"

_GLAD = "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief"
_SORE = (
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness"
)
GO_POSITIVE = frozenset(_GLAD.split())
GO_NEGATIVE = frozenset(_SORE.split())
LABELS = re.compile(r"[1-8](, ?[1-8])*")
MOJIBAKE = frozenset("琌硂眔痷穦璶碞筁礚瞷砆笵癵稰癘禗竒簘翴礛")
"""Characters of wrongly decoded lines in zh-projections.tsv, very rare otherwise."""
XED_POSITIVE = frozenset({"joy", "trust"})
XED_NEGATIVE = frozenset({"anger", "disgust", "fear", "sadness"})
PRESENT = 0.6
"""What a label without a degree is taken for, of emotions and of polarity."""
GO_SAME: Mapping[str, str] = {
    **{
        name: name
        for name in [
            "anger",
            "disgust",
            "excitement",
            "fear",
            "grief",
            "joy",
            "love",
            "sadness",
            "surprise",
            "neutral",
        ]
    },
    "amusement": "playful",
    "caring": "tenderness",
    "nervousness": "tension",
    "optimism": "hope",
}
"""GoEmotions' names of emotions that we have too."""
XED_SAME: Mapping[str, str] = {
    name: name for name in ["anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"]
}
NEAR: Mapping[str, str] = {
    "anger": "disgust",
    "annoyance": "anger disgust",
    "approval": "hope",
    "disappointment": "sadness",
    "disapproval": "anger disgust",
    "admiration": "joy love",
    "amusement": "joy",
    "anticipation": "fear joy",
    "caring": "love",
    "curiosity": "surprise",
    "desire": "hope love",
    "disgust": "anger",
    "embarrassment": "tension sadness",
    "excitement": "joy surprise",
    "fear": "tension",
    "gratitude": "joy love tenderness",
    "grief": "sadness",
    "joy": "excitement playful love",
    "love": "joy tenderness",
    "nervousness": "fear",
    "optimism": "joy",
    "pride": "joy",
    "realization": "surprise",
    "relief": "joy",
    "remorse": "sadness",
    "sadness": "grief",
    "trust": "joy love",
}
"""A label of theirs → emotions of ours that it may go along with, and that it therefore does not deny."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text to learn from; `targets`: one float a target, NaN where unknown.

    `source` names the set and the form ("story", "story-passage", "fiction", "shared", "told", "word",
    "emobank", "goemotions", "xed"). Lines of a story know their `scene` and who speaks (`speaker`, "" for
    none); a scene's lines follow one another.
    """

    text: str
    source: str
    split: str
    language: str
    targets: npt.NDArray[np.float32]
    scene: str = ""
    speaker: str = ""


def blank() -> npt.NDArray[np.float32]:
    """Targets with nothing known: NaN [TARGETS]."""
    return np.full(TARGETS, np.nan, np.float32)


def fill(row: npt.NDArray[np.float32], task: Task, values: npt.ArrayLike) -> None:
    """Writes a task's values into its columns of a row of targets, in place."""
    row[task.start : task.start + task.size] = values


LATER = 500
"""Scenes numbered from here on were written after the first figures had been taken on the test scenes."""


def split_of(scene: str) -> str:
    """By a hash of the scene's id, stable while the corpus grows: 80/10/10 into train, dev and test.

    The test scenes stay those of the first 367 scenes, so that figures compare: of scenes added later
    (numbers from `LATER` on) those that the hash would put into test are trained on.
    """
    bucket = int(hashlib.sha256(scene.encode()).hexdigest(), 16) % 10
    number = scene.rpartition("-")[2]
    later = number.isdigit() and int(number) >= LATER
    return "dev" if bucket == 1 else "test" if bucket == 0 and not later else "train"


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A line of our own labelled stories: valence, arousal, dominance each −1…1, emotions 0…1 by name."""

    scene: str
    genre: str
    kind: str
    speaker: str
    valence: float
    arousal: float
    dominance: float
    emotions: dict[str, float]
    text: str

    @property
    def language(self) -> str:
        """ "en" or "zh", which scene names begin with."""
        return self.scene[:2]


def read_emotions(written: str) -> dict[str, float]:
    """ "joy:.5,hope" → {"joy": .5, "hope": .6}. Unknown names are left out."""
    found: dict[str, float] = {}
    for item in written.replace("，", ",").split(","):
        name, _, amount = item.strip().partition(":")
        if name in EMOTIONS:
            found[name] = min(1.0, max(0.0, float(amount))) if amount else 0.6
    return found


def read_storylines(folder: Path = STORYLINES) -> list[StoryLine]:
    """All lines of all files, in order. A malformed line (someone is writing the file) is skipped."""
    lines: list[StoryLine] = []
    for path in sorted(folder.glob("*.tsv")):
        if path.name.startswith("words-"):
            continue
        for written in path.read_text(encoding="utf-8").splitlines()[1:]:
            cells = written.split("\t")
            if len(cells) != 9 or not cells[8].strip():
                continue
            try:
                valence, arousal, dominance = (min(1.0, max(-1.0, float(cell))) for cell in cells[4:7])
                emotions = read_emotions(cells[7])
            except ValueError:
                continue
            scene, genre, kind, speaker = cells[:4]
            text = cells[8].strip()
            lines.append(StoryLine(scene, genre, kind, speaker, valence, arousal, dominance, emotions, text))
    return lines


def share_of(name: str) -> float:
    """A number 0…1 that depends on the name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def feeling_targets(
    feeling: Sequence[float], emotions: Mapping[str, float] | None
) -> npt.NDArray[np.float32]:
    """Targets of a text whose valence, arousal and dominance are known on the stories' scale; None: no
    emotions."""
    row = blank()
    fill(row, TASKS["story"], feeling)
    fill(row, TASKS["polarity"], (max(0.0, feeling[0]), max(0.0, -feeling[0])))
    if emotions is not None:
        fill(row, TASKS["emotions"], [emotions.get(name, 0.0) for name in EMOTIONS])
    return row


def story_examples(lines: list[StoryLine]) -> Iterator[Example]:
    """Each line, and passages of two to five lines as one text (mean labels).

    A third of the Chinese training scenes, and half of the passages, are in Traditional characters.
    """
    scenes: dict[str, list[StoryLine]] = {}
    for line in lines:
        scenes.setdefault(line.scene, []).append(line)
    for scene, members in scenes.items():
        split, language = split_of(scene), scene[:2]
        rows = [
            feeling_targets((line.valence, line.arousal, line.dominance), line.emotions) for line in members
        ]
        full = split == "train" and language == "zh" and share_of(scene) < 1 / 3
        for line, row in zip(members, rows, strict=True):
            text = traditional(line.text) if full else line.text
            yield Example(text, "story", split, language, row, scene, line.speaker)
        joint = "" if language == "zh" else " "
        for start in range(0, len(members) - 1, 4):
            share = share_of(f"{scene}+{start}")
            part = slice(start, start + 2 + int(share * 3.999))
            text = joint.join(line.text for line in members[part])
            if language == "zh" and (share * 3.999) % 1 < 0.5:
                text = traditional(text)
            row = np.mean(rows[part], axis=0, dtype=np.float32)
            yield Example(text, "story-passage", split, language, row, scene)


def told_examples(lines: list[StoryLine]) -> Iterator[Example]:
    """Composed lines that name the feeling, a tenth of them for dev; the plain ones before them are train
    lines."""
    near = [line for line in lines if split_of(line.scene) == "train" and abs(line.valence) < 0.12]
    calm = [line for line in near if abs(line.arousal) < 0.25 and len(line.text) < 70]
    plain = {language: [line.text for line in calm if line.language == language] for language in ("zh", "en")}
    for told in told_lines(plain):
        row = feeling_targets(told.feeling, told.emotions)
        yield Example(told.text, "told", "dev" if share_of(told.text) < 0.1 else "train", told.language, row)


def word_examples(folder: Path) -> Iterator[Example]:
    """The rated words (`words-en.tsv`, `words-zh.tsv`: word, valence, arousal, dominance), alone and in
    frames."""
    for language in ("en", "zh"):
        path = folder / f"words-{language}.tsv"
        if not path.exists():
            continue
        for written in path.read_text(encoding="utf-8").splitlines():
            cells = written.split("\t")
            try:
                feeling = tuple(min(1.0, max(-1.0, float(cell))) for cell in cells[1:4])
            except ValueError:
                continue
            if len(feeling) != 3 or not cells[0].strip():
                continue
            split = "dev" if share_of(cells[0]) < 0.05 else "train"
            for text, felt in carried(cells[0].strip(), language, feeling):
                yield Example(text, "word", split, language, feeling_targets(felt, None))


def emobank_examples(folder: Path) -> Iterator[Example]:
    """EmoBank's sentences, their ratings 1…5 moved to −2…2, and brought to our scale for the stories'
    task."""
    with (folder / "EmoBank" / "emobank.csv").open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            vad = [float(cells[axis]) - 3.0 for axis in "VAD"]
            # On the stories' scale too: its extremes lie near ±1.75 and ±1.5, ours at ±1.
            feeling = [max(-1.0, min(1.0, v / s)) for v, s in zip(vad, (1.75, 1.5, 1.5), strict=True)]
            row = feeling_targets(feeling, None)
            fill(row, TASKS["emobank"], vad)
            if cells["text"].strip():
                yield Example(cells["text"], "emobank", cells["split"], "en", row)


def share_labels(
    row: npt.NDArray[np.float32],
    labels: set[str],
    same: Mapping[str, str],
    sides: tuple[frozenset[str], frozenset[str]],
) -> None:
    """Puts another set's `labels` into the shared outputs: the emotions that mean the `same` (theirs →
    ours), and the side.

    A label says that something is felt, not how much: present is `PRESENT`, and emotions near to a present
    one stay unknown. Of a text on one side only, the other side's score is 0; its own is `PRESENT`.
    """
    start = TASKS["emotions"].start
    near = {name for label in labels for name in NEAR.get(label, "").split()}
    for theirs, ours in same.items():
        if theirs in labels:
            row[start + EMOTIONS.index(ours)] = PRESENT
        elif ours not in near:
            row[start + EMOTIONS.index(ours)] = 0.0
    both = (bool(labels & sides[0]), bool(labels & sides[1]))
    if any(both) or labels == {"neutral"}:
        fill(row, TASKS["categories"], both)
        if not all(both):
            fill(row, TASKS["polarity"], [PRESENT * side for side in both])


def goemotions_examples(folder: Path, limit: int | None) -> Iterator[Example]:
    """Comments with their labels; `limit` keeps all rare emotions and thins out neutral and the commonest
    ones."""
    names = (*(folder / "GoEmotions" / "labels.txt").read_text(encoding="utf-8").split()[:27], "neutral")
    common = {
        "neutral",
        "admiration",
        "approval",
        "annoyance",
        "gratitude",
        "disapproval",
        "curiosity",
        "amusement",
    }
    for split in ("train", "dev"):
        lines = (folder / "GoEmotions" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()
        kept = 0
        for number, written in enumerate(lines):
            text, ids, _ = written.split("\t")
            labels = {names[int(index)] for index in ids.split(",")}
            if limit is not None:
                if (split == "dev" and kept >= limit // 10) or (split == "train" and kept >= limit):
                    break
                if labels <= common and number % 4:
                    continue
            kept += 1
            row = blank()
            fill(row, TASKS["goemotions"], [float(name in labels) for name in GOEMOTIONS])
            share_labels(row, labels, GO_SAME, (GO_POSITIVE, GO_NEGATIVE))
            yield Example(
                text.replace("[NAME]", "Sam").replace("[RELIGION]", "faith"), "goemotions", split, "en", row
            )


def xed_examples(folder: Path, neutral: int) -> Iterator[Example]:
    """Film subtitles. Few lines are held back for dev by a hash; Chinese projections are noisy but real
    Chinese."""
    base = folder / "XED"
    files = {
        "en-annotated.tsv": "en",
        "zh-projections.tsv": "zh",
        "cn-projections.tsv": "zh",
        "tw-projections.tsv": "zh",
    }
    for name, language in files.items():
        seen: set[str] = set()
        for written in (base / name).read_text(encoding="utf-8", errors="replace").splitlines():
            text, _, ids = written.partition("\t")
            if text in seen or sum(c.isalpha() for c in text) < 3 or not LABELS.fullmatch(ids.strip()):
                continue
            if MOJIBAKE & set(text):
                continue
            seen.add(text)
            labels = {XED[int(index) - 1] for index in ids.split(",")}
            yield xed_example(text, language, labels)
    for number, written in enumerate((base / "neu_en.txt").read_text(encoding="utf-8").splitlines()):
        if number >= neutral:
            break
        yield xed_example(written.partition("\t")[2], "en", {"neutral"})


def xed_example(text: str, language: str, labels: set[str]) -> Example:
    """A sentence of XED; one in 25, by the hash of its text, is kept for dev."""
    row = blank()
    fill(row, TASKS["xed"], [float(name in labels) for name in XED])
    share_labels(row, labels, XED_SAME, (XED_POSITIVE, XED_NEGATIVE))
    split = "dev" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 25 == 0 else "train"
    return Example(text, "xed", split, language, row)


def read_all(
    folder: Path,
    goemotions: int | None = 16000,
    neutral: int = 3000,
    storylines: Path = STORYLINES,
    fiction: Path = FICTION,
) -> list[Example]:
    """Everything there is to train on. FileNotFoundError names the missing file; fiction and the
    Shared-Character Stories are taken as far as they are there."""
    # Deferred: fiction is read into this module's types.
    from engine.train.text.fiction import fiction_examples, shared_examples

    lines = read_storylines(storylines)
    return [
        *story_examples(lines),
        *fiction_examples(folder, fiction),
        *shared_examples(folder),
        *told_examples(lines),
        *word_examples(storylines),
        *emobank_examples(folder),
        *goemotions_examples(folder, goemotions),
        *xed_examples(folder, neutral),
    ]
