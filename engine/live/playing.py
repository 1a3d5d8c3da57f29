"""What is heard when of what is written: notes, beats, states and feelings as messages, up to a moment of the
music's clock. Layers come and go here, hits strike, a pause holds the clock, and the end is an end.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from engine.live.accent import accent
from engine.live.decks import Decks
from engine.live.outputs import (
    BeatPassed,
    DeckLevel,
    FeelingPassed,
    MusicPaused,
    MusicResumed,
    MusicStarted,
    MusicStopped,
    NoteDue,
    NoteReleased,
    PassageBegun,
    StateEntered,
    TextHeard,
    TimedMessage,
)
from engine.live.timeline import PlacedPassage, Timeline
from engine.music.score import Note, Track
from engine.music.theory import chord_pitch_classes

_NEAR: Final = 1e-6
_REMEMBERED_BEATS: Final = 32.0
"""Music that is over is kept so long: a note may still sound."""


@dataclass(slots=True)
class Playing:
    """The timeline and how far it has been given out (`now_s`). `repeat` writes on where it ends."""

    repeat: Callable[[], None]
    timeline: Timeline = field(default_factory=Timeline)
    decks: Decks = field(default_factory=Decks)
    now_s: float = 0.0
    paused: bool = False
    ended: bool = False
    begun: PlacedPassage | None = None
    """The passage that is heard."""
    _pause_beat: float | None = None
    _end_beat: float | None = None
    _levels: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 1.0)])
    _level_told: float = 0.0
    _hits: list[float] = field(default_factory=list)
    _sounding: list[tuple[float, NoteDue]] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _state: str | None = None
    _started: bool = False
    _resumed: bool = False

    # ---------------------------------------------------------------------------------------- what is asked

    def pause(self, beat: float) -> None:
        """From this beat on nothing begins until `resume`."""
        if not self.paused and self._started:
            self._pause_beat = beat

    def resume(self) -> None:
        """Go on where it was paused; a pause that has not come yet does not come."""
        self._resumed = self._resumed or self.paused
        self.paused, self._pause_beat = False, None

    def layer(self, beat: float, level: float) -> None:
        """From this beat on so much is heard, 0…1."""
        self._levels = [(at, one) for at, one in self._levels if at < beat - _NEAR]
        self._levels.append((beat, level))

    def hit(self, beat: float) -> None:
        """An accent on this beat."""
        if beat not in self._hits:
            self._hits.append(beat)

    def say(self, text: str) -> None:
        """Words of the story, said now."""
        self._said.append(text)

    def end(self, beat: float) -> None:
        """The music ends with this beat, paused or not."""
        self._end_beat = beat
        self.paused = False

    @property
    def ends(self) -> bool:
        """Whether the end is written."""
        return self._end_beat is not None

    # ----------------------------------------------------------------------------------------- what is heard

    def due(self, until_s: float, wall: Callable[[float], float] = lambda t_s: 0.0) -> list[TimedMessage]:
        """Everything from where it stands to `until_s`, in the order of time. `wall` says when a second of
        the music's clock is, by `time.monotonic`."""
        if self.paused or self.ended or not self.timeline.placed:
            return []
        messages = sorted(self._until(until_s), key=_order)
        self.timeline.forget_before(self.timeline.beat_at(self.now_s) - _REMEMBERED_BEATS)
        return [replace(message, due=wall(_time(message))) for message in messages]

    def _until(self, until_s: float) -> Iterator[TimedMessage]:
        if not self._started:
            self._started = True
            yield MusicStarted(0.0, 0.0, self.timeline.placed[0].passage.bpm)
        if self._resumed:
            self._resumed = False
            yield MusicResumed(self.now_s, 0.0)
        while self._said:
            yield TextHeard(self.now_s, 0.0, self._said.pop(0))
        stop = min((beat for beat in (self._pause_beat, self._end_beat) if beat is not None), default=None)
        stop_s = float("inf") if stop is None else max(self.timeline.second(stop), self.now_s)
        end_s = min(until_s, stop_s)
        while self.timeline.end_s < end_s - _NEAR:
            self.repeat()
        for level, ends in list(self.decks.told(self.now_s, end_s)):
            yield level
            if ends:
                yield from self._cut_off(level.t_s, lambda note, going=level.deck: note.deck != going)  # type: ignore[misc]
        for tail, over_s in self.decks.tails():
            yield from self._notes(tail, min(end_s, over_s))
        for one in list(self.timeline.placed):
            yield from self._of(one, end_s)
        yield from self._layers(end_s)
        for beat in [beat for beat in self._hits if self.timeline.second(beat) < end_s - _NEAR]:
            self._hits.remove(beat)
            yield from self._struck(beat)
        self.now_s = max(self.now_s, end_s)
        self.decks.forget_before(self.now_s)
        if stop is not None and end_s >= stop_s - _NEAR:
            yield from self._halt(end_s)

    def _halt(self, t_s: float) -> Iterator[TimedMessage]:
        end = self._end_beat
        if end is not None and self.timeline.second(end) <= t_s + _NEAR:
            self.ended = True
            yield MusicStopped(t_s, 0.0)
        else:
            self.paused, self._pause_beat = True, None
            yield MusicPaused(t_s, 0.0)

    def _of(self, one: PlacedPassage, end_s: float) -> Iterator[TimedMessage]:
        """What of one passage falls between where it stands and `end_s`."""
        first_s, last_s = one.second(one.heard_from), one.second(one.end_beat)
        if last_s <= self.now_s - _NEAR or first_s >= end_s - _NEAR:
            return
        if one is not self.begun and first_s >= self.now_s - _NEAR:
            yield from self._begins(one, first_s)
        last_s = min(end_s, last_s)
        for t_s, beat in one.beats[bisect_left(one.beats, (self.now_s - _NEAR, 0.0)) :]:
            if t_s >= last_s - _NEAR:
                break
            yield self._beat(one, beat, t_s)
        yield from self._notes(one, end_s)

    def _notes(self, one: PlacedPassage, end_s: float) -> Iterator[TimedMessage]:
        last_s = min(end_s, one.second(one.end_beat))
        for t_s, note, track in one.notes[bisect_left(one.starts, self.now_s - _NEAR) :]:
            if t_s >= last_s - _NEAR:
                break
            # Played a little before a line where the music goes another way, it is no more of this music.
            if one.beat + note.start_beat < one.end_beat - _NEAR:
                yield from self._note(one, t_s, note, track)

    def _begins(self, one: PlacedPassage, t_s: float) -> Iterator[TimedMessage]:
        self.begun = one
        passage = one.passage
        if one.releases != "none":
            yield from self._released(one, t_s)
        bar = one.bar + 1 + int((one.heard_from - one.beat) / passage.meter.beats_per_bar + _NEAR)
        yield PassageBegun(
            t_s,
            0.0,
            one.heard_from,
            bar,
            passage.bpm,
            passage.meter,
            passage.key,
            passage.style,
            passage.match,
        )
        if one.cue != self._state:
            self._state = one.cue
            yield StateEntered(t_s, 0.0, one.cue, one.title)
        yield FeelingPassed(t_s, 0.0, *passage.feeling, self._level(one.heard_from))

    def _beat(self, one: PlacedPassage, beat: float, t_s: float) -> TimedMessage:
        size = one.passage.meter.beats_per_bar
        whole = int((beat - one.beat) / size + _NEAR)
        in_bar = beat - one.beat - whole * size
        return BeatPassed(t_s, 0.0, round(beat), one.bar + whole + 1, in_bar, one.passage.bpm, size)

    def _note(self, one: PlacedPassage, t_s: float, note: Note, track: Track) -> Iterator[TimedMessage]:
        # A note played a little before its beat belongs to the layers of that beat.
        if self._level(one.beat + note.start_beat) >= one.enters.get((track.role, track.name), 0.0):
            yield self._sounded(t_s, note, track, min(max(note.velocity, 1), 127), one.deck)

    def _sounded(self, t_s: float, note: Note, track: Track, velocity: int, deck: int) -> NoteDue:
        message = NoteDue(
            t_s,
            0.0,
            track.role,
            note.pitch,
            velocity,
            max(note.end_s - note.start_s, 0.03),
            track.program,
            track.is_drum,
            track.name,
            track.gain_db,
            track.pan,
            deck,
        )
        self._sounding = [(end, one) for end, one in self._sounding if end > t_s - 8.0]
        self._sounding.append((t_s + message.length_s, message))
        return message

    def _released(self, one: PlacedPassage, t_s: float) -> Iterator[TimedMessage]:
        """What sounds across the line ends there; with "foreign", not what the new chord holds."""
        chord = one.chord_at(one.heard_from) if one.releases == "foreign" else None
        tones = chord_pitch_classes(chord.root, chord.quality) if chord else ()

        def stays(note: NoteDue) -> bool:
            fades = note.deck != one.deck and one.releases == "foreign"
            return fades or (note.role != "bass" and note.pitch % 12 in tones)

        yield from self._cut_off(t_s, stays)

    def _cut_off(self, t_s: float, stays: Callable[[NoteDue], bool]) -> Iterator[TimedMessage]:
        kept: list[tuple[float, NoteDue]] = []
        for end, note in self._sounding:
            over = note.t_s < t_s - _NEAR and end > t_s + _NEAR and not note.is_drum
            if over and not stays(note):
                yield NoteReleased(t_s, 0.0, note.role, note.pitch, note.track, note.deck)
            else:
                kept.append((end, note))
        self._sounding = kept

    def _layers(self, end_s: float) -> Iterator[TimedMessage]:
        """Layers that go fall silent at their line, and whoever shows how much is heard is told."""
        for beat, level in list(self._levels):
            t_s = self.timeline.second(beat)
            one = self.begun
            if beat <= self._level_told or one is None or not self.now_s - _NEAR <= t_s < end_s - _NEAR:
                continue
            self._level_told = beat
            yield from self._cut_off(t_s, self._in_layers(one, level))
            yield FeelingPassed(t_s, 0.0, *one.passage.feeling, level)
        while len(self._levels) > 1 and self.timeline.second(self._levels[1][0]) < self.now_s - 8.0:
            del self._levels[0]

    def _struck(self, beat: float) -> Iterator[TimedMessage]:
        one = self.timeline.at(beat)
        t_s = max(one.second(beat), self.now_s)
        for note, track in accent(one, beat):
            yield self._sounded(t_s, note, track, note.velocity, one.deck)

    def _in_layers(self, one: PlacedPassage, level: float) -> Callable[[NoteDue], bool]:
        def plays(note: NoteDue) -> bool:
            return note.deck != one.deck or level >= one.enters.get((note.role, note.track), 0.0)

        return plays

    def _level(self, beat: float) -> float:
        return next((level for at, level in reversed(self._levels) if at <= beat + _NEAR), self._levels[0][1])


_FIRST = (
    MusicStarted,
    NoteReleased,
    DeckLevel,
    PassageBegun,
    StateEntered,
    FeelingPassed,
    BeatPassed,
    NoteDue,
)


def _order(message: TimedMessage) -> tuple[float, int]:
    """By time; at one time what ends comes before what begins, and a pause or the end last."""
    place = next((n for n, kind in enumerate(_FIRST) if isinstance(message, kind)), len(_FIRST))
    return round(_time(message), 6), place


def _time(message: TimedMessage) -> float:
    return message.t_s
