"""Chords as Roman numerals in a key, with what each does there (its function).

Conventions: capitals for a major third, small letters for a minor one; ° diminished, ø half-diminished,
+ augmented; 6, 64 and 65, 43, 42 for inversions; a major seventh is always written maj, so that a bare 7 is
a minor one. Accidentals count from the key's own scale, in minor the natural one; there vi and vii with a
minor third stand on the raised degrees, as vii° does, and ♭vi, ♭vii on the natural ones. Between two degrees
a diminished chord stands on the raised lower one, since it leads upwards (♯i°7, never ♭ii°7), a major chord
at the tritone on the lowered fifth. music21 reads the figures back as the same tones
(`tests/engine/teach/test_numerals.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dsl.plan import SCALE_TONES, Key
from engine.music.theory import SCALES, Quality, chord_pitch_classes

Function = Literal[
    "tonic",
    "tonic substitute",
    "mediant",
    "predominant",
    "dominant",
    "minor dominant",
    "subtonic",
    "applied dominant",
    "chromatic",
    "none",
]
"""What a chord does in its key. "minor dominant": v without the leading tone; "subtonic": on the lowered
seventh; "applied dominant": the dominant of another degree than I; "chromatic": borrowed or coloured, without
a claim about where it leads; "none": no chord."""


@dataclass(frozen=True, slots=True)
class SoundedChord:
    """A chord as it sounds: `root` and lowest tone `bass`, pitch classes 0–11."""

    root: int
    quality: Quality
    bass: int

    @property
    def tones(self) -> tuple[int, ...]:
        """Pitch classes from the root upwards."""
        return chord_pitch_classes(self.root, self.quality)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A chord in its key. `degree` is the figure without its inversion ("V7/V"), `inversion` 0 for root
    position. `over`: the bass as semitones above the tonic where it is no tone of the chord (a pedal, a
    passing bass)."""

    figure: str
    degree: str
    function: Function
    inversion: int = 0
    over: int | None = None


_MAJOR: Final = ("I", "♭II", "II", "♭III", "III", "IV", "♯IV", "V", "♭VI", "VI", "♭VII", "VII")
_MINOR: Final = ("I", "♭II", "II", "III", "♯III", "IV", "♯IV", "V", "VI", "♯VI", "VII", "♯VII")
_SMALL_IN_MINOR: Final = {8: "♭vi", 9: "vi", 10: "♭vii", 11: "vii"}
_RAISED: Final = {
    "major": {1: "♯i", 3: "♯ii", 6: "♯iv", 8: "♯v", 10: "♯vi"},
    "minor": {1: "♯i", 4: "♯iii", 6: "♯iv", 8: "♯v"},
}
"""What diminished chords between two degrees stand on."""
_TRITONE: Final = 6
_MARK: Final[dict[Quality, str]] = {
    "dim": "°", "aug": "+", "sus4": "sus4", "sus2": "sus2", "maj7": "maj", "m7b5": "ø", "dim7": "°",
}  # fmt: skip
_SMALL: Final = frozenset({"min", "dim", "min7", "m7b5", "dim7"})
_SEVENTH: Final = frozenset({"7", "maj7", "min7", "m7b5", "dim7"})
_TRIAD_FIGURES: Final = ("", "6", "64")
_SEVENTH_FIGURES: Final = ("7", "65", "43", "42")
_DOMINANTS: Final = frozenset({"maj", "7"})
_LEADING: Final = frozenset({"dim", "dim7", "m7b5"})
_FIRM: Final = frozenset({"maj", "min", "7", "maj7", "min7"})
"""Qualities a chord has that another may be the dominant of."""

_ON_MAJOR: Final[tuple[Function, ...]] = (
    "tonic", "predominant", "mediant", "predominant", "dominant", "tonic substitute", "dominant",
)  # fmt: skip
_ON_MINOR: Final[tuple[Function, ...]] = (
    "tonic", "predominant", "mediant", "predominant", "dominant", "tonic substitute", "subtonic",
)  # fmt: skip
_MAJOR_FUNCTIONS: Final[dict[int, Function]] = dict(zip(SCALES["major"], _ON_MAJOR, strict=True))
_MINOR_FUNCTIONS: Final[dict[int, Function]] = {
    **dict(zip(SCALES["minor"], _ON_MINOR, strict=True)),
    11: "dominant",
}
_TARGETS: Final = {"major": frozenset({2, 4, 5, 7, 9}), "minor": frozenset({3, 5, 7, 8, 10})}
"""Degrees of the scale with a major or minor triad, I aside: what may have a dominant of its own."""


def numerals_of(chords: Sequence[SoundedChord], keys: Sequence[Key]) -> tuple[Numeral, ...]:
    """The numeral of each chord in the key of the same place; what follows decides whether it is an applied
    dominant, and which of its tones a diminished seventh stands on. Raises ValueError where the lengths
    differ."""
    preceding, following = [None, *chords[:-1]], [*chords[1:], None]
    return tuple(
        numeral_of(chord, key, after, before)
        for chord, key, after, before in zip(chords, keys, following, preceding[: len(chords)], strict=True)
    )


def numeral_of(
    chord: SoundedChord, key: Key, after: SoundedChord | None = None, before: SoundedChord | None = None
) -> Numeral:
    """The numeral of one chord between the one `before` and the one `after` it (None: the music begins or
    ends here)."""
    if chord.quality == "none":
        return Numeral("N.C.", "N.C.", "none")
    chord = _respelt(chord, key, after)
    relative = (chord.root - key.tonic) % 12
    applied = _applied(chord, key, after)
    if applied is not None:
        return applied
    if chord.quality == "7" and relative == 8 and chord.bass == chord.root and _goes_to_dominant(after, key):
        return Numeral("Ger65", "Ger65", "predominant")
    function = _function(chord, relative, key, after)
    if function == "tonic" and before is not None and _is_cadential(chord, key, after):
        prepared = (before.root - key.tonic) % 12 not in (7, 11)  # after V a six-four passes
        function = "dominant" if prepared else function
    return _figured(chord, key, _degree(relative, chord.quality, key), function)


def degree_name(relative: int, quality: Quality, key: Key) -> str:
    """The degree `relative` semitones above the tonic as a capital or small numeral: "♭VI", "ii"."""
    return _degree(relative % 12, quality, key)


def _degree(relative: int, quality: Quality, key: Key) -> str:
    name = (_MAJOR if key.mode == "major" else _MINOR)[relative]
    if quality in _LEADING and relative in _RAISED[key.mode]:
        return _RAISED[key.mode][relative]
    if quality not in _SMALL:
        return "♭V" if relative == _TRITONE else name
    return _SMALL_IN_MINOR.get(relative, name.lower()) if key.mode == "minor" else name.lower()


def _figured(
    chord: SoundedChord, key: Key, degree: str, function: Function, suffix: str = "", root: int | None = None
) -> Numeral:
    """The degree with quality, inversion and `suffix` ("/V")."""
    tones = chord.tones if root is None else chord_pitch_classes(root, chord.quality)
    quality = chord.quality
    seventh = quality in _SEVENTH
    suspended = quality in ("sus4", "sus2")
    inversion = tones.index(chord.bass) if chord.bass in tones and not suspended else 0
    named = degree + _MARK.get(quality, "")
    figures = _SEVENTH_FIGURES if seventh else _TRIAD_FIGURES
    over = None if chord.bass in tones and (not suspended or chord.bass == tones[0]) else chord.bass
    return Numeral(
        named + figures[inversion] + suffix,
        named + ("7" if seventh else "") + suffix,
        function,
        inversion,
        None if over is None else (over - key.tonic) % 12,
    )


def _respelt(chord: SoundedChord, key: Key, after: SoundedChord | None) -> SoundedChord:
    """Chords of equal steps can stand on any of their tones: a diminished seventh on the one that leads to
    the next chord, else on the key's leading tone, else on its bass; an augmented triad on V before I, else
    on its bass."""
    tones = chord.tones
    if chord.quality == "dim7":
        wanted = [] if after is None else [(after.root - 1) % 12]
        wanted += [(key.tonic + 11) % 12, (key.tonic + 6) % 12, chord.bass]
    elif chord.quality == "aug":
        to_tonic = after is not None and after.root == key.tonic
        wanted = [(key.tonic + 7) % 12] if to_tonic else []
        wanted.append(chord.bass)
    else:
        return chord
    root = next((tone for tone in wanted if tone in tones), chord.root)
    return SoundedChord(root, chord.quality, chord.bass)


def _applied(chord: SoundedChord, key: Key, after: SoundedChord | None) -> Numeral | None:
    """The chord as the dominant of the degree that it leads to; None where it is not one."""
    if after is None or after.quality not in _FIRM:
        return None
    target = (after.root - key.tonic) % 12
    if target not in _TARGETS[key.mode] or not _fits(after, key):
        return None
    step = (chord.root - after.root) % 12
    outside = {(tone - key.tonic) % 12 for tone in chord.tones} - SCALE_TONES[key.mode]
    to_relative = key.mode == "minor" and target == 3 and chord.quality == "7"
    name = _degree(target, "min" if after.quality in _SMALL else "maj", key)
    if step == 7 and chord.quality in _DOMINANTS and (outside or to_relative):
        return _figured(chord, key, "V", "applied dominant", f"/{name}")
    own_leading = (chord.root - key.tonic) % 12 == 11
    supertonic = (chord.root - key.tonic) % 12 == 2 and key.mode == "minor"
    if step == 11 and chord.quality in _LEADING and not own_leading and not supertonic:
        return _figured(chord, key, "vii", "applied dominant", f"/{name}")
    return None


def _fits(chord: SoundedChord, key: Key) -> bool:
    """Whether a chord's triad lies in the key's scale."""
    return {(tone - key.tonic) % 12 for tone in chord.tones[:3]} <= SCALE_TONES[key.mode]


def _function(chord: SoundedChord, relative: int, key: Key, after: SoundedChord | None) -> Function:
    if relative == 1:
        return _on_flat_second(chord, key, after)
    functions = _MAJOR_FUNCTIONS if key.mode == "major" else _MINOR_FUNCTIONS
    quality = chord.quality
    if relative == 8 and key.mode == "minor" and quality in ("maj", "maj7") and _goes_to_dominant(after, key):
        return "predominant"  # i–VI–V: it prepares the dominant, and stands for nothing
    if relative == 7 and quality in ("min", "min7"):
        return "minor dominant"
    if relative == 0 and quality in ("maj", "min", "maj7", "min7"):
        return "tonic"  # of the parallel mode, too: the Picardy third, and i where major is darkened
    if relative == 10 and quality in ("maj", "7", "maj7", "sus2", "sus4"):
        return "subtonic"
    if key.mode == "major" and relative in (2, 5) and quality in ("min", "min7", "dim", "m7b5"):
        return "predominant"  # iv and iiø, borrowed from minor
    if relative not in functions or not _fits(chord, key):
        return "chromatic"
    if relative == 11 and quality not in _LEADING:
        return "chromatic"
    if (
        quality == "7"
        and relative not in (0, 5)
        and (chord.tones[3] - key.tonic) % 12 not in SCALE_TONES[key.mode]
    ):
        return "chromatic"  # I7 and IV7 may be coloured; others with a foreign seventh lead elsewhere
    return functions[relative]


def _is_cadential(chord: SoundedChord, key: Key, after: SoundedChord | None) -> bool:
    """A prepared six-four of the tonic that goes on to V decorates the dominant."""
    fifth = (key.tonic + 7) % 12
    return (
        chord.quality in ("maj", "min")
        and chord.bass == fifth
        and after is not None
        and after.root == fifth
        and after.quality in ("maj", "7", "sus4")
    )


def _on_flat_second(chord: SoundedChord, key: Key, after: SoundedChord | None) -> Function:
    """The Neapolitan before a dominant leads there; ♭II7 before I stands for V7."""
    if chord.quality == "7" and after is not None and after.root == key.tonic:
        return "dominant"
    if chord.quality in ("maj", "maj7") and _goes_to_dominant(after, key):
        return "predominant"
    return "chromatic"


def _goes_to_dominant(after: SoundedChord | None, key: Key) -> bool:
    """Whether the next chord is V, a six-four before it, vii°, or a dominant of V."""
    if after is None:
        return False
    relative = (after.root - key.tonic) % 12
    if relative == 7:
        return after.quality not in ("min", "min7")
    if relative == 2:
        return after.quality == "7"
    return _is_cadential_to(after, key) or (relative in (_TRITONE, 11) and after.quality in _LEADING)


def _is_cadential_to(chord: SoundedChord, key: Key) -> bool:
    return chord.root == key.tonic and chord.bass == (key.tonic + 7) % 12
