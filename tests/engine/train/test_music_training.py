"""From packed archives to weights that play, at toy size: bars, codec, GAN, table; interrupted and in two
processes."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import mido
import numpy as np
import pytest
import torch

from dsl.plan import Key, Meter
from engine.errors import MediaError, WeightsError
from engine.generate.lines.conditions import MADE
from engine.generate.request import Request
from engine.generate.sampling import Generator
from engine.generate.weights import Networks
from engine.train.music import __main__ as whole
from engine.train.music import gan, music_report, run
from engine.train.music.composed import NEUTRAL
from engine.train.music.data.dataset import split_of
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.tensors import load_bars
from engine.train.music.writer.data import LineSet
from engine.train.music.writer.prepare import joined
from engine.weights import SHIPPED

SCALE = (0, 2, 4, 5, 7, 9, 11)
CHORDS = ((0, 2, 4), (5, 0, 2), (3, 5, 0), (4, 6, 1))


def names_of(split: str, count: int) -> list[str]:
    """File stems whose pieces fall into a split."""
    every = (f"fake{number:03d}" for number in range(10_000))
    found = (stem for stem in every if split_of(f"js_fakes/{stem}") == split)
    return [next(found) for _ in range(count)]


def quartet(path: Path, seed: int, bars: int = 12) -> None:
    """A four-part MIDI file of quarter and eighth notes over a round of chords."""
    rng = np.random.default_rng(seed)
    file = mido.MidiFile(ticks_per_beat=480)
    for voice, octave in enumerate((72, 60, 55, 43)):
        track = mido.MidiTrack()
        for bar in range(bars):
            chord = CHORDS[bar % 4]
            steps = [480] * 4 if voice else [240] * 8
            for length in steps:
                pitch = octave + SCALE[int(rng.choice(chord)) if voice < 3 else chord[0]]
                track.append(mido.Message("note_on", note=pitch, velocity=70, time=0))
                track.append(mido.Message("note_off", note=pitch, velocity=0, time=length))
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one packed archive: 20 pieces to learn from, two to develop on, two held out, one
    broken."""
    root = tmp_path_factory.mktemp("archives")
    midi = root / "js_fakes" / "midi"
    stems = [name for split, n in (("train", 20), ("dev", 2), ("test", 2)) for name in names_of(split, n)]
    for seed, stem in enumerate(stems):
        quartet(midi / f"{stem}.mid", seed)
    (midi / "broken.mid").write_bytes(b"MThd, and then nothing")
    packed = root / "packed"
    packed.mkdir()
    with tarfile.open(packed / "js_fakes.tar.xz", "w:xz") as archive:
        archive.add(root / "js_fakes", "js_fakes")
    return packed


@pytest.fixture(scope="module")
def finished(archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that went all the way by the commands' own words."""
    folder = tmp_path_factory.mktemp("run")
    words = ["--data", str(archives), "--out", str(folder), "--small", "--batch", "16"]
    assert run.main(["codec", *words, "--steps", "240"]) == 0
    assert run.main(["gan", *words, "--steps", "40", "--version", "toy"]) == 0
    return folder


def test_archives_become_bars_with_a_report_of_what_was_left_out(finished: Path) -> None:
    bars = load_bars(finished / "data" / "bars.npz")
    assert 24 * 12 <= len(bars) <= 24 * 13
    report = (finished / "data" / "DATA.md").read_text(encoding="utf-8")
    assert "| js_fakes |" in report
    assert "1 not a readable MIDI file" in report
    for picture in ("DATA.png", "DATA-samples.png"):
        assert (finished / "data" / picture).read_bytes().startswith(b"\x89PNG")


def test_logs_and_curves_are_written(finished: Path) -> None:
    rows = (finished / "codec_melody.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "step,seconds,loss"
    assert len(rows) > 1
    assert (finished / "gan.csv").read_text(encoding="utf-8").startswith("step,seconds,gap,right")
    for picture in ("codec.png", "gan.png"):
        assert (finished / picture).read_bytes().startswith(b"\x89PNG")


def test_what_was_trained_plays_in_the_product(finished: Path) -> None:
    generator = Generator.load(finished / "shipped")
    assert generator.networks.version == "toy"
    request = Request(8, Meter(4, 4), Key(0, "major", "C"), "strings", (NEUTRAL,) * 8, 5)
    (take,) = generator.compose([request], [1])[0]
    assert sum(len(notes) for notes in take.roles.values()) > 8
    assert (finished / "shipped" / "MODEL_CARD.md").exists()


def test_the_table_has_every_column_and_leaves_things_to_hear(finished: Path, tmp_path: Path) -> None:
    words = [
        "--data",
        str(finished / "data"),
        "--out",
        str(tmp_path),
        "--phrases",
        "6",
        "--takes",
        "20",
        "--told-apart",
        "0",
    ]
    weights = ["--weights", str(finished / "shipped"), "--baseline-seconds", "0.5", "--threads", "1"]
    assert music_report.main([*words, *weights]) == 0
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    columns = figures["held-out"]
    expected = ["real", "reconstructed", "VAE prior", "piano-roll GAN", "GAN, no rules", "GAN"]
    assert list(columns) == expected
    assert columns["real"]["mean overlap with real"] > columns["piano-roll GAN"]["mean overlap with real"]
    assert "styles told apart by notes" in figures["takes"]
    assert len(list((tmp_path / "listen").glob("*.mid"))) == 40
    assert len(list((tmp_path / "pictures").glob("*.png"))) == len(expected)


def test_finished_roles_are_not_trained_again_and_a_gan_goes_on(finished: Path, archives: Path) -> None:
    words = ["--data", str(archives), "--out", str(finished), "--small", "--batch", "16"]
    before = {path.name: path.stat().st_mtime_ns for path in finished.glob("codec_*.safetensors")}
    assert run.main(["codec", *words, "--steps", "240"]) == 0
    assert {path.name: path.stat().st_mtime_ns for path in finished.glob("codec_*.safetensors")} == before
    assert run.main(["gan", *words, "--steps", "44", "--version", "toy"]) == 0
    assert json.loads((finished / "gan.json").read_text(encoding="utf-8"))["step"] == 44


def test_interrupted_runs_of_codec_and_gan_make_the_same_weights(finished: Path, tmp_path: Path) -> None:
    words = ["--data", str(finished / "data"), "--small", "--batch", "8"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run.main(["codec", *words, "--out", str(whole), "--steps", "30"]) == 0
    for until in ("2", "3", "5", "9", "40"):  # roles have 8, 4, 12, 4 and 3 steps
        assert run.main(["codec", *words, "--out", str(broken), "--steps", "30", "--until", until]) == 0
    for name in ("melody", "counter", "chords", "bass"):
        file = f"codec_{name}.safetensors"
        assert (whole / file).read_bytes() == (broken / file).read_bytes(), name
    assert not list(broken.glob("*going*"))
    assert run.main(["gan", *words, "--out", str(whole), "--steps", "6"]) == 0
    for until in ("1", "4", "6"):
        assert run.main(["gan", *words, "--out", str(broken), "--steps", "6", "--until", until]) == 0
    shipped = "shipped/model.safetensors"
    assert (whole / shipped).read_bytes() == (broken / shipped).read_bytes()


def test_a_gan_without_a_codec_says_what_comes_first(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["gan", "--data", str(archives), "--out", str(tmp_path)]) == 2
    assert "melodrama train codec" in capsys.readouterr().err


def test_a_codec_of_another_shape_is_named(finished: Path) -> None:
    from engine.generate.codec import Codec
    from engine.generate.config import CodecConfig
    from engine.train.music.ship import load_codec

    with pytest.raises(WeightsError, match="codec_melody"):
        load_codec(Codec(CodecConfig()), finished)


@pytest.mark.parametrize("objective", ["wasserstein", "hinge", "plain"])
def test_every_objective_trains(finished: Path, tmp_path: Path, objective: gan.Objective) -> None:
    from engine.generate.codec import Codec
    from engine.train.music.ship import load_codec

    bars = load_bars(finished / "data" / "bars.npz")
    codec = load_codec(Codec(run.SMALL_CODEC), finished)
    how = gan.GanTraining(steps=3, batch=8, objective=objective)
    trainer = gan.Trainer(bars, codec, run.SMALL_GAN, how, tmp_path)
    begun = trainer.generator.out.weight.clone()
    trainer.train(lambda _: None)
    assert torch.isfinite(trainer.generator.out.weight).all()
    assert not torch.equal(trainer.generator.out.weight, begun)


@pytest.mark.parametrize("wrong", ["nowhere", "empty", "damaged"])
def test_data_that_is_none_is_named(tmp_path: Path, wrong: str) -> None:
    folder = tmp_path / wrong
    if wrong != "nowhere":
        folder.mkdir()
    if wrong == "damaged":
        (folder / "jsb.tar.xz").write_bytes(b"not an archive at all")
    with pytest.raises(MediaError, match=str(folder)):
        prepared_bars(folder, tmp_path / "work")


@pytest.mark.slow
def test_two_processes_train_as_one(finished: Path, tmp_path: Path) -> None:
    words = ["--data", str(finished / "data"), "--out", str(tmp_path), "--small", "--batch", "8"]
    words += ["--codec", str(finished), "--steps", "10"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*launch, "-m", "engine.train.music.run", "gan", *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert Generator.load(tmp_path / "shipped").networks.config.version == "1"


def test_the_whole_generator_is_trained_by_one_recipe_and_plays(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phrase labels, which only POP909's archive has, are left out; form is learnt from songs alone, so these
    pieces pass for some."""
    fields = dict(np.load(finished / "data" / "bars.npz", allow_pickle=False))
    fields["piece_source"] = np.full(len(fields["piece_source"]), "openscore_lieder")
    np.savez(tmp_path / "bars.npz", **fields)

    def without_labels(_: Path, __: Path, networks: Networks, ___: object, made: bool) -> LineSet:
        return joined(networks, [(load_bars(tmp_path / "bars.npz"), {})], made)

    monkeypatch.setattr(whole.writer, "prepared_lines", without_labels)
    monkeypatch.setattr(whole.inversions, "LEAST", 40)
    words = ["--data", str(tmp_path), "--out", str(tmp_path), "--recipe", "small"]
    assert whole.main(words) == 0
    generator = Generator.load(tmp_path / "weights" / "generator")
    assert generator.lines is not None
    assert generator.accompaniment is not None
    assert generator.lines.gist_blur == generator.accompaniment.gist_blur == MADE
    request = Request(8, Meter(4, 4), Key(0, "major", "C"), "strings", (NEUTRAL,) * 8, 5)
    (take,) = generator.compose([request], [1])[0]
    assert take.roles["melody"]
    files = sorted((tmp_path / "weights").rglob("*.safetensors"))
    before = [path.read_bytes() for path in files]
    assert whole.main(words) == 0  # finished runs are found and shipped again
    assert [path.read_bytes() for path in files] == before


def test_a_recipe_that_begins_with_weights_refuses_others(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", str(finished / "data"), "--out", str(tmp_path), "--recipe", "3.1"]
    assert whole.main([*words, "--begin", str(finished / "shipped")]) == 2
    assert "begins with the weights" in capsys.readouterr().err
    assert whole.generator_checksum(SHIPPED / "generator") == whole.RECIPES["3.1"].generator_sha256
