"""How loud a game's music is, and its sounds on disk until that is known.

All sounds get one gain, so that loud cues stay louder than soft ones and layers add up: the highest at
which the cues together are no louder than a mix and no cue's mix is above the ceiling of true peaks. There
is no limiter, which would let one layer breathe with another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.render.game.cue_sound import CueSound, Samples
from engine.render.mastering import CEILING_DBTP, TARGET_LUFS, integrated_loudness, true_peak


@dataclass(slots=True)
class Levels:
    """What is known of the mixes heard so far, at `rate` Hz."""

    rate: int
    _powers: list[tuple[float, int]] = field(default_factory=list)
    _peak_db: float = float("-inf")

    def hear(self, mix: Samples) -> None:
        """Take a cue's mix [samples, 2] into account."""
        loudness = integrated_loudness(mix, self.rate)
        self._peak_db = max(self._peak_db, true_peak(mix, self.rate))
        if np.isfinite(loudness):
            self._powers.append((10 ** (loudness / 10), len(mix)))

    def gain(self) -> float:
        """What every sample is multiplied by; 1 where all is silent."""
        if not self._powers:
            return 1.0
        total = sum(count for _, count in self._powers)
        loudness = 10 * np.log10(sum(power * count for power, count in self._powers) / total)
        return float(10 ** (min(TARGET_LUFS - loudness, CEILING_DBTP - self._peak_db) / 20))


@dataclass(slots=True)
class KeptSounds:
    """Sounds of cues in a folder of their own, as arrays."""

    folder: Path
    _cues: list[tuple[int, int, CueSound]] = field(default_factory=list)

    def keep(self, sound: CueSound, shorts: Sequence[Samples]) -> None:
        """The next cue's layers and its short pieces."""
        number = len(self._cues)
        for place, samples in enumerate((*sound.layers, *shorts)):
            np.save(self._path(number, place), samples, allow_pickle=False)
        bare = CueSound((), sound.bars_end, sound.silent)
        self._cues.append((len(sound.layers), len(shorts), bare))

    def cue(self, number: int) -> tuple[CueSound, tuple[Samples, ...]]:
        """A cue (from 0, as they were kept) and its short pieces."""
        layers, shorts, bare = self._cues[number]
        loaded = tuple(
            np.load(self._path(number, place), allow_pickle=False) for place in range(layers + shorts)
        )
        return CueSound(loaded[:layers], bare.bars_end, bare.silent), loaded[layers:]

    def _path(self, number: int, place: int) -> Path:
        return self.folder / f"{number}-{place}.npy"
