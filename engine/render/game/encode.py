"""A cue's sounds as files: each as WAV with its loop in a `smpl` chunk, as Ogg with LOOPSTART and
LOOPLENGTH, and how Godot imports the latter."""

from dataclasses import dataclass, field

import numpy as np

from engine.render.audio import audio_bytes
from engine.render.game.godot import ogg_import
from engine.render.game.manifest import GameFile
from engine.render.ogg import with_comments
from engine.render.wav import Whole, wav_bytes

File = tuple[str, bytes]
"""A path relative to the game's folder, with `/`, and what goes there."""


@dataclass(slots=True)
class CueFiles:
    """Collects the files of one cue, whose folder is `folder`; `rate` in Hz, `bits` 16 or 24."""

    folder: str
    rate: int
    bits: int
    files: list[File] = field(default_factory=list)

    def sound(
        self,
        name: str,
        whole: Whole,
        loop: tuple[int, int] | None = None,
        bars: tuple[int, int] | None = None,
    ) -> GameFile:
        """Whole numbers [n, 2] as files called `name`. `loop` is (start, end) in samples; `bars` how many
        equally long bars there are, and the sample where the last one ends."""
        path = f"{self.folder}/{name}"
        self.files.append((f"{path}.wav", wav_bytes(whole, self.rate, self.bits, loop)))
        samples = (whole / np.float64(2 ** (self.bits - 1))).astype(np.float32)
        ogg = audio_bytes(samples, self.rate, "ogg")
        if loop is not None:
            places = {"LOOPSTART": str(loop[0]), "LOOPLENGTH": str(loop[1] - loop[0])}
            ogg = with_comments(ogg, places)
        self.files.append((f"{path}.ogg", ogg))
        self.files.append((f"{path}.ogg.import", ogg_import(loop is not None, bars, self.rate)))
        return GameFile(f"{path}.wav", f"{path}.ogg", len(whole))
