"""What an emotion asks of music: an explicit, additive map from valence and arousal to `Intent`, tempo and
key.

Every entry is constant + slope·valence + slope·arousal + a small product term, then squashed into its range;
the coefficients stand in `mapping.json` beside this file. They come from the literature (mode > tempo >
register > dynamics > articulation > timbre: Eerola, Friberg & Bresin 2013) and were calibrated by ridge
regression on the per-bar ratings of VGMIDI; `engine.train.music.mapping` is the fit and says how. Directives
overrule single entries.
"""

import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from dsl.plan import Key, PlannedCue
from dsl.timing import Bar, bars_of
from engine.emotion.asked import Asked
from engine.emotion.transfer import Transfer, shipped_transfer
from engine.music.clock import SNAP_S, at_time, curve_at
from engine.music.intent import Intent
from engine.music.keys import fifths_apart, key_named, signature
from engine.music.palettes import style_palette
from engine.music.theme_key import PlacedTheme, key_for_themes

EmotionAt = Callable[[float], tuple[float, float]]
"""(valence, arousal), each −1…1, at a time in seconds from the start of the score."""

LOUDNESS_STRETCH = 1.2
"""How far the middle of dynamics is stretched; see `_loudness`."""

THINNER_UNDER_SPEECH, SOFTER_UNDER_SPEECH = 0.35, 0.18
"""What a bar that is wholly spoken (`@voice`) loses of the density and dynamics that its feeling has; what a
directive asks for stays."""
LOUDER_WHEN_TENSE = 0.2
"""What asked tension adds to dynamics for each unit above the tension that the feeling has by itself."""

TEMPO_SWING = 0.55
"""How far (natural log) a tempo can move from the middle: exp(4.43 ± .55) is 48–145 quarter notes a
minute."""

TEMPO_RANGE = (46.0, 168.0)

MODE_MARGIN = 0.12
"""How clearly (on the mode scale) a feeling must lean the other way before the key follows it."""

LEAST_BARS_IN_KEY = 4


@cache
def coefficients() -> Mapping[str, tuple[float, float, float, float]]:
    """(constant, valence, arousal, valence·arousal) by measure, as fitted."""
    table = json.loads(Path(__file__).with_name("mapping.json").read_text(encoding="utf-8"))
    return {name: tuple(entry["coefficients"]) for name, entry in table.items()}


def _linear(name: str, asked: Asked) -> float:
    constant, on_valence, on_arousal, on_both = coefficients()[name]
    v, a = (asked.valence, asked.arousal) if name == "log_tempo" else asked.clear
    return constant + on_valence * v + on_arousal * a + on_both * v * a


def _unit(value: float) -> float:
    """Into 0.03…0.97, straight in the middle and bending only near the ends."""
    return 0.5 + 0.47 * math.tanh((value - 0.5) / 0.47)


def _loudness(dynamics: float) -> float:
    """Expands the middle of the dynamics and keeps the ends: readings are mild, and cues at one level
    sound like one mood. Measured on rendered cues: from arousal −.3 to .3 some 11 dB in place of 7."""
    return 0.5 + 0.5 * math.tanh(LOUDNESS_STRETCH * (2.0 * dynamics - 1.0)) / math.tanh(LOUDNESS_STRETCH)


def tension_of(asked: Asked) -> float:
    """Harmonic tension 0…1 that suits an emotion."""
    return _unit(_linear("tension", asked))


def preferred_tempo(
    valence: float, arousal: float, style: str = "piano", transfer: Transfer | None = None
) -> float:
    """Quarter notes a minute that suit a cue of this mean emotion; slow for despair, quick for joy and rage
    alike. `transfer` is the shipped weights' where none is given, here and below. Raises WeightsError where
    that cannot be read."""
    constant = coefficients()["log_tempo"][0]
    lean = _linear("log_tempo", (transfer or shipped_transfer()).asked(valence, arousal)) - constant
    bpm = math.exp(constant + TEMPO_SWING * math.tanh(lean / TEMPO_SWING)) * style_palette(style).tempo
    return min(max(bpm, TEMPO_RANGE[0]), TEMPO_RANGE[1])


def intent_of(
    valence: float,
    arousal: float,
    tension: float | None = None,
    style: str = "piano",
    transfer: Transfer | None = None,
) -> Intent:
    """The intent of one emotion, nothing overruled. `valence` and `arousal` are clipped to −1…1. Raises
    WeightsError as `preferred_tempo`."""
    v, wanted = min(max(valence, -1.0), 1.0), min(max(arousal, -1.0), 1.0)
    asked = (transfer or shipped_transfer()).asked(v, wanted)
    return Intent(
        valence=v,
        arousal=wanted,
        tension=tension_of(asked) if tension is None else min(max(tension, 0.0), 1.0),
        mode=math.tanh(_linear("mode", asked)),
        density=_unit(_linear("density", asked)),
        register=_unit(_linear("register", asked)),
        harmonic_rhythm=_unit(_linear("harmonic_rhythm", asked)),
        dynamics=_loudness(_unit(_linear("dynamics", asked))),
        articulation=_unit(_linear("articulation", asked)),
        brightness=_unit(_linear("brightness", asked)),
        tempo_bpm=preferred_tempo(v, wanted, style, transfer),
    )


def intents_for(
    cue: PlannedCue,
    emotion_at: EmotionAt,
    keys: tuple[Key, ...] | None = None,
    tension_at: Callable[[float], float | None] | None = None,
    transfer: Transfer | None = None,
) -> tuple[Intent, ...]:
    """One intent a bar of `cue` under its tempo map; directives (dynamics, density, tension, register, key)
    overrule.

    `keys` holds the key of each bar (`keys_for`); without it only asked keys bind the mode. `tension_at` is a
    tension of the text's own, where there is one. Raises WeightsError as `preferred_tempo`.
    """
    used = transfer or shipped_transfer()
    return tuple(_bar_intent(cue, bar, emotion_at, keys, tension_at, used) for bar in bars_of(cue))


def _bar_intent(
    cue: PlannedCue,
    bar: Bar,
    emotion_at: EmotionAt,
    keys: tuple[Key, ...] | None,
    tension_at: Callable[[float], float | None] | None,
    transfer: Transfer,
) -> Intent:
    valence, arousal = _mean_emotion(emotion_at, bar.start_s, bar.end_s)
    at = (bar.start_s + bar.end_s) / 2
    tension = curve_at(cue.tension, at)
    if tension is None and tension_at is not None:
        tension = tension_at(at)
    natural = intent_of(valence, arousal, tension, at_time(cue.styles, at) or "piano", transfer)
    asked = at_time(cue.keys, bar.start_s + SNAP_S)
    key = asked or (keys[bar.index] if keys else None)
    register = curve_at(cue.register, at)
    density = curve_at(cue.density, at)
    dynamics = curve_at(cue.dynamics, at)
    span = max(bar.end_s - bar.start_s, 1e-6)
    spoken = _spoken_share(cue, bar.start_s, bar.end_s)
    natural = replace(
        natural,
        density=natural.density * (1.0 - THINNER_UNDER_SPEECH * spoken),
        dynamics=natural.dynamics * (1.0 - SOFTER_UNDER_SPEECH * spoken),
    )
    return Intent(
        valence=natural.valence,
        arousal=natural.arousal,
        tension=natural.tension,
        mode=_mode_in_key(natural.mode, key, asked is not None),
        density=natural.density if density is None else density,
        # The ends of the writer's scale are the corpus's usual extremes, not its very lowest and highest bar.
        register=natural.register if register is None else 0.06 + 0.88 * register,
        harmonic_rhythm=natural.harmonic_rhythm,
        dynamics=_tense(natural, tension, transfer) if dynamics is None else dynamics,
        articulation=natural.articulation,
        brightness=_brightness(natural.brightness, dynamics, curve_at(cue.brightness, at)),
        tempo_bpm=bar.beats * 60.0 / span,
    )


def _spoken_share(cue: PlannedCue, start_s: float, end_s: float) -> float:
    """How much of a time is spoken in a recording of the voice, 0…1. Where nothing is recorded somebody may
    read or not."""
    spoken = (
        min(line.end_s, end_s) - max(line.start_s, start_s)
        for line in cue.lines
        if line.confidence is not None and line.start_s < end_s and line.end_s > start_s
    )
    return min(sum(spoken) / max(end_s - start_s, 1e-6), 1.0)


def _tense(natural: Intent, tension: float | None, transfer: Transfer) -> float:
    """The feeling's dynamics, louder where more tension is asked than it has by itself."""
    if tension is None:
        return natural.dynamics
    own = tension_of(transfer.asked(natural.valence, natural.arousal))
    return min(max(natural.dynamics + LOUDER_WHEN_TENSE * (tension - own), 0.0), 1.0)


def _brightness(natural: float, dynamics: float | None, asked: float | None) -> float:
    if asked is not None:
        return asked
    return natural if dynamics is None else 0.6 * natural + 0.4 * dynamics


def _mode_in_key(mode: float, key: Key | None, asked: bool) -> float:
    if key is None:
        return mode
    least = 0.35 if asked else 0.15
    return max(mode, least) if key.mode == "major" else min(mode, -least)


def _mean_emotion(emotion_at: EmotionAt, start_s: float, end_s: float) -> tuple[float, float]:
    points = [emotion_at(start_s + (end_s - start_s) * x) for x in (0.1, 0.37, 0.63, 0.9)]
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def cue_emotion(cue: PlannedCue, emotion_at: EmotionAt, samples: int = 32) -> tuple[float, float]:
    """Mean valence and arousal over a cue, for its tempo and key."""
    span = cue.end_s - cue.start_s
    points = [emotion_at(cue.start_s + span * (k + 0.5) / samples) for k in range(samples)]
    return sum(p[0] for p in points) / samples, sum(p[1] for p in points) / samples


def choose_key(
    valence: float,
    arousal: float,
    seed: int,
    previous: Key | None = None,
    transfer: Transfer | None = None,
) -> Key:
    """The mode that the feeling asks for; the tonic from the seed, near the previous cue's key by fifths.

    With a cue before it, the same signature (the same key, or its relative) and the next ones round the
    circle of fifths are likeliest; without one, any key of at most four accidentals. Raises WeightsError as
    `preferred_tempo`.
    """
    felt = (transfer or shipped_transfer()).as_felt(valence, arousal)
    mode = "major" if math.tanh(_linear("mode", felt)) >= 0 else "minor"
    rng = np.random.default_rng((seed % 2**63, 0x6B65))
    keys = [key for key in (key_named(tonic, mode) for tonic in range(12)) if abs(signature(key)) <= 4]
    if previous is None:
        return keys[int(rng.integers(len(keys)))]
    home = signature(previous)
    weights = np.array([(0.5, 0.2, 0.05, 0.0)[min(fifths_apart(signature(key) - home), 3)] for key in keys])
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]


def keys_for(
    cue: PlannedCue,
    emotion_at: EmotionAt,
    seed: int,
    previous: Key | None = None,
    themes: Sequence[PlacedTheme] = (),
    transfer: Transfer | None = None,
) -> tuple[Key, ...]:
    """The key of every bar. Asked keys hold; elsewhere the cue's key, turning to its relative where the
    feeling crosses from dark to bright (or back) for at least `LEAST_BARS_IN_KEY` bars on either side.

    The key that it begins in suits the themes that enter before the first asked one. Raises WeightsError as
    `preferred_tempo`.
    """
    bars = bars_of(cue)
    used = transfer or shipped_transfer()
    asked = [at_time(cue.keys, bar.start_s + SNAP_S) for bar in bars]
    felt = [used.as_felt(*_mean_emotion(emotion_at, bar.start_s, bar.end_s)) for bar in bars]
    modes = _steady_modes([math.tanh(_linear("mode", one)) for one in felt])
    near = next((key for key in asked if key is not None), previous)
    free = frozenset(itertools.takewhile(lambda bar: asked[bar] is None, range(len(asked))))
    entering = [(theme.notes, theme.exact) for theme in themes if theme.bar in free]
    suited = key_for_themes(entering, modes[0], near) if entering else None
    opening = suited or choose_key(_valence_of(modes[0]), 0.0, seed, near, used)
    keys: list[Key] = []
    for wanted, mode in zip(asked, modes, strict=True):
        current = keys[-1] if keys else opening
        keys.append(wanted or _relative(current, mode))
    return tuple(keys)


def _valence_of(mode: str) -> float:
    return 0.5 if mode == "major" else -0.5


def _relative(key: Key, mode: str) -> Key:
    if key.mode == mode:
        return key
    return key_named(key.tonic + 3, "major") if mode == "major" else key_named(key.tonic - 3, "minor")


def _steady_modes(leans: list[float]) -> list[str]:
    """One mode a bar, changing only where the lean turns clearly and stays turned."""
    mean = sum(leans) / len(leans)
    opening = sum(leans[:LEAST_BARS_IN_KEY]) / len(leans[:LEAST_BARS_IN_KEY])
    first = opening if abs(opening) > MODE_MARGIN and len(leans) >= 2 * LEAST_BARS_IN_KEY else mean
    mode = "major" if first >= 0 else "minor"
    modes: list[str] = []
    held = 0
    for index, _ in enumerate(leans):
        ahead = leans[index : index + LEAST_BARS_IN_KEY]
        sign = 1.0 if mode == "major" else -1.0
        turned = len(ahead) == LEAST_BARS_IN_KEY and all(sign * lean < -MODE_MARGIN for lean in ahead)
        if turned and held >= LEAST_BARS_IN_KEY:
            mode, held = ("minor" if mode == "major" else "major"), 0
        modes.append(mode)
        held += 1
    return modes
