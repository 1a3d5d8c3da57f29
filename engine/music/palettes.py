"""Which palette is in force: a style's, a writer's own, and what `@instruments` lays over it.

The styles are `engine.music.styles`. How notes are dealt out to voices is `engine.arrange.orchestration`;
what an instrument can play is `engine.music.instruments`.
"""

from collections.abc import Mapping
from dataclasses import replace

from dsl.instruments import INSTRUMENTS, KIT_NAMES, InstrumentWord
from dsl.instruments import instrument as instrument_named
from dsl.plan import Palette, RoleName
from dsl.vocabulary import NONE, fold
from engine.music.instruments import instrument
from engine.music.styles import STYLES
from engine.music.voices import StylePalette, Voice

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
    chain, style = _chain(name, own)
    palette = STYLES.get(style, STYLES["piano"]) if style or not chain else StylePalette(name, {})
    for one in reversed(chain):
        palette = with_instruments(replace(palette, style=one.name), one.instruments)
    return palette


def known_style(name: str, own: tuple[Palette, ...]) -> str:
    """The language's own style behind a name: itself, what a palette stands on in the end, or "piano" for a
    palette on nothing."""
    return _chain(name, own)[1] or "piano"


def _chain(name: str, own: tuple[Palette, ...]) -> tuple[list[Palette], str]:
    """The writer's own palettes from `name` down, and the style that the last one stands on ("" for none)."""
    named = {palette.name: palette for palette in reversed(own)}
    chain: list[Palette] = []
    while name in named:
        chain.append(named.pop(name))
        name = chain[-1].base or ""
    return chain, name


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
