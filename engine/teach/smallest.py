"""The smallest changes that would make a cue happier, calmer or tenser, one kind each: how far this one thing
must go, what was predicted of it, and what was heard when it was done.

A trial step of each kind is heard first; the prediction goes on from it in a straight line to the aim (of the
mode, which has no middle, it is what other cues had), the change is made that far on the finished notes and
heard; where that falls short or goes too far, the line is drawn anew through what was heard, a few times at
the most.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from engine.match.performed import performed_cue
from engine.music.score import Score
from engine.report import Feeling
from engine.teach.altering import altered
from engine.teach.parameters import PARAMETERS, ParameterName, measured, value_of

if TYPE_CHECKING:
    from engine.match.note_recogniser import NoteRecogniser

Towards = Literal["happier", "calmer", "tenser"]
GOALS: Final[tuple[Towards, ...]] = get_args(Towards)
DIRECTION: Final[dict[Towards, Feeling]] = {
    "happier": Feeling(1.0, 0.0),
    "calmer": Feeling(0.0, -1.0),
    "tenser": Feeling(-math.sqrt(0.5), math.sqrt(0.5)),
}
"""Where each lies in the plane of valence and arousal: tense is unpleasant and excited at once."""

AIM: Final = 0.15
"""How far towards the goal counts as changed: about half the distance between what two neighbouring takes of
a cue are heard as."""
NEAR: Final = 0.05
"""A change within this of the aim is the one."""
TRIES: Final = 3
MODE_EFFECT: Final = (0.9, 0.0)
"""Valence and arousal that major has more than its parallel minor, median of 50 cues (`melodrama evaluate
shares`, engine/train/NOTES.md): what is predicted of the other mode, which cannot be gone half way."""
_TRIAL: Final[dict[ParameterName, float]] = {
    "tempo": 0.12, "register": 4.0, "density": 0.2, "dynamics": 12.0, "articulation": 0.2, "dissonance": 0.5,
    "percussion": 0.5,
}  # fmt: skip
"""A step that is heard to find the slope, as a share of the value, of register and dynamics absolute."""
_ABSOLUTE: Final = frozenset({"register", "dynamics"})
_ONLY_LESS: Final = frozenset({"dissonance", "percussion"})
_RANGE: Final[dict[ParameterName, tuple[float, float]]] = {
    "tempo": (40.0, 200.0), "register": (40.0, 86.0), "density": (0.5, 12.0), "dynamics": (20.0, 115.0),
    "articulation": (0.25, 1.05), "dissonance": (0.0, 1.0), "percussion": (0.0, 16.0),
}  # fmt: skip
_FARTHEST: Final[dict[ParameterName, float]] = {
    "tempo": 0.6, "register": 16.0, "density": 0.6, "dynamics": 40.0, "articulation": 0.7, "dissonance": 1.0,
    "percussion": 1.0,
}  # fmt: skip
"""How far a change may go, in the units of `_TRIAL`: beyond it the cue is another piece."""


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """`name` brought from `value` to `changed` goes towards a goal: `predicted` and `measured` are the
    changes of what is heard, −2…2 each. `reaches`: whether what was measured comes to the aim."""

    towards: Towards
    name: ParameterName
    value: float
    changed: float
    predicted: Feeling
    measured: Feeling
    reaches: bool


@dataclass(frozen=True, slots=True)
class _Trial:
    """A parameter brought to `value`: what was heard less what is heard in the cue as it is."""

    value: float
    effect: Feeling


def smallest_changes(score: Score, recogniser: "NoteRecogniser") -> tuple[SmallestChange, ...]:
    """For each goal the changes that lead there, those that reach the aim first, and of these the smallest
    steps first. A kind that leads the other way is left out; none where nothing can be heard."""
    values = measured(score)
    plain = recogniser.hear([performed_cue(score, 0)])[0]
    if plain.confidence <= 0.0:
        return ()
    at = Feeling(plain.valence, plain.arousal)
    trials = _trials(score, values, at, recogniser)
    found: list[SmallestChange] = []
    for goal in GOALS:
        own = [
            change
            for name, tried in trials.items()
            for change in (_smallest(score, name, values[name], tried, goal, at, recogniser),)
            if change is not None
        ]
        own.sort(key=lambda change: (not change.reaches, _size(change), change.name))
        found += own
    return tuple(found)


def _trials(
    score: Score, values: dict[ParameterName, float], at: Feeling, recogniser: "NoteRecogniser"
) -> dict[ParameterName, tuple[_Trial, ...]]:
    """Every kind a step down and up; the mode to its parallel, dissonance and percussion down alone."""
    asked: list[tuple[ParameterName, float]] = []
    for name in PARAMETERS:
        if name not in values:
            continue
        value = values[name]
        if name == "mode":
            asked.append((name, -value))
        elif value > 0.01:
            signs = (-1.0,) if name in _ONLY_LESS else (-1.0, 1.0)
            asked += [(name, _inside(name, value, _stepped(name, value, sign))) for sign in signs]
    changed = [altered(score, name, value) for name, value in asked]
    heard = recogniser.hear([performed_cue(one, 0) for one in changed])
    found: dict[ParameterName, list[_Trial]] = {}
    for (name, _), one, what in zip(asked, changed, heard, strict=True):
        reached = _reached(one, name, values[name])
        if reached is not None:
            trial = _Trial(reached, Feeling(what.valence - at.valence, what.arousal - at.arousal))
            found.setdefault(name, []).append(trial)
    return {name: tuple(trials) for name, trials in found.items()}


def _reached(score: Score, name: ParameterName, before: float) -> float | None:
    """What the parameter has come to; None where it has not moved."""
    value = value_of(score, name)
    return None if value is None or abs(value - before) < 1e-3 else value


def _stepped(name: ParameterName, value: float, sign: float) -> float:
    return value + sign * _TRIAL[name] * (1.0 if name in _ABSOLUTE else value)


def _inside(name: ParameterName, value: float, wanted: float) -> float:
    """A wanted value within the parameter's range and not too far from where it is."""
    low, high = _RANGE[name]
    far = _FARTHEST[name] * (1.0 if name in _ABSOLUTE else value)
    return max(min(max(wanted, low, value - far), high, value + far), 0.0)


def along(effect: Feeling, goal: Towards) -> float:
    """How far an effect goes towards a goal; 0 where it goes against what the word means: what calms is no
    tension, what saddens no calm, and what takes the life out of it is not happier."""
    if goal == "happier" and effect.arousal < -0.3:
        return 0.0
    if goal == "tenser" and (effect.arousal < -0.02 or effect.valence > 0.05):
        return 0.0
    if goal == "calmer" and effect.valence < -0.15:
        return 0.0
    direction = DIRECTION[goal]
    return effect.valence * direction.valence + effect.arousal * direction.arousal


def _smallest(
    score: Score,
    name: ParameterName,
    value: float,
    trials: Sequence[_Trial],
    goal: Towards,
    at: Feeling,
    recogniser: "NoteRecogniser",
) -> SmallestChange | None:
    """The smallest change of one kind towards a goal, or as far as it goes; None where it leads away."""
    best = max(trials, key=lambda trial: along(trial.effect, goal), default=None)
    if best is None or along(best.effect, goal) < 0.01:
        return None
    if name == "mode":  # nothing lies between
        usual = Feeling(*(sign * best.value for sign in MODE_EFFECT))
        if along(usual, goal) <= 0.0:
            return None  # heard here against what is usual: no advice
        reaches = along(best.effect, goal) >= AIM - NEAR
        return SmallestChange(goal, name, value, best.value, usual, best.effect, reaches)
    predicted: Feeling | None = None
    known = best
    for _ in range(TRIES):
        share = AIM / max(along(known.effect, goal), 1e-6)
        wanted = _inside(name, value, value + (known.value - value) * min(share, 6.0))
        step = (wanted - value) / (known.value - value)
        if predicted is None:
            predicted = Feeling(known.effect.valence * step, known.effect.arousal * step)
        changed = altered(score, name, wanted)
        reached = _reached(changed, name, value)
        if reached is None:
            break
        heard = recogniser.hear([performed_cue(changed, 0)])[0]
        tried = _Trial(reached, Feeling(heard.valence - at.valence, heard.arousal - at.arousal))
        if along(tried.effect, goal) < 0.01:
            break
        done = abs(along(tried.effect, goal) - AIM) <= NEAR
        known = tried
        if done or wanted in (_inside(name, value, -1e9), _inside(name, value, 1e9)):
            break
    reaches = along(known.effect, goal) >= AIM - NEAR
    return SmallestChange(goal, name, value, known.value, predicted or known.effect, known.effect, reaches)


def _size(change: SmallestChange) -> float:
    """How large a step is, in trial steps of its kind; the other mode counts as three."""
    if change.name not in _TRIAL:
        return 3.0
    unit = _TRIAL[change.name] * (1.0 if change.name in _ABSOLUTE else change.value)
    return abs(change.changed - change.value) / max(unit, 1e-9)
