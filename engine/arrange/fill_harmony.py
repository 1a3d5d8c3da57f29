"""Adds held chords where the accompaniment is silent: where the chord role rests and fewer than three tones
of the chord sound in the other parts.

A rule, not learnt: takes decide melodies, figures and who plays, and now and then all accompaniment rests at
once. The harmony under the melody is then missing; a soft held chord gives it without adding movement. What
the take itself plays is left alone.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from math import floor

from engine.arrange.draft import PITCHED, CueDraft, Draft, Harmony

LONGEST_BEATS = 8.0
"""A held chord is struck again after this many quarter notes at the latest, so that struck strings do not die
away."""
SPARSEST = 0.1
"""Below this density percentile silence is what was asked."""
_CENTRE, _WEIGHT = 55, 52.0
_STRETCH_BEATS = 4.0


def fill_harmony(draft: CueDraft) -> None:
    """Add held chords to the chord role of `draft`, in place, where it rests and the other parts do not sound
    the chord. Below `SPARSEST` density nothing is added."""
    if not any("chords" in section.request.roles for section in draft.music.sections):
        return
    sounding = NotesByTime([note for note in draft.notes if note.role in PITCHED])
    held: list[tuple[Harmony, float, float]] = []
    for chord in draft.harmony:
        for start, end in _within_bars(draft, chord):
            if draft.intent_at(start).density < SPARSEST:
                continue
            if not _unsaid(chord, start, end, sounding.between(start, end)):
                continue
            last = held[-1] if held else None
            if last and last[0] == chord and abs(last[2] - start) < 1e-6 and end - last[1] <= LONGEST_BEATS:
                held[-1] = (chord, last[1], end)
            else:
                held.append((chord, start, end))
    for chord, start, end in held:
        for tone in chord.tones:
            pitch = _CENTRE - 5 + (tone - _CENTRE + 5) % 12
            draft.notes.append(Draft("chords", start, end - start, pitch, _WEIGHT))


def _within_bars(draft: CueDraft, chord: Harmony) -> list[tuple[float, float]]:
    """The chord's span cut at bar lines, in beats."""
    pieces = []
    first = max(0, bisect_right(draft.bars, chord.beat, key=lambda bar: bar.beat) - 1)
    for bar in draft.bars[first:]:
        if bar.beat >= chord.end_beat:
            break
        start, end = max(chord.beat, bar.beat), min(chord.end_beat, bar.beat + bar.beats)
        if end - start > 0.49:
            pieces.append((start, end))
    return pieces


class NotesByTime:
    """Notes by the stretches of time that they touch: a cue may be an hour long."""

    def __init__(self, notes: Sequence[Draft]) -> None:
        self.notes = notes
        self._touching: dict[int, list[int]] = defaultdict(list)
        for number, note in enumerate(notes):
            for stretch in _stretches(note.beat, note.end_beat):
                self._touching[stretch].append(number)

    def between(self, start: float, end: float) -> list[Draft]:
        """All that sound from `start` to `end`, and some others, in the order in which they were given."""
        found = {number for stretch in _stretches(start, end) for number in self._touching.get(stretch, ())}
        return [self.notes[number] for number in sorted(found)]


def _stretches(start: float, end: float) -> range:
    return range(floor(start / _STRETCH_BEATS), floor(end / _STRETCH_BEATS) + 1)


def _unsaid(chord: Harmony, start: float, end: float, sounding: Sequence[Draft]) -> bool:
    """Whether the chord role rests here and fewer than three tones of the chord sound for a third of the
    time."""
    lengths: dict[int, float] = {}
    for note in sounding:
        overlap = min(note.end_beat, end) - max(note.beat, start)
        if overlap <= 1e-6:
            continue
        if note.role == "chords":
            return False
        lengths[note.pitch % 12] = lengths.get(note.pitch % 12, 0.0) + overlap
    said = [tone for tone in chord.tones if lengths.get(tone % 12, 0.0) >= (end - start) / 3]
    return len(said) < 3
