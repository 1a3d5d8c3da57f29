"""Which encoding bytes are in: short texts, damaged ones, and what is no text."""

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
