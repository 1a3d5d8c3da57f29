"""libfluidsynth as a synthesiser of notes that come one by one: every instrument has a channel, every note
its sample. Spoken to directly, as `engine.render.fluidsynth_worker` does.
"""

import ctypes
import heapq
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.live.deck_levels import expression_of
from engine.live.outputs import NoteDue, NoteReleased
from engine.render.fluidsynth_worker import open_library
from engine.render.synthesis import REVERB

_DRUMS: Final = 9
_DECK: Final = 16
"""Channels of a deck; the tenth of each are drums."""
_DECKS: Final = 2
_A_DRUM_CHANNEL: Final = 1
_VOLUME, _PAN, _EXPRESSION, _REVERB = 7, 10, 11, 91

Samples = npt.NDArray[np.float32]
_Instrument = tuple[int, str, str, int]
"""Deck, role, track, program."""


class FluidLiveSynth:
    """A synthesiser on one font. Not for several threads at once. Raises MediaError where the library or the
    font cannot be used."""

    def __init__(self, font: Path, rate: int) -> None:
        library = open_library()
        if library is None:
            raise MediaError("libfluidsynth is not installed (Debian: apt install libfluidsynth3)")
        self._library: Any = library
        handle = ctypes.c_void_p
        for name in ("new_fluid_settings", "new_fluid_synth"):
            getattr(library, name).restype = handle
        library.new_fluid_synth.argtypes = (handle,)
        library.fluid_settings_setint.argtypes = (handle, ctypes.c_char_p, ctypes.c_int)
        library.fluid_settings_setnum.argtypes = (handle, ctypes.c_char_p, ctypes.c_double)
        library.fluid_synth_sfload.argtypes = (handle, ctypes.c_char_p, ctypes.c_int)
        library.fluid_synth_write_float.argtypes = (handle, ctypes.c_int) + 2 * (
            handle,
            ctypes.c_int,
            ctypes.c_int,
        )
        calls = (("program_change", 2), ("noteoff", 2), ("noteon", 3), ("cc", 3), ("set_channel_type", 2))
        for name, count in calls:
            getattr(library, f"fluid_synth_{name}").argtypes = (handle, *([ctypes.c_int] * count))
        settings = library.new_fluid_settings()
        library.fluid_settings_setnum(settings, b"synth.sample-rate", float(rate))
        library.fluid_settings_setint(settings, b"synth.polyphony", 256)
        library.fluid_settings_setint(settings, b"synth.midi-channels", _DECKS * _DECK)
        library.fluid_settings_setint(settings, b"synth.lock-memory", 0)
        library.fluid_settings_setint(settings, b"synth.dynamic-sample-loading", 1)
        self._synth = library.new_fluid_synth(settings)
        if not self._synth or library.fluid_synth_sfload(self._synth, os.fsencode(font), 1) < 0:
            raise MediaError(f"libfluidsynth cannot use {font}")
        for deck in range(1, _DECKS):
            library.fluid_synth_set_channel_type(self._synth, deck * _DECK + _DRUMS, _A_DRUM_CHANNEL)
            library.fluid_synth_program_change(self._synth, deck * _DECK + _DRUMS, 0)
        self._rate = rate
        self._levels = [1.0] * _DECKS
        self._channels: dict[_Instrument, int] = {}
        self._used: list[_Instrument] = []
        """The longest unused first: its channel is the next to be given away."""
        self._events: list[tuple[int, int, int, int, int]] = []
        """(sample, order, channel, pitch, velocity; 0: off), a heap."""
        self._now = self._order = 0

    def note(self, note: NoteDue, at: int) -> None:
        """A note that begins `at` samples after the last block given."""
        channel = self._channel(note)
        end = at + max(round(note.length_s * self._rate), 1)
        self._put(at, channel, note.pitch, note.velocity)
        if not note.is_drum:
            self._put(end, channel, note.pitch, 0)

    def release(self, note: NoteReleased) -> None:
        """Such notes end now."""
        for (deck, role, track, _), channel in self._channels.items():
            if (deck, role, track) == (note.deck, note.role, note.track):
                self._library.fluid_synth_noteoff(self._synth, channel, note.pitch)

    def level(self, deck: int, level: float) -> None:
        """By expression, of every channel that the deck has or will have."""
        self._levels[deck] = level
        for (own, _, _, _), channel in self._channels.items():
            if own == deck:
                self._library.fluid_synth_cc(self._synth, channel, _EXPRESSION, expression_of(level))

    def block(self, count: int) -> Samples:
        """The next samples, float32 [count, 2], with every note at its sample."""
        out = np.zeros((count, 2), np.float32)
        done, end = 0, self._now + count
        while done < count:
            while self._events and self._events[0][0] <= self._now + done:
                _, _, channel, pitch, velocity = heapq.heappop(self._events)
                if velocity:
                    self._library.fluid_synth_noteon(self._synth, channel, pitch, velocity)
                else:
                    self._library.fluid_synth_noteoff(self._synth, channel, pitch)
            stop = min(self._events[0][0], end) if self._events else end
            size = stop - self._now - done
            at = out[done:].ctypes.data
            self._library.fluid_synth_write_float(self._synth, size, at, 0, 2, at, 1, 2)
            done += size
        self._now = end
        return out

    def _put(self, at: int, channel: int, pitch: int, velocity: int) -> None:
        self._order += 1
        # An end comes before what begins at the same sample.
        heapq.heappush(self._events, (self._now + at, self._order, channel, pitch, velocity))

    def _channel(self, note: NoteDue) -> int:
        if note.is_drum:
            key: _Instrument = (note.deck, note.role, note.track, -1)
            drums = note.deck * _DECK + _DRUMS
            if key not in self._channels:
                self._set(drums, note)
            self._channels[key] = drums
            return drums
        key = (note.deck, note.role, note.track, note.program)
        if key in self._channels:
            self._used.remove(key)
        else:
            own = range(note.deck * _DECK, (note.deck + 1) * _DECK)
            free = [c for c in own if c % _DECK != _DRUMS and c not in self._channels.values()]
            channel = free[0] if free else self._channels.pop(self._longest_unused(note.deck))
            self._channels[key] = channel
            self._library.fluid_synth_program_change(self._synth, channel, note.program)
            self._set(channel, note)
        self._used.append(key)
        return self._channels[key]

    def _longest_unused(self, deck: int) -> _Instrument:
        found = next(one for one in self._used if one[0] == deck)
        self._used.remove(found)
        return found

    def _set(self, channel: int, note: NoteDue) -> None:
        volume = max(1, min(127, round(100 * 10 ** (note.gain_db / 40))))
        pan = max(0, min(127, round(64 + 63 * note.pan)))
        full = expression_of(self._levels[note.deck])
        for control, value in ((_VOLUME, volume), (_PAN, pan), (_EXPRESSION, full), (_REVERB, REVERB)):
            self._library.fluid_synth_cc(self._synth, channel, control, value)
