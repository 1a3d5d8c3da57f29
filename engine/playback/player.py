"""Playback of finished sound: play, pause, seek, loop, and a new version coming in at a bar line.

Sound is a ready buffer of samples; the audio callback only copies slices of it and allocates no arrays. Where
there is no PortAudio or no output device, a silent clock moves the position all the same, so that everything
that follows the music still does; `Player.problem` says once, in a line, why nothing is heard.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.playback.held_to_time import HeldToTime
from engine.playback.portaudio import sounddevice

Samples = npt.NDArray[np.float32]
_LEAD_S = 0.1
"""So much may a device be ahead of time, in seconds."""
_FADE_S = 0.008
"""Length of the fade where one version takes over from another: short of a note, long enough not to click."""


@dataclass(frozen=True, slots=True)
class Sound:
    """float32 samples [n, 2] in −1…1 at `rate` Hz."""

    samples: Samples
    rate: int

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


@dataclass(slots=True)
class _Swap:
    """At frame `at` of what plays now, `sound` goes on from its frame `to`."""

    at: int
    sound: Sound
    to: int


class Player:
    """One sound at a time. All methods may be called from any thread; only the callback moves the
    position."""

    def __init__(self, open_stream: "Callable[[Player, int], Any] | None" = None) -> None:
        """`open_stream(player, rate)` gives something with start(), stop() and close(); None asks
        sounddevice."""
        self.problem: str | None = None
        self._open = open_stream or open_device
        self._stream: Any = None
        self._sound: Sound | None = None
        self._frame = 0
        self._loop: tuple[int, int] | None = None
        self._swap: _Swap | None = None
        self._playing = False
        self._clock: _SilentClock | None = None
        self._lock = threading.Lock()
        self.on_end: Callable[[], None] | None = None
        """Called, from the audio thread, when the sound has played to its end."""

    # ---------------------------------------------------------------------------------------- what is asked

    @property
    def is_playing(self) -> bool:
        """From `play` to `pause` or the sound's end."""
        return self._playing

    @property
    def position_s(self) -> float:
        """Where the next sample to be sounded lies, seconds."""
        sound = self._sound
        if sound is None:
            return 0.0
        if self._clock is not None and self._playing:
            self._clock.catch_up()
        return self._frame / sound.rate

    @property
    def duration_s(self) -> float:
        """Length of the sound at hand in seconds; 0 without one."""
        return self._sound.duration_s if self._sound else 0.0

    def load(self, sound: Sound, at_s: float | None = None) -> None:
        """Take another sound at once; the position stays where it is unless `at_s` says otherwise."""
        with self._lock:
            rate = sound.rate
            position = self.position_s if at_s is None else at_s
            if self._stream is not None and self._sound is not None and self._sound.rate != rate:
                self._shut()
            self._swap = None
            self._sound = sound
            self._frame = min(max(round(position * rate), 0), len(sound.samples))

    def swap_at(self, sound: Sound, at_s: float, to_s: float) -> None:
        """While playing: when the position reaches `at_s`, go on in `sound` from `to_s`. Otherwise like
        `load`."""
        current = self._sound
        if not self._playing or current is None or current.rate != sound.rate:
            self.load(sound)
            return
        at, to = round(at_s * sound.rate), round(to_s * sound.rate)
        if at <= self._frame:
            self.load(sound, to_s)
            return
        self._swap = _Swap(at, _joined(current, at, sound, to), to)

    def play(self) -> None:
        """Go on from where it stands; at the very end from the beginning (of the loop). Without a sound,
        nothing."""
        if self._sound is None or self._playing:
            return
        with self._lock:
            if self._frame >= len(self._sound.samples) - 1:
                self._frame = self._loop[0] if self._loop else 0
            self._playing = True
            if self._stream is None and self._clock is None:
                self._start(self._sound.rate)
            elif self._clock is not None:
                self._clock.restart()

    def pause(self) -> None:
        """Stop where it stands; `play` goes on from there."""
        if self._clock is not None and self._playing:
            self._clock.catch_up()
        self._playing = False

    def seek(self, t_s: float) -> None:
        """Go to `t_s` (seconds, cut to the sound's length), playing or not."""
        sound = self._sound
        if sound is not None:
            if self._swap is not None:
                self._taken(self._swap)
                sound = self._sound or sound
            if self._clock is not None:
                self._clock.restart()
            self._frame = min(max(round(t_s * sound.rate), 0), len(sound.samples))

    def loop(self, start_s: float | None, end_s: float = 0.0) -> None:
        """Repeat a stretch, or (None) no longer."""
        sound = self._sound
        if start_s is None or sound is None or end_s - start_s < 0.05:
            self._loop = None
        else:
            self._loop = (round(start_s * sound.rate), min(round(end_s * sound.rate), len(sound.samples)))

    def close(self) -> None:
        """Stop and give the device back. A later `play` opens it again."""
        self._playing = False
        with self._lock:
            self._shut()

    # --------------------------------------------------------------------------------------- the callback

    def fill(self, out: Samples) -> None:
        """Put the next samples into `out` [n, 2]; silence where nothing plays."""
        done, wanted = 0, len(out)
        while done < wanted:
            sound = self._sound
            if not self._playing or sound is None:
                out[done:] = 0.0
                return
            swap, loop, frame = self._swap, self._loop, self._frame
            stop = len(sound.samples)
            if loop is not None and frame < loop[1]:
                stop = min(stop, loop[1])
            if swap is not None and frame <= swap.at < stop:
                stop = swap.at
            count = min(wanted - done, stop - frame)
            if count > 0:
                out[done : done + count] = sound.samples[frame : frame + count]
                self._frame = frame + count
                done += count
            if self._frame < stop:
                continue
            if swap is not None and self._frame == swap.at:
                self._taken(swap)
            elif loop is not None and self._frame == loop[1]:
                self._frame = loop[0]
            else:
                out[done:] = 0.0
                self._ended()
                return

    def _taken(self, swap: _Swap) -> None:
        self._sound, self._frame, self._swap = swap.sound, swap.to, None

    def _ended(self) -> None:
        self._playing = False
        if self.on_end is not None:
            self.on_end()

    def _start(self, rate: int) -> None:
        try:
            self._stream = self._open(self, rate)
            self._stream.start()
        except (
            Exception
        ) as error:  # PortAudio has one error for everything, and the import fails with OSError
            self._stream = None
            self.problem = why_silent(error)
            self._clock = _SilentClock(self, rate)

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        self._clock = None
        if stream is not None:
            stream.stop()
            stream.close()


class _SilentClock:
    """Stands in for a sound device: moves the position by the wall clock whenever it is read."""

    _BLOCK = 2048

    def __init__(self, player: Player, rate: int) -> None:
        self.player, self.rate = player, rate
        self.since = time.monotonic()
        self.block = np.zeros((self._BLOCK, 2), np.float32)
        self.lock = threading.Lock()

    def restart(self) -> None:
        self.since = time.monotonic()

    def catch_up(self) -> None:
        with self.lock:
            now = time.monotonic()
            frames = int((now - self.since) * self.rate)
            self.since += frames / self.rate
            while frames > 0 and self.player.is_playing:
                count = min(frames, self._BLOCK)
                self.player.fill(self.block[:count])
                frames -= count


def _joined(old: Sound, at: int, new: Sound, to: int) -> Sound:
    """The new sound with the old one's last milliseconds fading under its entry at frame `to`."""
    length = min(int(_FADE_S * new.rate), len(old.samples) - at, len(new.samples) - to)
    if length <= 0:
        return new
    samples = new.samples.copy()
    fade = np.linspace(0.0, 1.0, length, dtype=np.float32)[:, None]
    samples[to : to + length] = samples[to : to + length] * fade + old.samples[at : at + length] * (
        1.0 - fade
    )
    return Sound(samples, new.rate)


def open_device(player: Player, rate: int, adjust: Callable[[Samples], None] | None = None) -> Any:
    """The default output device through PortAudio. `adjust` may change each block in place (volume)."""
    library = sounddevice()
    hold = HeldToTime(_LEAD_S)

    def callback(out: Samples, frames: int, timing: Any, status: Any) -> None:
        hold(frames / rate)
        player.fill(out)
        if adjust is not None:
            adjust(out)

    return library.OutputStream(
        samplerate=rate, channels=2, dtype="float32", callback=callback, latency="low"
    )


def why_silent(error: Exception) -> str:
    """Why nothing is heard, in one line, by what opening the device raised."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, OSError):
        return "no sound: the PortAudio library is not installed (Debian: apt install libportaudio2)"
    if isinstance(error, ImportError):
        return "no sound: sounddevice is not installed (pip install sounddevice)"
    return "no sound: there is no output device" if "device -1" in said else f"no sound: {said}"
