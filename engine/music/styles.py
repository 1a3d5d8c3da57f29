"""The styles: who plays each role, from which intensity on, how loud and where, and the habits of each in
composing and playing. What the fields mean says `engine.music.voices`. A new style is a row here and its
words in `dsl.vocabulary`.

A role has one or more voices; each joins when the music asks for it, so that a crescendo adds instruments
and soft music keeps one. Gains were set by measuring rendered stems (K-weighted loudness, TimGM6mb, one
song in a soft and a loud mood): the accompaniment lies 5–6 LU below the melody, drums 6–10 LU according to
style.

Melodies are written like songs that are sung (Lieder, lead sheets) before all, like console tunes in
chiptune. Lead sheets have no counter-melodies and basses, and quartets are no model for them: their bass
is a cello, which contrabasses would play an octave too high.
"""

from collections.abc import Mapping

from engine.music.voices import CLOSED_HAT, CRASH, KICK, OPEN_HAT, RIDE, SNARE, StylePalette, Voice

_NO_HATS = {CLOSED_HAT: -1, 44: -1, OPEN_HAT: -1, RIDE: -1, 53: -1, 54: -1}

BOWS = 0.46
"""From this articulation on strings need the patch with the fast attack."""
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
    melody_like={"openscore_lieder": 0.6, "openewld": 0.4},
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
    melody_like={"openscore_lieder": 0.7, "openewld": 0.3},
    accompanied_like="openscore_orchestra",
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
    melody_like={"openscore_lieder": 0.7, "openewld": 0.3},
    accompanied_like="openscore_orchestra",
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
    tempo=0.86,
    ranges={"density": (0.0, 0.75)},
    melody_like={"openscore_lieder": 0.7, "openewld": 0.3},
    accompanied_like="pop909",
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
    beat_from=0.15,
    tempo=1.03,
    melody_like={"openewld": 0.7, "openscore_lieder": 0.3},
    accompanied_like="pop909",
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
    beat_from=0.45,
    tempo=0.96,
    ranges={"density": (0.0, 0.85)},
    pentatonic=True,
    melody_like={"openscore_lieder": 0.5, "openewld": 0.5},
    accompanied_like="pop909",
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
    beat_from=0.0,
    tempo=1.1,
    ranges={"density": (0.2, 1.0)},
    melody_like={"openewld": 0.6, "nesmdb": 0.4},
    accompanied_like="nesmdb",
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
    beat_from=0.1,
    tempo=0.95,
    melody_like={"openewld": 0.8, "openscore_lieder": 0.2},
    accompanied_like="pop909",
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
    beat_from=-0.2,
    beat_on_toms=True,
    ranges={"register": (0.0, 0.9)},
    melody_like={"openscore_lieder": 0.7, "openewld": 0.3},
    accompanied_like="openscore_orchestra",
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
    tempo=0.96,
    ranges={"register": (0.3, 1.0)},
    melody_like={"openewld": 0.6, "openscore_lieder": 0.4},
)

STYLES: Mapping[str, StylePalette] = {
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
