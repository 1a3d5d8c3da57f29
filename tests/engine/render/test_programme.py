"""Voice over music: at least 8 dB over it on short windows, music free in the gaps, one loudness."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyloudnorm
import pytest
import soundfile

from engine.render.mastering import master, true_peak
from engine.render.programme import OVER_DB, VoiceMix, lay_voice_over, read_voices

RATE = 48_000
SPOKEN_S = ((1.0, 4.2), (4.6, 6.0), (10.0, 12.5))
Samples = npt.NDArray[np.float32]


def voice() -> Samples:
    """Syllables of a buzzing voice, four a second, some soft, in three passages."""
    at = np.arange(14 * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * at) / k for k in range(1, 25))
    loud = np.clip(np.sin(2 * np.pi * 4 * at), 0.05, 1) * (0.35 + 0.25 * np.sin(2 * np.pi * 0.37 * at))
    within = sum(((at >= a) & (at < b)).astype(float) for a, b in SPOKEN_S)
    return np.asarray(0.12 * buzz * loud * within, np.float32)


def music(seconds: float = 16.0) -> Samples:
    """A loud chord with a deep bass and a stroke every half second."""
    at = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * f * at) for f in (55.0, 220.0, 277.2, 329.6, 1318.5))
    strokes = np.random.default_rng(1).standard_normal(len(at)) * np.exp(-((at % 0.5) * 30))
    return np.repeat((0.12 * chord + 0.3 * strokes)[:, None], 2, axis=1).astype(np.float32)


def over_db(spoken: Samples, under: Samples) -> list[float]:
    """Voice over music, in dB, in every window of 0.4 s that lies within a passage."""
    found = []
    for a, b in SPOKEN_S:
        for at in np.arange(a, b - 0.4, 0.05):
            own, other = (x[round(at * RATE) : round((at + 0.4) * RATE)] for x in (spoken, under))
            found.append(float(10 * np.log10((own**2).mean() / (other**2).mean())))
    return found


@pytest.mark.parametrize("how", ["duck", "mix"])
@pytest.mark.parametrize("louder_db", [-12.0, 0.0, 15.0])
def test_the_voice_is_8_db_over_the_music_in_every_window(how: VoiceMix, louder_db: float) -> None:
    loud = music() * np.float32(10 ** (louder_db / 20))
    programme = lay_voice_over(loud, voice(), RATE, how)
    assert min(over_db(programme.voice, programme.under(loud))) >= OVER_DB


def test_ducked_music_is_free_in_the_gaps_and_moves_slowly() -> None:
    programme = lay_voice_over(music(), voice(), RATE, "duck")
    level = 20 * np.log10(programme.music_gain.astype(np.float64))
    assert level[round(8.0 * RATE)] - level[round(2.5 * RATE)] >= 4.9
    assert np.abs(np.diff(level[:: RATE // 100])).max() < 1.5  # dB in 10 ms
    assert level[round(15.5 * RATE)] == pytest.approx(level[round(8.0 * RATE)], abs=0.1)


def test_mixed_music_keeps_one_level() -> None:
    assert np.ptp(lay_voice_over(music(), voice(), RATE, "mix").music_gain) == 0.0


@pytest.mark.parametrize("how", ["duck", "mix"])
def test_the_whole_has_the_loudness_and_the_peaks_of_a_programme(how: VoiceMix) -> None:
    programme = lay_voice_over(music(), voice(), RATE, how)
    mix = programme.under(music()) + programme.voice
    finished = mix * master(mix, RATE).gain[:, None]
    assert pyloudnorm.Meter(RATE).integrated_loudness(finished) == pytest.approx(-16.0, abs=0.3)
    assert true_peak(finished, RATE) <= -0.95


def test_a_voice_that_outlasts_the_music_is_heard_to_its_end() -> None:
    programme = lay_voice_over(music(9.0), voice(), RATE, "duck")
    assert len(programme.voice) == len(programme.under(music(9.0))) == 14 * RATE
    assert min(over_db(programme.voice, programme.under(music(9.0)) + 1e-9)) >= OVER_DB


def test_silence_on_either_side_changes_nothing_that_can_be_heard() -> None:
    programme = lay_voice_over(music(), np.zeros(RATE, np.float32), RATE, "duck")
    assert np.all(programme.music_gain == 1.0)
    quiet = lay_voice_over(np.zeros((RATE, 2), np.float32), voice(), RATE, "mix")
    assert np.isfinite(quiet.music_gain).all()


def test_recordings_begin_where_their_cues_have_them(tmp_path: Path) -> None:
    tone = np.full(4_410, 0.5, np.float32)
    soundfile.write(tmp_path / "a.wav", tone, 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "b.wav", np.stack([tone, tone], axis=1), 22_050, subtype="FLOAT")
    found = read_voices(tmp_path, (("b.wav", 2.0), ("a.wav", 0.5)), RATE)
    sounding = np.flatnonzero(np.abs(found) > 0.25) / RATE
    assert sounding[0] == pytest.approx(0.5, abs=2e-3)
    assert sounding[-1] == pytest.approx(2.2, abs=2e-3)
    assert not np.any(np.abs(found[round(0.62 * RATE) : round(1.98 * RATE)]) > 1e-3)
