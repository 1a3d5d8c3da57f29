"""The sentences of a plan's script, with the time and the place of each. No model here."""

from dataclasses import dataclass

from dsl.diagnostics import Span
from dsl.plan import Plan, PlannedLine
from engine.text.segment import split_sentences


@dataclass(frozen=True, slots=True)
class ScriptSentence:
    """A sentence of cue number `cue` (from 0): when it is read, where its line stands, who speaks."""

    cue: int
    text: str
    start_s: float
    end_s: float
    span: Span
    speaker: str | None


def script_sentences(plan: Plan) -> list[ScriptSentence]:
    """Every sentence in order. A line's time is shared out among its sentences by their length."""
    return [s for index, cue in enumerate(plan.cues) for line in cue.lines for s in _of_line(index, line)]


def _of_line(cue: int, line: PlannedLine) -> list[ScriptSentence]:
    parts = split_sentences(line.text) or [line.text]
    total = sum(len(part) for part in parts) or 1
    per_character = (line.end_s - line.start_s) / total
    found, at = [], 0
    for part in parts:
        start, at = at, at + len(part)
        found.append(
            ScriptSentence(
                cue,
                part,
                line.start_s + start * per_character,
                line.start_s + at * per_character,
                line.span,
                line.speaker,
            )
        )
    return found
