"""Features of notes from which their emotion is recognised: about 140 numbers on tonality, harmony, line,
register, rhythm and articulation.

Everything is measured in seconds and semitones, never in notated beats. The choice follows the cues that
listeners use (Eerola, Friberg & Bresin 2013; Panda, Malheiro & Paiva 2020): mode, harmony and dissonance
first, then register, melodic movement, onset rate, articulation, loudness. `GROUPS` tells which column
belongs to what, so that a model can be tried without tempo or loudness. Turning the numbers into feelings is
`engine.match.note_recogniser`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.match.features_in_pitch import CHORDS, Slices, harmony, line, register, tonality
from engine.match.features_in_time import Floats, loudness, rhythm, touch
from engine.match.performed import Performed, excerpt

LEAST_NOTES: Final = 4
"""With fewer notes than this a window is treated as silent."""

CHORD_GAP_S: Final = 0.035
"""Notes that begin this close together begin together."""

LONGEST_WEIGHT_S: Final = 1.5
"""A note longer than this does not weigh more (durational accent saturates: Parncutt 1994)."""


_DEGREES: Final = tuple(f"{d}" for d in range(12))

_TONALITY: Final = (
    "krumhansl major",
    "krumhansl minor",
    "krumhansl mode",
    "temperley mode",
    "mode of bass and top",
    "third",
    "sixth",
    "seventh",
    "second",
    "leading",
    "diatonic fit",
    "pitch-class entropy",
    "pitch classes used",
    *(f"degree {d}" for d in _DEGREES),
    *(f"collection {d}" for d in _DEGREES),
    *(f"collection bass {d}" for d in _DEGREES),
)
_HARMONY: Final = (
    *(f"{name} chords" for name in CHORDS),
    "major less minor chords",
    "chord clarity",
    "chord changes",
    *(f"interval class {k}" for k in range(1, 7)),
    "roughness",
    "low roughness",
    "polyphony",
    "silence",
    "spread",
)
_LINE: Final = (
    "mean step",
    "repeated notes",
    "seconds",
    "semitones",
    "thirds",
    "fourths and fifths",
    "wide leaps",
    "upward",
    "drift",
    "turns",
    "melodic range",
    "self-similarity 2 s",
    "self-similarity 4 s",
    "self-similarity 8 s",
)
_REGISTER: Final = (
    "mean pitch",
    "weighted pitch",
    "pitch spread",
    "low tenth",
    "median pitch",
    "high tenth",
    "top line",
    "bass line",
    "share below C3",
    "share above C5",
)
_RHYTHM: Final = (
    "onsets a second",
    "notes a second",
    "notes an onset",
    "low onsets",
    "middle onsets",
    "high onsets",
    "mean interval",
    "interval spread",
    "shortest tenth",
    "median interval",
    "longest tenth",
    "intervals under .15 s",
    "intervals .15–.3 s",
    "intervals .3–.6 s",
    "intervals over .6 s",
    "unevenness",
    "interval entropy",
    "pulse rate",
    "pulse clarity",
    "busyness spread",
    "busyness drift",
)
_TOUCH: Final = (
    "mean length",
    "median length",
    "length spread",
    "held share",
    "short notes",
    "overlapping notes",
)
_LOUDNESS: Final = ("mean velocity", "velocity spread", "velocity peak", "velocity drift")
_DRUMS: Final = ("drum onsets a second",)

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "tonality": _TONALITY,
    "harmony": _HARMONY,
    "line": _LINE,
    "register": _REGISTER,
    "rhythm": _RHYTHM,
    "touch": _TOUCH,
    "loudness": _LOUDNESS,
    "drums": _DRUMS,
}

FEATURES: Final[tuple[str, ...]] = tuple(name for names in GROUPS.values() for name in names)
"""The columns of `measure`, in order."""


def windows_of(music: Performed, length_s: float, hop_s: float) -> list[Performed]:
    """Excerpts of `length_s` seconds every `hop_s`, the last one ending with the clip; at least one, possibly
    the whole clip."""
    spans = window_spans(music.begin_s, music.finish_s, length_s, hop_s)
    return [excerpt(music, start, end) for start, end in spans]


def window_spans(begin_s: float, finish_s: float, length_s: float, hop_s: float) -> list[tuple[float, float]]:
    """Start and end of each of the windows in which a clip is heard."""
    room = finish_s - begin_s - length_s
    if room <= 0.25 * hop_s:
        return [(begin_s, finish_s)]
    count = int(np.ceil(room / hop_s)) + 1
    starts = begin_s + np.linspace(0.0, room, count)
    return [(float(start), float(start) + length_s) for start in starts]


def measure(clips: list[Performed]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Features float [clips, len(FEATURES)] and whether a clip has notes enough to say anything, bool
    [clips]. Rows of silent clips are zero."""
    table = np.zeros((len(clips), len(FEATURES)))
    heard = np.zeros(len(clips), dtype=np.bool_)
    for row, clip in enumerate(clips):
        pitched = ~clip.is_drum
        heard[row] = int(pitched.sum()) >= LEAST_NOTES
        if heard[row]:
            table[row] = _measure(clip, pitched)
    return table, heard


def _measure(clip: Performed, pitched: npt.NDArray[np.bool_]) -> Floats:
    start = clip.start_s[pitched] - clip.begin_s
    end = np.minimum(clip.end_s[pitched] - clip.begin_s, clip.duration_s + 0.5)
    pitch = clip.pitch[pitched]
    velocity = clip.velocity[pitched]
    length = np.maximum(end - start, 0.03)
    weight = np.minimum(length, LONGEST_WEIGHT_S)
    sounding = max(float(clip.duration_s), 1.0)
    slices = Slices(start, end, pitch, clip.duration_s)
    first_of = np.flatnonzero(np.r_[True, np.diff(start) > CHORD_GAP_S])
    onset = start[first_of]
    top = np.maximum.reduceat(pitch, first_of)
    drums = float((~pitched).sum()) / sounding
    return np.concatenate(
        [
            tonality(pitch, weight, slices),
            harmony(slices),
            line(top, pitch, slices),
            register(pitch, weight, slices),
            rhythm(onset, start, pitch, sounding),
            touch(onset, start, length, first_of),
            loudness(start, velocity, sounding),
            [np.log1p(drums)],
        ]
    )
