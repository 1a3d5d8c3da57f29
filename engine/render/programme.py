"""The finished programme: a recorded voice over the music. The music keeps out of the voice's way, and the
voice lies at least 8 dB over it wherever somebody speaks, measured on windows of 0.4 s.

Only gains are made here; loudness and true peak of the whole are `engine.render.mastering`'s business.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from dsl.limits import LONGEST_VOICE_S
from engine.media.sound_file import joined, mono_of, open_sound, scaled
from engine.render.audio import Samples, resample
from engine.render.mastering import integrated_loudness, weighted_hops

VoiceMix = Literal["duck", "mix", "none"]
OVER_DB: Final = 8.0
"""The voice lies at least so far over the music under it."""
_MARGIN_DB: Final = 2.0
"""Beyond it, for windows that begin between the hops and gains that glide."""
HOP_S: Final = 0.1
_WINDOW_HOPS: Final = 4
_SPOKEN_DB: Final = 24.0
"""A hop this far under the voice's loud ones is a pause."""
_UNDER_DB: Final = 5.0
"""Ducked music is at least so much softer under speech than in the gaps, however soft it is."""
_IN_GAPS_DB: Final = 2.0
"""In the gaps the music's loudness lies so much under the voice's."""
_AHEAD_HOPS, _AFTER_HOPS, _SMOOTH_HOPS = 4, 6, 4
"""The music is down a little before the voice begins, and comes back after it has ended."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Programme:
    """float32 each, of one length: `music_gain` [n], `voice` [n, 2]. Music under its gain plus voice is the
    programme, before mastering."""

    music_gain: Samples
    voice: Samples

    def under(self, music: Samples) -> Samples:
        """Music [n, 2], or a part of it, as it lies under the voice."""
        padded = np.pad(music, ((0, len(self.music_gain) - len(music)), (0, 0)))
        return np.asarray(padded * self.music_gain[:, None], np.float32)


def read_voices(folder: Path, voices: "tuple[tuple[str, float], ...]", rate: int) -> Samples:
    """float32 [n] at `rate`: recordings (path below `folder`, seconds at which it begins), each where it
    begins. Raises MediaError where one cannot be read."""
    found = np.zeros(0, np.float32)
    for name, start_s in voices:
        with open_sound(folder / name) as sound:
            # As much as was listened to for its lines.
            blocks = sound.blocks(int(LONGEST_VOICE_S * sound.rate))
            mono = resample(scaled(joined([mono_of(block) for block in blocks])), sound.rate, rate)
        begin = max(round(start_s * rate), 0)
        if begin + len(mono) > len(found):
            found = np.pad(found, (0, begin + len(mono) - len(found)))
        found[begin : begin + len(mono)] += mono
    return found


def lay_voice_over(music: Samples, voice: Samples, rate: int, how: VoiceMix) -> Programme:
    """The gains for `voice` [m] over `music` [n, 2]. "duck": the music is free in the gaps and goes down
    under speech; "mix": it keeps one level, low enough throughout."""
    length = max(len(music), len(voice))
    spoken = np.repeat(np.pad(voice, (0, length - len(voice)))[:, None], 2, axis=1).astype(np.float32)
    padded = np.pad(music, ((0, length - len(music)), (0, 0)))
    hop = round(HOP_S * rate)
    base = _base_gain(padded, spoken, rate)
    most, speaking = _most_gain(padded, spoken, rate, hop)
    most = np.minimum(most, base)
    if how == "mix":
        gain = np.full(len(most), float(most.min(initial=base)))
    else:
        most = np.where(speaking, np.minimum(most, base * 10 ** (-_UNDER_DB / 20)), most)
        gain = _smoothed(most)
    at = np.arange(length) / hop - 0.5
    return Programme(np.interp(at, np.arange(len(gain)), gain).astype(np.float32), spoken)


def _base_gain(music: Samples, voice: Samples, rate: int) -> float:
    """The music's gain where nobody speaks."""
    own, spoken = integrated_loudness(music, rate), integrated_loudness(voice, rate)
    if not (np.isfinite(own) and np.isfinite(spoken)):
        return 1.0
    return float(10 ** ((spoken - _IN_GAPS_DB - own) / 20))


def _most_gain(music: Samples, voice: Samples, rate: int, hop: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Per hop of 0.1 s: the largest gain under which the music lies far enough under the voice in every
    window of 0.4 s around, plain and K-weighted; and whether somebody speaks there."""
    count = -(-len(voice) // hop)
    voices = (_hops(voice, hop, count), weighted_hops(voice, rate)[:count])
    musics = (_hops(music, hop, count), weighted_hops(music, rate)[:count])
    loud = float(np.quantile(voices[0][voices[0] > 0], 0.9)) if (voices[0] > 0).any() else np.inf
    speaking = voices[0] > loud * 10 ** (-_SPOKEN_DB / 10)
    over = 10 ** ((OVER_DB + _MARGIN_DB) / 10)
    ones = np.ones(_WINDOW_HOPS)
    most = np.full(count, np.inf)
    spoken = np.convolve(speaking.astype(np.float64), ones, "valid") >= _WINDOW_HOPS / 2
    for own, other in zip(voices, musics, strict=True):
        if count < _WINDOW_HOPS:
            break
        windows = np.convolve(own, ones, "valid") / np.maximum(
            np.convolve(other, ones, "valid") * over, 1e-30
        )
        allowed = np.where(spoken, np.sqrt(windows), np.inf)
        for step in range(_WINDOW_HOPS):
            most[step : step + len(allowed)] = np.minimum(most[step : step + len(allowed)], allowed)
    return most, speaking


def _hops(samples: Samples, hop: int, count: int) -> Floats:
    padded = np.pad(samples, ((0, count * hop - len(samples)), (0, 0))).astype(np.float64)
    return np.asarray((padded**2).sum(axis=1).reshape(count, hop).sum(axis=1))


def _smoothed(most: Floats) -> Floats:
    """A gain that moves slowly and is nowhere more than `most`."""
    if not len(most):
        return most
    padded = np.pad(most, (_AFTER_HOPS + _SMOOTH_HOPS, _AHEAD_HOPS + _SMOOTH_HOPS), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _AHEAD_HOPS + _AFTER_HOPS + 1)
    held = windows.min(axis=1)
    level = np.convolve(np.log(np.maximum(held, 1e-6)), np.hanning(2 * _SMOOTH_HOPS + 3)[1:-1], "valid")
    return np.asarray(np.exp(level / np.hanning(2 * _SMOOTH_HOPS + 3)[1:-1].sum()))
