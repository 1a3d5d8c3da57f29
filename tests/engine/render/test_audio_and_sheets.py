"""Synthesis, audio files, piano roll, cue sheet: what came out is read back."""

import csv
import io
import re
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import MediaError
from engine.render import synthesis
from engine.render.audio import audio_bytes, resample
from engine.render.cue_sheet import cue_sheet_csv, timecode
from engine.render.mastering import master
from engine.render.ogg import with_serial_number
from engine.render.roll import bar_times
from engine.render.soundfont import find_soundfont
from engine.render.synthesis import SAMPLE_RATE, TAIL_S, synthesise, synthesise_groups
from engine.render.synthesiser import Synthesiser, choose_synthesiser
from tests.engine.render.small_score import SECOND_CUE_S, small_score


def test_stems_are_equally_long_and_sum_to_the_mix() -> None:
    score = small_score()
    player = choose_synthesiser()
    apart = synthesise(score, player, separate=True)
    assert set(apart.stems) == {"melody", "chords", "drums"}
    lengths = {len(stem) for stem in apart.stems.values()}
    assert lengths == {round((score.duration_s + TAIL_S) * SAMPLE_RATE)}
    together = synthesise(score, player, separate=False)
    # 16-bit synthesis: each group is rounded once.
    assert np.abs(apart.mix - together.mix).max() < 4 / 32768
    assert np.abs(apart.mix).max() > 0.01


def test_notes_sound_when_they_are_written() -> None:
    score = small_score()
    lone = replace(score, tracks=(replace(score.tracks[2], notes=score.tracks[2].notes[4:5]),))
    mix = synthesise(lone, choose_synthesiser(), separate=False).mix
    first = int(np.argmax(np.abs(mix).max(axis=1) > 0.002)) / SAMPLE_RATE
    assert first == pytest.approx(lone.tracks[0].notes[0].start_s, abs=0.01)


def test_without_a_font_the_plain_synthesiser_plays() -> None:
    mix = synthesise(small_score(), Synthesiser("built-in", "", None), separate=False).mix
    assert np.abs(mix).max() > 0.01


def test_a_wrong_font_is_named(tmp_path: Path) -> None:
    fake = tmp_path / "fake.sf2"
    fake.write_bytes(b"RIFFxxxxWAVE not a font")
    with pytest.raises(MediaError, match="not a SoundFont"):
        find_soundfont(fake)
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF\x10\x00\x00\x00sfbk" + b"\x00" * 64)
    with pytest.raises(MediaError, match=r"broken\.sf2"):
        synthesise(small_score(), choose_synthesiser(broken), separate=False)


@pytest.mark.parametrize(
    ("kind", "bits"), [("wav", 16), ("wav", 24), ("flac", 16), ("flac", 24), ("ogg", 16), ("mp3", 16)]
)
def test_audio_files_read_back(kind: str, bits: int) -> None:
    tone = (0.3 * np.sin(np.arange(48_000) * 0.05)).astype(np.float32)
    samples = np.stack([tone, -tone], 1)
    data = audio_bytes(samples, 48_000, kind, bits)  # type: ignore[arg-type]
    back, rate = soundfile.read(io.BytesIO(data))
    assert rate == 48_000
    assert back.shape == samples.shape
    assert np.abs(back - samples).max() < (0.05 if kind in ("ogg", "mp3") else 3 / 2 ** (bits - 1) + 1e-6)
    assert data == audio_bytes(samples, 48_000, kind, bits)  # type: ignore[arg-type]


def test_an_ogg_file_has_one_serial_number_of_its_own_music() -> None:
    tone = (0.3 * np.sin(np.arange(3 * 48_000) * 0.05)).astype(np.float32)
    data, other = (audio_bytes(np.stack([t, t], 1), 48_000, "ogg") for t in (tone, tone[::-1]))
    serials = {data[m.start() + 14 : m.start() + 18] for m in re.finditer(b"OggS", data)}
    assert len(serials) == 1
    assert serials != {other[14:18]}, "files chained one after the other must differ in it"


def test_what_is_no_run_of_ogg_pages_is_not_rewritten() -> None:
    with pytest.raises(ValueError, match="no whole Ogg page at byte 0"):
        with_serial_number(b"RIFF" + bytes(60), 1)
    tone = np.zeros((4800, 2), np.float32)
    with pytest.raises(ValueError, match="Ogg page"):
        with_serial_number(audio_bytes(tone, 48_000, "ogg")[:-5], 1)


@pytest.mark.parametrize("length", [1, 1151, 48_000, 123_457])
def test_mp3_keeps_its_length_to_the_sample(length: int) -> None:
    data = audio_bytes(np.full((length, 2), 0.1, np.float32), 44_100, "mp3")
    assert soundfile.read(io.BytesIO(data))[0].shape == (length, 2)


def test_resampling_keeps_the_length_in_seconds() -> None:
    assert len(resample(np.zeros((48_000, 2), np.float32), 48_000, 44_100)) == 44_100


def test_bar_lines_follow_the_tempo_map() -> None:
    bars = bar_times(small_score())
    assert len(bars) == 6
    assert bars[4] == pytest.approx(SECOND_CUE_S)
    assert bars[5] == pytest.approx(SECOND_CUE_S + 2.0)


def test_the_cue_sheet_has_timecodes_and_no_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(cue_sheet_csv(small_score(), 25.0, 3600.0).decode("utf-8-sig"))))
    assert [row["cue"] for row in rows] == ["1m1", "1m2"]
    assert rows[0]["in"] == "01:00:00:00"
    assert rows[0]["title"] == "悬崖"
    assert rows[1]["title"] == "'=Home"
    assert rows[1]["usage"] == "loop"


@pytest.mark.parametrize(
    ("t_s", "fps", "text"),
    [
        (0.0, None, "00:00:00.000"),
        (61.5, None, "00:01:01.500"),
        (61.5, 24.0, "00:01:01:12"),
        (59.999, 25.0, "00:01:00:00"),
    ],
)
def test_timecodes(t_s: float, fps: float | None, text: str) -> None:
    assert timecode(t_s, fps) == text


@pytest.mark.parametrize(
    ("t_s", "fps", "text"),
    [
        (3600.0, 30000 / 1001, "01:00:00;00"),
        (3600.0, 60000 / 1001, "01:00:00;00"),
        (61.0, 30000 / 1001, "00:01:01;00"),
        (3600.0, 24.0, "01:00:00:00"),
    ],
)
def test_drop_frame_timecodes_keep_to_the_clock(t_s: float, fps: float, text: str) -> None:
    assert timecode(t_s, fps, drop_frame=";" in text) == text


def _most(work: Callable[[], object]) -> int:
    """The most bytes that `work` holds at a time, beside what was there."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_minute_of_music_costs_little_more_than_itself_to_master_and_to_write() -> None:
    music = np.random.default_rng(5).uniform(-0.5, 0.5, (60 * 48_000, 2)).astype(np.float32)
    music[: 50 * 48_000] *= 0.1
    audio_bytes(music[:48_000], 48_000, "wav"), master(music[:48_000], 48_000)  # what is loaded once
    assert _most(lambda: master(music, 48_000)) < 1.25 * music.nbytes
    # The file itself, of half the size, and what it grows by while it is written.
    assert _most(lambda: audio_bytes(music, 48_000, "wav")) < 1.25 * music.nbytes


@pytest.mark.parametrize("name", ["fluidsynth", "midirenderer"])
def test_tracks_in_groups_are_held_no_longer_than_until_they_are_in_the_mix(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six groups of a minute, two at a time: the mix, those two, and what is on its way into the mix."""
    kind = "float32" if name == "fluidsynth" else "int16"
    frames = round((60 + TAIL_S) * SAMPLE_RATE)
    writes = "import sys, numpy; sys.stdin.buffer.read()\n"
    writes += f"for _ in range(125): sys.stdout.buffer.write(numpy.ones(48000, '{kind}').tobytes())"
    monkeypatch.setattr(synthesis, "child_python", lambda *_: [sys.executable, "-c", writes])
    score = small_score()
    groups = {f"group {number}": score.tracks[:1] for number in range(6)}
    long = replace(score, duration_s=60.0)
    player = Synthesiser(name, "", Path("a.sf2"))  # type: ignore[arg-type]
    one = frames * 2 * 4
    mixed: list[np.ndarray] = []

    def play() -> None:
        mixed.append(synthesise_groups(long, groups, player, "mix", workers=2).mix)

    assert _most(play) < 5.2 * one
    assert mixed[0].shape == (frames, 2)
    assert (mixed[0] == np.float32(6.0 if name == "fluidsynth" else 6 / 32768)).all()
