"""Training at doll's-house size: from data files to a folder that reads, interrupted and resumed."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.text.analyze import TextModel
from engine.train.text.data import read_all, read_emotions, read_storylines, share_of, split_of
from engine.train.text.fit import Fit, losses
from engine.train.text.probe import probe
from engine.train.text.run import TextTraining, main, train
from engine.train.text.traditional import traditional

SPLITS = ["train", "train", "train", "train", "train", "train", "test", "train"]
HEADER = "scene\tgenre\tkind\tspeaker\tvalence\tarousal\tdominance\temotions\ttext\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("EmoBank", "GoEmotions", "XED"):
        (folder / name).mkdir(parents=True)
    rows = [
        f'{n},{("train", "dev", "test")[n % 3]},3.{n % 9},2.{n % 7},3.0,"Line {n}, all told"'
        for n in range(30)
    ]
    (folder / "EmoBank" / "emobank.csv").write_text("id,split,V,A,D,text\n" + "\n".join(rows) + "\n")
    names = [f"emotion{n}" for n in range(27)]
    names[:3] = ["admiration", "amusement", "anger"]
    (folder / "GoEmotions" / "labels.txt").write_text("\n".join(names))
    for split in ("train", "dev"):
        comments = [f"comment {n} of {split}\t{n % 28}\tid{n}" for n in range(40)]
        (folder / "GoEmotions" / f"{split}.tsv").write_text("\n".join(comments) + "\n")
    for name in ("en-annotated", "zh-projections", "cn-projections", "tw-projections"):
        (folder / "XED" / f"{name}.tsv").write_text(
            "Some subtitle line\t1, 5\nbroken line\tx\n另外一句话\t6\n"
        )
    (folder / "XED" / "neu_en.txt").write_text("9\tTwo pair.\n")
    stories = tmp_path / "storylines"
    stories.mkdir()
    lines = [
        f"{language}-sea-{scene}\tsea\tnarration\t\t0.{scene % 9}\t-0.{line}\t0\tjoy\t{text} {scene}-{line}."
        for language, text in (("en", "The tide went out"), ("zh", "潮水退了"))
        for scene in range(20)
        for line in range(4)
    ]
    (stories / "all.tsv").write_text(HEADER + "\n".join(lines) + "\na broken line\n", encoding="utf-8")
    return folder


def settings(data: Path, steps: int) -> TextTraining:
    fit = Fit(steps=steps, batch=4, frozen=1, check_every=2)
    return TextTraining(data, data.parent / "out", None, fit, storylines=data.parent / "storylines")


def test_training_makes_a_folder_that_reads_and_goes_on_where_it_stopped(data: Path) -> None:
    said: list[str] = []
    train(settings(data, 4), said.append)
    first = load_file(data.parent / "out" / "checkpoint.safetensors")
    train(settings(data, 6), said.append)
    second = load_file(data.parent / "out" / "checkpoint.safetensors")
    assert any(line.startswith("step 6/6") for line in said)
    assert not any(line.startswith("step 2/6") for line in said)
    assert not torch.equal(first["live.head.weight"], second["live.head.weight"])
    log = (data.parent / "out" / "log.csv").read_text().splitlines()
    assert log[0].startswith("step,loss")
    assert [line.split(",")[0] for line in log[1:]] == ["2", "4", "6"]
    reading = TextModel.load(data.parent / "out" / "weights").read(["The tide went out."])[0]
    assert -1 <= reading.valence <= 1


def test_a_probe_finds_what_features_know() -> None:
    generator = torch.Generator().manual_seed(2)
    features = torch.randn(200, 6, generator=generator) * torch.tensor([1.0, 1.0, 0.1, 0.1, 0.01, 0.01]) + 3.0
    targets = torch.full((200, 73), float("nan"))
    targets[:, 0:3] = 0.4 * (features[:, :3] - 3.0)
    weight, bias = probe(features, targets, penalty=1e-4)
    given = (features @ weight.T + bias)[:, 0]
    assert torch.corrcoef(torch.stack([given, targets[:, 0]]))[0, 1] > 0.99


def test_missing_data_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--steps", "1"]) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_scenes_are_never_torn_between_splits(data: Path) -> None:
    for example in read_all(data, storylines=data.parent / "storylines"):
        assert example.split in ("train", "dev", "test")
    lines = read_storylines(data.parent / "storylines")
    assert len(lines) == 160
    assert {split_of(line.scene) for line in lines} == {"train", "dev", "test"}


def test_splits_hold_while_the_corpus_grows() -> None:
    # Figures are only comparable while these stay: a change here is a change of the test set.
    assert [split_of(f"en-noir-{n:03d}") for n in range(8)] == SPLITS
    shares = [split_of(f"zh-war-{n}") for n in range(2000)]
    assert 0.75 < shares.count("train") / 2000 < 0.85
    assert 0 <= share_of("anything") <= 1


def test_what_is_unknown_costs_nothing() -> None:
    raw = torch.zeros(2, 73)
    targets = torch.full((2, 73), float("nan"))
    assert losses(raw, targets) == 0
    targets[0, 0:3] = torch.tensor([0.42, 0.0, 0.0])
    assert losses(raw, targets) == pytest.approx(1 / 3 / 2, abs=1e-5)


def test_labels_are_read_as_written() -> None:
    assert read_emotions("joy:.5, hope，unknown:1") == {"joy": 0.5, "hope": 0.6}


def test_traditional_characters() -> None:
    assert traditional("他们说爱情会让人绝望") == "他們說愛情會讓人絕望"
