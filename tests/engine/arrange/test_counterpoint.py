"""The repairs between the parts do what their rules say, and leave themes alone."""

from dataclasses import replace

import numpy as np

from dsl.plan import Key, Meter
from engine.arrange.active_voices import active_voices
from engine.arrange.counterpoint import mend
from engine.arrange.draft import CueDraft, Draft, Harmony
from engine.arrange.layout import lay_out
from engine.arrange.orchestration import add_pads
from engine.arrange.voicing import best_voicing, voice_chords
from tests.engine.arrange.staging import cue_of, music_of, random_take

C_MAJOR = Key(0, "major", "C")


def staged(*notes: Draft) -> CueDraft:
    """Four bars of C major harmony under the given notes alone."""
    draft = lay_out(music_of(cue_of(bars=4), C_MAJOR, (0.6, 0.0)))
    draft.notes = list(notes)
    return draft


def test_a_long_melody_note_that_rubs_moves_to_the_chord() -> None:
    draft = staged(Draft("melody", 0.0, 2.0, 77, 80.0), Draft("chords", 0.0, 4.0, 64, 70.0))
    mend(draft, active_voices(draft, ()))
    assert draft.of("melody")[0].pitch == 76


def test_a_passing_note_may_rub() -> None:
    draft = staged(Draft("melody", 0.5, 0.5, 77, 80.0), Draft("chords", 0.0, 4.0, 64, 70.0))
    mend(draft, active_voices(draft, ()))
    assert draft.of("melody")[0].pitch == 77


def test_a_themes_note_stays_and_the_chord_makes_way() -> None:
    theme = Draft("melody", 0.0, 2.0, 77, 80.0, fixed=True)
    draft = staged(theme, Draft("chords", 0.0, 4.0, 64, 70.0), Draft("chords", 0.0, 4.0, 60, 70.0))
    mend(draft, active_voices(draft, ()))
    assert draft.of("melody")[0].pitch == 77
    assert [note.pitch for note in draft.of("chords")] == [60]


def test_a_bass_note_that_opens_a_chord_belongs_to_it() -> None:
    draft = staged(Draft("bass", 0.0, 4.0, 42, 80.0))
    mend(draft, active_voices(draft, ()))
    assert draft.of("bass")[0].pitch % 12 in (0, 4, 7)


def test_melody_and_bass_do_not_run_in_octaves() -> None:
    draft = staged(
        Draft("melody", 0.0, 1.0, 72, 80.0),
        Draft("melody", 1.0, 1.0, 76, 80.0),
        Draft("bass", 0.0, 1.0, 36, 80.0),
        Draft("bass", 1.0, 1.0, 40, 80.0),
    )
    mend(draft, active_voices(draft, ()))
    melody, bass = draft.of("melody")[1], draft.of("bass")[1]
    assert (melody.pitch - bass.pitch) % 12 != 0
    assert bass.pitch % 12 in (0, 4, 7)


def test_voicings_hold_their_common_tones_and_stay_above_the_bass() -> None:
    first = best_voicing((0, 4, 7), (), 60.0, 40, 80, 3)
    second = best_voicing((0, 5, 9), first, 60.0, 41, 80, 3)
    assert len(set(first) & set(second)) >= 1
    assert min(first + second) > 41
    assert sum(abs(a - b) for a, b in zip(first, second, strict=True)) <= 5


def test_no_block_chord_crosses_below_the_bass() -> None:
    for seed in range(5):
        take = random_take(8, Meter(), np.random.default_rng(seed), 0.6)
        draft = lay_out(music_of(cue_of(bars=8), C_MAJOR, take=take))
        draft.notes = [note for note in draft.notes if note.role != "bass" or 28 <= note.pitch <= 50]
        voice_chords(draft, active_voices(draft, ()))
        bass = draft.of("bass")
        for note in draft.of("chords"):
            under = [b for b in bass if b.beat <= note.beat < b.end_beat]
            assert all(note.pitch > b.pitch for b in under)


def test_an_inner_voice_that_strays_under_a_theme_finds_its_chord() -> None:
    theme = Draft("melody", 0.0, 2.0, 76, 80.0, fixed=True)
    draft = staged(theme, Draft("counter", 0.0, 2.0, 65, 70.0))
    mend(draft, active_voices(draft, ()))
    assert draft.of("counter")[0].pitch == 64
    assert draft.of("melody")[0].pitch == 76


def test_a_chords_stray_note_gives_way_to_a_tone_of_the_harmony() -> None:
    chords = [Draft("chords", 0.0, 4.0, pitch, 70.0) for pitch in (53, 60, 67)]
    draft = staged(Draft("melody", 0.0, 3.0, 76, 80.0), *chords)
    mend(draft, active_voices(draft, ()))
    assert [note.pitch for note in draft.of("chords")] == [52, 60, 67]


def test_what_strays_in_passing_or_is_the_harmonys_own_seventh_stays() -> None:
    draft = staged(Draft("melody", 0.0, 4.0, 76, 80.0), Draft("counter", 0.0, 0.5, 65, 70.0))
    draft.harmony = [Harmony(0.0, 16.0, 5, "maj7", 5)]
    draft.notes.append(Draft("counter", 1.0, 2.0, 65, 70.0))
    mend(draft, active_voices(draft, ()))
    assert [note.pitch for note in draft.of("counter")] == [65, 65]


def test_where_tension_asks_for_a_clash_it_stays() -> None:
    draft = staged(Draft("melody", 0.0, 2.0, 76, 80.0), Draft("counter", 0.0, 2.0, 65, 70.0))
    tense = tuple(replace(intent, tension=0.9) for intent in draft.music.intents)
    draft.music = replace(draft.music, intents=tense)
    mend(draft, active_voices(draft, ()))
    assert draft.of("counter")[0].pitch == 65


def test_a_voice_that_holds_the_harmony_leaves_out_what_rubs_with_the_tune() -> None:
    for pitch, held in ((77, {0, 7}), (76, {0, 4, 7}), (73, {4, 7})):
        tune = Draft("melody", 0.0, 8.0, pitch, 80.0, fixed=True)
        cue = cue_of(bars=2, style="ambient")
        draft = lay_out(music_of(cue, C_MAJOR, (0.6, 0.0)))
        draft.notes, draft.harmony = [tune], [Harmony(0.0, 8.0, 0, "maj", 0)]
        add_pads(draft, active_voices(draft, ()))
        assert {note.pitch % 12 for note in draft.notes if note.pad} == held
