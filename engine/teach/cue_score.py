"""One cue of a finished score by itself: its notes, from 0 s and beat 0 on, as a score of one cue.

What is asked of one cue (its harmony, what is heard in it, what a change does to it) is asked of this.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from dsl.plan import Key, Meter
from engine.music.score import KeyChange, MeterChange, Note, Score, ScoreCue, TempoChange

_EARLY_S: Final = 0.05
"""A note that is played this much before its cue begins belongs to it."""

Change = TypeVar("Change", TempoChange, MeterChange, KeyChange)


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar from quarter note `beat` of the cue on, `beats` long."""

    beat: float
    beats: float
    meter: Meter


def cue_score(score: Score, index: int) -> Score:
    """Cue `index` alone, moved to 0 s and beat 0: the notes that begin in it, its tempo, metres, keys and
    chords. Raises IndexError beyond the last cue."""
    cue = score.cues[index]
    tracks = tuple(
        replace(
            track,
            notes=tuple(_moved(note, cue) for note in track.notes if _within(note, cue)),
            expression=tuple((t_s - cue.start_s, v) for t_s, v in track.expression if t_s >= cue.start_s),
        )
        for track in score.tracks
    )
    harmony = tuple(
        replace(
            span,
            beat=max(span.beat, cue.start_beat) - cue.start_beat,
            end_beat=span.end_beat - cue.start_beat,
        )
        for span in score.harmony
        if cue.start_beat - 1e-6 <= span.beat < cue.end_beat - 1e-6
    )
    home = replace(
        cue,
        start_s=0.0,
        end_s=cue.end_s - cue.start_s,
        start_beat=0.0,
        end_beat=cue.end_beat - cue.start_beat,
        form=tuple(replace(phrase, start_s=phrase.start_s - cue.start_s) for phrase in cue.form),
    )
    return Score(
        title=f"{score.title} {cue.id}".strip(),
        author=score.author,
        duration_s=home.end_s,
        tracks=tuple(track for track in tracks if track.notes),
        tempo=_in_force(score.tempo, cue),
        meters=_in_force(score.meters, cue),
        keys=_in_force(score.keys, cue),
        markers=(),
        lyrics=(),
        cues=(home,),
        harmony=harmony,
    )


def bar_lines_of(score: Score) -> tuple[BarLine, ...]:
    """The bars of a score of one cue, in order."""
    end = score.cues[0].end_beat
    lines: list[BarLine] = []
    beat = 0.0
    while beat < end - 1e-3:
        meter = value_at(score.meters, beat).meter if score.meters else Meter()
        lines.append(BarLine(beat, float(meter.beats_per_bar), meter))
        beat += meter.beats_per_bar
    return tuple(lines)


def place_of(bars: tuple[BarLine, ...], beat: float) -> tuple[int, float]:
    """Bar (from 1) and quarter note in it (from 1) of a beat of the cue."""
    index = max(bisect_right([bar.beat for bar in bars], beat + 1e-6) - 1, 0)
    return index + 1, beat - bars[index].beat + 1.0


def value_at(changes: tuple[Change, ...], beat: float) -> Change:
    """The change in force at `beat`, of those in order of time (the first before all of them)."""
    return changes[max(bisect_right([change.beat for change in changes], beat + 1e-6) - 1, 0)]


def key_at(score: Score, beat: float) -> Key:
    """The key in force at a beat; the cue's own where the score has none."""
    return value_at(score.keys, beat).key if score.keys else score.cues[0].key


def with_notes(score: Score, notes: Iterable[tuple[Note, ...]]) -> Score:
    """The score with other notes, track by track; tracks left without any go."""
    tracks = (replace(track, notes=own) for track, own in zip(score.tracks, notes, strict=True))
    return replace(score, tracks=tuple(track for track in tracks if track.notes))


def _within(note: Note, cue: ScoreCue) -> bool:
    return cue.start_s - _EARLY_S <= note.start_s < cue.end_s - 1e-6 and note.start_beat < cue.end_beat - 1e-6


def _moved(note: Note, cue: ScoreCue) -> Note:
    start_s = max(note.start_s - cue.start_s, 0.0)
    return replace(
        note,
        start_beat=max(note.start_beat - cue.start_beat, 0.0),
        start_s=start_s,
        end_s=max(note.end_s - cue.start_s, start_s + 1e-3),
    )


def _in_force(changes: tuple[Change, ...], cue: ScoreCue) -> tuple[Change, ...]:
    """The changes within a cue, the one in force at its start first, moved to its start."""
    if not changes:
        return ()
    found: list[Change] = [replace(value_at(changes, cue.start_beat), beat=0.0, t_s=0.0)]
    for change in changes:
        if cue.start_beat + 1e-6 < change.beat < cue.end_beat - 1e-6:
            found.append(_shifted(change, cue))
    return tuple(found)


def _shifted(change: Change, cue: ScoreCue) -> Change:
    return replace(change, beat=change.beat - cue.start_beat, t_s=change.t_s - cue.start_s)
