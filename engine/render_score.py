"""One score from its plan to files and report: composing, exporting, and listening to the result."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Finding
from dsl.plan import Plan
from engine.models import Models
from engine.pipeline import compose
from engine.progress import Progress
from engine.render.export import check_target, export_and_listen
from engine.render_options import RenderOptions
from engine.report import Report
from engine.report_json import report_json
from engine.taste.model import learnt_from
from engine.taste.record import load_record

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.hear.audio_report import CueEar


@dataclass(frozen=True, slots=True)
class Rendered:
    """The report as JSON, and the findings that only composing could tell (a temp track without a pulse)."""

    report: dict[str, Any]
    found: tuple[Finding, ...]


def models_for(options: RenderOptions) -> Models:
    """The models that the options ask for, not loaded yet."""
    return Models(options.device, options.weights, options.text_model)


def render_score(
    path: Path, plan: Plan, options: RenderOptions, models: Models, progress: Progress, began: float
) -> Rendered:
    """Compose the score that stands at `path` and write its files. `began`, by `time.perf_counter`, is when
    the work on it started.

    Raises WeightsError, MediaError and OutputError as `compose` and `export` do, and what `progress` raises.
    """
    target = options.target(path.stem, plan.output)
    check_target(target, plan.fps)
    loading_s = time.perf_counter() - began
    taste = None if options.taste is None else learnt_from(load_record(options.taste).choices)
    composition = compose(plan, models, options.takes, progress, taste=taste)
    writing = time.perf_counter()
    ear = _ear(composition) if options.judge_audio else None
    exported = export_and_listen(composition, target, progress, ear)
    timings = {"load": loading_s, **composition.timings_s, "deliver": time.perf_counter() - writing}
    played = exported.synthesiser
    font = None if played is None or played.font is None else str(played.font)
    found = tuple(finding for finding in composition.plan.findings if finding not in plan.findings)
    report = Report(
        score=str(path),
        device=models.device_used,
        seed=composition.plan.seed,
        weights=models.versions(),
        files=exported.files,
        duration_s=round(composition.score.duration_s, 6),
        timings_s={**timings, "total": time.perf_counter() - began},
        cues=ear.reports if ear else composition.cues,
        findings=(*plan.findings, *found),
        sound=None if played is None else (f"{played.name} {played.version}".strip(), font),
    )
    result = report_json(report, composition.sentences)
    if exported.remarks:
        result["remarks"] = list(exported.remarks)
    return Rendered(result, found)


def _ear(composition: "Composition") -> "CueEar":
    # Deferred: it is for recordings, and few renders are listened to.
    from engine.hear.audio_report import CueEar

    return CueEar(composition)
