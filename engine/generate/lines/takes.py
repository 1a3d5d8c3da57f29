"""The line writer at work on takes: their forms before any note, their lines once the latents are there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.generate.grid import LINES
from engine.generate.harmony_events import Brief
from engine.generate.lines.compose import GROUP, write_lines
from engine.generate.lines.conditions import slots_of
from engine.generate.lines.development import Developed, Theme, developed
from engine.generate.lines.form_model import FormPlan, draw_form
from engine.generate.lines.open_line import LinePlan
from engine.generate.lines.planning import chord_returns, line_plan, melody_collection, nothing_given
from engine.generate.lines.returns import How
from engine.generate.lines.weights import LineModels
from engine.generate.metre import model_bars
from engine.generate.motif import motif_bars, written_bars
from engine.generate.request import PhraseForm, Request, ThemeEntry
from engine.generate.score_plan import tonic_shift
from engine.generate.turned import base_of
from engine.generate.writing import DecodedBars
from engine.music.palettes import style_palette
from engine.threads import deal

if TYPE_CHECKING:
    from engine.generate.job import Job

VARIED_KEEPS = 0.45
"""How often a bar that comes back varied has the chords it had: .38 in lead sheets, .40 in Lieder, .56 in
POP909."""

_FORM, _LINES = 0x464F524D, 0x4C494E45
"""Their own random streams: what one draws never shifts another."""


@dataclass(frozen=True, slots=True)
class TakeForm:
    """The form of a take (one bar a model bar) and the collection [10] whose manner its lines have."""

    plan: FormPlan
    collection: npt.NDArray[np.float32]


def take_form(lines: LineModels, request: Request, number: int) -> TakeForm:
    """The form of one take, by its seed and number alone."""
    rng = np.random.default_rng(np.random.SeedSequence([request.seed % 2**64, base_of(number), _FORM]))
    collection = melody_collection(request.style, rng)
    meter = [part.meter for part in model_bars(request.meter, request.bars)]
    return TakeForm(draw_form(lines.form, meter, collection, rng), collection)


def brief_with_form(brief: Brief, request: Request, form: TakeForm) -> Brief:
    """A brief of harmony with the returns and phrase ends of the form. What comes back the same keeps its
    chords; what comes back varied keeps them or has others, stretch by stretch."""
    ends = tuple(np.flatnonzero(form.plan.phrase_left == 0).tolist())
    origin = chord_returns(form.plan, request.closing or request.loop)
    varied = (form.plan.how == How.VARIED) & (origin >= 0)
    stretch = np.cumsum(varied & ~np.r_[False, varied[:-1]])
    kept = brief.rng.random(len(origin) + 1) < VARIED_KEEPS
    return replace(brief, origin=np.where(varied & ~kept[stretch], -1, origin), ends=ends)


@dataclass(frozen=True, slots=True)
class Outline:
    """What can be told of a take's melody before it is heard: its phrases and where themes are heard."""

    form: tuple[PhraseForm, ...] = ()
    themes: tuple[ThemeEntry, ...] = ()


def with_lines(
    lines: LineModels, jobs: "Sequence[Job]", decoded: DecodedBars, sizes: tuple[int, ...]
) -> tuple[DecodedBars, list[Outline]]:
    """The decoded bars of all jobs with melody, counter-melody and bass written anew, and the outline of
    each. `sizes` are the widths of the latents by role. Themes stay where they enter: written ones at their
    pitches, those drawn by seed as decoded; later they are developed (`development`)."""
    plans, outlines, at = [], [], 0
    for job in jobs:
        bars = len(job.plan)
        plan, outline = _plan_of(lines, job, decoded.tokens[0, at : at + bars], sizes)
        plans.append(plan)
        outlines.append(outline)
        at += bars
    groups = [plans[first : first + GROUP] for first in range(0, len(plans), GROUP)]

    def write(some: list[LinePlan]) -> list[npt.NDArray[np.uint8]]:
        return write_lines(lines.writer, some, lines.sampling)

    written = deal(write, groups, lines.writer.pitch.weight.device)
    tokens = np.concatenate([take for group in written for take in group], 1)
    return replace(decoded, tokens=tokens), outlines


def _plan_of(
    lines: LineModels, job: "Job", melody: npt.NDArray[np.uint8], sizes: tuple[int, ...]
) -> tuple[LinePlan, Outline]:
    bars = len(job.plan)
    given, fixed = nothing_given(bars)
    given[0] = melody
    fixed[0] = job.themes[:bars]
    themes = []
    for motif in job.plan.motifs:
        end = min(bars, motif.bar + motif_bars(motif, int(job.plan.meter[motif.bar])))
        themes.append(Theme(motif.name, motif.bar, end))
        if motif.notes:
            own = written_bars(motif, -tonic_shift(job.request), int(job.plan.meter[motif.bar])).tokens[0]
            given[0, motif.bar : end] = own[: end - motif.bar]
            fixed[0, motif.bar : end] = True
    form = job.form or take_form(lines, job.request, job.number)
    grown = developed(
        form.plan,
        themes,
        given[0],
        fixed[0],
        job.plan.present[:bars, LINES[0]],
        job.plan.meter,
        bool(job.plan.minor[0]),
        slots_of(job.plan.chords),
    )
    given[0], fixed[0] = grown.given, grown.fixed
    plan = line_plan(
        job.plan,
        form.plan,
        grown.form,
        job.latent[:bars].numpy(),
        sizes,
        form.collection,
        style_palette(job.request.style).pentatonic,
        given,
        fixed,
        (job.request.seed % 2**64, base_of(job.number), _LINES),
        lines,
        job.request.style,
    )
    return plan, _outline(job.request, grown, themes)


def _outline(request: Request, grown: Developed, themes: Sequence[Theme]) -> Outline:
    """Model bars as bars of the request."""
    parts = model_bars(request.meter, request.bars)
    bar = [part.bar for part in parts] + [request.bars]
    phrases, at = [], 0
    for letter, bars, how in grown.form.letters():
        phrases.append(PhraseForm(letter, bar[at], bar[at + bars] - bar[at], how))
        at += bars
    entries = [ThemeEntry(t.name, bar[t.first], bar[t.end] - bar[t.first], "quoted") for t in themes]
    entries += [
        ThemeEntry(d.name, bar[d.bar], bar[d.bar + d.bars] - bar[d.bar], d.how) for d in grown.developments
    ]
    return Outline(tuple(phrases), tuple(sorted(entries, key=lambda entry: entry.bar)))
