"""Whatever is written, in whatever language: an answer with its confidence, in time, never a crash."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text.analyze import SHIPPED, TextModel
from engine.text.arc import arc
from engine.text.reading import Reading
from engine.text.segment import has_words, known_share, language_of
from engine.text.sentences import split_sentences
from tui.cli.main import main

PIECES = [
    *"😭😂🥲💔🎻♥☠🇫🇷",
    "👨‍👩‍👧‍👦",
    "❤️‍🔥",
    "\ufe0f",
    "\u200d",
    "\u0301",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\u2028",
    *"\x00\x07\x1b\x7f\x85\t\r\n",
    "\ud83d",
    "\udfff",
    "\ue000",
    "\uffff",
    "\U000e0041",
    *"，。！？；…“”《》.!?;:'\"()-_/@#<>",
    *"3９Ⅳ½",
    " ",
    "\u3000",
    "\u00a0",
    "绝望",
    "絕望",
    "高兴",
    "𠮷",
    "⼈",
    "兮",
    "despair",
    "Joy",
    "Ｊｏｙ",
    "𝓼𝓪𝓭",
    "ﬁn",
    "désespoir",
    "heureux",
    "悲しい",
    "カナシイ",
    "ｶﾅ",
    "يأس",
    "שמחה",
    "тоска",
    "슬픔",
    "เศร้า",
    "दुख",
    "emo",
    "yyds",
    "T_T",
    "http://a.org/?b",
]
OTHER_LANGUAGES = {
    "French": "Il pleure dans mon cœur comme il pleut sur la ville.",
    "German": "Er stand am Rand der Klippe, und sein Herz war voller Verzweiflung.",
    "Japanese": "彼は崖の縁に立ち、心は絶望に満ちていた。",
    "Japanese, few kana": "私は本当に幸福です。",
    "Arabic": "وقف على حافة الجرف وقلبه مليء باليأس.",
    "Hebrew": "הוא עמד על שפת הצוק ולבו מלא ייאוש.",
    "Russian": "Он стоял на краю обрыва, и сердце его было полно отчаяния.",
    "Korean": "그는 절벽 끝에 서 있었고 마음은 절망으로 가득했다.",
    "Thai": "เขายืนอยู่ที่ขอบหน้าผาด้วยความสิ้นหวัง",
}


def assert_answered(readings: list[Reading], texts: list[str]) -> None:
    assert [reading.text for reading in readings] == texts
    for reading in readings:
        signed = (reading.signed_intensity, reading.valence, reading.arousal, reading.dominance)
        assert all(-1 <= value <= 1 for value in signed)
        assert all(0 <= value <= 1 for value in (reading.intensity, reading.confidence))
        assert all(0 <= value <= 1 for value in reading.emotions.values())
        assert sum(word.weight for word in reading.keywords) <= 1 + 1e-6
        assert all(word.word in reading.text for word in reading.keywords)
        if not has_words(reading.text):
            assert (reading.polarity, reading.intensity, reading.confidence) == ("neutral", 0, 0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=5), st.booleans())
def test_any_mixture_of_scripts_signs_and_controls_is_answered(texts: list[str], context: bool) -> None:
    readings = TextModel.load("debug").read(texts, context=context, explain=True, speakers=texts)
    assert_answered(readings, texts)
    points = arc(readings, [float(number) for number in range(len(texts))])
    assert all(-1 <= valence <= 1 and -1 <= arousal <= 1 for _, valence, arousal in points)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_any_mixture_is_cut_into_sentences_that_lose_nothing_and_have_a_language(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())
    assert language_of(text) in ("zh", "en", "mixed")
    assert 0 <= known_share(text) <= 1


@pytest.mark.parametrize(
    "text", ["😭😭💔", "👨‍👩‍👧‍👦❤️‍🔥", "🇫🇷🇨🇳", "……！！", "", "\x00\x1b", "12345 ½", "___ ***", "\u3000"]
)
def test_what_has_no_words_is_neutral_without_confidence_and_takes_its_neighbours_feeling(text: str) -> None:
    model = TextModel.load("debug")
    lines = ["He wept all night.", text, "Nobody came."]
    readings = model.read(lines, explain=True)
    assert_answered(readings, lines)
    assert readings[1].confidence == 0
    (_, before, _), (_, own, _), (_, after, _) = arc(readings, [0.0, 2.0, 4.0])
    assert min(before, after) - 1e-6 <= own <= max(before, after) + 1e-6


@pytest.mark.parametrize(
    "unit",
    [
        "他哭了",
        "he wept ",
        "愁",
        "a",
        "悲しい",
        "يأس ",
        "ab好 ",
        "Joy ",
        "高兴",
        "T_T",
        "😭a",
        "a\u0301",
        "姓",
        ". ",
        "（",
        "名叫",
    ],
)
def test_a_sentence_of_20_000_characters_is_answered_in_time_that_grows_with_its_length(unit: str) -> None:
    model = TextModel.load("debug")
    times = []
    for length in (2500, 20000):
        text = (unit * length)[:length]
        model.read(["warm"], explain=True)
        began = time.process_time()
        assert_answered(model.read([text], explain=True), [text])
        times.append(time.process_time() - began)
    # Eight times as long: what went with the square would take 64 times.
    assert times[1] < 24 * max(times[0], 0.05)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_other_languages_are_told_from_chinese_and_english(language: str) -> None:
    text = OTHER_LANGUAGES[language]
    assert language_of(text) == "mixed"
    assert known_share(text) <= 0.3


@pytest.mark.parametrize(
    "text",
    ["美味の面，很好吃。", "他说「ラ」，没人听懂他说的什么。", "naïve", "She is the crème of them all."],
)
def test_a_flourish_of_another_script_is_no_other_language(text: str) -> None:
    assert language_of(text) in ("zh", "en")
    assert known_share(text) > 0.5


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [("Ｉ ａｍ ｓａｄ．", "I am sad."), ("𝓘 𝓪𝓶 𝓼𝓪𝓭", "I am sad"), ("⼈⽣", "人生"), ("ﬁne", "fine")],
)
def test_letters_in_disguise_are_the_letters_they_stand_for(disguised: str, plain: str) -> None:
    assert has_words(disguised)
    assert language_of(disguised) == language_of(plain)
    assert known_share(disguised) == known_share(plain) == 1.0


def test_the_command_answers_a_file_of_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "😭😭",
        *OTHER_LANGUAGES.values(),
        "a\x00b\x1b[31mred",
        "\ufeffword",
        "愁" * 20000,
        "他OKしい",
        "．．．",
    ]
    path = tmp_path / "all.txt"
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    assert main(["analyze", str(path), "--text-model", "debug", "--json", "--quiet"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["sentences"]) >= len(lines) - 1
    assert len(answer["arc"]) == len(answer["sentences"])
    assert main(["analyze", str(path), "--text-model", "debug", "--quiet"]) == 0
    assert "\x1b[31mred" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
def test_the_shipped_model_answers_everything_and_is_unsure_of_what_it_never_learned() -> None:
    model = TextModel.load()
    lines = ["".join(PIECES[at : at + 9]) for at in range(0, len(PIECES), 9)]
    assert_answered(model.read(lines, explain=True), lines)
    long = "这一夜风很大，他站在桥上，谁也没有来。" * 1100
    assert_answered(model.read([long[:20000]], explain=True), [long[:20000]])
    known = model.read(["他站在悬崖边，心中充满了绝望。"], context=False)[0]
    for text in OTHER_LANGUAGES.values():
        assert model.read([text], context=False)[0].confidence < 0.5 * known.confidence
    full = model.read(["Ｉ ａｍ ｓａｄ．", "I am sad."], context=False)
    assert full[0].valence == full[1].valence
    assert full[0].confidence == full[1].confidence
