"""What is to be said of themes once bars and keys are known: those cut short, and exact ones out of a MIDI
file that clash with the key. (Written exact themes are the planner's: `dsl.theme_clash`.)
"""

from collections.abc import Sequence

from dsl.diagnostics import Finding, Span
from dsl.plan import Plan, PlannedCue
from dsl.theme_clash import clash_finding, key_at
from dsl.time_findings import finding
from engine.cues import AskedCue
from engine.generate.request import LONGEST_THEME_BEATS, STEPS_PER_BEAT, theme_ends
from engine.music.clock import CueClock, clock_of

_SAME_BEATS = 0.01


def theme_findings(plan: Plan, asked: Sequence[AskedCue]) -> tuple[Finding, ...]:
    """Findings about the themes of every cue, from its requests."""
    found: list[Finding] = []
    files = {motif.name for motif in plan.motifs if motif.file is not None}
    whole = {
        motif.name: sum(note.beats for note in motif.notes)
        for motif in plan.motifs
        if motif.notes is not None
    }
    for one in asked:
        cue, clock = one.cue, clock_of(one.cue)
        for first, request in one.requests:
            for motif, heard in theme_ends(request):
                span, t_s = _entry(cue, clock, motif.name, first + motif.bar)
                beats = max(motif.steps / STEPS_PER_BEAT, whole.get(motif.name, 0.0))
                if (
                    heard < motif.steps / STEPS_PER_BEAT - _SAME_BEATS
                    or beats > LONGEST_THEME_BEATS + _SAME_BEATS
                ):
                    message = f"{heard:.3g} of the {beats:.3g} beats of the theme {motif.name} are heard here"
                    hint = "enter it earlier, give the cue more bars, or write a shorter theme"
                    found.append(finding("W417", message, span, hint))
                key = key_at(cue, t_s)
                if motif.exact and motif.name in files and key is not None:
                    clash = clash_finding(motif.name, [note.pitch for note in motif.notes], key, span)
                    found += [] if clash is None else [clash]
    return tuple(found)


def _entry(cue: PlannedCue, clock: CueClock, name: str, bar: int) -> tuple[Span, float]:
    """Where the script brings in the theme that sounds from a bar: its place and its time."""
    start_s = clock.bars[min(bar, len(clock.bars) - 1)].start_s
    events = [event for event in cue.events if event.kind == "motif" and event.name == name]
    if not events:
        return cue.span, start_s
    nearest = min(events, key=lambda event: abs(event.t_s - start_s))
    return nearest.span, nearest.t_s
