"""The click track: beats of the tempo map and the metres, a count-in, sound and MIDI at the same moments."""

import io
from dataclasses import replace

import numpy as np
import pretty_midi
import pytest

from dsl.plan import Key, Meter
from engine.music.score import MeterChange, Score, ScoreCue, TempoChange
from engine.render.click import click_midi, click_samples, clicks_of
from tests.engine.render.small_score import SECOND_CUE_S, small_score

RATE = 48_000


def score(
    tempo: tuple[TempoChange, ...], meters: tuple[MeterChange, ...], *cues: tuple[float, float, float, float]
) -> Score:
    made = tuple(
        ScoreCue(f"1m{n}", "", start_s, end_s, beat, end_beat, "piano", Key(0, "major", "C"), 1, False)
        for n, (start_s, end_s, beat, end_beat) in enumerate(cues, 1)
    )
    return Score("A", None, cues[-1][1], (), tempo, meters, (), (), (), made)


def onsets(samples: np.ndarray) -> list[float]:
    """Where sound begins after silence, in seconds."""
    loud = np.abs(samples[:, 0]) > 1e-3
    starts = np.flatnonzero(loud)
    gaps = np.diff(starts, prepend=-RATE) > 0.02 * RATE
    return [float(one) / RATE for one in starts[gaps]]


def test_a_click_falls_on_every_beat_through_a_change_of_tempo() -> None:
    played = [c for c in clicks_of(small_score()).clicks if not c.count_in]
    wanted = [n * 60 / 71.3 for n in range(16)] + [SECOND_CUE_S + n * 0.5 for n in range(8)]
    assert [c.t_s for c in played] == pytest.approx(wanted)
    assert [n for n, c in enumerate(played) if c.kind == "bar"] == [0, 4, 8, 12, 16, 20]


def test_a_bar_is_counted_in_before_the_score_at_its_first_tempo() -> None:
    track = clicks_of(small_score())
    counted = [c.t_s for c in track.clicks if c.count_in]
    assert counted == pytest.approx([-n * 60 / 71.3 for n in (4, 3, 2, 1)])
    assert track.lead_s == pytest.approx(4 * 60 / 71.3)


def test_metres_change_where_the_score_changes_them() -> None:
    """4/4, then 6/8 with its eighths, then 5/4."""
    meters = (
        MeterChange(0.0, 0.0, Meter(4, 4)),
        MeterChange(4.0, 4.0, Meter(6, 8)),
        MeterChange(7.0, 7.0, Meter(5, 4)),
    )
    made = score((TempoChange(0.0, 0.0, 60.0),), meters, (0.0, 12.0, 0.0, 12.0))
    played = [c for c in clicks_of(made).clicks if not c.count_in]
    assert [c.t_s for c in played] == pytest.approx([0, 1, 2, 3, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 9, 10, 11])
    assert [c.kind for c in played[4:10]] == ["bar", "division", "division", "beat", "division", "division"]
    assert [c.t_s for c in played if c.kind == "bar"] == pytest.approx([0, 4, 7])


def test_a_cue_after_silence_is_counted_in_and_one_that_follows_on_is_not() -> None:
    """Cues at 0–4 s, 4–8 s and, after 12 s of nothing, 20–24 s."""
    tempo = (TempoChange(0.0, 0.0, 60.0), TempoChange(8.0, 8.0, 80.0), TempoChange(24.0, 20.0, 60.0))
    made = score(
        tempo,
        (MeterChange(0.0, 0.0, Meter()),),
        (0.0, 4.0, 0.0, 4.0),
        (4.0, 8.0, 4.0, 8.0),
        (20.0, 24.0, 24.0, 28.0),
    )
    counted = [c.t_s for c in clicks_of(made).clicks if c.count_in]
    assert counted == pytest.approx([-4, -3, -2, -1, 16, 17, 18, 19])
    assert not [c for c in clicks_of(made).clicks if 8.0 <= c.t_s < 16.0]


def test_where_there_is_no_room_for_a_bar_the_last_beats_of_it_are_counted() -> None:
    tempo = (TempoChange(0.0, 0.0, 60.0), TempoChange(4.0, 4.0, 60.0 * 3 / 2.5), TempoChange(7.0, 6.5, 60.0))
    made = score(tempo, (MeterChange(0.0, 0.0, Meter()),), (0.0, 4.0, 0.0, 4.0), (6.5, 10.5, 7.0, 11.0))
    assert [c.t_s for c in clicks_of(made).clicks if c.count_in and c.t_s > 0] == pytest.approx([4.5, 5.5])


@pytest.mark.parametrize("first_s", [0.0, 1.5, 30.0])
def test_sound_and_midi_click_at_the_same_moments(first_s: float) -> None:
    tempo = (TempoChange(0.0, first_s, 90.0), TempoChange(8.0, first_s + 8 / 1.5, 120.0))
    beat, end_s = {0.0: 0.0, 1.5: 4.0, 30.0: 44.0}[first_s], first_s + 8 / 1.5 + 4.0
    if first_s:
        shifted = [TempoChange(one.beat + beat, one.t_s, one.bpm) for one in tempo]
        tempo = (TempoChange(0.0, 0.0, 60.0 * beat / first_s), *shifted)
    made = score(tempo, (MeterChange(0.0, 0.0, Meter()),), (first_s, end_s, beat, beat + 16))
    track = clicks_of(made)
    data = click_midi(made, track)
    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    notes = sorted(note.start for part in midi.instruments for note in part.notes)
    sound = onsets(click_samples(track, made.duration_s, RATE))
    assert len(notes) == len(sound) == 20
    assert notes == pytest.approx(sound, abs=2e-3)
    assert all(part.is_drum for part in midi.instruments)
    assert max(0.0, 4 / 1.5 - first_s) == pytest.approx(track.lead_s)
    # The count-in lies on the grid: its beats are whole beats of the file.
    if first_s < 4 / 1.5:
        beats = [midi.time_to_tick(t) / midi.resolution for t in notes]
        assert beats == pytest.approx(range(20), abs=0.01)


def test_a_click_begins_on_its_sample_and_stays_under_full_scale() -> None:
    track = clicks_of(small_score())
    samples = click_samples(track, small_score().duration_s, RATE)
    assert samples.shape[1] == 1
    assert np.abs(samples).max() < 0.9
    wanted = [click.t_s + track.lead_s for click in track.clicks]
    assert onsets(samples) == pytest.approx(wanted, abs=2e-4)


def test_a_score_without_cues_has_no_click() -> None:
    assert clicks_of(replace(small_score(), cues=())).clicks == ()
