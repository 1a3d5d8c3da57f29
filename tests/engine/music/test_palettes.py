"""Every style can be played as written, and writers' wishes win."""

import pytest

from dsl.instruments import INSTRUMENTS
from dsl.plan import Palette
from dsl.vocabulary import EMOTIONS, STYLES
from engine.arrange.active_voices import active_voices
from engine.arrange.layout import lay_out
from engine.music.instruments import instrument
from engine.music.palettes import known_style, style_palette, with_instruments
from engine.music.styles import STYLES as PALETTES
from tests.engine.arrange.staging import cue_of, music_of


def test_every_style_of_the_language_has_a_palette() -> None:
    assert set(PALETTES) == set(STYLES)


@pytest.mark.parametrize("style", sorted(PALETTES))
def test_whatever_is_felt_somebody_plays_melody_chords_and_bass(style: str) -> None:
    for emotion in EMOTIONS.values():
        draft = lay_out(music_of(cue_of(bars=1, style=style), emotion=(emotion.valence, emotion.arousal)))
        active = active_voices(draft, ())
        for role in ("melody", "chords", "bass"):
            assert active.voices(role, 0.0, 0), (style, emotion.name, role)


@pytest.mark.parametrize("style", sorted(PALETTES))
def test_labels_are_unique_within_a_style(style: str) -> None:
    labels = [(role, v.label, v.registers) for role, voices in PALETTES[style].voices.items() for v in voices]
    assert len(set(labels)) == len(labels)


def test_louder_music_never_has_fewer_voices_by_energy() -> None:
    for palette in PALETTES.values():
        for voices in palette.voices.values():
            rising = [v for v in voices if v.control == "energy" and v.takes != "kit"]
            at = [sum(v.enters <= level <= v.leaves for v in rising) for level in (0.2, 0.85)]
            assert at[1] >= at[0]


def test_every_range_is_wide_enough_to_fold_into() -> None:
    for program in range(128):
        player = instrument(program)
        assert player.high - player.low >= 12
        assert player.voices >= 1


def test_instrument_names_of_both_languages_are_played() -> None:
    palette = with_instruments(
        PALETTES["strings"], (("melody", "二胡"), ("bass", "tuba"), ("counter", "none"))
    )
    assert [v.program for v in palette.voices["melody"]] == [110]
    assert [v.program for v in palette.voices["bass"]] == [58]
    assert palette.voices["counter"] == ()


def test_a_kit_is_a_kit_and_a_drum_with_a_pitch_is_struck() -> None:
    kit = with_instruments(PALETTES["noir"], (("drums", "808"),)).voices["drums"]
    taiko = with_instruments(PALETTES["noir"], (("drums", "taiko"),)).voices["drums"]
    assert [(v.takes, v.program) for v in kit] == [("kit", INSTRUMENTS["808-kit"].program)]
    assert [(v.takes, v.program) for v in taiko] == [("struck", 116)]


def test_a_palette_that_builds_on_itself_does_not_hang() -> None:
    loop = (Palette("a", "b", (("melody", "cello"),)), Palette("b", "a", (("bass", "tuba"),)))
    palette = style_palette("a", loop)
    assert [v.program for v in palette.voices["melody"]] == [42]
    assert [v.program for v in palette.voices["bass"]] == [58]


def test_a_palette_on_a_palette_has_the_habits_of_the_style_below_both() -> None:
    own = (Palette("a", "b", (("melody", "oboe"),)), Palette("b", "noir", ()), Palette("c", None, ()))
    assert [known_style(name, own) for name in ("a", "b", "c", "folk")] == ["noir", "noir", "piano", "folk"]
    assert style_palette("a", own).tempo == PALETTES["noir"].tempo


def test_a_chain_of_thousands_of_palettes_is_followed_to_its_end() -> None:
    own = tuple(Palette(f"p{n}", f"p{n + 1}" if n < 3000 else "noir", ()) for n in range(3001))
    assert style_palette("p0", own).voices == PALETTES["noir"].voices
