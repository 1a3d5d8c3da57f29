"""Each element of Fountain's syntax, as it reads in the score."""

import pytest

from tests.dsl.importers.reading_back import comments, heard, imported, said, titles


def read(text: str):  # type: ignore[no-untyped-def]
    return imported(text, "film.fountain")


def test_the_title_page_gives_title_and_author_and_keeps_the_rest_as_comments() -> None:
    result, document = read(
        "Title:\n    _**BRICK & STEEL**_\nCredit: Written by\nAuthor: Stu Maschwitz\n"
        "Contact:\n\tNext Level\n\nHello.\n"
    )
    assert document.front_matter.title == "BRICK & STEEL"
    assert document.front_matter.author == "Stu Maschwitz"
    assert comments(document) == ["Credit: Written by", "Contact: Next Level"]
    assert heard(document) == [(None, "Hello.")]
    assert said(result, "Credit")


def test_a_fade_in_at_the_top_is_no_title_page() -> None:
    _, document = read("FADE IN:\n\nINT. ROOM\n\nHello.\n")
    assert titles(document) == ["INT. ROOM"]
    assert heard(document) == [(None, "Hello.")]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("INT. HOUSE - DAY", "INT. HOUSE - DAY"),
        ("ext brick's pool", "ext brick's pool"),
        ("INT./EXT. CAR #12-A#", "INT./EXT. CAR"),
        ("I/E HALL", "I/E HALL"),
        ("EST. CITY", "EST. CITY"),
        (".SNIPER SCOPE POV", "SNIPER SCOPE POV"),
        (".悬崖边 夜", "悬崖边 夜"),
        ("内景 客厅 夜", "内景 客厅 夜"),
    ],
)
def test_scene_headings_become_cues(line: str, title: str) -> None:
    _, document = read(f"Before.\n\n{line}\n\nAfter.\n")
    assert titles(document) == [title]


@pytest.mark.parametrize("line", ["...and then", "!INT. HOUSE", "INTERIOR monologue", "estimate it"])
def test_what_only_looks_like_a_heading_is_action(line: str) -> None:
    _, document = read(f"Before.\n\n{line}\n\nAfter.\n")
    assert titles(document) == []
    assert heard(document)[1] == (None, line.lstrip("!"))


def test_dialogue_with_parentheticals_extensions_and_chinese_names() -> None:
    result, document = read(
        "STEEL (V.O.)\n(beer raised)\nTo retirement.\n\n@McAVOY\nYes.\n\n"
        "@林 (CONT'D)\n我不会回头。\n\nMcAVOY\nNo name.\n"
    )
    assert heard(document) == [
        ("STEEL", "To retirement."),
        ("McAVOY", "Yes."),
        ("林", "我不会回头。"),
        (None, "McAVOY"),
        (None, "No name."),
    ]
    assert comments(document) == ["STEEL (V.O.)", "(beer raised)"]
    assert said(result, "parentheticals")
    assert said(result, "(CONT'D)")


def test_a_speech_goes_on_over_a_line_of_two_spaces_and_ends_at_an_empty_one() -> None:
    _, document = read("DEALER\nTen.\n  \nFour.\n\nHe deals.\n")
    assert heard(document) == [("DEALER", "Ten."), ("DEALER", "Four."), (None, "He deals.")]


def test_dual_dialogue_is_set_one_after_the_other_and_said() -> None:
    result, document = read("BRICK\nScrew it.\n\nSTEEL ^\nScrew it.\n")
    assert heard(document) == [("BRICK", "Screw it."), ("STEEL", "Screw it.")]
    assert said(result, "dual dialogue")


def test_capitals_without_speech_are_action() -> None:
    _, document = read("BANG\n\nHe falls.\n")
    assert heard(document) == [(None, "BANG"), (None, "He falls.")]


@pytest.mark.parametrize(
    ("line", "transition"),
    [
        ("CUT TO:", "cut"),
        ("DISSOLVE TO:", "crossfade 2s"),
        ("> FADE OUT.", "ring-out"),
        ("SMASH CUT TO:", "cut"),
        ("> 叠化", "crossfade 2s"),
    ],
)
def test_transitions_at_a_scenes_end_become_transitions(line: str, transition: str) -> None:
    result, document = read(f"INT. A\n\nOne.\n\n{line}\n\nINT. B\n\nTwo.\n")
    assert f"One.\n\n@transition {transition}\n\n# INT. B" in result.text.replace("One.\n@", "One.\n\n@")
    assert heard(document) == [(None, "One."), (None, "Two.")]


def test_a_transition_in_the_middle_or_unknown_to_music_is_a_comment() -> None:
    result, document = read("INT. A\n\nOne.\n\nCUT TO:\n\nTwo.\n\n> IRIS WIPE:\n\nINT. B\n\nThree.\n")
    assert comments(document) == ["CUT TO:", "IRIS WIPE:"]
    assert "@transition" not in result.text


def test_notes_boneyard_sections_synopses_and_page_breaks_are_not_heard() -> None:
    result, document = read(
        "# Act I\n\n= What happens.\n\nShe [[or he?]] waits. /* not\n\nthis */ Long.\n\n"
        "===\n\n[[two\nlines]]\n\nEnd.\n"
    )
    assert heard(document) == [(None, "She waits. Long."), (None, "End.")]
    shown = {text for text in comments(document) if text}
    assert shown == {"# Act I", "What happens.", "not", "this", "or he?", "two", "lines"}
    for words in ("notes", "boneyard", "sections", "synopses", "page breaks"):
        assert said(result, words), words


def test_what_is_not_closed_stays_text() -> None:
    _, document = read("A [[note that never ends.\n\nB /* nor this.\n")
    assert heard(document) == [(None, "A [[note that never ends."), (None, "B /* nor this.")]


def test_centred_text_lyrics_and_emphasis_keep_their_words() -> None:
    result, document = read(
        "> THE END <\n\n~Willy Wonka!\n\nA *b* **c** ***d*** _e_ snake_case_name 2 * 3 \\*f\\*.\n"
    )
    assert heard(document) == [
        (None, "THE END"),
        (None, "Willy Wonka!"),
        (None, "A b c d e snake_case_name 2 * 3 *f*."),
    ]
    assert said(result, "emphasis")
    assert said(result, "lyrics")


def test_action_that_looks_like_the_scores_own_syntax_is_text() -> None:
    lines = [
        "@nobody follows",
        "// no comment",
        "\\back",
        "a {hit} b",
        "{pause 1s}",
        "\\{x\\}",
        "SUPER: London, 1940",
    ]
    _, document = read("MARA\nHello.\n\n" + "\n\n".join(lines) + "\n")
    assert heard(document)[1:] == [(None, line) for line in lines]


def test_remarks_know_their_lines_behind_notes_over_several_lines() -> None:
    result, _ = read("One. [[a\nb\nc]]\n\nTwo *three*.\n")
    assert [r.line for r in result.remarks if r.what == "emphasis"] == [5]
