"""The page: paper and staff size that hold the score's staves, which bars make a system, how script text is
broken so that it stays on the page.

Widths are estimates in staff spaces; notation programs space the notes themselves, but keep the systems.
"""

import math
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.render.notation.bars import Measure, measure_at
from engine.render.notation.clefs import MIDDLE
from engine.render.notation.parts import Staff, WrittenPart
from engine.render.notation.quantise import WrittenChord

_MARGIN_MM = 12.0
_PAPERS_MM = ((210.0, 297.0), (297.0, 420.0))
_LARGEST_SPACE_MM, _COMFORTABLE_MM, _SMALLEST_MM = 1.75, 1.0, 0.8
_LARGEST_ALONE_MM = 1.3
"""A system that fills the page alone has staves of 5.2 mm at most: larger ones only cost bars. A score goes
to A3 where A4 would take staves under 3.2 mm; MuseScore 3 keeps to A4 whatever the file says."""
_STAFF_SPACES, _BETWEEN_SPACES, _TOP_SPACES, _TITLE_MM = 4.0, 6.5, 13.0, 24.0
"""A staff, the least room between two, the marks above the first one, and the title on page one."""
_DYNAMICS_SPACES = 4.5
"""Room between the notes of two staves where the upper one has its dynamics."""
_MOST_SYSTEMS = 6
_HEAD_SPACES, _LETTER_SPACES, _NAME_MARGIN_SPACES = 13.0, 1.2, 3.0
"""At the left of every system: clef, signature and metre; a letter of the parts' names; their bracket."""
_BAR_SPACES, _ONSET_SPACES, _ACCIDENTAL_SPACES, _SIGN_SPACES, _METER_SPACES = 0.5, 2.2, 1.4, 1.9, 1.8
"""What a bar takes at the least: for itself, for each place where a note or rest begins and for one with an
accidental, for each sign of a new signature, for a new metre. Fitted to 236 line breaks of MuseScore in 34
scores, of which they miss a third by 6 spaces on average (what stood here before missed them all)."""
POINT_MM = 25.4 / 72
"""A point of type in millimetres."""
TEXT_POINTS = 9.0
_TEXT_LINES = 2
_MOST_BARS = 8
_FULL = 0.95
"""Share of a system's estimated room that may be filled: a bar too many is broken off by the program."""
_CUE_AT_THE_LEFT = 1.6
"""What it is worth that a cue begins a system, in systems."""
_TEXT_LINE_MM = 1.25 * TEXT_POINTS * POINT_MM
_TEXT_SHARE = 0.55
"""Share of a system's width that lines of script usually have."""


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
    parts: Sequence[WrittenPart],
    measures: list[Measure],
    script: Sequence[tuple[int, str]],
    keys: Sequence[tuple[int, int]] = (),
    cues: Iterable[int] = (),
) -> Page:
    """A page for the parts; `script` is (tick, text) of every line of script, `keys` (tick, sharps or flats)
    of every signature, `cues` the ticks where cues begin."""
    needed = _system_spaces(parts)
    width, height = _PAPERS_MM[0]
    tall = height - 2 * _MARGIN_MM - _TITLE_MM - _text_mm_above(script, measures, width)
    if tall / needed < _SMALLEST_MM:
        width, height = _PAPERS_MM[1]
        tall += height - _PAPERS_MM[0][1]
    space = min(tall / needed, _LARGEST_ALONE_MM)
    # Smaller staves where one more system then fits on the page.
    for count in range(2, _MOST_SYSTEMS + 1):
        if tall / needed / count >= _COMFORTABLE_MM:
            space = min(tall / needed / count, _LARGEST_SPACE_MM)
    space = max(space, _SMALLEST_MM)
    line = (width - 2 * _MARGIN_MM) / space - _HEAD_SPACES - _NAME_MARGIN_SPACES
    longest = (max(len(part.name) for part in parts), max(len(part.short) for part in parts))
    first, later = (line - _LETTER_SPACES * letters for letters in longest)
    widths = _bar_widths(parts, measures, keys)
    for tick, text in script:
        bar = measure_at(measures, tick)
        widths[bar] = max(widths[bar], min(text_mm(text) / space / _TEXT_LINES / 1.5, first / 2))
    begins = {measure_at(measures, tick) for tick in cues}
    systems = _systems(widths, first, later, begins)
    room = [0.0] * len(measures)
    for start, after in pairwise([*systems, len(measures)]):
        stretch = (first if start == 0 else later) / max(sum(widths[start:after]), 1e-6)
        # A last, short system is not drawn out.
        stretch = min(stretch, 1.6) if after == len(measures) else stretch
        left = 0.0
        for bar in range(after - 1, start - 1, -1):
            left += widths[bar] * stretch
            room[bar] = left
    return Page(width, height, space, tuple(systems), tuple(room))


def _text_mm_above(script: Sequence[tuple[int, str]], measures: list[Measure], width: float) -> float:
    """The height of the tallest script over one bar, beyond the lines that every system has room for."""
    texts: dict[int, float] = {}
    for tick, text in script:
        bar = measure_at(measures, tick)
        texts[bar] = texts.get(bar, 0.0) + text_mm(text)
    lines = math.ceil(max(texts.values(), default=0.0) / (width * _TEXT_SHARE))
    return max(lines - _TEXT_LINES, 0) * _TEXT_LINE_MM


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


def _bar_widths(
    parts: Sequence[WrittenPart], measures: list[Measure], keys: Sequence[tuple[int, int]]
) -> list[float]:
    """Staff spaces that each bar takes, but for what stands at the head of every system."""
    onsets: list[set[int]] = [{measure.start} for measure in measures]
    chromatic: set[int] = set()
    signs = list(keys) or [(0, 0)]
    for part in parts:
        for staff in part.staves:
            for line in staff.voices:
                for chord in line.chords:
                    if not part.instrument.unpitched and _has_accidental(chord, signs):
                        chromatic.add(chord.start)
                    for tick in (chord.start, chord.end):
                        bar = measure_at(measures, tick)
                        if tick < measures[bar].end:
                            onsets[bar].add(tick)
    widths = [_BAR_SPACES + _ONSET_SPACES * len(ticks) for ticks in onsets]
    for tick in chromatic:
        widths[measure_at(measures, tick)] += _ACCIDENTAL_SPACES
    for tick, count in signs:
        if tick:
            widths[measure_at(measures, tick)] += _SIGN_SPACES * abs(count)
    for bar, (before, measure) in enumerate(pairwise(measures), start=1):
        widths[bar] += _METER_SPACES if measure.meter != before.meter else 0.0
    return widths


def _has_accidental(chord: WrittenChord, keys: Sequence[tuple[int, int]]) -> bool:
    """Whether a chord has a note outside its signature's scale."""
    at = bisect_right(keys, chord.start, key=lambda change: change[0])
    flattest = keys[max(at - 1, 0)][1] - 1
    return any((pitch * 7 - flattest) % 12 > 6 for pitch in chord.pitches)


def _systems(widths: list[float], first: float, later: float, begins: Collection[int]) -> list[int]:
    """The first bar of every system: as few systems as the widths allow, evenly filled, the last one with
    more than a scrap in it, and cues at the left where that costs little (the cheapest path through the
    bars)."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(widths) + 1):
        filled, choices = 0.0, []
        for start in range(end - 1, max(end - _MOST_BARS, 0) - 1, -1):
            filled += widths[start]
            share = filled / (later if start else first)
            if share > _FULL and start < end - 1:
                break
            cost = 1.0 + max(1.0 - share, 0.0) ** 2 - (_CUE_AT_THE_LEFT if start in begins else 0.0)
            choices.append((best[start][0] + cost, start))
        best.append(min(choices))
    systems = []
    at = len(widths)
    while at:
        at = best[at][1]
        systems.append(at)
    return systems[::-1]


def fitted(text: str, millimetres: float, points: Sequence[int], most_lines: int) -> tuple[list[str], int]:
    """(lines, points) of a heading: in the first of the sizes, the largest first, in which it takes one line,
    else in the first in which it takes `most_lines` at most; cut in the last where it takes more."""
    for allowed in (1, most_lines):
        for size in points:
            lines = wrapped(text, millimetres, size)
            if len(lines) <= allowed:
                return lines, size
    lines = wrapped(text, millimetres, points[-1])[:most_lines]
    return [*lines[:-1], f"{lines[-1][:-1].rstrip()}…"], points[-1]


def wrapped(text: str, millimetres: float, points: float = TEXT_POINTS) -> list[str]:
    """The text in lines no wider than that: broken between words, Chinese between characters but not before
    closing punctuation, a word that is wider than the line where it must be."""
    millimetres *= TEXT_POINTS / points
    lines: list[str] = []
    line, width = "", 0.0
    for piece in (part for whole in _breakable(text) for part in _parts_of(whole, millimetres)):
        taken = text_mm(piece)
        if line.strip() and width + text_mm(piece.rstrip()) > millimetres:
            lines.append(line.strip())
            line, width = "", 0.0
        line += piece
        width += taken
    return [*lines, line.strip()] if line.strip() else lines


def _parts_of(piece: str, millimetres: float) -> Iterator[str]:
    """A piece as it is, or cut where it fills a line."""
    start, width = 0, 0.0
    for index, character in enumerate(piece):
        taken = text_mm(character)
        if index > start and width + taken > millimetres and not character.isspace():
            yield piece[start:index]
            start, width = index, 0.0
        width += taken
    yield piece[start:]


def text_mm(text: str) -> float:
    """About how wide a text is at the size of the script's lines."""
    return sum(_em(c) for c in text) * TEXT_POINTS * POINT_MM


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
