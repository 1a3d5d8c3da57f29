"""Lays a cue's lines and directives out by reading time: the walk over its items that makes its sketch.

Reading has a state: where it is, how fast it goes, whether a breath is due, which paragraph `@fit` is about.
The sketch depends on the cue's own lines and a few defaults only, so that it can be kept while nothing of
these changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from dsl.cue_sketch import CueSketch, Fit, Moment, Place, Segment, SketchLine
from dsl.limits import LONGEST_PAUSE_S
from dsl.plan import Meter
from dsl.reading_time import BREATH_S, DEFAULT_PACE, Pace, line_s, main_language, measure, pace_of, position_s
from dsl.rests import Rests, rests_at
from dsl.syntax import (
    DECLARATIONS,
    AtDirective,
    BarsDirective,
    Blank,
    DensityDirective,
    Dialogue,
    Directive,
    DirectiveLine,
    Document,
    Duration,
    DynamicsDirective,
    EmotionDirective,
    FitDirective,
    FreezeDirective,
    HitDirective,
    Item,
    LayersDirective,
    LoopDirective,
    MeterDirective,
    MotifEntry,
    OutDirective,
    PaceDirective,
    PauseDirective,
    PictureDirective,
    RegisterDirective,
    SeedDirective,
    SilenceDirective,
    TakeDirective,
    TempDirective,
    TempoDirective,
    TempoValue,
    TensionDirective,
    Text,
    TransitionDirective,
    VoiceDirective,
)
from dsl.tempo_fit import DEFAULT_BPM
from dsl.time_findings import finding, length

FASTEST_FIT = 2.0
_OF_THE_CUE = (
    SeedDirective,
    TakeDirective,
    BarsDirective,
    LayersDirective,
    LoopDirective,
    FreezeDirective,
    OutDirective,
    PictureDirective,
    TempDirective,
    TransitionDirective,
    VoiceDirective,
)
_SILENT = (
    PictureDirective,
    SeedDirective,
    TakeDirective,
    TransitionDirective,
    VoiceDirective,
    LayersDirective,
)
_RAMPED = (EmotionDirective, DynamicsDirective, DensityDirective, TensionDirective, RegisterDirective)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a cue starts from: the front matter's pace, tempo and metre, and the declared language."""

    pace: Pace
    bpm: float
    meter: Meter
    language: Literal["auto", "zh", "en"]
    tempo: TempoValue | None = None


def default_pace(document: Document) -> Pace:
    """The front matter's reading speed, in the language that the text is mostly in."""
    front = document.front_matter
    if front.pace is None:
        return DEFAULT_PACE
    language: Literal["auto", "zh", "en"] = front.language or "auto"
    if language != "auto":
        return pace_of(front.pace, language)
    spoken = (item.text for item in document.items if isinstance(item, Text | Dialogue))
    measures = [measure(text) for text in islice(spoken, 200)]  # enough to tell the language
    return pace_of(
        front.pace, main_language(sum(m.characters for m in measures), sum(m.words for m in measures))
    )


def tempo_under(base: TempoValue | None, tempo: TempoValue) -> TempoValue:
    """A factor on a tempo or range that was written is itself one; on none, it stays the engine's to
    apply."""
    if tempo.factor is None or base is None or base.low is None or base.high is None:
        return tempo
    return replace(tempo, low=base.low * tempo.factor, high=base.high * tempo.factor, factor=None)


def sketch_cue(items: Iterable[Item], first_line: int, defaults: Defaults) -> CueSketch:
    """Lay out a cue's body; `first_line` is the line number of its first item."""
    sketcher = _Sketcher(defaults)
    items = list(items)
    sketcher.items = items
    for line, item in enumerate(items, first_line):
        kind = type(item)
        if kind is Text or kind is Dialogue:
            sketcher.text(line, item)  # type: ignore[arg-type]  # mypy does not narrow by `is`, the fast way
        elif kind is DirectiveLine:
            sketcher.directive(line, item.directive, inline=False)  # type: ignore[union-attr]
        elif kind is Blank:
            sketcher.blank()
    return sketcher.finish()


class _Sketcher:
    """Walks over a cue's items with the state that reading has: where we are, how fast, whether a breath is
    due."""

    __slots__ = (
        "after_text",
        "bpm",
        "breath_due",
        "cue",
        "defaults",
        "fit_open",
        "fit_waiting",
        "items",
        "lengths",
        "meter",
        "offset",
        "pace",
        "segment",
        "tempo",
    )

    def __init__(self, defaults: Defaults) -> None:
        self.cue = CueSketch()
        self.defaults = defaults
        self.items: list[Item] = []
        self.pace, self.bpm, self.meter = defaults.pace, defaults.bpm, defaults.meter
        self.tempo = defaults.tempo
        self.lengths = _lengths_at(self.pace)
        self.segment, self.offset = 0, 0.0
        self.breath_due = self.after_text = False
        self.fit_waiting: Moment | None = None
        self.fit_open: tuple[Moment, Place, int, int] | None = None

    def here(self) -> Place:
        return Place(self.segment, self.offset)

    def blank(self) -> None:
        self.breath_due = self.breath_due or self.after_text
        self.close_fit()

    def breathe(self) -> None:
        if self.breath_due:
            self.offset += BREATH_S
            self.breath_due = False

    def text(self, line: int, item: Text | Dialogue) -> None:
        text, runs = item.text, item.runs
        if self.breath_due:
            self.breathe()
        if self.fit_waiting is not None:
            self.fit_open = (self.fit_waiting, self.here(), len(self.cue.lines), len(self.cue.moments))
            self.fit_waiting = None
        segment, start_s = self.segment, self.offset
        if len(runs) > 1 or not text:
            segment, start_s = self.marked(line, item, segment, start_s)
        else:
            self.offset += self.length_s(text)
        if text:
            speaker = item.speaker.text if type(item) is Dialogue else None
            self.cue.lines.append(
                SketchLine(text, speaker, line, item.columns, segment, start_s, self.segment, self.offset)
            )
            self.after_text = True

    def marked(self, line: int, item: Text | Dialogue, segment: int, start_s: float) -> tuple[int, float]:
        """Read a line with marks in it; gives the place where its first word begins."""
        text, pace, read_s = item.text, self.pace, 0.0
        took = self.length_s(text) if text else 0.0
        for mark in item.marks:
            # A last mark does not wait for the last word's pause, but no mark comes before an earlier one.
            before_s = max(read_s, position_s(text, mark.position, pace)) if text else 0.0
            self.offset += before_s - read_s
            read_s = before_s
            self.directive(line, mark.directive, inline=True)
            if text and self.pace != pace:  # the line as if it had been read at the new pace from its start
                pace, took = self.pace, self.length_s(text)
                read_s = position_s(text, mark.position, pace)
            if read_s == 0.0:
                segment, start_s = self.segment, self.offset  # a pause or an @at there moves the line
        self.offset += took - read_s
        return segment, start_s

    def length_s(self, text: str) -> float:
        known = self.lengths.get(text)
        if known is None:
            known = line_s(measure(text), self.pace)
            if len(text) <= _REMEMBERED_CHARACTERS:
                self.lengths[text] = known
        return known

    def directive(self, line: int, directive: Directive, inline: bool) -> None:
        kind = type(directive)
        if isinstance(directive, DECLARATIONS):
            return
        if isinstance(directive, AtDirective):
            self.at(Moment(directive, line, self.here()))
            return
        if isinstance(directive, PauseDirective | SilenceDirective):
            self.breath_due = self.after_text = False
            seconds = self.pause_s(directive.duration, line)
            self.cue.moments.append(Moment(directive, line, self.here(), seconds))
            self.offset += seconds
            self.cue.silent = False
            return
        if not inline:
            self.breathe()
        moment = Moment(directive, line, self.here())
        if isinstance(directive, FitDirective):
            self.close_fit()
            self.drop_waiting_fit()
            self.fit_waiting = moment
        elif isinstance(directive, PaceDirective):
            self.pace = pace_of(directive.pace, self.language())
            self.lengths = _lengths_at(self.pace)
        elif isinstance(directive, _OF_THE_CUE):
            if isinstance(directive, TransitionDirective) and directive.duration is not None:
                moment.duration_s = self.seconds(directive.duration)
            if isinstance(directive, TransitionDirective) and directive.to is not None:
                self.cue.leads.append(moment)
            else:
                self.cue.of_cue[kind] = moment
            self.cue.silent = self.cue.silent and kind in _SILENT
        else:
            self.setting_or_event(moment)

    def setting_or_event(self, moment: Moment) -> None:
        directive = moment.directive
        if isinstance(directive, TempoDirective):
            tempo = tempo_under(self.tempo, directive.tempo)
            self.tempo = self.tempo if directive.tempo.factor else directive.tempo
            if tempo.low is not None and tempo.high is not None:
                self.bpm = (tempo.low * tempo.high) ** 0.5
            else:
                self.bpm = DEFAULT_BPM * (tempo.factor or 1.0)
        elif isinstance(directive, MeterDirective):
            self.meter = directive.meter
        elif isinstance(directive, HitDirective | MotifEntry):
            self.cue.silent = False
        elif (
            isinstance(directive, _RAMPED) and directive.ramp is not None and directive.ramp.over is not None
        ):
            moment.duration_s = self.seconds(directive.ramp.over)
        self.cue.moments.append(moment)

    def at(self, moment: Moment) -> None:
        """An `@at` before anything that takes or marks time pins the cue's start, every other opens a
        segment."""
        cue = self.cue
        self.breath_due = self.after_text = False
        if self.fit_open is not None:
            message = "@at stands inside the paragraph that @fit is about, so that the @fit does not hold"
            cue.findings.append(finding("W403", message, self.fit_open[0].span))
            self.fit_open = None
        if len(cue.segments) == 1 and cue.segments[0].pin is None and not self.is_timed():
            cue.segments[0].pin = moment
        else:
            cue.segments[-1].natural_s = self.offset
            cue.segments.append(Segment(moment))
            self.segment, self.offset = self.segment + 1, 0.0
            moment.place = self.here()
        cue.silent = False
        cue.moments.append(moment)

    def is_timed(self) -> bool:
        """Whether anything of the cue takes or marks time already."""
        return bool(
            self.cue.lines
            or self.offset
            or any(isinstance(m.directive, HitDirective | MotifEntry) for m in self.cue.moments)
        )

    def close_fit(self) -> None:
        """The paragraph is over: scale it to the length asked for."""
        if self.fit_open is None:
            return
        moment, start, first_line, first_moment = self.fit_open
        self.fit_open = None
        assert isinstance(moment.directive, FitDirective)
        natural = self.offset - start.offset_s
        wanted = self.pause_s(moment.directive.duration, moment.line)
        if natural <= 0.0 or wanted <= 0.0:
            return
        rests = [one for one in self.cue.moments[first_moment:] if one.is_rest]
        kept = rests_at([(one.place.offset_s, one.duration_s or 0.0) for one in rests])
        words_s = natural - kept.total_s
        # Pauses last what they ask for, and the words share the rest; where that is too little, all yield.
        if words_s <= 0.0 or wanted - kept.total_s < words_s / (2 * FASTEST_FIT):
            kept, factor = Rests(), wanted / natural
            for one in rests:
                one.duration_s = (one.duration_s or 0.0) * factor
        else:
            factor = (wanted - kept.total_s) / words_s
        if factor < 1.0 / FASTEST_FIT:
            message = (
                f"the paragraph needs {length(natural)} at its pace; in {length(wanted)} it is read "
                f"{1 / factor:.1f} times as fast"
            )
            self.cue.findings.append(finding("W412", message, moment.span))

        def scaled(offset_s: float) -> float:
            rested = kept.by(offset_s)
            return start.offset_s + (offset_s - start.offset_s - rested) * factor + rested

        self.cue.lines[first_line:] = [
            line._replace(start_s=scaled(line.start_s), end_s=scaled(line.end_s))
            for line in self.cue.lines[first_line:]
        ]
        for one in self.cue.moments[first_moment:]:
            one.place.offset_s = scaled(one.place.offset_s)
        self.offset = start.offset_s + wanted
        end = Place(start.segment, self.offset)
        self.cue.fits.append(Fit(moment, Place(start.segment, start.offset_s), end))

    def drop_waiting_fit(self) -> None:
        if self.fit_waiting is not None:
            message = "no paragraph of text follows this @fit in its cue"
            self.cue.findings.append(finding("W409", message, self.fit_waiting.span))
            self.fit_waiting = None

    def pause_s(self, duration: Duration, line: int) -> float:
        seconds = self.seconds(duration)
        if seconds <= LONGEST_PAUSE_S:
            return seconds
        message = f"{length(seconds)} is longer than the hour that is the most for one pause or paragraph"
        self.cue.findings.append(finding("E408", message, duration.columns.on(line)))
        return LONGEST_PAUSE_S

    def seconds(self, duration: Duration) -> float:
        """A duration in seconds; bars and beats by the metre and tempo in force."""
        if duration.seconds is not None:
            return max(0.0, duration.seconds)
        quarters = 4.0 / self.meter.denominator if duration.unit == "beats" else self.meter.beats_per_bar
        return max(0.0, duration.value * quarters * 60.0 / self.bpm)

    def language(self) -> Literal["zh", "en"]:
        """The language that an `@pace` in this cue counts in: the file's, or what the cue is mostly in."""
        if self.defaults.language != "auto":
            return self.defaults.language
        measures = [measure(item.text) for item in self.items if isinstance(item, Text | Dialogue)]
        return main_language(sum(m.characters for m in measures), sum(m.words for m in measures))

    def finish(self) -> CueSketch:
        self.close_fit()
        self.drop_waiting_fit()
        self.cue.segments[-1].natural_s = self.offset
        self.cue.silent = self.cue.silent and not self.cue.lines
        return self.cue


_LENGTHS: dict[Pace, dict[str, float]] = {}
_REMEMBERED_CHARACTERS = 500
_MOST_REMEMBERED = 50_000


def _lengths_at(pace: Pace) -> dict[str, float]:
    """Line lengths at a pace, remembered from edit to edit; thrown away before they fill the memory."""
    if len(_LENGTHS) > 16:
        _LENGTHS.clear()
    lengths = _LENGTHS.setdefault(pace, {})
    if len(lengths) > _MOST_REMEMBERED:
        lengths.clear()
    return lengths
