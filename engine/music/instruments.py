"""What each General MIDI program can play: its range, how many notes at once, and whether its notes die
away.

Ranges are the sounding ranges of the real instruments (Adler, *The Study of Orchestration*; for
synthesisers what stays musical), inside which parts are folded. Which names a writer may use for them is
the language's business.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Instrument:
    """`low`…`high` are MIDI pitches, inclusive. `voices` is the most notes at once (1 = wind, brass, voice).

    `decays` says that a held note dies away by itself (plucked, struck), so holding it costs nothing.
    """

    program: int
    name: str
    low: int
    high: int
    voices: int
    decays: bool = False


_ROWS: tuple[tuple[str, int, int, int, bool], ...] = (
    ("Grand Piano", 21, 108, 10, True),
    ("Bright Piano", 21, 108, 10, True),
    ("Electric Grand", 21, 108, 10, True),
    ("Honky-tonk Piano", 28, 103, 10, True),
    ("Electric Piano", 28, 103, 10, True),
    ("FM Electric Piano", 28, 103, 10, True),
    ("Harpsichord", 29, 89, 8, True),
    ("Clavinet", 28, 88, 8, True),
    ("Celesta", 60, 108, 6, True),
    ("Glockenspiel", 79, 108, 4, True),
    ("Music Box", 60, 103, 6, True),
    ("Vibraphone", 53, 89, 4, True),
    ("Marimba", 45, 96, 4, True),
    ("Xylophone", 65, 108, 4, True),
    ("Tubular Bells", 60, 77, 3, True),
    ("Dulcimer", 48, 91, 6, True),
    ("Drawbar Organ", 36, 96, 8, False),
    ("Percussive Organ", 36, 96, 8, False),
    ("Rock Organ", 36, 96, 8, False),
    ("Church Organ", 24, 103, 10, False),
    ("Reed Organ", 36, 96, 8, False),
    ("Accordion", 41, 93, 6, False),
    ("Harmonica", 60, 96, 3, False),
    ("Bandoneon", 41, 93, 6, False),
    ("Nylon Guitar", 40, 83, 6, True),
    ("Steel Guitar", 40, 84, 6, True),
    ("Jazz Guitar", 40, 84, 6, True),
    ("Clean Guitar", 40, 86, 6, True),
    ("Muted Guitar", 40, 84, 6, True),
    ("Overdriven Guitar", 40, 86, 4, False),
    ("Distorted Guitar", 40, 86, 3, False),
    ("Guitar Harmonics", 52, 96, 4, True),
    ("Acoustic Bass", 28, 60, 2, True),
    ("Finger Bass", 28, 60, 2, True),
    ("Picked Bass", 28, 60, 2, True),
    ("Fretless Bass", 28, 60, 2, True),
    ("Slap Bass", 28, 60, 2, True),
    ("Slap Bass 2", 28, 60, 2, True),
    ("Synth Bass", 24, 64, 1, False),
    ("Synth Bass 2", 24, 64, 1, False),
    ("Violin", 55, 100, 2, False),
    ("Viola", 48, 88, 2, False),
    ("Cello", 36, 79, 2, False),
    ("Contrabass", 28, 60, 1, False),
    ("Tremolo Strings", 36, 96, 8, False),
    ("Pizzicato Strings", 36, 93, 8, True),
    ("Harp", 24, 103, 8, True),
    ("Timpani", 38, 57, 2, True),
    ("Strings", 28, 96, 10, False),
    ("Slow Strings", 28, 96, 10, False),
    ("Synth Strings", 28, 96, 10, False),
    ("Synth Strings 2", 28, 96, 10, False),
    ("Choir", 43, 84, 8, False),
    ("Voice", 48, 81, 4, False),
    ("Synth Voice", 43, 84, 6, False),
    ("Orchestra Hit", 48, 72, 4, True),
    ("Trumpet", 54, 84, 1, False),
    ("Trombone", 40, 72, 1, False),
    ("Tuba", 28, 58, 1, False),
    ("Muted Trumpet", 54, 84, 1, False),
    ("French Horn", 41, 77, 1, False),
    ("Brass Section", 36, 84, 6, False),
    ("Synth Brass", 36, 88, 6, False),
    ("Synth Brass 2", 36, 88, 6, False),
    ("Soprano Sax", 56, 88, 1, False),
    ("Alto Sax", 49, 81, 1, False),
    ("Tenor Sax", 44, 76, 1, False),
    ("Baritone Sax", 36, 69, 1, False),
    ("Oboe", 58, 91, 1, False),
    ("English Horn", 52, 81, 1, False),
    ("Bassoon", 34, 72, 1, False),
    ("Clarinet", 50, 91, 1, False),
    ("Piccolo", 74, 108, 1, False),
    ("Flute", 60, 96, 1, False),
    ("Recorder", 65, 96, 1, False),
    ("Pan Flute", 60, 91, 1, False),
    ("Bottle", 60, 91, 1, False),
    ("Shakuhachi", 55, 84, 1, False),
    ("Whistle", 67, 98, 1, False),
    ("Ocarina", 60, 84, 1, False),
    ("Square Lead", 36, 96, 4, False),
    ("Saw Lead", 36, 96, 4, False),
    ("Calliope Lead", 48, 96, 2, False),
    ("Chiff Lead", 48, 96, 2, False),
    ("Charang Lead", 40, 90, 2, False),
    ("Voice Lead", 48, 88, 2, False),
    ("Fifths Lead", 40, 84, 2, False),
    ("Bass and Lead", 28, 84, 2, False),
    ("New Age Pad", 36, 96, 8, False),
    ("Warm Pad", 36, 96, 8, False),
    ("Polysynth Pad", 36, 96, 8, False),
    ("Choir Pad", 40, 88, 8, False),
    ("Bowed Pad", 36, 96, 8, False),
    ("Metallic Pad", 36, 96, 8, False),
    ("Halo Pad", 36, 96, 8, False),
    ("Sweep Pad", 36, 96, 8, False),
    ("Rain", 48, 96, 6, False),
    ("Soundtrack", 36, 96, 8, False),
    ("Crystal", 48, 103, 6, True),
    ("Atmosphere", 40, 96, 6, True),
    ("Brightness", 40, 96, 6, False),
    ("Goblins", 40, 88, 6, False),
    ("Echoes", 40, 96, 6, False),
    ("Sci-fi", 40, 96, 6, False),
    ("Sitar", 48, 84, 3, True),
    ("Banjo", 48, 88, 5, True),
    ("Shamisen", 50, 86, 3, True),
    ("Koto", 43, 91, 6, True),
    ("Kalimba", 55, 88, 4, True),
    ("Bagpipe", 55, 84, 2, False),
    ("Fiddle", 55, 96, 2, False),
    ("Shanai", 58, 84, 1, False),
    ("Tinkle Bell", 72, 108, 4, True),
    ("Agogo", 60, 84, 2, True),
    ("Steel Drums", 52, 88, 4, True),
    ("Woodblock", 48, 84, 2, True),
    ("Taiko", 36, 60, 2, True),
    ("Melodic Tom", 36, 72, 2, True),
    ("Synth Drum", 36, 72, 2, True),
    ("Reverse Cymbal", 36, 84, 1, False),
    ("Fret Noise", 36, 84, 1, True),
    ("Breath Noise", 36, 84, 1, True),
    ("Seashore", 36, 84, 1, False),
    ("Birdsong", 36, 96, 1, False),
    ("Telephone", 36, 84, 1, False),
    ("Helicopter", 36, 84, 1, False),
    ("Applause", 36, 84, 1, False),
    ("Gunshot", 36, 84, 2, True),
)


@cache
def instrument(program: int) -> Instrument:
    """The instrument of a General MIDI program 0–127."""
    name, low, high, voices, decays = _ROWS[program]
    return Instrument(program, name, low, high, voices, decays)


_PLAYERS: dict[str, tuple[int, int]] = {
    "Violins": (55, 100),
    "Violins I": (55, 100),
    "Violins I octave": (55, 100),
    "Violins octave": (55, 100),
    "Strings high": (55, 100),
    "Strings octave": (55, 100),
    "Horns": (41, 77),
    "Low brass": (28, 72),
    "Erhu": (62, 98),
    "Whistle": (74, 98),
    "Guzheng": (38, 86),
}
"""Who plays a patch that reaches further, by the voice's label: a section of a string orchestra, an
instrument that General MIDI lacks."""


def playable(label: str, program: int) -> tuple[int, int]:
    """Lowest and highest MIDI pitch of the players that a voice is named after, within what its program's
    sound can give."""
    own = instrument(program)
    low, high = _PLAYERS.get(label, (own.low, own.high))
    return max(low, own.low), min(high, own.high)


_FAMILIES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("bowed", (40, 41, 42, 44, 48, 49, 50, 51, 110)),
    ("low", (32, 33, 34, 35, 36, 37, 38, 39, 43, 87)),
    ("wood", (*range(64, 80), 22, 109, 111)),
    ("brass", tuple(range(56, 64))),
    ("voice", (52, 53, 54, 85, 91)),
    ("plucked", (*range(24, 32), 45, 46, *range(104, 109))),
    ("struck", tuple(range(16))),
)
_FAMILY = {program: name for name, programs in _FAMILIES for program in programs}
UNISONS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("bowed", "wood"),  # violins and flute, violas and clarinet
        ("bowed", "brass"),  # cellos and horn
        ("bowed", "voice"),
        ("brass", "voice"),
        ("wood", "voice"),
        ("low", "brass"),  # basses and tuba
        ("low", "bowed"),
        ("low", "plucked"),
        ("plucked", "bowed"),  # pizzicato under a bowed line
        ("plucked", "struck"),  # harp and celesta, zither and dulcimer
        ("wood", "struck"),
    )
)
"""Families that composers let play the same notes; two of one family are a section, not a doubling (Adler,
*The Study of Orchestration*, on unison doublings)."""


def unison_is_written(program: int, other: int) -> bool:
    """Whether these two General MIDI programs are usually written in unison."""
    return frozenset((_FAMILY.get(program, ""), _FAMILY.get(other, ""))) in UNISONS
