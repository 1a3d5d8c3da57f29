"""The repairs between the parts do what their rules say, and leave themes alone."""

import numpy as np

from dsl.plan import Key, Meter
from engine.arrange.active_voices import active_voices
from engine.arrange.counterpoint import mend
from engine.arrange.draft import CueDraft, Draft
from engine.arrange.layout import lay_out
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
    mend(draft)
    assert draft.of("melody")[0].pitch == 76


def test_a_passing_note_may_rub() -> None:
    draft = staged(Draft("melody", 0.5, 0.5, 77, 80.0), Draft("chords", 0.0, 4.0, 64, 70.0))
    mend(draft)
    assert draft.of("melody")[0].pitch == 77


def test_a_themes_note_stays_and_the_chord_makes_way() -> None:
    theme = Draft("melody", 0.0, 2.0, 77, 80.0, fixed=True)
    draft = staged(theme, Draft("chords", 0.0, 4.0, 64, 70.0), Draft("chords", 0.0, 4.0, 60, 70.0))
    mend(draft)
    assert draft.of("melody")[0].pitch == 77
    assert [note.pitch for note in draft.of("chords")] == [60]


def test_a_bass_note_that_opens_a_chord_belongs_to_it() -> None:
    draft = staged(Draft("bass", 0.0, 4.0, 42, 80.0))
    mend(draft)
    assert draft.of("bass")[0].pitch % 12 in (0, 4, 7)


def test_melody_and_bass_do_not_run_in_octaves() -> None:
    draft = staged(
        Draft("melody", 0.0, 1.0, 72, 80.0),
        Draft("melody", 1.0, 1.0, 76, 80.0),
        Draft("bass", 0.0, 1.0, 36, 80.0),
        Draft("bass", 1.0, 1.0, 40, 80.0),
    )
    mend(draft)
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
