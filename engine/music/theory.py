"""Pitch classes, scales and chord templates: the small tables of music theory that everything
shares.

Pitch classes are 0–11 with C = 0; "relative" ones count from the tonic. Finding keys and chords in notes is
`engine.music.analysis`.
"""

from typing import TYPE_CHECKING, Final, Literal, get_args

from dsl.plan import SCALE_TONES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Quality = Literal["maj", "min", "dim", "aug", "sus4", "sus2", "7", "maj7", "min7", "m7b5", "dim7", "none"]

QUALITIES: Final[tuple[Quality, ...]] = get_args(Quality)
"""Chord qualities in their numbering everywhere (the last, "none", is no chord)."""

NO_CHORD: Final = QUALITIES.index("none")

CHORD_INTERVALS: Final[dict[Quality, tuple[int, ...]]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "none": (),
}

SCALES: Final[dict[str, tuple[int, ...]]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "pentatonic major": (0, 2, 4, 7, 9),
    "pentatonic minor": (0, 3, 5, 7, 10),
}

MINOR_SCALE_TONES: Final = tuple(sorted(SCALE_TONES["minor"]))
"""What counts as in the scale in minor: natural, harmonic and melodic together."""


def chord_templates() -> "npt.NDArray[np.bool_]":
    """Which relative-to-root pitch classes each quality has: bool [12 qualities, 12 pitch classes]."""
    # Deferred, here and below: scores name chords, and the workstation's first paint needs no numpy.
    import numpy as np

    table = np.zeros((len(QUALITIES), 12), dtype=np.bool_)
    for row, quality in enumerate(QUALITIES):
        table[row, list(CHORD_INTERVALS[quality])] = True
    return table


def chord_pitch_classes(root: int, quality: Quality) -> tuple[int, ...]:
    """The pitch classes of a chord from its root upwards."""
    return tuple((root + interval) % 12 for interval in CHORD_INTERVALS[quality])


def scale_mask(mode: str) -> "npt.NDArray[np.bool_]":
    """Pitch classes (relative to the tonic) inside `mode` ("major", or "minor" with its raised degrees): bool
    [12]."""
    import numpy as np

    mask = np.zeros(12, dtype=np.bool_)
    mask[list(MINOR_SCALE_TONES if mode == "minor" else SCALES[mode])] = True
    return mask


def nearest_shift(tonic: int) -> int:
    """Semitones that bring `tonic` to C the nearest way: −6…+5."""
    return -tonic if tonic <= 6 else 12 - tonic


def match_chord(pitch_classes: frozenset[int], bass: int) -> tuple[int, Quality]:
    """The chord that a set of pitch classes spells best; at equal fit the one rooted in the bass, then the
    simpler."""
    best = (-99.0, 0, QUALITIES[NO_CHORD])
    for rank, quality in enumerate(QUALITIES[:NO_CHORD]):
        for root in range(12):
            tones = set(chord_pitch_classes(root, quality))
            fit = len(tones & pitch_classes) - len(pitch_classes - tones) - len(tones - pitch_classes)
            score = fit + (0.5 if root == bass else 0.0) - 0.01 * rank
            if score > best[0]:
                best = (score, root, quality)
    return best[1], best[2]
