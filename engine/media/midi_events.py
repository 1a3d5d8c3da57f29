"""Bytes of a Standard MIDI File → its events, as much of them as there is: the tolerant part of reading MIDI.

What software really writes (running on without an end, wrong chunk sizes, values over 127, files cut off) is
read and remarked upon; only what has no sense left is refused. (mido and pretty_midi give up a file at its
first wrong byte.) What the events mean is `engine.media.midi_file`'s business.

Source: The Complete MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dsl.limits import MOST_MIDI_EVENTS
from engine.errors import MediaError
from engine.media.file_kinds import known_kind

META: Final = 0xFF
SET_TEMPO: Final = 0x51
END_OF_TRACK: Final = 0x2F
_KEY_SIGNATURE: Final = 0x59
_TIME_SIGNATURE: Final = 0x58
_SYSEX: Final = (0xF0, 0xF7)
_SYSTEM_DATA: Final = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""Data bytes of system messages, which have no place in a file; the others have none."""
_SMPTE_FRAMES: Final = (24, 25, 29, 30)
"""29 stands for 29.97."""
_LONGEST_NUMBER: Final = 5
"""Bytes of a variable-length number at most. The specification allows four, some libraries write five."""
_NO_EVENTS: Final = b"\0\xff\x2f"
"""Of these are zeros that fill up a track, and further ends of it."""
_FARTHEST_HEADER: Final = 4096
"""RIFF and MacBinary put a head of their own before the file; more than this is no head."""


class Event(NamedTuple):
    """`tick` from the start of the piece · `status` of the channel message (0x80–0xEF), 0xF0 or 0xF7 for
    system exclusive, `META` · `data`: its data bytes, of a meta event the kind and then what it says."""

    tick: int
    status: int
    data: bytes


@dataclass(frozen=True, slots=True)
class MidiEvents:
    """`resolution`: ticks a quarter note. `beat_us`: where the file counts film frames instead of beats, the
    microseconds that count as a quarter note; tempo marks then mean nothing."""

    resolution: int
    tracks: tuple[tuple[Event, ...], ...]
    remarks: tuple[str, ...]
    beat_us: int | None = None


def read_events(data: bytes, most: int = MOST_MIDI_EVENTS) -> MidiEvents:
    """All events of a file. Raises MediaError with the reason, without the file's name, where there are none
    to be had, or more than `most`."""
    start = data.find(b"MThd", 0, _FARTHEST_HEADER)
    if start < 0:
        no_head = known_kind(data[:64], "midi") or "it does not begin as MIDI files do (no MThd)"
        raise MediaError("it is empty" if not data else no_head)
    size = int.from_bytes(data[start + 4 : start + 8], "big")
    reader = _Reader(data, most)
    if data[start + 10 : start + 14] == b"MTrk":
        # Its six bytes are there, their size is not.
        start, size = start - 4, 6
        reader.remarks.append("its header does not say its size")
    elif size < 6 and data[start + 14 : start + 18] == b"MTrk":
        size = 6
        reader.remarks.append("its header's size is wrong")
    if len(data) < start + 14 or size < 6:
        raise MediaError("its header is cut off")
    kind, declared, division = (
        int.from_bytes(data[start + at : start + at + 2], "big") for at in (8, 10, 12)
    )
    resolution, beat_us = _time_base(division)
    if beat_us:
        reader.remarks.append("its time is in film frames, not beats; a beat is taken to be half a second")
    if kind == 2:
        reader.remarks.append("its tracks are separate patterns (format 2); they are taken together")
    # A header longer than six bytes is allowed; one that claims to fill the file is not believed.
    first = start + 8 + size
    tracks = reader.tracks(first if first < len(data) else start + 14)
    if not tracks:
        raise MediaError("it breaks off behind its header: there is no track")
    if len(tracks) < declared:
        reader.remarks.append(f"its header promises {declared} tracks, there are {len(tracks)}")
    if beat_us:
        tracks = [tuple(event._replace(tick=2 * event.tick) for event in track) for track in tracks]
    return MidiEvents(resolution, tuple(tracks), reader.all_remarks(), beat_us)


def _time_base(division: int) -> tuple[int, int | None]:
    """(ticks a quarter note, its microseconds where time is in frames) of a header's division. Raises
    MediaError."""
    if division < 0x8000:
        if division == 0:
            raise MediaError("its header says that a beat has 0 ticks, so that nothing in it has a time")
        return division, None
    # −24 … −30 frames a second in the upper byte, ticks a frame in the lower one. A quarter note of half a
    # second would have half as many ticks, which need not be whole: the ticks are doubled instead.
    rate, ticks = 256 - (division >> 8), division & 0xFF
    if rate not in _SMPTE_FRAMES or ticks == 0:
        raise MediaError(
            f"its header counts time in film frames, but as {rate} a second of {ticks} ticks each: "
            "24, 25, 29 or 30 frames of 1 tick or more can be read"
        )
    return (30 * ticks, 500_500) if rate == 29 else (rate * ticks, 500_000)


@dataclass(slots=True)
class _Reader:
    """Walks through the bytes once and collects what there is to remark."""

    data: bytes
    most: int
    remarks: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    events: int = 0

    def all_remarks(self) -> tuple[str, ...]:
        """The remarks, and what happened often with its count."""
        often = (
            what if count == 1 else f"{what} ({count} times)" for what, count in sorted(self.counts.items())
        )
        return (*self.remarks, *often)

    def tracks(self, at: int) -> list[tuple[Event, ...]]:
        """Every track from byte `at` on; other chunks are passed over, as the specification wants it."""
        found: list[tuple[Event, ...]] = []
        while at + 8 <= len(self.data):
            size = int.from_bytes(self.data[at + 4 : at + 8], "big")
            if self.data[at : at + 4] == b"MTrk":
                end = self.end_of(at + 8, at + 8 + size)
                found.append(self.track(at + 8, end, at + 8 + size, len(found) + 1))
                at = end
            else:
                at = at + 8 + size if self.is_chunk(at) else self.next_track(at)
        return found

    def end_of(self, at: int, claimed: int) -> int:
        """Where the track that begins at `at` ends: where its size says, unless that is plainly wrong."""
        if claimed == len(self.data) or self.is_chunk(claimed):
            return claimed
        return self.next_track(at)

    def is_chunk(self, at: int) -> bool:
        name = self.data[at : at + 4]
        return len(name) == 4 and name.isalpha() and name.isascii() and at + 8 <= len(self.data)

    def next_track(self, at: int) -> int:
        found = self.data.find(b"MTrk", at)
        return found if found >= 0 else len(self.data)

    def track(self, at: int, stop: int, claimed: int, number: int) -> tuple[Event, ...]:
        """The events from byte `at` to the end of the track, or to the first that makes no sense."""
        data = self.data
        events: list[Event] = []
        tick, running = 0, 0
        while at < stop:
            self.events += 1
            if self.events > self.most:
                raise MediaError(f"it has more than {self.most:,} events, more than a piece of music has")
            begun = at
            wait, at = self.number(at, stop)
            if at >= stop:
                return self.broken(events, number, begun, claimed)
            tick += wait
            status = data[at]
            if status >= 0x80:
                at += 1
            else:
                status = running
            event: Event | None = None
            if status < 0x80:
                return self.broken(events, number, begun, claimed)
            if status < 0xF0:
                running = status
                end = at + (1 if 0xC0 <= status < 0xE0 else 2)
                event = self.message(tick, status, data[at:end]) if end <= stop else None
            elif status in _SYSEX or status == META:
                kind = data[at : at + 1] if status == META else b""
                length, at = self.number(at + len(kind), stop)
                end = at + length
                if status == _SYSEX[0]:
                    end = self.end_of_sysex(at, end, stop)
                if end <= stop:
                    said = kind + data[at:end]
                    if status == META and kind[0] == END_OF_TRACK:
                        if end != claimed != stop:
                            self.counts["a track's size is wrong"] += 1
                        elif data[end : min(claimed, stop)].translate(None, _NO_EVENTS):
                            self.counts["what stands behind the end of a track is left out"] += 1
                        return tuple(events)
                    event = self.meta(tick, said) if status == META else Event(tick, status, said)
            else:
                end = at + _SYSTEM_DATA.get(status, 0)
                self.counts["a message that has no place in a file is left out"] += 1
            if end > stop:
                return self.broken(events, number, begun, claimed)
            at = end
            if event is not None:
                events.append(event)
        if claimed > len(data):
            return self.broken(events, number, at, claimed)
        self.counts["a track does not say where it ends"] += 1
        return tuple(events)

    def end_of_sysex(self, at: int, end: int, stop: int) -> int:
        """Where a system exclusive message from `at` on ends: where its length says, unless it has said
        before that it is over. It has no bytes over 127 inside."""
        over = self.data.find(b"\xf7", at, min(end, stop))
        if over < 0 or over + 1 == end:
            return end
        self.counts["a message's size is wrong"] += 1
        return over + 1

    def number(self, at: int, stop: int) -> tuple[int, int]:
        """(value, byte behind it) of a variable-length number. Where it is none, the place lies beyond
        `stop`."""
        value = 0
        for place in range(at, min(at + _LONGEST_NUMBER, stop)):
            byte = self.data[place]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, place + 1
        return 0, stop + 1

    def message(self, tick: int, status: int, data: bytes) -> Event | None:
        """A channel message with data from 0 to 127; a note of no pitch is none."""
        if max(data) > 0x7F:
            if status < 0xB0 and data[0] > 0x7F:
                self.counts["a note higher than MIDI has is left out"] += 1
                return None
            data = bytes(min(value, 0x7F) for value in data)
            self.counts["a value over 127 is taken as 127"] += 1
        return Event(tick, status, data)

    def meta(self, tick: int, data: bytes) -> Event | None:
        kind, said = data[0], data[1:]
        if kind == SET_TEMPO:
            tempo = int.from_bytes(said, "big")
            if len(said) < 3 or not 0 < tempo < 2**24:
                what = "of no length (0)" if len(said) <= 3 else "beyond all measure"
                self.counts[f"a tempo {what} is left out"] += 1
                return None
            data = data[:1] + tempo.to_bytes(3, "big")
        if kind == _KEY_SIGNATURE and not _is_key(said):
            self.counts["a key that does not exist is left out"] += 1
            return None
        if kind == _TIME_SIGNATURE and (len(said) < 2 or said[0] == 0 or said[1] > 6):
            self.counts["a metre that does not exist is left out"] += 1
            return None
        return Event(tick, META, data)

    def broken(self, events: list[Event], number: int, at: int, claimed: int) -> tuple[Event, ...]:
        """What was read before byte `at`, where nothing goes on."""
        missing = claimed - len(self.data)
        where = (
            f"it breaks off in track {number}, {missing:,} bytes short"
            if missing > 0
            else f"track {number} is damaged at byte {at:,}"
        )
        self.remarks.append(f"{where}; what stands before is taken")
        return tuple(events)


def _is_key(said: bytes) -> bool:
    """Up to seven flats or sharps, major or minor."""
    return len(said) >= 2 and -7 <= int.from_bytes(said[:1], "big", signed=True) <= 7 and said[1] in (0, 1)
