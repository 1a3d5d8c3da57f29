"""How much of what is heard in a cue each parameter carries: that one is brought to what a neutral cue of the
style has (the mode to its parallel, since it has no middle), nothing else is changed, and the recogniser
listens again.

Shares need not add up: parameters work together (a slow cue is also a quiet one), and what carries nothing
by itself may carry much with another. `together` tells what all of them do at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.match.performed import performed_cue
from engine.music.score import Score
from engine.report import Feeling
from engine.teach.altering import altered
from engine.teach.parameters import PARAMETERS, ParameterName, measured, neutral_of, value_of

if TYPE_CHECKING:
    from engine.match.note_recogniser import NoteRecogniser

SAME: Final[dict[ParameterName, float]] = {
    "mode": 0.5, "tempo": 1.0, "register": 0.5, "density": 0.05, "dynamics": 1.0, "articulation": 0.01,
    "dissonance": 0.005, "percussion": 0.02,
}  # fmt: skip
"""A parameter nearer to its neutral value than this is not changed: nobody hears it."""
LEAST_EFFECT: Final = 0.01
"""Shares are told where the effects add up to at least this."""


@dataclass(frozen=True, slots=True)
class ParameterShare:
    """A parameter's `value` in the cue and `neutral` in a neutral one, in the units of `PARAMETERS`;
    `effect`: what is heard in the cue less what is heard with the neutral value, −2…2 each; `share`: of the
    sizes of all effects, 0…1 each. `reached`: the value that these notes could be brought to. Both are None
    where they could not be brought nearer to the neutral one at all (more dissonance, more drums): then
    nothing is known."""

    name: ParameterName
    value: float
    neutral: float
    effect: Feeling | None
    share: Feeling | None
    reached: float


@dataclass(frozen=True, slots=True)
class HeardShares:
    """What is heard in a cue (valence, arousal −1…1, confidence 0…1), what each parameter carries of it, the
    strongest first, and what all of them carry at once."""

    heard: Feeling
    confidence: float
    parameters: tuple[ParameterShare, ...]
    together: Feeling


def heard_shares(score: Score, recogniser: "NoteRecogniser") -> HeardShares | None:
    """The shares in a score of one cue; None where there is too little music to be heard as anything (fewer
    than four notes in every window). Raises WeightsError as `neutral_of`."""
    values = measured(score)
    style = score.cues[0].style
    neutral = dict(neutral_of(style))
    neutral["mode"] = -values.get("mode", 1.0)
    changed = {
        name: altered(score, name, neutral[name])
        for name in PARAMETERS
        if name in values and name in neutral and abs(values[name] - neutral[name]) >= SAME[name]
    }
    reached = {name: value_of(one, name) for name, one in changed.items()}
    stuck = {
        name
        for name, got in reached.items()
        if got is None or abs(values[name] - got) < 0.1 * abs(values[name] - neutral[name])
    }
    # The chords are needed by what is changed first; the mode, which takes them away, goes last.
    everything = score
    for name in (*(n for n in PARAMETERS if n != "mode"), "mode"):
        if name in changed:
            everything = altered(everything, name, neutral[name])
    scores = [score, everything, *changed.values()]
    plain, all_changed, *each = recogniser.hear([performed_cue(one, 0) for one in scores])
    if plain.confidence <= 0.0:
        return None
    effects = {
        name: Feeling(plain.valence - heard.valence, plain.arousal - heard.arousal)
        for name, heard in zip(changed, each, strict=True)
        if name not in stuck
    }
    totals = Feeling(
        sum(abs(effect.valence) for effect in effects.values()),
        sum(abs(effect.arousal) for effect in effects.values()),
    )
    found = []
    for name in PARAMETERS:
        if name not in values or name not in neutral:
            continue
        if name in stuck:
            found.append(ParameterShare(name, values[name], neutral[name], None, None, values[name]))
            continue
        effect = effects.get(name, Feeling(0.0, 0.0))
        share = Feeling(_part(effect.valence, totals.valence), _part(effect.arousal, totals.arousal))
        got = reached.get(name)
        found.append(
            ParameterShare(
                name, values[name], neutral[name], effect, share, values[name] if got is None else got
            )
        )
    found.sort(key=lambda one: (-_size(one.effect), one.name))
    together = Feeling(plain.valence - all_changed.valence, plain.arousal - all_changed.arousal)
    return HeardShares(Feeling(plain.valence, plain.arousal), plain.confidence, tuple(found), together)


def _size(effect: Feeling | None) -> float:
    return -1.0 if effect is None else effect.valence**2 + effect.arousal**2


def _part(effect: float, total: float) -> float:
    return abs(effect) / total if total >= LEAST_EFFECT else 0.0
