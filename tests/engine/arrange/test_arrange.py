"""What a listener and a writer can expect of an arrangement."""

import itertools
from dataclasses import replace

import numpy as np
import pretty_midi
import pytest

from dsl.plan import Character, CurvePoint, Key, Meter, Palette, Setting, TempoPoint, Transition
from engine.arrange.arrange import arrange
from engine.arrange.dialogue import VOICE_BAND
from engine.errors import MediaError
from engine.music.score import Note, Score, Track
from engine.render.midi import midi_bytes
from tests.engine.arrange.staging import A_MINOR, cue_of, hit, music_of, plan_of, says, silence

RAGE, DESPAIR, JOY = (-0.8, 0.95), (-0.8, -0.1), (0.85, 0.5)


def arranged(*cues, emotion=DESPAIR, key=A_MINOR, **plan) -> Score:  # type: ignore[no-untyped-def]
    return arrange(plan_of(*cues, **plan), [music_of(cue, key, emotion) for cue in cues])


def notes(score: Score, *roles: str) -> list[Note]:
    return [note for track in score.tracks if not roles or track.role in roles for note in track.notes]


def between(found: list[Note], start: float, end: float) -> list[Note]:
    return [note for note in found if start <= note.start_s < end]


def mean_velocity(found: list[Note]) -> float:
    return float(np.mean([note.velocity for note in found]))


def tracks(score: Score, role: str) -> list[Track]:
    return [track for track in score.tracks if track.role == role]


def test_the_same_plan_and_takes_give_the_same_score() -> None:
    assert arranged(cue_of()) == arranged(cue_of())


def test_another_seed_plays_the_same_notes_a_little_differently() -> None:
    one, other = arranged(cue_of(seed=1)), arranged(cue_of(seed=2))
    assert [n.pitch for n in notes(one)] == [n.pitch for n in notes(other)]
    assert [n.start_s for n in notes(one)] != [n.start_s for n in notes(other)]


def test_a_crescendo_adds_instruments() -> None:
    end = 16 * 4 * 60 / 90
    cue = cue_of(bars=16, style="orchestra", dynamics=(CurvePoint(0.0, 0.15), CurvePoint(end, 0.95)))
    score = arranged(cue, emotion=JOY)
    sounding = [
        sum(bool(between(list(track.notes), start, start + end / 4)) for track in score.tracks)
        for start in (0.0, end * 3 / 4)
    ]
    assert sounding[1] >= sounding[0] + 3
    assert mean_velocity(between(notes(score), end * 3 / 4, end)) > 30 + mean_velocity(
        between(notes(score), 0.0, end / 4)
    )


def test_the_melody_stands_above_its_accompaniment() -> None:
    score = arranged(cue_of(style="piano"))
    assert mean_velocity(notes(score, "melody")) > mean_velocity(notes(score, "chords")) + 8


def test_a_phrase_swells_to_its_middle_and_tapers() -> None:
    score = arranged(cue_of(bars=8, bpm=60, style="piano"))
    melody = notes(score, "melody")
    outer = between(melody, 16.0, 20.0) + between(melody, 12.0, 16.0)
    inner = between(melody, 4.0, 12.0) + between(melody, 20.0, 28.0)
    assert mean_velocity(inner) > mean_velocity(outer) + 1.5


def test_despair_is_played_softer_and_longer_than_rage() -> None:
    soft, loud = arranged(cue_of(style="strings")), arranged(cue_of(style="strings"), emotion=RAGE)
    assert mean_velocity(notes(loud)) > mean_velocity(notes(soft)) + 25

    def length(score: Score) -> float:
        return float(np.mean([n.end_s - n.start_s for n in notes(score, "melody")]))

    assert length(soft) > length(loud) * 1.08


def test_notes_are_played_near_but_not_on_the_grid() -> None:
    cue = cue_of(style="piano", bpm=80)
    melody = tracks(arranged(cue), "melody")[0].notes
    shifts = np.array([note.start_s - note.start_beat * 60 / 80 for note in melody[:-4]])
    assert 0.003 < np.abs(shifts).mean() < 0.04
    assert abs(shifts[0]) < 1e-6


def test_a_machine_style_plays_on_the_grid() -> None:
    melody = tracks(arranged(cue_of(style="chiptune", bpm=80)), "melody")[0].notes
    assert np.allclose([n.start_s for n in melody], [n.start_beat * 60 / 80 for n in melody], atol=1e-6)


def test_swing_delays_the_second_eighth() -> None:
    drums = tracks(arranged(cue_of(style="noir", bpm=90), emotion=JOY), "drums")[0].notes
    late = [n.start_s - n.start_beat * 60 / 90 for n in drums if n.start_beat % 1 == 0.5]
    assert np.mean(late) > 0.05


@pytest.mark.parametrize("style", ["strings", "epic", "piano", "chiptune"])
def test_a_hit_is_struck_exactly_and_stands_out(style: str) -> None:
    cue = cue_of(style=style, bpm=90, events=(hit(8.0, "door"),))
    score = arranged(cue)
    struck = [note for note in notes(score) if abs(note.start_s - 8.0) < 1e-6]
    assert {track.role for track in score.tracks for n in track.notes if n in struck} >= {
        "melody",
        "chords",
        "bass",
    }
    near = [n for n in notes(score) if 0.2 < abs(n.start_s - 8.0) < 3.0]
    assert mean_velocity(struck) > mean_velocity(near) + 15
    # Nothing else begins so near that it would be heard as a stumble.
    assert not [n for n in notes(score) if 1e-6 < abs(n.start_s - 8.0) < 0.05]
    assert any(marker.kind == "hit" and marker.text == "door" for marker in score.markers)


def test_a_hit_off_the_grid_is_struck_off_the_grid() -> None:
    asked = 8.0 + 0.0731
    score = arranged(cue_of(bpm=90, events=(hit(asked),)))
    assert min(abs(n.start_s - asked) for n in notes(score)) < 1e-6


def test_a_hit_brings_percussion_where_the_style_has_some() -> None:
    score = arranged(cue_of(style="epic", events=(hit(8.0),)))
    assert any(abs(n.start_s - 8.0) < 1e-6 for n in notes(score, "drums"))


def test_music_steps_back_under_dialogue_but_not_under_narration() -> None:
    spoken = (5.0, 14.0)
    silent = arranged(cue_of(style="piano"))
    told = arranged(cue_of(style="piano", lines=(says(None, *spoken),)))
    said = arranged(cue_of(style="piano", lines=(says("Lin", *spoken),)))
    plain = between(notes(silent, "melody", "chords", "counter", "bass"), *spoken)
    under = between(notes(said, "melody", "chords", "counter", "bass"), *spoken)
    assert [n.pitch for n in notes(told)] == [n.pitch for n in notes(silent)]
    assert len(under) < 0.7 * len(plain)
    assert mean_velocity(under) < mean_velocity(plain) - 8
    assert under, "thin is not silent"


def test_chords_leave_the_speakers_register_free() -> None:
    cue = cue_of(style="piano", lines=(says("Lin", 5.0, 14.0),))
    score = arranged(cue, characters=(Character("Lin", register="high"),))
    low, high = VOICE_BAND["high"]
    under = between(notes(score, "chords"), 5.1, 13.9)
    assert under
    assert sum(low <= n.pitch <= high for n in under) <= 0.1 * len(under)


def test_silence_is_silent_and_music_returns() -> None:
    score = arranged(cue_of(events=(silence(7.0, 3.0),)))
    assert not [n for n in notes(score) if n.start_s < 10.0 - 1e-6 and n.end_s > 7.0 + 1e-6]
    assert between(notes(score), 10.0, 13.0)
    assert between(notes(score), 4.0, 7.0)


def test_the_score_ends_on_its_tonic_held_to_the_end() -> None:
    score = arranged(cue_of(bars=8, style="strings"))
    last = [n for n in notes(score) if n.end_s > score.duration_s - 0.05]
    assert {n.pitch % 12 for n in last} == {9, 0, 4}
    bass = max(notes(score, "bass"), key=lambda n: n.start_s)
    assert bass.pitch % 12 == 9
    assert bass.end_s - bass.start_s > 2.0


def test_the_final_chord_comes_a_little_late_and_the_end_stays() -> None:
    cue = cue_of(bars=8, bpm=72, style="piano")
    score = arranged(cue)
    final = 7 * 4 * 60 / 72
    onset = min(n.start_s for n in notes(score, "bass") if n.start_s > final - 0.3)
    assert 0.05 < onset - final < 0.2
    assert max(n.end_s for n in notes(score)) == pytest.approx(cue.end_s)


def test_a_button_is_short_and_followed_by_nothing() -> None:
    cue = cue_of(bars=8, bpm=120, style="piano", transition=Transition("button"))
    score = arranged(cue, emotion=JOY, key=Key(0, "major", "C"))
    button = 7.5 * 2.0
    last = [n for n in notes(score) if n.start_s > button - 0.1]
    assert {n.pitch % 12 for n in last} == {0, 4, 7}
    assert max(n.end_s for n in last) < button + 0.5


def two_cues(kind: str, duration: float = 0.0) -> Score:
    first = cue_of(0.0, 8, 100, "strings", transition=Transition(kind, duration))  # type: ignore[arg-type]
    second = cue_of(first.end_s, 8, 80, "piano", id="1m2")
    return arranged(first, second)


def test_a_cut_ends_every_note_at_the_boundary() -> None:
    score = two_cues("cut")
    end = score.cues[0].end_s
    assert all(n.end_s <= end + 1e-9 for n in notes(score) if n.start_s < end)


def test_a_ring_out_lets_the_last_chord_sound_into_the_next_cue() -> None:
    score = two_cues("ring-out", 2.0)
    end = score.cues[0].end_s
    ringing = [n for n in notes(score) if n.start_s < end and n.end_s > end + 1.5]
    assert {n.pitch % 12 for n in ringing} == {9, 0, 4}


def test_a_crossfade_fades_one_out_while_the_other_comes_in() -> None:
    plain, faded = two_cues("cut"), two_cues("crossfade", 4.0)
    end = plain.cues[0].end_s
    assert mean_velocity(between(notes(faded), end - 1.5, end)) < 0.7 * mean_velocity(
        between(notes(plain), end - 1.5, end)
    )
    assert mean_velocity(between(notes(faded), end, end + 1)) < 0.8 * mean_velocity(
        between(notes(plain), end, end + 1)
    )
    assert any(n.start_s < end and n.end_s > end + 0.5 for n in notes(faded))


def test_a_loop_neither_ends_nor_rings_over_its_seam() -> None:
    cue = cue_of(bars=8, loop=True, style="piano")
    score = arranged(cue)
    assert all(n.end_s <= cue.end_s + 1e-9 for n in notes(score))
    bar = 4 * 60 / 90
    assert len(between(notes(score, "melody"), cue.end_s - bar - 0.05, cue.end_s)) >= 4, "no ending in a loop"


def test_a_style_that_changes_inside_a_cue_changes_the_instruments() -> None:
    end = 8 * 4 * 60 / 90
    cue = cue_of(styles=(Setting(0.0, end / 2, "piano"), Setting(end / 2, end, "guofeng")))
    score = arranged(cue)
    early = {t.program for t in score.tracks if between(list(t.notes), 0, end / 2 - 0.1)}
    late = {t.program for t in score.tracks if between(list(t.notes), end / 2, end)}
    assert early == {0}
    assert 107 in late
    assert 0 not in late


def test_writers_choose_and_silence_instruments() -> None:
    end = 8 * 4 * 60 / 90
    cue = cue_of(
        instruments=(Setting(0.0, end, (("melody", "cello"), ("counter", "none"))),),
        muted=(Setting(0.0, end, ("bass",)),),
    )
    score = arranged(cue)
    assert {t.program for t in tracks(score, "melody")} == {42}
    assert not tracks(score, "counter")
    assert not tracks(score, "bass")
    assert tracks(score, "chords")


def test_a_palette_of_ones_own_stands_on_its_base_or_on_nothing() -> None:
    based = Palette("mine", "strings", (("melody", "flute"),))
    bare = Palette("bare", None, (("melody", "二胡"),))
    cue = cue_of(style="mine")
    score = arranged(cue, palettes=(based, bare))
    assert {t.program for t in tracks(score, "melody")} == {73}
    assert tracks(score, "bass")
    alone = arranged(cue_of(style="bare"), palettes=(based, bare))
    assert {(t.role, t.program) for t in alone.tracks} == {("melody", 110)}


def test_chords_move_by_small_steps() -> None:
    score = arranged(cue_of(bars=16, style="piano", transition=Transition("cut")))
    chords = tracks(score, "chords")[0].notes
    onsets = sorted({n.start_beat for n in chords})
    voicings = [sorted(n.pitch for n in chords if n.start_beat == onset) for onset in onsets]
    moves = [
        abs(a - b)
        for before, after in itertools.pairwise(voicings)
        for a, b in zip(before, after, strict=False)
    ]
    assert np.mean(moves) < 2.0
    assert max(moves) <= 7


def test_tempo_changes_inside_a_cue_are_followed() -> None:
    cue = cue_of(bars=8, bpm=60, tempo_map=(TempoPoint(0.0, 0.0, 60.0), TempoPoint(16.0, 16.0, 120.0)))
    cue = replace(cue, end_s=24.0, styles=(Setting(0.0, 24.0, "chiptune"),))
    score = arranged(cue)
    melody = tracks(score, "melody")[0].notes
    at = next(n for n in melody if n.start_beat == 20.0)
    assert at.start_s == pytest.approx(18.0)
    assert [round(change.bpm) for change in score.tempo] == [60, 120]


def test_waltzes_and_compound_metres_arrive_as_they_are() -> None:
    score = arranged(cue_of(meter=Meter(3, 4)))
    assert [str(change.meter) for change in score.meters] == ["3/4"]


def test_gaps_between_cues_are_bridged_on_the_beat_axis() -> None:
    first = cue_of(0.0, 4, 90)
    second = cue_of(first.end_s + 2.5, 4, 90, id="1m2")
    score = arranged(first, second)
    assert score.cues[1].start_beat == int(score.cues[1].start_beat)
    assert score.cues[1].start_s == pytest.approx(first.end_s + 2.5)


def frozen_file(folder, beats: float = 32.0) -> None:  # type: ignore[no-untyped-def]
    midi = pretty_midi.PrettyMIDI(initial_tempo=120.0)
    lead = pretty_midi.Instrument(40, name="Melody")
    for beat in range(int(beats)):
        lead.notes.append(pretty_midi.Note(71, 72 + beat % 5, beat * 0.5, beat * 0.5 + 0.45))
    midi.instruments.append(lead)
    midi.write(str(folder / "take.mid"))


def test_a_frozen_take_is_fitted_to_its_cue(tmp_path) -> None:  # type: ignore[no-untyped-def]
    frozen_file(tmp_path)
    cue = cue_of(bars=8, bpm=90, freeze="take.mid")
    score = arranged(cue, folder=str(tmp_path))
    onsets = [n.start_s for n in score.tracks[0].notes]
    assert score.tracks[0].program == 40
    assert np.allclose(onsets, np.arange(32) * 60 / 90, atol=0.003)


def test_a_frozen_take_of_another_length_is_stretched(tmp_path) -> None:  # type: ignore[no-untyped-def]
    frozen_file(tmp_path, 20.0)
    cue = cue_of(bars=8, bpm=90, freeze="take.mid")
    score = arranged(cue, folder=str(tmp_path))
    assert score.tracks[0].notes[-1].end_s == pytest.approx(cue.end_s, abs=0.1)


@pytest.mark.parametrize("name", ["missing.mid", "../take.mid", "bad.mid"])
def test_a_frozen_take_that_cannot_be_read_says_so(tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.mid").write_bytes(b"MThd\x00\x00not a midi file")
    with pytest.raises(MediaError, match=name.split("/")[-1]):
        arranged(cue_of(freeze=name), folder=str(tmp_path))


def test_a_hit_at_a_cues_very_end_is_struck_by_the_next_cue() -> None:
    first = cue_of(0.0, 8, 90)
    first = replace(first, events=(hit(first.end_s - 0.004),))
    second = cue_of(first.end_s, 8, 90, id="1m2")
    score = arranged(first, second)
    assert min(abs(n.start_s - first.end_s + 0.004) for n in notes(score)) < 1e-6


def test_many_styles_keep_every_leading_part() -> None:
    cues, start = [], 0.0
    for index, style in enumerate(("orchestra", "epic", "guofeng", "folk", "noir")):
        cues.append(cue_of(start, 4, 90, style, id=f"1m{index}"))
        start = cues[-1].end_s
    score = arranged(*cues, emotion=RAGE)
    for cue in score.cues:
        sounding = {t.role for t in score.tracks if between(list(t.notes), cue.start_s, cue.end_s)}
        assert {"melody", "chords", "bass"} <= sounding


def test_a_sudden_piano_is_sudden() -> None:
    step = (CurvePoint(0.0, 0.85), CurvePoint(9.0, 0.85), CurvePoint(9.0, 0.15), CurvePoint(20.0, 0.15))
    melody = notes(arranged(cue_of(bars=8, bpm=90, style="piano", dynamics=step)), "melody")
    before, after = between(melody, 6.0, 8.9), between(melody, 9.1, 12.0)
    assert min(n.velocity for n in before) > max(n.velocity for n in after) + 25


def test_an_exported_cue_freezes_as_it_was(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cue = cue_of(bars=8, bpm=73, style="strings")
    live = arranged(cue)
    (tmp_path / "take.mid").write_bytes(midi_bytes(live))
    frozen = arranged(replace(cue, freeze="take.mid"), folder=str(tmp_path))
    played = sorted((n.start_s, n.pitch, n.velocity) for n in notes(live))
    kept = sorted((n.start_s, n.pitch, n.velocity) for n in notes(frozen))
    assert len(kept) == len(played)
    assert np.allclose([n[0] for n in kept], [n[0] for n in played], atol=0.002)
    assert [t.name for t in frozen.tracks] == [t.name for t in live.tracks]
    assert [t.role for t in frozen.tracks] == [t.role for t in live.tracks]


def test_held_harmony_is_struck_again_by_a_hit_and_goes_on() -> None:
    score = arranged(cue_of(style="epic", bpm=90, events=(hit(8.0),)), emotion=RAGE)
    choir = next(track for track in score.tracks if track.program == 52)
    struck = [n for n in choir.notes if abs(n.start_s - 8.0) < 1e-6]
    assert struck
    assert max(n.end_s for n in struck) > 9.0
