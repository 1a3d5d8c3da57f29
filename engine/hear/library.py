"""Which music of a library suits a text: each file's emotion beside the text's, best first.

MIDI is heard by the recogniser of notes, recordings by the ear. What cannot be read is named and left out.
The text is read by the same model that scores stories; the feeling asked for is the mean over its sentences.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import MediaError
from engine.match.performed import performed_midi
from engine.programme import MIDI_SUFFIXES, SOUND_SUFFIXES

if TYPE_CHECKING:
    from engine.hear.ear import Ear
    from engine.match.recogniser import Recogniser

REACH: Final = 0.8
"""The distance at which a match has fallen to 1/e, as for takes (`engine.match.ranking`)."""


@dataclass(frozen=True, slots=True)
class Suited:
    """A file of the library: what it feels like (−1…1), how sure that is, and its match with the text,
    0…1."""

    path: Path
    kind: str
    valence: float
    arousal: float
    confidence: float
    match: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Skipped:
    path: Path
    reason: str


def ranked(
    target: tuple[float, float],
    paths: Sequence[Path],
    recogniser: "Callable[[], Recogniser]",
    ear: "Callable[[], Ear]",
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[tuple[Suited, ...], tuple[Skipped, ...]]:
    """Files by how well they suit `target` (valence, arousal), best first; and those that could not be heard.

    The models are asked for when the first file needs them. Raises WeightsError.
    """
    found: list[Suited] = []
    skipped: list[Skipped] = []
    for number, path in enumerate(paths):
        if progress:
            progress("listening", number, len(paths))
        try:
            kind, valence, arousal, confidence, duration_s = _heard(path, recogniser, ear)
        except MediaError as error:
            skipped.append(Skipped(path, str(error)))
            continue
        if confidence <= 0.0:
            skipped.append(Skipped(path, f"{path} is silent, or has too few notes to say anything"))
            continue
        match = math.exp(-((valence - target[0]) ** 2 + (arousal - target[1]) ** 2) / REACH**2)
        found.append(Suited(path, kind, valence, arousal, confidence, match, duration_s))
    order = sorted(found, key=lambda one: (-round(one.match, 6), -one.confidence, str(one.path)))
    return tuple(order), tuple(skipped)


def _heard(
    path: Path, recogniser: "Callable[[], Recogniser]", ear: "Callable[[], Ear]"
) -> tuple[str, float, float, float, float]:
    """Kind, valence, arousal, confidence and seconds of a file. Raises MediaError."""
    suffix = path.suffix.lower()
    if not path.exists():
        raise MediaError(f"{path}: no such file")
    if suffix in MIDI_SUFFIXES:
        music = performed_midi(path)
        notes = recogniser().hear([music])[0]
        return "midi", notes.valence, notes.arousal, notes.confidence, music.duration_s
    if suffix in SOUND_SUFFIXES:
        from engine.hear.recording import read_recording

        recording = read_recording(path)
        sound = ear().hear(recording)
        return "audio", sound.valence, sound.arousal, sound.confidence, recording.length_s
    known = ", ".join(sorted(MIDI_SUFFIXES | SOUND_SUFFIXES))
    raise MediaError(f"{path} is neither MIDI nor audio ({known})")
