"""The sentences of a plan's script, with the time and the place of each. No model here."""

from dataclasses import dataclass

from dsl.diagnostics import Span
from dsl.feelings import OwnReadings, felt_in
from dsl.plan import Feeling, Plan, PlannedLine
from engine.text.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class ScriptSentence:
    """A sentence of cue number `cue` (from 0): when it is read, where its line stands, who speaks, and how
    the writer says that it is to be read (`@feel`), if so."""

    cue: int
    text: str
    start_s: float
    end_s: float
    span: Span
    speaker: str | None
    own: tuple[Feeling, ...] = ()


def script_sentences(plan: Plan) -> list[ScriptSentence]:
    """Every sentence in order. A line's time is shared out among its sentences by their length."""
    readings = OwnReadings(plan.feelings)
    return [
        s
        for index, cue in enumerate(plan.cues)
        for line in cue.lines
        for s in _of_line(index, line, readings)
    ]


def _of_line(cue: int, line: PlannedLine, readings: OwnReadings) -> list[ScriptSentence]:
    parts = split_sentences(line.text) or [line.text]
    total = sum(len(part) for part in parts) or 1
    per_character = (line.end_s - line.start_s) / total
    named = readings.named(line.text) if readings else []
    found, at, place = [], 0, 0
    for part in parts:
        place = line.text.index(part, place)
        own = felt_in(line.text, named, place, place + len(part)) if named else ()
        place += len(part)
        start, at = at, at + len(part)
        found.append(
            ScriptSentence(
                cue,
                part,
                line.start_s + start * per_character,
                line.start_s + at * per_character,
                line.span,
                line.speaker,
                own,
            )
        )
    return found
