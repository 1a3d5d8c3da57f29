"""Reads a MIDI file as music: who plays which notes when, its texts, and the same file put right for a
synthesiser. The one reader of all commands: what `match` hears is what `play` sounds and `@freeze` keeps.

Notes are paired as pretty_midi does it, tempo marks count on whichever track they stand. What was odd in the
file is told in `remarks`; what cannot be read, or is beyond all measure, raises MediaError.
"""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.limits import LONGEST_MIDI_S, MOST_MIDI_BYTES
from engine.errors import MediaError
from engine.media.midi_events import END_OF_TRACK, META, SET_TEMPO, Event, MidiEvents, read_events
from engine.media.midi_texts import LYRIC, MARKER, TEXT, TRACK_NAME, texts_of

_METRE, _KEY = 0x58, 0x59
_VOLUME, _PAN, _EXPRESSION = 7, 10, 11
_SOUND_OFF, _NOTES_OFF = 120, 123
_FULL: Final = 127
_DRUM_CHANNEL: Final = 9
_USUAL_TEMPO: Final = 500_000
"""Microseconds a quarter note where nothing says otherwise."""
_LARGEST_SYSEX: Final = 256
"""Bytes; longer ones are dumps of some instrument's memory."""
_NOT_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
"""A pipe that nobody writes to is opened all the same, and then refused."""
_LAST_TICK: Final = 2**31 - 1
"""Synthesisers count ticks in 32 bits."""
_LONGEST_WAIT: Final = 2**28 - 1
"""What the four bytes of a variable-length number hold."""
_NOTHING: Final = bytes((META, TEXT, 0))
"""An empty text: an event that says nothing."""

Ticks = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MidiPart:
    """What one program plays on one channel of one track.

    notes: int64 [N, 4], N ≥ 1: start and end tick (start < end), pitch 0–127, velocity 1–127, in the order in
    which they end · `volume` and `pan`: the first such controller, 0–127 · `expression`: (tick, controller
    11) in the order of time, one a tick; empty where it is always in full.
    """

    name: str
    program: int
    is_drum: bool
    volume: int
    pan: int
    notes: Ticks
    expression: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MidiMusic:
    """A file's music. `end` is its last tick: of a note, a controller of those who play, a text or a mark.

    lyrics, markers: (seconds, text) in the order of time.
    """

    resolution: int
    tempo: tuple[tuple[int, int], ...]
    parts: tuple[MidiPart, ...]
    end: int
    lyrics: tuple[tuple[float, str], ...]
    markers: tuple[tuple[float, str], ...]
    remarks: tuple[str, ...]

    def seconds(self, ticks: "Ticks | int") -> Seconds:
        """When ticks fall, by the tempo marks."""
        return _seconds(self.tempo, self.resolution, ticks)

    def beats(self, ticks: "Ticks | int") -> Seconds:
        """Ticks in quarter notes."""
        return np.asarray(ticks, np.float64) / self.resolution

    @property
    def duration_s(self) -> float:
        """Seconds from the start of the file to `end`."""
        return float(self.seconds(self.end))


def read_midi(path: Path) -> MidiMusic:
    """The music of a file, from what was last read of it where it has not changed. Raises MediaError with the
    file's name."""
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    return _of_file(path, status.st_size, status.st_mtime_ns)


def read_playable(path: Path) -> tuple[MidiMusic, bytes]:
    """The music of a file, and a file of the same music that any synthesiser understands. Raises
    MediaError."""
    data = _bytes_of(path)
    try:
        found = read_events(data)
        music, kept = _music(found)
    except MediaError as error:
        raise MediaError(f"{path} cannot be read as MIDI: {error}") from error
    return music, _file_of(music, kept)


@lru_cache(maxsize=16)
def _of_file(path: Path, _size: int, _changed: int) -> MidiMusic:
    data = _bytes_of(path)
    try:
        return _music(read_events(data))[0]
    except MediaError as error:
        raise MediaError(f"{path} cannot be read as MIDI: {error}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NOT_WAITING)) as stream:
            if not S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise MediaError(f"{path} is no file that could be read as MIDI")
            data = stream.read(MOST_MIDI_BYTES + 1)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > MOST_MIDI_BYTES:
        raise MediaError(f"{path} is larger than {MOST_MIDI_BYTES // 2**20} MiB, too large for a MIDI file")
    return data


# -------------------------------------------------------------------------------------------------- the music


def _music(found: MidiEvents) -> tuple[MidiMusic, list[list[Event]]]:
    """The music of some events, and for each track those of them that sound. Raises MediaError for what is
    too long."""
    tempo = _tempo_marks(found)
    texts, encoding = texts_of(found)
    parts: list[MidiPart] = []
    kept: list[list[Event]] = []
    ends = [tick for tick, _ in tempo]
    hanging = without_length = 0
    for number, track in enumerate(found.tracks):
        one = _Track()
        for event in track:
            one.take(event)
        hanging += one.drop_hanging()
        without_length += one.without_length
        name = next((text for at, _, kind, text in texts if at == number and kind == TRACK_NAME), "")
        parts += one.parts(name)
        kept.append(one.sounding)
        ends += one.ends()
    last = max((int(part.notes[:, 1].max()) for part in parts), default=0)
    length_s = float(_seconds(tempo, found.resolution, last))
    if length_s > LONGEST_MIDI_S or last > _LAST_TICK:
        raise MediaError(
            f"it claims to last {_hours(length_s)}; at most {LONGEST_MIDI_S / 3600:g} hours are taken"
            if length_s > LONGEST_MIDI_S
            else f"it counts to tick {last:,}; at most {_LAST_TICK:,} are taken"
        )
    remarks = list(found.remarks)
    if encoding != "UTF-8":
        remarks.append(f"its texts are not UTF-8; they are taken for {encoding}")
    for count, one_note, many_notes in (
        (hanging, "a note never ends and is left out", "notes never end and are left out"),
        (without_length, "a note has no length and is left out", "notes have no length and are left out"),
    ):
        if count:
            remarks.append(one_note if count == 1 else f"{count:,} {many_notes}")
    # Marks and controllers hours behind the last note say nothing.
    near = np.array([tick for tick in ends if tick <= _LAST_TICK], np.int64)
    near = near[_seconds(tempo, found.resolution, near) <= LONGEST_MIDI_S]
    end = max(int(near.max(initial=0)), last)
    lyrics, markers = (
        tuple(
            (float(_seconds(tempo, found.resolution, tick)), text)
            for _, tick, kind, text in sorted(texts, key=lambda one: one[1])
            if kind == wanted and tick <= end and text
        )
        for wanted in (LYRIC, MARKER)
    )
    music = MidiMusic(found.resolution, tempo, tuple(parts), end, lyrics, markers, tuple(remarks))
    return music, kept


@dataclass(slots=True)
class _Track:
    """One track as it goes by."""

    sounding: list[Event] = field(default_factory=list)
    program: list[int] = field(default_factory=lambda: [0] * 16)
    notes: dict[tuple[int, int], list[tuple[int, int, int, int]]] = field(default_factory=dict)
    """By (channel, program), in the order in which each has its first."""
    begun: dict[tuple[int, int], list[tuple[int, int, int, int]]] = field(default_factory=dict)
    """(start, velocity, program, place in `sounding`) of the notes that sound, by (channel, pitch)."""
    controls: dict[tuple[int, int], int] = field(default_factory=dict)
    """The first value of a controller, by (channel, number)."""
    expression: dict[int, dict[int, int]] = field(default_factory=dict)
    """By channel the value that holds from a tick on."""
    last: dict[int, int] = field(default_factory=dict)
    """The tick of a channel's last controller or pitch bend."""
    marks: list[int] = field(default_factory=list)
    without_length: int = 0
    """How many notes end at the tick at which they begin."""

    def take(self, event: Event) -> None:
        tick, status, data = event
        if status == META:
            if data[0] in (TEXT, LYRIC, _METRE, _KEY):
                self.marks.append(tick)
            return
        if status >= 0xF0:
            if len(data) <= _LARGEST_SYSEX and data[-1:] == b"\xf7" and max(data[:-1], default=0) < 0x80:
                self.sounding.append(event)
            return
        kind, channel = status & 0xF0, status & 0x0F
        self.sounding.append(event)
        if kind == 0x90 and data[1]:
            note = (tick, data[1], self.program[channel], len(self.sounding) - 1)
            self.begun.setdefault((channel, data[0]), []).append(note)
        elif kind in (0x80, 0x90):
            self.release(tick, channel, data[0])
        elif kind == 0xC0:
            self.program[channel] = data[0]
        elif kind == 0xB0:
            self.controls.setdefault((channel, data[0]), data[1])
            if data[0] == _EXPRESSION:
                self.expression.setdefault(channel, {})[tick] = data[1]
            self.last[channel] = tick
            if data[0] in (_SOUND_OFF, _NOTES_OFF):
                for pitch in [pitch for own, pitch in self.begun if own == channel]:
                    self.release(tick, channel, pitch)
        elif kind == 0xE0:
            self.last[channel] = tick

    def release(self, tick: int, channel: int, pitch: int) -> None:
        """A note-off ends every such note that began before; one that begins at the same tick goes on."""
        notes = self.begun.pop((channel, pitch), [])
        ended = [note for note in notes if note[0] != tick]
        for start, velocity, program, _ in ended:
            self.notes.setdefault((channel, program), []).append((start, tick, pitch, velocity))
        if ended and len(ended) < len(notes):
            self.begun[channel, pitch] = [note for note in notes if note[0] == tick]
        elif not ended:
            self.without_length += len(notes)

    def drop_hanging(self) -> int:
        """Take the notes that never end out of what sounds. How many there are."""
        places = {note[3] for notes in self.begun.values() for note in notes}
        if places:
            self.sounding = [event for place, event in enumerate(self.sounding) if place not in places]
        return len(places)

    def parts(self, name: str) -> list[MidiPart]:
        return [
            MidiPart(
                name,
                program,
                channel == _DRUM_CHANNEL,
                self.controls.get((channel, _VOLUME), 100),
                self.controls.get((channel, _PAN), 64),
                np.array(notes, np.int64),
                self._expression(channel),
            )
            for (channel, program), notes in self.notes.items()
        ]

    def _expression(self, channel: int) -> tuple[tuple[int, int], ...]:
        told = self.expression.get(channel, {})
        return tuple(sorted(told.items())) if any(value != _FULL for value in told.values()) else ()

    def ends(self) -> list[int]:
        """Where something of this track's music ends."""
        playing = {channel for channel, _ in self.notes}
        return self.marks + [tick for channel, tick in self.last.items() if channel in playing]


# ----------------------------------------------------------------------------------------------------- time


def _tempo_marks(found: MidiEvents) -> tuple[tuple[int, int], ...]:
    """(tick, microseconds a quarter note) from tick 0 on, each other than the one before."""
    if found.beat_us is not None:
        return ((0, found.beat_us),)
    by_tick = {0: _USUAL_TEMPO}
    for track in found.tracks:
        for tick, status, data in track:
            if status == META and data[0] == SET_TEMPO:
                by_tick[tick] = int.from_bytes(data[1:4], "big")
    marks: list[tuple[int, int]] = []
    for tick, tempo in sorted(by_tick.items()):
        if not marks or marks[-1][1] != tempo:
            marks.append((tick, tempo))
    return tuple(marks)


def _seconds(tempo: Sequence[tuple[int, int]], resolution: int, ticks: "Ticks | int") -> Seconds:
    marks = np.array(tempo, np.int64)
    scale = 60.0 / (6e7 / marks[:, 1] * resolution)
    begins = np.r_[0.0, np.cumsum(np.diff(marks[:, 0]) * scale[:-1])]
    at = np.searchsorted(marks[:, 0], ticks, "right") - 1
    return np.asarray(begins[at] + (ticks - marks[at, 0]) * scale[at])


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.0f} hours" if seconds >= 36_000 else f"{seconds / 3600:.1f} hours"


# ---------------------------------------------------------------------------------- the same music, put right


def _file_of(music: MidiMusic, tracks: Sequence[Sequence[Event]]) -> bytes:
    """A file of format 1: the tempo marks, then each track's messages up to the music's end."""
    marks = [
        (tick, bytes((META, SET_TEMPO, 3)) + tempo.to_bytes(3, "big"))
        for tick, tempo in music.tempo
        if tick <= music.end
    ]
    chunks = [_chunk(marks)]
    for events in tracks:
        said = [
            (tick, bytes((status,)) + (_number(len(data)) if status >= 0xF0 else b"") + data)
            for tick, status, data in events
            if tick <= music.end
        ]
        if said:
            chunks.append(_chunk(said))
    return struct.pack(">4sLHHH", b"MThd", 6, 1, len(chunks), music.resolution) + b"".join(chunks)


def _chunk(events: Sequence[tuple[int, bytes]]) -> bytes:
    body, now = bytearray(), 0
    for tick, message in events:
        wait = tick - now
        while wait > _LONGEST_WAIT:
            body += _number(_LONGEST_WAIT) + _NOTHING
            wait -= _LONGEST_WAIT
        body += _number(wait) + message
        now = tick
    body += b"\0" + bytes((META, END_OF_TRACK, 0))
    return struct.pack(">4sL", b"MTrk", len(body)) + bytes(body)


def _number(value: int) -> bytes:
    """A variable-length number."""
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))
