"""From latents to notes on the grid: the codecs' decoding, and the writers that stand in for them.

Lines are written first, then what accompanies them; a codec decodes the roles that nobody writes, and themes
drawn by seed.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.generate.accompaniment.takes import CHORDS, with_accompaniment
from engine.generate.accompaniment.weights import AccompanimentModel
from engine.generate.grid import LINES
from engine.generate.lines.takes import Outline, take_form, with_lines
from engine.generate.lines.weights import LineModels
from engine.generate.weights import Networks
from engine.generate.writing import ROLE_ORDER, BarsToDecode, DecodedBars, decode_bars, fill_silence
from engine.music.palettes import style_palette

if TYPE_CHECKING:
    from engine.generate.job import Job


def performed(
    networks: Networks,
    lines: LineModels | None,
    accompaniment: AccompanimentModel | None,
    jobs: "Sequence[Job]",
) -> tuple[DecodedBars, list[Outline]]:
    """All roles of all bars of the jobs behind each other, and the takes' outlines."""
    bars = _bars_of(networks, jobs)
    if lines is None:
        return fill_silence(bars, decode_bars(networks.codec, bars)), [Outline() for _ in jobs]
    written = {*LINES} if accompaniment is None else {*LINES, CHORDS}
    if bars.themes.any():
        written.remove(LINES[0])  # themes drawn by seed are as decoded
    decoded = decode_bars(networks.codec, bars, roles=[role for role in ROLE_ORDER if role not in written])
    sizes = networks.config.codec.latents
    decoded, outlines = with_lines(lines, jobs, decoded, sizes)
    if accompaniment is not None:
        forms = [job.form or take_form(lines, job.request, job.number) for job in jobs]
        decoded = with_accompaniment(accompaniment, jobs, forms, decoded, sizes)
    return fill_silence(bars, decoded), outlines


def _bars_of(networks: Networks, jobs: "Sequence[Job]") -> BarsToDecode:
    sizes = [len(job.plan) for job in jobs]
    latent = torch.cat([job.latent[:size] for job, size in zip(jobs, sizes, strict=True)])
    starts = np.cumsum([0, *sizes])
    previous = np.arange(starts[-1]) - 1
    previous[starts[:-1]] = -1
    return BarsToDecode(
        latent * networks.scale + networks.mean,
        np.concatenate([job.plan.chords for job in jobs]),
        np.concatenate([job.plan.meter for job in jobs]),
        np.concatenate([job.plan.minor for job in jobs]),
        np.concatenate([job.plan.present[: len(job.plan)] for job in jobs]),
        previous,
        np.repeat([style_palette(job.request.style).pentatonic for job in jobs], sizes),
        np.concatenate([job.themes[:size] for job, size in zip(jobs, sizes, strict=True)]),
        np.concatenate([job.plan.asked[:size, 2] for job, size in zip(jobs, sizes, strict=True)]),
    )
