"""The page: paper and staff size that hold the score's staves, which bars make a system, how script text is
broken so that it stays on the page.

Widths are estimates in staff spaces; notation programs space the notes themselves, but keep the systems.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.render.notation.bars import TICKS, Measure, measure_at
from engine.render.notation.clefs import MIDDLE
from engine.render.notation.parts import Staff, WrittenPart

_MARGIN_MM = 12.0
_PAPERS_MM = ((210.0, 297.0), (297.0, 420.0))
_LARGEST_SPACE_MM, _COMFORTABLE_MM, _SMALLEST_ON_A4_MM, _SMALLEST_MM = 1.75, 1.15, 1.05, 0.8
_STAFF_SPACES, _BETWEEN_SPACES, _TOP_SPACES, _TITLE_MM = 4.0, 6.5, 13.0, 24.0
"""A staff, the least room between two, the marks above the first one, and the title on page one."""
_DYNAMICS_SPACES = 4.5
"""Room between the notes of two staves where the upper one has its dynamics."""
_MOST_SYSTEMS = 6
_NAMES_SPACES = 17.0
"""What names, clef and signature take at the left of every system."""
_POINT_MM = 25.4 / 72
TEXT_POINTS = 9.0
_TEXT_LINES = 2
_MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Page:
    """Paper in mm, one staff space in mm, the first bar (from 0) of every system, and room for text: staff
    spaces from each bar's start to its system's end."""

    width_mm: float
    height_mm: float
    space_mm: float
    systems: tuple[int, ...]
    room: tuple[float, ...]

    @property
    def margin_mm(self) -> float:
        """White on every side of the paper, millimetres."""
        return _MARGIN_MM

    def tenths(self, millimetres: float) -> float:
        """In MusicXML's tenths of a staff space."""
        return millimetres / self.space_mm * 10


def lay_page(
    parts: Sequence[WrittenPart], measures: list[Measure], script: Sequence[tuple[int, str]]
) -> Page:
    """A page for the parts; `script` is (tick, text) of every line of script."""
    needed = _system_spaces(parts)
    fits_a4 = (_PAPERS_MM[0][1] - 2 * _MARGIN_MM - _TITLE_MM) / needed >= _SMALLEST_ON_A4_MM
    width, height = _PAPERS_MM[0 if fits_a4 else 1]
    tall = height - 2 * _MARGIN_MM - _TITLE_MM
    space = min(tall / needed, _LARGEST_SPACE_MM)
    # Smaller staves where one more system then fits on the page.
    for count in range(2, _MOST_SYSTEMS + 1):
        if tall / needed / count >= _COMFORTABLE_MM:
            space = min(tall / needed / count, _LARGEST_SPACE_MM)
    space = max(space, _SMALLEST_MM)
    capacity = (width - 2 * _MARGIN_MM) / space - _NAMES_SPACES
    widths = _bar_widths(parts, measures)
    for tick, text in script:
        bar = measure_at(measures, tick)
        widths[bar] = max(widths[bar], min(text_mm(text) / space / _TEXT_LINES / 1.5, capacity / 2))
    systems = _systems(widths, capacity)
    room = [0.0] * len(measures)
    for first, after in pairwise([*systems, len(measures)]):
        stretch = capacity / max(sum(widths[first:after]), 1e-6)
        # A last, short system is not drawn out.
        stretch = min(stretch, 1.6) if after == len(measures) else stretch
        left = 0.0
        for bar in range(after - 1, first - 1, -1):
            left += widths[bar] * stretch
            room[bar] = left
    return Page(width, height, space, tuple(systems), tuple(room))


def _system_spaces(parts: Sequence[WrittenPart]) -> float:
    """The height of a system in staff spaces: staves, and between them what their outermost notes need."""
    total, below = _TOP_SPACES, 0.0
    for part in parts:
        for number, staff in enumerate(part.staves):
            above, under = _extents(part, staff)
            dynamics = _DYNAMICS_SPACES if number == 0 or below else 1.0
            total += _STAFF_SPACES + max(_BETWEEN_SPACES, below + above + dynamics)
            below = under
    return total


def _extents(part: WrittenPart, staff: Staff) -> tuple[float, float]:
    """How far the notes reach above and below the staff, in spaces."""
    if part.instrument.unpitched:
        return 3.0, 1.0
    shift = -part.instrument.transposition.semitones
    middle = MIDDLE[staff.clefs.first]
    pitches = [pitch + shift for line in staff.voices for chord in line.chords for pitch in chord.pitches]
    if not pitches:
        return 0.0, 0.0
    spaces = 3.5 / 12  # a semitone
    return max((max(pitches) - middle) * spaces - 2.0, 0.0), max((middle - min(pitches)) * spaces - 2.0, 0.0)


def _bar_widths(parts: Sequence[WrittenPart], measures: list[Measure]) -> list[float]:
    onsets: list[set[int]] = [set() for _ in measures]
    for part in parts:
        for staff in part.staves:
            for line in staff.voices:
                for chord in line.chords:
                    onsets[measure_at(measures, chord.start)].add(chord.start)
    widths = []
    for measure, ticks in zip(measures, onsets, strict=True):
        places = sorted({measure.start, *ticks, measure.end})
        gaps = (after - at for at, after in pairwise(places))
        widths.append(2.0 + sum(2.0 + 1.2 * max(math.log2(gap / (TICKS / 4)), -0.5) for gap in gaps if gap))
    return widths


def _systems(widths: list[float], capacity: float) -> list[int]:
    systems, filled, count = [0], 0.0, 0
    for bar, width in enumerate(widths):
        if count and (filled + width > capacity or count == _MOST_BARS):
            systems.append(bar)
            filled, count = 0.0, 0
        filled += width
        count += 1
    return systems


def wrapped(text: str, millimetres: float) -> list[str]:
    """The text in lines no wider than that: broken between words, Chinese between characters but not before
    closing punctuation."""
    lines: list[str] = []
    line, width = "", 0.0
    for piece in _breakable(text):
        taken = text_mm(piece)
        if line.strip() and width + text_mm(piece.rstrip()) > millimetres:
            lines.append(line.strip())
            line, width = "", 0.0
        line += piece
        width += taken
    return [*lines, line.strip()] if line.strip() else lines


def text_mm(text: str) -> float:
    """About how wide a text is at the size of the script's lines."""
    return sum(_em(c) for c in text) * TEXT_POINTS * _POINT_MM


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.3 if character in " .,;:'!|ilIjtf-" else 0.52


def _breakable(text: str) -> list[str]:
    pieces = [""]
    for character in " ".join(text.split()):
        before = pieces[-1][-1:]
        closes = unicodedata.category(character) in ("Pe", "Pf", "Po") and character not in "“‘"
        opened = before != "" and unicodedata.category(before) in ("Ps", "Pi")
        at_wide = _wide(character) or (before != "" and _wide(before))
        if before == " " or (before and at_wide and not closes and not opened):
            pieces.append("")
        pieces[-1] += character
    return pieces


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
