"""Measures of whole takes, through the door that the product uses: control by intent, styles, motifs, speed.

Harmony, form and phrase shapes are the generator's own here, nothing is borrowed from real phrases.
"""

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from dsl.plan import Key, Meter
from engine.generate.grid import SPECS, from_notes
from engine.generate.request import MotifPlacement, Request, Take
from engine.generate.sampling import Generator
from engine.music.descriptors import CONDITIONS, conditions
from engine.music.intent import Intent
from engine.music.theory import QUALITIES
from engine.train.music.measures import PhraseSet, descriptors_of, measure
from engine.train.music.tensors import STYLES

NEUTRAL = Intent(0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 90.0)


def requests(count: int, seed: int, styles: tuple[str, ...] = STYLES, bars: int = 8) -> list[Request]:
    """Phrases in 4/4 with intents drawn evenly, styles in turn."""
    rng = np.random.default_rng(seed)
    result = []
    for number in range(count):
        tension, density, register, rhythm = rng.random(4).tolist()
        minor = bool(rng.random() < 0.5)
        intent = replace(
            NEUTRAL,
            tension=tension,
            density=density,
            register=register,
            harmonic_rhythm=rhythm,
            mode=-0.8 if minor else 0.8,
        )
        key = Key(0, "minor" if minor else "major", "C")
        style = styles[number % len(styles)]
        result.append(Request(bars, Meter(4, 4), key, style, (intent,) * bars, seed + number))
    return result


def phrase_set(asked: list[Request], takes: list[Take]) -> PhraseSet:
    """Takes of equal length (a multiple of eight bars of 4/4, tonic C) as measurable phrases."""
    parts = []
    chords = []
    for request, take in zip(asked, takes, strict=True):
        rows = [
            (note.start, note.start + note.steps, note.pitch, index)
            for index, spec in enumerate(SPECS)
            for note in take.roles.get(spec.name, ())
        ]
        start, end, pitch, role = np.array(rows, np.int64).reshape(-1, 4).T
        parts.append(from_notes(start, end, pitch, role, np.full(request.bars, 16)))
        chords.append(chord_slots(take, request.bars))
    asked_roles = np.concatenate([part.present for part in parts])
    bars = sum(request.bars for request in asked)
    return PhraseSet(
        np.concatenate([part.tokens for part in parts], 1),
        np.concatenate([part.onsets for part in parts], 1),
        np.concatenate([part.sounds for part in parts], 1),
        asked_roles,
        np.concatenate(chords),
        np.zeros(bars, np.int64),
        np.repeat([request.key.mode == "minor" for request in asked], [request.bars for request in asked]),
    )


def chord_slots(take: Take, bars: int) -> npt.NDArray[np.int8]:
    """A take's chords [bars, 4, 3] by quarter, relative to C."""
    slots = np.zeros((bars * 4, 3), np.int8)
    for chord in take.chords:
        slots[chord.start // 4 : -(-(chord.start + chord.steps) // 4)] = (
            chord.root,
            QUALITIES.index(chord.quality),
            chord.bass,
        )
    return slots.reshape(bars, 4, 3)


def control_by_intent(generator: Generator, count: int = 240, seed: int = 77) -> dict[str, float]:
    """Rank correlation of the asked intent with what the takes measure, phrase by phrase, and the usual
    measures."""
    asked = requests(count, seed)
    takes = [takes[0] for takes in generator.compose(asked, [1])]
    phrases = phrase_set(asked, takes)
    heard = conditions(descriptors_of(phrases)).reshape(count, 8, -1).mean(1)
    figures = measure(phrases)
    for name in ("density", "register", "tension", "harmonic_rhythm", "mode"):
        wanted = [getattr(request.intents[0], name) for request in asked]
        figures[f"control ρ, {name}"] = float(spearmanr(wanted, heard[:, CONDITIONS.index(name)]).statistic)
    return figures


def contour(take: Take, start: int, steps: int) -> npt.NDArray[np.float64]:
    """The melody's pitch at each step of a stretch, held through rests, without its mean [steps]."""
    line = np.full(steps, np.nan)
    for note in take.roles["melody"]:
        first, last = note.start - start, note.start + note.steps - start
        if last > 0 and first < steps:
            line[max(0, first) : last] = note.pitch
    known = np.flatnonzero(~np.isnan(line))
    if len(known) == 0:
        return np.zeros(steps)
    filled = np.interp(np.arange(steps), known, line[known])
    result: npt.NDArray[np.float64] = filled - filled.mean()
    return result


def contour_similarity(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """Correlation of two contours, 0 where one does not move."""
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale > 0 else 0.0


def motif_recognition(generator: Generator, motifs: int = 24, seed: int = 900) -> dict[str, float]:
    """How a motif by seed is known again under other moods, chords, keys' modes and styles: contour likeness
    of two appearances against that of two takes without it, and the chance that the motif's is the greater
    (AUC)."""
    rng = np.random.default_rng(seed)
    plain = requests(motifs * 4, seed, bars=8)
    asked = []
    for number, request in enumerate(plain):
        motif = MotifPlacement(int(rng.integers(0, 2)) * 4, "m", seed=number // 4)
        asked.append(replace(request, motifs=(motif,)))
    with_motif = [takes[0] for takes in generator.compose(asked, [1])]
    without = [takes[0] for takes in generator.compose(plain, [2])]
    heard = [
        contour(take, request.motifs[0].bar * 16, 32) for take, request in zip(with_motif, asked, strict=True)
    ]
    other = [contour(take, 0, 32) for take in without]
    same, different = [], []
    for group in range(motifs):
        mine = range(group * 4, group * 4 + 4)
        same += [contour_similarity(heard[i], heard[j]) for i in mine for j in mine if i < j]
        different += [contour_similarity(heard[i], other[j]) for i in mine for j in mine]
    above = np.mean([s > d for s in same for d in different])
    return {
        "motif likeness": float(np.mean(same)),
        "unrelated likeness": float(np.mean(different)),
        "motif recognised (AUC)": float(above),
    }


def speed(generator: Generator, phrases: int = 64, seed: int = 40) -> float:
    """Bars of all roles a second, plan to notes, in a batch of so many phrases: the best of three."""
    asked = requests(phrases, seed)
    generator.compose(asked[:8], [1])
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        generator.compose(asked, [1])
        best = max(best, phrases * 8 / (time.perf_counter() - begun))
    return best
