"""Passages laid behind one another on the music's clock, and rewritten from a line on: what has been heard
stays, what has not may go. Beats are quarter notes and seconds count from the start; both stand still while
the music pauses. Within a bar, music of the same metre and tempo keeps that bar; other music begins a new
one there.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from dsl.plan import RoleName
from engine.live.passage import LivePassage
from engine.music.layers import enters_at, layers_of
from engine.music.score import ChordSpan, Note, Track

Quantise = Literal["beat", "bar", "phrase"]
"""Where what is asked may take effect: at the next beat, bar line, or end of a passage."""
_NEAR = 1e-6


@dataclass(slots=True)
class PlacedPassage:
    """A passage whose first bar is the session's bar `bar` (from 0) and begins at `beat` and `start_s`; heard
    from beat `heard_from` to beat `end_beat`. `varied`: repeated because nothing else was ready. `leads`: its
    bars lead from one state to the next. `deck`: which of two musics at once it is (`engine.live.decks`)."""

    passage: LivePassage
    bar: int
    beat: float
    start_s: float
    heard_from: float
    end_beat: float
    cue: str = ""
    title: str = ""
    varied: bool = False
    leads: bool = False
    deck: int = 0
    releases: Literal["none", "foreign", "all"] = "none"
    """Which notes from before end where it begins: all, or those that its first chord does not hold."""
    enters: Mapping[tuple[RoleName, str], float] = field(default_factory=dict, repr=False)
    """The intensity from which on a track (its role and name) is heard; one that is not here always is."""
    beats: list[tuple[float, float]] = field(default_factory=list, repr=False)
    """(time, beat) of its quarter notes, counted anew in each bar."""
    starts: list[float] = field(default_factory=list, repr=False)
    notes: list[tuple[float, Note, Track]] = field(default_factory=list, repr=False)
    """(start on the music's clock, note, track), by start."""

    def __post_init__(self) -> None:
        first = self.second(self.heard_from)
        self.notes = sorted(
            (
                (max(self.start_s + note.start_s, first), note, track)
                for track in self.passage.tracks
                for note in track.notes
                if note.start_beat >= self.heard_from - self.beat - _NEAR
            ),
            key=lambda one: (one[0], one[2].role, one[1].pitch, one[2].name),
        )
        self.starts = [start for start, _, _ in self.notes]
        size = self.passage.meter.beats_per_bar
        places = [
            self.beat + bar * size + beat
            for bar in range(self.passage.bars)
            for beat in range(math.ceil(size - _NEAR))
        ]
        self.beats = [(self.second(at), at) for at in places if at >= self.heard_from - _NEAR]

    def second(self, beat: float) -> float:
        """When a beat falls, at this passage's tempo."""
        return self.start_s + (beat - self.beat) * self.passage.seconds_a_beat

    def beat_at(self, t_s: float) -> float:
        """Which beat falls at a time, at this passage's tempo."""
        return self.beat + (t_s - self.start_s) / self.passage.seconds_a_beat

    def chord_at(self, beat: float) -> ChordSpan | None:
        """The chord in force at a beat of the session; None where no harmony was written."""
        harmony = self.passage.harmony
        after = bisect_right(harmony, beat - self.beat + _NEAR, key=lambda chord: chord.beat)
        return harmony[after - 1] if after else harmony[0] if harmony else None


@dataclass(slots=True)
class Timeline:
    """The passages that are written and not yet over, in order; the last one may be cut."""

    placed: list[PlacedPassage] = field(default_factory=list)

    @property
    def end_beat(self) -> float:
        """The beat up to which music is written."""
        return self.placed[-1].end_beat if self.placed else 0.0

    @property
    def end_s(self) -> float:
        """The second up to which music is written."""
        return self.placed[-1].second(self.placed[-1].end_beat) if self.placed else 0.0

    def at(self, beat: float) -> PlacedPassage:
        """The passage that plays at a beat (the first or last one outside them). There must be one."""
        for one in reversed(self.placed):
            if one.heard_from <= beat + _NEAR:
                return one
        return self.placed[0]

    def beat_at(self, t_s: float) -> float:
        """Which beat falls at a time."""
        for one in reversed(self.placed):
            if one.second(one.heard_from) <= t_s + _NEAR:
                return one.beat_at(t_s)
        return self.placed[0].beat_at(t_s) if self.placed else 0.0

    def second(self, beat: float) -> float:
        """When a beat falls."""
        return self.at(beat).second(beat) if self.placed else 0.0

    def line_after(self, t_s: float, quantise: Quantise) -> float:
        """The beat of the first line at or after a time: a quarter note, a bar line, or where a passage ends;
        the end of what is written where that comes first."""
        beat = self.beat_at(t_s)
        one = self.at(beat)
        if quantise == "phrase":
            line = one.end_beat
        else:
            step = 1.0 if quantise == "beat" else one.passage.meter.beats_per_bar
            line = one.beat + math.ceil((beat - one.beat) / step - _NEAR) * step
            if quantise == "beat":  # the last beat of a metre such as 7/8 is half a one
                bar = one.passage.meter.beats_per_bar
                line = min(line, one.beat + (math.floor((beat - one.beat) / bar + _NEAR) + 1) * bar)
        if line > one.end_beat - _NEAR:
            line = one.end_beat
        if one.second(line) < t_s - _NEAR:  # what is written ends before that time
            later = [p.end_beat for p in self.placed if p.second(p.end_beat) >= t_s - _NEAR]
            line = later[0] if later else self.end_beat
        return line

    def bars_between(self, beat: float, other: float) -> float:
        """How many bars lie between two beats, in the metres that are played there."""
        bars = 0.0
        for one in self.placed:
            start, end = max(beat, one.heard_from), min(other, one.end_beat)
            if end > start:
                bars += (end - start) / one.passage.meter.beats_per_bar
        return bars

    def place(
        self,
        passage: LivePassage,
        line: float,
        cue: str = "",
        title: str = "",
        varied: bool = False,
        layers: int | None = None,
    ) -> PlacedPassage:
        """Puts a passage at a line; whatever was written from there on goes. Within a bar (lines are beats
        then) the passage counts from that bar's beginning, and is heard from the line on. It comes in so many
        layers, by role where nobody says how many."""
        bar, beat, start_s, deck = 0, 0.0, 0.0, 0
        if self.placed:
            while len(self.placed) > 1 and self.placed[-1].heard_from >= line - _NEAR:
                self.placed.pop()
            last = self.placed[-1]
            deck = last.deck
            last.end_beat = min(last.end_beat, line)
            size = last.passage.meter.beats_per_bar
            whole = math.floor((line - last.beat) / size + _NEAR)
            alike = passage.meter == last.passage.meter and passage.bpm == last.passage.bpm
            within = line < last.beat + last.passage.beats - _NEAR
            inside = alike and within and line - last.beat - whole * size > _NEAR
            beat = last.beat + whole * size if inside else line
            bar = last.bar + (whole if inside else math.ceil((line - last.beat) / size - _NEAR))
            start_s = last.second(beat)
            if last.heard_from >= line - _NEAR:
                self.placed.pop()
        placed = PlacedPassage(
            passage,
            bar,
            beat,
            start_s,
            line,
            beat + passage.beats,
            cue,
            title,
            varied=varied,
            deck=deck,
            enters=entrances(passage.tracks, layers),
        )
        self.placed.append(placed)
        return placed

    def forget_before(self, beat: float) -> None:
        """Drops passages that are over, but the last."""
        for keep in count():
            if keep >= len(self.placed) - 1 or self.placed[keep].end_beat > beat - _NEAR:
                del self.placed[:keep]
                return


def entrances(tracks: Sequence[Track], count: int | None) -> dict[tuple[RoleName, str], float]:
    """The intensity from which on each track is heard, in so many layers as a game gets them; None: a layer a
    role."""
    layers = layers_of(tracks, count or len({track.role for track in tracks}) or 1)
    return {
        (track.role, track.name): enters_at(number, len(layers))
        for number, own in enumerate(layers)
        for track in own
    }
