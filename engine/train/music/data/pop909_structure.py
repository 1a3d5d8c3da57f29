"""POP909's melodies and chords on the grid, with two people's phrase labels (Dai, Zhang & Dannenberg 2020).

The melody alone, bar lines corrected: what the line writer learns songs from. The same songs' accompaniment
is in `pop909`; a song is the same work in both, so that the splits agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.music.theory import QUALITIES, match_chord
from engine.train.music.data.piece import MELODY, UNKNOWN, RawChord, RawPiece, Skipped, regular_bars
from engine.train.music.data.pop909 import TEACHES

_NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A labelled phrase: `letter` (the same letter: the same music, varied at most; small: without melody),
    its first bar and its length in bars."""

    letter: str
    first: int
    bars: int


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every song of `root`/pop909_structure."""
    for folder in sorted((root / "pop909_structure" / "POP909").iterdir()):
        if (folder / "melody.txt").is_file():
            yield read_song(folder)


def read_song(folder: Path) -> RawPiece | Skipped:
    """One song's melody and chords in quarter beats from its first bar line, or why not."""
    name = f"pop909_structure/{folder.name}"
    try:
        rows = [line.split() for line in (folder / "melody.txt").read_text().splitlines() if line.strip()]
        melody = np.array([(int(pitch), int(steps)) for pitch, steps in rows], np.int64)
        chords = read_chords((folder / "finalized_chord.txt").read_text(encoding="utf-8", errors="replace"))
        tempo = float((folder / "tempo.txt").read_text().split()[0])
    except (OSError, ValueError, IndexError) as error:
        return Skipped(name, "pop909_structure", f"unreadable ({type(error).__name__})")
    start = np.cumsum(melody[:, 1]) - melody[:, 1]
    sung = melody[:, 0] > 0
    if not sung.any():
        return Skipped(name, "pop909_structure", "no melody")
    notes = np.zeros((int(sung.sum()), 6))
    notes[:, 0] = start[sung] / 4
    notes[:, 1] = melody[sung, 1] / 4
    notes[:, 2] = melody[sung, 0]
    notes[:, 3] = 80
    notes[:, 4] = MELODY
    end = float(melody[:, 1].sum()) / 4
    key = read_key(folder / "analyzed_key.txt")
    bars = tuple(
        type(bar)(bar.start, bar.beats, bar.meter, key=key) for bar in regular_bars(0.0, end, 4.0, (4, 4))
    )
    return RawPiece(name, f"pop909_cl/{folder.name}", "pop909_structure", TEACHES, notes, bars, chords, tempo)


def read_key(path: Path) -> int:
    """0–11 major, 12–23 minor; UNKNOWN where a song changes key."""
    found = {line.strip() for line in path.read_text().splitlines() if line.strip()}
    match = re.fullmatch(r"([A-G])([#b]?):(maj|min)", found.pop()) if len(found) == 1 else None
    if match is None:
        return UNKNOWN
    tonic = _NAMES[match[1]] + {"#": 1, "b": -1, "": 0}[match[2]]
    return tonic % 12 + (12 if match[3] == "min" else 0)


def read_chords(text: str) -> tuple[RawChord, ...]:
    """Lines of name, pitch classes, bass and beats. Root by the name, quality by what sounds."""
    chords, at = [], 0.0
    for line in text.splitlines():
        match = re.match(r"(\S+)\s+\[([^\]]*)\]\s+(-?\d+)\s+([\d.]+)", line)
        if match is None:
            continue
        beats = float(match[4])
        classes = frozenset(int(c) % 12 for c in match[2].split(",") if c.strip())
        if len(classes) >= 2:
            root, quality = match_chord(classes, int(match[3]) % 12)
            chords.append(RawChord(at, at + beats, root, QUALITIES.index(quality), int(match[3]) % 12))
        at += beats
    return tuple(chords)


def read_phrases(folder: Path, listener: int = 1) -> tuple[Phrase, ...]:
    """One listener's (1 or 2) phrase labels of a song in order; the lengths add up to the song."""
    text = (folder / f"human_label{listener}.txt").read_text()
    phrases, first = [], 0
    for letter, bars in re.findall(r"([A-Za-z])(\d+)", text):
        phrases.append(Phrase(letter, first, int(bars)))
        first += int(bars)
    return tuple(phrases)
