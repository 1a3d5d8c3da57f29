"""Rules of harmony that stand beside the learnt model: where phrases rest, how styles colour chords.

Everything here is a table or a mask over chord numbers (`chord_events`), so that it can be read and argued
with; what the rules leave open the model decides.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.generate.chord_events import CHORD_COUNT
from engine.music.styles import STYLES as music_styles
from engine.music.theory import CHORD_INTERVALS, NO_CHORD, QUALITIES, SCALES, Quality

_Floats = npt.NDArray[np.float64]

PENTATONIC: Final = {False: SCALES["pentatonic major"], True: SCALES["pentatonic minor"]}
"""Gong and yu modes, relative to the tonic of a major or minor key."""


def number(root: int, quality: Quality) -> int:
    """Chord number of a relative root and a quality."""
    return QUALITIES.index(quality) * 12 + root % 12


def _set(*chords: tuple[int, Quality]) -> tuple[int, ...]:
    return tuple(number(root, quality) for root, quality in chords)


@dataclass(frozen=True, slots=True)
class StyleHarmony:
    """What a style changes in the model's harmony: weights of the training archives, log-weights of chords
    by mode, cadences by mode.

    `half`, `dominant`, `final` are chord numbers by mode (False major, True minor): where inner phrases rest,
    what comes before the last chord, and the last chord. `sevenths`: chance that a triad on the way takes its
    seventh.
    """

    sources: dict[str, float]
    bias: dict[bool, _Floats]
    half: dict[bool, tuple[int, ...]]
    dominant: dict[bool, tuple[int, ...]]
    final: dict[bool, tuple[int, ...]]
    sevenths: float = 0.0


def _bias(*weights: tuple[float, tuple[int, ...]], qualities: dict[Quality, float] | None = None) -> _Floats:
    """Log-weights of all chords: what the style says."""
    result = np.zeros(CHORD_COUNT)
    for quality, weight in (qualities or {}).items():
        row = QUALITIES.index(quality)
        result[row * 12 : row * 12 + 12] += weight
    for weight, chords in weights:
        result[list(chords)] += weight
    return result


def _pentatonic_bias(minor: bool) -> _Floats:
    """Each tone outside the pentatonic scale costs much; leading tones and tritones are as good as
    forbidden."""
    inside = set(PENTATONIC[minor])
    leading = {11} if not minor else {11, 8, 1, 2}
    result = np.zeros(CHORD_COUNT)
    for chord in range(CHORD_COUNT):
        quality = QUALITIES[chord // 12]
        tones = {(chord % 12 + i) % 12 for i in CHORD_INTERVALS[quality]}
        result[chord] = -1.6 * len(tones - inside) - 2.5 * len(tones & leading)
        if quality in ("sus2", "sus4", "min7") and tones <= inside:
            result[chord] += 2.2
    result[[number(0, q) for q in ("maj", "min")]] -= 0.5  # few other chords are free of foreign tones
    result[[number(r, q) for r in range(12) for q in ("dim", "aug", "7", "m7b5", "dim7", "maj7")]] -= 8.0
    return result


_PLAIN_HALF: Final = {
    False: _set((7, "maj"), (7, "7"), (7, "sus4")),
    True: _set((7, "maj"), (7, "7"), (7, "min")),
}
_PLAIN_DOMINANT: Final = {False: _set((7, "maj"), (7, "7")), True: _set((7, "maj"), (7, "7"))}
_PLAIN_FINAL: Final = {False: _set((0, "maj")), True: _set((0, "min"))}
_NEUTRAL: Final = {False: _bias(), True: _bias()}


def _style(
    sources: dict[str, float], bias: dict[bool, _Floats] | None = None, sevenths: float = 0.0
) -> StyleHarmony:
    return StyleHarmony(sources, bias or _NEUTRAL, _PLAIN_HALF, _PLAIN_DOMINANT, _PLAIN_FINAL, sevenths)


_SIMPLE: Final[dict[Quality, float]] = {"dim7": -2.0, "maj7": -2.0, "aug": -3.0}
_MODAL: Final[dict[Quality, float]] = {
    "7": -1.5, "dim": -2.0, "dim7": -3.0, "m7b5": -3.0, "aug": -3.0, "min7": -1.0, "maj7": -1.0,
}  # fmt: skip
_JAZZ: Final[dict[Quality, float]] = {"min7": 1.2, "7": 0.8, "maj7": 1.0, "m7b5": 1.0, "dim7": 0.5}
_OPEN: Final[dict[Quality, float]] = {
    "sus2": 1.5, "sus4": 1.0, "maj7": 1.0, "min7": 0.6, "7": -2.0, "dim": -3.0, "dim7": -3.0,
}  # fmt: skip

_FOLK: Final = {
    False: _bias((0.4, _set((0, "maj"), (5, "maj"), (7, "maj"))), qualities=_SIMPLE),
    True: _bias((0.7, _set((0, "min"), (10, "maj"), (3, "maj"))), qualities=_SIMPLE),
}
_NOIR: Final = {
    False: _bias(qualities=_JAZZ),
    True: _bias((0.8, _set((2, "m7b5"), (7, "7"), (8, "maj7"), (5, "min7"))), qualities=_JAZZ),
}
_EPIC: Final = {
    False: _bias((0.5, _set((9, "min"), (5, "maj"), (10, "maj"), (8, "maj"), (7, "maj"))), qualities=_MODAL),
    True: _bias(
        (0.7, _set((8, "maj"), (3, "maj"), (10, "maj"))),
        (0.3, _set((0, "min"), (5, "min"))),
        qualities=_MODAL,
    ),
}
_AMBIENT: Final = {
    False: _bias((0.6, _set((5, "maj7"), (0, "maj7"), (9, "min7"))), qualities=_OPEN),
    True: _bias((0.6, _set((8, "maj7"), (3, "maj7"), (5, "min7"))), qualities=_OPEN),
}
_CHIP: Final = {
    False: _bias(qualities={"aug": -1.0, "sus2": -1.0}),
    True: _bias((0.5, _set((10, "maj"), (8, "maj"))), qualities={"aug": -1.0, "sus2": -1.0}),
}
_BOX: Final = {
    False: _bias(
        (0.5, _set((0, "maj"), (5, "maj"), (2, "min"), (9, "min"))),
        qualities={"aug": -2.0, "dim7": -1.5},
    ),
    True: _bias(qualities={"aug": -2.0, "dim7": -1.5}),
}

_ROWS: Final[dict[str, StyleHarmony]] = {
    "piano": _style({"pop909": 2, "openscore_lieder": 1, "vgmidi": 1}),
    "strings": _style({"openscore_quartets": 2, "openscore_lieder": 1, "pop909": 1}),
    "orchestra": _style({"openscore_orchestra": 2, "openscore_quartets": 1, "vgmidi": 1}),
    "folk": _style({"openscore_lieder": 1, "openewld": 2, "jsb": 0.5}, _FOLK),
    "guofeng": StyleHarmony(
        {"pop909": 1},
        {False: _pentatonic_bias(False), True: _pentatonic_bias(True)},
        {
            False: _set((7, "sus4"), (9, "min"), (2, "sus4"), (7, "sus2")),
            True: _set((10, "maj"), (7, "min7"), (5, "sus2"), (3, "maj")),
        },
        {
            False: _set((9, "min"), (7, "sus4"), (2, "min7"), (7, "sus2")),
            True: _set((10, "sus2"), (5, "sus2"), (3, "maj")),
        },
        {False: _set((0, "maj"), (0, "sus2")), True: _set((0, "min"), (0, "min7"))},
    ),
    "noir": StyleHarmony(
        {"openewld": 2, "pop909": 1},
        _NOIR,
        {False: _set((7, "7"), (1, "7")), True: _set((7, "7"), (1, "7"), (2, "m7b5"))},
        {False: _set((7, "7"), (1, "7")), True: _set((7, "7"), (1, "7"))},
        {False: _set((0, "maj7")), True: _set((0, "min7"), (0, "min"))},
        sevenths=0.75,
    ),
    "epic": StyleHarmony(
        {"freedoom": 1, "pop909": 1, "vgmidi": 1},
        _EPIC,
        {False: _set((7, "maj"), (10, "maj")), True: _set((10, "maj"), (7, "min"), (8, "maj"))},
        {False: _set((7, "maj"), (10, "maj")), True: _set((10, "maj"), (7, "maj"))},
        _PLAIN_FINAL,
    ),
    "ambient": StyleHarmony(
        {"pop909": 2, "vgmidi": 1},
        _AMBIENT,
        {
            False: _set((5, "maj7"), (7, "sus4"), (2, "min7")),
            True: _set((8, "maj7"), (10, "maj"), (7, "min7")),
        },
        {
            False: _set((5, "maj7"), (7, "sus4"), (5, "maj")),
            True: _set((8, "maj7"), (10, "maj"), (5, "min7")),
        },
        {False: _set((0, "maj"), (0, "sus2"), (0, "maj7")), True: _set((0, "min"), (0, "min7"), (0, "sus2"))},
    ),
    "chiptune": _style({"nesmdb": 2, "vgmidi": 1}, _CHIP),
    "musicbox": _style({"openewld": 1, "openscore_lieder": 1, "vgmidi": 1}, _BOX),
}
STYLES: Final[dict[str, StyleHarmony]] = {
    name: _ROWS.get(style.harmony or name, _ROWS["piano"]) for name, style in music_styles.items()
}
"""What each style asks of harmony: its own row, or that of the style that it names. Unknown styles are
heard as piano."""

STARTS: Final = {
    False: {
        number(0, "maj"): 0.0, number(0, "maj7"): -0.5, number(9, "min"): -0.9, number(5, "maj"): -0.9,
        number(9, "min7"): -0.9, number(4, "min"): -1.2, number(2, "min"): -1.2, number(7, "maj"): -1.2,
    },
    True: {
        number(0, "min"): 0.0, number(0, "min7"): -0.5, number(8, "maj"): -0.9, number(5, "min"): -0.9,
        number(5, "min7"): -0.9, number(3, "maj"): -1.2, number(10, "maj"): -1.2, number(7, "min"): -1.2,
    },
}  # fmt: skip
"""Chords a cue may begin with, and their log-weight: with these some .65 begin on the tonic, as songs do
(POP909, Lieder and lead sheets .64–.71 in major)."""

MAJOR_SOURCES: Final = frozenset({"openewld"})
"""Collections whose minor pieces are not to be trusted: of OpenEWLD's, .57 begin on the third degree and .16
on the tonic, so most are in the relative major."""

SEVENTH_OF: Final[dict[Quality, Quality]] = {"maj": "maj7", "min": "min7", "dim": "m7b5"}


def with_seventh(chord: int, minor: bool) -> int:
    """The seventh chord in the scale over a triad: dominant on V (and ♭VII in minor), major or minor seventh
    elsewhere."""
    root, quality = chord % 12, QUALITIES[chord // 12]
    if quality == "maj" and (root == 7 or (minor and root == 10)):
        return number(root, "7")
    return number(root, SEVENTH_OF[quality]) if quality in SEVENTH_OF else chord


def mask_of(chords: tuple[int, ...]) -> _Floats:
    """0 for the chords given, −∞ (well, −60) for all others: [CHORD_COUNT]."""
    result = np.full(CHORD_COUNT, -60.0)
    result[list(chords)] = 0.0
    return result


assert NO_CHORD * 12 == CHORD_COUNT
