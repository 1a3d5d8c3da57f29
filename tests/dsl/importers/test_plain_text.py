"""Plain text: where scenes part, who speaks, which lines are whole."""

import pytest

from tests.dsl.importers.reading_back import comments, heard, imported, said, titles


@pytest.mark.parametrize(
    "line",
    [
        "第一章 风起",
        "第12回　英雄",
        "第三幕",
        "楔子",
        "Chapter 1",
        "CHAPTER IV. THE STORM",
        "Chapter Twelve: Home",
        "Prologue",
        "III.",
        "## A heading",
    ],
)
def test_chapter_headings_begin_cues(line: str) -> None:
    _, document = imported(f"Before it all.\n{line}\nAfter it all.\n", "x.txt")
    assert line.lstrip("# ").strip("\u3000").split()[0] in " ".join(titles(document))
    assert heard(document) == [(None, "Before it all."), (None, "After it all.")]


@pytest.mark.parametrize(
    "line",
    ["第一次见到她时，下着雨。", "Chapter One was the best of the book.", "mix", "I", "Part of me knew."],
)
def test_sentences_that_look_like_headings_are_text(line: str) -> None:
    _, document = imported(f"Before it all.\n{line}\nAfter it all.\n", "x.txt")
    assert len(heard(document)) == 3 or line == "I"


@pytest.mark.parametrize("line", ["***", "* * *", "---", "———", "⁂", "§", "~~~~", "＊＊＊"])
def test_separators_begin_cues(line: str) -> None:
    result, document = imported(f"One day.\n{line}\nThe next.\n", "x.txt")
    assert titles(document) == ["Scene 1", "Scene 2"]
    assert said(result, "separators")


def test_wide_gaps_part_scenes_and_usual_ones_paragraphs() -> None:
    _, document = imported("One.\n\nTwo.\n\nThree.\n\n\n\nFour.\n\nFive.\n", "x.txt")
    assert titles(document) == ["Scene 1", "Scene 2"]
    _, evenly = imported("One.\n\n\nTwo.\n\n\nThree.\n\n\nFour.\n", "x.txt")
    assert titles(evenly) == []


def test_chinese_scenes_have_chinese_names_and_the_title_loses_its_brackets() -> None:
    _, document = imported("《悬崖》\n\n风从谷底吹上来。\n***\n天亮了。\n", "x.txt")
    assert document.front_matter.title == "悬崖"
    assert titles(document) == ["第 1 场", "第 2 场"]


def test_wrapped_lines_are_joined_and_verse_is_not() -> None:
    text = (
        "It was a dark and stormy night; the rain fell in torrents except at\noccasional intervals.\n\n"
        "Roses are red\nViolets are blue\n"
    )
    result, document = imported(text, "x.txt")
    assert [words for _, words in heard(document)] == [
        "It was a dark and stormy night; the rain fell in torrents except at occasional intervals.",
        "Roses are red",
        "Violets are blue",
    ]
    assert said(result, "mid-sentence")


def test_speakers_are_told_from_prose_with_a_colon() -> None:
    text = (
        "林：我不会回头。\n她说：好。\n林：真的。\n她说：走吧。\nMARA: Hello.\nhttp://a.b/c\n"
        "Note: this.\nNote: that.\n"
        "One thing: it rained.\n"
    )
    _, document = imported(text, "x.txt")
    speakers = [speaker for speaker, _ in heard(document)]
    assert speakers == ["林", None, "林", None, "MARA", None, None, None, None]


def test_every_word_of_a_story_arrives() -> None:
    text = "@a\n#b\n// c\n\\d\n{e}\n\\{f\\}\n---\n@emotion joy\nTitle: g\n"
    _, document = imported(text, "x.txt")
    words = "".join(titles(document) + [words for _, words in heard(document)])
    for piece in ("@a", "#b", "// c", "\\d", "{e}", "\\{f\\}", "@emotion joy", "Title: g"):
        assert piece in words


SCRIPT = """《悬崖》

编剧：王小明

人物表：
林岚：女，三十岁，医生。
沈默：男，三十五岁，警察。

第一场 日 内 咖啡馆
人物：林岚、沈默
【时间】：白天

△林岚坐在窗边。
沈默：（走近）你来了。
林岚（冷笑）：我一直都在。
林岚OS：他变了。
（林岚VO）我记得那天。
旁白：那一年，雪下得很大。

第二场 夜 外 街道
众人：快跑！
林　岚：
我不会回头。
沈默
好。
（淡出）
剧终
"""


@pytest.mark.parametrize("name", ["a.txt", ""])
def test_a_chinese_script_is_heard_without_its_cast_and_the_heads_of_its_scenes(name: str) -> None:
    result, document = imported(SCRIPT, name)
    assert (document.front_matter.title, document.front_matter.author) == ("悬崖", "王小明")
    assert titles(document) == ["第一场 日 内 咖啡馆", "第二场 夜 外 街道"]
    assert heard(document) == [
        (None, "林岚坐在窗边。"),
        ("沈默", "你来了。"),
        ("林岚", "我一直都在。"),
        ("林岚", "他变了。"),
        ("林岚", "我记得那天。"),
        ("旁白", "那一年，雪下得很大。"),
        ("众人", "快跑！"),
        ("林岚", "我不会回头。"),
        ("沈默", "好。"),
    ]
    for comment in (
        "林岚：女，三十岁，医生。",
        "人物：林岚、沈默",
        "【时间】：白天",
        "（冷笑）",
        "（OS）",
        "剧终",
    ):
        assert comment in comments(document), comment
    assert result.text.endswith("@transition ring-out\n")


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "第1场 教室 日 内",
            "第一场：日-内-教室",
            "第2場：夜－外－操場",
            "1、日 内 教室",
            "1.日，内，教室",
            "3．黄昏．外．海边",
        ),
        *(
            "1-1 教室 日 内",
            "1-1、内景。教室。日",
            "场景一：教室（日/内）",
            "场1  内景  卧室  夜",
            "【第1场】",
            "【内景 教室 夜】",
        ),
        *("日 内 教室", "内。教室。日", "教室 日内", "一、教室 日 内", "十二、 内景 家 晨", "S2. 外 街道 夜"),
    ],
)
def test_chinese_scene_headings_in_every_order_and_punctuation(heading: str) -> None:
    _, document = imported(f"小明：走吧。\n小明：真的。\n\n{heading}\n小明：好。\n", "a.txt")
    assert len(titles(document)) == 2
    assert heard(document) == [("小明", "走吧。"), ("小明", "真的。"), ("小明", "好。")]


@pytest.mark.parametrize(
    "line",
    ["内，外，到处都是雪。", "他日夜在外奔波", "外面的夜", "日复一日", "夜里，屋内屋外都静", "一、二、三"],
)
def test_chinese_prose_of_day_and_night_is_no_heading(line: str) -> None:
    _, document = imported(f"他来了。\n{line}\n他走了。\n", "a.txt")
    assert heard(document) == [(None, "他来了。"), (None, line), (None, "他走了。")]


def test_who_speaks_a_single_time_in_a_script_speaks_and_in_a_story_does_not() -> None:
    _, document = imported(
        "老师：上课。\n学生们：老师好！\n小明：走吧。\n小红：嗯。\n小明：快点。\n", "a.txt"
    )
    assert [speaker for speaker, _ in heard(document)] == ["老师", "学生们", "小明", "小红", "小明"]
    story = "雪下了一夜。\n他只有一个念头：走。\n天亮了。\n真相：没有人来。\n门开了。\n风吹进来。\n"
    _, document = imported(story, "a.txt")
    assert {speaker for speaker, _ in heard(document)} == {None}


def test_a_printed_chinese_play_has_wide_spaces_for_colons() -> None:
    text = (
        "第一幕\n\n周朴园　你叫什么？\n鲁侍萍　姓鲁。\n周朴园　（沉思）姓鲁？\n鲁侍萍　是。\n\n"
        "第二幕\n周朴园　走吧。\n"
    )
    _, document = imported(text, "a.txt")
    assert titles(document) == ["第一幕", "第二幕"]
    assert heard(document) == [
        ("周朴园", "你叫什么？"),
        ("鲁侍萍", "姓鲁。"),
        ("周朴园", "姓鲁？"),
        ("鲁侍萍", "是。"),
        ("周朴园", "走吧。"),
    ]
    _, poem = imported("春眠　不觉晓\n处处　闻啼鸟\n夜来　风雨声\n花落　知多少\n", "a.txt")
    assert {speaker for speaker, _ in heard(poem)} == {None}


PLAY = """Dramatis Personae

HAMLET, a prince
HORATIO, his friend

ACT I

SCENE 1. A room in the castle.

Enter HAMLET and HORATIO.

HAMLET. To be, or not to be.
HORATIO. [Aside] My lord!

SCENE 2

HORATIO
(weeping)
Good night,
sweet prince.

HAMLET.
Good night.

THE END
"""


def test_a_play_has_its_speakers_acts_and_scenes_and_its_cast_is_not_heard() -> None:
    _, document = imported(PLAY, "a.txt")
    assert titles(document) == ["SCENE 1. A room in the castle.", "SCENE 2"]
    assert heard(document) == [
        (None, "Enter HAMLET and HORATIO."),
        ("HAMLET", "To be, or not to be."),
        ("HORATIO", "My lord!"),
        ("HORATIO", "Good night,"),
        ("HORATIO", "sweet prince."),
        ("HAMLET", "Good night."),
    ]
    for comment in ("HAMLET, a prince", "ACT I", "[Aside]", "(weeping)", "THE END"):
        assert comment in comments(document), comment


@pytest.mark.parametrize(
    "text",
    [
        "OK. Let's go.\nHe ran.\nOK. Now.\nShe ran.\nThey ran.\nIt was late.\nNobody came.\n",
        "我爱你\n就像老鼠爱大米\n\n你走了\n我还在\n\n我爱你\n就像风爱沙\n\n天亮了\n",
        "公司发通知：放假。\n雪停了。\n公司发通知：上班。\n他宣布：散会。\n他宣布：走。\n",
        "Mary said: hello.\nMary said: bye.\nShe said: no.\nShe said: yes.\n",
        "LOVE\nis all I know.\n\nNight fell.\n\nIt rained.\n\nLOVE\nis all I had.\n",
    ],
)
def test_prose_and_songs_that_repeat_themselves_have_no_speakers(text: str) -> None:
    _, document = imported(text, "a.txt")
    assert {speaker for speaker, _ in heard(document)} == {None}


def test_a_heading_that_holds_others_makes_no_empty_cue() -> None:
    _, document = imported(
        "第1集\n\n1-1、内景。林家。日\n\n雪。\n\n第2集\n\n2-1、外景。街。夜\n雨。\n", "a.txt"
    )
    assert titles(document) == ["1-1、内景。林家。日", "2-1、外景。街。夜"]
    assert comments(document) == ["第1集", "第2集"]
    _, outline = imported("Chapter 1\n\nChapter 2\n\nRain.\n", "a.txt")
    assert titles(outline) == ["Chapter 1", "Chapter 2"]


BOOK = (
    "The Project Gutenberg eBook of Alice, by Lewis Carroll\n\nThis eBook is free.\n\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK ALICE ***\n\n\n\nCHAPTER I.\n\nDown the Rabbit-Hole\n\n\n"
    "Alice was tired.\n\nShe sat.\n\n\nCHAPTER II.\n\nThe Pool\n\n\nShe swam.\n\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK ALICE ***\n\nLicence. Much of it.\n"
)


def test_a_book_of_project_gutenberg_is_heard_without_its_licence() -> None:
    result, document = imported(BOOK, "pg11.txt")
    assert (document.front_matter.title, document.front_matter.author) == ("Alice", "Lewis Carroll")
    assert titles(document) == ["CHAPTER I. Down the Rabbit-Hole", "CHAPTER II. The Pool"]
    assert heard(document) == [(None, "Alice was tired."), (None, "She sat."), (None, "She swam.")]
    assert said(result, "Gutenberg")


@pytest.mark.parametrize(
    "head",
    [
        "From: Anna <a@x.com>\nTo: Bob\nSubject: The cliff\nDate: Mon, 1 Jan 2024 10:00\n",
        "发件人：林\n收件人：沈\n主题：The cliff\n",
        "---\ntitle: The cliff\ndate: 2024-01-01\ntags:\n  - rain\n---\n",
    ],
)
def test_what_stands_above_a_mail_or_a_page_is_not_heard(head: str) -> None:
    _, document = imported(f"{head}\nI miss you.\n\nIt rains.\n", "a.md")
    assert document.front_matter.title == "The cliff"
    assert heard(document) == [(None, "I miss you."), (None, "It rains.")]
    assert titles(document) == []


def test_times_between_the_lines_of_a_transcript_are_not_heard() -> None:
    _, document = imported(
        "0:00\nhey guys\n0:03\nto the show\n[0:06]\ntoday we cook\n1:00:06\nbye\n", "a.txt"
    )
    assert [words for _, words in heard(document)] == ["hey guys", "to the show", "today we cook", "bye"]
    _, story = imported("The clock said\n12:30\nand nothing moved.\n", "b.txt")
    assert (None, "12:30") in heard(story)


def test_names_that_are_set_wide_or_joined_are_one_speaker() -> None:
    text = "林　岚：走。\n林岚：好。\n甲、乙：好！\n甲、乙：走！\n"
    text += "阿尔伯特·爱因斯坦：对。\n阿尔伯特·爱因斯坦：啊。\n"
    result, _ = imported(text, "a.txt")
    assert result.characters == ("林岚", "甲-乙", "阿尔伯特-爱因斯坦")


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("a.txt", "编剧：甲\n编剧：乙丙\n\n林：走。\n林：好。\n", "乙丙"),
        ("a.txt", "片名：甲\n片名：乙丙\n\n林：走。\n林：好。\n", "乙丙"),
        ("a.fountain", "Title: One\nAuthor: Anna\nAuthor: Boris\nTitle: Two\n\nRain.\n", "Boris"),
        ("a.fountain", "Title: One\nAuthor: Anna\nAuthor: Boris\nTitle: Two\n\nRain.\n", "Two"),
    ],
)
def test_a_second_title_or_author_is_not_lost(name: str, text: str, left: str) -> None:
    _, document = imported(text, name)
    assert any(left in comment for comment in comments(document))


def test_a_radio_play_is_heard_without_the_sounds_it_asks_for() -> None:
    text = (
        "SFX: DOOR OPENS\nANNOUNCER: Good evening.\nMUSIC: STING\nANNOUNCER: Tonight...\n(SFX 3: THUNDER)\n"
    )
    _, document = imported(text, "a.txt")
    assert heard(document) == [("ANNOUNCER", "Good evening."), ("ANNOUNCER", "Tonight...")]
    _, chinese = imported(
        "【音乐起】\n男：你是谁？\n音效：雷声\n女：我是风。\n男：风？\n【音乐止】\n", "a.txt"
    )
    assert heard(chinese) == [("男", "你是谁？"), ("女", "我是风。"), ("男", "风？")]


@pytest.mark.parametrize(
    ("head", "frame"),
    [
        ("場1", "時：日\n景：咖啡館\n人：林、沈"),
        ("场次：1", "时间：日\n地点：家\n人物：林"),
        ("1. 场景：咖啡馆", "日/内"),
        ("第一场", "【时间】：日\n【地点】：家"),
    ],
)
def test_heads_of_scenes_in_other_houses_are_not_heard(head: str, frame: str) -> None:
    _, document = imported(f"{head}\n{frame}\n林：走。\n沈：好。\n林：嗯。\n\n{head}\n林：来。\n", "a.txt")
    assert titles(document) == [head, head]
    assert [speaker for speaker, _ in heard(document)] == ["林", "沈", "林", "林"]
    assert comments(document) == frame.split("\n")


def test_parts_of_a_song_are_cues_and_days_of_a_diary_no_speakers() -> None:
    _, song = imported("[Verse 1]\nI walk alone\n\n[Chorus]\nOh oh\n\n【副歌】\n啊\n", "a.txt")
    assert titles(song) == ["Verse 1", "Chorus", "副歌"]
    _, diary = imported("Monday: rain.\nTuesday: sun.\nMonday: sun.\nTuesday: snow.\n", "a.txt")
    assert {speaker for speaker, _ in heard(diary)} == {None}


def test_the_only_top_heading_above_others_is_the_title() -> None:
    _, document = imported("# The Cliff\n\n## One\n\nRain.\n\n## Two\n\nSnow.\n", "a.txt")
    assert document.front_matter.title == "The Cliff"
    assert titles(document) == ["One", "Two"]
    _, two = imported("# One\n\nRain.\n\n# Two\n\nSnow.\n", "a.txt")
    assert titles(two) == ["One", "Two"]
