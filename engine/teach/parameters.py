"""What a cue's music is like, in the terms in which music is asked for: a number for each parameter, measured
on the finished notes.

What a neutral cue of the same style has is a table beside this file, measured on cues composed for a feeling
of zero (`python -m engine.train.neutral_cues`). Changing one of the numbers is `engine.teach.altering`.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from dsl.plan import RoleName
from dsl.timing import time_at_beat
from engine.music.mapping import preferred_tempo
from engine.music.score import Note, Score
from engine.music.theory import chord_pitch_classes

ParameterName = Literal[
    "mode", "tempo", "register", "density", "dynamics", "articulation", "dissonance", "percussion"
]
PARAMETERS: Final[tuple[ParameterName, ...]] = get_args(ParameterName)
"""mode: 1 major, −1 minor, by the longest key · tempo: quarter notes a minute · register: mean MIDI pitch, by
written length · density: onsets a quarter, one a role · dynamics: mean velocity · articulation: length played
over length written · dissonance: share of the sounding time of tones outside the triad of their chord ·
percussion: strokes a quarter."""

GRID_BEATS: Final = 0.125
"""Onsets that round to the same thirty-second are one."""
_LONGEST_WEIGHT_BEATS: Final = 4.0


def measured(score: Score) -> dict[ParameterName, float]:
    """What a score of one cue is like; a parameter that it does not have (no notes, no planned chords) is
    left out."""
    found: dict[ParameterName, float] = {}
    for name in PARAMETERS:
        value = value_of(score, name)
        if value is not None:
            found[name] = value
    return found


def value_of(score: Score, name: ParameterName) -> float | None:
    """One parameter of a score of one cue; None where it has none."""
    return _MEASURES[name](score)


def neutral_of(style: str) -> Mapping[ParameterName, float]:
    """What cues of a style are like that are to feel nothing; of an unknown style, as piano. No mode: it has
    no middle. Raises WeightsError where the shipped transfer cannot be read."""
    table = _neutral()
    known = style if style in table else "piano"
    return {**table[known], "tempo": preferred_tempo(0.0, 0.0, known)}


@cache
def _neutral() -> dict[str, Mapping[ParameterName, float]]:
    data = json.loads(Path(__file__).with_name("neutral.json").read_text(encoding="utf-8"))
    return {style: dict(row["mean"]) for style, row in data["styles"].items()}


def pitched_notes(score: Score) -> list[Note]:
    """All notes that have a pitch."""
    return [note for track in score.tracks if not track.is_drum for note in track.notes]


def written_s(score: Score, note: Note) -> float:
    """Seconds that a note is written for."""
    end = time_at_beat(score.tempo, note.start_beat + note.beats)
    return max(end - time_at_beat(score.tempo, note.start_beat), 1e-3)


def triad_at(score: Score, beat: float) -> frozenset[int] | None:
    """Pitch classes of the triad under a beat (root, third or its suspension, fifth); None where no chord was
    planned."""
    for span in score.harmony:
        if span.beat - 1e-6 <= beat < span.end_beat - 1e-6:
            return (
                None
                if span.quality == "none"
                else frozenset(chord_pitch_classes(span.root, span.quality)[:3])
            )
    return None


def onsets_of(score: Score) -> dict[RoleName, set[float]]:
    """By role, the places in quarter notes where something begins, to `GRID_BEATS`; drums left out."""
    onsets: dict[RoleName, set[float]] = {}
    for track in score.tracks:
        if not track.is_drum:
            own = onsets.setdefault(track.role, set())
            own |= {grid(note.start_beat) for note in track.notes}
    return onsets


def grid(beat: float) -> float:
    """A beat to the nearest `GRID_BEATS`."""
    return round(beat / GRID_BEATS) * GRID_BEATS


def _mode(score: Score) -> float | None:
    if not pitched_notes(score):
        return None
    end = score.cues[0].end_beat
    changes = [(change.beat, change.key.mode) for change in score.keys] or [(0.0, score.cues[0].key.mode)]
    until = [beat for beat, _ in changes[1:]] + [end]
    major = sum(to - beat for (beat, mode), to in zip(changes, until, strict=True) if mode == "major")
    return 1.0 if major >= end / 2 else -1.0


def _tempo(score: Score) -> float | None:
    cue = score.cues[0]
    if not any(track.notes for track in score.tracks):
        return None
    return 60.0 * cue.end_beat / max(cue.end_s, 1e-6)


def _register(score: Score) -> float | None:
    notes = pitched_notes(score)
    if not notes:
        return None
    weights = [min(note.beats, _LONGEST_WEIGHT_BEATS) for note in notes]
    return sum(n.pitch * w for n, w in zip(notes, weights, strict=True)) / max(sum(weights), 1e-9)


def _density(score: Score) -> float | None:
    onsets = onsets_of(score)
    return sum(map(len, onsets.values())) / max(score.cues[0].end_beat, 1e-6) if onsets else None


def _dynamics(score: Score) -> float | None:
    notes = pitched_notes(score)
    return sum(note.velocity for note in notes) / len(notes) if notes else None


def _articulation(score: Score) -> float | None:
    notes = pitched_notes(score)
    if not notes or not score.harmony:  # a frozen take is written as it is played: nothing to compare
        return None
    return sum(min((n.end_s - n.start_s) / written_s(score, n), 1.2) for n in notes) / len(notes)


def _dissonance(score: Score) -> float | None:
    weighed = [(note, triad_at(score, note.start_beat)) for note in pitched_notes(score)]
    known = [
        (note.end_s - note.start_s, note.pitch % 12 in triad) for note, triad in weighed if triad is not None
    ]
    total = sum(length for length, _ in known)
    return sum(length for length, inside in known if not inside) / total if total > 0 else None


def _percussion(score: Score) -> float | None:
    if not any(track.notes for track in score.tracks):
        return None
    strokes = sum(len(track.notes) for track in score.tracks if track.is_drum)
    return strokes / max(score.cues[0].end_beat, 1e-6)


_MEASURES: Final[dict[ParameterName, Callable[[Score], float | None]]] = {
    "mode": _mode,
    "tempo": _tempo,
    "register": _register,
    "density": _density,
    "dynamics": _dynamics,
    "articulation": _articulation,
    "dissonance": _dissonance,
    "percussion": _percussion,
}
