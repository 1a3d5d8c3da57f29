"""Reading sentences, with the tiny debug model: whatever comes in, an answer in order comes out."""

import string
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.vocabulary import EMOTIONS
from engine.errors import WeightsError
from engine.text.analyze import TextModel, polarity_of

STRANGE = [
    "",
    " \t\n",
    "……！！",
    "😀😱🎻",
    "😀 she smiled",
    "絕望的他站在懸崖邊。",
    "子曰：學而時習之，不亦說乎？",
    "zhǔ rén gōng zhàn zài xuán yá biān",
    "Он стоял на краю обрыва.",
    "السلام عليكم",
    "こんにちは、世界",
    "\x00\x01\x02 word \x7f",
    "\ud800 lone \udfff",
    "他说OK然后left了",
    "1234567890",
    "a\u0301\u0301\u0301\u0301",
    "\u202eright to left",
]


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.load("debug")


def test_strange_texts_are_answered_in_order(model: TextModel) -> None:
    readings = model.read(STRANGE)
    assert [reading.text for reading in readings] == STRANGE
    for reading in readings:
        assert 0 <= reading.intensity <= 1
        assert -1 <= reading.signed_intensity <= 1
        assert all(-1 <= value <= 1 for value in (reading.valence, reading.arousal, reading.dominance))
        assert 0 <= reading.confidence <= 1
        assert all(0 <= value <= 1 for value in reading.emotions.values())


def test_texts_without_words_are_neutral_and_unsure(model: TextModel) -> None:
    for reading in model.read(["", "  ", "……", "😀", "123"]):
        assert (reading.polarity, reading.intensity, reading.confidence) == ("neutral", 0.0, 0.0)


def test_other_scripts_are_read_with_less_confidence(model: TextModel) -> None:
    known, foreign = model.read(["He stood at the edge.", "Он стоял на краю обрыва."], context=False)
    assert foreign.confidence < known.confidence
    assert foreign.language == "mixed"


def test_emotions_are_the_languages_own(model: TextModel) -> None:
    assert set(model.read(["hello"])[0].emotions) == set(EMOTIONS)


def test_a_sentence_reads_the_same_in_any_company(model: TextModel) -> None:
    texts = [f"word {letter} " * (1 + number % 7) for number, letter in enumerate(string.ascii_lowercase)]
    alone = [TextModel.load("debug").read([text])[0] for text in texts]
    together = model.read(texts, context=False)
    for one, many in zip(alone, together, strict=True):
        assert one == many


def test_context_changes_a_reading_and_can_be_left_out(model: TextModel) -> None:
    before = "Everyone at the table had stopped laughing a while ago."
    with_context = model.read([before, "He put the cup down."])[1]
    without = model.read([before, "He put the cup down."], context=False)[1]
    assert with_context.emotions != without.emotions


def test_context_skips_lines_without_words(model: TextModel) -> None:
    assert model.read(["One.", "...", "Two."])[2] == model.read(["One.", "Two."])[1]


def test_a_line_hears_both_its_neighbours(model: TextModel) -> None:
    lines = ["The lamp went out.", "He put the cup down.", "Somebody laughed."]
    middle = model.read(lines)[1]
    assert middle != model.read([*lines[:2], "Nobody came."])[1]
    assert middle != model.read(["The sun rose.", *lines[1:]])[1]


def test_context_stays_in_its_scene(model: TextModel) -> None:
    lines = ["The lamp went out.", "He put the cup down.", "Somebody laughed."]
    apart = model.read(lines, scenes=[0, 1, 1])
    assert apart[0] == model.read(lines[:1], context=False)[0]
    assert apart[1:] == model.read(lines[1:])


def test_an_edit_encodes_only_what_changed() -> None:
    model = TextModel.load("debug")
    asked: list[str] = []
    encode = model.scorer.vectors

    def vectors(texts):  # type: ignore[no-untyped-def]
        asked.extend(texts)
        return encode(texts)

    model.scorer.vectors = vectors  # type: ignore[method-assign]
    lines = [f"Line {number}." for number in range(30)]
    model.read(lines)
    asked.clear()
    edited = [*lines[:12], "Another line.", *lines[13:]]
    again = model.read(edited)
    assert asked == ["Another line."]
    assert again == TextModel.load("debug").read(edited)


def test_who_is_stopped_goes_on_where_he_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.text.analyze.STEP", 8)
    model = TextModel.load("debug")
    lines = [f"Line {number}." for number in range(30)]

    def stop_halfway(done: int, count: int) -> None:
        if done == 16:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        model.read(lines, progress=stop_halfway)
    left: list[tuple[int, int]] = []
    again = model.read(lines, progress=lambda done, count: left.append((done, count)))
    assert left == [(8, 14), (14, 14), (30, 30)]
    assert again == TextModel.load("debug").read(lines)


def test_a_long_scene_reads_as_its_parts_do(model: TextModel, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"word {number % 7} and {number % 11}" for number in range(90)]
    whole = model.read(lines)
    monkeypatch.setattr("engine.text.scorer.CHUNK", 16)
    assert TextModel.load("debug").read(lines) == whole


def test_numbers_that_do_not_fit_are_refused(model: TextModel) -> None:
    with pytest.raises(ValueError, match="scenes"):
        model.read(["One.", "Two."], scenes=[0])


def test_a_very_long_sentence_is_read_whole(model: TextModel) -> None:
    calm, long = model.read(["好" * 30, "好" * 20000], context=False)
    assert long.valence == pytest.approx(calm.valence, abs=0.35)


def test_progress_ends_at_the_whole(model: TextModel) -> None:
    seen: list[tuple[int, int]] = []
    TextModel.load("debug").read(
        ["one.", "two.", ""], progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (3, 3)


def test_progress_never_goes_back_while_words_are_looked_for() -> None:
    seen: list[tuple[int, int]] = []
    lines = [f"word {number} here" for number in range(300)]
    TextModel.load("debug").read(lines, explain=True, progress=lambda done, total: seen.append((done, total)))
    assert len(seen) > 3
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (300, 300)


def test_progress_goes_evenly_where_some_was_read_before() -> None:
    model = TextModel.load("debug")
    lines = [f"word {number} here" for number in range(300)]
    plain = model.read(lines[:170])
    seen: list[tuple[int, int]] = []
    told = model.read(lines, explain=True, progress=lambda done, total: seen.append((done, total)))
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)
    assert max(np.diff(shares)) < 0.3
    assert all(one.keywords for one in told)
    assert [one.valence for one in told[:150]] == [one.valence for one in plain[:150]]


def test_keywords_are_words_of_the_sentence_and_share_the_weight(model: TextModel) -> None:
    reading = model.read(["The old captain quietly burned every letter she had sent him."], explain=True)[0]
    assert reading.keywords
    assert sum(keyword.weight for keyword in reading.keywords) <= 1.0 + 1e-6
    for keyword in reading.keywords:
        assert keyword.word in reading.text
        assert keyword.pos


def test_the_larger_score_decides_polarity() -> None:
    assert polarity_of(0.4, 0.1) == "positive"
    assert polarity_of(-0.4, 0.1) == "negative"
    assert polarity_of(0.05, 0.1) == "neutral"


def test_a_missing_folder_is_one_clear_error(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WeightsError, match=r"config\.json"):
        TextModel.load(tmp_path / "nowhere")


def test_a_damaged_folder_is_one_clear_error(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "config.json").write_text('{"kind": "melodrama-text", "format": 2, "encoder": {}}')
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="damaged"):
        TextModel.load(tmp_path)


def test_a_folder_without_safetensors_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(WeightsError, match="safetensors"):
        TextModel.load(tmp_path)


def test_importing_the_module_loads_no_torch() -> None:
    code = "import sys, engine.text.analyze, engine.text.arc; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_is_answered(texts: list[str]) -> None:
    assert len(TextModel.load("debug").read(texts)) == len(texts)
