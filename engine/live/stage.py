"""The score of a performance: a plan with a cue for every state, and the names that events may use."""

from pathlib import Path

from dsl.plan import EmotionPoint
from dsl.score_file import Planned, plan_text
from dsl.syntax import DirectiveLine, Document, PaletteDirective
from engine.live.events import KnownNames

STATE_BARS = 8
"""Bars of a state that has neither text nor `@bars`."""
NOTHING = f"# Live\n@bars {STATE_BARS}\n"
"""The score where none is named."""


def live_text(text: str) -> str:
    """The score with `@bars` for the cues that have nothing which takes time: a state needs none to be
    played."""
    planned = plan_text(text, Path("/"))
    document = planned.document
    ids = {cue.span.line for cue in planned.draft.cues}
    lines = list(document.lines)
    for block in reversed(document.cues()):
        if block.heading is not None and block.line not in ids:
            lines.insert(block.line, f"@bars {STATE_BARS}")
    return "\n".join(lines) + "\n"


def known_names(planned: Planned) -> KnownNames:
    """What events may name in a score."""
    declared = planned.document.declarations
    moods = {
        name: EmotionPoint(one.directive.valence, one.directive.arousal)
        for name, one in declared.moods.items()
    }
    cues = tuple((cue.id, cue.title) for cue in planned.draft.cues)
    return KnownNames(cues, tuple(declared.motifs), tuple(declared.palettes), moods)


def declarations(document: Document) -> tuple[str, ...]:
    """The lines of a score that declare palettes: what a recording of it needs to be played."""
    return tuple(
        document.lines[line - 1].strip()
        for line, item in document.numbered()
        if isinstance(item, DirectiveLine) and isinstance(item.directive, PaletteDirective)
    )
