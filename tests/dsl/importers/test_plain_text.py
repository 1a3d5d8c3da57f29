"""Plain text: where scenes part, who speaks, which lines are whole."""

import pytest

from tests.dsl.importers.reading_back import heard, imported, said, titles


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
