"""What stands above and below the notes: rehearsal marks, tempo, script, hits, dynamics; each at its tick.

Tempo is printed where a player must know it, at a cue's start and where it changes by more than a player
would call steady; smaller bends of the fitted tempo map are for playback only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.cue_names import cue_label
from dsl.plan import Meter
from dsl.timing import beat_at_time
from engine.music.score import Score
from engine.render.notation.bars import Measure, Ruler, measure_at
from engine.render.notation.page import TEXT_POINTS, Page, wrapped
from engine.render.notation.parts import WrittenPart

_WORDS = (
    (45.0, "Grave"),
    (60.0, "Largo"),
    (72.0, "Adagio"),
    (92.0, "Andante"),
    (112.0, "Moderato"),
    (126.0, "Allegretto"),
    (160.0, "Allegro"),
    (180.0, "Vivace"),
)
"""Beats a minute below which a tempo has that name."""
_STEADY, _A_LITTLE = 0.03, 0.12
LEVELS = ("pp", "p", "mp", "mf", "f", "ff")
_BORDERS = (36, 52, 66, 82, 98)
"""Velocities from which the next level begins."""
_CLEAR = 3
"""How far across a border a bar's mean must be to change the level by one."""
_SUDDEN = 12
"""A bar this much louder or softer than the one before does not announce itself there."""
_OF_THE_ROOM = 0.8
"""Share of the estimated room that a line of text takes: programs space bars as they like."""
_LEAST_MM = 25.0
MARK_POINTS = 12.0
_MARK_MM = 70.0
"""A rehearsal mark's lines: programs set the box half to the left of its bar line."""
_LONG_REST_BARS = 2


@dataclass(frozen=True, slots=True)
class MetronomeMark:
    """A tempo from a tick: quarter notes a minute, and what is printed ("" and None: nothing)."""

    tick: int
    bpm: float
    words: str = ""
    beats_per_minute: int | None = None
    dotted: bool = False
    beat_unit: str = "quarter"


@dataclass(frozen=True, slots=True)
class Words:
    """A text above the top staff: "rehearsal", "script", "hit" or "technique"."""

    tick: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A dynamic mark, or a hairpin's begin ("crescendo", "diminuendo") and end ("stop")."""

    tick: int
    name: str


def tempo_marks(score: Score, ruler: Ruler, measures: list[Measure]) -> list[MetronomeMark]:
    """Every tempo of the score; those that a player needs with words and a metronome mark."""
    starts = {ruler.tick(cue.start_beat) for cue in score.cues}
    marks: list[MetronomeMark] = []
    printed: float | None = None
    for change in score.tempo:
        tick = ruler.tick(change.beat)
        if marks and marks[-1].tick == tick:
            marks.pop()
        meter = measures[measure_at(measures, tick)].meter
        opening = tick in starts or printed is None
        ratio = change.bpm / printed if printed else 1.0
        if not opening and abs(ratio - 1.0) < _STEADY:
            marks.append(MetronomeMark(tick, change.bpm))
            continue
        if printed is not None and tick in starts and abs(ratio - 1.0) < 1e-3:
            marks.append(MetronomeMark(tick, change.bpm))
            continue
        words = _tempo_word(change.bpm, meter)
        if not opening and abs(ratio - 1.0) < _A_LITTLE:
            words = "poco più mosso" if ratio > 1.0 else "poco meno mosso"
        unit, dotted, quarters = _beat_unit(meter)
        marks.append(MetronomeMark(tick, change.bpm, words, round(change.bpm / quarters), dotted, unit))
        printed = change.bpm
    return marks


def _beat_unit(meter: Meter) -> tuple[str, bool, float]:
    """(note value, dotted, quarter notes in it) that a metre is counted in."""
    if meter.is_compound and meter.denominator == 8:
        return "quarter", True, 1.5
    if meter.denominator == 2:
        return "half", False, 2.0
    return "quarter", False, 1.0


def _tempo_word(bpm: float, meter: Meter) -> str:
    beats = bpm / _beat_unit(meter)[2]
    return next((word for below, word in _WORDS if beats < below), "Presto")


def rehearsal_marks(score: Score, ruler: Ruler) -> list[Words]:
    """A boxed cue number and title at the start of each cue."""
    return [
        Words(ruler.tick(cue.start_beat), "rehearsal", "\n".join(lines))
        for cue in score.cues
        if (lines := wrapped(cue_label(cue.id, cue.title), _MARK_MM, MARK_POINTS))
    ]


def script_lines(score: Score, ruler: Ruler) -> list[tuple[int, str]]:
    """(tick, text) of every line of script, a speaker before it."""
    return [
        (
            ruler.tick(beat_at(score, lyric.start_s)),
            f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text,
        )
        for lyric in score.lyrics
    ]


def script_words(script: Sequence[tuple[int, str]], measures: list[Measure], page: Page) -> list[Words]:
    """The script's lines broken for the room that each has to the end of its system.

    A line that begins late in a system's last bar is moved to the bar's start, and lines of one bar are put
    together, so that none of them is pressed against the margin.
    """
    gathered: dict[int, list[str]] = {}
    places: list[tuple[int, str]] = []
    for tick, text in script:
        bar = measure_at(measures, tick)
        inside = (tick - measures[bar].start) / max(measures[bar].length, 1)
        after = page.room[bar + 1] if bar + 1 < len(page.room) and bar + 1 not in page.systems else 0.0
        if after < page.room[bar] * 0.3 and inside > 0.0:
            tick = measures[bar].start
        places.append((tick, text))
    for tick, text in places:
        gathered.setdefault(tick, []).append(text)
    ticks = sorted(gathered)
    words = []
    for tick, following in zip(ticks, [*ticks[1:], None], strict=False):
        room = _room(tick, measures, page)
        if following is not None and measure_at(measures, following) not in _next_systems(
            tick, measures, page
        ):
            until_next = room - _room(following, measures, page)
            room = until_next if until_next * page.space_mm >= 40 else room
        most_mm = max(room * page.space_mm * _OF_THE_ROOM, _LEAST_MM)
        lines = [line for text in gathered[tick] for line in wrapped(text, most_mm)]
        words.append(Words(tick, "script", "\n".join(lines)))
    return words


def _room(tick: int, measures: list[Measure], page: Page) -> float:
    """Staff spaces from a tick to the end of its system."""
    bar = measure_at(measures, tick)
    after = page.room[bar + 1] if bar + 1 < len(page.room) and bar + 1 not in page.systems else 0.0
    inside = (tick - measures[bar].start) / max(measures[bar].length, 1)
    return page.room[bar] - (page.room[bar] - after) * inside


def _next_systems(tick: int, measures: list[Measure], page: Page) -> range:
    """Bars that lie beyond the system of a tick."""
    bar = measure_at(measures, tick)
    after = next((first for first in page.systems if first > bar), len(measures))
    return range(after, len(measures))


def hit_words(score: Score, ruler: Ruler) -> list[Words]:
    """Named hits, for who conducts; one without a name is its accents."""
    return [
        Words(ruler.tick(marker.beat), "hit", f"Hit: {marker.text}")
        for marker in score.markers
        if marker.kind == "hit" and marker.text not in ("", "hit")
    ]


def levels(part: WrittenPart, measures: list[Measure]) -> list[Level]:
    """Where the part's dynamic changes: by the mean velocity of each bar, only where it is clearly across a
    border; a hairpin leads to a neighbouring level that is reached in the bar after."""
    bars: dict[int, list[tuple[int, int]]] = {}
    for staff in part.staves:
        for line in staff.voices:
            for chord in line.chords:
                bars.setdefault(measure_at(measures, chord.start), []).append((chord.start, chord.velocity))
    means = {bar: sum(v for _, v in notes) / len(notes) for bar, notes in bars.items()}
    smooth = {}
    for bar, mean in means.items():
        after = means.get(bar + 1, mean)
        smooth[bar] = (2 * mean + after) / 3 if abs(after - mean) < _SUDDEN else mean
    found: list[Level] = []
    current, last = -1, -99
    for bar in sorted(bars):
        mean = smooth[bar]
        wanted = sum(mean >= border for border in _BORDERS)
        fresh = bar - last > _LONG_REST_BARS
        far = current < 0 or abs(wanted - current) > 1
        clear = far or (wanted != current and abs(mean - _BORDERS[min(wanted, current)]) > _CLEAR)
        first = min(tick for tick, _ in bars[bar])
        if fresh or clear:
            wanted = wanted if clear or current < 0 else current
            if not fresh and abs(wanted - current) == 1 and bar - 1 in bars and last == bar - 1:
                begin = min(tick for tick, _ in bars[bar - 1])
                if begin not in {level.tick for level in found}:
                    found.append(Level(begin, "crescendo" if wanted > current else "diminuendo"))
                    found.append(Level(first, "stop"))
            found.append(Level(first, LEVELS[wanted]))
            current = wanted
        last = bar
    return sorted(found, key=lambda level: (level.tick, level.name != "stop"))


def beat_at(score: Score, t_s: float) -> float:
    """The beat at a time in seconds, by the score's tempo map."""
    return beat_at_time(score.tempo, t_s) if score.tempo else 0.0


__all__ = [
    "MARK_POINTS",
    "TEXT_POINTS",
    "Level",
    "MetronomeMark",
    "Words",
    "beat_at",
    "hit_words",
    "levels",
    "rehearsal_marks",
    "script_lines",
    "script_words",
    "tempo_marks",
]
