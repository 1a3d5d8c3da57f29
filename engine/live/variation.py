"""A phrase heard again and a little otherwise, without a model: what goes on playing while nothing else is
ready. Harmony, tempo and length stay.
"""

from collections.abc import Callable
from dataclasses import replace

from dsl.plan import RoleName
from engine.live.passage import LivePassage
from engine.music.score import Note, Track
from engine.music.theory import chord_pitch_classes

_HIGHEST, _LOWEST = 86, 50
"""Where a melody may be moved to by an octave."""
_SOFTER = 0.88


def varied(passage: LivePassage, number: int) -> LivePassage:
    """The same bars, varied in one of three ways in turn by `number`: the melody an octave away and what
    answers it silent; the melody's short notes left out; the melody alone on its chord tones."""
    way = (_octave, _simpler, _chord_tones)[number % 3]
    return replace(passage, tracks=tuple(way(track, passage) for track in passage.tracks), theme=())


def _octave(track: Track, passage: LivePassage) -> Track:
    if track.role == "counter":
        return replace(track, notes=())
    if track.role != "melody" or not track.notes:
        return track
    mean = sum(note.pitch for note in track.notes) / len(track.notes)
    shift = 12 if mean + 12 <= _HIGHEST else -12 if mean - 12 >= _LOWEST else 0
    return replace(track, notes=tuple(_softer(replace(n, pitch=n.pitch + shift)) for n in track.notes))


def _simpler(track: Track, passage: LivePassage) -> Track:
    return _kept(track, lambda note: note.beats >= 0.5 or note.start_beat % 1.0 < 0.05)


def _chord_tones(track: Track, passage: LivePassage) -> Track:
    def fits(note: Note) -> bool:
        chord = next((c for c in reversed(passage.harmony) if c.beat <= note.start_beat + 0.01), None)
        return chord is None or note.pitch % 12 in chord_pitch_classes(chord.root, chord.quality)

    return _kept(track, fits)


def _kept(track: Track, wanted: Callable[[Note], bool]) -> Track:
    lines: tuple[RoleName, ...] = ("melody", "counter")
    if track.role not in lines:
        return track
    return replace(track, notes=tuple(_softer(note) for note in track.notes if wanted(note)))


def _softer(note: Note) -> Note:
    return replace(note, velocity=max(round(note.velocity * _SOFTER), 1))
