"""Reading a reference recording, and a cue that follows it: recordings made up here, so that their truth is
known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsl.plan import CurvePoint, Key, Plan
from dsl.score_file import plan_source
from engine.errors import MediaError
from engine.hear import reference as reference_module
from engine.hear.frames import frames_of
from engine.hear.recording import RATE
from engine.hear.reference import analyse, read_reference
from engine.hear.temp_track import followed
from engine.music.mapping import intents_for

SCORE = '# 1m1 Ship\n@emotion calm 0.5\n@temp "temp.wav"\n@fit 40s\nThe ship comes in.\n'


def clicks(bpm: float, seconds: float, swell: bool = False, start_s: float = 0.0) -> np.ndarray:
    """A metronome; with `swell` it grows from a whisper to full loudness over its length."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    n = np.arange(round(0.06 * RATE))
    click = (0.6 * np.sin(2 * np.pi * 900 * n / RATE) * np.exp(-n / 400)).astype(np.float32)
    for beat in range(int((seconds - start_s - 0.1) * bpm / 60) + 1):
        at = round((start_s + beat * 60 / bpm) * RATE)
        level = 10 ** (-30 * (1 - at / len(sound)) / 20) if swell else 1.0
        sound[at : at + len(click)] += level * click[: len(sound) - at]
    return sound


def triads(roots: list[int], minor: list[bool], seconds: float = 2.0) -> np.ndarray:
    """Chords on MIDI roots with a bass, each of soft harmonics."""
    t = np.arange(round(seconds * RATE)) / RATE
    out = []
    for root, is_minor in zip(roots, minor, strict=True):
        pitches = (root - 12, root, root + (3 if is_minor else 4), root + 7)
        chord = sum(
            np.sin(2 * np.pi * k * 440 * 2 ** ((p - 69) / 12) * t) / k**2 for p in pitches for k in (1, 2, 3)
        )
        out.append(0.1 * chord * np.minimum(1, 20 * (seconds - t)))
    return np.concatenate(out).astype(np.float32)


def plan_of(folder: Path, text: str = SCORE) -> Plan:
    path = folder / "a.score"
    path.write_text(text, encoding="utf-8")
    loaded = plan_source(text.encode(), path)
    assert loaded.plan is not None
    assert [f.code for f in loaded.findings if f.code.startswith(("E", "W"))] == []
    return loaded.plan


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))


@pytest.mark.parametrize("bpm", [66.0, 96.0, 140.0])
def test_a_metronome_is_read_to_half_a_percent(bpm: float) -> None:
    ((from_s, read),) = analyse(frames_of(clicks(bpm, 20.0))).tempo
    assert from_s == 0.0
    assert read == pytest.approx(bpm, rel=0.005)


def test_a_tempo_that_turns_is_read_in_both_parts() -> None:
    tempo = analyse(frames_of(np.concatenate([clicks(80, 30), clicks(104, 30)]))).tempo
    assert [round(bpm) for _, bpm in tempo] == [80, 104]
    assert tempo[1][0] == pytest.approx(30.0, abs=8.0)


def test_the_key_of_a_cadence_is_read_and_noise_has_neither_key_nor_tempo() -> None:
    roots, minors = [62, 67, 69, 62, 70, 67, 69, 62], [True, True, False, True, False, True, False, True]
    minor = analyse(frames_of(triads(roots, minors)))
    assert (minor.tonic, minor.mode) == (2, "minor")
    roots, minors = [67, 60, 62, 67, 64, 60, 62, 67], [k == 4 for k in range(8)]
    major = analyse(frames_of(triads(roots, minors)))
    assert (major.tonic, major.mode) == (7, "major")
    noise = analyse(frames_of(np.random.default_rng(0).standard_normal(12 * RATE).astype(np.float32) * 0.1))
    assert noise.tempo == ()
    assert noise.sureness < 0.5


def test_a_cue_takes_the_references_tempo_and_its_crescendo(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "temp.wav", clicks(96.0, 40.0, swell=True), RATE)
    plan = followed(plan_of(tmp_path))
    (cue,) = plan.cues
    for point in cue.tempo_map:
        assert point.bpm == pytest.approx(96.0, rel=0.02)
    assert cue.bars * 4 == pytest.approx(cue.duration_s * 96.0 / 60.0, rel=0.02)
    loudness = [point.value for point in cue.dynamics]
    assert np.corrcoef(range(len(loudness)), loudness)[0, 1] > 0.95
    assert loudness[-1] - loudness[0] > 0.4
    dynamics = [intent.dynamics for intent in intents_for(cue, lambda _: (0.2, -0.2))]
    assert np.corrcoef(range(len(dynamics)), dynamics)[0, 1] > 0.9


def test_a_dark_reference_asks_for_less_brightness_and_a_lower_register(tmp_path: Path) -> None:
    t = np.arange(20 * RATE) / RATE
    asked = []
    for frequency in (220.0, 3500.0):
        soundfile.write(tmp_path / "temp.wav", 0.3 * np.sin(2 * np.pi * frequency * t), RATE)
        (cue,) = followed(plan_of(tmp_path)).cues
        intents = intents_for(cue, lambda _: (0.0, 0.0))
        asked.append((intents[1].brightness, intents[1].register))
    assert asked[0][0] < asked[1][0] - 0.3
    assert asked[0][1] < asked[1][1] - 0.1


def test_the_writers_own_directives_win(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "temp.wav", clicks(96.0, 20.0, swell=True), RATE)
    own = SCORE.replace("@temp", "@tempo 72\n@key F major\n@dynamics p\n@density 0.2\n@register low\n@temp")
    before = plan_of(tmp_path, own)
    (cue,) = followed(before).cues
    assert replace(cue, brightness=()) == before.cues[0]
    assert cue.keys[0].value == Key(5, "major", "F")
    assert cue.dynamics[0] == CurvePoint(cue.dynamics[0].t_s, before.cues[0].dynamics[0].value)


def test_a_recording_without_a_pulse_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "temp.wav", 0.2 * np.sin(np.arange(12 * RATE) * 0.06), RATE)
    before = plan_of(tmp_path)
    plan = followed(before)
    (finding,) = [f for f in plan.findings if f.code == "W511"]
    assert "no clear pulse" in finding.message
    assert plan.cues[0].tempo_map == before.cues[0].tempo_map


def test_what_is_no_recording_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "temp.wav").write_bytes(b"RIFF nothing of the kind")
    with pytest.raises(MediaError, match=r"temp\.wav cannot be read as sound"):
        followed(plan_of(tmp_path))
    soundfile.write(tmp_path / "temp.wav", np.zeros(200), RATE)
    with pytest.raises(MediaError, match="shorter than 1 s"):
        followed(plan_of(tmp_path))


def test_a_reference_is_read_once_by_content_and_a_broken_cache_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "temp.wav"
    soundfile.write(path, clicks(96.0, 8.0), RATE)
    first = read_reference(path)
    copy = tmp_path / "copy.wav"
    copy.write_bytes(path.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(reference_module, "read_recording", lambda _: pytest.fail("it was read again"))
        assert read_reference(copy) == first
    (kept,) = (tmp_path / "cache" / "references").iterdir()
    kept.write_text('{"tempo": [[0]]}', encoding="utf-8")
    again = tmp_path / "again.wav"
    again.write_bytes(path.read_bytes())
    assert read_reference(again) == first
