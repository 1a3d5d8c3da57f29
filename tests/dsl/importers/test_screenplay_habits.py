"""Screenplays as writers and programs really write them, in both languages."""

import pytest

from dsl.importers.convert import import_bytes
from tests.dsl.importers.reading_back import comments, heard, imported, said, titles


def test_a_heading_right_under_a_boneyard_begins_a_scene() -> None:
    _, document = imported(
        "She runs.\n\n/*\nINT. BARN\n\nCut.\n*/\nEXT. FIELD - NIGHT\n\nStars.\n", "a.fountain"
    )
    assert titles(document) == ["EXT. FIELD - NIGHT"]
    assert heard(document) == [(None, "She runs."), (None, "Stars.")]


@pytest.mark.parametrize("hidden", ["/* cut */", "[[note]]", "/* one\n\ntwo */"])
def test_what_stands_right_under_something_hidden_is_told_apart(hidden: str) -> None:
    _, document = imported(
        f"She runs.\n\n{hidden}\nMARA\nHello.\n\n{hidden}\nEXT. FIELD\n\nStars.\n", "a.fountain"
    )
    assert heard(document) == [(None, "She runs."), ("MARA", "Hello."), (None, "Stars.")]
    assert titles(document) == ["EXT. FIELD"]


def test_a_heading_right_under_a_transition_begins_a_scene() -> None:
    result, document = imported("INT. A\n\nOne.\n\nCUT TO:\nINT. B\n\nTwo.\n", "a.fountain")
    assert titles(document) == ["INT. A", "INT. B"]
    assert "@transition cut" in result.text


@pytest.mark.parametrize(
    ("line", "transition"),
    [("切至：", "cut"), ("切", "cut"), ("叠化至：", "crossfade 2s"), ("淡出。", "ring-out")],
)
def test_chinese_transitions_are_transitions(line: str, transition: str) -> None:
    result, document = imported(f"内景 屋里 日\n\n雨。\n\n{line}\n\n外景 街道 夜\n\n风。\n", "a.fountain")
    assert f"@transition {transition}\n" in result.text
    assert heard(document) == [(None, "雨。"), (None, "风。")]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("**INT. LAB - NIGHT**", "INT. LAB - NIGHT"),
        ("_INT. LAB - NIGHT_", "INT. LAB - NIGHT"),
        ("***EXT. LAB***", "EXT. LAB"),
        ("I./E. CAR - DAY", "I./E. CAR - DAY"),
        ("E/I CAR", "E/I CAR"),
        ("INT. / EXT. CAR", "INT. / EXT. CAR"),
        ("EXT/INT. CAR", "EXT/INT. CAR"),
        ("._FLASHBACK:_ EXT. ROAD - DAY", "FLASHBACK: EXT. ROAD - DAY"),
        (".**LATER**", "LATER"),
        ("12. INT. LAB - NIGHT", "12. INT. LAB - NIGHT"),
        ("12A INT. LAB - NIGHT", "INT. LAB - NIGHT"),
        ("内/外景 车里 夜", "内/外景 车里 夜"),
        ("外/内景 车里 夜", "外/内景 车里 夜"),
        ("內景 咖啡館 日", "內景 咖啡館 日"),
        ("1. 内景 咖啡馆 日", "1. 内景 咖啡馆 日"),
        ("2、外景 街道 夜", "2、外景 街道 夜"),
        ("一、内景 咖啡馆 日", "一、内景 咖啡馆 日"),
        ("第1场 内景 咖啡馆 日", "内景 咖啡馆 日"),
        ("第一场 咖啡馆 日 内", "第一场 咖啡馆 日 内"),
        ("场景一 内景 咖啡馆", "场景一 内景 咖啡馆"),
        ("3. 咖啡馆 日 内", "3. 咖啡馆 日 内"),
        ("1-2 内景 咖啡馆 日", "内景 咖啡馆 日"),
        ("【内景 咖啡馆 夜】", "【内景 咖啡馆 夜】"),
        ("内景。咖啡馆。日", "内景。咖啡馆。日"),
    ],
)
def test_headings_with_numbers_emphasis_and_both_sides_of_a_door(line: str, title: str) -> None:
    _, document = imported(f"Before.\n\n{line}\n\nAfter.\n", "a.fountain")
    assert len(titles(document)) == 1
    assert titles(document)[0].endswith(title.split()[-1])
    assert heard(document) == [(None, "Before."), (None, "After.")]


@pytest.mark.parametrize(
    "line",
    [
        "1984 was a year.",
        "3. 他走进咖啡馆。",
        "内心深处，他知道。",
        "外面下着雨。",
        "2、她没有回头。",
        "内景很漂亮。",
        "12 monkeys",
        "一、他来了。",
    ],
)
def test_sentences_that_begin_like_a_heading_are_action(line: str) -> None:
    for name in ("a.fountain", "a.txt"):
        _, document = imported(f"Before it.\n\n{line}\n\nAfter it.\n\nEnd.\n", name)
        assert line in [words for _, words in heard(document)], name


@pytest.mark.parametrize(
    "aside", ["*(softly)*", "_(softly)_", "**(softly)**", "(softly)", "（轻声）", "*（轻声）*"]
)
def test_parentheticals_are_not_heard_however_they_are_set(aside: str) -> None:
    _, document = imported(f"MARY\n{aside}\nYes.\n", "a.fountain")
    assert heard(document) == [("MARY", "Yes.")]
    assert len(comments(document)) == 1


def test_names_and_transitions_in_emphasis_are_what_they_are() -> None:
    result, document = imported("INT. A\n\n**MARY**\nYes.\n\n_CUT TO:_\n\nINT. B\n\nTwo.\n", "a.fountain")
    assert heard(document) == [("MARY", "Yes."), (None, "Two.")]
    assert "@transition cut" in result.text


def test_who_is_known_to_speak_speaks_before_a_colon_too() -> None:
    text = (
        "内景 咖啡馆\n\n@林\n我等你很久了。\n\n林：我们走吧。\n\n"
        "林（低声）：别回头。\n\n林：（笑）好。\n\n她说：走吧。\n"
    )
    _, document = imported(text, "a.fountain")
    assert heard(document) == [
        ("林", "我等你很久了。"),
        ("林", "我们走吧。"),
        ("林", "别回头。"),
        ("林", "好。"),
        (None, "她说：走吧。"),
    ]
    assert comments(document) == ["（低声）", "（笑）"]
    _, document = imported("MARA\nHello.\n\nMara waits.\n\nMARA: Yes.\n\nSUPER: London\n", "a.fountain")
    assert heard(document) == [
        ("MARA", "Hello."),
        (None, "Mara waits."),
        ("MARA", "Yes."),
        (None, "SUPER: London"),
    ]


CHINESE = (
    "1. 内景 咖啡馆 日\n△林坐在窗边。\n林：你来了。\n沈岚：我来了。\n林（低声）：坐吧。\n\n"
    "2、内/外景 车里 夜\n▲雨。\n沈岚：走吧。\n"
)


def test_a_chinese_screenplay_in_a_text_file_has_scenes_and_speakers() -> None:
    result, document = imported(CHINESE, "a.txt")
    assert titles(document) == ["1. 内景 咖啡馆 日", "2、内/外景 车里 夜"]
    assert heard(document) == [
        (None, "林坐在窗边。"),
        ("林", "你来了。"),
        ("沈岚", "我来了。"),
        ("林", "坐吧。"),
        (None, "雨。"),
        ("沈岚", "走吧。"),
    ]
    assert said(result, "parentheticals")


def test_the_same_screenplay_as_fountain_or_by_gbk_says_the_same() -> None:
    _, text = imported(CHINESE, "a.txt")
    _, fountain = imported(CHINESE, "a.fountain")
    assert heard(fountain) == heard(text)
    assert titles(fountain) == titles(text)
    assert import_bytes(CHINESE.encode("gbk"), "a.txt").text == import_bytes(CHINESE.encode(), "a.txt").text


@pytest.mark.parametrize(
    "text",
    [
        "内景 咖啡馆 - 夜\n\n@林\n我等你很久了。\n\n外景 街道 - 夜\n\n雨。\n",
        "Title: The Cliff\nAuthor: Me\n\nINT. HOUSE\n\nShe waits.\n",
        "标题：悬崖\n作者：林\n\n外景 悬崖 夜\n\n@林\n我不会回头。\n",
        "INT. HOUSE - DAY\n\nShe waits.\n\nMARA\nHello.\n",
        "FADE IN:\n\n**EXT. HOUSE - DAY**\n\nShe waits.\n",
    ],
)
@pytest.mark.parametrize("name", ["", "stdin", "film.txt"])
def test_fountain_is_known_without_its_ending(text: str, name: str) -> None:
    if name != "film.txt" or not text.startswith("FADE"):
        assert imported(text, name)[0].kind == "fountain"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("A12 INT. LAB - NIGHT A12", "A12 INT. LAB - NIGHT A12"),
        ("INT: LAB", "INT: LAB"),
        ("INTERIOR. LAB", "INTERIOR. LAB"),
        ("INT\xa0LAB\xa0- NIGHT", "INT LAB - NIGHT"),
        ("\u200eEXT. LAB", "EXT. LAB"),
    ],
)
def test_headings_as_word_processors_leave_them(line: str, title: str) -> None:
    _, document = imported(f"Before.\n\n{line}\n\nAfter.\n", "a.fountain")
    assert titles(document) == [title]


@pytest.mark.parametrize("line", ["Ext is fine.", "Int he end.", "Interior life: none."])
def test_a_sentence_that_begins_with_ext_is_action(line: str) -> None:
    _, document = imported(f"Before.\n\n{line}\n\nAfter.\n", "a.fountain")
    assert titles(document) == []


def test_a_heading_in_capitals_right_under_action_or_speech_begins_a_scene() -> None:
    text = "INT. A\nOne.\nINT. B - DAY\nTwo.\n\nMARA\nHello.\nEXT. C - NIGHT\nThree. INT. THE END.\n"
    _, document = imported(text, "a.fountain")
    assert titles(document) == ["INT. A", "INT. B - DAY", "EXT. C - NIGHT"]
    assert heard(document) == [
        (None, "One."),
        (None, "Two."),
        ("MARA", "Hello."),
        (None, "Three. INT. THE END."),
    ]


@pytest.mark.parametrize(
    "name", ["MARA *(V.O.)*", "MARA (V.O.", "**MARA** (V.O.)", "MARA (V.O.) (CONT'D)", "MARA:"]
)
def test_a_name_is_the_same_name_however_its_extension_is_set(name: str) -> None:
    result, document = imported(f"MARA\nHi.\n\n{name}\nHello.\n", "a.fountain")
    assert heard(document) == [("MARA", "Hi."), ("MARA", "Hello.")]
    assert result.characters == ("MARA",)


@pytest.mark.parametrize(
    "line", ["(MORE)", "(CONTINUED)", "CONTINUED:", "CONTINUED: (2)", "12 CONTINUED: 12", "(more)"]
)
def test_what_a_page_says_of_the_next_one_is_not_heard(line: str) -> None:
    _, document = imported(f"INT. A\n\nMARA\nHi.\n{line}\n\n{line}\n\nMARA (CONT'D)\nThere.\n", "a.fountain")
    assert heard(document) == [("MARA", "Hi."), ("MARA", "There.")]


@pytest.mark.parametrize("line", ["BANG!", "TITLE CARD:", "SUPER:", "ON SCREEN", "THE PHONE RINGS..."])
def test_capitals_that_are_no_name_do_not_speak(line: str) -> None:
    result, document = imported(f"INT. A\n\n{line}\nThe door opens.\n", "a.fountain")
    assert heard(document) == [(None, line), (None, "The door opens.")]
    assert result.characters == ()


@pytest.mark.parametrize("end", ["THE END", "剧终", "（完）", "FIN."])
def test_the_last_transition_holds_though_the_end_is_written_under_it(end: str) -> None:
    result, document = imported(f"INT. A\n\nOne.\n\nFADE OUT.\n\n{end}\n", "a.fountain")
    assert result.text.endswith("@transition ring-out\n")
    assert heard(document) == [(None, "One.")]
    assert comments(document) == [end]


@pytest.mark.parametrize("line", ["Fade in:", "FADE UP:", "淡入：", "淡入"])
def test_fade_ins_are_comments_in_both_languages(line: str) -> None:
    _, document = imported(f"INT. A\n\n{line}\n\nOne.\n", "a.fountain")
    assert heard(document) == [(None, "One.")]


PRINTED = """
                         THE CLIFF

                     Written by Anna Schmidt

                     Second draft


     FADE IN:

     INT. HOUSE - DAY

     Mary enters the room and looks around for a long
     while before sitting. She waits,
     and waits.

                         MARY
               (softly)
          Is anyone home? I have come
          a long way.
                                                            2.
"""


@pytest.mark.parametrize("name", ["a.txt", "a.fountain"])
def test_a_printed_screenplay_has_a_title_page_whole_sentences_and_no_page_numbers(name: str) -> None:
    result, document = imported(PRINTED, name)
    assert (document.front_matter.title, document.front_matter.author) == ("THE CLIFF", "Anna Schmidt")
    assert comments(document) == ["Second draft", "FADE IN:", "(softly)"]
    assert heard(document) == [
        (
            None,
            "Mary enters the room and looks around for a long while before sitting. She waits, and waits.",
        ),
        ("MARY", "Is anyone home? I have come a long way."),
    ]
    assert said(result, "page numbers")


def test_a_story_that_begins_with_by_has_no_title_page() -> None:
    _, document = imported("By the river, she waits.\n\nBy day\n\nINT. HOUSE\n\nOne.\n", "a.fountain")
    assert heard(document) == [(None, "By the river, she waits."), (None, "By day"), (None, "One.")]


def test_a_soft_line_break_of_a_word_processor_parts_words() -> None:
    _, document = imported("INT. A\n\nOne.\x0bTwo.\n", "a.fountain")
    assert [words for _, words in heard(document)] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.fountain", "INT. A\n\nMARY\n(softly)\n\nRain.\n\nANNA\nHi.\n"),
        ("a.txt", "第一场 日 内 家\n\n沈默\n（走近）\n\n雨。\n\n沈默\n好。\n"),
        (
            "a.fdx",
            '<FinalDraft><Content><Paragraph Type="Character"><Text>MARY</Text></Paragraph>'
            '<Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>'
            '<Paragraph Type="Action"><Text>Rain.</Text></Paragraph></Content></FinalDraft>',
        ),
    ],
)
def test_a_name_without_words_is_not_lost(name: str, text: str) -> None:
    result, document = imported(text, name)
    assert any(comment in ("MARY", "沈默") for comment in comments(document))
    assert said(result, "names without words")
    assert {"Rain.", "雨。"} & {words for _, words in heard(document)}
