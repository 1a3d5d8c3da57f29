"""How loud each note is: the intent's dynamics, the phrase's arc, the metre, and who leads.

Levels run from 30 (ppp) to 116 (fff); a phrase swells to its middle and tapers off (Gabrielsson & Juslin
1996; the KTH rule system's phrase arch, Friberg, Bresin & Sundberg 2006), a bar's first beat weighs most,
the melody leads.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dsl.plan import RoleName
from engine.arrange.draft import CueDraft

Floats = npt.NDArray[np.float64]

VELOCITY_FLOOR, VELOCITY_SPAN = 30.0, 86.0
ROLE_LEVEL: dict[RoleName, float] = {
    "melody": 7.0,
    "counter": -3.0,
    "chords": -9.0,
    "bass": -1.0,
    "drums": -4.0,
}
ARC = 7.0
RISE, APPROACH_S, LEAST_APPROACH_S = 18.0, 7.0, 1.0
"""How far (velocity) and over how many seconds the level grows towards a hit; a shorter way is none. Half
of it where the writer has said the dynamics."""
SINKING = 0.25
"""The part of the way over which loud music makes room."""
SUDDEN = 0.2
"""Between bars whose dynamics differ more than this the level steps; otherwise it glides."""
KNEE, CEILING = 108.0, 125.0
"""Velocities are as asked up to the knee; what is louder stays below the ceiling."""
SOFTEST = 1.0
TAKE_SHARE = 0.35
"""How much of the take's own accents (against its mean in the bar) is kept beside the rules here."""


def levels(draft: CueDraft, beats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Dynamics 0…1 at each beat: the writer's curve to the moment, else the bars' values joined by lines,
    subito where they jump.
    """
    asked = draft.cue.dynamics
    if asked:
        times = draft.clock.seconds(beats)
        return np.interp(times, [point.t_s for point in asked], [point.value for point in asked])
    xs: list[float] = []
    ys: list[float] = []
    intents = draft.music.intents
    for bar in draft.bars:
        value = intents[min(bar.index, len(intents) - 1)].dynamics
        if ys and abs(value - ys[-1]) > SUDDEN:
            xs += [bar.beat - 1e-6, bar.beat]
            ys += [ys[-1], value]
        xs.append(bar.beat + bar.beats / 2)
        ys.append(value)
    return np.asarray(np.interp(beats, xs, ys))


def rise(times: Floats, hits: Sequence[float], start_s: float, base: Floats | None = None) -> Floats:
    """What the way to the next hit adds to the level at each time (seconds): nothing at first, `RISE` at
    the hit.

    The way is as long as there is time since the hit before, `APPROACH_S` at the most. Music that is so loud
    (`base`, velocities) that it could not rise makes room: it sinks over the first quarter of the way.
    """
    level = np.zeros(len(times))
    spare = 0.0 if base is None else np.clip(base - (KNEE - RISE), 0.0, RISE)
    before = start_s
    for hit in sorted(hits):
        span = min(APPROACH_S, hit - before)
        if span >= LEAST_APPROACH_S:
            progress = 1.0 - (hit - times) / span
            sunk = spare * np.clip(progress / SINKING, 0.0, 1.0) * (1.0 - progress)
            level = np.where((progress > 0.0) & (times < hit), RISE * progress - sunk, level)
        before = max(before, hit)
    return level


def shade(draft: CueDraft, rng: np.random.Generator, hits: Sequence[float] = ()) -> None:
    """Turns each note's wish into its velocity (1–127), in place. The level grows towards `hits`
    (seconds)."""
    notes = draft.notes
    if not notes:
        return
    beats = np.array([note.beat for note in notes])
    starts = np.array(draft.phrases)
    phrase = np.clip(np.searchsorted(starts, beats + 1e-6, "right") - 1, 0, len(starts) - 2)
    place = (beats - starts[phrase]) / np.maximum(starts[phrase + 1] - starts[phrase], 1e-6)
    arc = ARC * (np.sin(np.pi * np.clip(place, 0, 1)) - 0.6)
    chance = rng.normal(0.0, 1.4, len(notes)).clip(-3, 3)
    base = VELOCITY_FLOOR + VELOCITY_SPAN * levels(draft, beats)
    times, start_s = draft.clock.seconds(beats), draft.clock.start_s
    if draft.cue.dynamics:
        base += 0.5 * rise(times, hits, start_s)
    else:
        base += rise(times, hits, start_s, base)
    means = _bar_means(draft)
    for index, note in enumerate(notes):
        bar = draft.clock.bar_at(note.beat)
        own = TAKE_SHARE * (note.weight - means.get((note.role, bar.index), note.weight))
        loud = base[index] + ROLE_LEVEL[note.role] + own
        if note.final:
            loud += 10.0 if note.accent else 2.0
        else:
            loud += arc[index] + metric_accent(note.beat - bar.beat, bar.beats) + chance[index]
        note.weight = max(loudest(loud) * note.softness, SOFTEST)


def loudest(level: float) -> float:
    """A level as a velocity: what rises above `KNEE` comes ever less near to `CEILING`, so that the loudest
    music still has its accents."""
    room = CEILING - KNEE
    return level if level <= KNEE else KNEE + room * (1.0 - math.exp(-(level - KNEE) / room))


def metric_accent(in_bar: float, bar_beats: float) -> float:
    """Loudness by place in the bar: first beat, half bar, beats, the rest."""
    if in_bar < 0.01:
        return 4.0
    if abs(in_bar - bar_beats / 2) < 0.01:
        return 2.0
    return 0.5 if abs(in_bar - round(in_bar)) < 0.01 else -2.0


def _bar_means(draft: CueDraft) -> dict[tuple[RoleName, int], float]:
    sums: dict[tuple[RoleName, int], list[float]] = {}
    for note in draft.notes:
        total = sums.setdefault((note.role, draft.clock.bar_at(note.beat).index), [0.0, 0.0])
        total[0] += note.weight
        total[1] += 1.0
    return {place: total / count for place, (total, count) in sums.items()}
