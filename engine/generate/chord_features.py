"""Chords as numbers for the networks: what sounds in each slot of a bar, and where its root lies."""

import numpy as np
import numpy.typing as npt

from engine.music.theory import NO_CHORD, chord_templates

SLOT_FEATURES = 37
"""Chroma 12, root one-hot 12, bass one-hot 12, no chord 1."""

SLOT_OF_STEP = np.array(
    [
        [min(s // 4, 3) for s in range(16)],
        [min(s // 4, 2) for s in range(16)],
        [min(s // 6, 1) for s in range(16)],
    ]
)
"""Chord slot of each step by metre (4/4, 3/4, 6/8): as `engine.music.descriptors.slot_of_step`."""

Ints = npt.NDArray[np.int64]


def chroma(chords: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Pitch classes in each chord [..., 12] of chords [..., 3] (root −1 or 0–11, quality index, bass)."""
    root = chords[..., 0].astype(np.int64)
    quality = np.where(root < 0, NO_CHORD, chords[..., 1]).astype(np.int64)
    turned = np.mod(np.arange(12) - np.maximum(root, 0)[..., None], 12)
    return np.take_along_axis(chord_templates().astype(np.float32)[quality], turned, -1)


def slot_features(chords: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Features [..., 37] of chords [..., 3]. No chord: all zero but the last."""
    root = chords[..., 0].astype(np.int64)[..., None]
    bass = chords[..., 2].astype(np.int64)[..., None]
    silent = root < 0
    root_hot = (np.arange(12) == root).astype(np.float32)
    bass_hot = ((np.arange(12) == bass) & ~silent).astype(np.float32)
    return np.concatenate([chroma(chords), root_hot, bass_hot, silent.astype(np.float32)], -1)


def step_roots(chords: npt.NDArray[np.integer], meters: npt.NDArray[np.integer]) -> Ints:
    """Root pitch class at each step [bars, 16] of chords [bars, 4, 3], 0 (the tonic) where there is none."""
    roots = np.maximum(chords[..., 0].astype(np.int64), 0)
    return np.take_along_axis(roots, SLOT_OF_STEP[meters], 1)


def step_chroma(chords: npt.NDArray[np.integer], meters: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Chord tones at each step [bars, 16, 12] of chords [bars, 4, 3]."""
    return np.take_along_axis(chroma(chords), SLOT_OF_STEP[meters][..., None], 1)
