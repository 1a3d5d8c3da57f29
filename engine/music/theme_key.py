"""Themes and keys: the key that a written theme is in, the key that suits several, a theme moved into a key.

A theme whose notes all lie in the key's scale stays as it is written. Any other is transposed so that its
own tonic falls on the key's, and where the modes differ its third, sixth and seventh follow the key's
mode; what is chromatic stays only where it passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dsl.plan import Key
from engine.music.keys import fifths_between, key_named
from engine.music.theory import SCALES

_DEGREES = {"major": SCALES["major"], "minor": SCALES["minor"]}
_SCALES_OF = {"major": ("major",), "minor": ("minor", "harmonic minor", "melodic minor")}
"""A theme that keeps to one of these is in the key as it is written."""
_IN_SCALE, _TONIC, _FIFTH, _THIRD = 4.0, 1.0, 0.4, 0.5
_FIRST, _LAST = 0.35, 0.6
"""Evidence for a key: notes in its scale by their length, time spent on the tonic and its triad, the first
and the last note on the tonic. In the proportions in which they are heard to (Krumhansl 1990: the tonic,
then third and fifth; beginnings and ends weigh most)."""
_AS_WRITTEN = 40.0
"""Where a key is chosen for a theme, a single note outside the scale would have to be moved: nothing
outweighs it."""
_RAISED = 0.6
"""A raised sixth or seventh counts so much for a minor key."""
_FAR = 0.04
"""Cost of each fifth between a key and the one before: decides only among keys that suit about as well."""
_EXACT = 4.0
"""Votes of a theme that cannot be moved, against one for others."""
_PASSING_STEPS = 4.0
"""A note outside the scale that is shorter than this (sixteenths) and lies by step between its neighbours
stays."""


@dataclass(frozen=True, slots=True)
class ThemeNote:
    """A note of a theme as it is written: `start` and `steps` count sixteenths from the theme's beginning,
    any fraction of them (a triplet eighth has 4/3); absolute MIDI pitch; velocity 1–127."""

    start: float
    steps: float
    pitch: int
    velocity: int


class PlacedTheme(Protocol):
    """A theme where it enters: at a bar of its cue, with its notes (none where it is drawn by seed), and
    whether it stays at the pitches written."""

    @property
    def bar(self) -> int: ...
    @property
    def notes(self) -> tuple[ThemeNote, ...]: ...
    @property
    def exact(self) -> bool: ...


def theme_fit(notes: Sequence[ThemeNote], key: Key, in_scale: float = _IN_SCALE) -> float:
    """How well a theme (at least one note) sits in a key: up to `in_scale` for notes in its scale, up to
    about 2.5 for evidence of its tonic."""
    total = sum(note.steps for note in notes)
    degrees = _DEGREES[key.mode]
    third = degrees[2]
    fit = 0.0
    for note in notes:
        tone, share = (note.pitch - key.tonic) % 12, note.steps / total
        inside = 1.0 if tone in degrees else _RAISED if key.holds(note.pitch) else 0.0
        fit += share * (in_scale * inside + {0: _TONIC, third: _THIRD, 7: _FIFTH}.get(tone, 0.0))
    ends = ((notes[0], _FIRST), (notes[-1], _LAST))
    return fit + sum(weight for note, weight in ends if (note.pitch - key.tonic) % 12 == 0)


def home_key(notes: Sequence[ThemeNote]) -> Key:
    """The most likely key of a theme; the one of fewer accidentals where two are as likely."""
    keys = [key_named(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    return max(
        keys,
        key=lambda key: round(theme_fit(notes, key), 6) - 1e-4 * fifths_between(key, key_named(0, "major")),
    )


def key_for_themes(
    themes: Sequence[tuple[Sequence[ThemeNote], bool]], mode: str, previous: Key | None = None
) -> Key | None:
    """The key of a mode that suits (theme, exact) best, near the key before; None where no theme has
    notes."""
    heard = [(notes, _EXACT if exact else 1.0) for notes, exact in themes if notes]
    if not heard:
        return None

    def suits(key: Key) -> tuple[float, float]:
        votes = sum(weight for _, weight in heard)
        # A single short note outside the scale would move a whole theme, however long the others are.
        as_written = sum(weight for notes, weight in heard if holds(key, notes))
        fit = sum(weight * theme_fit(notes, key, _AS_WRITTEN) for notes, weight in heard) / votes
        return as_written, round(fit, 6) - _FAR * (fifths_between(key, previous) if previous else 0)

    return max((key_named(tonic, mode) for tonic in range(12)), key=suits)


def holds(key: Key, notes: Sequence[ThemeNote]) -> bool:
    """Whether a theme keeps to one of the key's scales (in minor natural, harmonic or melodic)."""
    tones = {(note.pitch - key.tonic) % 12 for note in notes}
    return any(tones <= set(SCALES[scale]) for scale in _SCALES_OF[key.mode])


def in_key(notes: Sequence[ThemeNote], key: Key) -> tuple[ThemeNote, ...]:
    """The theme in a key: as written where the key holds it, else moved, the nearest way, and its mode
    adapted."""
    if holds(key, notes):
        return tuple(notes)
    home = home_key(notes)
    shift = (key.tonic - home.tonic + 6) % 12 - 6
    moved = [
        replace(note, pitch=_adapted(note.pitch, home, key, resolves) + shift)
        for note, resolves in zip(notes, _resolving(notes, home), strict=True)
    ]
    pitches = within_scale([note.pitch for note in moved], [note.steps for note in moved], key)
    octave = 12 * ((min(pitches) < 0) - (max(pitches) > 127))
    return tuple(replace(note, pitch=p + octave) for note, p in zip(moved, pitches, strict=True))


def within_scale(pitches: Sequence[int], steps: Sequence[float], key: Key) -> list[int]:
    """A line's pitches with those outside the scale moved into it, the nearest way. `steps` are lengths in
    sixteenths: a short note that goes by step between two inside stays.
    """
    line = list(pitches)
    for index, pitch in enumerate(line):
        if not key.holds(pitch) and not (steps[index] < _PASSING_STEPS and _passes(line, index, key)):
            line[index] = _into(pitch, line[index - 1] if index else pitch, key)
    return line


def _resolving(notes: Sequence[ThemeNote], home: Key) -> list[bool]:
    """Which notes, repeated or not, go on to the tonic from a step below: a leading tone stays one in
    minor."""
    found: list[bool] = []
    ahead: int | None = None  # the next other pitch
    after: int | None = None
    for note in reversed(notes):
        ahead = after if after is not None and after != note.pitch else ahead
        found.append((note.pitch - home.tonic) % 12 == 11 and ahead == note.pitch + 1)
        after = note.pitch
    return found[::-1]


def _adapted(pitch: int, home: Key, key: Key, resolves: bool) -> int:
    """The pitch with third, sixth and seventh as the key's mode has them, still over the home tonic."""
    if home.mode == key.mode:
        return pitch
    tone = (pitch - home.tonic) % 12
    degrees = _DEGREES[home.mode]
    if tone not in degrees or resolves:
        return pitch
    return pitch + _DEGREES[key.mode][degrees.index(tone)] - tone


def _passes(line: Sequence[int], index: int, key: Key) -> bool:
    """Whether a pitch goes by step between two in the scale."""
    if not 0 < index < len(line) - 1:
        return False
    around = (line[index - 1], line[index + 1])
    return all(key.holds(other) and abs(other - line[index]) <= 2 for other in around)


def _into(pitch: int, before: int, key: Key) -> int:
    """The nearest pitch of the scale; of two as near the one that is not the note before."""
    near = (step for step in (-1, 1, -2, 2) if key.holds(pitch + step))
    return pitch + min(near, key=lambda step: (abs(step), pitch + step == before))
