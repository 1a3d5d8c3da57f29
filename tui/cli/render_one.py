"""One score rendered and told about: findings and a table on stderr, the report as JSON for whoever asked.
For `render` here, in processes of its own, and on a cluster."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dsl.diagnostics import Finding, Severity
from tui.cli.console import about, finding_text, say, wants_colour

if TYPE_CHECKING:
    from engine.models import Models
    from engine.render_options import RenderOptions
    from tui.cli.progress import Progress


def render_one(
    path: Path, options: "RenderOptions", models: "list[Models]", progress: "Progress", quiet: bool = False
) -> dict[str, Any]:
    """Render one score and give its report as JSON; a failure becomes its "error". `models` is empty or holds
    the loaded ones."""
    began = time.perf_counter()
    from dsl.plan_json import finding_of
    from dsl.score_file import load_plan
    from engine.errors import MelodramaError
    from engine.render.foreign import spare_foreign
    from engine.render.spared import spare_sources
    from engine.render_cache import cache_for, keep, key_of, write_kept
    from engine.speech.listening import listen

    cache = cache_for(options)
    key = key_of(path, options) if cache else None
    loaded = load_plan(path, seed=options.seed, listen=listen)
    findings = loaded.findings
    if loaded.plan is None:
        return _failed(path, loaded.problem or "the score has errors", findings, quiet)
    _show_findings(path, loaded.source, findings, quiet)
    try:
        written = options.written(path.stem, loaded.plan.output)
        spare_sources(loaded.plan, written)
        spare_foreign(written)
    except MelodramaError as error:
        return _failed(path, str(error), findings, quiet)
    kept = cache.load(key) if cache and key else None
    if kept is not None:
        try:
            result = write_kept(kept, path, options, began)
        except MelodramaError as error:
            return _failed(path, str(error), findings, quiet)
        shown = {(one.code, one.span, one.message) for one in findings}
        # What composing found is found again, though nothing is composed.
        kept_too = [finding_of(one) for one in result["findings"]]
        more = [one for one in kept_too if (one.code, one.span, one.message) not in shown]
        _show_findings(path, loaded.source, more, quiet)
        if not quiet:
            _tell(result)
        return result
    try:
        progress.start(path.name)
        # Deferred: torch, transformers and the synthesiser take seconds to import; a wrong file is told
        # before that.
        from engine.render_score import models_for, render_score
    except ImportError as error:
        return _failed(path, f"the installation is incomplete: {error}", findings, quiet)
    try:
        progress.show("loading", 0, 1)
        if not models:
            models.append(models_for(options))
        rendered = render_score(path, loaded.plan, options, models[0], progress.show, began)
    except MelodramaError as error:
        return _failed(path, str(error), findings, quiet)
    except MemoryError:
        return _failed(path, "not enough memory for a score of this size", findings, quiet)
    finally:
        progress.finish()
    _show_findings(path, loaded.source, rendered.found, quiet)
    if not quiet:
        _tell(rendered.report)
    # The key once more: had the score changed since it was read, this would not be its music.
    if cache and key and key == key_of(path, options):
        keep(cache, key, rendered.report, options)
    return rendered.report


def _show_findings(path: Path, source: Sequence[str], findings: Sequence[Finding], quiet: bool) -> None:
    for finding in findings:
        if finding.severity is Severity.ERROR or (finding.severity is Severity.WARNING and not quiet):
            say(finding_text(str(path), finding, source, wants_colour(sys.stderr)))


def _failed(path: Path, problem: str, findings: Sequence[Finding], quiet: bool) -> dict[str, Any]:
    from dsl.plan_json import finding_json

    _show_findings(path, [], findings, quiet)
    say(f"melodrama render: {about(path, problem)}")
    return {
        "format": 1,
        "score": str(path),
        "error": problem,
        "findings": [finding_json(finding) for finding in findings],
    }


def _tell(result: dict[str, Any]) -> None:
    """A table of the cues and the files on stderr."""
    from rich.console import Console
    from rich.table import Table

    from engine.music.score import phrase_name
    from tui.match_figure import shown_match

    def feeling(point: dict[str, float | None]) -> str:
        return f"{point['valence'] or 0.0:+.2f} {point['arousal'] or 0.0:+.2f}"

    console = Console(stderr=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("cue", "asked v/a", "heard v/a", "match", "take", "key", "♩", "bars", "form", "notes"):
        justify: Literal["left", "right"] = "left" if heading in ("cue", "key", "form") else "right"
        table.add_column(heading, justify=justify, no_wrap=heading not in ("cue", "form"), overflow="fold")
    for cue in result["cues"]:
        table.add_row(
            cue["id"],
            feeling(cue["target"]),
            feeling(cue["heard"]),
            f"{shown_match(cue['match'] or 0.0):.2f}",
            f"{cue['take']}/{cue['takes']}",
            cue["key"],
            f"{cue['tempo_bpm'] or 0.0:.0f}",
            str(cue["bars"]),
            " ".join(phrase_name(phrase["letter"], phrase["how"]) for phrase in cue["form"]),
            str(cue["notes"]),
        )
    console.print(table)
    game = [file for file in result["files"] if file["kind"] == "game"]
    for file in result["files"]:
        if file["kind"] != "game":
            console.print(f"{file['path']}  {_size(file['bytes'])}", highlight=False, soft_wrap=True)
    if game:
        size = _size(sum(file["bytes"] for file in game))
        folder = Path(game[-1]["path"]).parent
        console.print(f"{folder}  {size}, {len(game)} files", highlight=False, soft_wrap=True)
    for remark in result.get("remarks", ()):
        console.print(remark, highlight=False, soft_wrap=True)
    again = " (unchanged, from the cache)" if result.get("cached") else ""
    total = result["timings_s"]["total"]
    console.print(f"{result['duration_s'] or 0.0:.1f} s of music in {total:.1f} s{again}", highlight=False)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
