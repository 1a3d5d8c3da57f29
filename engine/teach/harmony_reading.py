"""The harmony of a finished cue as a musician reads it: Roman numerals with their functions, and cadences.

Roots and qualities are known from the plan that the music was composed on; which tone lies in the bass, and
which on top of a cadence, is heard in the notes. A cue without planned chords (a frozen take) is not guessed
at.
"""

from dataclasses import dataclass
from itertools import groupby

from dsl.plan import Key
from engine.music.score import ChordSpan, Note, Score, ScorePhrase
from engine.music.theory import chord_pitch_classes
from engine.teach.cadences import Cadence, Ending, cadence_of, phrase_ends
from engine.teach.cue_score import BarLine, bar_lines_of, key_at, place_of
from engine.teach.numerals import Numeral, SoundedChord, numerals_of

_AT_ONCE_BEATS = 0.13
"""A note that begins this much after a chord still belongs to its beginning: half a sixteenth."""


@dataclass(frozen=True, slots=True)
class ReadChord:
    """A chord from `beat` (quarter notes, from 1) of bar `bar` (from 1) on: what sounds, in which key, and
    its numeral there. `from_beat`, `to_beat`: quarter notes from the cue's start."""

    bar: int
    beat: float
    from_beat: float
    to_beat: float
    chord: SoundedChord
    key: Key
    numeral: Numeral


def read_harmony(score: Score) -> tuple[ReadChord, ...]:
    """The chords of a score of one cue; none where none were planned."""
    bars = bar_lines_of(score)
    spans = [span for span in score.harmony if span.quality != "none" and span.end_beat > span.beat + 1e-6]
    if not spans or not bars:
        return ()
    notes = sorted(
        (note for track in score.tracks if not track.is_drum for note in track.notes),
        key=lambda n: n.start_beat,
    )
    sounded = [(span, _sounded(span, notes)) for span in spans]
    merged: list[tuple[float, float, SoundedChord]] = []
    for _, group in groupby(sounded, key=lambda pair: pair[1]):
        run = list(group)
        merged.append((run[0][0].beat, run[-1][0].end_beat, run[0][1]))
    keys = [key_at(score, beat) for beat, _, _ in merged]
    numerals = numerals_of([chord for _, _, chord in merged], keys)
    return tuple(
        ReadChord(*place_of(bars, beat), beat, end, chord, key, numeral)
        for (beat, end, chord), key, numeral in zip(merged, keys, numerals, strict=True)
    )


def read_cadences(score: Score, chords: tuple[ReadChord, ...]) -> tuple[Cadence, ...]:
    """The cadences at the ends of the phrases of a score of one cue: of its form, or of every four bars where
    there is no form."""
    bars = bar_lines_of(score)
    if not chords or not bars:
        return ()
    form: tuple[ScorePhrase, ...] = score.cues[0].form
    found: list[Cadence] = []
    begin = 0.0
    for last_bar in phrase_ends([(phrase.bar, phrase.bars) for phrase in form], len(bars)):
        line = bars[last_bar - 1]
        kind = _ending_of(score, chords, begin, line)
        if kind is not None:
            found.append(kind)
        begin = line.beat + line.beats
    return tuple(found)


def _ending_of(score: Score, chords: tuple[ReadChord, ...], begin: float, line: BarLine) -> Cadence | None:
    """The cadence of the phrase from beat `begin` to the end of bar `line`."""
    own = [c for c in chords if c.to_beat > begin + 1e-6 and c.from_beat < line.beat + line.beats - 1e-6]
    own = _by_chord(own)
    if len(own) < 2 or own[-1].from_beat < begin - 1e-6:
        return None
    before, last = own[-2], own[-1]
    if before.key != last.key:
        return None
    end = Ending(
        before.chord, before.numeral, last.chord, last.numeral, _top(score, last.from_beat), last.key
    )
    kind = cadence_of(end)
    return None if kind is None else Cadence(last.bar, last.beat, kind)


def _by_chord(chords: list[ReadChord]) -> list[ReadChord]:
    """Of a chord that only changes its bass, what it arrives in: the first of the run at the end, the last
    before it."""
    runs = [list(run) for _, run in groupby(chords, key=lambda c: (c.chord.root, c.chord.quality, c.key))]
    return [run[0] if place == len(runs) - 1 else run[-1] for place, run in enumerate(runs)]


def _sounded(span: ChordSpan, notes: list[Note]) -> SoundedChord:
    """The chord of a span on the tone that lies lowest where it begins, on its root where nothing sounds. A
    tone held over from the chord before that is foreign to this one counts only where the bass stays on it:
    if it moves to a tone of the chord, it was a suspension."""
    at = span.beat + _AT_ONCE_BEATS
    sounding = [n for n in notes if n.start_beat <= at and n.start_beat + n.beats > at]
    within = [n for n in notes if span.beat - _AT_ONCE_BEATS <= n.start_beat < span.end_beat - 1e-6]
    if not sounding:
        first = min((n.start_beat for n in within), default=0.0)
        sounding = [n for n in within if n.start_beat <= first + _AT_ONCE_BEATS]
    if not sounding:
        return SoundedChord(span.root, span.quality, span.root)
    tones = chord_pitch_classes(span.root, span.quality)
    lowest = min(sounding, key=lambda n: (n.pitch, n.start_beat))
    if lowest.pitch % 12 not in tones and lowest.start_beat < span.beat - _AT_ONCE_BEATS:
        struck = [n.pitch for n in within if n.start_beat <= lowest.start_beat + lowest.beats + 0.5]
        if struck and min(struck) % 12 in tones:
            return SoundedChord(span.root, span.quality, min(struck) % 12)
    return SoundedChord(span.root, span.quality, lowest.pitch % 12)


def _top(score: Score, beat: float) -> int | None:
    """Pitch class of the melody where a chord arrives: the note that sounds there, or the next one within a
    quarter."""
    notes = [n for track in score.tracks if track.role == "melody" for n in track.notes]
    for at in (beat + _AT_ONCE_BEATS, beat + 0.5, beat + 1.0 - 1e-6):
        sounding = [n.pitch for n in notes if n.start_beat <= at and n.start_beat + n.beats > at]
        if sounding:
            return max(sounding) % 12
    return None
