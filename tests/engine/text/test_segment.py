"""Sentences, words and language of mixed Chinese and English text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.segment import known_share, language_of, looks_foreign, split_sentences, words


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("他走了。她没动！", ["他走了。", "她没动！"]),
        ("“走吧。”他说。", ["“走吧。”", "他说。"]),
        ("He left. She stayed?", ["He left.", "She stayed?"]),
        ("Mr. Smith left at 3.14 p.m. today.", ["Mr. Smith left at 3.14 p.m. today."]),
        ("J. R. wrote it.", ["J. R. wrote it."]),
        ("他走了。She left.", ["他走了。", "She left."]),
        ("没有标点", ["没有标点"]),
        ("   ", []),
        ("Wait… what?!", ["Wait…", "what?!"]),
    ],
)
def test_sentences_end_where_a_reader_would_stop(line: str, sentences: list[str]) -> None:
    assert split_sentences(line) == sentences


@given(st.text(alphabet="ab .!?。！？…”' \n他", max_size=60))
def test_splitting_loses_nothing_but_space(line: str) -> None:
    assert "".join("".join(split_sentences(line)).split()) == "".join(line.split())


def test_a_line_without_a_stop_takes_no_longer_than_its_length() -> None:
    assert len(split_sentences("word. " * 20000)) == 20000


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("他站在悬崖边。", "zh"),
        ("他站在懸崖邊，很絕望。", "zh"),
        ("He stood there.", "en"),
        ("他说hello world然后走了吧", "mixed"),
        ("Он стоял", "mixed"),
        ("", "mixed"),
        ("她打开了那台旧旧的 iPad。", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_words_know_their_place_and_part_of_speech() -> None:
    text = "心中充满了绝望, but she didn't run."
    found = words(text, tagged=True)
    assert all(text[word.start : word.end] == word.text and word.pos for word in found)
    assert [word.text for word in found] == ["心中", "充满", "了", "绝望", "but", "she", "didn't", "run"]


def test_segmenting_leaves_no_file_and_no_noise(tmp_path, capfd, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words("没有声音", tagged=True)
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "zhu ren gong zhan zai xuan ya bian, wang zhe tian kong",
        "zhǔ rén gōng zhàn zài xuán yá biān",
        "Il se tenait au bord de la falaise.",
        "Er stand am Rand der Klippe und sah in den Himmel.",
        "Estaba de pie al borde del acantilado, con el corazón roto.",
    ],
)
def test_pinyin_and_other_languages_are_told_from_english(text: str) -> None:
    assert looks_foreign(text)
    assert language_of(text) == "mixed"
    assert known_share(text) <= 0.3


@pytest.mark.parametrize(
    "text",
    [
        "He stood at the edge of the cliff.",
        "Captain Roe, cut it away!",
        "Bilbo Baggins met Gandalf Greyhame near Bag End.",
        "He can go on, man to man.",
        "他说OK然后left了",
        "Run, run, run!",
    ],
)
def test_english_and_names_are_left_in_peace(text: str) -> None:
    assert not looks_foreign(text)
    assert known_share(text) == 1.0
