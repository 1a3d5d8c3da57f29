"""Where the MIDI file of a frozen take lies, and how it fits the cue that it was kept for."""

from pathlib import Path
from typing import Final

from dsl.plan import Plan, PlannedCue
from engine.errors import MediaError
from engine.media.midi_file import MidiMusic
from engine.music.clock import CueClock

SAME_BEATS: Final = 0.55
"""A file whose end lies this near (quarter notes) to the cue's has the cue's own length."""


def stretch_of(midi: MidiMusic, clock: CueClock) -> float:
    """What the beats of a file with notes are multiplied by: 1 where it has the cue's own length, give or
    take its last bar."""
    file_beats = float(midi.beats(midi.end))
    own = clock.beats - SAME_BEATS - clock.bars[-1].beats < file_beats <= clock.beats + SAME_BEATS
    return 1.0 if own else clock.beats / file_beats


def take_file(plan: Plan, cue: PlannedCue) -> Path:
    """The MIDI file of a frozen cue. Raises MediaError where it lies outside the score's folder."""
    return _inside(Path(plan.folder), cue.freeze or "")


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise MediaError(f"{name}: a frozen take must lie in the score's folder")
    return path
