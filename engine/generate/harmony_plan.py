"""Between a request and its harmony: what is asked of a take's chords, and they on the request's grid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.chord_events import SLOT_STEPS
from engine.generate.form import PLANS, returning_bars
from engine.generate.harmony_events import PHRASE, Brief
from engine.generate.metre import model_bars
from engine.generate.request import Chord, Request
from engine.generate.turned import base_of
from engine.music.theory import QUALITIES


@dataclass(frozen=True, slots=True)
class FormBar:
    """Where a bar stands: section letter, phrase and bar in the phrase from 0, the bar whose chords it
    repeats."""

    section: str
    phrase: int
    bar: int
    repeat_of: int | None


@dataclass(frozen=True, slots=True)
class HarmonyPlan:
    """Chords of one take, absolute, and the form they follow, a `FormBar` for each bar of the request's
    grid."""

    chords: tuple[Chord, ...]
    form: tuple[FormBar, ...]


def request_brief(request: Request, take: int) -> Brief:
    """The brief of one take of a request, on the grid of model bars (`metre`)."""
    parts = model_bars(request.meter, request.bars)
    intents = [request.intents[part.bar] for part in parts]
    return Brief(
        np.array([part.meter for part in parts], dtype=np.int64),
        request.key.mode == "minor",
        request.style,
        np.array([intent.tension for intent in intents], dtype=np.float64),
        np.array([intent.harmonic_rhythm for intent in intents], dtype=np.float64),
        returning_bars(len(parts)),
        request.closing,
        request.loop,
        np.random.default_rng(np.random.SeedSequence([request.seed % 2**64, base_of(take), 0x4841524D])),
    )


def as_plan(request: Request, table: npt.NDArray[np.int8]) -> HarmonyPlan:
    """Relative chords by slot [M, 4, 3] as absolute chords on the request's grid, equal neighbours joined."""
    parts = model_bars(request.meter, request.bars)
    spans: list[list[int]] = []  # start, steps, root, quality, bass
    start = 0
    for part, row in zip(parts, table.tolist(), strict=True):
        size = SLOT_STEPS[part.meter]
        for slot in range(-(-part.steps // size)):
            steps = min(size, part.steps - slot * size)
            if spans and spans[-1][2:] == row[slot]:
                spans[-1][1] += steps
            else:
                spans.append([start + slot * size, steps, *row[slot]])
        start += part.steps
    tonic = request.key.tonic
    chords = tuple(
        Chord(at, steps, (root + tonic) % 12, QUALITIES[quality], (bass + tonic) % 12)
        for at, steps, root, quality, bass in spans
    )
    origin = returning_bars(len(parts))
    if request.closing or request.loop:
        origin[-2:] = -1
    phrases = -(-len(parts) // PHRASE)
    letters = PLANS[phrases] if phrases in PLANS else (PLANS[8] * (phrases // 8 + 1))[:phrases]
    form = tuple(
        FormBar(
            letters[bar // PHRASE], bar // PHRASE, bar % PHRASE, origin[bar] if origin[bar] >= 0 else None
        )
        for bar in range(len(parts))
    )
    return HarmonyPlan(chords, form)
