"""Composing: requests in, takes out, all requests and all takes in one pass.

A take is planned (harmony, form, who plays), written phrase by phrase as latents by the generator, each
phrase hearing the end of the one before, then decoded to notes at once. Take k of a request depends on (seed,
k) alone: its randomness is its own, and networks always run on batches of one size.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dsl.plan import ROLES, Key, Meter, RoleName
from engine.generate.accompaniment.weights import (
    AccompanimentModel,
    debug_accompaniment,
    load_accompaniment,
)
from engine.generate.conditions import Phrases, phrase_conditions
from engine.generate.config import CONTEXT, WINDOW
from engine.generate.form import FittedShapes, fit_shapes
from engine.generate.harmony import HarmonyModel
from engine.generate.harmony_features import harmony_features
from engine.generate.harmony_plan import request_brief
from engine.generate.inversions import Inversions, load_inversions
from engine.generate.job import Job
from engine.generate.lines.planning import chord_returns
from engine.generate.lines.takes import Outline, TakeForm, brief_with_form, take_form
from engine.generate.lines.weights import LineModels, debug_lines, load_lines
from engine.generate.metre import model_bars
from engine.generate.motif import WRITTEN_BARS, encode_notes, quoted
from engine.generate.performance import performed
from engine.generate.request import MOTIF_BARS, Chord, GridNote, MotifPlacement, Request, Take
from engine.generate.score_plan import (
    given_harmony,
    neutral_plan,
    plan_take,
    tonic_shift,
)
from engine.generate.takes import Written, notes_and_chords
from engine.generate.turned import base_of, turned
from engine.generate.weights import Networks, debug_networks, load_networks
from engine.music.palettes import style_palette
from engine.threads import deal

PHRASE_BATCH = 32
"""Phrases that the generator writes at once, always this many (padded)."""

RETURN_NOISE = 0.08
"""How far a returning bar's latent strays from the bar it brings back, in standard deviations."""

MOTIF_GIVE = (0.15, 0.05)
"""How far a motif follows the asked melody density and register, 0 not at all, 1 all the way: at half the way
it is no longer known again (contour likeness .26 in place of .71)."""

_NOTHING = Request(0, Meter(), Key(0, "major", "C"), "", (), 0)
"""Stands in for a request where a motif is drawn for no cue in particular."""

Progress = Callable[[float], None]
"""Told how much is done, 0…1."""


class Generator:
    """The music generator. Reentrant: composing changes nothing in it."""

    def __init__(
        self,
        networks: Networks,
        harmony: HarmonyModel | None = None,
        lines: LineModels | None = None,
        inversions: Inversions | None = None,
        accompaniment: AccompanimentModel | None = None,
    ) -> None:
        self.networks = networks
        self.harmony = harmony
        self.lines = lines
        self.inversions = inversions
        self.accompaniment = accompaniment

    @classmethod
    def load(cls, folder: Path | Literal["debug"] | None = None, device: str = "cpu") -> "Generator":
        """The shipped weights, those in `folder`, or the tiny random `"debug"` model. Raises WeightsError."""
        if folder == "debug":
            return cls(debug_networks(), None, debug_lines(), None, debug_accompaniment())
        # Weights made by hand may lack the writers: then the codecs decode every role.
        beside = None if folder is None else folder.parent
        lines = load_lines(beside and beside / "lines", device) if _there(beside, "lines") else None
        accompaniment = (
            load_accompaniment(beside and beside / "accompaniment")
            if _there(beside, "accompaniment")
            else None
        )
        return cls(
            load_networks(folder, device), HarmonyModel.load(), lines, load_inversions(), accompaniment
        )

    def compose(
        self, requests: Sequence[Request], takes: Sequence[int], progress: Progress | None = None
    ) -> list[list[Take]]:
        """Takes by number (from 1) for every request: one list a request, in the order of `takes`."""
        jobs = self.draft(requests, takes, progress)
        written = iter(self.notes([job for own in jobs for job in own]))
        result = [[next(written) for _ in takes] for _ in requests]
        if progress is not None:
            progress(1.0)
        return result

    def draft(
        self, requests: Sequence[Request], takes: Sequence[int], progress: Progress | None = None
    ) -> list[list[Job]]:
        """Takes as latents, before any note is decoded: one list a request, in the order of `takes`."""
        for number in takes:
            if number < 1:
                raise ValueError(f"takes count from 1, not {number}")
        for request in requests:
            if request.bars < 1 or len(request.intents) != request.bars:
                raise ValueError(
                    f"a request of {request.bars} bars needs as many intents, not {len(request.intents)}"
                )
        forms = [
            None if self.lines is None else take_form(self.lines, request, number)
            for request in requests
            for number in takes
        ]
        harmony = self._harmony(requests, takes, forms)
        formed = iter(forms)
        fitted: dict[tuple[bool, ...], FittedShapes] = {}
        for request in requests:
            roles = tuple(role in request.roles for role in ROLES)
            if roles not in fitted:
                fitted[roles] = fit_shapes(self.networks.shapes, np.array(roles))
        jobs = [
            self._job(
                request,
                number,
                next(harmony),
                fitted[tuple(role in request.roles for role in ROLES)],
                next(formed),
            )
            for request in requests
            for number in takes
        ]
        phrases = max((-(-len(job.plan) // WINDOW) for job in jobs), default=0)
        for phrase in range(phrases):
            self._write_phrase([job for job in jobs if len(job.plan) > phrase * WINDOW], phrase)
            if progress is not None:
                progress(0.7 * (phrase + 1) / phrases)
        planned = iter(jobs)
        return [[next(planned) for _ in takes] for _ in requests]

    def _harmony(
        self,
        requests: Sequence[Request],
        takes: Sequence[int],
        forms: Sequence[TakeForm | None],
    ) -> Iterator[npt.NDArray[np.int8] | None]:
        """Chords of every take in order, None without a harmony model."""
        if self.harmony is None:
            return iter([None] * (len(requests) * len(takes)))
        briefs = []
        formed = iter(forms)
        for request in requests:
            given = given_harmony(request, model_bars(request.meter, request.bars))
            for number in takes:
                brief = replace(request_brief(request, number), given=given)
                planned = next(formed)
                briefs.append(brief if planned is None else brief_with_form(brief, request, planned))
        (written,) = deal(self.harmony.write, [briefs])
        if self.inversions is not None and self.lines is not None:
            written = [
                self.inversions.write(brief, chords, style_palette(brief.style).accompanied_like)
                for brief, chords in zip(briefs, written, strict=True)
            ]
        return iter(written)

    def _job(
        self,
        request: Request,
        number: int,
        chords: npt.NDArray[np.int8] | None,
        fitted: FittedShapes,
        formed: TakeForm | None = None,
    ) -> Job:
        """Plans a take. Harmony, form and noise come from streams of their own, so that one never shifts
        another."""
        root = np.random.SeedSequence([request.seed % 2**64, base_of(number)])
        for_plan, for_noise = (np.random.default_rng(s) for s in root.spawn(2))
        returns = None if formed is None else chord_returns(formed.plan, request.closing or request.loop)
        plan = plan_take(request, self.networks, fitted, chords, for_plan, returns)
        gan = self.networks.config.gan
        bars = -(-len(plan) // WINDOW) * WINDOW
        noise_global = for_noise.standard_normal((bars // WINDOW, gan.noise_global), np.float32)
        noise = for_noise.standard_normal((bars, gan.noise), np.float32)
        return Job(
            request,
            number,
            plan,
            noise,
            noise_global,
            torch.zeros(bars, self._total),
            [],
            np.zeros(bars, np.bool_),
            formed,
        )

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.networks.generator.out.weight.device

    @property
    def _total(self) -> int:
        return self.networks.config.codec.total

    def _write_phrase(self, jobs: list[Job], phrase: int) -> None:
        """Writes bars 8·phrase … of every job in batches of one size."""
        batches = [jobs[start : start + PHRASE_BATCH] for start in range(0, len(jobs), PHRASE_BATCH)]
        deal(lambda some: self._write_batch(some, phrase), batches, self.device)

    def _write_batch(self, some: list[Job], phrase: int) -> None:
        """The same for one batch, filled up with its first job."""
        first = phrase * WINDOW
        filled = some + [some[0]] * (PHRASE_BATCH - len(some))
        conditions = self.phrases(filled, first).to(self.device)
        context = torch.stack([_context(job.latent, first) for job in filled]).to(self.device)
        noise = torch.from_numpy(np.stack([job.noise[first : first + WINDOW] for job in filled]))
        overall = torch.from_numpy(np.stack([job.noise_global[phrase] for job in filled]))
        with torch.no_grad():
            latent = self._written(conditions, context, noise.to(self.device), overall.to(self.device)).cpu()
            for row, job in enumerate(some):
                job.latent[first : first + WINDOW] = turned(latent[row], job.number)
                self._bring_back(job, first)
                self._place_motifs(job, first)
            latent = torch.stack([job.latent[first : first + WINDOW] for job in filled])
            scores = self.look(conditions, context, latent.to(self.device))[1].cpu()
        for row, job in enumerate(some):
            job.scores.append(float(scores[row]))

    def _written(self, conditions: Phrases, context: Tensor, noise: Tensor, overall: Tensor) -> Tensor:
        """Latents [W, 8, total], what the style changes in them driven on by the guidance (after
        Ho & Salimans 2022)."""
        latent: Tensor = self.networks.generator(conditions, context, noise, overall)
        guidance = self.networks.config.guidance
        if guidance != 1.0:
            styleless = replace(conditions, style=torch.zeros_like(conditions.style))
            plain = self.networks.generator(styleless, context, noise, overall)
            latent = plain + guidance * (latent - plain)
        return latent

    def look(self, conditions: Phrases, context: Tensor, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Sketches [W, 10, 5, looks] of the bars before and of the phrase, and the critic's scores [W], of
        standardised latents `context` [W, 2, total] and `latent` [W, 8, total], all on the networks' device.
        Differentiable: optimisation looks at its way through this."""
        both = torch.cat([context, latent], 1)
        real = both * self.networks.scale.to(self.device) + self.networks.mean.to(self.device)
        sketch = self.networks.codec.sketch(real, conditions.harmony, conditions.present)
        return sketch, self.networks.critic(conditions, context, latent, sketch)

    def phrases(self, jobs: list[Job], first: int) -> Phrases:
        """Conditions of one phrase of every job."""
        plans = [job.plan for job in jobs]
        span = np.arange(first - CONTEXT, first + WINDOW)
        rows = np.stack([np.clip(span, 0, len(plan) - 1) for plan in plans])
        heard = (span >= 0)[None, :, None]

        def pick(name: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.generic]]":
            return np.stack([getattr(plan, name)[row] for plan, row in zip(plans, rows, strict=True)])

        flat = harmony_features(
            np.concatenate([plan.chords[row] for plan, row in zip(plans, rows, strict=True)]),
            np.concatenate([plan.meter[row] for plan, row in zip(plans, rows, strict=True)]),
            np.concatenate([plan.minor[row] for plan, row in zip(plans, rows, strict=True)]),
        )
        harmony = flat.bar.view(len(jobs), len(span), -1) * torch.from_numpy(heard.astype(np.float32))
        present = torch.from_numpy(pick("present").astype(np.float32) * heard)
        source = torch.from_numpy(np.stack([plan.source[first : first + WINDOW] for plan in plans]))
        left = torch.from_numpy(np.stack([np.maximum(plan.end - span, 0) for plan in plans]))
        bar = phrase_conditions(
            torch.from_numpy(pick("asked").astype(np.float32)),
            present,
            source,
            left,
            torch.ones(len(jobs), dtype=torch.bool),
        )
        bar = bar * torch.from_numpy(heard.astype(np.float32))
        style = torch.from_numpy(np.stack([plan.style for plan in plans]))
        return Phrases(bar, harmony, present, source, style)

    def _bring_back(self, job: Job, first: int) -> None:
        """Returning bars take the latent of the bar they bring back, moved a little."""
        for bar in range(first, min(first + WINDOW, len(job.plan))):
            origin = int(job.plan.origin[bar])
            if origin >= 0:
                chance = torch.from_numpy(job.noise[bar])
                stray = chance.repeat(-(-self._total // len(chance)))[: self._total]
                job.latent[bar] = job.latent[origin] + RETURN_NOISE * stray * (job.latent[origin] != 0)

    def _place_motifs(self, job: Job, first: int) -> None:
        """Motifs take the melody's place in the latents of the bars where they are to be heard."""
        width = self.networks.config.codec.latents[0]
        for motif in job.plan.motifs:
            if not first - WRITTEN_BARS < motif.bar < first + WINDOW:
                continue
            latent = self.motif_latent(job.request, motif, int(job.plan.meter[motif.bar]))
            asked = torch.from_numpy(job.plan.asked[motif.bar, [5, 1]] - 0.5)
            latent = latent + (asked * torch.tensor(MOTIF_GIVE)) @ self.networks.directions
            begin, end = max(motif.bar, first), min(motif.bar + len(latent), len(job.plan), first + WINDOW)
            if begin < end:
                job.latent[begin:end, :width] = latent[begin - motif.bar : end - motif.bar]
                job.themes[begin:end] = True

    def motif_latent(self, request: Request, motif: MotifPlacement, meter: int) -> Tensor:
        """A motif's standardised melody latents [bars, Z]: encoded from notes, or drawn by seed in a neutral
        mood."""
        width = self.networks.config.codec.latents[0]
        mean, scale = self.networks.mean[:width], self.networks.scale[:width]
        if motif.notes:
            minor = request.key.mode == "minor"
            latent, _ = encode_notes(self.networks.codec, motif, -tonic_shift(request), meter, minor)
            return torch.where(scale > 0, (latent - mean) / scale.clamp(min=1e-6), 0.0)
        rng = np.random.default_rng(np.random.SeedSequence([0x6D6F74, (motif.seed or 0) % 2**64]))
        return self._seed_motif(rng, meter, width)

    def _seed_motif(self, rng: np.random.Generator, meter: int, width: int) -> Tensor:
        gan = self.networks.config.gan
        plan = neutral_plan(self.networks, meter)
        noise = rng.standard_normal((WINDOW, gan.noise), np.float32)
        overall = rng.standard_normal((1, gan.noise_global), np.float32)
        job = Job(
            _NOTHING,
            1,
            plan,
            noise,
            overall,
            torch.zeros(WINDOW, self._total),
            [],
            np.zeros(WINDOW, np.bool_),
        )
        conditions = self.phrases([job] * PHRASE_BATCH, 0).to(self.device)
        context = torch.zeros(PHRASE_BATCH, CONTEXT, self._total, device=self.device)
        with torch.no_grad():
            latent: Tensor = self.networks.generator(
                conditions,
                context,
                torch.from_numpy(noise).expand(PHRASE_BATCH, -1, -1).to(self.device),
                torch.from_numpy(overall).expand(PHRASE_BATCH, -1).to(self.device),
            )
        return latent[0, :MOTIF_BARS, :width].cpu()

    def notes(self, jobs: Sequence[Job]) -> list[Take]:
        """Decodes all bars of all jobs and writes the takes."""
        if not jobs:
            return []
        decoded, outlines = performed(self.networks, self.lines, self.accompaniment, jobs)
        found = notes_and_chords([Written(job.request, job.number, job.plan) for job in jobs], decoded)
        for job, (_, roles) in zip(jobs, found, strict=True):
            if "melody" in roles:
                roles["melody"] = quoted(roles["melody"], job.request)
        return [
            self._take(job, chords, roles, outline)
            for job, (chords, roles), outline in zip(jobs, found, outlines, strict=True)
        ]

    def _take(
        self,
        job: Job,
        chords: tuple[Chord, ...],
        roles: dict[RoleName, tuple[GridNote, ...]],
        outline: Outline,
    ) -> Take:
        centre, scale = self.networks.config.critic_center, self.networks.config.critic_scale
        opinion = 1 / (1 + float(np.exp(-(np.mean(job.scores) - centre) / scale)))
        latent = job.latent[: len(job.plan)].numpy().astype(np.float32).tobytes()
        return Take(job.number, chords, roles, opinion, latent, outline.form, outline.themes)


def _there(beside: Path | None, model: str) -> bool:
    """Whether a model lies beside the generator's weights; the shipped ones do."""
    return beside is None or (beside / model).is_dir()


def _context(latent: Tensor, first: int) -> Tensor:
    """The CONTEXT bars before bar `first` [2, total], zero before the start."""
    if first == 0:
        return torch.zeros(CONTEXT, latent.shape[1])
    return latent[first - CONTEXT : first]
