"""Loudness of grid notes before arrangement: the intent's dynamics, metrical accents, and who leads."""

import numpy as np
import numpy.typing as npt

TAKE_ROLE_LEVEL = {"melody": 6.0, "counter": -2.0, "chords": -8.0, "bass": 0.0, "drums": -4.0}
"""Velocity above or below the bar's level: the tune stands out, the accompaniment steps back."""


def velocities(
    role: str,
    dynamics: npt.NDArray[np.float64],
    position: npt.NDArray[np.int64],
    meter: npt.NDArray[np.int64],
    chance: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """MIDI velocities [N] of notes at step `position` [N] of bars in `meter` [N] under dynamics 0…1 [N];
    `chance` [N] in −1…1 moves each by at most 3, so that repeated notes do not tick."""
    beat = np.where(meter == 2, position % 6 == 0, position % 4 == 0)
    accent = np.where(position == 0, 8.0, np.where(beat, 4.0, np.where(position % 2 == 0, 0.0, -4.0)))
    level = 28.0 + 84.0 * dynamics + TAKE_ROLE_LEVEL[role] + accent + 3.0 * chance
    return np.clip(np.rint(level), 1, 127).astype(np.int64)
