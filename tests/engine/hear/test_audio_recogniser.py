"""The audio recogniser: what it is given, and that the shipped one tells plainly sad from plainly happy."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import WeightsError
from engine.hear.audio_recogniser import AudioRecogniser
from engine.hear.features import FEATURES, measure, windows_of
from engine.hear.frames import FRAMES_S, frames_of
from engine.hear.recording import RATE, Recording, from_samples
from engine.render.synthesis import SAMPLE_RATE, synthesise_midi
from engine.render.synthesiser import choose_synthesiser
from engine.weights import SHIPPED
from tests.engine.hear.test_reference import triads
from tests.tui.cli.test_match import dance, lament
from tui.cli.main import main

SAD = ([50, 46, 43, 45], [True, False, True, True], 3.2)
GLAD = ([60, 65, 67, 60, 65, 67, 60, 67], [False] * 8, 0.5)


def music(roots: list[int], minor: list[bool], seconds: float) -> np.ndarray:
    """About 24 seconds of chords; quick ones an octave higher."""
    once = triads([r + (12 if seconds < 1 else 0) for r in roots], minor, seconds)
    return np.tile(once, int(24 * RATE / len(once)) + 1)[: 24 * RATE]


def test_windows_cover_the_recording_and_silence_is_nothing_to_hear() -> None:
    frames = frames_of(music(*SAD))
    windows = windows_of(frames)
    assert windows[0][0] == pytest.approx(8.0)
    assert windows[-1][0] == pytest.approx(16.0, abs=0.1)
    assert len(windows[0][1]) == pytest.approx(16 * FRAMES_S, abs=1)
    table, heard = measure([windows[0][1], frames_of(np.zeros(3 * RATE, np.float32))])
    assert table.shape == (2, len(FEATURES))
    assert np.isfinite(table).all()
    assert heard.tolist() == [True, False]


def test_level_alone_changes_nothing() -> None:
    loud = music(*GLAD)
    recogniser = AudioRecogniser.load()
    first, second = (recogniser.hear(Recording(part, 24.0)) for part in (loud, loud * np.float32(0.1)))
    assert first.valence == pytest.approx(second.valence, abs=0.08)
    assert first.arousal == pytest.approx(second.arousal, abs=0.08)


def test_the_shipped_ear_tells_sad_from_happy_and_silence_from_both(tmp_path: Path) -> None:
    recogniser = AudioRecogniser.load()
    player = choose_synthesiser()
    heard = []
    for make in (lament, dance):
        mix = synthesise_midi(make(tmp_path / "a.mid").read_bytes(), player)
        heard.append(recogniser.hear(from_samples(mix, SAMPLE_RATE)))
    sad, glad = heard
    assert glad.valence > sad.valence + 0.15
    assert glad.arousal > sad.arousal + 0.15
    assert 0.25 <= sad.confidence <= 1.0
    assert recogniser.hear(Recording(np.zeros(5 * RATE, np.float32), 5.0)).confidence == 0.0


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights"):
        AudioRecogniser.load(tmp_path)
    config = {"kind": "ear", "format": 1, "features": ["loudness"]}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(WeightsError, match="other features"):
        AudioRecogniser.load(tmp_path)
    shipped = json.loads((SHIPPED / "ear" / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(shipped | {"window_s": 12.0}), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"made with window_s 12\.0, not 16"):
        AudioRecogniser.load(tmp_path)


def test_match_ranks_recordings_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, one in (("sad.wav", SAD), ("glad.flac", GLAD)):
        soundfile.write(tmp_path / name, music(*one), RATE)
    (tmp_path / "torn.wav").write_bytes(b"RIFF....WAVE")
    score = tmp_path / "a.score"
    for feeling, best in (("grief 0.8", "sad.wav"), ("joy 0.9", "glad.flac")):
        score.write_text(f"# 1m1 A\n@emotion {feeling}\nHello.\n", encoding="utf-8")
        assert main(["match", str(score), str(tmp_path), "--json", "--quiet"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert Path(answer["matches"][0]["path"]).name == best
        assert [Path(one["path"]).name for one in answer["skipped"]] == ["torn.wav"]
