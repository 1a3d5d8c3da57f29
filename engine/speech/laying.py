"""A recording laid along its script: by sound where a synthetic reading can be had to compare with, else by
pauses and lengths; and how far recording and script are the same text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.spoken import ScriptLine
from engine.speech.activity import FRAME_S, Activity
from engine.speech.align import AlignedVoice, LaidLine, lay_along
from engine.speech.expected import SpokenClause, clauses_of
from engine.speech.sound_align import LONGEST_COMPARED_S, SoundAlignment, lay_by_sound
from engine.speech.synthetic_reading import synthesiser
from engine.text.segment import is_japanese, looks_foreign

SAME_TEXT: Final = 0.4
"""The fit under which a recording says something else: right scripts had 0.7 and more, two lines of sixteen
unspoken and noise at 20 dB among them, others 0.32 at most (voices of espeak-ng, flite and a neural Chinese
one)."""
_EVEN: Final = 3.0
"""The margin over other words at which it is even whether a line is spoken where it was laid."""
_NEARLY_ALL: Final = 0.8
"""A script so much of which was found is spoken, whatever else is."""


@dataclass(frozen=True, slots=True)
class LaidVoice:
    """Lines as laid. `fits` is how far script and recording are the same, 0…1: the share of the script
    that was found, times the share of the speech that it is; None where nothing could be compared. `again`
    has the lines that extra speech says once more, by its place in `aligned.extra_s`."""

    aligned: AlignedVoice
    fits: float | None
    again: dict[int, int]

    @property
    def is_other_text(self) -> bool:
        """Whether the recording sounds like another text or language."""
        return self.fits is not None and self.fits < SAME_TEXT


def can_compare(lines: Sequence[ScriptLine]) -> bool:
    """Whether a synthetic reading of these lines can be had: espeak-ng is installed, and they are English or
    Chinese."""
    whole = "\n".join(line.text for line in lines)
    return not is_japanese(whole) and not looks_foreign(whole) and synthesiser() is not None


def lay_script(
    lines: Sequence[ScriptLine], samples: npt.NDArray[np.float32], heard: Activity
) -> LaidVoice | None:
    """A script's lines along samples [n] at the aligner's rate, in which `heard` is heard; None where there
    is nothing to lay or to lay it along."""
    clauses = clauses_of(lines)
    if not clauses or not heard.speaking.any():
        return None
    found = None
    numbers = sorted({clause.line for clause in clauses})
    if len(heard.speaking) * FRAME_S <= LONGEST_COMPARED_S and can_compare(lines):
        found = lay_by_sound([lines[n].text for n in numbers], samples, heard)
    fits = None if found is None else _fit(found, [_length(clauses, n) for n in numbers], heard)
    if found is not None and fits is not None and fits >= SAME_TEXT:
        return LaidVoice(_aligned(found, numbers, clauses, heard), fits, _again(found, numbers))
    aligned = lay_along(clauses, heard)
    if aligned is None:
        return None
    if fits is not None:
        # Wherever other words are laid, it is no more than a guess.
        guessed = tuple(replace(line, confidence=line.confidence * fits) for line in aligned.lines)
        aligned = replace(aligned, lines=guessed)
    return LaidVoice(aligned, fits, {})


def _length(clauses: Sequence[SpokenClause], line: int) -> float:
    return sum(clause.length for clause in clauses if clause.line == line)


def _fit(found: SoundAlignment, lengths: Sequence[float], heard: Activity) -> float:
    script = sum(lengths[one.line] for one in found.lines) / max(sum(lengths), 1e-9)
    if script >= _NEARLY_ALL:
        return script
    spoken = heard.speaking
    extra = sum(int(spoken[round(a / FRAME_S) : round(b / FRAME_S)].sum()) for a, b in found.extra_s)
    return script * (1.0 - extra / max(int(spoken.sum()), 1))


def _again(found: SoundAlignment, numbers: Sequence[int]) -> dict[int, int]:
    return {at: numbers[line] for at, line in found.again.items()}


def _aligned(
    found: SoundAlignment, numbers: Sequence[int], clauses: Sequence[SpokenClause], heard: Activity
) -> AlignedVoice:
    lines: list[LaidLine] = []
    for one in found.lines:
        own = [clause for clause in clauses if clause.line == numbers[one.line]]
        begin, end = round(one.start_s / FRAME_S), round(one.end_s / FRAME_S)
        spoken_s = float(heard.speaking[begin:end].sum()) * FRAME_S
        sure = 1.0 / (1.0 + math.exp(min(_EVEN - one.margin, 50.0)))
        lines.append(
            LaidLine(
                numbers[one.line],
                one.start_s,
                one.end_s,
                sure,
                spoken_s / max(sum(clause.length for clause in own), 1e-9),
                _clauses_s(own, heard.between(begin, end), one.start_s),
            )
        )
    there = {line.line for line in lines}
    expected = sum(clause.length for clause in clauses if clause.line in there)
    spoken = sum(line.pace_s * _length(clauses, line.line) for line in lines)
    return AlignedVoice(
        tuple(lines),
        tuple(n for n in numbers if n not in there),
        found.extra_s,
        spoken / max(expected, 1e-9),
        0.0,
    )


def _clauses_s(own: Sequence[SpokenClause], heard: Activity, start_s: float) -> tuple[float, ...]:
    """When a line's clauses begin, by the pauses and lengths within it."""
    within = lay_along(own, heard) if len(own) > 1 else None
    if within is None or len(within.lines) != 1 or len(within.lines[0].clauses_s) != len(own):
        length_s = len(heard.speaking) * FRAME_S
        behind = np.cumsum([0.0, *(clause.length for clause in own)])
        return tuple(float(start_s + length_s * part / behind[-1]) for part in behind[:-1])
    return (start_s, *(start_s + t_s for t_s in within.lines[0].clauses_s[1:]))
