"""The accompaniment's writer at work on takes: once their lines are written, it writes what plays under
them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.generate.accompaniment.compose import GROUP, FigurePlan, write_figures
from engine.generate.accompaniment.conditions import GIST, FigureTable
from engine.generate.accompaniment.events import sounding_line
from engine.generate.accompaniment.weights import AccompanimentModel
from engine.generate.chord_features import step_roots
from engine.generate.grid import SPECS
from engine.generate.lines.conditions import slots_of, smoothed
from engine.generate.lines.planning import one_hot
from engine.generate.turned import base_of
from engine.generate.writing import DecodedBars
from engine.music.palettes import style_palette
from engine.threads import deal

if TYPE_CHECKING:
    from engine.generate.job import Job
    from engine.generate.lines.takes import TakeForm

CHORDS = next(index for index, spec in enumerate(SPECS) if spec.name == "chords")
_FIGURES = 0x46494755
"""Their own random stream: what they draw never shifts another."""

REACH = 2.4
"""How much wider than asked the density is told, around the median: the writer leans to the middle."""

INSTEAD = {"nesmdb": "vgmidi"}
"""Collections that have no accompaniment to speak of (a console's voices are lines), and whose manner stands
in for theirs."""


def with_accompaniment(
    model: AccompanimentModel,
    jobs: "Sequence[Job]",
    forms: "Sequence[TakeForm]",
    decoded: DecodedBars,
    sizes: tuple[int, ...],
) -> DecodedBars:
    """The decoded bars of all jobs with the chords role written anew, under the lines that `decoded` has.
    `sizes` are the widths of the latents by role."""
    plans, at = [], 0
    for job, form in zip(jobs, forms, strict=True):
        bars = len(job.plan)
        plans.append(_plan_of(model, job, form, decoded.tokens[:, at : at + bars], sizes))
        at += bars
    groups = [plans[first : first + GROUP] for first in range(0, len(plans), GROUP)]

    def write(some: list[FigurePlan]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return write_figures(model.writer, some, model.sampling)

    written = deal(write, groups, model.writer.pitch.weight.device)
    onsets, sounds = decoded.onsets.copy(), decoded.sounds.copy()
    onsets[0] = np.concatenate([group[0] for group in written])
    sounds[0] = np.concatenate([group[1] for group in written])
    return replace(decoded, onsets=onsets, sounds=sounds)


def _plan_of(
    model: AccompanimentModel,
    job: "Job",
    form: "TakeForm",
    tokens: npt.NDArray[np.uint8],
    sizes: tuple[int, ...],
) -> FigurePlan:
    plan, bars = job.plan, len(job.plan)
    palette = style_palette(job.request.style)
    like = INSTEAD.get(palette.accompanied_like, palette.accompanied_like)
    first = sum(sizes[:CHORDS])
    gist = np.zeros((bars, GIST), np.float32)
    gist[:, : sizes[CHORDS]] = job.latent[:bars, first : first + sizes[CHORDS]].numpy()
    melody, melody_onset = sounding_line(tokens[0], 0, plan.steps)
    bass, bass_onset = sounding_line(tokens[2], 2, plan.steps)
    table = FigureTable(
        slots_of(plan.chords),
        plan.meter,
        plan.minor,
        np.zeros(bars, np.int64),
        plan.present[:bars, CHORDS].copy(),
        _told(smoothed(plan.asked[:bars], np.zeros(bars, np.int64), model.asked_over)),
        np.ones(bars, np.bool_),
        form.plan.phrase_bar,
        form.plan.phrase_left,
        np.maximum(plan.end - np.arange(bars), 0),
        gist,
        np.full(bars, model.gist_blur, np.float32),
        np.tile(one_hot(like), (bars, 1)),
        melody,
        melody_onset,
        bass,
        bass_onset,
        form.plan.source,
    )
    return FigurePlan(
        table,
        plan.steps,
        step_roots(plan.chords, plan.meter),
        palette.pentatonic,
        (job.request.seed % 2**64, base_of(job.number), _FIGURES),
    )


def _told(asked: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What is asked [M, 7], the density driven on."""
    told = asked.astype(np.float32)
    told[:, 0] = np.clip(0.5 + REACH * (told[:, 0] - 0.5), 0.0, 1.0)
    return told
