"""Who plays what in each style: voices by role with their thresholds, balance and habits.

A role has one or more voices; each joins when the music asks for it, so that a crescendo adds instruments
and a whisper leaves one. Writers' own palettes and `@instruments` are laid over these. How notes are dealt
out to voices is `engine.arrange.orchestration`; what an instrument can play is `engine.music.instruments`.

Gains were set by measuring rendered stems (K-weighted loudness, TimGM6mb, one song in a soft and a loud
mood): the accompaniment lies 5–6 LU below the melody, drums 6–10 LU according to style.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from dsl.instruments import INSTRUMENTS, KIT_NAMES, InstrumentWord
from dsl.instruments import instrument as instrument_named
from dsl.plan import Palette, RoleName
from dsl.vocabulary import NONE, fold
from engine.music.instruments import instrument

Takes = Literal["all", "top", "bottom", "pad", "kit", "struck"]
"""What a voice takes of its role: every note, the top or bottom note of each onset, the harmony held as a
pad, the drum part on a kit, or the drum part's low strokes on a pitched drum.
"""

Control = Literal["energy", "tension", "articulation", "register"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One instrument in a role. It plays while `control` (0…1) is in `enters`…`leaves`; `octave` shifts
    what it takes.

    Energy is .65 dynamics + .35 brightness of the intent. `registers` is where it plays besides, and it
    rests while the voice `yields_to` (a label of its role) plays. `gain_db` and `pan` (−1 left … 1 right)
    are its balance.
    """

    label: str
    program: int
    takes: Takes = "all"
    enters: float = 0.0
    leaves: float = 1.01
    control: Control = "energy"
    octave: int = 0
    gain_db: float = 0.0
    pan: float = 0.0
    registers: tuple[float, float] = (0.0, 1.01)
    yields_to: str = ""


@dataclass(frozen=True, slots=True)
class StylePalette:
    """A style's voices and habits.

    swing: where the second eighth of a beat falls, 0.5 straight. looseness: how much expressive timing, 0
    machine … 1. gain_db: brings styles of few or soft players to the level of the others. articulation:
    added to the intent's. reverb 0…1. drum_keys: General MIDI drum keys replaced (−1: not played).
    """

    style: str
    voices: Mapping[RoleName, tuple[Voice, ...]]
    reverb: float = 0.3
    swing: float = 0.5
    looseness: float = 1.0
    articulation: float = 0.0
    gain_db: float = 0.0
    drum_keys: Mapping[int, int] = field(default_factory=dict)


KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH, RIDE = 36, 38, 42, 46, 49, 51
_NO_HATS = {CLOSED_HAT: -1, 44: -1, OPEN_HAT: -1, RIDE: -1, 53: -1, 54: -1}

BOWS = 0.46
"""From this articulation on strings need the patch that speaks at once."""
LOW_REGISTER = 0.35
"""Below this register a low string instrument leads, and the violins double it an octave above."""
_LOW, _HIGH = (0.0, LOW_REGISTER), (LOW_REGISTER, 1.01)

PIANO = StylePalette(
    "piano",
    {
        "melody": (
            Voice("Piano melody", 0, gain_db=0.0, pan=0.1),
            Voice("Piano octaves", 0, enters=0.74, octave=1, gain_db=-5.0, pan=0.15),
        ),
        "counter": (Voice("Piano inner voice", 0, gain_db=-1.5, pan=0.05),),
        "chords": (Voice("Piano chords", 0, gain_db=-5.5, pan=-0.05),),
        "bass": (
            Voice("Piano bass", 0, gain_db=1.0, pan=-0.15),
            Voice("Piano low octave", 0, enters=0.66, octave=-1, gain_db=-1.0, pan=-0.2),
        ),
    },
    gain_db=4.0,
    reverb=0.28,
)

STRINGS = StylePalette(
    "strings",
    {
        "melody": (
            Voice("Cello solo", 42, registers=_LOW, gain_db=-0.5, pan=0.25),
            Voice("Violin", 40, leaves=0.4, registers=_HIGH, gain_db=-1.0, pan=-0.25, yields_to="Violins I"),
            Voice("Violins I", 48, enters=0.4, registers=_HIGH, gain_db=-2.5, pan=-0.35),
            Voice("Violins I octave", 48, registers=_LOW, octave=1, gain_db=-6.0, pan=-0.4),
            Voice("Violins I octave", 48, enters=0.74, registers=_HIGH, octave=1, gain_db=-6.0, pan=-0.4),
        ),
        "counter": (Voice("Viola", 41, gain_db=-2.0, pan=0.15),),
        "chords": (
            Voice("Slow strings", 49, leaves=BOWS, control="articulation", gain_db=-2.5, pan=-0.05),
            Voice(
                "Strings",
                48,
                enters=BOWS,
                control="articulation",
                gain_db=-2.5,
                pan=-0.05,
                yields_to="Pizzicato",
            ),
            Voice("Tremolo strings", 44, takes="pad", enters=0.58, control="tension", gain_db=-6.0, pan=0.1),
            Voice("Pizzicato", 45, enters=0.58, control="articulation", gain_db=-4.0, pan=0.2),
        ),
        "bass": (
            Voice("Contrabass", 43, gain_db=-2.0, pan=0.35),
            Voice("Cello", 42, octave=1, gain_db=-3.5, pan=0.3),
        ),
    },
    reverb=0.36,
    articulation=-0.08,
)

ORCHESTRA = StylePalette(
    "orchestra",
    {
        "melody": (
            Voice("Cellos", 42, registers=_LOW, gain_db=-1.0, pan=0.3),
            Voice("Violins", 48, registers=_HIGH, gain_db=-1.5, pan=-0.35),
            Voice("Violins octave", 48, registers=_LOW, octave=1, gain_db=-5.0, pan=-0.35),
            Voice("Oboe", 68, leaves=0.5, registers=_HIGH, gain_db=-4.0, pan=0.05),
            Voice("Flute", 73, enters=0.52, octave=1, gain_db=-5.0, pan=0.1),
            Voice("Trumpet", 56, enters=0.74, registers=_HIGH, gain_db=-6.5, pan=0.2),
        ),
        "counter": (
            Voice("Clarinet", 71, leaves=0.62, gain_db=-1.5, pan=0.15),
            Voice("Horn", 60, enters=0.62, gain_db=-5.0, pan=-0.15),
        ),
        "chords": (
            Voice("Slow strings", 49, leaves=BOWS, control="articulation", gain_db=-2.5, pan=0.05),
            Voice("Strings", 48, enters=BOWS, control="articulation", gain_db=-2.5, pan=0.05),
            Voice("Horns", 61, takes="pad", enters=0.6, gain_db=-5.5, pan=-0.2, yields_to="Tremolo strings"),
            Voice("Tremolo strings", 44, takes="pad", enters=0.58, control="tension", gain_db=-7.0, pan=0.1),
        ),
        "bass": (
            Voice("Contrabass", 43, gain_db=-4.0, pan=0.4),
            Voice("Cello", 42, octave=1, gain_db=-5.0, pan=0.3),
            Voice("Trombone", 57, octave=1, enters=0.7, gain_db=-8.5, pan=0.3),
        ),
        "drums": (
            Voice("Timpani", 47, takes="struck", enters=0.42, gain_db=-1.5, pan=-0.1),
            Voice("Percussion", 48, takes="kit", enters=0.56, gain_db=-4.5),
        ),
    },
    reverb=0.4,
    drum_keys=_NO_HATS | {KICK: -1, 35: -1, 41: -1, 43: -1, 45: -1, 47: -1, 48: -1, 50: -1, 37: -1, 39: -1},
)

AMBIENT = StylePalette(
    "ambient",
    {
        "melody": (
            Voice("Crystal", 98, gain_db=-3.0, pan=0.15),
            Voice("Voice", 54, enters=0.6, gain_db=-8.0, pan=-0.2),
        ),
        "counter": (Voice("Halo", 94, gain_db=-3.5, pan=-0.25),),
        "chords": (
            Voice("Warm pad", 89, takes="pad", gain_db=-4.5),
            Voice("Atmosphere", 99, enters=0.46, gain_db=-12.0, pan=0.25),
        ),
        "bass": (Voice("Deep pad", 95, gain_db=-3.0),),
    },
    gain_db=2.0,
    reverb=0.62,
    looseness=1.2,
    articulation=-0.25,
)

FOLK = StylePalette(
    "folk",
    {
        "melody": (
            Voice("Fiddle", 110, gain_db=-2.0, pan=-0.2),
            Voice("Whistle", 78, enters=0.64, octave=1, gain_db=-7.0, pan=0.2),
        ),
        "counter": (Voice("Accordion", 21, gain_db=-3.0, pan=0.25),),
        "chords": (
            Voice("Steel guitar", 25, gain_db=-3.5, pan=0.15),
            Voice("Nylon guitar", 24, takes="pad", enters=0.55, gain_db=-8.5, pan=-0.25),
        ),
        "bass": (Voice("Acoustic bass", 32, gain_db=0.0, pan=-0.05),),
        "drums": (Voice("Hand percussion", 0, takes="kit", enters=0.36, gain_db=-3.0, pan=0.05),),
    },
    reverb=0.2,
    swing=0.53,
    drum_keys={
        KICK: 64,
        35: 64,
        SNARE: 54,
        40: 54,
        37: 75,
        CLOSED_HAT: 70,
        44: 70,
        OPEN_HAT: 54,
        RIDE: 70,
        CRASH: 54,
    },
)

GUOFENG = StylePalette(
    "guofeng",
    {
        "melody": (
            Voice("Erhu", 110, gain_db=-2.5, pan=-0.15),
            Voice("Dizi", 73, enters=0.52, octave=1, gain_db=-5.0, pan=0.2),
        ),
        "counter": (
            Voice("Xiao", 77, leaves=0.5, gain_db=-3.0, pan=0.2),
            Voice("Pipa", 106, enters=0.5, gain_db=2.0, pan=0.3),
        ),
        "chords": (
            Voice("Guzheng", 107, gain_db=-5.5, pan=-0.3),
            Voice("Yangqin", 15, enters=0.6, gain_db=-10.5, pan=0.35),
        ),
        "bass": (
            Voice("Daruan", 24, gain_db=-2.5, pan=0.1),
            Voice("Gehu", 43, enters=0.55, gain_db=-6.0, pan=0.2),
        ),
        "drums": (
            Voice("Tanggu", 116, takes="struck", enters=0.45, gain_db=-3.0, pan=-0.1),
            Voice("Bangu", 0, takes="kit", enters=0.5, gain_db=-8.0, pan=0.15),
        ),
    },
    reverb=0.36,
    drum_keys={
        SNARE: 76,
        40: 76,
        37: 77,
        CLOSED_HAT: 77,
        44: 77,
        OPEN_HAT: 81,
        RIDE: 77,
        CRASH: 52,
        KICK: -1,
        35: -1,
    },
)

CHIPTUNE = StylePalette(
    "chiptune",
    {
        "melody": (
            Voice("Pulse 1", 80, gain_db=-5.0, pan=-0.1),
            Voice("Pulse 1 octave", 80, enters=0.72, octave=1, gain_db=-13.0, pan=0.1),
        ),
        "counter": (Voice("Pulse 2", 80, gain_db=-7.5, pan=0.25),),
        "chords": (Voice("Saw", 81, gain_db=-9.5, pan=-0.25),),
        "bass": (Voice("Triangle", 38, gain_db=-3.0),),
        "drums": (Voice("Noise", 25, takes="kit", gain_db=-3.5),),
    },
    gain_db=1.5,
    reverb=0.05,
    looseness=0.0,
    articulation=0.12,
)

NOIR = StylePalette(
    "noir",
    {
        "melody": (
            Voice("Tenor sax", 66, gain_db=-2.5, pan=0.1),
            Voice("Muted trumpet", 59, enters=0.64, octave=1, gain_db=-9.0, pan=-0.2),
        ),
        "counter": (Voice("Vibraphone", 11, gain_db=-7.5, pan=0.3),),
        "chords": (
            Voice("Piano", 0, gain_db=-3.0, pan=-0.25),
            Voice("Strings", 49, takes="pad", enters=0.6, control="tension", gain_db=-9.0, pan=0.1),
        ),
        "bass": (Voice("Acoustic bass", 32, gain_db=-1.5, pan=0.05),),
        "drums": (Voice("Brushes", 40, takes="kit", enters=0.24, gain_db=-2.5, pan=0.05),),
    },
    gain_db=2.0,
    reverb=0.3,
    swing=0.62,
    looseness=1.25,
    drum_keys={KICK: 35, CLOSED_HAT: 44, OPEN_HAT: 51, CRASH: 51},
)

EPIC = StylePalette(
    "epic",
    {
        "melody": (
            Voice("Cellos melody", 42, registers=_LOW, gain_db=-0.5, pan=0.3),
            Voice("Strings high", 48, registers=_HIGH, gain_db=-1.0, pan=-0.3),
            Voice("Strings octave", 48, registers=_LOW, octave=1, gain_db=-4.0, pan=-0.3),
            Voice("Horns", 60, enters=0.42, registers=_LOW, gain_db=-3.5, pan=-0.15),
            Voice("Horns", 60, enters=0.42, registers=_HIGH, octave=-1, gain_db=-3.5, pan=-0.15),
            Voice("Trumpets", 56, enters=0.64, registers=_HIGH, gain_db=-5.0, pan=0.2),
        ),
        "counter": (
            Voice("Cellos", 42, gain_db=-2.5, pan=0.3),
            Voice("Brass", 61, enters=0.66, gain_db=-6.0, pan=0.15),
        ),
        "chords": (
            Voice("Strings", 48, gain_db=-3.5, pan=0.05),
            Voice("Choir", 52, takes="pad", enters=0.46, gain_db=-6.0),
            Voice("Low brass", 61, takes="pad", enters=0.62, octave=-1, gain_db=-8.0, pan=0.2),
        ),
        "bass": (
            Voice("Contrabass", 43, gain_db=-2.0, pan=0.35),
            Voice("Cello", 42, octave=1, gain_db=-4.0, pan=0.3),
            Voice("Tuba", 58, enters=0.6, gain_db=-5.0, pan=0.25),
        ),
        "drums": (
            Voice("Taiko", 116, takes="struck", enters=0.3, gain_db=1.5),
            Voice("Timpani", 47, takes="struck", enters=0.56, gain_db=-0.5, pan=-0.15),
            Voice("Percussion", 48, takes="kit", enters=0.5, gain_db=-2.5),
        ),
    },
    gain_db=-2.0,
    reverb=0.46,
    drum_keys=_NO_HATS | {KICK: -1, 35: -1, 41: -1, 43: -1, 45: -1, 47: -1, 48: -1, 50: -1, 37: -1, 39: -1},
)

MUSICBOX = StylePalette(
    "musicbox",
    {
        "melody": (Voice("Music box", 10, gain_db=-1.0, pan=0.1),),
        "counter": (Voice("Celesta", 8, gain_db=-1.5, pan=-0.25),),
        "chords": (Voice("Music box comb", 10, gain_db=-8.0, pan=-0.1),),
        "bass": (Voice("Harp", 46, gain_db=-7.0, pan=0.2),),
    },
    gain_db=2.0,
    reverb=0.42,
    looseness=0.3,
)

PALETTES: Mapping[str, StylePalette] = {
    palette.style: palette
    for palette in (
        PIANO,
        STRINGS,
        ORCHESTRA,
        AMBIENT,
        FOLK,
        GUOFENG,
        CHIPTUNE,
        NOIR,
        EPIC,
        MUSICBOX,
    )
}

_ROLE_GAIN: Mapping[RoleName, float] = {
    "melody": -1.0,
    "counter": -4.0,
    "chords": -5.0,
    "bass": -2.0,
    "drums": -7.0,
}
_ROLE_PAN: Mapping[RoleName, float] = {
    "melody": 0.0,
    "counter": 0.2,
    "chords": -0.15,
    "bass": 0.05,
    "drums": 0.0,
}


def style_palette(name: str, own: tuple[Palette, ...] = ()) -> StylePalette:
    """The palette of a style or of a writer's own one; an unknown name plays on the piano.

    A palette of the writer's own stands on its base style, or on nothing: then only the roles it names sound.
    """
    for palette in own:
        if palette.name == name:
            base = (
                style_palette(palette.base, tuple(other for other in own if other is not palette))
                if palette.base
                else None
            )
            empty = StylePalette(name, {})
            return with_instruments(replace(base, style=name) if base else empty, palette.instruments)
    return PALETTES.get(name, PIANO)


def with_instruments(palette: StylePalette, instruments: tuple[tuple[RoleName, str], ...]) -> StylePalette:
    """The palette with the named instrument alone in each named role ("none" silences); names unknown
    change nothing.
    """
    voices = dict(palette.voices)
    for role, name in instruments:
        chosen = _voices_named(role, name)
        if chosen is not None:
            voices[role] = chosen
    return replace(palette, voices=voices)


def _voices_named(role: RoleName, name: str) -> tuple[Voice, ...] | None:
    """The voice for an instrument's name in a role, () for "none", None where nobody knows it."""
    if fold(name) in NONE:
        return ()
    word = instrument_named(name) if role != "drums" or fold(name) not in KIT_NAMES else None
    gain, pan = _ROLE_GAIN[role], _ROLE_PAN[role]
    if role == "drums":
        kit = KIT_NAMES.get(fold(name))
        if kit is not None:
            return (Voice("Drums", INSTRUMENTS[kit].program, takes="kit", gain_db=gain, pan=pan),)
        if word is None:
            return None
        return (Voice(_label(word), word.program, takes="struck", gain_db=gain, pan=pan),)
    if word is None or word.is_kit:
        return None
    return (Voice(_label(word), word.program, gain_db=gain, pan=pan),)


def _label(word: InstrumentWord) -> str:
    """What the track is called: General MIDI's name, or for an instrument that it lacks (a guzheng plays on
    its koto) the instrument's own."""
    stands_in = next(w for w in INSTRUMENTS.values() if w.program == word.program and not w.is_kit)
    return instrument(word.program).name if word is stands_in else word.name.replace("-", " ").capitalize()
