"""Which encoding bytes are in: short texts, damaged ones, and what is no text."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.encodings import decode_foreign

SIMPLIFIED = "主人公站在悬崖边，望着远方的天空，心中充满了绝望。他说：我们不会回头的。"
TRADITIONAL = "主人公站在懸崖邊，望著遠方的天空，心中充滿了絕望。他說：我們不會回頭的。"
CUE = "1\n00:00:01,000 --> 00:00:03,000\n{}\n"


@pytest.mark.parametrize(
    ("text", "codec", "name", "guessed"),
    [
        (SIMPLIFIED, "utf-8", "UTF-8", False),
        (SIMPLIFIED, "utf-8-sig", "UTF-8", False),
        (SIMPLIFIED, "utf-16", "UTF-16", False),
        (SIMPLIFIED, "utf-32", "UTF-32", False),
        (SIMPLIFIED, "gbk", "GBK", True),
        (TRADITIONAL, "big5", "Big5", True),
        ("Plain words in both halves.", "utf-16-le", "UTF-16", True),
        (SIMPLIFIED, "utf-16-le", "UTF-16", True),
        (TRADITIONAL, "utf-16-be", "UTF-16", True),
        ("Déjà vu, señor.", "cp1252", "Windows-1252", True),
    ],
)
def test_encodings_are_told_and_guesses_said(text: str, codec: str, name: str, guessed: bool) -> None:
    decoded = decode_foreign(text.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, name, guessed)


@pytest.mark.parametrize(
    "words",
    [
        "测试字幕",
        "你好",
        "谢谢",
        "联通",
        "我不会回头。",
        "林：好。",
        "第一章 风起",
        "“走吧！”他说。",
        "猜疑罪",
        "悬崖边",
        "哭泣",
        "爷爷",
        "再见，朋友",
    ],
)
@pytest.mark.parametrize("frame", ["{}", CUE, "Hello {} there\n"])
def test_a_few_gbk_characters_are_enough(words: str, frame: str) -> None:
    text = frame.format(words)
    assert decode_foreign(text.encode("gbk")).text == text


@pytest.mark.parametrize(
    "words",
    [
        "測試字幕",
        "你好",
        "謝謝",
        "我不會回頭。",
        "林：好。",
        "第一章 風起",
        "他說：「走吧！」",
        "猜疑罪",
        "懸崖邊",
        "哭泣",
        "再見，朋友",
        "咖啡館 夜",
    ],
)
@pytest.mark.parametrize("frame", ["{}", CUE, "Hello {} there\n"])
def test_a_few_big5_characters_are_enough(words: str, frame: str) -> None:
    text = frame.format(words)
    assert decode_foreign(text.encode("big5")).text == text


@pytest.mark.parametrize(
    "words",
    [
        "Café",
        "naïve — “no”",
        "Ünïcödé",
        "Straße",
        "fiancé’s",
        "über",
        "Mañana, señor Núñez",
        "à",
        "é",
        "«Où?»",
        "Zoë",
        "mörk",
        "Ångström",
        "Noël",
        "£5 — ½ price",
        "Voilà l’été",
    ],
)
@pytest.mark.parametrize("frame", ["{}", CUE])
def test_western_letters_are_not_taken_for_chinese(words: str, frame: str) -> None:
    text = frame.format(words)
    decoded = decode_foreign(text.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (text, "Windows-1252")


@pytest.mark.parametrize(
    "words", [SIMPLIFIED, TRADITIONAL, "Привет, мир", "да нет", "Γειά", "é", "naïve · café", "😀"]
)
def test_what_is_utf8_stays_utf8(words: str) -> None:
    decoded = decode_foreign(words.encode())
    assert (decoded.text, decoded.encoding, decoded.guessed) == (words, "UTF-8", False)


@pytest.mark.parametrize("place", [0, 4, 20, 61, 105])
@pytest.mark.parametrize("bad", [b"\xe9", b"\xff", b"\x80", b"\xe9\x9b"])
def test_a_bad_byte_costs_a_character_and_not_the_text(place: int, bad: bytes) -> None:
    data = f"{SIMPLIFIED}\n{SIMPLIFIED}\n".encode()
    place = next(p for p in range(place, len(data)) if data[p] & 0xC0 != 0x80)
    decoded = decode_foreign(data[:place] + bad + data[place:])
    assert decoded.encoding == "UTF-8"
    assert decoded.text.replace("\ufffd", "") == f"{SIMPLIFIED}\n{SIMPLIFIED}\n"
    assert decoded.broken == (1,)


@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("gbk", SIMPLIFIED, "GBK"),
        ("big5", TRADITIONAL, "Big5"),
        ("utf-16", SIMPLIFIED, "UTF-16"),
        ("utf-8", SIMPLIFIED, "UTF-8"),
    ],
)
def test_a_text_cut_off_in_mid_character_is_read_up_to_there(codec: str, text: str, name: str) -> None:
    decoded = decode_foreign(text[:-1].encode(codec) + text[-2].encode(codec)[-2:-1])
    assert decoded.encoding == name
    assert decoded.text.startswith(text[:-2])


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"\xff\xfe" + b"\x00\xd8" * 40,
        b"MThd" + bytes(60),
    ],
)
def test_what_is_no_text_is_a_problem(data: bytes) -> None:
    assert decode_foreign(data).problem


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_problem(data: bytes) -> None:
    decoded = decode_foreign(data)
    assert decoded.problem or decoded.encoding


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
def test_any_text_with_a_mark_comes_back(text: str) -> None:
    for codec in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode_foreign(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "words",
    [
        "吹上来。",
        "真叫高兴。",
        "就一圈。",
        "人人影视字幕组制作",
        "然后走了吧",
        "祝你平安、快乐。",
        "He paid £5 or €6.",
        "“No” – it’s…",
    ],
)
def test_a_few_characters_of_utf16_without_a_mark_are_enough(codec: str, words: str) -> None:
    assert decode_foreign(words.encode(codec)).text == words


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("我很怕。", "big5"),
        ("尊嘟假嘟", "gbk"),
        ("你好there", "big5"),
        ("我love你", "gbk"),
        ("咖啡館X", "big5"),
    ],
)
def test_chinese_that_could_be_something_else_is_chinese(words: str, codec: str) -> None:
    assert decode_foreign(words.encode(codec)).text == words


@pytest.mark.parametrize(
    "words",
    ["Æther", "Àvui fa fred", "Þetta reddast, ég lofa.", "Ça ira!", "Å", "Élodie, ça va?", "25° outside, ±2"],
)
def test_a_capital_with_an_accent_takes_no_letter_from_its_word(words: str) -> None:
    assert decode_foreign(words.encode("cp1252")).text == words


@pytest.mark.parametrize("codec", ["shift_jis", "euc-jp"])
@pytest.mark.parametrize(
    "words",
    [
        "雨が降っている。",
        "私は帰りたい。",
        "さようなら、友よ。",
        "ありがとうございます",
        "カフェの夜",
        "彼女は笑った。",
    ],
)
def test_japanese_is_told_by_its_kana(codec: str, words: str) -> None:
    decoded = decode_foreign(words.encode(codec))
    assert (decoded.text, decoded.guessed) == (words, True)


def test_sentences_of_the_scores_are_read_in_every_encoding_of_their_language() -> None:
    texts = [path.read_text("utf-8") for path in sorted(Path("scores").glob("*.score"))]
    found = sorted(
        {one for text in texts for one in re.findall(r"[\u4e00-\u9fff，。！？：；“”、]{4,40}", text)}
    )
    assert len(found) > 30
    for codec, least in (("utf-8", 1.0), ("gbk", 0.99), ("utf-16-le", 0.97), ("utf-16-be", 0.97)):
        right = sum(decode_foreign(one.encode(codec)).text == one for one in found)
        assert right >= least * len(found), codec


@pytest.mark.parametrize("words", [SIMPLIFIED, "Plain words."])
def test_nuls_behind_a_text_are_no_part_of_it(words: str) -> None:
    decoded = decode_foreign(f"{words}\n".encode() + b"\0" * 4096)
    assert (decoded.text, decoded.encoding) == (f"{words}\n", "UTF-8")
