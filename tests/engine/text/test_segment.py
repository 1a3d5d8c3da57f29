"""Sentences, words and language of mixed Chinese and English text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.segment import (
    is_classical,
    known_share,
    language_of,
    looks_foreign,
    words,
)
from engine.text.sentences import split_sentences


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
        (
            "See https://example.org/sad/death?x=hate&y=1 for details.",
            ["See https://example.org/sad/death?x=hate&y=1 for details."],
        ),
        ("Look: https://a.org/b?c=1! Then go.", ["Look: https://a.org/b?c=1!", "Then go."]),
        ("见https://a.org/b?c=1。他走了。", ["见https://a.org/b?c=1。", "他走了。"]),
        ("Go to www.example.org/a;b?c. Now!", ["Go to www.example.org/a;b?c.", "Now!"]),
        ("Try example.org/a?b=c;d. Now!", ["Try example.org/a?b=c;d.", "Now!"]),
        (
            "Write to me.too@example.org?subject=hi now. Yes.",
            ["Write to me.too@example.org?subject=hi now.", "Yes."],
        ),
        ("Is it at ftp://a.org/x? No.", ["Is it at ftp://a.org/x?", "No."]),
        ("It cost 3.50. He paid £1,000.25!", ["It cost 3.50.", "He paid £1,000.25!"]),
        ("Version 2.0.1 is out... at last.", ["Version 2.0.1 is out...", "at last."]),
        ("1. The gate. 2. The wall.", ["1. The gate.", "2. The wall."]),
        ("The U.S. troops left at 5 a.m. sharp.", ["The U.S. troops left at 5 a.m. sharp."]),
        (
            '"Where are you?" she asked. "Here!" He came.',
            ['"Where are you?" she asked.', '"Here!"', "He came."],
        ),
        ("He left (?) again. Why?", ["He left (?) again.", "Why?"]),
        ("Who? Me? Yes!No", ["Who?", "Me?", "Yes!", "No"]),
        ("他……走了……", ["他……", "走了……"]),
        ("J.R.R. Tolkien wrote it. I read it.", ["J.R.R. Tolkien wrote it.", "I read it."]),
        ("The U.S. Army came. I saw it.", ["The U.S. Army came.", "I saw it."]),
        ("He lives in the U.S. She does not.", ["He lives in the U.S.", "She does not."]),
        ("He was born Oct. 12, 1990. It rained.", ["He was born Oct. 12, 1990.", "It rained."]),
        ("Jan. was cold. Feb. 5 was not.", ["Jan. was cold.", "Feb. 5 was not."]),
        ("We left at 10 a.m. She came at 5 p.m. sharp.", ["We left at 10 a.m.", "She came at 5 p.m. sharp."]),
        ("She has a Ph.D. in music. Good.", ["She has a Ph.D. in music.", "Good."]),
        ("Acme Inc. survived. The co. did not.", ["Acme Inc. survived.", "The co. did not."]),
        ("Pears, plums, etc. Then he left.", ["Pears, plums, etc.", "Then he left."]),
        ("Approx. 5 people came. It is 5 ft. tall.", ["Approx. 5 people came.", "It is 5 ft. tall."]),
        ("No. 5 is alive. No. I mean it.", ["No. 5 is alive.", "No.", "I mean it."]),
        ("Is it $5.00? No. €3.50!", ["Is it $5.00?", "No.", "€3.50!"]),
        ("O.K. Let's go.", ["O.K.", "Let's go."]),
        ("He met St. John on Main St. They talked.", ["He met St. John on Main St.", "They talked."]),
        ("[Door slams.] Silence.", ["[Door slams.]", "Silence."]),
        ("【门响。】安静。", ["【门响。】", "安静。"]),
        ("I... I don't know. We—we... We left.", ["I... I don't know.", "We—we...", "We left."]),
        ("你……你是谁？等等……什么？", ["你……你是谁？", "等等……", "什么？"]),
        ("He lives in the U.S.A. 她不。", ["He lives in the U.S.A.", "她不。"]),
        ("Sgt. Pepper and Lt. Dan met. Boom.", ["Sgt. Pepper and Lt. Dan met.", "Boom."]),
    ],
)
def test_sentences_end_where_a_reader_would_stop(line: str, sentences: list[str]) -> None:
    assert split_sentences(line) == sentences


@given(st.text(alphabet="ab1 .!?;。！？…”\"'()/:@ \n他", max_size=60))
def test_splitting_loses_nothing_but_space(line: str) -> None:
    assert "".join("".join(split_sentences(line)).split()) == "".join(line.split())


def test_a_line_without_a_stop_takes_no_longer_than_its_length() -> None:
    assert len(split_sentences("word. " * 20000)) == 20000
    assert len(split_sentences("https://a.org/?b " * 20000)) == 1
    assert len(split_sentences("a.b." * 20000)) == 1
    assert len(split_sentences("a@" * 40000 + "? b")) == 2
    assert len(split_sentences("1. " * 20000)) >= 1


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


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("悲莫悲兮生别离，乐莫乐兮新相知。", "悲 莫 悲 兮 生 别离 乐 莫 乐 兮 新 相知"),
        ("王闻之，不悦，其声遂哀。", "王 闻 之 不悦 其 声 遂 哀"),
        ("则白骨累累，方环坐而饮。", "则 白骨 累累 方 环坐 而 饮"),
        ("感时花溅泪，恨别鸟惊心。", "感 时 花 溅 泪 恨 别 鸟 惊心"),
        ("塞翁失马，焉知非福？", "塞翁失马 焉知非福"),
    ],
)
def test_old_chinese_is_cut_into_its_own_short_words(text: str, cut: str) -> None:
    assert [word.text for word in words(text)] == cut.split()


def test_a_line_of_verse_in_the_dictionary_is_no_single_word() -> None:
    for text in ("他念着落霞与孤鹜齐飞，就睡着了。", "每逢佳节倍思亲啊，她说。"):
        found = words(text, tagged=True)
        assert max(len(word.text) for word in found) <= 4
        assert all(text[word.start : word.end] == word.text and word.pos for word in found)


@pytest.mark.parametrize(
    "text",
    [
        "他站在悬崖边，心中充满了绝望。",
        "她哭笑不得。",
        "我不知道，你走吧。",
        "高兴得跳了起来。",
        "He left.",
        "",
        "快跑！",
        "我爱你。",
    ],
)
def test_todays_chinese_is_not_taken_for_old(text: str) -> None:
    assert not is_classical(text)


@given(st.text(alphabet="悲莫兮生别离之乎者也落霞与孤鹜齐飞的了a1 ，。", max_size=60))
def test_words_of_any_chinese_stand_where_they_say(text: str) -> None:
    found = words(text, tagged=True)
    assert all(text[word.start : word.end] == word.text for word in found)
    assert "".join(word.text for word in found) == "".join(c for c in text if c.isalnum())


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("栓Q了", "栓Q 了"),
        ("尊嘟假嘟", "尊嘟假嘟"),
        ("我绷不住了", "我 绷不住 了"),
        ("阿Q正传", "阿 Q 正传"),
        ("他站在内地，卷起袖子。", "他 站 在 内地 卷起 袖子"),
    ],
)
def test_words_of_the_internet_are_words(text: str, cut: str) -> None:
    assert [word.text for word in words(text)] == cut.split()
