"""`melodrama match` as its user runs it: made-up pieces, plainly sad and plainly happy, against texts in both
languages; on the shipped weights."""

import json
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
import soundfile

from tests.engine.media import midi_bytes
from tui.cli.main import main


def piece(path: Path, chords: list[tuple[int, ...]], beat_s: float, tune: list[int], velocity: int) -> Path:
    """Chords of four beats each, with a tune above them, three times over."""
    midi = pretty_midi.PrettyMIDI()
    piano = pretty_midi.Instrument(0)
    notes_a_bar = len(tune) // len(chords)
    for bar in range(3 * len(chords)):
        start = bar * 4 * beat_s
        chord = chords[bar % len(chords)]
        for pitch in chord:
            piano.notes.append(pretty_midi.Note(velocity - 12, pitch, start, start + 3.9 * beat_s))
        length = 4 * beat_s / notes_a_bar
        for k in range(notes_a_bar):
            pitch = tune[(bar % len(chords)) * notes_a_bar + k]
            at = start + k * length
            piano.notes.append(pretty_midi.Note(velocity, pitch, at, at + 0.9 * length))
    midi.instruments.append(piano)
    midi.write(str(path))
    return path


def lament(path: Path) -> Path:
    chords = [(38, 45, 50, 53), (34, 46, 50, 53), (31, 43, 46, 50), (33, 45, 49, 52)]
    return piece(path, chords, 1.1, [69, 65, 70, 69, 67, 65, 64, 61], 48)


def dance(path: Path) -> Path:
    chords = [(48, 60, 64, 67), (53, 60, 65, 69), (55, 62, 67, 71), (48, 60, 64, 67)]
    run = [72, 76, 79, 76, 72, 74, 76, 79, 77, 81, 84, 81, 77, 79, 81, 84, 79, 83, 86, 83, 79, 81, 83, 86]
    return piece(path, chords, 0.38, [*run, 84, 79, 76, 79, 84, 86, 88, 84], 96)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    lament(folder / "lament.mid")
    dance(folder / "dance.mid")
    (folder / "broken.mid").write_bytes(b"MThd nothing more")
    return folder


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("He buried his daughter in the rain, and nobody came.", "lament.mid"),
        ("她一个人坐在空荡荡的房间里，泪水止不住地流下来。", "lament.mid"),
        ("They danced and laughed and shouted for joy, the whole town was on its feet!", "dance.mid"),
        ("孩子们欢呼着冲上街头，大家又唱又跳，高兴极了！", "dance.mid"),
    ],
)
def test_the_sad_and_the_happy_piece_rank_rightly(
    library: Path, text: str, best: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", text, str(library), "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    first, second = answer["matches"]
    assert Path(first["path"]).name == best
    assert 1 >= first["match"] > second["match"] >= 0
    assert {"path", "kind", "match", "heard", "confidence", "duration_s"} <= set(first)
    assert [Path(one["path"]).name for one in answer["skipped"]] == ["broken.mid"]
    assert "broken.mid" in said.err


def test_a_table_for_people_and_texts_from_files(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = tmp_path / "story.txt"
    story.write_text("He wept by the grave.\n\nNothing was left to him.\n", encoding="utf-8")
    score = tmp_path / "a.score"
    score.write_text("# 1m1 Party\n@emotion joy 0.9\nThey danced.\n", encoding="utf-8")
    for source, best in ((story, "lament.mid"), (score, "dance.mid")):
        words = ["match", str(source), str(library / "lament.mid"), str(library / "dance.mid"), "--top", "1"]
        assert main([*words, "--quiet"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert "asks for valence" in lines[0]
        assert best in lines[-1]
        assert len(lines) == 4


def test_what_cannot_be_done_is_told(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "A text.", str(library / "broken.mid"), "--quiet"]) == 1
    assert "left out" in capsys.readouterr().err
    for name, data, said in (
        (
            "a.m4a",
            b"\0\0\0\x1cftypM4A \0\0\2\0isom" + b"\0" * 90,
            "M4A file (AAC or ALAC), which is not read",
        ),
        ("a.txt", b"Dear all,\n", "neither MIDI nor audio"),
    ):
        (tmp_path / "odd").mkdir(exist_ok=True)
        (tmp_path / "odd" / name).write_bytes(data)
        assert main(["match", "A text.", str(tmp_path / "odd" / name), "--quiet"]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert len(told.splitlines()) == 1
    assert main(["match", "nowhere.txt", str(library), "--quiet"]) == 1
    assert "nowhere.txt" in capsys.readouterr().err
    assert main(["match", "A text.", str(tmp_path / "odd"), "--quiet"]) == 1
    assert "no MIDI or audio" in capsys.readouterr().err
    assert main(["match", "!?", str(library), "--quiet"]) == 1
    assert "no words" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere.txt", "."], ["A text.", "empty"], ["!?", "."]])
def test_a_failure_is_json_too_where_json_is_asked_for(
    words: list[str], library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library)
    (library / "empty").mkdir(exist_ok=True)
    assert main(["match", *words, "--quiet", "--json", "--weights", "debug"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] in said.err


def test_what_is_odd_in_a_file_is_told_and_a_tempo_counts_on_any_track(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = tmp_path / "slow.mid"
    slow.write_bytes(midi_bytes.midi(midi_bytes.END, midi_bytes.tempo(1_000_000) + midi_bytes.TUNE * 2))
    far = tmp_path / "far.mid"
    far.write_bytes(midi_bytes.midi(midi_bytes.note(60, 2**28 - 1), division=1))
    assert main(["match", "She waited.", str(slow), str(far), "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    (only,) = answer["matches"]
    assert only["duration_s"] == pytest.approx(16.0)
    assert only["remarks"] == ["a track does not say where it ends"]
    assert f"{slow}: a track does not say where it ends" in said.err
    assert "far.mid" in answer["skipped"][0]["reason"]
    assert "at most 3 hours" in answer["skipped"][0]["reason"]


def test_a_constant_is_no_feeling_and_stereo_against_itself_is_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    t = np.arange(5 * 11_025) / 11_025
    tone = 0.5 * np.sin(2 * np.pi * 220 * t) * (1 + np.sin(2 * np.pi * 2 * t)) / 2
    tone += np.random.default_rng(1).normal(0, 0.01, len(t))
    for name, samples in (
        ("still.wav", np.full_like(t, 0.5)),
        ("with.wav", np.column_stack([tone, tone])),
        ("against.wav", np.column_stack([tone, -tone])),
    ):
        soundfile.write(tmp_path / name, samples, 11_025)
    assert main(["match", "She waited.", str(tmp_path), "--json", "--quiet"]) == 0
    answer = json.loads(capsys.readouterr().out)
    heard = {Path(one["path"]).name: one["heard"] for one in answer["matches"]}
    assert set(heard) == {"with.wav", "against.wav"}
    assert heard["against.wav"]["valence"] == pytest.approx(heard["with.wav"]["valence"], abs=0.05)
    assert heard["against.wav"]["arousal"] == pytest.approx(heard["with.wav"]["arousal"], abs=0.05)


def test_what_is_liked_is_remembered_once_where_it_is_asked_for(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("MELODRAMA_CONFIG", str(tmp_path / "config.toml"))
    kept = tmp_path / "data" / "melodrama" / "taste.jsonl"
    lament_, dance_ = str(library / "lament.mid"), str(library / "dance.mid")
    words = ["match", "He walked home.", lament_, dance_, "--liked", dance_, "--quiet"]
    assert main(words) == 0
    assert not kept.exists()
    assert main([*words, "--remember"]) == 0
    assert f"1 choices remembered in {kept}" in capsys.readouterr().err
    lines = kept.read_text(encoding="ascii").splitlines()
    assert [json.loads(line).get("kind") for line in lines] == [None, "liked"]
    assert "walked" not in kept.read_text(encoding="ascii")
    assert "dance" not in kept.read_text(encoding="ascii")
    assert main([*words, "--remember"]) == 0
    assert kept.read_text(encoding="ascii").splitlines() == lines
    (tmp_path / "config.toml").write_text("[taste]\nlearn = false\n", encoding="utf-8")
    kept.unlink()
    assert main([*words, "--remember"]) == 0
    assert "nothing is remembered" in capsys.readouterr().err
    assert not kept.exists()
