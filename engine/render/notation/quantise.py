"""Played beats become written ticks: onsets on the grid that each beat was made on, ends where a reader
expects them.

The composed grid is sixteenths; themes written out may hold triplets, quintuplets and finer notes, and
recorded takes come from anywhere. A beat takes the coarsest grid that its onsets fit. Ends are moved to the
next onset or to a beat, so that articulation does not come out as a confetti of rests.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.render.notation.bars import TICKS, Measure, measure_at
from engine.render.notation.note_values import Tuplet, beat_starts, tuplet_over, values

_EIGHTH, _SIXTEENTH = TICKS // 2, TICKS // 4
_NEAR = 0.04 * TICKS
"""An onset this near to a grid is on it: 20 ms at 120 BPM, what players' hands spread over."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A note on its way to the page: ticks unrounded, pitch as it sounds."""

    start: float
    end: float
    pitch: int
    velocity: int
    accent: bool = False
    track: int = 0


@dataclass(frozen=True, slots=True)
class WrittenChord:
    """Notes struck together, in ticks. `held` are the pitches that are tied on from the chord before."""

    start: int
    end: int
    pitches: tuple[int, ...]
    held: frozenset[int] = frozenset()
    velocity: int = 64
    accent: bool = False
    short: bool = False
    """Clearly shorter than it is written: staccato."""


@dataclass(frozen=True, slots=True)
class WrittenVoice:
    """One voice of a part: chords that never overlap, and the tuplets they are in."""

    chords: tuple[WrittenChord, ...] = ()
    tuplets: tuple[Tuplet, ...] = ()


def written_line(notes: Iterable[Onset], measures: list[Measure], sustains: bool) -> WrittenVoice:
    """The notes as one voice. Where they overlap, `sustains` says whether a sounding note is tied on under
    the next onset (bowed and blown) or left to ring (struck and plucked)."""
    last = measures[-1].end
    ordered = sorted((n for n in notes if n.start < last - 1), key=lambda note: (note.start, note.pitch))
    if not ordered:
        return WrittenVoice()
    placed, tuplets = _placed(ordered, measures)
    groups: dict[int, list[Onset]] = {}
    for start, note in placed:
        groups.setdefault(start, []).append(note)
    starts = sorted(groups)
    chords: list[WrittenChord] = []
    sounding: list[Onset] = []
    for index, start in enumerate(starts):
        struck = groups[start]
        following = starts[index + 1] if index + 1 < len(starts) else None
        limit = following if following is not None else measures[-1].end
        held = [
            note
            for note in sounding
            if sustains
            and note.pitch not in {new.pitch for new in struck}
            and min(note.end, limit) - start >= (limit - start if following else note.end - start) / 2 > 30
        ]
        sounding = [*held, *struck]
        raw_end = max(note.end for note in sounding)
        end = _end(start, raw_end, following, measures, tuplets)
        played = max(note.end - note.start for note in struck)
        chords.append(
            WrittenChord(
                start,
                end,
                tuple(sorted({note.pitch for note in sounding})),
                frozenset(note.pitch for note in held),
                max(note.velocity for note in struck),
                any(note.accent for note in struck),
                short=_is_value(start, end, measures) and played < 0.55 * (end - start) and not held,
            )
        )
    chords = _unbroken(chords)
    edges = sorted({tick for chord in chords for tick in (chord.start, chord.end)})
    used = tuple(t for t in tuplets if bisect_left(edges, t.end) > bisect_right(edges, t.start))
    return WrittenVoice(tuple(chords), used)


def _is_value(start: int, end: int, measures: list[Measure]) -> bool:
    """Whether a chord of at most a beat is written without a tie."""
    measure = measures[measure_at(measures, start)]
    alone = len(values(start - measure.start, end - measure.start, measure.meter)) == 1
    return alone and end - start <= TICKS and end <= measure.end


def _unbroken(chords: list[WrittenChord]) -> list[WrittenChord]:
    """Held pitches only where the chord before has them and reaches this one."""
    mended: list[WrittenChord] = []
    for chord in chords:
        before = mended[-1] if mended else None
        held = chord.held & set(before.pitches) if before and before.end == chord.start else frozenset()
        mended.append(replace(chord, held=held))
    return mended


def _placed(
    ordered: Sequence[Onset], measures: list[Measure]
) -> tuple[list[tuple[int, Onset]], list[Tuplet]]:
    """Each note with its written start, and the tuplets that the grids make."""
    cells: dict[tuple[int, int], list[Onset]] = {}
    for note in ordered:
        measure = measures[measure_at(measures, note.start + _NEAR)]
        beats = beat_starts(measure.meter)
        inside = max(note.start - measure.start, 0.0)
        at = bisect_right(beats, inside + _NEAR) - 1
        start = measure.start + beats[at]
        end = measure.start + beats[at + 1] if at + 1 < len(beats) else measure.end
        cells.setdefault((start, min(end, measure.end)), []).append(note)
    cells = _pairs_of_beats(cells, measures)
    placed: list[tuple[int, Onset]] = []
    tuplets: list[Tuplet] = []
    for (start, end), notes in sorted(cells.items()):
        measure = measures[measure_at(measures, start)]
        step, parts = _grid(start, end, notes, measure.meter.is_compound)
        if parts:
            tuplets.append(tuplet_over(start, end, parts))
        for note in notes:
            tick = start + round(max(note.start - start, 0.0) / step) * step
            placed.append((tick if tick < measures[-1].end else end - step, note))
    return placed, tuplets


def _pairs_of_beats(
    cells: dict[tuple[int, int], list[Onset]], measures: list[Measure]
) -> dict[tuple[int, int], list[Onset]]:
    """Joins two beats whose onsets are three to the two."""
    joined = dict(cells)
    for start, end in sorted(cells):
        measure = measures[measure_at(measures, start)]
        partner = (end, end + TICKS)
        even = (start - measure.start) % (2 * TICKS) == 0 and end - start == TICKS
        if not even or partner[1] > measure.end or measure.meter.denominator != 4:
            continue
        notes = [*joined.get((start, end), ()), *joined.get(partner, ())]
        third = 2 * TICKS / 3
        places = {round((note.start - start) / third) for note in notes}
        fits = all(
            abs(note.start - start - round((note.start - start) / third) * third) <= _NEAR for note in notes
        )
        if fits and {1, 2} <= places:
            joined.pop((start, end), None)
            joined.pop(partner, None)
            joined[start, partner[1]] = notes
    return joined


def _grid(start: int, end: int, notes: Sequence[Onset], compound: bool) -> tuple[int, int]:
    """(ticks a step, parts of the tuplet or 0) of the coarsest grid that the onsets of one beat fit."""
    offsets = sorted({note.start - start for note in notes if not note.accent})
    length = end - start
    choices: list[tuple[int, int, float]] = [(_SIXTEENTH, 0, _NEAR)]
    if length == 2 * TICKS and not compound:
        choices += [(length // 3, 3, _NEAR), (length // 6, 6, _NEAR)]
    if length == TICKS and not compound:
        choices += [(length // 3, 3, _NEAR), (length // 6, 6, _NEAR / 2), (length // 5, 5, _NEAR / 2)]
    choices += [(_SIXTEENTH // 2, 0, 1.3 * _NEAR), (_SIXTEENTH // 4, 0, _NEAR)]
    apart = [
        offset for index, offset in enumerate(offsets) if not index or offset - offsets[index - 1] > _NEAR
    ]
    for step, parts, near in choices:
        worst = max((abs(offset - round(offset / step) * step) for offset in offsets), default=0.0)
        if worst <= near and len({round(offset / step) for offset in apart}) == len(apart):
            return step, parts
    return _SIXTEENTH, 0


def _end(
    start: int, end: float, following: int | None, measures: list[Measure], tuplets: Sequence[Tuplet]
) -> int:
    """Where a chord is written to end: at the next onset where the gap is no rest, else at a beat or an
    eighth near its own end."""
    last = measures[-1].end
    limit = following if following is not None else last
    length = end - start
    bar_line = measures[measure_at(measures, max(end - _NEAR, start))].end
    if end - _NEAR <= bar_line and (
        following is None or bar_line < limit
    ):  # what ends with its bar is not drawn over the bar line
        following = limit = bar_line
    if (
        following is not None
        and limit - end <= max(_EIGHTH, min(length / 2, TICKS))
        and limit - start <= 4 * TICKS
    ):
        gap = limit - end
        if gap <= _SIXTEENTH or limit - start <= TICKS or gap <= length / 3:
            return limit
    own = tuplet_at(start, tuplets)
    if own is not None and end < own.end:
        steps = max(round((end - start) / own.step), 1)
        return min(start + steps * own.step, limit)
    measure = measures[measure_at(measures, min(end, last - 1))]
    inside = end - measure.start
    tolerance = max(_SIXTEENTH, 0.3 * length)
    beats = [*beat_starts(measure.meter), measure.length]
    for grid in (beats, range(0, measure.length + 1, _EIGHTH), range(0, measure.length + 1, _SIXTEENTH)):
        later = [tick for tick in grid if measure.start + tick > start]
        near = min(later, key=lambda tick: (abs(tick - inside), -tick), default=measure.length)
        if later and abs(near - inside) <= tolerance:
            return out_of_tuplets(start, min(measure.start + near, limit), tuplets)
    finer = measure.start + max(round(inside / 30), 0) * 30
    return min(max(finer, start + 30), limit)


def tuplet_at(tick: int, tuplets: Sequence[Tuplet]) -> Tuplet | None:
    """The tuplet, of those in ascending order, that a tick is in or begins."""
    at = bisect_right(tuplets, tick, key=lambda tuplet: tuplet.start) - 1
    return tuplets[at] if at >= 0 and tick < tuplets[at].end else None


def out_of_tuplets(start: int, tick: int, tuplets: Sequence[Tuplet]) -> int:
    """A note that ends inside another note's tuplet ends on one of the tuplet's steps."""
    tuplet = tuplet_at(tick, tuplets)
    if tuplet is None or tick == tuplet.start:
        return tick
    step = round((tick - tuplet.start) / tuplet.step)
    moved = tuplet.start + step * tuplet.step
    return moved if moved > start else min(moved + tuplet.step, tuplet.end)
