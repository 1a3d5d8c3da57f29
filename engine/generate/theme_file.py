"""The theme in a MIDI file: which part has it, and which of the part's notes are its line.

Files come from anywhere: a melody alone, a piano piece whose hands share a track, a sketch whose bass stands
first. The theme is the top line of the first part that is no mere accompaniment, from its first note on, in
its own rhythm.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from engine.errors import MediaError
from engine.generate.request import LONGEST_THEME_BEATS, STEPS_PER_BEAT
from engine.media.midi_file import read_midi
from engine.music.theme_key import ThemeNote

ROUNDING_STEPS = 0.02
_LEAST_STEPS = 0.1
_TOGETHER_STEPS = 0.25
"""Notes of a played theme that begin within this (sixteenths) and sound together are one chord."""
_WITHIN_STEPS = 0.5
"""A lower note that ends by this much after a higher one that sounds with it lies within that one: legato
and pedal reach further."""
_BASS, _ABOVE_BASS = 48, 55
"""A part around below C3 is a bass where another one lies around above G3."""
_APART = 7
"""Semitones between the line and an accompaniment that is another hand's; nearer it is the line's own
chords."""
_MOSTLY = 0.5
"""A part with more of its notes in chords than this is an accompaniment where another one is a line."""


def read_theme(path: Path) -> tuple[ThemeNote, ...]:
    """A file's theme; cut after sixteen bars of four. Raises MediaError where the file cannot be read or has
    no notes."""
    music = read_midi(path)
    parts = [part for part in music.parts if not part.is_drum]
    if not parts:
        odd = "".join(f" ({remark})" for remark in music.remarks)
        why = "nothing but drums" if music.parts else f"no note that begins and ends{odd}"
        raise MediaError(f"the theme {path} holds {why}; write a melody into it")

    def step(tick: int) -> float:
        return float(tick / music.resolution * STEPS_PER_BEAT)

    scores = [
        [
            ThemeNote(step(start), max(step(end) - step(start), _LEAST_STEPS), pitch, velocity)
            for start, end, pitch, velocity in part.notes.tolist()
        ]
        for part in parts
    ]
    line = top_line(_theme_part(scores))
    placed = (replace(note, start=snapped(note.start - line[0].start)) for note in line)
    return tuple(note for note in placed if note.start < LONGEST_THEME_BEATS * STEPS_PER_BEAT)


def snapped(steps: float) -> float:
    """Steps rounded to a whole sixteenth where they are within `ROUNDING_STEPS` of one: three notes of
    0.3333 beats make a beat."""
    return float(round(steps)) if abs(steps - round(steps)) < ROUNDING_STEPS else steps


def top_line(notes: Sequence[ThemeNote]) -> list[ThemeNote]:
    """The top line of one part's notes (at least one), in order of time.

    Of notes that begin together the highest counts; one that lies within a higher one that goes on is an
    accompaniment's, and where there is such a thing in the part, so is what it plays while the line rests.
    """
    line: list[ThemeNote] = []
    below: list[ThemeNote] = []
    over: set[int] = set()
    for note in sorted(notes, key=lambda note: (note.start, note.pitch)):
        last = line[-1] if line else None
        if last is None:
            line.append(note)
        elif note.start - last.start < _TOGETHER_STEPS and note.start < _end(last):
            lower, higher = sorted((last, note), key=lambda one: one.pitch)
            below.append(lower)
            over.add(len(line) - 1)
            line[-1] = replace(higher, start=last.start)
        elif note.pitch < last.pitch and note.start < _end(last) and _end(note) < _end(last) + _WITHIN_STEPS:
            below.append(note)
            over.add(len(line) - 1)
        else:
            line.append(note)
    return _without_accompaniment(line, below, over)


def _without_accompaniment(line: list[ThemeNote], below: list[ThemeNote], over: set[int]) -> list[ThemeNote]:
    """The line without notes that lie nearer to what was found `below` it than to those of its notes that
    sound `over` something (their places), where the two lie apart."""
    if not below:
        return line
    low, high = mean(note.pitch for note in below), mean(line[place].pitch for place in over)
    if high - low < _APART:
        return line
    return [note for note in line if abs(note.pitch - high) <= abs(note.pitch - low)]


def _end(note: ThemeNote) -> float:
    return note.start + note.steps


def _theme_part(parts: Sequence[list[ThemeNote]]) -> list[ThemeNote]:
    """The first part that is neither a bass under another part nor chords beside a line."""
    lines = [_in_chords(part) <= _MOSTLY for part in parts]
    over_bass = [median(note.pitch for note in part) >= _ABOVE_BASS for part in parts]
    for number, part in enumerate(parts):
        rest = [*range(number), *range(number + 1, len(parts))]
        is_bass = median(note.pitch for note in part) < _BASS and any(over_bass[other] for other in rest)
        is_chords = not lines[number] and any(lines[other] and over_bass[other] for other in rest)
        if not is_bass and not is_chords:
            return part
    return parts[0]


def _in_chords(part: Sequence[ThemeNote]) -> float:
    """The share of a part's notes that begin with another one."""
    ordered = sorted(note.start for note in part)
    joined = [later - earlier < _TOGETHER_STEPS for earlier, later in pairwise(ordered)]
    together = [a or b for a, b in zip([False, *joined], [*joined, False], strict=True)]
    return sum(together) / len(together)
