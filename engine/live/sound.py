"""Live music as sound: notes in, blocks of samples out, for a sound card that asks for them.

The audio callback only copies from a ring of finished blocks; a thread fills it from a synthesiser that takes
notes as they come (libfluidsynth where the system has it, else the built-in one). What is heard comes
`LATENCY_S` after it is due, always the same, so that notes stand in the block at their very sample.
"""

import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from engine.live.fluid_synth import FluidLiveSynth
from engine.live.outputs import DeckLevel, LiveMessage, NoteDue, NoteReleased
from engine.live.wav_recording import GAIN, softly_limited
from engine.music.score import Note
from engine.playback.held_to_time import HeldToTime
from engine.playback.player import why_silent
from engine.playback.portaudio import sounddevice
from engine.render.plain_synth import note_length, note_samples
from engine.render.synthesiser import Synthesiser

RATE: Final = 48_000
BLOCK: Final = 512
LATENCY_S: Final = 0.12
"""From a note's being due to its being heard: what waits in the ring, and a little for the thread's turn."""
_RING_BLOCKS: Final = 8
_RELEASE_S: Final = 0.1
_PART: Final = 2048
"""Samples of a note that the built-in synthesiser works out at a time."""
_MOST_LEAD_S: Final = 0.08
"""What a device may be ahead of time: as much as waits in the ring."""
_LISTEN_S: Final = 1.0
"""How often a device that went away is asked for again."""

Samples = npt.NDArray[np.float32]


class LiveSynth(Protocol):
    """Notes to samples, block by block, from one thread."""

    def note(self, note: NoteDue, at: int) -> None:
        """A note that begins `at` samples after the last block given."""
        ...

    def release(self, note: NoteReleased) -> None:
        """Such notes end now."""
        ...

    def level(self, deck: int, level: float) -> None:
        """What sounds of a deck, and what will, has this amplitude 0…1 from the next block on."""
        ...

    def block(self, count: int) -> Samples:
        """The next samples, float32 [count, 2]."""
        ...


@dataclass(slots=True)
class _Voice:
    """A note that sounds: `at` is which of its samples the next block begins with (negative before it does),
    `end` how many it has, `part` those that are worked out, from `part_at` on."""

    due: NoteDue
    note: Note
    at: int
    end: int
    part: Samples = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    part_at: int = 0

    def samples(self, start: int, count: int) -> Samples:
        """Some of its samples, from nowhere but the note."""
        due, part = self.due, slice(start, min(start + count, self.end))
        return note_samples(self.note, due.program, due.is_drum, due.gain_db, due.pan, RATE, part)

    def add_to(self, out: Samples, ramp: "Samples | None") -> None:
        """Adds the next block, which goes by."""
        done = max(-self.at, 0)
        while done < len(out) and self.at + done < self.end:
            place = self.at + done - self.part_at
            if not 0 <= place < len(self.part):
                self.part_at, self.part, place = self.at + done, self.samples(self.at + done, _PART), 0
            part = self.part[place : place + len(out) - done]
            out[done : done + len(part)] += part if ramp is None else part * ramp[done : done + len(part)]
            done += len(part)
        self.at += len(out)

    def release(self) -> None:
        """Lets it fade in `_RELEASE_S`."""
        rest = self.samples(self.at, round(_RELEASE_S * RATE))
        self.part = rest * np.linspace(1.0, 0.0, len(rest), dtype=np.float32)[:, None]
        self.part_at, self.end = self.at, self.at + len(rest)


@dataclass(slots=True)
class PlainLiveSynth:
    """The built-in synthesiser, a part of a note at a time: a long one worked out as a whole would keep the
    others waiting."""

    _voices: list[_Voice] = field(default_factory=list)
    _levels: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Of each deck: the last block's level and the next one's."""

    def note(self, note: NoteDue, at: int) -> None:
        """A note that begins `at` samples after the last block given."""
        written = Note(note.pitch, note.velocity, 0.0, 0.0, 0.0, min(note.length_s, 8.0))
        self._voices.append(_Voice(note, written, -at, note_length(written, note.is_drum, RATE)))

    def release(self, note: NoteReleased) -> None:
        """Lets such notes fade in `_RELEASE_S`."""
        for voice in self._voices:
            due = voice.due
            same = (due.deck, due.track, due.role, due.pitch) == (
                note.deck,
                note.track,
                note.role,
                note.pitch,
            )
            if same and voice.at > 0:
                voice.release()

    def level(self, deck: int, level: float) -> None:
        """Goes there within a block."""
        self._levels[deck] = (self._levels.get(deck, (1.0, 1.0))[0], level)

    def block(self, count: int) -> Samples:
        """The sum of what sounds."""
        out = np.zeros((count, 2), np.float32)
        ramps = {
            deck: np.linspace(*levels, count, dtype=np.float32)[:, None]
            for deck, levels in self._levels.items()
            if levels != (1.0, 1.0)
        }
        self._levels = {deck: (level, level) for deck, (_, level) in self._levels.items()}
        for voice in self._voices:
            voice.add_to(out, ramps.get(voice.due.deck))
        self._voices = [voice for voice in self._voices if voice.at < voice.end]
        return out


class LiveSound:
    """An output that plays. `open_stream(callback)` gives something with start(), stop() and close() that
    calls `callback(out)` with float32 [n, 2] to fill; None asks sounddevice. A device that cannot be had, or
    that goes away, is told once, asked for again, and the music goes on."""

    name = "sound"

    def __init__(
        self,
        synth: LiveSynth,
        tell: Callable[[str], None],
        open_stream: "Callable[[Callable[[Samples], None]], Any] | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.late_blocks = 0
        """Blocks that were not there when the device asked."""
        self.told = False
        self._synth, self._tell = synth, tell
        self._open = open_stream or open_output
        self._clock = clock
        self._ring = np.zeros((_RING_BLOCKS * BLOCK, 2), np.float32)
        self._filled = self._played = 0
        self._waiting: list[tuple[float, int, NoteDue | NoteReleased | DeckLevel]] = []
        self._order = 0
        self._hold = HeldToTime(_MOST_LEAD_S, clock)
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._ended = False
        self._stream: Any = None
        self._begun_at = 0.0
        self._thread = threading.Thread(target=self._run, name="melodrama-live-sound", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------------------- as an output

    def take(self, message: LiveMessage) -> None:
        """Keeps notes until their samples are worked out."""
        if isinstance(message, NoteDue | NoteReleased | DeckLevel):
            with self._lock:
                self._order += 1
                heapq.heappush(self._waiting, (message.due + LATENCY_S, self._order, message))

    def close(self) -> None:
        """Lets what sounds ring for a moment, and gives the device back."""
        until = time.monotonic() + LATENCY_S + 0.6
        while time.monotonic() < until and self._stream is not None:
            time.sleep(0.02)
        self._ended = True
        self._wanted.set()
        self._thread.join(2.0)
        self._shut()

    @property
    def ready_samples(self) -> int:
        """How many samples are worked out and not yet played."""
        return self._filled - self._played

    # ------------------------------------------------------------------------------- for the device

    def fill(self, out: Samples) -> None:
        """Puts the next samples into `out` [n, 2]: what is ready, silence where nothing is. It allocates
        nothing, and waits only for a device that is ahead of time."""
        self._hold(len(out) / RATE)
        count, size = len(out), len(self._ring)
        ready = min(self._filled - self._played, count)
        first = self._played % size
        part = min(ready, size - first)
        out[:part] = self._ring[first : first + part]
        out[part:ready] = self._ring[: ready - part]
        out[ready:] = 0.0
        if ready < count and not self._ended:
            self.late_blocks += 1
        self._played += ready
        self._wanted.set()

    # ------------------------------------------------------------------------------- in the thread

    def _run(self) -> None:
        self._begun_at = self._clock()
        self._ahead()
        while not self._ended:
            if self._stream is None:
                self._start()
            if self._stream is None:
                self._silently()
                continue
            self._wanted.wait(0.05)
            self._wanted.clear()
            self._ahead()
            if not getattr(self._stream, "active", True):
                self._lost("the sound device went away")

    def _start(self) -> None:
        try:
            stream = self._open(self.fill)
            stream.start()
            self._stream = stream
            if self.told:
                self._tell("sound: there is a device again")
                self.told = False
        except Exception as error:  # PortAudio has one error for everything; a missing library is an OSError
            self._lost(why_silent(error))

    def _lost(self, words: str) -> None:
        self._shut()
        if not self.told and not self._ended:
            self._tell(f"{words}; the other outputs go on")
            self.told = True

    def _silently(self) -> None:
        """Without a device time goes on all the same: what would be heard is dropped."""
        until = time.monotonic() + _LISTEN_S
        while time.monotonic() < until and not self._ended:
            time.sleep(0.05)
            self._skip()

    def _skip(self) -> None:
        now = self._clock()
        with self._lock:
            while self._waiting and self._waiting[0][0] < now:
                _, _, message = heapq.heappop(self._waiting)
                if isinstance(message, DeckLevel):
                    self._synth.level(message.deck, message.level)
        self._played = self._filled
        self._begun_at = now - self._filled / RATE

    def _ahead(self) -> None:
        """Fills the ring."""
        size = len(self._ring)
        while self._filled - self._played <= size - BLOCK and not self._ended:
            start = self._begun_at + self._filled / RATE
            # The device's clock and ours drift apart: when they differ by more than a note's length of
            # patience, the blocks are where the device is.
            drift = self._clock() + (self._filled - self._played) / RATE - start
            if abs(drift) > 0.05:
                self._begun_at += drift
                start += drift
            self._due(start, start + BLOCK / RATE)
            at = self._filled % size
            self._ring[at : at + BLOCK] = softly_limited(self._synth.block(BLOCK) * GAIN)
            self._filled += BLOCK

    def _due(self, start: float, end: float) -> None:
        with self._lock:
            due = []
            while self._waiting and self._waiting[0][0] < end:
                due.append(heapq.heappop(self._waiting))
        for at, _, message in due:
            if isinstance(message, NoteReleased):
                self._synth.release(message)
            elif isinstance(message, DeckLevel):
                self._synth.level(message.deck, message.level)
            else:
                self._synth.note(message, max(0, min(round((at - start) * RATE), BLOCK - 1)))

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.stop()
                stream.close()
            except Exception:  # it is gone already
                return


def has_device() -> bool:
    """Whether there is an output device now."""
    try:
        sounddevice().query_devices(kind="output")
    except Exception:  # no library, no device: all the same here
        return False
    return True


def live_synth(synthesiser: Synthesiser, tell: Callable[[str], None]) -> LiveSynth:
    """What plays note by note with a choice of `engine.render.synthesiser`: libfluidsynth, else the built-in
    one, which is told. Raises MediaError for a font that cannot be used."""
    if synthesiser.name == "fluidsynth" and synthesiser.font is not None:
        return FluidLiveSynth(synthesiser.font, RATE)
    tell(
        "libfluidsynth is not installed (Debian: apt install libfluidsynth3): plain tones are heard; "
        "recordings have their instruments"
    )
    return PlainLiveSynth()


def open_output(fill: Callable[[Samples], None]) -> Any:
    """The default output device through PortAudio."""
    library = sounddevice()

    def callback(out: Samples, frames: int, timing: Any, status: Any) -> None:
        fill(out)

    return library.OutputStream(
        samplerate=RATE, channels=2, dtype="float32", callback=callback, blocksize=BLOCK, latency="low"
    )
