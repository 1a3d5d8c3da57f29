"""Decoded bars to takes: the notes of all jobs of a role at once, then cut into takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, RoleName
from engine.generate.chord_features import SLOT_OF_STEP
from engine.generate.grid import DRUM_PITCHES, HOLD, LINES, REST, SPECS, line_notes, set_notes
from engine.generate.request import Chord, GridNote, Request
from engine.generate.score_plan import TakePlan, tonic_shift
from engine.generate.touch import velocities
from engine.generate.writing import DecodedBars
from engine.music.theory import QUALITIES

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Written:
    """A take's plan with its request and number."""

    request: Request
    number: int
    plan: TakePlan


@dataclass(frozen=True, slots=True)
class _Timeline:
    """All takes behind each other in steps [S]: the bar (over all takes) and the step in it; `begins` [J + 1]
    where each take begins."""

    bar: Ints
    column: Ints
    begins: Ints


def notes_and_chords(
    written: Sequence[Written], decoded: DecodedBars
) -> list[tuple[tuple[Chord, ...], dict[RoleName, tuple[GridNote, ...]]]]:
    """Chords and notes by role of every take, whose bars follow each other in `decoded`."""
    steps = np.concatenate([w.plan.steps for w in written])
    bar = np.repeat(np.arange(len(steps)), steps)
    column = np.arange(len(bar)) - np.repeat(np.cumsum(steps) - steps, steps)
    begins = np.concatenate([[0], np.cumsum([int(w.plan.steps.sum()) for w in written])])
    line = _Timeline(bar, column, begins)
    dynamics = np.concatenate([w.plan.dynamics for w in written])
    meter = np.concatenate([w.plan.meter for w in written])
    roles: list[dict[RoleName, tuple[GridNote, ...]]] = [{} for _ in written]
    for index, role in enumerate(ROLES):
        playing = [role in w.request.roles for w in written]
        if not any(playing):
            continue
        cut = _role_notes(written, decoded, index, line, dynamics, meter)
        for take, plays in enumerate(playing):
            if plays:
                roles[take][role] = cut[take]
    chords = np.concatenate([w.plan.chords for w in written])
    slots = chords[bar, SLOT_OF_STEP[meter[bar], column]].astype(np.int64)
    return list(zip(_chords(written, slots, begins), roles, strict=True))


def _role_notes(
    written: Sequence[Written],
    decoded: DecodedBars,
    index: int,
    line: _Timeline,
    dynamics: npt.NDArray[np.float64],
    meter: Ints,
) -> list[tuple[GridNote, ...]]:
    """Notes of one role at sounding pitch with velocities, by start then pitch, for each take."""
    spec = SPECS[index]
    first = line.begins[:-1]
    if spec.line:
        tokens = decoded.tokens[LINES.index(index), line.bar, line.column]
        # Nothing sounds on from one take into the next.
        tokens[first] = np.where(tokens[first] == HOLD, REST, tokens[first])
        start, end, pitch = line_notes(tokens, spec.low)
    else:
        plane = 0 if spec.name == "chords" else 1
        on = decoded.onsets[plane, line.bar, line.column]
        sound = decoded.sounds[plane, line.bar, line.column]
        sound[first] = on[first]
        start, end, pitch = set_notes(on, sound, spec.low, spec.pitches)
    owner = np.searchsorted(line.begins, start, side="right") - 1
    end = np.minimum(end, line.begins[owner + 1])
    if spec.name == "drums":
        pitch = np.asarray(DRUM_PITCHES)[pitch]
        end = np.minimum(end, start + 2)
    else:
        shift = np.array([tonic_shift(w.request) for w in written])
        pitch = np.clip(pitch + shift[owner], 0, 127)
    at = start - line.begins[owner]
    number = np.array([w.number for w in written])[owner]
    chance = np.sin(12.9898 * at + 78.233 * pitch + number)
    bar = line.bar[start]
    level = velocities(spec.name, dynamics[bar], line.column[start], meter[bar], chance)
    order = np.lexsort((pitch, start))
    columns = [values[order].tolist() for values in (at, end - start, pitch, level)]
    notes = [GridNote(*each) for each in zip(*columns, strict=True)]
    edges = np.searchsorted(owner[order], np.arange(len(written) + 1)).tolist()
    return [tuple(notes[a:b]) for a, b in pairwise(edges)]


def _chords(written: Sequence[Written], slots: Ints, begins: Ints) -> list[tuple[Chord, ...]]:
    """The takes' harmony as spans at sounding pitch; equal neighbours are one. `slots` [S, 3] by step."""
    change = np.ones(len(slots), np.bool_)
    change[1:] = (slots[1:] != slots[:-1]).any(1)
    change[begins[:-1]] = True
    edges = np.flatnonzero(change)
    sizes = np.diff(np.append(edges, len(slots)))
    owner = np.searchsorted(begins, edges, side="right") - 1
    rows = np.column_stack([owner, edges - begins[owner], sizes, slots[edges]]).tolist()
    result: list[list[Chord]] = [[] for _ in written]
    for take, start, size, root, quality, bass in rows:
        tonic = written[take].request.key.tonic
        chord = (
            Chord(start, size, tonic, "none", tonic)
            if root < 0
            else Chord(start, size, (root + tonic) % 12, QUALITIES[quality], (bass + tonic) % 12)
        )
        result[take].append(chord)
    return [tuple(chords) for chords in result]
