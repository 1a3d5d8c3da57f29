"""Writing lines: melody, then counter-melody and bass, event by event over whole takes, several at once.

Takes are written in groups of one size (filled up), each with random numbers of its own: what a take
becomes does not depend on the others. Rules, not learnt: pitches stay in the role's range and, in
pentatonic styles, in the scale; tones outside the chord are handicapped on strong beats, the more the
calmer the bar (`Sampling.nudge`); rests end at bar lines; no note sounds into a bar in which its line does
not play; given notes (motifs) are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.cadence import PENTATONIC
from engine.generate.chord_features import SLOT_OF_STEP
from engine.generate.grid import STEPS
from engine.generate.lines.conditions import BarTable, Led, event_features
from engine.generate.lines.events import (
    LONGEST,
    LOWEST,
    NOTHING,
    PITCHES,
    REST,
    ROLE_SPECS,
)
from engine.generate.lines.open_line import LinePlan, OpenLine
from engine.generate.lines.returns import shifted
from engine.generate.lines.writer import Heard, LineWriter

Ints = npt.NDArray[np.int64]

GROUP = 4
"""Takes written at once, always this many: two groups keep two cores busy."""

WEAK_BEAT = 0.5
"""Of that, what counts on beats that are not strong."""

_CLASSES = (np.arange(PITCHES) + LOWEST) % 12
_OCTAVES = (np.arange(PITCHES) + LOWEST - np.array([[69], [62], [43]])) / 12.0
"""Octaves above the middle of each line [3, 69]."""
_DOUBLINGS = np.log2(np.arange(1, LONGEST + 1))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How events are drawn: temperatures, and the share that the likeliest make up which are drawn from. A
    narrow share of durations loses dotted rhythms: each begins as an unlikely one."""

    pitch_temperature: float = 0.92
    steps_temperature: float = 1.0
    pitch_nucleus: float = 0.98
    steps_nucleus: float = 0.998
    rest_bias: float = -0.35
    """Added to the logit of the melody's rest: brings rests to their share in real lines."""
    led_rest_bias: tuple[float, float] = (-0.35, -0.35)
    """The same for counter-melody and bass."""
    repeat_bias: float = 0.0
    """Added to the logit of the melody's last pitch: brings repeated notes to their share in real lines."""
    nudge: tuple[float, float] = (1.4, -0.4)
    """Logits taken from tones outside the chord on strong beats, in the calmest and in the tensest bars: the
    tune on the beat agrees with its chord about as often as in real music, and tension can be heard."""
    lean: tuple[float, float] = (0.0, 0.0)
    """Logits an octave of height, where the highest register is asked rather than the lowest, and taken a
    doubling of length, where the greatest density is: what the writer was told, it leans to once more."""


def write_lines(
    writer: LineWriter, plans: Sequence[LinePlan], sampling: Sampling, roles: Sequence[int] = (0, 1, 2)
) -> list[npt.NDArray[np.uint8]]:
    """Tokens uint8 [3, M, 16] of every plan, as in `grid`; lines not asked for stay silent."""
    result = []
    for first in range(0, len(plans), GROUP):
        some = list(plans[first : first + GROUP])
        filled = some + [some[0]] * (GROUP - len(some))
        result += _write_group(writer, filled, sampling, roles)[: len(some)]
    return result


def _write_group(
    writer: LineWriter, plans: Sequence[LinePlan], sampling: Sampling, roles: Sequence[int]
) -> list[npt.NDArray[np.uint8]]:
    """The lines of one group: the melodies, then counter-melodies and basses side by side, which both follow
    the melody alone."""
    tokens = [np.zeros((3, len(plan), STEPS), np.uint8) for plan in plans]
    melodies: list[OpenLine | None] = [None] * len(plans)
    for together in ([0], [1, 2]):
        lines = [
            _line(plan, role, melody)
            for role in together
            if role in roles
            for plan, melody in zip(plans, melodies, strict=True)
        ]
        if lines:
            _write_together(writer, lines, sampling)
        for number, line in enumerate(lines):
            tokens[number % len(plans)][line.role] = line.tokens
        if together == [0] and lines:
            melodies = list(lines)
    return tokens


def _write_together(writer: LineWriter, lines: Sequence[OpenLine], sampling: Sampling) -> None:
    """Writes lines to their ends, one event of each at a time."""
    device = writer.pitch.weight.device
    offset = np.cumsum([0] + [len(line.plan) for line in lines[:-1]])
    role = np.array([line.role for line in lines])
    cache = writer.start()
    table = _joined([line.plan.table if line.role == 0 else line.plan.support for line in lines])
    allowed = np.stack([_allowed(line.plan, line.role) for line in lines])
    allowed[:, REST] += np.array([sampling.rest_bias, *sampling.led_rest_bias])[role]
    bent = torch.from_numpy(allowed).to(device)
    with torch.no_grad():
        while not all(line.done for line in lines):
            row = np.array([min(line.row, len(line.plan) - 1) for line in lines])
            step = np.array([0 if line.done else line.step for line in lines])
            led = _led(lines, row, step)
            features = event_features(table, row + offset, step, role, led)
            heard = _heard(lines, features, led, row, step, device)
            state = writer.advance(heard, cache)
            agreeing = torch.from_numpy(_agreement(lines, row, step, sampling)).to(device)
            _choose(writer, lines, state, bent + agreeing, sampling)


def _line(plan: LinePlan, role: int, melody: OpenLine | None) -> OpenLine:
    rng = np.random.default_rng(np.random.SeedSequence([*plan.seed, role]))
    return OpenLine(plan, role, melody, rng.random(2 * STEPS * max(1, len(plan))))


def _choose(
    writer: LineWriter, lines: Sequence[OpenLine], state: Tensor, allowed: Tensor, sampling: Sampling
) -> None:
    """Draws the next event of every line that goes on."""
    anchor = torch.tensor([line.anchor for line in lines], device=state.device)
    minor = torch.tensor([bool(line.plan.table.minor[0]) for line in lines], device=state.device)
    logits = (writer.pitch_logits(state, anchor, minor) + allowed).cpu().double().numpy()
    forced = [None if line.done else line.forced() for line in lines]
    pitch = np.zeros(len(lines), np.int64)
    for number, line in enumerate(lines):
        given = forced[number]
        if given is not None:
            pitch[number] = given[0]
        elif not line.done:
            pitch[number] = drawn(
                logits[number], line.draw(), sampling.pitch_temperature, sampling.pitch_nucleus
            )
    durations = writer.steps_logits(state, torch.from_numpy(pitch).to(state.device)).cpu().double().numpy()
    for number, line in enumerate(lines):
        given = forced[number]
        if line.done:
            continue
        if given is not None:
            line.write(*given)
            continue
        most = line.bar_left() if pitch[number] == REST else line.room()
        weights = durations[number].copy()
        weights[most:] = -np.inf
        density = float(line.plan.support.asked[min(line.row, len(line.plan) - 1), 0])
        weights -= sampling.lean[1] * (density - 0.5) * _DOUBLINGS
        steps = 1 + drawn(weights, line.draw(), sampling.steps_temperature, sampling.steps_nucleus)
        line.write(int(pitch[number]), steps)


def drawn(logits: npt.NDArray[np.float64], chance: float, temperature: float, nucleus: float) -> int:
    """An index drawn by `chance` 0…1 from the likeliest that make up the share `nucleus` at this
    temperature."""
    scaled = (logits - logits.max()) / max(temperature, 1e-6)
    share = np.exp(scaled)
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    total = np.cumsum(share[order])
    kept = int(np.searchsorted(total, nucleus)) + 1
    place = int(np.searchsorted(total[:kept] / total[min(kept, len(total)) - 1], chance, side="right"))
    return int(order[min(place, kept - 1)])


def _allowed(plan: LinePlan, role: int) -> npt.NDArray[np.float32]:
    """Added to the logits of each pitch and the rest [69]."""
    spec = ROLE_SPECS[role]
    pitches = np.arange(PITCHES) + LOWEST
    outside = (pitches < spec.low) | (pitches > spec.high)
    if plan.pentatonic:
        outside |= ~np.isin(pitches % 12, PENTATONIC[bool(plan.table.minor[0])])
    return np.append(np.where(outside, -1e9, 0.0), 0.0).astype(np.float32)


def _agreement(
    lines: Sequence[OpenLine], row: Ints, step: Ints, sampling: Sampling
) -> npt.NDArray[np.float32]:
    """What the chord under each line's next event, and the note before it, add to the logits [lines, 69]."""
    added = np.zeros((len(lines), PITCHES + 1), np.float32)
    calm, tense = sampling.nudge
    for number, line in enumerate(lines):
        place, here = int(step[number]), int(row[number])
        asked = line.plan.support.asked[here]
        added[number, :PITCHES] += sampling.lean[0] * (float(asked[1]) - 0.5) * _OCTAVES[line.role]
        if line.role == 0 and line.anchor < PITCHES:
            added[number, line.anchor] += sampling.repeat_bias
        meter = int(line.plan.table.meter[here])
        beat = 6 if meter == 2 else 4
        if line.done or place % beat:
            continue
        strong = 1.0 if place == 0 or (meter == 0 and place == 8) else WEAK_BEAT
        chord = line.plan.table.slots[here, SLOT_OF_STEP[meter, place], :12]
        if chord.any():
            taken = calm + (tense - calm) * float(asked[2])
            added[number, :PITCHES] -= np.where(chord[_CLASSES] > 0, 0.0, taken * strong)
    return added


def _led(lines: Sequence[OpenLine], row: Ints, step: Ints) -> Led:
    count = len(lines)
    pitch, following, other = (np.full(count, NOTHING) for _ in range(3))
    onset, other_onset, soon = (np.zeros(count, np.bool_) for _ in range(3))
    left, by = np.zeros(count, np.int64), np.zeros(count, np.int64)
    minor = np.zeros(count, np.bool_)
    for number, line in enumerate(lines):
        if line.done:
            continue
        here, place = int(row[number]), int(step[number])
        source = int(line.plan.source[line.role, here])
        minor[number] = line.plan.table.minor[here]
        if source >= 0 and place < line.plan.steps[source]:
            pitch[number] = line.pitch[source, place]
            onset[number] = line.onset[source, place]
            left[number] = line.left[source, place]
            following[number] = line.following[source, place]
            by[number] = line.plan.shift[line.role, here]
        melody = line.melody
        if melody is not None:
            other[number] = melody.pitch[here, place]
            other_onset[number] = melody.onset[here, place]
            soon[number] = melody.onset[here, place + 1 : min(place + 5, STEPS)].any()
    return Led(_moved(pitch, by, minor), onset, left, _moved(following, by, minor), other, other_onset, soon)


def _moved(pitch: Ints, by: Ints, minor: npt.NDArray[np.bool_]) -> Ints:
    if not by.any():
        return pitch
    heights = np.clip(shifted(np.minimum(pitch, PITCHES - 1) + LOWEST, by, minor) - LOWEST, 0, PITCHES - 1)
    return np.where((pitch < PITCHES) & (by != 0), heights, pitch)


def _heard(
    lines: Sequence[OpenLine],
    features: npt.NDArray[np.float32],
    led: Led,
    row: Ints,
    step: Ints,
    device: torch.device,
) -> Heard:
    time = np.array([line.time[r] + s for line, r, s in zip(lines, row, step, strict=True)], np.float32)

    def one(values: "npt.NDArray[np.generic] | list[int] | list[list[int]]") -> Tensor:
        return torch.from_numpy(np.asarray(values)).unsqueeze(1).to(device)

    return Heard(
        one(features),
        one([line.before_pitch for line in lines]),
        one([line.before_steps for line in lines]),
        one(led.pitch),
        one(led.next_pitch),
        one(led.other),
        one(time),
        one([line.intervals for line in lines]),
        one([line.durations for line in lines]),
        one([line.anchor for line in lines]),
    )


def _joined(tables: Sequence[BarTable]) -> BarTable:
    """Tables behind each other, each a run of its own."""
    by_line = ("playing", "how", "gist")
    columns = [
        np.concatenate([getattr(t, name) for t in tables], 1 if name in by_line else 0)
        for name in BarTable.__slots__
    ]
    runs = np.repeat(np.arange(len(tables)), [len(t) for t in tables])
    return replace(BarTable(*columns), run=runs)
