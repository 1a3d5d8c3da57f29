"""Takes as the product composes them, as windows: own harmony, own form, all styles and quadrants.

Cues of sixteen bars of 4/4 whose emotion a directive asks for, through the pipeline's own functions;
unarranged (the take as the generator gives it) and arranged (the finished score, read back by role from its
beats).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, Plan
from dsl.score_file import plan_source
from engine.asking import asked_of
from engine.generate.grid import from_notes
from engine.generate.request import Request, Take
from engine.generate.score_plan import tonic_shift
from engine.models import Models
from engine.music.score import Score
from engine.pipeline import compose, felt_cues
from engine.train.music.composed import chord_slots
from engine.train.music.measures import PhraseSet
from engine.train.music.realness.lines import BARS, Windows, at_rows, counting
from engine.train.music.tensors import STYLES, Bars
from engine.train.music.writer.data import line_set
from engine.train.music.writer.prepare import collections_of
from engine.train.music.writer.rewritten import rewritten

CORNERS = ((0.6, 0.6), (-0.6, 0.6), (-0.6, -0.6), (0.6, -0.6))
CUE_BARS = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cue was asked for."""

    style: str
    quadrant: int
    seed: int


def cues(styles: Sequence[str] = STYLES, seeds: int = 3) -> list[Asked]:
    """Every style in every quadrant, so many seeds each."""
    return [Asked(style, q, seed) for style in styles for q in range(4) for seed in range(1, seeds + 1)]


def score_text(asked: Asked) -> str:
    """The score of one cue of `CUE_BARS` bars."""
    valence, arousal = CORNERS[asked.quadrant]
    # A seed of its own: cues of one seed share their form, whatever the style.
    seed = asked.seed + 100 * asked.quadrant + 1000 * STYLES.index(asked.style)
    return (
        f"style: {asked.style}\nseed: {seed}\n---\n# 1m1 A\n@meter 4/4\n"
        f"@bars {CUE_BARS}\n@emotion v={valence:g} a={arousal:g}\nOne line.\n"
    )


def planned(asked: Asked) -> Plan:
    """The plan of a cue."""
    plan = plan_source(score_text(asked), Path("a.score")).plan
    assert plan is not None
    return plan


def requests_of(asked: Sequence[Asked]) -> list[Request]:
    """What the pipeline asks of the generator for these cues."""
    requests: list[Request] = []
    for each in asked:
        plan = planned(each)
        (cue,) = asked_of(plan, felt_cues(plan, ()))[1]
        requests += [request for _, request in cue.requests]
    return requests


def unarranged(models: Models, asked: Sequence[Asked], take: int = 1) -> Windows:
    """Windows of one take of each cue: two a cue, `piece` the cue's number."""
    requests = requests_of(asked)
    takes = [own[0] for own in models.generator.compose(requests, [take])]
    return windows_of_takes(requests, takes)


def under_real_conditions(models: Models, bars: Bars, first: npt.NDArray[np.int64], seed: int = 1) -> Windows:
    """Melodies that the line writer writes in place of the real ones of the windows that begin at the rows
    `first` [W]: harmony, phrases, returns, presence and what is asked are those of the real piece, none of
    its notes. `piece` is the real work's. Needs a line writer."""
    lines = models.generator.lines
    assert lines is not None
    held = line_set(bars, collections_of(bars), None, {})
    tokens = rewritten(held, first, lines.writer, lines.sampling, seed, asked_over=lines.asked_over)
    found = at_rows(bars, first)
    own = found.phrases.tokens.copy()
    own[0] = tokens[0].reshape(-1, own.shape[-1])
    return counting(Windows(replace(found.phrases, tokens=own), found.piece), 0)


def windows_of_takes(requests: Sequence[Request], takes: Sequence[Take]) -> Windows:
    """Takes of 4/4 as windows of eight bars; what is left over is dropped. Pitches become key-relative."""
    parts = []
    for request, take in zip(requests, takes, strict=True):
        shift = tonic_shift(request)
        rows = [
            (note.start, note.start + note.steps, note.pitch - (shift if role != "drums" else 0), index)
            for index, role in enumerate(ROLES)
            for note in take.roles.get(role, ())
        ]
        chords = chord_slots(take, request.bars)
        chords[..., 0] = np.where(chords[..., 0] >= 0, (chords[..., 0] - request.key.tonic) % 12, -1)
        chords[..., 2] = (chords[..., 2] - request.key.tonic) % 12
        parts.append(phrase_set(rows, chords, request.bars, request.key.mode == "minor"))
    return windows_of(parts)


def arranged(models: Models, asked: Sequence[Asked], takes: int = 4) -> Windows:
    """Windows of the finished scores: the best of so many takes, moved, arranged; two a cue."""
    parts = []
    for each in asked:
        made = compose(planned(each), models, takes=takes)
        (cue,) = asked_of(made.plan, felt_cues(made.plan, ()))[1]
        request = cue.requests[0][1]
        parts.append(score_windows(made.score, request))
    return windows_of(parts)


def score_windows(score: Score, request: Request) -> PhraseSet:
    """A finished score's notes by role on the grid, from its beats; harmony is not kept in it and stays
    empty."""
    shift = tonic_shift(request)
    first = score.cues[0].start_beat
    rows = []
    for track in score.tracks:
        index = ROLES.index(track.role)
        for note in track.notes:
            start = round((note.start_beat - first) * 4)
            end = max(start + 1, round((note.start_beat + note.beats - first) * 4))
            rows.append((start, end, note.pitch - (0 if track.is_drum else shift), index))
    chords = np.tile(np.array([-1, 0, 0], np.int8), (request.bars, 4, 1))
    return phrase_set(rows, chords, request.bars, request.key.mode == "minor")


def phrase_set(
    rows: list[tuple[int, int, int, int]], chords: npt.NDArray[np.int8], bars: int, minor: bool
) -> PhraseSet:
    """Notes (start, end in sixteenths, key-relative pitch, role index) of `bars` bars of 4/4 with chords
    [bars, 4, 3], whole windows of them."""
    start, end, pitch, role = np.array(rows, np.int64).reshape(-1, 4).T
    kept = bars // BARS * BARS
    arrays = from_notes(start, end, pitch, role, np.full(bars, 16))
    return PhraseSet(
        arrays.tokens[:, :kept],
        arrays.onsets[:, :kept],
        arrays.sounds[:, :kept],
        arrays.present[:kept],
        chords[:kept],
        np.zeros(kept, np.int64),
        np.full(kept, minor),
    )


def windows_of(parts: Sequence[PhraseSet]) -> Windows:
    """Windows of several pieces, each a work of its own."""
    piece = np.repeat(np.arange(len(parts)), [len(part.meter) // BARS for part in parts])
    phrases = PhraseSet(
        np.concatenate([part.tokens for part in parts], 1),
        np.concatenate([part.onsets for part in parts], 1),
        np.concatenate([part.sounds for part in parts], 1),
        np.concatenate([part.asked for part in parts]),
        np.concatenate([part.chords for part in parts]),
        np.concatenate([part.meter for part in parts]),
        np.concatenate([part.minor for part in parts]),
    )
    return Windows(phrases, piece)
