"""The voice over the music while one writes: heard, the music down under it, as in the rendered programme."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from dsl.diagnostics import Span
from dsl.plan import Plan, PlannedVoice
from dsl.score_file import plan_text
from engine.render.pieces import Piece, Sounding
from engine.render.programme import OVER_DB
from engine.render.spoken_over import with_voices
from tests.engine.render.test_programme import RATE, SPOKEN_S, music, voice


def sounding(seconds: float = 16.0) -> Sounding:
    own = music(seconds)
    half = Piece.of(own / 2)
    return Sounding({"melody": ((0, half),), "bass": ((0, half),)}, np.ones(len(own), np.float32), RATE)


def plan(folder: Path, *voices: tuple[str, float]) -> Plan:
    found = plan_text("# A\nThe lamp is lit.\n", folder).draft
    own = tuple(PlannedVoice(name, start_s, start_s + 14, Span(1, 1, 1, 2)) for name, start_s in voices)
    return replace(found, cues=(replace(found.cues[0], voices=own),))


def test_the_voice_is_heard_over_the_music_and_the_whole_is_as_loud_as_a_programme(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "n.wav", voice(), RATE, subtype="FLOAT")
    found = with_voices(sounding(), plan(tmp_path, ("n.wav", 0.0)))
    assert found.remark == ""
    alone = found.mix(("melody", "bass"))
    under = found.mix() - alone
    for a, b in SPOKEN_S:
        for at in np.arange(a, b - 0.4, 0.1):
            own, other = (x[round(at * RATE) : round((at + 0.4) * RATE)] for x in (alone, under))
            assert 10 * np.log10((own**2).mean() / (other**2).mean()) >= OVER_DB
    assert pyloudnorm.Meter(RATE).integrated_loudness(found.mix()) == pytest.approx(-16.0, abs=0.5)


def test_the_voice_begins_where_its_cue_has_it_and_what_was_read_is_not_spoilt(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "n.wav", voice(), RATE, subtype="FLOAT")
    for _ in range(2):
        found = with_voices(sounding(20.0), plan(tmp_path, ("n.wav", 3.0)))
        heard = np.flatnonzero(np.abs(found.mix(("melody", "bass"))).max(axis=1) > 0.01)
        assert heard[0] / RATE == pytest.approx(3.0 + SPOKEN_S[0][0], abs=0.05)


def test_music_without_a_voice_is_as_it_was_and_a_voice_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    before = sounding(2.0)
    assert with_voices(before, plan(tmp_path)) is before
    (tmp_path / "n.wav").write_bytes(b"RIFF")
    found = with_voices(before, plan(tmp_path, ("n.wav", 0.0)))
    assert "n.wav" in found.remark
    assert "the music plays alone" in found.remark
    assert np.array_equal(found.mix(), before.mix())


def test_a_recording_that_was_changed_is_read_again(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "n.wav", voice(), RATE, subtype="FLOAT")
    first = with_voices(sounding(), plan(tmp_path, ("n.wav", 0.0))).mix(("melody", "bass"))
    soundfile.write(tmp_path / "n.wav", voice()[: 5 * RATE], RATE, subtype="FLOAT")
    second = with_voices(sounding(), plan(tmp_path, ("n.wav", 0.0))).mix(("melody", "bass"))
    assert np.abs(first[11 * RATE : 12 * RATE]).max() > 0.01
    assert not np.abs(second[11 * RATE : 12 * RATE]).max() > 0.001
