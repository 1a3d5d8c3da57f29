"""How each instrument is written: name and abbreviation, place in the score, clefs, staves, transposition.

An instrument is known by what it is, not by how a track is called: first the voices of the shipped palettes,
then the names of the language, then the General MIDI program. Order and names follow Gould, *Behind Bars*,
chapter 19; instruments that General MIDI lacks stand beside their nearest kin.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from dsl.instruments import INSTRUMENTS, PITCHED_NAMES
from dsl.vocabulary import fold
from engine.music.score import Track
from engine.render.notation.transposition import Transposition, transposition

Clef = Literal["treble", "treble8vb", "alto", "tenor", "bass", "percussion"]
Family = Literal["woodwind", "brass", "percussion", "keyboard", "plucked", "synth", "voices", "strings"]
Staves = Literal["one", "grand", "as needed"]
FAMILIES: Final[tuple[Family, ...]] = (
    "woodwind",
    "brass",
    "percussion",
    "keyboard",
    "plucked",
    "synth",
    "voices",
    "strings",
)
BRACKETED: Final[frozenset[Family]] = frozenset({"woodwind", "brass", "percussion", "voices", "strings"})


@dataclass(frozen=True, slots=True)
class WrittenInstrument:
    """`order` places it within its family; the first of `clefs` is its own, the others are for far registers.

    staves: one, two braced (grand), or two where the music needs them. together: all its tracks are one
    player's part. technique: a playing direction for all of it ("pizz.", "trem.").
    """

    identity: str
    name: str
    short: str
    family: Family
    order: int
    clefs: tuple[Clef, ...]
    staves: Staves
    transposition: Transposition
    together: bool = False
    technique: str = ""

    @property
    def unpitched(self) -> bool:
        """Whether it is written on a percussion staff."""
        return self.clefs[0] == "percussion"


# identity | name | abbreviation | family | order | clefs | staves: 1, 2 (grand) or ? (as needed)
_TABLE: Final = """
piccolo|Piccolo|Picc.|woodwind|0|treble|1
flute|Flute|Fl.|woodwind|1|treble|1
dizi|Dizi|Dizi|woodwind|2|treble|1
whistle|Tin Whistle|Wh.|woodwind|3|treble|1
recorder|Recorder|Rec.|woodwind|4|treble|1
xiao|Xiao|Xiao|woodwind|5|treble|1
shakuhachi|Shakuhachi|Shak.|woodwind|5|treble|1
pan-flute|Pan Flute|Pan Fl.|woodwind|6|treble|1
bottle|Blown Bottle|Bot.|woodwind|7|treble|1
ocarina|Ocarina|Oca.|woodwind|8|treble|1
oboe|Oboe|Ob.|woodwind|10|treble|1
english-horn|English Horn|E. Hn.|woodwind|11|treble|1
shanai|Shehnai|Sheh.|woodwind|12|treble|1
suona|Suona|Suona|woodwind|12|treble|1
sheng|Sheng|Sheng|woodwind|13|treble|?
bagpipe|Bagpipes|Bagp.|woodwind|14|treble|1
clarinet|Clarinet in B♭|Cl.|woodwind|20|treble|1
soprano-sax|Soprano Saxophone|S. Sax.|woodwind|30|treble|1
alto-sax|Alto Saxophone|A. Sax.|woodwind|31|treble|1
tenor-sax|Tenor Saxophone|T. Sax.|woodwind|32|treble|1
baritone-sax|Baritone Saxophone|B. Sax.|woodwind|33|treble|1
bassoon|Bassoon|Bsn.|woodwind|40|bass tenor|1
harmonica|Harmonica|Harm.|woodwind|50|treble|1
french-horn|Horn in F|Hn.|brass|0|treble bass|1
trumpet|Trumpet in B♭|Tpt.|brass|10|treble|1
muted-trumpet|Muted Trumpet in B♭|M. Tpt.|brass|11|treble|1
trombone|Trombone|Tbn.|brass|20|bass tenor|1
tuba|Tuba|Tba.|brass|30|bass|1
brass-section|Brass|Br.|brass|40|treble bass|?
low-brass|Low Brass|L. Br.|brass|41|bass|1
synth-brass|Synth Brass|Syn. Br.|synth|0|treble bass|?
synth-brass-2|Synth Brass 2|Syn. Br. 2|synth|0|treble bass|?
timpani|Timpani|Timp.|percussion|0|bass|1
taiko|Taiko|Taiko|percussion|10|percussion|1
tanggu|Tanggu|Tanggu|percussion|10|percussion|1
melodic-tom|Toms|Toms|percussion|11|percussion|1
synth-drum|Synth Drum|Syn. Dr.|percussion|12|percussion|1
woodblock|Woodblock|W.B.|percussion|13|percussion|1
agogo|Agogo Bells|Agogo|percussion|13|percussion|1
reverse-cymbal|Reverse Cymbal|Rev. Cym.|percussion|14|percussion|1
fret-noise|Fret Noise|Fret|percussion|90|percussion|1
breath-noise|Breath Noise|Breath|percussion|90|percussion|1
seashore|Seashore|Sea|percussion|90|percussion|1
bird-tweet|Birdsong|Birds|percussion|90|percussion|1
telephone|Telephone|Tel.|percussion|90|percussion|1
helicopter|Helicopter|Heli.|percussion|90|percussion|1
applause|Applause|Appl.|percussion|90|percussion|1
gunshot|Gunshot|Shot|percussion|90|percussion|1
glockenspiel|Glockenspiel|Glock.|percussion|50|treble|1
tinkle-bell|Hand Bells|Bells|percussion|50|treble|1
xylophone|Xylophone|Xyl.|percussion|51|treble|1
kalimba|Kalimba|Kal.|percussion|52|treble|1
vibraphone|Vibraphone|Vib.|percussion|53|treble|1
marimba|Marimba|Mar.|percussion|54|treble bass|?
steel-drums|Steel Drums|St. Dr.|percussion|55|treble|1
tubular-bells|Tubular Bells|T. Bells|percussion|56|treble|1
music-box|Music Box|M. Box|keyboard|0|treble|?
celesta|Celesta|Cel.|keyboard|1|treble|2
dulcimer|Dulcimer|Dulc.|plucked|20|treble|2
yangqin|Yangqin|Yangqin|plucked|20|treble|2
piano|Piano|Pno.|keyboard|10|treble|2
bright-piano|Piano|Pno.|keyboard|10|treble|2
electric-grand|Electric Grand|E. Grand|keyboard|11|treble|2
honky-tonk-piano|Honky-tonk Piano|H.-t. Pno.|keyboard|11|treble|2
electric-piano|Electric Piano|E. Pno.|keyboard|12|treble|2
fm-electric-piano|Electric Piano 2|E. Pno. 2|keyboard|12|treble|2
harpsichord|Harpsichord|Hpsd.|keyboard|13|treble|2
clavinet|Clavinet|Clav.|keyboard|14|treble|2
drawbar-organ|Organ|Org.|keyboard|15|treble|2
percussive-organ|Percussive Organ|Perc. Org.|keyboard|15|treble|2
rock-organ|Rock Organ|Rock Org.|keyboard|15|treble|2
church-organ|Pipe Organ|Org.|keyboard|15|treble|2
reed-organ|Harmonium|Harm.|keyboard|16|treble|2
accordion|Accordion|Acc.|keyboard|17|treble|2
bandoneon|Bandoneon|Band.|keyboard|17|treble|2
harp|Harp|Hp.|plucked|0|treble|2
guzheng|Guzheng|Guzheng|plucked|10|treble|2
guqin|Guqin|Guqin|plucked|11|treble|2
koto|Koto|Koto|plucked|10|treble|2
pipa|Pipa|Pipa|plucked|12|treble|1
shamisen|Shamisen|Sham.|plucked|12|treble|1
daruan|Daruan|Daruan|plucked|13|treble8vb|1
ruan|Zhongruan|Ruan|plucked|13|treble8vb|1
sitar|Sitar|Sitar|plucked|14|treble|1
banjo|Banjo|Banjo|plucked|29|treble8vb|1
nylon-guitar|Classical Guitar|Cl. Gtr.|plucked|30|treble8vb|1
steel-guitar|Acoustic Guitar|A. Gtr.|plucked|31|treble8vb|1
jazz-guitar|Jazz Guitar|J. Gtr.|plucked|32|treble8vb|1
clean-guitar|Electric Guitar|E. Gtr.|plucked|33|treble8vb|1
muted-guitar|Muted Guitar|M. Gtr.|plucked|33|treble8vb|1
overdriven-guitar|Overdriven Guitar|Ov. Gtr.|plucked|33|treble8vb|1
distorted-guitar|Distorted Guitar|Dist. Gtr.|plucked|33|treble8vb|1
guitar-harmonics|Guitar Harmonics|Gtr. Harm.|plucked|33|treble8vb|1
acoustic-bass|Acoustic Bass|A. Bass|plucked|40|bass|1
finger-bass|Bass Guitar|Bass|plucked|41|bass|1
picked-bass|Bass Guitar|Bass|plucked|41|bass|1
fretless-bass|Fretless Bass|Frtl. Bass|plucked|41|bass|1
slap-bass|Slap Bass|Slap Bass|plucked|41|bass|1
slap-bass-2|Slap Bass|Slap Bass|plucked|41|bass|1
synth-bass|Synth Bass|Syn. Bass|synth|90|bass|1
synth-bass-2|Synth Bass 2|Syn. Bass 2|synth|90|bass|1
square-lead|Square Lead|Sq. Lead|synth|10|treble bass|1
saw-lead|Saw Lead|Saw Lead|synth|11|treble bass|1
calliope-lead|Calliope Lead|Call.|synth|12|treble bass|1
chiff-lead|Chiff Lead|Chiff|synth|12|treble bass|1
charang-lead|Charang Lead|Charang|synth|12|treble bass|1
voice-lead|Voice Lead|V. Lead|synth|12|treble bass|1
fifths-lead|Fifths Lead|5ths|synth|12|treble bass|1
bass-and-lead|Bass and Lead|B. & L.|synth|12|bass treble|1
new-age-pad|New Age Pad|Pad|synth|20|treble|?
warm-pad|Warm Pad|Pad|synth|20|treble|?
polysynth-pad|Polysynth|Poly.|synth|20|treble|?
choir-pad|Choir Pad|Ch. Pad|synth|20|treble|?
bowed-pad|Bowed Pad|Bow. Pad|synth|20|treble|?
metallic-pad|Metallic Pad|Met. Pad|synth|20|treble|?
halo-pad|Halo Pad|Halo|synth|20|treble|?
sweep-pad|Sweep Pad|Sw. Pad|synth|20|treble|?
rain|Rain|Rain|synth|30|treble|?
soundtrack|Soundtrack|Sndtr.|synth|30|treble|?
crystal|Crystal|Cryst.|synth|30|treble|?
atmosphere|Atmosphere|Atm.|synth|30|treble|?
brightness|Brightness|Bright.|synth|30|treble|?
goblins|Goblins|Gobl.|synth|30|treble|?
echoes|Echoes|Echo|synth|30|treble|?
sci-fi|Sci-fi|Sci-fi|synth|30|treble|?
orchestra-hit|Orchestra Hit|Orch. Hit|synth|40|treble|?
choir|Choir|Ch.|voices|0|treble|?
voice|Voices|Vo.|voices|0|treble|?
synth-voice|Synth Voice|Syn. Vo.|voices|1|treble|?
fiddle|Fiddle|Fdl.|strings|0|treble|1
erhu|Erhu|Erhu|strings|1|treble|1
violin|Violin|Vln.|strings|10|treble|1
viola|Viola|Vla.|strings|20|alto treble|1
cello|Cello|Vc.|strings|30|bass tenor treble|1
gehu|Gehu|Gehu|strings|31|bass tenor|1
contrabass|Double Bass|D.B.|strings|50|bass|1
tremolo-strings|Strings (trem.)|Str. trem.|strings|41|treble|?
pizzicato-strings|Strings (pizz.)|Str. pizz.|strings|42|treble|?
strings|Strings|Str.|strings|40|treble|?
slow-strings|Strings|Str.|strings|40|treble|?
synth-strings|Synth Strings|Syn. Str.|synth|50|treble|?
synth-strings-2|Synth Strings 2|Syn. Str. 2|synth|50|treble|?
"""

# The shipped palettes' voices whose label says more than their program: label | program | identity | name |
# abbreviation | order. Voices of one identity and name play from one part.
_VOICES: Final = """
Violin|40|violin|Solo Violin|Vln. solo|9
Violins|48|violin|Violins|Vlns.|10
Violins octave|48|violin|Violins|Vlns.|10
Violins I|48|violin|Violins I|Vln. I|10
Violins I octave|48|violin|Violins I|Vln. I|10
Strings octave|48|violin|Violins|Vlns.|10
Strings high|48|violin|Violins|Vlns.|10
Cello solo|42|cello|Solo Cello|Vc. solo|29
Cellos|42|cello|Cellos|Vcs.|30
Cellos melody|42|cello|Cellos (melody)|Vcs. mel.|29
Horn|60|french-horn|Horn in F|Hn.|0
Horns|60|french-horn|Horns in F|Hns.|0
Horns|61|french-horn|Horns in F|Hns.|1
Trumpets|56|trumpet|Trumpets in B♭|Tpts.|10
Brass|61|brass-section|Brass|Br.|40
Low brass|61|low-brass|Low Brass|L. Br.|41
Slow strings|49|strings|Strings|Str.|40
Erhu|110|erhu|Erhu|Erhu|1
Dizi|73|dizi|Dizi|Dizi|2
Xiao|77|xiao|Xiao|Xiao|5
Pipa|106|pipa|Pipa|Pipa|12
Guzheng|107|guzheng|Guzheng|Guzheng|10
Yangqin|15|yangqin|Yangqin|Yangqin|20
Daruan|24|daruan|Daruan|Daruan|13
Gehu|43|gehu|Gehu|Gehu|31
Tanggu|116|tanggu|Tanggu|Tanggu|10
Pulse 1|80|square-lead|Pulse 1|Pulse 1|10
Pulse 1 octave|80|square-lead|Pulse 1|Pulse 1|10
Pulse 2|80|square-lead|Pulse 2|Pulse 2|11
Saw|81|saw-lead|Saw|Saw|12
Triangle|38|synth-bass|Triangle|Tri.|90
Crystal|98|crystal|Crystal|Cryst.|10
Voice|54|voice|Voices|Vo.|0
Halo|94|halo-pad|Halo|Halo|20
Warm pad|89|warm-pad|Warm Pad|Pad|20
Deep pad|95|sweep-pad|Deep Pad|D. Pad|91
Music box comb|10|music-box|Music Box|M. Box|0
Piano melody|0|piano|Piano|Pno.|10
Piano octaves|0|piano|Piano|Pno.|10
Piano inner voice|0|piano|Piano|Pno.|10
Piano chords|0|piano|Piano|Pno.|10
Piano bass|0|piano|Piano|Pno.|10
Piano low octave|0|piano|Piano|Pno.|10
"""

_KITS: Final = {"Percussion": "Perc.", "Hand percussion": "H. Perc.", "Drums": "Dr.", "Brushes": "Dr."}
_TECHNIQUES: Final = {"tremolo-strings": "trem.", "pizzicato-strings": "pizz."}
_SUFFIX = re.compile(r" \((?:melody|counter|chords|bass|drums)(?: \d+)?\)$")
_STAVES: Final[Mapping[str, Staves]] = {"1": "one", "2": "grand", "?": "as needed"}


@cache
def _by_identity() -> dict[str, WrittenInstrument]:
    found = {}
    for row in _TABLE.strip().splitlines():
        identity, name, short, family, order, clefs, staves = row.split("|")
        found[identity] = WrittenInstrument(
            identity,
            name,
            short,
            next(known for known in FAMILIES if known == family),
            int(order),
            tuple(clefs.split()),  # type: ignore[arg-type]
            _STAVES[staves],
            transposition(identity),
            together=staves != "1",
            technique=_TECHNIQUES.get(identity, ""),
        )
    return found


@cache
def _by_voice() -> dict[tuple[str, int], WrittenInstrument]:
    rows = [row.split("|") for row in _VOICES.strip().splitlines()]
    divided = {(identity, name) for label, _, identity, name, *_ in rows if "octave" in label}
    found = {}
    for label, program, identity, name, short, order in rows:
        known = _by_identity()[identity]
        together = known.together or (identity, name) in divided
        found[label, int(program)] = replace(
            known, name=name, short=short, order=int(order), together=together
        )
    return found


@cache
def _identity_of_program(program: int) -> str:
    return next(name for name, word in INSTRUMENTS.items() if word.program == program and not word.is_kit)


def written_instrument(track: Track) -> WrittenInstrument:
    """How a track is written. A name that nobody knows is kept, on the program's own staff."""
    label = _SUFFIX.sub("", track.name)
    if track.is_drum:
        short = _KITS.get(label, label)
        return WrittenInstrument(
            f"kit {label}", label, short, "percussion", 20, ("percussion",), "one", Transposition()
        )
    voice = _by_voice().get((label, track.program))
    if voice is not None:
        return voice
    own = _by_identity()[_identity_of_program(track.program)]
    word = PITCHED_NAMES.get(fold(label.replace(" ", "-")))
    if word is not None and INSTRUMENTS[word].program == track.program:
        known = _by_identity().get(word, own)
        return known if label.isascii() else replace(known, name=label, short=label)
    from engine.music.instruments import instrument

    if label in (instrument(track.program).name, own.name):
        return own
    return replace(own, name=label, short=label)
