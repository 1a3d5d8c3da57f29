"""A cue laid by the voice: its lines are where the recording has them, and what stands between them in the
script lies between them in time, in the same proportions as reading would give it.

The recording's times hold. What the script asks for at other times (`@at`, `@pause`, `@fit`) is told.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dsl.cue_sketch import CueSketch, Moment, Place, SketchLine
from dsl.diagnostics import Finding, Span
from dsl.film_clock import FilmClock
from dsl.placement import Pin, Placed
from dsl.plan import PlannedCue, PlannedLine, PlannedVoice
from dsl.reading_time import DEFAULT_PACE, line_s, measure, position_s
from dsl.rests import Rests
from dsl.spoken import SpokenLine, VoiceAlignment
from dsl.syntax import AtDirective, CueBlock
from dsl.time_findings import finding, length
from dsl.values import Columns, Timecode

LEAD_S = 1.0
"""A cue of a score with one recording begins this long before its first word, where the gap has the room."""
_TOLERATED_S = 0.1
"""A word this near to what a script asks for is there: onsets are known no nearer."""
_PAUSE_TOLERATED_S = 0.3

Anchor = tuple[float, float]
"""(seconds of unhurried reading from a segment's start, seconds on the score's clock)."""


@dataclass(frozen=True, slots=True)
class CueSpeech:
    """What a recording says of one cue. `zero_s` is where the recording begins: on the score's clock for the
    whole score's, None for a cue's own, which begins with the cue. `sounds`: it is this cue that it begins
    in."""

    path: str
    zero_s: float | None
    length_s: float
    speech_end_s: float
    sounds: bool
    span: Span
    lines: tuple[SpokenLine, ...]

    def begins(self, start_s: float) -> float:
        """The recording's beginning on the score's clock, in a cue that starts at `start_s`."""
        return start_s if self.zero_s is None else self.zero_s

    def voice(self, start_s: float) -> tuple[PlannedVoice, ...]:
        """The recording as the plan has it, in the cue where it begins."""
        if not self.sounds:
            return ()
        zero_s = self.begins(start_s)
        return (PlannedVoice(self.path, zero_s, zero_s + self.length_s, self.span),)


def cue_speeches(
    speeches: Iterable[VoiceAlignment], blocks: Iterable[CueBlock], zero_s: float
) -> dict[int, CueSpeech]:
    """Each cue's speech by the line of the cue. `zero_s` is when the first cue starts, and with it the whole
    score's recording."""
    found: dict[int, CueSpeech] = {}
    blocks = list(blocks)
    for speech in speeches:
        sounds = True
        by_line = {line.line: line for line in speech.lines}
        for block in blocks:
            own = speech.span.line in block.body and block.heading is not None
            if own is speech.whole:
                continue
            lines = tuple(by_line[number] for number in block.body if number in by_line)
            if not lines and speech.whole:
                continue
            last = not speech.whole or (bool(speech.lines) and lines[-1] is speech.lines[-1])
            ends_s = speech.speech_s[1] if last else lines[-1].end_s
            zero = zero_s if speech.whole else None
            found[block.line] = CueSpeech(
                speech.path, zero, speech.length_s, ends_s, sounds, speech.span, lines
            )
            sounds = False
    return found


NO_TIME = Timecode(0.0, None, Columns(1, 1))
"""The timecode of a pin that no directive has written."""


def voiced_start(
    start_s: float,
    earlier: CueSpeech | None,
    speech: CueSpeech,
    sketch: CueSketch,
    pin: Pin | None,
    film: FilmClock,
) -> tuple[float, tuple[Finding, ...]]:
    """When a cue of a score with one recording begins: a little before its first word, or at its own `@at`
    where that lies between the words of the cue before it (`earlier`, which starts at `start_s`) and its
    own."""
    before = start_s
    if earlier is not None and earlier.lines:
        before = earlier.begins(start_s) + earlier.lines[-1].end_s
    first_s = speech.begins(0.0) + speech.lines[0].start_s
    gap_s = max(first_s - before, 0.0)
    read_s = sketch.lines[0].start_s if sketch.lines and sketch.lines[0].segment == 0 else 0.0
    start_s = first_s - min(max(min(gap_s / 2, LEAD_S), read_s), gap_s)
    if pin is None:
        return start_s, ()
    if before - _TOLERATED_S <= pin.t_s <= first_s + _TOLERATED_S:
        return min(max(pin.t_s, before), first_s), ()
    if pin.t_s > first_s:
        way, off = "later", pin.t_s - first_s
        said = f"the recording says the cue's first words at {film.written(first_s)}"
    else:
        way, off = "earlier", before - pin.t_s
        said = f"the recording says the words before this cue until {film.written(before)}"
    message = f"{said}; this moment is {length(off)} {way}, and the recording's times hold"
    hint = "cut the recording to the picture, or take the @at out"
    return start_s, (finding("W419", message, pin.span, hint),)


@dataclass(frozen=True, slots=True)
class Voiced(Placed):
    """A placed cue whose words are where a recording has them. `ways` has the anchors of each segment,
    `spoken` each spoken line's seconds on the score's clock, by its number."""

    ways: tuple[tuple[Anchor, ...], ...] = ()
    spoken: Mapping[int, SpokenLine] = field(default_factory=dict)
    sketched: Mapping[int, SketchLine] = field(default_factory=dict)

    def time(self, segment: int, offset_s: float) -> float:
        """Seconds from the score's start of a place: between two spoken words in proportion."""
        way = self.ways[segment]
        if offset_s <= way[0][0]:
            return way[0][1]
        at = bisect_right(way, (offset_s + 1e-9, float("inf"))) - 1
        from_s, t_s = way[at]
        if at + 1 == len(way):
            return t_s + offset_s - from_s
        to_s, then_s = way[at + 1]
        share = (offset_s - from_s) / (to_s - from_s) if to_s > from_s else 0.0
        return t_s + share * (then_s - t_s)

    def moment_s(self, moment: Moment) -> float:
        """When a directive happens: one that is pinned to a word when the word is spoken."""
        line = self.spoken.get(moment.line)
        if line is None:
            return self.at(moment.place)
        own = self.sketched[moment.line]
        if moment.place.segment == own.segment and moment.place.offset_s <= own.start_s:
            return line.start_s
        return min(max(self.at(moment.place), line.start_s), line.end_s)

    def rest_s(self, place: Place, asked_s: float) -> float:
        """How long the recording leaves for a pause that is asked for at a place."""
        after = self.time(place.segment, place.offset_s + asked_s)
        return max(after - self.at(place), 0.0)

    def lines(self, sketched: "Iterable[SketchLine]") -> tuple[PlannedLine, ...]:
        """The sketch's lines: spoken ones with the recording's times, others between their neighbours."""
        found = []
        for one in sketched:
            said = self.spoken.get(one.line)
            span = one.columns.on(one.line)
            if said is not None:
                line = PlannedLine(one.text, one.speaker, said.start_s, said.end_s, span, said.confidence)
            else:
                start_s = self.time(one.segment, one.start_s)
                end_s = max(start_s, self.time(one.end_segment, one.end_s))
                line = PlannedLine(one.text, one.speaker, start_s, end_s, span)
            found.append(line)
        return tuple(found)


def place_by_voice(
    sketch: CueSketch, start_s: float, film: FilmClock, end: Pin | None, speech: CueSpeech
) -> Voiced:
    """Give every place of the cue its time by the recording. `end` is where something else ends the cue."""
    zero_s = speech.begins(start_s)
    most_s = end.t_s if end is not None else float("inf")
    spoken = {line.line: _on_the_clock(line, zero_s, start_s, most_s) for line in speech.lines}
    sketched = {line.line: line for line in sketch.lines}
    findings: list[Finding] = []
    if end is not None and zero_s + speech.speech_end_s > end.t_s + _TOLERATED_S:
        over = length(zero_s + speech.speech_end_s - end.t_s)
        message = f"the recording goes on for {over} after this cue's end"
        findings.append(finding("W419", message, end.span, f"end the cue {over} later, or cut the recording"))
    ways: list[tuple[Anchor, ...]] = []
    reached_s = start_s
    for number, segment in enumerate(sketch.segments):
        lines = [line for line in sketch.lines if line.segment == number and line.line in spoken]
        begins_s = reached_s if number else start_s
        if segment.pin is not None and isinstance(segment.pin.directive, AtDirective):
            if number:
                begins_s = film.seconds(segment.pin.directive.time)
            first_s = spoken[lines[0].line].start_s if lines else most_s
            at_once = bool(lines) and lines[0].start_s < 1e-6
            off_s = first_s - begins_s if at_once else min(first_s - begins_s, 0.0)
            if begins_s < reached_s:
                off_s = max(off_s, reached_s - begins_s)
            if number and abs(off_s) > _TOLERATED_S:
                findings.append(_elsewhere(segment.pin.span, begins_s, off_s, film))
            begins_s = min(max(begins_s, reached_s), max(first_s, reached_s))
        way: list[Anchor] = [(0.0, begins_s)]
        for line in lines:
            way += _line_anchors(line, spoken[line.line])
        ways.append(_rising(way))
        last_s, t_s = ways[-1][-1]
        reached_s = max(t_s, min(t_s + max(segment.natural_s - last_s, 0.0), most_s))
    ways = _not_beyond_the_next(sketch, ways, most_s)
    placed = Voiced(
        tuple(way[0][1] for way in ways),
        (1.0,) * len(ways),
        (Rests(),) * len(ways),
        0.0,
        (),
        tuple(ways),
        spoken,
        sketched,
    )
    text_end_s = max(
        placed.time(len(ways) - 1, sketch.segments[-1].natural_s),
        min(zero_s + speech.speech_end_s, most_s),
        start_s,
    )
    findings += _other_lengths(sketch, placed)
    return Voiced(
        placed.starts_s,
        placed.scales,
        placed.rests,
        min(text_end_s, most_s),
        tuple(findings),
        placed.ways,
        spoken,
        sketched,
    )


def _on_the_clock(line: SpokenLine, zero_s: float, start_s: float, most_s: float) -> SpokenLine:
    def moved(t_s: float) -> float:
        return min(max(zero_s + t_s, start_s), most_s)

    words = tuple((place, moved(t_s)) for place, t_s in line.words)
    return SpokenLine(line.line, moved(line.start_s), moved(line.end_s), line.confidence, words)


def _line_anchors(line: SketchLine, said: SpokenLine) -> list[Anchor]:
    """A line's beginning, the words within it, and its end: before the pause that reading gives it, which the
    recording has after the line."""
    if line.end_segment != line.segment or line.end_s <= line.start_s:
        return [(line.start_s, said.start_s)]
    whole_s = line_s(measure(line.text), DEFAULT_PACE)
    scale = (line.end_s - line.start_s) / whole_s
    anchors = [(line.start_s, said.start_s)]
    for place, t_s in said.words:
        anchors.append((line.start_s + scale * position_s(line.text, place, DEFAULT_PACE), t_s))
    spoken_s = position_s(line.text, len(line.text), DEFAULT_PACE)
    return [*anchors, (line.start_s + scale * spoken_s, said.end_s), (line.end_s, said.end_s)]


def _rising(way: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """Anchors in order, none before an earlier one."""
    found: list[Anchor] = []
    for offset_s, t_s in way:
        if found:
            offset_s, t_s = max(offset_s, found[-1][0]), max(t_s, found[-1][1])
        found.append((offset_s, t_s))
    return tuple(found)


def _not_beyond_the_next(
    sketch: CueSketch, ways: list[tuple[Anchor, ...]], most_s: float
) -> list[tuple[Anchor, ...]]:
    """Each segment's way with its end, so that what follows its last word does not reach into the next."""
    ended: list[tuple[Anchor, ...]] = []
    for number, way in enumerate(ways):
        natural_s = sketch.segments[number].natural_s
        last_s, t_s = way[-1]
        next_s = ways[number + 1][0][1] if number + 1 < len(ways) else most_s
        reached_s = max(t_s, min(t_s + max(natural_s - last_s, 0.0), next_s))
        ended.append((*way, (max(natural_s, last_s), reached_s)))
    return ended


def _elsewhere(span: Span, asked_s: float, off_s: float, film: FilmClock) -> Finding:
    way = "later" if off_s > 0 else "earlier"
    message = (
        f"the recording has this place {length(abs(off_s))} {way} than {film.written(asked_s)}, "
        "and the recording's times hold"
    )
    return finding("W419", message, span, "cut the recording to the picture, or take the @at out")


def _other_lengths(sketch: CueSketch, placed: Voiced) -> list[Finding]:
    """Pauses and paragraphs whose asked lengths the recording does not have."""
    found: list[Finding] = []
    for moment in sketch.moments:
        if not moment.is_rest or moment.duration_s is None:
            continue
        has_s = placed.rest_s(moment.place, moment.duration_s)
        if moment.duration_s - has_s > _PAUSE_TOLERATED_S:
            message = f"the recording leaves {length(has_s)} here, not the {length(moment.duration_s)} asked"
            found.append(finding("W419", message, moment.span, "cut a pause into the recording"))
    for fit in sketch.fits:
        asked_s = fit.end.offset_s - fit.start.offset_s
        has_s = placed.at(fit.end) - placed.at(fit.start)
        if abs(has_s - asked_s) > max(_PAUSE_TOLERATED_S, 0.05 * asked_s):
            message = (
                f"the recording takes {length(has_s)} for the paragraph, not the {length(asked_s)} asked"
            )
            found.append(finding("W419", message, fit.moment.span, "take the @fit out"))
    return found


def held_by_voice(cues: tuple[PlannedCue, ...], speeches: Iterable[VoiceAlignment]) -> tuple[PlannedCue, ...]:
    """No cue before the last words of the whole score's recording may change its length: what follows would
    leave its words."""
    lines = {line.line for speech in speeches if speech.whole for line in speech.lines}
    spoken = [n for n, cue in enumerate(cues) if any(line.span.line in lines for line in cue.lines)]
    last = spoken[-1] if spoken else 0
    return tuple(replace(cue, end_free=False) if n < last else cue for n, cue in enumerate(cues))
