"""Motifs developed: after its first entry a theme comes back in phrases of the cue that were to be new.

A rule, not learnt: which phrases, and in what turn. The first such phrase takes the theme up on another
degree (sequence), the next answers it in its rhythm, the next has it in notes twice as long; then from the
start. What the notes of a sequence and an answer become the line writer decides, who hears the theme at their
place; lengthened notes are given. No more than every other phrase is taken, and none that brings back
something else. Where the learnt form itself brings the theme's bars back, that counts as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.generate.chord_features import SLOT_OF_STEP
from engine.generate.grid import FIRST_PITCH, HOLD, METER_STEPS, REST, STEPS
from engine.generate.lines.events import ROLE_SPECS
from engine.generate.lines.form_model import FormPlan
from engine.generate.lines.returns import How, shifted

Ints = npt.NDArray[np.int64]
Tokens = npt.NDArray[np.uint8]
Treatment = Literal["same", "varied", "sequence", "answer", "lengthened"]

TREATMENTS: Final[tuple[Treatment, ...]] = ("sequence", "answer", "lengthened")
HEAD_BARS: Final = 2
"""Bars of a theme that are developed: its head, by which it is known."""
FARTHEST: Final = 4
"""Scale degrees by which a theme is moved at the most."""
FEWEST_NOTES: Final = 3
"""A head of fewer notes is no theme to be known by."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme where it is heard first: model bars `first` … `end` − 1."""

    name: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Development:
    """A theme taken up again from model bar `bar` on, `bars` long."""

    name: str
    bar: int
    bars: int
    how: Treatment


@dataclass(frozen=True, slots=True)
class Developed:
    """The melody's form with its developments, and melody bars that are given for it: `given` tokens [M, 16]
    where `fixed` [M]."""

    form: FormPlan
    given: Tokens
    fixed: npt.NDArray[np.bool_]
    developments: tuple[Development, ...]


def developed(
    form: FormPlan,
    themes: Sequence[Theme],
    given: Tokens,
    fixed: npt.NDArray[np.bool_],
    playing: npt.NDArray[np.bool_],
    meter: Ints,
    minor: bool,
    slots: npt.NDArray[np.uint8],
) -> Developed:
    """Takes up the `themes` in free phrases. `given` tokens [M, 16] of the melody bars `fixed` [M] (the
    themes among them), `playing` bool [M], `meter` int [M], `slots` chord features [M, 4, 37]."""
    how, source, shift = form.how.copy(), form.source.copy(), form.shift.copy()
    given, fixed = given.copy(), fixed.copy()
    found: list[Development] = []
    opens = [*np.flatnonzero(form.begins).tolist(), len(form)]
    turn, rested = 0, True
    for begin, close in pairwise(opens):
        theme = _latest(themes, begin)
        if theme is None:
            continue
        if fixed[begin:close].any() or not rested:
            rested = True
            continue
        treatment = TREATMENTS[turn % len(TREATMENTS)]
        head = _head(theme, given, meter)
        stretch = 2 if treatment == "lengthened" else 1
        bars = head * stretch
        here = slice(begin, begin + bars)
        taken = np.isin(how[here], (How.SAME, How.VARIED, How.SEQUENCE)).any()
        if not head or bars > close - begin or taken or not playing[here].all():
            continue
        if (meter[here] != meter[theme.first]).any():
            continue
        own = given[theme.first : theme.first + head]
        wide = _lengthened(own, int(meter[theme.first])) if treatment == "lengthened" else own
        by = _best_shift(wide, meter[here], minor, slots[here], treatment != "lengthened")
        if treatment == "lengthened":
            given[here] = _moved(wide, by, minor)
            fixed[here] = True
            how[here], source[here], shift[here] = How.NEW, -1, 0
        else:
            how[here] = How.SEQUENCE if treatment == "sequence" else How.RHYTHM
            source[here] = np.arange(theme.first, theme.first + head)
            shift[here] = by if treatment == "sequence" else 0
        found.append(Development(theme.name, begin, bars, treatment))
        turn, rested = turn + 1, False
    found += _brought_back(form, themes, fixed)
    grown = FormPlan(form.begins, source, how, shift)
    return Developed(grown, given, fixed, tuple(sorted(found, key=lambda each: each.bar)))


_TREATMENT_OF: Final[dict[int, Treatment]] = {
    How.SAME: "same",
    How.VARIED: "varied",
    How.SEQUENCE: "sequence",
    How.RHYTHM: "answer",
}


def _brought_back(form: FormPlan, themes: Sequence[Theme], fixed: npt.NDArray[np.bool_]) -> list[Development]:
    """Where the learnt form brings a theme's head back from its first bar on."""
    found = []
    for theme in themes:
        for bar in np.flatnonzero((form.source == theme.first) & ~fixed).tolist():
            bars = 1
            while (
                bars < theme.end - theme.first
                and bar + bars < len(form)
                and form.source[bar + bars] == theme.first + bars
                and not fixed[bar + bars]
            ):
                bars += 1
            loosest = max(form.how[bar : bar + bars].tolist())
            found.append(Development(theme.name, bar, bars, _TREATMENT_OF[loosest]))
    return found


def _latest(themes: Sequence[Theme], bar: int) -> Theme | None:
    """The theme that ended last before a bar."""
    ended = [theme for theme in themes if theme.end <= bar]
    return max(ended, key=lambda theme: theme.end, default=None)


def _head(theme: Theme, given: Tokens, meter: Ints) -> int:
    """Bars of the theme's head, 0 where it has too few notes or its metre changes."""
    bars = min(HEAD_BARS, theme.end - theme.first)
    here = slice(theme.first, theme.first + bars)
    enough = (given[here] >= FIRST_PITCH).sum() >= FEWEST_NOTES
    return bars if enough and (meter[here] == meter[theme.first]).all() else 0


def _lengthened(tokens: Tokens, meter: int) -> Tokens:
    """Bars [n, 16] in notes twice as long: [2n, 16]."""
    size = METER_STEPS[meter]
    flat = tokens[:, :size].reshape(-1)
    wide = np.repeat(flat, 2)
    wide[1::2] = np.where(flat >= FIRST_PITCH, HOLD, flat)
    result = np.full((2 * len(tokens), STEPS), REST, np.uint8)
    result[:, :size] = wide.reshape(-1, size)
    return result


def _moved(tokens: Tokens, by: int, minor: bool) -> Tokens:
    """Melody tokens [n, 16] moved by scale degrees."""
    spec = ROLE_SPECS[0]
    note = tokens >= FIRST_PITCH
    pitch = tokens.astype(np.int64) - FIRST_PITCH + spec.low
    pitch = shifted(pitch, np.full_like(pitch, by), np.full(pitch.shape, minor))
    return np.where(note, np.clip(pitch, spec.low, spec.high) - spec.low + FIRST_PITCH, tokens).astype(
        np.uint8
    )


def _best_shift(tokens: Tokens, meter: Ints, minor: bool, slots: npt.NDArray[np.uint8], move: bool) -> int:
    """The move in scale degrees after which most of what sounds is in the chords under it, the smallest of
    equals; never none where it must `move`."""
    spec = ROLE_SPECS[0]
    bar, step = np.nonzero(tokens >= FIRST_PITCH)
    sounding = tokens[bar, step].astype(np.int64) - FIRST_PITCH + spec.low
    chord = slots[bar, SLOT_OF_STEP[meter[bar], step], :12]
    weight = np.where(step == 0, 2.0, np.where(step % 4 == 0, 1.5, 1.0))
    best, chosen = -np.inf, 0
    for by in sorted(range(-FARTHEST, FARTHEST + 1), key=abs):
        if move and by == 0:
            continue
        pitch = shifted(sounding, np.full_like(sounding, by), np.full(sounding.shape, minor))
        if (pitch < spec.low).any() or (pitch > spec.high).any():
            continue
        agree = float((weight * chord[np.arange(len(bar)), pitch % 12]).sum() / weight.sum())
        if agree - 0.02 * abs(by) > best + 1e-9:
            best, chosen = agree - 0.02 * abs(by), by
    return chosen
