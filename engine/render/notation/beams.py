"""Which notes of a bar are joined by beams: within a beat, never over a rest or a beat's edge.

Plain eighths are joined by the half bar in 4/4 and by the bar in 3/4 and 2/4; a tuplet keeps its own beam; in
6/8 and its kin beams show the dotted beats, in 5/8 and 7/8 the twos and the three (Gould, *Behind Bars*,
pages 151–157). Programs that find no beams in a file draw flags or guess.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.plan import Meter
from engine.render.notation.bars import TICKS, bar_ticks
from engine.render.notation.note_values import Value, beat_starts, weakness

_BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
_EIGHTH = TICKS // 2


@dataclass(frozen=True, slots=True)
class Beamable:
    """A note or a rest of one voice in its bar, `value` in ticks from the bar line."""

    value: Value
    rest: bool = False


def beams_of(voice: Sequence[Beamable], meter: Meter) -> list[tuple[str, ...]]:
    """For each note or rest of a voice in one bar, in order, its beams from the first (the eighths') on:
    "begin", "continue", "end", "forward hook" or "backward hook"; () where it has none."""
    found: list[tuple[str, ...]] = [()] * len(voice)
    edges = _edges(voice, meter)
    run: list[int] = []
    for index, note in enumerate(voice):
        beamable = not note.rest and note.value.type in _BEAMS
        if run and not (beamable and _joined(voice[run[-1]].value, note.value, edges)):
            _beam(run, voice, meter, found)
            run = []
        if beamable:
            run.append(index)
    _beam(run, voice, meter, found)
    return found


def _joined(one: Value, other: Value, edges: Sequence[int]) -> bool:
    if one.end != other.start or one.tuplet != other.tuplet:
        return False
    return one.tuplet is not None or bisect_right(edges, one.start) == bisect_right(edges, other.start)


def _edges(voice: Sequence[Beamable], meter: Meter) -> list[int]:
    """Where beams end, in ticks from the bar line: at every beat, or further apart where eighths run evenly
    from edge to edge."""
    length = bar_ticks(meter)
    if meter.denominator >= 8:
        return list(beat_starts(meter)) if length > TICKS else [0]
    beats = list(range(0, length, TICKS))
    span = 2 * TICKS if meter.denominator == 2 or meter.numerator in (2, 4, 8) else 0
    span = length if meter == Meter(3, 4) else span
    if not span:
        return beats
    edges = []
    for start in range(0, length, span):
        even = _evenly_eighths(voice, start, start + span)
        edges += [start] if even else [beat for beat in beats if start <= beat < start + span]
    return edges


def _evenly_eighths(voice: Sequence[Beamable], start: int, end: int) -> bool:
    inside = [note for note in voice if note.value.start < end and note.value.end > start]
    at = start
    for note in inside:
        value = note.value
        if note.rest or value.tuplet or (value.type, value.dots) != ("eighth", 0) or value.start != at:
            return False
        at = value.end
    return at == end


def _beam(run: Sequence[int], voice: Sequence[Beamable], meter: Meter, found: list[tuple[str, ...]]) -> None:
    if len(run) < 2:
        return
    values = [voice[index].value for index in run]
    counts = [_BEAMS[value.type] for value in values]
    for position, index in enumerate(run):
        marks = []
        for level in range(1, counts[position] + 1):
            before = _reaches(values, counts, position - 1, level)
            after = _reaches(values, counts, position, level)
            if before and after:
                marks.append("continue")
            elif before or after:
                marks.append("end" if before else "begin")
            else:
                marks.append("forward hook" if _opens(values, position, meter) else "backward hook")
        found[index] = tuple(marks)


def _reaches(values: Sequence[Value], counts: Sequence[int], position: int, level: int) -> bool:
    """Whether the beam of a level goes from the note at a position to the next: 32nds and finer notes are
    grouped by the eighth."""
    if not 0 <= position < len(values) - 1 or min(counts[position], counts[position + 1]) < level:
        return False
    one, other = values[position], values[position + 1]
    return level < 3 or one.tuplet is not None or one.start // _EIGHTH == other.start // _EIGHTH


def _opens(values: Sequence[Value], position: int, meter: Meter) -> bool:
    """Whether a short note belongs to the one after it: where it begins on the stronger place."""
    if position in (0, len(values) - 1):
        return position == 0
    value = values[position]
    if value.tuplet is not None:
        step = max(value.tuplet.step, 1)
        return round((value.start - value.tuplet.start) / step) % 2 == 0
    return weakness(value.start, meter) <= weakness(value.end, meter)
