"""Reads the contrast set: scenes in pairs, in which the same line (or nearly the same) is felt differently.

`test/` is for measuring only. `train/` has the tables of the story lines and is read by their reader:
`read_storylines(TRAIN)`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import MelodramaError

CONTRAST: Final = Path(__file__).parent
TEST: Final = CONTRAST / "test"
TRAIN: Final = CONTRAST / "train"
SECOND_PASS: Final = CONTRAST / "second_pass.txt"
KINDS: Final = (
    "irony",
    "understatement",
    "reversal",
    "reported",
    "denied",
    "conditional",
    "negation",
    "name",
    "idiom",
    "internet",
    "emoji",
    "classical",
)


@dataclass(frozen=True, slots=True)
class ContrastLine:
    """A line of a scene. `pair` is "" for the lines that stand around the measured one; `part` is narration,
    dialogue or direction; `valence` and `arousal` −1…1; `decides` the words of the scene that decide, and
    `note` why, both empty where `pair` is."""

    id: str
    kind: str
    pair: str
    scene: str
    genre: str
    part: str
    speaker: str
    valence: float
    arousal: float
    quadrant: str
    decides: tuple[str, ...]
    note: str
    text: str

    @property
    def language(self) -> str:
        """`en` or `zh`."""
        return self.scene[:2]


def read_contrast(folder: Path = TEST) -> list[ContrastLine]:
    """All lines of `en.tsv` and `zh.tsv` in order. MelodramaError names a file that is missing or broken."""
    return [line for name in ("en.tsv", "zh.tsv") for line in _read(folder / name)]


def _read(path: Path) -> list[ContrastLine]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return [_line(row) for row in rows]
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise MelodramaError(f"{path}: not a table of contrasts ({error})") from None


def _line(row: dict[str, str]) -> ContrastLine:
    return ContrastLine(
        row["id"],
        row["kind"],
        row["pair"],
        row["scene"],
        row["genre"],
        row["part"],
        row["speaker"],
        float(row["valence"]),
        float(row["arousal"]),
        row["quadrant"],
        tuple(word.strip() for word in row["decides"].split(",") if word.strip()),
        row["note"],
        row["text"].rstrip("\r\n"),
    )


def read_second_pass(path: Path = SECOND_PASS) -> dict[str, tuple[float, float]]:
    """Line id → valence, arousal of the second reading; empty where there is none yet."""
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return {id_: (float(valence), float(arousal)) for id_, valence, arousal in rows}
