"""Subtitles as programs really write them: what is heard, when, and that nothing but words is heard."""

from pathlib import Path

import pytest

from dsl.importers.convert import import_bytes
from dsl.plan import PlannedLine
from dsl.score_file import plan_source
from tests.dsl.importers.reading_back import comments, heard, imported, said


def lines_of(text: str, name: str = "film.srt") -> list[PlannedLine]:
    """The planned lines of an import that checks without errors."""
    result, _ = imported(text, name)
    plan = plan_source(result.text, Path("x.score")).plan
    assert plan is not None
    return [line for cue in plan.cues for line in cue.lines]


def words(text: str, name: str = "film.srt") -> list[str]:
    return [line.text for line in lines_of(text, name)]


@pytest.mark.parametrize(
    "times",
    [
        "0:00:05,200.0000000000582 --> 00:00:07,250",
        "00：00：05，200 --> 00：00：07，250",
        "００：００：０５，２００ --> ００：００：０７，２５０",
        "00:00:05,200 -- > 00:00:07,250",
        "00:00:05,200 - -> 00:00:07,250",
        "00:00:05,200 -> 00:00:07,250",
        "00:00:05,200 ---> 00:00:07,250",
        "00:00:05,200 —> 00:00:07,250",
        "00:00:05,200 –> 00:00:07,250",
        "00:00:05,200 --＞ 00:00:07,250",
        "00:00:05,200 → 00:00:07,250",
        "00:00:05,200 ==> 00:00:07,250",
        "00:00:05,200 --&gt; 00:00:07,250",
        "00:00:05,200-->00:00:07,250",
        "00: 00: 05, 200 --> 00: 00: 07, 250",
        "00 : 00 : 05 , 200 --> 00 : 00 : 07 , 250",
        "00:00:05.200 --> 00:00:07.250",
        "00:00:05:200 --> 00:00:07:250",
        "00:00:05;200 --> 00:00:07;250",
        "0:0:5,2 --> 0:0:7,25",
        "00:05,200 --> 00:07,250",
        "\ufeff00:00:05,200 --> 00:00:07,250",
        "2 00:00:05,200 --> 00:00:07,250",
        "000:00:05,200000 --> 000:00:07,250000",
    ],
)
def test_a_time_line_however_it_is_written_is_a_time(times: str) -> None:
    text = (
        f"1\n00:00:01,000 --> 00:00:03,000\nOne here.\n\n2\n{times}\nTwo here.\n\n"
        "3\n00:00:09,000 --> 00:00:10,000\nThree here.\n"
    )
    found = lines_of(text)
    assert [line.text for line in found] == ["One here.", "Two here.", "Three here."]
    assert found[1].start_s == pytest.approx(5.2, abs=0.005)
    assert found[1].end_s == pytest.approx(7.25, abs=0.005)


@pytest.mark.parametrize(
    "times", ["00:00:xx,200 --> 00:00:07,250", "00:00 - 00:05 -->", "00:00:05,200 -->", "::: --> :::5"]
)
def test_a_time_line_that_cannot_be_read_is_not_read_aloud_and_its_words_are(times: str) -> None:
    text = f"1\n00:00:01,000 --> 00:00:03,000\nOne here.\n\n2\n{times}\nTwo here.\n"
    assert [line for line in words(text) if "-->" not in line or "xx" in line][-1] == "Two here."
    assert "One here." in words(text)


def test_a_number_without_a_blank_line_before_it_is_a_number() -> None:
    text = "".join(
        f"{n}\n00:00:{2 * n:02d},000 --> 00:00:{2 * n + 1:02d},500\nLine {n}.\n" for n in (1, 2, 3)
    )
    assert words(text) == ["Line 1.", "Line 2.", "Line 3."]


def test_every_other_line_empty_leaves_no_numbers_in_the_text() -> None:
    text = (
        "1\n\n00:00:01,000 --> 00:00:03,000\n\nOne here.\n\n2\n\n00:00:04,000 --> 00:00:06,000\n\nTwo here.\n"
    )
    assert words(text) == ["One here.", "Two here."]
    assert words(text.replace("\n", "\r\r\n")) == ["One here.", "Two here."]


def test_a_number_that_is_said_is_heard() -> None:
    srt = (
        "1\n00:00:01,000 --> 00:00:03,000\nThe year?\n\n2\n00:00:04,000 --> 00:00:06,000\n1984\n\n"
        "3\n00:00:07,000 --> 00:00:08,000\nOh.\n"
    )
    vtt = (
        "WEBVTT\n\n00:01.000 --> 00:03.000\nThe year?\n\n00:04.000 --> 00:06.000\n1984\n\n"
        "00:07.000 --> 00:08.000\nOh.\n"
    )
    assert words(srt) == words(vtt, "film.vtt") == ["The year?", "1984", "Oh."]


YOUTUBE = (
    "WEBVTT\nKind: captions\nLanguage: en\n\n"
    "00:00:00.030 --> 00:00:03.720 align:start position:0%\n \n"
    "the<00:00:00.719><c> river</c><00:00:00.930><c> rose</c>\n\n"
    "00:00:03.720 --> 00:00:03.730 align:start position:0%\nthe river rose\n \n\n"
    "00:00:03.730 --> 00:00:06.000 align:start position:0%\nthe river rose\n"
    "and<00:00:04.719><c> took</c><00:00:05.100><c> the mill</c>\n\n"
    "00:00:06.000 --> 00:00:06.010 align:start position:0%\nand took the mill\n \n\n"
    "00:00:06.010 --> 00:00:09.000 align:start position:0%\nand took the mill\n"
    "nobody<00:00:07.719><c> slept</c>\n"
)


def test_rolling_captions_say_each_line_once_when_it_is_said() -> None:
    result, _ = imported(YOUTUBE, "film.vtt")
    found = lines_of(YOUTUBE, "film.vtt")
    assert [line.text for line in found] == ["the river rose", "and took the mill", "nobody slept"]
    assert [line.start_s for line in found] == pytest.approx([0.03, 3.73, 6.01], abs=0.005)
    assert said(result, "rolling")


def test_rolling_captions_converted_to_srt_say_each_line_once() -> None:
    blocks = [
        ("00:00:00,030 --> 00:00:03,720", "河水涨了"),
        ("00:00:03,720 --> 00:00:03,730", "河水涨了"),
        ("00:00:03,730 --> 00:00:06,000", "河水涨了\n冲走了磨坊"),
        ("00:00:06,000 --> 00:00:06,010", "冲走了磨坊"),
        ("00:00:06,010 --> 00:00:09,000", "冲走了磨坊\n没有人睡"),
    ]
    text = "\n\n".join(f"{n}\n{times}\n{shown}" for n, (times, shown) in enumerate(blocks, 1))
    assert words(text) == ["河水涨了", "冲走了磨坊", "没有人睡"]


def test_three_lines_that_roll_are_each_said_once() -> None:
    shown = ["a one", "b two", "c three", "d four", "e five"]
    text = "".join(
        f"{n}\n00:00:{2 * n:02d},000 --> 00:00:{2 * n + 2:02d},000\n"
        + "\n".join(shown[max(0, n - 3) : n])
        + "\n\n"
        for n in range(1, 6)
    )
    assert words(text) == shown


def test_captions_that_grow_word_by_word_are_one_sentence() -> None:
    grown = ["the", "the river", "the river rose", "the river rose again"]
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{line}\n\n" for n, line in enumerate(grown, 1)
    )
    assert words(text) == ["the river rose again"]


def test_a_repetition_that_is_spoken_is_heard_as_often_as_it_is_said() -> None:
    blocks = ["No!", "No!", "Run.", "Run.", "Wait.\nRun."]
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{line}\n\n" for n, line in enumerate(blocks, 1)
    )
    assert words(text) == ["No!", "No!", "Run.", "Run.", "Wait.", "Run."]


@pytest.mark.parametrize("length_ms", [0, 1, 10, 39])
@pytest.mark.parametrize("gap_ms", [1, 39, 40, 100, 500, 5000])
def test_subtitles_without_length_leave_a_score_that_checks(length_ms: int, gap_ms: int) -> None:
    third = 3000 + gap_ms
    text = (
        "1\n00:00:01,000 --> 00:00:03,000\nFirst words here.\n\n"
        f"2\n00:00:03,000 --> 00:00:03,{length_ms:03d}\nZero length words here, and a good many of them.\n\n"
        f"3\n00:00:{third // 1000:02d},{third % 1000:03d} --> 00:00:15,000\nThird words here.\n"
    )
    assert [line.split()[0] for line in words(text)] == ["First", "Zero", "Third"]


def test_times_before_zero_lose_no_words() -> None:
    text = (
        "1\n-00:00:05,000 --> -00:00:03,000\nBefore it all.\n\n"
        "2\n-00:00:01,000 --> 00:00:02,000\nAnd now.\n\n"
        "3\n00:00:-1,-500 --> 00:00:02,500\nStill.\n\n4\n00:00:03,000 --> 00:00:04,000\nLater.\n"
    )
    result, document = imported(text, "film.srt")
    assert words(text) == ["Before it all.", "And now.", "Still.", "Later."]
    assert comments(document) == []
    assert said(result, "before zero")


@pytest.mark.parametrize(
    ("styled", "bare"),
    [
        (
            r"{\an5\fad(0,500)\p1\bord2\t(0,500,\clip(30,168,340,190))\frz10\org(10,20)}Hello there.",
            "Hello there.",
        ),
        ("{" + r"\t(0,500,\fscx100)" * 60 + "}Hello there.", "Hello there."),
        (r"{\i1}Hello{\i0} there.", "Hello there."),
        ("{y:i}Hello there.", "Hello there."),
        ("{i}Hello{/i} there.", "Hello there."),
        ('<font color="#ff0000" face="' + "x" * 300 + '">Hello there.</font>', "Hello there."),
        ('<span style="color:red">Hello</span> <big>there.</big>', "Hello there."),
        ("<ruby>漢<rt>かん</rt></ruby>字", "漢字"),
        (r"Hello\hthere.", "Hello there."),
        (r"{\k20}Hel{\k30}lo there.", "Hello there."),
        ("I <3 you & me > all {really}.", "I <3 you & me > all {really}."),
        ("A point m 3 and l 4.", "A point m 3 and l 4."),
    ],
)
def test_styling_however_long_is_not_heard_and_words_are(styled: str, bare: str) -> None:
    assert words(f"1\n00:00:01,000 --> 00:00:03,000\n{styled}\n") == [bare]


@pytest.mark.parametrize(
    "drawing",
    [
        r"{\p1}m 0 0 l 100 0 100 50 0 50{\p0}",
        r"{\an7\p1}m 0 0 l 100 0",
        r"{\pos(1,2)\p2}m -5.5 3 b 1 2 3 4 5 6 s 1 1 c{\p0}",
    ],
)
def test_drawings_are_not_heard(drawing: str) -> None:
    text = (
        f"1\n00:00:01,000 --> 00:00:03,000\n{drawing}\n\n2\n00:00:04,000 --> 00:00:06,000\n{drawing}Hello.\n"
    )
    assert words(text) == ["Hello."] or words(text.replace(f"{drawing}Hello", f"{drawing}\nHello")) == [
        "Hello."
    ]


def test_words_on_the_time_line_itself_are_heard_and_settings_are_not() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:03,000 Hello there.\n\n"
        "2\n00:00:04,000 --> 00:00:06,000 X1:10 X2:20\nYes.\n"
    )
    assert words(text) == ["Hello there.", "Yes."]


def test_a_file_called_subtitles_without_a_time_is_refused() -> None:
    result = import_bytes(b"Just words.\n\nAnd more.\n", "film.srt")
    assert "time line" in (result.problem or "")


def test_a_short_text_in_the_opening_does_not_lose_the_rest() -> None:
    _, document = imported("Subs by X\n\n1\n00:00:01,000 --> 00:00:03,000\nHello.\n", "film.srt")
    assert comments(document) == ["Subs by X"]
    assert heard(document) == [(None, "Hello.")]


@pytest.mark.parametrize("numbers", [(1, 1, 1, 1), (100, 200, 300, 400), (9, 8, 7, 6), (0, 1, 2, 3)])
def test_numbers_in_any_order_without_blank_lines_are_not_heard(numbers: tuple[int, ...]) -> None:
    text = "".join(
        f"{number}\n00:00:0{n},000 --> 00:00:0{n},900\nLine {n}.\n" for n, number in enumerate(numbers, 1)
    )
    assert words(text) == ["Line 1.", "Line 2.", "Line 3.", "Line 4."]
