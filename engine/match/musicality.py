"""Plain checks of a take that need no model: whether something sounds, in the instrument's range, whether
material returns, whether it fits its chords.

Each check is a share 0…1 where 1 is as it is in real music. They keep a badly made take from winning by its
mood alone; they do not say which of two good takes is better.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from engine.generate.request import Chord, GridNote, Request, SectionTake, Take
from engine.music.theory import MINOR_SCALE_TONES, SCALES, chord_pitch_classes

MELODY_RANGE = (48, 96)
BASS_RANGE = (26, 62)
WIDEST_LEAP = 12
"""Melodic steps wider than an octave count as errors."""

USUAL_RETURN = (0.08, 0.75)
"""Usual share of melody bars that return, in songs: with fewer a melody is aimless, with more it is a
loop."""

USUAL_CHORD_TONES = 0.7
"""Share of melody and bass on the beat that belongs to the chord in songs; more than that is not better."""


@dataclass(frozen=True, slots=True)
class Musicality:
    """Each 0…1. alive: bars in which pitched notes sound · reach: notes in range and steps within an octave ·
    returns: how usual the share of returning bars is · agreement: chord tones on the beat, against the usual
    share · scale: notes within the key or their chord."""

    alive: float
    reach: float
    returns: float
    agreement: float
    scale: float

    @property
    def score(self) -> float:
        """The mean of the checks, lowered towards the worst of them."""
        values = astuple(self)
        return float(0.5 * sum(values) / len(values) + 0.5 * min(values))


def musicality(sections: Sequence[SectionTake]) -> Musicality:
    """The checks over a cue's sections, each weighing as it has bars."""
    bars = [max(section.request.bars, 1) for section in sections]
    checks = [astuple(_check(section.request, section.take)) for section in sections]
    total = sum(bars)
    if not total:
        return Musicality(0.0, 0.0, 0.0, 0.0, 0.0)
    return Musicality(
        *(sum(b * check[k] for b, check in zip(bars, checks, strict=True)) / total for k in range(5))
    )


def _check(request: Request, take: Take) -> Musicality:
    bar_steps = max(round(request.meter.beats_per_bar * 4), 1)
    melody = sorted(take.roles.get("melody", ()), key=lambda note: (note.start, note.pitch))
    bass = take.roles.get("bass", ())
    pitched = [note for role, notes in take.roles.items() if role != "drums" for note in notes]
    if not pitched:
        return Musicality(0.0, 0.0, 0.0, 0.0, 0.0)
    beats = bar_steps if request.meter.denominator == 8 and bar_steps < 6 else 4
    return Musicality(
        _alive(pitched, request.bars, bar_steps),
        _reach(melody, bass),
        _returns(melody, request.bars, bar_steps),
        _agreement([*melody, *bass], take.chords, beats),
        _in_scale(pitched, request, take.chords),
    )


def _alive(notes: Sequence[GridNote], bars: int, bar_steps: int) -> float:
    sounding: set[int] = set()
    for note in notes:
        sounding.update(range(note.start // bar_steps, (note.start + note.steps - 1) // bar_steps + 1))
    return len(sounding & set(range(bars))) / max(bars, 1)


def _reach(melody: Sequence[GridNote], bass: Sequence[GridNote]) -> float:
    parts = []
    if melody:
        parts.append(_share([MELODY_RANGE[0] <= note.pitch <= MELODY_RANGE[1] for note in melody]))
        steps = [abs(b.pitch - a.pitch) for a, b in pairwise(melody) if b.start > a.start]
        parts.append(_share([step <= WIDEST_LEAP for step in steps]))
    if bass:
        parts.append(_share([BASS_RANGE[0] <= note.pitch <= BASS_RANGE[1] for note in bass]))
    return min(parts, default=1.0)


def _returns(melody: Sequence[GridNote], bars: int, bar_steps: int) -> float:
    """A bar returns when its rhythm and contour were heard before. Short music need not return."""
    shapes: dict[int, list[tuple[int, int]]] = {}
    for note in melody:
        shapes.setdefault(note.start // bar_steps, []).append((note.start % bar_steps, note.pitch))
    if bars < 6 or len(shapes) < 4:
        return 1.0
    seen: set[tuple[tuple[int, int], ...]] = set()
    again = 0
    for bar in sorted(shapes):
        first = shapes[bar][0][1]
        shape = tuple((step, pitch - first) for step, pitch in shapes[bar])
        again += shape in seen
        seen.add(shape)
    share = again / len(shapes)
    low, high = USUAL_RETURN
    if share < low:
        return 0.7 + 0.3 * share / low
    return 1.0 if share <= high else 1.0 - 0.5 * (share - high) / (1 - high)


def _agreement(notes: Sequence[GridNote], chords: Sequence[Chord], beat_steps: int) -> float:
    fits = []
    for note in notes:
        chord = _chord_at(chords, note.start)
        if note.start % beat_steps == 0 and chord is not None and chord.quality != "none":
            fits.append(note.pitch % 12 in {*chord_pitch_classes(chord.root, chord.quality), chord.bass})
    return min(_share(fits) / USUAL_CHORD_TONES, 1.0)


def _in_scale(notes: Sequence[GridNote], request: Request, chords: Sequence[Chord]) -> float:
    tones = MINOR_SCALE_TONES if request.key.mode == "minor" else SCALES["major"]
    fits = []
    for note in notes:
        chord = _chord_at(chords, note.start)
        coloured = chord_pitch_classes(chord.root, chord.quality) if chord is not None else ()
        fits.append((note.pitch - request.key.tonic) % 12 in tones or note.pitch % 12 in coloured)
    return _share(fits)


def _chord_at(chords: Sequence[Chord], step: int) -> Chord | None:
    """Chords are in order of time; a take has one or two a bar, so looking from the front would be slow."""
    low, high = 0, len(chords)
    while low < high:
        middle = (low + high) // 2
        if chords[middle].start <= step:
            low = middle + 1
        else:
            high = middle
    return chords[low - 1] if low else None


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 1.0
