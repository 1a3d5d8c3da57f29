"""Decides what is written and what is rewritten. No clock, no thread and no model: it is told what time the
music's clock shows, says what it wants read or written, and takes what came of it; what is heard of that is
`engine.live.playing`. The same calls at the same times give the same music.
"""

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from dsl.plan import Plan
from engine.live.direction import Change, Direction, changed, direction_of, with_reading
from engine.live.events import (
    HitEvent,
    IntensityEvent,
    LiveEvent,
    PauseEvent,
    ResumeEvent,
    StateEvent,
    StopEvent,
    TextEvent,
)
from engine.live.hand_over import crossfade_at, leading_bars, transition_between
from engine.live.passage import FeltPoint, HeardBefore, LivePassage, PassageOrder
from engine.live.playing import Playing
from engine.live.timeline import PlacedPassage, Quantise, Timeline
from engine.live.variation import varied
from engine.music.theme_key import ThemeNote
from engine.music.theory import Quality

LEAD_S: Final = 0.4
"""So long before a line must something be asked to be heard from that line on."""
_SOON_S: Final = 0.05
"""The same for what nothing is written for: hits, layers, a pause."""
AHEAD_BARS: Final = 4.0
"""With fewer bars ahead than this, more are written."""
_HURRIED_S: Final = 1.2
"""With less time than this to the line, less is written for it."""
_SPARE_S: Final = 0.3
_BAR_S: Final = 0.1
"""What a bar takes to be written, at the most, in three takes, where the machine has nothing else to do."""
_LEARNS: Final = 0.4
"""How much the newest passage counts for what a bar is thought to take."""
_MARGIN: Final = 1.5
_STEP: Final = 0.1
"""A reading that moves the feeling by less (of the plane) has nothing rewritten."""
_BEND: Final = 0.08
"""The share by which one passage's tempo may differ from the one before, where nobody asked for a tempo."""
_CLOSING_BARS: Final = 2
_NEAR: Final = 1e-6


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A scene whose newest line is to be read; `number` tells which direction it belongs to."""

    scene: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class WriteTask:
    """Bars to be written, to be heard from beat `line` on."""

    order: PassageOrder
    line: float
    number: int
    direction: Direction
    anew: bool
    """Whether it is written over what was there, because something was asked."""


LiveTask = ReadTask | WriteTask


@dataclass(slots=True)
class LiveCounts:
    """What happened: passages written and rewritten, repeats because nothing was ready, passages that came
    too late for the line they were meant for, events."""

    written: int = 0
    rewritten: int = 0
    varied: int = 0
    late: int = 0
    events: int = 0


@dataclass(slots=True)
class Conductor:
    """One performance of a score (`base`, at least one cue)."""

    base: Plan
    seed: int = 0
    quantise: Quantise = "bar"
    sparing: bool = False
    """In real time: however much is asked, no line is written for more than twice."""
    pace_s: float = _BAR_S
    """What a bar takes to be written in three takes, as it lately has."""
    playing: Playing = field(init=False)
    counts: LiveCounts = field(default_factory=LiveCounts)
    direction: Direction = field(init=False)
    _number: int = 0
    """Of the direction: it goes up with whatever changes it."""
    _rewrite: bool = False
    _unread: bool = False
    _entered: bool = True
    _state_bar: int = 0
    _theme: tuple[ThemeNote, ...] = ()
    _passages: int = 0
    _loop: LivePassage | None = None
    _written_line: float = -1.0
    _writings: int = 0

    def __post_init__(self) -> None:
        self.direction = direction_of(self.base.cues[0])
        self.playing = Playing(self.repeat)

    @property
    def timeline(self) -> Timeline:
        """What is written."""
        return self.playing.timeline

    # ---------------------------------------------------------------------------------------- what is asked

    def ask(self, event: LiveEvent, now_s: float) -> None:
        """An event that comes when the music's clock shows `now_s`. It must have been checked."""
        self.counts.events += 1
        playing = self.playing
        now_s = max(now_s, playing.now_s)
        match event:
            case PauseEvent():
                playing.pause(self._line(now_s + _SOON_S, "beat"))
            case ResumeEvent():
                playing.resume()
            case StopEvent():
                self._stop(now_s)
            case IntensityEvent():
                quantise: Quantise = "beat" if self.quantise == "beat" else "bar"
                playing.layer(self._line(now_s + _SOON_S, quantise), event.level)
            case HitEvent():
                playing.hit(self._line(now_s + _SOON_S, "beat"))
            case _:
                self._change(event, now_s)

    def _change(self, event: Change, now_s: float) -> None:
        if self.direction.closing:
            return
        line_s = self.timeline.second(self._line(now_s + LEAD_S, self.quantise))
        self.direction = changed(self.direction, event, self.base, self._felt(), line_s)
        self._number += 1
        if isinstance(event, TextEvent):
            self.playing.say(event.text)
            self._unread = True
            return
        if isinstance(event, StateEvent):
            self._entered, self._state_bar, self._theme = True, 0, ()
            self._unread = False
        self._rewrite, self._loop = True, None

    def _stop(self, now_s: float) -> None:
        if not self.timeline.placed or self.playing.paused or self.direction.closing:
            self.playing.end(self.timeline.beat_at(now_s))
            return
        self.direction = replace(self.direction, closing=True, loop=False)
        self._number += 1
        self._rewrite, self._unread, self._loop = True, False, None

    def _felt(self) -> FeltPoint:
        """What is felt now."""
        if self.direction.lead is not None:
            return self.direction.lead.at(self.playing.now_s)
        begun = self.playing.begun
        return begun.passage.feeling if begun else (0.0, 0.0)

    def _line(self, t_s: float, quantise: Quantise) -> float:
        return self.timeline.line_after(t_s, quantise) if self.timeline.placed else 0.0

    # --------------------------------------------------------------------------------------- what is written

    def next_task(self, now_s: float) -> LiveTask | None:
        """What is to be read or written now; None while enough is ahead. One task at a time: the next one
        is asked for when this one has been delivered."""
        if self.playing.ended or self.playing.ends:
            return None
        now_s = max(now_s, self.playing.now_s)
        if self._unread and not self.direction.closing:
            return ReadTask(self.direction.scene, self._number)
        if self._rewrite:
            line = self._line(now_s + LEAD_S, self.quantise)
            if not self._waits(line, now_s):
                return self._task(line, now_s, anew=True)
        if not self.timeline.placed:
            return self._task(0.0, now_s)
        if self.bars_ahead(now_s) >= AHEAD_BARS:
            return None
        if self._loop is not None:
            self.repeat()
            return None
        return self._task(self.timeline.end_beat, now_s)

    def _waits(self, line: float, now_s: float) -> bool:
        """Whether bars that are wanted for this line can wait: written anew for it once already, they are
        once more when little else can be asked for it in time; then what is asked is for the next line."""
        if not self.sparing or line != self._written_line:
            return False
        return self._writings > 1 or now_s < self.timeline.second(line) - LEAD_S - _SPARE_S

    def bars_ahead(self, now_s: float) -> float:
        """How many bars are written and not yet heard."""
        timeline = self.timeline
        return timeline.bars_between(timeline.beat_at(max(now_s, self.playing.now_s)), timeline.end_beat)

    def _task(self, line: float, now_s: float, anew: bool = False) -> WriteTask:
        direction, timeline = self.direction, self.timeline
        start_s = timeline.second(line)
        left_s = start_s - now_s if anew and timeline.placed else 60.0
        hurried = left_s < max(_HURRIED_S, self._needs(4, 3))
        bars = (
            _CLOSING_BARS if direction.closing else 2 if hurried else 4 if anew or not timeline.placed else 8
        )
        room_s = max(_HURRIED_S + _BAR_S * direction.bars, self._needs(direction.bars, 3))
        whole = direction.loop and direction.bars <= 16 and left_s > room_s
        bars = direction.bars if whole else bars
        length = bars * direction.meter.beats_per_bar * 60.0 / max(sum(direction.tempo) / 2, 1.0)
        order = PassageOrder(
            bars=bars,
            seed=self._seed(),
            takes=3 if not hurried else 2 if left_s > self._needs(bars, 2) else 1,
            style=direction.style,
            meter=direction.meter,
            key=direction.key,
            tempo=self._tempo(line),
            cue=direction.cue,
            from_bar=min(self._state_bar, max(direction.bars - bars, 0)),
            tempo_factor=direction.tempo_factor,
            feeling=() if direction.lead is None else direction.lead.over(start_s, start_s + length),
            before=self._before(line),
            motif=direction.motif,
            theme=self._theme if self._passages % 2 and not direction.motif else (),
            loop=whole,
            closing=direction.closing,
        )
        return WriteTask(order, line, self._number, direction, anew)

    def took(self, task: LiveTask, seconds: float) -> None:
        """What a task took in real time: on a machine that has much else to do, less is written for a line
        that is near."""
        if self.sparing and isinstance(task, WriteTask):
            bar_s = 3.0 * seconds / (task.order.bars * task.order.takes)
            self.pace_s += _LEARNS * (min(max(bar_s, _BAR_S / 4), 10 * _BAR_S) - self.pace_s)

    def _needs(self, bars: int, takes: int) -> float:
        """Seconds within which so much can be written, with a margin; none where time does not count."""
        return _SPARE_S + _MARGIN * self.pace_s * bars * takes / 3 if self.sparing else 0.0

    def _seed(self) -> int:
        """A passage's own: of the session, the state and how many came before."""
        digest = blake2b(f"{self.seed} {self.direction.cue} {self.direction.seed} {self._passages}".encode())
        return int.from_bytes(digest.digest()[:7], "big")

    def _tempo(self, line: float) -> tuple[float, float]:
        """Within a bar the tempo goes on: bar lines must stay where they are."""
        if self.quantise == "beat" and self.timeline.placed:
            one = self.timeline.at(line - 0.01)
            if (line - one.beat) % one.passage.meter.beats_per_bar > _NEAR:
                return one.passage.bpm, one.passage.bpm
        return self.direction.tempo

    def _before(self, line: float) -> HeardBefore | None:
        if not self.timeline.placed:
            return None
        one = self.timeline.at(line - 0.01)
        chord = one.chord_at(line - 0.01)
        key = one.passage.key
        tonic: Quality = "maj" if key.mode == "major" else "min"
        root, quality = (chord.root, chord.quality) if chord else (key.tonic, tonic)
        return HeardBefore(key, root, quality, one.passage.bpm, 3.0 if self.direction.jumps else _BEND)

    def read(self, task: ReadTask, felt: FeltPoint) -> None:
        """What a task's scene feels."""
        if task.number != self._number or not self._unread:
            return  # more has been said since
        before = self._felt()
        self._unread = False
        self.direction = with_reading(self.direction, felt)
        if abs(felt[0] - before[0]) + abs(felt[1] - before[1]) >= _STEP:
            self._rewrite, self._loop = True, None

    def deliver(self, task: WriteTask, passage: LivePassage, now_s: float) -> None:
        """The bars of a task. Those that come too late for their line begin at the next one; those that were
        asked for before something changed are heard until the change is written."""
        now_s = max(now_s, self.playing.now_s)
        line = task.line
        if self.timeline.placed:
            if self.timeline.second(line) < now_s + _NEAR:
                self.counts.late += 1
                line = self._line(now_s + _NEAR, self.quantise)
            line = min(line, self.timeline.end_beat)
        leaving = self.timeline.at(line - 0.01) if self.timeline.placed else None
        cut = leaving is not None and line < leaving.end_beat - _NEAR
        placed = self._place(passage, line, task.direction, leaving, cut)
        self.counts.written += 1
        self.counts.rewritten += cut
        if task.anew:
            self._writings = self._writings + 1 if task.line == self._written_line else 1
            self._written_line = task.line
        self._passages += 1
        self._state_bar += passage.bars
        if passage.theme and not self._theme:
            self._theme = passage.theme
        if task.number == self._number:
            self._rewrite, self._entered = self._rewrite and not task.anew, False
            self.direction = replace(self.direction, motif=None, jumps=False)
            self._loop = passage if task.order.loop else None
            if task.order.closing:
                self.playing.end(placed.end_beat)
        elif task.direction.motif and self.direction.motif == task.direction.motif:
            self.direction = replace(self.direction, motif=None)

    def _place(
        self,
        passage: LivePassage,
        line: float,
        direction: Direction,
        leaving: PlacedPassage | None,
        cut: bool,
    ) -> PlacedPassage:
        """Puts what was written where it is heard; another state's music is handed over to as the score says
        (`engine.live.hand_over`)."""
        decks, timeline = self.playing.decks, self.timeline
        decks.uncross(line)
        change = None
        if leaving is not None and not leaving.leads:
            change = transition_between(self.base, leaving.cue, direction.cue)
        crossfade = None
        if leaving is not None and change is not None:
            if change.kind == "crossfade":
                crossfade = crossfade_at(change, timeline, line)
            bars = leading_bars(change, leaving, line, passage.key)
            if bars is not None:
                bridge = timeline.place(bars, line, leaving.cue, leaving.title)
                bridge.leads, bridge.enters = True, leaving.enters
                bridge.releases = "all" if change.kind == "button" else "foreign"
                line = bridge.end_beat
        placed = timeline.place(passage, line, direction.cue, direction.title, layers=direction.layers)
        if crossfade is not None:
            placed.deck = 1 - crossfade.going
            decks.cross(crossfade)
        elif leaving is not None and (cut or self._entered):
            placed.releases = "foreign"
            if change is not None and change.kind == "cut":
                placed.releases = "all"
                decks.cut(line, timeline.second(line))
        return placed

    def repeat(self) -> None:
        """What is written goes on with a loop once more; where none is to go on, and nothing else is ready,
        with its last phrase, varied."""
        last = self.timeline.placed[-1]
        loops = self._loop is not None
        passage = self._loop if self._loop is not None else varied(last.passage, self.counts.varied)
        again = self.timeline.place(passage, last.end_beat, last.cue, last.title, varied=not loops)
        again.enters = last.enters
        self.counts.varied += not loops
