"""Ear training: a few bars of a cue, and the same bars with one thing changed. Which thing, and how much, is
known, so that an answer can be judged and explained.

Ten kinds, three levels: at a higher level the change is smaller, or the bars are fewer where a change has no
size. The order is drawn from a seed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np

from dsl.plan import Key
from dsl.timing import time_at_beat
from engine.music.score import Note, Score, Track
from engine.teach.altering import altered
from engine.teach.cue_score import bar_lines_of, cue_score, key_at
from engine.teach.parameters import ParameterName, value_of

EarKind = Literal[
    "mode",
    "tempo",
    "register",
    "density",
    "dynamics",
    "articulation",
    "dissonance",
    "timbre",
    "bass",
    "contour",
]
EAR_KINDS: Final[tuple[EarKind, ...]] = get_args(EarKind)
EarLevel = Literal["beginner", "intermediate", "advanced"]
EAR_LEVELS: Final[tuple[EarLevel, ...]] = get_args(EarLevel)

_STEP: Final[dict[ParameterName, tuple[float, float, float]]] = {
    "tempo": (1.5, 1.25, 1.12), "register": (12.0, 7.0, 4.0), "density": (0.4, 0.6, 0.75),
    "dynamics": (40.0, 24.0, 14.0), "articulation": (0.35, 0.5, 0.7), "dissonance": (0.0, 0.0, 0.4),
}  # fmt: skip
"""By level. Tempo, density, articulation and dissonance are multiplied by it, register and dynamics moved."""
_BARS: Final[dict[EarLevel, int]] = {"beginner": 4, "intermediate": 4, "advanced": 2}
_LEAST_NOTES: Final = 8
_LEAST_MOVED: Final[dict[ParameterName, float]] = {
    "tempo": 3.0, "register": 1.5, "density": 0.15, "dynamics": 5.0, "articulation": 0.05, "dissonance": 0.08,
}  # fmt: skip
"""A change of less was not made in these notes: another kind is asked."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """`first` and `second` differ in `kind` alone. `more`: which of them, 1 or 2, has more of it (major,
    faster, higher, busier, louder, longer notes, rougher; the bass; of timbre and contour the one as it is
    written). `bar`: the first bar of the cue `cue` that is heard, from 1."""

    kind: EarKind
    level: EarLevel
    cue: str
    bar: int
    first: Score
    second: Score
    more: int


def exercise_of(score: Score, kind: EarKind, level: EarLevel, seed: int) -> Exercise | None:
    """An exercise of a kind out of some cue of a score, the same for the same seed; None where no cue of it
    allows that kind."""
    rng = np.random.default_rng((seed % 2**63, EAR_KINDS.index(kind)))
    for index in rng.permutation(len(score.cues)).tolist():
        own = cue_score(score, index)
        found = _excerpt(own, _BARS[level], rng)
        if found is None:
            continue
        bar, excerpt = found
        changed = _changed(excerpt, kind, level, rng)
        if changed is None:
            continue
        other, is_more = changed
        turned = bool(rng.random() < 0.5)
        first, second = (other, excerpt) if turned else (excerpt, other)
        more = 1 if is_more == turned else 2
        return Exercise(kind, level, own.cues[0].id, bar, first, second, more)
    return None


def _excerpt(score: Score, count: int, rng: np.random.Generator) -> tuple[int, Score] | None:
    """`count` bars of a cue with music in them, and the first of them, from 1; None where there is too
    little."""
    bars = bar_lines_of(score)
    starts = range(max(len(bars) - count, 0) + 1)
    ends = [bars[min(start + count, len(bars)) - 1] for start in starts] if bars else []
    busy = []
    for start, last in zip(starts, ends, strict=False):
        part = _between(score, bars[start].beat, last.beat + last.beats)
        if sum(len(track.notes) for track in part.tracks if not track.is_drum) >= _LEAST_NOTES:
            busy.append((start + 1, part))
    return busy[int(rng.integers(len(busy)))] if busy else None


def _between(score: Score, from_beat: float, to_beat: float) -> Score:
    """The music from one beat of a cue to another, as a cue of its own."""
    start_s, end_s = time_at_beat(score.tempo, from_beat), time_at_beat(score.tempo, to_beat)
    cue = score.cues[0]
    part = replace(cue, start_s=start_s, end_s=end_s, start_beat=from_beat, end_beat=to_beat, form=())
    return cue_score(replace(score, cues=(part,)), 0)


Changed = tuple[Score, bool] | None
"""The changed music and whether it has more of what was changed than the music as written; None: not here."""


def _changed(score: Score, kind: EarKind, level: EarLevel, rng: np.random.Generator) -> Changed:
    if kind in _OTHERS:
        return _OTHERS[kind](score)
    name: ParameterName = kind  # type: ignore[assignment]  # all others are parameters
    value = value_of(score, name)
    if value is None:
        return None
    if name == "mode":
        changed = altered(score, name, -value)
        heard_apart = [t.notes for t in changed.tracks] != [t.notes for t in score.tracks]
        return (changed, value < 0) if heard_apart else None
    step = _STEP[name][EAR_LEVELS.index(level)]
    if name == "tempo":
        step = step if rng.random() < 0.5 else 1 / step
    elif name in ("register", "dynamics"):
        step = step if rng.random() < 0.5 else -step
    wanted = value + step if name in ("register", "dynamics") else value * step
    changed = altered(score, name, wanted)
    reached = value_of(changed, name)
    if reached is None or abs(reached - value) < _LEAST_MOVED[name]:
        return None
    return changed, reached > value


def _other_timbre(score: Score) -> Changed:
    """Another instrument plays the tune: a flute, or where one plays it already, a cello."""
    lines = [track for track in score.tracks if track.role == "melody"]
    if not lines:
        return None
    program = 42 if any(72 <= track.program <= 79 for track in lines) else 73
    tracks = (replace(t, program=program) if t.role == "melody" else t for t in score.tracks)
    return replace(score, tracks=tuple(tracks)), False


def _without_bass(score: Score) -> Changed:
    rest = tuple(track for track in score.tracks if track.role != "bass")
    return (replace(score, tracks=rest), False) if 0 < len(rest) < len(score.tracks) else None


def _upside_down(score: Score) -> Changed:
    """The tune mirrored at the middle of its range, on the tones of the key."""
    lines = [track for track in score.tracks if track.role == "melody"]
    pitches = [note.pitch for track in lines for note in track.notes]
    if len(set(pitches)) < 4:
        return None
    mirror = min(pitches) + max(pitches)

    def turned(track: Track) -> Track:
        notes = tuple(_mirrored(note, mirror, key_at(score, note.start_beat)) for note in track.notes)
        return replace(track, notes=notes)

    tracks = tuple(turned(t) if t.role == "melody" else t for t in score.tracks)
    return replace(score, tracks=tracks), False


def _mirrored(note: Note, mirror: int, key: Key) -> Note:
    pitch = mirror - note.pitch
    inside = next(p for p in (pitch, pitch - 1, pitch + 1, pitch - 2) if key.holds(p))
    return replace(note, pitch=min(max(inside, 0), 127))


_OTHERS: Final[Mapping[EarKind, Callable[[Score], Changed]]] = {
    "timbre": _other_timbre,
    "bass": _without_bass,
    "contour": _upside_down,
}


def choices_for(kind: EarKind, level: EarLevel, kinds: Sequence[EarKind], seed: int) -> tuple[EarKind, ...]:
    """The kinds to choose from when asked what changed: four with the right one, for the advanced all."""
    if level == "advanced":
        return tuple(kinds)
    rng = np.random.default_rng((seed % 2**63, 0xEA2))
    others = [other for other in kinds if other != kind]
    drawn = [others[place] for place in rng.permutation(len(others))[:3].tolist()]
    return tuple(sorted([kind, *drawn], key=list(kinds).index))
