"""Played beats become written ticks: onsets on the grid that each beat was made on, ends where a reader
expects them.

The composed grid is sixteenths; themes written out may hold triplets, quintuplets and finer notes, and
recorded takes come from anywhere. A beat takes the coarsest grid that its onsets fit. Ends are moved to the
next onset or to a beat, so that articulation does not come out as a confetti of rests.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.render.notation.bars import SIXTY_FOURTH, TICKS, Measure, measure_at
from engine.render.notation.note_values import Tuplet, beat_starts, tuplet_over, values

_EIGHTH, _SIXTEENTH = TICKS // 2, TICKS // 4
NEAR = 0.04 * TICKS
"""An onset this near to a grid is on it: 20 ms at 120 BPM, what players' hands spread over."""

_OVER_BEATS = ((4, 3), (2, 3), (2, 5), (2, 7))
"""(beats, equal notes in them) of the tuplets that are longer than a beat."""
_LEAST_ONSETS = {5: 4, 7: 5}
"""Onsets without which a beat is no septuplet, two beats no quintuplet: fewer fit it by chance."""
_EXACT = 0.004 * TICKS
"""Composed notes are this near to their grid; what is further from it was played."""
_CHORD = 0.07 * TICKS
"""Onsets of one chord, played by hand, lie this near to each other: 35 ms at 120 BPM."""


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
    ordered = sorted(
        (n for n in notes if n.start < last - TICKS / 480), key=lambda note: (note.start, note.pitch)
    )
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
            and min(note.end, limit) - start
            >= (limit - start if following else note.end - start) / 2
            > SIXTY_FOURTH
        ]
        sounding = [*held, *struck]
        raw_end = max(note.end for note in sounding)
        end = _end(start, raw_end, following, measures, tuplets)
        end = max(end, _least_end(start, following, measures, tuplets))
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
        measure = measures[measure_at(measures, note.start + NEAR)]
        beats = beat_starts(measure.meter)
        inside = max(note.start - measure.start, 0.0)
        at = bisect_right(beats, inside + NEAR) - 1
        start = measure.start + beats[at]
        end = measure.start + beats[at + 1] if at + 1 < len(beats) else measure.end
        cells.setdefault((start, min(end, measure.end)), []).append(note)
    for many, equal in _OVER_BEATS:
        cells = _joined_beats(cells, measures, many, equal)
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


def _joined_beats(
    cells: dict[tuple[int, int], list[Onset]], measures: list[Measure], beats: int, parts: int
) -> dict[tuple[int, int], list[Onset]]:
    """Joins that many beats, of quarters and none of them joined yet, where their onsets are equal parts of
    the whole: three to two beats, five to two …"""
    joined = dict(cells)
    step = beats * TICKS / parts
    near = NEAR if parts == 3 else NEAR / 2
    for start in sorted({start for start, _ in cells}):
        measure = measures[measure_at(measures, start)]
        start -= (start - measure.start) % (beats * TICKS)
        own = [(start + beat * TICKS, start + (beat + 1) * TICKS) for beat in range(beats)]
        if measure.meter.denominator != 4 or own[-1][1] > measure.end:
            continue
        notes = [note for cell in own for note in joined.get(cell, ())]
        places = {round((note.start - start) / step) for note in notes}
        fits = all(
            abs(note.start - start - round((note.start - start) / step) * step) <= near for note in notes
        )
        if fits and set(range(1, parts)) <= places:
            for cell in own:
                joined.pop(cell, None)
            joined[start, own[-1][1]] = notes
    return joined


def _grid(start: int, end: int, notes: Sequence[Onset], compound: bool) -> tuple[int, int]:
    """(ticks a step, parts of the tuplet or 0) of the coarsest grid that the onsets of one beat fit."""
    offsets = sorted({note.start - start for note in notes if not note.accent})
    length = end - start
    choices: list[tuple[int, int, float]] = [(_SIXTEENTH, 0, NEAR)]
    if length >= 2 * TICKS and not compound:
        choices += [(length // 3, 3, NEAR), (length // 6, 6, NEAR)]
        choices += [(length // n, n, NEAR / 2) for n in (5, 7) if len(offsets) >= _LEAST_ONSETS[n]]
    if length == TICKS and not compound:
        choices += [(length // 3, 3, NEAR), (length // 6, 6, NEAR / 2), (length // 5, 5, NEAR / 2)]
        choices += [(length // 7, 7, NEAR / 2)] if len(offsets) >= _LEAST_ONSETS[7] else []
    finer = [(_SIXTEENTH // 2, 0, _EXACT), (_SIXTEENTH // 4, 0, _EXACT)]
    for step, parts, near in (*choices, *finer):
        if _worst(offsets, step) <= near and _distinct(offsets, step, NEAR):
            return step, parts
    # Nothing fits: played by hand. Grids so fine that they fit by chance only where a coarser joins notes.
    played = [(_SIXTEENTH, 0), *([(length // 3, 3)] if length == TICKS and not compound else [])]
    played = [(step, parts) for step, parts in played if _distinct(offsets, step, _CHORD)]
    if played:
        return min(played, key=lambda grid: sum(abs(o - round(o / grid[0]) * grid[0]) for o in offsets))
    for step, near in ((_SIXTEENTH // 2, 1.3 * NEAR), (_SIXTEENTH // 4, NEAR)):
        if _worst(offsets, step) <= near and _distinct(offsets, step, NEAR):
            return step, 0
    return _SIXTEENTH, 0


def _worst(offsets: Sequence[float], step: int) -> float:
    return max((abs(offset - round(offset / step) * step) for offset in offsets), default=0.0)


def _distinct(offsets: Sequence[float], step: int, near: float) -> bool:
    """Whether onsets that are further apart than `near` stay apart on a grid."""
    apart = [o for index, o in enumerate(offsets) if not index or o - offsets[index - 1] > near]
    return len({round(offset / step) for offset in apart}) == len(apart)


def _end(
    start: int, end: float, following: int | None, measures: list[Measure], tuplets: Sequence[Tuplet]
) -> int:
    """Where a chord is written to end: at the next onset where the gap is no rest, else at a beat or an
    eighth near its own end."""
    last = measures[-1].end
    limit = following if following is not None else last
    length = end - start
    bar_line = measures[measure_at(measures, max(end - NEAR, start))].end
    if end - NEAR <= bar_line and (
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
    finer = measure.start + max(round(inside / SIXTY_FOURTH), 0) * SIXTY_FOURTH
    return min(max(finer, start + SIXTY_FOURTH), limit)


def _least_end(start: int, following: int | None, measures: list[Measure], tuplets: Sequence[Tuplet]) -> int:
    """A stroke on an eighth is written as an eighth where it has that room: a 16th and its rests would say no
    more."""
    measure = measures[measure_at(measures, start)]
    end = start + _EIGHTH
    on_an_eighth = (start - measure.start) % _EIGHTH == 0 and tuplet_at(start, tuplets) is None
    return end if on_an_eighth and end <= min(following or measure.end, measure.end) else start


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
