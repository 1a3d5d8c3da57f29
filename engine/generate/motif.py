"""Motifs: themes as points in the melody's latent space.

A written motif is harmonised bar by bar and encoded by the codec; a `seed` draws the point from the generator
in a neutral mood. Where the motif is heard its own harmony comes with it, in the mode of the moment. The same
point decoded in another mode and moved towards another density and register is the variation.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.codec import Codec, LineCodec, harmony_features
from engine.generate.form import plain_chords
from engine.generate.grid import METER_STEPS, BarArrays, from_notes, line_notes
from engine.generate.request import GridNote, MotifPlacement
from engine.music.theory import QUALITIES, chord_templates

MOTIF_BARS = 2
"""Bars of a motif drawn by seed; a written one is cut at `WRITTEN_BARS`."""

WRITTEN_BARS = 4

_TRIADS = {
    False: ((0, "maj"), (5, "maj"), (7, "maj"), (9, "min"), (2, "min"), (4, "min")),
    True: ((0, "min"), (5, "min"), (7, "maj"), (8, "maj"), (3, "maj"), (10, "maj")),
}
"""What a written motif is harmonised with, plainest first: (relative root, quality)."""


def written_bars(notes: tuple[GridNote, ...], tonic_shift: int, meter: int) -> BarArrays:
    """A written motif as melody bars, at most four. `tonic_shift` makes sounding pitches key-relative."""
    steps = METER_STEPS[meter]
    start = np.array([note.start for note in notes], np.int64)
    end = start + np.maximum(1, np.array([note.steps for note in notes], np.int64))
    bars = int(min(WRITTEN_BARS, max(1, -(-int(end.max()) // steps))))
    pitch = np.array([note.pitch for note in notes], np.int64) + tonic_shift
    return from_notes(start, end, pitch, np.zeros(len(notes), np.int64), np.full(bars, steps))


def motif_chords(motif: MotifPlacement, tonic_shift: int, meter: int, minor: bool) -> npt.NDArray[np.int8]:
    """The harmony that a motif brings along [bars, 4, 3], key-relative: the plain opening for one drawn by
    seed, the best fitting triad a bar for a written one."""
    if not motif.notes:
        return plain_chords(MOTIF_BARS, minor, False)
    bars = written_bars(motif.notes, tonic_shift, meter)
    templates = chord_templates()
    chords = []
    for tokens in bars.tokens[0]:
        start, end, pitch = line_notes(tokens, 48)
        weight = np.bincount(pitch % 12, (end - start) * np.where(start % 4 == 0, 2.0, 1.0), minlength=12)
        fits = [
            weight @ np.roll(templates[QUALITIES.index(quality)], root) - 0.01 * rank * weight.sum()
            for rank, (root, quality) in enumerate(_TRIADS[minor])
        ]
        root, quality = _TRIADS[minor][int(np.argmax(fits))]
        chords.append([(root, QUALITIES.index(quality), root)] * 4)
    return np.array(chords, np.int8)


def encode_notes(
    codec: Codec, motif: MotifPlacement, tonic_shift: int, meter: int, minor: bool
) -> tuple[Tensor, npt.NDArray[np.int64]]:
    """Melody latents [n, Z] of a written motif on its own harmony and its key-relative tokens [n, 16], n ≤ 4
    bars."""
    tokens = written_bars(motif.notes, tonic_shift, meter).tokens[0]
    bars = len(tokens)
    chords = motif_chords(motif, tonic_shift, meter, minor)
    harmony = harmony_features(chords, np.full(bars, meter), np.full(bars, minor))
    melody = codec.roles[0]
    assert isinstance(melody, LineCodec)
    with torch.no_grad():
        mean, _ = melody.encode(torch.from_numpy(tokens).to(melody.device), harmony.to(melody.device))
    return mean.cpu(), tokens.astype(np.int64)
