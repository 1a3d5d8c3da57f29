"""Motifs: themes as points in the melody's latent space.

A written motif is encoded by the codec on plain harmony; a `seed` draws the point from the generator in a
neutral mood. The same point decoded on other chords, in another mode and moved towards another density and
register is the variation.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.codec import Codec, LineCodec, harmony_features
from engine.generate.grid import METER_STEPS, from_notes
from engine.generate.request import GridNote

MOTIF_BARS = 2
"""Bars of a motif drawn by seed; a written one is cut at four."""

WRITTEN_BARS = 4


def encode_notes(
    codec: Codec, notes: tuple[GridNote, ...], tonic_shift: int, meter: int, minor: bool
) -> tuple[Tensor, npt.NDArray[np.int64]]:
    """Melody latents [n, Z] of written notes and their key-relative tokens [n, 16], n ≤ 4 bars.

    `tonic_shift` moves absolute pitches to the key-relative ones. The harmony under them is the tonic chord.
    """
    steps = METER_STEPS[meter]
    start = np.array([note.start for note in notes], np.int64)
    end = start + np.maximum(1, np.array([note.steps for note in notes], np.int64))
    bars = int(min(WRITTEN_BARS, max(1, -(-int(end.max()) // steps))))
    pitch = np.array([note.pitch for note in notes], np.int64) + tonic_shift
    arrays = from_notes(start, end, pitch, np.zeros(len(notes), np.int64), np.full(bars, steps))
    chords = np.broadcast_to(np.array([0, 1 if minor else 0, 0], np.int8), (bars, 4, 3)).copy()
    harmony = harmony_features(chords, np.full(bars, meter), np.full(bars, minor))
    melody = codec.roles[0]
    assert isinstance(melody, LineCodec)
    with torch.no_grad():
        mean, _ = melody.encode(torch.from_numpy(arrays.tokens[0]), harmony)
    return mean, arrays.tokens[0].astype(np.int64)
