"""A word lexicon with valence and arousal, derived from the project's own model: for colouring text as it
is typed.

The model itself is the judge of sentences; this is the quick look that needs neither torch nor a segmenter.
`engine.train.text.words` makes the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import WeightsError
from engine.text.segment import STOP_WORDS

SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "text" / "lexicon.tsv"
LONGEST = 6
"""Characters of the longest Chinese entry."""
_RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[A-Za-z]+(?:['’][A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class Hue:
    """A coloured word: `start` … `end` (code points, end exclusive), valence and arousal −1…1."""

    start: int
    end: int
    valence: float
    arousal: float


def read_lexicon(path: Path) -> dict[str, tuple[float, float]]:
    """`word<TAB>valence<TAB>arousal` in hundredths, a line each → −1…1. WeightsError when it is not that."""
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
        return {word: (int(valence) / 100, int(arousal) / 100) for word, valence, arousal in rows}
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: not a lexicon ({error})") from None


@cache
def shipped_lexicon() -> Mapping[str, tuple[float, float]]:
    """The shipped lexicon; empty when there is none yet (colouring is a nicety, never a reason to stop).
    Raises WeightsError where it is there and damaged."""
    return read_lexicon(SHIPPED) if SHIPPED.exists() else {}


def colour(text: str, lexicon: Mapping[str, tuple[float, float]] | None = None) -> list[Hue]:
    """The known words of `text` in order: English by word, Chinese by the longest entry that fits.
    Raises WeightsError where the shipped lexicon is damaged."""
    known = shipped_lexicon() if lexicon is None else lexicon
    found: list[Hue] = []
    for run in _RUNS.finditer(text):
        if run.group()[0].isascii():
            entry = known.get(run.group().lower().replace("’", "'"))
            if entry is not None:
                found.append(Hue(run.start(), run.end(), *entry))
        else:
            found += _chinese(run.group(), run.start(), known)
    return found


def _chinese(run: str, offset: int, known: Mapping[str, tuple[float, float]]) -> list[Hue]:
    found: list[Hue] = []
    place = 0
    while place < len(run):
        for size in range(min(LONGEST, len(run) - place), 0, -1):
            word = run[place : place + size]
            if word in known:
                found.append(Hue(offset + place, offset + place + size, *known[word]))
                break
            if word in STOP_WORDS:
                break
        place += size
    return found
