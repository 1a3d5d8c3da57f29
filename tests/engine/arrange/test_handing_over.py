"""How cues meet: crossfades overlap, segues ring where the harmony allows, channels never mix instruments."""

from dataclasses import replace
from itertools import pairwise

import pytest

from dsl.plan import Key, Setting, Transition
from engine.arrange.arrange import arrange
from engine.arrange.channels import MOST_PITCHED_TRACKS, within_channels
from engine.arrange.orchestration import Part
from engine.music.score import Note, Score
from tests.engine.arrange.staging import cue_of, music_of, plan_of

A_MINOR, C_MAJOR, E_MAJOR = Key(9, "minor", "A"), Key(0, "major", "C"), Key(4, "major", "E")


def meeting(
    kind: str, duration_s: float, second: Key, styles: tuple[str, str] = ("strings", "piano")
) -> Score:
    first = cue_of(bars=4, style=styles[0], transition=Transition(kind, duration_s))  # type: ignore[arg-type]
    after = cue_of(first.end_s, 4, style=styles[1], id="1m2")
    keys = (A_MINOR, second)
    music = [music_of(cue, key) for cue, key in zip((first, after), keys, strict=True)]
    return arrange(plan_of(first, after), music)


def test_both_cues_sound_through_a_crossfade() -> None:
    score = meeting("crossfade", 4.0, C_MAJOR)
    boundary = score.cues[0].end_s
    strings = [n for t in score.tracks if t.program != 0 and not t.is_drum for n in t.notes]
    piano = [n for t in score.tracks if t.program == 0 and not t.is_drum for n in t.notes]
    assert min(n.start_s for n in piano) == pytest.approx(boundary - 2.0, abs=0.01)
    assert max(n.end_s for n in strings) == pytest.approx(boundary + 2.0, abs=0.01)


def test_a_crossfade_sinks_one_volume_while_the_other_rises() -> None:
    score = meeting("crossfade", 4.0, C_MAJOR)
    boundary = score.cues[0].end_s
    for track in score.tracks:
        inside = [value for t_s, value in track.expression if boundary - 2.01 <= t_s <= boundary + 2.0]
        steps = [b - a for a, b in pairwise(inside)]
        if track.program == 0:
            assert steps
            assert min(steps) >= 0
            assert max(inside) == 127
        elif inside:
            assert max(steps) <= 0
            assert track.expression[-1][1] == 127, "what comes later is loud again"


def test_a_crossfade_inside_one_instrument_leaves_its_volume_alone() -> None:
    score = meeting("crossfade", 4.0, C_MAJOR, ("piano", "piano"))
    assert all(
        not t.expression for t in score.tracks if any(n.start_s > score.cues[1].start_s for n in t.notes)
    )


def test_a_segue_rings_on_only_in_notes_that_the_next_chord_has() -> None:
    for key in (C_MAJOR, E_MAJOR):
        score = meeting("segue", 0.0, key)
        boundary = score.cues[0].end_s
        third = 4
        chord = {key.tonic, (key.tonic + third) % 12, (key.tonic + 7) % 12}
        over = [
            n
            for t in score.tracks
            for n in t.notes
            if n.start_s < boundary - 0.05 and n.end_s > boundary + 0.05
        ]
        assert all(n.pitch % 12 in chord and n.end_s < boundary + 1.01 for n in over)
    assert any(
        n.start_s < 10.6 and n.end_s > 10.72 for t in meeting("segue", 0.0, C_MAJOR).tracks for n in t.notes
    ), "a minor and C major share two tones"


def test_more_instruments_than_channels_are_fitted_and_said() -> None:
    notes = (Note(60, 80, 0.0, 1.0, 0.0, 1.0),)
    parts = [(Part("melody", f"voice {k}", k, False, 0.0, 0.0), notes) for k in range(20)]
    kept, remarks = within_channels(parts)
    assert len(kept) == MOST_PITCHED_TRACKS
    assert len({part.program for part, _ in kept}) == MOST_PITCHED_TRACKS
    assert len(remarks) == 1
    assert "20 instruments" in remarks[0]
    assert "voice" in remarks[0]


def test_equal_programs_share_a_track_before_anything_is_lost() -> None:
    parts = [
        (
            Part(role, f"{role} {k}", k, False, 0.0, 0.0, doubling=True),
            (Note(60 + k, 80, 0.0, 1.0, 0.0, 1.0),),
        )
        for k in range(40, 50)
        for role in ("melody", "chords")
    ]
    kept, remarks = within_channels(parts)  # type: ignore[arg-type]
    assert {part.program for part, _ in kept} == set(range(40, 50))
    assert remarks == ()


def test_a_score_of_many_styles_never_puts_two_programs_on_one_channel() -> None:
    cues, start = [], 0.0
    for index, style in enumerate(("orchestra", "epic", "guofeng", "folk", "noir", "chiptune", "musicbox")):
        cue = cue_of(start, 2, 120, style, id=f"1m{index}")
        cues.append(replace(cue, muted=(Setting(cue.start_s, cue.end_s, ()),)))
        start = cue.end_s
    score = arrange(plan_of(*cues), [music_of(cue, emotion=(-0.8, 0.9)) for cue in cues])
    assert sum(not track.is_drum for track in score.tracks) <= MOST_PITCHED_TRACKS
