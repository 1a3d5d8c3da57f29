"""A performance written down: what was heard as a MIDI file, and as a score that renders to the same music.

The score has a cue for every stretch of one tempo, metre, key, style and state, frozen to what was played in
it (`@freeze`): without that line it is composed anew. A pause is not written down; the music goes on there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dsl.plan import ROLES, Key, Meter, RoleName
from engine.arrange.assemble import unique_name
from engine.arrange.channels import MOST_PITCHED_TRACKS, within_channels
from engine.arrange.cleaning import clean
from engine.arrange.orchestration import Part
from engine.live.deck_levels import WrittenLevels
from engine.live.outputs import (
    DeckLevel,
    FeelingPassed,
    LiveMessage,
    MusicStopped,
    NoteDue,
    NoteReleased,
    PassageBegun,
    StateEntered,
    TextHeard,
)
from engine.music.score import KeyChange, Marker, MeterChange, Note, Score, ScoreCue, TempoChange, Track
from engine.render.files import write_atomic
from engine.render.frozen_cue import write_take
from engine.render.midi import midi_bytes

_PartKey = tuple[RoleName, str, int, bool, int]
_NEAR: Final = 1e-4
_LEAST_S: Final = 0.02


@dataclass(slots=True)
class _Stretch:
    """Bars of one tempo, metre, key, style and state from `beat` on."""

    beat: float
    t_s: float
    bpm: float
    meter: Meter
    key: Key
    style: str
    title: str
    feeling: tuple[float, float] = (0.0, 0.0)
    said: list[str] = field(default_factory=list)

    @property
    def setting(self) -> tuple[object, ...]:
        return self.bpm, self.meter, self.key, self.style, self.title


@dataclass(slots=True)
class TakeRecording:
    """An output that writes `path`.mid and `path`.score when it is closed, and the cues' takes in a folder
    beside them. `head` are lines of the score's front matter and its declarations."""

    path: Path
    head: tuple[str, ...] = ()
    name: str = "recording"
    failed: bool = False
    """Whether what was kept could not be written."""
    _stretches: list[_Stretch] = field(default_factory=list)
    _notes: list[NoteDue] = field(default_factory=list)
    _ends: dict[int, float] = field(default_factory=dict)
    """Of notes that were released: their place, and when."""
    _levels: WrittenLevels = field(default_factory=WrittenLevels)
    _begun: list[PassageBegun] = field(default_factory=list)
    _title: str = ""
    _said: list[str] = field(default_factory=list)
    _end_s: float = 0.0

    def take(self, message: LiveMessage) -> None:
        """Keeps what is needed of a message."""
        match message:
            case NoteDue():
                self._notes.append(message)
                self._end_s = max(self._end_s, message.t_s)
            case NoteReleased():
                self._release(message)
            case DeckLevel():
                self._levels.take(message)
            case PassageBegun():
                self._begun.append(message)
                self._begin(message)
            case StateEntered():
                self._title = message.title or message.cue
                self._retitle()
            case FeelingPassed() if self._stretches and message.t_s <= self._stretches[-1].t_s + _NEAR:
                self._stretches[-1].feeling = (message.valence, message.arousal)
            case TextHeard():
                (self._stretches[-1].said if self._stretches else self._said).append(message.text)
            case MusicStopped():
                self._end_s = max(self._end_s, message.t_s)
            case _:
                pass

    def close(self) -> None:
        """Writes what was kept; nothing where nothing was played. Raises OutputError."""
        if self._stretches and self._notes:
            self.failed = True
            write_recording(self.score(), self._lines, self.path)
            self.failed = False

    def _release(self, message: NoteReleased) -> None:
        for place in range(len(self._notes) - 1, max(len(self._notes) - 400, -1), -1):
            note = self._notes[place]
            same = (note.track, note.role, note.pitch) == (message.track, message.role, message.pitch)
            if same and note.deck == message.deck and note.t_s < message.t_s < note.t_s + note.length_s:
                self._ends[place] = message.t_s
                return

    def _begin(self, message: PassageBegun) -> None:
        one = _Stretch(
            message.beat, message.t_s, message.bpm, message.meter, message.key, message.style, self._title
        )
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last.setting == one.setting:
            return
        if last is not None and (last.bpm, last.meter) == (one.bpm, one.meter):
            # Music that changes within a bar: the cue begins with that bar.
            over = (one.beat - last.beat) % one.meter.beats_per_bar
            if over > _NEAR:
                one.beat, one.t_s = one.beat - over, one.t_s - over * 60.0 / one.bpm
        if last is not None and one.beat <= last.beat + _NEAR:
            self._stretches.pop()
        if not self._stretches:
            one.said, self._said = self._said, []
        self._stretches.append(one)

    def _retitle(self) -> None:
        """The state is told right after the passage that enters it: that passage is of the new state."""
        last = self._stretches[-1] if self._stretches else None
        message = self._begun[-1] if self._begun else None
        if last is None or message is None or last.title == self._title:
            return
        if abs(last.t_s - message.t_s) < _NEAR:
            last.title = self._title
        else:
            self._begin(message)

    def score(self) -> Score:
        """What was heard, as a score."""
        stretches = self._whole()
        end = stretches[-1]
        end_s = max(self._end_s, end.t_s + _LEAST_S)
        size = end.meter.beats_per_bar
        bars = max(1, -int(-((end_s - end.t_s) * end.bpm / 60.0 - 0.02) // size))
        end_beat = end.beat + bars * size
        end_s = end.t_s + bars * size * 60.0 / end.bpm
        edges = [(s.beat, s.t_s) for s in stretches[1:]] + [(end_beat, end_s)]
        cues = tuple(
            ScoreCue(f"p{n:03d}", s.title, s.t_s, edge_s, s.beat, edge_beat, s.style, s.key, 0, False)
            for n, (s, (edge_beat, edge_s)) in enumerate(zip(stretches, edges, strict=True), 1)
        )
        return Score(
            self.path.stem,
            None,
            end_s,
            self._tracks(stretches, end_s),
            tuple(TempoChange(s.beat, s.t_s, s.bpm) for s in stretches),
            tuple(MeterChange(s.beat, s.t_s, s.meter) for s in stretches),
            tuple(KeyChange(s.beat, s.t_s, s.key) for s in stretches),
            tuple(Marker(c.start_s, c.start_beat, "cue", f"{c.id} {c.title}".strip()) for c in cues),
            (),
            cues,
        )

    def _whole(self) -> list[_Stretch]:
        """The stretches in whole bars: what is left of a bar that was cut short is one of its own metre."""
        found: list[_Stretch] = []
        for one, after in zip(self._stretches, [*self._stretches[1:], None], strict=True):
            found.append(one)
            if after is None:
                break
            size = one.meter.beats_per_bar
            over = (after.beat - one.beat) % size
            if _NEAR < over < size - _NEAR:
                beat = after.beat - over
                t_s = after.t_s - over * 60.0 / one.bpm
                short = _meter_of(over)
                rest = _Stretch(beat, t_s, one.bpm, short, one.key, one.style, one.title, one.feeling)
                if beat <= one.beat + _NEAR:
                    found.pop()
                    rest.said = one.said
                found.append(rest)
        return found

    def _tracks(self, stretches: list[_Stretch], end_s: float) -> tuple[Track, ...]:
        kept: dict[_PartKey, list[Note]] = {}
        first: dict[_PartKey, NoteDue] = {}
        at = 0
        apart = self._are_apart()
        for place, note in enumerate(self._notes):
            while at + 1 < len(stretches) and stretches[at + 1].t_s <= note.t_s + _NEAR:
                at += 1
            while at > 0 and stretches[at].t_s > note.t_s + _NEAR:
                at -= 1
            # As in the cue's take, which ends with the cue.
            edge_s = stretches[at + 1].t_s if at + 1 < len(stretches) else end_s
            end = min(self._ends.get(place, note.t_s + note.length_s), edge_s)
            if end - note.t_s < _LEAST_S:
                continue
            one = stretches[at]
            beat = one.beat + (note.t_s - one.t_s) * one.bpm / 60.0
            beats = (end - note.t_s) * one.bpm / 60.0
            key = _key(note, note.deck if apart else 0)
            velocity = note.velocity if apart else self._levels.velocity(note)
            first.setdefault(key, note)
            kept.setdefault(key, []).append(Note(note.pitch, velocity, beat, beats, note.t_s, end))
        found = []
        for key, own in kept.items():
            note = first[key]
            part = Part(note.role, note.track, note.program, note.is_drum, note.gain_db, note.pan)
            fades = self._levels.expression(key[4], 0.0, end_s) if apart else ()
            found.append((part, clean(own, part, end_s), fades))
        return _named([one for one in found if one[1]])

    def _are_apart(self) -> bool:
        """Whether there are channels enough to fade one music into another by expression; else it is done by
        velocity."""
        keys = {_key(note, note.deck) for note in self._notes if not note.is_drum}
        return len(keys) <= MOST_PITCHED_TRACKS

    def _lines(self, frozen: dict[str, str]) -> list[str]:
        """The score's lines, with the take of each cue by its id."""
        lines = ["melodrama: 1", f"title: {self.path.stem}", "---", *self.head]
        for number, (one, cue) in enumerate(zip(self._whole(), self.score().cues, strict=True), 1):
            bars = round((cue.end_beat - cue.start_beat) / one.meter.beats_per_bar)
            lines += ["", f"# p{number:03d} {one.title}".rstrip(), f"@style {one.style}"]
            lines += [f"@tempo {one.bpm:g}" if one.bpm == float(f"{one.bpm:g}") else f"@tempo {one.bpm}"]
            lines += [f"@meter {one.meter}", f"@key {one.key}", f"@bars {bars}"]
            lines += [f"@emotion v={one.feeling[0]:.2f} a={one.feeling[1]:.2f}", "@transition cut"]
            if cue.id in frozen:
                lines += [f'@freeze "{frozen[cue.id]}"']
            lines += [f"// {text}" for text in one.said]
        return lines


def _key(note: NoteDue, deck: int) -> _PartKey:
    return note.role, note.track, note.program, note.is_drum, deck


def _named(found: list[tuple[Part, tuple[Note, ...], tuple[tuple[float, int], ...]]]) -> tuple[Track, ...]:
    """Tracks fit to be played, as rendering does it: on no more channels than there are, each with a name of
    its own."""
    fitted, _ = within_channels([(part, notes) for part, notes, _ in found])
    fades = {id(notes): expression for _, notes, expression in found}
    fitted.sort(key=lambda one: (ROLES.index(one[0].role), one[0].label, one[0].program))
    taken: set[str] = set()
    return tuple(
        Track(
            unique_name(part.label, part.role, taken),
            part.role,
            part.program,
            part.is_drum,
            notes,
            part.gain_db,
            part.pan,
            fades.get(id(notes), ()),
        )
        for part, notes in fitted
    )


def write_recording(score: Score, lines: Callable[[dict[str, str]], list[str]], path: Path) -> None:
    """Writes the MIDI file, the takes of the cues and the score, whose `lines` name the takes by cue. Raises
    OutputError."""
    write_atomic(path.with_suffix(".mid"), midi_bytes(score))
    folder = f"{path.stem}-takes"
    frozen = {cue.id: write_take(score, cue.id, path.parent, folder) for cue in score.cues}
    write_atomic(path.with_suffix(".score"), ("\n".join(lines(frozen)) + "\n").encode())


def _meter_of(beats: float) -> Meter:
    """A metre of so many quarter notes, in the largest unit that counts them whole."""
    for unit in (4, 8, 16, 32):
        count = beats * unit / 4
        if abs(count - round(count)) < 1e-3 and 1 <= round(count) <= 32:
            return Meter(round(count), unit)
    return Meter(max(1, min(round(beats * 8), 32)), 32)
