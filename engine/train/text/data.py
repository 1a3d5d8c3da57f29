"""The training sets of the text model, read into one shape: texts and a row of targets each, unknown ones
NaN.

Sources (licences in the model card): EmoBank, GoEmotions and XED below one data folder, and the project's
own story lines beside this package. Story lines are split by scene, so that no test line's neighbours were
trained on.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.text.model import EMOTIONS, GOEMOTIONS, TARGETS, TASKS, XED, Task
from engine.train.text.told import told_lines
from engine.train.text.traditional import traditional

STORYLINES = Path(__file__).resolve().parents[1] / "storylines"

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


@dataclass(frozen=True, slots=True)
class Example:
    """A text to learn from. `before` is the text read ahead of it, `targets` one float a target, NaN
    where unknown.

    `source` names the set and the form ("story", "story-context", "story-passage", "emobank",
    "goemotions", "xed").
    """

    text: str
    source: str
    split: str
    language: str
    targets: npt.NDArray[np.float32]
    before: str = ""


def blank() -> npt.NDArray[np.float32]:
    return np.full(TARGETS, np.nan, np.float32)


def fill(row: npt.NDArray[np.float32], task: Task, values: object) -> None:
    row[task.start : task.start + task.size] = values


def split_of(scene: str) -> str:
    """80/10/10 by a hash of the scene's id: stable while the corpus grows."""
    bucket = int(hashlib.sha256(scene.encode()).hexdigest(), 16) % 10
    return "test" if bucket == 0 else "dev" if bucket == 1 else "train"


@dataclass(frozen=True, slots=True)
class StoryLine:
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
        for written in path.read_text(encoding="utf-8").splitlines()[1:]:
            cells = written.split("\t")
            if len(cells) != 9 or not cells[8].strip():
                continue
            try:
                vad = [min(1.0, max(-1.0, float(cell))) for cell in cells[4:7]]
                emotions = read_emotions(cells[7])
            except ValueError:
                continue
            lines.append(StoryLine(cells[0], cells[1], cells[2], cells[3], *vad, emotions, cells[8].strip()))
    return lines


def story_targets(line: StoryLine) -> npt.NDArray[np.float32]:
    row = blank()
    fill(row, TASKS["story"], (line.valence, line.arousal, line.dominance))
    fill(row, TASKS["polarity"], (max(0.0, line.valence), max(0.0, -line.valence)))
    fill(row, TASKS["emotions"], [line.emotions.get(name, 0.0) for name in EMOTIONS])
    return row


def share_of(name: str) -> float:
    """A number 0…1 that depends on the name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def story_examples(lines: list[StoryLine]) -> Iterator[Example]:
    """Each line alone, after the line before it, and as part of a passage of two to five lines (mean
    labels).

    A third of the Chinese training lines read alone, and half of the passages, are in Traditional
    characters.
    """
    scenes: dict[str, list[StoryLine]] = {}
    for line in lines:
        scenes.setdefault(line.scene, []).append(line)
    for scene, members in scenes.items():
        split, language = split_of(scene), scene[:2]
        rows = [story_targets(line) for line in members]
        for index, (line, row) in enumerate(zip(members, rows, strict=True)):
            text = line.text
            if split == "train" and language == "zh" and share_of(f"{scene}/{index}") < 1 / 3:
                text = traditional(text)
            yield Example(text, "story", split, language, row)
            before = members[index - 1].text if index else ""
            yield Example(line.text, "story-context", split, language, row, before)
        joint = "" if language == "zh" else " "
        for start in range(0, len(members) - 1, 2):
            share = share_of(f"{scene}+{start}")
            part = slice(start, start + 2 + int(share * 3.999))
            text = joint.join(line.text for line in members[part])
            if language == "zh" and (share * 3.999) % 1 < 0.5:
                text = traditional(text)
            row = np.mean(rows[part], axis=0, dtype=np.float32)
            yield Example(text, "story-passage", split, language, row)


def told_examples(lines: list[StoryLine]) -> Iterator[Example]:
    """Composed lines that name the feeling, a tenth of them for dev; the plain ones before them are train
    lines."""
    near = [line for line in lines if split_of(line.scene) == "train" and abs(line.valence) < 0.12]
    calm = [line for line in near if abs(line.arousal) < 0.25 and len(line.text) < 70]
    plain = {language: [line.text for line in calm if line.language == language] for language in ("zh", "en")}
    for told in told_lines(plain):
        row = blank()
        fill(row, TASKS["story"], told.feeling)
        fill(row, TASKS["polarity"], (max(0.0, told.feeling[0]), max(0.0, -told.feeling[0])))
        fill(row, TASKS["emotions"], [told.emotions.get(name, 0.0) for name in EMOTIONS])
        yield Example(told.text, "told", "dev" if share_of(told.text) < 0.1 else "train", told.language, row)


def emobank_examples(folder: Path) -> Iterator[Example]:
    with (folder / "EmoBank" / "emobank.csv").open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            row = blank()
            vad = [float(cells[axis]) - 3.0 for axis in "VAD"]
            fill(row, TASKS["emobank"], vad)
            # On the stories' scale too: its extremes lie near ±1.75 and ±1.5, ours at ±1.
            feeling = [max(-1.0, min(1.0, v / s)) for v, s in zip(vad, (1.75, 1.5, 1.5), strict=True)]
            fill(row, TASKS["story"], feeling)
            fill(row, TASKS["polarity"], (max(0.0, feeling[0]), max(0.0, -feeling[0])))
            if cells["text"].strip():
                yield Example(cells["text"], "emobank", cells["split"], "en", row)


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
            both = (bool(labels & GO_POSITIVE), bool(labels & GO_NEGATIVE))
            if any(both) or labels == {"neutral"}:
                fill(row, TASKS["categories"], both)
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
    row = blank()
    fill(row, TASKS["xed"], [float(name in labels) for name in XED])
    both = (bool(labels & XED_POSITIVE), bool(labels & XED_NEGATIVE))
    if any(both) or labels == {"neutral"}:
        fill(row, TASKS["categories"], both)
    split = "dev" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 25 == 0 else "train"
    return Example(text, "xed", split, language, row)


def read_all(
    folder: Path, goemotions: int | None = 16000, neutral: int = 3000, storylines: Path = STORYLINES
) -> list[Example]:
    """Everything there is to train on. FileNotFoundError names the missing file."""
    lines = read_storylines(storylines)
    return [
        *story_examples(lines),
        *told_examples(lines),
        *emobank_examples(folder),
        *goemotions_examples(folder, goemotions),
        *xed_examples(folder, neutral),
    ]
