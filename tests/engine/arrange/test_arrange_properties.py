"""What holds for every arrangement, whatever the takes are like."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Key, Meter, Transition
from dsl.vocabulary import STYLES
from engine.arrange.arrange import arrange
from engine.music.instruments import instrument
from engine.music.score import Score
from tests.engine.arrange.staging import cue_of, hit, music_of, plan_of, random_take, says, silence

KINDS = ("cut", "segue", "crossfade", "ring-out", "button")
METERS = (Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 4), Meter(7, 8))


@st.composite
def staged(draw: st.DrawFn) -> tuple[Score, list[float], list[tuple[float, float]]]:
    """A score of one to three cues of random takes, the hits asked and the silences asked."""
    start = draw(st.sampled_from((0.0, 0.7)))
    cues, music, hits, quiet = [], [], [], []
    for index in range(draw(st.integers(1, 3))):
        rng = np.random.default_rng(draw(st.integers(0, 2**31)))
        meter = draw(st.sampled_from(METERS))
        bars = draw(st.integers(1, 9))
        bpm = draw(st.floats(46, 168))
        length = bars * meter.beats_per_bar * 60 / bpm
        events = []
        if draw(st.booleans()):
            at = start + draw(st.floats(0.0, 0.95)) * length
            events.append(hit(at))
            hits.append(at)
        if draw(st.integers(0, 3)) == 0:
            at = start + draw(st.floats(0.0, 0.9)) * length
            events.append(silence(at, 0.2 * length))
            quiet.append((at, at + 0.2 * length))
        transition = Transition(draw(st.sampled_from(KINDS)), draw(st.sampled_from((0.0, 1.5))))
        cue = cue_of(
            start,
            bars,
            bpm,
            draw(st.sampled_from(tuple(STYLES))),
            meter,
            transition=transition,
            events=tuple(events),
            lines=(says("Lin", start + 0.3 * length, start + 0.6 * length),),
            loop=draw(st.integers(0, 4)) == 0,
            id=f"1m{index}",
        )
        take = random_take(bars, meter, rng, draw(st.floats(0, 2)))
        emotion = (draw(st.floats(-1, 1)), draw(st.floats(-1, 1)))
        key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(("major", "minor"))), "C")
        cues.append(cue)
        music.append(music_of(cue, key, emotion, take))
        start = cue.end_s + draw(st.sampled_from((0.0, 0.0, 0.1, 2.2)))
    return arrange(plan_of(*cues), music), hits, quiet


@settings(max_examples=25, deadline=None)
@given(staged())
def test_every_note_can_be_played(made: tuple[Score, list[float], list[tuple[float, float]]]) -> None:
    score, hits, quiet = made
    for track in score.tracks:
        assert list(track.notes) == sorted(track.notes, key=lambda n: (n.start_s, n.pitch))
        last_end: dict[int, float] = defaultdict(lambda: -1.0)
        sounding: list[float] = []
        for note in track.notes:
            assert 1 <= note.velocity <= 127
            assert note.end_s > note.start_s >= 0
            assert note.beats > 0
            assert note.end_s <= score.duration_s + 1e-9
            assert note.start_s >= last_end[note.pitch] - 1e-9, "one pitch sounds twice at once"
            last_end[note.pitch] = note.end_s
            if track.is_drum:
                assert 27 <= note.pitch <= 87
                continue
            player = instrument(track.program)
            assert player.low <= note.pitch <= player.high
            sounding = [end for end in sounding if end > note.start_s + 1e-6] + [note.end_s]
            assert len(sounding) <= player.voices
    assert len({track.name for track in score.tracks}) == len(score.tracks)
    assert len(score.cues) > 1 or sum(not track.is_drum for track in score.tracks) <= 15
    for start, end in quiet:
        inside = [h for h in hits if start < h < end]
        if inside:
            continue
        for track in score.tracks:
            for note in track.notes:
                assert note.end_s <= start + 1e-6 or note.start_s >= end - 1e-6


@settings(max_examples=25, deadline=None)
@given(staged())
def test_hits_are_struck_on_the_millisecond(
    made: tuple[Score, list[float], list[tuple[float, float]]],
) -> None:
    score, hits, quiet = made
    onsets = np.array(sorted({n.start_s for t in score.tracks for n in t.notes}))
    for asked in hits:
        silenced = any(start - 0.05 <= asked <= end + 0.05 for start, end in quiet)
        if silenced or asked >= score.cues[-1].end_s - 0.06:
            continue
        assert np.abs(onsets - asked).min() <= 0.0011


@settings(max_examples=25, deadline=None)
@given(staged())
def test_beats_and_seconds_tell_the_same_story(
    made: tuple[Score, list[float], list[tuple[float, float]]],
) -> None:
    score, _, _ = made
    beats = np.array([change.beat for change in score.tempo])
    times = np.array([change.t_s for change in score.tempo])
    bpm = np.array([change.bpm for change in score.tempo])
    assert times[0] == 0 or len(score.tempo) == 1
    assert (np.diff(beats) > 0).all()
    assert np.allclose(times[:-1] + np.diff(beats) * 60 / bpm[:-1], times[1:], atol=1e-6)
    for cue in score.cues:
        at = np.searchsorted(beats, cue.start_beat + 1e-9, "right") - 1
        assert times[at] + (cue.start_beat - beats[at]) * 60 / bpm[at] == pytest.approx(cue.start_s, abs=1e-6)
    for track in score.tracks:
        for note in track.notes:
            at = np.searchsorted(beats, note.start_beat + 1e-9, "right") - 1
            written = times[at] + (note.start_beat - beats[at]) * 60 / bpm[at]
            # Expression and swing move a note, but never far from where it is written.
            assert abs(written - note.start_s) < 0.3


@settings(max_examples=15, deadline=None)
@given(staged())
def test_no_note_outlives_its_cue_unless_the_transition_lets_it(
    made: tuple[Score, list[float], list[tuple[float, float]]],
) -> None:
    score, _, _ = made
    ends = [cue.end_s for cue in score.cues]
    for cue in score.cues:
        if not cue.loop:
            continue
        for track in score.tracks:
            for note in track.notes:
                if cue.start_s <= note.start_s < cue.end_s:
                    assert note.end_s <= min(e for e in ends if e > note.start_s) + 1e-9
