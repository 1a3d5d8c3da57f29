"""Somebody's own Hugging Face classifier in place of the shipped model: a tiny random one, made here."""

from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.text.analyze import TextModel
from engine.text.foreign import point_of

pytestmark = pytest.mark.slow


def save_classifier(folder: Path, labels: list[str]) -> None:
    transformers = pytest.importorskip("transformers")
    letters = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=60,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)


def test_a_classifier_of_named_emotions_reads(tmp_path: Path) -> None:
    save_classifier(tmp_path, ["joy", "sadness", "anger", "neutral"])
    readings = TextModel.load(tmp_path).read(["she laughed", "", "\ud800 \x00 odd"])
    assert [reading.text for reading in readings] == ["she laughed", "", "\ud800 \x00 odd"]
    assert readings[0].emotions["joy"] > 0
    assert readings[1].confidence == 0


def test_a_text_reads_the_same_in_any_company(tmp_path: Path) -> None:
    save_classifier(tmp_path, ["joy", "sadness", "anger", "neutral"])
    scorer = TextModel.load(tmp_path).scorer
    texts = ["she laughed", "he did not come home that night", "rain", "\u96e8 and ruin", "she waited there"]
    together = scorer.vectors(texts)
    assert (together[[3, 1]] == scorer.vectors([texts[3], texts[1]])).all()
    assert (together[2:3] == scorer.vectors([texts[2]])).all()


def test_labels_that_name_nothing_are_refused(tmp_path: Path) -> None:
    save_classifier(tmp_path, ["LABEL_0", "LABEL_1"])
    with pytest.raises(WeightsError, match="LABEL_0"):
        TextModel.load(tmp_path)


@pytest.mark.parametrize(
    ("label", "sign"),
    [("POSITIVE", 1), ("neg", -1), ("5 stars", 1), ("1 star", -1), ("Grief", -1), ("optimism", 1)],
)
def test_usual_labels_have_a_side(label: str, sign: int) -> None:
    point = point_of(label)
    assert point is not None
    assert point[0] * sign > 0
