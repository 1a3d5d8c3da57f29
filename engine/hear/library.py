"""Which music of a library suits a text: each file's emotion beside the text's, best first.

MIDI is heard by the note recogniser, recordings by the audio recogniser. What cannot be read is named and
left out. The text is read by the same model that scores stories; the feeling asked for is the mean over
its sentences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.media_files import MIDI_FILES, SOUND_FILES
from engine.errors import MediaError
from engine.match.performed import performed_music
from engine.match.ranking import match_at
from engine.media.midi_file import read_midi

if TYPE_CHECKING:
    from engine.hear.audio_recogniser import AudioRecogniser
    from engine.match.note_recogniser import NoteRecogniser


@dataclass(frozen=True, slots=True)
class Suited:
    """A file of the library: what it feels like (−1…1), how sure that is, its match with the text, 0…1, and
    what was odd in reading it."""

    path: Path
    kind: str
    valence: float
    arousal: float
    confidence: float
    match: float
    duration_s: float
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be heard, and why in words."""

    path: Path
    reason: str


def ranked(
    target: tuple[float, float],
    paths: Sequence[Path],
    recogniser: "Callable[[], NoteRecogniser]",
    ear: "Callable[[], AudioRecogniser]",
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
            one = _heard(path, target, recogniser, ear)
        except MediaError as error:
            skipped.append(Skipped(path, str(error)))
            continue
        if one.confidence <= 0.0:
            odd = "".join(f" ({remark})" for remark in one.remarks[:1])
            skipped.append(Skipped(path, f"{path} is silent, or has too few notes to say anything{odd}"))
            continue
        found.append(one)
    order = sorted(found, key=lambda one: (-round(one.match, 6), -one.confidence, str(one.path)))
    return tuple(order), tuple(skipped)


def _heard(
    path: Path,
    target: tuple[float, float],
    recogniser: "Callable[[], NoteRecogniser]",
    ear: "Callable[[], AudioRecogniser]",
) -> Suited:
    """What a file feels like, beside `target`. Raises MediaError."""
    suffix = path.suffix.lower()
    if not path.exists():
        raise MediaError(f"{path}: no such file")
    if suffix in MIDI_FILES:
        midi = read_midi(path)
        music = performed_music(midi)
        notes = recogniser().hear([music])[0]
        kind, duration_s, remarks = "midi", music.duration_s, midi.remarks
        valence, arousal, confidence = notes.valence, notes.arousal, notes.confidence
    elif suffix in SOUND_FILES:
        from engine.hear.recording import read_recording

        recording = read_recording(path)
        sound = ear().hear(recording)
        kind, duration_s, remarks = "audio", recording.length_s, recording.remarks
        valence, arousal, confidence = sound.valence, sound.arousal, sound.confidence
    else:
        known = ", ".join(sorted((*MIDI_FILES, *SOUND_FILES)))
        raise MediaError(f"{path} is neither MIDI nor audio ({known})")
    match = match_at((valence - target[0]) ** 2 + (arousal - target[1]) ** 2)
    return Suited(path, kind, valence, arousal, confidence, match, duration_s, remarks)
